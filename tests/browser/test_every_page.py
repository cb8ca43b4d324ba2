"""Every page, as a county officer sees it: clean on a laptop and a phone, light, printable, and usable without a mouse."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from math import ceil
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from starlette.routing import Route

from services.console.main import console
from tests.browser.checks import LAPTOP, PHONE, calm, clean, faults
from tests.browser.conftest import SignIn
from tests.browser.desk import Desk
from tests.browser.keys import Keys, gone_round
from tests.browser.places import BY, EMPTY, FORMS, NO_PAGES, NOT_NOW, PAGES, PERSON, VILLAGE, Opened, opened
from tests.story.county import County, ago, ok

OPEN_TO_A_VILLAGE = {  # the last two of her own
    "new person", "new appointment", "new document", "new export", "new import", "new re-election", "new unit"}  # fmt: skip
SLOW = {"offline": False, "latency": 40, "downloadThroughput": 250_000, "uploadThroughput": 250_000}  # ms, bytes a second
PRINTED = ("roster", "audit", "overview", "documents", "appointments", "re-elections", "re-elections due")
FULL = 70  # rows: more than two pages hold
COLD, WARM = 60 * 1024, 15 * 1024  # gzip, as it comes over the wire
EMPTIED = """form => { for (const e of form.elements) if (!['hidden', 'checkbox', 'submit'].includes(e.type))
  if (e.type === 'radio') e.checked = false; else e.value = ''; }"""


@pytest.fixture(scope="module")
def places(county: County) -> Opened:
    return opened(county)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_in_every_state(name: str, officer: Page, sign_in: SignIn, places: Opened):
    page, path = sign_in(BY[name]) if name in BY else officer, places.path(name)
    answer = page.goto(path)
    assert answer and answer.status == 200
    assert page.locator("h1").inner_text().strip()
    calm(page)
    clean(page)
    page.set_viewport_size(PHONE)
    page.goto(path)
    calm(page)
    clean(page)
    page.set_viewport_size(LAPTOP)
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


def test_a_roster_that_comes_slowly_to_an_old_laptop_moves_nothing(sign_in: SignIn):
    for _ in range(3):  # nothing kept from the page before
        page = sign_in("county")
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SLOW)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        page.goto("/roster")
        calm(page)



def test_every_page_there_is_is_looked_at():
    def walk(routes: Iterable[Any]) -> Iterator[Route]:
        for r in routes:
            yield from [r] if isinstance(r, Route) else walk(getattr(r, "routes", None) or r.original_router.routes)

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
    page.set_viewport_size(PHONE)
    clean(page)


def test_a_page_that_is_not_there_is_clean_and_says_so(officer: Page):
    answer = officer.goto(f"/people/{uuid4()}")
    assert answer and answer.status == 404 and "没有" in officer.locator("main").inner_text()
    clean(officer, "not there")


@pytest.mark.parametrize("path", NOT_NOW)
def test_a_page_that_says_not_now_is_clean(path: str, officer: Page, places: Opened):
    answer = officer.goto(path.format(**vars(places)))
    assert answer and answer.status == 409 and officer.locator("main .note").inner_text() and officer.locator("main a.button").count()
    clean(officer, "not now")
    officer.set_viewport_size(PHONE)
    clean(officer, "not now")
    officer.set_viewport_size(LAPTOP)


def test_what_is_not_a_villages_is_refused_when_it_is_opened_and_its_page_is_clean(sign_in: SignIn, places: Opened):
    page = sign_in("village")
    opens = {name for name in PAGES if name in FORMS and (answer := page.goto(places.path(name))) and answer.status == 200}
    assert opens == OPEN_TO_A_VILLAGE
    for size in (LAPTOP, PHONE):
        page.set_viewport_size(size)
        answer = page.goto(places.path("organisation, details"))
        assert answer and answer.status == 403 and "组织部干部" in page.locator("main").inner_text() and not page.locator("main form").count()
        clean(page, "not hers")


def test_a_form_that_others_were_faster_with_is_clean_and_loses_nothing(officer: Page, county: County, places: Opened):
    officer.goto(places.path("person, change"))
    officer.locator("#f-degree").select_option("postgraduate")
    seen = int(officer.locator("input[name=expect]").input_value())
    said = {"profile": {"political": "cpc"}, "effective": ago(1), "reason": "入党"}
    ok(county.township.send("POST", "cadre", f"/cadres/{places.person}/profile-change", expect=seen, json=said))
    officer.locator("main p.acts button[value=check]").last.click()
    expect(officer.locator("#stale-title")).to_be_visible()
    assert officer.locator("#f-degree").input_value() == "postgraduate"
    clean(officer, "stale")
    officer.set_viewport_size(PHONE)
    clean(officer, "stale")
    officer.set_viewport_size(LAPTOP)


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
    assert gone_round(page) == []


def test_the_menu_of_the_user_is_opened_and_gone_through_by_keyboard(officer: Page):
    officer.goto("/roster")
    keys, menu = Keys(officer), officer.locator("details.user")
    for key in ("Enter", "Space"):
        keys.to(menu.locator("summary"))
        keys.press(key)
        expect(menu.locator(".drop")).to_be_visible()
        for inside in menu.locator(".drop a, .drop button").all():
            keys.to(inside)
        keys.to(menu.locator("summary"))
        keys.press(key)
        expect(menu.locator(".drop")).to_be_hidden()
    keys.press("Enter")
    keys.enter(menu.get_by_role("link", name="帮助与快捷键"))
    officer.wait_for_url("**/help")


def test_the_round_finds_what_no_key_reaches_or_moves(officer: Page):
    officer.goto("/help")
    assert gone_round(officer) == []
    officer.goto("/help")
    officer.evaluate("""() => { const [one, two, three, four] = document.querySelectorAll('header a, main a[href], main button');
        one.tabIndex = -1; two.style.setProperty('outline', 'none', 'important'); two.style.setProperty('box-shadow', 'none', 'important');
        addEventListener('keydown', e => { if (e.target === three && e.key === 'Enter') e.preventDefault(); }); four.tabIndex = -1; }""")
    found = [f.partition(" <")[0] for f in gone_round(officer)]
    assert sorted(found) == ["Enter does nothing at", "out of reach:", "out of reach:", "the focus cannot be seen at"]


@pytest.mark.parametrize("name", PRINTED)
def test_a_list_prints_on_a4_with_its_heads_repeated(name: str, officer: Page, places: Opened):
    """As many rows as make more than one page: those there are, again and again."""
    page = officer
    page.goto(places.path(name))
    rows = page.locator("main table.data tbody tr").count()
    assert rows
    page.evaluate("""most => { const body = document.querySelector('main table.data tbody'), some = [...body.rows];
        for (let n = some.length; n < most; n++) body.append(some[n % some.length].cloneNode(true)); }""", FULL)
    rows = max(rows, FULL)
    page.emulate_media(media="print")
    assert page.locator("header.top").is_hidden()
    pages = printed(page.pdf(prefer_css_page_size=True))
    page.emulate_media(media="screen")
    heads = [h for h in page.locator("main table.data thead th:visible").all_inner_texts() if h.strip()]
    assert 2 <= len(pages) <= ceil(rows / 30), (len(pages), rows)
    for number, text in enumerate(pages, 1):
        if number > 1 and bare(text).startswith("填报单位（盖章）"):
            continue  # no row came onto it, only what is signed
        missing = [h for h in heads if bare(h) not in bare(text)]
        assert not missing, f"page {number} lacks {missing}:\n{text[:400]}"


def printed(pdf: bytes) -> list[str]:
    """The text of each page."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def bare(text: str) -> str:
    return "".join(text.split())


