"""From the command to the report: a relief posted to cadre at a steady rate, until roster, audit and R10 show it. Late starts count as waiting."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from deploy.divisions import JIANGXI, read
from deploy.seed.plan import province
from tests.bench.bench import Bench, Database
from tests.bench.client import Answer, Client
from tests.bench.measure import percentile
from tests.bench.stack import Stack, stack

COUNTY, TOWNSHIP = "360121", "360121100"
BAR_MS, BAR_RATE = 1000, 20
RATES = (20, 100)
NAMES = ("org", "cadre", "lecture", "hotline", "projection")
SPARE = 64  # connections at most to each service


class Post(NamedTuple):
    """An appointment that runs, and whose it is."""

    appointment: UUID
    organisation: UUID


def run(bench: Bench) -> None:
    area = TOWNSHIP if bench.quick else COUNTY
    for kind in bench.databases:
        left = posts(area)
        with stack(bench, kind, area, NAMES) as services:
            services.await_level(NAMES)
            asyncio.run(known(services, next(left)))
            asyncio.run(flow(services, left, 5, 2))  # everything is caught up and warm
            for rate in RATES:
                measure(bench, kind, services, left, rate)


def posts(area: str) -> Iterator[Post]:
    """Executives without an office, one organisation after the other, so that no two wait for the same roster."""
    by_place: dict[UUID, list[Post]] = {}
    for p in province(read(JIANGXI, area)):
        if p.organisation and p.level == "village" and p.division.code.startswith(area):
            running = [Post(x.appointment, p.organisation) for x in p.posts if x.until is None and x.role == "executive_member"]
            by_place[p.organisation] = running
    while by_place:
        for place in list(by_place):
            if by_place[place]:
                yield by_place[place].pop()
            else:
                del by_place[place]


def measure(bench: Bench, kind: Database, services: Stack, left: Iterator[Post], rate: int) -> None:
    answered, visible = asyncio.run(flow(services, left, rate, bench.size(10 if rate == BAR_RATE else 4, 2)))
    p50, p99 = percentile(visible, 0.5), percentile(visible, 0.99)
    what = f"{kind}, {rate} reliefs/s: answered p50 {percentile(answered, 0.5):.0f}, in the report p50 {p50:.0f} ms"
    barred = rate == BAR_RATE
    bench.add(what, p99, "ms p99", bar=f"≤ {BAR_MS} ms" if barred else "", met=p99 <= BAR_MS if barred else None)


async def known(services: Stack, post: Post) -> None:
    """Waits until the copies of grants, tree and posts have come."""
    county, auditor = services.token("county"), services.token("auditor")
    asked = [(Client(services.ports["cadre"], county), f"/appointments/{post.appointment}"),
             *((Client(services.ports["projection"], token), path) for token, path in zip((county, auditor, county), paths(post), strict=True))]
    until = time.monotonic() + 60
    for client, path in asked:
        while (answer := await client.get(path)).status != 200 or b"es-behind" in answer.headers:
            need(answer, time.monotonic() < until)
            await asyncio.sleep(0.1)
        client.close()


async def flow(services: Stack, left: Iterator[Post], rate: int, seconds: int) -> tuple[list[float], list[float]]:
    """Seconds from the moment a command was due until its answer, and until a report shows it."""
    county, auditor = services.token("county"), services.token("auditor")
    writers = Connections(services.ports["cadre"], county)
    readers = [Connections(services.ports["projection"], token) for token in (county, auditor, county)]
    answered: list[float] = []
    visible: list[float] = []

    async def one(n: int, post: Post, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        said = await writers.post(f"/appointments/{post.appointment}/relief",
                                  {"effective": str(date.today()), "end_reason": "resigned", "reason": "本人申请辞去职务"})
        need(said, said.status == 200)
        answered.append(time.perf_counter() - due)
        position = said.headers[b"es-position"].decode()
        while not shown(n % 3, post, await readers[n % 3].get(paths(post)[n % 3], Es_Position=position)):
            await asyncio.sleep(0.01)
        visible.append(time.perf_counter() - due)

    start = time.perf_counter() + 0.1
    await asyncio.gather(*(one(n, post, start + n / rate) for n, post in zip(range(rate * seconds), left, strict=False)))
    if len(visible) < rate * seconds:
        raise RuntimeError(f"only {len(visible)} appointments were left to end")
    return answered, visible


def paths(post: Post) -> list[str]:
    return [f"/reports/roster?area={post.organisation}", f"/audit/appointments/{post.appointment}", f"/reports/R10?area={post.organisation}"]


def shown(which: int, post: Post, answer: Answer) -> bool:
    need(answer, answer.status == 200)
    if b"es-behind" in answer.headers:
        return False
    rows = answer.json()["rows"]
    if which == 0:
        return str(post.appointment) not in {r["appointment"] for r in rows}
    return which == 2 or rows[-1]["kind"] == "ended"


def need(answer: Answer, right: bool) -> None:
    if not right:
        raise RuntimeError(f"{answer.status}: {answer.body[:600].decode()}")


class Connections:
    """Hands a request to whichever connection is free."""

    def __init__(self, port: int, token: str) -> None:
        self.free: asyncio.LifoQueue[Client] = asyncio.LifoQueue()
        for _ in range(SPARE):
            self.free.put_nowait(Client(port, token))

    async def post(self, path: str, body: object) -> Answer:
        client = await self.free.get()
        answer = await client.post(path, body)
        self.free.put_nowait(client)
        return answer

    async def get(self, path: str, **headers: str) -> Answer:
        client = await self.free.get()
        answer = await client.get(path, **headers)
        self.free.put_nowait(client)
        return answer
