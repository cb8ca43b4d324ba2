"""登记去世、调离本省或开除: what ends is looked over post by post, entered, told on her page, and taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.console.organisations.changes import ACTS as PLACES
from services.console.organisations.steps import ACTS as STEPS
from services.console.people.acts import ACTS as OFFICES
from services.console.people.departures import ACTS
from tests.console.conftest import COUNTY, OFFICER, refusal
from tests.console.people_given import MAY, PERSON, POST, RECORD, fields, given, started, versioned
from tests.console.test_records import TOWN, shown

GONE = {"effective": "2026-11-01", "why": "died"}
TOLD: dict[str, Any] = {
    "posts": [{"appointment": POST, "organisation": TOWN, "role": "chair", "becomes": "ended", "starts_on": "2026-05-01"},
              {"appointment": PERSON, "organisation": COUNTY, "role": "executive_member", "becomes": "withdrawn", "starts_on": None}],
    "secondments": [{"id": POST, "to_organisation": COUNTY, "duty": "项目专员", "starts_on": "2026-06-01"}],
}  # fmt: skip


@pytest.fixture
def desk(officer):
    made = given(officer, started())
    give = officer.services.give
    give("GET projection /me", {**OFFICER, "may": [*MAY]})
    officer.sign_in()
    give(f"GET projection /cadres/{PERSON}", shown())
    give(f"GET cadre /cadres/{PERSON}", versioned({**RECORD, "departed": None}, 3))
    give(f"GET cadre /cadres/{PERSON}/departure", TOLD)
    give(f"GET org /organisations/{TOWN}", {"full_name": "莲塘镇妇女联合会"})
    give(f"GET org /organisations/{COUNTY}", {"full_name": "南昌县妇女联合会"})
    give(f"POST cadre /cadres/{PERSON}/departure", {"id": PERSON, "version": 4, "warnings": []})
    return made


def test_every_post_that_ends_is_shown_before_a_death_is_entered(desk):
    assert f'href="/people/{PERSON}/departure"' in desk.get(f"/people/{PERSON}").text
    path = f"/people/{PERSON}/departure"
    form = fields(desk.get(path).text)
    check = desk.post(path, {**form, "why": "died", "effective": "2026-11-01", "step": "check"}).text
    assert "随之终止的职务（3项）" in check and "莲塘镇妇女联合会" in check and "撤回拟任" in check and "项目专员" in check
    assert 'class="button danger" name="step" value="send"' in check, "the red button is never the destructive one"
    done = desk.post(path, {**form, "why": "died", "effective": "2026-11-01", "step": "send"})
    assert done.headers["location"].startswith(f"/people/{PERSON}")
    assert json.loads(desk.services.last(path.replace("people", "cadres")).content) == {"why": "died", "effective": "2026-11-01"}


def test_what_the_service_refuses_stands_at_its_field_and_nothing_is_listed(desk):
    desk.services.refusing[f"/cadres/{PERSON}/departure"] = refusal(422, "date_in_future", "2027-01-01 晚于今天", pointer="/effective")
    path = f"/people/{PERSON}/departure"
    answer = desk.post(path, {**fields(desk.get(path).text), "why": "died", "effective": "2027-01-01", "step": "check"})
    assert answer.status_code == 422 and 'href="#f-effective"' in answer.text and "随之终止" not in answer.text


def test_her_page_says_that_she_is_gone_and_offers_to_take_it_back_and_no_proposal(desk):
    desk.services.give(f"GET projection /cadres/{PERSON}", shown(departed=GONE))
    desk.services.give(f"GET cadre /cadres/{PERSON}", versioned({**RECORD, "departed": GONE}, 4))
    page = desk.get(f"/people/{PERSON}").text
    assert "已登记“去世”" in page and f"/appointments/new?person={PERSON}" not in page and f"/people/{PERSON}/return" not in page
    assert f'href="/people/{PERSON}/departure-withdrawal"' in page and f'href="/people/{PERSON}/departure"' not in page
    assert desk.get(f"/people/{PERSON}/departure").status_code == 409 == desk.get(f"/people/{PERSON}/return").status_code
    desk.services.give(f"POST cadre /cadres/{PERSON}/departure-withdrawal", {"id": PERSON, "version": 5, "warnings": []})
    path = f"/people/{PERSON}/departure-withdrawal"
    done = desk.post(path, {**fields(desk.get(path).text), "reason": "同名的另一人", "step": "send"})
    assert done.headers["location"].startswith(f"/people/{PERSON}")


def test_relief_from_one_post_offers_no_death_and_says_where_it_is_entered(desk):
    page = desk.get(f"/appointments/{POST}/relief").text
    assert 'value="resigned"' in page and 'value="died"' not in page and "请到人员页面登记" in page


def test_what_ends_takes_back_or_calls_off_is_never_the_red_button_and_what_begins_is(desk):
    path, filled = f"/appointments/{POST}/relief", {"effective": "2026-11-01", "end_reason": "resigned", "reason": "补录", "step": "check"}
    check = desk.post(path, {**fields(desk.get(path).text), **filled}).text
    assert "核对：" in check and 'class="button danger" name="step" value="send"' in check
    ending = {id for acts in (OFFICES, STEPS, PLACES, ACTS) for id, a in acts.items() if a.ending}
    assert ending == {"rejection", "withdrawal", "cancellation", "relief", "suspension", "refusal", "return", "merger", "dissolution",
                      "extension-refusal", "end", "departure"}  # fmt: skip
    assert not OFFICES["start"].ending and not ACTS["return"].ending
