"""Copies fed from a log that can be read here: org's own copy of its grants and tree must not depend on NATS."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from shared import es
from shared.delivery import Sink
from shared.es import Event, Store

__all__ = ["Follower", "Pages", "pages_of"]

Pages = Callable[[int, int], list[bytes]]
PAGE = 500


def pages_of(store: Store) -> Pages:
    """Pages of a log at hand, as `GET /notifications` gives them."""

    def pages(after: int, limit: int) -> list[bytes]:
        return [es.line(n) for n in store.log.select_notifications(after, limit, inclusive_of_start=False)]

    return pages


class Follower:
    """Brings a sink up to the end of a log, on demand and from any thread."""

    def __init__(self, sink: Sink, pages: Pages) -> None:
        self.sink, self.pages = sink, pages
        self.confirmed = float("-inf")
        self._lock = threading.Lock()

    def pull(self) -> None:
        with self._lock:
            started = time.monotonic()
            while True:
                prev = self.sink.tracked()
                lines = self.pages(int(prev.partition("/")[0]), PAGE)
                if not lines:
                    break
                self.sink.apply([Event.from_line(line) for line in lines], prev)
            self.confirmed = started

    def age(self) -> float:
        """Seconds since the sink was last known to have everything."""
        return time.monotonic() - self.confirmed
