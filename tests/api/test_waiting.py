"""What waits for a superior's decision, and the lists of terms, re-elections and vacancies narrowed by name, level and area."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.org import events as org
from shared.fact import new_id
from tests.api.caller import Caller, give
from tests.api.test_pages import found, town, waiting
from tests.views.asking import EITHER
from tests.views.story import Story, day

__all__ = ["town"]
pytestmark = EITHER


@pytest.fixture
def village(story: Story, town: UUID) -> UUID:
    return story.organisation("示范村妇女联合会", "village", town, "360121100001")


def case(story: Story, organisation: UUID, *facts: org.ReelectionRequested | org.ReelectionPermitted) -> UUID:
    id = new_id()
    planned = org.ReelectionPlanned(organisation=organisation, term=None, planned_on=day("2026-09-01"), congress_on=day("2026-12-20"))
    story.tell(id, planned, *facts)
    return id


def test_a_request_is_the_work_of_who_decides_about_it_and_not_of_who_made_it(
    app: FastAPI, story: Story, officer: Caller, county: UUID, town: UUID, village: UUID
) -> None:
    asked = org.ReelectionRequested(requested_on=day("2026-09-05"))
    hers = case(story, town, asked)
    case(story, county, asked)  # for the city to decide
    case(story, village, asked, org.ReelectionPermitted(permitted_on=day("2026-09-09")))
    for area in (None, str(county)):
        told = found(officer, "/worklist", as_of="2026-11-01", **({"area": area} if area else {}))
        section = next(s for s in told["sections"] if s["id"] == "reelections_requested")
        assert section["count"] == 1 and [row["id"] for row in section["rows"]] == [str(hers)] and section["rows"][0]["state"] == "requested"
        assert section["rows"][0]["congress_on"] == "2026-12-20"
        assert next(s for s in told["sections"] if s["id"] == "reelections_open")["count"] == 3, "with the county's own"
    give(app, "town", "officer", town)
    assert "reelections_requested" not in waiting(Caller(app, "town"), area=str(town)), "her own request waits for others"
    give(app, "recorder", "recorder", county)
    assert "reelections_requested" not in waiting(Caller(app, "recorder"), area=str(county)), "a recorder does not decide"


def test_a_reported_result_is_the_work_of_who_approves_it(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    id = case(story, town, org.ReelectionRequested(requested_on=day("2026-09-05")), org.ReelectionPermitted(permitted_on=day("2026-09-09")))
    story.tell(id, org.CongressHeld(form="congress", held_on=day("2026-10-01"), entitled=9, present=9, issued=9, returned=9, valid=9))
    assert "reelections_reported" not in waiting(officer, area=str(county))
    story.tell(id, org.ElectionResultReported(candidates=(), reported_on=day("2026-10-02")))
    assert waiting(officer, area=str(county))["reelections_reported"] == 1

    def row() -> dict[str, Any]:
        return next(r for r in found(officer, "/reelections", as_of="2026-11-01", area=str(town))["rows"] if r["id"] == str(id))

    story.tell(id, org.ElectionResultReturned(returned_on=day("2026-10-05"), why="得票有误"))
    assert "reelections_reported" not in waiting(officer, area=str(county)) and (row()["state"], row()["why"]) == ("held", "得票有误")
    story.tell(id, org.CongressHeld(form="congress", held_on=day("2026-10-01"), entitled=9, present=8, issued=8, returned=8, valid=8))
    assert (row()["state"], row()["present"], row()["why"]) == ("held", 8, None)
    story.tell(id, org.ElectionResultReported(candidates=(), reported_on=day("2026-10-06")))
    assert waiting(officer, area=str(county))["reelections_reported"] == 1 and row()["reported_on"] == "2026-10-06"


@pytest.mark.parametrize("answer", [org.TermExtended(new_ends_on=day("2027-06-01")), org.TermExtensionRefused(why="应按期换届")])
def test_an_extension_that_was_asked_for_is_the_work_of_who_permits_it_until_it_is_decided(
    app: FastAPI, story: Story, officer: Caller, county: UUID, town: UUID, village: UUID, answer: org.TermExtended | org.TermExtensionRefused
) -> None:
    terms = [story.term(organisation, "2022-01-01", 60, "2027-01-01") for organisation in (county, town, village)]
    for term in terms[:2]:  # the county's own is for the city to decide
        story.tell(term, org.TermExtensionRequested(new_ends_on=day("2027-06-01"), why="与两委换届同步"))
    section = next(s for s in found(officer, "/worklist", as_of="2026-11-01", area=str(county))["sections"] if s["id"] == "terms_extension")
    row, = section["rows"]
    assert (section["count"], row["organisation"], row["extension_asked"], section["list"]) == (1, str(town), "2027-06-01", "/terms?state=asked")
    listed = found(officer, "/terms", as_of="2026-11-01", state="asked", area=str(county))
    assert listed["total"] == 2 and {r["state"] for r in listed["rows"]} == {"due"}
    give(app, "town", "officer", town)
    assert "terms_extension" not in waiting(Caller(app, "town"), area=str(town)), "her own request waits for others"
    story.tell(terms[1], answer)
    assert "terms_extension" not in waiting(officer, area=str(county))
    row, = found(officer, "/terms", as_of="2026-11-01", area=str(town), level="township")["rows"]
    refused = isinstance(answer, org.TermExtensionRefused)
    assert (row["extension_asked"], row["due_on"]) == (None, "2027-01-01" if refused else "2027-06-01")


def test_a_reelection_whose_term_is_over_without_its_result_is_to_be_cancelled(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    former, running = (story.term(place, "2022-01-01", 60, "2027-01-01") for place in (town, county))
    never = new_id()
    planned = [org.ReelectionPlanned(organisation=town, term=term, planned_on=day("2026-09-01")) for term in (former, running, never, None)]
    cases = [new_id() for _ in planned]
    for id, fact in zip(cases, planned, strict=True):
        story.tell(id, fact)
    story.tell(former, org.TermEnded(ended_on=day("2026-10-01"), roster=new_id()))
    section = next(s for s in found(officer, "/worklist", as_of="2026-11-01")["sections"] if s["id"] == "reelections_moot")
    assert {row["id"] for row in section["rows"]} == {str(cases[0]), str(cases[2])} and section["count"] == 2
    assert {row["id"] for row in found(officer, "/reelections", as_of="2026-11-01", state="moot")["rows"]} == {str(cases[0]), str(cases[2])}
    for id in (cases[0], cases[2]):
        story.tell(id, org.ReelectionCancelled(cancelled_on=day("2026-10-05"), why="已按花名册换届"))
    assert "reelections_moot" not in waiting(officer)


def test_what_waits_is_found_by_name_level_and_area_and_counted(story: Story, officer: Caller, county: UUID, town: UUID, village: UUID) -> None:
    for organisation in (county, town, village):
        story.vacancy(organisation, "2026-05-01")
        story.term(organisation, "2021-01-01", 60, "2026-01-01")

    def names(path: str, **asked: Any) -> list[str]:
        told = found(officer, path, as_of="2026-11-01", **asked)
        assert told["total"] == len(told["rows"])
        return [row["organisation_name"] for row in told["rows"]]

    for path in ("/vacancies", "/terms"):
        assert len(names(path)) == 3
        assert names(path, search="sfc") == ["示范村妇女联合会"] == names(path, level="village") == names(path, area=str(village))
        assert names(path, search="示范村", level="township") == [] and len(names(path, area=str(town))) == 2
        row = found(officer, path, as_of="2026-11-01", level="village")["rows"][0]
        assert (row["township"], row["township_name"]) == (str(town), "莲塘镇妇女联合会")
    part = found(officer, "/vacancies", as_of="2026-11-01", limit=1)
    assert part["total"] == 3 and len(part["rows"]) == 1 and part["cursor"]
