"""Eligible units (应建单位) with who covers them: the dated denominator and numerator of R01."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Uuid

from services.org import events as org
from services.projection.views.dated import Change, Row, plain, segments
from services.projection.views.tables import metadata
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Units", "units"]

BLANK: Row = {
    **dict.fromkeys(("unit_name", "level", "field", "area", "affiliation", "rank", "women", "organisation", "organised_on", "merged_into")),
    "qualified": False,
    "exempt": False,
    "closed": False,
}


def timeline(history: Sequence[Event]) -> list[Row]:
    changes: list[Change] = []
    first: date | None = None
    for fact in (e.fact for e in history):
        match fact:
            case org.EligibleUnitListed():
                first = fact.listed_on
                changes.append((first, {**BLANK, **plain(fact, "listed_on")}))
            case org.EligibleUnitQualified():
                changes.append((fact.qualified_on, {"qualified": True}))
            case org.EligibleUnitDetailsChanged():
                changes.append((fact.effective, plain(fact, "effective")))
            case org.EligibleUnitExempted():
                changes.append((fact.exempt_from, {"exempt": True}))
            case org.EligibleUnitOrganised():
                changes.append((fact.organised_on, {"organisation": fact.organisation, "organised_on": fact.organised_on}))
            case org.EligibleUnitClosed():
                changes.append((fact.closed_on, {"closed": True}))
            case org.EligibleUnitsMerged():
                changes.append((fact.merged_on, {"closed": True, "merged_into": fact.into}))
    return segments(changes, first) if first else []


class Units(View):
    name = "units"
    version = 2
    facts: ClassVar = frozenset(
        f"org.EligibleUnit{n}" for n in ("Listed", "Qualified", "DetailsChanged", "Exempted", "Organised", "Closed", "sMerged")
    )
    table = view_table(
        "units",
        metadata,
        *(Column(c, String) for c in ("unit_name", "level", "field", "affiliation", "rank")),
        *(Column(c, Boolean) for c in ("qualified", "exempt", "closed")),
        Column("women", Integer),
        Column("area", Uuid),
        Column("organisation", Uuid),
        Column("organised_on", Date),
        Column("merged_into", Uuid),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


units = Units.table.c
Index(None, units.area)
Index(None, units.organisation)
