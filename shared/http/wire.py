"""A service on the wire: its relay, one feed a source for copies and policies, and the copy of grants and tree."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import anyio.to_thread
import httpx
from fastapi import FastAPI

from shared import parking
from shared.delivery import Sink
from shared.es import Store
from shared.feed import Feed
from shared.http.follow import Follower, pages_of
from shared.identity import service_token
from shared.relay import Relay
from shared.signing import PublishedKeys, SigningKeys
from shared.single import Single
from shared.sinks import Reactions, ViewsSink

__all__ = ["sinks_of", "wire"]

log = logging.getLogger("halfsky.wire")
PULL_SECONDS = 1.0
SOONEST_SECONDS = 0.1
LAST = 2**53


def sinks_of(app: FastAPI, policies: ModuleType | None, source: str) -> list[Sink]:
    """What the events of one source go to, in order: grants and tree, copies and views, reactions."""
    state = app.state
    sinks: list[Sink] = [state.access] if source == "org" and state.name != "org" else []
    if state.views and source in state.sources:
        if state.views.views:
            sinks.append(ViewsSink(state.views, state.region, source))
        if hasattr(policies, "on"):
            sinks.append(Reactions.of(policies, state.store, state.views, state.region, source))
    return sinks


def wire(app: FastAPI, policies: ModuleType | None, stop: asyncio.Event, nats: bool) -> Iterator[Coroutine[Any, Any, None]]:
    """The tasks to run while the service lives."""
    state = app.state
    state.feeds = []
    if state.name == "org":
        follower = Follower(state.access, pages_of(state.store))
        state.access.age, state.access.refresh = follower.age, follower.pull
        follower.pull()
        yield follow(follower, state.store, stop)
    if not nats:
        return
    gc.freeze()  # all there is stays: looking through it for garbage again and again costs a tenth of the time
    if state.store:
        relay = Relay(state.store, state.settings.nats, state.region, state.name, state.signing, state.settings.nats_profile)
        state.metrics.gauges_of(relay)
        yield relay.run(stop)
    for source in sorted({*state.sources, "org"}):
        sinks = sinks_of(app, policies, source)
        if sinks:
            yield fed(app, source, sinks).run(stop)
    yield looked(app, stop)


def fed(app: FastAPI, source: str, sinks: Sequence[Sink]) -> Feed:
    state, s = app.state, app.state.settings
    pages, head, keys = at_hand(state.store, state.signing) if source == state.name else over_http(app, source)
    lock = Single(s.dsn(f"{state.name}-views" if state.views else f"{state.name}-access"), f"{state.name}-{source}")
    feed = Feed(state.region, source, state.name, sinks, pages, head, PublishedKeys(f"{state.region}/{source}", keys), s.nats, lock)
    state.feeds.append(feed)
    state.metrics.gauges_of(feed, source=source)
    if state.access in sinks:
        state.access.age = lambda: feed.age
    return feed


async def looked(app: FastAPI, stop: asyncio.Event) -> None:
    """At start, what was parked has another try. Then, every second: what another process applied to the copy of grants."""
    state = app.state
    if state.views:
        for sink in [state.views, *(s for f in state.feeds for s in f.delivery.sinks if isinstance(s, Reactions))]:
            await anyio.to_thread.run_sync(parking.retry_all, sink)
    while not stop.is_set():
        await tried("the copy of grants and tree", state.access.look)
        await paused(stop, PULL_SECONDS)


async def follow(follower: Follower, store: Store, stop: asyncio.Event) -> None:
    """Soon after a commit, and every second in case another process of this service made one."""
    loop, woken, kept = asyncio.get_running_loop(), asyncio.Event(), 0.0

    def wake() -> None:
        loop.call_soon_threadsafe(woken.set)

    store.listeners.append(wake)
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: woken.set())  # do not sit out the pause
    try:
        while not stop.is_set():
            woken.clear()
            await tried("the copy of grants and tree", follower.pull)
            if time.monotonic() - kept > PULL_SECONDS:
                await tried("the place of the copy of grants and tree", follower.keep)
                kept = time.monotonic()
            await paused(stop, SOONEST_SECONDS)  # whoever cannot wait pulls: `Access.refresh`
            if not stop.is_set():
                await paused(woken, PULL_SECONDS)
        await tried("the place of the copy of grants and tree", follower.keep)
    finally:
        stopping.cancel()
        store.listeners.remove(wake)


async def tried(what: str, work: Callable[[], None]) -> None:
    """In a thread. A failure is logged by its kind and tried again by the caller's loop; meanwhile the copy grows old, and approvals wait."""
    try:
        await anyio.to_thread.run_sync(work)
    except Exception as error:
        log.error("%s: %s", what, type(error).__name__)


async def paused(until: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(until.wait(), seconds)
    except TimeoutError:
        return


Pages = Callable[[int, int], Awaitable[Sequence[bytes]]]
Head = Callable[[], Awaitable[int]]
Keys = Callable[[], Awaitable[Mapping[str, str]]]


def at_hand(store: Store, signing: SigningKeys) -> tuple[Pages, Head, Keys]:
    """The service's own log."""
    own = pages_of(store)

    async def pages(after: int, limit: int) -> Sequence[bytes]:
        return await anyio.to_thread.run_sync(own, after, limit)

    async def head() -> int:
        return await anyio.to_thread.run_sync(store.recorder.max_notification_id) or 0

    async def keys() -> Mapping[str, str]:
        return signing.published()

    return pages, head, keys


def over_http(app: FastAPI, source: str) -> tuple[Pages, Head, Keys]:
    """Another service's log, read with this service's own token."""
    s = app.state.settings
    clients: list[httpx.AsyncClient] = []

    async def get(path: str, **query: int) -> httpx.Response:
        if not clients:
            auth = service_token(s, app.state.name, "log:read")
            if auth is None:
                raise httpx.RequestError("no client credentials")
            plain = {"Accept-Encoding": "identity"}  # between neighbours processors are scarcer than the wire
            clients.append(httpx.AsyncClient(base_url=s.url(source), auth=auth, timeout=10, headers=plain))
        return (await clients[0].get(path, params=query)).raise_for_status()

    async def pages(after: int, limit: int) -> Sequence[bytes]:
        return (await get("/notifications", after=after, limit=min(limit, 1000))).content.splitlines()

    async def head() -> int:
        return int((await get("/notifications", after=LAST, limit=1)).headers["Es-Head"])

    async def keys() -> Mapping[str, str]:
        published: dict[str, str] = (await get("/signing-keys")).json()["keys"]
        return published

    return pages, head, keys
