"""Terms (届): started with their length, never overlapping, extended once approved, ended; and what the clock says of them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from services.org.domain import correction, dependants
from services.org.domain.checks import need, paper, past, second_person, words
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation, active
from services.org.domain.refusals import refused
from services.org.domain.rule import Rules, number
from services.org.events import (
    DependantAdded,
    DependantReleased,
    DependantVoided,
    TermBecameOverdue,
    TermCorrected,
    TermDueSoon,
    TermEnded,
    TermExtended,
    TermExtensionRefused,
    TermExtensionRequested,
    TermFiled,
    TermResumed,
    TermStarted,
    TermVoided,
    standing,
)
from shared.calendar import add_months
from shared.fact import Fact, Refused, settled

__all__ = ["Term", "advice", "clock", "correct", "end", "evolve", "extend", "file", "known", "refuse_extension", "renew", "request_extension",
           "restore", "running", "start", "succeed"]


@dataclass(frozen=True)
class Term:
    organisation: UUID
    term_no: int
    starts_on: date
    term_months: int
    ends_on: date  # as extended
    original_ends_on: date
    reelection: UUID | None = None
    ended_on: date | None = None
    ended_by: UUID | None = None  # the roster that brought the next team
    asked: date | None = None  # an extension until then
    asked_by: tuple[str, ...] = ()
    warned: int | None = None  # the last reminder sent for `ends_on`
    overdue: bool = False
    said: tuple[Fact, ...] = field(default=(), compare=False, repr=False)


def start(was: Term | None, organisation_id: UUID, organisation: Organisation | None, hanging: Dependants, starts_on: date,
          term_months: int | None, rules: Rules, path: Sequence[UUID], today: date, *, term_no: int | None = None,
          ending: UUID | None = None, reelection: UUID | None = None, opening: bool = False) -> TermStarted:
    """`ending`: the running term that ends in the same append, on `starts_on`. No `term_no`: the next one."""
    need(not was, "term_exists", "id")
    org = active(organisation, starts_on, "starts_on")
    past(starts_on, today, "starts_on")
    months = term_length(org, term_months, rules, path, starts_on, opening)
    terms = {id: h for id, h in hanging.ever("term").items() if id != ending}
    going = [h for h in terms.values() if h.until is None]
    need(not going, "term_running", "organisation")
    over = max((h.until for h in terms.values() if h.until), default=None)
    need(over is None or starts_on >= over, "term_overlaps", "starts_on", until=over)
    used = {h.term_no for h in hanging.ever("term").values()}
    no = term_no or max((n for n in used if n), default=0) + 1
    need(no >= 1 and no not in used, "term_no_used", "term_no", no=no)
    return TermStarted(organisation=organisation_id, term_no=no, starts_on=starts_on, term_months=months,
                       ends_on=add_months(starts_on, months),
                       reelection=reelection, opening=opening)


def term_length(org: Organisation, term_months: int | None, rules: Rules, path: Sequence[UUID], day: date, opening: bool = False) -> int:
    """O3: the length is always given, within the range of the rules table (groups have their own)."""
    if term_months is None:
        raise refused("term_months_required", "term_months")
    low, high = _lengths(org, rules, path, day)
    need(term_months >= 1 if opening else low <= term_months <= high, "term_months_range", "term_months",
         low=low, high=high)
    return term_months


def _lengths(org: Organisation, rules: Rules, path: Sequence[UUID], day: date) -> tuple[int, int]:
    group = "group." if org.org_type in ("women_group", "micro_home") else ""
    low, high = (number(rules, f"term_months.{group}{end}", path, day) for end in ("min", "max"))
    return low, high


def succeed(old: UUID | None, former: Term | None, new: UUID, started: TermStarted, today: date,
            roster: UUID | None = None) -> dict[UUID, list[Fact]]:
    """The new term starts, the former one, if it still runs, ends that day, and the organisation's claim follows, all in one append."""
    facts: dict[UUID, list[Fact]] = {}
    claim: list[Fact] = []
    if old and former and not former.ended_on:
        facts[old] = [end(former, started.starts_on, today, roster)]
        claim.append(DependantReleased(dependant=old, effective=started.starts_on))
    claim.append(DependantAdded(kind="term", dependant=new, since=started.starts_on, term_no=started.term_no))
    return {dependants.stream(started.organisation): claim, **facts, new: [started]}


