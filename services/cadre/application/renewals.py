"""The use cases of a roster that is a re-election: the outgoing team leaves before the rows come in, and comes back when they are taken back."""
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

from services.cadre.application.departures import Departures
from services.cadre.domain import imports, renewal
from services.cadre.domain.appointment import Appointment, By
from services.cadre.domain.imports import ImportBatch, Taken
from services.cadre.domain.matching import Matched
from services.cadre.domain.person import Cadre as Person
from services.cadre.domain.renewal import Team
from services.cadre.domain.seat import Place, SeatClaim
from services.cadre.domain.succession import lasting
from services.cadre.events import DEPUTIES, Engagement, Role, TeamRenewed
from shared.es import Busy, Done

__all__ = ["Renewals", "Stay"]


class Stay(NamedTuple):
    """A deputy whose own period runs on until that day."""

    appointment: UUID
    person_name: str
    role: Role
    engagement: Engagement
    until: date | None
    leaves: bool


class Renewals(Departures):
    """换届花名册."""

    def teams(self, batch: UUID, rows: Iterable[Matched], places: Mapping[UUID, Place]) -> dict[UUID, Team]:
        """By organisation, whose new team the rows are; rows that disagree on its day are refused."""
        begun: ImportBatch | None = self.load(ImportBatch, batch)[0]
        claims = self.load_all(SeatClaim, dict.fromkeys(renewal.asked(places.values())))
        return renewal.teams(batch, rows, places, claims, begun.teams if begun else ())

    def claims_of(self, places: Iterable[Place]) -> dict[UUID, SeatClaim]:
        """Who holds the seats that are elected there."""
        return self.load_all(SeatClaim, (seat for place in places for seat in place.elected_seats))

    def own_periods(self, team: Team, place: Place, sitting: Mapping[UUID, SeatClaim]) -> list[Stay]:
        """Whose own period runs on beyond the congress, and whether she leaves all the same."""
        day = team.elected_on
        held = [h.appointment for h in renewal.sitting(sitting, place.of_roles(DEPUTIES), day) if h.until and h.until > day]
        posts: dict[UUID, Appointment] = self.load_all(Appointment, held)
        stays = lasting(posts, day, {person for person, _ in team.elected}, ())
        people: dict[UUID, Person] = self.load_all(Person, (posts[a].post.person for a in stays))
        return [Stay(a, people[post.person].profile.person_name or "", post.role, post.engagement, posts[a].life[0].ends_on, a in team.leaving)
                for a in stays for post in [posts[a].post]]

    def renew(self, batch: UUID, team: Team, place: Place, sitting: Mapping[UUID, SeatClaim], today: date) -> Done:
        """换届: once per batch and organisation, before its rows and in their append. `sitting`: who holds its seats."""
        seats, day = place.elected_seats, team.elected_on
        holders = [h.appointment for h in renewal.sitting(sitting, seats, day)]

        def decide(was: ImportBatch | None, states: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None]) -> imports.Facts:
            if any(h.appointment not in states for h in renewal.sitting(claims, seats, day)):
                raise Busy("the seats changed meanwhile")
            return renewal.renew(was, batch, team, states, claims, today)
        return self.do(f"{batch}/{_named(team)}", {ImportBatch: batch, Appointment: holders, SeatClaim: seats}, decide)

    def restorations(self, batch: UUID, teams: Sequence[TeamRenewed], taken: Callable[[UUID, str], Taken],
                     by: By) -> Iterator[tuple[UUID, Callable[[], Done]]]:
        """One call a team, with its organisation, for after all rows of the batch are taken back. `taken`: what the log says of an appointment,
        and which of it was done in that name."""
        days = {t.elected_on for t in teams}
        places = {p.organisation: p for d in days for p in self.copy.places((t.organisation for t in teams if t.elected_on == d), d).values()}
        holding: dict[UUID, SeatClaim] = self.load_all(SeatClaim, (seat for p in places.values() for seat in p.seats))
        for t in teams:
            ends = {a: taken(a, _named(t)) for a in t.outgoing}
            yield t.organisation, partial(self._restore, batch, t, ends, places.get(t.organisation), holding, by)

    def _restore(self, batch: UUID, team: TeamRenewed, taken: Mapping[UUID, Taken], place: Place | None, holding: Mapping[UUID, SeatClaim],
                 by: By) -> Done:
        seats = list(place.seats) if place else []
        since = {a for seat in seats if seat in holding for a in _since(holding[seat], team)}
        hers = {h.person: None for seat in seats if seat in holding for h in holding[seat].holds.values() if h.appointment in team.outgoing}

        def decide(was: ImportBatch | None, states: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None],
                   people: Mapping[UUID, Person | None]) -> imports.Facts:
            if any(a not in states for c in claims.values() if c for a in _since(c, team)):
                raise Busy("the seats changed meanwhile")
            return renewal.restore(was, batch, team, states, claims, taken, place, by, people)
        return self.do(f"{batch}/{_named(team)}/revoked", {ImportBatch: batch, Appointment: list({*since, *team.outgoing}), SeatClaim: seats,
                                                           Person: list(hers)}, decide)


def _since(claim: SeatClaim, team: TeamRenewed) -> list[UUID]:
    """Who took the seat with that team or after it: nobody else is of its term."""
    return [h.appointment for h in claim.holds.values() if h.starts_on >= team.elected_on]


def _named(team: Team | TeamRenewed) -> str:
    """In place of a row, in the keys of its commands."""
    return f"team/{team.organisation}"
