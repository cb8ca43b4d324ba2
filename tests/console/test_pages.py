"""The frame of every page, the work list, help, the palette, and what people see when something fails."""

from __future__ import annotations

import gzip
import logging
import re

import httpx
import pytest
from fastapi import Response

from services.console.pages import login
from shared.settings import Settings
from tests.console.conftest import COUNTY, OFFICER, refusal

WORK = {
    "as_of": "2026-11-22",
    "sections": [
        {
            "id": "appointments_proposed", "title": {"zh-CN": "待审任免", "en": "Proposed"}, "count": 7, "urgent": True,
            "list": "/appointments?every=true&state=proposed",
            "rows": [{"id": "a1", "person_name": "<b>王芳</b>", "organisation_name": "莲塘镇妇联", "starts_on": "2026-12-01"}],
        },
        {
            "id": "vacancies_overdue", "title": {"zh-CN": "空缺超过90天", "en": "Vacant"}, "count": 1, "urgent": False,
            "list": "/vacancies?state=overdue",
            "rows": [{"id": "v1", "organisation": "o1", "organisation_name": "向塘镇妇联", "since": "2026-05-01"}],
        },
    ],
    "total": 8,
}  # fmt: skip


def test_the_work_list_leads_to_each_thing_in_one_click(officer):
    officer.services.give("GET projection /worklist", WORK)
    one = {"id": "i1", "filename": "花名册.xlsx", "state": "checked", "uploaded_at": "2026-11-20T01:00:00Z"}
    officer.services.give("GET cadre /imports", {"imports": [one]})
    page = officer.get("/").text
    assert 'href="/appointments/a1"' in page and 'href="/organisations/o1"' in page and 'href="/imports/cadre/i1"' in page
    assert 'href="/vacancies?state=overdue"' in page and "空缺自 2026-05-01" in page
    assert "待审任免" in page and "全部 7 件" in page and "已核对，待提交" in page and "2026-11-20 09:00" in page
    assert "&lt;b&gt;王芳" in page and "<b>王芳" not in page


def test_the_work_list_is_of_the_organisation_she_works_for(officer):
    officer.services.give("GET projection /worklist", WORK)
    officer.get("/")
    assert officer.services.last("/worklist").url.params["area"] == COUNTY


def test_what_is_due_is_counted_on_top_also_where_nothing_waits_and_each_count_leads_to_its_list(officer):
    officer.services.give("GET projection /me", {**OFFICER, "may": [*OFFICER["may"], "cadre.review", "org.vacancy"]})
    officer.sign_in()
    officer.services.give("GET projection /worklist", WORK)
    counts = officer.get("/").text.split('<ul class="counts ')[1].split("</ul>")[0]
    told = re.findall(r'href="([^"]+)"( class="\w+")?><strong>(\d+)</strong> ([^<]+)<', counts)
    assert ("/appointments?state=proposed", ' class="warn"', "7", "待党组织审定") in told
    assert ("/vacancies?state=overdue", "", "1", "缺位超90天") in told
    assert ("/audit?flag=missing_document", ' class="nil"', "0", "缺批复") in told


def test_changes_without_their_paper_are_counted_and_one_click_shows_them(officer):
    missing = {"id": "appointments_without_paper", "title": {"zh-CN": "缺批复的任免", "en": "Without a document"}, "count": 4, "urgent": False,
               "list": "/audit/appointments?flag=missing_document",
               "rows": [{"appointment": "a9", "person_name": "王芳", "organisation_name": "莲塘镇妇联", "effective": "2026-05-01"}]}  # fmt: skip
    officer.services.give("GET projection /worklist", {"sections": [missing]})
    page = officer.get("/").text
    assert re.search(r'href="/audit\?flag=missing_document"><strong>4</strong> 缺批复', page) and 'href="/appointments/a9"' in page
    visitor_may_not = {**OFFICER, "may": ["org.read", "org.reelection"]}
    officer.services.give("GET projection /me", visitor_may_not)
    officer.services.give("GET projection /worklist", {"sections": []})
    officer.sign_in()
    assert "缺批复" not in officer.get("/").text


def test_what_waits_only_now_and_then_is_counted_while_it_waits(officer):
    refused = {"id": "reactions_refused", "title": {"zh-CN": "系统未能自动办理", "en": "Refused"}, "count": 2, "urgent": True, "list": "/refusals",
               "rows": [{"id": "r1", "organisation": "o1", "message_zh": "已有主席", "message_en": "There is a chair."}]}  # fmt: skip
    assert "系统未能自动办理" not in officer.get("/").text
    officer.services.give("GET projection /worklist", {"sections": [refused]})
    assert 'href="/refusals" class="warn"><strong>2</strong> 系统未能自动办理' in officer.get("/").text


