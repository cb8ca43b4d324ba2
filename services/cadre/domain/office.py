"""The post itself: started, cancelled, suspended, ended, corrected, and what the clock does to it. Each comes with the seat's claim."""
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from services.cadre.domain.appointment import Appointment, By, evolve, hold_of, load_warnings, not_herself
from services.cadre.domain.person import Cadre, present
from services.cadre.domain.refusals import refused
from services.cadre.domain.rules import DUE_SOON_DAYS, OFFICES, value
from services.cadre.domain.seat import Place, Plan, SeatClaim, check, ends_by_itself, free, hold
from services.cadre.events import (
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentDueSoon,
    AppointmentElected,
    AppointmentEnded,
    AppointmentLapsed,
    AppointmentProposed,
    AppointmentResumed,
    AppointmentStarted,
    AppointmentSuspended,
    AppointmentTookEffect,
    EndReason,
    Post,
    Precision,
    own_period,
    stands,
)
from shared.fact import Fact
from shared.words import DEPARTURES

__all__ = [
    "CLOCK",
    "cancel",
    "correct",
    "due",
    "due_soon",
    "ended_by_itself",
    "executive_check",
    "lapse",
    "open_post",
    "placed",
    "relieve",
    "resume",
    "start",
    "suspend",
    "took_effect",
]

Plans = Sequence[Plan] | None


def start(id: UUID, was: Appointment | None, starts_on: date | None, claim: SeatClaim | None, place: Place | None, executive: bool | None,
          organisations: int, reason: str | None, by: By, today: date, record: Cadre | None = None) -> list[Fact]:
    """任职: from `starts_on`, else the election date [K6], else the day proposed. `executive`: is she one here (None: no matter)."""
    if was is None:
        raise refused("unknown_appointment")
    proposed = was.last(AppointmentProposed)
    if proposed is None or was.step != "passed":
        raise refused("not_passed", step=was.step)
    post = proposed.post
    not_herself(post.person, by)
    elected = was.last(AppointmentElected)
    starts_on = starts_on or (elected.elected_on if elected and post.mode == "elected" else proposed.starts_on)
    if elected and starts_on < elected.elected_on:
        raise refused("start_before_election", starts_on=starts_on, elected_on=elected.elected_on)
    if proposed.until and proposed.until <= starts_on:
        raise refused("until_before_start")
    if record:
        present(record, starts_on, proposed.until)
    if starts_on < today and not (elected and starts_on == elected.elected_on):
        _reason(reason)
    warnings: list[str] = []
    _, term = check(place, post.seat, post.engagement, post.term, starts_on, warnings)
    assert place
    warnings += load_warnings(place, post, organisations) + executive_check(place, post, executive)
    post = post if post.term == term else post.model_copy(update={"term": term})
    started = AppointmentStarted(post=post, starts_on=starts_on, until=proposed.until, back_dated=starts_on < today, ahead=starts_on > today)
    after, said = ended_by_itself(evolve(was, started), place, today)
    warnings += ["ended_meanwhile"] * bool(said)
    return [started.model_copy(update={"warnings": tuple(warnings)}), *said, hold(claim, hold_of(id, after), place.seats[post.seat])]


def ended_by_itself(state: Appointment, place: Place | None, today: date, was: Appointment | None = None) -> tuple[Appointment, list[Fact]]:
    """What is entered or corrected late ends with what it would have ended with had it been there in time: the next team's congress, the end of
    its seat or organisation. Not where it went on beyond that day before (`was`): somebody wanted that so; nor by a congress that a period of
    her own outlasts."""
    whole = state.life[0]
    for day, why in ends_by_itself(place, whole.post.seat, whole.starts_on) if place else ():
        before = was.life[0] if was and was.life else None
        there = before and before.post.seat == whole.post.seat and before.starts_on < day and (before.ends_on is None or before.ends_on >= day)
        kept = there and before and (why == "term_expired" or before.ends_on is None or before.ends_on > day)
        lasts = why == "term_expired" and own_period(whole)
        if (whole.ends_on is None or whole.ends_on > day) and not kept and not lasts:
            post = whole.post
            said = AppointmentEnded(effective=day, end_reason=why, organisation=post.organisation, seat=post.seat, person=post.person, term=post.term,
                                    back_dated=day < today, ahead=day > today)
            return evolve(state, said), [said]
    return state, []


