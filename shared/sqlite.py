"""The log on SQLite, for the embedded run: the same semantics in one transaction a group, synced before it is answered (WAL, synchronous=FULL)."""
from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent

from shared.envelope import AT, HEAD, stream_of
from shared.group import PATIENCE, Pool, Unavailable
from shared.log import Receipt, Recorder, Save, sql

__all__ = ["SQLiteRecorder"]

READERS = 8
FOREVER = 2**62
TICK = timedelta(microseconds=1)


class SQLiteRecorder(Recorder):
    """One file, one process as a rule; others wait for its write lock. A writer that is stopped in mid-append holds it."""

    INSERT_EVENT = "INSERT INTO {self.events} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    INSERT_RECEIPT = "INSERT INTO {self.receipts} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    SELECT_STATE = "SELECT state FROM {self.events} WHERE notification_id = ?"

    def __init__(self, file: str, name: str) -> None:
        super().__init__(name)
        self._readers, self._writer = Pool(lambda: connect(file), READERS), Pool(lambda: connect(file), 1)
        self._selecting = f"SELECT notification_id, originator_id, originator_version, topic, state FROM {self.events} WHERE "
        self._reading = (
            f"SELECT r.subject, r.version, r.actor, r.key, r.fingerprint, r.position AS position, NULL FROM json_each(?) AS k"
            f" JOIN {self.receipts} AS r ON r.actor = k.value ->> 0 AND r.key = k.value ->> 1 UNION ALL"
            f" SELECT originator_id, originator_version, topic, NULL, NULL, notification_id, state FROM {self.events}"
            f" WHERE originator_id IN (SELECT value FROM json_each(?)) ORDER BY position")
        with _available(), self._writer.connection() as c:
            c.executescript(sql("sqlite").format(events=self.events, receipts=self.receipts))

    def close(self) -> None:
        self._readers.close()
        self._writer.close()

    def _key(self, id: UUID) -> object:
        return id.hex

    # -- writing -------------------------------------------------------------------------------------------------------
    def _insert(self, saves: list[Save]) -> list[list[int] | Exception]:
        with self._exclusive() as c:
            row = c.execute(f"SELECT notification_id, state FROM {self.events} ORDER BY notification_id DESC LIMIT 1").fetchone()
            last, at = (row[0], max(datetime.now(UTC), datetime.fromisoformat(row[1][AT].decode()) + TICK)) if row else (0, datetime.now(UTC))
            answers: list[list[int] | Exception] = []
            for n, save in enumerate(saves):  # a microsecond apart, so that every position has an instant it was known at
                answer = self._one(c, save, last, HEAD + (at + n * TICK).strftime('%Y-%m-%dT%H:%M:%S.%fZ",').encode())
                answers.append(answer)
                last += len(answer) if isinstance(answer, list) else 0
        return answers

    def _one(self, c: sqlite3.Connection, save: Save, last: int, head: bytes) -> list[int] | Exception:
        c.execute("SAVEPOINT save")
        try:
            c.executemany(f"INSERT INTO {self.events} VALUES (?, ?, ?, ?, ?)", [
                (last + n, stream_of(e).hex, e.originator_version, e.topic, head + e.state)
                for n, e in enumerate(save.events, 1)])
            c.executemany(f"INSERT INTO {self.receipts} VALUES (?, ?, ?, ?, ?, ?)", [
                (r.actor, r.key, r.fingerprint, r.subject.hex, r.version, last + r.position) for r in save.receipts])
        except sqlite3.IntegrityError as e:
            c.execute("ROLLBACK TO save")
            return IntegrityError(str(e))
        finally:
            c.execute("RELEASE save")
        return list(range(last + 1, last + 1 + len(save.events)))

    @contextmanager
    def _exclusive(self) -> Iterator[Any]:
        with _available(), self._writer.connection() as c:  # closed on any error, and so rolled back
            c.execute("BEGIN IMMEDIATE")
            yield c
            c.execute("COMMIT")

    # -- reading -------------------------------------------------------------------------------------------------------
    def read(self, keys: Sequence[tuple[str, str]], streams: Sequence[UUID]) -> tuple[dict[tuple[str, str], Receipt], list[Notification]]:
        receipts: dict[tuple[str, str], Receipt] = {}
        events: list[Notification] = []
        for id, version, name, key, fingerprint, position, state in self._rows_of(
                self._reading, (json.dumps(keys), json.dumps([id.hex for id in streams]))):
            if state is None:
                receipts[name, key] = Receipt(name, key, fingerprint, UUID(id), version, position)
            else:
                events.append(Notification(UUID(id), version, name, state, position))
        return receipts, events

    def select_events(self, originator_id: UUID | str, *, gt: int | None = None, lte: int | None = None, desc: bool = False,
                      limit: int | None = None) -> Sequence[StoredEvent]:
        where = "originator_id = ? AND originator_version > ? AND originator_version <= ?"
        return self._select(f"{where} ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT ?",
                            (UUID(str(originator_id)).hex, gt or 0, FOREVER if lte is None else lte, -1 if limit is None else limit))

    def select_notifications(self, start: int | None, limit: int, stop: int | None = None, topics: Sequence[str] = (), *,
                             inclusive_of_start: bool = True) -> Sequence[Notification]:
        named = " AND topic IN (SELECT value FROM json_each(?))" if topics else ""
        return self._select(f"notification_id >= ? AND notification_id <= ?{named} ORDER BY notification_id LIMIT ?",
                            ((start or 0) + (not inclusive_of_start), FOREVER if stop is None else stop,
                             *([json.dumps(list(topics))] if topics else []), limit))

    def max_notification_id(self) -> int | None:
        found: int | None = self._rows_of(f"SELECT max(notification_id) FROM {self.events}", ())[0][0]
        return found

    def _select(self, where: str, parameters: tuple[object, ...]) -> list[Notification]:
        return [Notification(UUID(id), version, name, state, position)
                for position, id, version, name, state in self._rows_of(self._selecting + where, parameters)]

    def _rows_of(self, statement: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with _available(), self._readers.connection() as c:
            return c.execute(statement, parameters).fetchall()


def connect(file: str) -> sqlite3.Connection:
    c = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    c.execute("PRAGMA journal_mode = WAL")
    c.execute("PRAGMA synchronous = FULL")
    return c


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as e:
        raise Unavailable(f"SQLite: {e}") from e
