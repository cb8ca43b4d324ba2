"""Drafts in the official forms: offered on return, taken up as typed, dropped when sent, and never blind to what changed meanwhile."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.console.conftest import COUNTY
from tests.console.people_given import POST, fields, given, started, versioned

DETAILS, RELIEF = f"/organisations/{COUNTY}/details", f"/appointments/{POST}/relief"
CASE = "018f0000-0000-7000-8000-000000000020"
NOW = {"full_name": "南昌县妇女联合会", "short_name": "南昌县妇联", "field": "area", "formation_mode": "standalone", "level": "county",
       "state": "active"}  # fmt: skip
OFFERED = "您有一份未提交的草稿"


def organisation(version, **more):
    return httpx.Response(200, json={**NOW, **more, "planned": []}, headers={"ETag": f'"{version}"'})


@pytest.fixture
def desk(officer):
    given(officer)
    give = officer.services.give
    give(f"GET cadre /appointments/{POST}", versioned(started()))
    give(f"GET org /organisations/{COUNTY}", organisation(7))
    case = {"id": CASE, "organisation": COUNTY, "state": "permitted", "held": None, "reported": None}
    give(f"GET org /reelections/{CASE}", httpx.Response(200, json=case, headers={"ETag": '"4"'}))
    return officer


def name(page):
    """Where the form of the page saves its draft."""
    found = re.search(r'data-draft hx-post="(/drafts/[\w.-]+)"', page)
    assert found
    return found[1]


FORMS = [
    (DETAILS, {"effective": "2026-11-01", "full_name": "未提交的内容"}),
    (f"/organisations/{COUNTY}/proposal", {"full_name": "未提交的内容"}),
    (f"/reelections/{CASE}/congress", {"ballot.entitled": "未提交的内容"}),
    (RELIEF, {"reason": "未提交的内容"}),
    ("/appointments/new", {"reason": "未提交的内容"}),
    ("/documents/new", {"paper.title": "未提交的内容"}),
]


@pytest.mark.parametrize(("path", "typed"), FORMS, ids=[path.rpartition("/")[2] + path[:6] for path, _ in FORMS])
def test_what_was_typed_is_offered_on_return_and_taken_up(desk, path, typed):
    page = desk.get(path).text
    assert OFFERED not in page
    assert "草稿已保存" in desk.post(name(page), {**fields(page), **typed}).text
    assert OFFERED in (again := desk.get(path).text) and "未提交的内容" not in again
    taken = desk.get(f"{path}?draft=1").text
    assert "未提交的内容" in taken and OFFERED not in taken and fields(taken)["key"] == fields(page)["key"], "sent once, it is done once"


def test_a_draft_is_gone_when_its_form_was_sent_and_stays_when_it_was_refused(desk):
    page = desk.get(RELIEF).text
    filled = {**fields(page), "effective": "2026-11-22", "end_reason": "resigned"}
    desk.post(name(page), filled)
    desk.post(RELIEF, {**filled, "step": "check"})
    desk.services.give(f"POST cadre {RELIEF}", httpx.Response(422, json={"errors": [], "title": "不行"}))
    assert desk.post(RELIEF, {**filled, "step": "send"}).status_code == 422 and OFFERED in desk.get(RELIEF).text
    desk.services.give(f"POST cadre {RELIEF}", {"id": POST, "version": 4, "warnings": []})
    assert desk.post(RELIEF, {**filled, "step": "send"}).status_code == 303 and OFFERED not in desk.get(RELIEF).text


def test_what_is_looked_over_is_a_draft_too_for_whoever_goes_back_from_there(desk):
    filled = {**fields(desk.get(RELIEF).text), "effective": "2026-11-22", "end_reason": "resigned"}
    assert "核对" in desk.post(RELIEF, {**filled, "step": "check"}).text
    assert OFFERED in desk.get(RELIEF).text and 'value="2026-11-22"' in desk.get(f"{RELIEF}?draft=1").text


def test_what_another_window_keeps_is_neither_replaced_nor_lost_when_this_one_is_sent(desk):
    page = desk.get(RELIEF).text
    desk.post(name(page), {**fields(page), "effective": "2026-11-01", "reason": "另一个窗口里写的"})
    filled = {**fields(desk.get(RELIEF).text), "effective": "2026-11-22", "end_reason": "resigned"}
    desk.post(RELIEF, {**filled, "step": "check"})
    desk.services.give(f"POST cadre {RELIEF}", {"id": POST, "version": 4, "warnings": []})
    assert desk.post(RELIEF, {**filled, "step": "send"}).status_code == 303
    assert "另一个窗口里写的" in desk.get(f"{RELIEF}?draft=1").text


UNFIT = {"empty": (b"", "a.pdf", "文件是空的"), "no such kind": (b"MZ\x90\x00" + b"0" * 99, "a.pdf", "不支持这种文件"),
         "a text": ("说明".encode(), "a.txt", "不支持这种文件。"), "another name": (b"%PDF-1.4", "a.png", "请改正扩展名"),
         "too large": (b"%PDF-1.4" + b"0" * 20 * 2**20, "a.pdf", "文件超过 20 MB")}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_a_paper_whose_file_the_store_would_refuse_is_not_registered_at_all(desk, case):
    content, called, said = UNFIT[case]
    typed = {"paper.kind": "approval", "paper.title": "批复", "paper.issuer": "县妇联", "paper.dated": "2026-11-01", "step": "check"}
    for path in ("/documents/new", RELIEF):
        more = {"effective": "2026-11-22", "end_reason": "resigned"} if path == RELIEF else {}
        form = {**fields(desk.get(path).text), **typed, **more}
        answer = desk.post(path, form, files={"paper.file": (called, content, "application/pdf")})
        assert answer.status_code == 422 and said in answer.text and 'value="批复"' in answer.text, path
    assert not [r for r in desk.services.asked if r.method == "POST" and r.url.path == "/documents"]


def test_a_registered_paper_leaves_no_draft(desk):
    page = desk.get("/documents/new").text
    typed = {"paper.kind": "approval", "paper.title": "批复", "paper.issuer": "县妇联", "paper.dated": "2026-11-01"}
    desk.post(name(page), {**fields(page), **typed})
    desk.services.give("POST org /documents", {"id": CASE, "version": 1})
    desk.services.give(f"POST org /documents/{CASE}/files", {"id": CASE, "version": 2})
    over = desk.post("/documents/new", {**fields(page), **typed}, files={"paper.file": ("批复.pdf", b"%PDF-1.4", "application/pdf")})
    done = desk.post("/documents/new", {**fields(over.text), "step": "send"})
    assert done.status_code == 303 and OFFERED not in desk.get("/documents/new").text


def test_a_draft_taken_up_after_somebody_changed_the_thing_shows_what_changed(desk):
    page = desk.get(DETAILS).text
    typed = {"effective": "2026-11-01", **{k: NOW[k] for k in ("full_name", "field", "formation_mode")}, "short_name": "我改的简称"}
    desk.post(name(page), {**fields(page), **typed})
    desk.services.give(f"GET org /organisations/{COUNTY}", organisation(9, full_name="他人改的全称", short_name="他人改的简称"))
    taken = desk.get(f"{DETAILS}?draft=1").text
    assert "他人已修改了这些内容" in taken and "他人改的简称" in taken and 'value="我改的简称"' in taken
    assert 'value="他人改的全称"' in taken and fields(taken)["expect"] == "9", "what she had not touched follows the present"


def test_each_record_that_may_be_corrected_has_a_draft_of_its_own(desk):
    path = f"/appointments/{POST}/correction"
    page = desk.get(path).text
    assert fields(page)["corrects"] in name(page)
    desk.post(name(page), {**fields(page), "reason": "录错了"})
    one = f"?of={fields(page)['corrects']}"
    assert 'href="?draft=1"' in desk.get(path).text and f"{one}&amp;draft=1" in desk.get(path + one).text


def test_a_new_form_does_not_take_the_place_of_the_draft_that_is_offered(desk):
    page = desk.get(RELIEF).text
    desk.post(name(page), {**fields(page), "reason": "昨天写的"})
    new = desk.get(RELIEF).text
    assert fields(new)["key"] != fields(page)["key"]
    assert "上面还有一份草稿" in desk.post(name(new), {**fields(new), "reason": "今天随手写的"}).text
    assert "昨天写的" in (taken := desk.get(f"{RELIEF}?draft=1").text)
    assert "草稿已保存" in desk.post(name(taken), {**fields(taken), "reason": "接着昨天写的"}).text


def test_what_was_refused_and_comes_back_goes_on_as_the_draft(desk):
    page = desk.get(RELIEF).text
    desk.post(name(page), {**fields(page), "reason": "昨天写的"})
    new = desk.get(RELIEF).text
    back = desk.post(RELIEF, {**fields(new), "reason": "今天写的", "step": "check"})
    assert back.status_code == 422 and "草稿已保存" in desk.post(name(back.text), {**fields(back.text), "reason": "今天改的"}).text
    assert "今天改的" in desk.get(f"{RELIEF}?draft=1").text


def test_enter_in_a_form_never_discards_its_draft(desk):
    page = desk.get(RELIEF).text
    desk.post(name(page), {**fields(page), "reason": "x"})
    form = re.search(r"<form[^>]*data-once.*?</form>", desk.get(RELIEF).text, re.S)
    assert form and "/discard" not in form[0]
