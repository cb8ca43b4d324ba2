"""Eligible units (应建单位) with who covers them: the dated denominator and numerator of R01."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Units", "units"]


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row for each time in which nothing of it changed; none of one that was never to be listed."""
    days = org.unit_days([e.fact for e in history])
    ends = (*(d.valid_from for d in days[1:]), FOREVER)
    return [_row(day, until) for day, until in zip(days, ends, strict=True)]


def _row(day: org.UnitDay, until: date) -> Row:
    """`qualified`: to be organised on these days, organised or not. Neither that nor `exempt` nor `closed`: listed only."""
    organised = day.state == "organised"
    return {
        **{name: getattr(day, name) for name in ("unit_name", "level", "field", "area", "affiliation", "rank", "women", "organisation", "listed_on")},
        "qualified": organised or day.state == "qualified",
        "exempt": day.state == "exempt",
        "closed": day.state in ("closed", "merged"),
        "organised_on": day.since if organised else None,
        "closed_on": day.since if day.state in ("closed", "merged") else None,
        "merged_into": day.into,
        "valid_from": day.valid_from,
        "valid_to": until,
    }


class Units(View):
    name = "units"
    version = 3
    facts: ClassVar = frozenset(
        f"org.EligibleUnit{n}"
        for n in ("Listed", "Qualified", "DetailsChanged", "Exempted", "Organised", "Uncovered", "Closed", "sMerged", "Corrected")
    )  # all there are: a correction counts them
    table = view_table(
        "units",
        metadata,
        *(Column(c, String) for c in ("unit_name", "level", "field", "affiliation", "rank")),
        *(Column(c, Boolean) for c in ("qualified", "exempt", "closed")),
        Column("women", Integer),
        Column("area", Uuid),
        Column("organisation", Uuid),
        *(Column(c, Date) for c in ("listed_on", "organised_on", "closed_on")),
        Column("merged_into", Uuid),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


units = Units.table.c
Index(None, units.area)
Index(None, units.organisation)
