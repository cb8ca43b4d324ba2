"""A whole team at once: the elected one replaces the outgoing one; abolished seats lose their holders."""
from typing import Any
from uuid import UUID, uuid4

from services.cadre.domain import succession
from services.cadre.domain.person import Cadre
from services.cadre.domain.seat import Plan, SeatClaim, Term
from services.cadre.domain.succession import Why
from services.cadre.events import (
    AppointmentCancelled,
    AppointmentElected,
    AppointmentEnded,
    AppointmentPartyReviewed,
    AppointmentProposed,
    AppointmentStarted,
    AppointmentWithdrawn,
    CadreProfileCorrected,
    CadreRegistered,
    Profile,
    ReactionRefused,
    SeatFreed,
    SeatHeld,
)
from tests.domain.cadre.given import CHAIR, LI, ORG, TODAY, VICE, WANG, D, fold, held, place, post, started

CONGRESS, CASE, NEW_TERM = D(2026, 5, 20), uuid4(), uuid4()
OLD_CHAIR, OLD_VICE, NEW_CHAIR, NEW_VICE = (uuid4() for _ in range(4))
WHY = Why(uuid4(), "elected_team", ORG, uuid4())
ZHAO = uuid4()


def registered():
    return Cadre((CadreRegistered(profile=Profile(person_name="某人"), home=ORG),))


def succeed(old, winners, people=None, claims=None):
    """`old`: appointment -> start fact."""
    states = {id: fold(*facts) for id, facts in old.items()} | dict.fromkeys(winners)
    holds = {s: fold(*(held(f[0].post.person, f[0].starts_on, appointment=id) for id, f in old.items() if f[0].post.seat == s), of=SeatClaim)
             for s in (CHAIR, VICE)}
    known = people if people is not None else {p.person: registered() for p in winners.values()}
    return succession.succeed(winners, CONGRESS, CASE, states, claims or holds, known, place().seats, WHY, TODAY)


def new(person, seat=CHAIR, role="chair"):
    return post(person=person, seat=seat, role=role, mode="elected", term=NEW_TERM, engagement="part_time")


def test_the_outgoing_chair_ends_with_her_term_and_the_elected_one_starts_on_the_congress_date():
    facts = succeed({OLD_CHAIR: [started()]}, {NEW_CHAIR: new(LI)})
    ended, = facts[OLD_CHAIR]
    begun, = facts[NEW_CHAIR]
    assert isinstance(ended, AppointmentEnded) and (ended.effective, ended.end_reason, ended.reelection) == (CONGRESS, "term_expired", CASE)
    assert isinstance(begun, AppointmentStarted) and (begun.starts_on, begun.reelection, begun.back_dated) == (CONGRESS, CASE, True)
    assert [type(f) for f in facts[CHAIR]] == [SeatHeld, SeatHeld]


def test_one_who_is_re_elected_ends_her_old_appointment_and_starts_a_new_one():
    facts = succeed({OLD_CHAIR: [started()]}, {NEW_CHAIR: new(WANG)})
    assert facts[OLD_CHAIR][0].end_reason == "term_expired" and NEW_CHAIR in facts


def test_one_who_is_elected_to_another_office_is_re_elected_elsewhere():
    facts = succeed({OLD_CHAIR: [started()]}, {NEW_VICE: new(WANG, VICE, "vice_chair")})
    assert facts[OLD_CHAIR][0].end_reason == "reelected_elsewhere"


def test_what_was_to_start_only_after_the_congress_is_called_off():
    facts = succeed({OLD_CHAIR: [started(D(2026, 8, 1), ahead=True)]}, {NEW_CHAIR: new(LI)})
    assert isinstance(facts[OLD_CHAIR][0], AppointmentCancelled) and isinstance(facts[CHAIR][0], SeatFreed)


def test_an_end_set_for_after_the_congress_is_brought_forward_and_one_before_it_stays():
    def end(day):
        return AppointmentEnded(effective=day, end_reason="retired", organisation=ORG, seat=CHAIR, person=WANG)
    late = succeed({OLD_CHAIR: [started(), end(D(2026, 7, 1))]}, {NEW_CHAIR: new(LI)})
    assert late[OLD_CHAIR][0].effective == CONGRESS
    early = succeed({OLD_CHAIR: [started(), end(D(2026, 5, 1))]}, {NEW_CHAIR: new(LI)},
                    claims={CHAIR: fold(held(WANG, until=D(2026, 5, 1), appointment=OLD_CHAIR), of=SeatClaim)})
    assert OLD_CHAIR not in early and NEW_CHAIR in early


def test_a_winner_whom_a_rule_refuses_is_put_on_the_work_list_and_the_others_start():
    facts = succeed({}, {NEW_CHAIR: new(LI), OLD_CHAIR: new(ZHAO), NEW_VICE: new(ZHAO, VICE, "vice_chair")})
    item, = facts[WHY.reaction]
    assert isinstance(item, ReactionRefused) and (item.code, item.target, item.person) == ("two_chairs", OLD_CHAIR, ZHAO)
    assert NEW_CHAIR in facts and NEW_VICE in facts and OLD_CHAIR not in facts


