"""In office: started, cancelled, suspended, ended, corrected, and the clock."""
from typing import Any
from uuid import UUID, uuid4

from services.cadre.domain import office
from services.cadre.domain.appointment import By
from services.cadre.domain.seat import Plan, SeatClaim
from services.cadre.events import (
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentEnded,
    AppointmentResumed,
    AppointmentStarted,
    AppointmentSuspended,
    AppointmentTookEffect,
    SeatFreed,
    SeatHeld,
)
from tests.domain.cadre.given import (
    CHAIR,
    EXECUTIVES,
    JANUARY,
    LEADER,
    LI,
    TERM_START,
    TODAY,
    VICE,
    WANG,
    D,
    fold,
    held,
    passed,
    place,
    post,
    proposed,
    refused,
    start,
    started,
)

ID = UUID(int=1)
HERSELF = By("wang", WANG)


def relieve(facts, effective, end_reason="transferred", reason=None, by=LEADER):
    return office.relieve(ID, fold(*facts), effective, end_reason, reason, by, TODAY)


def test_an_appointment_that_was_not_passed_cannot_start():
    with refused("not_passed"):
        start(proposed())
    with refused("unknown_appointment"):
        start([])
    with refused("not_passed"):
        start([*passed(), started()])


def test_a_back_dated_start_is_flagged_and_needs_a_reason():
    acting = passed(mode="acting", until=D(2026, 12, 1))
    with refused("back_dated_reason"):
        start(acting, D(2026, 5, 1))
    began, _ = start(acting, D(2026, 5, 1), reason="文件晚到")
    assert began.back_dated and not began.ahead
    today, _ = start(passed(), TODAY)
    assert not today.back_dated and not today.ahead


def test_an_elected_post_does_not_start_before_its_election():
    with refused("start_before_election"):
        start(passed(mode="by_election"), D(2026, 5, 24), reason="补录")


def test_an_acting_post_that_would_be_over_before_it_starts_is_refused():
    with refused("until_before_start"):
        start(passed(mode="acting", until=D(2026, 7, 1)), D(2026, 7, 1))


def test_a_start_is_checked_against_org_again():
    with refused("organisation_closed"):
        start(passed(), place=place(closed_on=D(2026, 6, 1)))
    with refused("unknown_organisation"):
        start(passed(), place=None)


def test_two_chairs_are_refused_and_a_full_seat_too():
    with refused("two_chairs"):
        start(passed(), claim=fold(held(), of=SeatClaim))
    vices = fold(held(uuid4()), held(uuid4()), of=SeatClaim)
    with refused("seat_over_plan"):
        start(passed(seat=VICE, engagement="part_time"), claim=vices)
    with refused("already_in_seat"):
        start(passed(seat=EXECUTIVES), claim=fold(held(WANG), of=SeatClaim))


def test_the_chair_may_start_on_the_day_her_predecessor_is_out():
    until = D(2026, 6, 15)
    assert start(passed(), until, claim=fold(held(until=until), of=SeatClaim))
    with refused("two_chairs"):
        start(passed(), D(2026, 6, 14), claim=fold(held(until=until), of=SeatClaim))


def test_a_future_start_can_be_cancelled_until_it_takes_effect():
    facts = start(passed())
    claim = fold(*facts, of=SeatClaim)
    gone, freed = office.cancel(ID, fold(*facts), claim, "改派", TODAY)
    assert isinstance(gone, AppointmentCancelled) and freed == SeatFreed(appointment=ID)
    with refused("already_in_effect"):
        office.cancel(ID, fold(*facts), claim, "改派", D(2026, 6, 15))
    with refused("already_in_effect"):
        office.cancel(ID, fold(*facts, AppointmentTookEffect(starts_on=D(2026, 6, 15))), claim, "改派", TODAY)
    with refused("not_started"):
        office.cancel(ID, fold(*passed()), None, "改派", TODAY)
    with refused("unknown_appointment"):
        office.cancel(ID, None, None, "改派", TODAY)
    assert fold(*facts, gone).step == "cancelled"


def test_relief_on_a_day_means_not_in_office_on_that_day():
    ended, hold = relieve([started()], D(2026, 6, 10))
    assert ended.effective == D(2026, 6, 10) and ended.ahead and hold.until == D(2026, 6, 10)
    assert (ended.seat, ended.person, ended.organisation) == (CHAIR, WANG, post().organisation)
    assert fold(started(), ended).life[0].valid_to == D(2026, 6, 10)


