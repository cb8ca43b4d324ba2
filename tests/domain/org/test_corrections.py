"""What was said of an organisation or a term is put right, in sentences: nothing is erased, and what holds is as if it had been said so at first."""
from datetime import date
from itertools import count
from typing import Any

import pytest

from services.org.domain import code, correcting, dependants, organisation, term
from services.org.domain.code import DIVISION
from services.org.events import (
    CodeClaimed,
    CodeReleased,
    DependantAdded,
    DependantReleased,
    DivisionAssigned,
    DivisionReleased,
    OrganisationCorrected,
    OrganisationDetailsChanged,
    OrganisationMoved,
    TermBecameOverdue,
    TermCorrected,
    TermEnded,
    TermExtended,
    TermExtensionRequested,
)
from shared.fact import Fact
from tests.domain.org.world import (
    COUNTY,
    MON,
    NO_RULES,
    OLD_TERM,
    OTHER,
    TERM,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    added,
    given,
    hanging,
    id_,
    refused,
    started,
    township,
    village,
)

IDS = [id_(n) for n in range(900, 940)]  # of the events, in order
DAY, LATER = date(2024, 3, 1), date(2025, 1, 1)
CODE, OTHER_CODE = "360121102207", "360121102208"
RENAMED = OrganisationDetailsChanged(effective=DAY, full_name="莲塘镇新村妇女联合会", short_name="新村妇联")


def correct(was: Any, number: int, void: bool = False, hangs: Any = None, codes: Any = None, parents: Any = None, **right: Any) -> Any:
    """The facts about the organisation when its fact of this number is corrected, its claims' facts, and the organisation then."""
    there = {dependants.stream(p): hanging(added("child", VILLAGE)) for p in (TOWNSHIP, OTHER)} | {dependants.stream(VILLAGE): hangs}
    claims = {code.stream(DIVISION, c): None for c in (CODE, OTHER_CODE)} | {code.stream(DIVISION, c): state for c, state in (codes or {}).items()}
    above = {TOWNSHIP: township(), OTHER: township(), COUNTY: None} | (parents or {})
    facts = correcting.correct(VILLAGE, was, IDS, IDS[number - 1], void, right, above, there, claims, TODAY)
    now = was
    for fact in facts[VILLAGE]:
        now = organisation.evolve(now, fact)
    return facts, now


def test_a_wrong_name_is_right_from_the_day_it_was_said_for_and_the_next_change_stands():
    was = village(RENAMED, OrganisationDetailsChanged(effective=LATER, short_name="新村社区妇联"))
    facts, now = correct(was, 4, full_name="莲塘镇兴村妇女联合会")
    assert facts == {VILLAGE: [OrganisationCorrected(corrects=IDS[3], corrects_version=4, full_name="莲塘镇兴村妇女联合会")]}
    assert now.full_name == "莲塘镇兴村妇女联合会" and now.short_name == "新村社区妇联"
    assert now.details(date(2024, 2, 29))["full_name"] == "莲塘镇莲西村妇女联合会"
    assert now.details(DAY) | {"full_name": "莲塘镇兴村妇女联合会", "short_name": "新村妇联"} == now.details(DAY)


def test_a_rename_that_never_was_leaves_the_name_before_it_and_its_correction_can_be_taken_back():
    _, now = correct(village(RENAMED), 4, void=True)
    assert now.full_name == "莲塘镇莲西村妇女联合会"
    _, back = correct(now, 5, void=True)
    assert back.full_name == "莲塘镇新村妇女联合会"
    with refused("corrects_void"):
        correct(now, 4, full_name="莲塘镇兴村妇女联合会")


def test_a_correction_of_a_correction_puts_that_right():
    _, now = correct(village(RENAMED), 4, effective=LATER)
    _, right = correct(now, 5, effective=date(2024, 6, 1))
    assert right.details(date(2024, 5, 31))["short_name"] == "村妇联" and right.details(date(2024, 6, 1))["short_name"] == "新村妇联"


def test_a_name_given_at_the_proposal_is_put_right_since_ever():
    _, now = correct(village(), 1, full_name="莲塘镇连西村妇女联合会")
    assert now.details(date(2020, 6, 1))["full_name"] == "莲塘镇连西村妇女联合会" == now.full_name


def test_a_change_for_a_later_day_is_not_undone_by_the_same_one_from_an_earlier_day():
    was = village(OrganisationDetailsChanged(effective=LATER, short_name="新村妇联"))
    [said] = organisation.change(was, DAY, short_name="新村妇联")
    assert said.effective == DAY and organisation.known(organisation.evolve(was, said)).details(DAY)["short_name"] == "新村妇联"
    assert organisation.change(was, DAY, short_name="村妇联") == [] == organisation.change(was, LATER, short_name="新村妇联")
    early = organisation.known(organisation.evolve(was, OrganisationDetailsChanged(effective=DAY, short_name="旧村妇联")))
    assert early.short_name == "新村妇联" and early.details(DAY)["short_name"] == "旧村妇联"


