"""候选人: proposed several at once from the case, printed on the ballots, and carried into the result."""

from __future__ import annotations

import json

import httpx
import pytest

from services.console.organisations.candidates import vacant
from services.console.people.words import WARNINGS
from tests.console.conftest import OFFICER, refusal
from tests.console.test_reelections import CASE, CHAIR, EXECUTIVE, LI, PEOPLE, SEATS, VILLAGE, WANG, case_is, desk, hidden, result

__all__ = ["desk"]
PATH = f"/reelections/{CASE}/candidates"
ROW = {"id": "018f0000-0000-7000-8000-0000000000c1", "person": WANG, "person_name": "王秀英", "organisation": VILLAGE, "seat": CHAIR, "role": "chair",
       "engagement": "full_time", "mode": "elected", "status": "proposed", "starts_on": "2026-12-20"}  # fmt: skip


@pytest.fixture
def permitted(desk):
    case_is(desk, state="permitted", held=None, congress_on="2999-12-20")
    desk.services.give("GET projection /appointments", {"rows": []})
    return desk


def filled(form, **lines):
    return {**form, "starts_on": "2999-12-20", **{f"candidates.{n.lstrip('n')}.who": who for n, who in lines.items()}}


def test_the_case_leads_to_its_candidates_and_lists_them_by_office(permitted):
    page = permitted.get(f"/reelections/{CASE}").text
    assert "还没有提出候选人" in page and f'<a class="button" href="{PATH}"' in page
    assert f'class="button quiet" href="/reelections/{CASE}/congress"' in page
    old = {**ROW, "id": "x", "person_name": "上届候选人", "starts_on": "2020-01-01"}
    other = {**ROW, "id": "y", "person_name": "任命的人", "mode": "appointed"}
    executive = {**ROW, "id": "z", "role": "executive_member", "person_name": "李桂兰"}
    permitted.services.give("GET projection /appointments", {"rows": [executive, ROW, old, other]})
    page = permitted.get(f"/reelections/{CASE}").text
    assert page.index("王秀英") < page.index("李桂兰") and "上届候选人" not in page and "任命的人" not in page and "2 名" in page
    asked = permitted.services.last("/appointments").url.params
    assert asked["every"] == "true" and "proposed" in asked.get_list("state"), "proposed for a day to come"
    permitted.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "org.reelection", "cadre.read"],
                                                   "grants": [{**OFFICER["grants"][0], "role": "statistician"}]})  # fmt: skip
    permitted.sign_in()
    assert f'href="{PATH}"' not in permitted.get(f"/reelections/{CASE}").text


def test_several_are_proposed_at_once_and_looked_over_before(permitted):
    page = permitted.get(PATH).text
    form = hidden(page)
    assert page.index("主席（应选 1 人）") < page.index("执委（应选 1 人）") and page.count('.who" value=""') == 3 and 'value="2999-12-20"' in page
    assert "请至少填写一名候选人" in permitted.post(PATH, {**form, "starts_on": "2999-12-20", "step": "check"}).text
    permitted.services.warning = ["seat_taken", "too_many_posts"]
    check = permitted.post(PATH, {**filled(form, n0="王秀英", n1="李桂兰", n2="王秀英"), "step": "check"}).text
    assert [json.loads(r.content)["person"] for r in permitted.services.rehearsed] == [WANG, LI, WANG], "each as it will be sent"
    assert WARNINGS["too_many_posts"] in check and WARNINGS["seat_taken"] not in check, "an election replaces the whole team"
    assert "核对：" in check and check.count("王秀英") >= 2 and not [r for r in permitted.services.asked if r.method == "POST"]
    permitted.services.give("POST cadre /appointments", httpx.Response(201, json={"id": ROW["id"], "version": 1, "warnings": []}))
    done = permitted.post(PATH, {**hidden(check), "step": "send"})
    assert done.headers["location"] == f"/reelections/{CASE}?done=candidates#candidates"
    posts = [r for r in permitted.services.asked if r.method == "POST"]
    sent = [json.loads(r.content) for r in posts]
    assert [(s["person"], s["seat"]) for s in sent] == [(WANG, CHAIR), (LI, EXECUTIVE), (WANG, EXECUTIVE)]
    assert {(s["mode"], s["starts_on"], s["organisation"]) for s in sent} == {("elected", "2999-12-20", VILLAGE)}
    assert sent[0]["engagement"] == "full_time" and len({r.headers["idempotency-key"] for r in posts}) == 3


