"""Secondments (挂职) from the day they begin until they are over: whether one is running follows from the date asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Column, Date, Index, String, Uuid

from services.cadre import events as cadre
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Secondments"]


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row. `until` is the first day not seconded any more, `over_on` the day that holds: of its end, where it was ended."""
    row: Row = {}
    for fact in (e.fact for e in history):
        match fact:
            case cadre.SecondmentEndWithdrawn():
                row = {**row, "ended_on": None}
            case _:
                row = {**row, **fact.__dict__}
    if "starts_on" not in row:
        return []
    over = row.get("ended_on") or row["until"]
    return [{**row, "over_on": over, "valid_from": row["starts_on"], "valid_to": max(over, row["starts_on"])}]


class Secondments(View):
    name = "secondments"
    facts: ClassVar = frozenset(f"cadre.Secondment{n}" for n in ("Started", "Extended", "Ended", "EndWithdrawn"))
    table = view_table(
        "secondments",
        metadata,
        *(Column(c, Uuid) for c in ("person", "from_organisation", "to_organisation")),
        Column("duty", String),
        *(Column(c, Date) for c in ("starts_on", "until", "ended_on", "over_on")),
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


secondments = Secondments.table.c
Index(None, secondments.person)
Index(None, secondments.from_organisation)
Index(None, secondments.to_organisation)
