"""Development identity provider of `make run`: demo accounts and service tokens, on loopback and in dev mode only."""

from __future__ import annotations

import base64
import hashlib
import html
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.identity import development_secret
from shared.settings import Settings, settings

__all__ = ["ACCOUNTS", "SCOPES", "app", "issuer"]

ACCOUNTS = {
    "provincial": "省妇联组织部",
    "statistician": "省妇联统计员",
    "county": "县妇联组织部",
    "township": "乡镇妇联主席",
    "village": "村妇联主席",
    "operator": "12338 接线员",
    "supervisor": "12338 督办",
    "lecturer": "志愿讲师",
    "auditor": "审计员",
    "secadmin": "安全管理员",
    "sysadmin": "系统管理员",
}
SCOPES = {name: "log:read keys" for name in ("org", "cadre", "lecture", "hotline", "projection")} | {"console": ""}
TOKEN_SECONDS, DEMO_SECONDS, CODE_SECONDS = 3600, 12 * 3600, 60
ALG = "ES256"
router = APIRouter()


@dataclass
class State:
    """Signing key and pending sign-ins. The key outlives a restart, so do the tokens."""

    settings: Settings
    key: ECKey
    codes: dict[str, tuple[str, str, str, str, str, float]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.settings.issuer.rstrip("/")

    def token(self, subject: str, client: str, scope: str, seconds: int, typ: str = "at+jwt", **more: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.settings.issuer,
            "sub": subject,
            "aud": self.settings.oidc_audience,
            "client_id": client,
            "scope": scope,
            "iat": now,
            "exp": now + seconds,
            "jti": secrets.token_hex(8),
            **more,
        }
        return jwt.encode({"alg": ALG, "typ": typ, "kid": self.key.kid}, claims, self.key, algorithms=[ALG])


def signing_key(file: Path) -> ECKey:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    pem = file.read_bytes()
    return ECKey.import_key(pem, {"use": "sig", "kid": ECKey.import_key(pem).thumbprint()})


def of(request: Request) -> State:
    peer = request.client.host if request.client else ""
    if not _loopback(peer):
        raise HTTPException(403, "the development issuer serves this machine only")
    state: State = request.app.state.issuer
    return state


@router.get("/.well-known/openid-configuration")
def about(request: Request) -> dict[str, Any]:
    url = of(request).url
    return {
        "issuer": of(request).settings.issuer,
        "jwks_uri": f"{url}/jwks",
        "token_endpoint": f"{url}/token",
        "authorization_endpoint": f"{url}/authorize",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": [ALG],
        "halfsky_development": True,
        "halfsky_accounts": ACCOUNTS,
    }


@router.get("/jwks")
def jwks(request: Request) -> dict[str, Any]:
    public = of(request).key.as_dict(private=False)
    return {"keys": [{**public, "kid": of(request).key.kid, "alg": ALG, "use": "sig"}]}


@router.get("/ready")
@router.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok", "service": "issuer"}


@router.post("/demo/{account}")
def demo(request: Request, account: str) -> dict[str, Any]:
    """A token of a demo account: what `halfsky token ACCOUNT` prints."""
    if account not in ACCOUNTS:
        raise HTTPException(404, f"demo accounts: {', '.join(ACCOUNTS)}")
    return {"access_token": of(request).token(account, "halfsky-cli", "", DEMO_SECONDS), "token_type": "Bearer", "expires_in": DEMO_SECONDS}


@router.post("/token")
def token(
    request: Request,
    grant_type: Annotated[str, Form()],
    client_id: Annotated[str, Form()],
    client_secret: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    redirect_uri: Annotated[str, Form()] = "",
    code_verifier: Annotated[str, Form()] = "",
) -> JSONResponse:
    """Client credentials for services; authorization code with PKCE for people."""
    state = of(request)
    if grant_type == "client_credentials":
        if client_id not in SCOPES or not secrets.compare_digest(client_secret, development_secret(state.settings, client_id) or "\0"):
            return JSONResponse({"error": "invalid_client"}, 401)
        given = " ".join(s for s in scope.split() if s in SCOPES[client_id].split())
        return _issued(state.token(client_id, client_id, given, TOKEN_SECONDS), TOKEN_SECONDS)
    if grant_type != "authorization_code":
        return JSONResponse({"error": "unsupported_grant_type"}, 400)
    account, client, uri, challenge, nonce, until = state.codes.pop(code, ("", "", "", "", "", 0.0))
    proof = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
    if not account or until < time.time() or (client, uri, challenge) != (client_id, redirect_uri, proof):
        return JSONResponse({"error": "invalid_grant"}, 400)
    identity = state.token(account, client_id, "", TOKEN_SECONDS, typ="JWT", aud=client_id, name=ACCOUNTS[account], nonce=nonce)
    return _issued(state.token(account, client_id, "openid", TOKEN_SECONDS), TOKEN_SECONDS, id_token=identity)


@router.get("/authorize")
def authorize(
    request: Request,
    client_id: str,
    redirect_uri: str,
    code_challenge: Annotated[str, Query(min_length=43)],
    state: str = "",
    nonce: str = "",
    account: str = "",
    code_challenge_method: str = "S256",
    response_type: str = "code",
) -> Any:
    """Pick who to be: one button a demo account, no password."""
    issuer = of(request)
    target = urlsplit(redirect_uri)
    if (
        client_id not in SCOPES
        or target.scheme != "http"
        or not _loopback(target.hostname or "")
        or code_challenge_method != "S256"
        or response_type != "code"
    ):
        raise HTTPException(400, "unknown client, or a redirect that does not stay on this machine")
    if account not in ACCOUNTS:
        query = dict(request.query_params)
        links = "".join(
            f'<li><a href="?{html.escape(urlencode(query | {"account": a}))}">{html.escape(title)} <small>{a}</small></a></li>'
            for a, title in ACCOUNTS.items()
        )
        return HTMLResponse(
            f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>演示登录</title><h1>选择演示账号</h1><ul>{links}</ul></html>'
        )
    issuer.codes = {c: entry for c, entry in issuer.codes.items() if entry[5] > time.time()}
    code = secrets.token_urlsafe(24)
    issuer.codes[code] = (account, client_id, redirect_uri, code_challenge, nonce, time.time() + CODE_SECONDS)
    return RedirectResponse(f"{redirect_uri}{'&' if target.query else '?'}{urlencode({'code': code, 'state': state})}", 303)


def _issued(access: str, seconds: int, **more: str) -> JSONResponse:
    return JSONResponse(
        {"access_token": access, "token_type": "Bearer", "expires_in": seconds, **more}, headers={"Cache-Control": "no-store"}
    )


def _loopback(host: str) -> bool:
    if host in ("localhost", "testclient"):  # the second is the framework's in-process caller
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def issuer(config: Settings | None = None) -> FastAPI:
    """The app. It does not start in production mode, nor under an address that others can reach."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        s = config or settings()
        if s.mode != "dev" or not _loopback(urlsplit(s.issuer).hostname or ""):
            raise RuntimeError("the development issuer runs in dev mode and on loopback only")
        app.state.issuer = State(s, signing_key(s.data / "issuer.pem"))
        development_secret(s, "", create=True)
        yield

    app = FastAPI(title="HalfSky development issuer", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.include_router(router)
    return app


app = issuer()