def renew(was: Term | None, new: UUID, former: Term | None, old: UUID, organisation: Organisation | None, hanging: Dependants, elected_on: date,
          rules: Rules, path: Sequence[UUID], today: date, roster: UUID) -> dict[UUID, list[Fact]]:
    """A roster brought the next team: its term is as long as the former one, within what the rules allow."""
    before = known(former)
    low, high = _lengths(active(organisation, elected_on, "elected_on"), rules, path, elected_on)
    started = start(was, before.organisation, organisation, hanging, elected_on, min(max(before.term_months, low), high), rules, path, today,
                    ending=old)
    return succeed(old, before, new, started, today, roster)


def restore(was: Term | None, new: UUID, former: Term | None, old: UUID, roster: UUID) -> dict[UUID, list[Fact]]:
    """That roster was taken back: the new term never was, and the former one runs as before, if it was this roster that ended it."""
    if was is None:  # a rule had refused to start it
        return {}
    running(was)
    claim: list[Fact] = [DependantVoided(dependant=new)]
    facts: dict[UUID, list[Fact]] = {new: [TermVoided(roster=roster)]}
    if former and former.ended_by == roster:
        facts[old] = [TermResumed(roster=roster)]
        claim.append(DependantAdded(kind="term", dependant=old, since=former.starts_on, term_no=former.term_no))
    return {**facts, dependants.stream(was.organisation): claim}


def advice(org: Organisation, term_months: int, rules: Rules, path: Sequence[UUID], day: date) -> list[Refused]:
    """O1, O2: a usual length that this term does not have; a warning only."""
    if org.org_type not in ("federation", "organ_committee"):
        return []
    usual = number(rules, f"term_months.usual.{'federation' if org.org_type == 'federation' else 'organ'}", path, day)
    if term_months == usual:
        return []
    return [refused("term_length_unusual", "term_months", have=term_months, usual=usual)]


def request_extension(was: Term | None, new_ends_on: date, why: str, by: tuple[str, ...], rules: Rules, path: Sequence[UUID],
                      today: date) -> TermExtensionRequested:
    """延期换届 (O5): at most so many months after the original end."""
    term = running(was)
    words(why, "why")
    need(not term.asked, "extension_pending", "term")
    need(new_ends_on > term.ends_on, "extension_not_later", "new_ends_on", end=term.ends_on)
    most = number(rules, "extension.max_months", path, today)
    need(new_ends_on <= add_months(term.original_ends_on, most), "extension_too_long", "new_ends_on", most=most,
         last=add_months(term.original_ends_on, most))
    return TermExtensionRequested(new_ends_on=new_ends_on, why=why, requested_by=by)


def extend(was: Term | None, by: tuple[str, ...], papers: Sequence[str]) -> TermExtended:
    term, until = _asked(was)
    paper(papers)
    second_person(by, term.asked_by)
    return TermExtended(new_ends_on=until)


def refuse_extension(was: Term | None, why: str) -> TermExtensionRefused:
    """不予批准延期: the end stays, and another extension may be asked for."""
    _asked(was)
    words(why, "why")
    return TermExtensionRefused(why=why)


def _asked(was: Term | None) -> tuple[Term, date]:
    """The running term, and until when an extension was asked for."""
    term = running(was)
    if not term.asked:
        raise refused("extension_not_requested", "term")
    return term, term.asked


def end(was: Term | None, ended_on: date, today: date, roster: UUID | None = None, papers: Sequence[str] | None = None) -> TermEnded:
    """`papers`: of what kind those are that somebody ends it by; before its time that takes the superior's approval [O5]."""
    term = running(was)
    if papers is not None and ended_on < term.ends_on:
        paper(papers)
    past(ended_on, today, "ended_on")
    need(ended_on > term.starts_on, "ends_before_start", "ended_on", start=term.starts_on)
    return TermEnded(ended_on=ended_on, roster=roster)


def file(was: Term | None, filed_with: Literal["party_org_department", "superior_federation"], filed_on: date, today: date) -> TermFiled:
    """备案 (K5) of a renewal by roster or by hand; that of a re-election case is recorded at the case."""
    term = known(was)
    need(term.reelection is None, "filed_at_case", "term")
    past(filed_on, today, "filed_on")
    need(filed_on >= term.starts_on, "filed_before_start", "filed_on", start=term.starts_on)
    return TermFiled(filed_with=filed_with, filed_on=filed_on)


CORRECTABLE: correction.Correctable = {
    TermStarted: ("starts_on", "term_months"), TermExtended: ("new_ends_on",), TermEnded: ("ended_on",)}


