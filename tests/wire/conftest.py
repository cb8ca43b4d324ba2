"""Every wire test has a region of its own, so that all can share one NATS."""
from pathlib import Path
from uuid import uuid4

import pytest

from tests.wire.inn import Inn, Source, inn_of, views_of


@pytest.fixture
def region() -> str:
    return uuid4().hex[:8]


@pytest.fixture
def store(home: Path):
    made = inn_of(f"sqlite:///{home}/inn.db")
    yield made
    made.close()


@pytest.fixture
def source(store: Inn) -> Source:
    return Source(store)


@pytest.fixture
def views(dsn: str):
    made = views_of(dsn)
    yield made
    made.engine.dispose()
