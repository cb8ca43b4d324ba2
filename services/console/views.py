"""Saved views: states of a list that their owner gave a name, in the console's own table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import anyio.to_thread
import sqlalchemy as sa
from fastapi import Request

from services.console.session import current
from services.console.tables import views
from shared.tables import begin

__all__ = ["View", "drop", "keep", "mine", "one"]

MOST = 20  # of one list
View = sa.Row[tuple[str, str, str]]


async def mine(request: Request, list: str) -> Sequence[View]:
    """The reader's views of a list, by name: id, name, query."""
    wanted = sa.select(views.c.id, views.c.name, views.c.query).where(_hers(request), views.c.page == list).order_by(views.c.name)
    return await _read(request, wanted)


async def one(request: Request, id: str) -> sa.Row[tuple[str, str]] | None:
    """The list (`page`) and state (`query`) of one of the reader's views; None where she has none of this id."""
    found = await _read(request, sa.select(views.c.page, views.c.query).where(_hers(request), views.c.id == id))
    return found[0] if found else None


async def keep(request: Request, list: str, name: str, query: str) -> None:
    """Under a name she has used before, it takes the place of that one; beyond `MOST` nothing is kept."""
    engine, account = request.app.state.engine, current(request).account
    those = sa.and_(_hers(request), views.c.page == list)

    def written() -> None:
        with begin(engine) as c:
            c.execute(sa.delete(views).where(those, views.c.name == name))
            if (c.execute(sa.select(sa.func.count()).where(those)).scalar() or 0) < MOST:
                c.execute(sa.insert(views).values(id=str(uuid4()), account=account, page=list, name=name, query=query))

    await anyio.to_thread.run_sync(written)


async def drop(request: Request, id: str) -> None:
    engine, it = request.app.state.engine, sa.and_(_hers(request), views.c.id == id)

    def dropped() -> None:
        with begin(engine) as c:
            c.execute(sa.delete(views).where(it))

    await anyio.to_thread.run_sync(dropped)


def _hers(request: Request) -> sa.ColumnElement[bool]:
    return views.c.account == current(request).account


async def _read(request: Request, wanted: sa.Select[Any]) -> Sequence[Any]:
    engine = request.app.state.engine

    def found() -> Sequence[Any]:
        with engine.connect() as c:
            rows: Sequence[Any] = c.execute(wanted).all()
            return rows

    return await anyio.to_thread.run_sync(found)
