"""Reports and as-of queries at the size of a province, over HTTP: p95 of requests that name another county or another date each time."""
from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from deploy.divisions import JIANGXI, read
from deploy.servers import LOOPBACK, free_port
from services.projection import policies
from services.projection.api import router
from services.projection.main import SOURCES
from services.projection.reports import Reports
from services.projection.views import every_view
from services.projection.views.organisations import organisations
from shared.http import service
from shared.settings import Settings
from tests.api.caller import Names, give
from tests.bench.bench import Bench, Database
from tests.bench.measure import percentile
from tests.bench.province import COUNTY, PROVINCE, load

BAR_MS = 300
TEAM = 8  # executives of a village: 300,000 posts in the province
NOW, PAST = date(2026, 11, 20), date(2024, 6, 30)  # in this term, and in the one before


def run(bench: Bench) -> None:
    """A province in two sizes: the one the bar names, and one with village teams as large as they are."""
    for kind in bench.databases:
        whole = kind == "postgresql" and not bench.quick
        for team in (TEAM, None) if whole else (None,):
            one(bench, kind, PROVINCE if whole else COUNTY, team)


def one(bench: Bench, kind: Database, area: str, team: int | None) -> None:
    with bench.database(kind) as dsn:
        started = time.perf_counter()
        rows = load(dsn, area, team=team)
        bench.say(f"{kind}: {sum(rows.values()):,} rows in {time.perf_counter() - started:.0f} s: {rows}")
        size = f"{rows['organisations']:,} organisation rows, {rows['in office']:,} in office"
        with projection(bench, dsn) as client:
            measure(bench, f"{kind} ({size})", client, area)


def questions(area: str) -> dict[str, Callable[[int], str]]:
    """What is asked, by the number of the request."""
    counties = [d.code for d in read(JIANGXI, area) if d.level == "county"]
    whole = {"area": f"{area:0<12}", **({"level": "county"} if area == PROVINCE else {})}

    def county(n: int) -> str:
        return counties[n * 7 % len(counties)]

    def day(n: int) -> date:
        return PAST - timedelta(days=n)

    def recent(n: int) -> date:
        return NOW - timedelta(days=n % 21)

    return {
        "R01 by county": lambda n: path("R01", **whole, as_of=str(recent(n))),
        "R10 by county": lambda n: path("R10", **whole, as_of=str(recent(n))),
        "R10 by county, asked before": lambda n: path("R10", **whole, as_of=str(recent(0))),
        "R01 by county as of a past date": lambda n: path("R01", **whole, as_of=str(day(n))),
        "R10 by county as of a past date": lambda n: path("R10", **whole, as_of=str(day(n))),
        "roster of a county": lambda n: path("roster", area=county(n), as_of=str(NOW)),
        "roster of a county as of a past date": lambda n: path("roster", area=county(n), as_of=str(day(n))),
    }


def path(report: str, **asked: str) -> str:
    return f"/reports/{report}?{urlencode(asked)}"


def measure(bench: Bench, size: str, client: httpx.Client, area: str) -> None:
    for name, question in questions(area).items():
        times, bytes_ = [], 0
        for n in range(bench.size(24, 6)):
            started = time.perf_counter()
            answer = client.get(question(n))
            times.append(time.perf_counter() - started)
            answer.raise_for_status()
            if not answer.json()["rows"]:
                raise RuntimeError(f"{question(n)} shows nothing")
            bytes_ = max(bytes_, len(answer.content))
        p95 = percentile(times, 0.95)
        bench.add(f"{size}: {name}, first {times[0] * 1000:.0f}, p50 {percentile(times, 0.5):.0f} ms, {bytes_ // 1024} KB", p95, "ms p95",
                  bar=f"≤ {BAR_MS} ms", met=p95 <= BAR_MS)


@contextmanager
def projection(bench: Bench, dsn: str) -> Iterator[httpx.Client]:
    """The projection service in a process of its own, with a statistician, an officer of the county, an auditor, and no feeds."""
    port = free_port()
    process = get_context("spawn").Process(target=serve, args=(dsn, port, bench.folder), daemon=True)
    process.start()
    try:
        with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", headers={"Authorization": "Bearer statistician"}, timeout=60) as client:
            await_health(client)
            yield client
    finally:
        process.terminate()
        process.join(10)


def await_health(client: httpx.Client, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.get("/health").raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def serve(dsn: str, port: int, folder: Path) -> None:
    class Here(Settings):
        def dsn(self, name: str) -> str:
            return dsn if name == "projection-views" else f"sqlite:///{folder}/{name}-{port}.db"

    app = service("projection", Reports, [router], policies, views=every_view(), sources=SOURCES,
                  config=Here(mode="dev", data=folder), identity=Names(), nats=False)
    inside = app.router.lifespan_context

    @asynccontextmanager
    async def granted(running: FastAPI) -> AsyncIterator[Any]:
        async with inside(running) as state:
            with app.state.views.engine.connect() as c:
                at = {code: c.scalar(select(organisations.stream).where(organisations.code == f"{code:0<12}")) for code in (PROVINCE, COUNTY)}
            give(app, "statistician", "statistician")
            give(app, "auditor", "auditor", at[PROVINCE])
            give(app, "officer", "officer", at[COUNTY])
            yield state

    app.router.lifespan_context = granted
    uvicorn.run(app, host=LOOPBACK, port=port, log_level="warning", access_log=False)
