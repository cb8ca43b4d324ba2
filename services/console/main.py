"""The console on :8000: server-rendered pages over the other services' HTTP APIs, for people, in Chinese first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules
from urllib.parse import urlsplit

import httpx
from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from services.console import failures, held, pages, static, tables
from services.console.language import Language
from services.console.pages.login import renewed
from services.console.session import Sessions, guarded
from shared.http.edge import Edge
from shared.http.standard import metrics
from shared.identity import Keys
from shared.metrics import Metrics
from shared.settings import Settings, settings

__all__ = ["app", "console"]

TIMEOUT = httpx.Timeout(20.0, connect=3.0)


def policy(s: Settings) -> str:
    """What a page may load and where its forms may go: this console, and the issuer that a sign-in form is sent on to."""
    issuer = urlsplit(s.issuer)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"form-action 'self' {issuer.scheme}://{issuer.netloc}; base-uri 'none'; frame-ancestors 'none'"
    )


def headers(s: Settings) -> dict[str, str]:
    more = {"Strict-Transport-Security": "max-age=31536000"} if s.mode == "prod" else {}
    return {"Content-Security-Policy": policy(s), "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", **more}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    s = settings()
    app.state.engine = tables.opened(s)
    held.sweep(app.state.engine)
    app.state.keys = Keys(s.issuer, s.mode == "dev")
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        app.state.client = getattr(app.state, "stand_in", None) or client  # a test's own services
        yield
    app.state.engine.dispose()


def console() -> FastAPI:
    """The app: every module of `pages` gives a `router` for people who have signed in, and may give a `public` one."""
    made = FastAPI(title="HalfSky console", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    made.state.name, made.state.metrics = "console", Metrics("console")
    for middleware in (Sessions, Language):
        made.add_middleware(middleware)
    made.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=6)
    made.add_middleware(Edge, headers=headers(settings()), unforeseen=failures.unforeseen)
    failures.handle(made)
    made.add_api_route("/metrics", metrics)
    made.include_router(static.router)
    for found in sorted(iter_modules(pages.__path__), key=lambda m: m.name):
        module = import_module(f"{pages.__name__}.{found.name}")
        if hasattr(module, "public"):
            made.include_router(module.public)
        if hasattr(module, "router"):
            made.include_router(module.router, dependencies=[Depends(guarded), Depends(renewed)])
    return made


app = console()
