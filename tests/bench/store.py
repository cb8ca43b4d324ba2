"""Saves/s of one event: our recorder with its group commit, a whole command through it, the library's default recorder, a raw INSERT per commit."""
from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import Environment

from shared.es import Receipt, Save, Store, open_store
from shared.fact import Fact, new_id
from tests.bench.bench import Bench, Database
from tests.bench.measure import Act, percentile, side_by_side

WIDTHS = (1, 8, 64)
BAR = 8
LIBRARY, RAW = "the library's default", "raw INSERT per commit"
TABLE = ("CREATE TABLE raw (originator_id {uuid} NOT NULL, originator_version bigint NOT NULL, topic text NOT NULL, state {bytes} NOT NULL,"
         " notification_id {serial}, PRIMARY KEY (originator_id, originator_version))")
DIALECT = {"postgresql": {"uuid": "uuid", "bytes": "bytea", "serial": "bigserial UNIQUE"},
           "sqlite": {"uuid": "text", "bytes": "blob", "serial": "integer UNIQUE"}}


class Measured(Fact, name="bench.Measured", of="Gauge"):
    """As long as a typical fact: about 450 bytes with its envelope."""

    taken_on: date
    by: str
    seat: str
    organisation: str
    reading: int


class Gauge:
    """The aggregate."""


class Gauges(Store):
    name = "bench"
    evolve: ClassVar = {Gauge: lambda was, fact: fact}


STATE = b'"id":"%s","version":1,"fact":{"note":"%s"},"meta":{"actor":"bench"}},"sealed":{}}' % (str(new_id()).encode(), b"x" * 300)
SAMPLE = Measured(taken_on=date(2026, 1, 1), by="the third counter at the door", seat=str(new_id()), organisation=str(new_id()), reading=7)


def run(bench: Bench) -> None:
    for kind in bench.databases:
        with ExitStack() as stack:
            contenders = {"halfsky append with receipt": stack.enter_context(ours(bench, kind)),
                          "halfsky whole command (Store.do)": stack.enter_context(command(bench, kind)),
                          LIBRARY: stack.enter_context(library(bench, kind)),
                          RAW: stack.enter_context(raw(bench, kind))}
            for width in WIDTHS:
                compare(bench, kind, width, contenders)


def compare(bench: Bench, kind: Database, width: int, contenders: dict[str, Act]) -> None:
    rates = side_by_side(contenders, width, 0.3 if bench.quick else 1.0, 1 if bench.quick else 3)
    for name, found in rates.items():
        ratio = found.per_second / rates[LIBRARY].per_second if name != LIBRARY else None
        barred = name.startswith("halfsky append") and kind == "postgresql" and width == max(WIDTHS)
        failures = f", {found.failed} failed ({found.why[:60]})" if found.failed else ""
        bench.add(f"{kind}, {width} writers: {name}, p50 {percentile(found.seconds, 0.5):.1f} ms{failures}", found.per_second, "saves/s",
                  against="library", ratio=ratio, bar=f"≥ {BAR} × library" if barred else "", met=(ratio or 0) >= BAR if barred else None)


def event(id: UUID) -> StoredEvent:
    return StoredEvent(id, 1, Measured.NAME, STATE)


@contextmanager
def ours(bench: Bench, kind: Database) -> Iterator[Act]:
    """A receipt goes with every save, as in production."""
    numbers = count()
    with bench.database(kind) as dsn:
        store = open_store(Gauges, dsn)

        def act(_: int) -> None:
            id = new_id()
            store.recorder.append(Save((event(id),), (Receipt("bench", str(next(numbers)), "0123456789abcdef", id, 1, 1),)))

        yield act
        store.close()


@contextmanager
def command(bench: Bench, kind: Database) -> Iterator[Act]:
    """Receipt looked up, stream read, decided, appended."""
    numbers = count()
    with bench.database(kind) as dsn:
        store = open_store(Gauges, dsn)
        yield lambda _: store.do(str(next(numbers)), {Gauge: new_id()}, lambda was: SAMPLE)
        store.close()


@contextmanager
def library(bench: Bench, kind: Database) -> Iterator[Act]:
    """Everything at its defaults."""
    with bench.database(kind) as dsn:
        env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": dsn.removeprefix("sqlite:///")}
        if kind == "postgresql":
            at = psycopg.conninfo.conninfo_to_dict(dsn)
            env = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": str(at["dbname"]), "POSTGRES_HOST": str(at["host"]),
                   "POSTGRES_PORT": str(at["port"]), "POSTGRES_USER": str(at["user"]), "POSTGRES_PASSWORD": ""}
        application = Application[Any](Environment("bench", env))

        def act(_: int) -> None:
            e = event(new_id())
            application.recorder.insert_events([StoredEvent(e.originator_id, 1, e.topic, e.state)])

        yield act
        application.close()


@contextmanager
def raw(bench: Bench, kind: Database) -> Iterator[Act]:
    """PostgreSQL: a connection a thread. SQLite has one writer: one connection behind a lock, the quickest way there."""
    with bench.database(kind) as dsn, ExitStack() as stack:
        create = TABLE.format(**DIALECT[kind])
        yield raw_postgres(dsn, create, stack) if kind == "postgresql" else raw_sqlite(dsn, create, stack)


def raw_postgres(dsn: str, create: str, stack: ExitStack) -> Callable[[int], None]:
    connections = [stack.enter_context(psycopg.connect(dsn, autocommit=True)) for _ in range(max(WIDTHS))]
    connections[0].execute(create.encode())

    def act(n: int) -> None:
        e = event(new_id())
        connections[n].execute("INSERT INTO raw (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)",
                               (e.originator_id, 1, e.topic, e.state), prepare=True)

    return act


def raw_sqlite(dsn: str, create: str, stack: ExitStack) -> Callable[[int], None]:
    connection = sqlite3.connect(dsn.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    stack.callback(connection.close)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", create):
        connection.execute(statement)
    one_at_a_time = threading.Lock()

    def act(_: int) -> None:
        e = event(new_id())
        row = (str(e.originator_id), 1, e.topic, e.state)
        with one_at_a_time:
            connection.execute("INSERT INTO raw (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)", row)

    return act
