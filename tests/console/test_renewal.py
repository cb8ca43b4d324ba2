"""A session outlives its access token when the issuer gave a refresh token, and ends politely when it cannot be renewed."""

from __future__ import annotations

import time

import httpx
import pytest

from services.console import login
from services.console.login import Failed
from services.console.session import Session
from shared.settings import settings

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("world")]


class Issuer(httpx.AsyncBaseTransport):
    """Its discovery document, and a token endpoint that answers what it is given."""

    def __init__(self, status: int = 200, issuer: str = "", development: bool = True) -> None:
        self.status, self.issuer, self.development, self.forms = status, issuer or settings().issuer, development, list[str]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            about = {"issuer": self.issuer, "token_endpoint": f"{self.issuer}/token", "halfsky_development": self.development}
            return httpx.Response(200, json=about)
        self.forms.append((await request.aread()).decode())
        return httpx.Response(self.status, json={"access_token": "new", "refresh_token": "next", "expires_in": 300})


def ending(seconds: float) -> Session:
    return Session("old", refresh="first", token_ends=time.time() + seconds)


async def test_a_token_about_to_end_is_renewed_with_the_refresh_token():
    issuer, session = Issuer(), ending(30)
    await login.refreshed(httpx.AsyncClient(transport=issuer), session)
    assert (session.token, session.refresh) == ("new", "next") and session.token_ends > time.time() + 250
    assert "grant_type=refresh_token" in issuer.forms[0] and "refresh_token=first" in issuer.forms[0] and "client_id=console" in issuer.forms[0]


async def test_a_token_with_time_left_is_left_alone():
    issuer, session = Issuer(), ending(600)
    await login.refreshed(httpx.AsyncClient(transport=issuer), session)
    assert session.token == "old" and not issuer.forms


async def test_a_refused_renewal_fails():
    with pytest.raises(Failed, match="token_refused"):
        await login.refreshed(httpx.AsyncClient(transport=Issuer(400)), ending(0))


async def test_another_issuers_discovery_document_is_refused():
    with pytest.raises(Failed, match="wrong_issuer"):
        await login.about(httpx.AsyncClient(transport=Issuer(issuer="http://elsewhere")))


async def test_a_development_issuer_is_refused_in_production(monkeypatch):
    monkeypatch.setattr(login, "settings", lambda: settings().model_copy(update={"mode": "prod"}))
    with pytest.raises(Failed, match="wrong_issuer"):
        await login.about(httpx.AsyncClient(transport=Issuer()))


async def test_a_session_that_cannot_be_renewed_leads_to_the_login_page(visitor, monkeypatch):
    visitor.sign_in()

    async def fails(web: object, session: Session) -> None:
        raise Failed("token_refused")

    monkeypatch.setattr(login, "refreshed", fails)
    assert visitor.get("/help").headers["location"] == "/login?next=%2Fhelp"
