"""The roster and one person: what is open, what stays sealed, and how her record is changed, corrected and unsealed."""

from __future__ import annotations

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

import httpx
import pytest
from docx import Document

from services.console.people.profile import ACTS, known, read_birth
from tests.console.conftest import COUNTY, OFFICER, refusal
from tests.console.people_given import CHANGE, EVENT, OTHER, PERSON, PROFILE, RECORD, fields, given, versioned

ROW: dict[str, Any] = {
    **PROFILE,
    "person": PERSON,
    "appointment": EVENT,
    "seat": EVENT,
    "organisation": COUNTY,
    "organisation_name": "南昌县妇女联合会",
    "age": 41,
    "role": "chair",
    "roles": ["chair", "executive_member"],
    "engagement": "full_time",
    "mode": "acting",
    "status": "active",
    "starts_on": "2026-05-01",
    "ends_on": None,
    "precision": "month",
    "opening": True,
    "newly_appointed": True,
    "has_id_number": True,
    "has_phone": False,
    "term": None,
    "appointments": [EVENT],
}
LIST = {"rows": [ROW], "cursor": None, "as_of": "2026-11-22", "known_at": None, "positions": "", "total": 1, "area_name": "莲塘镇妇联"}


@pytest.fixture
def desk(officer):
    officer.services.give("GET projection /roster", LIST)
    return given(officer)


def test_the_roster_has_the_columns_of_the_form_and_keeps_what_is_sealed_sealed(desk):
    page = desk.get("/roster?columns=has_id_number&columns=has_phone&columns=role&columns=born_on&columns=starts_on&columns=notes").text
    assert f'href="/people/{PERSON}"' in page and "主席" in page and "、执委" in page and "1985.03" in page and "2026-05" in page
    assert f'href="/people/{PERSON}/unsealing"' in page and "******************" in page and "未填" in page
    assert "期初数据" in page and "主持工作" in page and "填报单位（盖章）" in page


def test_the_roster_asks_for_what_the_address_says(desk):
    desk.get("/roster?search=zhang&role=chair&age=age_le_35&as_of=2025-01-01&sort=-starts_on")
    asked = desk.services.last("/roster").url.params
    assert {k: asked[k] for k in ("search", "role", "age", "as_of", "sort", "area")} == {
        "search": "zhang",
        "role": "chair",
        "age": "age_le_35",
        "as_of": "2025-01-01",
        "sort": "-starts_on",
        "area": COUNTY,
    }


def test_an_empty_roster_leads_to_the_import(desk):
    desk.services.give("GET projection /roster", {**LIST, "rows": [], "total": 0})
    assert 'href="/imports/new"' in desk.get("/roster").text


def test_a_total_that_takes_time_is_loaded_after_the_page(desk):
    desk.services.give("GET projection /roster", {**LIST, "total": None})
    desk.services.give("GET projection /roster/total", {"total": 380123})
    assert 'hx-get="/roster/total?role=chair"' in desk.get("/roster?role=chair").text
    assert "380,123" in desk.get("/roster/total?role=chair").text and desk.services.last("/roster/total").url.params["role"] == "chair"


def test_a_person_shows_posts_papers_and_who_changed_what_with_both_times(desk):
    post = {
        "appointment": EVENT,
        "organisation_name": "南昌县妇女联合会",
        "role": "chair",
        "engagement": "full_time",
        "mode": "elected",
        "status": "active",
        "in_office": True,
        "starts_on": "2026-05-01",
        "ends_on": None,
        "end_reason": None,
        "precision": "day",
        "opening": False,
        "back_dated": False,
        "documents": CHANGE["documents"],
        "missing_document": True,
    }
    now = {**PROFILE, "age": 41, "home": COUNTY, "home_name": "南昌县妇女联合会", "merged_into": None}
    found = {
        "now": now,
        "as_of": "2026-11-22",
        "has_id_number": True,
        "has_phone": True,
        "appointments": [post],
        "certificates": [],
        "changes": [CHANGE],
    }
    desk.services.give(f"GET projection /cadres/{PERSON}", found)
    page = desk.get(f"/people/{PERSON}").text
    assert "1985-03（41岁）" in page and "缺批复" in page and "洪妇〔2026〕3号" in page and CHANGE["sentence"]["zh-CN"] in page
    assert "生效" in page and "2026-05-01" in page and "2026-01-02 11:00" in page and f'href="/people/{PERSON}/approval-form.pdf"' in page
    assert "<ins>南昌县妇女联合会</ins>" in page and "<ins>测试甲</ins>" in page and not re.search(r"<ins>[0-9a-f]{8}-", page)
    assert "情况变更" in page and "更正录入错误" in page and 'href="/audit/trail/c0ffee"' in page