def test_the_terms_that_end_next_stand_on_the_work_list(officer):
    term = {"id": "t1", "organisation": "o7", "organisation_name": "三江镇妇联", "due_on": "2027-03-01"}
    officer.services.give("GET projection /terms", {"rows": [term], "cursor": None})
    page = officer.get("/").text
    assert 'href="/organisations/o7"' in page and "届满 2027-03-01" in page and officer.services.last("/terms").url.params["state"] == "running"


def test_first_steps_are_shown_by_what_she_may_do_until_she_puts_them_away(officer):
    assert "从这里开始" in (page := officer.get("/").text) and 'href="/imports/new"' in page
    officer.post("/desk/starts", {"shown": "off"})
    assert "从这里开始" not in officer.get("/").text and "重新显示" in officer.get("/help").text
    officer.post("/logout")
    officer.sign_in()
    assert "从这里开始" not in officer.get("/").text, "on every computer"
    officer.post("/desk/starts", {"shown": "on"})
    assert "从这里开始" in officer.get("/").text


def test_the_figures_of_her_area_come_after_the_page_and_their_absence_is_said(officer):
    figures = {"organisations": 530, "holders": 7578, "executives": 7314, "chair_rate": 98.5, "vacancies": 149}
    officer.services.give("GET projection /overview", {"area": {}, "tiles": figures})
    assert 'hx-get="/desk/figures"' in officer.get("/").text and "98.5%" in officer.get("/desk/figures").text
    officer.services.give("GET projection /overview", refusal(503, "busy", "忙"))
    answer = officer.get("/desk/figures")
    assert answer.status_code == 200 and "现在统计不了" in answer.text


def test_help_tells_each_role_what_it_may_do(officer):
    assert "整批撤销" in officer.get("/help").text and "看各项服务" not in officer.get("/help").text
    officer.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "system.operate"]})
    officer.sign_in()
    page = officer.get("/help").text
    assert "整批撤销" not in page and 'href="/services"' in page and "<kbd>Alt 1</kbd></td><td data-title=\"作用\">服务一览" in page


def test_an_empty_work_list_says_what_comes_next(officer):
    officer.services.give("GET projection /worklist", {"sections": []})
    page = officer.get("/").text
    assert "现在没有等您办理的事项" in page and 'href="/imports"' in page and 'href="/reelections"' in page


def test_when_the_work_list_cannot_be_had_the_rest_of_the_page_stands(officer):
    officer.services.down.add("projection")
    answer = officer.get("/")
    assert answer.status_code == 200 and "待办暂时取不到" in answer.text and "最近的导入" not in answer.text


def test_the_frame_has_language_title_skip_link_and_one_heading(officer):
    page = officer.get("/help").text
    assert '<html lang="zh-CN">' in page and "<title>帮助与快捷键 · 半边天</title>" in page
    assert page.index('href="#main"') < page.index("<header") and page.count("<h1") == 1 and 'aria-current="page"' in page


def test_the_menu_shows_only_what_her_grants_allow(visitor):
    visitor.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "org.document", "document.read"]})
    visitor.sign_in()
    page = visitor.get("/help").text
    assert 'href="/documents"' in page and 'href="/roster"' not in page and 'href="/audit"' not in page


def test_the_policy_lets_nothing_in_from_outside_and_nothing_inline(officer):
    headers = officer.get("/help").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self' ")
    assert "base-uri 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store" and "HX-Target" in headers["vary"]


def test_in_production_the_cookie_is_secure_and_bound_to_this_host(monkeypatch):
    monkeypatch.setattr(login, "settings", lambda: Settings(mode="prod"))
    kept = Response()
    login.keep(kept, login.cookie_name(), "secret")
    assert kept.headers["set-cookie"].startswith("__Host-halfsky=") and "Secure" in kept.headers["set-cookie"]


