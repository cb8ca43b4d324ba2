"""The app factory: `app = service("cadre", Cadre, [api.router], policies)` gives a service everything around its own six rooms."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from shared import es
from shared.access import Access
from shared.calendar import today
from shared.es import Store
from shared.files import Files
from shared.http import standard
from shared.http.edge import Edge
from shared.http.problems import handle
from shared.http.wire import paused, wire
from shared.identity import Claims, Identity
from shared.metrics import Metrics
from shared.settings import Settings, settings
from shared.signing import SigningKeys
from shared.vault import Vault, fingerprint_key
from shared.view import View, Views, engine

__all__ = ["service"]

log = logging.getLogger("halfsky.service")
THREADS = 100
CLOCK_SECONDS = 5.0
Positions = dict[tuple[str, str], int]


def service(
    name: str,
    store: type[Store] | None,
    routers: Sequence[APIRouter],
    policies: ModuleType | None = None,
    views: Sequence[View] = (),
    sources: Sequence[str] | None = None,
    readers: frozenset[str] | None = None,
    config: Settings | None = None,
    identity: Claims | None = None,
    nats: bool = True,
) -> FastAPI:
    """A service's app. Nothing is opened before it starts.

    `policies` may hold `copies` (views its rules need), `attach(store, views)` (called once, before the first request), `on(store, views,
    event)` for every event that it `answers` (stored names), and `due(store, views, today)` for the clock. `sources`: services followed, if
    not those that the views' facts and `policies.answers` name. `readers`: the only clients that may read its log. `config`, `identity` and
    `nats=False` (copies are then fed by hand, with `sinks_of`) are for tests.
    """
    wanted, reacts = [*views, *getattr(policies, "copies", ())], hasattr(policies, "on")
    named = {fact.partition(".")[0] for fact in getattr(policies, "answers", frozenset[str]()).union(*(v.facts for v in wanted))}
    following = tuple(sources if sources is not None else sorted(named))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        async with AsyncExitStack() as stack:
            await opened(app, stack, config or settings(), identity, store, wanted if wanted or reacts else None)
            stop = asyncio.Event()
            tasks = [asyncio.create_task(t) for t in wire(app, policies, stop, nats)]
            if policies is not None and hasattr(policies, "due"):
                tasks.append(asyncio.create_task(clock(app, policies.due, stop)))
            try:
                yield
            finally:
                stop.set()
                await asyncio.wait(tasks, timeout=10) if tasks else None
                for t in tasks:
                    t.cancel()

    app = FastAPI(title=f"HalfSky {name}", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.name, app.state.readers, app.state.sources, app.state.policies = name, readers, following, policies
    app.state.store_type, app.state.wanted, app.state.keep_all = store, wanted, bool(views)  # for the command line
    app.state.metrics = Metrics(name)
    app.add_middleware(Edge)
    handle(app)
    for router in [standard.router, *([standard.log_router] if store else []), *routers]:
        app.include_router(router)
    return app


async def opened(
    app: FastAPI, stack: AsyncExitStack, s: Settings, identity: Claims | None, store: type[Store] | None, wanted: list[View] | None
) -> None:
    """Opens what the service stands on: vault, store, its copies, and the copy of grants and tree."""
    state = app.state
    for source in {state.name, "org", *state.sources} & {"org", "cadre", "lecture", "hotline", "projection"}:
        import_events(source)
    state.settings, state.region = s, s.region
    state.identity = identity or Identity.of(s)
    state.vault = Vault.of(s, state.name)
    state.fingerprint_key = fingerprint_key(s)
    state.files = Files(s.data / "files")
    state.store = await anyio.to_thread.run_sync(lambda: es.open_store(store, s.dsn(state.name), state.vault)) if store else None
    if state.store:
        state.signing = await anyio.to_thread.run_sync(SigningKeys.of, s, state.name)
        state.store.data = s.data / state.name
        stack.callback(state.store.close)
    state.views = (
        await anyio.to_thread.run_sync(lambda: Views(engine(s.dsn(f"{state.name}-views")), wanted, keep_all=state.keep_all))
        if wanted is not None
        else None
    )
    state.access = await anyio.to_thread.run_sync(lambda: Access(engine(s.dsn(f"{state.name}-access")), s.region, s.first_admin))
    for views in (state.views, state.access.views):
        if views:
            stack.callback(views.engine.dispose)
    if hasattr(state.policies, "attach"):
        state.policies.attach(state.store, state.views)
    state.arrived = lambda positions, seconds: arrived(app, positions, seconds)


def import_events(source: str) -> None:
    """Makes a service's facts known to this process: a view cannot fold a fact it has never heard of."""
    try:
        import_module(f"services.{source}.events")
    except ModuleNotFoundError as e:
        if not e.name or not e.name.startswith(f"services.{source}"):
            raise
        log.info("%s has no facts", source)


def arrived(app: FastAPI, positions: Positions, seconds: float) -> Positions:
    """Waits until what this service copies has reached these positions; gives those still missing."""
    state, deadline = app.state, time.monotonic() + seconds
    mine = {k: p for k, p in positions.items() if k[0] == state.region}
    org = mine.get((state.region, "org"))
    missing: Positions = {} if org is None or state.access.wait(org, seconds) else {(state.region, "org"): org}
    copied = {k: p for k, p in mine.items() if k[1] in state.sources}
    if copied and state.views and not state.views.wait(copied, max(0.0, deadline - time.monotonic())):
        missing |= copied
    return missing


async def clock(app: FastAPI, due: Callable[[Any, Any, Any], None], stop: asyncio.Event) -> None:
    """Asks every few seconds what is due."""
    es.meta.set(es.Meta(actor=f"{app.state.name}.clock", region=app.state.region))
    while not stop.is_set():
        try:
            await anyio.to_thread.run_sync(due, app.state.store, app.state.views, today())
        except Exception as e:  # the clock must go on; what is due now is due again next time
            log.error("the clock of %s: %s", app.state.name, type(e).__name__)
        await paused(stop, CLOCK_SECONDS)
