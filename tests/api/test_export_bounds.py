"""How much one file may open, and what an Excel file says and how it prints."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from services.projection.api import exporting
from services.projection.api.roster import remarks
from services.projection.api.sheet import Column, Head, written
from services.projection.reports.jobs import Job
from shared.http import Problem

SEALED: Any = SimpleNamespace(id=uuid4(), sealed=("phone",), why="核对")
REQUEST: Any = SimpleNamespace(
    headers={"authorization": "Bearer x"},
    app=SimpleNamespace(state=SimpleNamespace(settings=SimpleNamespace(url=lambda name: "http://127.0.0.1:1"))),
    state=SimpleNamespace(correlation="c"),
)


def people(count: int) -> list[dict[str, Any]]:
    return [{"person": str(uuid4()), "has_phone": True} for _ in range(count)]


def test_one_file_opens_the_people_of_a_county_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def answers(cadre: Any, job: Job, n: int, part: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
        asked.append(len(part))
        return {r["person"]: {"phone": "13800000000"} for r in part}

    monkeypatch.setattr(exporting, "_ask", answers)
    whole = list(exporting.opened(REQUEST, SEALED, people(exporting.SEALED_MOST)))
    assert len(whole) == exporting.SEALED_MOST == 10_000 and {r["has_phone"] for r in whole} == {"13800000000"}
    assert max(asked) == exporting.AT_ONCE
    asked.clear()
    with pytest.raises(Problem) as no:
        list(exporting.opened(REQUEST, SEALED, people(exporting.SEALED_MOST + 1)))
    assert no.value.status == 422 and "10,000" in str(vars(no.value)) and sum(asked) <= exporting.SEALED_MOST


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"status": "suspended"}, ["停职"]),
        ({"mode": "acting"}, ["主持工作"]),
        ({"opening": True, "note": "留任"}, ["期初数据", "留任"]),
        ({"status": "suspended", "mode": "acting", "opening": True, "note": "停职"}, ["期初数据", "停职", "主持工作"]),
        ({}, []),
    ],
)
def test_the_remarks_of_a_file_say_what_the_record_says(row: dict[str, Any], said: list[str]) -> None:
    assert remarks({"opening": False, "status": "active", "mode": "elected", "note": None} | row) == said


def test_a_wide_list_prints_on_one_page_across_with_its_heads_on_every_page() -> None:
    columns = [Column(f"c{n}", f"第{n}列", 30) for n in range(40)]
    made = written("xlsx", Head("花名册", "南昌县"), columns, ({f"c{n}": "内容" for n in range(40)} for _ in range(100)))
    made.file.seek(0)
    page = load_workbook(made.file).worksheets[0]
    assert page.sheet_properties.pageSetUpPr.fitToPage and (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in ((1, 0), (None, 0))
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape") and page.print_title_rows == "$1:$3"
