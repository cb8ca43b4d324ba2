"""Lists on a phone, and forms without a network, in a real Chromium over services that answer what the test gives them."""

from __future__ import annotations

import pytest

from services.console.session import Session, start
from tests.browser.checks import PHONE, clean
from tests.browser.test_script import open_page, stage
from tests.console.conftest import COUNTY, OFFICER

__all__ = ["open_page", "stage"]
WIDE = "/sample?columns=role&columns=starts_on&columns=ethnicity"


@pytest.fixture
def phone(open_page):
    def enter(path):
        page = open_page(path)
        page.set_viewport_size(PHONE)
        return page

    return enter


def test_a_row_is_two_lines_and_the_rest_of_it_is_behind_more(phone):
    page = phone(WIDE)
    row = page.locator("tbody tr").first
    more = row.locator(".card-more")
    assert more.is_hidden() and row.bounding_box()["height"] < 80
    button = row.locator("[data-unfold]")
    button.click()
    assert more.is_visible() and button.get_attribute("aria-expanded") == "true" and button.inner_text().startswith("收起")
    clean(page, "unfolded")
    button.click()
    assert more.is_hidden() and button.inner_text().startswith("更多")


def test_the_first_filter_is_there_at_once_and_the_others_when_asked_for(phone):
    page = phone("/sample")
    assert page.locator("#q-search").is_visible() and page.locator("#q-role").is_hidden()
    page.locator(".filters [data-unfold]").click()
    assert page.locator("#q-role").is_visible()
    clean(page, "filters open")


def test_without_a_script_nothing_is_folded_away(stage, chromium):
    secret = start(stage.app.state.engine, Session("token", account="plain", me=OFFICER, place=COUNTY))
    with chromium.new_context(base_url=stage.url, java_script_enabled=False, viewport=PHONE) as context:
        context.add_cookies([{"name": "halfsky", "value": secret, "url": stage.url}])
        page = context.new_page()
        page.goto(WIDE)
        assert page.locator("tbody tr").first.locator(".card-more").is_visible() and page.locator("#q-role").is_visible()
        assert page.locator("[data-unfold]:visible").count() == 0


def test_a_form_sent_without_a_network_stays_with_all_that_was_typed(phone):
    page = phone("/sample/edit")
    page.fill("#f-full_name", "断网时要提交的名称")
    page.context.set_offline(True)
    page.locator("main form button[value=check]").click()
    page.locator("#net:not([hidden])").wait_for()
    assert page.url.endswith("/sample/edit") and page.input_value("#f-full_name") == "断网时要提交的名称"
    page.context.set_offline(False)
    page.locator("main form button[value=check]").click()
    page.locator("button[value=send]").wait_for()


def test_an_address_holds_only_the_filters_that_say_something(phone):
    page = phone("/sample")
    page.locator(".filters [data-unfold]").click()
    page.select_option("#q-role", "chair")
    page.locator(".filters button", has_text="查询").click()
    page.wait_for_url("**role=chair")
    assert page.url.endswith("/sample?role=chair")


def test_the_counts_of_the_work_list_stand_in_even_rows(stage, phone):
    title = {"zh-CN": "另一种待办", "en": "Something else"}
    more = [{"id": f"more_{n}", "title": title, "count": n, "list": "/appointments", "rows": []} for n in range(6)]
    stage.services.give("GET projection /worklist", {"sections": more})
    page = phone("/")
    for size in (PHONE, {"width": 1366, "height": 768}):
        page.set_viewport_size(size)
        boxes = [li.bounding_box() for li in page.locator(".counts li").all()]
        rows = [[b for b in boxes if b["y"] == y] for y in sorted({b["y"] for b in boxes})]
        assert len({len(row) for row in rows[:-1]}) <= 1 and len(boxes) == 11
        assert all(abs(b["width"] - boxes[0]["width"]) < 1 for b in boxes[:-1]) and len({b["height"] for b in boxes}) == 1
        assert len(rows) == (6 if size == PHONE else 2)
        clean(page, "eleven counts")
