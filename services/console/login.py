"""Sign-in by OpenID Connect: authorization code with PKCE, state and nonce, against whichever issuer is configured."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError

from services.console.session import Session, form_token
from shared.identity import ALGORITHMS, Keys, KeysUnavailable
from shared.settings import Settings, settings

__all__ = ["Attempt", "Failed", "about", "exchange", "origin", "refreshed"]

SCOPE = "openid offline_access"
TIMEOUT = 8.0


class Failed(Exception):
    """Sign-in did not work. Why is for the metric; the page never says which part was wrong."""


@dataclass(frozen=True)
class Attempt:
    """What this browser must bring back: kept in its own short-lived cookie."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def new(cls, next: str) -> Attempt:
        return cls(secrets.token_urlsafe(16), secrets.token_urlsafe(16), secrets.token_urlsafe(48), next)

    @classmethod
    def read(cls, cookie: str) -> Attempt:
        try:
            return cls(*json.loads(base64.urlsafe_b64decode(cookie)))
        except (ValueError, TypeError):
            raise Failed("cookie") from None

    def cookie(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.state, self.nonce, self.verifier, self.next]).encode()).decode()

    def address(self, endpoint: str, redirect: str, **more: str) -> str:
        """Where the browser goes to sign in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"response_type": "code", "client_id": client(settings()), "redirect_uri": redirect, "scope": SCOPE, "state": self.state}
        asked |= {"nonce": self.nonce, "code_challenge": challenge, "code_challenge_method": "S256", **more}
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


def client(s: Settings) -> str:
    return s.client_id or "console"


def origin(request: Request) -> str:
    """This console's own address; under `make run` whichever loopback name the browser used."""
    host = request.headers.get("host", "")
    if settings().mode == "dev" and urlsplit(f"//{host}").hostname in ("localhost", "127.0.0.1", "::1"):
        return f"http://{host}"
    return settings().url("console").rstrip("/")


async def about(web: httpx.AsyncClient) -> dict[str, Any]:
    """The issuer's discovery document. Failed when there is none, or it is not the issuer's, or a development one in production."""
    s = settings()
    try:
        found: dict[str, Any] = (
            (await web.get(f"{s.issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT)).raise_for_status().json()
        )
    except (httpx.HTTPError, ValueError):
        raise Failed("issuer_unreachable") from None
    if found.get("issuer") != s.issuer or (found.get("halfsky_development") and s.mode != "dev"):
        raise Failed("wrong_issuer")
    return found


async def exchange(web: httpx.AsyncClient, keys: Keys, attempt: Attempt, code: str, redirect: str) -> Session:
    """The session for an authorization code; its grants are not known yet."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": attempt.verifier}
    told = await tokens(web, form)
    claims = await checked(keys, str(told.get("id_token", "")))
    if not secrets.compare_digest(str(claims.get("nonce", "")), attempt.nonce):
        raise Failed("nonce")
    name = str(claims.get("name") or claims.get("preferred_username") or "")
    account = f"{claims['iss']}|{claims['sub']}"
    return filled(Session(token="", account=account, name=name, csrf=form_token(account)), told)


async def refreshed(web: httpx.AsyncClient, session: Session) -> None:
    """A new access token shortly before the old one ends, if the issuer gave a refresh token."""
    if session.refresh and session.token_ends - time.time() < 60:
        filled(session, await tokens(web, {"grant_type": "refresh_token", "refresh_token": session.refresh}))


def filled(session: Session, told: dict[str, Any]) -> Session:
    session.token, session.refresh = str(told["access_token"]), str(told.get("refresh_token") or session.refresh)
    session.token_ends = time.time() + float(told.get("expires_in", 300))
    return session


async def tokens(web: httpx.AsyncClient, form: dict[str, str]) -> dict[str, Any]:
    s = settings()
    endpoint = str((await about(web))["token_endpoint"])
    form = {**form, "client_id": client(s)} | ({"client_secret": s.client_secret} if s.client_secret else {})
    try:
        answer = await web.post(endpoint, data=form, timeout=TIMEOUT)
        told: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        raise Failed("token_endpoint") from None
    if answer.status_code != 200 or not told.get("access_token"):
        raise Failed("token_refused")
    return told


async def checked(keys: Keys, token: str) -> dict[str, Any]:
    """The claims of an ID token for this client."""
    s = settings()
    rules = jwt.JWTClaimsRegistry(
        leeway=5,
        iss={"essential": True, "value": s.issuer},
        aud={"essential": True, "value": client(s)},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        kid = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "==="))["kid"]
        found = jwt.decode(token, await keys.get(str(kid)), algorithms=ALGORITHMS)
        rules.validate(found.claims)
    except (JoseError, KeysUnavailable, KeyError, ValueError, TypeError):
        raise Failed("id_token") from None
    return dict(found.claims)
