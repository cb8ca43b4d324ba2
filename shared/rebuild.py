"""Folds all events of a view anew: into a table beside the live one that then takes its place, or to compare with it; drops old versions."""
from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from heapq import merge
from importlib import import_module
from itertools import groupby, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shared.es import Event
from shared.fact import Fact
from shared.garbage import uncollected
from shared.kept import KEPT, restored
from shared.tables import Json, begin, copy_in, engine, events, insert, tracking
from shared.tracking import ORIGIN
from shared.view import Rows, View, rows_of, shape, values_of

if TYPE_CHECKING:
    from shared.view import Views

__all__ = ["drop_old", "exclusive", "fold", "rebuild", "verify"]

PAGE = 2000
MANY = 100_000  # events from which processes of their own fold faster, their start (a second) included
PROCESSES = 4
LOCK = 0x68616C66736B79  # one number for all: creating, rebuilding and retrying exclude each other


def exclusive(c: Connection) -> None:
    """Until the transaction ends nobody else creates, rebuilds or retries (on SQLite a writing transaction is alone already)."""
    if c.dialect.name == "postgresql":
        c.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def fold(c: Connection, view: View, part: int = 0, of: int = 1) -> Iterator[tuple[str, list[Event]]]:
    """Region and history of every aggregate the view knows (of one part of them), in the order of their keys."""
    wanted = events.c.name.in_(sorted(view.facts))
    query = sa.select(events.c.region, *KEPT).where(wanted).order_by(events.c.region, events.c.stream, events.c.version)
    if of > 1:  # by the last byte of the id: random in ids made (v7) and derived
        query = query.where(sa.func.get_byte(sa.func.uuid_send(events.c.stream), 15) % of == part)
    rows = c.execution_options(yield_per=PAGE).execute(query)
    for (region, _), some in groupby(rows, key=lambda row: (row[0], row[1])):
        yield region, [restored(row[1:]) for row in some]


def rebuild(views: Views, view: View) -> int:
    """The number of rows. The live table is read until the swap; on PostgreSQL applications wait only while the swap takes place."""
    beside = view.table.to_metadata(sa.MetaData(), name=_beside(view))
    for index in beside.indexes:
        index.name = sa.quoted_name(f"ix_{uuid4().hex}", quote=False)
    with uncollected():
        return (_beside_live if views.engine.dialect.name == "postgresql" else _alone)(views, view, beside)


def _alone(views: Views, view: View, beside: sa.Table) -> int:
    """On SQLite: one writing transaction."""
    count = 0
    with begin(views.engine) as c:
        beside.drop(c, checkfirst=True)
        beside.create(c)
        rows = _rows(c, view)
        while page := list(islice(rows, PAGE)):
            insert(c, beside, page)
            count += len(page)
        _swap(c, view, beside)
        _level(views, view, c)
    return count


def _beside_live(views: Views, view: View, beside: sa.Table) -> int:
    """On PostgreSQL: one snapshot of the events is folded into the new table, which is brought level and swapped in one transaction."""
    quoted = views.engine.dialect.identifier_preparer.quote
    name, key = quoted(beside.name), ", ".join(quoted(c.name) for c in beside.primary_key.columns)
    with views.engine.connect().execution_options(isolation_level="REPEATABLE READ") as snapshot, begin(views.engine) as c:
        exclusive(c)
        at = views.tracking.positions(snapshot)
        with begin(views.engine) as now:  # what fills it are other connections
            now.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
            now.exec_driver_sql(f"CREATE TABLE {name} (LIKE {quoted(view.table.name)})")  # its indexes are made after the copy: faster
        count = _fill(views, view, snapshot, min(os.cpu_count() or 1, PROCESSES) if sum(at.values()) >= MANY else 1)
        c.exec_driver_sql(f"ALTER TABLE {name} ADD PRIMARY KEY ({key})")
        for index in beside.indexes:
            index.create(c)
        c.exec_driver_sql(f"ANALYZE {name}")
        views.tracking.lock(c)
        _swap(c, view, beside)
        for (region, service), now_at in views.tracking.positions(c).items():
            views.catch_up(c, view, region, service, at.get((region, service), 0), now_at)
        _level(views, view, c)
    return count


