"""Appointments on the desk: proposed, decided, started, relieved, corrected; what stands in the way, and who may not decide."""

from __future__ import annotations

import json
import re

import pytest

from services.console.labels import LABELS
from tests.console.conftest import COUNTY, OFFICER, refusal
from tests.console.people_given import CHANGE, EVENT, OTHER, PERSON, POST, SEAT, THE_POST, fields, given, proposed, started, versioned

HERE = f"/appointments/{POST}"
PROPOSAL = {"person": PERSON, "organisation": COUNTY, "seat": SEAT, "mode": "appointed", "engagement": "full_time", "starts_on": "2036-12-01"}


@pytest.fixture
def desk(officer):
    return given(officer)


def sent(desk, act):
    return json.loads(desk.services.last(f"{HERE}/{act}").content)


def test_the_list_shows_what_waits_for_a_decision_whatever_its_date(desk):
    page = desk.get("/appointments").text
    asked = desk.services.last("/appointments").url.params
    assert asked["state"] == "proposed" and asked["every"] == "true" and asked["area"] == COUNTY
    assert 'href="/appointments?state=proposed" aria-current="page"' in page


def test_what_has_ended_or_came_to_nothing_has_its_tab_and_is_asked_for_as_it_is(desk):
    desk.get("/appointments?state=ended&search=wang")
    asked = desk.services.last("/appointments").url.params
    assert (asked["state"], asked["search"]) == ("ended", "wang") and "every" not in asked, "ended on the date looked at"
    page = desk.get("/appointments?state=rejected&search=wang").text
    assert desk.services.last("/appointments").url.params["every"] == "true"
    assert 'href="/appointments?state=rejected&amp;search=wang" aria-current="page"' in page and "state=withdrawn&amp;search=wang" in page


@pytest.mark.parametrize("chosen", [{}, {"person": PERSON}, {"organisation": COUNTY, "seat": SEAT}])
def test_nothing_stands_in_the_way_of_what_is_not_chosen_yet(desk, chosen):
    page = desk.get("/appointments/new?" + "&".join(f"{k}={v}" for k, v in chosen.items())).text
    assert "办理前请注意" not in page
    assert not any("person" in r.url.params for r in desk.services.asked if r.url.path == "/appointments"), "everybody's posts as hers"


def test_several_states_of_one_tab_are_asked_for_together(desk):
    states = ["party_reviewed", "publicised", "publicity_ended", "elected"]
    page = desk.get("/appointments?" + "&".join(f"state={s}" for s in states)).text
    assert desk.services.last("/appointments").url.params.get_list("state") == states
    assert re.search(r'aria-current="page">待审批', page)


def test_the_tabs_are_counted_after_the_page_and_those_in_office_where_that_is_kept(desk):
    desk.services.give("GET projection /appointments/counts", {"counts": {"proposed": 3, "publicised": 1, "elected": 1}})
    assert 'hx-get="/appointments/counts?state=proposed&amp;search=w"' in desk.get("/appointments?state=proposed&search=w").text
    tabs = desk.get("/appointments/counts?state=proposed&search=w").text
    said = re.findall(r">(待党组织审定|待审批|已撤回|在任)(?: <span class=\"n[ nil]*\">(\d+)</span>)?</a>", tabs)
    assert said == [("待党组织审定", "3"), ("待审批", "2"), ("在任", ""), ("已撤回", "0")]
    desk.services.give("GET projection /appointments/counts", {"counts": {"active": 452984, "suspended": 0, "ended": 3}})
    kept = desk.get("/appointments/counts?state=active").text
    assert re.findall(r">(在任|停职|已卸任|待生效) <span class=\"n[ nil]*\">([\d,]+)</span></a>", kept) == [
        ("待生效", "0"), ("在任", "452,984"), ("停职", "0"), ("已卸任", "3")]  # fmt: skip
    desk.get("/appointments/counts?state=proposed&search=w")
    assert desk.services.last("/appointments/counts").url.params["search"] == "w" and 'href="/appointments?state=proposed&amp;search=w"' in tabs


