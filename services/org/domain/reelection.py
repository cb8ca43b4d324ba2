"""The re-election case (换届): planned, requested, permitted, voted, reported, approved, filed, closed; or refused, or cancelled."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from services.org.domain import ballot
from services.org.domain.ballot import OwnPeriod
from services.org.domain.checks import need, not_before, paper, past, second_person, words
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation, active
from services.org.domain.refusals import refused
from services.org.domain.rule import Rules, flag, number, share
from services.org.events import (
    Ballot,
    Candidate,
    CongressHeld,
    ElectionResultApproved,
    ElectionResultReported,
    ElectionResultReturned,
    ReelectionCancelled,
    ReelectionClosed,
    ReelectionPermitted,
    ReelectionPlanned,
    ReelectionRefused,
    ReelectionRequested,
    ResultFiled,
    Winner,
)
from shared.fact import Fact, Refused, derive

__all__ = ["Known", "Reelection", "approve", "cancel", "close", "congress", "evolve", "file", "in_state", "known", "moot", "permit", "plan", "refuse",
           "report", "request", "send_back", "warnings"]

State = Literal["planned", "requested", "permitted", "refused", "congress_held", "result_reported", "result_approved", "filed", "closed",
                "cancelled"]
Form = Literal["congress", "general_meeting", "executive_plenary"]
BEFORE_APPROVAL: tuple[State, ...] = ("planned", "requested", "refused", "permitted", "congress_held", "result_reported")
STEPS: dict[State, tuple[str, str]] = {
    "planned": ("计划", "planned"), "requested": ("已请示", "requested"),
    "permitted": ("已批准换届", "permitted"), "refused": ("未获批准", "refused"),
    "congress_held": ("已开会选举", "voted"), "result_reported": ("结果已上报", "reported"),
    "result_approved": ("结果已批复", "approved"), "filed": ("已备案", "filed"), "closed": ("已办结", "closed"), "cancelled": ("已取消", "cancelled")}


@dataclass(frozen=True)
class Known:
    """A registered person as org's copy has her: `gone_on` the day since when she has died, left the province or is expelled."""

    person_name: str
    merged: bool = False
    gone_on: date | None = None


@dataclass(frozen=True)
class Reelection:
    organisation: UUID
    term: UUID | None
    planned_on: date
    batch: UUID | None
    state: State = "planned"
    since: date = date.min  # of the state
    held: CongressHeld | None = None
    reported: ElectionResultReported | None = None
    new_term: UUID | None = None
    requested_by: tuple[str, ...] = ()
    congress_on: date | None = None  # as planned
    permitted_on: date = date.min


def plan(was: Reelection | None, organisation_id: UUID, organisation: Organisation | None, hanging: Dependants, planned_on: date,
         batch: UUID | None, today: date, congress_on: date | None = None) -> ReelectionPlanned:
    """For the running term, or a first election where none runs. One case at a time. The congress may lie ahead (O4), the plan may not."""
    need(not was, "reelection_exists", "id")
    active(organisation, planned_on, "planned_on")
    past(planned_on, today, "planned_on")
    not_before(congress_on or planned_on, planned_on, "congress_on")
    need(not hanging.now("reelection"), "reelection_running", "organisation")
    return ReelectionPlanned(organisation=organisation_id, term=next(iter(hanging.now("term")), None), planned_on=planned_on, batch=batch,
                             congress_on=congress_on)


def known(was: Reelection | None) -> Reelection:
    if not was:
        raise refused("reelection_unknown", "reelection")
    return was


def in_state(was: Reelection | None, *states: State) -> Reelection:
    was = known(was)
    need(was.state in states, "reelection_state", "state", state_zh=STEPS[was.state][0],
         state=STEPS[was.state][1], after_zh="、".join(STEPS[s][0] for s in states), after_en=" or ".join(STEPS[s][1] for s in states))
    return was


def _step(was: Reelection | None, day: date, today: date, field: str, *states: State) -> Reelection:
    case = in_state(was, *states)
    past(day, today, field)
    not_before(day, case.since, field)
    return case


def request(was: Reelection | None, requested_on: date, by: tuple[str, ...], today: date) -> ReelectionRequested:
    """请示: also again, after a refusal."""
    _step(was, requested_on, today, "requested_on", "planned", "refused")
    return ReelectionRequested(requested_on=requested_on, requested_by=by)


def permit(was: Reelection | None, permitted_on: date, by: tuple[str, ...], today: date) -> ReelectionPermitted:
    """By another than who asked, who may have asked on behalf of a village below."""
    case = _step(was, permitted_on, today, "permitted_on", "requested")
    second_person(by, case.requested_by)
    return ReelectionPermitted(permitted_on=permitted_on)