def executive_check(place: Place, post: Post, executive: bool | None) -> list[str]:
    """O20: an office is held by an executive. Warns or blocks, as the rules say."""
    rule = value(place.rules, "appointment.office_needs_executive")
    if executive is not False or rule == "off" or post.role not in OFFICES or place.org_type != "federation":
        return []
    if rule == "block":
        raise refused("not_an_executive")
    return ["not_an_executive"]


def open_post(was: Appointment | None, post: Post, starts_on: date, until: date | None, precision: Precision,
              source: str | None) -> AppointmentStarted:
    """First load: no trail; the rules only warn [corrections §3]."""
    if was:
        raise refused("appointment_exists")
    if until and until <= starts_on:
        raise refused("until_before_start")
    return AppointmentStarted(post=post, starts_on=starts_on, until=until, precision=precision, opening=True, source=source)


def cancel(id: UUID, was: Appointment | None, claim: SeatClaim | None, why: str, today: date) -> list[Fact]:
    """取消: a future start is called off; it never was."""
    state = _started(was)
    if state.life[0].starts_on <= today or state.last(AppointmentTookEffect):
        raise refused("already_in_effect", starts_on=state.life[0].starts_on)
    return [AppointmentCancelled(cancelled_on=today, why=why), *free(claim, id)]


def relieve(id: UUID, was: Appointment | None, effective: date, end_reason: EndReason, reason: str | None, by: By, today: date,
            reelection: UUID | None = None) -> list[Fact]:
    """免职: not in office on `effective` any more."""
    state = _started(was)
    whole = state.life[0]
    not_herself(whole.post.person, by)
    if end_reason in DEPARTURES:
        raise refused("ends_all_posts", why=end_reason)
    if effective <= whole.starts_on:
        raise refused("effective_before_start", effective=effective, starts_on=whole.starts_on)
    if whole.ends_on and (whole.end_reason or effective >= whole.ends_on):
        raise refused("already_ended", ends_on=whole.ends_on)
    if effective < today:
        _reason(reason)
    return ended(id, state, effective, end_reason, today, reelection)


def ended(id: UUID, state: Appointment, effective: date, end_reason: EndReason, today: date, reelection: UUID | None = None) -> list[Fact]:
    post = state.post
    fact = AppointmentEnded(effective=effective, end_reason=end_reason, organisation=post.organisation, seat=post.seat, person=post.person,
                            term=post.term, reelection=reelection, back_dated=effective < today, ahead=effective > today)
    return [fact, hold_of(id, evolve(state, fact))]


def suspend(id: UUID, was: Appointment | None, effective: date, why: str, by: By) -> list[Fact]:
    """停职: she keeps the seat; somebody acting may stand in."""
    state = _started(was)
    not_herself(state.post.person, by)
    if _mark(state) == "suspended":
        raise refused("already_suspended")
    _inside(state, effective)
    fact = AppointmentSuspended(effective=effective, why=why)
    return [fact, hold_of(id, evolve(state, fact))]


def resume(id: UUID, was: Appointment | None, effective: date, claim: SeatClaim | None, plans: Plans, by: By) -> list[Fact]:
    """恢复: refused while somebody acting still stands in."""
    state = _started(was)
    not_herself(state.post.person, by)
    if _mark(state) != "suspended":
        raise refused("not_suspended")
    _inside(state, effective)
    fact = AppointmentResumed(effective=effective)
    return [fact, hold(claim, hold_of(id, evolve(state, fact)), plans)]


