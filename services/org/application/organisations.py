"""Use cases of organisations: from the proposal to their end, their codes and their seats."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from services.org.application.grounds import Grounds, by, same
from services.org.domain import code as codes_of
from services.org.domain import correcting, ending, opening, organisation, reelection, seat, term, unit, vacancy
from services.org.domain import dependants as hanging_of
from services.org.domain.code import CREDIT, DIVISION, Code
from services.org.domain.dependants import Dependants
from services.org.domain.opening import Opening
from services.org.domain.organisation import Organisation, Proposal
from services.org.domain.reelection import Reelection
from services.org.domain.term import Term
from services.org.domain.unit import EligibleUnit
from services.org.domain.vacancy import Vacancy
from services.org.events import CreditCodeAssigned, DependantAdded, DependantReleased, EligibleUnitOrganised, OrganisationCorrected, Seat, units_facts
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, Refused

__all__ = ["Organisations"]

Facts = dict[UUID, list[Fact]]


def division(code: str | None) -> list[UUID]:
    return [codes_of.stream(DIVISION, code)] if code else []


def credit(code: str | None) -> list[UUID]:
    return [codes_of.stream(CREDIT, code)] if code else []


def borne(org: Organisation) -> list[UUID]:
    """The claims on all its codes."""
    return [*division(org.code), *credit(org.credit_code)]


class Organisations(Grounds):
    def open_organisation(self, id: UUID, o: Opening, key: str) -> Done:
        """期初建账: the organisation with its code, seats and terms in one append. For the loaders; run through `batch`, parents first."""
        p = o.proposal
        parents = [x for x in (p.parent, p.out_of) if x]
        hangs = [hanging_of.stream(id), *([hanging_of.stream(p.parent)] if p.parent else [])]
        streams = {Organisation: [id, *parents], Dependants: hangs, EligibleUnit: p.units, Code: [*division(o.code), *credit(o.credit_code)],
                   Term: [t.id for t in o.terms]}
        return self.do(key, streams, lambda orgs, hanging, units, codes, terms: opening.open_organisation(
            id, o, orgs, hanging, units, codes, today()))

    def propose(self, id: UUID, p: Proposal, key: str) -> Done:
        """提出设立; with `out_of`, a split."""
        parents = [x for x in (p.parent, p.out_of) if x]
        hangs = [hanging_of.stream(p.parent)] if p.parent else []

        def decide(orgs: Mapping[UUID, Any], hanging: object, units: Mapping[UUID, Any]) -> Facts:
            proposed = organisation.propose(orgs[id], p, orgs.get(p.parent) if p.parent else None, units, by(), today(),
                                            orgs.get(p.out_of) if p.out_of else None)
            return {id: [proposed], **{h: [DependantAdded(kind="child", dependant=id, since=p.proposed_on)] for h in hangs}}
        return self.do(key, {Organisation: [id, *parents], Dependants: hangs, EligibleUnit: p.units}, decide)

    def establish(self, id: UUID, established_on: date, key: str, expect: int | None = None) -> Done:
        """批准成立, by the cited paper and another person; its units are organised from that day."""
        seen = organisation.known(self.state(Organisation, id))
        papers = self.papers()

        def decide(org: Organisation | None, units: Mapping[UUID, EligibleUnit | None]) -> Facts:
            facts: Facts = {id: organisation.establish(org, established_on, by(), papers, today())}
            return facts | {u: unit.organise(was, id, established_on) for u, was in units.items()}
        return self.do(key, {Organisation: id, EligibleUnit: seen.units}, decide, expect)

    def withdraw_proposal(self, id: UUID, withdrawn_on: date, why: str, key: str, expect: int | None = None) -> Done:
        """撤回."""
        parent = organisation.known(self.state(Organisation, id)).parent
        hangs = [hanging_of.stream(parent)] if parent else []
        return self.do(key, {Organisation: id, Dependants: hangs}, lambda org, hanging: {
            id: organisation.withdraw(org, withdrawn_on, why, today()),
            **{h: DependantReleased(dependant=id, effective=withdrawn_on) for h in hangs}}, expect)

    def change_details(self, id: UUID, effective: date, key: str, expect: int | None = None, **details: Any) -> Done:
        """变更名称等."""
        return self.do(key, {Organisation: id}, lambda org: organisation.change(org, effective, **details), expect)

    def correct_organisation(self, id: UUID, corrects: UUID, void: bool, right: dict[str, Any], key: str, expect: int | None = None) -> Done:
        """更正: names and kind, founding day, moves and codes that were entered wrongly. Its units are covered from the founding as corrected."""
        ids, seen = [e.id for e in self.history(id)], organisation.known(self.state(Organisation, id))
        then = seen
        with suppress(Refused):  # `do` says so, unless it is done already
            _, then = correcting.said(seen, ids, corrects, void, right)
        units = {u: [e.id for e in self.history(u)] for u in seen.units} if then.established_on != seen.established_on else {}
        parents = list(dict.fromkeys(p for o in (seen, then) for _, p in o.parents() if p))
        claims = list(dict.fromkeys([*borne(seen), *borne(then)]))
        streams = {Organisation: [id, *parents], Dependants: [hanging_of.stream(o) for o in (id, *parents)], Code: claims,
                   EligibleUnit: list(units)}

        def decide(orgs: Mapping[UUID, Any], hangs: Mapping[UUID, Any], codes: Mapping[UUID, Code | None],
                   covered: Mapping[UUID, EligibleUnit]) -> Facts:
            same(seen.said, orgs[id].said)
            facts = correcting.correct(id, orgs[id], ids, corrects, void, right, orgs, hangs, codes, today())
            return facts | {u: refounded(was, units[u], id, seen.established_on, then.established_on) for u, was in covered.items()}
        with self.naming():
            return self.do(key, streams, decide, expect)

    def corrects_credit_code(self, id: UUID, corrects: UUID) -> bool:
        """Whether the fact that is to be corrected in the end gives a credit code: what stands in it is checked as there."""
        there = {e.id: e.fact for e in self.history(id)}
        fact = there.get(corrects)
        while isinstance(fact, OrganisationCorrected):
            fact = there.get(fact.corrects)
        return isinstance(fact, CreditCodeAssigned)

    def move(self, id: UUID, parent: UUID, effective: date, key: str, expect: int | None = None, code: str | None = None,
             division_name: str | None = None) -> Done:
        """调整隶属: under another parent; the old code is released, the new one (if given) claimed."""
        seen = organisation.known(self.state(Organisation, id))
        old = hanging_of.stream(seen.parent) if seen.parent else None
        new, freed, taken = hanging_of.stream(parent), division(seen.code), division(code)

        def decide(orgs: Mapping[UUID, Any], hanging: object, codes: Mapping[UUID, Code | None]) -> Facts:
            org = orgs[id]
            same((seen.parent, seen.code), (org.parent, org.code))
            facts: Facts = defaultdict(list, {id: organisation.move(org, parent, orgs[parent], effective)})
            facts |= {c: [*codes_of.release(codes[c], id, effective)] for c in freed}
            if old:
                facts[old].append(DependantReleased(dependant=id, effective=effective))
            facts[new].append(DependantAdded(kind="child", dependant=id, since=effective))
            if code:
                for stream, some in assigned(id, fold(org, facts[id]), code, division_name, effective, fold_codes(codes, facts)).items():
                    facts[stream] += some
            return facts
        hangs = list(dict.fromkeys(h for h in (old, new) if h))
        return self.do(key, {Organisation: [id, parent], Dependants: hangs, Code: list(dict.fromkeys([*freed, *taken]))}, decide, expect)

    def assign_division(self, id: UUID, code: str, division_name: str, effective: date, key: str, expect: int | None = None) -> Done:
        """区划代码和名称: dated aliases, never ids."""
        seen = organisation.known(self.state(Organisation, id))
        old, new = division(seen.code), division(code)

        def decide(org: Organisation, codes: Mapping[UUID, Code | None]) -> Facts:
            same(seen.code, org.code)
            facts: Facts = {c: [*codes_of.release(codes[c], id, effective)] for c in old if old != new}
            return facts | assigned(id, org, code, division_name, effective, codes)
        with self.naming():
            return self.do(key, {Organisation: id, Code: list(dict.fromkeys([*old, *new]))}, decide, expect)

    def assign_credit_code(self, id: UUID, code: str | None, effective: date, key: str, expect: int | None = None) -> Done:
        """统一社会信用代码; None: it bears none any more."""
        seen = organisation.known(self.state(Organisation, id))
        old, new = credit(seen.credit_code), credit(code)

        def decide(org: Organisation, codes: Mapping[UUID, Code | None]) -> Facts:
            same(seen.credit_code, org.credit_code)
            facts: Facts = {id: list(organisation.credit(org, code, effective))}
            if facts[id]:
                facts |= {c: list(codes_of.release(codes[c], id, effective)) for c in old}
                facts |= {c: [codes_of.claim(codes[c], CREDIT, code or "", id, effective)] for c in new}
            return facts
        with self.naming():
            return self.do(key, {Organisation: id, Code: list(dict.fromkeys([*old, *new]))}, decide, expect)

    def define_seats(self, id: UUID, seats: tuple[Seat, ...], effective: date, key: str, expect: int | None = None) -> Done:
        """核定职数: the whole plan from a day on."""
        rules, path = self.rules(), self.path(id)
        return self.do(key, {Organisation: id}, lambda org: organisation.plan(org, seats, effective, rules, path), expect)

    def seat_warnings(self, id: UUID, effective: date) -> list[Refused]:
        """What the rules table finds unusual in the plan of a day."""
        org = organisation.known(self.state(Organisation, id))
        return seat.differences(org.org_type, org.level, list(org.seats(effective).values()), self.rules(), self.path(id), effective)

    def abolish_seat(self, id: UUID, seat_id: UUID, effective: date, key: str, expect: int | None = None) -> Done:
        """撤销职位; its open vacancies end with it."""
        own = hanging_of.stream(id)
        vacancies = [v for v, h in self.hanging(id).now("vacancy").items() if h.seat == seat_id]

        def decide(org: Organisation | None, hanging: Dependants | None, states: Mapping[UUID, Vacancy | None]) -> Facts:
            facts: Facts = {id: [organisation.abolish(org, seat_id, effective)]}
            for v, was in states.items():
                facts[v] = [vacancy.abolish(was, effective)]
                facts.setdefault(own, []).append(DependantReleased(dependant=v, effective=effective))
            return facts
        return self.do(key, {Organisation: id, Dependants: own, Vacancy: vacancies}, decide, expect)

    def dissolve(self, id: UUID, effective: date, why: str, key: str, expect: int | None = None, held: Sequence[UUID] = ()) -> Done:
        """撤销组织; its open re-election is called off. `held`: appointments that cadre still has there."""
        seen, papers = organisation.known(self.state(Organisation, id)), self.papers()
        own, open_cases = hanging_of.stream(id), list(self.hanging(id).now("reelection"))
        streams = self._around(id, seen)

        def decide(orgs: Mapping[UUID, Any], hangs: Mapping[UUID, Any], units: Mapping[UUID, Any], codes: Mapping[UUID, Any],
                   cases: Mapping[UUID, Any]) -> Facts:
            same(open_cases, list(hanging_of.of(hangs[own]).now("reelection")))
            off = reelection.moot(cases, effective, "组织已撤销")
            hanging, gone = hanging_of.released(hanging_of.of(hangs[own]), off, effective)
            dissolved = ending.dissolve(orgs[id], effective, why, hanging, held, papers, today())
            return {id: [dissolved], **left_behind(id, orgs[id], effective, units, codes), **off, **({own: gone} if gone else {})}
        return self.do(key, {**streams, Reelection: open_cases}, decide, expect)

    def merge(self, id: UUID, into: UUID, effective: date, key: str, expect: int | None = None) -> Done:
        """并入另一组织: its children move along, its term ends, its units pass over, its open re-election is called off."""
        seen, papers, mine = organisation.known(self.state(Organisation, id)), self.papers(), self.hanging(id)
        children, running, open_cases = (list(mine.now(kind)) for kind in ("child", "term", "reelection"))
        coded = {c: self.state(Organisation, c).code for c in children}
        streams = self._around(id, seen)
        own, its = hanging_of.stream(id), hanging_of.stream(into)
        streams[Organisation] = [*streams[Organisation], into, *children]
        streams[Dependants] = [*streams[Dependants], its]
        streams[Code] = [*streams[Code], *(s for c in coded.values() for s in division(c))]

        def decide(orgs: Mapping[UUID, Any], hangs: Mapping[UUID, Any], units: Mapping[UUID, Any], codes: Mapping[UUID, Any],
                   terms: Mapping[UUID, Any], cases: Mapping[UUID, Any]) -> Facts:
            hanging = hanging_of.of(hangs[own])
            same((children, running, open_cases), tuple(list(hanging.now(kind)) for kind in ("child", "term", "reelection")))
            off = reelection.moot(cases, effective, "组织已合并")
            hanging, gone = hanging_of.released(hanging, off, effective)
            merged = ending.merge(orgs[id], into, orgs[into], effective, hanging, papers, today())
            facts: Facts = defaultdict(list, {id: [merged], **left_behind(id, orgs[id], effective, units, codes)})
            facts[into].append(ending.absorb(id, orgs[id], effective))
            for u, was in units.items():
                facts[u] += unit.organise(unit_after(was, facts[u]), into, effective)
            for child in children:
                facts[child] += organisation.move(orgs[child], into, orgs[into], effective)
                facts[its].append(DependantAdded(kind="child", dependant=child, since=effective))
                for claim in division(coded[child]):
                    facts[claim] += codes_of.release(codes[claim], child, effective)
            for t in running:
                facts[t].append(term.end(terms[t], effective, today()))
            facts[own] += [*gone, *(DependantReleased(dependant=d, effective=effective) for d in (*children, *running))]
            return facts | off
        return self.do(key, {**streams, Term: running, Reelection: open_cases}, decide, expect)

    def convert(self, id: UUID, into: UUID, congress_name: str, established_on: date, effective: date, key: str) -> Done:
        """会改联, imported history (K18): `id` is the new stream of the old 妇代会, `into` the federation that continues it. What `into` covers, it
        covered before."""
        target = organisation.known(self.state(Organisation, into))
        p = Proposal(congress_name, congress_name, "women_congress_org", target.level, target.parent, established_on, target.area_kind,
                     opening=True)

        def decide(orgs: Mapping[UUID, Any], units: Mapping[UUID, Any]) -> Facts:
            same(target.units, orgs[into].units)
            facts: Facts = {id: opening.open_organisation(id, Opening(p, established_on), orgs, {}, {}, {}, today())[id]}
            for u, was in units.items():
                if before := unit.earlier(was, id, established_on, effective):
                    facts[u] = before
                    facts[id] += organisation.cover(fold(None, facts[id]), u, unit.began(before), effective)
            facts[id].append(ending.convert(fold(None, facts[id]), into, orgs[into], effective, today()))
            return facts
        return self.do(key, {Organisation: [id, into, *([target.parent] if target.parent else [])], EligibleUnit: target.units}, decide)

    def _around(self, id: UUID, org: Organisation) -> dict[type, Sequence[UUID]]:
        """The streams that an organisation's end touches."""
        hangs = [hanging_of.stream(id), *([hanging_of.stream(org.parent)] if org.parent else [])]
        return {Organisation: [id], Dependants: hangs, EligibleUnit: org.units, Code: borne(org)}