def test_relief_not_after_the_start_is_refused():
    for day in (D(2026, 1, 1), D(2025, 12, 31)):
        with refused("effective_before_start"):
            relieve([started()], day)


def test_back_dated_relief_needs_a_reason():
    with refused("back_dated_reason"):
        relieve([started()], D(2026, 5, 31))
    assert relieve([started()], D(2026, 5, 31), reason="批复晚到")[0].back_dated


def test_a_post_that_ends_already_is_not_ended_again_but_an_acting_one_may_end_early():
    facts: list[Any] = [started()]
    facts += relieve(facts, D(2026, 6, 10))
    with refused("already_ended"):
        relieve(facts, D(2026, 6, 9))
    acting = [started(post=post(mode="acting"), until=D(2026, 12, 1))]
    with refused("already_ended"):
        relieve(acting, D(2026, 12, 1))
    assert relieve(acting, D(2026, 11, 30))[1].until == D(2026, 11, 30)


def test_nobody_relieves_suspends_resumes_or_corrects_herself():
    with refused("own_appointment"):
        relieve([started()], D(2026, 6, 10), by=HERSELF)
    with refused("own_appointment"):
        office.suspend(ID, fold(started()), TODAY, "停职", HERSELF)
    with refused("own_appointment"):
        office.resume(ID, fold(started()), TODAY, None, None, HERSELF)
    with refused("own_appointment"):
        correct([started()], 1, by=HERSELF, void=True)


def test_relief_of_what_never_began_is_refused():
    with refused("not_started"):
        relieve(passed(), D(2026, 6, 10))
    with refused("unknown_appointment"):
        office.relieve(ID, None, TODAY, "died", None, LEADER, TODAY)


def suspend(facts, effective):
    return office.suspend(ID, fold(*facts), effective, "核查", LEADER)


def resume(facts, effective, claim=None):
    return office.resume(ID, fold(*facts), effective, claim, place().seats[CHAIR], LEADER)


def test_a_suspended_chair_keeps_her_seat_and_somebody_acting_may_stand_in():
    facts: list[Any] = [started()]
    facts += suspend(facts, D(2026, 3, 1))
    assert facts[-1] == SeatHeld(appointment=ID, person=WANG, starts_on=D(2026, 1, 1), away=((D(2026, 3, 1), None),))
    assert [(i.valid_from, i.valid_to, i.suspended) for i in fold(*facts).life] == [
        (D(2026, 1, 1), D(2026, 3, 1), False), (D(2026, 3, 1), None, True)]
    claim = fold(*facts, of=SeatClaim)
    stand_in = passed(person=LI, mode="acting", until=D(2026, 12, 1))
    began: Any = office.start(UUID(int=2), fold(*stand_in), None, claim, place(), None, 0, None, LEADER, TODAY)
    assert began[1].acting
    with refused("two_chairs"):  # another real one may not
        start(passed(person=LI), claim=claim, id=UUID(int=3))
    claim = fold(*facts, began[1], of=SeatClaim)
    with refused("two_chairs"):  # and she comes back only when the one acting is out
        resume(facts, D(2026, 7, 1), claim)
    assert resume(facts, D(2026, 12, 1), claim)[1].away == ((D(2026, 3, 1), D(2026, 12, 1)),)


def test_suspension_and_resumption_alternate_within_the_post():
    facts: list[Any] = [started()]
    with refused("not_suspended"):
        resume(facts, TODAY)
    with refused("effective_before_start"):
        suspend(facts, D(2025, 12, 31))
    ended = [*facts, *relieve(facts, D(2026, 6, 10))]
    with refused("effective_after_end"):
        suspend(ended, D(2026, 6, 10))
    away = [*facts, *suspend(facts, D(2026, 3, 1))]
    with refused("already_suspended"):
        suspend(away, D(2026, 4, 1))
    with refused("effective_before_start"):
        resume(away, D(2026, 3, 1))
    back = [*away, *resume(away, D(2026, 4, 1))]
    assert [i.suspended for i in fold(*back).life] == [False, True, False]
    assert isinstance(away[-2], AppointmentSuspended) and isinstance(back[-2], AppointmentResumed)


# -- corrections -------------------------------------------------------------------------------------------------------
EVENTS = [uuid4() for _ in range(9)]