def test_the_founding_day_is_put_right_but_not_after_what_happened_since():
    facts, now = correct(village(), 2, established_on=date(2020, 5, 1))
    assert now.established_on == date(2020, 5, 1) and [f.NAME for f in facts[VILLAGE]] == ["org.OrganisationCorrected"]
    with refused("founded_after", "established_on"):
        correct(village(), 2, hangs=hanging(added("term", TERM, date(2020, 6, 1))), established_on=date(2020, 7, 1))
    with refused("in_future"):
        correct(village(), 2, established_on=date(2030, 1, 1))


MOVED = (DivisionAssigned(code=CODE, division_name="莲西村", effective=date(2020, 6, 1)), OrganisationMoved(parent=OTHER, effective=DAY),
         DivisionReleased(code=CODE, effective=DAY))


def test_a_move_that_never_was_brings_it_back_under_its_parent_and_gives_it_its_code_again():
    facts, now = correct(village(*MOVED), 5, void=True, codes={CODE: given(
        CodeClaimed(scheme=DIVISION, code=CODE, holder=VILLAGE, effective=date(2020, 6, 1)), CodeReleased(holder=VILLAGE, effective=DAY))})
    assert (now.parent, now.code) == (TOWNSHIP, CODE)
    assert [f.corrects_version for f in facts[VILLAGE]] == [5, 6]
    assert [type(f) for f in facts[dependants.stream(TOWNSHIP)]] == [DependantAdded]
    assert facts[dependants.stream(OTHER)][0].NAME == "org.DependantVoided"
    assert facts[code.stream(DIVISION, CODE)] == [CodeClaimed(scheme=DIVISION, code=CODE, holder=VILLAGE, effective=date(2020, 6, 1))]


def test_a_code_that_somebody_else_has_by_now_does_not_come_back():
    taken = given(CodeClaimed(scheme=DIVISION, code=CODE, holder=OTHER, effective=LATER))
    with refused("code_taken", "code"):
        correct(village(*MOVED), 5, void=True, codes={CODE: taken})


def test_the_day_of_a_move_is_put_right_with_the_end_of_its_code():
    facts, now = correct(village(*MOVED), 5, effective=date(2024, 2, 1))
    assert now.moved_on == date(2024, 2, 1) == now.coded_on
    assert facts[dependants.stream(TOWNSHIP)][-1] == DependantReleased(dependant=VILLAGE, effective=date(2024, 2, 1))
    assert facts[dependants.stream(OTHER)] == [DependantAdded(kind="child", dependant=VILLAGE, since=date(2024, 2, 1))]


def test_a_move_to_the_wrong_parent_is_put_right_and_that_one_must_stand_above():
    _, now = correct(village(OrganisationMoved(parent=COUNTY, effective=DAY)), 4, parent=OTHER)
    assert now.parent == OTHER
    with refused("parent_not_above", "parent"):
        correct(village(OrganisationMoved(parent=COUNTY, effective=DAY)), 4, parent=OTHER, parents={OTHER: village()})


def test_moves_stay_in_their_order():
    was = village(OrganisationMoved(parent=OTHER, effective=DAY), OrganisationMoved(parent=TOWNSHIP, effective=LATER))
    with refused("correction_out_of_order", "effective"):
        correct(was, 4, effective=date(2025, 6, 1))


def test_a_wrong_code_is_free_for_its_owner_and_the_right_one_is_claimed():
    was = village(DivisionAssigned(code=CODE, division_name="莲西村", effective=DAY))
    held = given(CodeClaimed(scheme=DIVISION, code=CODE, holder=VILLAGE, effective=DAY))
    facts, now = correct(was, 4, code=OTHER_CODE, codes={CODE: held})
    assert now.code == OTHER_CODE and facts[code.stream(DIVISION, CODE)] == [CodeReleased(holder=VILLAGE, effective=DAY)]
    assert facts[code.stream(DIVISION, OTHER_CODE)] == [CodeClaimed(scheme=DIVISION, code=OTHER_CODE, holder=VILLAGE, effective=DAY)]
    with refused("code_taken"):
        taken = given(CodeClaimed(scheme=DIVISION, code=OTHER_CODE, holder=OTHER, effective=DAY))
        correct(was, 4, code=OTHER_CODE, codes={CODE: held, OTHER_CODE: taken})


def test_a_code_is_not_held_from_before_its_former_bearer_let_go():
    freed = given(*(f for f in (CodeClaimed(scheme=DIVISION, code=CODE, holder=OTHER, effective=date(2020, 1, 1)),
                                CodeReleased(holder=OTHER, effective=date(2024, 1, 1)),
                                CodeClaimed(scheme=DIVISION, code=CODE, holder=VILLAGE, effective=DAY))))
    was = village(DivisionAssigned(code=CODE, division_name="莲西村", effective=DAY))
    with refused("code_not_free_yet"):
        correct(was, 4, effective=date(2023, 12, 1), codes={CODE: freed})
    _, now = correct(was, 4, effective=date(2024, 1, 1), codes={CODE: freed})
    assert now.coded_on == date(2024, 1, 1)


