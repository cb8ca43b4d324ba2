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
        return [es.line(n) for n in store.recorder.select_notifications(after, limit, inclusive_of_start=False)]

    return pages


class Follower:
    """Brings a sink up to the end of a log, on demand and from any thread."""

    def __init__(self, sink: Sink, pages: Pages) -> None:
        self.sink, self.pages = sink, pages
        self.confirmed = float("-inf")
        self._at: str | None = None  # None: ask the sink
        self._lock = threading.Lock()

    def pull(self) -> None:
        """Everything that is in the log now. Callers that come while one is under way share the next."""
        asked = time.monotonic()
        with self._lock:
            if self.confirmed < asked:
                self._pull()

    def keep(self) -> None:
        with self._lock:
            self.sink.keep()

    def _pull(self) -> None:
        started, at, self._at = time.monotonic(), self._at or self.sink.tracked(), None
        while lines := self.pages(int(at.partition("/")[0]), PAGE):
            some = [Event.from_line(line) for line in lines]
            self.sink.apply(some, at)
            at = some[-1].reference
        self.confirmed, self._at = started, at

    def age(self) -> float:
        """Seconds since the sink was last known to have everything."""
        return time.monotonic() - self.confirmed
