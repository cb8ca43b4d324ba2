"""The appointment audit (任免审计): one row a change, with what was before and after, who, on what paper, and both times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, String, Uuid

from services.cadre import events as cadre
from services.cadre.events.timeline import timeline as in_office
from services.projection.views.appointments import CHANGES, NEVER, STAGES, stage
from services.projection.views.dated import Row
from services.projection.views.tables import by_papers, metadata, only
from shared.calendar import SHANGHAI
from shared.es import Event
from shared.tables import Instant, Json
from shared.view import View, view_table

__all__ = ["CLOCK", "KINDS", "Audit", "audit"]

LATE = timedelta(days=30)  # [R32]
KINDS = {
    **{f.NAME: kind for f, kind in STAGES.items()},
    "cadre.AppointmentTookEffect": "took_effect",
    "cadre.AppointmentSuspended": "suspended",
    "cadre.AppointmentResumed": "resumed",
    "cadre.AppointmentEnded": "ended",
    "cadre.AppointmentLapsed": "lapsed",
    "cadre.AppointmentCorrected": "corrected",
}
CLOCK = ("took_effect", "lapsed")  # no person's doing, so no change in R32
NEED_PAPER = ("started", "ended", "corrected", "suspended")
DAYS = ("effective", "starts_on", "decided_on", "from_on", "ended_on", "elected_on", "approved_on", "rejected_on", "withdrawn_on", "cancelled_on")


def state(history: Sequence[Event]) -> Row | None:
    """The appointment in short, after these events; None before the first."""
    if not history:
        return None
    last = in_office((e.id, e.fact) for e in history)
    if last:
        i = last[-1]
        return {
            **i.post.__dict__,
            "status": "suspended" if i.suspended else "ended" if i.end_reason else "in_office",
            "starts_on": i.starts_on,
            "ends_on": i.ends_on,
            "end_reason": i.end_reason,
        }
    plan = next((e.fact for e in reversed(history) if isinstance(e.fact, cadre.AppointmentStarted | cadre.AppointmentProposed)), None)
    if plan is None:
        return None
    status = stage(history)
    return {
        **plan.post.__dict__,
        "status": "voided" if status == "started" else status,
        "starts_on": plan.starts_on,
        "ends_on": plan.until,
        "end_reason": None,
    }


def effective(fact: Any, after: Row) -> date:
    """The date a change is about."""
    said = fact.__dict__
    day: date = next((d for name in DAYS if (d := said.get(name))), after["starts_on"])
    return day


class Audit(View):
    name = "audit"
    version = 6
    facts: ClassVar = CHANGES
    table = view_table(
        "audit",
        metadata,
        Column("number", BigInteger, primary_key=True),
        Column("position", BigInteger),
        Column("event", Uuid),
        *(
            Column(c, Uuid)
            for c in ("person", "organisation", "seat", "term", "was_person", "was_organisation", "was_seat", "corrects", "reelection")
        ),
        *(Column(c, String) for c in ("kind", "role", "elected_by", "actor", "on_behalf_of", "reason", "correlation", "causation")),
        *(Column(c, Json) for c in ("before", "after", "documents")),
        *(Column(c, Date) for c in ("effective", "recorded_on", "late_after")),
        Column("recorded", Instant),
        *(Column(c, Boolean) for c in ("back_dated", "opening", "missing_document")),
        bitemporal=False,
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        before: Row | None = None
        papers = False
        elected_by: str | None = None
        openings: set[UUID] = set()  # what the old books said, and what was corrected of it
        for i, e in enumerate(history):
            after = state(history[: i + 1]) or before
            if after is None:  # a fact that stands alone without a post says nothing an audit could show
                continue
            papers = papers or bool(e.meta.documents)
            said = e.fact.__dict__
            if opening := said.get("opening", False) or said.get("corrects") in openings:
                openings.add(e.id)
            elected_by = e.fact.body if isinstance(e.fact, cadre.AppointmentElected) else elected_by
            yield {**_row(e, before, after, papers, opening), "elected_by": elected_by}
            before = after


def _row(e: Event, before: Row | None, after: Row, papers: bool, opening: bool) -> Row:
    kind, said = KINDS[e.name], e.fact.__dict__  # what a fact has not got pydantic looks for long
    day = effective(e.fact, after)
    was = before or after
    documented = papers if kind == "started" else bool(e.meta.documents)
    return {
        "number": e.version,
        "position": e.position,
        "event": e.id,
        "kind": kind,
        "before": before,
        "after": after,
        **{k: after[k] for k in ("person", "organisation", "seat", "term", "role")},
        **{f"was_{k}": was[k] if was[k] != after[k] else None for k in ("person", "organisation", "seat")},
        "corrects": said.get("corrects"),
        "reelection": said.get("reelection"),
        "actor": e.meta.actor,
        "on_behalf_of": e.meta.on_behalf_of,
        "reason": e.meta.reason or said.get("why"),
        "documents": [str(d) for d in e.meta.documents],
        "correlation": e.meta.correlation,
        "causation": e.meta.causation,
        "effective": day,
        "recorded": e.at,
        "recorded_on": e.at.astimezone(SHANGHAI).date(),
        "late_after": None if opening or kind in ("corrected", *CLOCK) else day + LATE,
        "back_dated": said.get("back_dated", False),
        "opening": opening,
        "missing_document": kind in NEED_PAPER and not documented and not opening,
    }


audit = Audit.table.c
Index(None, audit.organisation, audit.recorded)
Index(None, audit.person)
Index(None, audit.seat)
Index(None, audit.actor)
Index(None, audit.on_behalf_of, **only("on_behalf_of IS NOT NULL"))
Index(None, audit.was_organisation, **only("was_organisation IS NOT NULL"))
Index(None, audit.was_person, **only("was_person IS NOT NULL"))
Index("ix_audit_v6_missing_document", audit.organisation, **only("missing_document"))
Index(None, audit.kind, **only(f"kind IN ({', '.join(map(repr, sorted(NEVER)))})"))
Index(None, audit.recorded)
Index(None, audit.correlation)
by_papers("ix_audit_v6_papers", audit.documents)