def test_posts_about_to_end_are_a_list_of_their_own(desk):
    page = desk.get("/appointments?ending=true").text
    asked = desk.services.last("/appointments").url.params
    assert asked["ending"] == "true" and "state" not in asked and "只显示30天内到期的" in page


def test_a_proposal_is_looked_over_with_the_two_chairs_and_the_way_out(desk):
    form = {**fields(desk.get("/appointments/new").text), **PROPOSAL}
    page = desk.post("/appointments/new", {**form, "step": "check"}).text
    assert "一个组织不能同时有两位主席" in page and "测试乙" in page and f'href="/appointments/{OTHER}/relief"' in page
    assert "将来生效" in page and "核对：" in page and all(r.method == "GET" for r in desk.services.asked)


def test_a_proposal_is_sent_once_under_the_forms_key_and_its_warnings_are_shown(desk):
    desk.services.give("POST cadre /appointments", {"id": POST, "version": 1, "warnings": [{"code": "seat_taken"}]})
    form = {**fields(desk.get("/appointments/new").text), **PROPOSAL, "until": "2027-01-01"}
    done = desk.post("/appointments/new", {**form, "step": "send"})
    assert done.headers["location"] == f"{HERE}?done=proposal&said=seat_taken"
    request = desk.services.last("/appointments")
    assert json.loads(request.content) == PROPOSAL and request.headers["idempotency-key"] == form["key"]
    after = desk.get(done.headers["location"]).text
    assert "该职位目前满员" in after and "已提出：测试甲拟任南昌县妇女联合会主席，拟自2026-12-01起。" in after


def test_an_acting_chair_needs_the_day_it_ends(desk):
    form = {**fields(desk.get("/appointments/new").text), **PROPOSAL, "mode": "acting"}
    assert "主持工作、挂职须填写截止日期。" in desk.post("/appointments/new", {**form, "step": "check"}).text


def test_without_a_person_or_a_seat_it_says_what_to_choose_and_keeps_the_rest(desk):
    form = {**fields(desk.get("/appointments/new").text), **PROPOSAL, "person": "", "seat": "", "step": "check"}
    answer = desk.post("/appointments/new", form)
    assert answer.status_code == 422 and 'href="#f-person"' in answer.text and "请选择职位。" in answer.text and 'value="2036-12-01"' in answer.text


def test_the_seats_say_what_is_free(desk):
    assert "已满" in desk.get(f"/appointments/seats?organisation={COUNTY}&starts_on=2026-12-01").text
    assert desk.services.last("/seats").url.params["as_of"] == "2026-12-01"


def test_who_proposed_is_told_that_another_decides(desk):
    desk.services.give(f"GET cadre {HERE}", versioned(proposed(by=OFFICER["account"])))
    page = desk.get(HERE).text
    assert "须由另一人办理" in page and f'href="{HERE}/party-decision"' not in page and f'href="{HERE}/withdrawal"' in page


def test_somebody_else_enters_the_party_decision_from_the_paper(desk):
    desk.services.give(f"POST cadre {HERE}/party-decision", {"id": POST, "version": 4, "warnings": []})
    assert f'href="{HERE}/party-decision"' in desk.get(HERE).text
    form = fields(desk.get(f"{HERE}/party-decision").text)
    filled = {**form, "agreed": "agreed", "decided_on": "2026-11-20", "authority": "中共莲塘镇委员会"}
    check = desk.post(f"{HERE}/party-decision", {**filled, "step": "check"})
    assert "前后对照" in check.text and "党组织审定" in check.text and all(r.method == "GET" for r in desk.services.asked)
    assert desk.post(f"{HERE}/party-decision", {**filled, "step": "send"}).status_code == 303
    assert sent(desk, "party-decision") == {"agreed": True, "decided_on": "2026-11-20", "authority": "中共莲塘镇委员会"}
    assert desk.services.last(f"{HERE}/party-decision").headers["if-match"] == '"3"'


