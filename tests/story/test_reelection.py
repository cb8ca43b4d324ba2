"""A village's re-election over HTTP and NATS, and what every report, list and audit then says, as of any day and as known at any time."""

from datetime import date
from typing import Any

import pytest

from shared.calendar import add_months
from tests.story.acts import PDF, roster
from tests.story.county import County, ago
from tests.story.reelection import ENDS, HELD, MONTHS, Told, tell

FIRST = {"王秀英": ["chair", "executive_member"], "李桂兰": ["executive_member", "vice_chair"], "赵玉珍": ["executive_member"]}
SECOND = {"李桂兰": ["chair", "executive_member"], "孙丽华": ["executive_member", "vice_chair"], "王秀英": ["executive_member"]}


@pytest.fixture(scope="module")
def told(county: County) -> Told:
    return tell(county)


def total(county: County, report: str, measure: str, told: Told, **asked: Any) -> tuple[Any, Any]:
    found = county.statistician.get("projection", f"/reports/{report}", area=told.village, **asked)
    return next(((t["numerator"], t["denominator"]) for t in found["total"] if t["measure"] == measure), (0, 0))


def test_the_roster_shows_each_team_on_its_days_and_only_once_it_was_known(county: County, told: Told) -> None:
    assert roster(county, told.village) == SECOND
    assert roster(county, told.village, as_of=told.second_on) == SECOND, "elected on D = in office on D"
    assert roster(county, told.village, as_of=ago(HELD + 1)) == FIRST
    assert roster(county, told.village, as_of=str(add_months(date.fromisoformat(told.first_on), -1))) == {}
    assert roster(county, told.village, known_at=told.known_first) == FIRST
    assert roster(county, told.village, known_at=told.known_reported) == FIRST, "a result that nobody approved changes nothing"
    assert roster(county, told.village, known_at=told.known_empty) == {}
    assert roster(county, told.village, known_at=told.known_second) == SECOND


def test_the_reaction_ends_the_outgoing_team_and_starts_the_elected_one_under_the_results_paper(county: County, told: Told) -> None:
    rows = county.auditor.get("projection", "/audit/appointments", area=told.village, limit=200)["rows"]
    second = [r for r in rows if r["effective"] == told.second_on]
    assert sorted((r["kind"], r["person_name"], r["role"]) for r in second) == sorted(
        [("ended", who, role) for who, roles in FIRST.items() for role in roles]
        + [("started", who, role) for who, roles in SECOND.items() for role in roles]
    )
    assert {d["id"] for r in second for d in r["documents"]} == {told.papers[1]}
    assert {d["id"] for r in rows if r["effective"] == told.first_on for d in r["documents"]} == {told.papers[0]}
    assert not [r for r in rows if r["missing_document"]]
    reasons = {(r["person_name"], r["role"]): r["after"]["end_reason"] for r in second if r["kind"] == "ended"}
    assert reasons[("赵玉珍", "executive_member")] == "term_expired" and reasons[("王秀英", "chair")] == "reelected_elsewhere"


def test_every_change_is_told_in_plain_sentences_and_leads_back_to_the_approval(county: County, told: Told) -> None:
    rows = county.auditor.get("projection", "/audit/appointments", document=told.papers[1], limit=200)["rows"]
    assert len(rows) == 10 and len({r["correlation"] for r in rows}) == 1
    approval = next(e for e in county.events("org") if e.name == "org.ElectionResultApproved" and str(e.stream) == told.cases[1])
    assert {r["causation"] for r in rows} == {str(approval.id)} and {r["correlation"] for r in rows} == {approval.meta.correlation}
    chair = next(r for r in rows if r["kind"] == "started" and r["role"] == "chair")
    assert {r["on_behalf_of"] for r in rows} == {approval.meta.actor}
    said = chair["sentence"]["zh-CN"]
    assert said.startswith("20") and f"系统随{chair['on_behalf_of_name']}的办理" in said and "cadre." not in said
    assert "李桂兰" in said and "示范村妇女联合会主席" in said
    assert told.second_on in chair["sentence"]["en"] and "chair" in chair["sentence"]["en"]


def test_one_appointments_history_can_be_asked_for_and_kept_to_what_was_known(county: County, told: Told) -> None:
    rows = county.auditor.get("projection", "/audit/appointments", seat=told.seat["chair"])["rows"]
    wang = next(r["appointment"] for r in rows if r["person_name"] == "王秀英")
    history = county.auditor.get("projection", f"/audit/appointments/{wang}")["rows"]
    assert [r["kind"] for r in history] == ["started", "ended"]
    assert history[1]["before"]["status"] == "in_office" and history[1]["after"]["ends_on"] == told.second_on
    known = county.auditor.get("projection", f"/audit/appointments/{wang}", known_at=told.known_reported)["rows"]
    assert [r["kind"] for r in known] == ["started"]


