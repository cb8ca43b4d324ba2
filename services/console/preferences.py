"""What somebody has set for herself: it holds on every computer she signs in at."""

from __future__ import annotations

import anyio.to_thread
import sqlalchemy as sa
from fastapi import Request

from services.console.session import current
from services.console.tables import preferences
from shared.tables import begin

__all__ = ["keep", "preferred"]


async def keep(request: Request, name: str, on: bool) -> None:
    """A switch of the person who is signed in."""
    account, engine = current(request).account, request.app.state.engine

    def written() -> None:
        with begin(engine) as c:
            c.execute(sa.delete(preferences).where(preferences.c.account == account, preferences.c.name == name))
            c.execute(sa.insert(preferences).values(account=account, name=name, value="on" if on else "off"))

    await anyio.to_thread.run_sync(written)


def preferred(engine: sa.Engine, account: str) -> dict[str, str]:
    """All that somebody has set."""
    wanted = sa.select(preferences.c.name, preferences.c.value).where(preferences.c.account == account)
    with engine.connect() as c:
        return {name: value for name, value in c.execute(wanted)}
