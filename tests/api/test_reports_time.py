"""Both times: who held a post on a date, as known on another; and the rules of the indicators that depend on them."""

from typing import Any
from uuid import UUID

from services.cadre import events as cadre
from services.org import events as org
from shared.fact import derive, new_id
from tests.api.caller import Caller
from tests.views.asking import EITHER, get, report, total
from tests.views.story import Story, day

pytestmark = EITHER


def chair(caller: Caller, as_of: str, known_at: str | None = None) -> list[str]:
    """Who chaired the county on a date, as known on another."""
    more = {"known_at": known_at} if known_at else {}
    found = get(caller, "/reports/roster", area="360121", as_of=as_of, role="chair", **more).json()["rows"]
    return [r["person_name"] for r in found]


def test_who_chaired_it_is_right_for_every_kind_of_change_on_both_axes(story: Story, statistician: Caller, county: UUID) -> None:
    wang, li, zhao = (story.person(n, county) for n in ("王芳", "李梅", "赵敏"))
    first = story.post(wang, county)
    a = story.start(first, "2020-01-01")
    story.end(a, first, "2024-06-01", on="2024-03-01")  # ends in the future
    second = story.post(li, county)
    b = story.start(second, "2024-06-01", on="2024-03-02")  # future-dated
    assert chair(statistician, "2024-05-31") == ["王芳"] and chair(statistician, "2024-06-01") == ["李梅"]
    assert chair(statistician, "2024-07-01", "2024-02-28") == ["王芳"]
    assert chair(statistician, "2024-07-01", "2024-03-03") == ["李梅"]
    ended = story.end(b, second, "2025-01-01", on="2025-04-01")  # back-dated end, and a back-dated start
    story.start(story.post(zhao, county), "2025-01-01", on="2025-04-01", back_dated=True)
    assert chair(statistician, "2025-02-01") == ["赵敏"] and chair(statistician, "2025-02-01", "2025-03-31") == ["李梅"]
    wrong = story.tell(b, cadre.AppointmentCorrected(corrects=ended.id, effective=day("2025-03-01")), on="2025-06-01")  # a correction
    assert chair(statistician, "2025-02-01") == ["李梅", "赵敏"]
    story.tell(b, cadre.AppointmentCorrected(corrects=wrong.id, effective=day("2025-01-15")), on="2025-07-01")  # and its correction
    assert chair(statistician, "2025-02-01") == ["赵敏"] and chair(statistician, "2025-01-10") == ["李梅", "赵敏"]
    assert chair(statistician, "2025-02-01", "2025-06-15") == ["李梅", "赵敏"] and chair(statistician, "2025-02-01", "2025-05-01") == ["赵敏"]


def test_the_positions_an_answer_names_repeat_it(story: Story, statistician: Caller, county: UUID) -> None:
    post = story.post(story.person("王芳", county), county)
    appointment = story.start(post, "2020-01-01")
    before = report(statistician, "R13", area="360121", as_of="2024-01-01")
    assert before["positions"] == "36/cadre:2,36/org:6"
    story.end(appointment, post, "2023-01-01", on="2024-02-01")
    again = report(statistician, "R13", area="360121", as_of="2024-01-01", known_at=before["positions"])
    assert again["rows"] == before["rows"] and again["positions"] == before["positions"]
    now = report(statistician, "R13", area="360121", as_of="2024-01-01")
    assert now["rows"] != before["rows"] and now["positions"] == "36/cadre:3,36/org:6"
    assert report(statistician, "R13", area="360121", as_of="2024-01-01", known_at="2024-01-31")["positions"] == before["positions"]


def test_a_person_counts_once_per_organisation(story: Story, statistician: Caller, county: UUID) -> None:
    person = story.person("王芳", county, born_on="1980-01-01")
    for role in ("executive_member", "standing_member", "vice_chair"):
        story.start(story.post(person, county, role, engagement="part_time"), "2020-01-01")
    assert total(statistician, "R10", "age_36_45", area="360121", as_of="2021-01-01") == (1, 1, 100.0)
    assert total(statistician, "R13", "multi_post_rate", area="360121", as_of="2021-01-01") == (0, 1, 0.0)
    for i in range(3):
        town = story.organisation(f"{i}镇妇女联合会", "township", county)
        story.start(story.post(person, town, "executive_member", engagement="part_time"), "2020-01-01")
    assert total(statistician, "R13", "multi_post_rate", area="360121", as_of="2021-01-01") == (4, 4, 100.0)
    roster = get(statistician, "/reports/roster", area="360121", as_of="2021-01-01").json()["rows"]
    assert len(roster) == 4 and roster[0]["roles"] == ["vice_chair", "standing_member", "executive_member"]