def correct(facts, number, claims=None, by=LEADER, a_place=None, **said):
    """The correction of fact `number` (from 1), and what it does to the claims."""
    facts = [f for f in facts if f.OF == "Appointment"]
    found = office.correct(ID, fold(*facts), EVENTS[:len(facts)], AppointmentCorrected(corrects=EVENTS[number - 1], **said), claims or {},
                           a_place or place(), by)
    return found[ID][0], found


def test_a_correction_moves_the_start_and_the_claim_with_it():
    fact, all_ = correct([started()], 1, starts_on=D(2026, 2, 1))
    assert fact.corrects_version == 1 and fold(started(), fact).life[0].starts_on == D(2026, 2, 1)
    assert all_[CHAIR][0].starts_on == D(2026, 2, 1)


def test_a_correction_of_a_correction_says_what_that_should_have_said():
    facts: list[Any] = [started()]
    facts.append(correct(facts, 1, starts_on=D(2026, 2, 1))[0])
    facts.append(correct(facts, 2, starts_on=D(2026, 3, 1))[0])
    assert fold(*facts).life[0].starts_on == D(2026, 3, 1)
    facts.append(correct(facts, 3, void=True)[0])
    assert fold(*facts).life[0].starts_on == D(2026, 2, 1)
    facts.append(correct(facts, 2, void=True)[0])
    assert fold(*facts).life[0].starts_on == D(2026, 1, 1)


def test_a_voided_start_never_was_and_frees_the_seat_and_the_voiding_can_be_taken_back():
    facts: list[Any] = [started()]
    fact, all_ = correct(facts, 1, {CHAIR: fold(held(WANG, appointment=ID), of=SeatClaim)}, void=True)
    assert all_[CHAIR] == [SeatFreed(appointment=ID)]
    facts.append(fact)
    assert fold(*facts).step == "void"
    with refused("corrects_void"):
        correct(facts, 1, starts_on=D(2026, 2, 1))
    with refused("not_started"):
        relieve(facts, D(2026, 6, 10))
    back, all_ = correct(facts, 2, void=True)
    assert fold(*facts, back).life and all_[CHAIR][0].starts_on == D(2026, 1, 1)


def test_a_voided_end_puts_her_back_in_office_unless_somebody_else_sits_there_now():
    facts: list[Any] = [started()]
    facts += [relieve(facts, D(2026, 3, 1), reason="补录")[0]]
    fact, _ = correct(facts, 2, void=True)
    assert fold(*facts, fact).life[0].valid_to is None
    with refused("two_chairs"):
        correct(facts, 2, {CHAIR: fold(held(LI, D(2026, 4, 1)), of=SeatClaim)}, void=True)
    assert relieve([*facts, fact], D(2026, 6, 10))


def test_a_correction_of_the_end_changes_day_and_reason():
    facts: list[Any] = [started()]
    facts += [relieve(facts, D(2026, 3, 1), reason="补录")[0]]
    fact, all_ = correct(facts, 2, effective=D(2026, 4, 1), end_reason="retired")
    life = fold(*facts, fact).life[0]
    assert (life.valid_to, life.end_reason, all_[CHAIR][0].until) == (D(2026, 4, 1), "retired", D(2026, 4, 1))


def test_a_correction_to_another_seat_frees_the_first_and_is_counted_in_the_second():
    right = post(seat=VICE, role="vice_chair", engagement="part_time")
    _, all_ = correct([started()], 1, {CHAIR: fold(held(WANG, appointment=ID), of=SeatClaim)}, post=right)
    assert all_[CHAIR] == [SeatFreed(appointment=ID)] and isinstance(all_[VICE][0], SeatHeld)
    full = {VICE: fold(held(uuid4()), held(uuid4()), of=SeatClaim)}
    with refused("seat_over_plan"):
        correct([started()], 1, full, post=right)


def test_corrections_are_held_to_the_seats_capacity():
    earlier = {CHAIR: fold(held(LI, D(2024, 1, 1), D(2026, 1, 1)), of=SeatClaim)}
    with refused("two_chairs"):
        correct([started()], 1, earlier, starts_on=D(2025, 12, 1))


def test_a_corrected_start_is_checked_against_org_unless_it_is_a_first_load():
    with refused("effective_before_established"):
        correct([started()], 1, starts_on=D(2019, 1, 1))
    assert correct([started(opening=True)], 1, starts_on=D(2019, 1, 1))


