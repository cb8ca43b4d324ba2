"""How far a consumer has applied each source, moved only by compare-and-set, and the events it had to set aside."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from shared.calendar import now
from shared.es import Event, Meta
from shared.tables import begin, insert, parked, reading, tracking

__all__ = ["ORIGIN", "Moved", "Poison", "Tracking", "place"]

SHOWN = ("consumer", "region", "service", "stream", "name", "position", "error", "parked_at")
PACKED = ("stream", "version", "name", "data", "at", "id", "position", "fact_version")
ORIGIN = "0/"  # the reference before the first event

# Built once: to build a statement costs several times what it costs to run, and these run for every block.
T, P, bound = tracking.c, parked.c, sa.bindparam
SOURCE = (T.region == bound("in_region"), T.service == bound("of_service"))
MINE = (T.consumer == bound("by"), *SOURCE)
THERE: dict[str, Any] = {"position": bound("to_position"), "event_id": bound("to_event")}
TRACKED = sa.select(T.position, T.event_id).where(*MINE)
POSITIONS = sa.select(T.region, T.service, T.position).where(T.consumer == bound("by"))
THEIRS = (T.consumer.in_(bound("all", expanding=True)), *SOURCE)
ADVANCE = sa.update(tracking).where(*THEIRS, T.position == bound("was"), T.event_id == bound("was_event")).values(THERE).returning(T.consumer)
PUT = sa.update(tracking).where(*THEIRS).values(THERE)
PARKED_STREAMS = sa.select(P.stream).where(P.consumer == bound("by"), P.region == bound("in_region"), P.service == bound("of_service")).distinct()


class Moved(Exception):
    """The tracking is not where the caller believes: another process applies too, or the caller must read it again."""


class Poison(Exception):
    """An event that cannot be applied however often it is tried."""


def place(reference: str | None) -> tuple[int, str]:
    """Position and event id."""
    position, _, id = (reference or ORIGIN).partition("/")
    return int(position), id


class Tracking:
    """The rows of `tracking` and `parked` that belong to one consumer."""

    def __init__(self, engine: Engine, consumer: str) -> None:
        self.engine, self.consumer = engine, consumer
        self._ahead: dict[tuple[str, str], tuple[str, str]] = {}  # by source: what the table has, and what was passed over since

    # -- positions -------------------------------------------------------------------------------------------------
    def tracked(self, region: str, service: str, c: Connection | None = None) -> str | None:
        """The last event applied or passed over; within a transaction `c`, as written."""
        if c is None:
            with reading(self.engine) as own:
                stored = self.tracked(region, service, own)
            written, ahead = self._ahead.get((region, service), ("", ""))
            return ahead if written == (stored or ORIGIN) else stored
        row = c.execute(TRACKED, {"by": self.consumer, "in_region": region, "of_service": service}).first()
        return f"{row[0]}/{row[1]}" if row else None

    def pass_over(self, region: str, service: str, prev: str, reference: str) -> None:
        """Nothing after `prev` up to `reference` is wanted here: memory moves on, the table at the next event that is, or in `keep`."""
        written, ahead = self._ahead.get((region, service), ("", ""))
        self._ahead[region, service] = written if ahead == prev else prev, reference

    def passed_over(self, region: str, service: str) -> tuple[str, str] | None:
        """What the table has and where memory is, once: the caller writes it."""
        return self._ahead.pop((region, service), None)

    @contextmanager
    def moving(self, region: str, service: str, prev: str, reference: str, views: Sequence[str] = ()) -> Iterator[Connection]:
        """The transaction that takes this consumer, and with it its single views, from `prev` to `reference`. Moved."""
        with begin(self.engine) as c:
            self._advance(c, region, service, prev, reference, views)
            yield c
        self._ahead.pop((region, service), None)

    def positions(self, c: Connection | None = None, consumer: str = "") -> dict[tuple[str, str], int]:
        if c is None:
            with reading(self.engine) as own:
                return self.positions(own, consumer)
        rows = c.execute(POSITIONS, {"by": consumer or self.consumer})
        return {(region, service): position for region, service, position in rows}

    def position(self, c: Connection, consumer: str, region: str, service: str) -> int:
        return c.scalar(TRACKED, {"by": consumer, "in_region": region, "of_service": service}) or 0

    def _advance(self, c: Connection, region: str, service: str, prev: str, reference: str, views: Sequence[str]) -> None:
        written, ahead = self._ahead.get((region, service), ("", ""))
        (position, id), (was, was_id) = place(reference), place(written if ahead == prev else prev)
        all = [self.consumer, *views]
        done = set(c.scalars(ADVANCE, {"all": all, "in_region": region, "of_service": service, "was": was, "was_event": was_id,
                                       "to_position": position, "to_event": id}))
        if self.consumer not in done and not (was == 0 and self.insert(c, self.consumer, region, service, reference)):
            raise Moved(f"{self.consumer} is not at {prev} of {service}")
        if len(done) < len(all):
            self.put(c, [view for view in views if view not in done], region, service, reference)

    def insert(self, c: Connection, consumer: str, region: str, service: str, reference: str) -> bool:
        """Whether there was no row yet."""
        position, id = place(reference)
        row = {"consumer": consumer, "region": region, "service": service, "position": position, "event_id": id}
        on = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
        return c.execute(on(tracking).values(row).on_conflict_do_nothing().returning(tracking.c.position)).first() is not None

    def put(self, c: Connection, consumers: Sequence[str], region: str, service: str, reference: str) -> None:
        """Set positions that follow this consumer's own (those of single views)."""
        position, id = place(reference)
        if not consumers:
            return
        done = c.execute(PUT, {"all": list(consumers), "in_region": region, "of_service": service, "to_position": position, "to_event": id})
        if done.rowcount < len(consumers):
            for consumer in consumers:
                self.insert(c, consumer, region, service, reference)

    def rewind(self, c: Connection, region: str, service: str, reference: str) -> None:
        """Back to `reference` everywhere that is beyond it; parked events beyond it are forgotten."""
        position, id = place(reference)
        beyond = (tracking.c.region == region, tracking.c.service == service, tracking.c.position > position)
        c.execute(sa.update(tracking).where(*beyond).values(position=position, event_id=id))
        c.execute(sa.delete(parked).where(parked.c.region == region, parked.c.service == service, parked.c.position > position))

    def lock(self, c: Connection) -> None:
        """Nobody moves any tracking until this transaction ends (on SQLite it has the file to itself already)."""
        if c.dialect.name == "postgresql":
            c.exec_driver_sql("LOCK TABLE tracking IN SHARE ROW EXCLUSIVE MODE")

    # -- parked ----------------------------------------------------------------------------------------------------
    def parked_streams(self, c: Connection, region: str, service: str) -> set[UUID]:
        return set(c.scalars(PARKED_STREAMS, {"by": self.consumer, "in_region": region, "of_service": service}))

    def park(self, c: Connection, region: str, service: str, event: Event, error: BaseException) -> None:
        self._park(c, region, service, [event], str(error) if isinstance(error, Poison) else type(error).__name__)

    def park_later(self, c: Connection, region: str, service: str, events: Sequence[Event]) -> None:
        self._park(c, region, service, events, "follows a parked event")

    def _park(self, c: Connection, region: str, service: str, events: Sequence[Event], error: str) -> None:
        at = now()
        insert(c, parked, [(self.consumer, region, service, e.position, e.stream, e.name, _packed(e), error, at) for e in events])

    def parked(self) -> list[dict[str, Any]]:
        """What is set aside: one entry an aggregate, with the first error and how many events wait."""
        with reading(self.engine) as c:
            rows = c.execute(sa.select(parked).where(parked.c.consumer == self.consumer).order_by(parked.c.position)).mappings().all()
        found: dict[UUID, dict[str, Any]] = {}
        for r in rows:
            entry = found.setdefault(r["stream"], {"events": 0, **{k: r[k] for k in SHOWN}})
            entry["events"] += 1
        return list(found.values())

    def unpark(self, c: Connection, region: str, service: str, stream: UUID, peek: bool = False) -> list[Event]:
        """An aggregate's parked events, in order; they are parked no longer, unless only looked at."""
        mine = (*self._parked(region, service), parked.c.stream == stream)
        rows = c.execute(sa.select(parked.c.event).where(*mine).order_by(parked.c.position)).all()
        if not peek:
            c.execute(sa.delete(parked).where(*mine))
        return [_unpacked(row[0]) for row in rows]

    def _parked(self, region: str, service: str) -> tuple[sa.ColumnElement[bool], ...]:
        return parked.c.consumer == self.consumer, parked.c.region == region, parked.c.service == service


def _packed(e: Event) -> dict[str, Any]:
    return {"meta": asdict(e.meta), **{k: getattr(e, k) for k in PACKED}}


def _unpacked(d: dict[str, Any]) -> Event:
    d["meta"]["documents"] = tuple(map(UUID, d["meta"]["documents"]))
    parsed = {"stream": UUID(d["stream"]), "id": UUID(d["id"]), "at": datetime.fromisoformat(d["at"]), "meta": Meta(**d["meta"])}
    return Event(**{**d, **parsed})
