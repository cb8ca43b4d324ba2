"""A record merged into another (并档): as of any date she is one person with the posts of both; as known before the merge she was two."""

from typing import Any
from uuid import UUID

import pytest

from services.cadre import events as cadre
from services.org import events as org
from shared.fact import derive
from tests.api.caller import Caller
from tests.views.asking import EITHER, get, total
from tests.views.story import Story, day

pytestmark = EITHER
THEN: dict[str, Any] = {"area": "360121", "as_of": "2018-06-01"}  # when both records held a post
BEFORE = "2023-12-31"  # the last day she was known as two


@pytest.fixture
def village(story: Story, county: UUID) -> UUID:
    place = story.organisation("小蓝村妇女联合会", "village", county, "360121100200", area_kind="rural")
    seat = org.Seat(seat=derive(place, "chair"), role="chair", capacity=2)
    story.tell(place, org.SeatsDefined(seats=(seat,), effective=day("2010-01-01")))
    return place


@pytest.fixture
def records(story: Story, county: UUID, village: UUID) -> tuple[UUID, UUID, UUID]:
    """The record kept, the second one of her, and a third one that was merged into that second one."""
    kept = story.person("王芳", county, born_on="1980-01-01", degree="bachelor", in_party_branch_committee=True)
    second, third = (story.person(name, village, born_on="1981-01-01", degree="associate") for name in ("王方", "汪芳"))
    hers = story.post(kept, village, "chair")
    story.start(hers, "2018-01-01")
    for record, role in ((second, "chair"), (third, "executive_member")):
        post = story.post(record, village, role, engagement="part_time")
        story.end(story.start(post, "2017-01-01"), post, "2020-01-01")
    post = story.post(second, county, "executive_member", engagement="part_time")
    story.end(story.start(post, "2017-01-01"), post, "2020-01-01")
    story.tell(third, cadre.CadresMerged(into=second), on="2024-01-01")
    story.tell(second, cadre.CadresMerged(into=kept), on="2024-01-01")
    return kept, second, third


def test_she_is_counted_once_an_organisation_by_the_profile_of_the_record_kept(
    story: Story, statistician: Caller, records: tuple[UUID, UUID, UUID]
) -> None:
    structure = [("R10", "age_36_45"), ("R11", "bachelor_associate"), ("R12", "staffing_unknown"), ("R13", "full_time")]
    assert [total(statistician, *of, **THEN)[:2] for of in structure] == [(2, 2), (2, 2), (2, 2), (1, 2)]
    assert total(statistician, "R11", "bachelor_or_above", **THEN, bands="survey")[:2] == (2, 2)
    assert [total(statistician, *of, **THEN, known_at=BEFORE)[1] for of in structure] == [4, 4, 4, 4]
    behind = get(statistician, "/reports/R11/items", **THEN, bands="survey", measure="bachelor_or_above").json()["rows"]
    assert [(r["id"], r["person_name"], r["counted"]) for r in behind] == [(str(records[0]), "王芳", True)] * 2
    assert total(statistician, "R34", "chair_posts_filled", **THEN)[:2] == (1, 2)
    assert total(statistician, "R34", "chair_posts_filled", **THEN, known_at=BEFORE)[:2] == (2, 2)
    assert total(statistician, "R08", "chair_in_two_committees", **THEN)[:2] == (1, 1)
    assert total(statistician, "R08", "chair_in_two_committees", **THEN, known_at=BEFORE)[:2] == (1, 2)


def test_the_overview_follows_a_merge(story: Story, statistician: Caller, county: UUID, village: UUID) -> None:
    first, second = (story.person("王芳", county) for _ in range(2))
    for record, role in ((first, "executive_member"), (second, "chair")):
        post = story.post(record, village, role)
        story.end(story.start(post, "2017-01-01"), post, "2020-01-01")
    assert get(statistician, "/overview", **THEN).json()["tiles"]["holders"] == 2
    story.tell(second, cadre.CadresMerged(into=first), on="2024-01-01")
    assert get(statistician, "/overview", **THEN).json()["tiles"]["holders"] == 1


def test_the_rosters_show_one_row_with_the_posts_of_both(story: Story, statistician: Caller, records: tuple[UUID, UUID, UUID]) -> None:
    for path in ("/roster", "/reports/roster"):
        rows = get(statistician, path, **THEN).json()["rows"]
        assert [(r["person"], r["person_name"], sorted(r["roles"])) for r in rows] == [
            (str(records[0]), "王芳", ["executive_member"]), (str(records[0]), "王芳", ["chair", "chair", "executive_member"])]
        assert [len(get(statistician, path, **THEN, **more).json()["rows"]) for more in (
            {"search": "王芳"}, {"search": "王方"}, {"sort": "name"}, {"degree": "bachelor"}, {"degree": "associate"})] == [2, 0, 2, 2, 0]
        assert len(get(statistician, path, **THEN, known_at=BEFORE).json()["rows"]) == 4
    assert get(statistician, "/roster/total", **THEN).json()["total"] == 2


def test_her_page_and_the_lists_have_the_posts_and_changes_of_both(
    story: Story, statistician: Caller, auditor: Caller, officer: Caller, village: UUID, records: tuple[UUID, UUID, UUID]
) -> None:
    kept, second, _ = records
    for id in (kept, second):
        page = get(officer, f"/cadres/{id}").json()
        assert len(page["appointments"]) == 4 and {x["id"] for x in page["records"]} == {str(r) for r in records if r != id}
        assert len(get(officer, "/appointments", person=id, every=True).json()["rows"]) == 4
    assert len(get(officer, f"/cadres/{kept}", known_at=BEFORE).json()["appointments"]) == 1
    listed = get(officer, "/cadres", **THEN).json()["rows"]
    assert [r["id"] for r in listed] == [str(kept)]
    assert {r["person"] for r in get(officer, "/appointments", **THEN).json()["rows"]} == {str(kept)}
    changes = get(auditor, "/audit/appointments", person=kept).json()["rows"]
    assert len(changes) == 7 and {r["person_name"] for r in changes} == {"王芳"}
    found = get(officer, "/search", q="王芳", **THEN).json()["rows"]
    assert [(r["id"], len(r["posts"])) for r in found if r["kind"] == "people"] == [(str(kept), 4)]
    place = get(officer, f"/organisations/{village}", as_of="2018-06-01").json()
    assert place["counts"]["holders"] == 1 and [(s["filled"]) for s in place["seats"]] == [1]
    assert {c["person"] for c in place["chairs"]} == {str(kept)}
