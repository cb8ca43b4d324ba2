"""From a bearer token to who is calling: OIDC access tokens of RFC 9068, checked with joserfc against the issuer's published keys."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import secrets
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from shared.settings import Settings

__all__ = [
    "ALGORITHMS",
    "Claims",
    "Identity",
    "Keys",
    "KeysUnavailable",
    "Principal",
    "Rejected",
    "ServiceToken",
    "development_secret",
    "service_token",
]

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")  # the last two are one: RFC 8037's name and RFC 9864's
FRESH_SECONDS, COOLDOWN_SECONDS, STALE_SECONDS = 300, 30, 3600
LEEWAY_SECONDS = 5
MAX_TOKEN_BYTES = 16 * 1024


class Rejected(Exception):
    """The token is no good. `why` is a code for the log and the metric; the caller only learns that it was refused."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class KeysUnavailable(Exception):
    """The issuer's keys cannot be had, and what was cached is too old."""


@dataclass(frozen=True)
class Principal:
    """Who holds the token. `account` is `<issuer>|<subject>`; `service`: a program with scopes of its own, which never has grants."""

    account: str
    client: str | None
    scopes: frozenset[str]
    service: bool


class Claims(Protocol):
    """What the edge needs of an identity: tests and the development issuer's tests bring their own."""

    async def check(self, token: str) -> Principal: ...


@dataclass
class Keys:
    """The issuer's key set: fetched again when old or for an unknown key id, at most once in 30 s; kept ≤ 1 h while the issuer is down."""

    issuer: str
    development: bool = True  # whether the development issuer's keys are acceptable
    found: KeySet | None = None
    fetched: float = float("-inf")
    tried: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, kid: str) -> KeySet:
        if self.stands(kid):
            return self.known()
        async with self.lock:
            if not self.stands(kid) and time.monotonic() - self.tried >= COOLDOWN_SECONDS:
                self.tried = time.monotonic()
                await self.fetch()
        return self.known()

    def stands(self, kid: str) -> bool:
        known = self.found is not None and any(k.kid == kid for k in self.found.keys)
        return known and time.monotonic() - self.fetched < FRESH_SECONDS

    def known(self) -> KeySet:
        if self.found is None or time.monotonic() - self.fetched > STALE_SECONDS:
            raise KeysUnavailable
        return self.found

    async def fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                about = (await client.get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")).raise_for_status().json()
                if about.get("issuer") != self.issuer or (about.get("halfsky_development") and not self.development):
                    return
                published = (await client.get(about["jwks_uri"])).raise_for_status().json()
            usable = [
                k for k in published["keys"] if k.get("kty") in ("RSA", "EC", "OKP") and k.get("kid") and k.get("use", "sig") == "sig"
            ]
            self.found, self.fetched = KeySet.import_key_set({"keys": usable}), time.monotonic()
        except (httpx.HTTPError, JoseError, KeyError, TypeError, ValueError):
            return  # the issuer is down or talks nonsense: what is cached serves on, until it is too old


class Identity:
    """Checks tokens of one issuer for one audience."""

    def __init__(self, issuer: str, audience: str, typ: str = "at+jwt", development: bool = False) -> None:
        self.issuer, self.audience, self.typ = issuer, audience, typ.lower()
        self.keys = Keys(issuer, development)
        self.registry = JWSRegistry(algorithms=ALGORITHMS)
        self.registry.max_header_length = 2048

    @classmethod
    def of(cls, s: Settings) -> Identity:
        return cls(s.issuer, s.oidc_audience, s.oidc_typ, development=s.mode == "dev")

    async def check(self, token: str) -> Principal:
        """Who holds the token. Raises Rejected, or KeysUnavailable when nobody can tell."""
        if len(token) > MAX_TOKEN_BYTES or token.count(".") != 2:
            raise Rejected("malformed")
        kid = header(token).get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= 200:
            raise Rejected("no_key_id")
        keys = await self.keys.get(kid)
        if all(k.kid != kid for k in keys.keys):
            raise Rejected("unknown_key")
        try:
            found = jwt.decode(token, keys, registry=self.registry)
            self.claims().validate(found.claims)
        except (JoseError, ValueError, TypeError) as e:
            raise Rejected(getattr(e, "error", "") or type(e).__name__) from None
        typ = found.header.get("typ")
        if not isinstance(typ, str) or typ.lower().removeprefix("application/") != self.typ:
            raise Rejected("wrong_type")
        return principal(found.claims)

    def claims(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            exp={"essential": True},
            aud={"essential": True, "value": self.audience},
            sub={"essential": True},
            iat={"essential": True},
        )


def header(token: str) -> dict[str, Any]:
    """The unverified header: only good for finding the key."""
    part = token.partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        raise Rejected("malformed") from None
    if not isinstance(found, dict):
        raise Rejected("malformed")
    return found


def principal(claims: dict[str, Any]) -> Principal:
    """RFC 9068: a client acting for itself has its own id as subject."""
    client = claims.get("client_id")
    scopes = claims.get("scope", "")
    if not isinstance(scopes, str) or "|" in claims["iss"]:
        raise Rejected("invalid_claim")
    return Principal(
        f"{claims['iss']}|{claims['sub']}", client if isinstance(client, str) else None, frozenset(scopes.split()), client == claims["sub"]
    )


def development_secret(s: Settings, client: str, create: bool = False) -> str | None:
    """A client's secret under `make run`, derived from a random file beside the data; None in production, or before there is one."""
    file = s.data / "issuer.secret"
    if s.mode != "dev":
        return None
    if create and not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(32))
    return hmac.new(file.read_bytes(), client.encode(), "sha256").hexdigest() if file.exists() else None


def service_token(s: Settings, service: str, scope: str) -> ServiceToken | None:
    """How this service shows who it is: by its configured client, under `make run` by the development issuer's; None without either."""
    if s.client_id:
        return ServiceToken(s.issuer, s.client_id, s.client_secret, scope)
    secret = development_secret(s, service)
    return ServiceToken(s.issuer, service, secret, scope) if secret else None


class ServiceToken(httpx.Auth):
    """A service's own token by client credentials, fetched when needed and kept until shortly before it ends; an httpx auth."""

    requires_response_body = True

    def __init__(self, issuer: str, client: str, secret: str, scope: str) -> None:
        self.issuer, self.client, self.secret, self.scope = issuer.rstrip("/"), client, secret, scope
        self.token, self.until = "", 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if time.monotonic() >= self.until:
            about = yield httpx.Request("GET", f"{self.issuer}/.well-known/openid-configuration")
            form = {"grant_type": "client_credentials", "scope": self.scope, "client_id": self.client, "client_secret": self.secret}
            answer = yield httpx.Request("POST", about.json()["token_endpoint"], data=form)
            if answer.status_code == 200:
                found = answer.json()
                self.token, self.until = found["access_token"], time.monotonic() + max(found.get("expires_in", 60) - 30, 5)
        request.headers["Authorization"] = f"Bearer {self.token}"
        response = yield request
        if response.status_code == 401:
            self.until = 0.0
