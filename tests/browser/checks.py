"""What every page is held to: axe, nothing overlapping, nothing scrolling sideways, nothing in the console."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

__all__ = ["LAPTOP", "PHONE", "clean", "faults", "settled"]

LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OVERLAPS = """() => {
  const shown = new Map(), found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const text = node.data.trim(), parent = node.parentElement;
    if (!text || parent.closest('script,style,noscript,[hidden],option,title')) continue;
    if (!parent.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let clip = null;
    for (let up = parent; up && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflow !== 'visible') { const b = up.getBoundingClientRect(); clip = clip ? intersect(clip, b) : b; }
    const boxes = [...range.getClientRects()].map(b => clip ? intersect(b, clip) : b).filter(b => b && b.width > 1 && b.height > 1);
    if (boxes.length && !parent.closest('dialog:not([open])')) shown.set(node, {text, boxes, layer: layer(parent)});
  }
  function intersect(a, b) {
    const left = Math.max(a.left, b.left), right = Math.min(a.right, b.right), top = Math.max(a.top, b.top), bottom = Math.min(a.bottom, b.bottom);
    return right > left && bottom > top ? {left, right, top, bottom, width: right - left, height: bottom - top} : null;
  }
  function layer(e) {
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (['fixed', 'sticky'].includes(style.position) || e.tagName === 'DIALOG' || (style.position === 'absolute' && style.zIndex > 0)) return e;
    }
    return null;
  }
  const all = [...shown.values()].flatMap(s => s.boxes.map(b => ({...s, b}))).sort((x, y) => x.b.top - y.b.top);
  for (let i = 0; i < all.length; i++)
    for (let j = i + 1; j < all.length && all[j].b.top < all[i].b.bottom - 2; j++) {
      const over = all[i].text !== all[j].text && all[i].layer === all[j].layer && intersect(all[i].b, all[j].b);
      if (over && over.width > 2 && over.height > Math.min(all[i].b.height, all[j].b.height) * 0.35) found.push(`${all[i].text} × ${all[j].text}`);
    }
  return found;
}"""
AXE = """async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false}))
  .violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')} (${v.nodes.length})`)"""


@cache
def axe() -> str:
    return (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text()


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in words; empty when nothing is."""
    found: list[str] = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe())  # past the page's own policy, which forbids foreign scripts
    found += [f"axe {v}" for v in page.evaluate(AXE, TAGS)]
    found += [f"texts overlap: {t}" for t in page.evaluate(OVERLAPS)]
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