def refuse(was: Reelection | None, refused_on: date, why: str, today: date) -> ReelectionRefused:
    _step(was, refused_on, today, "refused_on", "requested")
    words(why, "why")
    return ReelectionRefused(refused_on=refused_on, why=why)


def congress(was: Reelection | None, form: Form, held_on: date, b: Ballot, organisation: Organisation | None, rules: Rules,
             path: Sequence[UUID], today: date) -> CongressHeld:
    """The vote with its figures (K4). A void vote is not recorded: it is held again. Entered wrong, it is recorded once more."""
    case = in_state(was, "permitted", "congress_held", "result_reported")
    past(held_on, today, "held_on")
    not_before(held_on, case.permitted_on, "held_on")
    active(organisation, held_on, "held_on")
    ballot.figures(b, share(rules, "election.present_over", path, held_on))
    return CongressHeld(form=form, held_on=held_on, **b.model_dump())


def report(was: Reelection | None, candidates: tuple[Candidate, ...], plenary: Ballot | None, reported_on: date, by: tuple[str, ...],
           organisation: Organisation | None, rules: Rules, path: Sequence[UUID], today: date, people: Mapping[UUID, Known] | None = None,
           own: Sequence[OwnPeriod] = (), leaving: Collection[UUID] = ()) -> ElectionResultReported:
    """The result, candidate by candidate; until it is approved it may be reported again. `people`: of the candidates, those that are registered;
    `own`: whose own period runs on, and `leaving`: the appointments of those who leave all the same."""
    case = in_state(was, "congress_held", "result_reported")
    held = _held(case)
    past(reported_on, today, "reported_on")
    not_before(reported_on, held.held_on, "reported_on")
    org = active(organisation, held.held_on, "held_on")
    if plenary:
        ballot.figures(plenary, share(rules, "election.present_over", path, held.held_on), "plenary")
    ballot.result(candidates, org.seats(held.held_on), _ballot(held), plenary, share(rules, "election.favour_over", path, held.held_on),
                  flag(rules, "election.office_needs_membership", path, held.held_on))
    _registered(candidates, people, held.held_on)
    need(set(leaving) <= {s.appointment for s in own}, "leaving_unknown", "leaving")
    ballot.staying(candidates, org.seats(held.held_on), stays(candidates, own, leaving))
    differs = _form(candidates, org, held.held_on, rules, path)
    if differs and flag(rules, "election.ballot_form.blocks", path, held.held_on):
        raise differs[0]
    return ElectionResultReported(candidates=candidates, reported_on=reported_on, plenary=plenary, reported_by=by, leaving=tuple(leaving))


def stays(candidates: Sequence[Candidate], own: Sequence[OwnPeriod], leaving: Collection[UUID]) -> list[OwnPeriod]:
    """Who is not said to leave and not elected anew."""
    return [s for s in own if s.appointment not in leaving and s.person not in {c.person for c in candidates if c.elected}]


def _registered(candidates: Sequence[Candidate], people: Mapping[UUID, Known] | None, day: date) -> None:
    for i, c in enumerate(candidates if people is not None else ()):
        found = (people or {}).get(c.person)
        if found is None or found.merged:
            raise refused("candidate_unknown", f"candidates/{i}/person")
        if found.gone_on and found.gone_on <= day:
            raise refused("candidate_departed", f"candidates/{i}/person", since=found.gone_on)


def warnings(case: Reelection, org: Organisation, women: int, rules: Rules, path: Sequence[UUID], own: Sequence[OwnPeriod] = ()) -> list[Refused]:
    """What is unusual in a vote and its result, but does not block: by the rules table, a tie, votes that do not add up, and who stays beyond it
    (of `own`). `women`: in the units of an organ committee."""
    held = _held(case)
    found = []
    if org.org_type == "organ_committee":
        most, least = (number(rules, key, path, held.held_on)
                       for key in ("organ.general_meeting.max_women", "organ.congress.min_delegates"))
        if held.form == "general_meeting" and women > most:
            found.append(refused("congress_expected", "form", women=women, most=most))
        if held.form == "congress" and held.entitled < least:
            found.append(refused("delegates_few", "entitled", n=held.entitled, least=least))
    if not case.reported:
        return found
    said, seats = case.reported, org.seats(held.held_on)
    return [*found, *_form(said.candidates, org, held.held_on, rules, path), *ballot.ties(said.candidates),
            *ballot.short(said.candidates, seats, _ballot(held), said.plenary),
            *(refused("stays", "leaving", name=s.person_name, engagement=s.engagement, role=s.role, until=s.until)
              for s in stays(said.candidates, own, said.leaving or ()))]


def send_back(was: Reelection | None, returned_on: date, why: str, today: date) -> ElectionResultReturned:
    """退回: the result is not approved as it was reported."""
    _step(was, returned_on, today, "returned_on", "result_reported")
    words(why, "why")
    return ElectionResultReturned(returned_on=returned_on, why=why)


