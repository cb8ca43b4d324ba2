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
from tests.story.acts import PDF, Village, roster
from tests.story.county import County, ago, eventually

MORNINGS = {
    "county": ("晨光村", "cgc", ("周 素梅", "吴桂香", "郑雪琴"), ("钱美华", "孙玉兰", "冯秀芝"), "zsm"),
    "township": ("朝霞村", "zxc", ("沈 月娥", "鲁桂英", "尤雪芳"), ("华淑珍", "蒋玉凤", "韩秀琴"), "sye"),
}


@pytest.mark.timeout(300)  # some two thousand keys: more than a minute where nothing else runs
@pytest.mark.parametrize("account", MORNINGS)
def test_a_morning_by_keyboard_alone(county: County, sign_in: SignIn, account: str, tmp_path: Path):
    """Once as the county's officer, the township entering for the village; once as that township, the county approving."""
    village, letters, team, winners, initials = MORNINGS[account]
    place = Village.new(county, village)
    for who in winners:
        place.person(who)
    page = sign_in()
    keys = Keys(page)
    page.goto("/login")
    keys.enter(page.locator(f"[href*='account={account}']"))
    expect(page.locator("h1")).to_contain_text("工作台")
    other = Keys(sign_in("township" if account == "county" else "county"))
    other.page.goto("/")
    town, superior = (other, keys) if account == "county" else (keys, other)

    brings_the_dirty_workbook(county, keys, place, f"{village}妇女联合会", team, tmp_path)
    keys.press("Alt+2")
    page.wait_for_url("**/roster")
    keys.press("Alt+s")
    page.keyboard.type(initials)
    expect(page.locator("tbody tr")).to_have_count(1)
    settled(page)
    is_re_elected(town, superior, village, letters, winners)
    eventually(lambda: roster(county, place.id).get(winners[0]) == ["chair", "executive_member"])
    has_the_approval_with_its_scan(keys, village, letters)
    corrects_a_post(keys, winners[0])
    prints_the_roster(keys, village, letters)


def brings_the_dirty_workbook(county: County, keys: Keys, place: Village, name: str, team: tuple[str, ...], folder: Path) -> None:
    """Every mistake at once, in red in her own file; put right, written."""
    page = keys.page
    bring(keys, written(folder, "花名册.xlsx", book(lines(name, team, dirty=True))))
    clean(page, "import with errors")
    assert page.locator("tbody .ill").count() >= 2
    with page.expect_download() as back:
        keys.link("下载标红的工作簿")
    sheet = openpyxl.load_workbook(io.BytesIO(back.value.path().read_bytes())).active
    assert sheet is not None
    cells = [c for row in sheet.iter_rows() for c in row]
    assert {"错误"} <= {c.value for c in cells} and {"1980.1", "大本"} <= {c.value for c in cells if c.fill.fill_type == "solid"}
    assert roster(county, place.id) == {}
    bring(keys, written(folder, "花名册（改）.xlsx", book(lines(name, team))))
    commit(keys)
    eventually(lambda: set(roster(county, place.id)) == {who.replace(" ", "") for who in team})


def is_re_elected(town: Keys, superior: Keys, village: str, letters: str, winners: tuple[str, ...]) -> None:
    """The township enters for the village, the county decides."""
    town.go(letters, village)
    town.link("开始换届")
    town.fill(planned_on=ago(60))
    town.enter(town.page.locator("button[name=step][value=send]"))
    town.page.wait_for_url(CASE)
    assert "代录" in town.page.locator("main").inner_text()
    act(town, "提交请示", requested_on=ago(50))
    find(superior, letters, village)
    act(superior, "批准换届", dated=ago(40), permitted_on=ago(40))
    find(town, letters, village)
    act(town, "登记大会选举", form="congress", held_on=ago(10), **BALLOT)
    town.link("上报选举结果")
    town.fill(reported_on=ago(9))
    chair, vice, third = winners
    for role, who in (("主席", chair), ("副主席", vice), ("执委", chair), ("执委", vice), ("执委", third)):
        vote(town, role, who)
    clean(town.page, "result")
    town.look_over()
    find(superior, letters, village)
    act(superior, "批复选举结果", dated=ago(5), approved_on=ago(5), term_months="60")
    expect(superior.page.locator("main")).to_contain_text("当选")


def has_the_approval_with_its_scan(keys: Keys, village: str, letters: str) -> None:
    """The result's paper is printed; the scan of the approval is found in the library as it was uploaded."""
    page = keys.page
    find(keys, letters, village)
    paper = page.request.get(str(page.get_by_role("link", name="PDF 选举结果报告").get_attribute("href")))
    assert paper.ok and paper.body().startswith(b"%PDF-")
    page.goto("/documents")
    keys.press("Alt+s")
    page.keyboard.type("关于同意选举结果的批复")
    keys.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("关于同意选举结果的批复")
    settled(page)
    keys.enter(page.locator("tbody a[href^='/documents/']").first)
    scan = page.locator("main a[href*='/files/']").first
    found = page.request.get(str(scan.get_attribute("href")))
    assert found.ok and found.body() == PDF


def corrects_a_post(keys: Keys, who: str) -> None:
    """Entered wrong, put right, and told by whom, when and why."""
    page = keys.page
    keys.press("Alt+2")
    page.wait_for_url("**/roster")
    keys.press("Alt+s")
    page.keyboard.type(who)
    expect(page.locator("tbody tr").first).to_contain_text(who)
    settled(page)
    keys.link(who)
    page.wait_for_url("**/people/*")
    keys.enter(page.locator("main a[href^='/appointments/']", has_text="主席").first)
    keys.link("更正录入错误")
    keys.fill(starts_on=ago(9), reason="大会日期抄错，按选举结果报告更正")
    keys.look_over()
    expect(page.get_by_text("更正").first).to_be_visible()
    keys.press("Alt+6")
    page.wait_for_url("**/audit")
    keys.press("Alt+s")
    page.keyboard.type(who)
    told = page.locator("tbody tr", has_text="大会日期抄错").filter(has_text=who)
    expect(told).to_contain_text("更正")
    settled(page)


def prints_the_roster(keys: Keys, village: str, letters: str) -> None:
    page = keys.page
    keys.go(letters, village)
    page.wait_for_url("**/organisations/*")
    keys.link("花名册")
    expect(page.locator("h1")).to_contain_text(village)
    with page.expect_response("**/roster.pdf*") as printed:
        keys.link("打印花名册")
    assert printed.value.ok and printed.value.headers["content-type"] == "application/pdf"


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


def test_a_mistake_in_a_form_is_named_at_its_field_and_keeps_what_was_typed(sign_in: SignIn):
    page = sign_in("county")
    page.goto("/documents/new")
    page.locator("main form button.button").last.click()
    assert page.title().startswith("错误：")
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    clean(page, "error")
    summary.locator("a").first.click()
    assert page.evaluate("() => document.activeElement.id").startswith("f-")
