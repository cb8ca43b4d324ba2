"""The library of papers: what was probably registered twice is said, and what a page of one paper leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from services.console.tables import held
from tests.console.conftest import COUNTY, refusal
from tests.console.people_given import fields

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


TYPED = {"paper.kind": "approval", "paper.title": "关于同意换届的批复", "paper.number": "洪妇〔2026〕12号", "paper.issuer": "市妇联",
         "paper.dated": "2026-11-01"}  # fmt: skip
SCAN = b"%PDF-1.4 " + b"scan" * 600


@pytest.fixture
def form(desk):
    give = desk.services.give
    give("POST org /documents", {"id": PAPER, "version": 1})
    give(f"POST org /documents/{PAPER}/files", {"id": PAPER, "version": 2})
    return fields(desk.get("/documents/new").text)


def looked_over(desk, form, content=SCAN, called="批复.pdf", **more):
    return desk.post("/documents/new", {**form, **TYPED, **more, "step": "check"}, files={"paper.file": (called, content, "application/pdf")})


def posted(desk):
    return [(r.url.path, r.content) for r in desk.services.asked if r.method == "POST" and "/documents" in r.url.path]


def kept(desk):
    with desk.client.app.state.engine.connect() as c:
        return c.execute(sa.select(held)).all()


def test_a_paper_is_looked_over_with_the_name_and_size_of_its_scan_before_anything_is_recorded(desk, form):
    page = looked_over(desk, form)
    assert page.status_code == 200 and "核对" in page.text and not posted(desk)
    for said in ("批复", *list(TYPED.values())[1:], "批复.pdf（3 KB）", "南昌县妇女联合会"):
        assert said in page.text, said
    twins = page.text.partition("已有文号相同的公文")[2].partition("</p>")[0]
    assert TWIN in twins and OTHER not in twins
    assert [r.url.path for r in desk.services.rehearsed] == ["/documents"]


def test_confirmed_it_is_registered_with_the_scan_that_was_chosen_and_the_copy_is_gone(desk, form):
    page = looked_over(desk, form)
    assert len(kept(desk)) == 1 and SCAN not in kept(desk)[0].sealed and "type=\"file\"" not in page.text
    done = desk.post("/documents/new", {**fields(page.text), "step": "send"})
    assert done.status_code == 303 and done.headers["location"] == f"/documents/{PAPER}?done=1"
    assert [path for path, _ in posted(desk)] == ["/documents", f"/documents/{PAPER}/files"] and posted(desk)[1][1] == SCAN
    assert kept(desk) == []


def test_gone_back_the_scan_need_not_be_chosen_again_and_another_takes_its_place(desk, form):
    back = desk.post("/documents/new", {**fields(looked_over(desk, form).text), "step": "back"})
    assert back.status_code == 200 and "已选好扫描件：批复.pdf" in back.text and "<form" in back.text
    again = desk.post("/documents/new", {**fields(back.text), **TYPED, "step": "check", "paper.title": "改过的标题"})
    assert again.status_code == 200 and "改过的标题" in again.text and "批复.pdf（3 KB）" in again.text
    other = looked_over(desk, fields(back.text), b"%PDF-1.7 other", "另一份.pdf")
    assert "另一份.pdf（1 KB）" in other.text and len(kept(desk)) == 1
    assert desk.post("/documents/new", {**fields(other.text), "step": "send"}).status_code == 303 and posted(desk)[-1][1] == b"%PDF-1.7 other"


def test_a_scan_is_kept_where_another_field_was_wrong_and_with_the_draft(desk, form):
    page = looked_over(desk, form, **{"paper.issuer": ""})
    assert page.status_code == 422 and "已选好扫描件：批复.pdf" in page.text
    assert "已选好扫描件：批复.pdf" in desk.get("/documents/new?draft=1").text


def test_a_draft_that_is_thrown_away_takes_its_scan_with_it(desk, form):
    looked_over(desk, form)
    assert len(kept(desk)) == 1
    assert desk.post("/drafts/documents.new/discard").status_code == 303 and kept(desk) == []


def test_what_the_service_would_refuse_is_said_before_she_confirms(desk, form):
    desk.services.refusing["/documents"] = refusal(422, "in_future", "成文日期不能晚于今天。", pointer="/dated")
    page = looked_over(desk, form)
    assert page.status_code == 422 and 'id="e-paper.dated"' in page.text and "已选好扫描件" in page.text and not posted(desk)


def test_a_scan_that_is_not_held_any_more_is_asked_for_and_nothing_is_recorded(desk, form):
    over = fields(looked_over(desk, form).text)
    with desk.client.app.state.engine.begin() as c:
        c.execute(sa.update(held).values(since=datetime.now(UTC) - timedelta(hours=25)))
    page = desk.post("/documents/new", {**over, "step": "send"})
    assert page.status_code == 422 and "请先到公文库看一看" in page.text and not posted(desk)
    looked_over(desk, form)
    page = desk.post("/documents/new", {**over, "step": "send"})
    assert page.status_code == 422 and not posted(desk), "another window's scan is not put under this one's answers"
    assert len(kept(desk)) == 1


def test_nobody_else_is_given_a_scan_that_is_held(desk, form):
    over = fields(looked_over(desk, form).text)
    with desk.client.app.state.engine.begin() as c:
        c.execute(sa.update(held).values(account="somebody else"))
    assert desk.post("/documents/new", {**over, "step": "send"}).status_code == 422 and not posted(desk)


def test_sent_again_after_the_line_broke_it_is_the_same_paper(desk, form):
    over = fields(looked_over(desk, form).text)
    desk.services.give(f"POST org /documents/{PAPER}/files", httpx.Response(503, json={"errors": [], "title": ""}))
    assert "批复.pdf" in desk.post("/documents/new", {**over, "step": "send"}).text and len(kept(desk)) == 1
    desk.services.give(f"POST org /documents/{PAPER}/files", {"id": PAPER, "version": 2})
    assert desk.post("/documents/new", {**over, "step": "send"}).status_code == 303
    keys = {r.headers["idempotency-key"] for r in desk.services.asked if r.url.path == "/documents" and r.method == "POST"}
    assert len(keys) == 1
