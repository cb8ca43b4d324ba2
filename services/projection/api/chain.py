"""The chain check (链校验): the latest facts of each log, read again at their service and compared one by one with those the audit is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import anyio.to_thread
import httpx
import orjson
from fastapi import APIRouter, Response
from sqlalchemy import select

from services.projection.api.asking import answer, somewhere
from shared.calendar import now
from shared.es import Event
from shared.feed import Feed
from shared.http import Query
from shared.kept import KEPT, row_of
from shared.tables import events, parked
from shared.view import Views

__all__ = ["router"]

router = APIRouter(tags=["audit"])
LATEST = 200  # facts of each log: what a page can wait for; all of them are `halfsky verify`


@router.get("/audit/chain")
async def chain(query: Query) -> Response:
    """One row a service. `state`: `same`, `differs` (at position `at`), `unreachable`, `empty`; `first` to `last`: the positions compared."""
    somewhere(query, "audit.read")
    state = query.request.app.state
    rows = await asyncio.gather(*(checked(state.views, feed) for feed in state.feeds))
    return answer({"rows": sorted(rows, key=lambda row: str(row["service"])), "latest": LATEST, "checked_at": now()})


async def checked(views: Views, feed: Feed) -> dict[str, Any]:
    """The log of one service as far as it was applied here: without gaps, never earlier than before, each fact as it is kept."""
    source = feed.region, feed.service
    blank: dict[str, Any] = {"service": feed.service, "first": None, "last": None, "checked": 0, "at": None}
    tracked = (await anyio.to_thread.run_sync(views.positions)).get(source, 0)
    after = max(0, tracked - LATEST)
    if not tracked:
        return {**blank, "state": "empty"}
    try:
        told = [Event.from_line(line) for line in await feed.delivery.pages(after, tracked - after)]
    except (httpx.HTTPError, OSError):
        return {**blank, "state": "unreachable"}
    at = await anyio.to_thread.run_sync(first_fault, views, source, after, told)
    last = told[-1].position if told else None
    return {**blank, "state": "same" if at is None else "differs", "first": after + 1, "last": last, "checked": len(told), "at": at}


def first_fault(views: Views, source: tuple[str, str], after: int, told: Sequence[Event]) -> int | None:
    """Where the log stops being what was applied; None: nowhere."""
    region, service = source
    with views.connect() as c:
        mine = (events.c.region == region, events.c.service == service, events.c.position > after)
        kept = {row[2]: row for row in c.execute(select(*KEPT).where(*mine))}
        aside = set(c.scalars(select(parked.c.position).where(parked.c.region == region, parked.c.service == service)))
    if not told:
        return after + 1
    for n, e in enumerate(told, after + 1):
        if e.position != n or (n not in aside and kept.get(n) != _as_kept(source, e)):
            return n
    return next((b.position for a, b in pairwise(told) if b.at < a.at), None)


def _as_kept(source: tuple[str, str], e: Event) -> tuple[Any, ...]:
    """The fact as a row of `KEPT`."""
    _, stream, version, _, position, name, fact_version, at, id, data, meta = row_of(*source, e)
    return stream, version, position, name, fact_version, at, id, orjson.dumps(data).decode(), orjson.dumps(meta).decode()
