"""What the tests of projection's API share; a module about another service has an `app` of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.api.caller import Caller
from tests.views.asking import on_either
from tests.views.story import Story


@pytest.fixture
def app(home: Path, request: pytest.FixtureRequest) -> Iterator[FastAPI]:
    """On SQLite; on both: `pytestmark = EITHER`."""
    with on_either(home, request) as running:
        yield running


@pytest.fixture
def story(app: FastAPI) -> Story:
    found: Story = app.state.story
    return found


@pytest.fixture
def statistician(app: FastAPI) -> Caller:
    return Caller(app, "statistician")
