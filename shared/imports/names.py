"""What organisations are called on a day, copied from org's facts by name: for matching the rows of a workbook."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.corrections import corrected
from shared.es import Event
from shared.view import Json, View, Views, view_table

__all__ = ["Called", "Names", "under"]

ENDS = ("org.OrganisationDissolved", "org.OrganisationsMerged", "org.OrganisationConverted")
SAYS = {"full_name": "full_name", "short_name": "short_name", "level": "level", "parent": "parent", "division_name": "division"}
CALLED = ("full_name", "short_name", "division")


class Called(NamedTuple):
    """An organisation by its names: those of a day, and those it bore before. `into`: which one continues it."""

    id: UUID
    full_name: str
    short_name: str
    division: str | None
    level: str
    parent: UUID | None
    closed_on: date | None
    former: tuple[str, ...] = ()
    into: UUID | None = None


class Names(View):
    """One row an organisation and a stretch of days [since, until): its names and its parent then, and its former names; none for one that never
    was. From its end on it keeps the last of them."""

    name, version = "names", 3
    table = view_table("names", sa.MetaData(), sa.Column("since", sa.Date, primary_key=True), sa.Column("until", sa.Date),
                       sa.Column("full_name", sa.Text), sa.Column("short_name", sa.Text), sa.Column("division", sa.Text),
                       sa.Column("level", sa.Text), sa.Column("parent", sa.Uuid), sa.Column("closed_on", sa.Date),
                       sa.Column("established", sa.Boolean), sa.Column("former", Json), sa.Column("into", sa.Uuid), bitemporal=False, version=3)
    facts = frozenset({*ENDS, *(f"org.{n}" for n in (
        "OrganisationProposed", "OrganisationEstablished", "OrganisationDetailsChanged", "OrganisationMoved", "DivisionAssigned",
        "DivisionReleased", "OrganisationCorrected", "OrganisationVoided"))})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        always: dict[str, Any] = {"established": None, "closed_on": None, "into": None}
        days: dict[date, dict[str, Any]] = {}
        for e in corrected(history):
            if e.name == "org.OrganisationVoided":
                return
            if e.name in ENDS:
                always |= {"closed_on": date.fromisoformat(e.data["effective"]), "into": UUID(e.data["into"]) if e.data.get("into") else None}
            elif e.name == "org.OrganisationEstablished":
                always["established"] = True
            else:
                day = date.fromisoformat(e.data["effective"]) if e.data.get("effective") else date.min
                said = {column: e.data[name] for name, column in SAYS.items() if e.data.get(name)}
                days.setdefault(day, {}).update(said if e.name != "org.DivisionReleased" else {"division": None})
        row: dict[str, Any] = dict.fromkeys(SAYS.values())
        borne: dict[str, None] = {}
        turns = sorted(days)
        for since, until in zip(turns, [*turns[1:], date.max], strict=True):
            row |= days[since]
            now = [row[n] for n in CALLED if row.get(n)]
            former = [name for name in borne if name not in now]
            borne |= dict.fromkeys(now)
            parent = UUID(row["parent"]) if row["parent"] else None
            yield {**row, **always, "since": since, "until": until, "parent": parent, "former": former or None}


def under(views: Views, area: UUID, day: date) -> list[Called]:
    """The area and all below it as of a day, parents first."""
    n = Names.table.c
    with views.connect() as c:
        rows = c.execute(sa.select(n.stream, n.full_name, n.short_name, n.division, n.level, n.parent, n.closed_on, n.former, n.into)
                         .where(n.established, n.since <= day, n.until > day)).all()
    below: dict[UUID | None, list[Called]] = defaultdict(list)
    found: list[Called] = []
    for row in rows:
        called = Called(*row)._replace(former=tuple(row.former or ()))
        below[called.parent].append(called)
        if called.id == area:
            found.append(called)
    for called in found:
        found += below.get(called.id, ())
    return found
