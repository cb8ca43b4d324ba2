"""The reader's language: Chinese unless she has chosen otherwise."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.words import LANGUAGES

__all__ = ["COOKIE", "Language"]

COOKIE = "language"


class Language:
    """ASGI middleware: sets `request.state.language`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            chosen = HTTPConnection(scope).cookies.get(COOKIE)
            scope.setdefault("state", {})["language"] = chosen if chosen in LANGUAGES else "zh-CN"
        await self.app(scope, receive, send)
