"""Whose ID number it is: an index of keyed marks beside the copies, filled from sealed values and worth nothing without the key process."""
from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from services.cadre.policies.hers import People
from shared.fact import Personal
from shared.rebuild import exclusive
from shared.tables import begin, insert
from shared.view import Views

__all__ = ["marked", "put", "unmarked"]

AT_ONCE = 400
PEOPLE = People.table.c
MARKS = sa.Table("id_number_marks", sa.MetaData(), sa.Column("person", sa.Uuid, primary_key=True), sa.Column("bound", sa.Text, nullable=False),
                 sa.Column("mark", sa.Text, index=True))
SAME = sa.and_(MARKS.c.person == PEOPLE.stream, MARKS.c.bound == PEOPLE.card_bound)


def unmarked(views: Views, most: int) -> list[Personal[str]]:
    """Sealed ID numbers that the index has not."""
    with begin(views.engine) as c:
        exclusive(c)
        MARKS.create(c, checkfirst=True)
        rows = c.execute(sa.select(PEOPLE.stream, PEOPLE.card_box, PEOPLE.card_bound).select_from(sa.outerjoin(People.table, MARKS, SAME)).where(
            PEOPLE.card_bound.is_not(None), MARKS.c.person.is_(None)).limit(most)).all()
    return [Personal[str](subject=person, box=box, bound=bound) for person, box, bound in rows]


def put(views: Views, some: Iterable[tuple[Personal[str], str | None]]) -> None:
    """Their marks; None: its key was destroyed, there is nothing to find."""
    rows = [(p.subject, p.bound, mark) for p, mark in some]
    with begin(views.engine) as c:
        exclusive(c)
        for i in range(0, len(rows), AT_ONCE):
            c.execute(sa.delete(MARKS).where(MARKS.c.person.in_([person for person, *_ in rows[i:i + AT_ONCE]])))
        insert(c, MARKS, rows)


def marked(views: Views, marks: Sequence[str]) -> dict[str, list[Personal[str]]]:
    """The sealed numbers that stand under these marks today, of records that stand."""
    found: dict[str, list[Personal[str]]] = defaultdict(list)
    query = sa.select(MARKS.c.mark, PEOPLE.stream, PEOPLE.card_box, PEOPLE.card_bound).join(People.table, SAME).where(PEOPLE.merged.is_(False))
    with views.connect() as c:
        for i in range(0, len(marks), AT_ONCE):
            for mark, person, box, bound in c.execute(query.where(MARKS.c.mark.in_(marks[i:i + AT_ONCE]))):
                found[mark].append(Personal[str](subject=person, box=box, bound=bound))
    return found
