"""Use cases of vacancies (缺位)."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.org.application.grounds import Grounds, by, same
from services.org.domain import dependants as hanging_of
from services.org.domain import gaps, organisation, rule, vacancy
from services.org.domain.dependants import Dependants
from services.org.domain.gaps import Post
from services.org.domain.organisation import Organisation
from services.org.domain.vacancy import Vacancy
from services.org.events import DependantAdded, DependantReleased
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, derive

__all__ = ["Vacancies"]


class Vacancies(Grounds):
    def open_vacancy(self, id: UUID, organisation_id: UUID, seat: UUID, since: date, key: str, left_by: UUID | None = None) -> Done:
        """登记缺位."""
        own = hanging_of.stream(organisation_id)
        return self.do(key, {Vacancy: id, Organisation: organisation_id, Dependants: own}, lambda was, org, hanging: [
            vacancy.open_vacancy(was, organisation_id, org, hanging_of.of(hanging), seat, since, left_by, today()),
            DependantAdded(kind="vacancy", dependant=id, since=since, seat=seat)])

    def nominate(self, id: UUID, person: UUID, nominated_on: date, key: str, expect: int | None = None) -> Done:
        """提名."""
        return self.do(key, {Vacancy: id}, lambda was: vacancy.nominate(was, person, nominated_on, by(), today()), expect)

    def review_nomination(self, id: UUID, agreed: bool, reviewed_on: date, key: str, expect: int | None = None) -> Done:
        """党组织审定, entered from the paper."""
        return self.do(key, {Vacancy: id}, lambda was: vacancy.review(was, agreed, reviewed_on, by(), today()), expect)

    def approve_nomination(self, id: UUID, approved_on: date, key: str, expect: int | None = None) -> Done:
        """批准."""
        return self.do(key, {Vacancy: id}, lambda was: vacancy.approve(was, approved_on, by(), today()), expect)

    def fill_vacancy(self, id: UUID, appointment: UUID, filled_on: date, key: str, expect: int | None = None) -> Done:
        """补缺."""
        return self.do(key, {Vacancy: id, Dependants: self._own(id)}, lambda was, hanging: [
            vacancy.fill(was, appointment, filled_on), DependantReleased(dependant=id, effective=filled_on)], expect)

    def settle_vacancies(self, organisation_id: UUID, seat: UUID, posts: Callable[[], Sequence[Post]], key: str) -> Done | None:
        """Brings the vacancies of a seat to what follows from the posts that cadre has in it, as known when it is decided."""
        own, seen = hanging_of.stream(organisation_id), posts()
        ids = [id for id, h in self.hanging(organisation_id).ever("vacancy").items() if h.seat == seat]
        if not ids and not any(p.leaves for p in seen):
            return None
        new = {p.appointment: derive(p.appointment, seat, "vacancy") for p in seen if p.leaves}

        def decide(hangs: Dependants | None, states: Mapping[UUID, Vacancy | None], org: Organisation | None) -> Mapping[UUID, list[Fact]]:
            hanging, now = hanging_of.of(hangs), posts()
            same(ids, [id for id, h in hanging.ever("vacancy").items() if h.seat == seat])
            same(True, all(p.appointment in new for p in now if p.leaves))
            known = {id: v for id, v in states.items() if v}
            found = gaps.follow(organisation.known(org), seat, now, hanging.ever("term").values(), known, today())
            return gaps.settle(organisation_id, seat, found, known, new.__getitem__, hanging)
        return self.do(key, {Dependants: own, Vacancy: list(dict.fromkeys([*ids, *new.values()])), Organisation: organisation_id}, decide)

    def abolish_vacancy(self, id: UUID, abolished_on: date, key: str, expect: int | None = None) -> Done:
        """缺位随职位撤销."""
        return self.do(key, {Vacancy: id, Dependants: self._own(id)}, lambda was, hanging: [
            vacancy.abolish(was, abolished_on), DependantReleased(dependant=id, effective=abolished_on)], expect)

    def watch_vacancy(self, id: UUID, day: date) -> None:
        """The clock: overdue or long-term, if it is so on `day` and not yet said; keyed by what is due when."""
        seen = vacancy.known(self.state(Vacancy, id))
        rules, path = self.rules(), self.path(seen.organisation)
        overdue, long_ = (rule.number(rules, f"vacancy.{what}_days", path, day) for what in ("overdue", "long"))
        for fact in vacancy.clock(seen, overdue, long_, day):
            self.do(str(derive(id, "clock", fact.NAME, fact.since)), {Vacancy: id}, lambda was: vacancy.clock(was, overdue, long_, day))

    def _own(self, id: UUID) -> UUID:
        return hanging_of.stream(vacancy.known(self.state(Vacancy, id)).organisation)
