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
from tests.domain.org.world import COUNTY, OTHER, TODAY, VILLAGE, given, refused

DAY = date(2024, 1, 1)
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
    assert unit.organise(given(LISTED, QUALIFIED), VILLAGE, DAY) == ORGANISED
    with refused("unit_not_qualified"):
        unit.organise(given(LISTED), VILLAGE, DAY)


def test_an_organised_unit_is_not_organised_exempted_or_closed():
    was = given(LISTED, QUALIFIED, ORGANISED)
    for command in (lambda: unit.organise(was, OTHER, DAY), lambda: unit.exempt(was, DAY, "x"), lambda: unit.close(was, DAY, "x", TODAY)):
        with refused("unit_organised"):
            command()


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
