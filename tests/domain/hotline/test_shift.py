"""How a reception shift is scheduled, worked and called off."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from uuid import uuid4

import pytest

from services.hotline import domain
from services.hotline.events import ShiftCancelled, ShiftCompleted, ShiftScheduled
from shared.fact import Refused

ORGANISATION, EXECUTIVE, OTHER = uuid4(), uuid4(), uuid4()
START = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)  # the 22nd in Shanghai
SCHEDULED = ShiftScheduled(organisation=ORGANISATION, starts_at=START, ends_at=START + timedelta(hours=3), executive=EXECUTIVE)
COMPLETED = ShiftCompleted(organisation=ORGANISATION, executive=EXECUTIVE, worked_on=date(2026, 11, 22), minutes=180, calls=4, visits=1)
LATER = START + timedelta(hours=4)


def given(*facts):
    return reduce(domain.evolve, facts, None)


def test_a_worked_shift_counts_for_the_executive_on_its_shanghai_day():
    assert domain.complete(given(SCHEDULED), None, 4, 1, LATER) == COMPLETED


def test_whoever_sat_in_replaces_the_planned_executive():
    assert domain.complete(given(SCHEDULED), OTHER, 4, 1, LATER).executive == OTHER


def test_a_shift_cannot_be_completed_before_it_began_or_with_negative_counts():
    with pytest.raises(Refused, match="shift_not_begun"):
        domain.complete(given(SCHEDULED), None, 4, 1, START - timedelta(minutes=1))
    with pytest.raises(Refused, match="count_negative"):
        domain.complete(given(SCHEDULED), None, -1, 0, LATER)


def test_a_shift_ends_after_it_starts_and_within_a_day():
    for hours in (0, -1, 25):
        with pytest.raises(Refused, match="shift_length"):
            domain.schedule(None, SCHEDULED.model_copy(update={"ends_at": START + timedelta(hours=hours)}))


def test_a_cancelled_shift_says_why_and_is_not_completed():
    cancelled = domain.cancel(given(SCHEDULED), "停电", date(2026, 11, 22))
    assert cancelled == ShiftCancelled(cancelled_on=date(2026, 11, 22), why="停电")
    with pytest.raises(Refused, match="text_missing"):
        domain.cancel(given(SCHEDULED), " ", date(2026, 11, 22))
    with pytest.raises(Refused, match="shift_in_other_state"):
        domain.complete(given(SCHEDULED, cancelled), None, 0, 0, LATER)


def test_a_completed_shift_is_not_scheduled_completed_or_cancelled_again():
    was = given(SCHEDULED, COMPLETED)
    with pytest.raises(Refused, match="shift_exists"):
        domain.schedule(was, SCHEDULED)
    for command in (lambda: domain.complete(was, None, 0, 0, LATER), lambda: domain.cancel(was, "x", date(2026, 11, 22))):
        with pytest.raises(Refused, match="shift_in_other_state"):
            command()


def test_an_unknown_shift_is_refused():
    with pytest.raises(Refused, match="shift_unknown"):
        domain.cancel(None, "x", date(2026, 11, 22))
