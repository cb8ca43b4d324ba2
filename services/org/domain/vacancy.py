"""Vacancies (缺位): opened, nominated, reviewed by the Party organisation, approved, filled; or gone with the seat."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from services.org.domain.checks import need, not_before, past, second_person
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation, active
from services.org.domain.refusals import refused
from services.org.events import (
    VacancyApproved,
    VacancyBecameLongTerm,
    VacancyBecameOverdue,
    VacancyCorrected,
    VacancyFilled,
    VacancyNominated,
    VacancyOpened,
    VacancyPartyReviewed,
    VacancySeatAbolished,
)
from shared.fact import Fact

__all__ = ["Vacancy", "abolish", "approve", "clock", "evolve", "fill", "known", "nominate", "open_vacancy", "review", "unfilled"]

Step = Literal["open", "nominated", "party_reviewed", "approved"]
State = Literal["open", "nominated", "party_reviewed", "approved", "filled", "seat_abolished", "void"]


@dataclass(frozen=True)
class Vacancy:
    """`step`: how far the way of filling it has come, whatever became of the vacancy meanwhile."""

    organisation: UUID
    seat: UUID
    opened_on: date
    left_by: UUID | None
    state: State = "open"
    since: date = date.min  # of the state
    person: UUID | None = None
    nominated_by: tuple[str, ...] = ()
    overdue: bool = False
    long_term: bool = False
    step: Step = "open"
    stepped_on: date = date.min
    appointment: UUID | None = None
    filled_on: date | None = None
    abolished_on: date | None = None


def open_vacancy(was: Vacancy | None, organisation_id: UUID, organisation: Organisation | None, hanging: Dependants, seat: UUID,
                 since: date,
                 left_by: UUID | None, today: date) -> VacancyOpened:
    """A place of a seat is empty from `since` on. Not more of them than the seat has places."""
    need(not was, "vacancy_exists", "id")
    org = active(organisation, since, "since")
    past(since, today, "since")
    planned = org.seats(since).get(seat)
    if not planned:
        raise refused("seat_unknown", "seat")
    empty = sum(h.seat == seat for h in hanging.now("vacancy").values())
    need(empty < planned.capacity, "seat_vacant_already", "seat", n=planned.capacity)
    return VacancyOpened(organisation=organisation_id, seat=seat, since=since, left_by=left_by)


def known(was: Vacancy | None) -> Vacancy:
    if not was:
        raise refused("vacancy_unknown", "vacancy")
    return was


def unfilled(was: Vacancy | None, *states: State) -> Vacancy:
    was = known(was)
    allowed = states or ("open", "nominated", "party_reviewed", "approved")
    need(was.state in allowed, "vacancy_state", "state",
         state=was.state, allowed=", ".join(allowed))
    return was


def nominate(was: Vacancy | None, person: UUID, nominated_on: date, by: tuple[str, ...], today: date) -> VacancyNominated:
    case = unfilled(was, "open", "nominated")
    past(nominated_on, today, "nominated_on")
    not_before(nominated_on, case.opened_on, "nominated_on")
    return VacancyNominated(person=person, nominated_on=nominated_on, nominated_by=by)


def review(was: Vacancy | None, agreed: bool, reviewed_on: date, by: tuple[str, ...], today: date) -> VacancyPartyReviewed:
    """K15: the Party organisation's decision, entered from the paper by another than the nominator. Not agreed: open again."""
    case = unfilled(was, "nominated")
    second_person(by, case.nominated_by)
    past(reviewed_on, today, "reviewed_on")
    not_before(reviewed_on, case.since, "reviewed_on")
    return VacancyPartyReviewed(agreed=agreed, reviewed_on=reviewed_on)


def approve(was: Vacancy | None, approved_on: date, by: tuple[str, ...], today: date) -> VacancyApproved:
    case = unfilled(was, "party_reviewed")
    second_person(by, case.nominated_by)
    past(approved_on, today, "approved_on")
    not_before(approved_on, case.since, "approved_on")
    return VacancyApproved(approved_on=approved_on)


def fill(was: Vacancy | None, appointment: UUID, filled_on: date) -> VacancyFilled:
    """Somebody is in the seat again, by whatever route; she inherits the remaining term (O14)."""
    case = unfilled(was)
    not_before(filled_on, case.opened_on, "filled_on")
    return VacancyFilled(appointment=appointment, filled_on=filled_on)


def abolish(was: Vacancy | None, abolished_on: date) -> VacancySeatAbolished:
    case = unfilled(was)
    not_before(abolished_on, case.opened_on, "abolished_on")
    return VacancySeatAbolished(abolished_on=abolished_on)


def clock(was: Vacancy | None, overdue_days: int, long_days: int, today: date) -> list[VacancyBecameOverdue | VacancyBecameLongTerm]:
    """O15: over 90 days, over 180 days; after downtime only the later one."""
    if not was or was.state in ("filled", "seat_abolished", "void"):
        return []
    days = (today - was.opened_on).days
    if days > long_days:
        return [] if was.long_term else [VacancyBecameLongTerm(since=was.opened_on)]
    return [VacancyBecameOverdue(since=was.opened_on)] if days > overdue_days and not was.overdue else []


def evolve(was: Vacancy | None, fact: Fact) -> Vacancy | None:
    if isinstance(fact, VacancyOpened):
        return Vacancy(fact.organisation, fact.seat, fact.since, fact.left_by, since=fact.since, stepped_on=fact.since)
    if not was:
        return was
    match fact:
        case VacancyNominated():
            return _stepped(was, "nominated", fact.nominated_on, person=fact.person, nominated_by=fact.nominated_by)
        case VacancyPartyReviewed() if fact.agreed:
            return _stepped(was, "party_reviewed", fact.reviewed_on)
        case VacancyPartyReviewed():
            return _stepped(was, "open", fact.reviewed_on, person=None, nominated_by=())
        case VacancyApproved():
            return _stepped(was, "approved", fact.approved_on)
        case VacancyFilled():
            return replace(was, state="filled", since=fact.filled_on, appointment=fact.appointment, filled_on=fact.filled_on)
        case VacancySeatAbolished():
            return replace(was, state="seat_abolished", since=fact.abolished_on, abolished_on=fact.abolished_on)
        case VacancyCorrected():
            return _corrected(was, fact)
        case VacancyBecameOverdue():
            return replace(was, overdue=True)
        case VacancyBecameLongTerm():
            return replace(was, long_term=True)
    return was


def _stepped(was: Vacancy, step: Step, day: date, **more: Any) -> Vacancy:
    return replace(was, state=step, since=day, step=step, stepped_on=day, **more)


def _corrected(was: Vacancy, fact: VacancyCorrected) -> Vacancy:
    """Open, it stands where its way had come to; open since another day, the clock counts anew."""
    same = fact.since == was.opened_on
    begun = fact.since if was.step == "open" and was.stepped_on == was.opened_on else was.stepped_on
    over: tuple[State, date | None] = ("filled", fact.filled_on) if fact.filled_on else ("seat_abolished", fact.abolished_on)
    state, since = ("void", fact.since) if fact.void else over if over[1] else (was.step, begun)
    return replace(was, opened_on=fact.since, state=state, since=since or fact.since, stepped_on=begun, appointment=fact.appointment,
                   filled_on=fact.filled_on, abolished_on=fact.abolished_on, overdue=was.overdue and same, long_term=was.long_term and same)
