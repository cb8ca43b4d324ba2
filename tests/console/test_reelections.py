"""换届办理 and 公文库: a case as a step list, each step a form, the papers it rests on."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from services.console.organisations.ballot import place, results
from services.console.organisations.steps import OPEN, open_acts, steps
from tests.console.conftest import COUNTY, OFFICER, refusal

VILLAGE, CASE, CHAIR, EXECUTIVE, WANG, LI, PAPER = (f"018f0000-0000-7000-8000-00000000002{n}" for n in range(7))
SEATS = [
    {"seat": EXECUTIVE, "role": "executive_member", "capacity": 1, "engagement": None, "organisation": VILLAGE},
    {"seat": CHAIR, "role": "chair", "capacity": 1, "engagement": "full_time", "organisation": VILLAGE},
]
HELD = {"form": "congress", "held_on": "2026-10-10", "entitled": 60, "present": 55, "issued": 55, "returned": 55, "valid": 54}
CASE_NOW: dict[str, Any] = {"id": CASE, "organisation": VILLAGE, "term": None, "planned_on": "2026-09-01", "congress_on": None, "batch": None,
            "state": "congress_held", "since": "2026-10-10",
            "held": HELD, "reported": None, "new_term": None, "requested_by": []}  # fmt: skip
PEOPLE = [{"id": WANG, "person_name": "王秀英", "home_name": "示范村妇联"}, {"id": LI, "person_name": "李桂兰", "home_name": "示范村妇联"}]
SCAN = {"paper.kind": "approval", "paper.title": "关于同意的批复", "paper.number": "", "paper.issuer": "南昌县妇联", "paper.dated": "2026-10-20"}
PDF = {"paper.file": ("批复.pdf", b"%PDF-1.4 x", "application/pdf")}


def case_is(officer, **more):
    officer.services.give(f"GET org /reelections/{CASE}", httpx.Response(200, json={**CASE_NOW, **more}, headers={"ETag": '"4"'}))


@pytest.fixture
def desk(officer):
    give = officer.services.give
    give("GET projection /me", {**OFFICER, "may": [*OFFICER["may"], "org.reelection", "org.permit", "org.file", "org.document", "document.read"]})
    assert officer.sign_in().status_code == 303
    case_is(officer)
    give(f"GET org /organisations/{VILLAGE}", {"id": VILLAGE, "full_name": "莲塘镇示范村妇女联合会"})
    give(
        f"GET projection /organisations/{VILLAGE}",
        {"now": {"full_name": "莲塘镇示范村妇女联合会"}, "path": [{"id": COUNTY, "name": "", "short_name": ""}]},
    )
    give("GET projection /reelections", {"rows": [{"id": CASE, "planned_on": "2026-09-01", "requested_on": "2026-09-05", "held_on": "2026-10-10"}]})
    give("GET projection /seats", {"rows": [dict(s) for s in SEATS]})
    give("GET projection /cadres", {"rows": PEOPLE})
    give("GET projection /documents", {"rows": [{"id": PAPER, "kind": "request", "number": None, "title": "关于换届的请示", "dated": "2026-09-05"}]})
    return officer


def hidden(page):
    form = re.search(r'<form method="post"[^>]*data-once>.*?</form>', page, re.S)
    assert form
    found = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', form[0])
    return {k: [w for n, w in found if n == k] if k == "documents" else v.replace("&#34;", '"') for k, v in found}


def result(form, *lines):
    """The form's fields with (line, name, votes, elected) filled in."""
    filled = {**form, "reported_on": "2026-10-11"}
    for n, who, favour, elected in lines:
        filled |= {f"candidates.{n}.who": who, f"candidates.{n}.favour": favour} | ({f"candidates.{n}.elected": "yes"} if elected else {})
    return filled


def test_the_steps_say_what_is_done_what_is_next_and_what_lies_ahead():
    seen = steps("permitted", {"planned_on": "2026-09-01", "requested_on": "2026-09-05", "permitted_on": "2026-09-09"})
    assert [s.state for s in seen] == ["done"] * 3 + ["now"] + ["ahead"] * 5 and seen[2].on == "2026-09-09"
    assert seen[3].act == "candidates" and [s.act for s in steps("permitted", {}, candidates=True) if s.state == "now"] == ["congress"]
    assert [s.state for s in steps("cancelled", {"planned_on": "2026-09-01", "requested_on": "2026-09-02", "permitted_on": "2026-09-03",
                                                 "held_on": "2026-10-10"})] == ["done"] * 5 + ["off"] * 4  # fmt: skip
    assert [s.state for s in steps("refused", {"planned_on": "2026-09-01"})][:3] == ["done", "now", "ahead"], "it is requested again"
    assert {s.state for s in steps("cancelled", {"planned_on": "2026-09-01"})} == {"done", "off"}
    held = {"planned_on": "2026-09-01", "requested_on": "2026-09-05", "permitted_on": "2026-09-09", "held_on": "2026-10-10"}
    assert [steps("congress_held", held, some)[3].state for some in (True, False)] == ["done", "off"]
    assert all(open_acts(state) for state in OPEN if state not in ("closed", "cancelled"))


