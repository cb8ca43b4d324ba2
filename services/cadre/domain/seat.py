"""The seat: what org says about it (`Place`), and the claim on it (`SeatClaim`): dated holders that never exceed its capacity."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from services.cadre.domain.refusals import refused
from services.cadre.domain.rules import Rules
from services.cadre.events import EndReason, Engagement, Hold, Role, SeatFreed, SeatHeld, SeatOpened
from shared.fact import Fact, Refused

__all__ = ["HEADS", "Place", "Plan", "SeatClaim", "Term", "check", "covers", "ends_by_itself", "evolve", "free", "hold", "open_holds", "plan_on",
           "taken", "term_of", "too_many"]

HEADS = frozenset({"chair", "director"})


@dataclass(frozen=True)
class Plan:
    """The seat as planned over [since, until)."""

    since: date
    until: date | None
    role: Role
    capacity: int
    engagement: Engagement | None = None


@dataclass(frozen=True)
class Term:
    """`elected`: it began with an approved result; `renewed`: a roster brought the team after it. On both days the sitting team left."""

    id: UUID
    starts_on: date
    ends_on: date
    ended_on: date | None = None
    elected: bool = False
    renewed: bool = False

    @property
    def over_on(self) -> date:
        """From this day on a next team may sit."""
        return self.ended_on or self.ends_on


@dataclass(frozen=True)
class Place:
    """An organisation as cadre's copy of org knows it: its dates, seats, terms, the rules that hold there, and for which terms (None: a first
    one) a re-election case is open."""

    organisation: UUID
    level: str
    org_type: str
    parent: UUID | None
    established_on: date | None
    closed_on: date | None
    seats: Mapping[UUID, tuple[Plan, ...]]
    terms: tuple[Term, ...]
    rules: Rules
    cases: tuple[UUID | None, ...] = ()

    @property
    def congresses(self) -> list[date]:
        """The days on which the sitting team left for the next one."""
        return [t.starts_on for t in self.terms if t.elected] + [t.ended_on for t in self.terms if t.renewed and t.ended_on]

    @property
    def elected_seats(self) -> list[UUID]:
        """The seats that a congress elects, all but those of staff."""
        return [seat for seat, plans in self.seats.items() if any(p.role != "staff" for p in plans)]

    def of_roles(self, roles: Iterable[str]) -> list[UUID]:
        """The seats that have or had one of these roles."""
        return [seat for seat, plans in self.seats.items() if any(p.role in roles for p in plans)]


@dataclass(frozen=True)
class SeatClaim:
    """Who holds a place of the seat, from when until when, by appointment."""

    holds: Mapping[UUID, Hold] = field(default_factory=dict)


def covers(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day < until)


def plan_on(plans: Iterable[Plan], day: date) -> Plan | None:
    return next((p for p in plans if covers(p.since, p.until, day)), None)


def ends_by_itself(place: Place, seat: UUID, starts_on: date) -> list[tuple[date, EndReason]]:
    """The days on which whoever holds the seat from that day on leaves it without anybody's relief, with the reason: the congress of the next
    team, and the end of the seat or of the organisation; in order."""
    gone = starts_on
    while plan := plan_on(place.seats.get(seat, ()), gone):
        if plan.until is None:
            break
        gone = plan.until
    ends: list[tuple[date, EndReason]] = [(gone, "seat_abolished")] if plan is None and gone > starts_on else []
    if place.closed_on and place.closed_on > starts_on:
        ends.append((place.closed_on, "seat_abolished"))
    if seat in place.elected_seats:
        ends += [(day, "term_expired") for day in place.congresses if day > starts_on]
    return sorted(ends, key=lambda e: e[0])


def term_of(place: Place, term: UUID | None, day: date) -> Term | None:
    """The term named, or the one that runs on that day."""
    if term:
        return next((t for t in place.terms if t.id == term), None)
    return max((t for t in place.terms if covers(t.starts_on, t.ended_on, day)), key=lambda t: t.starts_on, default=None)


def check(place: Place | None, seat: UUID, engagement: str, term: UUID | None, starts_on: date, warnings: list[str]) -> tuple[Plan, UUID | None]:
    """The seat's plan and the term on that day. Refuses what org's facts forbid: no such organisation or seat, closed, before its time,
    wrong engagement, outside the term."""
    if place is None:
        raise refused("unknown_organisation")
    if place.established_on is None:
        raise refused("organisation_not_established")
    if starts_on < place.established_on:
        raise refused("effective_before_established", starts_on=starts_on, established_on=place.established_on)
    if place.closed_on and starts_on >= place.closed_on:
        raise refused("organisation_closed", closed_on=place.closed_on)
    if seat not in place.seats:
        raise refused("unknown_seat")
    plan = plan_on(place.seats[seat], starts_on)
    if plan is None:
        raise refused("seat_abolished", starts_on=starts_on)
    if plan.engagement and plan.engagement != engagement:
        raise refused("engagement_mismatch", wanted=plan.engagement, given=engagement)
    return plan, _check_term(place, term, starts_on, warnings)


def _check_term(place: Place, named: UUID | None, starts_on: date, warnings: list[str]) -> UUID | None:
    term = term_of(place, named, starts_on)
    if term is None:
        if named:
            raise refused("unknown_term")
        if place.terms and starts_on < min(t.starts_on for t in place.terms):
            raise refused("effective_before_term", starts_on=starts_on, term_starts_on=min(t.starts_on for t in place.terms))
        warnings.append("no_term")
        return None
    if starts_on < term.starts_on:
        raise refused("effective_before_term", starts_on=starts_on, term_starts_on=term.starts_on)
    if term.ended_on and starts_on >= term.ended_on:
        raise refused("term_ended", ended_on=term.ended_on)
    if starts_on >= term.ends_on:
        warnings.append("term_overdue")
    return term.id


def taken(claim: SeatClaim | None, new: Hold, plans: Iterable[Plan]) -> tuple[date, Plan] | None:
    """The first day on which `new` would be one too many, with that day's plan; None: there is room throughout. Who holds a place already keeps
    it, however full the seat was loaded; only where others came meanwhile she is one too many."""
    plans, holds = list(plans), list(claim.holds.values()) if claim else []
    others = [h for h in holds if _overlap(h, new) and h.appointment != new.appointment]
    mine = claim.holds.get(new.appointment) if claim else None
    if len(others) < min((p.capacity for p in plans), default=0):
        return None
    turns = {new.starts_on, *([mine.until] if mine and mine.until else ()), *(h.starts_on for h in others), *(p.since for p in plans),
             *(d for h in (*others, new) for away in h.away for d in away if d)}
    for day in sorted(d for d in turns if covers(new.starts_on, new.until, d)):
        plan = plan_on(plans, day)
        if plan is None:  # an abolished seat ends its holders; it does not make them too many
            continue
        here = [h for h in others if covers(h.starts_on, h.until, day)]
        if _places([*here, new], day) > plan.capacity and not (mine and _as_before(mine, holds, here, new, day, plans)):
            return day, plan
    return None


def _places(here: Iterable[Hold], day: date) -> int:
    """How many places of the seat they take; somebody acting takes that of one who is away."""
    here = list(here)
    acting, away = {h.appointment for h in here if h.acting}, {h.appointment for h in here if _away(h, day)}
    return len(here) - min(len(acting), len(away), max(0, len(acting | away) - 1))


def _as_before(mine: Hold, holds: Iterable[Hold], here: Iterable[Hold], new: Hold, day: date, plans: Iterable[Plan]) -> bool:
    """The seat was over plan with her on the nearest day that she holds it, and on this day no others are there, and no more."""
    last = mine.until - timedelta(1) if mine.until else day
    then = max(mine.starts_on, min(day, last))
    there, plan = [h for h in holds if covers(h.starts_on, h.until, then)], plan_on(plans, then)
    was = _places(there, then)
    return (plan is not None and was > plan.capacity and _places([*here, new], day) <= was
            and {h.appointment for h in here} <= {h.appointment for h in there})


def _overlap(a: Hold, b: Hold) -> bool:
    return (b.until is None or a.starts_on < b.until) and (a.until is None or b.starts_on < a.until)


def _away(h: Hold, day: date) -> bool:
    return any(covers(since, until, day) for since, until in h.away)


def hold(claim: SeatClaim | None, new: SeatHeld, plans: Iterable[Plan] | None, warnings: list[str] | None = None) -> SeatHeld:
    """She takes a place, or keeps it with other dates. `plans` None: org does not say, nothing is counted. With `warnings`, it only warns."""
    if claim and any(_overlap(h, new) and h.person == new.person and h.appointment != new.appointment for h in claim.holds.values()):
        raise refused("already_in_seat")
    over = too_many(claim, new, plans) if plans is not None else None
    if over and warnings is not None:
        warnings.append("seat_over_plan")
    elif over:
        raise over
    return new


def too_many(claim: SeatClaim | None, new: Hold, plans: Iterable[Plan]) -> Refused | None:
    """Why there is no room for her."""
    if over := taken(claim, new, plans):
        day, plan = over
        return refused("two_chairs" if plan.role in HEADS and plan.capacity == 1 else "seat_over_plan", since=day, capacity=plan.capacity)
    return None


def free(claim: SeatClaim | None, appointment: UUID) -> list[Fact]:
    return [SeatFreed(appointment=appointment)] if claim and appointment in claim.holds else []


def open_holds(claim: SeatClaim | None, holds: Iterable[Hold]) -> list[Fact]:
    """First load: holders that the claim does not know yet, without counting."""
    new = tuple(h for h in holds if not claim or h.appointment not in claim.holds)
    return [SeatOpened(holds=new)] if new else []


def evolve(was: SeatClaim | None, fact: Fact) -> SeatClaim:
    holds = dict(was.holds) if was else {}
    match fact:
        case SeatHeld():
            holds[fact.appointment] = fact
        case SeatOpened():
            holds |= {h.appointment: h for h in fact.holds}
        case SeatFreed():
            holds.pop(fact.appointment, None)
    return SeatClaim(holds)
