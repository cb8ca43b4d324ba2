"""A certificate for a post, and two records of one person made one: asked, looked over, refused at the right field."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from tests.console.conftest import COUNTY, OFFICER, refusal
from tests.console.people_given import EVENT, MAY, OTHER, PERSON, POST, PROFILE, RECORD, fields, given, versioned

TOWN = "018f0000-0000-7000-8000-0000000000f1"
TERM = "018f0000-0000-7000-8000-0000000000f2"
NOW = {**PROFILE, "home": COUNTY, "home_name": "南昌县妇女联合会", "merged_into": None, "age": 41}
HELD: dict[str, Any] = {
    "appointment": POST, "organisation": TOWN, "organisation_name": "莲塘镇妇女联合会", "role": "executive_member", "engagement": "part_time",
    "mode": "elected", "status": "active", "in_office": True, "starts_on": "2026-05-01", "ends_on": None, "end_reason": None, "precision": "day",
    "opening": False, "back_dated": False, "documents": [], "missing_document": False,
}  # fmt: skip


def shown(id: str = PERSON, **more: Any) -> dict[str, Any]:
    base = {"id": id, "as_of": "2026-11-22", "now": NOW, "has_id_number": True, "has_phone": False, "appointments": [HELD], "certificates": []}
    return {**base, "changes": None, "profiles": [], "trainings": [], **more}


@pytest.fixture
def desk(officer):
    made = given(officer)
    give = officer.services.give
    give("GET projection /me", {**OFFICER, "may": [*MAY, "cadre.certificate"]})
    officer.sign_in()
    give(f"GET projection /cadres/{PERSON}", shown())
    give(f"GET projection /cadres/{OTHER}", shown(OTHER, now={**NOW, "born_on": "1985-03-15", "employer_and_post": None}, appointments=[]))
    give(f"GET cadre /cadres/{OTHER}", versioned({**RECORD, "id": OTHER}, 7))
    give(f"GET projection /organisations/{TOWN}", {"id": TOWN, "path": [{"id": COUNTY, "name": "南昌县妇女联合会", "short_name": "南昌县妇联"}]})
    alike = {"kind": "people", "name": "测试甲", "home_name": "莲塘镇妇联", "posts": []}
    give("GET projection /search", {"rows": [{**alike, "id": id} for id in (OTHER, PERSON)]})
    return made


def test_a_certificate_is_issued_by_the_superior_after_a_second_look(desk):
    desk.services.give(f"POST cadre /cadres/{PERSON}/certificates", {"id": PERSON, "version": 4, "warnings": []})
    assert f'href="/people/{PERSON}/certificate"' in desk.get(f"/people/{PERSON}").text
    page = desk.get(f"/people/{PERSON}/certificate").text
    assert "莲塘镇妇女联合会执委" in page and "由南昌县妇女联合会颁发" in page
    form = fields(page)
    filled = {**form, "appointment": POST, "number": "南妇证〔2026〕15号", "issued_on": "2026-11-20"}
    check = desk.post(f"/people/{PERSON}/certificate", {**filled, "step": "check"}).text
    assert "核对：" in check and "南妇证〔2026〕15号" in check and "持证人" in check and "颁发单位" in check
    done = desk.post(f"/people/{PERSON}/certificate", {**filled, "step": "send"})
    assert done.headers["location"] == f"/people/{PERSON}?done=certificate#certificates"
    sent = desk.services.last(f"/cadres/{PERSON}/certificates")
    assert json.loads(sent.content) == {"number": "南妇证〔2026〕15号", "issued_on": "2026-11-20", "appointment": POST, "issuer": COUNTY}
    assert sent.headers["idempotency-key"] == form["key"]


@pytest.mark.parametrize(
    ("role", "said"), [("standing_member", "执行委员会常务委员"), ("executive_member", "执行委员会委员"), ("director", "委员会主任")]
)
def test_a_certificate_names_the_office_as_those_printed_with_the_case_do(desk, role, said):
    issued = {"appointment": POST, "number": "南妇证〔2026〕15号", "issued_on": "2026-11-20", "issuer_name": "南昌县妇女联合会", "documents": []}
    post = {"person": PERSON, "organisation": TOWN, "role": role, "mode": "elected", "term": TERM}
    desk.services.give(f"GET cadre /appointments/{POST}", {"id": POST, "post": post})
    desk.services.give(f"GET projection /cadres/{PERSON}", shown(certificates=[issued]))
    desk.services.give(f"GET org /organisations/{TOWN}", {"full_name": "莲塘镇妇女联合会"})
    desk.services.give(f"GET org /terms/{TERM}", {"term_no": 3})
    printed = Document(BytesIO(desk.get(f"/certificates/{POST}.docx").content))
    assert f"当选为莲塘镇妇女联合会第三届{said}。" in "".join(p.text for p in printed.paragraphs)


def test_what_is_missing_or_refused_of_a_certificate_stands_at_its_field(desk):
    path, form = f"/people/{PERSON}/certificate", fields(desk.get(f"/people/{PERSON}/certificate").text)
    empty = desk.post(path, {**form, "step": "check"})
    assert empty.status_code == 422 and 'href="#f-appointment"' in empty.text and 'href="#f-number"' in empty.text
    refused = refusal(422, "certificate_not_in_office", "发证日 2026-01-01 此人不在该职务上", pointer="/issued_on")
    desk.services.give(f"POST cadre /cadres/{PERSON}/certificates", refused)
    filled = {**form, "appointment": POST, "number": "一", "issued_on": "2026-01-01", "step": "send"}
    answer = desk.post(path, filled)
    assert answer.status_code == 422 and 'href="#f-issued_on"' in answer.text and 'value="2026-01-01"' in answer.text
    again = refusal(422, "certificate_exists", "该任职已发证书 一", pointer="/appointment")
    desk.services.give(f"POST cadre /cadres/{PERSON}/certificates", again)
    assert 'href="#f-appointment"' in desk.post(path, filled).text


def test_a_post_that_is_not_below_or_has_its_certificate_is_not_offered(desk):
    desk.services.give(f"GET projection /organisations/{TOWN}", {"id": TOWN, "path": [{"id": OTHER, "name": "别县", "short_name": "别县"}]})
    assert "没有可以由您单位颁发证书的职务" in desk.get(f"/people/{PERSON}/certificate").text
    desk.services.give(f"GET projection /organisations/{TOWN}", {"id": TOWN, "path": [{"id": COUNTY, "name": "县", "short_name": "县"}]})
    had = {"appointment": POST, "number": "一", "issued_on": "2026-11-20", "issuer": COUNTY, "issuer_name": "县", "documents": []}
    desk.services.give(f"GET projection /cadres/{PERSON}", shown(certificates=[had]))
    assert "没有可以由您单位颁发证书的职务" in desk.get(f"/people/{PERSON}/certificate").text
    assert f'href="/certificates/{POST}.pdf"' in desk.get(f"/people/{PERSON}").text


def test_two_records_stand_side_by_side_before_one_is_merged_for_good(desk):
    desk.services.give(f"POST cadre /cadres/{OTHER}/merge", {"id": OTHER, "version": 8, "warnings": []})
    assert f'href="/people/{PERSON}/merge"' in desk.get(f"/people/{PERSON}").text
    page = desk.get(f"/people/{PERSON}/merge").text
    assert f'value="{OTHER}"' in page and f'name="other" value="{PERSON}"' not in page
    filled = {**fields(page), "other": OTHER, "keep": "this", "reason": "身份证号相同"}
    check = desk.post(f"/people/{PERSON}/merge", {**filled, "step": "check"}).text
    assert "核对：" in check and "1985-03-15" in check and "村会计" in check and "并档不能撤销" in check and "莲塘镇妇女联合会执委" in check
    assert fields(check)["seen"] == "7" and all(r.method == "GET" for r in desk.services.asked)
    done = desk.post(f"/people/{PERSON}/merge", {**filled, **fields(check), "step": "send"})
    assert done.headers["location"] == f"/people/{PERSON}?done=merge"
    assert "已并档：测试甲的档案保留这一份" in desk.get(done.headers["location"]).text
    sent = desk.services.last(f"/cadres/{OTHER}/merge")
    assert json.loads(sent.content) == {"into": PERSON, "reason": "身份证号相同"} and sent.headers["if-match"] == '"7"'


def test_nothing_is_merged_that_was_not_looked_at(desk):
    filled = {**fields(desk.get(f"/people/{PERSON}/merge").text), "other": OTHER, "keep": "this", "reason": "同一人", "step": "send"}
    answer = desk.post(f"/people/{PERSON}/merge", filled)
    assert answer.status_code == 200 and "核对：" in answer.text and all(r.method == "GET" for r in desk.services.asked)


def test_the_one_kept_may_be_the_other(desk):
    desk.services.give(f"POST cadre /cadres/{PERSON}/merge", {"id": PERSON, "version": 4, "warnings": []})
    filled = {**fields(desk.get(f"/people/{PERSON}/merge").text), "other": OTHER, "keep": "other", "reason": "同一人", "seen": "3"}
    assert desk.post(f"/people/{PERSON}/merge", {**filled, "step": "send"}).headers["location"] == f"/people/{OTHER}?done=merge"
    assert json.loads(desk.services.last(f"/cadres/{PERSON}/merge").content)["into"] == OTHER


def test_what_is_missing_or_refused_of_a_merger_stands_at_its_field(desk):
    path, form = f"/people/{PERSON}/merge", fields(desk.get(f"/people/{PERSON}/merge").text)
    empty = desk.post(path, {**form, "step": "check"}).text
    assert all(f'href="#f-{name}"' in empty for name in ("other", "keep", "reason"))
    assert "不能与自己并档" in desk.post(path, {**form, "other": PERSON, "keep": "this", "reason": "一", "step": "check"}).text
    unknown = desk.post(path, {**form, "other": EVENT, "keep": "this", "reason": "一", "step": "check"})
    assert unknown.status_code == 422 and "没有这份档案" in unknown.text
    desk.services.give(f"POST cadre /cadres/{OTHER}/merge", refusal(422, "merge_holds_office", "要并掉的这份档案还有在任的职务", pointer="/id"))
    answer = desk.post(path, {**form, "other": OTHER, "keep": "this", "reason": "一", "seen": "7", "step": "send"})
    assert answer.status_code == 422 and 'href="#f-keep"' in answer.text and "还有在任的职务" in answer.text


def test_a_record_that_changed_meanwhile_is_not_merged(desk):
    desk.services.give(f"POST cadre /cadres/{OTHER}/merge", refusal(412, "stale", "他人已先行修改。"))
    filled = {**fields(desk.get(f"/people/{PERSON}/merge").text), "other": OTHER, "keep": "this", "reason": "一", "seen": "6", "step": "send"}
    answer = desk.post(f"/people/{PERSON}/merge", filled)
    assert answer.status_code == 422 and "没有并档" in answer.text
