"""Choosing in a form: people told apart by where they are, a seat that settles the kind of engagement, and words for what changed meanwhile."""

from __future__ import annotations

import httpx
import pytest

from services.console.people.find import FEW
from tests.console.conftest import COUNTY, refusal
from tests.console.people_given import PERSON, RECORD, SEAT, fields, given

PLAN = {"organisation": COUNTY, "seat": SEAT, "role": "chair", "capacity": 1, "engagement": "full_time", "holders": 0}
FORM = {"person": PERSON, "organisation": COUNTY, "seat": SEAT, "mode": "appointed", "starts_on": "2026-12-01"}


@pytest.fixture
def desk(officer):
    given(officer)
    officer.services.give("GET projection /seats", {"rows": [PLAN]})
    officer.services.give("POST cadre /appointments", httpx.Response(201, json={"id": PERSON, "version": 1, "warnings": []}))
    return officer


def found(n):
    post = {"organisation_name": "大洲村妇女联合会", "role": "chair"}
    return {"id": f"p{n}", "name": "王梅", "home_name": "", "posts": [post], "born_on": "1980-01-01"}


def test_the_few_best_are_shown_with_their_place_and_how_many_more_there_are(desk):
    desk.services.give("GET projection /search", {"rows": [found(n) for n in range(FEW + 3)]})
    page = desk.get(f"/find/people?who=wangmei&organisation={COUNTY}").text
    assert page.count("<li>") == FEW and "还有 3 个没有列出" in page and "大洲村妇女联合会主席" in page
    assert desk.services.last("/search").url.params["near"] == COUNTY
    desk.services.give("GET projection /search", {"rows": [found(n) for n in range(50)]})
    assert "还有 42+ 个没有列出" in desk.get("/find/people?who=w").text and "near" not in desk.services.last("/search").url.params
    desk.services.give("GET projection /search", {"rows": [found(1)]})
    assert "没有列出" not in desk.get("/find/people?who=w").text


def test_who_was_chosen_stands_first_with_her_place(desk):
    seen = {"now": {"person_name": "测试甲", "home_name": "莲塘镇妇联"}, "appointments": []}
    desk.services.give(f"GET projection /cadres/{PERSON}", seen)
    page = desk.get(f"/appointments/new?person={PERSON}&organisation={COUNTY}&seat={SEAT}").text
    assert f'value="{PERSON}" checked' in page and "莲塘镇妇联" in page


def test_a_seat_says_whether_it_is_full_time(desk):
    page = desk.get(f"/appointments/new?organisation={COUNTY}&seat={SEAT}").text
    assert '<option value="full_time" selected>' in page and 'data-fills="engagement=full_time"' in page
    page = desk.get("/appointments/new").text
    assert page.count(" selected>") == page.count('<option value="request" selected>') == 1, "only the kind of paper is chosen beforehand"
    form = fields(page)
    check = desk.post("/appointments/new", {**form, **FORM, "engagement": "", "step": "check"}).text
    assert "核对：" in check and fields(check)["engagement"] == "full_time"
    wrong = desk.post("/appointments/new", {**form, **FORM, "engagement": "part_time", "step": "check"})
    assert wrong.status_code == 422 and 'href="#f-engagement"' in wrong.text and "核定为“专职”，您选的是“兼职”" in wrong.text
    missing = desk.post("/appointments/new", {**form, **FORM, "engagement": "", "mode": "", "step": "check"}).text
    assert 'href="#f-mode"' in missing and 'href="#f-engagement"' not in missing


def test_what_changed_meanwhile_is_said_in_words(desk):
    path = f"/people/{PERSON}/change"
    form = fields(desk.get(path).text)
    desk.services.give(f"POST cadre /cadres/{PERSON}/profile-change", refusal(412, "stale", "内容已被他人修改"))
    now = {**RECORD, "profile": {**RECORD["profile"], "political": "cpc"}}
    desk.services.give(f"GET cadre /cadres/{PERSON}", httpx.Response(200, json=now, headers={"ETag": '"9"'}))
    said = {"person_name": "测试甲", "sex": "female", "political": "cyl", "effective": "2026-11-01", "step": "send"}
    page = desk.post(path, {**form, **said}).text
    table = page.split('id="stale-title"')[1].split("</table>")[0]
    assert "群众" in table and "中共党员" in table and "masses" not in table and "cyl" not in table
