"""组织总览, 组织详情 and the acts on an organisation, as an officer meets them."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from services.console.organisations.plot import MOST, plot
from tests.console.conftest import CITY, COUNTY, OFFICER, refusal, superior
from tests.console.people_given import fields

TOWN, OTHER, VILLAGE = (f"018f0000-0000-7000-8000-00000000001{n}" for n in (0, 1, 2))
FIGURES = {
    "organisations": 3, "holders": 40, "executives": 38, "chair_seats": 3, "chairs_filled": 2, "chair_rate": 66.7, "terms": 3, "terms_due": 1,
    "terms_overdue": 1, "reelections_open": 0, "vacancies": 1, "vacancies_overdue": 0, "vacancies_long": 0, "due_in_period": 0,
    "reelected_on_time": 0, "on_time_rate": None, "fill_rate": None,
}  # fmt: skip
PLACE = {
    "id": COUNTY,
    "name": "南昌县妇女联合会",
    "short_name": "南昌县妇联",
    "org_type": "federation",
    "level": "county",
    "status": "active",
    "code": "360121000000",
}
UP = [{"id": CITY, "name": "南昌市妇女联合会", "short_name": "南昌市妇联"}]
NOW = {
    "id": COUNTY, "full_name": "南昌县妇女联合会", "short_name": "南昌县妇联", "org_type": "federation", "level": "county", "area_kind": None,
    "field": "area", "formation_mode": "standalone", "status": "active", "code": "360121000000", "division_name": "南昌县", "parent": CITY,
    "parent_name": "南昌市妇女联合会", "state": "active",
}  # fmt: skip
BEFORE: dict[str, object] = {**NOW, "full_name": "南昌县妇女会", "valid_from": "2010-01-01", "valid_to": "2016-05-17", "changed": []}
DETAIL = {
    "id": COUNTY, "as_of": "2026-11-22", "now": NOW, "path": UP,
    "history": [BEFORE, {**NOW, "valid_from": "2016-05-17", "valid_to": None, "changed": ["full_name"]}],
    "events": [], "lineage": {"from": [], "to": []}, "terms": [], "reelections": [], "vacancies": [], "seats": [], "chairs": [], "units": [],
    "counts": {"holders": 4, "executives": 4, "children": 2, "below": 3},
}  # fmt: skip


def child(id, name, **more):
    return {**FIGURES, "id": id, "name": name, "short_name": name, "org_type": "federation", "level": "township", "status": "active", "code": None,
            "below": 2, "children": 2, **more}  # fmt: skip


@pytest.fixture
def county(officer):
    rows = [
        child(TOWN, "莲塘镇妇联", chair_rate=96.0),
        child(OTHER, "向塘镇妇联", chair_rate=100.0),
        child(VILLAGE, "机关妇委会", chair_seats=0, chair_rate=None),
    ]
    give = officer.services.give
    give(
        "GET projection /overview",
        {"area": {**PLACE, "path": UP}, "tiles": FIGURES, "own": FIGURES, "children": {"total": 3, "rows": rows, "cursor": None}},
    )
    for id in (COUNTY, CITY):
        give(f"GET projection /organisations/{id}/children", {"total": 3, "rows": rows, "cursor": "MORE"})
    give(f"GET projection /organisations/{COUNTY}", DETAIL)
    give("GET projection /documents", {"rows": []})
    give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json={**NOW, "planned": []}, headers={"ETag": '"7"'}))
    return officer


def hidden(page):
    form = re.search(r'<form method="post"[^>]*data-once>.*?</form>', page, re.S)
    assert form
    return {k: v.replace("&#34;", '"') for k, v in re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', form[0])}


def test_the_overview_compares_in_division_order_and_says_every_figure_twice(county):
    page = county.get("/organisations").text
    assert page.index("莲塘镇妇联：96.0%（2/3）") < page.index("向塘镇妇联：100.0%（2/3）"), "the order of the divisions, not of the figures"
    assert page.count("96.0%（2/3）") >= 3 and "<title>主席配备率</title>" in page, "dot, its title, and the table twin"
    assert "机关妇委会：" not in page, "what has no chair's seat is not compared"
    assert "届满待换届" in page and "按行政区划顺序，不排名" in page and "审图号" not in page


def test_the_date_looked_at_is_said_and_stays_in_every_address(county):
    page = county.get(f"/organisations?area={COUNTY}&as_of=2023-06-30").text
    assert "显示 2023-06-30 的情况" in page
    assert county.services.last("/overview").url.params["as_of"] == "2023-06-30"
    assert f"/organisations?as_of=2023-06-30&amp;area={TOWN}" in page
    detail = county.get(f"/organisations/{COUNTY}?as_of=2023-06-30").text
    assert "显示 2023-06-30 的情况" in detail and "变更名称等" not in detail, "the past is looked at, not changed"


def test_a_level_of_the_tree_comes_alone_and_the_rest_by_more(county):
    county.services.give("GET projection /organisations/tree", {"rows": [{**PLACE, "below": 3}]})
    part = county.get(f"/organisations/branch?node={COUNTY}", headers={"HX-Request": "true", "HX-Target": f"t-{COUNTY}"}).text
    assert "<html" not in part and part.strip().startswith("<li") and "莲塘镇妇联" in part and "cursor=MORE" in part
    rest = county.get(f"/organisations/branch?node={COUNTY}&cursor=MORE").text
    assert "南昌县妇联" not in rest and "莲塘镇妇联" in rest
    closed = county.get(f"/organisations/branch?node={COUNTY}&closed=1").text
    assert "莲塘镇妇联" not in closed and 'aria-expanded="false"' in closed


def test_old_names_stand_beside_new_ones(county):
    page = county.get(f"/organisations/{COUNTY}").text
    assert "南昌县妇女会" in page and "2016-05-17" in page and page.index("南昌县妇女会") < page.index("变了什么") + 800


def test_only_what_she_may_do_is_offered(county):
    offered = re.findall(rf'href="/organisations/{COUNTY}/(\w[\w-]*)"', county.get(f"/organisations/{COUNTY}").text)
    assert "details" in offered and "dissolution" not in offered, "dissolving is for the superior"
    county.services.give("GET projection /me", {**OFFICER, "grants": [{**OFFICER["grants"][0], "role": "statistician"}]})
    assert county.sign_in().status_code == 303
    page = county.get(f"/organisations/{COUNTY}").text
    assert f"/organisations/{COUNTY}/details" not in page and "开始换届" not in page


def test_a_change_is_checked_sent_once_at_the_version_read_and_refused_beside_its_field(county):
    path = f"/organisations/{COUNTY}/details"
    form = hidden(county.get(path).text)
    filled = {"effective": "2026-11-01", "full_name": "", "short_name": "南昌县妇联", "field": "area", "formation_mode": "standalone"}
    empty = county.post(path, {**form, **filled, "step": "check"})
    assert empty.status_code == 422 and "请填写全称。" in empty.text and 'value="2026-11-01"' in empty.text and "错误：" in empty.text
    check = county.post(path, {**form, **filled, "full_name": "新名称", "step": "check"})
    assert (
        check.status_code == 200
        and "核对：" in check.text
        and "新名称" in check.text
        and not [r for r in county.services.asked if r.method == "POST"]
    )
    county.services.give(f"POST org {path}", refusal(422, "before_establishment", "日期早于成立日期，请填以后的日期", pointer="/effective"))
    back = county.post(path, {**hidden(check.text), "step": "send"})
    assert back.status_code == 422 and 'href="#f-effective"' in back.text and 'value="新名称"' in back.text
    county.services.give(f"POST org {path}", {"id": COUNTY, "version": 8})
    done = county.post(path, {**hidden(check.text), "step": "send"})
    assert done.headers["location"] == f"/organisations/{COUNTY}?done=details"
    sent = county.services.last(path)
    assert sent.headers["if-match"] == '"7"' and sent.headers["idempotency-key"] == form["key"]


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(county):
    path = f"/organisations/{COUNTY}/details"
    form = hidden(county.get(path).text)
    county.services.give(f"POST org {path}", refusal(412, "stale", "内容已被他人修改"))
    county.services.give(f"GET org /organisations/{COUNTY}",
                         httpx.Response(200, json={**NOW, "short_name": "县妇联", "planned": []}, headers={"ETag": '"9"'}))  # fmt: skip
    mine = {"effective": "2026-11-01", "full_name": "新名称", "short_name": "南昌县妇联", "field": "area", "formation_mode": "standalone"}
    page = county.post(path, {**form, **mine, "step": "send"}).text
    assert "他人已修改了这些内容" in page and "县妇联" in page and 'value="新名称"' in page and hidden(page)["expect"] == "9"


def test_an_organisation_named_in_words_becomes_its_id_or_a_sentence(county):
    path = f"/organisations/{COUNTY}/move"
    form = hidden(county.get(path).text)
    county.services.give("GET projection /organisations", {"rows": []})
    nobody = county.post(path, {**form, "effective": "2026-11-01", "parent": "没有的市", "step": "check"})
    assert nobody.status_code == 422 and "没有找到“没有的市”" in nobody.text
    county.services.give(
        "GET projection /organisations", {"rows": [{"id": CITY, "full_name": "南昌市妇女联合会", "short_name": "南昌市妇联", "code": "360100000000"}]}
    )
    county.services.give(f"POST org {path}", {"id": COUNTY, "version": 8})
    county.post(path, {**form, "effective": "2026-11-01", "parent": "南昌市妇联", "step": "send"})
    assert CITY in county.services.last(path).content.decode()


def test_where_she_may_not_a_clear_page_says_so(county):
    path = f"/organisations/{COUNTY}/establishment"
    superior(county).services.give(f"GET org /organisations/{COUNTY}", {**NOW, "state": "proposed", "planned": []})
    form = hidden(county.get(path).text)
    county.services.give(f"POST org {path}", refusal(403, "forbidden", "您没有此项权限（批准成立）。"))
    page = county.post(path, {**form, "established_on": "2026-11-01", "step": "send"})
    assert page.status_code == 403 and "您没有此项权限" in page.text


def test_a_plot_needs_something_to_compare_and_not_too_much():
    rows = [(f"第{n}镇", float(n), "", "") for n in range(MOST + 1)]
    assert plot(rows) is None and plot(rows[:1]) is None and plot([(label, None, "", "") for label, *_ in rows[:5]]) is None
    drawn = plot([("甲", 96.0, "", ""), ("乙", 100.0, "", ""), ("丙", None, "", "")])
    assert drawn and drawn.low == 90
    lower, higher, none = (dot.x for dot in drawn.dots)
    assert lower is not None and higher is not None and lower < higher and none is None


def test_above_her_own_area_the_way_up_leads_to_details_not_to_figures(county):
    page = county.get("/organisations").text
    assert f'href="/organisations/{CITY}"' in page and f"area={CITY}" not in page


def test_five_thousand_children_come_a_page_at_a_time(county):
    rows = [child(f"018f0000-0000-7000-8000-0000001{n:05d}", f"第{n}村妇联", level="village", below=0, children=0) for n in range(50)]
    children = {"total": 5000, "rows": rows, "cursor": "NEXT"}
    county.services.give("GET projection /overview", {"area": {**PLACE, "path": UP}, "tiles": FIGURES, "children": children})
    page = county.get("/organisations").text
    assert "共 5,000 条" in page and "cursor=NEXT" in page and len(page) < 120_000
    asked = [r for r in county.services.asked if r.url.path.endswith("/children")]
    assert {r.url.params["limit"] for r in asked} == {"60"}


def test_a_past_date_shows_no_vacancy_that_opened_later(county):
    row = {"role": "executive_member", "since": "2026-04-24", "state": "open", "seat": TOWN, "stream": OTHER, "id": OTHER}
    shown = {**DETAIL, "as_of": "2024-06-30", "vacancies": [row, {**row, "since": "2024-06-30"}]}
    county.services.give(f"GET projection /organisations/{COUNTY}", shown)
    page = county.get(f"/organisations/{COUNTY}?as_of=2024-06-30").text
    assert "2026-04-24" not in page and ">2024-06-30<" in page.partition("缺位自")[2]


def test_an_organisation_shows_whom_it_sends_and_whom_it_takes_in_and_links_those_whose_page_may_be_opened(county):
    sent = {
        "id": TOWN, "person": VILLAGE, "person_name": "测试甲", "from_organisation": COUNTY, "from_organisation_name": "南昌县妇女联合会",
        "to_organisation": OTHER, "to_organisation_name": "向塘镇妇联", "duty": "挂职副主席", "starts_on": "2024-03-01", "until": "2025-03-01",
        "ended_on": None, "over_on": "2025-03-01", "state": "running", "opens": True}  # fmt: skip
    taken = {**sent, "person": CITY, "person_name": "测试乙", "from_organisation": OTHER, "to_organisation": COUNTY, "opens": False}
    later = {**sent, "person_name": "测试丙", "starts_on": "2026-01-01", "until": "2027-01-01", "state": "ahead"}
    county.services.give(f"GET projection /organisations/{COUNTY}", {**DETAIL, "as_of": "2024-06-30", "secondments": [later, sent, taken]})
    table = county.get(f"/organisations/{COUNTY}?as_of=2024-06-30").text.partition('id="secondments"')[2].partition("</table>")[0]
    assert f'href="/people/{VILLAGE}"' in table and "测试乙" in table and f"/people/{CITY}" not in table and "测试丙" not in table
    county.services.give(f"GET projection /organisations/{COUNTY}", {**DETAIL, "secondments": [later]})
    assert "测试丙" in county.get(f"/organisations/{COUNTY}").text
    county.services.give(f"GET projection /organisations/{COUNTY}", {**DETAIL, "secondments": None})
    assert 'id="secondments"' not in county.get(f"/organisations/{COUNTY}").text


PLAN = [{"seat": TOWN, "role": "chair", "capacity": 1, "engagement": None},
        {"seat": OTHER, "role": "executive_member", "capacity": 15, "engagement": None}]  # fmt: skip

LINES = {"effective": "2026-11-01", "seats.0.role": "chair", "seats.0.capacity": "1", "seats.1.role": "executive_member", "seats.1.capacity": "15"}


@pytest.fixture
def planning(officer):
    now = {"full_name": "莲塘镇妇女联合会", "state": "active", "level": "township", "seats": PLAN, "planned": PLAN}
    officer.services.give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json=now, headers={"ETag": '"7"'}))
    officer.services.give("GET projection /documents", {"rows": []})
    return superior(officer)


def test_a_seat_plan_is_looked_over_line_by_line_with_what_it_changes(planning):
    path = f"/organisations/{COUNTY}/seats"
    form = {**fields(planning.get(path).text), **LINES, "step": "check", "seats.0.role": "", "seats.0.capacity": "", "seats.1.capacity": "17",
            "seats.2.role": "vice_chair", "seats.2.capacity": "2", "seats.2.engagement": "part_time"}  # fmt: skip
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", planning.post(path, form).text))
    assert "主席 1 人 — 撤销" in page and "执委 15 人 执委 17 人" in page and "— 副主席 2 人 · 兼职" in page


@pytest.mark.parametrize(("role", "capacity", "field"), [*(("chair", c, "capacity") for c in ("三", "", "0")), ("", "3", "role")])
def test_a_line_of_a_seat_plan_that_says_half_of_a_seat_is_not_left_out_in_silence(planning, role, capacity, field):
    path = f"/organisations/{COUNTY}/seats"
    answer = planning.post(path, {**fields(planning.get(path).text), **LINES, "step": "check", "seats.0.role": role, "seats.0.capacity": capacity})
    assert answer.status_code == 422 and f'href="#f-seats.0.{field}"' in answer.text and f'id="e-seats.0.{field}"' in answer.text
    assert not any("dry-run" in r.headers for r in planning.services.asked)


def test_the_credit_code_is_shown_and_entered_on_the_organisations_page(county):
    code, path = "91110000600037341L", f"/organisations/{COUNTY}/credit-code"
    shown: dict[str, object] = {**DETAIL, "now": {**NOW, "credit_code": code}}
    county.services.give(f"GET projection /organisations/{COUNTY}", shown)
    now: dict[str, object] = {**NOW, "credit_code": code, "seats": [], "planned": []}
    county.services.give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json=now, headers={"ETag": '"3"'}))
    page = county.get(f"/organisations/{COUNTY}").text
    assert code in page and f'href="{path}"' in page
    assert f'value="{code}"' in county.get(path).text and "停用原代码" in county.get(path).text


def test_a_running_term_can_be_ended_early_on_the_superiors_paper(county):
    term = {"id": TOWN, "term_no": 3, "opening": False, "starts_on": "2025-12-08", "due_on": "2030-12-08", "ended_on": None, "extended_to": None,
            "extension_asked": None, "state": "running", "reelection": None}
    path = f"/organisations/{COUNTY}/end"
    superior(county).services.give(f"GET projection /organisations/{COUNTY}", {**DETAIL, "terms": [term]})
    county.services.give("GET projection /terms", {"rows": [term]})
    assert f'href="{path}">提前结束本届</a>' in county.get(f"/organisations/{COUNTY}").text
    form = county.get(path).text
    assert "必须附上" in form and "换届大会当天" in form, "the paper is asked for"
    county.services.give(f"POST org /terms/{TOWN}/end", {"id": TOWN, "version": 2})
    check = county.post(path, {**hidden(form), "ended_on": "2026-10-20", "step": "check"}).text
    county.post(path, {**hidden(check), "step": "send"})
    assert json.loads(county.services.last(f"/terms/{TOWN}/end").content)["ended_on"] == "2026-10-20"
