"""The routes every service has: /health, /ready, /metrics, and its log in pages for other services."""

from __future__ import annotations

import gzip
from typing import Annotated

import anyio.to_thread
import orjson
from fastapi import APIRouter, Request, Response
from fastapi import Query as Parameter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import es
from shared.http.problems import Forbidden
from shared.http.who import Bearer
from shared.identity import Principal

__all__ = ["log_router", "router"]

router = APIRouter(tags=["service"])
log_router = APIRouter(tags=["service"])
PAGE_EVENTS, PAGE_BYTES = 1000, 4 * 1024 * 1024


@router.get("/health")
async def health(request: Request) -> dict[str, str]:
    """The process lives."""
    return {"status": "ok", "service": request.app.state.name}


@router.get("/ready")
async def ready(request: Request) -> Response:
    """The databases answer and no source has forked; lag is a metric, not unreadiness."""
    state = request.app.state

    def reasons() -> list[str]:
        found = ["forked"] if any(f.forked for f in state.feeds) else []
        try:
            if state.store:
                state.store.recorder.max_notification_id()
            for views in (state.views, state.access.views):
                if views:
                    views.positions()
        except Exception as e:  # whatever the driver calls it: not ready
            found.append(f"database: {type(e).__name__}")
        return found

    why = await anyio.to_thread.run_sync(reasons)
    return Response(orjson.dumps({"ready": not why, "why": why}), 503 if why else 200, media_type="application/json")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


@log_router.get("/notifications")
def notifications(
    request: Request,
    caller: Bearer,
    after: Annotated[int, Parameter(ge=0)] = 0,
    limit: Annotated[int, Parameter(ge=1, le=PAGE_EVENTS)] = PAGE_EVENTS,
) -> Response:
    """The log after a position, one stored event a line (NDJSON), for services only. `Es-Head`: the last position there is."""
    reads_the_log(request, caller)
    state = request.app.state
    head = state.store.recorder.max_notification_id() or 0
    lines, size = list[bytes](), 0
    for n in state.store.recorder.select_notifications(after, limit, inclusive_of_start=False):
        line = es.line(n) + b"\n"
        size += len(line)
        if lines and size > PAGE_BYTES:
            break
        lines.append(line)
    body, headers = b"".join(lines), {"Es-Head": str(head), "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", "") and len(body) > 1024:
        body, headers = gzip.compress(body, 1), {**headers, "Content-Encoding": "gzip"}
    return Response(body, 200, headers, "application/x-ndjson")


@log_router.get("/signing-keys")
def signing_keys(request: Request, caller: Bearer) -> dict[str, dict[str, str]]:
    """The public halves of the keys that this service signs its blocks with, for services only: key id -> Ed25519 key in base64url."""
    reads_the_log(request, caller)
    return {"keys": request.app.state.signing.published()}


def reads_the_log(request: Request, caller: Principal) -> None:
    """A service that may read this one's log; Forbidden otherwise."""
    readers = request.app.state.readers
    if not (caller.service and "log:read" in caller.scopes and (readers is None or caller.client in readers)):
        raise Forbidden("log:read")
