"""Cadre's copy of what organisations and people are called, for matching the rows of a workbook."""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from services.cadre.domain.directory import Unit
from services.cadre.domain.known import Held, Known
from shared.imports.names import under
from shared.view import Views

__all__ = ["appointments_of", "named", "units"]

AT_ONCE = 400
HELD = ("organisation", "starts_on", "ends_on", "seat", "role", "engagement", "newly", "note")


def units(views: Views, area: UUID, day: date) -> list[Unit]:
    """The area and all below it, as of a day."""
    return [Unit(*called) for called in under(views, area, day)]


def named(views: Views, people: sa.Table, posts: sa.Table, names: Sequence[str]) -> list[Known]:
    """People of these names, as names are compared, that stand, with their posts."""
    p, q = people.c, posts.c
    found: list[Known] = []
    with views.connect() as c:
        for i in range(0, len(names), AT_ONCE):
            some = c.execute(sa.select(p.stream, p.person_name, p.born_on, p.born_precision, p.home).where(
                p.called.in_(names[i:i + AT_ONCE]), p.merged.is_(False))).all()
            held: dict[UUID, list[Held]] = defaultdict(list)
            for k in range(0, len(some), AT_ONCE):
                ids = [row.stream for row in some[k:k + AT_ONCE]]
                hers = sa.select(q.person, *(q[name] for name in HELD)).where(q.person.in_(ids)).order_by(q.starts_on, q.stream)
                for person, *post in c.execute(hers):
                    held[person].append(Held(*post))
            found += [Known(*row, tuple(held[row.stream])) for row in some]
    return sorted(found, key=lambda k: str(k.person))


def appointments_of(views: Views, posts: sa.Table, people: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    ids, q = list(people), posts.c
    found: dict[UUID, set[UUID]] = defaultdict(set)
    with views.connect() as c:
        for i in range(0, len(ids), AT_ONCE):
            for person, stream in c.execute(sa.select(q.person, q.stream).where(q.person.in_(ids[i:i + AT_ONCE]))):
                found[person].add(stream)
    return found
