"""Live events/s from the log over relay, JetStream (sync_interval: always) and feed into all views of the reports, each half in its own process."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from uuid import uuid4

from services.projection.views import every_view
from shared import es
from shared.es import open_store
from shared.feed import Feed
from shared.signing import PublishedKeys
from shared.sinks import ViewsSink
from shared.view import Views, engine
from tests.bench.bench import Bench
from tests.bench.origin import KEYS, SERVICE, Appointments, Origin, origin

HOURS = 3600.0


def run(bench: Bench) -> None:
    for kind in bench.databases:
        with bench.database(kind) as log, bench.database(kind) as read:
            region, views = uuid4().hex[:8], Views(engine(read), every_view())
            with origin(log, bench.nats.url, region) as source:
                behind(bench, kind, region, views, source, log)
                live(bench, kind, region, views, source, log)
            views.engine.dispose()


def behind(bench: Bench, kind: str, region: str, views: Views, source: Origin, log: str) -> None:
    """The relay meets a log that it has not published, the feed waits at the stream's start: all in full blocks."""
    source.ask("append", 1)
    source.ask("relay")
    head = 0
    with feeding(bench, region, views, log):
        reached(views, region, source.ask("append", 1))  # both ends stand
        started = time.perf_counter()
        was = views.positions()[region, SERVICE]
        head = source.ask("append", bench.size(20_000, 1_500))
        written = time.perf_counter() - started
        reached(views, region, head)
        took = time.perf_counter() - started
    bench.add(f"{kind}: {head - was:,} events appended at once in {written:.1f} s, log → views in {took:.1f} s", (head - was) / took, "events/s")


def live(bench: Bench, kind: str, region: str, views: Views, source: Origin, log: str) -> None:
    """Eight clients command at full speed; the views are behind by as long as it takes them after the last answer."""
    with feeding(bench, region, views, log):
        reached(views, region, source.ask("append", 1))
        started = time.perf_counter()
        was = views.positions()[region, SERVICE]
        head = source.ask("live", bench.size(6, 1), 8)
        written = time.perf_counter() - started
        reached(views, region, head)
        took = time.perf_counter() - started
    bench.add(f"{kind}: 8 clients wrote {(head - was) / written:,.0f} events/s for {written:.0f} s, visible {took - written:.2f} s after the last",
              (head - was) / took, "events/s")


def reached(views: Views, region: str, head: int) -> None:
    if not views.wait({(region, SERVICE): head}, 120):
        raise RuntimeError(f"the views stand at {views.positions()}, not at {head}")


@contextmanager
def feeding(bench: Bench, region: str, views: Views, log: str) -> Iterator[None]:
    """The feed in a thread; its watch and its pages play no part while the stream flows."""
    store, loop, stop = open_store(Appointments, log), asyncio.new_event_loop(), asyncio.Event()

    async def pages(after: int, limit: int) -> Sequence[bytes]:
        return [es.line(n) for n in await asyncio.to_thread(store.recorder.select_notifications, after, limit, inclusive_of_start=False)]

    async def head() -> int:
        return store.recorder.max_notification_id() or 0

    async def keys() -> dict[str, str]:
        return KEYS.published()

    published = PublishedKeys(f"{region}/{SERVICE}", keys)
    feed = Feed(region, SERVICE, "bench", ViewsSink(views, region, SERVICE), pages, head, published, bench.nats.url, ask_seconds=HOURS)
    thread = Thread(target=loop.run_until_complete, args=(feed.run(stop),), daemon=True)
    thread.start()
    while not (feed._subscriber and feed._subscriber.running):
        time.sleep(0.02)
    try:
        yield
        bench.say(f"{feed.delivery.blocks} blocks, {feed.delivery.gaps} gaps, {feed.errors} errors")
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        store.close()
