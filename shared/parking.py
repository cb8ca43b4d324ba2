"""Aggregates set aside because one of their events cannot be applied: what they are, and another try for all of them."""
from __future__ import annotations

import logging
from typing import Any

from shared.sinks import Reactions
from shared.view import Views

__all__ = ["Parking", "listed", "retry_all"]

log = logging.getLogger("halfsky.parking")
Parking = Views | Reactions


def listed(sinks: list[Parking]) -> list[dict[str, Any]]:
    """One entry an aggregate: consumer, region, service, stream, first event and error, how many wait, since when."""
    return [entry for sink in sinks for entry in sink.tracking.parked()]


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
