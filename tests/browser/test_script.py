"""What the console's one script does, in a real Chromium, over services that answer what the test gives them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from deploy.servers import LOOPBACK, free_port
from services.console.main import console
from services.console.session import Session, end, load, start
from shared.settings import settings
from tests.console.conftest import COUNTY, OFFICER, Services
from tests.console.sample import added

ROWS = [{"id": f"p{i}", "person_name": f"人{i}", "role": "chair", "starts_on": "2024-03-08"} for i in range(3)]
NOW = httpx.Response(200, json={"full_name": "莲塘镇妇女联合会", "phone": "1"}, headers={"ETag": '"4"'})


class Stage:
    """The console under uvicorn with its stand-in services."""

    def __init__(self, folder: Path) -> None:
        self.services = Services(httpx.ASGITransport(console()))  # nobody signs in here
        self.services.give("GET projection /cadres", {"rows": ROWS, "cursor": None})
        self.services.give("GET projection /search", {"rows": [{"kind": "organisations", "id": "o1", "name": "南昌县妇女联合会", "path": []}]})
        self.services.give("GET org /organisations/o1", NOW)
        self.services.give("POST org /organisations/o1/details", {"id": "o1", "version": 5})
        self.app = console()
        self.app.state.stand_in = httpx.AsyncClient(transport=self.services)
        added(self.app)
        self.port = free_port()
        self.server = uvicorn.Server(uvicorn.Config(self.app, host=LOOPBACK, port=self.port, log_level="warning"))

    @contextmanager
    def playing(self) -> Iterator[Stage]:
        thread = threading.Thread(target=self.server.run, daemon=True)
        thread.start()
        while not self.server.started:
            time.sleep(0.02)
        yield self
        self.server.should_exit = True
        thread.join(10)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def sent(self) -> list[str]:
        return [r.content.decode() for r in self.services.asked if r.url.path.endswith("/details")]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HALFSKY_MODE", "dev")
        patch.setenv("HALFSKY_DATA", str(tmp_path_factory.mktemp("stage")))
        settings.cache_clear()
        with Stage(tmp_path_factory.getbasetemp()).playing() as playing:
            yield playing
    settings.cache_clear()


@pytest.fixture
def open_page(stage: Stage, chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """`open_page("/sample")`: signed in, in a browser of its own."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def enter(path: str) -> Page:
        account = f"somebody {time.monotonic()}"  # drafts and settings of her own
        secret = start(stage.app.state.engine, Session("token", account=account, name="李敏", me=OFFICER, place=COUNTY))
        context = chromium.new_context(base_url=stage.url)
        context.add_cookies([{"name": "halfsky", "value": secret, "url": stage.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("console", lambda m: said.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(path)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert said == []


def test_the_palette_opens_with_ctrl_k_and_goes_where_the_arrow_keys_and_enter_say(open_page):
    page = open_page("/help")
    page.keyboard.press("Control+k")
    page.locator("#found a").first.wait_for()
    page.keyboard.type("hmc")
    page.locator("#found a", has_text="南昌县").wait_for()
    assert page.locator("#found a[aria-selected=true]").inner_text().startswith("花名册")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organisations/o1")


def test_while_an_input_method_is_composing_nothing_is_asked_and_once_afterwards(stage, open_page):
    page = open_page("/help")
    page.keyboard.press("Control+k")
    page.locator("#found a").first.wait_for()
    before = len([r for r in stage.services.asked if r.url.path == "/search"])
    page.evaluate("""() => {
      const box = document.getElementById('palette-q');
      box.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
      for (const typed of ['c', 'ch', 'cha']) { box.value = typed; box.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true})); }
      box.value = '长沙';
      box.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}));
    }""")
    page.wait_for_timeout(500)
    asked = [r.url.params["q"] for r in stage.services.asked if r.url.path == "/search"][before:]
    assert asked == ["长沙"]


def test_alt_and_a_digit_goes_to_a_page_until_it_is_switched_off(open_page):
    page = open_page("/help")
    page.keyboard.press("Alt+h")
    page.wait_for_url("**/help")
    page.locator("button[name=shortcuts]").click()
    page.locator("body[data-shortcuts=off]").wait_for()
    page.keyboard.press("Alt+7")
    page.wait_for_timeout(300)
    assert page.url.endswith("/help")


def test_a_bare_letter_is_never_a_shortcut(open_page):
    page = open_page("/sample")
    for key in ("k", "s", "h", "1", "/"):
        page.keyboard.press(key)
    assert page.url.endswith("/sample") and page.evaluate("document.activeElement === document.body")


def test_the_focus_goes_to_the_error_summary_and_from_there_to_the_field(open_page):
    page = open_page("/sample/edit")
    page.fill("#f-full_name", "")
    page.locator("main form button[value=check]").click()
    page.locator(".errors").wait_for()
    assert page.evaluate("document.activeElement.className") == "errors" and page.title().startswith("错误：")
    page.locator(".errors a").click()
    assert page.evaluate("document.activeElement.id") == "f-full_name"


def test_a_double_click_sends_an_official_act_once(stage, open_page):
    page = open_page("/sample/edit")
    page.fill("#f-full_name", "双击的名称")
    page.locator("main form button[value=check]").click()
    page.locator("button[value=send]").dblclick()
    page.wait_for_url("**/sample?done=1")
    assert len([b for b in stage.sent() if "双击的名称" in b]) == 1


def test_what_is_typed_without_a_network_is_saved_as_a_draft_when_it_is_back(open_page):
    page = open_page("/sample/edit")
    page.context.set_offline(True)
    page.fill("#f-full_name", "断网时写的名称")
    page.locator("#net:not([hidden])").wait_for()
    page.wait_for_timeout(2000)
    assert page.input_value("#f-full_name") == "断网时写的名称"
    page.context.set_offline(False)
    page.locator("[data-draft] time").wait_for(timeout=15_000)
    assert page.locator("#net").is_hidden()
    page.goto("/sample/edit?draft=1")
    assert page.input_value("#f-full_name") == "断网时写的名称"


def test_when_the_sign_in_has_ended_what_is_typed_stays_and_is_saved_after_signing_in_again_elsewhere(stage, open_page):
    page = open_page("/sample/edit")
    cookie = next(c["value"] for c in page.context.cookies() if c["name"] == "halfsky")
    before = load(stage.app.state.engine, cookie)
    assert before
    end(stage.app.state.engine, cookie)
    page.fill("#f-full_name", "过期后写的名称")
    page.locator("#ended:not([hidden])").wait_for()
    assert page.url.endswith("/sample/edit") and page.input_value("#f-full_name") == "过期后写的名称"
    again = start(stage.app.state.engine, before)
    page.context.add_cookies([{"name": "halfsky", "value": again, "url": stage.url}])
    page.locator("[data-draft] time").wait_for(timeout=15_000)
    assert page.locator("#ended").is_hidden()
    page.locator("main form button[value=check]").click()
    page.locator("button[value=send]").wait_for()


def test_the_browser_keeps_nothing_of_a_page(open_page):
    page = open_page("/sample?role=chair")
    page.locator("a.token").click()
    page.go_back()
    page.fill("#q-search", "人1")
    assert page.evaluate("[localStorage.length, Object.keys(sessionStorage).join()]") == [0, "htmx-current-path-for-history"], "its address, no more"


def test_picking_rows_counts_them_and_wakes_the_buttons(open_page):
    page = open_page("/sample")
    button = page.locator(".bulk button")
    assert button.is_disabled()
    page.locator("[data-all]").check()
    assert page.locator("[data-picked]").inner_text() == "已选 3 条" and button.is_enabled()
    page.locator("input[name=picked]").first.uncheck()
    assert page.locator("[data-picked]").inner_text() == "已选 2 条"


def test_a_saved_view_is_made_and_counted_on_the_page(stage, open_page):
    page = open_page("/sample?role=chair")
    page.locator("details.add summary").click()
    page.fill("#view-name", "主席")
    page.locator("details.add button").click()
    page.locator(".pill", has_text="主席").locator(".count", has_text="3").wait_for()


def test_columns_are_chosen_on_the_page(open_page):
    page = open_page("/sample?role=chair")
    page.locator("details.columns summary").click()
    page.locator("details.columns input[value=ethnicity]").check()
    page.locator("details.columns input[value=role]").uncheck()
    page.locator("details.columns button").click()
    page.wait_for_url("**columns=ethnicity**")
    assert page.locator("thead th:visible").all_inner_texts() == ["", "姓名", "任职时间", "民族"] and "role=chair" in page.url


def test_the_page_works_without_a_script(stage, chromium):
    secret = start(stage.app.state.engine, Session("token", account="plain", me=OFFICER, place=COUNTY))
    with chromium.new_context(base_url=stage.url, java_script_enabled=False) as context:
        context.add_cookies([{"name": "halfsky", "value": secret, "url": stage.url}])
        page = context.new_page()
        page.goto("/sample/edit")
        page.fill("#f-full_name", "没有脚本的名称")
        page.locator("main form button[value=check]").click()
        page.locator("button[value=send]").click()
        page.wait_for_url("**/sample?done=1")
        page.select_option("#q-role", "chair")
        page.locator(".filters button", has_text="查询").click()
        page.wait_for_url("**role=chair**")
        assert page.locator("a.token").count() == 1


def test_back_and_reload_ask_for_the_form_again_and_never_for_what_was_sent(stage, open_page):
    page = open_page("/sample/edit")
    page.fill("#f-phone", "0791-1")
    page.locator("main form button[value=check]").click()
    page.locator("button[value=send]").wait_for()
    page.reload()
    page.locator("#f-phone").wait_for()
    page.fill("#f-phone", "0791-2")
    page.locator("main form button[value=check]").click()
    before = len(stage.sent())
    page.locator("button[value=send]").click()
    page.wait_for_url("**/sample?done=1")
    page.go_back()  # to the page of answers, which Chromium would only call ERR_CACHE_MISS
    page.locator("#f-phone").wait_for()
    assert len(stage.sent()) == before + 1


def test_a_search_in_a_form_after_the_session_is_over_says_so_and_leaves_the_page(stage, open_page):
    page = open_page("/documents/new")
    page.fill("[name='paper.title']", "写了一半")
    page.context.clear_cookies()
    page.keyboard.press("Control+k")  # any request on the side
    page.locator("#ended:not([hidden])").wait_for()
    assert page.url.endswith("/documents/new") and page.input_value("[name='paper.title']") == "写了一半"


def test_a_file_too_large_is_said_before_it_is_sent_and_not_taken(open_page, tmp_path):
    page, large = open_page("/documents/new"), tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    field, said = page.locator("input[type=file]"), page.locator(".over")
    field.set_input_files(large)
    said.wait_for()
    assert field.input_value() == ""
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    field.set_input_files(large)
    assert said.is_hidden() and field.input_value()
