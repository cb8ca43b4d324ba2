"""Re-election cases (换届) with every date and ballot figure; what stage one is in follows from the date asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import Column, Date, Index, Integer, String, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.tables import Json
from shared.view import View, bitemporal, view_table

__all__ = ["DATES", "Reelections", "reelections"]

DATES = ("planned_on", "requested_on", "permitted_on", "refused_on", "held_on", "reported_on", "approved_on", "filed_on", "closed_on", "cancelled_on")
OTHERS = (
    "organisation",
    "term",
    "new_term",
    "batch",
    "congress_on",
    "starts_on",
    "on_time_until",
    "form",
    "entitled",
    "present",
    "issued",
    "returned",
    "valid",
    "candidates",
    "winners",
    "filed_with",
    "why",
)
GRACE = timedelta(days=30)  # an elected start entered this long after the approval is not late [K6]


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row, from the plan on."""
    row: Row = {}
    for fact in (e.fact for e in history):
        match fact:
            case org.ReelectionPlanned():
                row = {**dict.fromkeys((*DATES, *OTHERS)), **fact.__dict__, "valid_from": fact.planned_on, "valid_to": FOREVER}
            case org.CongressHeld():
                row = {**row, **fact.__dict__, "reported_on": None, "candidates": None, "why": None}
            case org.ElectionResultReturned():
                row = {**row, "reported_on": None, "why": fact.why}
            case org.ElectionResultReported():
                row = {**row, "why": None, "reported_on": fact.reported_on, "candidates": [c.model_dump(mode="json") for c in fact.candidates]}
            case org.ElectionResultApproved():
                row = {
                    **row,
                    "approved_on": fact.approved_on,
                    "starts_on": fact.starts_on,
                    "new_term": fact.term,
                    "on_time_until": fact.approved_on + GRACE,
                    "winners": [w.model_dump(mode="json") for w in fact.winners],
                }
            case _:
                row = {**row, **fact.__dict__}
    return [row] if row else []


class Reelections(View):
    name = "reelections"
    version = 3
    facts: ClassVar = frozenset(
        {f"org.Reelection{n}" for n in ("Planned", "Requested", "Permitted", "Refused", "Closed", "Cancelled")}
        | {"org.CongressHeld", "org.ElectionResultReported", "org.ElectionResultReturned", "org.ElectionResultApproved", "org.ResultFiled"}
    )
    table = view_table(
        "reelections",
        metadata,
        *(Column(c, Uuid) for c in ("organisation", "term", "new_term", "batch")),
        *(Column(c, Date) for c in (*DATES, "congress_on", "starts_on", "on_time_until")),
        *(Column(c, Integer) for c in ("entitled", "present", "issued", "returned", "valid")),
        *(Column(c, String) for c in ("form", "filed_with", "why")),
        Column("candidates", Json),
        Column("winners", Json),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


reelections = Reelections.table.c
Index(None, reelections.organisation)
Index(None, reelections.term)
Index(None, reelections.approved_on)
