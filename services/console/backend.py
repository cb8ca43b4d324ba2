"""The way to the other services: their HTTP APIs, with the user's own token. `Api` is what a page's function asks for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import Depends, Request

from services.console.query import given
from services.console.session import Session, current
from shared.settings import settings

__all__ = ["Answer", "Api", "Backend", "Trouble"]

TRIES = 3  # of a change that came too early: the service has not heard yet of what it builds on
UNREACHABLE = {
    "zh-CN": "后台服务暂时连不上，您填写的内容没有丢失，请稍后重试。",
    "en": "A service cannot be reached; what you entered is not lost, try again shortly.",
}
ETAG = re.compile(r'(?:W/)?"(\d+)"')


class Trouble(Exception):
    """A refusal, as the service said it. `errors`: pointer, code and message in both languages."""

    def __init__(self, status: int, errors: list[dict[str, Any]], correlation: str = "", title: str = "") -> None:
        super().__init__(status, [e.get("code") for e in errors])
        self.status, self.errors, self.correlation, self.title = status, errors, correlation, title

    @property
    def codes(self) -> set[str]:
        return {str(e.get("code")) for e in self.errors}


class Answer(dict[str, Any]):
    """A JSON answer; `version` is its ETag, for If-Match of the next change."""

    version: int | None = None
    behind: bool = False  # the service had not heard yet of the user's last change


@dataclass
class Backend:
    """The services as this user reaches them: JSON answers or Trouble; `stream` passes a file on."""

    client: httpx.AsyncClient
    session: Session
    language: str
    correlation: str
    behind: bool = False

    async def get(self, service: str, path: str, **query: Any) -> Answer:
        """Empty and None values of the query are left out."""
        return self._read(await self._send("GET", service, path, params=given(query)))

    async def known(self, service: str, path: str, **query: Any) -> Answer | None:
        """None for what is not there, has no such id, or is not hers to see."""
        try:
            return await self.get(service, path, **query)
        except Trouble as trouble:
            if trouble.status in (403, 404, 422):
                return None
            raise

    async def spare(self, service: str, path: str, **query: Any) -> Answer | None:
        """What the page can do without: None while it cannot be had. Trouble only where she has to sign in again."""
        try:
            return await self.get(service, path, **query)
        except Trouble as trouble:
            if trouble.status == 401:
                raise
            return None

    async def post(self, service: str, path: str, json: Mapping[str, Any] | None = None, *, key: str, expect: int | None = None) -> Answer:
        """A change. `key`: the form's Idempotency-Key; `expect`: the version it was read at."""
        return self._read(await self._send("POST", service, path, json=dict(json or {}), headers=_once(key, expect)))

    async def rehearse(self, service: str, path: str, json: Mapping[str, Any], *, key: str, expect: int | None = None) -> Answer:
        """Whether the service would do it: Trouble where it would refuse, else the codes of its warnings; nothing is recorded."""
        return self._read(await self._send("POST", service, path, json=dict(json), headers={"Dry-Run": "true", **_once(key, expect)}))

    async def upload(self, service: str, path: str, name: str, content: bytes, *, key: str, **query: Any) -> Answer:
        """A file as the body, its name in Content-Disposition."""
        kind = {"Content-Type": "application/octet-stream", "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return self._read(await self._send("POST", service, path, content=content, headers={**kind, **_once(key)}, params=given(query)))

    async def stream(self, service: str, path: str, **query: Any) -> httpx.Response:
        """An open response whose bytes go on as they come; close it after use."""
        request = self.client.build_request("GET", self._url(service, path), params=given(query), headers=self._headers({}))
        try:
            response = await self.client.send(request, stream=True)
        except httpx.HTTPError:
            raise self._unreachable() from None
        if response.status_code >= 400:
            await response.aread()
            await response.aclose()
            raise self._trouble(response)
        return response

    async def _send(self, method: str, service: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            try:
                response = await self.client.request(method, self._url(service, path), headers=self._headers(headers or {}), **more)
            except httpx.HTTPError:
                raise self._unreachable() from None
            early = response.status_code == 503 and "urn:halfsky:problem:behind" in response.text
            if not early or attempt == TRIES:
                break
            await asyncio.sleep(0.3)
        if response.status_code >= 400:
            raise self._trouble(response)
        return response

    def _url(self, service: str, path: str) -> str:
        return f"{settings().url(service)}{path}"

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        known = {"Es-Position": ",".join(self.session.positions.values())} if self.session.positions else {}
        said = {"Authorization": f"Bearer {self.session.token}", "Accept-Language": self.language, "X-Correlation-Id": self.correlation}
        return said | known | dict(more)

    def _wrote(self, position: str) -> None:
        """Remembers what the user wrote last, so that her next reads show it."""
        for part in position.split(","):
            log, _, at = part.strip().rpartition(":")
            before = self.session.positions.get(log, ":0").rpartition(":")[2]
            if int(at) > int(before):
                self.session.positions[log] = part.strip()

    def _read(self, response: httpx.Response) -> Answer:
        answer = Answer(response.json() if response.content else {})
        found = ETAG.match(response.headers.get("etag", ""))
        answer.version = int(found[1]) if found else answer.get("version")
        answer.behind = "es-behind" in response.headers
        self.behind |= answer.behind
        if position := response.headers.get("es-position"):
            self._wrote(position)
        return answer

    def _trouble(self, response: httpx.Response) -> Trouble:
        try:
            body = response.json()
            return Trouble(response.status_code, body["errors"], body.get("correlation") or self.correlation, body.get("title", ""))
        except (ValueError, KeyError, TypeError):
            return Trouble(response.status_code, [], self.correlation)

    def _unreachable(self) -> Trouble:
        return Trouble(503, [{"pointer": "", "code": "unreachable", "message": UNREACHABLE}], self.correlation)


def _once(key: str, expect: int | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key} | ({"If-Match": f'"{expect}"'} if expect is not None else {})


def backend(request: Request) -> Backend:
    session: Session = current(request)
    made = Backend(request.app.state.client, session, request.state.language, request.state.correlation)
    request.state.backend = made
    return made


Api = Annotated[Backend, Depends(backend)]
