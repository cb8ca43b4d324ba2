"""Ballots: quorum, void votes, who is elected (K1, K3, K4), in sentences."""
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest

from services.org.domain import ballot
from services.org.domain.ballot import OwnPeriod
from services.org.events import Ballot
from tests.domain.org.world import BALLOT, CHAIR, EXEC, LI, QIAN, STANDING, TEAM, VICE, VILLAGE_SEATS, WANG, ZHAO, candidate, refused, seat

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)
SEATS = {s.seat: s for s in VILLAGE_SEATS}


@pytest.mark.parametrize(("change", "rule"), [
    ({"entitled": 0}, "ballot_negative"), ({"valid": -1}, "ballot_negative"), ({"present": 101}, "ballot_present"), ({"present": 66}, "no_quorum"),
    ({"issued": 91}, "ballot_issued"), ({"returned": 91}, "ballot_void"), ({"valid": 89}, "ballot_valid")])
def test_figures_that_cannot_be_are_refused(change: Any, rule: str):
    with refused(rule):
        ballot.figures(BALLOT.model_copy(update=change), TWO_THIRDS)


def test_two_thirds_exactly_is_no_quorum_and_one_more_is():
    figures = {"entitled": 99, "issued": 60, "returned": 60, "valid": 60}
    with refused("no_quorum", "ballot.present"):
        ballot.figures(Ballot(present=66, **figures), TWO_THIRDS)
    ballot.figures(Ballot(present=67, **figures), TWO_THIRDS)


def elect(*candidates: Any, seats: Any = None, plenary: Ballot | None = None, membership: bool = True) -> None:
    ballot.result(candidates, seats or SEATS, BALLOT, plenary, HALF, membership)


def test_a_team_of_executives_with_its_chair_is_elected():
    elect(*TEAM)


def test_more_than_half_of_those_entitled_elects_and_half_does_not():
    elect(candidate(WANG, EXEC, "executive_member", favour=51))
    with refused("votes_not_enough", "candidates/0/elected"):
        elect(candidate(WANG, EXEC, "executive_member", favour=50))


def test_somebody_is_elected():
    with refused("nobody_elected"):
        elect(candidate(WANG, EXEC, "executive_member", favour=10, elected=False))


def test_nobody_stands_twice_for_one_seat():
    with refused("candidate_twice"):
        elect(TEAM[0], TEAM[0])


def test_a_candidate_stands_for_a_seat_of_the_plan_in_its_role_and_engagement():
    with refused("seat_unknown"):
        elect(candidate(WANG, STANDING, "standing_member"))
    with refused("role_mismatch"):
        elect(candidate(WANG, CHAIR, "vice_chair"))
    with refused("engagement_mismatch"):
        elect(candidate(WANG, CHAIR, "chair"), seats={CHAIR: seat(CHAIR, "chair", engagement="full_time")})


def test_votes_are_consistent_with_the_valid_papers():
    with refused("votes_negative"):
        elect(candidate(WANG, EXEC, "executive_member", against=-1))
    with refused("votes_over_valid"):
        elect(candidate(WANG, EXEC, "executive_member", favour=80, against=5, abstain=2, write_in=1))
    elect(candidate(WANG, EXEC, "executive_member", favour=80, against=5, abstain=2))


def test_nobody_gives_more_votes_than_there_are_seats():
    with refused("votes_over_seats"):
        elect(candidate(WANG, VICE, "vice_chair", favour=70), candidate(LI, VICE, "vice_chair", favour=70),
              candidate(ZHAO, VICE, "vice_chair", favour=40, elected=False), membership=False)


def test_not_more_are_elected_than_there_are_seats():
    with refused("seats_over_plan"):
        elect(*(candidate(p, VICE, "vice_chair", favour=55) for p in (WANG, LI, ZHAO)), membership=False)


def test_two_chairs_are_refused():
    with refused("two_chairs"):
        elect(candidate(WANG, CHAIR, "chair", favour=55), candidate(LI, CHAIR, "chair", favour=55), membership=False)