def test_the_term_was_renewed_on_time_once_the_result_was_approved(county: County, told: Told) -> None:
    ends = add_months(date.fromisoformat(told.first_on), MONTHS)
    month = {"period": str(ends)[:7]}
    for report in ("R02", "R02u"):
        assert total(county, report, "on_time_reelection_rate", told, **month) == (1, 1)
        assert total(county, report, "on_time_reelection_rate", told, **month, known_at=told.known_reported) == (0, 1)
        before_its_end = {"as_of": ago(ENDS + 5), "known_at": told.known_second}
        assert total(county, report, "on_time_reelection_rate", told, **month, **before_its_end) == (0, 0)


def test_the_approved_result_was_filed(county: County, told: Told) -> None:
    month = {"period": ago(HELD - 10)[:7]}
    assert total(county, "R05", "filing_rate", told, **month) == (1, 1)
    assert total(county, "R05", "filing_rate", told, **month, as_of=ago(HELD - 10)) == (0, 1), "approved that day, filed later"
    assert total(county, "R05", "filing_rate", told, **month, known_at=told.known_reported) == (0, 0)
    days = next(r["value"] for r in county.statistician.get("projection", "/reports/R05", area=told.village, **month)["rows"]
                if r["measure"] == "days_request_to_approval")  # fmt: skip
    assert days == 40 + 10


@pytest.mark.parametrize(
    ("report", "measure", "now", "then"),
    [
        ("R10", "age_ge_56", (1, 3), (1, 3)), ("R10", "age_36_45", (1, 3), None), ("R11", "postgraduate", (1, 3), (0, 3)),
        ("R11", "secondary_or_below", (0, 3), (1, 3)), ("R12", "contract", (1, 3), (0, 3)), ("R12", "administrative", (1, 3), (1, 3)),
        ("R13", "part_time_rate", (3, 3), (3, 3)),
    ],
)  # fmt: skip
def test_the_structure_counts_each_holder_once_before_and_after(county: County, told: Told, report: str, measure: str, now: Any, then: Any) -> None:
    if measure.startswith("age"):  # a person's age follows the calendar
        younger = [p for p in ("1970-03-01", "1988-05-01", "1993-08-01") if _band(p) == measure]
        now, then = (len(younger), 3), None
    assert total(county, report, measure, told) == now
    if then:
        assert total(county, report, measure, told, known_at=told.known_first) == then
        assert total(county, report, measure, told, as_of=ago(HELD + 1)) == then
    assert total(county, report, measure, told, known_at=told.known_empty) == (0, 0)


def _band(born: str) -> str:
    from shared.calendar import today

    years = today().year - int(born[:4]) - ((today().month, today().day) < tuple(map(int, born[5:].split("-"))))
    return "age_le_35" if years <= 35 else "age_36_45" if years <= 45 else "age_46_55" if years <= 55 else "age_ge_56"


def test_the_terms_follow_each_other_on_the_congress_date(county: County, told: Told) -> None:
    rows = county.provincial.get("projection", "/terms", organisation=told.village)["rows"]
    first, second = sorted(rows, key=lambda r: r["term_no"])
    assert (first["starts_on"], first["ended_on"], first["state"]) == (told.first_on, told.second_on, "ended")
    assert (second["starts_on"], second["reelection"], second["state"]) == (told.second_on, told.cases[1], "running")
    assert county.provincial.get("org", f"/terms/{second['id']}")["term_months"] == 60
    known = county.provincial.get("projection", "/terms", organisation=told.village, known_at=told.known_reported)["rows"]
    assert [(r["term_no"], r["state"]) for r in known] == [(1, "overdue")], "as known before the approval, its end had passed"


def test_the_case_and_the_unit_end_where_the_story_ends(county: County, told: Told) -> None:
    case = county.township.get("org", f"/reelections/{told.cases[1]}")
    assert (case["state"], case["organisation"]) == ("closed", told.village)
    unit = county.township.get("org", f"/units/{told.unit}")
    assert (unit["state"], unit["organisation"]) == ("organised", told.village)
    listed = county.provincial.get("projection", "/reelections", organisation=told.village)["rows"]
    assert sorted(r["state"] for r in listed) == ["closed", "closed"]


def test_the_scan_comes_back_as_it_was_uploaded(county: County, told: Told) -> None:
    document = county.county.get("org", f"/documents/{told.papers[1]}")
    file = document["files"][0]
    answer = county.county.send("GET", "org", f"/documents/{told.papers[1]}/files/{file['sha256']}")
    assert answer.content == PDF and answer.headers["content-type"] == "application/pdf" and "attachment" in answer.headers["content-disposition"]
    assert file["filename"] == "批复.pdf"


def test_nothing_was_left_for_the_work_list(county: County, told: Told) -> None:
    assert [e.data for e in county.events("cadre") if e.name == "cadre.ReactionRefused"] == []
