"""The claim on a seat: whatever is asked of it, its dated holders never exceed its capacity."""
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.cadre.domain import seat
from services.cadre.domain.seat import Plan, SeatClaim
from services.cadre.events import SeatFreed, SeatHeld
from shared.fact import Refused
from tests.domain.cadre.given import LI, WANG, D, fold, held, refused

START = D(2026, 1, 1)
PLANS = (Plan(START, START + timedelta(20), "vice_chair", 2), Plan(START + timedelta(20), None, "vice_chair", 3))

asked = st.tuples(st.integers(1, 8), st.integers(0, 40), st.one_of(st.none(), st.integers(1, 30)), st.booleans(), st.booleans())


def hold(n, since, length, acting=False, away=False):
    starts_on = START + timedelta(since)
    until = starts_on + timedelta(length) if length else None
    return SeatHeld(appointment=UUID(int=n), person=UUID(int=100 + n), starts_on=starts_on, until=until, acting=acting,
                    away=((starts_on, until),) if away and not acting else ())


@given(st.lists(asked, max_size=25))
def test_dated_holders_never_exceed_the_capacity_on_any_day(wishes):
    claim = None
    for n, since, length, acting, away in wishes:
        try:
            claim = seat.evolve(claim, seat.hold(claim, hold(n, since, length, acting, away), PLANS))
        except Refused as refusal:
            assert refusal.code == "seat_over_plan"
    for offset in range(75):
        day = START + timedelta(offset)
        here = [h for h in (claim.holds.values() if claim else ()) if seat.covers(h.starts_on, h.until, day)]
        stand_ins, away = sum(h.acting for h in here), sum(any(seat.covers(a, b, day) for a, b in h.away) for h in here)
        capacity = 2 if offset < 20 else 3
        assert len(here) - stand_ins <= capacity
        assert len(here) - away <= capacity or not stand_ins


@given(st.lists(asked, max_size=10), asked)
def test_a_hold_is_refused_exactly_when_some_day_is_full(wishes, new):
    claim = SeatClaim()
    for n, since, length, *_ in wishes:
        claim = seat.evolve(claim, hold(n, since, length))
    wanted = hold(9, *new[1:3])  # somebody who holds no place of it yet
    others = claim.holds.values()
    full = any(sum(seat.covers(h.starts_on, h.until, day) for h in others) >= (2 if day < START + timedelta(20) else 3)
               for day in (START + timedelta(n) for n in range(80)) if seat.covers(wanted.starts_on, wanted.until, day))
    assert (seat.taken(claim, wanted, PLANS) is not None) == full


def test_without_a_plan_nothing_is_counted_and_with_warnings_it_only_warns():
    claim = fold(held(), of=SeatClaim)
    assert seat.hold(claim, hold(1, 0, None), None)
    warnings: list[str] = []
    assert seat.hold(claim, hold(1, 0, None), (Plan(START, None, "chair", 1),), warnings) and warnings == ["seat_over_plan"]


def test_days_on_which_the_seat_is_abolished_are_not_counted():
    assert seat.taken(fold(held(), of=SeatClaim), hold(1, 30, None), (Plan(START, START + timedelta(20), "chair", 1),)) is None


def test_one_person_does_not_hold_two_places_of_a_seat_at_once():
    claim = fold(held(WANG, START), of=SeatClaim)
    with refused("already_in_seat"):
        seat.hold(claim, SeatHeld(appointment=UUID(int=1), person=WANG, starts_on=START), PLANS)
    assert seat.hold(claim, SeatHeld(appointment=UUID(int=1), person=LI, starts_on=START), PLANS)


def test_the_holders_of_a_first_load_are_taken_at_once_and_only_once():
    holds = [hold(1, 0, None), hold(2, 0, 10)]
    opened = seat.open_holds(None, holds)
    claim = fold(*opened, of=SeatClaim)
    assert set(claim.holds) == {UUID(int=1), UUID(int=2)} and seat.open_holds(claim, holds) == []
    assert seat.evolve(claim, SeatFreed(appointment=UUID(int=1))).holds.keys() == {UUID(int=2)}
    assert seat.free(claim, UUID(int=9)) == [] and seat.free(None, UUID(int=9)) == []
