"""Several people relieved at once: every post is looked over, each refusal stands at its line, and nothing is done that was not shown."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from tests.console.conftest import COUNTY, OFFICER, refusal
from tests.console.pdftext import pages
from tests.console.people_given import MAY, PERSON, POST, THE_POST, given, started, versioned

SECOND, THIRD = "018f0000-0000-7000-8000-00000000001b", "018f0000-0000-7000-8000-00000000002b"
OTHER = "018f0000-0000-7000-8000-00000000001a"
PICKED = [f"{POST} {SECOND}", THIRD]
ANSWERS = {"effective": "2026-11-22", "end_reason": "resigned", "paper.kind": "appointment"}
PAGE = "/roster/relief"


def relief(id):
    return f"/appointments/{id}/relief"


@pytest.fixture
def desk(officer):
    given(officer)
    give = officer.services.give
    give(f"GET cadre /cadres/{OTHER}", versioned({"profile": {"person_name": "测试乙"}}))
    for id, person, role in ((POST, PERSON, "chair"), (SECOND, PERSON, "executive_member"), (THIRD, OTHER, "executive_member")):
        give(f"GET cadre /appointments/{id}", versioned({**started(), "id": id, "post": {**THE_POST, "person": person, "role": role}}))
        give(f"POST cadre {relief(id)}", {"id": id, "version": 4, "warnings": []})
    return officer


def values(page):
    """Every hidden field, those that come several times too."""
    found = dict[str, list[str]]()
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(value)
    return {k: v if k in ("picked", "agreed", "documents") else v[0] for k, v in found.items()}


def opened(desk, picked=PICKED):
    return desk.post(PAGE, {"picked": picked})


def checked(desk, **more):
    return desk.post(PAGE, {**values(opened(desk).text), **ANSWERS, **more, "step": "check"})


def reliefs(desk):
    return [r for r in desk.services.asked if r.method == "POST" and r.url.path.endswith("/relief")]


def test_the_roster_offers_it_to_whoever_may_relieve_and_names_the_posts_of_each_row(desk):
    row = {"person": PERSON, "person_name": "测试甲", "organisation": COUNTY, "organisation_name": "南昌县妇女联合会", "role": "chair",
           "roles": ["chair", "executive_member"], "appointments": [POST, SECOND], "born_on": None, "born_precision": None, "term": None,
           "note": None, "opening": False, "status": "active", "mode": "elected"}  # fmt: skip
    desk.services.give("GET projection /roster", {"rows": [row], "total": 1, "cursor": None, "as_of": "2026-11-22", "area_name": "南昌县"})
    page = desk.get("/roster").text
    assert f'name="picked" value="{PICKED[0]}"' in page and f'formaction="{PAGE}"' in page
    assert 'name="picked"' not in desk.get("/roster?as_of=2026-01-01").text, "nobody is relieved from what was so on another day"
    desk.services.give("GET projection /me", {**OFFICER, "may": [p for p in MAY if p != "cadre.relieve"]})
    desk.sign_in()
    assert f'formaction="{PAGE}"' not in desk.get("/roster").text


def test_the_forms_of_those_picked_are_one_file_each_person_once(desk):
    for id, name in ((PERSON, "测试甲"), (OTHER, "测试乙")):
        now = {"person_name": name, "home_name": "南昌县妇女联合会"}
        desk.services.give(f"GET projection /cadres/{id}", {"id": id, "as_of": "2026-11-22", "now": now, "appointments": []})
    answer = desk.post("/roster/approval-forms", {"picked": [PICKED[0], THIRD, SECOND]})
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    found = pages(answer.content)
    assert [p.count("干部任免审批表") for p in found] == [1, 0, 1, 0] and "测试甲" in found[0] and "测试乙" in found[2]
    assert "请先在花名册里勾选" in desk.post("/roster/approval-forms").text
    assert desk.post("/roster/approval-forms", {"picked": [f"{POST[:-2]}{n:02x}" for n in range(51)]}).status_code == 422


def test_a_form_that_cannot_be_had_is_not_left_out_in_silence(desk):
    desk.services.give(f"GET projection /cadres/{PERSON}", {"id": PERSON, "as_of": "2026-11-22", "now": None, "appointments": []})
    assert desk.post("/roster/approval-forms", {"picked": PICKED}).status_code == 404


def test_every_post_of_those_picked_is_named_before_anything_is_asked(desk):
    page = opened(desk)
    assert page.status_code == 200 and values(page.text)["picked"] == PICKED
    for who, role in (("测试甲", "主席"), ("测试甲", "执委"), ("测试乙", "执委")):
        assert f"{who} · 南昌县妇女联合会 · {role}" in page.text
    assert not reliefs(desk) and not desk.services.rehearsed


def test_all_are_looked_over_first_and_then_relieved_one_by_one_on_the_same_paper(desk):
    desk.services.warning = ["document_missing"]
    over = checked(desk)
    assert over.status_code == 200 and "可以办理 3 项" in over.text and over.text.count("可以办理</span>") == 3 and "缺批复" in over.text
    assert not reliefs(desk) and values(over.text)["agreed"] == [POST, SECOND, THIRD]
    done = desk.post(PAGE, {**values(over.text), "step": "send"})
    assert done.status_code == 200 and "已办理 3 项" in done.text and "没有办理" not in done.text
    assert [r.url.path for r in reliefs(desk)] == [relief(POST), relief(SECOND), relief(THIRD)], "an office before the membership it rests on"
    assert len({r.headers["idempotency-key"] for r in reliefs(desk)}) == 3
    assert json.loads(reliefs(desk)[0].content) == {"effective": "2026-11-22", "end_reason": "resigned"}


def test_what_would_be_refused_is_said_at_its_line_and_not_sent(desk):
    desk.services.refusing[relief(THIRD)] = refusal(422, "effective_before_start", "免职日期不能早于任职日期。", pointer="/effective")
    over = checked(desk)
    line = over.text.partition("测试乙</th>")[2].partition("</tr>")[0]
    assert over.status_code == 200 and "不能办理" in line and "免职日期不能早于任职日期。" in line
    assert "可以办理 2 项" in over.text and "确认后只办理其余的" in over.text and values(over.text)["agreed"] == [POST, SECOND]
    done = desk.post(PAGE, {**values(over.text), "step": "send"})
    assert "已办理 2 项" in done.text and [r.url.path for r in reliefs(desk)] == [relief(POST), relief(SECOND)]


def test_where_all_would_be_refused_the_form_says_why_once_at_its_field(desk):
    for id in (POST, SECOND, THIRD):
        desk.services.refusing[relief(id)] = refusal(422, "effective_before_start", "免职日期不能早于任职日期。", pointer="/effective")
    page = checked(desk)
    assert page.status_code == 422 and 'id="e-effective"' in page.text and 'value="2026-11-22"' in page.text
    assert page.text.partition('id="errors-title"')[2].partition("</ul>")[0].count("免职日期不能早于任职日期。") == 1


def test_what_was_refused_after_all_is_named_and_done_again_alone_under_its_own_key(desk):
    over = values(checked(desk).text)
    desk.services.give(f"POST cadre {relief(SECOND)}", httpx.Response(503, json={"errors": [], "title": ""}))
    page = desk.post(PAGE, {**over, "step": "send"})
    assert "已办理 2 项" in page.text and "没有办理 1 项" in page.text
    left = values(page.text)
    assert left["picked"] == [PICKED[0]] and "agreed" not in left and left["effective"] == "2026-11-22"
    desk.services.give(f"POST cadre {relief(SECOND)}", {"id": SECOND, "version": 4, "warnings": []})
    key = next(r.headers["idempotency-key"] for r in reliefs(desk) if SECOND in r.url.path)
    desk.services.refusing[relief(POST)] = refusal(409, "already_ended", "已经免职。")
    again = values(desk.post(PAGE, {**left, "step": "check"}).text)
    assert again["agreed"] == [SECOND]
    assert "已办理 1 项" in desk.post(PAGE, {**again, "step": "send"}).text
    assert reliefs(desk)[-1].headers["idempotency-key"] == key


def test_nothing_is_sent_that_was_not_looked_over(desk):
    page = desk.post(PAGE, {**values(opened(desk).text), **ANSWERS, "step": "send"})
    assert "可以办理 3 项" in page.text and not reliefs(desk)
    over = values(checked(desk).text)
    desk.post(PAGE, {**over, "agreed": [POST], "step": "send"})
    assert [r.url.path for r in reliefs(desk)] == [relief(POST)]


def test_who_is_not_there_any_more_has_a_line_too(desk):
    gone = refusal(404, "not_found", "没有找到该编号对应的内容。")
    desk.services.give(f"GET cadre /appointments/{THIRD}", gone)
    desk.services.refusing[relief(THIRD)] = gone
    over = checked(desk)
    assert "没有找到该编号对应的内容。" in over.text and values(over.text)["agreed"] == [POST, SECOND]


def test_nobody_picked_or_too_many_leads_back_to_the_roster(desk):
    assert "请先在花名册里勾选" in desk.get(PAGE).text and "请先在花名册里勾选" in opened(desk, []).text
    assert "请先在花名册里勾选" in opened(desk, ["../../cadres x"]).text and not desk.services.rehearsed
    many = [f"{POST[:-2]}{n:02x}" for n in range(51)]
    page = opened(desk, many)
    assert page.status_code == 422 and "一次最多办理 50 人" in page.text


def test_the_browsers_way_back_finds_those_picked_and_the_answers(desk):
    over = checked(desk, reason="合并")
    here = over.text.partition('data-here="')[2].partition('"')[0].replace("&amp;", "&")
    assert "您有一份未提交的草稿" in desk.get(here).text
    again = desk.get(f"{PAGE}?draft=1").text
    assert values(again)["picked"] == PICKED and "测试乙" in again and ">合并</textarea>" in again