def test_who_has_more_votes_is_elected_first():
    with refused("more_votes_lost"):
        elect(candidate(WANG, VICE, "vice_chair", favour=55), candidate(LI, VICE, "vice_chair", favour=60, elected=False), membership=False)


def test_an_office_is_held_by_an_executive():
    with refused("office_without_membership"):
        elect(candidate(WANG, CHAIR, "chair"), candidate(LI, EXEC, "executive_member"))
    elect(candidate(WANG, CHAIR, "chair"), candidate(LI, EXEC, "executive_member"), membership=False)


def test_without_executive_seats_nobody_must_be_an_executive():
    elect(candidate(WANG, CHAIR, "chair"), seats={CHAIR: seat(CHAIR, "chair")})


def test_one_person_has_one_office_beside_the_standing_committee():
    with refused("two_offices"):
        elect(TEAM[0], TEAM[1], candidate(WANG, VICE, "vice_chair"))
    elect(*TEAM, candidate(WANG, STANDING, "standing_member"), seats={**SEATS, STANDING: seat(STANDING, "standing_member", 3)})


def test_votes_that_do_not_add_up_to_the_valid_papers_are_told_once_a_seat():
    team = (candidate(WANG, EXEC, "executive_member", favour=80, against=7), candidate(LI, EXEC, "executive_member", favour=80, against=6),
            candidate(ZHAO, EXEC, "executive_member", favour=60, elected=False), candidate(WANG, CHAIR, "chair", favour=87))
    found, = ballot.short(team, SEATS, BALLOT, None)
    assert found.code == "votes_below_valid" and found.field == "candidates/1/favour" and "2 人" in found.zh and "87" in found.zh
    plenary = Ballot(entitled=15, present=15, issued=15, returned=15, valid=15)
    office, = ballot.short([candidate(WANG, CHAIR, "chair", favour=14)], SEATS, BALLOT, plenary)
    assert "15" in office.zh and not ballot.short([candidate(WANG, CHAIR, "chair", favour=15)], SEATS, BALLOT, plenary)


def test_who_stays_takes_a_place_of_her_seat():
    stays = [OwnPeriod(uuid4(), QIAN, "钱芳", VICE, "vice_chair", "seconded", date(2027, 1, 1))]
    two = [candidate(WANG, VICE, "vice_chair"), candidate(LI, VICE, "vice_chair")]
    with refused("seats_over_plan_staying"):
        ballot.staying(two, SEATS, stays)
    ballot.staying(two[:1], SEATS, stays)


def test_offices_voted_on_by_the_plenary_are_counted_by_its_figures():
    plenary = Ballot(entitled=15, present=15, issued=15, returned=15, valid=15)
    elect(TEAM[0], candidate(WANG, CHAIR, "chair", favour=14), plenary=plenary)
    with refused("votes_not_enough"):
        elect(TEAM[0], candidate(WANG, CHAIR, "chair", favour=14))
    with refused("votes_over_valid"):
        elect(TEAM[0], candidate(WANG, CHAIR, "chair", favour=16), plenary=plenary)


def test_offices_are_voted_on_with_as_many_candidates_as_seats_and_executives_with_more():
    found = ballot.form([candidate(p, VICE, "vice_chair") for p in (WANG, LI, ZHAO)] + [candidate(QIAN, EXEC, "executive_member")], SEATS, True, True)
    assert sorted(w.code for w in found) == ["not_equal_ballot", "not_more_candidates"]
    assert ballot.form([candidate(p, VICE, "vice_chair") for p in (WANG, LI)], SEATS, True, True) == []
    assert ballot.form([candidate(WANG, VICE, "vice_chair")], SEATS, False, False) == []


def test_a_tie_between_elected_and_not_is_to_be_voted_again():
    won, lost = candidate(WANG, VICE, "vice_chair", favour=60), candidate(LI, VICE, "vice_chair", favour=60, elected=False)
    assert [w.code for w in ballot.ties([won, lost])] == ["votes_tied"]
    assert ballot.ties([won, lost.model_copy(update={"favour": 59})]) == []
    assert ballot.ties([won, candidate(ZHAO, EXEC, "executive_member", favour=60, elected=False)]) == [], "for another office"
