"""Calls a service's app in process, as whoever the test wants: `with served(app_of(...)) as app: Caller(app, "alice").post(…)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

import shared.http.app as running
from shared.calendar import FOREVER
from shared.http.follow import Follower, pages_of
from shared.http.wire import sinks_of
from shared.identity import Principal, Rejected
from shared.permissions import Grant
from shared.settings import Settings

ISSUER = "https://id.test"


class Names:
    """An identity for tests: the bearer token is the account's name; `service:cadre log:read` is a service with its scopes."""

    async def check(self, token: str) -> Principal:
        if token == "bad":
            raise Rejected("bad")
        if token.startswith("service:"):
            name, *scopes = token.removeprefix("service:").split(",")
            return Principal(f"{ISSUER}|{name}", name, frozenset(scopes), service=True)
        return Principal(f"{ISSUER}|{token}", "console", frozenset(), service=False)


def config(folder: Path, **more: Any) -> Settings:
    """Settings of a service whose databases are SQLite files in a folder, or PostgreSQL with `database=`."""
    return Settings(mode="dev", data=folder, **more)


RESOLVED: dict[tuple[object, ...], Any] = {}


def resolved(app: FastAPI) -> FastAPI:
    """The app with its routers as the first app that included them has them: what a route asks for is worked out for every app anew, and
    for hundreds of them that was a quarter of the time."""
    for n, route in enumerate(app.router.routes):
        if there := getattr(route, "include_context", None):
            key = id(there.included_router), there.prefix, *(id(d.dependency) for d in there.dependencies)
            app.router.routes[n] = RESOLVED.setdefault(key, route)  # which keeps the router, and so its id
    return app


@contextmanager
def served(app: FastAPI) -> Iterator[FastAPI]:
    """The app while it runs, faults of ours raised in the test. Its clock ticks once: a fact of its own later would be one that nobody pulls."""
    with patch.object(running, "CLOCK_SECONDS", 3600), TestClient(resolved(app), raise_server_exceptions=False) as client:
        app.state.test_client = client
        yield app


def account(name: str) -> str:
    return f"{ISSUER}|{name}"


def give(
    app: FastAPI,
    name: str,
    role: str,
    organisation: UUID | None = None,
    department: str | None = None,
    person: UUID | None = None,
    starts_on: date = date.min,
    until: date = FOREVER,
) -> None:
    """A grant, as if org had given it."""
    index, id = app.state.access.index, uuid4()
    index.grants[id] = Grant(account(name), role, organisation, starts_on, until, department, person)
    index.by_account[account(name)].add(id)


def plant(app: FastAPI, parents: Mapping[UUID, UUID | None]) -> None:
    """A tree of organisations, as if org had established them: child -> parent."""
    app.state.access.index.tree.update({child: [(date.min, parent)] for child, parent in parents.items()})


class Copying:
    """Brings one service's facts to another's copies and reactions, as feeds do, but only when told: `Copying(org, cadre).pull()`."""

    def __init__(self, source: FastAPI, target: FastAPI) -> None:
        sinks = sinks_of(target, target.state.policies, source.state.name)
        self.followers = [Follower(sink, pages_of(source.state.store)) for sink in sinks]

    def pull(self) -> None:
        for follower in self.followers:
            follower.pull()


class Caller:
    """Somebody at the service's door. Every change gets a new key unless one is given; `expect` becomes If-Match."""

    def __init__(self, app: FastAPI, name: str, **headers: str) -> None:
        self.client: TestClient = app.state.test_client
        self.headers = {"Authorization": f"Bearer {name}", **headers}

    def post(self, path: str, body: Any = None, key: str | None = None, expect: int | None = None, **headers: str) -> Response:
        return self.send("POST", path, body, key, expect, **headers)

    def put(self, path: str, body: Any = None, key: str | None = None, expect: int | None = None, **headers: str) -> Response:
        return self.send("PUT", path, body, key, expect, **headers)

    def patch(self, path: str, body: Any = None, key: str | None = None, expect: int | None = None, **headers: str) -> Response:
        return self.send("PATCH", path, body, key, expect, **headers)

    def get(self, path: str, **params: Any) -> Response:
        found: Response = self.client.get(path, params=params, headers=self.headers)
        return found

    def send(self, method: str, path: str, body: Any, key: str | None, expect: int | None, **headers: str) -> Response:
        sent = {**self.headers, "Idempotency-Key": key or str(uuid4()), **{k.replace("_", "-"): v for k, v in headers.items()}}
        if expect is not None:
            sent["If-Match"] = f'"{expect}"'
        found: Response = self.client.request(method, path, json={} if body is None else body, headers=sent)
        return found
