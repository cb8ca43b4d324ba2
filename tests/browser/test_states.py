"""The states that pages can be in besides their usual one, and what other roles see: as clean as all else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.api.test_org_imports import HEADER as ORGANISATIONS
from tests.browser.checks import LAPTOP, PHONE, clean
from tests.browser.conftest import SignIn
from tests.browser.keys import Keys, gone_round
from tests.files.making import book
from tests.files.making import person as line
from tests.story.acts import Village, appoint, passed, relieve
from tests.story.county import PLACES, County, ago, eventually, ok

# menus of others than the county officer, with what there is beyond the menu
ROLES = {
    "township": ("/imports/new", "/reelections/due", "/exports", "/vacancies", "/refusals"),
    "village": ("/people/new", "/imports/new", "/exports"),
    "auditor": ("/audit/exports", "/organisations/{county}", "/roster?area={county}"),
    "sysadmin": ("/help",),
}
# addresses of lists that have nothing to show, and whose they are
NOTHING = {
    "county": ("/vacancies?area={village}&state=closed&search=zzzzqqq",
               "/audit/exports?search=zzzzqqq", "/audit?search=zzzzqqq", "/roster?search=zzzzqqq",
               "/appointments?state=withdrawn&search=zzzzqqq", "/documents?search=zzzzqqq", "/reelections?search=zzzzqqq",
               "/refusals?area={village}"),
    "statistician": ("/exports",),
}  # fmt: skip


@pytest.fixture(scope="module")
def village(county: County) -> Village:
    return Village.new(county, "百态村")


def seen(page: Page, path: str, state: str, status: int = 200, phone: bool = True) -> None:
    """Clean on a laptop, and on a phone."""
    answer = page.goto(path)
    assert answer and answer.status == status, (path, answer and answer.status)
    clean(page, state)
    if phone:
        page.set_viewport_size(PHONE)
        clean(page, state)
        page.set_viewport_size(LAPTOP)


def test_appointments_in_every_state(officer: Page, county: County, village: Village):
    seat = village.seat["executive_member"]
    post = {"organisation": village.id, "seat": seat, "engagement": "part_time", "mode": "by_election", "starts_on": ago(0)}

    def proposed(name: str) -> str:
        return county.township.do("cadre", "/appointments", person=village.person(name), **post)

    rejected, withdrawn = proposed("甲一"), proposed("甲二")
    county.county.do("cadre", f"/appointments/{rejected}/rejection", rejected_on=ago(0), why="人选另议")
    county.township.do("cadre", f"/appointments/{withdrawn}/withdrawal", why="本人不愿任职")
    ended = village.appoint("甲三", "executive_member")
    ok(relieve(county, ended, 3))
    leaving = village.appoint("甲四", "executive_member")
    ok(relieve(county, leaving, -5))
    cancelled = appoint(county, village.person("甲五"), village.id, seat, -7)
    county.county.do("cadre", f"/appointments/{cancelled}/cancellation", why="不再任职")
    ahead = appoint(county, village.person("甲六"), village.id, seat, -7)
    ready = passed(county, village.person("甲七"), village.id, seat, 0)
    states = {"rejected": rejected, "withdrawn": withdrawn, "ended": ended, "leaving": leaving, "cancelled": cancelled, "ahead": ahead,
              "ready": ready}  # fmt: skip
    for state, id in states.items():
        seen(officer, f"/appointments/{id}", state)
    for state in ("proposed", "approved", "started", "active", "suspended", "ended", "rejected", "withdrawn", "cancelled"):
        seen(officer, f"/appointments?state={state}", f"tab {state}", phone=False)


def taken_in(county: County, rows: list[list[object]], kind: str = "opening", service: str = "cadre", **more: Any) -> str:
    """A workbook, checked."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('名册.xlsx')}"}
    asked = {"kind": kind, "organisation": str(PLACES["county"]), "only": "all"}
    batch = str(ok(county.county.send("POST", service, "/imports", params=asked, content=book(rows, **more), headers=headers))["id"])
    ended(county, service, batch)
    return batch


def ended(county: County, service: str, batch: str) -> str:
    def state() -> str:
        found: str = county.county.get(service, f"/imports/{batch}")["state"]
        return "" if found in ("checking", "committing", "revoking") else found

    return eventually(state, 60)


def committed(county: County, service: str, batch: str) -> None:
    found = county.county.get(service, f"/imports/{batch}")
    body = {"digest": found["digest"], "only": "all", "acknowledged": sorted({p["code"] for p in found["problems"]})}
    ok(county.county.post(service, f"/imports/{batch}/commit", body))
    assert ended(county, service, batch) == "committed"