def test_her_secondments_stand_on_her_page_with_where_for_what_and_until_when(desk):
    away = {
        "id": EVENT, "person": PERSON, "person_name": "测试甲", "from_organisation": COUNTY, "from_organisation_name": "南昌县妇女联合会",
        "to_organisation": OTHER, "to_organisation_name": "安义县妇女联合会", "duty": "挂职副主席", "starts_on": "2026-03-01", "until": "2027-03-01",
        "ended_on": None, "over_on": "2027-03-01", "state": "running"}  # fmt: skip
    over = {**away, "duty": "驻村帮扶", "starts_on": "2020-01-01", "until": "2022-01-01", "ended_on": "2021-06-30", "over_on": "2021-06-30",
            "state": "ended"}  # fmt: skip
    found = {"now": {**PROFILE, "age": 41, "home": COUNTY, "home_name": "", "merged_into": None}, "has_id_number": False, "has_phone": False,
             "appointments": [], "certificates": [], "changes": None}  # fmt: skip
    desk.services.give(f"GET projection /cadres/{PERSON}", {**found, "secondments": [away, over]})
    table = desk.get(f"/people/{PERSON}").text.partition('id="secondments"')[2].partition("</table>")[0]
    first, second = table.partition("<tbody>")[2].split("</tr>")[:2]
    assert "南昌县妇女联合会" in first and f'href="/organisations/{OTHER}"' in first and "挂职副主席" in first and "挂职中" in first
    assert "2026-03-01" in first and "2027-03-01" in first
    assert "2021-06-30" in second and "2022-01-01" not in second and "已结束" in second
    desk.services.give(f"GET projection /cadres/{PERSON}", {**found, "secondments": []})
    assert 'id="secondments"' not in desk.get(f"/people/{PERSON}").text


def test_sealed_values_are_shown_only_for_a_reason_and_never_before(desk):
    opened = httpx.Response(200, json={"id": PERSON, "version": 4, "opened": {"phone": "13800000000"}})
    desk.services.give(f"POST cadre /cadres/{PERSON}/unsealing", opened)
    form = desk.get(f"/people/{PERSON}/unsealing")
    assert "13800000000" not in form.text
    empty = desk.post(f"/people/{PERSON}/unsealing", fields(form.text))
    assert empty.status_code == 422 and "请说明查看理由。" in empty.text and all(r.method == "GET" for r in desk.services.asked)
    shown = desk.post(f"/people/{PERSON}/unsealing", {**fields(form.text), "reason": "other", "other": "核实身份"})
    assert "13800000000" in shown.text and shown.headers["cache-control"] == "no-store"
    sent = desk.services.last(f"/cadres/{PERSON}/unsealing")
    assert json.loads(sent.content) == {"reason": "核实身份"} and sent.headers["idempotency-key"] == fields(form.text)["key"]


def test_a_change_sends_only_what_differs_with_the_version_it_was_opened_at(desk):
    desk.services.give(f"POST cadre /cadres/{PERSON}/profile-change", {"id": PERSON, "version": 4, "warnings": []})
    form = fields(desk.get(f"/people/{PERSON}/change").text)
    filled = {**form, **known(PROFILE), "political": "cpc", "effective": "2026-11-01"}
    check = desk.post(f"/people/{PERSON}/change", {**filled, "step": "check"})
    assert "中共党员" in check.text and "群众" in check.text and "核对：" in check.text
    done = desk.post(f"/people/{PERSON}/change", {**filled, "step": "send"})
    assert done.status_code == 303 and done.headers["location"] == f"/people/{PERSON}?done=change"
    sent = desk.services.last(f"/cadres/{PERSON}/profile-change")
    assert json.loads(sent.content) == {"profile": {"political": "cpc"}, "effective": "2026-11-01"}
    assert sent.headers["if-match"] == '"3"' and sent.headers["idempotency-key"] == form["key"]


