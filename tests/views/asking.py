"""Runs the projection's own API over views that a story fills: `with projection(folder) as app`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from services.projection import policies
from services.projection.api import router
from services.projection.main import SOURCES
from services.projection.reports import Reports
from services.projection.views import every_view
from shared.fact import new_id
from shared.http import service
from tests.api.caller import Caller, Copying, Names, config, give, served
from tests.views.story import Story

EITHER = pytest.mark.parametrize("app", ["sqlite", "postgres"], indirect=True)


@contextmanager
def projection(folder: Path, database: str | None = None) -> Iterator[FastAPI]:
    """`database`: a PostgreSQL URL whose name may hold `{name}`; None: SQLite."""
    more: dict[str, Any] = {"database": database} if database else {}
    app = service(
        "projection",
        Reports,
        [router],
        policies,
        views=every_view(),
        sources=SOURCES,
        config=config(folder, **more),
        identity=Names(),
        nats=False,
    )
    with served(app) as running:
        running.state.story = Story(running.state.views)
        give(running, "statistician", "statistician")
        give(running, "auditor", "auditor")
        yield running


@contextmanager
def on_either(folder: Path, request: pytest.FixtureRequest) -> Iterator[FastAPI]:
    """On SQLite or PostgreSQL, as the fixture's parameter says."""
    database = None
    if getattr(request, "param", "sqlite") == "postgres":
        server = request.getfixturevalue("postgres")
        name = f"test_{new_id().hex}"
        for part in ("projection", "projection-views", "projection-access"):
            server.create_database(f"{name}-{part}")
        database = server.url_of(f"{name}-{{name}}")
    with projection(folder, database) as app:
        yield app


def get(caller: Caller, path: str, **params: Any) -> Response:
    """After what the story told has arrived."""
    app: Any = caller.client.app
    app.state.story.load()
    Copying(app, app).pull()  # its own log
    return caller.get(path, **params)


def report(caller: Caller, id: str, **params: Any) -> dict[str, Any]:
    answer = get(caller, f"/reports/{id}", **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def total(caller: Caller, id: str, measure: str, **params: Any) -> tuple[float, float, float]:
    """Numerator, denominator, value of the sum over all areas."""
    found = next(t for t in report(caller, id, **params)["total"] if t["measure"] == measure)
    return found["numerator"], found["denominator"], found["value"]
