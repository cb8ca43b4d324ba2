"""How organisations end, in sentences."""
from datetime import date
from typing import Any

import pytest

from services.org.domain import ending
from services.org.events import OrganisationConverted, OrganisationDissolved, OrganisationsMerged
from shared.fact import Refused
from tests.domain.org.world import (
    CASE,
    GAP,
    OTHER,
    PAPER,
    POST,
    TERM,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    added,
    established,
    given,
    hanging,
    proposed,
    refused,
    township,
    village,
)

DAY = date(2026, 1, 1)


def dissolve(was: Any = None, why: str = "撤村", hang: Any = None, held: Any = (), papers: Any = PAPER, day: date = DAY) -> Any:
    return ending.dissolve(was or village(), day, why, hang or hanging(), held, papers, TODAY)


def test_an_empty_organisation_is_dissolved_by_the_paper():
    assert dissolve() == OrganisationDissolved(effective=DAY, why="撤村")
    with refused("paper_required"):
        dissolve(papers=())


def test_dissolution_needs_a_reason_and_a_day_that_has_come():
    with refused("words_missing", "why"):
        dissolve(why="")
    with refused("in_future", "effective"):
        dissolve(day=date(2027, 1, 1))
    with refused("before_establishment"):
        dissolve(day=date(2019, 1, 1))


def test_dissolution_is_refused_with_the_list_of_all_that_remains():
    hang = hanging(added("child", OTHER), added("term", TERM), added("reelection", CASE), added("vacancy", GAP))
    with pytest.raises(Refused) as caught:
        dissolve(hang=hang, held=[POST])
    assert caught.value.code == "something_remains"
    assert caught.value.params["remaining"] == {"children": [str(OTHER)], "terms": [str(TERM)], "reelections": [str(CASE)], "vacancies": [str(GAP)],
                                                "appointments": [str(POST)]}
    assert "在任人员 1" in caught.value.zh and str(POST) in caught.value.en


def merge(was: Any = None, into: Any = "village", day: date = DAY, hang: Any = None, papers: Any = PAPER) -> Any:
    return ending.merge(was or village(), OTHER, village() if into == "village" else into, day, hang or hanging(), papers, TODAY)


def test_an_organisation_merges_into_its_like_taking_children_and_term_along():
    hang = hanging(added("child", OTHER), added("term", TERM))
    assert merge(hang=hang) == OrganisationsMerged(into=OTHER, effective=DAY)
    assert ending.absorb(VILLAGE, village(), DAY).absorbed == VILLAGE


def test_a_merger_waits_for_reelections_and_vacancies():
    with refused("something_remains"):
        merge(hang=hanging(added("vacancy", GAP)))


def test_a_merger_needs_the_paper_another_target_of_the_same_kind_and_a_day_that_has_come():
    with refused("paper_required"):
        merge(papers=())
    same = village()
    with refused("into_itself"):
        merge(same, same)
    with refused("merge_target_gone"):
        merge(into=None)
    with refused("merge_target_gone"):
        merge(into=village(OrganisationDissolved(effective=date(2022, 1, 1), why="撤销")))
    with refused("merge_unlike"):
        merge(into=township())
    with refused("in_future"):
        merge(day=date(2027, 1, 1))


def convert(was: Any = None, into: Any = "village", day: date = date(2020, 6, 1)) -> Any:
    congress = given(proposed(org_type="women_congress_org", parent=TOWNSHIP), established(date(2001, 1, 1)))
    return ending.convert(was or congress, VILLAGE, village() if into == "village" else into, day, TODAY)


def test_a_women_congress_organisation_is_converted_into_the_federation_that_continues_it():
    assert convert() == OrganisationConverted(into=VILLAGE, effective=date(2020, 6, 1))


def test_only_a_women_congress_organisation_is_converted_and_only_into_an_active_federation():
    with refused("not_a_congress"):
        convert(village())
    with refused("convert_target"):
        convert(into=None)
    with refused("convert_target"):
        convert(day=date(2019, 1, 1))