def test_one_refusal_holds_up_nobody_and_what_went_through_is_said_and_not_sent_again(permitted):
    form = hidden(permitted.get(PATH).text)

    def proposed(request):
        if json.loads(request.content)["person"] == LI:
            return refusal(422, "not_herself", "不能提名自己")
        return httpx.Response(201, json={"id": ROW["id"], "version": 1, "warnings": []})

    permitted.services.give("POST cadre /appointments", proposed)
    page = permitted.post(PATH, {**filled(form, n0="王秀英", n1="李桂兰"), "step": "send"})
    assert page.status_code == 422 and "已提出 1 名：王秀英" in page.text and "李桂兰：不能提名自己" in page.text
    assert 'href="#f-candidates.1.who"' in page.text and page.text.count('.who" value="李桂兰"') == 1 and "<title>错误：" in page.text
    assert hidden(page.text)["key"] != form["key"] and 'name="candidates.0.who" value=""' in page.text
    permitted.services.give("GET projection /appointments", {"rows": [ROW]})
    twice = permitted.post(PATH, {**filled(form, n0="王秀英"), "step": "check"}).text
    assert "已经提出，请去掉这一行" in twice


def test_what_would_be_refused_stands_at_its_line_before_anything_is_sent(permitted):
    form = hidden(permitted.get(PATH).text)
    permitted.services.refusing["/appointments"] = refusal(422, "engagement_mismatch", "该职位为专职")
    page = permitted.post(PATH, {**filled(form, n0="王秀英"), "step": "check"})
    assert page.status_code == 422 and 'href="#f-candidates.0.who">王秀英：该职位为专职' in page.text and "核对：" not in page.text


def test_a_line_stays_for_every_candidate_still_to_be_named():
    there = [{"seat": EXECUTIVE}, {"seat": EXECUTIVE}, {"seat": EXECUTIVE}]
    assert [v for k, v in vacant(SEATS, there).items() if k.endswith("seat")] == [EXECUTIVE, CHAIR], "one line is always there"
    assert sum(k.endswith("seat") for k in vacant([{**SEATS[0], "capacity": 15}], there)) == 13, "one more than seats: 差额"


def test_nobody_is_proposed_once_the_congress_is_over(permitted):
    case_is(permitted, state="result_reported", reported={"candidates": [], "reported_on": "2026-10-11", "reported_by": [], "plenary": None})
    page = permitted.get(PATH)
    assert page.status_code == 409 and "不能办理“提出候选人”" in page.text


@pytest.mark.parametrize("kind", ["ballot", "tally"])
def test_a_ballot_without_candidates_says_so_and_leads_to_them(permitted, kind):
    given = permitted.services.give
    village: dict[str, object] = {"full_name": "示范村妇女联合会", "short_name": "示范村妇联", "parent": None, "seats": []}
    given(f"GET org /organisations/{VILLAGE}", village)
    page = permitted.get(f"/reelections/{CASE}/papers/{kind}.pdf")
    assert page.status_code == 409 and "还没有提出候选人" in page.text and f'href="{PATH}"' in page.text
    given("GET projection /appointments", {"rows": [ROW]})
    given(f"GET projection /cadres/{WANG}", {"now": {"person_name": "王秀英"}, "appointments": [], "certificates": []})
    paper = permitted.get(f"/reelections/{CASE}/papers/{kind}.docx")
    assert paper.status_code == 200 and paper.content.startswith(b"PK")
    assert permitted.get(f"/reelections/{CASE}/papers/rules.docx").status_code == 200


