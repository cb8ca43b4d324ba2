"""Terms (届) with their original end, extension and real end: what is due, overdue or over follows from the date asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.corrections import corrected
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Terms", "terms"]


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row: a term runs from its start until it is ended. `ends_on` is the original end, `due_on` the end that holds, `extension_asked` the
    end asked for and not decided on."""
    row: Row = {}
    for fact in org.standing(e.fact for e in corrected(history)):
        match fact:
            case org.TermStarted():
                row = {
                    **fact.__dict__,
                    "due_on": fact.ends_on,
                    "extended_to": None,
                    "extension_asked": None,
                    "extension_why": None,
                    "extension_refused": None,
                    "warned_days": None,
                    "overdue_since": None,
                    "ended_on": None,
                    "filed_on": None,
                    "valid_from": fact.starts_on,
                    "valid_to": FOREVER,
                }
            case org.TermExtensionRequested():
                row = {**row, "extension_asked": fact.new_ends_on, "extension_why": fact.why, "extension_refused": None}
            case org.TermExtensionRefused():
                row = {**row, "extension_asked": None, "extension_refused": fact.why}
            case org.TermExtended():
                row = {**row, "extension_asked": None, "extended_to": fact.new_ends_on, "due_on": fact.new_ends_on, "overdue_since": None}
            case org.TermDueSoon():
                row = {**row, "warned_days": fact.days}
            case org.TermBecameOverdue():
                row = {**row, "overdue_since": fact.since}
            case org.TermFiled():
                row = {**row, "filed_with": fact.filed_with, "filed_on": min(fact.filed_on, row["filed_on"] or fact.filed_on)}
            case org.TermEnded():
                row = {**row, "ended_on": fact.ended_on, "roster": fact.roster, "valid_to": max(fact.ended_on, row["starts_on"])}
    return [row] if row else []


class Terms(View):
    name = "terms"
    version = 5
    facts: ClassVar = frozenset(
        f"org.Term{n}"
        for n in (
            *("Started", "DueSoon", "BecameOverdue", "ExtensionRequested", "Extended", "ExtensionRefused", "Filed", "Ended", "Resumed", "Voided"),
            "Corrected",
        )
    )
    table = view_table(
        "terms",
        metadata,
        Column("organisation", Uuid),
        Column("term_no", Integer),
        Column("term_months", Integer),
        *(Column(c, Date) for c in ("starts_on", "ends_on", "due_on", "extended_to", "extension_asked", "overdue_since", "ended_on", "filed_on")),
        Column("warned_days", Integer),
        *(Column(c, String) for c in ("extension_why", "extension_refused", "filed_with")),
        Column("reelection", Uuid),
        Column("roster", Uuid),
        Column("opening", Boolean),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


terms = Terms.table.c
Index(None, terms.organisation)
Index(None, terms.ends_on)
