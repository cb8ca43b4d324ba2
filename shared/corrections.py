"""The events of one aggregate as they were corrected since: what its views fold."""
from __future__ import annotations

from collections.abc import Sequence

from shared.envelope import Event
from shared.fact import overrides

__all__ = ["corrected"]


def corrected(history: Sequence[Event]) -> Sequence[Event]:
    """The events that hold, with the data as corrected (`shared.fact.overrides`)."""
    if not any(e.name.endswith("Corrected") for e in history):
        return history
    right = overrides({e.version: e.data for e in history})
    return [_with(e, over) if over else e for e in history if (over := right[e.version]) is not None]


def _with(e: Event, over: dict[str, object]) -> Event:
    return Event(e.stream, e.version, e.name, {**e.data, **over}, e.at, e.id, e.meta, e.position, e.fact_version)
