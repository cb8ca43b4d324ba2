"""Views: tables whose rows follow from each aggregate's own facts, kept live by writing differences, so live equals rebuilt."""
from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from shared.bitemporal import STILL, bitemporal
from shared.calendar import FOREVER
from shared.es import Event
from shared.fact import Fact
from shared.kept import KEPT, by_stream, current, history_of, keep, restored, row_of
from shared.tables import LOG, Instant, Json, begin, engine, events, insert, reading, remove, tracking
from shared.tracking import ORIGIN, Moved, Poison, Tracking, place

__all__ = ["FOREVER", "ORIGIN", "STILL", "Instant", "Json", "Moved", "Poison", "View", "Views", "bitemporal", "engine", "view_table"]

Row = Mapping[str, Any]
Rows = dict[tuple[Any, ...], tuple[Any, ...]]


def view_table(
    name: str, metadata: sa.MetaData, *columns: sa.Column[Any] | sa.Index, bitemporal: bool = True, version: int = 1
) -> sa.Table:
    """Table `<name>_v<version>`: region, stream, the view's columns (those with primary_key=True tell one aggregate's rows apart),
    and when bitemporal also valid_from, valid_to (dates) and known_from, known_to (positions of
    the log), half-open."""
    times = [sa.Column("valid_from", sa.Date, primary_key=True), sa.Column("valid_to", sa.Date, nullable=False),
             sa.Column("known_from", sa.BigInteger, primary_key=True), sa.Column("known_to", sa.BigInteger, nullable=False)]
    own = [*columns, *(times if bitemporal else ())]
    key = [c.name for c in own if isinstance(c, sa.Column) and c.primary_key]
    return sa.Table(f"{name}_v{version}", metadata, sa.Column("region", sa.Text, primary_key=True), sa.Column("stream", sa.Uuid, primary_key=True),
                    *own, sa.PrimaryKeyConstraint("stream", "region", *key))  # the id first: whoever asks for a row knows it, often no more


