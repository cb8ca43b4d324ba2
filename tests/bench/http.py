"""Commands/s through real HTTP: one unit listed a request, by 1, 8 and 64 clients with a kept connection each, against one org process."""
from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

from deploy.divisions import JIANGXI, read
from deploy.seed.plan import province
from tests.bench.bench import Bench
from tests.bench.client import Client
from tests.bench.measure import percentile
from tests.bench.stack import Stack, stack

TOWNSHIP = "360121100"
AREAS = [str(p.organisation) for p in province(read(JIANGXI, TOWNSHIP)) if p.organisation and p.division.code.startswith(TOWNSHIP)]
CLIENTS = (1, 8, 64)


def run(bench: Bench) -> None:
    for kind in bench.databases:
        with stack(bench, kind, TOWNSHIP, ("org",)) as services:
            for clients in CLIENTS:
                per_second, took = asyncio.run(load(services, clients, bench.size(5, 1)))
                spread = f"p50 {percentile(took, 0.5):.1f}, p99 {percentile(took, 0.99):.1f} ms"
                bench.add(f"{kind}, {clients} clients: POST /units, {spread}", per_second, "commands/s")


def unit(client: int) -> dict[str, Any]:
    """Clients work in areas of their own, as officers do: commands on one organisation wait for each other."""
    return {"unit_name": f"示例单位{uuid4().hex[:8]}", "level": "village", "field": "enterprise", "area": AREAS[client % len(AREAS)],
            "listed_on": "2026-03-01", "reason": "年度摸底"}


async def load(services: Stack, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Commands a second and the seconds each took."""
    token = services.token("county")
    workers = [Client(services.ports["org"], token) for _ in range(clients)]
    for n, w in enumerate(workers):
        listed(await w.post("/units", unit(n)))  # connected, token and statements known
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def work(n: int) -> None:
        while (started := time.perf_counter()) < until:
            listed(await workers[n].post("/units", unit(n)))
            took.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*map(work, range(clients)))
    per_second = len(took) / (time.perf_counter() - started)
    for w in workers:
        w.close()
    return per_second, took


def listed(answer: Any) -> None:
    if answer.status != 201:
        raise RuntimeError(f"{answer.status}: {answer.body[:500].decode()}")
