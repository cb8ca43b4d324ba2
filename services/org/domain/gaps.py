"""The vacancies that follow from what is known of a seat: its posts, the terms, its end. The same, in whatever order it became known."""
from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.org.domain import dependants
from services.org.domain.dependants import Dependants, Held
from services.org.domain.organisation import Organisation
from services.org.domain.vacancy import Vacancy
from services.org.events import (
    DependantAdded,
    DependantReleased,
    DependantVoided,
    Seat,
    VacancyCorrected,
    VacancyFilled,
    VacancyOpened,
    VacancySeatAbolished,
)
from shared.fact import Fact

__all__ = ["Gap", "Post", "follow", "settle"]

# ends after which nobody is missing: the re-election fills the seat, or there is no seat
LEAVING_NONE = frozenset({"term_expired", "reelected_elsewhere", "seat_abolished"})


@dataclass(frozen=True)
class Post:
    """An appointment that holds or held the seat over [starts_on, until), or (None) was only said to. `acting` and a first load fill no vacancy;
    acting leaves none, nor does an end of a first load that was in the books already. `why`: None: the end was known from the start. `come`: a day
    of it that has come, whatever today is here."""

    appointment: UUID
    starts_on: date | None
    until: date | None
    acting: bool
    opening: bool
    why: str | None = None
    come: date | None = None

    @property
    def leaves(self) -> bool:
        """Whether its end leaves a place empty."""
        return self.starts_on is not None and not self.acting and (self.why not in LEAVING_NONE if self.why else not self.opening)

    @property
    def fills(self) -> bool:
        return not self.acting and not self.opening


@dataclass(frozen=True)
class Gap:
    """A place empty since a day: left by an appointment, or registered by hand as `vacancy`. Filled, ended with the seat, or open."""

    since: date
    left_by: UUID | None
    vacancy: UUID | None = None
    appointment: UUID | None = None
    filled_on: date | None = None
    abolished_on: date | None = None

    def open_on(self, day: date) -> bool:
        """[since, until)."""
        over = self.filled_on or self.abolished_on
        return self.since <= day and (over is None or day < over)


def follow(organisation: Organisation, seat: UUID, posts: Sequence[Post], terms: Iterable[Held], known: Mapping[UUID, Vacancy],
           today: date) -> list[Gap]:
    """Day by day: who leaves within a running term leaves a gap, not more of them than the seat has places [O14]; who starts fills the one open
    longest. `known`: the vacancies of the seat, of which those registered, filled or ended by hand stand as they were said."""
    running, fillers = list(terms), {p.appointment for p in posts if p.fills or p.starts_on is None}
    said = {v.left_by: v for v in known.values() if v.state != "void"}
    steps: list[tuple[date, int, UUID, Gap | Post]] = [
        (v.opened_on, 0, id, _as_said(Gap(v.opened_on, None, id), v, fillers)) for id, v in known.items() if v.left_by is None]
    for p in posts:
        now = max(today, p.come or today)
        if p.leaves and p.until and p.until <= now and any(t.since <= p.until and (t.until is None or p.until < t.until) for t in running):
            gap = Gap(p.until, p.appointment, abolished_on=_end(organisation, seat, p.until))
            steps.append((p.until, 1, p.appointment, _as_said(gap, said.get(p.appointment), fillers)))
        if p.fills and p.starts_on and p.starts_on <= now:
            steps.append((p.starts_on, 2, p.appointment, p))
    gaps: list[Gap] = []
    for day, _, _, step in sorted(steps, key=lambda s: s[:3]):
        if isinstance(step, Post):
            _fill(gaps, step.appointment, day)
        else:
            _open(gaps, step, organisation.seats(day).get(seat))
    return gaps


def _end(organisation: Organisation, seat: UUID, since: date) -> date | None:
    """When the seat went, or the organisation."""
    ends = [on for gone, on in organisation.abolished if gone == seat and on > since]
    return min([*ends, *([organisation.ended_on] if organisation.ended_on else [])], default=None)