@pytest.mark.parametrize(("number", "right", "rule"), [
    (3, {"effective": DAY}, "not_correctable"), (4, {"parent": OTHER}, "correction_wrong_field"), (4, {}, "correction_empty"),
    (4, {"effective": DAY}, "correction_empty"), (4, {"full_name": " "}, "words_missing"), (30, {"effective": DAY}, "fact_unknown"),
    (4, {"effective": date(2020, 1, 1)}, "before_establishment")])  # fmt: skip
def test_a_correction_names_what_can_be_corrected_and_says_what_that_says(number: int, right: dict[str, Any], rule: str):
    with refused(rule):
        correct(village(RENAMED), number, **right)


def test_proposal_and_establishment_are_not_taken_back():
    with refused("record_stands", "void"):
        correct(village(), 2, void=True)


def rectified(was: Any, number: int, void: bool = False, terms: Any = None, **right: Any) -> Any:
    hangs = terms or hanging(added("term", TERM, was.starts_on, term_no=1))
    return term.correct(TERM, was, IDS, IDS[number - 1], void, right, village(), hangs, NO_RULES, (), TODAY)


def after(was: Any, facts: dict[Any, list[Fact]]) -> Any:
    return term.evolve(was, facts[TERM][0])


ENDED = TermEnded(ended_on=date(2025, 5, 1))
EXTENDED = (TermExtensionRequested(new_ends_on=date(2026, 6, 1), why="同步", requested_by=MON), TermExtended(new_ends_on=date(2026, 6, 1)))


def test_the_start_of_a_term_moves_its_end_and_the_claim_with_it():
    was = given(started(), TermBecameOverdue(since=date(2026, 1, 1)))
    facts = rectified(was, 1, starts_on=date(2021, 12, 20))
    assert facts == {TERM: [TermCorrected(corrects=IDS[0], corrects_version=1, starts_on=date(2021, 12, 20), ends_on=date(2026, 12, 20))],
                     dependants.stream(VILLAGE): [added("term", TERM, date(2021, 12, 20), term_no=1)]}
    now = after(was, facts)
    assert (now.ends_on, now.overdue) == (date(2026, 12, 20), False), "what the clock said of the wrong end is said no more"
    assert after(was, rectified(was, 1, term_months=48)).ends_on == date(2025, 1, 1)
    with refused("term_months_range"):
        rectified(was, 1, term_months=12)


def test_an_end_is_put_right_or_never_was():
    was = given(started(), ENDED)
    facts = rectified(was, 2, ended_on=date(2025, 6, 1))
    assert facts[dependants.stream(VILLAGE)][-1] == DependantReleased(dependant=TERM, effective=date(2025, 6, 1))
    assert after(was, rectified(was, 2, void=True)).ended_on is None
    with refused("ends_before_start"):
        rectified(was, 2, ended_on=date(2020, 6, 1))
    with refused("in_future", "ended_on"):
        rectified(was, 2, ended_on=date(2030, 6, 1))


def test_an_extension_is_put_right_or_never_was():
    was = given(started(), *EXTENDED)
    assert after(was, rectified(was, 3, new_ends_on=date(2026, 9, 1))).ends_on == date(2026, 9, 1)
    assert after(was, rectified(was, 3, void=True)).ends_on == date(2026, 1, 1)
    with refused("extension_not_later"):
        rectified(was, 3, new_ends_on=date(2025, 9, 1))


def test_corrected_terms_do_not_overlap():
    was, both = given(started(), ENDED), hanging(added("term", TERM, term_no=1), added("term", OLD_TERM, date(2025, 5, 1), term_no=2))
    with refused("term_overlaps_other"):
        rectified(was, 2, terms=both, ended_on=date(2025, 6, 1))
    with refused("term_overlaps_other"):
        rectified(was, 2, terms=both, void=True)


def test_the_start_of_a_term_is_not_taken_back():
    with refused("term_start_stands"):
        rectified(given(started()), 1, void=True)


def test_any_history_with_corrections_is_the_history_said_right_at_first():
    """Every subset of three changes, wrong at first and then corrected, in every order of recording."""
    numbers, change = count(), OrganisationDetailsChanged
    for mask in range(8):
        right = [RENAMED, change(effective=LATER, short_name="丙"), change(effective=date(2023, 1, 1), short_name="丁")]
        wrong = [f.model_copy(update={"effective": date(2022, 2, 2 + next(numbers) % 7)}) if mask >> n & 1 else f for n, f in enumerate(right)]
        state = village(*wrong)
        for n, fact in enumerate(right):
            if mask >> n & 1:
                _, state = correct(state, 4 + n, effective=fact.effective)
        meant = village(*right)
        days = (date(2022, 6, 1), date(2023, 6, 1), date(2024, 6, 1), date(2025, 6, 1))
        assert [state.details(d) for d in days] == [meant.details(d) for d in days] and state == meant
