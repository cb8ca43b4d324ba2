"""Aggregates set aside because one of their events cannot be applied: what they are, another try, giving one event up."""
from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from shared.sinks import Reactions
from shared.view import Views

__all__ = ["listed", "retry", "retry_all", "skip"]

log = logging.getLogger("halfsky.parking")
Parking = Views | Reactions


def listed(sinks: list[Parking]) -> list[dict[str, Any]]:
    """One entry an aggregate: consumer, region, service, stream, first event and error, how many wait, since when."""
    return [entry for sink in sinks for entry in sink.tracking.parked()]


def retry(sink: Parking, region: str, service: str, stream: UUID) -> None:
    """Apply an aggregate's parked events now. Raises what still prevents it; nothing is changed then."""
    sink.retry(region, service, stream)


def skip(sink: Parking, region: str, service: str, stream: UUID) -> None:
    """Give up an aggregate's first parked event, for good, and apply the others. Nothing is changed when they cannot be applied."""
    sink.retry(region, service, stream, skip_first=True)


def retry_all(sink: Parking) -> int:
    """At start: what a new release can apply is applied. How many aggregates were freed."""
    freed = 0
    for entry in sink.tracking.parked():
        try:
            sink.retry(entry["region"], entry["service"], entry["stream"])
            freed += 1
        except Exception as error:  # it stays parked, the others have their turn
            log.warning("%s: %s stays parked: %s", sink.tracking.consumer, entry["stream"], type(error).__name__)
    return freed
