"""Every page, as a county officer sees it: clean on a laptop and a phone, light, printable, and usable without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.checks import LAPTOP, PHONE, clean, faults
from tests.browser.conftest import SignIn
from tests.browser.places import PAGES, Opened, opened
from tests.story.county import County

COLD, WARM = 60 * 1024, 15 * 1024  # gzip, as it comes over the wire
EMPTY = ("overview", "roster", "appointments", "re-elections", "documents", "audit")


@pytest.fixture(scope="session")
def places(county: County) -> Opened:
    return opened(county)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean(name: str, size: dict[str, int], sign_in: SignIn, places: Opened):
    page = sign_in("county", viewport=size)
    answer = page.goto(places.path(name))
    assert answer and answer.status == 200
    assert page.locator("h1").inner_text().strip()
    clean(page)


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_list_is_clean_and_says_what_comes_next(name: str, sign_in: SignIn, places: Opened):
    page = sign_in("county")
    path = places.path(name)
    page.goto(f"{path}{'&' if '?' in path else '?'}search=zzzzqqq")
    assert page.locator(".empty").first.inner_text().strip()
    clean(page, "empty")


def test_the_palette_is_clean_and_finds_a_village_by_its_initials(sign_in: SignIn):
    page = sign_in("county")
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog#palette[open]")
    dialog.wait_for()
    clean(page, "dialog")
    page.keyboard.type("nc")
    dialog.locator("#found [role=option]").first.wait_for()
    clean(page, "dialog with results")
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count()


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


@pytest.mark.parametrize("name", ["overview", "roster", "appointments", "audit", "organisation"])
def test_everything_on_a_page_can_be_reached_by_keyboard(name: str, sign_in: SignIn, places: Opened):
    page = sign_in("county")
    page.goto(places.path(name))
    wanted = page.evaluate("""() => ['a[href]', 'button', 'input:not([type=hidden])', 'select', 'summary']
        .flatMap(s => [...document.querySelectorAll('main ' + s)])
        .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0).length""")
    assert wanted
    reached = set()
    for _ in range(wanted + 60):
        page.keyboard.press("Tab")
        at = page.evaluate("""() => { const e = document.activeElement; if (!e || !e.closest('main')) return null;
            const r = e.getBoundingClientRect(), s = getComputedStyle(e);
            e.dataset.reached = 1; return [r.width > 0 && r.height > 0, s.outlineStyle !== 'none' || s.boxShadow !== 'none']; }""")
        if at:
            assert at == [True, True], page.evaluate("() => document.activeElement.outerHTML.slice(0, 120)")
        reached.add(page.locator("main [data-reached]").count())
    assert max(reached) >= wanted


@pytest.mark.parametrize("name", ["roster", "audit"])
def test_a_list_prints_on_a4_with_its_heads_repeated(name: str, sign_in: SignIn, places: Opened):
    page = sign_in("county")
    page.goto(places.path(name))
    rows = page.locator("main table tbody tr").count()
    page.emulate_media(media="print")
    assert page.locator("header.top").is_hidden()
    assert page.evaluate("() => getComputedStyle(document.querySelector('main table thead')).display") == "table-header-group"
    pages = page.pdf(format="A4", landscape=True).count(b"/Type /Page\n")
    assert rows and 1 <= pages <= rows // 30 + 2


def test_the_check_finds_what_is_wrong(sign_in: SignIn):
    page = sign_in("county")
    page.evaluate("""() => {
        const d = document.createElement('div');
        d.innerHTML = '<p>压住</p><p>被压</p><img src="data:,"><div></div>';
        d.children[1].style.marginTop = '-38px';
        Object.assign(d.children[3].style, {width: '3000px', height: '1px'});
        document.body.append(d);
    }""")
    found = "\n".join(faults(page))
    assert "axe image-alt" in found and "texts overlap: 被压 × 压住" in found and "scrolls sideways" in found
