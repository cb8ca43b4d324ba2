"""The use cases of a person's death, departure from the province or expulsion: one command over all that is hers."""
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.cadre.application.cases import Cases
from services.cadre.domain import departure
from services.cadre.domain.appointment import Appointment, By
from services.cadre.domain.person import Cadre as Person
from services.cadre.domain.seat import SeatClaim
from services.cadre.domain.secondment import Secondment
from services.cadre.events import Departure
from shared.es import Done
from shared.fact import Fact

__all__ = ["Departures"]

Posts = Mapping[UUID, Appointment | None]
Claims = Mapping[UUID, SeatClaim | None]


class Departures(Cases):
    """去世、调离本省、开除."""

    def depart(self, id: UUID, effective: date, why: Departure, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """All her posts end, wherever they are."""
        hers = self.copy.hers(id, self.recorder.max_notification_id() or 0)
        seats = {s.post.seat for s in self.load_all(Appointment, hers.appointments).values()}

        def decide(was: Person | None, posts: Posts, claims: Claims, seconded: Mapping[UUID, Secondment | None]) -> Mapping[UUID, list[Fact]]:
            return departure.depart(id, was, effective, why, posts, claims, seconded, self._event_ids, by, today)
        return self.do(key, {Person: id, Appointment: hers.appointments, SeatClaim: list(seats), Secondment: hers.secondments}, decide, expect)

    def withdraw_departure(self, id: UUID, by: By, key: str, expect: int | None = None) -> Done:
        """It was entered wrongly: all of it comes back."""
        record: Person | None = self.load(Person, id)[0]
        gone = record.departed if record else None
        ids = [*gone.ended, *gone.voided] if gone else []
        posts: dict[UUID, Appointment] = self.load_all(Appointment, ids)
        places = {a: self.copy.place(s.post.organisation, gone.effective) for a, s in posts.items() if gone}

        def decide(was: Person | None, posts: Posts, claims: Claims, _: Mapping[UUID, Secondment | None]) -> Mapping[UUID, list[Fact]]:
            return departure.withdraw(id, was, posts, claims, self._event_ids, places, by)
        return self.do(key, {Person: id, Appointment: ids, SeatClaim: list({p.seat for s in posts.values() for p in s.posts}),
                             Secondment: list(gone.seconded) if gone else []}, decide, expect)

    def come_back(self, id: UUID, effective: date, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """回省."""
        return self.do(key, {Person: id}, lambda was: departure.back(id, was, effective, by, today), expect)
