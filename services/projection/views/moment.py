"""The two times of a question: as of which date, as known when; and the log positions that make its answer repeatable."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, literal, or_, select
from sqlalchemy.engine import Connection

from shared.calendar import SHANGHAI
from shared.fact import Refused
from shared.tables import events, parked, tracking
from shared.view import STILL, Views

__all__ = ["Applied", "Moment", "applied", "aside", "moment", "once", "reading", "standing", "streams_since"]

T = TypeVar("T")
Source = tuple[str, str]  # region, service
Applied = Mapping[Source, tuple[int, str]]  # position and id of the last event
NOW = literal(STILL, BigInteger, literal_execute=True)  # in the text of the statement, for partial indexes
# for questions about most rows: memory for a sort or hash, tables in memory rather than on a slow disk, no compiler, a plan for these very values;
# no helpers: those of one scan would read what it is joined with twice
PLANNING = (
    "SELECT set_config('work_mem', '64MB', true), set_config('random_page_cost', '1.1', true), set_config('jit', 'off', true), "
    "set_config('plan_cache_mode', 'force_custom_plan', true), set_config('max_parallel_workers_per_gather', '0', true)"
)
_making = threading.Lock()
TOKEN = re.compile(r"([0-9A-Za-z]{1,12})/([a-z]{1,20}):([0-9]{1,18})\Z")


@dataclass(frozen=True)
class Moment:
    """`known`: of a service of which later facts are here, the position of each source up to which it counts; a service that is not in it
    counts whole. `positions`: the token that says the same."""

    as_of: date
    known: Mapping[Source, int] = field(default_factory=dict)
    positions: str = ""
    known_at: str | None = None

    def on(self, day: date) -> Moment:
        """The same knowledge, of another date."""
        return replace(self, as_of=day)

    def holds(self, t: Any, service: str) -> ColumnElement[bool]:
        """Rows of a bitemporal table (or its columns) that were so on the date, as known."""
        return and_(t.valid_from <= self.as_of, t.valid_to > self.as_of, self.is_known(t, service))

    def is_known(self, t: Any, service: str) -> ColumnElement[bool]:
        """Rows of a bitemporal table that are what was known."""
        places = self._places(service)
        if not places:
            return cast(ColumnElement[bool], t.known_to == NOW)
        if len(places) == 1:
            return and_(t.known_from <= places[0][1], t.known_to > places[0][1])
        return or_(*(and_(t.region == region, t.known_from <= position, t.known_to > position) for region, position in places))

    def recorded(self, t: Any, service: str) -> ColumnElement[bool] | None:
        """Rows of a table with one `position` each that had been recorded; None: all."""
        places = self._places(service)
        if not places:
            return None
        return or_(*(and_(t.region == region, t.position <= position) for region, position in places))

    def _places(self, service: str) -> list[tuple[str, int]]:
        return [(region, position) for (region, s), position in self.known.items() if s == service]


@contextmanager
def reading(views: Views) -> Iterator[Connection]:
    """One snapshot for a whole answer: figures and the positions it names belong together."""
    engine = views.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as c:
        if c.dialect.name == "postgresql":
            c.exec_driver_sql(PLANNING)
        yield c


def once(owner: Any, name: str, make: Callable[[], T]) -> T:
    """What a process makes when it first needs it, and keeps beside its owner: one, however many ask at the same time."""
    with _making:
        if not hasattr(owner, name):
            setattr(owner, name, make())
        found: T = getattr(owner, name)
        return found


def moment(views: Views, c: Connection, as_of: date, known_at: str | None, whole: bool = False) -> Moment:
    """`known_at`: an instant (no zone: Shanghai; a date: its whole day) or a token like 36/org:17,36/cadre:42. Refused when it is neither.
    `whole`: of a source that the token does not name, nothing was here."""
    tracked = views.tracking.positions(c)
    if not known_at:
        return Moment(as_of, {}, _token(tracked))
    asked = [TOKEN.match(part.strip()) for part in known_at.split(",")]
    if all(asked):
        places = {**(dict.fromkeys(tracked, 0) if whole else tracked), **{(m[1], m[2]): int(m[3]) for m in asked if m}}
        _arrived(places, tracked)
    else:
        at = _instant(known_at)
        places = {source: _before(c, source, at, top) for source, top in tracked.items()}
    behind = {service for (region, service), position in places.items() if position < tracked.get((region, service), 0)}
    return Moment(as_of, {source: position for source, position in places.items() if source[1] in behind}, _token(places), known_at)


def standing(c: Connection, consumer: str) -> tuple[Any, ...]:
    """What the snapshot has applied: the last event of each source, and what is parked. Applying that moves no position.

    Without projection's own log: no figure counts exports.
    """
    found = applied(c, consumer)
    return (*sorted(one for one in found.items() if one[0][1] != "projection"), *aside(c))


def applied(c: Connection, consumer: str, at: Moment | None = None) -> Applied:
    """By source the last event that the snapshot has applied, or, as known `at` a moment, had. The id is part of it: a log that was restored goes
    on differently from where it was cut."""
    if at and at.known:
        there = select(events.c.position, events.c.id)
        lasts = ((r, s, there.where(events.c.region == r, events.c.service == s, events.c.position == p)) for (r, s), p in at.known.items())
        return {(r, s): (row[0], str(row[1])) for r, s, query in lasts if (row := c.execute(query).first())}
    t = tracking.c
    rows = c.execute(select(t.region, t.service, t.position, t.event_id).where(t.consumer == consumer))
    return {(region, service): (position, id) for region, service, position, id in rows}


def streams_since(c: Connection, source: Source, was: tuple[int, str], now: tuple[int, str], most: int) -> set[UUID] | None:
    """Aggregates with events of a source after `was` up to `now`, `most` of them; None: `now` does not follow on `was`."""
    if was == now:
        return set()
    mine = (events.c.region == source[0], events.c.service == source[1])
    if now[0] <= was[0] or (was[0] and str(c.scalar(select(events.c.id).where(*mine, events.c.position == was[0]))) != was[1]):
        return None
    between = (*mine, events.c.position > was[0], events.c.position <= now[0])
    return set(c.scalars(select(events.c.stream).where(*between).distinct().limit(most)))


def aside(c: Connection) -> tuple[Any, ...]:
    """Which events are parked."""
    p = parked.c
    return tuple(sorted(tuple(row) for row in c.execute(select(p.consumer, p.region, p.service, p.position))))


def _arrived(places: Mapping[Source, int], tracked: Mapping[Source, int]) -> None:
    for source, position in places.items():
        if position > tracked.get(source, 0):
            raise Refused(
                "position_ahead",
                "known_at 中的位置 {place} 尚未到达，请稍后再试或改用较早的位置。",
                "The position {place} in known_at has not arrived here; try later or name an earlier one.",
                "known_at",
                place=f"{source[0]}/{source[1]}:{position}",
            )


def _instant(text: str) -> datetime:
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "known_at_invalid",
            "known_at 应为时刻（如 2026-01-31T08:00:00+08:00）、日期，或位置（如 36/org:17,36/cadre:42）。",
            "known_at must be an instant (2026-01-31T08:00:00+08:00), a date, or positions (36/org:17,36/cadre:42).",
            "known_at",
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _before(c: Connection, source: Source, at: datetime, top: int) -> int:
    """The last position recorded at or before an instant. Instants never decrease within a log, so halving finds it."""
    region, service = source
    query = select(events.c.position, events.c.at).where(events.c.region == region, events.c.service == service)
    low, high = 0, top
    while low < high:
        middle = (low + high + 1) // 2
        found = c.execute(query.where(events.c.position >= middle, events.c.position <= high).order_by(events.c.position).limit(1)).first()
        if found is None or found[1] > at:
            high = middle - 1
        else:
            low = found[0]
    return low


def _token(positions: Mapping[Source, int]) -> str:
    return ",".join(f"{region}/{service}:{position}" for (region, service), position in sorted(positions.items()))
