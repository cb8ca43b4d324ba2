"""Cadre's copy asked about many organisations at once, as a workbook needs it: a few statements instead of five for each."""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.cadre.domain.seat import Place, Plan, Term
from services.cadre.policies import cards
from services.cadre.policies.copy import DEEPEST, ORG, Copy, E, P, R, S, T, nearest
from shared.fact import Personal

__all__ = ["Places"]

AT_ONCE = 400


class Places(Copy):
    """All the questions the rules ask."""

    def places(self, organisations: Iterable[UUID], day: date) -> dict[UUID, Place]:
        """What `place` gives of each that org knows."""
        ids = list(dict.fromkeys(organisations))
        with self.views.connect() as c:
            known = {id: of for id, *of in _some(c, ids, ORG.stream, ORG.level, ORG.org_type, ORG.established_on, ORG.closed_on)}
            above = _above(c, ids, day)
            seats: dict[UUID, dict[UUID, list[Plan]]] = defaultdict(lambda: defaultdict(list))
            for id, seat, *plan in sorted(_some(c, ids, S.stream, S.seat, S.since, S.until, S.role, S.capacity, S.engagement), key=lambda r: r[2]):
                seats[id][seat].append(Plan(*plan))
            terms: dict[UUID, list[Term]] = defaultdict(list)
            for id, *term in _some(c, ids, T.organisation, T.stream, T.starts_on, T.ends_on, T.ended_on, T.elected, T.renewed):
                terms[id].append(Term(*term))
            cases: dict[UUID, list[UUID | None]] = defaultdict(list)
            for id, case, running in _some(c, ids, E.organisation, E.term, E.running):
                cases[id] += [case] * running
            rules = c.execute(sa.select(R.rule, R.area, R.value).where(R.effective <= day).order_by(R.effective, R.n)).all()
        found = {}
        for id in known:
            path = _path(id, above)
            mine = nearest([r for r in rules if r.area is None or r.area in path], path)
            plans = {seat: tuple(some) for seat, some in seats[id].items()}
            level, kind, established_on, closed_on = known[id]
            parent = path[1] if len(path) > 1 else None
            found[id] = Place(id, level, kind, parent, established_on, closed_on, plans, tuple(terms[id]), mine, tuple(cases[id]))
        return found

    def unmarked(self, most: int) -> list[Personal[str]]:
        return cards.unmarked(self.views, most)

    def mark(self, some: Iterable[tuple[Personal[str], str | None]]) -> None:
        cards.put(self.views, some)

    def marked(self, marks: Sequence[str]) -> dict[str, list[Personal[str]]]:
        return cards.marked(self.views, marks)


def _some(c: sa.Connection, ids: Sequence[UUID], of: Any, *columns: Any) -> list[Any]:
    query = sa.select(of, *columns)
    return [row for i in range(0, len(ids), AT_ONCE) for row in c.execute(query.where(of.in_(ids[i:i + AT_ONCE])))]


def _above(c: sa.Connection, ids: Sequence[UUID], day: date) -> dict[UUID, UUID | None]:
    """The parent on that day of each organisation and of all above it."""
    found: dict[UUID, UUID | None] = {}
    asked = list(ids)
    for _ in range(DEEPEST):
        for id, _, parent in sorted((r for r in _some(c, asked, P.stream, P.since, P.parent) if r.since <= day), key=lambda r: r.since):
            found[id] = parent
        asked = [p for p in dict.fromkeys(found.values()) if p and p not in found]
        if not asked:
            break
    return found


def _path(id: UUID, above: dict[UUID, UUID | None]) -> list[UUID]:
    path: list[UUID] = []
    at: UUID | None = id
    while at and at not in path:
        path.append(at)
        at = above.get(at)
    return path
