"""What organisations are called today, copied from org's facts by name: for matching the rows of a workbook."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.es import Event
from shared.view import View, Views, view_table

__all__ = ["Called", "Names", "under"]

ENDS = ("org.OrganisationDissolved", "org.OrganisationsMerged", "org.OrganisationConverted")
SAYS = {"full_name": "full_name", "short_name": "short_name", "level": "level", "parent": "parent", "division_name": "division"}


class Called(NamedTuple):
    """An organisation by its names."""

    id: UUID
    full_name: str
    short_name: str
    division: str | None
    level: str
    parent: UUID | None
    closed_on: date | None


class Names(View):
    """One row an organisation: its names today, or when it ended; none for one that never was."""

    name = "names"
    table = view_table("names", sa.MetaData(), sa.Column("full_name", sa.Text), sa.Column("short_name", sa.Text), sa.Column("division", sa.Text),
                       sa.Column("level", sa.Text), sa.Column("parent", sa.Uuid), sa.Column("closed_on", sa.Date),
                       sa.Column("established", sa.Boolean), bitemporal=False)
    facts = frozenset({*ENDS, *(f"org.{n}" for n in (
        "OrganisationProposed", "OrganisationEstablished", "OrganisationDetailsChanged", "OrganisationMoved", "DivisionAssigned",
        "DivisionReleased", "OrganisationVoided"))})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        row: dict[str, Any] = {}
        for e in history:
            if e.name == "org.OrganisationVoided":
                return []
            row |= {column: e.data[name] for name, column in SAYS.items() if e.data.get(name)}
            if e.name in ENDS:
                row["closed_on"] = date.fromisoformat(e.data["effective"])
            elif e.name == "org.DivisionReleased":
                row["division"] = None
            elif e.name == "org.OrganisationEstablished":
                row["established"] = True
        return [{**row, "parent": UUID(row["parent"]) if row.get("parent") else None}]


def under(views: Views, area: UUID) -> list[Called]:
    """The area and all below it, parents first."""
    n = Names.table.c
    with views.connect() as c:
        rows = c.execute(sa.select(n.stream, n.full_name, n.short_name, n.division, n.level, n.parent, n.closed_on).where(n.established)).all()
    below: dict[UUID | None, list[Called]] = defaultdict(list)
    found: list[Called] = []
    for row in rows:
        called = Called(*row)
        below[called.parent].append(called)
        if called.id == area:
            found.append(called)
    for called in found:
        found += below.get(called.id, ())
    return found