def correct(id: UUID, was: Term | None, ids: Sequence[UUID], corrects: UUID, void: bool, right: dict[str, Any],
            organisation: Organisation | None, hanging: Dependants, rules: Rules, path: Sequence[UUID], today: date) -> dict[UUID, list[Fact]]:
    """更正: its start with its length, an extension or its end was entered wrongly; `void`: it was not extended, or has not ended. `ids`: of its
    events, in order. The organisation's claim follows; terms still do not overlap."""
    old = known(was)
    number, root = correction.target(old.said, ids, corrects, CORRECTABLE, void, right)
    need(not (void and isinstance(root, TermStarted)), "term_start_stands", "void")
    if isinstance(root, TermStarted):
        started = next(f for f in settled(old.said) if isinstance(f, TermStarted))
        first, months = right.get("starts_on") or started.starts_on, right.get("term_months") or started.term_months
        length = term_length(active(organisation, first, "starts_on"), months, rules, path, first, root.opening)
        right = {**right, "ends_on": add_months(first, length)}
    fact = TermCorrected(corrects=corrects, corrects_version=number, void=void, **right)
    new = known(evolve(old, fact))
    need(new != old, "correction_empty", "corrects")
    for day, name in ((new.starts_on, "starts_on"), (new.ended_on, "ended_on")):
        if day:
            past(day, today, name)
    need(new.ended_on is None or new.ended_on > new.starts_on, "ends_before_start", "ended_on", start=new.starts_on)
    need(new.ends_on >= new.original_ends_on, "extension_not_later", "new_ends_on", end=new.original_ends_on)
    for other, held in hanging.ever("term").items():
        apart = (held.until is not None and held.until <= new.starts_on) or (new.ended_on is not None and new.ended_on <= held.since)
        need(other == id or apart, "term_overlaps_other", "starts_on", no=held.term_no, since=held.since, until=held.until or "—")
    claim: list[Fact] = [DependantAdded(kind="term", dependant=id, since=new.starts_on, term_no=new.term_no)]
    if new.ended_on:
        claim.append(DependantReleased(dependant=id, effective=new.ended_on))
    moved = (old.starts_on, old.ended_on) != (new.starts_on, new.ended_on)
    return {id: [fact], **({dependants.stream(new.organisation): claim} if moved else {})}


def known(was: Term | None) -> Term:
    if not was:
        raise refused("term_unknown", "term")
    return was


def running(was: Term | None) -> Term:
    was = known(was)
    need(was.ended_on is None, "term_ended", "term", on=was.ended_on)
    return was


def clock(was: Term | None, reminders: Sequence[int], today: date) -> list[TermDueSoon | TermBecameOverdue]:
    """O4: only the latest reminder that applies, once; after the end the breach alone. An extension moves the end and starts anew."""
    if not was or was.ended_on or was.overdue:
        return []
    left = (was.ends_on - today).days
    if left < 0:
        return [TermBecameOverdue(since=was.ends_on)]
    days = min((d for d in reminders if left <= d), default=None)
    if days is None or (was.warned is not None and was.warned <= days):
        return []
    return [TermDueSoon(days=days, due=was.ends_on - timedelta(days))]


def evolve(was: Term | None, fact: Fact) -> Term | None:
    said = (*(was.said if was else ()), fact)
    if not isinstance(fact, TermCorrected):
        now = _told(was, fact)
    else:
        now = None
        for one in standing(settled(said)):
            now = _told(now, one)
    return replace(now, said=said) if now else None


def _told(was: Term | None, fact: Fact) -> Term | None:
    if isinstance(fact, TermStarted):
        return Term(fact.organisation, fact.term_no, fact.starts_on, fact.term_months, fact.ends_on, fact.ends_on, fact.reelection)
    if not was:
        return was
    match fact:
        case TermDueSoon():
            return replace(was, warned=fact.days)
        case TermBecameOverdue():
            return replace(was, overdue=True)
        case TermExtensionRequested():
            return replace(was, asked=fact.new_ends_on, asked_by=fact.requested_by)
        case TermExtensionRefused():
            return replace(was, asked=None, asked_by=())
        case TermExtended():
            return replace(was, ends_on=fact.new_ends_on, asked=None, asked_by=(), warned=None, overdue=False)
        case TermEnded():
            return replace(was, ended_on=fact.ended_on, ended_by=fact.roster)
        case TermResumed():
            return replace(was, ended_on=None, ended_by=None)
        case TermVoided():
            return None
    return was