def test_a_winner_nobody_has_registered_is_put_on_the_work_list():
    facts = succeed({}, {NEW_CHAIR: new(LI)}, people={LI: None})
    assert facts[WHY.reaction][0].code == "unknown_cadre"


def test_a_winner_whose_registration_was_taken_back_is_put_on_the_work_list():
    void = Cadre((*registered().said, CadreProfileCorrected(corrects=uuid4(), corrects_version=1, profile=Profile(), void=True)))
    facts = succeed({}, {NEW_CHAIR: new(LI)}, people={LI: void})
    assert facts[WHY.reaction][0].code == "unknown_cadre"


def test_a_winner_who_has_started_already_is_left_alone():
    states = {NEW_CHAIR: fold(started(CONGRESS, post=new(LI)))}
    assert succession.succeed({NEW_CHAIR: new(LI)}, CONGRESS, CASE, states, {}, {LI: registered()}, {}, WHY, TODAY) == {}


def proposal(person, seat=CHAIR, role="chair", *later):
    wished = post(person=person, seat=seat, role=role, mode="elected", engagement="part_time")
    return [AppointmentProposed(post=wished, starts_on=D(2026, 5, 25), proposed_by="clerk", route=("party", "election")), *later]


REVIEWED = AppointmentPartyReviewed(agreed=True, decided_on=D(2026, 5, 1), authority="镇党委")


def settle(candidates, winners):
    """`candidates`: appointment -> facts of a proposal."""
    states = {id: fold(*facts) for id, facts in candidates.items()} | {w: None for w in winners}
    people = {p.person: registered() for p in winners.values()}
    return succession.succeed(winners, CONGRESS, CASE, states, {}, people, place().seats, WHY, TODAY, list(candidates))


def test_the_proposal_of_who_was_elected_leads_into_her_office_and_the_others_end():
    hers, rivals, twice = (uuid4() for _ in range(3))
    facts = settle({hers: proposal(LI, CHAIR, "chair", REVIEWED), rivals: proposal(ZHAO), twice: proposal(WANG, VICE, "vice_chair")},
                   {NEW_CHAIR: new(LI)})
    elected, begun = facts[hers]
    assert isinstance(elected, AppointmentElected) and (elected.elected_on, elected.body, elected.reelection) == (CONGRESS, "congress", CASE)
    assert isinstance(begun, AppointmentStarted) and (begun.starts_on, begun.post.term, begun.reelection) == (CONGRESS, NEW_TERM, CASE)
    assert [f.appointment for f in facts[CHAIR]] == [hers] and NEW_CHAIR not in facts
    for id in (rivals, twice):
        ended, = facts[id]
        assert isinstance(ended, AppointmentWithdrawn) and (ended.withdrawn_on, ended.why) == (TODAY, "未当选")


def test_a_proposal_for_another_office_is_not_her_election_to_this_one():
    hers = uuid4()
    facts = settle({hers: proposal(LI, VICE, "vice_chair")}, {NEW_CHAIR: new(LI)})
    assert isinstance(facts[NEW_CHAIR][0], AppointmentStarted) and facts[hers][0].why == "未当选"


def test_a_second_proposal_of_hers_ends_as_such_and_one_that_was_decided_before_stays_as_it_was():
    first, second, refused_before = (uuid4() for _ in range(3))
    over = AppointmentWithdrawn(withdrawn_on=TODAY, why="本人不愿")
    passed = AppointmentElected(elected_on=CONGRESS, body="congress")
    facts = settle({first: proposal(LI), second: proposal(LI, CHAIR, "chair", passed), refused_before: proposal(ZHAO, CHAIR, "chair", over)},
                   {NEW_CHAIR: new(LI)})
    assert [type(f) for f in facts[second]] == [AppointmentStarted], "her election was entered already"
    assert facts[first][0].why == "重复提名" and refused_before not in facts


def test_the_proposal_of_a_winner_whom_a_rule_refuses_stays_until_somebody_settles_it():
    hers = uuid4()
    states = {hers: fold(*proposal(LI)), OLD_CHAIR: None, NEW_CHAIR: None}
    winners = {OLD_CHAIR: new(ZHAO), NEW_CHAIR: new(LI)}
    known = {p.person: registered() for p in winners.values()}
    facts = succession.succeed(winners, CONGRESS, CASE, states, {}, known, place().seats, WHY, TODAY, [hers])
    item, = facts[WHY.reaction]
    assert isinstance(item, ReactionRefused) and item.target == hers and hers not in facts and OLD_CHAIR in facts


NEXT_MAY = D(2027, 5, 1)


