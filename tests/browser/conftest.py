"""One running county with its console, and a real Chromium at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, sync_playwright

from tests.browser.checks import LAPTOP
from tests.story.county import County, running

TOWNSHIP = "360121001"  # a whole township with everything above it


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder: Path = tmp_path_factory.mktemp("county")
    with running(folder, os.environ.get("HALFSKY_BROWSER_DATABASE"), TOWNSHIP, ("console",)) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Fails, never skips, where there is no browser."""
    path = os.environ.get("HALFSKY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        raise RuntimeError("没有找到 Chromium：make browser 会用 apt-get 安装。No Chromium: `make browser` installs it with apt-get.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def signed_in(county: County, chromium: Browser) -> Callable[[str], StorageState]:
    """The cookies of an account, got once through the login page."""
    got: dict[str, StorageState] = {}

    def cookies(account: str) -> StorageState:
        if account not in got:
            with chromium.new_context(locale="zh-CN", base_url=county.config.url("console")) as context:
                page = context.new_page()
                page.goto("/login")
                page.locator(f"[href*='account={account}']").click()
                page.wait_for_url(lambda url: "/login" not in url and "/authorize" not in url)
                got[account] = context.storage_state()
        return got[account]

    return cookies


@pytest.fixture
def sign_in(county: County, chromium: Browser, signed_in: Callable[[str], StorageState]) -> Iterator[SignIn]:
    """`sign_in("county")`: a page of a browser of its own, signed in. Nothing may show up in its console."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:  # a refusal answered with 4xx is Chromium's line, not ours
            said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def enter(account: str, **options: object) -> Page:
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", base_url=county.config.url("console"),
                                       storage_state=signed_in(account),
                                       **({"viewport": LAPTOP} | options))  # type: ignore[arg-type]  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", heard)
        page.on("pageerror", lambda e: said.append(f"uncaught: {e}"))
        page.goto("/")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert said == []
