"""The example service of tests/views/example.py with a store, and what connects it to NATS and to views."""
from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar
from uuid import UUID

import nats as client

from shared import es
from shared.es import Event, Store, open_store
from shared.fact import Fact, new_id
from shared.feed import Feed
from shared.relay import Relay, stream_name
from shared.signing import PublishedKeys, SigningKeys
from shared.sinks import ViewsSink
from shared.view import Views, engine
from tests.views.example import GuestArrived, Guests, HouseBuilt, HouseRenamed, Houses


class House: ...


class Guest: ...


def last(was: object, fact: Fact) -> Fact:
    return fact


class Inn(Store):
    name = "inn"
    evolve: ClassVar = {House: last, Guest: last}

    def build(self, id: UUID, label: str = "Inn") -> object:
        return self.do(f"build-{id}", {House: id}, lambda was: HouseBuilt(label=label, built_on=date(2020, 1, 1)))

    def rename(self, id: UUID, label: str, key: str = "") -> object:
        return self.do(key or str(new_id()), {House: id}, lambda was: HouseRenamed(label=label, effective=date(2026, 3, 1)))

    def arrive(self, id: UUID, house: UUID) -> object:
        return self.do(str(new_id()), {Guest: id}, lambda was: GuestArrived(house=house))

    def fill(self, count: int) -> list[UUID]:
        """So many houses, one event each, in as few appends as possible."""
        ids = [new_id() for _ in range(count)]
        for start in range(0, count, 500):
            self.batch([partial(self.build, id) for id in ids[start:start + 500]])
        return ids

    def lines(self) -> list[bytes]:
        return [es.line(n) for n in self.recorder.pages()]


@dataclass
class Source:
    """The log as a consumer reads it over HTTP; tests may cut it off or count what is asked."""

    store: Inn
    asked: list[int] = field(default_factory=list)
    down: bool = False

    async def pages(self, after: int, limit: int) -> Sequence[bytes]:
        if self.down:
            raise ConnectionError
        self.asked.append(after)
        return [es.line(n) for n in await asyncio.to_thread(self.store.recorder.select_notifications, after, limit, inclusive_of_start=False)]

    async def head(self) -> int:
        if self.down:
            raise ConnectionError
        return self.store.recorder.max_notification_id() or 0


KEYS = SigningKeys(Path(mkdtemp(prefix="halfsky-inn-")) / "signing")  # all inns sign alike


async def keys() -> dict[str, str]:
    return KEYS.published()


def inn_of(dsn: str) -> Inn:
    return open_store(Inn, dsn)


def views_of(dsn: str) -> Views:
    return Views(engine(dsn), [Houses(), Guests()])


def feed_of(region: str, views: Views, source: Source, url: str, **more: Any) -> Feed:
    return Feed(region, "inn", "reader", ViewsSink(views, region, "inn"), source.pages, source.head,
                PublishedKeys(f"{region}/inn", keys), url,
                **{"watch_seconds": 0.2, "ask_seconds": 0.5, **more})


@asynccontextmanager
async def running(*parts: Relay | Feed):
    stop = asyncio.Event()
    tasks = [asyncio.create_task(p.run(stop)) for p in parts]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it did not come to pass"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def jetstream(url: str):
    connection = await client.connect(url)
    try:
        yield connection.jetstream(timeout=2)
    finally:
        await connection.close()


async def published(js, region: str) -> list[bytes]:
    """All lines of the stream, oldest first."""
    state = (await js.stream_info(stream_name(region, "inn"))).state
    found: list[bytes] = []
    for sequence in range(state.first_seq, state.last_seq + 1):
        found += (await js.get_msg(stream_name(region, "inn"), sequence)).data.split(b"\n")
    return found


def parsed(lines: Sequence[bytes]) -> list[Event]:
    return [Event.from_line(x) for x in lines]


def forged(region: str, store: Inn, label: str) -> tuple[dict[str, str], bytes]:
    """A block that follows the log's last event and names a house anew, as an intruder who holds the password would write it."""
    [*_, last] = store.recorder.pages()
    told = json.loads(es.line(last))
    body = told["state"]["body"]
    told |= {"position": last.id + 1, "version": 1, "stream": str(new_id())}
    body |= {"id": str(new_id()), "version": 1, "fact": {"label": label, "built_on": "2020-01-01"}}
    return {"Es-Prev": es.reference(last), "Es-Last": f"{last.id + 1}/{body['id']}"}, json.dumps(told, separators=(",", ":")).encode()
