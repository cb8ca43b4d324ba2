"""Two time axes from one: how an aggregate's timeline was known, from its timeline after each of its facts."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from shared.calendar import FOREVER, FOREVER_AT
from shared.es import Event

__all__ = ["bitemporal"]

Row = Mapping[str, Any]


def bitemporal(history: Sequence[Event], timeline: Callable[[Sequence[Event]], Iterable[Row]]) -> Iterator[dict[str, Any]]:
    """Rows of `timeline(history so far)` (dicts with valid_from, valid_to or None for open, and attributes), each with the interval in
    which it was what we knew. A row of no days, or known for no time, is left out."""
    if len(history) == 1:  # as most are
        for row in _intervals(timeline(history)):
            row["known_from"], row["known_to"] = history[0].at, FOREVER_AT
            yield row
        return
    known: list[tuple[dict[str, Any], datetime]] = []
    for n, event in enumerate(history, 1):
        if n < len(history) and history[n].at == event.at:
            continue  # recorded in one instant: never known apart
        now = list(_intervals(timeline(history[:n]) if n < len(history) else timeline(history)))
        kept = []
        for row, since in known:
            if row in now:  # there are few, and equal rows mostly hold the same objects: faster than hashing
                now.remove(row)
                kept.append((row, since))
            else:
                yield {**row, "known_from": since, "known_to": event.at}
        known = kept + [(row, event.at) for row in now]
    for row, since in known:
        row["known_from"], row["known_to"] = since, FOREVER_AT
        yield row


def _intervals(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        until: date = row.get("valid_to") or FOREVER
        if row["valid_from"] < until:
            yield {**row, "valid_to": until}
