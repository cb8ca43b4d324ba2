"""Eligible units, in sentences."""
from datetime import date
from typing import Any

import pytest

from services.org.domain import unit
from services.org.events import (
    EligibleUnitClosed,
    EligibleUnitDetailsChanged,
    EligibleUnitExempted,
    EligibleUnitListed,
    EligibleUnitOrganised,
    EligibleUnitQualified,
    EligibleUnitsMerged,
    EligibleUnitUncovered,
)
from tests.domain.org.world import COUNTY, OTHER, TODAY, VILLAGE, given, id_, refused

DAY, LATER = date(2024, 1, 1), date(2024, 6, 1)
LISTED = EligibleUnitListed(unit_name="县教育局", level="county", field="organ", area=COUNTY, affiliation="stationed", rank="正科", women=80,
                            listed_on=DAY)
QUALIFIED = EligibleUnitQualified(qualified_on=DAY)
ORGANISED = EligibleUnitOrganised(organisation=VILLAGE, organised_on=DAY)


def listing(**more: Any) -> list[Any]:
    return unit.list_unit(more.pop("was", None), **{"unit_name": "县教育局", "level": "county", "field": "organ", "area": COUNTY, "area_known": True,
                                                    "listed_on": DAY, "today": TODAY, **more})


def test_a_unit_is_listed_with_its_affiliation_and_rank_and_qualified_at_once():
    assert listing(affiliation="stationed", rank="正科", women=80) == [LISTED, QUALIFIED]


def test_a_unit_may_wait_for_its_qualification():
    assert [f.NAME for f in listing(qualified=False)] == ["org.EligibleUnitListed"]
    assert unit.qualify(given(LISTED), date(2024, 2, 1), TODAY) == EligibleUnitQualified(qualified_on=date(2024, 2, 1))


def test_a_unit_is_not_listed_twice():
    with refused("unit_exists"):
        listing(was=given(LISTED))


def test_a_unit_needs_a_name():
    with refused("words_missing", "unit_name"):
        listing(unit_name="  ")


def test_a_unit_lies_in_a_known_area():
    with refused("area_unknown", "area"):
        listing(area_known=False)


def test_a_unit_has_no_negative_number_of_women():
    with refused("women_negative", "women"):
        listing(women=-1)


def test_a_unit_is_not_listed_on_a_day_to_come():
    with refused("in_future", "listed_on"):
        listing(listed_on=date(2027, 1, 1))


def test_an_unknown_unit_is_refused():
    with refused("unit_unknown"):
        unit.qualify(None, DAY, TODAY)


def test_a_qualified_unit_is_not_qualified_again():
    with refused("unit_not_waiting"):
        unit.qualify(given(LISTED, QUALIFIED), DAY, TODAY)


def test_a_unit_is_not_qualified_before_it_is_listed():
    with refused("before_previous_step", "qualified_on"):
        unit.qualify(given(LISTED), date(2023, 1, 1), TODAY)


def test_details_change_from_a_day_on_and_nothing_happens_when_nothing_differs():
    was = given(LISTED, QUALIFIED)
    assert unit.change(was, DAY, rank="副处") == [EligibleUnitDetailsChanged(effective=DAY, rank="副处")]
    assert unit.change(was, DAY, rank="正科", women=80) == []


def test_an_exempt_unit_leaves_the_denominator_until_it_qualifies_again():
    exempt = unit.exempt(given(LISTED, QUALIFIED), date(2025, 1, 1), "虚拟单位")
    assert exempt == EligibleUnitExempted(exempt_from=date(2025, 1, 1), why="虚拟单位")
    with refused("unit_exempt"):
        unit.exempt(given(LISTED, exempt), date(2025, 1, 2), "again")
    assert unit.qualify(given(LISTED, exempt), date(2025, 2, 1), TODAY)


def test_only_a_qualified_unit_is_organised():
    assert unit.organise(given(LISTED, QUALIFIED), VILLAGE, DAY) == [ORGANISED]
    with refused("unit_not_qualified"):
        unit.organise(given(LISTED), VILLAGE, DAY)


def test_an_organised_unit_is_not_organised_again_or_exempted_before_it_leaves_its_organisation():
    was = given(LISTED, QUALIFIED, ORGANISED)
    for command in (lambda: unit.organise(was, OTHER, DAY), lambda: unit.exempt(was, DAY, "x")):
        with refused("unit_organised"):
            command()


