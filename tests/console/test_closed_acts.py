"""An act's form opened in a state in which it cannot be done: the page says so at once, with what comes next."""

from __future__ import annotations

import httpx
import pytest

from tests.console.conftest import COUNTY, OFFICER, superior
from tests.console.people_given import POST, proposed, started, versioned
from tests.console.test_appointments import HERE
from tests.console.test_appointments import desk as people_desk
from tests.console.test_organisations import NOW, county
from tests.console.test_reelections import CASE, case_is, desk, hidden

__all__ = ["county", "desk", "people_desk"]


@pytest.mark.parametrize("state", ["planned", "requested", "permitted", "refused", "cancelled", "closed"])
def test_a_result_is_not_asked_for_before_there_was_a_congress(desk, state):
    case_is(desk, state=state, held=None)
    page = desk.get(f"/reelections/{CASE}/result")
    assert page.status_code == 409 and "不能办理“上报选举结果”" in page.text and f'href="/reelections/{CASE}"' in page.text
    assert "<form method=\"post\" action=\"/reelections" not in page.text


def test_it_says_what_comes_next_and_leads_there(desk):
    case_is(desk, state="permitted", held=None)
    page = desk.get(f"/reelections/{CASE}/permit").text
    assert "现在是“已批准换届”" in page and f'href="/reelections/{CASE}/congress">登记大会选举' in page
    desk.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "org.approve"],
                                              "grants": [{**OFFICER["grants"][0], "role": "reviewer"}]})  # fmt: skip
    desk.sign_in()
    page = desk.get(f"/reelections/{CASE}/permit").text
    assert "/congress" not in page and "等待办理：登记大会选举" in page


def test_a_form_whose_state_has_gone_is_told_before_it_is_looked_over_and_keeps_its_answers(desk):
    case_is(desk, state="requested", held=None)
    path = f"/reelections/{CASE}/permit"
    form = hidden(desk.get(path).text)
    case_is(desk, state="permitted", held=None)
    page = desk.post(path, {**form, "permitted_on": "2026-10-20", "step": "check"})
    assert page.status_code == 422 and "不能办理“批准换届”" in page.text and 'value="2026-10-20"' in page.text and "错误：" in page.text
    desk.services.give(f"POST org {path}", {"id": CASE, "version": 5})
    sent = desk.post(path, {**form, "permitted_on": "2026-10-20", "step": "send"})
    assert sent.status_code == 303, "sent twice, it was done once: that is for the service to say"


def test_an_answer_to_the_result_form_before_the_congress_is_a_page_too(desk):
    form = hidden(desk.get(f"/reelections/{CASE}/result").text)
    case_is(desk, state="permitted", held=None)
    page = desk.post(f"/reelections/{CASE}/result", {**form, "candidates.0.who": "王秀英", "reported_on": "2026-10-11", "step": "check"})
    assert page.status_code == 422 and "不能办理“上报选举结果”" in page.text and 'value="王秀英"' in page.text


def test_an_appointment_says_so_too(people_desk):
    people_desk.services.give(f"GET cadre {HERE}", versioned(started()))
    page = people_desk.get(f"{HERE}/approval")
    assert page.status_code == 409 and "现在是“在任”，不能办理“批准任职”" in page.text and f'href="/appointments/{POST}/relief"' in page.text
    people_desk.services.give(f"GET cadre {HERE}", versioned(proposed(OFFICER["account"])))
    page = people_desk.get(f"{HERE}/start").text
    assert f'href="{HERE}/party-decision"' not in page and f'href="{HERE}/withdrawal"' in page, "who proposed it leaves the decision to another"


def test_an_organisation_says_so_too(county):
    page = county.get(f"/organisations/{COUNTY}/establishment")
    assert page.status_code == 409 and "现在是“正常”，不能办理“批准成立”" in page.text
    county.services.give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json={**NOW, "state": "withdrawn", "planned": []}))
    assert "现在是“已撤回设立申请”" in county.get(f"/organisations/{COUNTY}/details").text


def test_an_extension_is_approved_once_it_was_asked_for_and_asked_for_once(county):
    term = {"id": CASE, "term_no": 2, "ended_on": None, "due_on": "2026-12-01", "extension_asked": None}
    path = f"/organisations/{COUNTY}/extension"
    superior(county).services.give("GET projection /terms", {"rows": [term]})
    assert "没有待批准的延期申请" in county.get(path).text and county.get(f"{path}-request").status_code == 200
    county.services.give("GET projection /terms", {"rows": [{**term, "extension_asked": "2027-03-01", "extension_why": "与两委同步"}]})
    page = county.get(path).text
    assert "2027-03-01" in page and "与两委同步" in page and f'href="{path}-refusal"' in page and county.get(f"{path}-refusal").status_code == 200
    assert "延期申请待批准" in county.get(f"{path}-request").text