def test_imports_checked_committed_failed_and_revoked(officer: Page, county: County, village: Village):
    unit = "百态村妇女联合会"
    good = taken_in(county, [line("乙一", "执委", "1980.05", unit=unit, since=ago(300)[:7])])
    seen(officer, f"/imports/cadre/{good}", "checked")
    officer.goto(f"/imports/cadre/{good}")
    for box in officer.locator("input[name=acknowledged]").all():
        box.check()
    officer.locator("button[name=step][value=check]").last.click()
    expect(officer.locator("dl.check")).to_be_visible()
    clean(officer, "confirm")
    committed(county, "cadre", good)
    seen(officer, f"/imports/cadre/{good}", "committed")
    seen(officer, f"/imports/cadre/{good}/revocation", "revocation")
    ok(county.county.post("cadre", f"/imports/{good}/revocation", {"why": "传错了"}))
    assert ended(county, "cadre", good) == "revoked"
    seen(officer, f"/imports/cadre/{good}", "revoked")
    failed = taken_in(county, [])
    seen(officer, f"/imports/cadre/{failed}", "failed")
    rows: list[list[object]] = [["乙镇新村妇女联合会", "新村妇联", "没有的妇联", "妇联", "村", "2020-03-08", "", 1, 2, 15]]
    wrong = taken_in(county, rows, "organisations", "org", header=ORGANISATIONS, title="组织名录")
    seen(officer, f"/imports/org/{wrong}", "organisations with errors")
    rows[0][2] = county.county.get("org", f"/organisations/{PLACES['township']}")["full_name"]
    right = taken_in(county, rows, "organisations", "org", header=ORGANISATIONS, title="组织名录")
    seen(officer, f"/imports/org/{right}", "organisations checked")
    committed(county, "org", right)
    seen(officer, f"/imports/org/{right}", "organisations committed")
    seen(officer, "/imports", "list")


def test_what_was_planned_and_what_was_not(officer: Page, county: County, village: Village):
    other = Village.new(county, "待办村")
    county.township.do("org", "/reelections", organisation=village.id, planned_on=ago(3))
    officer.goto(f"/reelections/new?picked={village.id}&picked={other.id}")
    officer.locator("main form button[value=send]").click()
    expect(officer.locator("h1")).to_have_text("已列入换届计划")
    assert officer.locator("main section").count() == 2
    clean(officer, "planned")
    officer.set_viewport_size(PHONE)
    clean(officer, "planned")


def test_done_with_something_unusual_about_it(officer: Page, village: Village):
    officer.goto(f"/organisations/{village.id}/seats")
    seats = officer.locator("select[name^='seats.']")
    row = next(n for n in range(12) if seats.nth(n * 2).input_value() == "executive_member")
    officer.locator(f"[name='seats.{row}.capacity']").fill("14")  # an even number
    officer.locator("main form p.acts button").last.click()
    officer.locator("button[name=step][value=send]").click()
    expect(officer.locator("h1")).to_have_text("已办理，请留意")
    clean(officer, "warned")
    officer.set_viewport_size(PHONE)
    clean(officer, "warned")


@pytest.mark.parametrize("who", ROLES)
def test_what_other_roles_see_of_their_menu(who: str, sign_in: SignIn):
    page = sign_in(who)
    page.goto("/")
    menu = [str(a.get_attribute("href")) for a in page.locator("header nav a").all()]
    for path in ("/", *menu, *ROLES[who]):
        seen(page, path.format(**PLACES), who, phone=path in ("/", *ROLES[who]))  # the menu's are known on a phone


@pytest.mark.parametrize("who", NOTHING)
def test_a_list_of_nothing_says_what_comes_next(who: str, sign_in: SignIn):
    page = sign_in(who)
    for path in NOTHING[who]:
        seen(page, path.format(**PLACES), "empty", phone=False)
        assert page.locator(".empty .title").first.inner_text().strip(), path


def test_a_page_that_is_not_hers(sign_in: SignIn):
    page = sign_in("village")
    seen(page, "/audit", "forbidden", 403)
    expect(page.locator("h1")).to_have_text("您没有此项权限")


@pytest.fixture
def without_cadre(county: County) -> Iterator[None]:
    county.act("stop", "cadre")
    yield
    county.act("start", "cadre")
    eventually(county.fresh_again, 60)


def test_a_service_that_is_away(sign_in: SignIn, village: Village, without_cadre: None):
    page = sign_in("county")
    id = next(iter(village.people.values()), None) or "018f0000-0000-7000-8000-000000000001"
    answer = page.goto(f"/people/{id}/change")
    assert answer and answer.status == 503
    expect(page.locator("h1")).to_have_text("暂时无法办理")
    clean(page, "unavailable")
    page.set_viewport_size(PHONE)
    clean(page, "unavailable")
    page.goto("/services")
    clean(page, "a service is away")


