"""One running county with its console, and a real Chromium at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.checks import LAPTOP
from tests.browser.desk import Desk, launched
from tests.story.county import County, running

TOWNSHIP = "360121001"  # a whole township with everything above it
SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder: Path = tmp_path_factory.mktemp("county")
    with running(folder, os.environ.get("HALFSKY_BROWSER_DATABASE"), TOWNSHIP, ("console",), map="赣S(2026)001号") as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def cookies() -> dict[str, StorageState]:
    """Of the accounts that have signed in."""
    return {}


@pytest.fixture
def sign_in(county: County, chromium: Browser, cookies: dict[str, StorageState]) -> Iterator[SignIn]:
    """`sign_in("county")`: a page of a browser of its own, signed in."""
    desk = Desk(county, chromium, cookies)
    yield desk.enter
    desk.leave()


@pytest.fixture(scope="module")
def county_desk(county: County, chromium: Browser, cookies: dict[str, StorageState]) -> Iterator[tuple[Desk, Page]]:
    desk = Desk(county, chromium, cookies)
    yield desk, desk.enter("county")
    desk.leave()


@pytest.fixture
def officer(county_desk: tuple[Desk, Page]) -> Iterator[Page]:
    """The county officer's one browser, for tests that only look."""
    desk, page = county_desk
    page.set_viewport_size(LAPTOP)
    yield page
    desk.quiet()