def test_the_button_prints(officer: Page):
    officer.goto("/audit")
    officer.evaluate("() => { window.print = () => { document.body.dataset.printed = 1; }; }")
    officer.locator("[data-print]").click()
    assert officer.evaluate("() => document.body.dataset.printed") == "1"


def test_names_of_any_kind_are_shown_as_they_are(officer: Page, places: Opened):
    for name, said in (("organisation", VILLAGE), ("person", PERSON), ("appointment", PERSON), ("roster", PERSON)):
        officer.goto(places.path(f"names of a hundred characters: {name}"))
        assert said in officer.locator("main").inner_text().replace("\n", ""), name
        assert officer.title() != "坏" and not officer.locator("main script").count()


def test_the_check_finds_what_is_wrong(officer: Page):
    page = officer
    page.goto("/help")
    page.evaluate("""() => {
        document.body.innerHTML = '<main></main>';
        const d = document.createElement('div');
        d.innerHTML = '<p>压住</p><p>被压</p><img src="data:,"><div></div><b>名</b><p>切断了的一段文字</p>' +
          '<input placeholder="太长的提示太长的提示"><div><input value="填写的内容"><span>压在格上压在格上</span></div>';
        const [, over, , wide, named, cut, field, both] = d.children;
        over.style.marginTop = '-32px';
        Object.assign(wide.style, {width: '3000px', height: '1px'});
        Object.assign(named.style, {display: 'block', paddingTop: '1px'});
        named.className = 'named';
        Object.assign(cut.style, {width: '40px', overflow: 'hidden', whiteSpace: 'nowrap'});
        field.style.width = '60px';
        both.lastChild.style.marginLeft = '-160px';
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('.named::before { content: "标签标签"; position: absolute; }');
        document.adoptedStyleSheets = [sheet];
        document.body.append(d);
    }""")
    found = faults(page)
    for said in (("axe image-alt",), ("texts overlap", "压住", "被压"), ("scrolls sideways",), ("texts overlap", "标签", "名"),
                 ("cut off", "切断"), ("cut off", "太长的提示"), ("texts overlap", "填写的内容", "压在格上")):  # fmt: skip
        assert any(all(word in f for word in said) for f in found), (said, found)


def test_the_check_finds_what_jumps(officer: Page):
    officer.goto("/help")
    calm(officer)
    officer.evaluate("() => { const p = document.createElement('p'); p.style.height = '300px'; document.querySelector('main').prepend(p); }")
    officer.wait_for_function("() => window.shifted.length")
    with pytest.raises(AssertionError):
        calm(officer)


def test_the_console_is_listened_to(county: County, chromium: Browser, cookies: dict[str, StorageState]):
    desk = Desk(county, chromium, cookies)
    page = desk.enter("county")
    page.goto(f"/people/{uuid4()}")  # a refusal that is itself the page
    desk.quiet()
    page.evaluate("() => new Promise(done => { const i = new Image(); i.onerror = done; i.src = '/static/gone.svg'; document.body.append(i); })")
    with pytest.raises(AssertionError, match=r"gone\.svg"):
        desk.leave()