def _mark(state: Appointment) -> str:
    last = next((f for f in reversed(state.said) if isinstance(f, AppointmentSuspended | AppointmentResumed)), None)
    return "suspended" if isinstance(last, AppointmentSuspended) else "in_office"


def _inside(state: Appointment, effective: date) -> None:
    """The day lies within the post and not before the last change of it."""
    since = max([state.life[0].starts_on, *(f.effective for f in state.said if isinstance(f, AppointmentSuspended | AppointmentResumed))])
    if effective < since or (_mark(state) == "suspended" and effective == since):
        raise refused("effective_before_start", effective=effective, starts_on=since)
    ends_on = state.life[0].ends_on
    if ends_on and effective >= ends_on:
        raise refused("effective_after_end", effective=effective, ends_on=ends_on)


def correct(id: UUID, was: Appointment | None, events: Sequence[UUID], said: AppointmentCorrected, claims: dict[UUID, SeatClaim | None],
            place: Place | None, by: By, record: Cadre | None = None, today: date = date.max, restores: bool = False) -> dict[UUID, list[Fact]]:
    """更正: what `said.corrects` (one of `events`, the ids of its facts in order) said was wrong. Stream -> facts, the seats' claims included.
    `record`: hers, unless it is her departure that is taken back. `today`: none for what is taken back, which gives no new day. `restores`: the
    next team is taken back with it."""
    if was is None:
        raise refused("unknown_appointment")
    not_herself(was.post.person, by)
    said = placed(said, events)
    version = said.corrects_version or 0
    root = _check_target(was, version, said)
    if record and record.departed and isinstance(root, AppointmentEnded) and id in record.departed.ended:
        raise refused("ended_with_all", why=record.departed.why)
    if record and said.end_reason in DEPARTURES and not (was.life and was.life[0].end_reason == said.end_reason):
        raise refused("ends_all_posts", why=said.end_reason)
    ahead = any(day and day > today for day in (said.starts_on, said.until, said.effective))
    said = said.model_copy(update={"ahead": ahead})
    state = evolve(was, said)
    starts = next(i for i, f in enumerate(state.said, 1) if isinstance(f, AppointmentStarted))
    if not state.life and stands(_pairs(state), starts):
        raise refused("ends_before_start", ends_on=said.effective or said.until or "?", starts_on=said.starts_on or "?")
    if state.life == was.life:
        raise refused("correction_empty")
    seat = was.post.seat
    if not state.life:
        return {id: [said], seat: free(claims.get(seat), id)}
    if record:
        present(record, state.life[0].starts_on, state.life[0].ends_on)
    after, ends = (state, []) if restores else ended_by_itself(state, place, today, was)
    if after.life == was.life:
        raise refused("seat_abolished", starts_on=after.life[0].ends_on)
    facts: dict[UUID, list[Fact]] = {id: [said, *ends]}
    return facts | _move_claim(id, was, after, claims, place)


def placed(said: AppointmentCorrected, events: Sequence[UUID]) -> AppointmentCorrected:
    """With the number of the event it corrects; 0: it is none of them."""
    return said.model_copy(update={"corrects_version": events.index(said.corrects) + 1 if said.corrects in events else 0})


def _check_target(was: Appointment, version: int, said: AppointmentCorrected) -> Fact:
    """Only the start, the end or a correction of them can be corrected, while it stands, and only in what it says."""
    root, at = None, version
    while 0 < at <= len(was.said):
        root = was.said[at - 1]
        at = (root.corrects_version or 0) if isinstance(root, AppointmentCorrected) else 0
    if not isinstance(root, AppointmentStarted | AppointmentEnded) or was.step == "cancelled":
        raise refused("not_correctable")
    if not stands(_pairs(was), version):
        raise refused("corrects_void")
    foreign = ("effective", "end_reason") if isinstance(root, AppointmentStarted) else ("starts_on", "until", "post")
    for name in foreign:
        if getattr(said, name) is not None:
            raise refused("correction_wrong_field", item=name)
    if said.post and said.post.person != was.post.person:
        raise refused("correction_of_person")
    if not said.void and all(getattr(said, name) is None for name in ("effective", "end_reason", "starts_on", "until", "post")):
        raise refused("correction_empty")
    return root


