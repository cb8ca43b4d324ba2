"""A county officer's morning by keyboard alone, in Chinese and without a manual; a township that enters for a village; one file in two browsers."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.acts import BALLOT, CASE, act, bring, commit, find, lines, vote, written
from tests.browser.checks import clean, settled
from tests.browser.conftest import SignIn
from tests.browser.keys import Keys
from tests.files.making import book
from tests.story.acts import Village, roster
from tests.story.county import County, ago, eventually


@pytest.fixture(scope="module")
def village(county: County) -> Village:
    return Village.new(county, "晨光村")


def test_a_county_officers_morning_by_keyboard_alone(county: County, sign_in: SignIn, village: Village, tmp_path: Path):
    name = "晨光村妇女联合会"
    page = sign_in()
    keys = Keys(page)
    page.goto("/login")
    keys.enter(page.locator("[href*='account=county']"))
    expect(page.locator("h1")).to_contain_text("工作台")

    # her own dirty workbook: every mistake at once, in red in her own file
    bring(keys, written(tmp_path, "花名册.xlsx", book(lines(name, dirty=True))))
    clean(page, "import with errors")
    assert page.locator("tbody .ill").count() >= 2
    with page.expect_download() as back:
        keys.link("下载标红的工作簿")
    sheet = openpyxl.load_workbook(io.BytesIO(back.value.path().read_bytes())).active
    assert sheet is not None
    cells = [c for row in sheet.iter_rows() for c in row]
    assert {"错误"} <= {c.value for c in cells} and {"1980.1", "大本"} <= {c.value for c in cells if c.fill.fill_type == "solid"}
    assert roster(county, village.id) == {}

    # put right, written, in the roster
    bring(keys, written(tmp_path, "花名册（改）.xlsx", book(lines(name))))
    commit(keys)
    eventually(lambda: set(roster(county, village.id)) == {"周素梅", "吴桂香", "郑雪琴"})
    keys.press("Alt+2")
    page.wait_for_url("**/roster")
    keys.press("Alt+s")
    page.keyboard.type("zsm")
    expect(page.locator("tbody tr")).to_have_count(1)
    settled(page)

    # one post was entered wrong: corrected, and told by whom, when, why
    keys.link("周素梅")
    page.wait_for_url("**/people/*")
    keys.enter(page.locator("main a[href^='/appointments/']", has_text="主席").first)
    keys.link("更正录入错误")
    keys.fill(starts_on=ago(95), reason="原表日期抄错，按任免文件更正")
    keys.look_over()
    expect(page.get_by_text("更正").first).to_be_visible()
    keys.press("Alt+6")
    page.wait_for_url("**/audit")
    keys.press("Alt+s")
    page.keyboard.type("周素梅")
    told = page.locator("tbody tr", has_text="原表日期抄错")
    expect(told).to_contain_text("更正")
    expect(told).to_contain_text("周素梅")

    # and the roster on paper
    settled(page)
    keys.go("cgc", "晨光村")
    page.wait_for_url("**/organisations/*")
    keys.link("花名册")
    expect(page.locator("h1")).to_contain_text("晨光村")
    with page.expect_response("**/roster.pdf*") as printed:
        keys.link("打印花名册")
    assert printed.value.ok and printed.value.headers["content-type"] == "application/pdf"


def test_a_village_is_re_elected_by_keyboard_alone_up_to_the_approval_with_its_scan(county: County, sign_in: SignIn, village: Village):
    for who in ("钱美华", "孙玉兰", "冯秀芝"):
        village.person(who)
    town, superior = Keys(sign_in("township")), Keys(sign_in("county"))
    for keys in (town, superior):
        keys.page.goto("/")
    town.go("cgc", "晨光村")
    town.link("开始换届")
    town.fill(planned_on=ago(60))
    town.enter(town.page.locator("button[name=step][value=send]"))
    town.page.wait_for_url(CASE)
    assert "代录" in town.page.locator("main").inner_text()
    act(town, "提交请示", requested_on=ago(50))
    find(superior)
    act(superior, "批准换届", dated=ago(40), permitted_on=ago(40))
    find(town)
    act(town, "登记大会选举", form="congress", held_on=ago(10), **BALLOT)
    town.link("上报选举结果")
    town.fill(reported_on=ago(9))
    for role, who in (("主席", "钱美华"), ("副主席", "孙玉兰"), ("执委", "钱美华"), ("执委", "孙玉兰"), ("执委", "冯秀芝")):
        vote(town, role, who)
    clean(town.page, "result")
    town.look_over()
    find(superior)
    act(superior, "批复选举结果", dated=ago(5), approved_on=ago(5), term_months="60")
    expect(superior.page.locator("main")).to_contain_text("当选")
    eventually(lambda: roster(county, village.id).get("钱美华") == ["chair", "executive_member"])
    paper = superior.page.request.get(str(superior.page.get_by_role("link", name="PDF 选举结果报告").get_attribute("href")))
    assert paper.ok and paper.body().startswith(b"%PDF-")


def test_the_same_file_in_two_browsers_at_once_is_one_import(county: County, sign_in: SignIn, tmp_path: Path):
    name = "双城村"
    place = Village.new(county, name)
    file = written(tmp_path, "名册.xlsx", book(lines(f"{name}妇女联合会", ("卢彩霞", "姚翠莲", "崔文静"))))
    one, two = sign_in("county"), sign_in("county")
    for page in (one, two):
        page.goto("/")
        bring(Keys(page), file)
    assert one.url == two.url
    one.reload()  # the second upload had it checked anew, perhaps with facts of the village that had not arrived before
    for page in (one, two):
        for box in page.locator("input[name=acknowledged]").all():
            box.check()
        page.locator("button.button[name=step][value=check]").click()
    for page in (one, two):
        page.locator("button[name=step][value=send]").click(no_wait_after=True)
    for page in (one, two):
        expect(page.get_by_text("已写入").first).to_be_visible(timeout=60_000)
    eventually(lambda: len(roster(county, place.id)) == 3)
    started = [e for e in county.events("cadre") if e.name == "cadre.AppointmentStarted" and e.data["post"]["organisation"] == place.id]
    assert len(started) == 4


def test_a_mistake_in_a_form_is_named_at_its_field_and_keeps_what_was_typed(sign_in: SignIn, village: Village):
    page = sign_in("county")
    page.goto("/documents/new")
    page.locator("main form button.button").last.click()
    assert page.title().startswith("错误：")
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    clean(page, "error")
    summary.locator("a").first.click()
    assert page.evaluate("() => document.activeElement.id").startswith("f-")