def test_a_case_shows_its_next_step_to_whom_may_take_it(desk):
    page = desk.get(f"/reelections/{CASE}").text
    assert f"/reelections/{CASE}/result" in page and "取消换届" in page and 'aria-current="step"' in page and "实到人数" in page
    assert f"/reelections/{CASE}/papers/ballot.pdf" in page and "代录：您以 南昌县妇女联合会 的身份" in page
    case_is(desk, state="requested", held=None)
    assert f"/reelections/{CASE}/permit" in desk.get(f"/reelections/{CASE}").text, "the county is above the village"
    case_is(desk, state="requested", held=None, requested_by=[OFFICER["account"]])
    page = desk.get(f"/reelections/{CASE}").text
    assert f"/reelections/{CASE}/permit" not in page and f"/reelections/{CASE}/refusal" not in page, "she asked for it herself"
    assert "等待办理：批准换届。由上级妇联，或提出人以外的同志办理" in page
    reported = {"candidates": [], "reported_on": "2026-10-11", "reported_by": [OFFICER["account"]], "plenary": None}
    case_is(desk, state="result_reported", reported=reported)
    page = desk.get(f"/reelections/{CASE}").text
    assert "等待办理：批复选举结果" in page and f'class="button quiet" href="/reelections/{CASE}/result">更正后重新上报' in page


def test_who_only_approves_finds_the_re_elections_in_her_menu_without_what_she_may_not_ask_for(desk):
    desk.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "org.permit", "org.approve"]})
    assert desk.sign_in().status_code == 303
    desk.services.give("GET projection /reelections", {"rows": [], "cursor": None})
    page = desk.get("/reelections")
    assert page.status_code == 200 and 'href="/reelections" data-key' in page.text and "计划换届" not in page.text
    assert not [r for r in desk.services.asked if r.url.path == "/reelections/batches"]


def test_terms_are_looked_at_by_how_near_their_end_is_and_only_planners_pick_them(desk):
    term = {"organisation": VILLAGE, "organisation_name": "示范村妇联", "state": "due", "term_no": 3, "starts_on": "2021-12-01"}
    desk.services.give("GET projection /terms", {"rows": [{**term, "due_on": "2026-12-01"}], "cursor": None})
    page = desk.get("/reelections/due?state=due").text
    assert 'href="/reelections/due?state=due" aria-current="page"' in page and 'name="picked"' in page
    desk.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "report.read"]})
    desk.sign_in()
    page = desk.get("/reelections/due?state=due").text
    assert "示范村妇联" in page and 'name="picked"' not in page and "勾选后" not in page


def test_who_reported_a_result_is_not_offered_its_approval(desk):
    candidate = {
        "person": WANG,
        "seat": CHAIR,
        "role": "chair",
        "engagement": "full_time",
        "favour": 50,
        "against": 0,
        "abstain": 0,
        "write_in": 0,
        "elected": True,
    }
    case_is(
        desk,
        state="result_reported",
        reported={"candidates": [candidate], "reported_on": "2026-10-11", "reported_by": [OFFICER["account"]], "plenary": None},
    )
    page = desk.get(f"/reelections/{CASE}").text
    assert f"/reelections/{CASE}/approval" not in page and "王秀英" in page
    case_is(
        desk, state="result_reported", reported={"candidates": [candidate], "reported_on": "2026-10-11", "reported_by": ["somebody"], "plenary": None}
    )
    assert f"/reelections/{CASE}/approval" in desk.get(f"/reelections/{CASE}").text


