"""A county officer's morning, in Chinese and without a manual; a township that enters for a village; one file in two browsers at once."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import act, fill, look_over, upload
from tests.browser.checks import clean
from tests.browser.conftest import SignIn
from tests.files.making import book
from tests.files.making import person as line
from tests.story.acts import Village, roster
from tests.story.county import County, ago, eventually

BALLOT = {"ballot__entitled": "100", "ballot__present": "90", "ballot__issued": "90", "ballot__returned": "88", "ballot__valid": "87"}


def lines(village: str, *dirty: bool) -> list[list[object]]:
    """A chair and two executives; dirty ones with what people really type."""
    since = ago(100)[:7]
    rows = [
        line("周 素梅", "主席、执委", "1979.05", since=since, unit=village),
        line("吴桂香", "执委", "198808", since=since, unit=village),
        line("郑雪琴", "执委", "1991年3月", since=since, unit=village),
    ]
    if dirty:
        rows[1][4], rows[2][6] = "1980.1", "大本"
    return rows


def written(folder: Path, name: str, content: bytes) -> Path:
    folder.joinpath(name).write_bytes(content)
    return folder / name


def commit(page: Page) -> None:
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    look_over(page)
    expect(page.get_by_text("已写入").first).to_be_visible(timeout=60_000)


@pytest.fixture(scope="module")
def village(county: County) -> Village:
    return Village.new(county, "晨光村")


def test_a_county_officers_morning(county: County, sign_in: SignIn, village: Village, tmp_path: Path):
    name = "晨光村妇女联合会"
    page = sign_in("county")

    # her own dirty workbook: every mistake at once, in red in her own file
    upload(page, "opening", written(tmp_path, "花名册.xlsx", book(lines(name, True))))
    clean(page, "import with errors")
    assert page.locator("tbody .ill").count() >= 2
    with page.expect_download() as back:
        page.get_by_role("link", name="下载标红的工作簿").click()
    sheet = openpyxl.load_workbook(io.BytesIO(back.value.path().read_bytes())).active
    assert sheet is not None
    cells = [c for row in sheet.iter_rows() for c in row]
    assert {"错误"} <= {c.value for c in cells} and {"1980.1", "大本"} <= {c.value for c in cells if c.fill.fill_type == "solid"}
    assert roster(county, village.id) == {}

    # put right, written, in the roster
    upload(page, "opening", written(tmp_path, "花名册（改）.xlsx", book(lines(name))))
    commit(page)
    eventually(lambda: set(roster(county, village.id)) == {"周素梅", "吴桂香", "郑雪琴"})
    page.goto(f"/roster?area={village.id}&search=zsm")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("周素梅")

    # one post was entered wrong: corrected, and told by whom, when, why
    page.get_by_role("link", name="周素梅").click()
    page.wait_for_url("**/people/*")
    page.locator("main a[href^='/appointments/']", has_text="主席").first.click()
    page.get_by_role("link", name="更正录入错误").click()
    fill(page, starts_on=ago(95), reason="原表日期抄错，按任免文件更正")
    look_over(page)
    expect(page.get_by_text("更正").first).to_be_visible()
    page.goto(f"/audit?area={village.id}")
    expect(page.locator("main")).to_contain_text("更正")
    expect(page.locator("main")).to_contain_text("周素梅")

    # and the roster on paper
    page.goto(f"/roster?area={village.id}")
    assert page.pdf(format="A4", landscape=True).count(b"/Type /Page\n") == 1


def test_a_village_is_re_elected_up_to_the_approval_with_its_scan(county: County, sign_in: SignIn, village: Village):
    for who in ("钱美华", "孙玉兰", "冯秀芝"):
        village.person(who)
    town, superior = sign_in("township"), sign_in("county")
    town.goto(f"/reelections/new?organisation={village.id}")
    fill(town, planned_on=ago(60))
    town.locator("button[name=step][value=send]").click()
    town.wait_for_url("**/reelections/*-*")
    case = town.url.partition("?")[0]
    assert "代录" in town.locator("main").inner_text()
    act(town, "提交请示", requested_on=ago(50))
    superior.goto(case)
    act(superior, "批准换届", dated=ago(40), permitted_on=ago(40))
    town.goto(case)
    act(town, "登记大会选举", form="congress", held_on=ago(10), **BALLOT)
    town.get_by_role("link", name="上报选举结果", exact=True).click()
    fill(town, reported_on=ago(9))
    for role, who in (("主席", "钱美华"), ("副主席", "孙玉兰"), ("执委", "钱美华"), ("执委", "孙玉兰"), ("执委", "冯秀芝")):
        vote(town, role, who)
    clean(town, "result")
    look_over(town)
    assert superior.goto(case)
    act(superior, "批复选举结果", dated=ago(5), approved_on=ago(5), term_months="60")
    expect(superior.locator("main")).to_contain_text("当选")
    eventually(lambda: roster(county, village.id).get("钱美华") == ["chair", "executive_member"])
    paper = superior.request.get(str(superior.get_by_role("link", name="PDF 选举结果报告").get_attribute("href")))
    assert paper.ok and paper.body().startswith(b"%PDF-")


def vote(page: Page, role: str, who: str) -> None:
    """The first empty line of the role's table."""
    table = page.locator("table.votes", has=page.locator(f"caption:text-matches('^\\\\s*{role}')"))
    row = next(r for r in table.locator("tbody tr").all() if not r.locator("input[list]").input_value())
    row.locator("input[list]").fill(who)
    row.locator("input[name$='.favour']").fill("80")
    row.locator("input[name$='.elected']").check()


def test_the_same_file_in_two_browsers_at_once_is_one_import(county: County, sign_in: SignIn, tmp_path: Path):
    name = "双城村"
    place = Village.new(county, name)
    file = written(tmp_path, "名册.xlsx", book(lines(f"{name}妇女联合会")))
    one, two = sign_in("county"), sign_in("county")
    for page in (one, two):
        upload(page, "opening", file)
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