def deputy(until=NEXT_MAY, **more):
    """A seconded vice chair with a period of her own."""
    return started(post=post(person=WANG, seat=VICE, role="vice_chair", engagement="seconded", mode="seconded"), until=until, **more)


def settle_old(old, winners, leaving):
    states = {OLD_VICE: fold(*old), NEW_CHAIR: None, NEW_VICE: None}
    claims = {VICE: fold(held(WANG, old[0].starts_on, old[0].until, appointment=OLD_VICE), of=SeatClaim), CHAIR: None}
    people = {p.person: registered() for p in winners.values()}
    return succession.succeed(winners, CONGRESS, CASE, states, claims, people, place().seats, WHY, TODAY, leaving=leaving)


def test_a_seconded_vice_chair_whose_own_period_runs_on_stays_unless_the_result_says_that_she_leaves():
    winners = {NEW_CHAIR: new(LI)}
    assert OLD_VICE not in settle_old([deputy()], winners, ())
    assert settle_old([deputy()], winners, (OLD_VICE,))[OLD_VICE][0].end_reason == "term_expired"
    assert settle_old([deputy()], winners, None)[OLD_VICE][0].effective == CONGRESS, "a result of before it could say so"


def test_who_has_no_period_of_her_own_leaves_and_so_does_one_whose_period_is_over_or_who_is_elected_anew():
    winners = {NEW_CHAIR: new(LI)}
    assert OLD_VICE in settle_old([deputy(until=None)], winners, ())
    assert OLD_VICE not in settle_old([deputy(until=D(2026, 5, 1))], winners, ()), "it ended before"
    full = started(post=post(person=WANG, seat=VICE, role="vice_chair", engagement="full_time"), until=D(2027, 1, 1))
    assert OLD_VICE in settle_old([full], winners, ())
    again = settle_old([deputy()], {NEW_VICE: new(WANG, VICE, "vice_chair")}, ())
    assert again[OLD_VICE][0].effective == CONGRESS and isinstance(again[NEW_VICE][0], AppointmentStarted)


# -- the end of a seat corrected -----------------------------------------------------------------------------------------
def refitted(until, *claims):
    gone = place(seats={**place().seats, CHAIR: (Plan(D(2020, 1, 1), until, "chair", 1),)})
    facts = [started(), AppointmentEnded(effective=D(2026, 5, 1), end_reason="seat_abolished", organisation=ORG, seat=CHAIR, person=WANG)]
    seats = {CHAIR: fold(*claims, of=SeatClaim)}
    return succession.refitted({OLD_CHAIR: fold(*facts)}, gone, seats, lambda _: [UUID(int=1), UUID(int=2)], WHY, TODAY)


def test_who_left_with_her_seat_leaves_on_the_corrected_day_or_stays_when_it_never_went():
    for until, right in ((D(2026, 4, 1), (D(2026, 4, 1), "seat_abolished", False)), (None, (None, None, True))):
        said, = refitted(until)[OLD_CHAIR]
        assert (said.effective, said.end_reason, said.void, said.corrects) == (*right, UUID(int=2))
    assert refitted(D(2026, 5, 1)) == {}


def test_who_would_come_back_to_a_place_that_is_taken_stands_on_the_work_list():
    facts = refitted(None, held(starts_on=D(2026, 5, 10)))
    assert OLD_CHAIR not in facts and [f.code for f in facts[WHY.reaction]] == ["two_chairs"]


def test_when_the_congress_was_on_another_day_the_old_team_left_and_the_elected_one_started_then():
    for day in (D(2026, 4, 20), D(2026, 5, 25)):
        there = place(terms=(Term(uuid4(), D(2021, 1, 1), D(2026, 1, 1), day), Term(NEW_TERM, day, D(2031, 4, 20), elected=True)))
        old = [started(D(2022, 1, 1)), AppointmentEnded(effective=CONGRESS, end_reason="term_expired", organisation=ORG, seat=CHAIR, person=WANG,
                                                        reelection=CASE)]
        won = [started(CONGRESS, post=new(LI), reelection=CASE)]
        seats = {CHAIR: fold(held(WANG, D(2022, 1, 1), CONGRESS, appointment=OLD_CHAIR), held(LI, CONGRESS, appointment=NEW_CHAIR), of=SeatClaim)}
        states = {OLD_CHAIR: fold(*old), NEW_CHAIR: fold(*won)}
        facts = succession.moved(NEW_TERM, states, there, seats, lambda _: [UUID(int=1), UUID(int=2)], WHY, TODAY)
        ended: Any = facts[OLD_CHAIR][0]
        begun: Any = facts[NEW_CHAIR][0]
        claim: list[Any] = facts[CHAIR]
        assert (ended.effective, begun.starts_on) == (day, day) and WHY.reaction not in facts
        assert [(f.starts_on, f.until) for f in claim if f.appointment == OLD_CHAIR] == [(D(2022, 1, 1), day)]
