"""What the facts of one appointment, or of one person, add up to: dated intervals. One truth for domain, reports and audit."""
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.cadre.events.appointment import (
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentEnded,
    AppointmentResumed,
    AppointmentStarted,
    AppointmentSuspended,
    EndReason,
    Post,
)
from services.cadre.events.person import (
    CadreDeparted,
    CadreDepartureWithdrawn,
    CadreProfileChanged,
    CadreProfileCorrected,
    CadreRegistered,
    CadreReturned,
    CadresMerged,
    Precision,
    Profile,
)
from shared.fact import Fact

__all__ = ["BEGINNING", "DEPUTIES", "Interval", "ProfileInterval", "departures", "own_period", "profile_timeline", "stands", "timeline"]

DEPUTIES = ("vice_chair", "deputy_director")
BEGINNING = date(1900, 1, 1)  # a person's registered profile holds from here on
Said = Iterable[tuple[UUID | None, Fact]]  # (event id, fact) of one stream, in order, from its first event on


class Interval(NamedTuple):
    """In that post over [valid_from, valid_to); None: open. `ends_on` and `end_reason`: how the whole appointment ends, as far as known."""

    valid_from: date
    valid_to: date | None
    post: Post
    suspended: bool
    starts_on: date
    ends_on: date | None
    end_reason: EndReason | None
    precision: Precision
    opening: bool
    back_dated: bool


class ProfileInterval(NamedTuple):
    """Her profile over [valid_from, valid_to); None: open. `into`: this record was merged into that one."""

    valid_from: date
    valid_to: date | None
    profile: Profile
    home: UUID
    into: UUID | None


def timeline(said: Said) -> list[Interval]:
    """The appointment's days in office, in order; empty when it never was. Every prefix of the stream gives what was known then."""
    ids, facts = _columns(said)
    start = next((i for i, f in enumerate(facts) if isinstance(f, AppointmentStarted)), None)
    if start is None or any(isinstance(f, AppointmentCancelled) for f in facts):
        return []
    first = facts[start]
    assert isinstance(first, AppointmentStarted)
    if start == len(facts) - 1:  # nothing was said of it since
        return [_interval(first, first.starts_on, first.until, first.post, False, first.starts_on, first.until, None)]
    corrections = _corrections(ids, facts)
    began = _resolve(start, facts, corrections)
    if began is None:
        return []
    ends: list[tuple[date, EndReason | None]] = [(began["until"], None)] if began["until"] else []
    for i, fact in enumerate(facts):
        if isinstance(fact, AppointmentEnded) and (end := _resolve(i, facts, corrections)):
            ends.append((end["effective"], end["end_reason"]))
    ends_on, reason = min(ends, key=lambda e: (e[0], e[1] is None), default=(None, None))
    starts_on: date = began["starts_on"]
    cuts = _cuts(facts, starts_on, ends_on)
    return [_interval(first, a, b, began["post"], suspended, starts_on, ends_on, reason) for a, b, suspended in cuts]


def own_period(whole: Interval) -> date | None:
    """Until when a part-time or seconded deputy holds her post by a period of her own, known from her start; it outlasts a re-election."""
    of_her_own = whole.post.role in DEPUTIES and whole.post.engagement != "full_time" and whole.post.mode != "acting"
    return whole.ends_on if of_her_own and whole.end_reason is None else None


def stands(said: Said, version: int) -> bool:
    """Whether what event number `version` said has not been voided since."""
    ids, facts = _columns(said)
    return _resolve(version - 1, facts, _corrections(ids, facts)) is not None


def _interval(first: AppointmentStarted, valid_from: date, valid_to: date | None, post: Post, suspended: bool, starts_on: date,
              ends_on: date | None, reason: EndReason | None) -> Interval:
    return Interval(valid_from, valid_to, post, suspended, starts_on, ends_on, reason, first.precision, first.opening, first.back_dated)


def _cuts(facts: Sequence[Fact], starts_on: date, ends_on: date | None) -> list[tuple[date, date | None, bool]]:
    """[starts_on, ends_on) cut where she was suspended and resumed; empty when it has no day."""
    marks = [(starts_on, False)]
    for fact in facts:
        if isinstance(fact, AppointmentSuspended | AppointmentResumed) and (ends_on is None or fact.effective < ends_on):
            marks.append((max(fact.effective, starts_on), isinstance(fact, AppointmentSuspended)))
    tos: list[date | None] = [*(day for day, _ in marks[1:]), ends_on]
    return [(day, to, suspended) for (day, suspended), to in zip(marks, tos, strict=True) if to is None or day < to]


