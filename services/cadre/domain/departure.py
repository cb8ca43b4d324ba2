"""去世、调离本省、开除: all that a person holds ends on one day, in one act; entered wrongly, all of it comes back."""
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.cadre.domain import office, person, seat
from services.cadre.domain.appointment import Appointment, By, not_herself, pending
from services.cadre.domain.person import Cadre
from services.cadre.domain.refusals import refused
from services.cadre.domain.seat import Place, SeatClaim
from services.cadre.domain.secondment import Secondment
from services.cadre.events import (
    AppointmentCorrected,
    AppointmentEnded,
    AppointmentStarted,
    AppointmentWithdrawn,
    CadreDeparted,
    CadreDepartureWithdrawn,
    CadreReturned,
    Departure,
    SecondmentEnded,
    SecondmentEndWithdrawn,
)
from shared.fact import Fact
from shared.words import REASONS

__all__ = ["back", "depart", "withdraw"]

Facts = dict[UUID, list[Fact]]
Posts = Mapping[UUID, Appointment | None]
Claims = Mapping[UUID, SeatClaim | None]
Ids = Callable[[UUID], Sequence[UUID]]  # the ids of an appointment's facts, in order


def depart(id: UUID, was: Cadre | None, effective: date, why: Departure, posts: Posts, claims: Claims, seconded: Mapping[UUID, Secondment | None],
           ids: Ids, by: By, today: date) -> Facts:
    """From `effective` on she is in office nowhere. What was to begin on that day or later never was so, and proposals come to nothing."""
    record = person.known(was)
    not_herself(id, by)
    if record.departed:
        raise refused("departed_already", since=record.departed.effective, why=record.departed.why)
    if why == "died" and effective > today:
        raise refused("date_in_future", day=effective)
    facts: Facts = {id: []}
    ended, voided = [], []
    now = dict(claims)
    for a, state in posts.items():
        if state and pending(state.said):
            facts[a] = [AppointmentWithdrawn(withdrawn_on=today, why=REASONS[why][0])]
        if state is None or state.step != "started":
            continue
        whole = state.life[0]
        if whole.starts_on >= effective:
            begun = next(i for i, f in enumerate(state.said) if isinstance(f, AppointmentStarted))
            _add(facts, office.correct(a, state, ids(a), AppointmentCorrected(corrects=ids(a)[begun], void=True), now, None, by), now)
            voided.append(a)
        elif whole.ends_on is None or whole.ends_on > effective:
            end, claim = office.ended(a, state, effective, why, today)
            _add(facts, {a: [end], state.post.seat: [claim]}, now)
            ended.append(a)
    away = {s: x for s, x in seconded.items() if x and x.ended_on is None and x.until > effective}
    for s, x in away.items():
        facts[s] = [SecondmentEnded(ended_on=max(effective, x.starts_on))]
    facts[id] = [CadreDeparted(effective=effective, why=why, ended=tuple(ended), voided=tuple(voided), seconded=tuple(away))]
    return facts


def withdraw(id: UUID, was: Cadre | None, posts: Posts, claims: Claims, ids: Ids, places: Mapping[UUID, Place | None], by: By) -> Facts:
    """It never was so: the posts go on, each at most until its term ended, unless somebody has taken the place."""
    record = person.known(was)
    not_herself(id, by)
    gone = record.departed
    if gone is None:
        raise refused("not_departed")
    facts: Facts = {id: [CadreDepartureWithdrawn(effective=gone.effective)]}
    now = dict(claims)
    for a in (*gone.ended, *gone.voided):
        state, place = posts.get(a), places.get(a)
        if state is None:
            continue
        kind = AppointmentEnded if a in gone.ended else AppointmentCorrected
        last = max(i for i, f in enumerate(state.said) if isinstance(f, kind))
        said = AppointmentCorrected(corrects=ids(a)[last], void=True)
        over, begun = next((t.ended_on for t in place.terms if t.id == state.post.term), None) if place else None, state.last(AppointmentStarted)
        if over and a in gone.voided and begun and begun.starts_on >= over:  # its term ended before it could begin
            continue
        if over and a in gone.ended:
            said = AppointmentCorrected(corrects=ids(a)[last], effective=over, end_reason="term_expired")
        _add(facts, office.correct(a, state, ids(a), said, now, place, by), now)
    return facts | {s: [SecondmentEndWithdrawn()] for s in gone.seconded}


def back(id: UUID, was: Cadre | None, effective: date, by: By, today: date) -> CadreReturned:
    """回省: she may hold posts again."""
    record = person.known(was)
    not_herself(id, by)
    gone = record.departed
    if gone is None:
        raise refused("not_departed")
    if gone.why == "died":
        raise refused("died_for_good")
    if effective <= gone.effective:
        raise refused("back_before_departure", effective=effective, since=gone.effective)
    if effective > today:
        raise refused("date_in_future", day=effective)
    return CadreReturned(effective=effective)


def _add(facts: Facts, some: Mapping[UUID, Sequence[Fact]], now: dict[UUID, SeatClaim | None]) -> None:
    """`now`: the claims as they are after it, for her next post."""
    for stream, said in some.items():
        facts.setdefault(stream, []).extend(said)
        for fact in said:
            if fact.OF == "SeatClaim":
                now[stream] = seat.evolve(now.get(stream), fact)
