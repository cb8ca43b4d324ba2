"""Vacancies (缺位) from the day they opened until they were filled or the seat was abolished."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import ClassVar

from sqlalchemy import Boolean, Column, Date, Index, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["LONG", "TIMELY", "Vacancies", "vacancies"]

TIMELY, LONG = timedelta(days=90), timedelta(days=180)  # [O15], part of the definitions of R03 and R06
LATER = ("person", "nominated_on", "agreed", "reviewed_on", "approved_on", "appointment", "filled_on", "abolished_on")


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row, from the opening on; open until `over_on`; none where nobody left a place empty. The clock's marks are not columns: they follow from
    the date asked for."""
    row: Row = {}
    for fact in (e.fact for e in history):
        match fact:
            case org.VacancyOpened():
                row = {**fact.__dict__, **dict.fromkeys(LATER), **_since(fact.since), "over_on": FOREVER, "valid_to": FOREVER}
            case org.VacancyFilled():
                row = {**row, **fact.__dict__, "over_on": fact.filled_on}
            case org.VacancySeatAbolished():
                row = {**row, **fact.__dict__, "over_on": fact.abolished_on}
            case org.VacancyCorrected():
                row = {**row, **fact.__dict__, **_since(fact.since), "over_on": fact.filled_on or fact.abolished_on or FOREVER}
            case _:
                row = {**row, **fact.__dict__}
    return [row] if row and not row.pop("void", False) else []


def _since(day: date) -> Row:
    return {"timely_until": day + TIMELY, "long_from": day + LONG, "valid_from": day}


class Vacancies(View):
    name = "vacancies"
    version = 3
    facts: ClassVar = frozenset(
        f"org.Vacancy{n}" for n in ("Opened", "Nominated", "PartyReviewed", "Approved", "Filled", "SeatAbolished", "Corrected")
    )
    table = view_table(
        "vacancies",
        metadata,
        *(Column(c, Uuid) for c in ("organisation", "seat", "left_by", "person", "appointment")),
        *(
            Column(c, Date)
            for c in ("since", "timely_until", "long_from", "nominated_on", "reviewed_on", "approved_on", "filled_on", "abolished_on", "over_on")
        ),
        Column("agreed", Boolean),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


vacancies = Vacancies.table.c
Index(None, vacancies.organisation)
Index(None, vacancies.since)
