"""Turns dated changes into intervals: what every timeline of this folder is made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from shared.calendar import FOREVER

__all__ = ["ALWAYS", "Change", "Row", "plain", "segments"]

Row = dict[str, Any]
Change = tuple[date, Row]
ALWAYS = date.min  # true since whenever: what has no date of its own, such as a first profile


def segments(changes: Iterable[Change], first: date = ALWAYS) -> list[Row]:
    """Intervals [valid_from, valid_to) of the values that hold: each change from its date on, the later recorded one winning on the same date.
    A change dated before `first` counts from `first`."""
    days: dict[date, Row] = {}
    for day, values in changes:
        days.setdefault(max(day, first), {}).update(values)
    rows: list[Row] = []
    for day in sorted(days):
        if rows and all(rows[-1].get(k) == v for k, v in days[day].items()):
            continue
        if rows:
            rows[-1]["valid_to"] = day
        rows.append({**(rows[-1] if rows else {}), **days[day], "valid_from": day, "valid_to": FOREVER})
    return rows


def plain(fact: Any, *without: str) -> Row:
    """The values a partial change carries: those that are not None."""
    return {k: v for k, v in fact.__dict__.items() if v is not None and k not in without}