def test_static_files_are_kept_for_ever_under_a_name_that_changes_with_them(officer):
    page = officer.get("/help").text
    name = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = officer.get(name)
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"] and answer.headers["content-type"].startswith("text/css")
    assert officer.get("/static/console.css").status_code == 404
    assert officer.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_a_first_visit_stays_under_60_kb_and_a_later_one_under_15(officer):
    officer.services.give("GET projection /worklist", WORK)
    page = officer.get("/")
    files = [part.split('"')[0] for part in page.text.split('"/static/')[1:]]
    cold = len(gzip.compress(page.content, 6)) + sum(len(gzip.compress(officer.get(f"/static/{f}").content, 9)) for f in files)
    assert page.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(page.content, 6)) <= 15_000 and cold <= 60_000


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (refusal(403, "forbidden", "您没有此项权限（cadre.read）。"), 403, "您没有此项权限（cadre.read）。"),
        (refusal(404, "not_found", "没有找到该编号对应的内容。"), 404, "没有找到该编号对应的内容。"),
        (refusal(503, "grants_stale", "权限数据超过30秒未更新。"), 503, "权限数据超过30秒未更新。"),
        (httpx.Response(500, text="Traceback of secrets"), 503, "请稍候再试"),
        (httpx.Response(200, text="not json"), 500, "请凭下面的编号联系系统管理员"),
    ],
)
def test_a_refusal_becomes_a_page_in_words(officer, answer, status, words):
    officer.services.give("GET projection /me", answer)
    page = officer.get("/place")
    assert page.status_code == status and words in page.text and "编号" in page.text and "Traceback" not in page.text


def test_a_service_that_is_down_becomes_a_friendly_page_with_a_way_to_try_again(officer):
    officer.services.down.add("projection")
    page = officer.get("/place")
    assert page.status_code == 503 and "后台服务暂时连不上" in page.text and 'href="/place"' in page.text


def test_what_went_wrong_inside_is_not_logged_with_what_was_entered(officer, caplog):
    officer.services.give("GET projection /me", httpx.Response(200, text="王芳 13800138000"))
    with caplog.at_level(logging.INFO):
        officer.get("/place")
    assert "王芳" not in caplog.text and "13800138000" not in caplog.text and "JSONDecodeError" in caplog.text


def test_an_address_that_is_not_there_is_answered_in_words(officer):
    page = officer.get("/nowhere")
    assert page.status_code == 404 and "没有找到这个页面" in page.text


def test_the_palette_goes_to_pages_by_initials_and_to_people_and_places(officer):
    rows = [
        {"kind": "organisations", "id": "o1", "name": "南昌县妇女联合会", "level": "county", "path": ["江西省妇联", "南昌市妇联"]},
        {"kind": "people", "id": "p1", "name": "胡梅", "posts": [{"organisation_name": "莲塘镇妇联", "role": "chair"}]},
        {"kind": "documents", "id": "d1", "name": "任职批复", "number": "南妇〔2024〕5号"},
        {"kind": "organisations", "id": "o2", "name": "黄纺村妇女联合会", "path": ["莲塘镇妇联"], "former": ["黄坊村妇女联合会"]},
    ]
    officer.services.give("GET projection /search", {"rows": rows})
    found = officer.get("/palette?q=hmc", headers={"HX-Request": "true", "HX-Target": "found"}).text
    assert officer.services.last("/search").url.params["kinds"] == "organisations,people,documents"
    assert found.strip().startswith("<a ") and "花名册" in found and "换届提醒" not in found
    assert 'href="/organisations/o1"' in found and "南昌市妇联" in found and 'href="/people/p1"' in found and "莲塘镇妇联 主席" in found
    assert 'href="/documents/d1"' in found and "南妇〔2024〕5号" in found and "莲塘镇妇联 曾用名：黄坊村妇女联合会" in found
    assert officer.get("/palette?q=hmc").text.count("<h1") == 1


def test_the_palette_goes_to_what_can_be_done_where_one_may(officer):
    for q in ("dengjigongwen", "djgw", "登记公文"):
        officer.services.give("GET projection /search", {"rows": []})
        found = officer.get(f"/palette?q={q}", headers={"HX-Request": "true", "HX-Target": "found"}).text
        assert 'href="/documents/new"' in found and "提出拟任" not in found
    assert 'href="/services"' not in officer.get("/palette").text


def test_the_palette_still_goes_to_pages_when_the_search_is_away(officer):
    officer.services.down.add("projection")
    found = officer.get("/palette?q=hmc", headers={"HX-Request": "true", "HX-Target": "found"}).text
    assert "花名册" in found and "暂时查不到" in found


def test_the_services_page_needs_no_sign_in(visitor):
    page = visitor.get("/services").text
    assert page.count('class="well"') + page.count('class="ill"') == 7
    assert visitor.get("/ready").json() == {"status": "ok", "service": "console"}
