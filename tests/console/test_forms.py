"""Forms lose nothing: faults at their fields, a check page, one effect however often sent, drafts, and no silent overwriting."""

from __future__ import annotations

import re
import sqlite3

import httpx
import pytest

from services.console.forms import Form
from shared.settings import settings
from tests.console.conftest import refusal
from tests.console.sample import added

NOW = {"full_name": "莲塘镇妇女联合会", "phone": "0791-85700001"}


@pytest.fixture
def forms(officer):
    added(officer.client.app)
    officer.services.give("GET org /organisations/o1", httpx.Response(200, json=NOW, headers={"ETag": '"4"'}))
    done = httpx.Response(200, json={"id": "o1", "version": 5}, headers={"Es-Position": "36/org:99", "ETag": '"5"'})
    officer.services.give("POST org /organisations/o1/details", done)
    return officer


def inside(page):
    """The form's hidden fields, as a browser would send them."""
    form = re.search(r'<form method="post"[^>]*data-once>.*?</form>', page, re.S)
    assert form
    return {k: v.replace("&#34;", '"') for k, v in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])}


def test_a_form_is_checked_before_it_is_sent(forms):
    hidden = inside(forms.get("/sample/edit").text)
    check = forms.post("/sample/edit", {**hidden, "full_name": "新名称", "phone": "", "step": "check"})
    assert check.status_code == 200 and "核对" in check.text and "新名称" in check.text
    assert not [r for r in forms.services.asked if r.method == "POST"]
    sent = forms.post("/sample/edit", {**inside(check.text), "step": "send"})
    assert sent.headers["location"] == "/sample?done=1"
    last = forms.services.last("/organisations/o1/details")
    assert last.headers["idempotency-key"] == hidden["key"] and last.headers["if-match"] == '"4"'
    assert last.content == '{"full_name":"新名称"}'.encode()


def test_back_from_the_check_page_nothing_is_lost(forms):
    hidden = inside(forms.get("/sample/edit").text)
    page = forms.post("/sample/edit", {**hidden, "full_name": "新名称", "phone": "1", "step": "back"}).text
    assert 'value="新名称"' in page and inside(page)["key"] == hidden["key"]


def test_sent_twice_it_carries_the_same_key(forms):
    body = {**inside(forms.get("/sample/edit").text), "full_name": "新名称", "step": "send"}
    forms.post("/sample/edit", body)
    forms.post("/sample/edit", body)
    keys = [r.headers["idempotency-key"] for r in forms.services.asked if r.method == "POST"]
    assert len(keys) == 2 and len(set(keys)) == 1


def test_a_fault_stands_in_the_summary_and_at_its_field_in_the_same_words(forms):
    page = forms.post("/sample/edit", {"full_name": " ", "phone": "1", "step": "check"})
    assert page.status_code == 422 and "<title>错误：修改" in page.text
    assert '<a href="#f-full_name">请填写全称。</a>' in page.text and 'aria-invalid="true"' in page.text and 'id="e-full_name"' in page.text
    assert 'aria-describedby="h-full_name e-full_name"' in page.text and "data-focus" in page.text and 'value="1"' in page.text


def test_the_services_refusal_is_shown_at_the_field_it_points_at(forms):
    forms.services.give("POST org /organisations/o1/details", refusal(422, "name_taken", "已有同名组织。", "Taken.", "/details/full_name"))
    page = forms.post("/sample/edit", {"full_name": "重名", "step": "send"})
    assert page.status_code == 422 and '<a href="#f-full_name">已有同名组织。</a>' in page.text and 'value="重名"' in page.text


def test_a_refusal_that_is_no_fault_of_the_form_has_a_page_of_its_own(forms):
    forms.services.give("POST org /organisations/o1/details", refusal(403, "forbidden", "您没有此项权限（org.change）。"))
    page = forms.post("/sample/edit", {"full_name": "名称", "step": "send"})
    assert page.status_code == 403 and "org.change" in page.text and "f-full_name" not in page.text


def test_when_the_service_cannot_be_reached_what_was_typed_stays_in_the_form(forms):
    forms.services.down.add("org")
    page = forms.post("/sample/edit", {"full_name": "名称", "key": "k1", "step": "send"})
    assert page.status_code == 503 and 'value="名称"' in page.text and 'value="k1"' in page.text and "没有丢失" in page.text