def approve(was: Reelection | None, id: UUID, new_term: UUID, approved_on: date, by: tuple[str, ...], person: UUID | None,
            papers: Sequence[str], rules: Rules,
            path: Sequence[UUID], today: date) -> ElectionResultApproved:
    """By the paper, by another than the reporter, and not by one who was elected. The new term starts on the congress date."""
    case = in_state(was, "result_reported")
    held, reported = _held(case), case.reported
    if not reported:
        raise refused("result_missing", "state")
    past(approved_on, today, "approved_on")
    not_before(approved_on, reported.reported_on, "approved_on")
    if flag(rules, "election.paper", path, approved_on):
        paper(papers)
    second_person(by, reported.reported_by)
    won = [c for c in reported.candidates if c.elected]
    need(person is None or person not in {c.person for c in won}, "own_election", "actor")
    winners = tuple(Winner(person=c.person, seat=c.seat, role=c.role, engagement=c.engagement,
                           appointment=derive(id, "winner", c.person, c.seat)) for c in won)
    return ElectionResultApproved(organisation=case.organisation, term=new_term, outgoing_term=case.term, starts_on=held.held_on,
                                  approved_on=approved_on, winners=winners, leaving=reported.leaving)


def file(was: Reelection | None, filed_with: Literal["party_org_department", "superior_federation"], filed_on: date,
         today: date) -> ResultFiled:
    """备案 (K5): with the Party organisation department or the superior federation, either or both."""
    _step(was, filed_on, today, "filed_on", "result_approved", "filed")
    return ResultFiled(filed_with=filed_with, filed_on=filed_on)


def close(was: Reelection | None, closed_on: date, today: date) -> ReelectionClosed:
    _step(was, closed_on, today, "closed_on", "filed")
    return ReelectionClosed(closed_on=closed_on)


def cancel(was: Reelection | None, cancelled_on: date, why: str, today: date) -> ReelectionCancelled:
    """Called off before its result is approved."""
    _step(was, cancelled_on, today, "cancelled_on", *BEFORE_APPROVAL)
    words(why, "why")
    return ReelectionCancelled(cancelled_on=cancelled_on, why=why)


def moot(cases: Mapping[UUID, Reelection | None], day: date, why: str, term: UUID | None = None) -> dict[UUID, list[Fact]]:
    """What or whom they were for is no more: those without an approved result are called off, `day` at the earliest. `term`: only its cases."""
    open_ = {id: c for id, c in cases.items() if c and c.state in BEFORE_APPROVAL and (term is None or c.term == term)}
    return {id: [ReelectionCancelled(cancelled_on=max(day, c.since), why=why)] for id, c in open_.items()}


def _held(case: Reelection) -> CongressHeld:
    if not case.held:
        raise refused("congress_missing", "state")
    return case.held


def _ballot(held: CongressHeld) -> Ballot:
    return Ballot(entitled=held.entitled, present=held.present, issued=held.issued, returned=held.returned, valid=held.valid)


def _form(candidates: Sequence[Candidate], org: Organisation, day: date, rules: Rules, path: Sequence[UUID]) -> list[Refused]:
    return ballot.form(candidates, org.seats(day), flag(rules, "election.equal_offices", path, day),
                       flag(rules, "election.more_executives", path, day))


def evolve(was: Reelection | None, fact: Fact) -> Reelection | None:
    if isinstance(fact, ReelectionPlanned):
        return Reelection(fact.organisation, fact.term, fact.planned_on, fact.batch, since=fact.planned_on, congress_on=fact.congress_on)
    if not was:
        return was
    match fact:
        case ReelectionRequested():
            return replace(was, state="requested", since=fact.requested_on, requested_by=fact.requested_by)
        case ReelectionPermitted():
            return replace(was, state="permitted", since=fact.permitted_on, permitted_on=fact.permitted_on)
        case ReelectionRefused():
            return replace(was, state="refused", since=fact.refused_on)
        case CongressHeld():
            return replace(was, state="congress_held", since=fact.held_on, held=fact)
        case ElectionResultReturned():
            return replace(was, state="congress_held", since=was.held.held_on if was.held else was.since)
        case ElectionResultReported():
            return replace(was, state="result_reported", since=fact.reported_on, reported=fact)
        case ElectionResultApproved():
            return replace(was, state="result_approved", since=fact.approved_on, new_term=fact.term)
        case ResultFiled():
            return replace(was, state="filed", since=fact.filed_on)
        case ReelectionClosed():
            return replace(was, state="closed", since=fact.closed_on)
        case ReelectionCancelled():
            return replace(was, state="cancelled", since=fact.cancelled_on)
    return was
