"""A file between a form and its check page: sealed on the server for its sender alone, one a form, gone once sent or after a day."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import secrets
from datetime import UTC, datetime, timedelta

import anyio.to_thread
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request
from starlette.datastructures import UploadFile

from services.console.forms import Form
from services.console.session import current
from services.console.tables import held
from shared.settings import settings
from shared.tables import begin
from shared.vault import fingerprint_key

__all__ = ["Held", "kilobytes", "sweep"]

KEPT = timedelta(hours=24)


class Held:
    """The file of the form `name`, in its field `field`; the form says in `held` which file it means."""

    def __init__(self, request: Request, name: str, field: str) -> None:
        self.engine: sa.Engine = request.app.state.engine
        self.account, self.name, self.field = current(request).account, name, field

    async def fetch(self, form: Form) -> None:
        """The file into the form, unless another was chosen; the form forgets what is not there any more."""
        mark = str(form.values.pop("held", ""))
        if mark and self.field not in form.files and (found := await anyio.to_thread.run_sync(self._find, mark)):
            name, content = found
            form.files[self.field], form.values["held"] = UploadFile(io.BytesIO(content), size=len(content), filename=name), mark

    async def keep(self, form: Form) -> None:
        """The form's file, in place of the one before; it is at its beginning again."""
        file = form.files[self.field]
        if not form["held"]:
            content = await file.read()
            await file.seek(0)
            form.values["held"] = await anyio.to_thread.run_sync(self._keep, file.filename or "", content)

    async def drop(self) -> None:
        await anyio.to_thread.run_sync(self._drop)

    def _key(self) -> bytes:
        return hmac.new(fingerprint_key(settings()), b"console file\0" + self.account.encode(), hashlib.sha256).digest()

    def _mine(self) -> sa.ColumnElement[bool]:
        return sa.and_(held.c.account == self.account, held.c.form == self.name)

    def _find(self, mark: str) -> tuple[str, bytes] | None:
        with self.engine.connect() as c:
            row = c.execute(sa.select(held.c.sealed).where(self._mine(), held.c.mark == mark, held.c.since > datetime.now(UTC) - KEPT)).one_or_none()
        try:
            plain = row and AESGCM(self._key()).decrypt(row.sealed[:12], row.sealed[12:], f"{self.name}\0{mark}".encode())
        except InvalidTag:
            return None  # sealed under another key: nobody can read it any more
        name, _, content = plain.partition(b"\n") if plain else (b"", b"", b"")
        return (json.loads(name), content) if plain else None

    def _keep(self, name: str, content: bytes) -> str:
        nonce, mark = secrets.token_bytes(12), secrets.token_hex(16)
        sealed = nonce + AESGCM(self._key()).encrypt(nonce, json.dumps(name).encode() + b"\n" + content, f"{self.name}\0{mark}".encode())
        sweep(self.engine)
        with begin(self.engine) as c:
            c.execute(sa.delete(held).where(self._mine()))
            c.execute(sa.insert(held).values(account=self.account, form=self.name, mark=mark, sealed=sealed, since=datetime.now(UTC)))
        return mark

    def _drop(self) -> None:
        with begin(self.engine) as c:
            c.execute(sa.delete(held).where(self._mine()))


def sweep(engine: sa.Engine) -> None:
    """What nobody came back for within a day is thrown away."""
    with begin(engine) as c:
        c.execute(sa.delete(held).where(held.c.since < datetime.now(UTC) - KEPT))


def kilobytes(file: UploadFile) -> str:
    return f"{-(-(file.size or 0) // 1024):,} KB"
