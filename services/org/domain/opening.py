"""The first load (期初建账): one organisation with its area's code, its seats and its terms, in one decision, by the same rules."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.org.domain import code as codes_of
from services.org.domain import dependants as hanging_of
from services.org.domain import organisation as organisations
from services.org.domain import term as terms_of
from services.org.domain import unit as units_of
from services.org.domain.code import CREDIT, DIVISION, Code
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation, Proposal
from services.org.domain.unit import EligibleUnit
from services.org.events import DependantAdded, DependantReleased, Seat, TermEnded
from shared.fact import Fact

__all__ = ["Opening", "OpeningTerm", "open_organisation"]


@dataclass(frozen=True)
class OpeningTerm:
    """A past or running term. `ended_on` None: it runs."""

    id: UUID
    starts_on: date
    term_months: int
    term_no: int | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class Opening:
    """What the old books say of one organisation."""

    proposal: Proposal
    established_on: date
    code: str | None = None
    division_name: str | None = None
    seats: tuple[Seat, ...] = ()
    terms: tuple[OpeningTerm, ...] = ()
    credit_code: str | None = None


def open_organisation(id: UUID, o: Opening, orgs: Mapping[UUID, Organisation | None], hangs: Mapping[UUID, Dependants | None],
                      units: Mapping[UUID, EligibleUnit | None], codes: Mapping[UUID, Code | None], today: date) -> dict[UUID, list[Fact]]:
    """Facts by stream. What only orders the trail in time does not block here; what must be unique does."""
    p = o.proposal
    facts: dict[UUID, list[Fact]] = defaultdict(list)
    org = orgs[id]

    def add(*some: Fact) -> None:
        nonlocal org
        for fact in some:
            facts[id].append(fact)
            org = organisations.evolve(org, fact)

    add(organisations.propose(org, p, orgs[p.parent] if p.parent else None, units, (), today, orgs.get(p.out_of) if p.out_of else None))
    add(*organisations.establish(org, o.established_on, (), (), today, opening=True))
    if p.parent:
        facts[hanging_of.stream(p.parent)].append(DependantAdded(kind="child", dependant=id, since=o.established_on))
    for unit in p.units:
        facts[unit] += units_of.organise(units[unit], id, max(o.established_on, units_of.free(units[unit]).since))
    if o.code:
        claim = codes_of.stream(DIVISION, o.code)
        facts[claim].append(codes_of.claim(codes[claim], DIVISION, o.code, id, o.established_on))
        add(*organisations.assign(org, o.code, o.division_name or p.full_name, o.established_on))
    if o.credit_code:
        claim = codes_of.stream(CREDIT, o.credit_code)
        facts[claim].append(codes_of.claim(codes[claim], CREDIT, o.credit_code, id, o.established_on))
        add(*organisations.credit(org, o.credit_code, o.established_on))
    if o.seats:
        add(*organisations.plan(org, o.seats, o.established_on, {}, (), opening=True))
    own = hanging_of.stream(id)
    for stream, fact in _terms(id, org, hangs.get(own), o.terms, today):
        facts[stream].append(fact)
    return facts


def _terms(id: UUID, org: Organisation | None, hanging: Dependants | None, terms: Sequence[OpeningTerm],
           today: date) -> list[tuple[UUID, Fact]]:
    own = hanging_of.stream(id)
    found: list[tuple[UUID, Fact]] = []
    for t in sorted(terms, key=lambda t: t.starts_on):
        started = terms_of.start(None, id, org, hanging_of.of(hanging), t.starts_on, t.term_months, {}, (), today, term_no=t.term_no,
                                 opening=True)
        some: list[tuple[UUID, Fact]] = [(t.id, started),
                                         (own, DependantAdded(kind="term", dependant=t.id, since=t.starts_on, term_no=started.term_no))]
        if t.ended_on:
            ended: TermEnded = terms_of.end(terms_of.evolve(None, started), t.ended_on, today)
            some += [(t.id, ended), (own, DependantReleased(dependant=t.id, effective=t.ended_on))]
        for stream, fact in some:
            hanging = hanging_of.evolve(hanging, fact) if stream == own else hanging
        found += some
    return found
