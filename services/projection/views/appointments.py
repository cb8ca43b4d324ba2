"""Appointments: who was in which seat from when until when, and those still on their way through the procedure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Boolean, Column, Date, Index, String, Uuid

from services.cadre import events as cadre
from services.cadre.events.timeline import timeline as in_office
from services.projection.views.dated import Row
from services.projection.views.tables import STILL_KNOWN, metadata, only
from shared.calendar import FOREVER
from shared.es import Event
from shared.fact import Fact
from shared.view import View, bitemporal, view_table

__all__ = ["CHANGES", "NEVER", "STAGES", "Appointments", "appointments", "stage"]

STAGES: dict[type[Fact], str] = {
    cadre.AppointmentProposed: "proposed",
    cadre.AppointmentPartyReviewed: "party_reviewed",
    cadre.AppointmentPublicised: "publicised",
    cadre.PublicityEnded: "publicity_ended",
    cadre.AppointmentElected: "elected",
    cadre.AppointmentApproved: "approved",
    cadre.AppointmentRejected: "rejected",
    cadre.AppointmentWithdrawn: "withdrawn",
    cadre.AppointmentStarted: "started",
    cadre.AppointmentCancelled: "cancelled",
}
NEVER = frozenset({"rejected", "withdrawn", "cancelled"})
LATER: tuple[type[Fact], ...] = (
    cadre.AppointmentTookEffect,
    cadre.AppointmentSuspended,
    cadre.AppointmentResumed,
    cadre.AppointmentEnded,
    cadre.AppointmentLapsed,
    cadre.AppointmentCorrected,
)
CHANGES = frozenset(f.NAME for f in (*STAGES, *LATER))


def stage(history: Sequence[Event]) -> str:
    """How far the procedure has come."""
    return next((STAGES[type(e.fact)] for e in reversed(history) if type(e.fact) in STAGES), "proposed")


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row an interval in office; before that one row with `in_office` false over the days proposed (none when it came to nothing)."""
    first = history[0].fact
    started = next((e.fact for e in reversed(history) if isinstance(e.fact, cadre.AppointmentStarted)), None)
    reelection = started.reelection if started else None
    rows = [
        {
            **i.post.__dict__,
            "starts_on": i.starts_on,
            "ends_on": i.ends_on,
            "end_reason": i.end_reason,
            "precision": i.precision,
            "opening": i.opening,
            "back_dated": i.back_dated,
            "reelection": reelection,
            "newly": started and started.newly,
            "note": started and started.note,
            "in_office": True,
            "status": "suspended" if i.suspended else "active",
            "valid_from": i.valid_from,
            "valid_to": i.valid_to or FOREVER,
        }
        for i in in_office((e.id, e.fact) for e in history)
    ]
    if rows:
        return rows
    plan = started or first
    if not isinstance(plan, cadre.AppointmentProposed | cadre.AppointmentStarted):
        return []
    status = "voided" if started and stage(history) == "started" else stage(history)
    never = started is not None or status in NEVER
    return [
        {
            **plan.post.__dict__,
            "starts_on": plan.starts_on,
            "ends_on": plan.until,
            "end_reason": None,
            "precision": "day",
            "opening": False,
            "back_dated": False,
            "reelection": reelection,
            "in_office": False,
            "status": status,
            "valid_from": plan.starts_on,
            "valid_to": plan.starts_on if never else plan.until or FOREVER,
        }
    ]


class Appointments(View):
    name = "appointments"
    version = 4
    facts: ClassVar = CHANGES
    table = view_table(
        "appointments",
        metadata,
        *(Column(c, Uuid) for c in ("person", "organisation", "seat", "term", "reelection")),
        *(Column(c, String) for c in ("role", "engagement", "mode", "status", "end_reason", "precision")),
        *(Column(c, Date) for c in ("starts_on", "ends_on")),
        *(Column(c, Boolean) for c in ("in_office", "opening", "back_dated", "newly")),
        Column("note", String),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


appointments = Appointments.table.c
Index(None, appointments.organisation, appointments.valid_to)
Index(None, appointments.person)
Index(None, appointments.seat)
Index(None, appointments.status, **only(f"NOT in_office AND {STILL_KNOWN}"))
