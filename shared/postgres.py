"""The log on PostgreSQL: one function call appends a group under the log's advisory lock; the service's role may only read and insert."""
from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from struct import pack
from typing import Any, Final, TypeVar
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, Notification
from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.sql import SQL, Composed, Identifier, Literal

from shared.envelope import HEAD
from shared.group import PATIENCE, Group, Pool, Unavailable
from shared.log import Receipt, Recorder, Save, sql

__all__ = ["PostgresRecorder", "make_roles", "make_tables"]

READERS: Final = 8
FOREVER: Final = 2**62
ANSWER_SECONDS: Final = 5.0  # after that the connection is given up: the server is frozen, or waits for a standby
RV = TypeVar("RV")
Ask = tuple[Sequence[tuple[str, str]], Sequence[UUID]]
Found = tuple[dict[tuple[str, str], Receipt], list[Notification]]

APPEND = "SELECT first, refused FROM {append}(%b::int4[], %b::uuid[], %b::int8[], %b::text[], %b::bytea[],"\
         " %b::int4[], %b::text[], %b::text[], %b::text[], %b::uuid[], %b::int8[])"
READ = "SELECT r.subject, r.version, r.actor, r.key, r.fingerprint, r.position, NULL::bytea"\
       " FROM unnest(%b::text[], %b::text[]) AS k (actor, key) JOIN {receipts} AS r ON r.actor = k.actor AND r.key = k.key UNION ALL"\
       " SELECT originator_id, originator_version, topic, NULL, NULL, notification_id, state FROM {events} WHERE originator_id = ANY (%b::uuid[])"\
       " ORDER BY 6"
SELECT = "SELECT notification_id, originator_id, originator_version, topic, state FROM {events} WHERE "
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended({lock}, 0))"


