"""Organisations from proposal to seats, in sentences."""
from datetime import date
from typing import Any

from services.org.domain import organisation, seat
from services.org.domain.organisation import Proposal
from services.org.domain.rule import Row, Rule
from services.org.events import (
    DivisionAssigned,
    DivisionReleased,
    EligibleUnitListed,
    EligibleUnitQualified,
    OrganisationDetailsChanged,
    OrganisationDissolved,
    OrganisationEstablished,
    OrganisationMoved,
    OrganisationProposalWithdrawn,
    OrganisationSplitOff,
    OrganisationUnitAdded,
    OrganisationUnitReleased,
    SeatAbolished,
    SeatsDefined,
)
from tests.domain.org.world import (
    CHAIR,
    COUNTY,
    EXEC,
    MON,
    NO_RULES,
    OTHER,
    PAPER,
    TODAY,
    TOWNSHIP,
    TUE,
    VICE,
    VILLAGE_SEATS,
    established,
    given,
    proposed,
    refused,
    township,
    village,
)
from tests.domain.org.world import seat as seat_

DAY = date(2020, 1, 1)
UNIT = (EligibleUnitListed(unit_name="莲西村", level="village", field="area", area=TOWNSHIP, listed_on=DAY), EligibleUnitQualified(qualified_on=DAY))


def propose(parent: Any = "township", was: Any = None, units: Any = None, source: Any = None, **more: Any) -> Any:
    p: dict[str, Any] = {"full_name": "莲塘镇莲西村妇女联合会", "short_name": "村妇联", "org_type": "federation", "level": "village",
                         "parent": TOWNSHIP, "proposed_on": DAY, "units": tuple(units or ())}
    return organisation.propose(was, Proposal(**(p | more)), township() if parent == "township" else parent, units or {}, MON, TODAY, source)


def test_an_organisation_is_proposed_under_its_parent_with_who_proposed_it():
    assert propose() == proposed()


def test_an_organisation_is_not_proposed_twice():
    with refused("organisation_exists"):
        propose(was=village())


def test_a_proposal_needs_both_names():
    for name in ("full_name", "short_name"):
        with refused("words_missing", name):
            propose(**{name: ""})


def test_only_the_provinces_federation_has_no_parent():
    def alone(level: Any) -> Any:
        return organisation.propose(None, Proposal("省妇女联合会", "省妇联", "federation", level, None, DAY), None, {}, MON, TODAY)
    assert alone("province").parent is None
    with refused("parent_required", "parent"):
        alone("county")


def test_an_unknown_or_withdrawn_parent_is_refused():
    for parent in (None, given(proposed("township"), OrganisationProposalWithdrawn(withdrawn_on=DAY, why="误填"))):
        with refused("parent_unknown"):
            propose(parent)


def test_a_parent_must_be_active_on_the_day():
    for parent in (given(proposed("township")), given(proposed("township"), established(date(2021, 1, 1))),
                   township(OrganisationDissolved(effective=date(2019, 6, 1), why="撤销"))):
        with refused("parent_not_active"):
            propose(parent)


def test_a_parent_stands_above_by_level_or_kind_so_the_tree_has_no_cycle():
    with refused("parent_not_above"):
        propose(village(), proposed_on=date(2021, 1, 1))
    assert propose(level="township", org_type="organ_committee").parent == TOWNSHIP


def test_levels_may_be_skipped():
    county = given(proposed("county", parent=OTHER), established(date(2019, 1, 1)))
    assert propose(county).level == "village"


def test_a_proposal_covers_free_units_only():
    assert propose(units={OTHER: given(*UNIT)}).units == (OTHER,)
    with refused("unit_unknown"):
        propose(units={OTHER: None})


def test_a_standalone_organisation_covers_one_unit():
    units = {COUNTY: given(*UNIT), OTHER: given(*UNIT)}
    with refused("joint_formation", "formation_mode"):
        propose(units=units)
    assert propose(units=units, formation_mode="joint").units == (COUNTY, OTHER)


def test_a_split_comes_out_of_an_active_organisation_and_its_establishment_records_it():
    split = propose(out_of=OTHER, source=village(), proposed_on=date(2021, 1, 1))
    facts = organisation.establish(given(split), date(2021, 2, 1), TUE, PAPER, TODAY)
    assert facts == [OrganisationEstablished(established_on=date(2021, 2, 1)), OrganisationSplitOff(out_of=OTHER, effective=date(2021, 2, 1))]
    with refused("split_source_gone"):
        propose(out_of=OTHER)


