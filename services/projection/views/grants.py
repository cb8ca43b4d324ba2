"""Grants, read for one thing only: the name under which an account acted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Column, Date, Index, String, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Grants", "grants"]


def timeline(history: Sequence[Event]) -> list[Row]:
    given, end = history[0].fact, org.ended_on(e.fact for e in history)
    if not isinstance(given, org.GrantGiven):
        return []
    row: Row = {**given.__dict__, "valid_from": given.starts_on, "valid_to": min(given.until or FOREVER, max(end or FOREVER, given.starts_on))}
    del row["until"]
    return [row]


class Grants(View):
    name = "grants"
    version = 3
    facts: ClassVar = frozenset({"org.GrantGiven", "org.GrantEnded", "org.GrantEndCorrected"})
    table = view_table(
        "grants",
        metadata,
        *(Column(c, String) for c in ("account", "account_name", "role", "department")),
        Column("starts_on", Date),
        *(Column(c, Uuid) for c in ("organisation", "person", "appointment")),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


grants = Grants.table.c
Index(None, grants.account)
