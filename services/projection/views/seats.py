"""Seats (职位) of an organisation's plan, from a date until the plan changes or the seat is abolished."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Column, Index, Integer, String, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Seats", "seats"]


def timeline(history: Sequence[Event]) -> list[Row]:
    """Whole plans and abolitions in the order of their dates; a seat's row lasts while the seat stays the same."""
    facts = sorted((e.fact for e in history if isinstance(e.fact, org.SeatsDefined | org.SeatAbolished)), key=_effective)
    rows: list[Row] = []
    open_rows: dict[UUID, Row] = {}
    for fact in facts:
        if isinstance(fact, org.SeatsDefined):
            plan = {s.seat: dict(s.__dict__) for s in fact.seats}
        else:
            plan = {k: _attributes(r) for k, r in open_rows.items() if k != fact.seat}
        for seat, row in list(open_rows.items()):
            if _attributes(row) != plan.get(seat):
                row["valid_to"] = fact.effective
                del open_rows[seat]
        for seat, attributes in plan.items():
            if seat not in open_rows:
                open_rows[seat] = {**attributes, "valid_from": fact.effective, "valid_to": FOREVER}
                rows.append(open_rows[seat])
    return [r for r in rows if r["valid_from"] < r["valid_to"]]


def _effective(fact: org.SeatsDefined | org.SeatAbolished) -> date:
    return fact.effective


def _attributes(row: Row) -> Row:
    return {k: row[k] for k in ("seat", "role", "capacity", "engagement")}


class Seats(View):
    name = "seats"
    version = 2
    facts: ClassVar = frozenset({"org.SeatsDefined", "org.SeatAbolished"})
    table = view_table(
        "seats",
        metadata,
        Column("seat", Uuid, primary_key=True),
        *(Column(c, String) for c in ("role", "engagement")),
        Column("capacity", Integer),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


seats = Seats.table.c  # the organisation is the stream
Index(None, seats.seat)
