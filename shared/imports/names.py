"""What organisations are called today, copied from org's facts by name: for matching the rows of a workbook."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.es import Event
from shared.view import Json, View, Views, view_table

__all__ = ["Called", "Names", "above", "under"]

ENDS = ("org.OrganisationDissolved", "org.OrganisationsMerged", "org.OrganisationConverted")
SAYS = {"full_name": "full_name", "short_name": "short_name", "level": "level", "parent": "parent", "division_name": "division"}
CALLED = ("full_name", "short_name", "division")


class Called(NamedTuple):
    """An organisation by its names: today's, and those it bore before. `into`: which one continues it."""

    id: UUID
    full_name: str
    short_name: str
    division: str | None
    level: str
    parent: UUID | None
    closed_on: date | None
    former: tuple[str, ...] = ()
    into: UUID | None = None
    code: str | None = None
    credit_code: str | None = None


class Names(View):
    """One row an organisation: its names today, or when it ended, and its former names; none for one that never was."""

    name, version = "names", 3
    table = view_table("names", sa.MetaData(), sa.Column("full_name", sa.Text), sa.Column("short_name", sa.Text), sa.Column("division", sa.Text),
                       sa.Column("level", sa.Text), sa.Column("parent", sa.Uuid), sa.Column("closed_on", sa.Date),
                       sa.Column("established", sa.Boolean), sa.Column("former", Json), sa.Column("into", sa.Uuid),
                       sa.Column("code", sa.Text), sa.Column("credit_code", sa.Text), bitemporal=False, version=3)
    facts = frozenset({*ENDS, *(f"org.{n}" for n in (
        "OrganisationProposed", "OrganisationEstablished", "OrganisationDetailsChanged", "OrganisationMoved", "DivisionAssigned",
        "DivisionReleased", "CreditCodeAssigned", "OrganisationVoided"))})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        row: dict[str, Any] = {}
        borne: dict[str, None] = {}
        for e in history:
            if e.name == "org.OrganisationVoided":
                return []
            row |= {column: e.data[name] for name, column in SAYS.items() if e.data.get(name)}
            borne |= dict.fromkeys(row[name] for name in CALLED if row.get(name))
            if e.name in ENDS:
                row |= {"closed_on": date.fromisoformat(e.data["effective"]), "into": UUID(e.data["into"]) if e.data.get("into") else None}
            elif e.name == "org.DivisionAssigned":
                row["code"] = e.data["code"]
            elif e.name == "org.DivisionReleased":
                row |= {"division": None, "code": None}
            elif e.name == "org.CreditCodeAssigned":
                row["credit_code"] = e.data.get("code")
            elif e.name == "org.OrganisationEstablished":
                row["established"] = True
        former = [name for name in borne if name not in {row.get(n) for n in CALLED}]
        return [{**row, "parent": UUID(row["parent"]) if row.get("parent") else None, "former": former or None}]


def under(views: Views, area: UUID) -> list[Called]:
    """The area and all below it, parents first."""
    below: dict[UUID | None, list[Called]] = defaultdict(list)
    found: list[Called] = []
    for called in _all(views):
        below[called.parent].append(called)
        if called.id == area:
            found.append(called)
    for called in found:
        found += below.get(called.id, ())
    return found


def above(views: Views, area: UUID) -> list[Called]:
    """What the area lies in, the nearest first."""
    every, found = {called.id: called for called in _all(views)}, list[Called]()
    at = every.get(area)
    while at and at.parent in every and every[at.parent] not in found:
        at = every[at.parent]
        found.append(at)
    return found


def _all(views: Views) -> Iterator[Called]:
    n = Names.table.c
    with views.connect() as c:
        rows = c.execute(sa.select(n.stream, n.full_name, n.short_name, n.division, n.level, n.parent, n.closed_on, n.former, n.into, n.code,
                                   n.credit_code).where(n.established)).all()
    return (Called(*row)._replace(former=tuple(row.former or ())) for row in rows)