def test_a_refused_start_shows_why_and_what_can_be_done(desk):
    passed = {**proposed(), "step": "passed"}
    desk.services.give(f"GET cadre {HERE}", versioned(passed))
    desk.services.give(f"POST cadre {HERE}/start", refusal(422, "two_chairs", "该职位已有人任职，请先免去原任。", pointer="/seat"))
    form = fields(desk.get(f"{HERE}/start").text)
    answer = desk.post(f"{HERE}/start", {**form, "starts_on": "2026-12-01", "step": "send"})
    assert answer.status_code == 422 and "请先免去原任" in answer.text and f'href="/appointments/{OTHER}/relief"' in answer.text


def test_a_back_dated_relief_is_flagged_before_it_is_sent(desk):
    desk.services.give(f"GET cadre {HERE}", versioned(started()))
    form = fields(desk.get(f"{HERE}/relief").text)
    filled = {**form, "effective": "2026-06-01", "end_reason": "resigned", "step": "check"}
    page = desk.post(f"{HERE}/relief", filled).text
    assert "倒填" in page and "请写明理由" in page and "已卸任" in page and "辞职" in page


def test_an_act_done_by_another_meanwhile_is_shown_not_overwritten(desk):
    desk.services.give(f"GET cadre {HERE}", versioned(started(), 5))
    desk.services.give(f"POST cadre {HERE}/relief", refusal(412, "conflict", "他人已先行修改。"))
    form = {**fields(desk.get(f"{HERE}/relief").text), "expect": "3"}
    answer = desk.post(f"{HERE}/relief", {**form, "effective": "2026-11-22", "end_reason": "resigned", "step": "send"})
    assert "他人已办理了这项任免" in answer.text and fields(answer.text)["expect"] == "5" and 'value="2026-11-22"' in answer.text


def test_a_correction_sends_only_what_is_wrong(desk):
    desk.services.give(f"GET cadre {HERE}", versioned(started()))
    desk.services.give(f"POST cadre {HERE}/correction", {"id": POST, "version": 4, "warnings": []})
    form = {
        **fields(desk.get(f"{HERE}/correction").text),
        "void": "no",
        "starts_on": "2026-05-01",
        "engagement": "full_time",
        "mode": "appointed",
        "reason": "文件为准",
    }
    same = desk.post(f"{HERE}/correction", {**form, "step": "check"})
    assert same.status_code == 422 and "没有可更正的" in same.text
    desk.post(f"{HERE}/correction", {**form, "starts_on": "2026-05-08", "engagement": "part_time", "step": "send"})
    assert sent(desk, "correction") == {
        "corrects": EVENT,
        "starts_on": "2026-05-08",
        "post": {**THE_POST, "engagement": "part_time"},
        "reason": "文件为准",
    }


def test_a_record_that_never_was_so_is_voided_and_nothing_else_is_said(desk):
    desk.services.give(f"GET cadre {HERE}", versioned(started()))
    desk.services.give(f"POST cadre {HERE}/correction", {"id": POST, "version": 4, "warnings": []})
    form = {**fields(desk.get(f"{HERE}/correction").text), "void": "yes", "starts_on": "2020-01-01", "reason": "没有这回事", "step": "send"}
    desk.post(f"{HERE}/correction", form)
    assert sent(desk, "correction") == {"corrects": EVENT, "void": True, "reason": "没有这回事"}


def test_a_correction_cannot_name_a_foreign_event(desk):
    desk.services.give(f"GET cadre {HERE}", versioned(started()))
    form = {**fields(desk.get(f"{HERE}/correction").text), "corrects": OTHER, "step": "send"}
    assert desk.post(f"{HERE}/correction", form).status_code == 404


def test_an_act_that_there_is_not_is_no_page(desk):
    assert desk.get(f"{HERE}/promotion").status_code == 404


