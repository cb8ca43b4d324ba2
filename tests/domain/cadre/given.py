"""What the tests of cadre's domain start from: one village federation, some people, and an appointment brought to any step."""
from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre.domain import appointment, office, seat
from services.cadre.domain.appointment import Appointment, By, Wish
from services.cadre.domain.seat import Place, Plan, SeatClaim, Term
from services.cadre.events import AppointmentStarted, Post, SeatHeld
from shared.fact import Fact, Refused

TODAY, JANUARY, TERM_START, REVIEWED = date(2026, 6, 1), date(2026, 1, 1), date(2024, 1, 1), date(2026, 5, 20)
D = date
ORG, PARENT, CHAIR, VICE, EXECUTIVES, TERM = (uuid4() for _ in range(6))
WANG, LI = uuid4(), uuid4()
CLERK, SECRETARY, LEADER = By("clerk"), By("secretary"), By("leader")


def place(**other) -> Place:
    given: dict[str, Any] = {"organisation": ORG, "level": "village", "org_type": "federation", "parent": PARENT, "established_on": D(2020, 1, 1),
                    "closed_on": None, "rules": {}, "terms": (Term(TERM, D(2024, 1, 1), D(2029, 1, 1)),),
                    "seats": {CHAIR: (Plan(D(2020, 1, 1), None, "chair", 1),), VICE: (Plan(D(2020, 1, 1), None, "vice_chair", 2, "part_time"),),
                              EXECUTIVES: (Plan(D(2020, 1, 1), None, "executive_member", 15),)}}
    return Place(**given | other)


def wish(**other) -> Wish:
    given: dict[str, Any] = {"person": WANG, "organisation": ORG, "seat": CHAIR, "engagement": "full_time", "mode": "by_election",
                   "starts_on": D(2026, 6, 15)}
    return Wish(**given | other)


def post(**other) -> Post:
    given: dict[str, Any] = {"person": WANG, "organisation": ORG, "seat": CHAIR, "role": "chair", "engagement": "full_time", "mode": "appointed",
                   "term": TERM}
    return Post(**given | other)


def started(starts_on: date = JANUARY, **other) -> Any:
    return AppointmentStarted(post=other.pop("post", post()), starts_on=starts_on, **other)


def fold(*facts: Fact, of: type = Appointment) -> Any:
    evolves: dict[type, Any] = {Appointment: appointment.evolve, SeatClaim: seat.evolve}
    state = None
    for fact in facts:
        if of.__name__ == fact.OF:
            state = evolves[of](state, fact)
    return state


def proposed(**other) -> Any:
    return [appointment.propose(None, wish(**other), place(), None, 0, CLERK)]


def party_agreed(decided_on: date = REVIEWED, **other) -> Any:
    facts = proposed(**other)
    return facts + appointment.party_decision(fold(*facts), True, decided_on, "镇党委", SECRETARY, TODAY)


def passed(**other) -> Any:
    facts = party_agreed(**other)
    if other.get("mode") in ("appointed", "acting", "seconded", "concurrent"):
        return [*facts, appointment.approve(fold(*facts), D(2026, 5, 25), LEADER, TODAY)]
    return [*facts, appointment.elect(fold(*facts), D(2026, 5, 25), "executive_committee", LEADER, TODAY)]


def start(facts: Any, starts_on: date | None = None, **other) -> Any:
    id = other.pop("id", UUID(int=1))
    given = {"claim": None, "place": place(), "executive": None, "organisations": 0, "reason": None, "by": LEADER, "today": TODAY} | other
    return office.start(id, fold(*facts), starts_on, **given)


def held(person: UUID = LI, starts_on: date = TERM_START, until: date | None = None, **other) -> Any:
    return SeatHeld(appointment=other.pop("appointment", None) or uuid4(), person=person, starts_on=starts_on, until=until, **other)


@contextmanager
def refused(code: str):
    """The block is refused by the rule `code`, in both languages, naming what it is about."""
    with pytest.raises(Refused) as refusal:
        yield refusal
    assert refusal.value.code == code
    assert refusal.value.zh and refusal.value.en and "{" not in refusal.value.zh + refusal.value.en