def _columns(said: Said) -> tuple[Sequence[UUID | None], Sequence[Fact]]:
    ids, facts = tuple(zip(*said, strict=True)) or ((), ())
    return ids, facts


def _corrections(ids: Sequence[UUID | None], facts: Sequence[Fact]) -> dict[int, list[int]]:
    """Index of a corrected fact -> indexes of the corrections that name it, in order."""
    found: dict[int, list[int]] = {}
    for j, fact in enumerate(facts):
        if isinstance(fact, AppointmentCorrected | CadreProfileCorrected):
            target = ids.index(fact.corrects) if fact.corrects in ids else (fact.corrects_version or 0) - 1
            if 0 <= target < j:
                found.setdefault(target, []).append(j)
    return found


def _resolve(i: int, facts: Sequence[Fact], corrections: dict[int, list[int]]) -> dict[str, Any] | None:
    """What fact `i` says after all corrections of it and of those corrections; None: it never was so."""
    values: dict[str, Any] | None = dict(facts[i].__dict__)
    was = facts[i].__dict__
    for j in corrections.get(i, ()):
        right = _resolve(j, facts, corrections)
        if right is None:  # that correction was itself wrong
            continue
        if right.get("void"):
            values = None
        else:
            values = was = was | {k: v for k, v in right.items() if v is not None and k in was and not k.startswith("corrects")}
    return values


def profile_timeline(said: Said) -> list[ProfileInterval]:
    """Her profile day by day: registered, changed from a date on, each as corrected since. Empty before she is registered, and when that
    never was so."""
    ids, facts = _columns(said)
    if not facts or not isinstance(facts[0], CadreRegistered):
        return []
    into = next((f.into for f in reversed(facts) if isinstance(f, CadresMerged)), None)
    corrections = _corrections(ids, facts)
    steps: list[tuple[date, int, Profile, UUID | None]] = []
    for i, fact in enumerate(facts):
        if isinstance(fact, CadreRegistered | CadreProfileChanged):
            if found := _profile(i, facts, corrections):
                steps.append((found[1] or BEGINNING, i, found[0], fact.home))
            elif i == 0:
                return []
    steps.sort(key=lambda s: s[:2])
    rows: list[ProfileInterval] = []
    profile, home = Profile(), facts[0].home
    for n, (day, _, changed, moved) in enumerate(steps):
        profile, home = _over(profile, changed), moved or home
        to = steps[n + 1][0] if n + 1 < len(steps) else None
        if to is None or day < to:
            rows.append(ProfileInterval(day, to, profile, home, into))
    return rows


def departures(facts: Iterable[Fact]) -> list[tuple[CadreDeparted, date | None]]:
    """A person's departures that stand, in order, each with the day from which on she is back."""
    found: list[tuple[CadreDeparted, date | None]] = []
    for fact in facts:
        match fact:
            case CadreDeparted():
                found.append((fact, None))
            case CadreDepartureWithdrawn():
                found.pop()
            case CadreReturned():
                found[-1] = found[-1][0], fact.effective
    return found


def _profile(i: int, facts: Sequence[Fact], corrections: dict[int, list[int]]) -> tuple[Profile, date | None] | None:
    """The profile that fact `i` gives, and from when, as corrected since; None: it never was so."""
    fact, void = facts[i], False
    assert isinstance(fact, CadreRegistered | CadreProfileChanged | CadreProfileCorrected)
    profile, effective = fact.profile, None if isinstance(fact, CadreRegistered) else fact.effective
    for j in corrections.get(i, ()):
        correction = facts[j]
        if isinstance(correction, CadreProfileCorrected) and (right := _profile(j, facts, corrections)):
            void = correction.void
            profile, effective = _over(profile, right[0]), right[1] or effective
    return None if void else (profile, effective)


def _over(profile: Profile, changed: Profile) -> Profile:
    """`profile` with what `changed` says; None there: unchanged."""
    if not profile.model_fields_set:
        return changed
    return profile.model_copy(update={k: v for k, v in changed.__dict__.items() if v is not None})
