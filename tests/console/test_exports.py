"""Exports from the console: at once, or as a job with its page; phones only with a reason and after a second look; the auditor sees them all."""

from __future__ import annotations

import json
import re
from html import unescape

import httpx
import pytest

from services.console.people.words import WORDS
from tests.console.conftest import OFFICER, refusal
from tests.console.people_given import fields

JOB = "018f0000-0000-7000-8000-0000000000e1"
MAY = {**OFFICER, "may": [*OFFICER["may"], "cadre.export"]}
DONE = {
    "id": JOB, "path": "/roster", "title": "妇联干部花名册", "format": "xlsx", "state": "ready", "rows": 12345, "name": "花名册", "size": 9,
    "sealed": [], "why": None, "asked_at": "2026-11-22T05:00:00+00:00",
    "made_at": "2026-11-22T05:01:00+00:00", "expires_at": "2026-11-23T05:01:00+00:00",
    "faults": [],
}  # fmt: skip
ASKED = "area=360121000000&role=chair&columns=role&columns=has_phone&sort=name"


@pytest.fixture
def desk(visitor):
    visitor.services.give("GET projection /me", MAY)
    visitor.services.give("POST projection /exports", {**DONE, "state": "waiting"})
    visitor.services.give("GET projection /exports", {"rows": [DONE]})
    visitor.sign_in()
    return visitor


def sent(desk):
    return json.loads(desk.services.last("/exports").content)


def test_a_list_too_long_to_go_at_once_is_offered_as_a_job_with_the_same_rows_and_columns(desk):
    desk.services.give("GET projection /roster", refusal(422, "export_needs_job", "超过 5,000 行"))
    page = desk.get(f"/export/roster?{ASKED}&format=xlsx").text
    assert "做好后到“我的导出”下载" in page and "主席" in page and "姓名、妇联职务、联系电话" in page
    form = {k: unescape(v) for k, v in fields(page).items()}
    assert desk.post("/exports/new?list=roster", {**form, "step": "check"}).headers["location"] == "/exports"
    assert sent(desk) == {
        "path": "/roster",
        "asked": {"area": ["360121000000"], "role": ["chair"], "sort": ["name"]},
        "columns": ["no", "person_name", "role", "has_phone", "person"],
        "format": "xlsx",
    }
    assert desk.services.last("/exports").headers["idempotency-key"] == form["key"]


def test_phones_are_exported_only_with_a_reason_and_after_a_second_look(desk):
    form = fields(desk.get(f"/exports/new?list=roster&{ASKED}").text)
    without = desk.post("/exports/new?list=roster", {**form, "sealed": ["phone", "id_number"], "step": "check"})
    assert without.status_code == 422 and "请说明导出理由。" in without.text and 'href="#f-reason"' in without.text
    filled = {**form, "sealed": ["phone", "id_number"], "reason": "other", "other": "通知培训"}
    check = desk.post("/exports/new?list=roster", {**filled, "step": "check"})
    assert "地区" in check.text and "360121000000" in check.text
    assert "核对：" in check.text and "联系电话、居民身份证号" in check.text and "通知培训" in check.text and "每页带水印" in check.text
    assert all(r.method == "GET" for r in desk.services.asked)
    kept = re.findall(r'<input type="hidden" name="sealed" value="(\w+)"', check.text)
    assert kept == ["phone", "id_number"]
    assert desk.post("/exports/new?list=roster", {**filled, "step": "send"}).headers["location"] == "/exports"
    assert {k: sent(desk)[k] for k in ("sealed", "reason")} == {"sealed": ["phone", "id_number"], "reason": "通知培训"}


def test_who_may_not_export_phones_is_not_offered_them(officer):
    officer.services.give("GET projection /roster", refusal(422, "export_needs_job", "超过 5,000 行"))
    page = officer.get("/export/roster?format=xlsx").text
    assert 'name="sealed"' not in page and "开始导出" in page


def test_a_refusal_of_the_service_stands_on_the_form(desk):
    desk.services.give("POST projection /exports", refusal(409, "exports_unfinished", "您有 3 个导出还没有完成。"))
    form = fields(desk.get("/exports/new?list=appointments").text)
    answer = desk.post("/exports/new?list=appointments", {**form, "step": "check"})
    assert answer.status_code == 422 and "您有 3 个导出还没有完成。" in answer.text


