"""Two time axes from one: how an aggregate's timeline was known, from its timeline after each of its facts. What was known is said by
positions of its log: a save of many facts has one instant, and readers see it block by block."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from shared.calendar import FOREVER
from shared.es import Event

__all__ = ["STILL", "bitemporal"]

Row = Mapping[str, Any]
STILL = 2**63 - 1  # the end of what is known now


def bitemporal(history: Sequence[Event], timeline: Callable[[Sequence[Event]], Iterable[Row]]) -> Iterator[dict[str, Any]]:
    """Rows of `timeline(history so far)` (dicts with valid_from, valid_to or None for open, and attributes), each with the positions
    [known_from, known_to) of the log at which it was what we knew. A row of no days is left out."""
    if len(history) == 1:  # as most are
        for row in _intervals(timeline(history)):
            row["known_from"], row["known_to"] = history[0].position, STILL
            yield row
        return
    known: list[tuple[dict[str, Any], int]] = []
    for n, event in enumerate(history, 1):
        now = list(_intervals(timeline(history[:n]) if n < len(history) else timeline(history)))
        kept = []
        for row, since in known:
            if row in now:  # there are few, and equal rows mostly hold the same objects: faster than hashing
                now.remove(row)
                kept.append((row, since))
            else:
                yield {**row, "known_from": since, "known_to": event.position}
        known = kept + [(row, event.position) for row in now]
    for row, since in known:
        row["known_from"], row["known_to"] = since, STILL
        yield row


def _intervals(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        until: date = row.get("valid_to") or FOREVER
        if row["valid_from"] < until:
            yield {**row, "valid_to": until}
