"""Unsent forms, kept sealed on the server for their author alone; the browser stores nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import sqlalchemy as sa
from fastapi import Request

from services.console.forms import Form
from services.console.sealing import key_of, seal, unseal
from services.console.session import current
from services.console.tables import drafts, held
from shared.tables import begin

__all__ = ["Drafts", "named"]

DAYS = 30
LARGEST = 128 * 1024


def named(request: Request, more: str = "") -> str:
    """A draft's name: the address of its form, and what else tells two forms there apart."""
    return ".".join([*request.url.path.strip("/").split("/"), *([more] if more else [])])


class Drafts:
    """The drafts of the person who is signed in, by form name."""

    def __init__(self, request: Request) -> None:
        self.engine: sa.Engine = request.app.state.engine
        self.account = current(request).account

    async def open(self, name: str, form: Form, wanted: bool = False) -> Form:
        """The form; filled in from its draft if `wanted`, else only told that there is one.

        A draft keeps its form's key: sent once already, it is not done twice. Where somebody changed the thing meanwhile, she is shown what.
        """
        found = await anyio.to_thread.run_sync(self._find, name)
        if found:
            saved, kept = found
            form.draft = saved
            if wanted:
                now, version = {k: form.values[k] for k in form.was}, form.expect
                form.values |= kept["values"]
                form.key, form.draft = kept["key"], None
                if version is not None and kept["was"] and kept["expect"] != version:
                    form.was = kept["was"]
                    form.stale(now, version)
                    await self.keep(name, form)  # under its new key
        return form

    async def another(self, name: str, form: Form) -> bool:
        """Whether an older form's draft stands there, which typing into a new one must not take the place of."""
        found = await anyio.to_thread.run_sync(self._find, name)
        return found is not None and found[1]["key"] != form.key

    async def value(self, name: str, field: str) -> str:
        """One answer of a draft; empty where there is none."""
        found = await anyio.to_thread.run_sync(self._find, name)
        return str(found[1]["values"].get(field, "")) if found else ""

    async def keep(self, name: str, form: Form) -> datetime | None:
        """When it was saved; None if it is too large to be a form somebody typed."""
        kept = {"values": form.values, "key": form.key, "was": form.was, "expect": form.expect}
        plain = json.dumps(kept, ensure_ascii=False).encode()
        if len(plain) > LARGEST:
            return None
        return await anyio.to_thread.run_sync(self._keep, name, plain)

    async def drop(self, name: str, form: Form | None = None) -> None:
        """`form`: only its own draft, not one that another window keeps there."""
        if form is None or not await self.another(name, form):
            await anyio.to_thread.run_sync(self._drop, name)

    def _mine(self, name: str) -> sa.ColumnElement[bool]:
        return sa.and_(drafts.c.account == self.account, drafts.c.form == name)

    def _find(self, name: str) -> tuple[datetime, dict[str, Any]] | None:
        with self.engine.connect() as c:
            row = c.execute(sa.select(drafts.c.sealed, drafts.c.saved).where(self._mine(name))).one_or_none()
        plain = unseal(key_of(self.account, "draft"), row.sealed, name) if row else None
        if row is None or plain is None:
            return None
        kept = json.loads(plain)
        return (row.saved, kept) if "values" in kept else None

    def _keep(self, name: str, plain: bytes) -> datetime:
        sealed, now = seal(key_of(self.account, "draft"), plain, name), datetime.now(UTC)
        with begin(self.engine) as c:
            c.execute(sa.delete(drafts).where(self._mine(name) | (drafts.c.saved < now - timedelta(days=DAYS))))
            c.execute(sa.insert(drafts).values(account=self.account, form=name, sealed=sealed, saved=now))
        return now

    def _drop(self, name: str) -> None:
        with begin(self.engine) as c:
            c.execute(sa.delete(drafts).where(self._mine(name)))
            c.execute(sa.delete(held).where(held.c.account == self.account, held.c.form == name))  # and the file chosen in it
