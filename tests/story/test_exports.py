"""A roster leaves with phones: opened by its owner for whoever may, marked, on record in each file touched; and what a restart does to exports."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from tests.story.county import PLACES, Account, County, eventually, no, ok

PHONE = "13700000001"
VILLAGE = {"path": "/roster", "asked": {"organisation": [str(PLACES["village"])]}, "columns": ["person_name", "has_phone"]}


@pytest.fixture(scope="module")
def chair(county: County) -> dict[str, Any]:
    """Somebody in office in the village, whose phone is on record."""
    officer = county.county
    row: dict[str, Any] = officer.get("projection", "/roster", organisation=str(PLACES["village"]))["rows"][0]
    record = officer.send("GET", "cadre", f"/cadres/{row['person']}")
    version = int(record.headers["etag"].strip('"'))
    ok(officer.post("cadre", f"/cadres/{row['person']}/profile-change", {"effective": "2026-01-01", "phone": PHONE}, expect=version))
    return row


def exported(her: Account, **body: Any) -> dict[str, Any]:
    id = ok(her.post("projection", "/exports", body), 202)["id"]

    def finished() -> dict[str, Any] | None:
        job: dict[str, Any] = ok(her.send("GET", "projection", f"/exports/{id}"))
        return job if job["state"] in ("ready", "failed") else None

    return eventually(finished) or {}


def test_phones_leave_marked_and_each_record_says_who_saw_it_and_why(county: County, chair: dict[str, Any]) -> None:
    officer = county.county
    job = exported(officer, **VILLAGE, sealed=["phone"], reason="通知培训")
    assert (job["state"], job["sealed"], job["faults"]) == ("ready", ["phone"], [])
    content = officer.send("GET", "projection", f"/exports/{job['id']}/file").content
    page = load_workbook(BytesIO(content)).active
    assert page is not None
    rows = {row[0]: row[1] for row in page.iter_rows(min_row=4, max_row=page.max_row - 2, values_only=True)}
    assert rows[chair["person_name"]] == PHONE and "＊＊＊＊" not in rows.values()
    mark = str(page["A2"].value)
    assert all(word in mark for word in ("县妇联组织部（county）", "通知培训", "含联系电话")) and page["A2"].fill.fgColor.rgb == "FFFFF2CC"
    assert all("通知培训" in str(part.text) for part in (page.oddHeader.center, page.oddFooter.left)) and page.print_title_rows == "$1:$3"

    opened = next(e for e in reversed(list(county.events("cadre"))) if e.name == "cadre.SealedRecordOpened")
    assert (str(opened.stream), opened.data["fields"], opened.data["why"]) == (chair["person"], ["phone"], "通知培训")

    def on_record() -> list[dict[str, Any]]:
        found = county.auditor.get("projection", "/audit/exports", sealed="true")["rows"]
        return [r for r in found if r["export"] == job["id"]]

    (row,) = eventually(on_record)
    assert row["correlation"] == opened.meta.correlation and row["sealed"] == ["phone"]
    assert "县妇联组织部导出妇联干部花名册" in row["sentence"]["zh-CN"] and row["sentence"]["zh-CN"].endswith("含未脱敏的联系电话，理由：通知培训。")
    changes = officer.get("projection", f"/cadres/{chair['person']}")["changes"]
    assert any(c["kind"] == "sealed_opened" and c["why"] == "通知培训" for c in changes)


def test_without_the_permission_the_place_or_the_reason_nothing_is_opened(county: County, chair: dict[str, Any]) -> None:
    before = county.head("cadre")
    no(county.statistician.post("projection", "/exports", {**VILLAGE, "sealed": ["phone"], "reason": "核对"}), "forbidden", 403)
    no(county.county.post("projection", "/exports", {**VILLAGE, "sealed": ["phone"]}), "reason_missing", pointer="/reason")
    elsewhere = {**VILLAGE, "asked": {"area": [str(PLACES["county"])]}}
    job = exported(county.township, **elsewhere, sealed=["phone"], reason="核对")
    assert (job["state"], job["faults"][0]["code"]) == ("failed", "forbidden")
    assert county.head("cadre") == before


def test_no_log_and_no_store_but_the_owners_holds_a_phone_that_was_exported(county: County, chair: dict[str, Any]) -> None:
    exported(county.county, **VILLAGE, sealed=["phone"], reason="核对")
    holding = [p for p in county.folder.rglob("*") if p.is_file() and PHONE.encode() in p.read_bytes()]
    assert holding == []


def test_a_file_outlives_a_restart_and_what_was_under_way_is_failed(county: County, chair: dict[str, Any]) -> None:
    officer = county.county
    job = exported(officer, **VILLAGE)
    ids = [ok(officer.post("projection", "/exports", {**VILLAGE, "asked": {}}), 202)["id"] for _ in range(2)]
    county.act("kill", "projection")
    county.act("start", "projection")
    assert officer.send("GET", "projection", f"/exports/{job['id']}/file").status_code == 200
    states = {ok(officer.send("GET", "projection", f"/exports/{id}"))["state"] for id in ids}
    assert states <= {"ready", "failed"}
    no(officer.send("GET", "projection", f"/exports/{uuid4()}"), "not_found", 404)
