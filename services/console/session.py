"""Signed-in sessions: the cookie holds a random secret, the database what only that secret opens; and the token every form must carry."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import anyio.to_thread
import sqlalchemy as sa
from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console import tables
from services.console.sealing import seal, unseal
from shared.settings import settings
from shared.tables import begin
from shared.vault import fingerprint_key

__all__ = ["UPLOAD_LIMIT", "NotSame", "Session", "Sessions", "SignIn", "current", "guarded"]

HOURS = 12
UPLOAD_LIMIT = 25 * 1024 * 1024
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


class SignIn(Exception):
    """The page is for people who have signed in; they come back to it afterwards."""


class NotSame(Exception):
    """A form that was not given out to this user."""


@dataclass
class Session:
    """What the console knows of a signed-in person. `me`: projection's answer to /me; `place`: the organisation she works for now."""

    token: str
    account: str = ""
    name: str = ""
    refresh: str = ""
    token_ends: float = 0.0
    me: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    positions: dict[str, str] = field(default_factory=dict)
    shortcuts: bool = True
    tips: bool = True  # 从这里开始 on the work list
    csrf: str = field(default_factory=lambda: secrets.token_hex(16))  # the account's own: a form outlives a sign-in in another window

    @property
    def grants(self) -> list[dict[str, Any]]:
        """Those for the organisation she works for now; all while she has not chosen."""
        every: list[dict[str, Any]] = self.me.get("grants", [])
        return [g for g in every if not self.place or g["organisation"] == self.place]

    @property
    def grant(self) -> dict[str, Any]:
        return self.grants[0] if self.grants else {}

    @property
    def areas(self) -> list[str]:
        """Organisations she may choose between."""
        return list(dict.fromkeys(str(g["organisation"]) for g in self.me.get("grants", [])))

    def may(self, permission: str) -> bool:
        """Whether she may do this anywhere: what a page offers; the service decides."""
        return permission in self.me.get("may", ())

    def mask(self) -> str:
        """The form token, different in every page, so that a compressed page gives nothing away."""
        pad = secrets.token_bytes(16)
        return (pad + bytes(a ^ b for a, b in zip(pad, bytes.fromhex(self.csrf), strict=True))).hex()

    def gave(self, token: str) -> bool:
        try:
            raw = bytes.fromhex(token)
        except ValueError:
            return False
        plain = bytes(a ^ b for a, b in zip(raw[:16], raw[16:], strict=False))
        return secrets.compare_digest(plain.hex(), self.csrf)


class Sessions:
    """ASGI middleware: `request.state.session` and `request.state.secret`, saved again when the page has changed it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            return await self.app(scope, receive, send)
        engine, state = scope["app"].state.engine, scope.setdefault("state", {})
        secret = sent(scope)
        found = await anyio.to_thread.run_sync(load, engine, secret) if secret else None
        state["session"], state["secret"] = found, secret if found else ""
        if found and any(k == b"content-type" and v.startswith(b"multipart/") for k, v in scope["headers"]):
            state["body_limit"] = UPLOAD_LIMIT
        before = json.dumps(asdict(found)) if found else ""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and found and state["session"] is found and json.dumps(asdict(found)) != before:
                await anyio.to_thread.run_sync(save, engine, secret, found)
            await send(message)

        await self.app(scope, receive, answer)


def sent(scope: Scope) -> str:
    """The cookie's secret."""
    jar = HTTPConnection(scope).cookies
    return jar.get("__Host-halfsky") or jar.get("halfsky", "")


def keys(secret: str) -> tuple[str, bytes]:
    """The row's id and the key of its content."""
    return hashlib.sha256(b"id" + secret.encode()).hexdigest(), hashlib.sha256(b"key" + secret.encode()).digest()


def load(engine: sa.Engine, secret: str) -> Session | None:
    id, key = keys(secret)
    with engine.connect() as c:
        row = c.execute(sa.select(tables.sessions.c.sealed, tables.sessions.c.ends).where(tables.sessions.c.id == id)).one_or_none()
    if row is None or row.ends < datetime.now(UTC):
        return None
    plain = unseal(key, row.sealed, id)
    try:
        return Session(**json.loads(plain)) if plain else None
    except TypeError:
        return None  # written by another version of this program: she signs in again


def save(engine: sa.Engine, secret: str, session: Session) -> None:
    id, key = keys(secret)
    sealed = seal(key, json.dumps(asdict(session)).encode(), id)
    with begin(engine) as c:
        c.execute(sa.update(tables.sessions).where(tables.sessions.c.id == id).values(sealed=sealed))


def start(engine: sa.Engine, session: Session) -> str:
    """A new session's secret, for the cookie. Sessions that have ended are swept out."""
    secret = secrets.token_urlsafe(32)
    id, _ = keys(secret)
    now = datetime.now(UTC)
    with begin(engine) as c:
        c.execute(sa.delete(tables.sessions).where(tables.sessions.c.ends < now))
        c.execute(sa.insert(tables.sessions).values(id=id, sealed=b"", ends=now + timedelta(hours=HOURS)))
    save(engine, secret, session)
    return secret


def end(engine: sa.Engine, secret: str) -> None:
    with begin(engine) as c:
        c.execute(sa.delete(tables.sessions).where(tables.sessions.c.id == keys(secret)[0]))


def form_token(account: str) -> str:
    """The same for all sessions of an account, so that a form filled in before a sign-in can be sent after it."""
    return hmac.new(fingerprint_key(settings()), b"console form\0" + account.encode(), hashlib.sha256).hexdigest()[:32]


def current(request: Request) -> Session:
    """The session, for `Depends`. Raises SignIn without one."""
    found: Session | None = getattr(request.state, "session", None)
    if found is None:
        raise SignIn
    return found


async def guarded(request: Request) -> None:
    """Every page but sign-in and health: signed in, and changes only by forms given out to her. Raises NotSame."""
    session = current(request)
    if request.method in CHANGING:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise NotSame
        token = request.headers.get("x-csrf-token") or str((await request.form()).get("csrf", ""))
        if not session.gave(token):
            raise NotSame


def back(request: Request) -> str:
    """Where to go after signing in: this page, if it can be asked for again."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?next={quote(path, safe='')}" if request.method == "GET" and path != "/" else "/login"


def local(path: str) -> str:
    """`path` if it stays in this console, else the work list: nobody is sent elsewhere by a link."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path else "/"
