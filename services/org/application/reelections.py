"""Use cases of the re-election case (换届), one organisation or all villages of a township at a time."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Literal
from uuid import UUID

from services.org.application.grounds import Grounds, by
from services.org.domain import dependants as hanging_of
from services.org.domain import organisation, reelection, term
from services.org.domain.ballot import OwnPeriod
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation
from services.org.domain.reelection import Form, Reelection
from services.org.domain.term import Term
from services.org.domain.unit import EligibleUnit
from services.org.events import Ballot, Candidate, DependantAdded, DependantReleased
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, Refused, derive

__all__ = ["Reelections"]

BATCH = 500


class Reelections(Grounds):
    def plan_reelection(self, id: UUID, organisation_id: UUID, planned_on: date, key: str, batch: UUID | None = None,
                        congress_on: date | None = None) -> Done:
        """计划换届."""
        own = hanging_of.stream(organisation_id)
        return self.do(key, {Reelection: id, Organisation: organisation_id, Dependants: own}, lambda was, org, hanging: [
            reelection.plan(was, organisation_id, org, hanging_of.of(hanging), planned_on, batch, today(), congress_on),
            DependantAdded(kind="reelection", dependant=id, since=planned_on)])

    def plan_batch(self, area: UUID, planned_on: date, key: str, congress_on: date | None = None) -> tuple[UUID, list[tuple[UUID, Done | Exception]]]:
        """按乡镇成批计划: every village federation below `area`, each with its own outcome. Sent again it is the same batch."""
        batch = derive(area, "batch", key)
        villages = self.villages(area)
        calls = [partial(self.plan_reelection, derive(batch, v), v, planned_on, f"{key}/{v}", batch, congress_on) for v in villages]
        outcomes = [o for i in range(0, len(calls), BATCH) for o in self.batch(calls[i:i + BATCH])]
        return batch, list(zip(villages, outcomes, strict=True))

    def villages(self, area: UUID) -> list[UUID]:
        """Active village federations below an organisation."""
        found, open_ = [], [area]
        while open_:
            for child in self.hanging(open_.pop()).now("child"):
                org: Organisation | None = self.state(Organisation, child)
                if org and org.state == "active":
                    open_.append(child)
                    if (org.level, org.org_type) == ("village", "federation"):
                        found.append(child)
        return sorted(found)

    def request_reelection(self, id: UUID, requested_on: date, key: str, expect: int | None = None) -> Done:
        """请示."""
        return self.do(key, {Reelection: id}, lambda was: reelection.request(was, requested_on, by(), today()), expect)

    def permit_reelection(self, id: UUID, permitted_on: date, key: str, expect: int | None = None) -> Done:
        """批准换届."""
        self.papers()
        return self.do(key, {Reelection: id}, lambda was: reelection.permit(was, permitted_on, by(), today()), expect)

    def refuse_reelection(self, id: UUID, refused_on: date, why: str, key: str, expect: int | None = None) -> Done:
        """不同意换届."""
        return self.do(key, {Reelection: id}, lambda was: reelection.refuse(was, refused_on, why, today()), expect)

    def hold_congress(self, id: UUID, form: Form, held_on: date, ballot: Ballot, key: str, expect: int | None = None) -> Done:
        """登记大会选举."""
        organisation_id, rules, path = self._where(id)
        return self.do(key, {Reelection: id, Organisation: organisation_id}, lambda was, org: reelection.congress(
            was, form, held_on, ballot, org, rules, path, today()), expect)

    def report_result(self, id: UUID, candidates: tuple[Candidate, ...], reported_on: date, key: str, expect: int | None = None,
                      plenary: Ballot | None = None, leaving: tuple[UUID, ...] = ()) -> Done:
        """上报选举结果."""
        organisation_id, rules, path = self._where(id)
        people, own = self.copy.people([c.person for c in candidates]), self.own_periods(self.state(Reelection, id))
        return self.do(key, {Reelection: id, Organisation: organisation_id}, lambda was, org: reelection.report(
            was, candidates, plenary, reported_on, by(), org, rules, path, today(), people, own, leaving), expect)

    def own_periods(self, case: Reelection) -> Sequence[OwnPeriod]:
        """Whose own period runs on beyond the congress of a case whose result is not approved yet."""
        open_ = case.held and case.state in ("congress_held", "result_reported")
        return self.copy.own_periods(case.organisation, case.held.held_on) if case.held and open_ else ()

    def reelection_warnings(self, id: UUID, foreseen: Iterable[tuple[UUID, Fact]] = ()) -> list[Refused]:
        """What is unusual in a vote and its result. `foreseen`: with what a command that is only rehearsed would record."""
        case: Reelection = reelection.known(self.state(Reelection, id))
        for stream, fact in foreseen:
            case = reelection.known(reelection.evolve(case, fact) if stream == id else case)
        org = organisation.known(self.state(Organisation, case.organisation))
        units: list[EligibleUnit | None] = [self.state(EligibleUnit, u) for u in org.units]
        return reelection.warnings(case, org, sum(u.women or 0 for u in units if u), self.rules(), self.path(case.organisation),
                                   self.own_periods(case))

    def return_result(self, id: UUID, returned_on: date, why: str, key: str, expect: int | None = None) -> Done:
        """退回选举结果."""
        return self.do(key, {Reelection: id}, lambda was: reelection.send_back(was, returned_on, why, today()), expect)

    def approve_result(self, id: UUID, approved_on: date, term_months: int | None, key: str, expect: int | None = None,
                       person: UUID | None = None) -> Done:
        """批复选举结果: the old term ends and the new one starts on the congress date, in one append."""
        organisation_id, rules, path = self._where(id)
        case: Reelection = self.state(Reelection, id)
        papers, new, old, own = self.papers(), derive(id, "term"), case.term, hanging_of.stream(organisation_id)

        def decide(was: Reelection | None, org: Organisation | None, hanging: Dependants | None, terms: Mapping[UUID, Any]
                   ) -> dict[UUID, list[Fact]]:
            approved = reelection.approve(was, id, new, approved_on, by(), person, papers, rules, path, today())
            day = approved.starts_on
            started = term.start(terms[new], organisation_id, org, hanging_of.of(hanging), day, term_months, rules, path, today(),
                                 ending=old, reelection=id)
            return {id: [approved], **term.succeed(old, terms[old] if old else None, new, started, today())}

        terms = [new, *([old] if old else [])]
        return self.do(key, {Reelection: id, Organisation: organisation_id, Dependants: own, Term: terms}, decide, expect)

    def file_result(self, id: UUID, filed_with: Literal["party_org_department", "superior_federation"], filed_on: date, key: str,
                    expect: int | None = None) -> Done:
        """备案."""
        return self.do(key, {Reelection: id}, lambda was: reelection.file(was, filed_with, filed_on, today()), expect)

    def close_reelection(self, id: UUID, closed_on: date, key: str, expect: int | None = None) -> Done:
        """办结."""
        return self.do(key, {Reelection: id, Dependants: hanging_of.stream(self._where(id)[0])}, lambda was, hanging: [
            reelection.close(was, closed_on, today()), DependantReleased(dependant=id, effective=closed_on)], expect)

    def cancel_reelection(self, id: UUID, cancelled_on: date, why: str, key: str, expect: int | None = None) -> Done:
        """取消."""
        return self.do(key, {Reelection: id, Dependants: hanging_of.stream(self._where(id)[0])}, lambda was, hanging: [
            reelection.cancel(was, cancelled_on, why, today()), DependantReleased(dependant=id, effective=cancelled_on)], expect)

    def _where(self, id: UUID) -> tuple[UUID, Any, tuple[UUID, ...]]:
        """Whose re-election, with the rules that hold there."""
        case: Reelection = reelection.known(self.state(Reelection, id))
        return case.organisation, self.rules(), self.path(case.organisation)
