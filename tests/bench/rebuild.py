"""A view folded anew from its events against COPY of the same final rows into the same table, its indexes on."""
from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from services.projection.views.appointments import Appointments
from services.projection.views.audit import Audit
from shared.es import Event
from shared.tables import begin, engine, events, insert
from shared.view import View, Views
from tests.bench.bench import Bench
from tests.bench.histories import appointments

BAR = 0.35
BLOCK = 1 << 20


def run(bench: Bench) -> None:
    count = bench.size(300_000, 3_000)
    for kind in bench.databases:
        with bench.database(kind) as dsn:
            one: list[View] = [Appointments(), Audit()]
            views = Views(engine(dsn), one)
            fill(views, appointments(count))
            for view in one:
                measure(bench, kind, dsn, views, view, count)
            views.engine.dispose()


def fill(views: Views, some: Iterable[Event], region: str = "36", service: str = "cadre") -> None:
    """The events as the feed keeps them, without any view's rows: a rebuild reads nothing else."""
    left = iter(some)
    while page := list(islice(left, 5000)):
        with begin(views.engine) as c:
            insert(c, events, [(region, e.stream, e.version, service, e.position, e.name, e.fact_version, e.at, e.id, e.data,
                                {k: v for k, v in e.meta.__dict__.items() if v}) for e in page])
            views.tracking.put(c, [views.consumer], region, service, page[-1].reference)
    with begin(views.engine) as c:
        if c.dialect.name == "postgresql":
            c.exec_driver_sql("ANALYZE events")


def measure(bench: Bench, kind: str, dsn: str, views: Views, view: View, count: int) -> None:
    folds: list[float] = []
    copies: list[float] = []
    rows = 0
    for _ in range(bench.size(3, 1)):
        started = time.perf_counter()
        rows = views.rebuild(view)
        folds.append(time.perf_counter() - started)
        if kind == "postgresql":
            copies.append(copy_again(dsn, view.table.name))
    took = median(folds)
    if not copies:
        bench.add(f"{kind}, {view.name}: rebuild of {count:,} events, {rows:,} rows", count / took, "events/s")
        return
    copied = median(copies)
    ratio = copied / took
    bench.add(f"{kind}, {view.name}: COPY of the {rows:,} final rows, indexes on", rows / copied, "rows/s")
    bench.add(f"{kind}, {view.name}: rebuild of {count:,} events ({rows / took:,.0f} rows/s)", count / took, "events/s", against="COPY, by rows",
              ratio=ratio, bar=f"≥ {BAR} × COPY", met=ratio >= BAR)


def copy_again(dsn: str, name: str) -> float:
    """Seconds the server takes for the rows as it gave them itself: no work of ours is in it."""
    into = Identifier(f"copy_{uuid4().hex}")
    with psycopg.connect(dsn, autocommit=True) as c:
        with c.cursor() as cursor, cursor.copy(SQL("COPY {} TO STDOUT").format(Identifier(name))) as out:
            data = b"".join(bytes(part) for part in out)
        c.execute(SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(into, Identifier(name)))
        c.execute("CHECKPOINT")
        started = time.perf_counter()
        with c.cursor() as cursor, cursor.copy(SQL("COPY {} FROM STDIN").format(into)) as copy:
            for block in blocks(data):
                copy.write(block)
        took = time.perf_counter() - started
        c.execute(SQL("DROP TABLE {}").format(into))
    return took


def blocks(data: bytes) -> Iterator[Any]:
    whole = memoryview(data)
    return (bytes(whole[at:at + BLOCK]) for at in range(0, len(whole), BLOCK))