def test_establishment_needs_the_paper_and_a_second_person():
    was = given(proposed())
    assert organisation.establish(was, date(2020, 6, 1), TUE, PAPER, TODAY) == [established()]
    with refused("paper_required", "documents"):
        organisation.establish(was, date(2020, 6, 1), TUE, ("letter",), TODAY)
    with refused("same_person"):
        organisation.establish(was, date(2020, 6, 1), MON, PAPER, TODAY)
    with refused("same_person"):
        organisation.establish(was, date(2020, 6, 1), ("iss|deputy", *MON), PAPER, TODAY)


def test_establishment_is_neither_before_the_proposal_nor_ahead():
    with refused("before_previous_step", "established_on"):
        organisation.establish(given(proposed()), date(2019, 6, 1), TUE, PAPER, TODAY)
    with refused("in_future", "established_on"):
        organisation.establish(given(proposed()), date(2027, 6, 1), TUE, PAPER, TODAY)


def test_the_opening_mode_needs_neither_paper_nor_second_person():
    [fact, *_] = organisation.establish(given(proposed()), date(2019, 6, 1), MON, (), TODAY, opening=True)
    assert isinstance(fact, OrganisationEstablished) and fact.opening


def test_only_a_proposal_is_established_or_withdrawn():
    for command in (lambda: organisation.establish(village(), DAY, TUE, PAPER, TODAY), lambda: organisation.withdraw(village(), DAY, "误填", TODAY)):
        with refused("not_proposed"):
            command()
    assert organisation.withdraw(given(proposed()), DAY, "误填", TODAY) == OrganisationProposalWithdrawn(withdrawn_on=DAY, why="误填")


def test_an_unknown_organisation_is_refused():
    with refused("organisation_unknown"):
        organisation.establish(None, DAY, TUE, PAPER, TODAY)


def test_details_change_from_a_day_on():
    change = organisation.change(village(), date(2022, 1, 1), full_name="新名妇女联合会")
    assert change == [OrganisationDetailsChanged(effective=date(2022, 1, 1), full_name="新名妇女联合会")]
    assert organisation.change(village(), date(2022, 1, 1), short_name="村妇联") == []


def test_nothing_changes_before_the_establishment_or_while_it_is_only_proposed_or_after_the_end():
    with refused("before_establishment", "effective"):
        organisation.change(village(), date(2020, 1, 1), short_name="x")
    with refused("not_established"):
        organisation.change(given(proposed()), DAY, short_name="x")
    with refused("organisation_ended"):
        organisation.change(village(OrganisationDissolved(effective=date(2022, 1, 1), why="撤销")), date(2023, 1, 1), short_name="x")


def test_a_move_leaves_the_division_code_behind():
    was = village(DivisionAssigned(code="360121100201", division_name="莲西村", effective=date(2020, 6, 1)))
    assert organisation.move(was, OTHER, township(), date(2023, 1, 1)) == [
        OrganisationMoved(parent=OTHER, effective=date(2023, 1, 1)), DivisionReleased(code="360121100201", effective=date(2023, 1, 1))]


def test_a_move_to_the_same_parent_under_itself_or_before_an_earlier_move_is_refused():
    with refused("same_parent"):
        organisation.move(village(), TOWNSHIP, township(), date(2023, 1, 1))
    with refused("parent_not_above"):
        organisation.move(township(), OTHER, village(), date(2023, 1, 1))
    with refused("before_previous_step"):
        organisation.move(village(OrganisationMoved(parent=COUNTY, effective=date(2024, 1, 1))), OTHER, township(), date(2023, 1, 1))


def test_a_division_code_is_a_dated_alias():
    assert organisation.assign(village(), "360121100201", "莲西村", date(2021, 1, 1)) == [
        DivisionAssigned(code="360121100201", division_name="莲西村", effective=date(2021, 1, 1))]
    with refused("words_missing", "division_name"):
        organisation.assign(village(), "360121100201", "", date(2021, 1, 1))


def plan(*seats: Any, rules: Any = NO_RULES, was: Any = None) -> Any:
    return organisation.plan(was or given(proposed(), established()), seats, date(2020, 6, 1), rules, (TOWNSHIP,))


def test_a_seat_plan_holds_from_a_day_on_and_the_same_plan_is_no_change():
    assert plan(*VILLAGE_SEATS) == [SeatsDefined(seats=VILLAGE_SEATS, effective=date(2020, 6, 1))]
    assert plan(*VILLAGE_SEATS, was=village()) == []


