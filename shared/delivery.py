"""Delivery at least once, effect once: which events of a block a sink still needs, what to do about gaps, forks and poison."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import sqlalchemy.exc

from shared.es import Busy, Conflict, Event, Unavailable
from shared.relay import Forked
from shared.tracking import ORIGIN, Moved, Poison, place

__all__ = ["Delivery", "Forked", "Sink", "Stopped"]

PAGE = 1000
ATTEMPTS = 3
# what the database or a rival does to us, not the event; ProgrammingError: a missing table must not set every aggregate aside
TRANSIENT = (Moved, Busy, Conflict, Unavailable, OSError, sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError,
             sqlalchemy.exc.ProgrammingError, sqlalchemy.exc.TimeoutError)


class Sink(Protocol):
    """Applies the events of one source. One that has also `park(event, prev, error)` sets poison aside; the others stop at it.
    One that has `reference_at(position)` can tell a fork among events long applied."""

    def tracked(self) -> str:
        """The last event applied, ORIGIN before the first."""

    def apply(self, events: Sequence[Event], prev: str) -> None:
        """Events that follow `prev`, all or nothing; Moved when something else was applied last. Where none of them concerns this sink it may
        remember the place without writing it."""

    def keep(self) -> None:
        """Write the place if it is only remembered. Whoever takes over before that passes over the same events again."""


class Gap(Exception):
    """Events between what was applied and this block are missing."""


class Stopped(Exception):
    """An event cannot be applied, and this sink may not set it aside."""


class Delivery:
    """The sinks of one feed, in order, each with its own place in the source's log."""

    def __init__(self, sinks: Sequence[Sink], pages: Callable[[int, int], Awaitable[Sequence[bytes]]]) -> None:
        self.sinks, self.pages = sinks, pages
        self.forked: Forked | None = None
        self.stopped: Stopped | None = None
        self.blocks = self.gaps = self.parked = self.position = 0
        self.started = False
        self._at: dict[int, str] = {}  # places as of our own last writing; the sinks compare before they write
        self._lock = asyncio.Lock()

    async def block(self, prev: str, last: str, body: bytes) -> None:
        """Apply a block from the stream, reading what is missing before it from the log."""
        async with self._lock:
            try:
                await self._in_thread(self._block, prev, last, body)
            except Gap:
                self.gaps += 1
                await self._heal()
            self.blocks += 1

    async def heal(self) -> None:
        """Read pages of the log until there is nothing new."""
        async with self._lock:
            await self._heal()

    async def keep(self) -> None:
        """Have the places written that only memory has."""
        async with self._lock:
            await self._in_thread(self._keep)

    async def refresh(self) -> int:
        """Read again how far the sinks are (another process may be the one that applies)."""
        async with self._lock:
            return await asyncio.to_thread(self._refresh)

    # -- one at a time -----------------------------------------------------------------------------------------------
    async def _heal(self) -> None:
        await asyncio.to_thread(self._refresh)
        while True:
            at = min(self._at.values(), key=lambda reference: place(reference)[0])
            position = place(at)[0]
            lines = await self.pages(max(0, position - 1), PAGE)  # from the event applied last: is it still there?
            if not await self._in_thread(self._page, at, lines):
                self.forked = self.stopped = None
                self.started = True
                return

    async def _in_thread(self, work: Callable[..., bool], *args: object) -> bool:
        try:
            return await asyncio.to_thread(work, *args)
        except Forked as error:
            self.forked = error
            raise
        except Stopped as error:
            self.stopped = error
            raise
        except Exception:  # whatever a sink raised, it goes on; some of the sinks may have applied the events, so that is asked anew
            self._at.clear()
            raise

    def _keep(self) -> bool:
        for sink in self.sinks:
            sink.keep()
        return True

    def _refresh(self) -> int:
        self._at = {i: sink.tracked() or ORIGIN for i, sink in enumerate(self.sinks)}
        self.position = min(place(at)[0] for at in self._at.values())
        return self.position

    def _block(self, prev: str, last: str, body: bytes) -> bool:
        if len(self._at) < len(self.sinks):
            self._refresh()
        return self._take(prev, last, [Event.from_line(line) for line in body.split(b"\n")])

    def _page(self, at: str, lines: Sequence[bytes]) -> bool:
        """Whether there was anything after `at`."""
        some = [Event.from_line(line) for line in lines]
        if place(at)[0]:
            if not some or some[0].reference != at:
                raise Forked(at)
            del some[0]
        return bool(some) and self._take(at, some[-1].reference, some)

    def _take(self, prev: str, last: str, some: Sequence[Event]) -> bool:
        for i, sink in enumerate(self.sinks):
            new = missing(sink, self._at[i], prev, last, some)
            if new:
                self._apply(i, sink, new)
        self.position = min(place(at)[0] for at in self._at.values())
        return True

    def _apply(self, i: int, sink: Sink, some: Sequence[Event]) -> None:
        try:
            sink.apply(some, self._at[i])
            self._at[i] = some[-1].reference
        except TRANSIENT:
            raise
        except Exception:  # one of them cannot be applied: find out which
            for event in some:
                self._alone(i, sink, event)

    def _alone(self, i: int, sink: Sink, event: Event) -> None:
        """Apply one event; what fails alone, and again, is set aside with all that follows in its aggregate."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                sink.apply([event], self._at[i])
                break
            except TRANSIENT:
                raise
            except Exception as error:
                if attempt < ATTEMPTS and not isinstance(error, Poison):
                    time.sleep(0.05 * attempt)
                    continue
                park = getattr(sink, "park", None)
                if park is None:
                    raise Stopped(f"{event.name} at {event.reference}: {type(error).__name__}") from error
                park(event, self._at[i], error)
                self.parked += 1
                break
        self._at[i] = event.reference


def missing(sink: Sink, at: str, prev: str, last: str, some: Sequence[Event]) -> Sequence[Event]:
    """The events of a block that a sink at `at` has not applied. Gap, Forked."""
    (position, _), (before, _), (end, _) = place(at), place(prev), place(last)
    if before > position:
        raise Gap
    if before == position:
        if prev != at:
            raise Forked(f"applied {at}, the log has {prev}")
        return some
    if end >= position:
        here = next((e.reference for e in some if e.position == position), None)
        if here != at:
            raise Forked(f"applied {at}, the log has {here}")
        return [e for e in some if e.position > position]
    known = getattr(sink, "reference_at", lambda _: None)(end)
    if known is not None and known != last:
        raise Forked(f"applied {known}, the log has {last}")
    return []