def test_my_exports_show_how_far_each_is_and_ask_again_only_while_one_is_under_way(desk):
    page = desk.get("/exports").text
    assert f'href="/exports/{JOB}/file"' in page and "12,345" in page and "2026-11-23 13:01" in page and "every 2s" not in page
    failed = {**DONE, "state": "failed", "faults": [{"message": {"zh-CN": "服务重启，导出中断，请重新导出。", "en": "x"}}]}
    desk.services.give("GET projection /exports", {"rows": [{**DONE, "state": "running", "rows": 500, "sealed": ["phone"], "why": "通知"}, failed]})
    page = desk.get("/exports").text
    assert 'hx-trigger="every 2s"' in page and "正在生成" in page and "含联系电话" in page and "导出中断" in page and "/file" not in page
    part = desk.get("/exports", headers={"HX-Request": "true", "HX-Target": "exports"}).text
    assert part.strip().startswith("<section") and "<html" not in part
    desk.services.give("GET projection /exports", {"rows": []})
    assert "最近 24 小时没有后台导出" in desk.get("/exports").text


def test_a_failed_export_is_asked_for_again_in_the_same_words_and_goes(desk):
    failed = {**DONE, "state": "failed", "why": "通知培训", "sealed": ["phone"], "asked": {"area": ["36"], "role": ["chair"]}, "columns": ["role"]}
    desk.services.give("GET projection /exports", {"rows": [failed]})
    assert f'formaction="/exports/{JOB}/again">重新导出' in desk.get("/exports").text
    desk.services.give(f"GET projection /exports/{JOB}", failed)
    desk.services.give(f"POST projection /exports/{JOB}/removal", {"id": JOB})
    assert desk.post(f"/exports/{JOB}/again").headers["location"] == "/exports"
    asked = [r for r in desk.services.asked if r.method == "POST"]
    assert [r.url.path for r in asked] == ["/exports", f"/exports/{JOB}/removal"]
    assert json.loads(asked[0].content) == {
        "path": "/roster", "asked": {"area": ["36"], "role": ["chair"]}, "columns": ["role"], "format": "xlsx", "sealed": ["phone"],
        "reason": "通知培训",
    }  # fmt: skip


def test_the_number_of_a_row_is_asked_for_once(desk):
    desk.services.give("GET projection /roster", httpx.Response(200, content=b"PK"))
    desk.get("/export/roster?columns=no&columns=role")
    assert desk.services.last("/roster").url.params["columns"].split(",").count("no") == 1


def test_the_file_is_passed_on_and_removed_when_she_says_so(desk):
    headers = {"content-type": "application/x-xlsx", "content-disposition": "attachment; filename=a.xlsx", "x-inside": "no"}
    desk.services.give(f"GET projection /exports/{JOB}/file", httpx.Response(200, content=b"PK", headers=headers))
    desk.services.give(f"POST projection /exports/{JOB}/removal", {"id": JOB})
    file = desk.get(f"/exports/{JOB}/file")
    assert file.content == b"PK" and file.headers["content-disposition"].endswith("a.xlsx") and "x-inside" not in file.headers
    assert desk.post(f"/exports/{JOB}/removal").headers["location"] == "/exports"
    desk.services.give(f"GET projection /exports/{JOB}/file", refusal(403, "forbidden", "您没有此项权限"))
    assert desk.get(f"/exports/{JOB}/file").status_code == 403


def test_the_auditor_reads_every_export_as_a_sentence(desk):
    row = {
        "export": JOB, "recorded": "2026-11-22T05:00:00+00:00", "sentence": {"zh-CN": "李敏导出<b>花名册</b> 8 行，含未脱敏的联系电话。", "en": "x"},
        "actor": "a|county", "actor_name": "李敏", "title": "花名册", "area_name": "南昌县妇联", "rows": 8, "sealed": ["phone"], "why": "通知",
        "as_of": "2026-11-22", "format": "xlsx", "correlation": "c",
    }  # fmt: skip
    desk.services.give("GET projection /audit/exports", {"rows": [row], "cursor": None, "total": 1})
    page = desk.get("/audit/exports?sealed=true").text
    assert "&lt;b&gt;花名册" in page and "联系电话" in page and "通知" in page and desk.services.last("/audit/exports").url.params["sealed"] == "true"
    desk.services.give("GET projection /audit/appointments", {"rows": [], "cursor": None})
    assert 'href="/audit/exports"' in desk.get("/audit").text


def test_every_state_of_an_export_has_a_word():
    assert set(WORDS["export_state"]) == {"waiting", "running", "ready", "failed"}
