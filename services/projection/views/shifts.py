"""Reception shifts (值班接访): who was on duty when, and counts. Nothing about a caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Column, Date, Index, Integer, String, Uuid

from services.hotline import events as hotline
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER, SHANGHAI
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Shifts", "shifts"]


def timeline(history: Sequence[Event]) -> list[Row]:
    row: Row = {}
    for fact in (e.fact for e in history):
        match fact:
            case hotline.ShiftScheduled():
                day = fact.starts_at.astimezone(SHANGHAI).date()
                row = {
                    "organisation": fact.organisation,
                    "operator": fact.operator,
                    "executive": fact.executive,
                    "scheduled_on": day,
                    "worked_on": None,
                    "minutes": None,
                    "calls": None,
                    "visits": None,
                    "status": "scheduled",
                    "valid_from": day,
                    "valid_to": FOREVER,
                }
            case hotline.ShiftCompleted():
                row = {**row, **fact.__dict__, "status": "completed"}
            case hotline.ShiftCancelled():
                row = {**row, "status": "cancelled"}
    return [row] if row else []


class Shifts(View):
    name = "shifts"
    version = 2
    facts: ClassVar = frozenset(f"hotline.Shift{n}" for n in ("Scheduled", "Completed", "Cancelled"))
    table = view_table(
        "shifts",
        metadata,
        *(Column(c, Uuid) for c in ("organisation", "operator", "executive")),
        *(Column(c, Date) for c in ("scheduled_on", "worked_on")),
        *(Column(c, Integer) for c in ("minutes", "calls", "visits")),
        Column("status", String),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


shifts = Shifts.table.c
Index(None, shifts.organisation)
