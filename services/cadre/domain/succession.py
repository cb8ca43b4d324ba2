"""A whole team at once: a new one elected, or a seat or an organisation gone. What a rule refuses is left out and said so."""
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.cadre.domain import office, seat
from services.cadre.domain.appointment import Appointment, By, evolve, hold_of, pending
from services.cadre.domain.person import Cadre, known, present
from services.cadre.domain.seat import Place, Plan, SeatClaim
from services.cadre.events import (
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentElected,
    AppointmentEnded,
    AppointmentStarted,
    AppointmentWithdrawn,
    EndReason,
    Post,
    ReactionRefused,
    Role,
    own_period,
)
from shared.fact import Fact, Refused

__all__ = ["Reaction", "Why", "ended", "evolve_reaction", "lasting", "moved", "outgoing", "reasons", "refitted", "route",
           "succeed"]

Facts = dict[UUID, list[Fact]]


@dataclass(frozen=True)
class Reaction:
    """An item of the work list: what could not be done by itself."""

    refusals: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Why:
    """Which event asks through which policy, for which organisation, and the stream its refusals go to."""

    cause: UUID
    policy: str
    organisation: UUID
    reaction: UUID


def outgoing(appointments: Mapping[UUID, Appointment | None], effective: date, today: date, reason_of: Mapping[UUID, EndReason],
             default: EndReason, reelection: UUID | None = None) -> Facts:
    """All of them end on `effective`; one that was only to start on it or later is called off. `reason_of`: by appointment."""
    facts: Facts = {}
    for id, state in appointments.items():
        if state is None or state.step != "started":
            continue
        whole = state.life[0]
        if whole.starts_on >= effective:
            facts[id] = [AppointmentCancelled(cancelled_on=effective, why=default)]
        elif whole.ends_on is None or whole.ends_on > effective:
            facts[id] = office.ended(id, state, effective, reason_of.get(id, default), today, reelection)
    return facts


def refitted(appointments: Mapping[UUID, Appointment | None], place: Place, claims: Mapping[UUID, SeatClaim | None],
             ids: Callable[[UUID], Sequence[UUID]], why: Why, today: date) -> Facts:
    """Org corrected the end of a seat or of the organisation: who left with it leaves when it ends as known now, or stays."""
    wrong: list[tuple[UUID, Fact, dict[str, Any]]] = []
    for id, state in appointments.items():
        whole = state.life[0] if state and state.step == "started" else None
        if state is None or whole is None or whole.end_reason != "seat_abolished":
            continue
        ends = seat.ends_by_itself(place, whole.post.seat, whole.starts_on)[:1]
        if not ends or ends[0][0] != whole.ends_on:
            said = next(f for f in reversed(state.said) if isinstance(f, AppointmentEnded))
            wrong.append((id, said, {"effective": ends[0][0], "end_reason": ends[0][1]} if ends else {"void": True}))
    return _corrected(wrong, appointments, place, claims, ids, why, today)


def moved(term: UUID, appointments: Mapping[UUID, Appointment | None], place: Place, claims: Mapping[UUID, SeatClaim | None],
          ids: Callable[[UUID], Sequence[UUID]], why: Why, today: date) -> Facts:
    """Org corrected the start of a term that an approved result began: its congress was on another day, so the old team left and the elected one
    started then."""
    day = next((t.starts_on for t in place.terms if t.id == term and t.elected), None)
    begun = {id: f for id, s in appointments.items() if s and s.life and (f := s.last(AppointmentStarted)) and f.reelection and s.post.term == term}
    cases = {f.reelection for f in begun.values()}
    wrong: list[tuple[UUID, Fact, dict[str, Any]]] = []
    for id, state in appointments.items():
        if day is None or state is None or not state.life:
            continue
        whole, end = state.life[0], state.last(AppointmentEnded)
        if end and end.reelection in cases and whole.ends_on not in (None, day) and whole.end_reason == end.end_reason:
            wrong.append((id, end, {"effective": day}))
        elif id in begun and whole.starts_on != day:
            wrong.append((id, begun[id], {"starts_on": day}))
    later = any(f.starts_on < day for f in begun.values()) if day else False  # then the new ones make room first, else the old ones
    return _corrected(sorted(wrong, key=lambda w: ("starts_on" in w[2]) != later), appointments, place, claims, ids, why, today)


def _corrected(wrong: Iterable[tuple[UUID, Fact, dict[str, Any]]], appointments: Mapping[UUID, Appointment | None], place: Place,
               claims: Mapping[UUID, SeatClaim | None], ids: Callable[[UUID], Sequence[UUID]], why: Why, today: date) -> Facts:
    """Each of these facts with its right values; what a rule refuses, as where a place is taken since, stands on the work list."""
    facts, now = Facts(), dict(claims)
    for id, fact, right in wrong:
        state = appointments[id]
        assert state
        at = max(n for n, f in enumerate(state.said) if f is fact)
        try:
            said = AppointmentCorrected(corrects=ids(id)[at], **right)
            some = office.correct(id, state, ids(id), said, now, place, By(why.policy), today=today, restores=True)
        except Refused as r:
            some = {why.reaction: [_undone(why, id, state.post.person, r)]}
        for stream, more in some.items():
            facts.setdefault(stream, []).extend(more)
            if stream in now:
                now[stream] = _fold(now[stream], more)
    return facts


