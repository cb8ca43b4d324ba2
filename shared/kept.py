"""Events as every consumer keeps them: written once, read again by aggregate, parsed no further than a fold asks."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shared.envelope import Event, Lazy, Meta, made
from shared.fact import Fact
from shared.tables import BIND_LIMIT, among, events, insert, kept, parked, tracking

__all__ = ["KEPT", "Kept", "by_stream", "current", "history_of", "keep", "restored", "row_of"]


def current(e: Event) -> Event:
    """The event with `data` in today's shape of its fact."""
    known = Fact.registry.get(e.name)
    if known is None or e.fact_version >= known.VERSION:
        return e
    return Event(e.stream, e.version, e.name, known.upcast(e.data, e.fact_version), e.at, e.id, e.meta, e.position, known.VERSION)


KEPT = (events.c.stream, events.c.version, events.c.position, events.c.name, events.c.fact_version, events.c.at, events.c.id,
        sa.type_coerce(events.c.data, sa.Text), sa.type_coerce(events.c.meta, sa.Text))


class Kept(Event):
    """An event as kept in `events`: `data`, `meta` and `fact` are parsed when they are asked for, which few folds do for all."""

    @Lazy
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.raw)
        return found

    @Lazy
    def meta(self) -> Meta:
        found = orjson.loads(self.raw_meta)
        if "documents" in found:
            found["documents"] = tuple(map(UUID, found["documents"]))
        return made(Meta, **found)

    @Lazy
    def fact(self) -> Fact:
        return Fact.registry[self.name].model_validate_json(self.raw)

    raw: str
    raw_meta: str


def restored(row: Any) -> Event:
    """From a row of `KEPT`."""
    stream, version, position, name, fact_version, at, id, raw, raw_meta = row
    return current(made(Kept, stream=stream, version=version, position=position, name=name, fact_version=fact_version, at=at, id=id,
                        raw=raw, raw_meta=raw_meta))


def row_of(region: str, service: str, e: Event) -> tuple[Any, ...]:
    """A row of `events`."""
    return (region, e.stream, e.version, service, e.position, e.name, e.fact_version, e.at, e.id, e.data,
            {k: v for k, v in e.meta.__dict__.items() if v})


def history_of(c: Connection, region: str, streams: Sequence[UUID]) -> list[Event]:
    """All events of some aggregates, each in order."""
    if not streams:
        return []
    found: list[Event] = []
    for start in range(0, len(streams), BIND_LIMIT):
        mine = (events.c.region == region, among(c, events.c.stream, streams[start:start + BIND_LIMIT]))
        found += map(restored, c.execute(sa.select(*KEPT).where(*mine).order_by(events.c.stream, events.c.version)))
    return found


def by_stream(some: Iterable[Event]) -> dict[UUID, list[Event]]:
    """Histories by aggregate."""
    grouped: dict[UUID, list[Event]] = defaultdict(list)
    for e in some:
        grouped[e.stream].append(e)
    return dict(grouped)


def keep(c: Connection, consumer: str, tables: Sequence[sa.Table], wanted: frozenset[str]) -> None:
    """From now on these facts are kept. Those already passed over can only be read from the sources: all starts anew then."""
    lacking = wanted - set(c.scalars(sa.select(kept.c.fact).where(kept.c.consumer == consumer)))
    own = tracking.c.consumer.in_([consumer, *(t.name for t in tables)])
    if lacking and c.scalar(sa.select(sa.exists().where(own))):
        for table in (events, *tables):
            c.execute(sa.delete(table))
        c.execute(sa.delete(tracking).where(own))
        c.execute(sa.delete(parked).where(parked.c.consumer == consumer))
    insert(c, kept, [(consumer, fact) for fact in sorted(lacking)])
