"""Gives tests real servers and fresh stores; a server that is missing fails the test with the reason, it never skips."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from deploy.servers import Nats, Postgres
from shared.es import Meta, meta

settings.register_profile("untimed", deadline=None)  # a machine that is busy with something else refutes nothing
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """`async def test_…` runs on asyncio, without a marker."""
    return "asyncio"


@pytest.fixture(scope="session")
def nats() -> Iterator[Nats]:
    """One NATS for the whole run: use subjects and streams of your own; a test that kills it starts its own `Nats()`."""
    with Nats() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run, of the major version HALFSKY_TEST_POSTGRES if that is set (18 is always at hand). It syncs and
    vacuums nothing, since each database is for one test: syncing took half a second of each, and a vacuum goes through the hundreds of them."""
    major = os.environ.get("HALFSKY_TEST_POSTGRES")
    with Postgres(major=int(major) if major else None, fsync=False, autovacuum="off") as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    name = f"test_{uuid4().hex}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty data folder, for SQLite files and the like."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def dsn(request: pytest.FixtureRequest) -> str:
    """The URL of a new, empty store: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('home')}/store.db"
    url: str = request.getfixturevalue("database")
    return url


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    """Each test acts for itself: whom an earlier one acted for is forgotten."""
    token = meta.set(Meta())
    yield
    meta.reset(token)