def test_those_proposed_stand_in_the_result_form(desk):
    desk.services.give("GET projection /appointments", {"rows": [ROW]})
    page = desk.get(f"/reelections/{CASE}/result").text
    assert 'name="candidates.0.who" value="王秀英"' in page and page.count('.who" value=') == 3
    assert 'name="candidates.0.favour" value=""' in page


def test_a_name_without_a_record_leads_to_its_registration_and_back(desk):
    desk.services.give("GET projection /me", {**OFFICER, "may": [*OFFICER["may"], "org.reelection", "cadre.register"]})
    desk.sign_in()
    desk.services.give(f"GET org /organisations/{VILLAGE}", {"id": VILLAGE, "full_name": "莲塘镇示范村妇女联合会", "level": "village"})
    desk.services.give("GET projection /search", {"rows": []})
    path = f"/reelections/{CASE}/result"
    desk.services.give("GET projection /cadres", lambda r: httpx.Response(200, json={"rows": PEOPLE if "area" in r.url.params else []}))
    page = desk.post(path, {**result(hidden(desk.get(path).text), (0, "无此人", "50", True)), "step": "check"}).text
    to = f"/people/new?home={VILLAGE}&back=reelections.{CASE}.result&line=0"
    assert to.replace("&", "&amp;") in page and "line=1" not in page, "her name is in no address"
    blank = desk.get(to).text
    assert 'name="person_name" type="text" value="无此人"' in blank and f'name="back" value="reelections.{CASE}.result"' in blank
    desk.services.give("POST cadre /cadres", httpx.Response(201, json={"id": LI, "version": 1, "warnings": []}))
    sent = {**hidden(blank), "person_name": "无此人", "sex": "female", "home": VILLAGE, "step": "send"}
    assert desk.post("/people/new", sent).headers["location"] == f"{path}?draft=1"
    assert 'value="无此人"' in desk.get(f"{path}?draft=1").text and 'name="candidates.0.favour" value="50"' in desk.get(f"{path}?draft=1").text
    assert desk.post("/people/new", {**sent, "back": "//elsewhere"}).headers["location"].startswith("/people/")
    assert desk.get("/people/new?back=//elsewhere").status_code == 422


def test_what_an_election_leaves_of_its_proposals_is_withdrawn_together(desk):
    over = {"since": "2026-10-20", "reported": {"candidates": [], "reported_on": "2026-10-11", "reported_by": [], "plenary": None}}
    case_is(desk, state="filed", **over)
    ours, later = {**ROW, "starts_on": "2026-10-10"}, {**ROW, "id": "later", "person_name": "下届候选人", "starts_on": "2031-01-01"}
    desk.services.give("GET projection /appointments", {"rows": [ours, later]})
    page = desk.get(f"/reelections/{CASE}").text
    assert "还有 1 项没有随批复办完：王秀英" in page and "下届候选人" not in page and f'href="/appointments/{ROW["id"]}"' in page
    desk.services.give(f"POST cadre /appointments/{ROW['id']}/withdrawal", {"id": ROW["id"], "version": 2})
    assert desk.post(f"{PATH}/withdrawal", {"key": "k"}).headers["location"] == f"/reelections/{CASE}?done=candidates"
    sent = desk.services.last(f"/appointments/{ROW['id']}/withdrawal")
    assert json.loads(sent.content) == {"why": "选举已结束"} and sent.headers["idempotency-key"] == f"k:{ROW['id']}"
    case_is(desk, state="cancelled", **over)
    page = desk.get(f"/reelections/{CASE}").text
    assert "还有 1 项候选人的拟任留在待办中：王秀英。改期另行计划的可以保留" in page
    case_is(desk, state="result_approved", **over)
    assert "一并撤回" not in desk.get(f"/reelections/{CASE}").text, "with the approval they are settled without a press"
    case_is(desk)
    desk.services.asked.clear()
    desk.post(f"{PATH}/withdrawal", {"key": "k"})
    assert not [r for r in desk.services.asked if r.method == "POST"], "while the election goes on they stand"
