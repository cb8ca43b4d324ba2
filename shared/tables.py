"""What lies under the views: the engine for a database URL, column types, the tables every consumer keeps, and bulk writing."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url

__all__ = ["LOG", "Instant", "Json", "begin", "copy_in", "engine", "events", "insert", "parked", "remove", "tracking"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BIND_LIMIT = 8000  # values in one statement
LOG = sa.MetaData()


class Instant(sa.TypeDecorator[datetime]):
    """An instant as microseconds since 1970, so that both databases store, compare and copy it alike."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Json(sa.TypeDecorator[Any]):
    """A JSON value as text; UUIDs and dates inside it become strings, tuples become lists."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


events = sa.Table(
    "events", LOG,
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("stream", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("fact_version", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("meta", Json, nullable=False),
    sa.Index("events_position", "region", "service", "position", unique=True),
)
tracking = sa.Table(
    "tracking", LOG,
    sa.Column("consumer", sa.Text, primary_key=True),  # who has applied the log so far: all views together, each view, the policies
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
)
parked = sa.Table(
    "parked", LOG,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("stream", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("event", Json, nullable=False),
    sa.Column("error", sa.Text, nullable=False),  # the kind of error only: its text may hold personal values
    sa.Column("parked_at", Instant, nullable=False),
)


def engine(dsn: str) -> Engine:
    """For `postgresql://…` or `sqlite:///<file>` (WAL, every commit synced, writers begin with the write lock)."""
    url: URL = make_url(dsn)
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10, max_overflow=30)
    made = sa.create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
    sa.event.listen(made, "connect", _sqlite_connected)
    sa.event.listen(made, "begin", _sqlite_begun)
    return made


def _sqlite_connected(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and without the write lock
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begun(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def begin(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def insert(connection: Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Rows in the order of the table's columns, in one statement."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        copy_in(connection, table, rows)
    else:
        names = [c.name for c in table.columns]
        connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def copy_in(connection: Connection, table: sa.Table, rows: Iterable[Sequence[Any]]) -> None:
    """Rows by COPY (PostgreSQL)."""
    quoted = connection.dialect.identifier_preparer.quote
    columns = list(table.columns)
    dialect = connection.dialect
    binds = [(i, bind) for i, c in enumerate(columns) if (bind := c.type.dialect_impl(dialect).bind_processor(dialect))]
    statement = f"COPY {quoted(table.name)} ({', '.join(quoted(c.name) for c in columns)}) FROM STDIN"
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for row in rows:
            if binds:
                row = list(row)
                for i, bind in binds:
                    row[i] = bind(row[i])
            copy.write_row(row)


def remove(connection: Connection, table: sa.Table, keys: Sequence[Sequence[Any]]) -> None:
    """Rows by primary key, set by set."""
    columns = list(table.primary_key.columns)
    left = iter(keys)
    while some := list(islice(left, BIND_LIMIT // len(columns))):
        connection.execute(sa.delete(table).where(sa.tuple_(*columns).in_(some)))