def test_an_extension_stops_the_alarm_but_not_the_rate(story: Story, statistician: Caller, county: UUID) -> None:
    term = story.term(county, "2018-01-01", 60, "2023-01-01")
    story.tell(
        term,
        org.TermExtensionRequested(new_ends_on=day("2023-09-01"), why="并入村两委换届"),
        org.TermExtended(new_ends_on=day("2023-09-01")),
        on="2022-12-01",
    )
    overdue = {"area": "360121", "as_of": "2023-03-01", "state": "overdue"}
    assert get(statistician, "/terms", **overdue).json()["rows"] == []
    assert total(statistician, "R02", "on_time_reelection_rate", area="360121", as_of="2023-03-01", period="2023") == (0, 1, 0.0)
    story.reelect(county, term, "2023-08-01", "2023-08-10", 60)
    assert total(statistician, "R02", "on_time_reelection_rate", area="360121", as_of="2023-12-31", period="2023") == (0, 1, 0.0)
    assert total(statistician, "R02", "reelected_after_extension", area="360121", as_of="2023-12-31", period="2023") == (1, 1, 100.0)
    assert [t["state"] for t in get(statistician, "/terms", area="360121", as_of="2023-03-01", known_at="2022-11-30").json()["rows"]] == ["overdue"]


def test_a_term_that_a_roster_renewed_counts_by_the_day_of_its_congress_and_not_at_all_once_taken_back(
    story: Story, statistician: Caller, county: UUID
) -> None:
    asked: Any = {"area": "360121", "as_of": "2024-12-31", "period": "2023"}
    on_the_day, late = story.term(county, "2018-01-01", 60, "2023-01-01"), story.term(county, "2018-06-01", 60, "2023-06-01", 2)
    story.tell(on_the_day, org.TermEnded(ended_on=day("2023-01-01"), roster=(roster := new_id())))
    story.tell(late, org.TermEnded(ended_on=day("2023-06-20"), roster=roster))
    new = story.term(county, "2023-06-20", 60, "2028-06-20", 3)
    assert total(statistician, "R02", "on_time_reelection_rate", **asked) == (1, 2, 50.0)
    behind = {r["ends_on"]: (r["held_on"], r["counted"]) for r in get(statistician, "/reports/R02/items", **asked).json()["rows"]}
    assert behind == {"2023-01-01": ("2023-01-01", True), "2023-06-01": ("2023-06-20", False)}
    story.tell(new, org.TermVoided(roster=roster))
    story.tell(late, org.TermResumed(roster=roster))
    story.tell(on_the_day, org.TermResumed(roster=roster))
    assert total(statistician, "R02", "on_time_reelection_rate", **asked) == (0, 2, 0.0)
    rows = get(statistician, "/terms", area="360121", as_of="2024-12-31").json()["rows"]
    assert sorted((r["term_no"], r["ended_on"]) for r in rows) == [(1, None), (2, None)]


def on_time(caller: Caller, ends: int, as_of: str = "2024-12-31") -> tuple[float, float]:
    """R02 of the terms whose original end fell into a year."""
    return total(caller, "R02", "on_time_reelection_rate", area="360121", as_of=as_of, period=str(ends))[:2]


def test_a_term_ended_by_hand_is_renewed_on_the_day_the_next_one_begins(story: Story, statistician: Caller, county: UUID) -> None:
    """ADR 14's own path: the paper ends it on the day of the congress, then the roster brings the next team."""

    def held() -> dict[int, tuple[str | None, bool]]:
        rows = get(statistician, "/reports/R02/items", area="360121", as_of="2024-12-31", period="2023").json()["rows"]
        return {r["term_no"]: (r["held_on"], r["counted"]) for r in rows}

    first = story.term(county, "2018-01-01", 60, "2023-01-01")
    story.tell(first, org.TermEnded(ended_on=day("2022-11-20")))
    assert on_time(statistician, 2023) == (0, 1)  # ended, and nobody was elected
    second = story.term(county, "2022-11-20", 12, "2023-11-20", 2)
    assert on_time(statistician, 2023) == (1, 2)
    assert total(statistician, "R02u", "on_time_reelection_rate", area="360121", as_of="2024-12-31", period="2023")[:2] == (0, 1)
    story.tell(second, org.TermEnded(ended_on=day("2023-11-01")))
    late = story.term(county, "2023-12-05", 60, "2028-12-05", 3)
    assert on_time(statistician, 2023) == (1, 2)
    assert held() == {1: ("2022-11-20", True), 2: ("2023-12-05", False)}
    story.tell(late, org.TermVoided(roster=new_id()))
    assert held() == {1: ("2022-11-20", True), 2: (None, False)}


