"""The reader's language: Chinese unless she has chosen otherwise."""

from __future__ import annotations

from http.cookies import SimpleCookie

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
            jar: SimpleCookie = SimpleCookie()
            for key, value in scope["headers"]:
                if key == b"cookie":
                    jar.load(value.decode("latin-1"))
            chosen = jar[COOKIE].value if COOKIE in jar else "zh-CN"
            scope.setdefault("state", {})["language"] = chosen if chosen in LANGUAGES else "zh-CN"
        await self.app(scope, receive, send)