def test_the_audit_tells_in_a_sentence_with_both_times_before_and_after_and_the_paper(desk):
    desk.services.give("GET projection /audit/appointments", {"rows": [CHANGE], "cursor": None})
    page = desk.get(f"/audit?person={PERSON}&kind=started&from=2026-01-01&effective_to=2026-12-31&flag=late").text
    asked = desk.services.last("/audit/appointments").url.params
    assert {k: asked[k] for k in ("person", "kind", "from", "effective_to", "flag")} == {
        "person": PERSON,
        "kind": "started",
        "from": "2026-01-01",
        "effective_to": "2026-12-31",
        "flag": "late",
    }
    assert CHANGE["sentence"]["zh-CN"] in page and "2026-01-02 11:00" in page and "2026-05-01" in page and "倒填" in page
    assert "前后对照" in page and "洪妇〔2026〕3号" in page and 'href="/audit/trail/c0ffee"' in page and "人员：测试甲" in page


def test_a_trail_shows_everything_one_request_brought_about(desk):
    events = [{"at": "2026-01-02T03:00:01Z", "service": "org", "kind": "org.VacancyOpened", "stream": OTHER, "actor_name": "系统"}]
    desk.services.give("GET projection /audit/trail/c0ffee", {"rows": [CHANGE], "events": events})
    page = desk.get("/audit/trail/c0ffee").text
    assert CHANGE["sentence"]["zh-CN"] in page and "org.VacancyOpened" in page


def test_nothing_stands_in_the_way_of_nobody(desk):
    for path in ("/appointments/new", f"/appointments/new?organisation={COUNTY}", f"/appointments/new?organisation={COUNTY}&seat={SEAT}"):
        assert "办理前请注意" not in desk.get(path).text
    assert "办理前请注意" in desk.get(f"/appointments/new?organisation={COUNTY}&seat={SEAT}&person={PERSON}").text


def test_only_the_ways_into_an_office_are_offered_for_it(desk):
    def offered(page: str) -> list[str]:
        return re.findall(r'<option value="(\w+)"', page.partition('id="f-mode"')[2].partition("</select>")[0])

    assert "appointed" in offered(desk.get(f"/appointments/new?organisation={COUNTY}&seat={SEAT}").text), "a Party leading post"
    desk.services.give("GET cadre /appointments/ways", {"ways": ["elected", "by_election", "acting"]})
    page = desk.get(f"/appointments/new?organisation={COUNTY}&seat={SEAT}").text
    asked = desk.services.last("/appointments/ways").url.params
    assert offered(page) == ["elected", "by_election", "acting"] and (asked["organisation"], asked["seat"]) == (COUNTY, SEAT)
    assert offered(desk.get(f"/appointments/modes?organisation={COUNTY}&seat={SEAT}&mode=appointed&starts_on=2026-12-01").text) == offered(page)
    assert desk.services.last("/appointments/ways").url.params["starts_on"] == "2026-12-01"
    desk.services.give("GET cadre /appointments/ways", refusal(422, "unknown_seat", "没有这个职位", pointer="/seat"))
    for unknown in (f"organisation={COUNTY}", f"organisation={COUNTY}&seat={SEAT}"):
        assert set(offered(desk.get(f"/appointments/new?{unknown}").text)) == set(LABELS["mode"]), "while no office is known"
    desk.services.give("GET cadre /appointments/ways", refusal(503, "unavailable", "数据库暂时不可用"))
    assert set(offered(desk.get(f"/appointments/new?organisation={COUNTY}&seat={SEAT}").text)) == set(LABELS["mode"]), "she may fill in the rest"


def test_a_way_that_does_not_lead_there_is_refused_at_its_field_before_anything_is_sent(desk):
    desk.services.refusing["/appointments"] = refusal(422, "mode_unfit", "主席的任职方式不能是“任命”", pointer="/mode")
    page = desk.post("/appointments/new", {**fields(desk.get("/appointments/new").text), **PROPOSAL, "step": "check"})
    assert page.status_code == 422 and "主席的任职方式不能是“任命”" in page.text and 'id="e-mode"' in page.text
    assert not [r for r in desk.services.asked if r.method == "POST" and r.url.path == "/appointments" and "dry-run" not in r.headers]