def test_a_roster_or_a_hand_within_the_extension_renews_after_it(story: Story, statistician: Caller, county: UUID) -> None:
    asked: Any = {"area": "360121", "period": "2023"}
    for n, roster in enumerate((None, new_id())):
        place = story.organisation(f"{n}镇妇女联合会", "township", county)
        term = story.term(place, "2018-01-01", 60, "2023-01-01")
        story.tell(term, org.TermExtensionRequested(new_ends_on=day("2023-09-01"), why="并入村两委换届"))
        story.tell(term, org.TermExtended(new_ends_on=day("2023-09-01")), org.TermEnded(ended_on=day("2023-08-01"), roster=roster))
        story.term(place, "2023-08-01", 60, "2028-08-01", 2)
    assert total(statistician, "R02", "reelected_after_extension", **asked, as_of="2023-12-31")[:2] == (2, 2)
    assert total(statistician, "R02", "on_time_reelection_rate", **asked, as_of="2023-12-31")[:2] == (0, 2)
    assert total(statistician, "R02", "reelected_after_extension", **asked, as_of="2023-07-31")[:2] == (0, 2)


def test_a_term_that_went_with_its_organisation_was_never_due_and_one_of_the_first_load_is_judged_by_the_books(
    story: Story, statistician: Caller, county: UUID
) -> None:
    gone = story.organisation("三里乡妇女联合会", "township", county)
    story.tell(story.term(gone, "2018-01-01", 60, "2023-01-01", opening=True), org.TermEnded(ended_on=day("2022-06-01")))
    story.tell(gone, org.OrganisationsMerged(into=county, effective=day("2022-06-01")))
    story.tell(story.term(county, "2018-01-01", 60, "2023-01-01", opening=True), org.TermEnded(ended_on=day("2022-12-01")))
    assert on_time(statistician, 2023) == (0, 1)
    story.term(county, "2023-02-01", 60, "2028-02-01", 2, opening=True)  # the books know no day between
    assert on_time(statistician, 2023) == (1, 1)


def test_a_renewal_without_a_case_is_a_result_to_be_filed(story: Story, statistician: Caller, county: UUID) -> None:
    asked: Any = {"area": "360121", "period": "2023", "as_of": "2024-12-31"}
    first = story.term(county, "2018-01-01", 60, "2023-01-01")
    story.reelect(county, first, "2022-12-20", "2023-01-10", 10, filed="2023-02-01")
    for n, roster in enumerate((None, new_id())):
        place = story.organisation(f"{n}镇妇女联合会", "township", county)
        story.tell(story.term(place, "2018-01-01", 60, "2023-01-01"), org.TermEnded(ended_on=day("2023-01-01"), roster=roster))
        term = story.term(place, "2023-01-01", 60, "2028-01-01", 2)
    story.term(story.organisation("新镇妇女联合会", "township", county), "2023-03-01", 60, "2028-03-01")  # its first one renews nothing
    assert total(statistician, "R05", "filing_rate", **asked)[:2] == (1, 3)
    story.tell(term, org.TermFiled(filed_with="superior_federation", filed_on=day("2023-04-01")))
    story.tell(term, org.TermFiled(filed_with="party_org_department", filed_on=day("2023-05-01")))
    assert total(statistician, "R05", "filing_rate", **asked)[:2] == (2, 3)
    assert total(statistician, "R05", "filing_rate", **{**asked, "as_of": "2023-03-31"})[:2] == (1, 3)
    behind = get(statistician, "/reports/R05/items", **asked).json()["rows"]
    assert sorted((r["held_on"], r["approved_on"], r["filed_on"], r["counted"]) for r in behind if r["id"] == str(term)) == [
        ("2023-01-01", None, "2023-04-01", True)]


