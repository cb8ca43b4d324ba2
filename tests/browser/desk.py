"""A real Chromium, and the browsers of the people who sit at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, StorageState, sync_playwright

from tests.browser.checks import LAPTOP, SHIFTS
from tests.story.county import County

__all__ = ["Desk", "launched"]


@contextmanager
def launched() -> Iterator[Browser]:
    """Fails, never skips, where there is no browser."""
    path = os.environ.get("HALFSKY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        raise RuntimeError("没有找到 Chromium：make browser 会用 apt-get 安装。No Chromium: `make browser` installs it with apt-get.")
    chinese: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "zh_CN"}  # its own words, as in a date's parts, where chromium-l10n is there
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [], env=chinese)
        yield browser
        browser.close()


class Desk:
    """Browsers of people who are signed in; nothing may show up in their consoles. `cookies`: of accounts that signed in before."""

    def __init__(self, county: County, chromium: Browser, cookies: dict[str, StorageState]) -> None:
        self.url, self.chromium, self.cookies = county.config.url("console"), chromium, cookies
        self.open: list[BrowserContext] = []
        self.said: list[tuple[str, str]] = []  # and where it came from
        self.refused: set[str] = set()  # pages that are themselves a refusal, or say that a service is away

    def enter(self, account: str = "", **options: Any) -> Page:
        """A page of a browser of its own; nobody signed in without an account."""
        options = {"viewport": LAPTOP, **({"storage_state": self._known(account)} if account else {}), **options}
        context = self.chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", base_url=self.url, **options)
        self.open.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.add_init_script(SHIFTS)
        page.on("console", self._heard)
        page.on("response", self._answered)
        page.on("pageerror", lambda e: self.said.append((f"uncaught: {e}", "")))
        return page

    def _known(self, account: str) -> StorageState:
        """The cookies of an account, got once through the login page."""
        if account not in self.cookies:
            with self.chromium.new_context(locale="zh-CN", base_url=self.url) as context:
                page = context.new_page()
                page.goto("/login")
                page.locator(f"[href*='account={account}']").click()
                page.wait_for_url(lambda url: "/login" not in url and "/authorize" not in url)
                self.cookies[account] = context.storage_state()
        return self.cookies[account]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append((f"{message.type}: {message.text}", message.location.get("url", "")))

    def _answered(self, response: Response) -> None:
        if (400 <= response.status < 500 or response.status == 503) and response.request.is_navigation_request():
            self.refused.add(response.url)

    def quiet(self) -> None:
        """AssertionError with what showed up in the consoles since. Of a page that is itself a refusal Chromium says so, that is not ours."""
        said, self.said = self.said, []
        said = [(text, url) for text, url in said if not (url in self.refused and "the server responded with a status of" in text)]
        assert not said, said

    def leave(self) -> None:
        for context in self.open:
            context.close()
        self.quiet()
