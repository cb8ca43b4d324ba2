"""What the people of the stories do at the screen, by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.keys import Keys
from tests.files.making import person as line
from tests.story.acts import PDF
from tests.story.county import ago

__all__ = ["BALLOT", "CASE", "TEAM", "act", "attach_paper", "bring", "commit", "find", "lines", "vote", "written"]

BALLOT = {"ballot__entitled": "100", "ballot__present": "90", "ballot__issued": "90", "ballot__returned": "88", "ballot__valid": "87"}
PAPER = {"paper__kind": "approval", "paper__title": "关于同意选举结果的批复", "paper__number": "洪妇〔2026〕12号", "paper__issuer": "南昌县妇联"}
CASE = re.compile(r"/reelections/[0-9a-f]{8}-")
TEAM = ("周 素梅", "吴桂香", "郑雪琴")


def lines(village: str, team: tuple[str, ...] = TEAM, dirty: bool = False) -> list[list[object]]:
    """A chair and two executives; dirty ones with what people really type."""
    since = ago(100)[:7]
    rows = [
        line(team[0], "主席、执委", "1979.05", since=since, unit=village),
        line(team[1], "执委", "198808", since=since, unit=village),
        line(team[2], "执委", "1991年3月", since=since, unit=village),
    ]
    if dirty:
        rows[1][4], rows[2][6] = "1980.1", "大本"
    return rows


def written(folder: Path, name: str, content: bytes) -> Path:
    folder.joinpath(name).write_bytes(content)
    return folder / name


def bring(keys: Keys, file: Path) -> None:
    """A workbook through the wizard, until it has been checked."""
    keys.go("dr", "导入")
    keys.link("新的导入")
    keys.radio("kind", "opening")
    keys.attach(keys.page.locator("#f-file"), file)
    keys.enter(keys.page.locator("main p.acts button[value=check]"))
    expect(keys.page.get_by_role("heading", name="逐行核对")).to_be_visible(timeout=60_000)


def commit(keys: Keys) -> None:
    """All warnings seen, looked over, and written."""
    for box in keys.page.locator("input[name=acknowledged]").all():
        keys.write(box, "")
    keys.look_over()
    expect(keys.page.get_by_text("已写入").first).to_be_visible(timeout=60_000)


def act(keys: Keys, title: str, dated: str = "", **values: str) -> None:
    """One official act from the button of that name to its confirmation, with a new paper and its scan when it is dated."""
    keys.link(title)
    keys.fill(**values)
    if dated:
        attach_paper(keys, dated)
    keys.look_over()


def attach_paper(keys: Keys, dated: str) -> None:
    """A new paper with its scan, uploaded with the form."""
    fold = keys.page.locator("details.upload", has=keys.page.locator('[id="f-paper.file"]'))
    if fold.get_attribute("open") is None:
        keys.enter(fold.locator("summary"))
    keys.attach(keys.page.locator('[id="f-paper.file"]'), {"name": "批复.pdf", "mimeType": "application/pdf", "buffer": PDF})
    keys.fill(**PAPER, paper__dated=dated)


def find(keys: Keys, letters: str, village: str) -> None:
    """The village's re-election, from anywhere."""
    keys.go(letters, village)
    keys.enter(keys.page.locator(".acts-here a", has_text="办理换届"))
    keys.page.wait_for_url(CASE)


def vote(keys: Keys, role: str, who: str) -> None:
    """The first empty line of the role's table."""
    table = keys.page.locator("table.votes", has=keys.page.locator(f"caption:text-matches('^\\\\s*{role}')"))
    row = next(r for r in table.locator("tbody tr").all() if not r.locator("input[list]").input_value())
    keys.write(row.locator("input[list]"), who)
    keys.write(row.locator("input[name$='.favour']"), "80")
    keys.write(row.locator("input[name$='.elected']"), "")
