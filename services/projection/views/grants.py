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
    row: Row = {}
    for fact in (e.fact for e in history):
        match fact:
            case org.GrantGiven():
                row = {**fact.__dict__, "valid_from": fact.starts_on, "valid_to": fact.until or FOREVER}
            case org.GrantEnded():
                row = {**row, "valid_to": min(row["valid_to"], max(fact.effective, row["starts_on"]))}
    row.pop("until", None)
    return [row] if row else []


class Grants(View):
    name = "grants"
    version = 2
    facts: ClassVar = frozenset({"org.GrantGiven", "org.GrantEnded"})
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