class View(ABC):
    """One table and one pure function. `facts`: the stored names of the facts it folds; `rows` never sees others."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    table: ClassVar[sa.Table]
    facts: ClassVar[frozenset[str]]

    @abstractmethod
    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        """All rows of ONE aggregate from its own facts (in order, at least one). Pure: no clock, no query, no other aggregate.

        Rows need no region and stream; a column left out is NULL. `Event.data` is in today's shape.
        """


class Views:
    """The views of one process over one database, the events they came from, and how far each source has been applied.

    `keep_all=False` keeps only the facts its views want (copies want few): cheaper, but a view that wants another fact later makes it
    forget everything and read the sources again.
    """

    never_parks = False

    def __init__(self, engine: Engine, views: Sequence[View], consumer: str = "views", never_parks: bool = False, keep_all: bool = True) -> None:
        self.engine, self.views, self.consumer, self.never_parks = engine, list(views), consumer, never_parks
        self.wanted = None if keep_all else frozenset[str]().union(*(v.facts for v in views))
        self.tracking = Tracking(engine, consumer)
        self._moved = threading.Condition()
        self._at: dict[tuple[str, str], int] = {}  # how far, as this process knows; never further than it is
        self._looked = 0.0
        self._level: set[tuple[str, str]] = set()  # sources for which every view is known to stand where the whole does
        self._create()

    # -- reading ---------------------------------------------------------------------------------------------------
    def connect(self) -> Connection:
        """For queries."""
        return reading(self.engine)

    def tracked(self, region: str, service: str) -> str | None:
        """The last event applied, `<position>/<event id>`."""
        return self.tracking.tracked(region, service)

    def positions(self) -> dict[tuple[str, str], int]:
        """How far each source has been applied."""
        return self.tracking.positions()

    def wait(self, positions: Mapping[tuple[str, str], int], seconds: float) -> bool:
        """Wait until every source has been applied up to a position. Applications by other processes are seen within 50 ms."""

        def reached() -> bool:
            return all(self._at.get(source, 0) >= position for source, position in positions.items())

        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            with self._moved:
                if self._moved.wait_for(reached, min(left, 0.05)):
                    return True
            self._look()
            if left <= 0:
                return reached()

    def _look(self) -> None:
        """Positions from the database, however many wait: each asking for itself would keep the one who applies from applying."""
        now = time.monotonic()
        if now - self._looked < 0.02:
            return
        self._looked = now
        at = self.positions()
        with self._moved:
            self._at.update({source: max(position, self._at.get(source, 0)) for source, position in at.items()})
            self._moved.notify_all()

    def reference_at(self, region: str, service: str, position: int) -> str | None:
        """The event applied at a position, to tell a fork; None when that position was never applied (or is parked)."""
        there = (events.c.region == region, events.c.service == service, events.c.position == position)
        with self.connect() as c:
            id = c.scalar(sa.select(events.c.id).where(*there))
        return f"{position}/{id}" if id else None

    def wants(self, e: Event) -> bool:
        """Whether it is kept, and folded, here."""
        return self.wanted is None or e.name in self.wanted

    # -- writing ---------------------------------------------------------------------------------------------------
    def apply(self, region: str, service: str, prev: str, some: Sequence[Event]) -> None:
        """Apply the events that follow `prev`, all or nothing. Moved when something else than `prev` was applied last;
        any other error is the events' own or the database's, and nothing has happened."""
        if not some:
            return
        wanted = [e for e in some if self.wants(e)]
        if wanted:
            with self._moving(region, service, prev, some[-1].reference) as c:
                parked = self.tracking.parked_streams(c, region, service)
                self._write(c, region, service, [e for e in wanted if e.stream not in parked])
                self.tracking.park_later(c, region, service, [e for e in wanted if e.stream in parked])
        else:
            self.tracking.pass_over(region, service, prev, some[-1].reference)
        self._applied((region, service), some[-1].position)

    def keep(self, region: str, service: str) -> None:
        """Write down how far events that no view wants were passed over."""
        passed = self.tracking.passed_over(region, service)
        if passed:
            with self._moving(region, service, *passed):
                pass

    def park(self, region: str, service: str, prev: str, event: Event, error: BaseException) -> None:
        """Set one event aside, and with it all later ones of its aggregate; go on after it."""
        with self._moving(region, service, prev, event.reference) as c:
            self.tracking.park(c, region, service, event, error)
        self._applied((region, service), event.position)

    def retry(self, region: str, service: str, stream: UUID, skip_first: bool = False) -> None:
        """Apply the parked events of an aggregate (but for the first). Raises what still prevents it, and changes nothing then."""
        from shared.rebuild import exclusive
        with begin(self.engine) as c:
            exclusive(c)
            self._write(c, region, service, self.tracking.unpark(c, region, service, stream)[skip_first:])
            mine = [self.consumer, *(v.table.name for v in self.views)]  # other versions missed these events: let them be rebuilt
            c.execute(sa.delete(tracking).where(tracking.c.consumer.like("%\\_v%", escape="\\"), tracking.c.consumer.not_in(mine)))
        self._applied(None)

    def rebuild(self, view: View) -> int:
        """Fold all events into a new table beside the live one and swap. Returns the number of rows."""
        from shared.rebuild import rebuild
        return rebuild(self, view)

    def verify(self) -> list[str]:
        """Where live rows differ from rows folded anew; empty when all is well."""
        from shared.rebuild import verify
        return [difference for view in self.views for difference in verify(self, view)]

    def rewind(self, region: str, service: str, position: int) -> int:
        """After an acknowledged fork: forget what was applied beyond a position of a source. Returns how many events."""
        beyond = (events.c.region == region, events.c.service == service, events.c.position > position)
        with begin(self.engine) as c:
            self.tracking.lock(c)
            gone = [restored(row) for row in c.execute(sa.select(*KEPT).where(*beyond))]
            streams = list({e.stream for e in gone})
            before = by_stream(history_of(c, region, streams))
            c.execute(sa.delete(events).where(*beyond))
            after = by_stream(history_of(c, region, streams))
            for view in self.views:
                self._difference(c, view, region, [(before[s], after.get(s, [])) for s in streams])
            last = c.execute(sa.select(events.c.position, events.c.id).where(events.c.region == region, events.c.service == service)
                             .order_by(events.c.position.desc()).limit(1)).first()
            self.tracking.rewind(c, region, service, f"{last[0]}/{last[1]}" if last else ORIGIN)
        self._level.clear()
        self._applied(None)
        return len(gone)

    # -- within the transaction ------------------------------------------------------------------------------------
    @contextmanager
    def _moving(self, region: str, service: str, prev: str, reference: str) -> Iterator[Connection]:
        """The transaction that takes all views from `prev` to `reference`."""
        source, tables = (region, service), [v.table.name for v in self.views]
        with self.tracking.moving(*source, prev, reference, tables if source in self._level else ()) as c:
            if source not in self._level:
                self._catch_up(c, region, service, place(prev)[0])
                self.tracking.put(c, tables, region, service, reference)
            yield c
        self._level.add(source)

    def _write(self, c: Connection, region: str, service: str, some: Sequence[Event]) -> None:
        for e in some:
            known = Fact.registry.get(e.name)
            if known is None or e.fact_version > known.VERSION:
                raise Poison(f"unknown fact {e.name} version {e.fact_version}")
        new = by_stream([current(e) for e in some])
        old = by_stream(history_of(c, region, [s for s, news in new.items() if news[0].version > 1]))
        changes = [(old.get(s, []), old.get(s, []) + news) for s, news in new.items()]
        come = {e.name for e in some}
        for view in (v for v in self.views if come & v.facts):
            self._difference(c, view, region, changes)
        insert(c, events, [row_of(region, service, e) for e in some])

    def _difference(self, c: Connection, view: View, region: str, changes: Iterable[tuple[list[Event], list[Event]]]) -> None:
        """Write what changed between rows(old history) and rows(new history) of some aggregates: one DELETE, one INSERT."""
        gone: list[tuple[Any, ...]] = []
        come: list[tuple[Any, ...]] = []
        for old, new in changes:
            was, now = [e for e in old if e.name in view.facts], [e for e in new if e.name in view.facts]
            if len(was) == len(now):
                continue
            if not was:
                come += values_of(view, region, now)
                continue
            before, after = rows_of(view, region, was), rows_of(view, region, now)
            gone += [(region, was[0].stream, *key) for key, row in before.items() if after.get(key) != row]
            come += [row for key, row in after.items() if before.get(key) != row]
        remove(c, view.table, gone)
        insert(c, view.table, come)

    def catch_up(self, c: Connection, view: View, region: str, service: str, after: int, until: int) -> None:
        """Bring one view from `after` to `until` of a source, from the events kept."""
        beyond = (events.c.region == region, events.c.service == service, events.c.position > after, events.c.position <= until)
        streams = list(c.scalars(sa.select(events.c.stream).where(*beyond, events.c.name.in_(view.facts)).distinct()))
        histories = by_stream(history_of(c, region, streams))
        self._difference(c, view, region, [([e for e in h if e.position <= after], h) for h in histories.values()])

    def _catch_up(self, c: Connection, region: str, service: str, until: int) -> None:
        """Views that another process left behind (it knew other versions) are brought level first."""
        for view in self.views:
            at = self.tracking.position(c, view.table.name, region, service)
            if at < until:
                self.catch_up(c, view, region, service, at, until)

    def _applied(self, source: tuple[str, str] | None, position: int = 0) -> None:
        with self._moved:
            if source:
                self._at[source] = max(position, self._at.get(source, 0))
            else:
                self._at.clear()
            self._moved.notify_all()

    def _create(self) -> None:
        from shared.rebuild import exclusive
        with begin(self.engine) as c:
            exclusive(c)
            LOG.create_all(c)
            for view in self.views:
                view.table.create(c, checkfirst=True)
            if self.wanted is not None:
                keep(c, self.consumer, [v.table for v in self.views], self.wanted)
            at = self.tracking.positions(c)
            new = [v for v in self.views if at and not self.tracking.positions(c, v.table.name)]
        for view in new:
            self.rebuild(view)


def values_of(view: View, region: str, history: Sequence[Event]) -> Iterator[tuple[Any, ...]]:
    """The view's rows of one aggregate, in the order of the table's columns."""
    if history:
        names, _ = shape(view.table)
        first = (region, history[0].stream)
        for row in view.rows(history):
            yield (*first, *map(row.get, names))


def rows_of(view: View, region: str, history: Sequence[Event]) -> Rows:
    """The same by what of the primary key follows region and stream. ValueError when two rows share it."""
    _, key = shape(view.table)
    found: Rows = {}
    for values in values_of(view, region, history):
        if found.setdefault(key(values), values) is not values:
            raise ValueError(f"{view.table.name}: two rows of one aggregate share a key")
    return found


@cache
def shape(table: sa.Table) -> tuple[list[str], Callable[[tuple[Any, ...]], tuple[Any, ...]]]:
    """Names of the columns after region and stream, and how to take those of the primary key out of a row."""
    places = [i for i, c in enumerate(table.columns) if c.primary_key][2:]
    return [c.name for c in table.columns][2:], lambda values: tuple([values[i] for i in places])
