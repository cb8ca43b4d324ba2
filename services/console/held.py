"""A file between a form and its check page: sealed on the server for its sender alone, one a form, gone once sent or after a day."""

from __future__ import annotations

import io
import json
import secrets
from datetime import UTC, datetime, timedelta

import anyio.to_thread
import sqlalchemy as sa
from fastapi import Request
from starlette.datastructures import UploadFile

from services.console.forms import Form
from services.console.sealing import key_of, seal, unseal
from services.console.session import current
from services.console.tables import held
from shared.tables import begin

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

    def _mine(self) -> sa.ColumnElement[bool]:
        return sa.and_(held.c.account == self.account, held.c.form == self.name)

    def _find(self, mark: str) -> tuple[str, bytes] | None:
        with self.engine.connect() as c:
            row = c.execute(sa.select(held.c.sealed).where(self._mine(), held.c.mark == mark, held.c.since > datetime.now(UTC) - KEPT)).one_or_none()
        plain = row and unseal(key_of(self.account, "file"), row.sealed, f"{self.name}\0{mark}")
        if plain is None:
            return None
        name, _, content = plain.partition(b"\n")
        return json.loads(name), content

    def _keep(self, name: str, content: bytes) -> str:
        mark = secrets.token_hex(16)
        sealed = seal(key_of(self.account, "file"), json.dumps(name).encode() + b"\n" + content, f"{self.name}\0{mark}")
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


def kilobytes(size: int) -> str:
    return f"{-(-size // 1024):,} KB"
