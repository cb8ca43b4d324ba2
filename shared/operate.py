"""What the command line does to a deployment: the stores and views of every service, opened as the services open them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from math import isfinite
from types import ModuleType
from typing import Any, TypeVar
from uuid import UUID

import httpx
import nats
from nats.js import JetStreamContext
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from shared import es, recovery
from shared.access import Access
from shared.parking import Parking, listed
from shared.settings import SERVICES, settings
from shared.signing import SigningKeys
from shared.sinks import Reactions
from shared.tracking import place
from shared.view import Views, engine

T = TypeVar("T")
ALL = (*SERVICES, "projection")
SETTLE_SECONDS = 2.0


def state_of(service: str) -> Any:
    """What a service's app says of itself before it starts: `store_type`, `wanted` views, `policies`."""
    return import_module(f"services.{service}.main").app.state


def store_of(service: str) -> es.Store:
    kind: type[es.Store] = state_of(service).store_type
    return es.open_store(kind, settings().dsn(service))


def views_of(service: str) -> Views | None:
    state = state_of(service)
    return Views(engine(settings().dsn(f"{service}-views")), state.wanted, keep_all=state.keep_all) if state.wanted else None


def lag() -> list[dict[str, Any]]:
    """One row a service and one a feed, from the services' own metrics."""
    rows: list[dict[str, Any]] = []
    for service in ALL:
        samples = measured(service, 3)
        if samples is None:
            rows.append({"service": service, "state": "down"})
            continue
        log = {s.name: int(s.value) for s in samples if s.name in ("halfsky_log_head", "halfsky_relay_position")}  # an age may be endless
        row = {
            "service": service,
            "state": "up",
            "head": log.get("halfsky_log_head", ""),
            "published": log.get("halfsky_relay_position", ""),
        }
        feeds = [(s.labels.get("source", ""), s.labels.get("consumer", ""), int(s.value)) for s in samples if s.name == "halfsky_feed_lag"]
        rows += [row | {"source": source, "consumer": consumer, "behind": behind} for source, consumer, behind in feeds] or [row]
    return rows


def measured(service: str, seconds: float) -> list[Sample] | None:
    """What a service says of itself to Prometheus; None where it does not answer in time."""
    try:
        told = httpx.get(f"{settings().url(service)}/metrics", timeout=seconds).raise_for_status().text
    except httpx.HTTPError:
        return None
    return [sample for family in text_string_to_metric_families(told) for sample in family.samples]


def behind() -> int | None:
    """How many facts copies and views still lack in all; None once each has been level with its source's head."""
    left, level = 0, True
    for service in ALL:
        samples = measured(service, 10)
        if samples is None:  # not up, so not level
            level = False
            continue
        left += int(sum(s.value for s in samples if s.name == "halfsky_feed_lag"))
        level = level and all(isfinite(s.value) for s in samples if s.name == "halfsky_feed_age_seconds")
    return None if level else left


def sinks_of(service: str) -> list[Parking]:
    """Where a service may have set events aside."""
    views, state = views_of(service), state_of(service)
    sinks: list[Parking] = [views] if views else []
    policies: ModuleType | None = state.policies
    if views and policies and hasattr(policies, "on"):
        sinks.append(Reactions.of(policies, store_of(service), views, settings().region, service))
    return sinks


def parked() -> list[dict[str, Any]]:
    return [{"at": service, **entry} for service in ALL for entry in listed(sinks_of(service))]


def release(service: str, source: str, stream: UUID, skip: bool) -> None:
    """Apply (or skip the first of) an aggregate's parked events wherever this service set them aside."""
    region = settings().region
    for sink in sinks_of(service):
        if any(entry["stream"] == stream and entry["service"] == source for entry in sink.tracking.parked()):
            sink.retry(region, source, stream, skip_first=skip)


def recover(service: str, acknowledge: str) -> recovery.Recovered:
    """As `recovery.recover`; after an acknowledged loss every consumer forgets what is not in the log any more."""
    region = settings().region
    keys = SigningKeys.of(settings(), service)
    done = _with_nats(lambda js: recovery.recover(store_of(service), js, region, service, keys, acknowledge))
    if done.lost:
        for consumer in ALL:
            for views in copies_of(consumer):
                views.rewind(region, service, place(done.common)[0])
    return done


def copies_of(service: str) -> list[Views]:
    """The views, and the copy of grants and tree, that a service keeps."""
    views, access = views_of(service), Access(engine(settings().dsn(f"{service}-access")), settings().region, "")
    return [*([views] if views else []), access.views]


def verify() -> list[str]:
    """Everything that is wrong, twice seen: what was only on its way the first time is not."""
    wrong = _verify()
    if wrong:
        time.sleep(SETTLE_SECONDS)
        wrong = _verify()
    return wrong


def _verify() -> list[str]:
    wrong: list[str] = []
    for service in ALL:
        if state_of(service).store_type:
            wrong += _verify_stream(service)
        for views in copies_of(service):
            wrong += views.verify()
    return wrong


def _verify_stream(service: str) -> list[str]:
    store = store_of(service)
    return _with_nats(lambda js: recovery.verify(store, js, settings().region, service))


def _with_nats(work: Callable[[JetStreamContext], Awaitable[T]]) -> T:
    async def connected() -> T:
        client = await nats.connect(settings().nats, connect_timeout=2, max_reconnect_attempts=1)
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(connected())
