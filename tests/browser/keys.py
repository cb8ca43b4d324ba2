"""Somebody without a mouse: nothing but keys reaches the page, and where the focus stands is always seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import clean

__all__ = ["Keys", "gone_round"]

MOST = 400  # presses of Tab for one way
WHERE = """e => { const at = document.activeElement;
  if (at === e) return 'there';
  return at && at !== document.body && at.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING ? 'before' : 'after'; }"""
SEEN = """e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  return r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight && (s.outlineStyle !== 'none' || s.boxShadow !== 'none'); }"""
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
# what a hand could use, menu and all; of radio buttons the one that Tab comes to, for the arrows move on. No click does anything from now on
WANTED = """controls => {
  addEventListener('click', e => { e.preventDefault(); e.stopImmediatePropagation();
    const at = e.target.closest(controls); if (at) at.dataset.clicked = 1; }, true);
  const all = [...document.querySelectorAll(controls)]
    .filter(e => (e.checkVisibility({visibilityProperty: true}) || e.matches('.skip')) && !e.disabled && !e.closest('[aria-hidden=true]'))
    .filter((e, _, found) => { if (e.type !== 'radio') return true;
      const group = found.filter(o => o.type === 'radio' && o.name === e.name && o.form === e.form);
      return e === (group.find(o => o.checked) || group[0]); });
  for (const e of all) e.dataset.wanted = 1;
  return all.length; }"""
# where Tab came to: whether it is seen, what it is, and the keys that must press it
REACHED = """() => { const e = document.activeElement;
  if (!e || e === document.body) return null;
  const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  e.dataset.reached = 1;
  const keys = e.matches('a[href], input[type=file]') ? ['Enter'] : e.matches('button, summary') ? ['Enter', 'Space']
    : e.matches('input[type=checkbox], input[type=radio]:not(:checked)') ? ['Space'] : [];
  return [r.width > 0 && r.height > 0 && (s.outlineStyle !== 'none' || s.boxShadow !== 'none'), e.outerHTML.slice(0, 120), keys,
          document.querySelectorAll('[data-wanted]:not([data-reached])').length]; }"""
PRESSED = "() => { const e = document.activeElement, yes = !!e.dataset.clicked; delete e.dataset.clicked; return yes; }"
MISSED = "() => [...document.querySelectorAll('[data-wanted]:not([data-reached])')].map(e => e.outerHTML.slice(0, 120))"


def gone_round(page: Page) -> list[str]:
    """What is wrong when somebody goes through the whole page with Tab and presses what can be pressed: out of reach, unseen, or dead."""
    found: list[str] = []
    page.on("filechooser", lambda chooser: None)
    for _ in range(page.evaluate(WANTED, CONTROLS) + 60):
        page.keyboard.press("Tab")
        at = page.evaluate(REACHED)
        if not at:
            continue
        seen, what, keys, left = at
        if not seen:
            found.append(f"the focus cannot be seen at {what}")
        for key in keys:
            page.keyboard.press(key)
            if not page.evaluate(PRESSED):
                found.append(f"{key} does nothing at {what}")
        if not left:
            break
    else:
        found += [f"out of reach: {what}" for what in page.evaluate(MISSED)]
    return list(dict.fromkeys(found))


class Keys:
    """The keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.on("filechooser", lambda chooser: None)  # from now on: asked for together with the key, it would come too late at times

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, target: Locator) -> None:
        """Tab, or Shift+Tab where it lies behind, until the target has the focus."""
        handle = target.element_handle()
        for _ in range(MOST):
            way = handle.evaluate(WHERE)
            if way == "there":
                assert handle.evaluate(SEEN), f"the focus cannot be seen at {target}"
                return
            self.press("Tab" if way == "after" else "Shift+Tab")
        raise AssertionError(f"no way by keyboard to {target} on {self.page.url.partition('?')[0]}")

    def enter(self, target: Locator) -> None:
        self.to(target)
        self.press("Enter")

    def link(self, name: str) -> None:
        """Follows the link of that name."""
        self.enter(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def go(self, words: str, to: str) -> None:
        """By the palette: Ctrl+K, a few letters, and the arrows down to what is meant."""
        self.press("Control+k")
        found = self.page.locator("#palette #found a")
        found.first.wait_for()
        self.page.keyboard.type(words)
        mine = found.filter(has_text=to).first
        mine.wait_for()
        for _ in range(20):
            if mine.get_attribute("aria-selected") == "true":
                break
            self.press("ArrowDown")
        self.press("Enter")
        self.page.wait_for_url(lambda url: "/palette" not in url)

    def write(self, field: Locator, text: str) -> None:
        """Into a field, in place of what stands there. A date is typed part by part, a choice found with the arrows."""
        self.to(field)
        kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "date":
            self._date(field, text)
        elif kind == "select":
            self._choose(field, text)
        elif kind == "checkbox":
            self.press("Space")
        else:
            self.press("Control+a")
            self.page.keyboard.type(text)
        held: Any = field.evaluate("e => e.type === 'checkbox' ? e.checked : e.value")
        assert held in (text, True), f"{field} holds {held!r} in place of {text!r}"

    def fill(self, **values: str) -> None:
        """Fields by their names; `paper__title` for paper.title."""
        for name, value in values.items():
            self.write(self.page.locator(f'[id="f-{name.replace("__", ".")}"]'), value)

    def _date(self, field: Locator, text: str) -> None:
        """Part by part, in the order that the browser shows."""
        year, month, day = text.split("-")
        for parts in ((month + day + year,), (year, month + day)):
            while field.evaluate("e => document.activeElement === e"):
                self.press("Shift+Tab")
            self.press("Tab")
            self.page.keyboard.type(parts[0])
            for more in parts[1:]:
                self.press("ArrowRight")  # the year could go on for two digits more
                self.page.keyboard.type(more)
            if field.input_value() == text:
                return

    def _choose(self, field: Locator, value: str) -> None:
        self.press("Home")
        for _ in range(field.locator("option").count()):
            if field.input_value() == value:
                return
            self.press("ArrowDown")

    def radio(self, name: str, value: str) -> None:
        """One of a group: Tab goes to the one that is chosen, the arrows on to the others."""
        group = self.page.locator(f"input[type=radio][name='{name}']")
        chosen = self.page.locator(f"input[type=radio][name='{name}']:checked")
        self.to(chosen if chosen.count() else group.first)
        for _ in range(group.count()):
            if self.page.locator(f"input[name='{name}'][value='{value}']").is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"no {name} {value}")

    def attach(self, field: Locator, file: Any) -> None:
        """A file, through the system's own window."""
        self.to(field)
        with self.page.expect_file_chooser() as chooser:
            self.press("Enter")
        chooser.value.set_files(file if not isinstance(file, Path) else str(file))

    def look_over(self) -> None:
        """Check your answers, on a page as clean as any, then confirm."""
        self.enter(self.page.locator("main form p.acts button[name=step][value=check]").last)
        expect(self.page.locator("dl.check")).to_be_visible()
        clean(self.page, "check")
        self.enter(self.page.locator("button[name=step][value=send]"))
