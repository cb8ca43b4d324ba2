"""The state of the services, for whoever runs them: health, facts, links; and this service's own health."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx
from fastapi import APIRouter, Request, Response
from prometheus_client.parser import text_string_to_metric_families

from services.console.render import page
from services.console.words import N_
from shared.settings import settings

__all__ = ["public"]

NAMES = {
    "org": N_("组织与换届"),
    "cadre": N_("干部与任职"),
    "lecture": N_("志愿讲课课题库"),
    "hotline": N_("12338 值班"),
    "projection": N_("报表与审计"),
    "keys": N_("密钥"),
    "issuer": N_("登录（仅开发）"),
}
public = APIRouter()


@dataclass(frozen=True)
class Seen:
    """What the page says of a service. `facts`: how many its log holds; `behind`: how many facts it has still to read."""

    name: str
    title: str
    url: str
    ready: bool
    facts: int | None = None
    behind: int | None = None


@public.get("/health")
@public.get("/ready")
async def health() -> dict[str, str]:
    return {"status": "ok", "service": "console"}


@public.get("/services")
async def services(request: Request) -> Response:
    names = [n for n in NAMES if n != "issuer" or settings().mode == "dev"]
    seen = await asyncio.gather(*(look(request.app.state.client, n) for n in names))
    return page(request, "services.html", services=seen, projection=settings().url("projection"))


async def look(client: httpx.AsyncClient, name: str) -> Seen:
    url = settings().url(name)
    try:
        ready, told = await asyncio.gather(client.get(f"{url}/ready", timeout=1.5), client.get(f"{url}/metrics", timeout=1.5))
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
