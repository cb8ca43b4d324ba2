"""Use cases of terms (届)."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from services.org.application.grounds import Grounds, by, same
from services.org.domain import dependants as hanging_of
from services.org.domain import organisation, reelection, rule, term
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation
from services.org.domain.reelection import Reelection
from services.org.domain.term import Term
from services.org.events import DependantAdded, DependantReleased
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, Refused, derive

__all__ = ["Terms"]


class Terms(Grounds):
    def start_term(self, id: UUID, organisation_id: UUID, starts_on: date, term_months: int | None, key: str,
                   term_no: int | None = None) -> Done:
        """开始一届 outside a re-election: the first one, or what the books lack."""
        own, rules, path = hanging_of.stream(organisation_id), self.rules(), self.path(organisation_id)

        def decide(was: Term | None, org: Organisation | None, hanging: Dependants | None) -> Mapping[UUID, Fact]:
            started = term.start(was, organisation_id, org, hanging_of.of(hanging), starts_on, term_months, rules, path, today(),
                                 term_no=term_no)
            return {id: started, own: DependantAdded(kind="term", dependant=id, since=starts_on, term_no=started.term_no)}
        return self.do(key, {Term: id, Organisation: organisation_id, Dependants: own}, decide)

    def term_warnings(self, id: UUID) -> list[Refused]:
        """What the rules table finds unusual in a term."""
        t = term.known(self.state(Term, id))
        org = organisation.known(self.state(Organisation, t.organisation))
        return term.advice(org, t.term_months, self.rules(), self.path(t.organisation), t.starts_on)

    def request_extension(self, id: UUID, new_ends_on: date, why: str, key: str, expect: int | None = None) -> Done:
        """申请延期换届."""
        rules, path = self.rules(), self.path(term.known(self.state(Term, id)).organisation)
        return self.do(key, {Term: id}, lambda was: term.request_extension(was, new_ends_on, why, by(), rules, path, today()), expect)

    def extend_term(self, id: UUID, key: str, expect: int | None = None) -> Done:
        """批准延期, by the cited paper and another person."""
        papers = self.papers()
        return self.do(key, {Term: id}, lambda was: term.extend(was, by(), papers), expect)

    def refuse_extension(self, id: UUID, why: str, key: str, expect: int | None = None) -> Done:
        """不予批准延期."""
        return self.do(key, {Term: id}, lambda was: term.refuse_extension(was, why), expect)

    def file_term(self, id: UUID, filed_with: Literal["party_org_department", "superior_federation"], filed_on: date, key: str,
                  expect: int | None = None) -> Done:
        """备案 of a renewal that no case led to."""
        return self.do(key, {Term: id}, lambda was: term.file(was, filed_with, filed_on, today()), expect)

    def end_term(self, id: UUID, ended_on: date, key: str, expect: int | None = None, papers: Sequence[str] | None = None) -> Done:
        """结束一届 without a new one. `papers`: kinds of those that somebody ends it by."""
        own = hanging_of.stream(term.known(self.state(Term, id)).organisation)
        return self.do(key, {Term: id, Dependants: own}, lambda was, hanging: [
            term.end(was, ended_on, today(), papers=papers), DependantReleased(dependant=id, effective=ended_on)], expect)

    def correct_term(self, id: UUID, corrects: UUID, void: bool, right: dict[str, Any], key: str, expect: int | None = None) -> Done:
        """更正: its start, an extension or its end."""
        ids, here = [e.id for e in self.history(id)], term.known(self.state(Term, id)).organisation
        own, rules, path = hanging_of.stream(here), self.rules(), self.path(here)
        return self.do(key, {Term: id, Organisation: here, Dependants: own}, lambda was, org, hanging: term.correct(
            id, was, ids, corrects, void, right, org, hanging_of.of(hanging), rules, path, today()), expect)

    def renew_term(self, organisation_id: UUID, new: UUID, old: UUID, elected_on: date, roster: UUID, key: str) -> Done:
        """A roster (换届花名册) brought the team of the next term; no re-election case is needed, and one that is open is left as it is."""
        own, rules, path = hanging_of.stream(organisation_id), self.rules(), self.path(organisation_id)
        return self.do(key, {Term: [new, old], Organisation: organisation_id, Dependants: own}, lambda terms, org, hanging: term.renew(
            terms[new], new, terms[old], old, org, hanging_of.of(hanging), elected_on, rules, path, today(), roster))

    def restore_term(self, organisation_id: UUID, new: UUID, old: UUID, roster: UUID, key: str) -> Done:
        """That roster was taken back; a re-election that was planned for its term is called off."""
        own, open_cases = hanging_of.stream(organisation_id), list(self.hanging(organisation_id).now("reelection"))

        def decide(terms: Mapping[UUID, Any], hangs: Dependants | None, cases: Mapping[UUID, Any]) -> Mapping[UUID, list[Fact]]:
            same(open_cases, list(hanging_of.of(hangs).now("reelection")))
            facts = term.restore(terms[new], new, terms[old], old, roster)
            off = reelection.moot(cases, today(), "换届花名册已撤销", new) if facts else {}
            _, gone = hanging_of.released(hanging_of.of(hangs), off, today())
            return {**facts, **off, own: [*facts.get(own, ()), *gone]}
        return self.do(key, {Term: [new, old], Dependants: own, Reelection: open_cases}, decide)

    def watch_term(self, id: UUID, day: date) -> None:
        """The clock: a reminder or the breach, if one is due on `day` and not yet said; keyed by what is due when."""
        seen = term.known(self.state(Term, id))
        days = rule.reminders(self.rules(), self.path(seen.organisation), day)
        for fact in term.clock(seen, days, day):
            self.do(str(derive(id, "clock", fact.NAME, fact.model_dump_json())), {Term: id}, lambda was: term.clock(was, days, day))

    def longest_reminder(self, day: date) -> int | None:
        """The earliest reminder that some area's own rule asks for; None while all keep the usual ones."""
        rows = self.rules().get("term.reminders", rule.Rule()).rows
        return max((int(str(r.value).split(",")[0]) for r in rows if r.effective <= day), default=None)
