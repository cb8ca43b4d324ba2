"""What the people of the stories do at the screen: fill in by label names, look over, confirm."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.story.acts import PDF

__all__ = ["PAPER", "act", "fill", "look_over", "upload"]

PAPER = {
    "paper.kind": "approval",
    "paper.title": "关于同意选举结果的批复",
    "paper.number": "洪妇〔2026〕12号",
    "paper.issuer": "南昌县妇女联合会",
}


def fill(page: Page, **values: str) -> None:
    """By the names of the fields; `paper__title` for paper.title."""
    for name, value in values.items():
        field = page.locator(f'[id="f-{name.replace("__", ".")}"]')
        fold = page.locator("details.upload", has=field)
        if fold.count() and fold.first.get_attribute("open") is None:
            fold.first.locator("summary").click()
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def scan(page: Page, dated: str) -> None:
    """A new paper with its scan, uploaded with the form."""
    fill(page, **{k.replace(".", "__"): v for k, v in PAPER.items()}, paper__dated=dated)
    page.locator('[id="f-paper.file"]').set_input_files({"name": "批复.pdf", "mimeType": "application/pdf", "buffer": PDF})


def look_over(page: Page) -> None:
    """Check your answers, then confirm."""
    page.locator("button.button[name=step][value=check]").click()
    expect(page.locator("dl.check")).to_be_visible()
    page.locator("button[name=step][value=send]").click()


def act(page: Page, title: str, dated: str = "", **values: str) -> None:
    """One official act from the button of that name to its confirmation."""
    page.get_by_role("link", name=title, exact=True).click()
    fill(page, **values)
    if dated:
        scan(page, dated)
    look_over(page)


def upload(page: Page, kind: str, file: Path) -> None:
    """A workbook through the wizard, until it has been checked."""
    page.goto("/imports/new")
    page.locator(f"input[name=kind][value={kind}]").check()
    page.locator("#f-file").set_input_files(file)
    page.locator("button[name=step][value=check]").click()
    expect(page.get_by_role("heading", name="逐行核对")).to_be_visible(timeout=60_000)