def test_an_impossible_seat_plan_is_refused():
    with refused("seats_missing"):
        plan()
    with refused("seat_twice"):
        plan(seat_(CHAIR, "chair"), seat_(CHAIR, "vice_chair"))
    with refused("seat_capacity"):
        plan(seat_(EXEC, "executive_member", 0))
    with refused("two_chairs"):
        plan(seat_(CHAIR, "chair"), seat_(VICE, "chair"))
    with refused("role_unfit"):
        plan(seat_(CHAIR, "director"))


def codes(*seats: Any, level: Any = "village", org_type: Any = "federation", rules: Any = NO_RULES) -> list[str]:
    return [w.code for w in seat.differences(org_type, level, seats, rules, (TOWNSHIP,), DAY)]


def test_an_unusual_composition_only_warns():
    assert codes(*VILLAGE_SEATS) == []
    assert codes(seat_(CHAIR, "chair"), seat_(VICE, "vice_chair", 3), seat_(EXEC, "executive_member", 15)) == ["seats_unusual"]
    assert codes(seat_(CHAIR, "chair"), seat_(VICE, "vice_chair", 4), seat_(EXEC, "executive_member", 20), level="township") == ["seats_too_few",
                                                                                                                                 "executives_even"]
    assert codes(seat_(CHAIR, "director"), level="county", org_type="organ_committee") == ["seats_too_few"]
    assert codes(seat_(CHAIR, "chair"), level="county") == ["offices_over_executives"]


def test_an_unusual_composition_is_refused_where_the_table_says_so():
    rules = {"seats.blocks": Rule((Row(True, TOWNSHIP, DAY, "乡镇规定"),))}
    with refused("seats_unusual"):
        plan(seat_(CHAIR, "chair"), seat_(VICE, "vice_chair", 3), seat_(EXEC, "executive_member", 15), rules=rules)
    assert plan(*VILLAGE_SEATS, rules=rules)


def test_an_abolished_seat_is_in_the_plan_until_its_day():
    was = village(SeatAbolished(seat=VICE, effective=date(2022, 1, 1)))
    assert VICE in was.seats(date(2021, 12, 31)) and VICE not in was.seats(date(2022, 1, 1))
    assert organisation.abolish(village(), VICE, date(2022, 1, 1)) == SeatAbolished(seat=VICE, effective=date(2022, 1, 1))
    with refused("seat_unknown"):
        organisation.abolish(was, VICE, date(2023, 1, 1))


def test_a_later_plan_brings_an_abolished_seat_back():
    was = village(SeatAbolished(seat=VICE, effective=date(2022, 1, 1)), SeatsDefined(seats=VILLAGE_SEATS, effective=date(2023, 1, 1)))
    assert VICE in was.seats(date(2023, 1, 1)) and VICE not in was.seats(date(2022, 6, 1))


SINCE = date(2021, 1, 1)


def test_an_organisation_covers_a_unit_and_lets_it_go_and_is_told_when_none_is_left():
    committee = [proposed("village", org_type="organ_committee"), established()]
    covered = organisation.cover(given(*committee), OTHER, SINCE)
    assert covered == [OrganisationUnitAdded(unit=OTHER, effective=SINCE)]
    there = given(*committee, *covered)
    assert there.units == (OTHER,) and organisation.warnings(there) == []
    gone = organisation.let_go(there, OTHER, SINCE)
    assert gone == [OrganisationUnitReleased(unit=OTHER, effective=SINCE)] and organisation.let_go(there, COUNTY, SINCE) == []
    (told,) = organisation.warnings(given(*committee, *covered, *gone))
    assert told.code == "organisation_without_unit"
    assert organisation.warnings(village()) == [], "a federation is there for its area"


def test_an_ended_organisation_covered_units_in_its_time_only():
    ended = given(proposed("village"), established(), OrganisationDissolved(effective=date(2022, 1, 1), why="撤销"))
    assert organisation.cover(ended, OTHER, SINCE, until=date(2022, 1, 1))[1:] == [OrganisationUnitReleased(unit=OTHER, effective=date(2022, 1, 1))]
    for day, until in ((SINCE, None), (date(2022, 1, 1), date(2023, 1, 1))):
        with refused("organisation_ended", "organisation"):
            organisation.cover(ended, OTHER, day, until)