def test_only_the_start_the_end_and_their_corrections_can_be_corrected():
    facts = [*passed(), started()]
    with refused("not_correctable"):
        correct(facts, 1, starts_on=D(2026, 2, 1))
    with refused("not_correctable"):
        office.correct(ID, fold(started()), EVENTS[:1], AppointmentCorrected(corrects=uuid4(), void=True), {}, place(), LEADER)
    with refused("not_correctable"):
        correct([started(), AppointmentCancelled(cancelled_on=TODAY, why="误")], 1, void=True)
    with refused("unknown_appointment"):
        office.correct(ID, None, [], AppointmentCorrected(corrects=uuid4()), {}, place(), LEADER)


def test_a_correction_says_only_what_the_corrected_fact_says_and_something_new():
    with refused("correction_wrong_field"):
        correct([started()], 1, effective=D(2026, 2, 1))
    ended = AppointmentEnded(effective=D(2026, 3, 1), end_reason="retired", organisation=post().organisation, seat=CHAIR, person=WANG)
    with refused("correction_wrong_field"):
        correct([started(), ended], 2, starts_on=D(2026, 2, 1))
    with refused("correction_empty"):
        correct([started()], 1)
    with refused("correction_empty"):
        correct([started()], 1, starts_on=D(2026, 1, 1))
    with refused("correction_of_person"):
        correct([started()], 1, post=post(person=LI))
    with refused("ends_before_start"):
        correct([started(), ended], 1, starts_on=D(2026, 3, 1))


# -- first load, clock -------------------------------------------------------------------------------------------------
def test_a_first_load_is_taken_as_the_paper_has_it():
    fact = office.open_post(None, post(), D(2021, 1, 1), D(2024, 1, 1), "year", "roster.xlsx!2")
    assert fact.opening and fact.precision == "year" and fact.until == D(2024, 1, 1)
    with refused("appointment_exists"):
        office.open_post(fold(fact), post(), D(2021, 1, 1), None, "day", None)
    with refused("until_before_start"):
        office.open_post(None, post(), D(2021, 1, 1), D(2021, 1, 1), "day", None)


def test_the_clock_says_once_that_a_future_start_has_come():
    facts = start(passed())
    assert office.due(fold(*facts)) == [("took_effect", D(2026, 6, 15))]
    with refused("not_due"):
        office.took_effect(fold(*facts), D(2026, 6, 14))
    came = office.took_effect(fold(*facts), D(2026, 6, 15))
    assert office.due(fold(*facts, came)) == []
    with refused("not_due"):
        office.took_effect(fold(*facts, came), D(2026, 6, 16))


def test_the_clock_warns_of_an_acting_posts_end_and_says_when_it_has_come():
    facts: list[Any] = [AppointmentStarted(post=post(mode="acting"), starts_on=D(2026, 1, 1), until=D(2026, 7, 1))]
    assert office.due(fold(*facts)) == [("lapse", D(2026, 7, 1)), ("due_soon", D(2026, 6, 1))]
    with refused("not_due"):
        office.due_soon(fold(*facts), D(2026, 5, 31))
    facts.append(office.due_soon(fold(*facts), TODAY))
    assert facts[-1].days == 30 and office.due(fold(*facts)) == [("lapse", D(2026, 7, 1))]
    with refused("not_due"):
        office.lapse(fold(*facts), D(2026, 6, 30))
    facts.append(office.lapse(fold(*facts), D(2026, 7, 1)))
    assert office.due(fold(*facts)) == []
    with refused("not_due"):
        office.lapse(fold(*facts), D(2026, 7, 2))


def test_a_future_relief_lapses_on_its_day_and_a_past_one_needs_no_clock():
    facts: list[Any] = [started()]
    assert office.due(fold(*facts, *relieve(facts, D(2026, 6, 10)))) == [("lapse", D(2026, 6, 10))]
    assert office.due(fold(*facts, *relieve(facts, TODAY))) == []
    assert office.due(fold(started(opening=True, until=D(2027, 1, 1)))) == []
    assert office.due(fold(*passed())) == []


def test_a_day_corrected_into_the_future_is_said_by_the_clock_when_it_comes_and_a_past_one_is_not():
    facts: list[Any] = [started()]
    facts += relieve(facts, D(2026, 5, 1), reason="补录")
    wrong: Any = {"corrects": uuid4(), "corrects_version": 2}
    later, past = (AppointmentCorrected(**wrong, effective=day, ahead=ahead) for day, ahead in ((D(2026, 7, 1), True), (D(2026, 4, 1), False)))
    ends = [f for f in facts if f.OF == "Appointment"]
    assert office.due(fold(*ends, later)) == [("lapse", D(2026, 7, 1))]
    assert office.due(fold(*ends, past)) == []
    begun: Any = {"corrects": uuid4(), "corrects_version": 1}
    coming = AppointmentCorrected(**begun, starts_on=D(2026, 7, 1), ahead=True)
    assert office.due(fold(started(), coming)) == [("took_effect", D(2026, 7, 1))]
    came = AppointmentTookEffect(starts_on=D(2026, 7, 1))
    assert office.due(fold(started(), coming, came)) == []
    assert office.due(fold(started(), AppointmentCorrected(**begun, starts_on=D(2026, 1, 1)))) == []