class Packed:
    """A PostgreSQL array in its binary form. Packed here because the driver's own way costs more than the statement."""

    __slots__ = ("data",)

    def __init__(self, oid: int, items: Iterable[bytes]) -> None:
        parts = [part for item in items for part in (len(item).to_bytes(4, "big"), item)]
        self.data = b"".join((pack(">5I", 1, 0, oid, len(parts) // 2, 1) if parts else pack(">3I", 0, 0, oid), *parts))


class PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj.data


psycopg.adapters.register_dumper(Packed, PackedDumper)


def ints(values: Iterable[int]) -> Packed:
    return Packed(23, (v.to_bytes(4, "big") for v in values))


def bigints(values: Iterable[int]) -> Packed:
    return Packed(20, (v.to_bytes(8, "big") for v in values))


def texts(values: Iterable[str]) -> Packed:
    return Packed(25, (v.encode() for v in values))


def uuids(values: Iterable[Any]) -> Packed:
    return Packed(2950, (v.bytes for v in values))


class BoundedConnection(Connection[tuple[Any, ...]]):
    """A connection that waits `ANSWER_SECONDS` for an answer and no longer."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)


def connect(dsn: str) -> BoundedConnection:
    try:
        c = BoundedConnection.connect(dsn, connect_timeout=int(PATIENCE), autocommit=True, application_name="halfsky-store",
                                      keepalives_idle=5, keepalives_interval=2, keepalives_count=3, tcp_user_timeout=5000)
        # a plan made while the log was short must not outlive that, and planning anew each time doubles a read's time
        c.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
    except psycopg.OperationalError as e:
        raise Unavailable(f"PostgreSQL cannot be reached: {type(e).__name__}") from e
    return c


class PostgresRecorder(Recorder):
    """Reads are grouped like appends: each costs the same client time however many callers it serves."""

    INSERT_EVENT = ("INSERT INTO {self.events} (notification_id, originator_id, originator_version, topic, state)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING")
    INSERT_RECEIPT = ("INSERT INTO {self.receipts} (actor, key, fingerprint, subject, version, position)"
                      " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING")
    SELECT_STATE = "SELECT state FROM {self.events} WHERE notification_id = %s"

    def __init__(self, dsn: str, name: str) -> None:
        super().__init__(name)
        self._readers, self._writer = Pool(lambda: connect(dsn), READERS), Pool(lambda: connect(dsn), 1)
        self._appending, self._reading = (_named(text, name).as_string() for text in (APPEND, READ))
        self._selecting, self._locking = (_named(text, name).as_string() for text in (SELECT, LOCK))
        self._read: Group[Ask, Found] = Group(self._read_all, lanes=2, most=64, heaviest=200, weight=lambda ask: len(ask[0]) + len(ask[1]))
        with _available(), self._readers.connection() as c:
            make_tables(c, name)

    def close(self) -> None:
        self._readers.close()
        self._writer.close()

    def _key(self, id: UUID) -> object:
        return id

    # -- writing -------------------------------------------------------------------------------------------------------
    def _insert(self, saves: list[Save]) -> list[list[int] | Exception]:
        events = [(i, e) for i, save in enumerate(saves) for e in save.events]
        receipts, start = [], 0
        for save in saves:
            receipts += [(start + r.position, r) for r in save.receipts]
            start += len(save.events)
        parameters = (
            ints(i for i, _ in events), uuids(e.originator_id for _, e in events), bigints(e.originator_version for _, e in events),
            texts(e.topic for _, e in events), Packed(17, (e.state for _, e in events)),
            ints(end for end, _ in receipts), texts(r.actor for _, r in receipts), texts(r.key for _, r in receipts),
            texts(r.fingerprint for _, r in receipts), uuids(r.subject for _, r in receipts), bigints(r.version for _, r in receipts))
        with _available(), self._writer.connection() as c:
            row = c.execute(self._appending, parameters, prepare=True, binary=True).fetchone()
        assert row
        position, refused = row
        answers: list[list[int] | Exception] = []
        for i, save in enumerate(saves):
            if i in refused:
                answers.append(IntegrityError("a version or a key is taken"))
            else:
                answers.append(list(range(position, position + len(save.events))))
                position += len(save.events)
        return answers

    @contextmanager
    def _exclusive(self) -> Iterator[Any]:
        with _available(), self._writer.connection() as c, c.transaction():
            c.execute(self._locking)
            yield c

    # -- reading -------------------------------------------------------------------------------------------------------
    def read(self, keys: Sequence[tuple[str, str]], streams: Sequence[UUID]) -> Found:
        return self._read((keys, streams))

    def _read_all(self, asks: list[Ask]) -> list[Found]:
        keys = {key for wanted, _ in asks for key in wanted}
        streams = {id for _, wanted in asks for id in wanted}
        rows = self._rows_of(self._reading, (texts(a for a, _ in keys), texts(k for _, k in keys), uuids(streams)))
        receipts: dict[tuple[str, str], Receipt] = {}
        events: dict[UUID, list[Notification]] = {id: [] for id in streams}
        for id, version, name, key, fingerprint, position, state in rows:
            if state is None:
                receipts[name, key] = Receipt(name, key, fingerprint, id, version, position)
            else:
                events[id].append(Notification(id, version, name, state, position))
        return [({k: receipts[k] for k in wanted if k in receipts}, [e for id in dict.fromkeys(ids) for e in events[id]]) for wanted, ids in asks]

    def select_events(self, originator_id: UUID | str, *, gt: int | None = None, lte: int | None = None, desc: bool = False,
                      limit: int | None = None) -> Sequence[Notification]:
        where = "originator_id = %s AND originator_version > %s::int8 AND originator_version <= %s::int8"
        return self._select(f"{where} ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT %s::int8",
                            (originator_id, gt or 0, FOREVER if lte is None else lte, limit))

    def select_notifications(self, start: int | None, limit: int, stop: int | None = None, topics: Sequence[str] = (), *,
                             inclusive_of_start: bool = True) -> Sequence[Notification]:
        first = (start or 0) + (not inclusive_of_start)
        named = " AND topic = ANY (%b::text[])" if topics else ""
        return self._select(f"notification_id >= %s::int8 AND notification_id <= %s::int8{named} ORDER BY notification_id LIMIT %s::int8",
                            (first, FOREVER if stop is None else stop, *([texts(topics)] if topics else []), limit))

    def max_notification_id(self) -> int | None:
        found: int | None = self._rows_of(f"SELECT max(notification_id) FROM {self.events}", ())[0][0]
        return found

    def _select(self, where: str, parameters: tuple[object, ...]) -> list[Notification]:
        return [Notification(id, version, name, state, position)
                for position, id, version, name, state in self._rows_of(self._selecting + where, parameters)]

    def _rows_of(self, statement: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        """A read is sent again on a new connection until the patience is over: the server may have been restarted since the last one."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with _available(), self._readers.connection() as c:
                    return c.execute(statement, parameters, prepare=True, binary=True).fetchall()
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction) as e:
        raise Unavailable(f"PostgreSQL: {type(e).__name__}") from e


def _named(text: str, name: str, **more: object) -> Composed:
    return SQL(text).format(
        events=Identifier(f"{name}_events"), receipts=Identifier(f"{name}_receipts"), position_index=Identifier(f"{name}_events_position"),
        append=Identifier(f"es_append_{name}_events"), refuse=Identifier(f"es_refuse_{name}"), lock=Literal(f"{name}_events"),
        head=Literal(HEAD), patience=Literal(f"{PATIENCE:g}s"), **{k: v if isinstance(v, Identifier) else Literal(v) for k, v in more.items()})


def make_tables(c: Connection[Any], name: str) -> None:
    """Makes or updates the log's tables and functions, once for each version of `sql/*.sql`; needs their owner when there is something to do."""
    statements = _named(sql("tables") + sql("append"), name)
    mark = hashlib.sha256(statements.as_string().encode()).hexdigest()
    found = c.execute("SELECT obj_description(to_regproc(%s), 'pg_proc')", (f"es_append_{name}_events",)).fetchone()
    if found == (mark,):
        return
    with c.transaction():
        c.execute(_named(LOCK, name))
        c.execute(statements)
        c.execute(_named("COMMENT ON FUNCTION {append} IS {mark}", name, mark=mark))


def make_roles(c: Connection[Any], name: str, owner: str, writer: str) -> None:
    """Gives the log to `owner` and lets `writer` read and append. As a superuser, after `make_tables`."""
    schema = c.execute("SELECT current_schema()").fetchone()
    assert schema
    c.execute(_named(sql("roles"), name, owner=Identifier(owner), writer=Identifier(writer), owner_name=owner, writer_name=writer,
                     schema=Identifier(schema[0])))