def fold(org: Organisation | None, facts: Sequence[Fact]) -> Organisation | None:
    for fact in facts:
        org = organisation.evolve(org, fact)
    return org


def fold_codes(codes: Mapping[UUID, Code | None], facts: Facts) -> dict[UUID, Code | None]:
    after = dict(codes)
    for id, some in facts.items():
        if id in after:
            for fact in some:
                after[id] = codes_of.evolve(after[id], fact)
    return after


def refounded(was: EligibleUnit, ids: Sequence[UUID], organisation: UUID, old: date | None, new: date | None) -> list[Fact]:
    """A unit that it covers since its founding, it covers since the day that was right; not before the unit was listed."""
    facts: list[Fact] = []
    for _, number, fact in units_facts(was.said):
        if new and isinstance(fact, EligibleUnitOrganised) and (fact.organisation, fact.organised_on) == (organisation, old):
            facts += unit.correct(was, ids, ids[number - 1], today=today(), on=max(new, was.listed_on))
    return facts


def unit_after(was: EligibleUnit | None, facts: Sequence[Fact]) -> EligibleUnit | None:
    for fact in facts:
        was = unit.evolve(was, fact)
    return was


def assigned(id: UUID, org: Organisation | None, code: str, division_name: str | None, effective: date,
             codes: Mapping[UUID, Code | None]) -> Facts:
    """The facts of a new code: on the organisation, and the claim unless it has it already."""
    new = organisation.assign(org, code, division_name or "", effective)
    claim = codes_of.stream(DIVISION, code)
    if new and not (org and org.code == code):
        return {id: list(new), claim: [codes_of.claim(codes[claim], DIVISION, code, id, effective)]}
    return {id: list(new)}


def left_behind(id: UUID, org: Organisation, effective: date, units: Mapping[UUID, EligibleUnit | None],
                codes: Mapping[UUID, Code | None]) -> Facts:
    """What an organisation's end does around it: off its parent's list, its units are gaps again, its codes are free."""
    facts: Facts = {u: list(unit.uncover(was, id, effective)) for u, was in units.items()}
    facts |= {c: list(codes_of.release(codes[c], id, effective)) for c in borne(org)}
    if org.parent:
        facts[hanging_of.stream(org.parent)] = [DependantReleased(dependant=id, effective=effective)]
    return facts
