"""The use cases of people and appointments, one short method each; what org knows comes through `copy`."""
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from services.cadre.application.copy import Copy
from services.cadre.application.sealed import Sealed
from services.cadre.domain import appointment, imports, office, person, seat, secondment, succession
from services.cadre.domain.appointment import Appointment, By, Wish
from services.cadre.domain.imports import ImportBatch
from services.cadre.domain.person import Cadre as Person
from services.cadre.domain.refusals import WARNINGS, refused
from services.cadre.domain.rules import OFFICES, value, ways
from services.cadre.domain.seat import Place, SeatClaim
from services.cadre.domain.secondment import Secondment
from services.cadre.domain.succession import Reaction, Why
from services.cadre.events import AppointmentCorrected, ElectingBody, EndReason, Hold, Mode, Post, Precision, Profile
from shared.es import Busy, Done
from shared.fact import Fact, Personal, derive

__all__ = ["Cases"]

PAPERS = frozenset({"cadre.AppointmentPartyReviewed", "cadre.AppointmentApproved", "cadre.AppointmentElected", "cadre.AppointmentEnded",
                    "cadre.CadreDeparted"})


class Cases(Sealed):
    """干部与任职."""

    name = "cadre"
    evolve: ClassVar = {
        Person: person.evolve, Appointment: appointment.evolve, SeatClaim: seat.evolve, Secondment: secondment.evolve,
        Reaction: succession.evolve_reaction, ImportBatch: imports.evolve}
    copy: Copy

    # -- people ----------------------------------------------------------------------------------------------------
    def register(self, id: UUID, profile: Profile, home: UUID, today: date, key: str, id_number: str | None = None,
                 phone: str | None = None) -> Done:
        """登记."""
        alike, registered, number, called = self.copy.alike(profile), self.registered(id, id_number), _sealed(id, id_number), _sealed(id, phone)
        return self.do(key, {Person: id}, lambda was: person.register(was, profile, home, number, called, alike, today, registered))

    def open_cadre(self, id: UUID, profile: Profile, home: UUID, key: str, id_number: str | None = None, phone: str | None = None,
                   source: str | None = None) -> Done:
        """First load of a person (期初建账)."""
        number, called = _sealed(id, id_number), _sealed(id, phone)
        return self.do(key, {Person: id}, lambda was: person.open_record(was, profile, home, number, called, source))

    def change_profile(self, id: UUID, profile: Profile, effective: date, today: date, key: str, expect: int | None = None,
                       home: UUID | None = None, id_number: str | None = None, phone: str | None = None) -> Done:
        """变更."""
        registered, number, called = self.registered(id, id_number), _sealed(id, id_number), _sealed(id, phone)
        return self.do(key, {Person: id}, lambda was: person.change(was, profile, effective, home, number, called, today, registered), expect)

    def correct_profile(self, id: UUID, corrects: UUID, profile: Profile, today: date, key: str, expect: int | None = None,
                        effective: date | None = None, id_number: str | None = None, phone: str | None = None) -> Done:
        """更正."""
        registered, number, called = self.registered(id, id_number), _sealed(id, id_number), _sealed(id, phone)
        return self.do(key, {Person: id}, lambda was: person.correct(was, self._event_ids(id), corrects, profile, effective, number, called,
                                                                     today, registered), expect)

    def merge(self, id: UUID, into: UUID, today: date, key: str, expect: int | None = None) -> Done:
        """并档."""
        ids, holds = [id] if id == into else [id, into], self.copy.holds_office(id, today)
        return self.do(key, {Person: ids}, lambda people: {id: person.merge(people[id], people.get(into), id == into, into, holds)}, expect)

    def certify(self, id: UUID, appointment_id: UUID, number: str, issued_on: date, issuer: UUID, key: str) -> Done:
        """颁发证书."""
        held: Appointment | None = self.load(Appointment, appointment_id)[0]
        post = held.post if held else None
        in_office = bool(held and any(seat.covers(i.valid_from, i.valid_to, issued_on) for i in held.life))
        place = self.copy.place(post.organisation, issued_on) if post else None
        return self.do(key, {Person: id}, lambda was: person.certify(was, appointment_id, post, id, in_office, place.parent if place else None,
                                                                     number, issued_on, issuer))

    # -- the route of an appointment -------------------------------------------------------------------------------
    def propose(self, id: UUID, wish: Wish, by: By, key: str) -> Done:
        """拟任."""
        place = self.copy.place(wish.organisation, wish.starts_on)
        others = len(self.copy.organisations_of(wish.person, wish.starts_on) - {wish.organisation})
        claim: SeatClaim | None = self.load(SeatClaim, wish.seat)[0]  # a full seat only warns here, so it need not be locked

        def decide(was: Appointment | None, people: Mapping[UUID, Person | None]) -> Fact:
            hers = person.known(people[wish.person])
            person.of_age(hers.profile.born_on, wish.starts_on)
            person.present(hers, wish.starts_on, wish.until)
            return appointment.propose(was, wish, place, claim, others, by)
        return self.do(key, {Appointment: id, Person: [wish.person]}, decide)

    def party_decision(self, id: UUID, agreed: bool, decided_on: date, authority: str, by: By, today: date, key: str,
                       expect: int | None = None) -> Done:
        """党组织审定."""
        return self.do(key, {Appointment: id}, lambda was: appointment.party_decision(was, agreed, decided_on, authority, by, today), expect)

    def publicise(self, id: UUID, from_on: date, until: date, key: str, expect: int | None = None) -> Done:
        """公示."""
        place = self.copy.place(self.organisation_of(id), from_on)
        return self.do(key, {Appointment: id}, lambda was: appointment.publicise(was, from_on, until, place.rules if place else {}), expect)

    def end_publicity(self, id: UUID, ended_on: date, objections: int, today: date, key: str, expect: int | None = None) -> Done:
        """公示结束."""
        return self.do(key, {Appointment: id}, lambda was: appointment.end_publicity(was, ended_on, objections, today), expect)

    def elect(self, id: UUID, elected_on: date, body: ElectingBody, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """选举 / 执委会通过."""
        return self.do(key, {Appointment: id}, lambda was: appointment.elect(was, elected_on, body, by, today), expect)

    def approve(self, id: UUID, approved_on: date, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """批准."""
        return self.do(key, {Appointment: id}, lambda was: appointment.approve(was, approved_on, by, today), expect)

    def reject(self, id: UUID, rejected_on: date, why: str, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """否决."""
        return self.do(key, {Appointment: id}, lambda was: appointment.reject(was, rejected_on, why, by, today), expect)

    def withdraw(self, id: UUID, why: str, today: date, key: str, expect: int | None = None) -> Done:
        """撤回."""
        return self.do(key, {Appointment: id}, lambda was: appointment.withdraw(was, why, today), expect)

    # -- in office -------------------------------------------------------------------------------------------------
    def start(self, id: UUID, starts_on: date | None, reason: str | None, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """任职."""
        post, day = self._post(id), starts_on or today
        place = self.copy.place(post.organisation, day)
        others = len(self.copy.organisations_of(post.person, day) - {post.organisation})
        executive = self._is_executive(place, post, day)
        return self.do(key, {Appointment: id, SeatClaim: post.seat, Person: post.person}, lambda was, claim, record: office.start(
            id, was, starts_on, claim, place, executive, others, reason, by, today, record), expect)

    def open_post(self, id: UUID, post: Post, starts_on: date, key: str, until: date | None = None, precision: Precision = "day",
                  source: str | None = None, claim: bool = True) -> Done:
        """First load of one post. `claim=False`: the loader brings all holders of the seat at once by `open_seat`."""
        if not claim:
            return self.do(key, {Appointment: id}, lambda was: office.open_post(was, post, starts_on, until, precision, source))
        return self.do(key, {Appointment: id, SeatClaim: post.seat}, lambda was, _: [
            started := office.open_post(was, post, starts_on, until, precision, source), appointment.hold_from(id, started)])

    def open_seat(self, id: UUID, holds: Iterable[Hold], key: str) -> Done:
        """First load: the seat's holders, all at once, uncounted."""
        some = tuple(holds)
        return self.do(key, {SeatClaim: id}, lambda was: seat.open_holds(was, some))

    def cancel(self, id: UUID, why: str, today: date, key: str, expect: int | None = None) -> Done:
        """取消未生效的任职."""
        return self.do(key, {Appointment: id, SeatClaim: self._post(id).seat},
                       lambda was, claim: office.cancel(id, was, claim, why, today), expect)

    def relieve(self, id: UUID, effective: date, end_reason: EndReason, reason: str | None, by: By, today: date, key: str,
                expect: int | None = None) -> Done:
        """免职. With an executive's membership her offices in the same federation end [O20]."""
        post = self._post(id)
        place = self.copy.place(post.organisation, effective)
        offices = self._offices_of(place, post, effective)
        streams = {Appointment: [id, *offices], SeatClaim: list({post.seat, *offices.values()})}

        def decide(states: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None]) -> succession.Facts:
            facts = {id: office.relieve(id, states[id], effective, end_reason, reason, by, today)}
            also = {i: states[i] for i in offices}
            facts |= {i: some for i, some in succession.outgoing(also, effective, today, {}, end_reason).items() if some[0].NAME.endswith("Ended")}
            return succession.route(facts, states, claims)
        return self.do(key, streams, decide, expect)

    def suspend(self, id: UUID, effective: date, why: str, by: By, key: str, expect: int | None = None) -> Done:
        """停职."""
        return self.do(key, {Appointment: id, SeatClaim: self._post(id).seat}, lambda was, _: office.suspend(id, was, effective, why, by), expect)

    def resume(self, id: UUID, effective: date, by: By, key: str, expect: int | None = None) -> Done:
        """恢复."""
        post = self._post(id)
        plans = self._plans(self.copy.place(post.organisation, effective), post.seat)
        return self.do(key, {Appointment: id, SeatClaim: post.seat}, lambda was, claim: office.resume(id, was, effective, claim, plans, by), expect)

    def correct(self, id: UUID, said: AppointmentCorrected, by: By, today: date, key: str, expect: int | None = None) -> Done:
        """更正: the start, the end or an earlier correction; `void` when it never was so."""
        state, events = appointment.known(self.load(Appointment, id)[0]), self._event_ids(id)
        after = appointment.evolve(state, office.placed(said, events))
        place = self.copy.place(after.post.organisation, said.starts_on or said.effective or today)
        seats = dict.fromkeys([*(p.seat for p in state.posts), after.post.seat])
        return self.do(key, {Appointment: id, SeatClaim: list(seats), Person: after.post.person},
                       lambda was, claims, record: office.correct(id, was, self._event_ids(id), said, claims, place, by, record, today), expect)

    # -- reactions and the clock -----------------------------------------------------------------------------------
    def install(self, organisation: UUID, starts_on: date, approved_on: date, reelection: UUID, winners: Mapping[UUID, Post], cause: UUID,
                today: date, key: str, leaving: Sequence[UUID] | None = None) -> Done:
        """The elected team replaces the outgoing one, in one commit, and the candidates' proposals are settled; whom a rule refuses is left out
        and put on the work list."""
        place = self.copy.place(organisation, starts_on)
        plans = place.seats if place else {}
        seats = list(dict.fromkeys([*(p.seat for p in winners.values()), *(place.elected_seats if place else ())]))
        holders, proposals = self._holders(seats, starts_on), self.copy.candidates(reelection, approved_on)
        why = Why(cause, "elected_team", organisation, derive(cause, "work list"))

        def decide(states: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None], people: Mapping[UUID, Person | None],
                   _: Reaction | None) -> succession.Facts:
            _unchanged(claims, starts_on, states)
            return succession.succeed(winners, starts_on, reelection, states, claims, people, plans, why, today, proposals, leaving,
                                      place)
        return self.do(key, {Appointment: list(dict.fromkeys([*winners, *holders, *proposals])), SeatClaim: seats,
                             Person: list({p.person: 0 for p in winners.values()}), Reaction: why.reaction}, decide)

    def vacate(self, seats: Sequence[UUID], effective: date, today: date, key: str) -> Done | None:
        """The seats are gone: whoever holds one on `effective` or later is out of it, and who was to have one later does not get it."""
        holders, proposals = self._holders(seats, effective), self.copy.proposed(seats, effective)
        if not holders and not proposals:
            return None

        def decide(states: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None]) -> succession.Facts:
            _unchanged(claims, effective, states)
            facts = succession.route(succession.outgoing(states, effective, today, {}, "seat_abolished"), states, claims)
            return facts | succession.ended({id: states[id] for id in proposals}, "职位已撤销", today)
        return self.do(key, {Appointment: [*holders, *proposals], SeatClaim: list(seats)}, decide)

    def refit(self, organisation: UUID, term: UUID | None, cause: UUID, today: date, key: str) -> Done | None:
        """Org corrected the end of a seat or of the organisation, or (`term`) the start of a term: the posts that began or ended with it follow."""
        place = self.copy.place(organisation, today)
        if place is None:
            return None
        claims: dict[UUID, SeatClaim] = self.load_all(SeatClaim, place.seats)
        posts = [h.appointment for c in claims.values() for h in c.holds.values()]
        why = Why(cause, "refit", organisation, derive(cause, "work list"))

        def decide(states: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None], _: Reaction | None) -> succession.Facts:
            _unchanged(claims, date.min, states)
            if term:
                return succession.moved(term, states, place, claims, self._event_ids, why, today)
            return succession.refitted(states, place, claims, self._event_ids, why, today)
        return self.do(key, {Appointment: posts, SeatClaim: list(place.seats), Reaction: why.reaction}, decide)

    def clock(self, id: UUID, act: str, today: date, key: str) -> Done:
        """到点: `took_effect`, `lapse` or `due_soon`."""
        return self.do(key, {Appointment: id}, lambda was: office.CLOCK[act](was, today))

    # -- secondments -----------------------------------------------------------------------------------------------
    def start_secondment(self, id: UUID, who: UUID, from_organisation: UUID, to_organisation: UUID, duty: str, starts_on: date, until: date,
                         key: str) -> Done:
        """挂职."""
        def decide(was: Secondment | None, people: Mapping[UUID, Person | None]) -> Fact:
            person.present(person.known(people[who]), starts_on, until)
            return secondment.start(was, who, from_organisation, to_organisation, duty, starts_on, until)
        return self.do(key, {Secondment: id, Person: [who]}, decide)

    def extend_secondment(self, id: UUID, until: date, key: str, expect: int | None = None) -> Done:
        """延长挂职."""
        return self.do(key, {Secondment: id}, lambda was: secondment.extend(was, until), expect)

    def end_secondment(self, id: UUID, ended_on: date, today: date, key: str, expect: int | None = None) -> Done:
        """结束挂职."""
        return self.do(key, {Secondment: id}, lambda was: secondment.end(was, ended_on, today), expect)

    # -- reading ---------------------------------------------------------------------------------------------------
    def organisation_of(self, id: UUID) -> UUID:
        """The organisation an appointment is in."""
        return self._post(id).organisation

    def ways_into(self, organisation: UUID, of: UUID, day: date) -> tuple[Mode, ...]:
        """The ways into a seat as it is planned on that day, the usual one first."""
        place = self.copy.place(organisation, day)
        plan = seat.plan_on(place.seats.get(of, ()), day) if place else None
        if place is None or plan is None:
            raise refused("unknown_seat")
        return ways(plan.role, place.level)

    def warnings_of(self, done: Done) -> list[dict[str, object]]:
        """What was only warned of, from the recorded fact itself: the same answer for ever."""
        event = self.history(done.subject)[done.version - 1]
        codes = [*getattr(event.fact, "warnings", ()), *(["document_missing"] if event.name in PAPERS and not event.meta.documents else [])]
        if getattr(event.fact, "objections", 0):
            codes.append("objections")
        return [{"code": c, "message": {"zh-CN": WARNINGS[c][0], "en": WARNINGS[c][1]}} for c in codes]

    def _post(self, id: UUID) -> Post:
        return appointment.known(self.load(Appointment, id)[0]).post

    def _event_ids(self, id: UUID) -> list[UUID]:
        return [e.id for e in self.history(id)]

    def _holders(self, seats: Iterable[UUID], day: date) -> list[UUID]:
        """Appointments that hold one of the seats on that day or later."""
        claims: dict[UUID, SeatClaim] = self.load_all(SeatClaim, seats)
        return [h.appointment for s in seats if (claim := claims.get(s)) for h in claim.holds.values() if h.until is None or h.until > day]

    def _is_executive(self, place: Place | None, post: Post, day: date) -> bool | None:
        """None: it does not matter, for no office is at stake or the federation has no executive seats."""
        executive = place.of_roles(["executive_member"]) if place and post.role in OFFICES else []
        if not executive:
            return None
        claims: dict[UUID, SeatClaim] = self.load_all(SeatClaim, executive)
        return any(h.person == post.person and seat.covers(h.starts_on, h.until, day) for c in claims.values() for h in c.holds.values())

    def _offices_of(self, place: Place | None, post: Post, day: date) -> dict[UUID, UUID]:
        """Her offices that end with her membership: appointment -> seat."""
        if place is None or post.role != "executive_member" or value(place.rules, "appointment.office_needs_executive") == "off":
            return {}
        claims: dict[UUID, SeatClaim] = self.load_all(SeatClaim, place.of_roles(OFFICES))
        return {h.appointment: s for s, c in claims.items() for h in c.holds.values()
                if h.person == post.person and seat.covers(h.starts_on, h.until, day)}

    @staticmethod
    def _plans(place: Place | None, of: UUID) -> tuple[seat.Plan, ...] | None:
        return place.seats.get(of) if place else None


def _sealed(subject: UUID, value: str | None) -> Personal[str] | None:
    return Personal[str](subject=subject, value=value) if value else None


def _unchanged(claims: Mapping[UUID, SeatClaim | None], day: date, known: Mapping[UUID, object]) -> None:
    """Somebody took one of the seats between the look and the decision: look again."""
    if any(h.appointment not in known for c in claims.values() if c for h in c.holds.values() if h.until is None or h.until > day):
        raise Busy("the seats changed meanwhile")