def _as_said(gap: Gap, said: Vacancy | None, fillers: Container[UUID]) -> Gap:
    """With what somebody entered of it by hand: filled by another than those who fill a vacancy by themselves, or ended."""
    if said and said.filled_on and said.appointment not in fillers:
        return replace(gap, appointment=said.appointment, filled_on=max(said.filled_on, gap.since), abolished_on=None)
    if said and said.abolished_on and gap.since <= said.abolished_on:
        return replace(gap, abolished_on=min(said.abolished_on, gap.abolished_on or said.abolished_on))
    return gap


def _open(gaps: list[Gap], new: Gap, planned: Seat | None) -> None:
    there = [g for g in gaps if g.open_on(new.since)]
    full = planned is not None and len(there) >= planned.capacity
    if new.vacancy is None and (full or planned is None):
        return
    if full and (latest := max((g for g in there if g.left_by), key=lambda g: g.since, default=None)):
        gaps.remove(latest)  # somebody registered it by hand, a few days off
    gaps.append(new)


def _fill(gaps: list[Gap], appointment: UUID, day: date) -> None:
    empty = [i for i, g in enumerate(gaps) if not g.filled_on and g.open_on(day)]
    if empty:
        first = min(empty, key=lambda i: gaps[i].since)
        gaps[first] = replace(gaps[first], appointment=appointment, filled_on=day, abolished_on=None)


def settle(organisation_id: UUID, seat: UUID, gaps: Iterable[Gap], known: Mapping[UUID, Vacancy], new: Callable[[UUID], UUID],
           hanging: Dependants) -> dict[UUID, list[Fact]]:
    """What is to be said so that the vacancies of the seat are these: nothing where they are so already. `new`: the id of one that an appointment
    leaves. Stream -> facts; the organisation's claim follows."""
    facts: dict[UUID, list[Fact]] = {}
    wanted: dict[UUID, Gap] = {}
    for gap in gaps:
        there = [id for id, v in known.items() if gap.left_by and v.left_by == gap.left_by]
        wanted[gap.vacancy or min(there, key=lambda id: known[id].state == "void", default=None) or new(gap.left_by or seat)] = gap
    claim: list[Fact] = []
    for id in [*wanted, *(id for id in known if id not in wanted)]:
        was, now = known.get(id), wanted.get(id)
        if some := _said(organisation_id, seat, was, now):
            facts[id] = some
        claim += _claimed(id, seat, now, hanging)
    return {**facts, **({dependants.stream(organisation_id): claim} if claim else {})}


def _said(organisation_id: UUID, seat: UUID, was: Vacancy | None, now: Gap | None) -> list[Fact]:
    """What makes a vacancy this gap; None: no gap."""
    if now is None:
        return [VacancyCorrected(since=was.opened_on, void=True)] if was and was.state != "void" else []
    opened: list[Fact] = [] if was else [VacancyOpened(organisation=organisation_id, seat=seat, since=now.since, left_by=now.left_by)]
    fresh = (now.since, None, None, None, False)
    before = (was.opened_on, was.appointment, was.filled_on, was.abolished_on, was.state == "void") if was else fresh
    if before == (now.since, now.appointment, now.filled_on, now.abolished_on, False):
        return opened
    if before == fresh:
        if now.appointment and now.filled_on:
            return [*opened, VacancyFilled(appointment=now.appointment, filled_on=now.filled_on)]
        if now.abolished_on:
            return [*opened, VacancySeatAbolished(abolished_on=now.abolished_on)]
    return [VacancyCorrected(since=now.since, appointment=now.appointment, filled_on=now.filled_on, abolished_on=now.abolished_on)]


def _claimed(id: UUID, seat: UUID, now: Gap | None, hanging: Dependants) -> list[Fact]:
    held = hanging.all.get(id)
    if now is None:
        return [DependantVoided(dependant=id)] if held else []
    until = now.filled_on or now.abolished_on
    facts: list[Fact] = []
    if held is None or held.since != now.since or (held.until and not until):
        facts.append(DependantAdded(kind="vacancy", dependant=id, since=now.since, seat=seat))
    if until and (facts or held is None or held.until != until):
        facts.append(DependantReleased(dependant=id, effective=until))
    return facts