def _undone(why: Why, id: UUID, person: UUID, no: Refused) -> ReactionRefused:
    return ReactionRefused(policy=why.policy, source="org", cause=why.cause, organisation=why.organisation, target=id, person=person,
                           code=no.code, message_zh=no.zh, message_en=no.en)


def lasting(appointments: Mapping[UUID, Appointment | None], day: date, elected: Container[UUID], leaving: Container[UUID] | None) -> list[UUID]:
    """Of the outgoing team who stays: part-time or seconded deputies whose own period, known from their start, runs on beyond that day, unless they
    are elected anew (`elected`: persons) or the result says that they leave. `leaving` None: a result of before it could say so, nobody stays."""
    found = []
    for id, state in appointments.items():
        if leaving is None or id in leaving or state is None or state.step != "started":
            continue
        whole = state.life[0]
        until = own_period(whole)
        if until and until > day > whole.starts_on and whole.post.person not in elected:
            found.append(id)
    return found


def ended(proposals: Mapping[UUID, Appointment | None], why: str, today: date) -> Facts:
    """Those of them that are still on their route come to nothing."""
    return {id: [AppointmentWithdrawn(withdrawn_on=today, why=why)] for id, state in proposals.items() if state and pending(state.said)}


def succeed(incoming: Mapping[UUID, Post], starts_on: date, reelection: UUID, appointments: Mapping[UUID, Appointment | None],
            claims: Mapping[UUID, SeatClaim | None], people: Mapping[UUID, Cadre | None], plans: Mapping[UUID, tuple[Plan, ...]],
            why: Why, today: date, proposals: Collection[UUID] = (), leaving: Collection[UUID] | None = None,
            place: Place | None = None) -> Facts:
    """The outgoing team (`appointments` that are not `incoming`) ends and the elected one starts, on the congress date [K6]; who is `lasting`
    stays. Of `proposals`, the candidates' appointments, hers leads into office if she was elected [K15], and all others end."""
    open_ = {id: state for id in proposals if (state := appointments.get(id)) and pending(state.said)}
    of = {(state.post.person, state.post.seat): id for id, state in open_.items()}
    incoming = {of.get((post.person, post.seat), id): post for id, post in incoming.items()}
    old = {id: state for id, state in appointments.items() if id not in incoming and id not in open_}
    for id in lasting(old, starts_on, {post.person for post in incoming.values()}, leaving):
        del old[id]
    moved = reasons(old, [(post.person, post.role) for post in incoming.values()])
    facts = route(outgoing(old, starts_on, today, moved, "term_expired", reelection), old, claims)
    now = {id: _fold(claims.get(id), facts.get(id, ())) for id in claims}
    for id, post in incoming.items():
        was = appointments.get(id)
        if was and id not in open_:
            continue
        try:
            present(known(people.get(post.person)), starts_on, None)
            started = AppointmentStarted(post=post, starts_on=starts_on, back_dated=starts_on < today, reelection=reelection, ahead=starts_on > today)
            begun, ends = office.ended_by_itself(evolve(None, started), place, today)  # approved late, when her seat is gone already
            held = seat.hold(now.get(post.seat), hold_of(id, begun), plans.get(post.seat))
        except Refused as r:
            facts.setdefault(why.reaction, []).append(_undone(why, id, post.person, r))
            continue
        elected = AppointmentElected(elected_on=starts_on, body="congress", reelection=reelection)
        facts[id] = [*([] if was is None or was.step == "passed" else [elected]), started, *ends]
        facts.setdefault(post.seat, []).append(held)
        now[post.seat] = seat.evolve(now.get(post.seat), held)
    return facts | {id: [_not_elected(state, of, incoming, today)] for id, state in open_.items() if id not in incoming}


def _not_elected(state: Appointment, of: Mapping[tuple[UUID, UUID], UUID], incoming: Container[UUID], today: date) -> AppointmentWithdrawn:
    """The end of a candidate's proposal; the second one of somebody who was elected is that."""
    twice = of[state.post.person, state.post.seat] in incoming
    return AppointmentWithdrawn(withdrawn_on=today, why="重复提名" if twice else "未当选")


def reasons(old: Mapping[UUID, Appointment | None], elected: Iterable[tuple[UUID, Role]]) -> dict[UUID, EndReason]:
    """Of the outgoing appointments those whose holder was elected to other offices only."""
    now: dict[UUID, set[Role]] = {}
    for person, role in elected:
        now.setdefault(person, set()).add(role)
    return {id: "reelected_elsewhere" for id, s in old.items()
            if s and s.step == "started" and s.post.role not in now.get(s.post.person, {s.post.role})}


def route(facts: Facts, appointments: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None]) -> Facts:
    """The claims' facts moved from their appointment to their seat; called-off ones freed."""
    routed: Facts = {}
    for id, some in facts.items():
        state = appointments[id]
        assert state
        routed[id] = [f for f in some if f.OF == "Appointment"]
        claim = [f for f in some if f.OF == "SeatClaim"] or seat.free(claims.get(state.post.seat), id)
        routed.setdefault(state.post.seat, []).extend(claim)
    return routed


def _fold(claim: SeatClaim | None, facts: Iterable[Fact]) -> SeatClaim | None:
    for fact in facts:
        claim = seat.evolve(claim, fact)
    return claim


def evolve_reaction(was: Reaction | None, fact: Fact) -> Reaction:
    return Reaction((*(was.refusals if was else ()), fact))