def test_a_stale_form_shows_three_columns_and_overwrites_nothing(forms):
    hidden = inside(forms.get("/sample/edit").text)
    newer = httpx.Response(200, json={"full_name": "莲塘街道妇女联合会", "phone": "0791-85700009"}, headers={"ETag": '"6"'})
    forms.services.give("GET org /organisations/o1", newer)
    forms.services.give("POST org /organisations/o1/details", refusal(412, "version_conflict", "内容已被修改。"))
    page = forms.post("/sample/edit", {**hidden, "full_name": "莲塘新城妇女联合会", "phone": NOW["phone"], "step": "send"})
    assert page.status_code == 412 and "他人已修改了这些内容" in page.text
    row = re.search(r'<a href="#f-full_name">全称</a></th>(.*?)</tr>', page.text)
    assert row and re.findall(r"<td>(.*?)</td>", row[1]) == ["莲塘镇妇女联合会", "莲塘街道妇女联合会", "莲塘新城妇女联合会"]
    again = inside(page.text)
    assert again["expect"] == "6" and again["key"] != hidden["key"]
    assert 'value="莲塘新城妇女联合会"' in page.text and 'value="0791-85700009"' in page.text, "what she had not touched follows the present"


def test_her_next_reads_wait_for_what_she_wrote(forms):
    forms.post("/sample/edit", {**inside(forms.get("/sample/edit").text), "full_name": "新名称", "step": "send"})
    forms.services.give("GET projection /cadres", httpx.Response(200, json={"rows": [], "cursor": None}, headers={"Es-Behind": "36/org:99"}))
    page = forms.get("/sample")
    assert forms.services.last("/cadres").headers["es-position"] == "36/org:99" and "正在进入报表" in page.text


def test_a_change_that_comes_too_early_is_sent_again_with_the_same_key(forms):
    answers = [refusal(503, "behind", "本服务尚未收到您刚才的修改。"), httpx.Response(200, json={"id": "o1", "version": 5})]
    forms.services.give("POST org /organisations/o1/details", lambda request: answers.pop(0))
    assert forms.post("/sample/edit", {"full_name": "新名称", "key": "k", "step": "send"}).status_code == 303
    assert [r.headers["idempotency-key"] for r in forms.services.asked if r.method == "POST"] == ["k", "k"]


def test_a_draft_is_offered_taken_up_and_gone_after_sending(forms):
    said = forms.post("/drafts/sample", {"full_name": "未发送的名称", "phone": "13800138000", "step": "check"}).text
    assert "草稿已保存" in said
    assert "您有一份未提交的草稿" in forms.get("/sample/edit").text and "未发送的名称" not in forms.get("/sample/edit").text
    assert 'value="未发送的名称"' in forms.get("/sample/edit?draft=1").text
    forms.post("/sample/edit", {"full_name": "未发送的名称", "step": "send"})
    assert "草稿" not in re.sub(r"<p class=\"hint draft\".*?</p>", "", forms.get("/sample/edit").text)


def test_a_draft_can_be_discarded(forms):
    forms.post("/drafts/sample", {"full_name": "x"})
    came = {"Referer": "http://127.0.0.1:8000/sample/edit?draft=1"}
    assert forms.post("/drafts/sample/discard", headers=came).headers["location"] == "/sample/edit"
    assert "您有一份未提交的草稿" not in forms.get("/sample/edit").text


def test_a_draft_survives_signing_in_again_and_is_nobody_elses(forms):
    forms.post("/drafts/sample", {"full_name": "未发送的名称"})
    forms.post("/logout")
    forms.sign_in("township")
    assert "未提交的草稿" not in forms.get("/sample/edit").text
    forms.post("/logout")
    forms.sign_in("county")
    assert "未提交的草稿" in forms.get("/sample/edit").text


def test_a_draft_is_sealed_in_the_database(forms):
    forms.post("/drafts/sample", {"full_name": "王芳", "phone": "13800138000"})
    row = sqlite3.connect(settings().data / "console.db").execute("SELECT sealed FROM drafts").fetchone()
    assert "王芳".encode() not in row[0] and b"13800138000" not in row[0]


def test_what_is_too_large_to_have_been_typed_is_not_kept_as_a_draft(forms):
    assert "没有保存" in forms.post("/drafts/sample", {"full_name": "长" * 50_000}).text


def test_a_hidden_original_that_was_tampered_with_is_taken_as_none():
    from starlette.datastructures import FormData

    assert Form.read(FormData([("was", "{nonsense"), ("expect", "x"), ("a", " 1 ")])).values == {"a": "1"}