def test_a_correction_names_the_record_it_corrects_and_needs_a_reason(desk):
    desk.services.give(f"POST cadre /cadres/{PERSON}/profile-correction", {"id": PERSON, "version": 4, "warnings": []})
    form = fields(desk.get(f"/people/{PERSON}/correction").text)
    filled = {**form, **known(PROFILE), "born": "1985-04-05"}
    assert "请填写更正理由。" in desk.post(f"/people/{PERSON}/correction", {**filled, "step": "check"}).text
    desk.post(f"/people/{PERSON}/correction", {**filled, "reason": "看错了", "step": "send"})
    assert json.loads(desk.services.last(f"/cadres/{PERSON}/profile-correction").content) == {
        "profile": {"born_on": "1985-04-05", "born_precision": "day"},
        "corrects": EVENT,
        "reason": "看错了",
    }


def test_a_record_changed_meanwhile_is_not_overwritten(desk):
    desk.services.give(f"POST cadre /cadres/{PERSON}/profile-change", refusal(412, "conflict", "他人已先行修改。"))
    form = fields(desk.get(f"/people/{PERSON}/change").text)
    desk.services.give(f"GET cadre /cadres/{PERSON}", versioned({**RECORD, "profile": {**PROFILE, "degree": "postgraduate"}}, 4))
    answer = desk.post(f"/people/{PERSON}/change", {**form, **known(PROFILE), "political": "cpc", "effective": "2026-11-01", "step": "send"})
    again = fields(answer.text)
    assert "他人已修改了这些内容" in answer.text and again["expect"] == "4" and again["key"] != form["key"]
    assert '<option value="postgraduate" selected>' in answer.text and '<option value="cpc" selected>' in answer.text


def test_what_was_typed_is_kept_when_the_service_refuses_it(desk):
    desk.services.give("POST cadre /cadres", refusal(422, "id_number_invalid", "身份证号校验码不对。", pointer="/id_number"))
    filled = {**fields(desk.get("/people/new").text), "home": COUNTY, "person_name": "测试丙", "sex": "female", "id_number": "1234", "step": "send"}
    answer = desk.post("/people/new", filled)
    assert answer.status_code == 422 and 'value="测试丙"' in answer.text and "身份证号校验码不对。" in answer.text and "错误：" in answer.text


def test_namesakes_are_shown_before_somebody_is_registered(desk):
    alike = {"kind": "people", "id": EVENT, "name": "测试甲", "sex": "female", "home_name": "莲塘镇妇联", "posts": []}
    desk.services.give("GET projection /search", {"rows": [alike]})
    filled = {**fields(desk.get("/people/new").text), "home": COUNTY, "person_name": "测试甲", "sex": "female", "step": "check"}
    page = desk.post("/people/new", filled).text
    assert "已有同名的人员" in page and "莲塘镇妇联" in page and f'href="/people/{EVENT}"' in page


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1985-03-15", ("1985-03-15", "day")),
        ("1985.03", ("1985-03-01", "month")),
        ("1985年3月", ("1985-03-01", "month")),
        ("1985", ("1985-01-01", "year")),
        ("1985-13", None),
        ("85-03", None),
        ("昨天", None),
    ],
)
def test_a_birthday_is_read_as_far_as_it_is_known(typed, read):
    assert read_birth(typed) == read


def test_a_birthday_that_is_none_is_refused_before_anything_is_sent():
    faults = ACTS["registration"].check({"person_name": "甲", "sex": "female", "born": "1985-13", "home": COUNTY})
    assert faults.keys() == {"born"}


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("", f"/organisations/{COUNTY}/roster.pdf"),
        (f"?organisation={EVENT}", f"/organisations/{EVENT}/roster.pdf?own=true"),
        (f"?area={EVENT}&as_of=2025-01-01", f"/organisations/{EVENT}/roster.pdf?as_of=2025-01-01"),
    ],
)
def test_the_official_print_of_the_place_shown_is_one_click_away(desk, asked, address):
    assert f'href="{address}"' in desk.get(f"/roster{asked}").text


@pytest.mark.parametrize("change", [{"total": None}, {"total": 3001}, {"total": 0, "rows": []}])
def test_a_roster_too_long_for_paper_or_empty_is_not_offered_as_a_print(desk, change):
    desk.services.give("GET projection /roster", {**LIST, **change})
    assert "roster.pdf" not in desk.get("/roster").text