def test_an_organised_unit_is_closed_and_its_organisation_lets_it_go_on_that_day():
    was = given(LISTED, QUALIFIED, ORGANISED)
    closed = unit.close(was, date(2025, 1, 1), "机构改革", TODAY)
    assert closed == EligibleUnitClosed(closed_on=date(2025, 1, 1), why="机构改革")
    gone = given(LISTED, QUALIFIED, ORGANISED, closed)
    assert (gone.state, gone.organisation) == ("closed", None)
    assert [(d.valid_from, d.state, d.organisation) for d in gone.days] == [(DAY, "organised", VILLAGE), (date(2025, 1, 1), "closed", None)]


def test_an_organised_unit_is_not_closed_before_it_was_organised():
    with refused("before_previous_step", "closed_on"):
        unit.close(given(LISTED, QUALIFIED, EligibleUnitOrganised(organisation=VILLAGE, organised_on=LATER)), DAY, "x", TODAY)


def test_an_organised_unit_merges_into_another():
    was = given(LISTED, QUALIFIED, ORGANISED)
    merged = unit.merge(was, OTHER, given(LISTED), LATER, TODAY)
    assert given(LISTED, QUALIFIED, ORGANISED, merged).state == "merged"


def test_a_unit_leaves_its_organisation_or_goes_over_to_another():
    was = given(LISTED, QUALIFIED, ORGANISED)
    left = unit.release(was, LATER, TODAY)
    assert left == EligibleUnitUncovered(organisation=VILLAGE, effective=LATER)
    assert unit.transfer(was, OTHER, LATER, TODAY) == [left, EligibleUnitOrganised(organisation=OTHER, organised_on=LATER)]
    with refused("same_organisation", "organisation"):
        unit.transfer(was, VILLAGE, LATER, TODAY)
    for command in (lambda: unit.release(given(LISTED, QUALIFIED), DAY, TODAY), lambda: unit.transfer(given(LISTED), OTHER, DAY, TODAY)):
        with refused("unit_not_organised"):
            command()


def test_what_was_covered_before_is_entered_later_and_ends_where_the_next_begins():
    was = given(LISTED, QUALIFIED, EligibleUnitOrganised(organisation=VILLAGE, organised_on=LATER))
    earlier = unit.organise(was, OTHER, DAY)
    assert earlier == [EligibleUnitOrganised(organisation=OTHER, organised_on=DAY)]
    now = given(LISTED, QUALIFIED, EligibleUnitOrganised(organisation=VILLAGE, organised_on=LATER), *earlier)
    assert [(d.valid_from, d.organisation) for d in now.days] == [(DAY, OTHER), (LATER, VILLAGE)] and now.organisation == VILLAGE
    ended = unit.organise(was, OTHER, DAY, until=date(2024, 1, 20))
    assert ended[1:] == [EligibleUnitUncovered(organisation=OTHER, effective=date(2024, 1, 20))]


# -- corrections ------------------------------------------------------------------------------------------------------
IDS = [id_(n) for n in range(901, 910)]


def corrected(was: Any, n: int, **right: Any) -> list[Any]:
    """The correction of the unit's fact number `n`."""
    return unit.correct(was, IDS, IDS[n - 1], today=TODAY, **right)


def test_a_wrong_listing_is_corrected_by_name_field_and_day_and_its_qualification_goes_with_the_day():
    was = given(LISTED, QUALIFIED)
    facts = corrected(was, 1, on=LATER, field="institution", unit_name="县教育体育局")
    assert [(f.corrects, f.on, f.field) for f in facts] == [(IDS[0], LATER, "institution"), (IDS[1], LATER, None)]
    now = given(LISTED, QUALIFIED, *facts)
    assert (now.unit_name, now.field, now.listed_on, now.state) == ("县教育体育局", "institution", LATER, "qualified")
    assert [d.valid_from for d in now.days] == [LATER]


def test_a_correction_that_says_what_is_there_is_nothing():
    assert corrected(given(LISTED, QUALIFIED), 1, on=DAY, field="organ") == []