def _fill(views: Views, view: View, snapshot: Connection, parts: int) -> int:
    """Folds and copies; many events by several processes, for this is Python's own work. They are started anew, as this one may have threads."""
    if parts == 1:
        with begin(views.engine) as c:
            return _copy(c, view, _rows(snapshot, view))
    seen = snapshot.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    url = views.engine.url.render_as_string(hide_password=False)
    facts = sorted({Fact.registry[name].__module__ for name in view.facts if name in Fact.registry})
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn"), initializer=gc.disable) as pool:
        return sum(pool.map(_part, [(url, view, facts, seen, part, parts) for part in range(parts)]))


def _part(ask: tuple[str, View, list[str], str, int, int]) -> int:
    url, view, facts, seen, part, parts = ask
    for module in facts:  # a view that knows its facts by name only still needs them to read old versions
        import_module(module)
    own = engine(url)
    with own.connect().execution_options(isolation_level="REPEATABLE READ") as snapshot, begin(own) as c:
        snapshot.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{seen}'")
        return _copy(c, view, _rows(snapshot, view, part, parts))


def _copy(c: Connection, view: View, rows: Iterator[tuple[Any, ...]]) -> int:
    counted = _Counted(rows)
    copy_in(c, view.table.to_metadata(sa.MetaData(), name=_beside(view)), counted)
    return counted.count


def _beside(view: View) -> str:
    return f"{view.table.name}_beside"


def _rows(c: Connection, view: View, part: int = 0, of: int = 1) -> Iterator[tuple[Any, ...]]:
    for region, history in fold(c, view, part, of):
        yield from values_of(view, region, history)


def _swap(c: Connection, view: View, beside: sa.Table) -> None:
    quoted = c.dialect.identifier_preparer.quote
    view.table.drop(c, checkfirst=True)
    c.exec_driver_sql(f"ALTER TABLE {quoted(beside.name)} RENAME TO {quoted(view.table.name)}")


class _Counted:
    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self.rows:
            self.count += 1
            yield row


def _level(views: Views, view: View, c: Connection) -> None:
    for region, service in views.tracking.positions(c):
        reference = views.tracking.tracked(region, service, c)
        views.tracking.put(c, [view.table.name], region, service, reference or ORIGIN)


def drop_old(views: Views) -> list[str]:
    """Drops the tables of earlier versions of these views, where the present one has all that was applied. Their names."""
    dropped: list[str] = []
    with begin(views.engine) as c:
        exclusive(c)
        views.tracking.lock(c)
        at, there = views.tracking.positions(c), sa.inspect(c).get_table_names()
        for view in views.views:
            level = views.tracking.positions(c, view.table.name) == at
            dropped += [old for n in range(1, view.version if level else 1) if (old := f"{view.name}_v{n}") in there]
        for old in dropped:
            c.exec_driver_sql(f"DROP TABLE {c.dialect.identifier_preparer.quote(old)}")
        c.execute(sa.delete(tracking).where(tracking.c.consumer.in_(dropped)))
    return dropped


def verify(views: Views, view: View) -> list[str]:
    """Aggregates whose rows are not what their events say."""
    with views.engine.connect() as c:
        if c.dialect.name == "postgresql":
            c = c.execution_options(isolation_level="REPEATABLE READ")
        both = merge(_folded(c, view), _live(c, view), key=_key)
        found = ((key, [rows for _, rows in some]) for key, some in groupby(both, key=_key))
        return [f"{view.table.name}: rows of {region}/{stream} are not what its events say"
                for (region, stream), rows in found if len(rows) != 2 or rows[0] != rows[1]]


def _key(entry: tuple[tuple[str, UUID], Rows]) -> tuple[str, UUID]:
    return entry[0]


def _folded(c: Connection, view: View) -> Iterator[tuple[tuple[str, UUID], Rows]]:
    json = [i for i, column in enumerate(view.table.columns) if isinstance(column.type, Json)]
    for region, history in fold(c, view):
        rows = rows_of(view, region, history)
        if rows:
            yield (region, history[0].stream), {key: _as_stored(row, json) for key, row in rows.items()} if json else rows


def _as_stored(row: tuple[Any, ...], json: list[int]) -> tuple[Any, ...]:
    values = list(row)
    for i in json:
        values[i] = orjson.loads(orjson.dumps(values[i]))
    return tuple(values)


def _live(c: Connection, view: View) -> Iterator[tuple[tuple[str, UUID], Rows]]:
    key = shape(view.table)[1]
    query = sa.select(view.table).order_by(view.table.c.region, view.table.c.stream)
    for which, some in groupby(c.execution_options(yield_per=PAGE).execute(query), key=lambda row: (row[0], row[1])):
        yield which, {key(values): values for values in map(tuple, some)}
