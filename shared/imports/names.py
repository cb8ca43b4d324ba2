"""What organisations are called on a day, copied from org's facts by name: for matching the rows of a workbook."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.corrections import corrected
from shared.es import Event
from shared.view import Json, View, Views, view_table

__all__ = ["Called", "Names", "above", "under"]

ENDS = ("org.OrganisationDissolved", "org.OrganisationsMerged", "org.OrganisationConverted")
SAYS = {"full_name": "full_name", "short_name": "short_name", "level": "level", "parent": "parent", "division_name": "division", "code": "code"}
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
    code: str | None = None
    credit_code: str | None = None


class Names(View):
    """One row an organisation and a stretch of days [since, until): its names, codes and parent then, and its former names; none for one that never
    was. From its end on it keeps the last of them."""

    name, version = "names", 3
    table = view_table("names", sa.MetaData(), sa.Column("since", sa.Date, primary_key=True), sa.Column("until", sa.Date),
                       sa.Column("full_name", sa.Text), sa.Column("short_name", sa.Text), sa.Column("division", sa.Text),
                       sa.Column("level", sa.Text), sa.Column("parent", sa.Uuid), sa.Column("closed_on", sa.Date),
                       sa.Column("established", sa.Boolean), sa.Column("former", Json), sa.Column("into", sa.Uuid),
                       sa.Column("code", sa.Text), sa.Column("credit_code", sa.Text), bitemporal=False, version=3)
    facts = frozenset({*ENDS, *(f"org.{n}" for n in (
        "OrganisationProposed", "OrganisationEstablished", "OrganisationDetailsChanged", "OrganisationMoved", "DivisionAssigned",
        "DivisionReleased", "CreditCodeAssigned", "OrganisationCorrected", "OrganisationVoided"))})

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
                days.setdefault(day, {}).update(_said(e))
        row: dict[str, Any] = dict.fromkeys((*SAYS.values(), "credit_code"))
        borne: dict[str, None] = {}
        turns = sorted(days)
        for since, until in zip(turns, [*turns[1:], date.max], strict=True):
            row |= days[since]
            now = [row[n] for n in CALLED if row[n]]
            former = [name for name in borne if name not in now]
            borne |= dict.fromkeys(now)
            parent = UUID(row["parent"]) if row["parent"] else None
            yield {**row, **always, "since": since, "until": until, "parent": parent, "former": former or None}


def _said(e: Event) -> dict[str, Any]:
    """What an event says of its names, codes and parent."""
    match e.name:
        case "org.DivisionReleased":
            return {"division": None, "code": None}
        case "org.CreditCodeAssigned":
            return {"credit_code": e.data.get("code")}
    return {column: e.data[name] for name, column in SAYS.items() if e.data.get(name)}


def under(views: Views, area: UUID, day: date) -> list[Called]:
    """The area and all below it as of a day, parents first."""
    below: dict[UUID | None, list[Called]] = defaultdict(list)
    found: list[Called] = []
    for called in _all(views, day):
        below[called.parent].append(called)
        if called.id == area:
            found.append(called)
    for called in found:
        found += below.get(called.id, ())
    return found


def above(views: Views, area: UUID, day: date) -> list[Called]:
    """What the area lies in on a day, the nearest first."""
    every, found = {called.id: called for called in _all(views, day)}, list[Called]()
    at = every.get(area)
    while at and at.parent in every and every[at.parent] not in found:
        at = every[at.parent]
        found.append(at)
    return found


def _all(views: Views, day: date) -> Iterator[Called]:
    n = Names.table.c
    with views.connect() as c:
        rows = c.execute(sa.select(n.stream, n.full_name, n.short_name, n.division, n.level, n.parent, n.closed_on, n.former, n.into, n.code,
                                   n.credit_code).where(n.established, n.since <= day, n.until > day)).all()
    return (Called(*row)._replace(former=tuple(row.former or ())) for row in rows)