def test_a_rule_of_the_ballot_stands_beside_its_figure_and_nothing_is_lost(desk):
    case_is(desk, state="permitted", held=None)
    path = f"/reelections/{CASE}/congress"
    form = hidden(desk.get(path).text)
    figures = {f"ballot.{k}": v for k, v in (("entitled", "60"), ("present", "30"), ("issued", "30"), ("returned", "30"), ("valid", "三十"))}
    filled = {**form, "form": "congress", "held_on": "2026-10-10", **figures, "step": "send"}
    assert "有效选票应为整数" in desk.post(path, filled).text
    desk.services.give(f"POST org {path}", refusal(422, "no_quorum", "实到 30 人未超过应到 60 人的 2/3", pointer="/ballot/present"))
    page = desk.post(path, {**filled, "ballot.valid": "30"})
    assert page.status_code == 422 and 'href="#f-ballot.present"' in page.text and 'id="e-ballot.present"' in page.text and 'value="60"' in page.text
    sent = json.loads(desk.services.last(path).content)
    assert sent["ballot"] == {"entitled": 60, "present": 30, "issued": 30, "returned": 30, "valid": 30}
    assert desk.services.last(path).headers["idempotency-key"] == form["key"]


def test_the_chair_comes_first_and_each_seat_has_its_lines(desk):
    page = desk.get(f"/reelections/{CASE}/result").text
    assert page.index("主席（应选 1 人）") < page.index("执委（应选 1 人）") and page.count('.who" value=""') == 3, (
        "one line more than seats for 差额"
    )
    more = desk.post(f"/reelections/{CASE}/result", {**hidden(page), "more": EXECUTIVE, "candidates.0.who": "王秀英"}).text
    assert more.count('.who" value="') == 4 and 'value="王秀英"' in more


def test_a_typed_name_becomes_a_person_or_a_sentence_beside_it(desk):
    path = f"/reelections/{CASE}/result"
    form = hidden(desk.get(path).text)
    desk.services.give("GET projection /cadres", lambda r: httpx.Response(200, json={"rows": PEOPLE if "area" in r.url.params else []}))
    page = desk.post(path, {**result(form, (0, "王秀英", "50", True), (1, "无此人", "50", True)), "step": "check"})
    assert page.status_code == 422 and 'href="#f-candidates.1.who"' in page.text and "没有找到“无此人”" in page.text
    same = [{"id": WANG, "person_name": "王芳", "home_name": "甲村妇联"}, {"id": LI, "person_name": "王芳", "home_name": "乙村妇联"}]
    desk.services.give("GET projection /cadres", lambda r: httpx.Response(200, json={"rows": same if "search" in r.url.params else []}))
    page = desk.post(path, {**result(form, (0, "王芳", "50", True)), "step": "check"}).text
    assert "王芳（甲村妇联）、王芳（乙村妇联）" in page
    assert "核对：" in desk.post(path, {**result(form, (0, "王芳（乙村妇联）", "50", True)), "step": "check"}).text


@pytest.mark.parametrize("typed", ("古丽·买买提", "古丽•买买提", "古丽买买提", "古丽买买提（甲村妇联）"))
@pytest.mark.parametrize("asked", ("area", "search"))
def test_a_name_with_another_dot_or_none_is_hers(desk, typed, asked):
    path = f"/reelections/{CASE}/result"
    form = hidden(desk.get(path).text)
    hers = [{"id": WANG, "person_name": "古丽·买买提", "home_name": "甲村妇联"}]
    desk.services.give("GET projection /cadres", lambda r: httpx.Response(200, json={"rows": hers if asked in r.url.params else []}))
    assert "核对：" in desk.post(path, {**result(form, (0, typed, "50", True)), "step": "check"}).text


def test_the_result_goes_out_candidate_by_candidate_and_a_refusal_finds_its_line(desk):
    path = f"/reelections/{CASE}/result"
    form = hidden(desk.get(path).text)
    filled = result(form, (0, "王秀英", "50", True), (2, "李桂兰", "20", True))
    check = desk.post(path, {**filled, "step": "check"}).text
    assert "核对：" in check and "李桂兰" in check and not [r for r in desk.services.asked if r.method == "POST"]
    desk.services.give(
        f"POST org {path}", refusal(422, "votes_not_enough", "赞成 20 票未超过应到 60 人的 1/2，不能当选", pointer="/candidates/1/elected")
    )
    page = desk.post(path, {**hidden(check), "step": "send"}).text
    assert 'href="#f-candidates.2.elected"' in page, "the second candidate stands on the third line"
    sent = json.loads(desk.services.last(path).content)["candidates"]
    assert [(c["person"], c["role"], c["engagement"], c["favour"], c["elected"]) for c in sent] == [
        (WANG, "chair", "full_time", 50, True), (LI, "executive_member", "part_time", 20, True)]  # fmt: skip


