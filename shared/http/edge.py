"""The outermost layer of every request: correlation, body limit, security headers, time taken, and no stack trace to the outside."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from fastapi import Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import unforeseen

__all__ = ["JSON_LIMIT", "Edge"]

JSON_LIMIT = 1024 * 1024
CORRELATION = re.compile(r"[0-9A-Za-z._:-]{1,64}\Z")
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Edge:
    """ASGI middleware. `scope["state"]` gets `correlation`, `headers` (added to the answer) and `body_limit` (an upload may raise it)."""

    def __init__(
        self, app: ASGIApp, headers: dict[str, str] | None = None, unforeseen: Callable[[Request, Exception], Response] = unforeseen
    ) -> None:
        self.app, self.safe, self.unforeseen = app, SAFE if headers is None else {**SAFE, **headers}, unforeseen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started, sent = time.perf_counter(), {"status": 0}
        state = scope.setdefault("state", {})
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-correlation-id"), "")
        state["correlation"] = given if CORRELATION.match(given) else str(uuid4())
        state["headers"] = {"X-Correlation-Id": state["correlation"]}
        state["body_limit"] = JSON_LIMIT

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                message = {**message, "headers": self.headers(message["headers"], state["headers"])}
            await send(message)

        try:
            await self.app(scope, self.limited(scope, receive), answer)
        except Exception as e:
            if sent["status"]:
                raise RuntimeError(f"{type(e).__name__} after the answer had begun") from None
            await self.unforeseen(Request(scope), e)(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", None) or "unknown"
            scope["app"].state.metrics.answered(scope["method"], route, sent["status"], time.perf_counter() - started)

    def headers(self, there: list[tuple[bytes, bytes]], more: dict[str, str]) -> list[tuple[bytes, bytes]]:
        names = {k.lower() for k, _ in there}
        new = [(k.lower().encode(), v.encode("latin-1")) for k, v in (self.safe | more).items()]
        return [*there, *((k, v) for k, v in new if k not in names)]

    def limited(self, scope: Scope, receive: Receive) -> Receive:
        """Counts what comes in and stops at the limit, whatever Content-Length says."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            limit = scope["state"]["body_limit"]
            if not taken and announced(scope) > limit:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        return counted


def announced(scope: Any) -> int:
    length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    return int(length) if length.isdigit() else 0