def test_a_filtered_roster_is_printed_whole_as_it_is_filtered_and_says_so(desk):
    page = desk.get("/roster?role=chair&role=vice_chair&sex=female&sort=name").text
    assert f'href="/organisations/{COUNTY}/roster.pdf?sex=female&amp;role=chair&amp;role=vice_chair"' in page
    assert "roster.pdf" not in desk.get("/roster?area=360121").text and "roster.pdf" not in desk.get("/roster?known_at=2025-01-01").text
    desk.services.give("GET projection /reports/roster", {"as_of": "2026-01-01", "rows": [], "cursor": None})
    printed = desk.get(f"/organisations/{COUNTY}/roster.docx?role=chair&role=vice_chair&area=x")
    asked = desk.services.last("/reports/roster").url.params
    assert asked.get_list("role") == ["chair", "vice_chair"] and asked["area"] == COUNTY
    assert "筛选条件：妇联职务：主席、副主席" in "".join(p.text for p in Document(BytesIO(printed.content)).paragraphs)


def test_a_roster_printed_for_one_office_names_that_office(desk):
    desk.services.give("GET projection /reports/roster", {"as_of": "2026-01-01", "rows": [], "cursor": None})
    printed = desk.get(f"/organisations/{COUNTY}/roster.docx?role=chair&search=王芳")
    assert "筛选条件：姓名：王芳；妇联职务：主席　" in "".join(p.text for p in Document(BytesIO(printed.content)).paragraphs)


def test_a_roster_too_long_for_paper_says_how_to_get_it_printed(desk):
    desk.services.give("GET projection /roster", {**LIST, "total": 3001})
    assert "一次最多 3000 人" in desk.get("/roster").text


def test_a_township_is_chosen_from_a_list_and_shown_as_a_token(desk):
    towns = [{"id": f"t{n}", "short_name": f"{n}镇妇联", "org_type": "federation", "level": "township"} for n in "甲乙"]
    tree = {"id": COUNTY, "level": "county", "org_type": "federation", "children": [*towns, {**towns[0], "id": "x", "org_type": "organ_committee"}]}
    desk.services.give("GET projection /organisations/tree", {"rows": [tree]})
    page = desk.get("/roster?role=chair").text
    assert 'label for="area">乡镇（街道）' in page and 'value="t甲"' in page and 'value="x"' not in page
    assert desk.services.last("/organisations/tree").url.params["area"] == COUNTY
    desk.services.give("GET projection /roster", {**LIST, "area_name": "甲镇妇女联合会"})
    page = desk.get(f"/roster?area={EVENT}&role=chair").text
    assert "地区：甲镇妇女联合会" in page and 'class="token" href="/roster?role=chair"' in page


def test_the_rows_are_numbered_and_the_form_is_whole_as_it_comes(desk):
    desk.services.give("GET projection /roster", {**LIST, "rows": [{**ROW, "no": 51}]})
    page = desk.get("/roster").text
    heads = re.findall(r'<th scope="col" class="[^"]*"[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    form = "序号 姓名 性别 民族 出生年月 政治面貌 文化程度 工作单位及职务 妇联职务 专/挂/兼 是否进村（社区）“两委” 是否一肩挑 是否新任"
    form += " 任职时间 联系电话 备注"
    assert [h for h in heads if h in form.split()] == form.split() and ">51</td>" in page


def test_who_may_show_phones_is_offered_the_export_with_the_same_filters(desk):
    assert "/exports/new" not in desk.get("/roster?role=chair").text
    desk.services.give("GET projection /me", {**OFFICER, "may": [*OFFICER["may"], "cadre.export"]})
    desk.sign_in()
    address = re.search(r'href="(/exports/new\?[^"]+)"', desk.get("/roster?role=chair&search=zhang").text)
    assert address and {"list=roster", f"area={COUNTY}", "role=chair", "search=zhang"} <= set(unescape(address[1]).partition("?")[2].split("&"))


def test_a_roster_says_whose_it_is_for_a_print_is_read_without_the_page_around_it(desk):
    desk.services.give("GET projection /roster", {**LIST, "area_name": "南昌县妇女联合会"})
    assert re.search(r"<h1>\s*南昌县妇女联合会 · 花名册\s*</h1>", desk.get("/roster").text)