SCAN = {"name": "批复.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + b"x" * 3000}


def everywhere(page: Page, state: str) -> None:
    """The page as it stands: clean on a laptop and on a phone."""
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        clean(page, state)


def test_a_paper_is_registered_by_keyboard_and_looked_over_before(sign_in: SignIn):
    page = sign_in("county")
    keys = Keys(page)
    page.goto("/documents/new?draft=1")  # whatever was begun there before is gone on with
    keys.fill(paper__kind="approval", paper__title="关于同意换届的批复", paper__issuer="市妇联", paper__dated=ago(3))
    keys.attach(page.locator('[id="f-paper.file"]'), SCAN)
    keys.enter(page.locator("main p.acts button[value=check]"))
    expect(page.locator("dl.check")).to_contain_text("批复.pdf（3 KB）")
    everywhere(page, "check")
    keys.enter(page.locator("button[value=back]"))
    expect(page.locator("main")).to_contain_text("已选好扫描件：批复.pdf（3 KB）")
    everywhere(page, "gone back")
    assert gone_round(page) == []
    page.goto("/documents/new?draft=1")
    keys.look_over()
    expect(page.locator("main")).to_contain_text("已登记")
    expect(page.locator("main")).to_contain_text("批复.pdf")


def test_several_are_relieved_at_once_by_keyboard_and_who_cannot_be_is_named(sign_in: SignIn, county: County):
    village = Village.new(county, "多人村")
    for name, days in (("甲九", 800), ("甲十", 700), ("甲十一", 0)):
        village.appoint(name, "executive_member", days)
    eventually(lambda: len(county.county.get("projection", "/roster", area=village.id)["rows"]) == 3)
    page = sign_in("county")
    keys = Keys(page)
    page.goto(f"/roster?area={village.id}")
    keys.to(page.locator("[data-all]"))
    keys.press("Space")
    assert page.locator("[data-picked]").inner_text() == "已选 3 条"
    everywhere(page, "picked")
    keys.enter(page.get_by_role("button", name="免去所选人员职务"))
    everywhere(page, "several")
    keys.fill(effective=ago(0), end_reason="resigned")
    keys.enter(page.locator("main p.acts button[value=check]").last)
    line = page.locator("table.posts tbody tr", has_text="甲十一")
    expect(line).to_contain_text("不能办理")
    expect(page.locator("table.posts tbody .tag.good")).to_have_count(2)
    everywhere(page, "check")
    keys.enter(page.locator("button[value=send]"))
    expect(page.locator("main h2").first).to_have_text("已办理 2 项")
    everywhere(page, "done")
    eventually(lambda: len(county.county.get("projection", "/roster", area=village.id)["rows"]) == 1)


def test_the_forms_of_several_are_one_file(sign_in: SignIn):
    page = sign_in("county")
    page.goto("/roster")
    page.locator("input[name=picked]").first.check()
    with page.expect_request("**/roster/approval-forms") as asked:
        page.get_by_role("button", name="打印所选审批表").click(no_wait_after=True)
    answer = asked.value.response()
    assert answer and answer.status == 200 and answer.header_value("content-type") == "application/pdf"


def test_a_list_leads_on_and_back_by_its_addresses(sign_in: SignIn):
    page = sign_in("county")
    page.goto("/roster")

    def first() -> str:
        return page.locator("tbody tr").first.inner_text()

    keys, seen = Keys(page), [first()]
    for _ in range(2):
        keys.enter(page.locator("nav.pages a[rel=next]"))
        page.wait_for_load_state()
        seen.append(first())
    everywhere(page, "third page")
    for expected in reversed(seen[:-1]):
        keys.enter(page.locator("nav.pages a[rel=prev]"))
        page.wait_for_load_state()
        assert first() == expected
    assert not page.locator("nav.pages a[rel=prev]").count()


def test_a_seat_plan_takes_a_line_a_seat_on_a_phone(sign_in: SignIn, village: Village):
    page = sign_in("county")
    page.set_viewport_size(PHONE)
    page.goto(f"/organisations/{village.id}/seats")
    rows = page.locator("table.plan").first.locator("tbody tr")
    assert rows.count() < 12 and all(row.evaluate("row => row.offsetHeight") < 60 for row in rows.all())
    page.locator("details.more-lines summary").click()
    assert page.locator("table.plan tbody tr:visible").count() == 12
    clean(page, "all lines")
