"""What lies under the views: the engine for a database URL, column types, the tables every consumer keeps, and bulk writing."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import islice
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url

__all__ = [
    "LOG", "Instant", "Json", "among", "begin", "copy_in", "engine", "events", "insert", "kept", "microseconds", "parked", "psycopg_of", "reading",
    "remove", "tracking",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
IDLE_SECONDS = 1.0
BIND_LIMIT = 8000  # values in one statement
LOG = sa.MetaData()


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - EPOCH) // MICROSECOND


class Instant(sa.TypeDecorator[datetime]):
    """An instant as microseconds since 1970, so that both databases store, compare and copy it alike."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

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
kept = sa.Table(
    "kept", LOG,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, primary_key=True),  # the facts that `events` holds from the first one on, when it does not hold all
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
        made = sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_size=10, max_overflow=30)
        sa.event.listen(made, "checkout", partial(_checked, made.dialect))
        sa.event.listen(made, "checkin", _used)
        return made
    made = sa.create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
    sa.event.listen(made, "connect", _sqlite_connected)
    sa.event.listen(made, "begin", _sqlite_begun)
    return made


def _checked(dialect: Dialect, connection: Any, record: Any, _: object) -> None:
    """One that lay idle may have died meanwhile: the pool then makes another. To ask each time would double what a short query costs."""
    if time.monotonic() - record.info.get("used", float("inf")) > IDLE_SECONDS:
        try:
            dialect.do_ping(connection)
        except psycopg.Error as gone:
            raise sa.exc.InvalidatePoolError("the server has gone away") from gone


def _used(_: object, record: Any) -> None:
    record.info["used"] = time.monotonic()


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


def reading(engine: Engine) -> Connection:
    """For queries that need no common snapshot: on PostgreSQL without a transaction, each is one round trip instead of three."""
    connection = engine.connect()
    return connection.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else connection


def among(connection: Connection, column: sa.Column[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The column is one of these; on PostgreSQL one parameter, however many."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.literal(list(values), postgresql.ARRAY(column.type)))
    return column.in_(values)


def insert(connection: Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Rows in the order of the table's columns, in one statement."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        copy_in(connection, table, rows)
    else:
        names = [c.name for c in table.columns]
        connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def psycopg_of(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, for what goes past SQLAlchemy."""
    found = connection.connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def copy_in(connection: Connection, table: sa.Table, rows: Iterable[Sequence[Any]]) -> None:
    """Rows by COPY (PostgreSQL), in binary: four times as fast as text."""
    quoted = connection.dialect.identifier_preparer.quote
    names, types, binds = _postgres(table)
    statement = f"COPY {quoted(table.name)} ({', '.join(map(quoted, names))}) FROM STDIN (FORMAT binary)"
    try:
        with psycopg_of(connection).cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            write = copy.write_row
            for row in rows:
                write(_bound(row, binds))
    except psycopg.Error as error:  # COPY goes past SQLAlchemy, its errors must not
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _bound(row: Sequence[Any], binds: Sequence[tuple[int, Callable[[Any], Any]]]) -> Sequence[Any]:
    if not binds:
        return row
    bound = list(row)
    for i, bind in binds:
        bound[i] = bind(bound[i])
    return bound


@cache
def _postgres(table: sa.Table) -> tuple[list[str], list[str], list[tuple[int, Callable[[Any], Any]]]]:
    """Names and PostgreSQL types of the columns, and how to bind those that need it, by place."""
    dialect = make_url("postgresql+psycopg://").get_dialect()()
    said = [c.type.compile(dialect=dialect).lower().partition("(")[0].partition(" collate")[0] for c in table.columns]
    types = [t.replace("float", "double precision") for t in said]
    binds: list[tuple[int, Callable[[Any], Any]]] = [
        (i, partial(c.type.process_bind_param, dialect=dialect)) for i, c in enumerate(table.columns) if isinstance(c.type, Instant | Json)]
    return [c.name for c in table.columns], types, binds


def remove(connection: Connection, table: sa.Table, keys: Sequence[Sequence[Any]]) -> None:
    """Rows by primary key, in one statement (SQLite: in as few as it can)."""
    columns = [c for c in table.columns if c.primary_key]
    if not keys:
        return
    if connection.dialect.name == "postgresql":
        _remove_joined(connection, table, keys)
        return
    left = iter(keys)
    while some := list(islice(left, BIND_LIMIT // len(columns))):
        connection.execute(sa.delete(table).where(sa.tuple_(*columns).in_(some)))


def _remove_joined(connection: Connection, table: sa.Table, keys: Sequence[Sequence[Any]]) -> None:
    """A join: a list of tuples would be planned one by one."""
    quoted = connection.dialect.identifier_preparer.quote
    names, types, binds = _postgres(table)
    bind = dict(binds)
    places = [i for i, c in enumerate(table.columns) if c.primary_key]
    arrays = tuple([bind[i](v) for v in values] if i in bind else list(values) for i, values in zip(places, zip(*keys, strict=True), strict=True))
    columns = [quoted(names[i]) for i in places]
    connection.exec_driver_sql(
        f"DELETE FROM {quoted(table.name)} t USING unnest({', '.join(f'%s::{types[i]}[]' for i in places)}) AS k ({', '.join(columns)}) "
        f"WHERE {' AND '.join(f't.{c} = k.{c}' for c in columns)}", arrays)