def test_a_unit_that_was_never_to_be_listed_is_void():
    void = corrected(given(LISTED, QUALIFIED), 1, void=True)
    gone = given(LISTED, QUALIFIED, *void)
    assert (gone.state, gone.days) == ("void", ())
    with refused("unit_void"):
        unit.organise(gone, VILLAGE, LATER)


def test_a_closing_that_never_was_leaves_the_unit_where_it_stood():
    facts = [LISTED, QUALIFIED, ORGANISED, EligibleUnitClosed(closed_on=LATER, why="x")]
    back = given(*facts, *corrected(given(*facts), 4, void=True))
    assert (back.state, back.organisation) == ("organised", VILLAGE)


def test_a_withdrawn_correction_leaves_what_was_said_before_it():
    facts = [LISTED, QUALIFIED, *corrected(given(LISTED, QUALIFIED), 1, void=True)]
    back = given(*facts, *corrected(given(*facts), 3, void=True))
    assert (back.state, back.unit_name) == ("qualified", "县教育局")
    with refused("unit_correction_of_correction", "corrects"):
        corrected(given(*facts), 3, unit_name="x")


def test_a_correction_names_a_fact_of_this_unit():
    with refused("unit_fact_unknown", "corrects"):
        unit.correct(given(LISTED, QUALIFIED), IDS, id_(1), today=TODAY, void=True)


def test_a_correction_says_only_what_the_record_says():
    with refused("unit_fact_without", "rank"):
        corrected(given(LISTED, QUALIFIED), 2, rank="副处")


def test_a_correction_keeps_the_order_of_what_happened():
    was = given(LISTED, QUALIFIED, ORGANISED, EligibleUnitClosed(closed_on=LATER, why="x"))
    with refused("unit_facts_clash", "on"):
        corrected(was, 3, on=date(2025, 1, 1))
    with refused("unit_facts_clash", "void"):
        corrected(was, 2, void=True)
    with refused("in_future", "on"):
        corrected(was, 4, on=date(2027, 1, 1))


def test_a_change_entered_for_an_earlier_day_is_compared_with_that_days_value():
    later = EligibleUnitDetailsChanged(effective=date(2025, 1, 1), rank="副处")
    was = given(LISTED, QUALIFIED, later)
    assert unit.change(was, LATER, rank="副处") == [EligibleUnitDetailsChanged(effective=LATER, rank="副处")]
    assert unit.change(was, LATER, rank="正科") == []
    assert unit.change(was, LATER, area=OTHER) == [EligibleUnitDetailsChanged(effective=LATER, area=OTHER)]


def test_a_unit_is_a_gap_again_when_its_organisation_ends():
    was = given(LISTED, QUALIFIED, ORGANISED)
    gone = unit.uncover(was, VILLAGE, date(2025, 1, 1))
    assert gone == [EligibleUnitUncovered(organisation=VILLAGE, effective=date(2025, 1, 1))]
    assert given(LISTED, QUALIFIED, ORGANISED, *gone).state == "qualified"
    assert unit.uncover(was, OTHER, date(2025, 1, 1)) == []


@pytest.mark.parametrize("end", [EligibleUnitClosed(closed_on=DAY, why="撤销"), EligibleUnitsMerged(into=OTHER, merged_on=DAY)])
def test_nothing_happens_to_a_unit_that_is_gone(end):
    was = given(LISTED, QUALIFIED, end)
    for command in (lambda: unit.organise(was, VILLAGE, DAY), lambda: unit.change(was, DAY, rank="x"), lambda: unit.close(was, DAY, "x", TODAY)):
        with refused("unit_closed"):
            command()


def test_a_unit_merges_into_another_that_stands():
    was, other = given(LISTED, QUALIFIED), given(LISTED)
    assert unit.merge(was, OTHER, other, DAY, TODAY) == EligibleUnitsMerged(into=OTHER, merged_on=DAY)
    with refused("unit_into_itself"):
        unit.merge(was, OTHER, was, DAY, TODAY)
    with refused("unit_target_gone"):
        unit.merge(was, OTHER, None, DAY, TODAY)
    with refused("unit_target_gone"):
        unit.merge(was, OTHER, given(LISTED, EligibleUnitClosed(closed_on=DAY, why="撤销")), DAY, TODAY)
