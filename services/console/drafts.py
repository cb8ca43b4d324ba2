"""Unsent forms, kept sealed on the server for their author alone; the browser stores nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request

from services.console.forms import Form
from services.console.session import current
from services.console.tables import drafts
from shared.settings import settings
from shared.tables import begin
from shared.vault import fingerprint_key

__all__ = ["Drafts"]

DAYS = 30
LARGEST = 128 * 1024


class Drafts:
    """The drafts of the person who is signed in, by form name."""

    def __init__(self, request: Request) -> None:
        self.engine: sa.Engine = request.app.state.engine
        self.account = current(request).account

    async def open(self, name: str, form: Form, wanted: bool = False) -> Form:
        """The form; filled in from its draft if `wanted`, else only told that there is one."""
        found = await anyio.to_thread.run_sync(self._find, name)
        if found:
            saved, values = found
            form.draft = saved
            if wanted:
                form.values |= values
                form.draft = None
        return form

    async def keep(self, name: str, form: Form) -> datetime | None:
        """When it was saved; None if it is too large to be a form somebody typed."""
        plain = json.dumps(form.values, ensure_ascii=False).encode()
        if len(plain) > LARGEST:
            return None
        return await anyio.to_thread.run_sync(self._keep, name, plain)

    async def drop(self, name: str) -> None:
        await anyio.to_thread.run_sync(self._drop, name)

    def _key(self) -> bytes:
        return hmac.new(fingerprint_key(settings()), b"console draft\0" + self.account.encode(), hashlib.sha256).digest()

    def _mine(self, name: str) -> sa.ColumnElement[bool]:
        return sa.and_(drafts.c.account == self.account, drafts.c.form == name)

    def _find(self, name: str) -> tuple[datetime, dict[str, Any]] | None:
        with self.engine.connect() as c:
            row = c.execute(sa.select(drafts.c.sealed, drafts.c.saved).where(self._mine(name))).one_or_none()
        if row is None:
            return None
        try:
            return row.saved, json.loads(AESGCM(self._key()).decrypt(row.sealed[:12], row.sealed[12:], name.encode()))
        except (InvalidTag, ValueError):
            return None  # sealed under another key: nobody can read it any more

    def _keep(self, name: str, plain: bytes) -> datetime:
        nonce, now = secrets.token_bytes(12), datetime.now(UTC)
        sealed = nonce + AESGCM(self._key()).encrypt(nonce, plain, name.encode())
        with begin(self.engine) as c:
            c.execute(sa.delete(drafts).where(self._mine(name) | (drafts.c.saved < now - timedelta(days=DAYS))))
            c.execute(sa.insert(drafts).values(account=self.account, form=name, sealed=sealed, saved=now))
        return now

    def _drop(self, name: str) -> None:
        with begin(self.engine) as c:
            c.execute(sa.delete(drafts).where(self._mine(name)))
