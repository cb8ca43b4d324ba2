"""Every page, as a county officer sees it: clean on a laptop and a phone, light, printable, and usable without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from starlette.routing import BaseRoute, Route

from services.console.main import console
from tests.browser.checks import LAPTOP, PHONE, clean, faults
from tests.browser.conftest import SignIn
from tests.browser.places import BY, EMPTY, FORMS, NO_PAGES, PAGES, Opened, opened
from tests.story.county import County, ago, ok

COLD, WARM = 60 * 1024, 15 * 1024  # gzip, as it comes over the wire
EMPTIED = """form => { for (const e of form.elements) if (!['hidden', 'checkbox', 'submit'].includes(e.type))
  if (e.type === 'radio') e.checked = false; else e.value = ''; }"""

# what a hand could use; of radio buttons the one that Tab comes to, for the arrows move on
WANTED = """() => { const all = ['a[href]', 'button', 'input:not([type=hidden])', 'select', 'textarea', 'summary']
    .flatMap(s => [...document.querySelectorAll('main ' + s)])
    .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0)
    .filter((e, _, found) => { if (e.type !== 'radio') return true;
      const group = found.filter(o => o.type === 'radio' && o.name === e.name && o.form === e.form);
      return e === (group.find(o => o.checked) || group[0]); });
  for (const e of all) e.dataset.wanted = 1;
  return all.length; }"""


@pytest.fixture(scope="module")
def places(county: County) -> Opened:
    return opened(county)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_in_every_state(name: str, officer: Page, sign_in: SignIn, places: Opened):
    page, path = sign_in(BY[name]) if name in BY else officer, places.path(name)
    answer = page.goto(path)
    assert answer and answer.status == 200
    assert page.locator("h1").inner_text().strip()
    clean(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    clean(page)
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    if name in FORMS:
        form = page.locator("main form:has(p.acts)").last
        form.evaluate(EMPTIED)
        form.locator("p.acts button").first.click()
        expect(page.locator(".errors")).to_be_focused()
        assert page.title().startswith("错误：")
        clean(page, "error")
    if name in EMPTY:
        page.goto(f"{path}?{EMPTY[name]}")
        assert page.locator(".empty").first.inner_text().strip()
        clean(page, "empty")


def test_every_page_there_is_is_looked_at():
    def walk(routes: list[BaseRoute]) -> Iterator[Route]:
        for r in routes:
            yield from [r] if isinstance(r, Route) else walk(getattr(r, "routes", None) or r.original_router.routes)  # type: ignore[attr-defined]

    pages = {r.path: r for r in walk(console().routes) if "GET" in (r.methods or ())}
    assert pages.keys() >= NO_PAGES
    ids = Opened(*(str(uuid4()) for _ in Opened.__dataclass_fields__))
    seen = [urlsplit(ids.path(name)).path for name in PAGES]
    looked_at = {next(path for path, r in pages.items() if r.path_regex.match(s)) for s in seen}
    assert pages.keys() - looked_at - NO_PAGES == set(), "put it into PAGES of places.py, or say in NO_PAGES that it is no page"


def test_the_login_page_is_clean(sign_in: SignIn):
    page = sign_in()
    page.goto("/login")
    clean(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    clean(page)


def test_a_page_that_is_not_there_is_clean_and_says_so(officer: Page):
    answer = officer.goto(f"/people/{uuid4()}")
    assert answer and answer.status == 404 and "没有" in officer.locator("main").inner_text()
    clean(officer, "not there")


def test_a_form_that_others_were_faster_with_is_clean_and_loses_nothing(officer: Page, county: County, places: Opened):
    officer.goto(places.path("person, change"))
    officer.locator("#f-degree").select_option("postgraduate")
    seen = int(officer.locator("input[name=expect]").input_value())
    said = {"profile": {"political": "cpc"}, "effective": ago(1), "reason": "入党"}
    ok(county.township.send("POST", "cadre", f"/cadres/{places.person}/profile-change", expect=seen, json=said))
    for step in ("check", "send"):
        officer.locator(f"main p.acts button[value={step}]").last.click()
    expect(officer.locator("#stale-title")).to_be_visible()
    assert officer.locator("#f-degree").input_value() == "postgraduate"
    clean(officer, "stale")
    officer.set_viewport_size(PHONE)  # type: ignore[arg-type]
    clean(officer, "stale")
    officer.set_viewport_size(LAPTOP)  # type: ignore[arg-type]


def test_the_menus_are_clean_when_open(officer: Page):
    officer.goto("/roster?role=chair")
    for menu in ("details.user", "details.columns", "details.add", "details.more"):
        officer.locator(f"{menu} summary").first.click()
        clean(officer, menu)
        officer.keyboard.press("Escape")


def test_the_palette_is_clean_and_finds_a_village_by_its_initials(officer: Page):
    officer.goto("/help")
    officer.keyboard.press("Control+k")
    dialog = officer.locator("dialog#palette[open]")
    dialog.locator("#found [role=option]").first.wait_for()
    clean(officer, "dialog")
    officer.keyboard.type("nc")
    dialog.locator("#found [role=option]", has_text="南昌").first.wait_for()
    clean(officer, "dialog with results")
    officer.keyboard.press("Escape")
    assert not officer.locator("dialog[open]").count()


@pytest.mark.parametrize("name", ["work list", "overview", "roster", "organisation", "person", "audit"])
def test_a_page_weighs_little(name: str, sign_in: SignIn, places: Opened):
    page = sign_in("county")
    cold = weight(page, places.path(name), cold=True)
    warm = weight(page, places.path(name), cold=False)
    assert cold <= COLD and warm <= WARM, (cold, warm)


def weight(page: Page, path: str, cold: bool) -> int:
    """Bytes over the wire for one page."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    if cold:
        wire.send("Network.clearBrowserCache")
    got: list[float] = []
    wire.on("Network.loadingFinished", lambda e: got.append(e["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    wire.detach()
    return round(sum(got))


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_can_be_reached_by_keyboard(name: str, officer: Page, sign_in: SignIn, places: Opened):
    page = sign_in(BY[name]) if name in BY else officer
    page.goto(places.path(name))
    for _ in range(page.evaluate(WANTED) + 60):
        page.keyboard.press("Tab")
        at = page.evaluate("""() => { const e = document.activeElement; if (!e || !e.closest('main')) return null;
            const r = e.getBoundingClientRect(), s = getComputedStyle(e);
            e.dataset.reached = 1;
            return [r.width > 0 && r.height > 0 && (s.outlineStyle !== 'none' || s.boxShadow !== 'none'), e.outerHTML.slice(0, 120)]; }""")
        assert not at or at[0], f"the focus cannot be seen at {at[1]}"
        missed = page.evaluate("() => [...document.querySelectorAll('main [data-wanted]:not([data-reached])')].map(e => e.outerHTML.slice(0, 120))")
        if not missed:
            return
    assert not missed


@pytest.mark.parametrize("name", ["roster", "audit"])
def test_a_list_prints_on_a4_with_its_heads_repeated(name: str, officer: Page, places: Opened):
    page = officer
    page.goto(places.path(name))
    rows = page.locator("main table tbody tr").count()
    page.emulate_media(media="print")
    assert page.locator("header.top").is_hidden()
    assert page.evaluate("() => getComputedStyle(document.querySelector('main table thead')).display") == "table-header-group"
    pages = page.pdf(format="A4", landscape=True).count(b"/Type /Page\n")
    assert rows and 1 <= pages <= rows // 30 + 2


def test_the_check_finds_what_is_wrong(officer: Page):
    page = officer
    page.set_content("<!doctype html><main></main>")
    page.evaluate("""() => {
        const d = document.createElement('div');
        d.innerHTML = '<p>压住</p><p>被压</p><img src="data:,"><div></div>';
        d.children[1].style.marginTop = '-32px';
        Object.assign(d.children[3].style, {width: '3000px', height: '1px'});
        document.body.append(d);
    }""")
    found = faults(page)
    for said in (("axe image-alt",), ("texts overlap", "压住", "被压"), ("scrolls sideways",)):
        assert any(all(word in f for word in said) for f in found), (said, found)