def test_a_vacancy_counts_when_its_ninety_days_have_run(story: Story, statistician: Caller, county: UUID) -> None:
    story.vacancy(county, "2024-01-01", "2024-03-31")  # the 90th day
    story.vacancy(county, "2024-01-02", "2024-04-02")  # the 91st
    story.vacancy(county, "2024-06-01")
    asked = {"area": "360121", "period": "2024"}
    assert total(statistician, "R03", "timely_vacancy_fill_rate", **asked, as_of="2024-08-29") == (1, 2, 50.0)
    assert total(statistician, "R03", "timely_vacancy_fill_rate", **asked, as_of="2024-08-30") == (1, 3, 33.3)
    states = [
        get(statistician, "/vacancies", area="360121", as_of=d, state="open").json()["rows"][0]["state"]
        for d in ("2024-08-30", "2024-08-31", "2024-12-01")
    ]
    assert states == ["open", "overdue", "long"]
    assert total(statistician, "R06", "long_vacancies", **asked, as_of="2024-12-01")[0] == 1


def test_the_tree_then_and_the_tree_now_place_a_moved_town_differently(story: Story, statistician: Caller, county: UUID) -> None:
    other = story.organisation("进贤县妇女联合会", "county", next(e.stream for e in story.logs["org"]), "360124000000")
    town = story.organisation("三里乡妇女联合会", "township", county)
    story.unit("三里乡", town, "2010-01-01", "area", "township")
    story.tell(town, org.OrganisationMoved(parent=other, effective=day("2020-01-01")), on="2020-01-05")
    asked = {"as_of": "2019-06-01"}
    assert total(statistician, "R01", "establishment_rate", area="360121", **asked)[1] == 1
    assert [t for t in report(statistician, "R01", area="360121", tree="now", **asked)["total"] if t["denominator"]] == []
    assert total(statistician, "R01", "establishment_rate", area="360124", tree="now", **asked)[1] == 1
    names = [r["name"] for r in get(statistician, "/organisations/tree", area="360124", as_of="2021-01-01").json()["rows"][0]["children"]]
    assert names == ["三里乡妇女联合会"]


def test_chairs_in_office_and_in_the_two_committees_are_counted(story: Story, statistician: Caller, county: UUID) -> None:
    village = story.organisation("小蓝村妇女联合会", "village", county, "360121100200", area_kind="rural")
    community = story.organisation("莲塘社区妇女联合会", "village", county, "360121100001", area_kind="urban")
    for place, inside in ((village, True), (community, False)):
        seat = derive(place, "chair")
        story.tell(place, org.SeatsDefined(seats=(org.Seat(seat=seat, role="chair", capacity=1),), effective=day("2010-01-01")))
        person = story.person("王芳", place, in_party_branch_committee=inside)
        if inside:
            story.start(story.post(person, place, "chair", seat), "2020-01-01")
    asked = {"area": "360121", "as_of": "2021-01-01"}
    assert total(statistician, "R34", "chair_posts_filled", **asked) == (1, 2, 50.0)
    assert total(statistician, "R08", "chair_in_two_committees", **asked) == (1, 1, 100.0)
    assert [s["holders"] for s in get(statistician, "/seats", **asked, state="vacant").json()["rows"]] == [0]


def test_the_age_bands_follow_full_years(story: Story, statistician: Caller, county: UUID) -> None:
    for i, born in enumerate(("1985-06-02", "1985-06-01", "1975-06-01", "1965-06-01")):
        story.start(story.post(story.person(f"人{i}", county, born_on=born), county, "executive_member"), "2010-01-01")
    asked = {"area": "360121", "as_of": "2021-06-01"}
    bands = ("age_le_35", "age_36_45", "age_46_55", "age_ge_56")
    assert [total(statistician, "R10", b, **asked)[0] for b in bands] == [1, 1, 1, 1]
    mean = next(r for r in report(statistician, "R10", **asked)["rows"] if r["measure"] == "mean_age")
    assert mean["value"] == 43.5
    behind = get(statistician, "/reports/R10/items", **asked, measure="age_le_35").json()["rows"]
    assert [r["person_name"] for r in behind if r["counted"]] == ["人0"]
