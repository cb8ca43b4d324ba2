"""The timeline: who was in office when, as known after any prefix of an appointment's facts."""
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.cadre.domain import office
from services.cadre.domain.appointment import hold_of
from services.cadre.events import (
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentEnded,
    AppointmentTookEffect,
    timeline,
)
from shared.fact import Refused
from tests.domain.cadre.given import CHAIR, LEADER, TODAY, WANG, D, fold, place, post, started

START, END, FIRST, SECOND, THIRD = (uuid4() for _ in range(5))


def ended(day, reason="transferred"):
    return AppointmentEnded(effective=day, end_reason=reason, organisation=post().organisation, seat=CHAIR, person=WANG)


def days(*said):
    return [(i.valid_from, i.valid_to) for i in timeline(said)]


def in_office(day, *said):
    return any(a <= day and (b is None or day < b) for a, b in days(*said))


def test_a_future_dated_appointment_holds_from_its_day_as_soon_as_it_is_known_and_never_was_once_cancelled():
    start = (START, started(D(2026, 9, 1), ahead=True))
    assert days() == [] and days(start) == [(D(2026, 9, 1), None)]
    assert days(start, (None, AppointmentTookEffect(starts_on=D(2026, 9, 1)))) == [(D(2026, 9, 1), None)]
    assert days(start, (None, AppointmentCancelled(cancelled_on=TODAY, why="改派"))) == []


def test_a_back_dated_start_and_end_are_true_for_the_days_they_name():
    said = [(START, started(D(2025, 1, 1), back_dated=True)), (END, ended(D(2026, 1, 1)))]
    assert in_office(D(2025, 12, 31), *said) and not in_office(D(2026, 1, 1), *said)


def test_a_correction_and_a_correction_of_it_as_known_at_each_moment():
    said = [(START, started(D(2026, 1, 1))), (FIRST, AppointmentCorrected(corrects=START, starts_on=D(2026, 3, 1))),
            (SECOND, AppointmentCorrected(corrects=FIRST, starts_on=D(2026, 2, 1))), (THIRD, AppointmentCorrected(corrects=SECOND, void=True))]
    assert [in_office(D(2026, 2, 15), *said[:k]) for k in range(5)] == [False, True, False, True, False]


def test_an_event_id_and_a_number_name_the_same_fact():
    by_id = [(START, started()), (END, ended(D(2026, 3, 1))), (None, AppointmentCorrected(corrects=END, void=True))]
    by_number = [(None, fact) for _, fact in by_id[:2]] + [(None, AppointmentCorrected(corrects=END, corrects_version=2, void=True))]
    assert days(*by_id) == days(*by_number) == [(D(2026, 1, 1), None)]


def test_two_ends_leave_the_earlier_one():
    assert days((START, started()), (END, ended(D(2026, 5, 1))), (FIRST, ended(D(2026, 4, 1)))) == [(D(2026, 1, 1), D(2026, 4, 1))]


def test_a_post_corrected_to_another_seat_is_the_other_seat_from_the_start():
    right = post(seat=uuid4())
    said = [(START, started()), (FIRST, AppointmentCorrected(corrects=START, post=right))]
    assert timeline(said)[0].post == right


# -- any story ---------------------------------------------------------------------------------------------------------
ACTS = st.lists(st.tuples(st.sampled_from(["relieve", "suspend", "resume", "correct_start", "correct_end", "void", "cancel"]),
                          st.integers(-400, 400), st.integers(0, 9)), max_size=12)


def play(acts):
    """Facts with event ids of a story in which refused commands leave nothing behind."""
    said = [(uuid4(), started(TODAY - timedelta(30)))]
    for act, offset, which in acts:
        state, day = fold(*(f for _, f in said)), TODAY + timedelta(offset)
        ids = [id for id, _ in said]
        corrects = ids[which % len(ids)]
        corrections: dict[str, Any] = {"correct_start": {"starts_on": day}, "correct_end": {"effective": day}, "void": {"void": True}}
        try:
            if act == "relieve":
                facts = office.relieve(START, state, day, "transferred", "补录", LEADER, TODAY)
            elif act == "suspend":
                facts = office.suspend(START, state, day, "核查", LEADER)
            elif act == "resume":
                facts = office.resume(START, state, day, None, None, LEADER)
            elif act == "cancel":
                facts = office.cancel(START, state, None, "改派", TODAY)
            else:
                facts = office.correct(START, state, ids, AppointmentCorrected(corrects=corrects, **corrections[act]), {}, place(), LEADER)[START]
        except Refused:
            continue
        said += [(uuid4(), f) for f in facts if f.OF == "Appointment"]
    return said


@given(ACTS)
def test_whatever_happens_the_intervals_are_in_order_touch_and_have_days(acts):
    said = play(acts)
    for k in range(len(said) + 1):
        rows = timeline(said[:k])
        for row in rows:
            assert row.valid_to is None or row.valid_from < row.valid_to
        for a, b in pairwise(rows):
            assert a.valid_to == b.valid_from and a.suspended != b.suspended
        if rows:
            assert (rows[0].valid_from, rows[-1].valid_to) == (rows[0].starts_on, rows[0].ends_on)


@given(ACTS)
def test_by_event_ids_and_by_numbers_every_story_is_the_same(acts):
    said = play(acts)
    assert timeline(said) == timeline((None, fact) for _, fact in said) == fold(*(f for _, f in said)).life


@given(ACTS)
def test_a_void_correction_of_the_last_correction_gives_the_state_before_it(acts):
    said = play(acts)
    if isinstance(said[-1][1], AppointmentCorrected):
        assert timeline([*said, (uuid4(), AppointmentCorrected(corrects=said[-1][0], void=True))]) == timeline(said[:-1])


@given(ACTS)
def test_the_claim_always_spans_the_appointment(acts):
    state = fold(*(f for _, f in play(acts)))
    if state.life:
        hold = hold_of(START, state)
        assert (hold.starts_on, hold.until) == (state.life[0].valid_from, state.life[-1].valid_to)
