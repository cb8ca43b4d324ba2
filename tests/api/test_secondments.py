"""Secondments (挂职) in the reports: listed by both of their ends, on the page of the person and of each of the two organisations."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.cadre import events as cadre
from shared.fact import new_id
from tests.api.caller import Caller, give
from tests.views.asking import EITHER, get
from tests.views.story import Story, day

pytestmark = EITHER
DURING = "2024-06-01"


def seconded(story: Story, person: UUID, home: UUID, host: UUID, starts: str = "2024-01-01", until: str = "2025-01-01") -> UUID:
    id = new_id()
    story.tell(id, cadre.SecondmentStarted(person=person, from_organisation=home, to_organisation=host, duty="挂职副主席", starts_on=day(starts),
                                           until=day(until)), on=starts)  # fmt: skip
    return id


def listed(caller: Caller, **asked: Any) -> list[str]:
    answer = get(caller, "/secondments", **asked)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["rows"]]


@pytest.fixture
def town(story: Story, county: UUID) -> UUID:
    return story.organisation("莲塘镇妇女联合会", "township", county, "360121100000")


@pytest.fixture
def elsewhere(story: Story, province: UUID) -> UUID:
    return story.organisation("安义县妇女联合会", "county", province, "360123000000")


@pytest.fixture
def she(story: Story, town: UUID) -> UUID:
    return story.person("王芳", town)


@pytest.fixture
def hers(story: Story, she: UUID, town: UUID, elsewhere: UUID) -> UUID:
    return seconded(story, she, town, elsewhere)


def test_a_secondment_is_listed_with_who_from_where_to_where_and_for_what(
    officer: Caller, she: UUID, hers: UUID, town: UUID, elsewhere: UUID
) -> None:
    row = get(officer, "/secondments", as_of=DURING).json()["rows"][0]
    assert row == {
        "id": str(hers), "person": str(she), "person_name": "王芳", "from_organisation": str(town), "from_organisation_name": "莲塘镇妇女联合会",
        "to_organisation": str(elsewhere), "to_organisation_name": "安义县妇女联合会", "duty": "挂职副主席", "starts_on": "2024-01-01",
        "until": "2025-01-01", "ended_on": None, "over_on": "2025-01-01", "state": "running"}  # fmt: skip


def test_it_is_found_by_its_person_by_either_organisation_and_by_the_area_of_either(
    app: FastAPI, statistician: Caller, officer: Caller, story: Story, she: UUID, hers: UUID, county: UUID, town: UUID, elsewhere: UUID
) -> None:
    for name, place in (("of_all", None), ("host", elsewhere)):
        give(app, name, "officer", place)
    whole, host = Caller(app, "of_all"), Caller(app, "host")
    other = seconded(story, story.person("李梅", elsewhere), elsewhere, county, "2024-02-01")
    then = {"as_of": DURING}
    assert set(listed(whole, **then)) == {str(hers), str(other)}
    assert listed(whole, person=she, **then) == [str(hers)]
    assert listed(whole, organisation=town, **then) == [str(hers)]
    assert set(listed(whole, organisation=elsewhere, **then)) == {str(hers), str(other)}
    assert listed(whole, area=town, **then) == [str(hers)] and set(listed(whole, area="360123", **then)) == {str(hers), str(other)}
    assert set(listed(host, **then)) == {str(hers), str(other)}, "who takes her in sees it as well as who sends her"


def test_who_may_not_read_people_there_sees_none_of_it(app: FastAPI, story: Story, province: UUID, hers: UUID, town: UUID) -> None:
    third = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    give(app, "third", "officer", third)
    give(app, "operator", "operator", third)
    assert listed(Caller(app, "third"), as_of=DURING) == []
    assert get(Caller(app, "third"), "/secondments", area=town).status_code == 403
    assert get(Caller(app, "operator"), "/secondments").status_code == 403


def test_it_holds_from_its_start_to_the_day_it_is_over_and_every_date_is_there_when_asked(
    officer: Caller, story: Story, hers: UUID
) -> None:
    days = ("2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01")
    assert [len(listed(officer, as_of=d)) for d in days] == [0, 1, 1, 0]
    states = [get(officer, "/secondments", as_of=d, every=True).json()["rows"][0]["state"] for d in days]
    assert states == ["ahead", "running", "running", "ended"]
    story.tell(hers, cadre.SecondmentExtended(until=day("2025-07-01")), on="2024-12-01")
    assert listed(officer, as_of="2025-03-01") == [str(hers)]
    assert listed(officer, as_of="2025-03-01", known_at="2024-11-30") == []


def test_an_end_takes_it_out_and_its_withdrawal_puts_it_back(officer: Caller, story: Story, hers: UUID) -> None:
    story.tell(hers, cadre.SecondmentEnded(ended_on=day("2024-05-01")), on="2024-05-02")
    assert listed(officer, as_of=DURING) == [] and listed(officer, as_of="2024-04-30") == [str(hers)]
    story.tell(hers, cadre.SecondmentEndWithdrawn(), on="2024-08-01")
    row = get(officer, "/secondments", as_of=DURING).json()["rows"][0]
    assert (row["ended_on"], row["over_on"]) == (None, "2025-01-01")
    assert listed(officer, as_of=DURING, known_at="2024-07-31") == [], "as known before the withdrawal it was over"


def test_one_that_ended_on_the_day_it_was_to_begin_held_on_no_day(officer: Caller, story: Story, hers: UUID) -> None:
    assert listed(officer, every=True) == [str(hers)]
    story.tell(hers, cadre.SecondmentEnded(ended_on=day("2024-01-01")), on="2024-01-02")
    assert listed(officer, as_of="2024-01-01") == [] and listed(officer, every=True) == []


def test_a_page_of_them_leads_to_the_next(officer: Caller, story: Story, she: UUID, town: UUID, elsewhere: UUID) -> None:
    some = [seconded(story, she, town, elsewhere, f"2024-0{n}-01") for n in (1, 2, 3)]
    first = get(officer, "/secondments", limit=2, as_of=DURING).json()
    rest = get(officer, "/secondments", limit=2, cursor=first["cursor"]).json()
    assert [r["id"] for r in first["rows"] + rest["rows"]] == [str(id) for id in reversed(some)]
    assert first["total"] == 3 and rest["cursor"] is None


def test_as_a_file_they_have_words(officer: Caller, hers: UUID) -> None:
    lines = get(officer, "/secondments", format="csv", as_of=DURING).text
    assert "派出组织" in lines and "莲塘镇妇女联合会" in lines and "挂职中" in lines


def test_one_of_a_merged_record_is_hers_by_the_record_kept(officer: Caller, story: Story, she: UUID, hers: UUID, county: UUID) -> None:
    kept = story.person("王芳芳", county)
    story.tell(she, cadre.CadresMerged(into=kept), on="2024-03-01")
    for record in (she, kept):
        row = get(officer, "/secondments", person=record, as_of=DURING).json()["rows"][0]
        assert (row["id"], row["person"], row["person_name"]) == (str(hers), str(kept), "王芳芳")
    assert [s["id"] for s in get(officer, f"/cadres/{kept}").json()["secondments"]] == [str(hers)]
    assert listed(officer, person=kept, as_of=DURING, known_at="2024-02-28") == []


def test_her_page_has_all_of_hers_and_each_organisation_those_it_sends_and_takes_in(
    app: FastAPI, officer: Caller, story: Story, she: UUID, hers: UUID, county: UUID, town: UUID, elsewhere: UUID
) -> None:
    back = seconded(story, story.person("李梅", elsewhere), elsewhere, town, "2024-02-01")
    ahead = seconded(story, she, town, county, "2025-06-01", "2026-01-01")
    page = get(officer, f"/cadres/{she}", as_of=DURING).json()["secondments"]
    assert [(s["id"], s["state"]) for s in page] == [(str(ahead), "ahead"), (str(hers), "running")]
    assert page[1]["to_organisation_name"] == "安义县妇女联合会"
    there = get(officer, f"/organisations/{town}", as_of=DURING).json()["secondments"]
    assert [(s["id"], s["person_name"]) for s in there] == [(str(ahead), "王芳"), (str(back), "李梅"), (str(hers), "王芳")]
    give(app, "host", "officer", elsewhere)
    taken_in, own = ({s["id"]: s["opens"] for s in get(Caller(app, "host"), f"/organisations/{elsewhere}").json()["secondments"]}[str(x)]
                     for x in (hers, back))  # fmt: skip
    assert (taken_in, own) == (False, True), "who takes her in cannot open the page of who is another area's"


def test_who_may_not_see_people_sees_no_secondment_on_the_page_of_the_organisation(app: FastAPI, hers: UUID, town: UUID) -> None:
    give(app, "operator", "operator", town)
    answer = get(Caller(app, "operator"), f"/organisations/{town}")
    assert answer.status_code == 200 and answer.json()["secondments"] is None
