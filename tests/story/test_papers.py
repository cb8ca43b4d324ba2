"""The papers of a village's re-election and of its people, printed from what the real services know, by somebody signed in to the console."""

from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.console.pdftext import pages
from tests.story.acts import congress, paper
from tests.story.county import PLACES, County, ago, eventually
from tests.story.reelection import HELD, Told, tell

KINDS = ("request", "rules", "ballot", "tally", "result", "filing", "certificate")


@pytest.fixture(scope="module")
def told(county: County) -> Told:
    return tell(county, "纸面村")


@pytest.fixture(scope="module")
def desk(county: County) -> Iterator[httpx.Client]:
    """The county officer at the console."""
    with httpx.Client(base_url=county.config.url("console"), follow_redirects=True, timeout=30) as browser:
        assert browser.get("/login/start", params={"account": "county"}).status_code == 200
        yield browser


def text(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"] == "application/pdf":
        return "".join("".join(pages(answer.content)).split())
    return "".join(t.text or "" for t in Document(BytesIO(answer.content)).element.body.iter(qn("w:t")))


@pytest.mark.parametrize("format", ("pdf", "docx"))
@pytest.mark.parametrize("kind", KINDS)
def test_each_of_the_seven_papers_is_printed_of_a_case(desk: httpx.Client, told: Told, kind: str, format: str) -> None:
    answer = desk.get(f"/reelections/{told.cases[1]}/papers/{kind}.{format}")
    assert "纸面村妇女联合会" in text(answer) and "no-store" in answer.headers["cache-control"]
    assert not any(name in answer.headers["content-disposition"] for name in told.people)


def test_the_papers_say_what_was_voted(desk: httpx.Client, told: Told) -> None:
    case = f"/reelections/{told.cases[1]}/papers"
    result = text(desk.get(f"{case}/result.pdf"))
    assert "主席（1名）：李桂兰" in result and "执行委员会委员（3名）：王秀英、孙丽华、李桂兰" in result and "应选15名" in result
    filing = text(desk.get(f"{case}/filing.docx"))
    assert all(name in filing for name in ("李桂兰", "孙丽华", "王秀英")) and "60个月" in filing and "第二届" in filing
    ballot = text(desk.get(f"{case}/ballot.pdf"))
    assert "第二届执行委员会委员选票" in ballot and ballot.index("王秀英") < ballot.index("孙丽华") < ballot.index("李桂兰"), (
        "by strokes of the surname"
    )
    certificates = pages(desk.get(f"{case}/certificate.pdf").content)
    assert len(certificates) == 3 and "李桂兰同志：于" in certificates[0] and "纸面村妇女联合会第二届执行委员会主席" in certificates[0]


def test_certificates_are_printed_only_of_an_approved_result(county: County, desk: httpx.Client, told: Told) -> None:
    case = congress(county, told.village, HELD - 30, county.township, county.county)
    refused = desk.get(f"/reelections/{case}/papers/certificate.pdf")
    assert refused.status_code == 409 and "选举结果尚未批复" in refused.text and f'href="/reelections/{case}"' in refused.text
    ballot = f"/reelections/{case}/papers/ballot.pdf"
    empty = desk.get(ballot)
    assert empty.status_code == 409 and "还没有提出候选人" in empty.text, "a ballot lists the candidates; without any it says where they are proposed"
    county.township.do("cadre", "/appointments", person=told.people["王秀英"], organisation=told.village, seat=told.seat["chair"],
                       engagement="part_time", mode="elected", starts_on=ago(0))  # fmt: skip
    eventually(lambda: desk.get(ballot).status_code == 200)
    assert "第三届" in text(desk.get(ballot)) and "王秀英" in text(desk.get(ballot))
    county.township.do("org", f"/reelections/{case}/cancellation", cancelled_on=ago(0), why="试印")


def test_the_approval_form_tells_her_posts_and_the_certificate_what_was_issued(county: County, desk: httpx.Client, told: Told) -> None:
    person = told.people["李桂兰"]
    form = text(desk.get(f"/people/{person}/approval-form.pdf"))
    assert "干部任免审批表" in form and "纸面村妇女联合会主席" in form and told.first_on[:7].replace("-", ".") in form
    held = eventually(
        lambda: [a for a in county.county.get("projection", f"/cadres/{person}")["appointments"] if a["in_office"] and a["role"] == "chair"]
    )
    missing = desk.get(f"/certificates/{held[0]['appointment']}.pdf")
    assert missing.status_code == 404 and "尚未颁发证书" in missing.text
    county.county.do("cadre", f"/cadres/{person}/certificates", appointment=held[0]["appointment"], number="南妇证〔2026〕7号", issued_on=ago(1),
                     issuer=str(PLACES["township"]), documents=[paper(county.county, PLACES["county"])])  # fmt: skip
    eventually(lambda: county.county.get("projection", f"/cadres/{person}")["certificates"])
    issued = text(desk.get(f"/certificates/{held[0]['appointment']}.pdf"))
    assert "李桂兰同志" in issued and "南妇证〔2026〕7号" in issued and "当选为" in issued


def test_the_roster_is_printed_with_the_official_footer(desk: httpx.Client, told: Told) -> None:
    printed = text(desk.get(f"/organisations/{told.village}/roster.pdf"))
    assert all(word in printed for word in ("干部花名册", "李桂兰", "填报单位（盖章）", "联系电话"))


def test_a_stranger_prints_nothing(county: County, told: Told) -> None:
    answer = httpx.get(f"{county.config.url('console')}/people/{told.people['李桂兰']}/approval-form.pdf")
    assert answer.status_code == 303 and "/login" in answer.headers["location"]
