"""The library of papers: what was probably registered twice is said, and what a page of one paper leads to."""

from __future__ import annotations

import pytest

from tests.console.conftest import COUNTY

PAPER, TWIN, OTHER = (f"018f0000-0000-7000-8000-00000000007{n}" for n in range(3))
SAID = {"kind": "approval", "number": "洪妇〔2026〕12号", "title": "关于同意换届的批复",
        "issuer": "市妇联", "dated": "2026-11-01", "organisation": COUNTY, "files": []}  # fmt: skip


@pytest.fixture
def desk(officer):
    give = officer.services.give
    give(f"GET org /documents/{PAPER}", SAID)
    give(f"GET org /organisations/{COUNTY}", {"full_name": "南昌县妇女联合会"})
    give("GET projection /audit/appointments", {"rows": []})
    other = {"number": "洪妇〔2026〕120号", "title": "另一份"}
    rows = [{"id": PAPER, **SAID}, {"id": TWIN, **SAID, "title": "又登记了一次"}, {"id": OTHER, **SAID, **other}]
    give("GET projection /documents", {"rows": rows, "cursor": None, "total": 3})
    return officer


def test_papers_of_the_same_number_are_named_so_that_one_registered_twice_is_seen(desk):
    page = desk.get(f"/documents/{PAPER}").text
    said = page.partition("文号相同的公文")[2].partition("</p>")[0]
    assert f"/documents/{TWIN}" in said and "又登记了一次" in said and OTHER not in said and PAPER not in said
    assert desk.services.last("/documents").url.params["search"] == SAID["number"]


def test_a_paper_without_a_number_has_no_twins(desk):
    desk.services.give(f"GET org /documents/{PAPER}", {**SAID, "number": None})
    assert "文号相同" not in desk.get(f"/documents/{PAPER}").text


def test_a_file_refused_on_the_page_of_a_paper_leads_back_to_that_page(desk):
    page = desk.post(f"/documents/{PAPER}/files", {"key": "k"}, files={"paper.file": ("a.txt", b"text", "text/plain")})
    assert page.status_code == 422 and "不支持这种文件" in page.text and f'data-here="/documents/{PAPER}"' in page.text
