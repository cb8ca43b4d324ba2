"""The papers in PDF and DOCX say what their data says, on A4, over as many pages as it takes, and print nothing that was not said."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any, Literal

import pytest
from docx import Document
from docx.oxml.ns import qn

from services.console.papers import KINDS, NoFont, Paper, paper, press
from services.console.papers.letters import nth
from services.console.papers.shapes import Ballot, Certificate, Certificates, Request, Result, Roster, RosterRow, Section, Vote
from tests.console.paper_data import EMPTY, FILLED, NAMES, ORGANISATION
from tests.console.pdftext import pages

HEADS = {"request": "拟任", "ballot": "另选他人", "tally": "画票", "result": "另选他人", "filing": "专挂", "roster": "妇联职务"}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@cache
def made(kind: str, data: Paper, format: Literal["pdf", "docx"] = "pdf") -> bytes:
    return paper(kind, data, format)


def pdf_text(kind: str, data: Paper) -> str:
    return squeezed("".join(pages(made(kind, data))))


def docx_text(kind: str, data: Paper) -> str:
    document = Document(BytesIO(made(kind, data, "docx")))
    return squeezed("".join(t.text or "" for t in document.element.body.iter(qn("w:t"))))


def leaves(value: Any) -> list[str]:
    """Every text of a shape that is printed as it stands."""
    if isinstance(value, dict):
        return [x for v in value.values() for x in leaves(v)]
    if isinstance(value, list | tuple):
        return [x for v in value for x in leaves(v)]
    return [squeezed(value)] if isinstance(value, str) else []


APART = {"request": set(), "rules": {"form"}, "ballot": {"form", "superior"}, "tally": {"form", "superior"}, "certificate": set()}


def said(kind: str) -> list[str]:
    content = FILLED[kind].model_dump(exclude=APART.get(kind) or None)
    for person in content.get("candidates", ()):
        person.pop("engagement")
    for section in content.get("sections", ()) if kind == "ballot" else ():
        section.pop("meeting")
    return leaves(content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_says_everything_that_was_given(kind: str) -> None:
    text = pdf_text(kind, FILLED[kind])
    assert not [word for word in said(kind) if word not in text]


@pytest.mark.parametrize("kind", KINDS)
def test_a_docx_says_everything_that_was_given(kind: str) -> None:
    text = docx_text(kind, FILLED[kind])
    assert not [word for word in said(kind) if word not in text]


@pytest.mark.parametrize("kind", ("tally", "result"))
def test_both_forms_say_the_same_figures_of_the_votes(kind: str) -> None:
    row = f"1{NAMES[0]}50210"
    assert row in pdf_text(kind, FILLED[kind]) and row in docx_text(kind, FILLED[kind])


@pytest.mark.parametrize("kind", HEADS)
def test_forty_candidates_fill_several_pages_each_with_the_head_of_the_table(kind: str) -> None:
    found = pages(made(kind, FILLED[kind]))
    lines = [page for page in found if any(f"候选{n:02}" in page.replace("、", "") for n in range(35)) and "（35名）" not in page]
    assert len(found) > 1 and lines and all(HEADS[kind] in page for page in lines)
    heads = [
        row
        for table in Document(BytesIO(made(kind, FILLED[kind], "docx"))).tables
        for row in table.rows
        if row._tr.find(".//" + qn("w:tblHeader")) is not None
    ]
    assert any(HEADS[kind] in cell.text for row in heads for cell in row.cells)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", ("pdf", "docx"))
def test_a_paper_of_which_little_is_known_leaves_room_to_write(kind: str, format: str) -> None:
    text = pdf_text(kind, EMPTY[kind]) if format == "pdf" else docx_text(kind, EMPTY[kind])
    assert "None" not in text and "{{" not in text and "{%" not in text
    assert kind == "approval-form" or ORGANISATION in text


@pytest.mark.parametrize("n", [10, 16, 17, 25, 30, 34])
def test_a_ballot_of_a_township_stands_on_one_page_with_every_candidate_numbered(n: int) -> None:
    votes = tuple(Vote(name=f"候选{i:02}") for i in range(1, n + 1))
    given = Ballot(organisation=ORGANISATION, term_no=3, sections=(Section(office="执行委员会委员", seats=n - 1, meeting="大会", votes=votes),))
    (page,) = pages(paper("ballot", given))
    assert all(f"{i}候选{i:02}" in page for i in range(1, n + 1)) and f"候选人{n}名" in page.replace(" ", "") and "盖章" in page
    (table,) = Document(BytesIO(paper("ballot", given, "docx"))).tables
    assert len(table.columns) == (6 if n <= 16 else 12) and len(table.rows) == 1 + (n if n <= 16 else (n + 1) // 2)


@pytest.mark.parametrize("n", range(18, 25))
def test_no_signature_stands_alone_on_a_page(n: int) -> None:
    votes = tuple(Vote(name=f"候选{i:02}", favour=9, elected=True) for i in range(n))
    given = Result(organisation="某县某镇妇联", term_no=3, sections=(Section(office="执行委员会委员", seats=n, meeting="大会", votes=votes),) * 2)
    last = pages(paper("result", given))[-1]
    assert "特此报告。某县某镇妇联" in last and "联系电话" in last
    letter = Document(BytesIO(paper("result", given, "docx"))).paragraphs
    (at,) = [i for i, p in enumerate(letter) if p.text == "特此报告。"]
    assert all(p.paragraph_format.keep_with_next for p in letter[at : at + 4]) and "联系电话" in letter[at + 4].text


@pytest.mark.parametrize(("name", "space"), [("李敏", 45), ("长" * 100, 0)])
def test_a_long_name_takes_the_room_over_the_signature_of_a_certificate(name: str, space: int) -> None:
    given = Certificates(certificates=(Certificate(name=name, organisation="某村妇联", office="主席", issuer="某县妇联"),))
    (sign,) = [p for p in Document(BytesIO(paper("certificate", given, "docx"))).paragraphs if "盖章" in p.text]
    assert sign.paragraph_format.space_before is not None and round(sign.paragraph_format.space_before.mm) == space


def test_a_ballot_without_candidates_has_a_line_for_every_seat() -> None:
    assert "15" in pdf_text("ballot", EMPTY["ballot"]) and "16" in pdf_text("ballot", EMPTY["ballot"])
    (table,) = Document(BytesIO(paper("ballot", EMPTY["ballot"], "docx"))).tables
    assert len(table.rows) == 17


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_a4(kind: str) -> None:
    boxes = set(re.findall(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", made(kind, FILLED[kind])))
    assert {tuple(sorted(round(float(n)) for n in box)) for box in boxes} == {(595, 842)}


def test_a_letter_stands_on_the_page_as_the_standard_has_it() -> None:
    part = Document(BytesIO(made("request", FILLED["request"], "docx"))).sections[0]
    margins = [round(m.mm) for m in (part.top_margin, part.left_margin, part.right_margin, part.bottom_margin) if m is not None]
    assert margins == [37, 28, 26, 35]
    first, second, *_ = pages(made("request", FILLED["request"]))
    assert squeezed(first).endswith("—1—") and squeezed(second).endswith("—2—")


def test_a_case_is_told_in_the_words_of_the_office() -> None:
    text = pdf_text("result", FILLED["result"])
    assert "应到会60人，实到会57人；发出选票56张，收回55张，其中有效票53张、无效票2张。" in text
    assert "主席（1名）：王𠮷芳" in text and "经镇妇〔2026〕9号批准" in text and "特此报告。" in text
    assert "执行委员会委员实行差额选举；主席实行等额选举。" in pdf_text("rules", FILLED["rules"])
    assert "赞成票超过应到会人数的二分之一" in pdf_text("rules", FILLED["rules"])


@pytest.mark.parametrize(("number", "words"), ((1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (None, "＿＿")))
def test_terms_are_counted_in_chinese(number: int | None, words: str) -> None:
    assert nth(number) == words


def test_characters_no_document_can_hold_are_left_out() -> None:
    row = Roster(organisation="某\x00村\x0b妇联", as_of=date(2026, 1, 1), rows=(RosterRow(name="李\ufffe\x1f敏"),))
    assert "某村妇联" in docx_text("roster", row) and "李敏" in docx_text("roster", row) and "李敏" in pdf_text("roster", row)


def test_what_users_wrote_is_never_run() -> None:
    bad = "#panic() $x$ @ref <label> `raw` \\ {{ 7*7 }} {% for %} ${1+1} =1+1"
    for format in ("pdf", "docx"):
        data = Certificates(certificates=(Certificate(name=bad, organisation=bad, office="主席"),))
        text = pdf_text("certificate", data) if format == "pdf" else docx_text("certificate", data)
        assert text.count(squeezed(bad)) == 2


def test_the_same_data_gives_the_same_docx_and_the_template_is_not_changed_by_use() -> None:
    def body() -> bytes:
        return zipfile.ZipFile(BytesIO(paper("ballot", FILLED["ballot"], "docx"))).read("word/document.xml")

    assert body() == body()


def test_a_paper_takes_only_its_own_shape() -> None:
    with pytest.raises(TypeError, match="request takes Request"):
        paper("request", EMPTY["roster"])
    with pytest.raises(ValueError, match="Extra inputs"):
        Request.model_validate({"organisation": "某", "telephone": "1"})


def test_without_a_chinese_font_the_pdf_is_refused_in_words_and_the_docx_still_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "FONTS", ("No Such Font",))
    press.compiler.cache_clear()
    try:
        with pytest.raises(NoFont) as refused:
            paper("roster", EMPTY["roster"])
        assert "fonts-noto-cjk" in refused.value.zh and "DOCX" in refused.value.en
        assert ORGANISATION in docx_text("roster", EMPTY["roster"])
    finally:
        press.compiler.cache_clear()


def test_a_paper_that_cannot_draw_a_name_says_so_by_name_and_the_docx_has_it() -> None:
    """A character that Unicode took in lately (extension I); those of extension B that the font has are printed."""
    rare = "王\U0002ebf0"
    data = Certificates(certificates=(Certificate(name=rare, organisation=ORGANISATION, office="主席"),))
    with pytest.raises(press.NoGlyph) as refused:
        paper("certificate", data)
    assert rare in refused.value.zh and rare in refused.value.en and "DOCX" in refused.value.zh and ORGANISATION not in refused.value.zh
    assert rare in docx_text("certificate", data)
    known = Certificates(certificates=(Certificate(name="𠮷𠮷", organisation=ORGANISATION, office="主席"),))
    assert paper("certificate", known).startswith(b"%PDF")