def test_a_future_relief_of_a_first_loaded_post_lapses_too():
    facts: list[Any] = [started(opening=True)]
    assert office.due(fold(*facts, *[f for f in relieve(facts, D(2026, 6, 10)) if f.OF == "Appointment"])) == [("lapse", D(2026, 6, 10))]


def test_a_capacity_that_grows_later_does_not_make_room_before():
    plans = {CHAIR: (Plan(D(2020, 1, 1), D(2026, 7, 1), "vice_chair", 1), Plan(D(2026, 7, 1), None, "vice_chair", 2))}
    with refused("seat_over_plan"):
        start(passed(), D(2026, 6, 15), claim=fold(held(), of=SeatClaim), place=place(seats=plans))
    assert start(passed(), D(2026, 7, 1), claim=fold(held(), of=SeatClaim), place=place(seats=plans))


# -- a seat that a first load filled beyond its plan -------------------------------------------------------------------
def over_full(*more, mine=None):
    """Three in a seat of two: she and two others since the start of the term."""
    return fold(mine or held(WANG, JANUARY, appointment=ID), held(LI), held(uuid4()), *more, of=SeatClaim)


VICE_POST = post(seat=VICE, role="vice_chair", engagement="part_time")


def test_who_holds_a_place_of_an_over_full_seat_can_be_suspended_and_come_back():
    facts: list[Any] = [started(post=VICE_POST)]
    facts += suspend(facts, D(2026, 3, 1))
    back: Any = office.resume(ID, fold(*facts), D(2026, 4, 1), over_full(mine=facts[-1]), place().seats[VICE], LEADER)
    assert back[1].away == ((D(2026, 3, 1), D(2026, 4, 1)),)
    stand_in = held(uuid4(), D(2026, 3, 1), acting=True)
    with refused("seat_over_plan"):  # one acting in her place makes it one more than it was
        office.resume(ID, fold(*facts), D(2026, 4, 1), over_full(stand_in, mine=facts[-1]), place().seats[VICE], LEADER)


def test_the_dates_of_who_holds_a_place_of_an_over_full_seat_can_be_corrected():
    facts: list[Any] = [started(post=VICE_POST)]
    for day in (D(2026, 2, 1), D(2025, 3, 1)):
        assert correct(facts, 1, {VICE: over_full()}, starts_on=day)[1][VICE][0].starts_on == day
    facts += [relieve(facts, D(2026, 3, 1), reason="补录")[0]]
    left = held(WANG, JANUARY, D(2026, 3, 1), appointment=ID)
    assert correct(facts, 2, {VICE: over_full(mine=left)}, void=True)[1][VICE][0].until is None
    came = fold(held(LI), held(uuid4(), D(2026, 3, 1)), left, of=SeatClaim)
    with refused("seat_over_plan"):  # her place was given to somebody else meanwhile
        correct(facts, 2, {VICE: came}, void=True)


def test_who_comes_new_to_an_over_full_seat_is_counted_by_start_and_by_correction():
    with refused("seat_over_plan"):
        start(passed(person=uuid4(), seat=VICE, engagement="part_time"), claim=over_full(), id=UUID(int=2))
    with refused("seat_over_plan"):
        correct([started()], 1, {VICE: fold(held(LI), held(uuid4()), held(uuid4()), of=SeatClaim)}, post=VICE_POST)


def test_who_acts_for_somebody_does_not_stay_beyond_her_return_by_a_correction():
    away = held(LI, TERM_START, away=((D(2026, 1, 1), D(2026, 5, 1)),))
    acting = started(post=post(mode="acting"), until=D(2026, 5, 1))
    mine = held(WANG, JANUARY, D(2026, 5, 1), appointment=ID, acting=True)
    with refused("two_chairs"):
        correct([acting], 1, {CHAIR: fold(away, mine, of=SeatClaim)}, until=D(2026, 6, 1))