def test_whose_own_period_runs_on_is_told_of_and_her_leaving_is_ticked(desk):
    hers = {"appointment": LI, "person": LI, "person_name": "周挂", "seat": CHAIR, "role": "vice_chair", "engagement": "seconded",
            "until": "2027-06-01"}  # fmt: skip
    case_is(desk, stays=[hers])
    path = f"/reelections/{CASE}/result"
    page = desk.get(path).text
    assert "周挂（挂职副主席，至 2027-06-01）" in page and f'name="leaving" value="{LI}"' in page
    filled = {**result(hidden(page), (0, "王秀英", "50", True)), "leaving": LI}
    check = desk.post(path, {**filled, "step": "check"}).text
    assert "随换届离任" in check and json.loads(desk.services.rehearsed[-1].content)["leaving"] == [LI]
    assert "leaving" not in json.loads((desk.post(path, {**filled, "leaving": "", "step": "check"}), desk.services.rehearsed[-1])[1].content)


def test_what_is_unusual_about_a_result_stands_on_the_check_page_and_before_the_approver(desk):
    tied = {"code": "votes_tied", "message": {"zh-CN": "“执委”有候选人得票相同", "en": "as many votes"}}
    desk.services.told = [tied]
    path = f"/reelections/{CASE}/result"
    check = desk.post(path, {**result(hidden(desk.get(path).text), (0, "王秀英", "50", True)), "step": "check"}).text
    assert "核对：" in check and "“执委”有候选人得票相同" in check
    reported = {"candidates": [], "reported_on": "2026-10-11", "reported_by": ["somebody"], "plenary": None}
    case_is(desk, state="result_reported", reported=reported, warnings=[{**tied, "pointer": "/candidates"}])
    assert "“执委”有候选人得票相同" in desk.get(f"/reelections/{CASE}").text


def test_lines_that_nobody_filled_in_are_no_candidates():
    values = {"candidates.0.seat": CHAIR, "candidates.0.role": "chair", "candidates.1.seat": EXECUTIVE, "candidates.1.role": "executive_member",
              "candidates.1.who": "李桂兰", "candidates.1.person": LI}  # fmt: skip
    assert [c["person"] for c in results(values)["candidates"]] == [LI] and results(values)["candidates"][0]["elected"] is False
    assert place("/candidates/0/person", values) == "candidates.1.who" and place("/candidates", values) == "candidates"


def test_a_new_paper_is_registered_once_and_cited(desk):
    case_is(desk, state="requested", held=None)
    path = f"/reelections/{CASE}/permit"
    form = hidden(desk.get(path).text)
    desk.services.give("POST org /documents", {"id": PAPER, "version": 1})
    desk.services.give(f"POST org /documents/{PAPER}/files", {"id": PAPER, "version": 2})
    desk.services.give(f"POST org {path}", {"id": CASE, "version": 5})
    half = desk.post(path, {**form, **SCAN, "paper.title": "", "permitted_on": "2026-10-20", "step": "check"}, files=PDF)
    assert half.status_code == 422 and "请填写标题。" in half.text and not [r for r in desk.services.asked if r.method == "POST"]
    check = desk.post(path, {**form, **SCAN, "permitted_on": "2026-10-20", "step": "check"}, files=PDF)
    assert check.status_code == 200 and "关于换届的请示" in check.text, "named by the library"
    done = desk.post(path, {**hidden(check.text), "step": "send"})
    assert done.headers["location"] == f"/reelections/{CASE}?done=permit"
    assert json.loads(desk.services.last(path).content)["documents"] == [PAPER]
    file = desk.services.last(f"/documents/{PAPER}/files")
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%89%B9%E5%A4%8D.pdf" and file.content == b"%PDF-1.4 x"
    registered = [json.loads(r.content) for r in desk.services.asked if r.method == "POST" and r.url.path == "/documents"]
    assert [r["organisation"] for r in registered] == [VILLAGE], "the approval is addressed to the village: it stands in her library"


def test_a_step_that_somebody_else_took_first_is_told(desk):
    case_is(desk, state="requested", held=None)
    path = f"/reelections/{CASE}/permit"
    form = hidden(desk.get(path).text)
    desk.services.give(f"POST org {path}", refusal(412, "stale", "内容已被他人修改"))
    page = desk.post(path, {**form, "permitted_on": "2026-10-20", "step": "send"})
    assert page.status_code == 422 and "他人刚刚办理了本次换届" in page.text


def test_what_the_rules_table_finds_unusual_is_said_before_going_on(desk):
    case_is(desk, state="requested", held=None)
    path = f"/reelections/{CASE}/permit"
    warning = {"pointer": "/candidates", "code": "x", "message": {"zh-CN": "“主席”应等额选举", "en": "as many candidates as seats"}}
    desk.services.give(f"POST org {path}", {"id": CASE, "version": 5, "warnings": [warning]})
    page = desk.post(path, {**hidden(desk.get(path).text), "permitted_on": "2026-10-20", "step": "send"}).text
    assert "“主席”应等额选举" in page and f'href="/reelections/{CASE}?done=permit"' in page


