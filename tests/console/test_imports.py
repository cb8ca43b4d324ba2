"""The import wizard: nothing is written before every mistake was shown, every kind of warning read, and the answers looked over."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.console.conftest import COUNTY, OFFICER, refusal
from tests.console.people_given import PERSON, fields, given

BATCH = "018f0000-0000-7000-8000-0000000000aa"
HERE = f"/imports/cadre/{BATCH}"
DRAFT: dict[str, Any] = {
    "id": BATCH,
    "kind": "opening",
    "organisation": COUNTY,
    "filename": "名册.xlsx",
    "only": "good",
    "state": "checked",
    "done": 3,
    "total": 3,
    "uploaded_by": OFFICER["account"],
    "uploaded_at": "2026-11-22T01:00:00Z",
    "digest": "d1",
    "fault": None,
    "sheets": [
        {
            "sheet": "莲塘镇",
            "header_row": 3,
            "rows": 3,
            "columns": [{"column": "B", "field": "person_name", "title": "姓名", "found": "姓  名"}],
            "ignored": ["QQ号"],
            "titled": ["莲塘镇妇女联合会"],
        }
    ],
    "counts": {"rows": 3, "add": 1, "change": 0, "same": 0, "warn": 1, "error": 2},
    "problems": [
        {
            "code": "degree_unknown",
            "level": "error",
            "title": "文化程度",
            "message": {"zh-CN": "不认识“大本”，是否为“本科”？", "en": "?"},
            "count": 2,
            "rows": ["莲塘镇!7"],
        },
        {
            "code": "seat_over_plan",
            "level": "warn",
            "title": "妇联职务",
            "message": {"zh-CN": "该职位超职数", "en": "!"},
            "count": 1,
            "rows": ["莲塘镇!5"],
        },
    ],
}
LINES: dict[str, Any] = {
    "rows": [
        {
            "row": "莲塘镇!7",
            "verdict": "error",
            "title": "测试甲 · 主席",
            "changes": [],
            "cells": [{"cell": "F7", "title": "文化程度", "value": "大本", "level": "error", "message": {"zh-CN": "不认识“大本”", "en": "?"}}],
            "candidates": [{"person": PERSON, "name": "测试甲", "born": "1985-03", "organisation": "莲塘镇妇联"}],
        }
    ],
    "next": None,
}


@pytest.fixture
def desk(officer):
    officer.services.give(f"GET cadre /imports/{BATCH}", DRAFT)
    officer.services.give(f"GET cadre /imports/{BATCH}/rows", LINES)
    return given(officer)


def test_the_form_offers_every_kind_of_file_that_is_read_and_says_what_a_roster_needs(desk):
    page = desk.get("/imports/new").text
    assert 'accept=".xlsx,.xlsm,.xls,.et,.csv"' in page
    assert page.count("（换届名册必填）") == 2 and "（选填）" not in page


def test_an_upload_says_all_it_lacks_at_once(desk):
    form = fields(desk.get("/imports/new").text)
    answer = desk.post("/imports/new", {**form, "kind": "roster", "organisation": COUNTY, "only": "all"})
    assert answer.status_code == 422
    assert all(said in answer.text for said in ("请选择要上传的工作簿", "换届名册须填写审定机关", "换届名册须填写批复日期"))


def test_the_file_goes_to_the_service_that_takes_its_kind(desk):
    desk.services.give("POST org /imports", {"id": BATCH, "state": "checking"})
    form = {
        **fields(desk.get("/imports/new").text),
        "kind": "organisations",
        "organisation": COUNTY,
        "only": "good",
        "authority": "某",
        "decided_on": "",
    }
    done = desk.post("/imports/new", form, files={"file": ("组织.xlsx", b"PK bytes")})
    assert done.status_code == 303 and done.headers["location"] == f"/imports/org/{BATCH}"
    sent = desk.services.last("/imports")
    assert sent.content == b"PK bytes" and sent.headers["idempotency-key"] == form["key"]
    assert dict(sent.url.params) == {"kind": "organisations", "organisation": COUNTY, "only": "good"}


def test_a_file_that_cannot_be_read_comes_back_to_the_form(desk):
    desk.services.give("POST cadre /imports", refusal(422, "file_unreadable", "打不开这个文件，请另存为 .xlsx。"))
    form = {**fields(desk.get("/imports/new").text), "kind": "opening", "organisation": COUNTY, "only": "all"}
    answer = desk.post("/imports/new", form, files={"file": ("x.xlsx", b"no")})
    assert answer.status_code == 422 and "打不开这个文件" in answer.text


def test_while_it_is_checked_the_page_asks_again_by_itself_with_and_without_script(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "state": "checking", "counts": {}, "done": 1, "sheets": [], "problems": []})
    page = desk.get(HERE).text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page and f'hx-get="{HERE}/progress"' in page and "1 / 3" in page
    assert "1 / 3" in desk.get(f"{HERE}/progress").text


@pytest.mark.parametrize(("state", "total", "said"), [
    ("checking", 0, "正在核对。正在读取文件。"), ("checking", 7405, "正在核对：共 7,405 行。正在逐行核对"),
    ("committing", 7405, "正在写入：共 7,405 行。写入前再核对一遍，现在还没有写入任何内容。"),
    ("revoking", 7884, "正在撤销：共 7,884 行。先逐行检查能否撤销，现在还没有改动任何内容。")])
def test_before_the_first_row_is_done_the_page_says_what_goes_on(desk, state, total, said):
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "state": state, "done": 0, "total": total})
    page = desk.get(f"{HERE}/progress").text
    assert said in page and " value=" not in page and f"0 / {total}" not in page


def test_a_revocation_that_is_refused_names_its_rows_and_why(desk):
    errors = [{"row": "莲塘镇!7", "code": "import_post_built_upon", "message": {"zh-CN": "该行的任职后来又有免职", "en": "later facts"}}]
    fault = {"code": "import_built_upon", "message": {"zh-CN": "有 1 行之后又办理了业务", "en": "…"}, "errors": errors}
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "state": "committed", "fault": fault})
    page = desk.get(HERE).text
    assert "有 1 行之后又办理了业务" in page and "<li>莲塘镇!7：该行的任职后来又有免职</li>" in page


def test_the_receipt_of_a_re_election_and_of_its_revocation_say_what_is_left_to_do(desk):
    notes = [{"code": "team_renewed", "title": "莲西村妇联", "message": {"zh-CN": "本届已届满", "en": "over"}}]
    open_case = {"code": "reelection_open", "level": "warn", "field": "role", "title": "妇联职务", "message": {"zh-CN": "另有", "en": "open"},
                 "count": 1, "rows": []}
    ended, again = "随这些任职取得的账号授权同时终止", "换届办理不会自动恢复"

    def receipt(**more: Any) -> str:
        desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "counts": {"rows": 3, "applied": 3}, "problems": [], **more})
        text: str = desk.get(HERE).text
        return text

    plain, whole = receipt(state="committed"), receipt(state="committed", notes=notes, problems=[open_case])
    assert ended not in plain and ended in whole and '<a href="/reelections">请到“换届办理”逐件取消</a>' in whole
    assert "逐件取消" not in receipt(state="committed", notes=notes)
    assert again in receipt(state="revoked", notes=notes) and again not in receipt(state="revoked")


def test_once_it_is_done_the_polling_turns_to_the_whole_page(desk):
    answer = desk.get(f"{HERE}/progress", headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == HERE


def test_every_mistake_stands_with_its_row_column_value_and_remedy(desk):
    page = desk.get(HERE).text
    assert all(said in page for said in ("莲塘镇!7", "F7 文化程度", "大本", "不认识“大本”", "B 姓  名", "QQ号（不导入）", "表头在第 3 行",
                                        "按工作表名称和标题归入：莲塘镇妇女联合会"))
    assert f'href="{HERE}/workbook"' in page and "有同名人员，请选择" in page
    assert desk.services.last(f"/imports/{BATCH}/rows").url.params["verdict"] == "error"


def test_a_namesake_chosen_is_checked_again(desk):
    desk.services.give(f"POST cadre /imports/{BATCH}/check", {"id": BATCH, "state": "checking"})
    done = desk.post(f"{HERE}/check", {"key": "k1", "choice 莲塘镇!7": PERSON})
    assert done.status_code == 303
    assert json.loads(desk.services.last(f"/imports/{BATCH}/check").content) == {"choices": {"莲塘镇!7": PERSON}}


def test_nothing_is_written_while_a_kind_of_warning_is_unread(desk):
    form = {**fields(desk.get(HERE).text), "digest": "d1", "only": "good", "step": "send"}
    answer = desk.post(f"{HERE}/commit", form)
    assert answer.status_code == 422 and "请逐类核对后勾选" in answer.text and all(r.method == "GET" for r in desk.services.asked)


def test_what_is_written_is_what_was_shown_and_looked_over(desk):
    desk.services.give(f"POST cadre /imports/{BATCH}/commit", {"id": BATCH, "state": "committing"})
    form = {**fields(desk.get(HERE).text), "digest": "d1", "only": "good", "acknowledged": "seat_over_plan", "reason": "期初"}
    check = desk.post(f"{HERE}/commit", {**form, "step": "check"}).text
    assert "只写入正确的行" in check and "2 行" in check and "1 类" in check
    assert desk.post(f"{HERE}/commit", {**form, "step": "send"}).headers["location"] == HERE
    sent = desk.services.last(f"/imports/{BATCH}/commit")
    assert json.loads(sent.content) == {"digest": "d1", "only": "good", "acknowledged": ["seat_over_plan"], "reason": "期初"}


def test_verdicts_that_changed_meanwhile_are_shown_again(desk):
    desk.services.give(f"POST cadre /imports/{BATCH}/commit", refusal(422, "import_digest_stale", "数据已有变化，请重新核对。"))
    form = {**fields(desk.get(HERE).text), "digest": "d0", "only": "good", "acknowledged": "seat_over_plan", "step": "send"}
    answer = desk.post(f"{HERE}/commit", form)
    assert answer.status_code == 422 and "数据已有变化，请重新核对。" in answer.text and 'name="digest" value="d1"' in answer.text


def test_the_uploader_of_a_roster_is_told_that_another_confirms(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "kind": "roster"})
    assert "须由上传人以外的另一人确认写入" in desk.get(HERE).text


def test_whom_a_roster_replaces_stands_before_what_is_written_and_where_it_is_taken_back(desk):
    said = "本届至 2025-11-01 已届满：原班子 15 人自 2026-10-20 起离任，其中 8 人连任；新班子 15 人"
    note = {"code": "team_renewed", "title": "莲西村妇联", "message": {"zh-CN": said, "en": "…"}}
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "kind": "roster", "notes": [note], "uploaded_by": "another"})
    page = desk.get(HERE).text
    assert "1 个组织" in page and "莲西村妇联" in page and page.index(said) < page.index("问题汇总") < page.index("逐类确认提醒")
    assert "原班子恢复任职" in desk.get(f"{HERE}/revocation").text


def test_whose_own_period_runs_on_is_asked_about_and_the_choice_is_checked_again(desk):
    hers = {"appointment": PERSON, "person_name": "周挂", "role": "vice_chair", "engagement": "seconded", "until": "2027-06-01", "leaves": False}
    note = {"code": "team_renewed", "title": "莲西村妇联", "message": {"zh-CN": "本届已届满", "en": "…"}, "stays": [hers]}
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "kind": "roster", "notes": [note]})
    page = desk.get(HERE).text
    assert "周挂（挂职副主席，至 2027-06-01）" in page and f'name="choice {PERSON}" value="stays" checked' in page and "留任，不随换届离任" in page
    desk.services.give(f"POST cadre /imports/{BATCH}/check", {"id": BATCH, "state": "checking"})
    desk.post(f"{HERE}/check", {"key": "k1", f"choice {PERSON}": "leaves"})
    assert json.loads(desk.services.last(f"/imports/{BATCH}/check").content) == {"choices": {PERSON: "leaves"}}


def test_a_batch_is_taken_back_only_for_a_reason(desk):
    committed = {**DRAFT, "state": "committed", "counts": {**DRAFT["counts"], "applied": 1}, "revocable_until": "2999-01-01T00:00:00+00:00"}
    desk.services.give(f"GET cadre /imports/{BATCH}", committed)
    desk.services.give(f"POST cadre /imports/{BATCH}/revocation", {"id": BATCH, "state": "revoking"})
    assert "已写入 1 行" in (page := desk.get(HERE).text) and "以前可以整批撤销" in page and f"{HERE}/revocation" in page
    form = fields(desk.get(f"{HERE}/revocation").text)
    assert "请写明撤销的理由" in desk.post(f"{HERE}/revocation", form).text
    assert desk.post(f"{HERE}/revocation", {**form, "why": "上传了旧名册"}).status_code == 303
    assert json.loads(desk.services.last(f"/imports/{BATCH}/revocation").content) == {"why": "上传了旧名册"}


def test_after_the_time_the_service_names_a_batch_is_not_offered_for_revocation(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "state": "committed", "revocable_until": "2020-01-01T00:00:00+00:00"})
    page = desk.get(HERE).text
    assert "不能再整批撤销" in page and f"{HERE}/revocation" not in page


def test_a_batch_that_was_built_upon_says_which_rows(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", {**DRAFT, "state": "committed"})
    desk.services.give(f"POST cadre /imports/{BATCH}/revocation", refusal(422, "import_built_upon", "莲塘镇!7：测试甲已办理免职，请先撤回。"))
    form = fields(desk.get(f"{HERE}/revocation").text)
    assert "莲塘镇!7：测试甲已办理免职" in desk.post(f"{HERE}/revocation", {**form, "why": "错了"}).text


def test_batches_of_both_services_stand_in_one_list_newest_first(desk):
    desk.services.give("GET cadre /imports", {"imports": [DRAFT]})
    desk.services.give("GET org /imports", {"imports": [{**DRAFT, "kind": "organisations", "uploaded_at": "2026-11-22T02:00:00Z"}]})
    page = desk.get("/imports").text
    assert page.index(f"/imports/org/{BATCH}") < page.index(f"/imports/cadre/{BATCH}")


def test_a_recorder_imports_people_and_is_not_asked_about_organisations(visitor):
    visitor.services.give("GET projection /me", {**OFFICER, "may": ["cadre.read", "cadre.import", "report.read"]})
    visitor.services.give("GET cadre /imports", {"imports": [DRAFT]})
    visitor.sign_in()
    assert 'href="/imports"' in visitor.get("/help").text
    assert f"/imports/cadre/{BATCH}" in visitor.get("/imports").text
    kinds = visitor.get("/imports/new").text
    assert 'value="roster"' in kinds and 'value="organisations"' not in kinds


def test_the_red_workbook_and_the_template_are_passed_on_as_they_come(desk):
    file = httpx.Response(200, content=b"PK", headers={"content-disposition": "attachment; filename*=UTF-8''x.xlsx"})
    desk.services.give(f"GET cadre /imports/{BATCH}/workbook", file)
    answer = desk.get(f"{HERE}/workbook")
    assert answer.content == b"PK" and "x.xlsx" in answer.headers["content-disposition"]
    desk.services.give("GET org /imports/template", httpx.Response(200, content=b"PK2"))
    assert desk.get(f"/imports/template?kind=organisations&organisation={COUNTY}").content == b"PK2"


def test_a_chosen_file_survives_every_other_mistake_on_the_form(desk):
    desk.services.give("POST cadre /imports", {"id": BATCH, "state": "checking"})
    form = {**fields(desk.get("/imports/new").text), "kind": "roster", "organisation": COUNTY, "only": "all"}
    again = desk.post("/imports/new", form, files={"file": ("名册.xlsx", b"PK bytes")})
    assert again.status_code == 422 and "已选好工作簿：名册.xlsx" in again.text and "请选择要上传的工作簿" not in again.text
    kept = {**form, **fields(again.text), "kind": "roster", "authority": "中共南昌县委", "decided_on": "2026-10-01"}
    assert desk.post("/imports/new", kept).status_code == 303
    assert desk.services.last("/imports").content == b"PK bytes"


def test_a_file_the_service_refuses_is_to_be_chosen_again_and_a_decision_it_refuses_is_not(desk):
    form = {**fields(desk.get("/imports/new").text), "kind": "opening", "organisation": COUNTY, "only": "all"}
    for pointer, kept in (("/file", False), ("/query/decided_on", True)):
        desk.services.give("POST cadre /imports", refusal(422, "no", "不行。", pointer=pointer))
        answer = desk.post("/imports/new", form, files={"file": ("名册.xlsx", b"PK bytes")})
        assert ("已选好工作簿" in answer.text) is kept


def test_an_upload_that_only_failed_is_discarded_and_is_in_nobodys_way(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", DRAFT | {"state": "failed", "counts": {}, "sheets": []})
    desk.services.give(f"POST cadre /imports/{BATCH}/discard", {"id": BATCH, "state": "discarded"})
    page = desk.get(HERE).text
    assert "放弃这份表格" in page and f"{HERE}/discard" in page
    done = desk.post(f"{HERE}/discard", {"csrf": fields(page)["csrf"], "key": "k"})
    assert done.status_code == 303 and done.headers["location"] == "/imports"


def test_what_was_written_or_is_somebody_elses_is_not_offered_for_discarding(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", DRAFT | {"state": "committed", "counts": {"rows": 1, "applied": 1}})
    assert "放弃这份表格" not in desk.get(HERE).text


def test_where_nothing_can_be_written_no_form_to_write_it_is_shown(desk):
    counts = {"rows": 3, "add": 0, "change": 0, "same": 0, "warn": 0, "error": 3}
    desk.services.give(f"GET cadre /imports/{BATCH}", DRAFT | {"counts": counts})
    page = desk.get(HERE).text
    assert "没有可以写入的行" in page and f'action="{HERE}/commit"' not in page


def test_a_rosters_paper_is_said_to_be_required_where_it_is_asked_for(desk):
    desk.services.give(f"GET cadre /imports/{BATCH}", DRAFT | {"kind": "roster", "uploaded_by": "another"})
    assert "必须附上" in desk.get(HERE).text
    desk.services.give(f"GET cadre /imports/{BATCH}", DRAFT)
    assert "必须附上" not in desk.get(HERE).text


def test_what_was_left_out_and_what_was_not_read_is_shown(desk):
    left = [{"why": "foot", "count": 22, "places": ["40", "41"], "message": {"zh-CN": "表尾、落款或说明，没有读取", "en": "?"}}]
    unread = [{"sheet": "旧数据", "why": "hidden", "rows": 0, "message": {"zh-CN": "隐藏的工作表，没有读取", "en": "?"}}]
    desk.services.give(f"GET cadre /imports/{BATCH}", DRAFT | {"sheets": [DRAFT["sheets"][0] | {"left_out": left}], "unread": unread})
    page = desk.get(HERE).text
    assert "莲塘镇：表尾、落款或说明，没有读取" in page and "22 处" in page and "（40、41…）" in page and "旧数据：隐藏的工作表，没有读取" in page
