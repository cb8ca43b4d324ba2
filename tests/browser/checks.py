"""What every page is held to: axe, no text over another or cut off, nothing scrolling sideways, nothing that jumps while it comes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

__all__ = ["LAPTOP", "PHONE", "SHIFTS", "calm", "clean", "faults", "settled"]

LAPTOP, PHONE = ViewportSize(width=1366, height=768), ViewportSize(width=390, height=844)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = """async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false}))
  .violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')} (${v.nodes.length})`)"""


SHIFTS = """window.shifted = []; new PerformanceObserver(list => {
  for (const e of list.getEntries()) if (!e.hadRecentInput)
    window.shifted.push([e.value, e.sources.map(s => s.node && (s.node.outerHTML || s.node.data || '').slice(0, 100)).join(' | ')]);
}).observe({type: 'layout-shift', buffered: true});"""
CALM = 0.05  # how much of what is seen may move while a page comes (cumulative layout shift)


@cache
def script(name: str) -> str:
    return (Path(__file__).parent / name).read_text()


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in words; empty when nothing is."""
    found: list[str] = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(script("vendor/axe-4.14.1.min.js"))  # past the page's own policy, which forbids foreign scripts
    found += [f"axe {v}" for v in page.evaluate(AXE, TAGS)]
    found += page.evaluate(script("texts.js"))
    wide: dict[str, Any] = page.evaluate("() => ({page: document.documentElement.scrollWidth, window: innerWidth})")
    if wide["page"] > wide["window"]:
        found.append(f"scrolls sideways: {wide['page']} > {wide['window']} px")
    return found


def settled(page: Page) -> None:
    """Everything that the page still asked for has come."""
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def clean(page: Page, state: str = "normal") -> None:
    """AssertionError with all faults of the page in this state."""
    settled(page)
    found = faults(page)
    assert not found, f"{state} {page.url.partition('?')[0]} at {page.viewport_size}:\n" + "\n".join(found)


def calm(page: Page) -> None:
    """AssertionError when the page, just come, moved under the reader's eyes. `SHIFTS` must have run before it came."""
    settled(page)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shifted: list[tuple[float, str]] = page.evaluate("() => window.shifted")
    assert sum(by for by, _ in shifted) <= CALM, f"{page.url.partition('?')[0]} at {page.viewport_size}: {shifted}"
