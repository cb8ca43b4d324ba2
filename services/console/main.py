"""The front door on :8000: a plain page that lists the services with their health, their facts and the links to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from prometheus_client.parser import text_string_to_metric_families

from shared.http.edge import Edge
from shared.http.problems import handle
from shared.http.standard import metrics
from shared.metrics import Metrics
from shared.settings import settings

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
NAMES = {
    "org": "组织与换届",
    "cadre": "干部与任职",
    "lecture": "志愿讲课课题库",
    "hotline": "12338 值班",
    "projection": "报表与审计",
    "keys": "密钥",
    "issuer": "登录（仅开发）",
}
templates = Jinja2Templates(HERE / "templates")


@dataclass(frozen=True)
class Seen:
    """What the page says of a service. `facts`: how many its log holds; `behind`: how many facts it has still to read."""

    name: str
    title: str
    url: str
    ready: bool
    facts: int | None = None
    behind: int | None = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(timeout=1.5) as client:
        app.state.client = client
        yield


app = FastAPI(title="HalfSky console", lifespan=lifespan, docs_url=None, redoc_url=None)
app.state.name, app.state.metrics = "console", Metrics("console")
app.add_middleware(Edge, headers={"Content-Security-Policy": POLICY})
handle(app)
app.add_api_route("/metrics", metrics)
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


@app.get("/health")
@app.get("/ready")
async def health() -> dict[str, str]:
    return {"status": "ok", "service": "console"}


@app.get("/")
async def overview(request: Request) -> Response:
    """服务一览."""
    names = [n for n in NAMES if n != "issuer" or settings().mode == "dev"]
    seen = await asyncio.gather(*(look(request.app.state.client, n) for n in names))
    return templates.TemplateResponse(request, "overview.html", {"services": seen, "projection": settings().url("projection")})


async def look(client: httpx.AsyncClient, name: str) -> Seen:
    url = settings().url(name)
    try:
        ready, told = await asyncio.gather(client.get(f"{url}/ready"), client.get(f"{url}/metrics"))
    except httpx.HTTPError:
        return Seen(name, NAMES[name], url, False)
    numbers: dict[str, float] = {}
    if told.status_code == 200:
        for family in text_string_to_metric_families(told.text):
            for s in family.samples:
                numbers[s.name] = numbers.get(s.name, 0) + s.value
    return Seen(
        name, NAMES[name], url, ready.status_code == 200, whole(numbers.get("halfsky_log_head")), whole(numbers.get("halfsky_feed_lag"))
    )


def whole(number: float | None) -> int | None:
    return None if number is None else int(number)
