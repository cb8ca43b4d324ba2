"""The keys of persons: one AES-256 key each, stored only wrapped by the key-encryption key of the running epoch."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

__all__ = ["KeyStore"]

EPOCH_SECONDS = 30 * 24 * 3600
SCHEMA = """
CREATE TABLE IF NOT EXISTS epochs (epoch INTEGER PRIMARY KEY, kek BLOB NOT NULL, since REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS keys (service TEXT NOT NULL, subject TEXT NOT NULL, epoch INTEGER, wrapped BLOB, destroyed REAL,
    PRIMARY KEY (service, subject), CHECK ((wrapped IS NULL) = (destroyed IS NOT NULL))) STRICT, WITHOUT ROWID;
"""


class KeyStore:
    """One SQLite file of its own. A service reaches only the keys it made; a destroyed key stays destroyed."""

    def __init__(self, file: Path | str = ":memory:") -> None:
        if file != ":memory:":
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).touch(mode=0o600)
        self.connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10)
        # secure_delete is on by default in some builds of SQLite only; without it what was destroyed stays in the file's free space
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
            self.connection.execute(f"PRAGMA {pragma}").fetchall()
        self.connection.executescript(SCHEMA)
        self.lock = threading.Lock()
        with self.lock, self._writing():
            if self._epoch() is None:
                self._new_epoch(1)

    def fetch(self, service: str, subjects: Iterable[UUID], create: bool) -> dict[UUID, bytes | None]:
        """Their keys; None: destroyed. A subject without a key gets one if `create`, else is left out."""
        wanted = list(dict.fromkeys(subjects))
        with self.lock:
            found = self._known(service, wanted)
            if create and len(found) < len(wanted):
                with self._writing():
                    found = self._known(service, wanted)
                    epoch, kek, _ = self._epoch() or (0, b"", 0.0)
                    new = {s: secrets.token_bytes(32) for s in wanted if s not in found}
                    self.connection.executemany(
                        "INSERT INTO keys VALUES (?, ?, ?, ?, NULL)",
                        [(service, str(s), epoch, aes_key_wrap(kek, key)) for s, key in new.items()],
                    )
                found |= new
        return found

    def destroy(self, service: str, subject: UUID) -> None:
        """For ever: the wrapped key is overwritten in the file and gone from its journal when this returns."""
        with self.lock:
            with self._writing():
                self.connection.execute(
                    "INSERT INTO keys VALUES (?, ?, NULL, NULL, ?) ON CONFLICT DO UPDATE "
                    "SET epoch = NULL, wrapped = NULL, destroyed = excluded.destroyed WHERE destroyed IS NULL",
                    (service, str(subject), time.time()),
                )
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rotate(self) -> int:
        """A new epoch: every key wrapped anew, the old key-encryption key destroyed, so older backups of this file are worth nothing."""
        with self.lock:
            with self._writing():
                epoch, old, _ = self._epoch() or (0, b"", 0.0)
                kek = self._new_epoch(epoch + 1)
                rows = self.connection.execute("SELECT service, subject, wrapped FROM keys WHERE wrapped IS NOT NULL").fetchall()
                self.connection.executemany(
                    "UPDATE keys SET epoch = ?, wrapped = ? WHERE service = ? AND subject = ?",
                    [(epoch + 1, aes_key_wrap(kek, aes_key_unwrap(old, w)), service, s) for service, s, w in rows],
                )
                self.connection.execute("DELETE FROM epochs WHERE epoch <= ?", (epoch,))
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return epoch + 1

    def due(self) -> bool:
        """Whether the epoch has lasted its 30 days."""
        with self.lock:
            found = self._epoch()
        return found is None or time.time() - found[2] > EPOCH_SECONDS

    def close(self) -> None:
        with self.lock, closing(self.connection):
            pass

    def _known(self, service: str, subjects: list[UUID]) -> dict[UUID, bytes | None]:
        keks = dict(self.connection.execute("SELECT epoch, kek FROM epochs").fetchall())
        found: dict[UUID, bytes | None] = {}
        for start in range(0, len(subjects), 500):
            some = [str(s) for s in subjects[start : start + 500]]
            marks = ",".join("?" * len(some))
            for subject, epoch, wrapped in self.connection.execute(
                f"SELECT subject, epoch, wrapped FROM keys WHERE service = ? AND subject IN ({marks})", (service, *some)
            ):
                found[UUID(subject)] = aes_key_unwrap(keks[epoch], wrapped) if wrapped else None
        return found

    def _epoch(self) -> tuple[int, bytes, float] | None:
        row: tuple[int, bytes, float] | None = self.connection.execute(
            "SELECT epoch, kek, since FROM epochs ORDER BY epoch DESC LIMIT 1"
        ).fetchone()
        return row

    def _new_epoch(self, epoch: int) -> bytes:
        kek = secrets.token_bytes(32)
        self.connection.execute("INSERT INTO epochs VALUES (?, ?, ?)", (epoch, kek, time.time()))
        return kek

    def _writing(self) -> _Writing:
        return _Writing(self.connection)


class _Writing:
    """A transaction that holds the write lock from its start."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, failed: object, *_: object) -> None:
        self.connection.execute("ROLLBACK" if failed else "COMMIT")
