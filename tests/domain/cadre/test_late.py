"""Entered or corrected late, after the re-election, the end of the seat or of the organisation that a post would have ended with."""
from uuid import UUID, uuid4

from services.cadre.domain import office
from services.cadre.domain.seat import Plan, SeatClaim, Term
from services.cadre.events import AppointmentCorrected, AppointmentElected, AppointmentEnded
from tests.domain.cadre.given import CHAIR, LEADER, ORG, TERM, TODAY, VICE, WANG, D, fold, held, passed, place, post, refused, start, started

ID = UUID(int=1)
CONGRESS = D(2026, 3, 1)
NEXT_TEAM = place(terms=(Term(TERM, D(2021, 1, 1), D(2026, 1, 1), CONGRESS), Term(uuid4(), CONGRESS, D(2031, 3, 1), elected=True)))


def ends(facts):
    return [(f.effective, f.end_reason) for f in facts if isinstance(f, AppointmentEnded)]


def test_a_post_entered_late_ends_with_the_re_election_since_and_leaves_its_successor_the_seat():
    chair = held(starts_on=CONGRESS)
    facts = start(passed(starts_on=D(2026, 5, 25), term=TERM), D(2026, 5, 25))
    assert ends(facts) == []
    proposal = [f for f in passed(term=TERM) if not isinstance(f, AppointmentElected)]
    elected = [*proposal, AppointmentElected(elected_on=D(2025, 6, 1))]
    late = start(elected, D(2025, 6, 1), place=NEXT_TEAM, claim=fold(chair, of=SeatClaim))
    assert ends(late) == [(CONGRESS, "term_expired")] and late[-1].until == CONGRESS and "ended_meanwhile" in late[0].warnings


def corrected(facts, said, at=None, **more):
    ids = [uuid4() for f in facts if f.OF == "Appointment"]
    right = AppointmentCorrected(corrects=ids[len(ids) - 1 if at is None else at], **said)
    return office.correct(ID, fold(*facts), ids, right, {}, more.pop("place", NEXT_TEAM), LEADER, today=TODAY, **more)[ID]


def test_a_relief_that_never_was_leaves_her_in_office_until_the_re_election_since():
    began = started(D(2022, 1, 1))
    facts = [began, AppointmentEnded(effective=D(2025, 5, 1), end_reason="resigned", organisation=ORG, seat=CHAIR, person=WANG)]
    assert ends(corrected(facts, {"void": True})) == [(CONGRESS, "term_expired")]
    assert ends(corrected(facts, {"void": True}, place=place())) == []
    assert ends(corrected(facts, {"effective": D(2025, 6, 1)})) == []
    assert ends(corrected(facts, {"void": True}, restores=True)) == [], "the next team is taken back too"


def test_who_was_wanted_to_stay_over_the_re_election_stays():
    facts = [started(D(2022, 1, 1)), AppointmentEnded(effective=CONGRESS, end_reason="term_expired", organisation=ORG, seat=CHAIR, person=WANG)]
    assert ends(corrected(facts, {"void": True})) == []
    assert ends(corrected(facts[:1], {"starts_on": D(2022, 2, 1)})) == []


def test_nobody_outlasts_her_seat_or_organisation_by_a_correction():
    gone = place(seats={CHAIR: (Plan(D(2020, 1, 1), CONGRESS, "chair", 1),)})
    facts = [started(D(2025, 1, 1)), AppointmentEnded(effective=D(2025, 5, 1), end_reason="resigned", organisation=ORG, seat=CHAIR, person=WANG)]
    for there in (gone, place(closed_on=CONGRESS)):
        assert ends(corrected(facts, {"void": True}, place=there)) == [(CONGRESS, "seat_abolished")]
    by_seat = [facts[0], AppointmentEnded(effective=CONGRESS, end_reason="seat_abolished", organisation=ORG, seat=CHAIR, person=WANG)]
    with refused("seat_abolished"):
        corrected(by_seat, {"void": True}, place=gone)


def test_a_post_that_was_voided_wrongly_comes_back_though_its_term_was_ended_back_since():
    facts = [started(D(2026, 2, 1)), AppointmentCorrected(corrects=uuid4(), corrects_version=1, void=True)]
    ended_back = place(terms=(Term(TERM, D(2021, 1, 1), D(2026, 1, 1), D(2026, 1, 15)),))
    assert corrected(facts, {"void": True}, place=ended_back)


def test_a_deputy_entered_late_whose_own_period_runs_on_outlasts_the_re_election():
    hers = post(seat=VICE, role="vice_chair", engagement="part_time", mode="elected")
    facts = [started(D(2025, 1, 1), post=hers, until=D(2027, 1, 1))]
    assert ends(corrected(facts, {"starts_on": D(2025, 2, 1)})) == []
