"""Draws the pictures of docs/tour.md: a county officer's morning with the demo data of 南昌县, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect

from tests.browser.acts import BALLOT, CASE, act, attach_paper, bring, commit, find, lines, vote, written
from tests.browser.checks import PHONE, clean, settled
from tests.browser.desk import Desk, launched
from tests.browser.keys import Keys
from tests.browser.picture import draw
from tests.files.making import book
from tests.story.acts import Village
from tests.story.county import PLACES, County, ago, eventually, running

COUNTY = "360121"
VILLAGE, NAME = "晨光村", "晨光村妇女联合会"
PICTURES = Path(__file__).parents[2] / "docs" / "tour"
MOST = 120 * 1024
VOTES = (("主席", "钱美华"), ("副主席", "孙玉兰"), ("执委", "钱美华"), ("执委", "孙玉兰"), ("执委", "冯秀芝"))


class Tour:
    """The morning, step by step, with a picture of each."""

    def __init__(self, county: County, desk: Desk, folder: Path) -> None:
        self.county, self.desk, self.folder = county, desk, folder
        self.blank = desk.chromium.new_page()
        eventually(self.level, 180)
        self.village = Village.new(county, VILLAGE)
        for who in ("钱美华", "孙玉兰", "冯秀芝"):
            self.village.person(who)
        self.officer, self.town = Keys(desk.enter("county")), Keys(desk.enter("township"))
        for keys in (self.officer, self.town):
            keys.page.goto("/")

    def level(self) -> bool:
        """Whether every service has heard of everything that was loaded."""
        asked = (("org", "/imports"), ("cadre", "/imports"), ("projection", f"/overview?area={PLACES['county']}"))
        answers = [self.county.county.send("GET", service, path) for service, path in asked]
        return all(a.is_success and "es-behind" not in a.headers for a in answers)

    def picture(self, name: str, page: Page | None = None, top: str = "") -> None:
        """`top`: what stands at the upper edge, where the page is longer than the screen."""
        page = page or self.officer.page
        clean(page, name)
        page.evaluate("s => { const e = s && document.querySelector(s); scrollTo(0, e ? e.getBoundingClientRect().top + scrollY - 12 : 0); }", top)
        file = PICTURES / f"{name}.png"
        draw(page, file, self.blank)
        assert file.stat().st_size <= MOST, f"{name} has {file.stat().st_size} bytes"

    def roster(self) -> None:
        """The workbook: its mistakes, and what is written."""
        keys = self.officer
        self.picture("01-work-list")
        bring(keys, written(self.folder, "晨光村花名册.xlsx", book(lines(NAME, dirty=True))))
        self.picture("02-mistakes")
        bring(keys, written(self.folder, "晨光村花名册（改）.xlsx", book(lines(NAME))))
        commit(keys)
        self.picture("03-written")
        keys.press("Control+k")
        keys.page.locator("#palette #found a").first.wait_for()
        keys.page.keyboard.type("cgc")
        keys.page.locator("#palette #found a", has_text=VILLAGE).first.wait_for()
        self.picture("04-find")
        keys.press("Escape")

    def election(self) -> None:
        """From the plan to the approval: the township enters for the village, the county approves."""
        town, keys = self.town, self.officer
        town.go("cgc", VILLAGE)
        town.link("开始换届")
        town.fill(planned_on=ago(60))
        town.enter(town.page.locator("button[name=step][value=send]"))
        town.page.wait_for_url(CASE)
        act(town, "提交请示", requested_on=ago(50))
        find(keys, "cgc", VILLAGE)
        act(keys, "批准换届", dated=ago(40), permitted_on=ago(40))
        find(town, "cgc", VILLAGE)
        act(town, "登记大会选举", form="congress", held_on=ago(10), **BALLOT)
        expect(town.page.get_by_role("link", name="上报选举结果", exact=True).first).to_be_visible()
        self.picture("05-re-election", town.page)
        town.link("上报选举结果")
        town.fill(reported_on=ago(9))
        for role, who in VOTES:
            vote(town, role, who)
        self.picture("06-votes", town.page, "table.votes")
        town.look_over()
        find(keys, "cgc", VILLAGE)
        keys.link("批复选举结果")
        keys.fill(approved_on=ago(5), term_months="60")
        attach_paper(keys, ago(5))
        keys.enter(keys.page.locator("main form p.acts button[value=check]").last)
        expect(keys.page.locator("dl.check")).to_be_visible()
        self.picture("07-approval")
        keys.enter(keys.page.locator("button[value=send]"))
        expect(keys.page.locator("main")).to_contain_text("当选")

    def result(self) -> None:
        """The new team, a post corrected, and who changed what on which paper."""
        keys, page = self.officer, self.officer.page
        eventually(lambda: "钱美华" in str(self.county.provincial.get("projection", "/reports/roster", area=self.village.id)["rows"]))
        keys.go("cgc", VILLAGE)
        self.picture("08-organisation")
        keys.press("Alt+2")
        page.wait_for_url("**/roster")
        keys.press("Alt+s")
        page.keyboard.type("qmh")
        expect(page.locator("tbody tr").first).to_contain_text("钱美华")
        settled(page)
        self.picture("09-roster")
        keys.link("钱美华")
        page.wait_for_url("**/people/*")
        keys.enter(page.locator("main a[href^='/appointments/']", has_text="主席").first)
        keys.link("更正录入错误")
        keys.fill(starts_on=ago(9), reason="大会日期抄错，按选举结果报告更正")
        keys.write(page.locator("label", has_text="12号").locator("input[name=documents]").first, "")
        keys.enter(page.locator("main form p.acts button[value=check]").last)
        expect(page.locator("dl.check")).to_be_visible()
        self.picture("10-correction")
        keys.enter(page.locator("button[value=send]"))
        expect(page.get_by_text("更正").first).to_be_visible()
        keys.press("Alt+6")
        page.wait_for_url("**/audit")
        keys.press("Alt+s")
        page.keyboard.type("钱美华")
        expect(page.locator("tbody tr", has_text="大会日期抄错")).to_be_visible()
        settled(page)
        self.picture("11-audit")

    def paper(self) -> None:
        """The roster on A4 and on a phone."""
        keys, page = self.officer, self.officer.page
        keys.go("cgc", VILLAGE)
        keys.link("花名册")
        expect(page.locator("h1")).to_contain_text(VILLAGE)
        with page.expect_response("**/roster.pdf*") as printed:
            keys.link("打印花名册")
        sheet = self.desk.enter("county")
        sheet.goto(f"{printed.value.url}#toolbar=0&navpanes=0&view=FitH")
        eventually(lambda: steady(sheet))
        draw(sheet, PICTURES / "12-print.png", self.blank)
        phone = self.desk.enter("county", viewport=PHONE)
        phone.goto(f"/roster?area={self.village.id}")
        self.picture("13-phone", phone)


def steady(page: Page) -> bool:
    """Whether the sheet has been drawn: the viewer tells nobody."""
    before = page.screenshot()
    page.wait_for_timeout(300)
    return len(before) > 10_000 and before == page.screenshot()


@contextmanager
def begun() -> Iterator[Tour]:
    with TemporaryDirectory() as folder, running(Path(folder), None, COUNTY, ("console",)) as county, launched() as browser:
        desk = Desk(county, browser, {})
        yield Tour(county, desk, Path(folder))
        desk.leave()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with begun() as tour:
        tour.roster()
        tour.election()
        tour.result()
        tour.paper()


if __name__ == "__main__":
    main()
