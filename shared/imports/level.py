"""Before a workbook is looked at: the service's copies have its own newest facts, and those that its sources have by now."""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from shared.feed import Feed

__all__ = ["leveller"]

log = logging.getLogger("halfsky.imports")
ASK_SECONDS, LEVEL_SECONDS = 3.0, 10.0


def leveller(state: Any) -> Callable[[], bool]:
    """To be made on the service's loop and called from a thread: waits, and says whether all has arrived."""
    loop = asyncio.get_running_loop()

    def level() -> bool:
        if state.views is None:
            return True
        own = {(state.region, state.name): state.store.recorder.max_notification_id() or 0}
        others = [f for f in state.feeds if f.service in state.sources and f.service != state.name]
        heads = asyncio.run_coroutine_threadsafe(heads_of(others), loop).result()
        wanted = {source: position for source, position in {**own, **heads}.items() if position}
        return bool(state.views.wait(wanted, LEVEL_SECONDS))

    return level


async def heads_of(feeds: list[Feed]) -> dict[tuple[str, str], int]:
    return {(f.region, f.service): head for f, head in zip(feeds, await asyncio.gather(*map(head_of, feeds)), strict=True)}


async def head_of(feed: Feed) -> int:
    """The newest position of its source; where that does not answer, the one it named last."""
    try:
        return await asyncio.wait_for(feed.head(), ASK_SECONDS)
    except Exception as error:  # whatever keeps the source away, what it said before is known here
        log.warning("the head of %s: %s", feed.service, type(error).__name__)
        return feed.source_head
