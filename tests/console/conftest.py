"""The console in this process, with the real development issuer and services that answer what a test gives them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import KeySet
from starlette.testclient import TestClient

from deploy.issuer import State, issuer, signing_key
from services.console.main import console
from shared.settings import settings
from tests.api.caller import resolved

COUNTY = "018f0000-0000-7000-8000-000000000001"
CITY = "018f0000-0000-7000-8000-000000000002"
OFFICER: dict[str, Any] = {
    "account": "http://127.0.0.1:8006|county",
    "name": "李敏",
    "person": None,
    "grants": [
        {
            "role": "officer", "department": None, "until": "9999-12-31", "organisation": COUNTY, "name": "南昌县妇女联合会",
            "short_name": "南昌县妇联", "level": "county", "code": "360121000000",
        }
    ],
    "may": [
        "org.read", "org.propose", "org.change", "org.import", "org.reelection", "org.document", "document.read",
        "cadre.read", "cadre.import", "cadre.propose", "cadre.approve", "report.read", "audit.read",
    ],
}  # fmt: skip
PORTS = {8001: "org", 8002: "cadre", 8003: "lecture", 8004: "hotline", 8005: "projection"}
Said = Callable[[httpx.Request], httpx.Response] | dict[str, Any] | httpx.Response


class Services(httpx.AsyncBaseTransport):
    """The issuer as it is, the other services as given; a service in `down` cannot be reached. A rehearsal is noted and passes with the codes of
    `warning`, unless its path is in `refusing`."""

    def __init__(self, issuer: httpx.ASGITransport) -> None:
        self.issuer, self.given, self.asked, self.down = issuer, dict[tuple[str, str, str], Said](), list[httpx.Request](), set[str]()
        self.refusing, self.warning, self.rehearsed = dict[str, httpx.Response](), list[str](), list[httpx.Request]()
        self.told: list[dict[str, Any]] = []  # what a rehearsal says is unusual
        self.give("GET projection /me", OFFICER)
        self.give("GET projection /worklist", {"sections": []})

    def give(self, line: str, answer: Said) -> None:
        """`GET projection /worklist` answers this: JSON, a response, or what a function makes of the request."""
        method, service, path = line.split()
        self.given[method, service, path] = answer

    def last(self, path: str) -> httpx.Request:
        return next(r for r in reversed(self.asked) if r.url.path == path)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = PORTS.get(request.url.port or 0, "issuer")
        if service in self.down:
            raise httpx.ConnectError("refused")
        if service == "issuer":
            return await self.issuer.handle_async_request(request)
        if "dry-run" in request.headers:
            self.rehearsed.append(request)
            return self.refusing.get(request.url.path) or httpx.Response(200, json={"rehearsed": True, "warnings": self.warning, "told": self.told})
        self.asked.append(request)
        answer = self.given.get((request.method, service, request.url.path))
        if callable(answer):
            answer = answer(request)
        if answer is None:
            return refusal(404, "not_found", "没有找到该编号对应的内容。", "There is nothing with this id.")
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def refusal(status: int, code: str, zh: str, en: str = "", pointer: str = "", **headers: str) -> httpx.Response:
    errors = [{"pointer": pointer, "code": code, "message": {"zh-CN": zh, "en": en or zh}}]
    body = {"type": f"urn:halfsky:problem:{code}", "title": zh, "status": status, "errors": errors, "correlation": "abc"}
    return httpx.Response(status, json=body, headers=headers)


class Reader:
    """A browser, as far as forms and links go."""

    def __init__(self, client: TestClient, services: Services) -> None:
        self.client, self.services = client, services

    def get(self, path: str, **more: Any) -> httpx.Response:
        found: httpx.Response = self.client.get(path, follow_redirects=False, **more)
        return found

    def token(self) -> str:
        found = re.search(r'data-csrf="([0-9a-f]+)"', self.get("/help").text)
        assert found
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        found: httpx.Response = self.client.post(path, data={"csrf": self.token(), **(data or {})}, follow_redirects=False, **more)
        return found

    def sign_in(self, account: str = "county", next: str = "") -> httpx.Response:
        """As a browser goes: to the issuer and back."""
        there = self.get("/login/start", params={"account": account} | ({"next": next} if next else {}))
        with httpx.Client(transport=OneShot(self.services), base_url="http://127.0.0.1:8006") as browser:
            back = browser.get(there.headers["location"]).headers["location"]
        return self.get(urlsplit(back).path + "?" + urlsplit(back).query)


class OneShot(httpx.BaseTransport):
    """The issuer for a synchronous browser."""

    def __init__(self, services: Services) -> None:
        self.app = services.issuer.app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        client = TestClient(self.app, base_url="http://127.0.0.1:8006", client=("127.0.0.1", 5000))
        answer = client.request(request.method, str(request.url), follow_redirects=False)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def world(home: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("HALFSKY_MODE", "dev")
    monkeypatch.setenv("HALFSKY_DATA", str(home))
    settings.cache_clear()
    there = resolved(issuer(settings()))
    there.state.issuer = State(settings(), signing_key(home / "issuer.pem"))
    yield Services(httpx.ASGITransport(there))
    settings.cache_clear()


@pytest.fixture
def visitor(world: Services) -> Iterator[Reader]:
    """Nobody has signed in."""
    app = resolved(console())
    app.state.stand_in = httpx.AsyncClient(transport=world)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        there: State = cast(FastAPI, world.issuer.app).state.issuer
        app.state.keys.found, app.state.keys.fetched = KeySet([there.key]), time.monotonic()
        yield Reader(client, world)


def superior(reader: Reader) -> Reader:
    """From now on a city's officer, who decides about the county."""
    may = [*OFFICER["may"], "org.permit", "org.establish", "org.seats", "org.term"]
    reader.services.give("GET projection /me", {**OFFICER, "may": may, "grants": [{**OFFICER["grants"][0], "organisation": CITY}]})
    assert reader.sign_in().status_code == 303
    return reader


@pytest.fixture
def officer(visitor: Reader) -> Reader:
    """A county officer who has signed in."""
    assert visitor.sign_in().status_code == 303
    return visitor