def _move_claim(id: UUID, was: Appointment, state: Appointment, claims: dict[UUID, SeatClaim | None],
                place: Place | None) -> dict[UUID, list[Fact]]:
    """The claim with the corrected dates, on the corrected seat; counted where org knows the seat's plan."""
    seat, before = state.post.seat, was.post.seat
    whole = state.life[0]
    moved = not was.life or (whole.starts_on, whole.post) != (was.life[0].starts_on, was.life[0].post)
    if moved and not whole.opening:
        term = whole.post.term if was.life else None  # what comes back was judged when it was entered; its term may have been ended back since
        check(place, seat, whole.post.engagement, term, whole.starts_on, [])
    plans = place.seats.get(seat) if place else None
    facts: dict[UUID, list[Fact]] = {seat: [hold(claims.get(seat), hold_of(id, state), plans)]}
    if before != seat:
        facts[before] = free(claims.get(before), id)
    return facts


def _pairs(state: Appointment) -> list[tuple[UUID | None, Fact]]:
    return [(None, fact) for fact in state.said]


def took_effect(was: Appointment | None, today: date) -> AppointmentTookEffect:
    state = _started(was)
    if ("took_effect", state.life[0].starts_on) not in due(state) or state.life[0].starts_on > today:
        raise refused("not_due")
    return AppointmentTookEffect(starts_on=state.life[0].starts_on)


def lapse(was: Appointment | None, today: date) -> AppointmentLapsed:
    state = _started(was)
    ends_on = state.life[0].ends_on
    if ends_on is None or ends_on > today or ("lapse", ends_on) not in due(state):
        raise refused("not_due")
    return AppointmentLapsed(ended_on=ends_on)


def due_soon(was: Appointment | None, today: date) -> AppointmentDueSoon:
    state = _started(was)
    until = state.life[0].ends_on
    if until is None or until <= today or not any(act == "due_soon" and day <= today for act, day in due(state)):
        raise refused("not_due")
    return AppointmentDueSoon(days=(until - today).days, until=until)


CLOCK = {"took_effect": took_effect, "lapse": lapse, "due_soon": due_soon}


def due(state: Appointment) -> list[tuple[str, date]]:
    """What the clock still has to do: (act, day). Only for what was recorded or corrected ahead of its day; a first load needs no clock."""
    if state.step != "started":
        return []
    whole, ahead = state.life[0], [f for f in state.said if isinstance(f, AppointmentStarted | AppointmentEnded | AppointmentCorrected) and f.ahead]
    acts: list[tuple[str, date]] = []
    came = state.last(AppointmentTookEffect)
    if any(f.starts_on for f in ahead if not isinstance(f, AppointmentEnded)) and (came is None or came.starts_on < whole.starts_on):
        acts.append(("took_effect", whole.starts_on))
    lapsed, warned = state.last(AppointmentLapsed), state.last(AppointmentDueSoon)
    until = any(f.effective for f in ahead if not isinstance(f, AppointmentStarted))
    awaited = until or (whole.end_reason is None and not whole.opening)
    if whole.ends_on and awaited and (lapsed is None or lapsed.ended_on != whole.ends_on):
        acts.append(("lapse", whole.ends_on))
        if whole.end_reason is None and (warned is None or warned.until != whole.ends_on):
            acts.append(("due_soon", whole.ends_on - timedelta(DUE_SOON_DAYS)))
    return acts


def _started(was: Appointment | None) -> Appointment:
    if was is None:
        raise refused("unknown_appointment")
    if was.step != "started":
        raise refused("not_started", step=was.step)
    return was


def _reason(reason: str | None) -> None:
    if not reason:
        raise refused("back_dated_reason")
