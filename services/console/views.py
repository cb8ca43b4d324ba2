"""Saved views: states of a list that their owner gave a name, in the console's own table."""

from __future__ import annotations

from collections.abc import Sequence

import anyio.to_thread
import sqlalchemy as sa
from fastapi import Request

from services.console.session import current
from services.console.tables import views

__all__ = ["View", "mine"]

View = sa.Row[tuple[str, str, str]]


async def mine(request: Request, list: str) -> Sequence[View]:
    """The reader's views of a list, by name: id, name, query."""
    account, engine = current(request).account, request.app.state.engine

    def found() -> Sequence[View]:
        wanted = sa.select(views.c.id, views.c.name, views.c.query).where(views.c.account == account, views.c.page == list).order_by(views.c.name)
        with engine.connect() as c:
            rows: Sequence[View] = c.execute(wanted).all()
            return rows

    return await anyio.to_thread.run_sync(found)
