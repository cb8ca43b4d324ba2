"""What the tests of an API share: projection under a told story, cadre beside org; a module about another service has its own."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from tests.api.cadre_given import World, world
from tests.api.caller import Caller, give
from tests.api.import_given import Shown, shown
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


@pytest.fixture
def auditor(app: FastAPI) -> Caller:
    return Caller(app, "auditor")


@pytest.fixture
def province(story: Story) -> UUID:
    return story.organisation("江西省妇女联合会", "province", None, "360000000000")


@pytest.fixture
def county(story: Story, province: UUID) -> UUID:
    return story.organisation("南昌县妇女联合会", "county", province, "360121000000")


@pytest.fixture
def officer(app: FastAPI, county: UUID) -> Caller:
    """Of the county."""
    give(app, "county", "officer", county)
    return Caller(app, "county")


@pytest.fixture
def here(home: Path) -> Iterator[World]:
    """Cadre, and org's facts of one village."""
    with world(home) as w:
        yield w


@pytest.fixture
def reports(here: World, home: Path) -> Iterator[Shown]:
    """What projection shows of it."""
    with shown(home, org=here.org, cadre=here.store) as found:
        yield found