def test_several_are_planned_at_once_and_one_refusal_holds_up_nobody(desk):
    desk.services.give(f"GET org /organisations/{COUNTY}", {"id": COUNTY, "full_name": "南昌县妇女联合会"})

    def planned(request):
        if json.loads(request.content)["organisation"] == COUNTY:
            return refusal(422, "reelection_running", "该组织已有办理中的换届")
        return httpx.Response(201, json={"id": CASE, "version": 1})

    desk.services.give("POST org /reelections", planned)
    page = desk.post("/reelections/new", {"picked": [VILLAGE, COUNTY]}).text
    assert (
        "莲塘镇示范村妇女联合会" in page
        and "南昌县妇女联合会" in page
        and not [r for r in desk.services.asked if r.url.path == "/reelections" and r.method == "POST"]
    )
    done = desk.post("/reelections/new", {"picked": [VILLAGE, COUNTY], "planned_on": "2026-11-01", "key": "k", "step": "send"}).text
    assert "已列入 1 个" in done and "没有列入 1 个" in done and "该组织已有办理中的换届" in done
    keys = [r.headers["idempotency-key"] for r in desk.services.asked if r.url.path == "/reelections" and r.method == "POST"]
    assert keys == [f"k:{VILLAGE}", f"k:{COUNTY}"]


def test_a_paper_can_be_looked_at_and_saved_and_a_word_file_only_saved(desk):
    files = [
        {"sha256": "aa", "size": 10, "media_type": "application/pdf", "filename": "批复.pdf"},
        {"sha256": "bb", "size": 10, "media_type": "application/msword", "filename": "稿.docx"},
    ]
    document = {
        "id": PAPER,
        "kind": "approval",
        "number": None,
        "title": "批复",
        "issuer": "县妇联",
        "dated": "2026-10-20",
        "organisation": VILLAGE,
        "files": files,
    }
    desk.services.give(f"GET org /documents/{PAPER}", document)
    desk.services.give("GET projection /audit/appointments", {"rows": []})
    page = desk.get(f"/documents/{PAPER}").text
    assert page.count("预览") == 1 and page.count("下载") == 2
    for mark in ("aa", "bb"):
        answer = httpx.Response(200, content=b"bytes", headers={"Content-Disposition": "attachment; filename=x", "Content-Type": "application/pdf"})
        desk.services.give(f"GET org /documents/{PAPER}/files/{mark}", lambda r, a=answer: a)
    assert desk.get(f"/documents/{PAPER}/files/aa?shown=1").headers["content-disposition"].startswith("inline")
    assert desk.get(f"/documents/{PAPER}/files/bb?shown=1").headers["content-disposition"].startswith("attachment"), "never shown where it could run"


def test_what_the_service_would_refuse_is_said_on_the_way_to_the_check_page(desk):
    case_is(desk, state="requested", held=None)
    desk.services.refusing[f"/reelections/{CASE}/permit"] = refusal(422, "in_future", "批准日期不能晚于今天。", pointer="/permitted_on")
    form = hidden(desk.get(f"/reelections/{CASE}/permit").text)
    answer = desk.post(f"/reelections/{CASE}/permit", {**form, "permitted_on": "2027-01-01", "step": "check"})
    assert answer.status_code == 422 and "错误：" in answer.text and 'href="#f-permitted_on">批准日期不能晚于今天。' in answer.text
    assert "核对：" not in answer.text and 'value="2027-01-01"' in answer.text and all(r.method == "GET" for r in desk.services.asked)


def test_what_the_service_would_warn_of_is_said_on_the_check_page(desk):
    case_is(desk, state="requested", held=None)
    desk.services.warning.append("document_missing")
    form = hidden(desk.get(f"/reelections/{CASE}/permit").text)
    page = desk.post(f"/reelections/{CASE}/permit", {**form, "permitted_on": "2026-09-09", "step": "check"}).text
    assert "核对：" in page and "缺批复：没有引用公文" in page


def test_in_english_the_filter_of_stages_has_no_chinese(desk):
    for path in ("/reelections", "/reelections/batches"):
        desk.services.give(f"GET projection {path}", {"rows": [], "cursor": None})
    desk.client.cookies.set("language", "en")
    page = desk.get("/reelections?state=permitted").text
    choices = page.partition('id="q-state"')[2].partition("</select>")[0]
    assert ">permitted<" in choices and ">Under way<" in choices and not re.search("[\u4e00-\u9fff]", choices)
    assert "permitted" in page.partition('class="tokens"')[2].partition("</p>")[0]
