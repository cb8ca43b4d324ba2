"""One process at a time: the lock a consumer holds while it applies, a PostgreSQL session lock or a locked file."""
from __future__ import annotations

import asyncio
import fcntl
import os

import psycopg
from sqlalchemy.engine import make_url

__all__ = ["Single"]


class Single:
    """`dsn` must lead to the database itself, not to a pooler: the lock lives and dies with one session."""

    def __init__(self, dsn: str, name: str) -> None:
        self.url, self.name = make_url(dsn), name
        self._file: int | None = None
        self._session: psycopg.AsyncConnection | None = None
        self._ours = False

    async def take(self) -> bool:
        """Whether it is ours now."""
        if self.url.get_backend_name() == "sqlite":
            self._ours = self._take_file()
            return self._ours
        if self._session is None:
            url = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._session = await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=2, application_name=self.name)
        cursor = await self._session.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [self.name])
        row = await cursor.fetchone()
        self._ours = bool(row and row[0])
        return self._ours

    def _take_file(self) -> bool:
        if self._file is None:
            file = os.open(f"{self.url.database}.{self.name}.lock", os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return False
            self._file = file
        return True

    async def held(self) -> bool:
        """Whether it still is: a session that is gone has lost its locks."""
        if self._session is not None:
            try:
                await asyncio.wait_for(self._session.execute("SELECT 1"), 2)
            except (psycopg.Error, TimeoutError):
                await self.give()
        return self._ours

    async def give(self) -> None:
        self._ours = False
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._session is not None:
            await self._session.close()
            self._session = None
