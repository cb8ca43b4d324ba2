"""An appointment's state and its route to the start: proposed, decided by the Party organisation, publicised, elected or approved."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NoReturn, TypeVar
from uuid import UUID

from services.cadre.domain.refusals import refused
from services.cadre.domain.rules import Rules, route, value, ways, working_days
from services.cadre.domain.seat import Place, SeatClaim, check, taken
from services.cadre.events import (
    AppointmentApproved,
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentElected,
    AppointmentPartyReviewed,
    AppointmentProposed,
    AppointmentPublicised,
    AppointmentRejected,
    AppointmentStarted,
    AppointmentWithdrawn,
    ElectingBody,
    Engagement,
    Hold,
    Interval,
    Mode,
    Post,
    PublicityEnded,
    SeatHeld,
    timeline,
)
from shared.fact import Fact
from shared.words import ELECTED

__all__ = ["Appointment", "By", "Wish", "approve", "elect", "end_publicity", "evolve", "hold_from", "hold_of", "known", "load_warnings",
           "not_herself", "party_decision", "pending", "propose", "publicise", "reject", "withdraw"]

F = TypeVar("F", bound=Fact)
STEPS: Mapping[type[Fact], str] = {
    AppointmentProposed: "proposed", AppointmentPartyReviewed: "party_agreed", AppointmentPublicised: "publicised",
    PublicityEnded: "publicity_over", AppointmentElected: "passed", AppointmentApproved: "passed", AppointmentRejected: "rejected",
    AppointmentWithdrawn: "withdrawn", AppointmentStarted: "started", AppointmentCancelled: "cancelled",
}
OPEN = ("proposed", "party_agreed", "publicised", "publicity_over")


@dataclass(frozen=True)
class By:
    """Who acts: the account, and the person it belongs to, if known."""

    account: str
    person: UUID | None = None


@dataclass(frozen=True)
class Wish:
    """Who is to hold which seat of which organisation, how, from when, and until when if that is known from the start."""

    person: UUID
    organisation: UUID
    seat: UUID
    engagement: Engagement
    mode: Mode
    starts_on: date
    until: date | None = None
    term: UUID | None = None


@dataclass(frozen=True)
class Appointment:
    """What was said of it, in order. `life` is what that adds up to, `step` where it stands on its route."""

    said: tuple[Fact, ...] = ()

    @cached_property
    def life(self) -> list[Interval]:
        return timeline((None, fact) for fact in self.said)

    @property
    def step(self) -> str:
        step = next((STEPS[type(f)] for f in reversed(self.said) if type(f) in STEPS), "")
        return "void" if step == "started" and not self.life else step

    @property
    def post(self) -> Post:
        if self.life:
            return self.life[0].post
        return self.posts[-1]

    @property
    def posts(self) -> list[Post]:
        """Every post that was ever said to be its, corrected ones included: what it may come back to."""
        return [f.post for f in self.said if isinstance(f, AppointmentProposed | AppointmentStarted | AppointmentCorrected) and f.post]

    def last(self, kind: type[F]) -> F | None:
        return next((f for f in reversed(self.said) if isinstance(f, kind)), None)


def known(was: Appointment | None) -> Appointment:
    if was is None:
        raise refused("unknown_appointment")
    return was


def pending(said: Iterable[Fact]) -> bool:
    """Whether what was said of it leaves it on its route: proposed, and neither in office nor ended."""
    steps = [STEPS[type(f)] for f in said if type(f) in STEPS]
    return bool(steps) and steps[-1] in (*OPEN, "passed")


def hold_of(id: UUID, state: Appointment) -> SeatHeld:
    """What it claims of its seat."""
    whole = state.life[0]
    return SeatHeld(appointment=id, person=whole.post.person, starts_on=whole.starts_on, until=whole.ends_on, acting=whole.post.mode == "acting",
                    away=tuple((i.valid_from, i.valid_to) for i in state.life if i.suspended))


def hold_from(id: UUID, started: AppointmentStarted) -> SeatHeld:
    """What it claims from its start on, before anything else is said of it."""
    return SeatHeld(appointment=id, person=started.post.person, starts_on=started.starts_on, until=started.until,
                    acting=started.post.mode == "acting")


def not_herself(person: UUID, by: By) -> None:
    if by.person == person:
        raise refused("own_appointment")


def propose(was: Appointment | None, wish: Wish, place: Place | None, claim: SeatClaim | None, organisations: int,
            by: By) -> AppointmentProposed:
    """拟任. `organisations`: in how many others she holds posts on that day [K2]."""
    if was:
        raise refused("appointment_exists")
    not_herself(wish.person, by)
    check_until(wish)
    warnings: list[str] = []
    plan, term = check(place, wish.seat, wish.engagement, wish.term, wish.starts_on, warnings)
    assert place
    if wish.mode not in (open_ways := ways(plan.role, place.level)):
        raise refused("mode_unfit", office=plan.role, mode=wish.mode, ways=", ".join(open_ways))
    post = Post(person=wish.person, organisation=wish.organisation, seat=wish.seat, role=plan.role, engagement=wish.engagement,
                mode=wish.mode, term=term)
    warnings += load_warnings(place, post, organisations)
    new = Hold(appointment=wish.seat, person=wish.person, starts_on=wish.starts_on, until=wish.until, acting=wish.mode == "acting")
    if taken(claim, new, place.seats[wish.seat]):
        warnings.append("seat_taken")
    return AppointmentProposed(post=post, starts_on=wish.starts_on, until=wish.until, proposed_by=by.account, warnings=tuple(warnings),
                               route=route(place.rules, place.level, post))


def check_until(wish: Wish) -> None:
    """Acting and seconded appointments end on a day known from the start; no other does."""
    limited = wish.mode in ("acting", "seconded")
    if limited and wish.until is None:
        raise refused("until_missing")
    if wish.until and not limited:
        raise refused("until_not_allowed")
    if wish.until and wish.until <= wish.starts_on:
        raise refused("until_before_start")
    if wish.mode == "seconded" and wish.engagement != "seconded":
        raise refused("seconded_engagement")


def load_warnings(place: Place, post: Post, organisations: int) -> list[str]:
    """C1 as K2 counts it, and C13: warnings only."""
    warnings = []
    if organisations + 1 > int(value(place.rules, "appointment.max_organisations") or 0):
        warnings.append("too_many_posts")
    if place.level == "township" and place.org_type == "federation" and post.role == "chair" \
            and value(place.rules, "appointment.township_chair_full_time") == "warn":
        warnings += ["township_chair_full_time"] * (post.engagement != "full_time") + ["township_chair_one_post"] * (organisations > 0)
    return warnings


def party_decision(was: Appointment | None, agreed: bool, decided_on: date, authority: str, by: By, today: date) -> list[Fact]:
    """党组织审定（批复）, entered from the paper by somebody other than the proposer. A refusal ends the route."""
    proposed = _at(was, "proposed", "not_proposed")
    not_herself(proposed.post.person, by)
    if by.account == proposed.proposed_by:
        raise refused("entered_by_proposer")
    _happened(decided_on, today)
    reviewed = AppointmentPartyReviewed(agreed=agreed, decided_on=decided_on, authority=authority, entered_by=by.account)
    return [reviewed] if agreed else [reviewed, AppointmentRejected(rejected_on=decided_on, why=f"{authority}审定不同意", rejected_by=by.account)]


def publicise(was: Appointment | None, from_on: date, until: date, rules: Rules) -> AppointmentPublicised:
    """公示: [from_on, until), at least so many working days [P27]."""
    _at(was, "party_agreed", "party_decision_missing")
    least = int(value(rules, "appointment.publicity_days") or 0)
    days = working_days(rules, from_on, until)
    if days < least:
        raise refused("publicity_too_short", days=days, least=least)
    return AppointmentPublicised(from_on=from_on, until=until)


def end_publicity(was: Appointment | None, ended_on: date, objections: int, today: date) -> PublicityEnded:
    """公示结束, with how many objected."""
    _at(was, "publicised", "not_publicised")
    notice = was.last(AppointmentPublicised) if was else None
    if notice and ended_on < notice.until:
        raise refused("publicity_running", until=notice.until)
    _happened(ended_on, today)
    return PublicityEnded(ended_on=ended_on, objections=objections)


def elect(was: Appointment | None, elected_on: date, body: ElectingBody, by: By, today: date) -> AppointmentElected:
    """选举 / 执委会通过, for the modes that need it."""
    proposed = _decidable(was, by)
    if proposed.post.mode not in ELECTED:
        raise refused("not_by_election")
    _after_party(was, elected_on, today)
    return AppointmentElected(elected_on=elected_on, body=body, entered_by=by.account)


def approve(was: Appointment | None, approved_on: date, by: By, today: date) -> AppointmentApproved:
    """批准, for the modes that are not elected."""
    proposed = _decidable(was, by)
    if proposed.post.mode in ELECTED:
        raise refused("not_by_approval")
    _after_party(was, approved_on, today)
    return AppointmentApproved(approved_on=approved_on, approved_by=by.account)


def reject(was: Appointment | None, rejected_on: date, why: str, by: By, today: date) -> AppointmentRejected:
    """否决, by somebody who could have approved."""
    proposed = _at(was, OPEN, "already_decided")
    not_herself(proposed.post.person, by)
    if by.account == proposed.proposed_by:
        raise refused("approved_by_proposer")
    _happened(rejected_on, today)
    return AppointmentRejected(rejected_on=rejected_on, why=why, rejected_by=by.account)


def withdraw(was: Appointment | None, why: str, today: date) -> AppointmentWithdrawn:
    """撤回, before it is decided."""
    _at(was, OPEN, "already_decided")
    return AppointmentWithdrawn(withdrawn_on=today, why=why)


def _decidable(was: Appointment | None, by: By) -> AppointmentProposed:
    """The proposal, when all steps before election or approval are done and `by` may decide."""
    proposed = _at(was, OPEN, "not_proposed")
    assert was
    not_herself(proposed.post.person, by)
    if by.account == proposed.proposed_by:
        raise refused("approved_by_proposer")
    if "party" in proposed.route and was.step == "proposed":
        raise refused("party_decision_missing", step=was.step)
    if was.step == "publicised" or ("publicity" in proposed.route and was.step != "publicity_over"):
        raise refused("publicity_missing", step=was.step)
    return proposed


def _after_party(was: Appointment | None, day: date, today: date) -> None:
    _happened(day, today)
    reviewed = was.last(AppointmentPartyReviewed) if was else None
    if reviewed and day < reviewed.decided_on:
        raise refused("before_party_decision", day=day, decided_on=reviewed.decided_on)


def _at(was: Appointment | None, steps: str | tuple[str, ...], code: str) -> AppointmentProposed:
    """The proposal, when the appointment stands at one of the steps."""
    if was is None:
        raise refused("unknown_appointment")
    proposed = was.last(AppointmentProposed)
    if proposed is None or was.step not in ((steps,) if isinstance(steps, str) else steps):
        _refuse_step(code, was)
    return proposed


def _refuse_step(code: str, was: Appointment) -> NoReturn:
    raise refused(code, step=was.step)


def _happened(day: date, today: date) -> None:
    if day > today:
        raise refused("date_in_future", day=day)


def evolve(was: Appointment | None, fact: Fact) -> Appointment:
    return Appointment((*(was.said if was else ()), fact))
