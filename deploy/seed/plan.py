"""What the made-up province looks like: organisations, units, terms and posts of every division. Pure and always the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from deploy.divisions import Division, Level, Offer, offer
from deploy.seed.jobs import COUNTY_UNITS, TOWN_UNITS, job, led
from deploy.seed.people import EMPLOYEE, EXECUTIVE, LEADER, OFFICER, TOWN_HEAD, VILLAGE_HEAD, Kind, profile
from shared.calendar import add_months
from shared.fact import derive

MONTHS, COMMITTEE_MONTHS = 60, 36
LATEST = date(2026, 10, 31)  # no day of the plan is later: it does not follow the clock, so that every load makes the same facts
ALL = 1000
OFFICES = ("chair", "vice_chair", "standing_member")
# role, persons, engagement, kind of person; the holders of offices are executives besides (K1)
POSTS: dict[str, tuple[tuple[str, int, str, Kind], ...]] = {
    "province": (
        ("chair", 1, "full_time", OFFICER),
        ("vice_chair", 4, "full_time", OFFICER),
        ("vice_chair", 3, "part_time", LEADER),
        ("standing_member", 9, "part_time", LEADER),
        ("executive_member", 40, "part_time", LEADER),
        ("staff", 45, "full_time", OFFICER),
    ),
    "city": (
        ("chair", 1, "full_time", OFFICER),
        ("vice_chair", 3, "full_time", OFFICER),
        ("vice_chair", 2, "part_time", LEADER),
        ("standing_member", 7, "part_time", LEADER),
        ("executive_member", 24, "part_time", LEADER),
        ("staff", 16, "full_time", OFFICER),
    ),
    "county": (
        ("chair", 1, "full_time", OFFICER),
        ("vice_chair", 2, "full_time", OFFICER),
        ("vice_chair", 2, "part_time", LEADER),
        ("vice_chair", 1, "seconded", LEADER),
        ("standing_member", 5, "part_time", LEADER),
        ("executive_member", 20, "part_time", LEADER),
        ("staff", 7, "full_time", OFFICER),
    ),
    "township": (
        ("chair", 1, "full_time", TOWN_HEAD),
        ("vice_chair", 1, "full_time", TOWN_HEAD),
        ("vice_chair", 3, "part_time", LEADER),
        ("executive_member", 20, "part_time", EXECUTIVE),
        ("staff", 1, "full_time", TOWN_HEAD),
    ),
    "village": (
        ("chair", 1, "part_time", VILLAGE_HEAD),
        ("vice_chair", 2, "part_time", EXECUTIVE),
        ("executive_member", 12, "part_time", EXECUTIVE),
    ),
    "committee": (
        ("director", 1, "part_time", EMPLOYEE),
        ("deputy_director", 1, "part_time", EMPLOYEE),
        ("member", 3, "part_time", EMPLOYEE),
    ),
}
# the first day and the spread in days of this term; the one before began MONTHS earlier
CONGRESS: dict[Level, tuple[date, int]] = {
    "province": (date(2023, 5, 16), 1),
    "city": (date(2026, 9, 1), 60),
    "county": (date(2026, 7, 1), 90),
    "township": (date(2026, 4, 1), 120),
    "village": (date(2025, 12, 1), 130),
}
WAVE = "360121108"  # a township whose villages were re-elected in the autumn of 2026, case by case (`history`)
WAVE_ENDS = date(2026, 11, 10)
GUESTS = 6  # heads of villages among the executives of their township


SeatPlan = tuple[UUID, str, int, str | None]  # seat, role, capacity, engagement


class Term(NamedTuple):
    id: UUID
    number: int
    starts_on: date
    ends_on: date
    ended: bool
    months: int


class Post(NamedTuple):
    """`until`: the post ended with its term."""

    appointment: UUID
    person: UUID
    seat: UUID
    role: str
    engagement: str
    term: UUID
    starts_on: date
    until: date | None


class Gap(NamedTuple):
    """A place of a seat that stood empty; whose appointment filled it and when, if that was so."""

    seat: UUID
    since: date
    appointment: UUID | None = None
    filled_on: date | None = None


class Person(NamedTuple):
    id: UUID
    profile: dict[str, Any]


@dataclass(frozen=True)
class Planned:
    """One unit and, if it has one, its organisation with seats (seat, role, capacity, engagement), terms, people, posts and vacancies."""

    division: Division
    unit: UUID
    unit_name: str
    field: str
    level: Level
    area: UUID
    exempt: bool
    organisation: UUID | None
    parent: UUID | None
    names: Offer
    org_type: str
    established_on: date
    seats: tuple[SeatPlan, ...]
    terms: tuple[Term, ...]
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    vacant: tuple[Gap, ...]


@cache
def source(code: str) -> UUID:
    """The origin of all ids in a division: neighbours get neighbouring ids, so that indexes stay local."""
    return UUID(int=(0x0189_0000_0000 + int(code[:9]) << 80) | 7 << 76 | 2 << 62 | int(code))


def organisation_id(code: str) -> UUID:
    return derive(source(code), "organisation")


def unit_id(code: str) -> UUID:
    return derive(source(code), "unit")


def province(divisions: list[Division], former: int = ALL) -> Iterator[Planned]:
    """All of it, parents first, a township's villages behind it. `former`: of how many executives without an office the term before this one
    is known. Some heads of villages are executives of their township, and some executives direct the committee of the unit they work in."""
    by_code = {d.code: d for d in divisions}
    below: dict[str, list[Division]] = defaultdict(list)
    for d in divisions:
        if d.level == "village" and by_code[d.parent].level == "township":
            below[d.parent].append(d)

    def planned(d: Division, guests: Sequence[UUID] = ()) -> Planned:
        names, above = offer(d, by_code.get(d.parent)), organisation_id(d.parent) if d.parent in by_code else None
        return _planned(d, names, Random(int(d.code)), above, former, guests=guests)

    for d in divisions:
        villages = [planned(v) for v in below[d.code]]
        if d.level == "village" and d in below[d.parent]:
            continue
        own = planned(d, [p for v in villages for p in _heads(v)][:GUESTS])
        yield own
        if d.level == "county":
            yield from _units(own, COUNTY_UNITS, "county")
        if d.level == "township" and own.names.org_type == "federation":
            yield from _units(own, TOWN_UNITS, "township")
        yield from villages


def _heads(p: Planned) -> list[UUID]:
    """Who heads it in the running term."""
    return [post.person for post in p.posts if post.role == "chair" and post.until is None]


def _units(own: Planned, units: tuple[tuple[str, str, int, str], ...], level: Level) -> Iterator[Planned]:
    """Organs, schools and enterprises of a division; some have a women's committee, which one of the division's executives directs."""
    d, dice = own.division, Random(f"{own.division.code} units")
    executives = {p.id: p for p in own.people}
    directing = [x.person for x in own.posts if x.role == "executive_member" and x.until is None and x.person in executives]
    for i, (name, field, of_ten, _) in enumerate(units):
        full = d.name + name
        has = dice.random() * 10 < of_ten
        names = Offer(f"{full}妇女委员会", f"{name}妇委会", "working_committee" if has else None, None)
        there = [p for p in directing if level == "county" and executives[p].profile["employer_and_post"] == led(d, i)]
        yield _planned(d, names, dice, organisation_id(d.code), 0, (f"unit-{i}", full, field, level), there[:1])


def _planned(d: Division, names: Offer, dice: Random, above: UUID | None, former: int,
             unit: tuple[str, str, str, Level] | None = None, guests: Sequence[UUID] = ()) -> Planned:  # fmt: skip
    """`unit`: key, name, field and level of a unit of that division. `guests`: people of other organisations who hold posts here too."""
    key, unit_name, field, level = unit or ("", d.name, "area", d.level)
    own = derive(source(d.code), "organisation", key) if key else organisation_id(d.code)
    has = names.org_type is not None
    kind = d.level if names.org_type == "federation" else "committee"
    seats = _seats(own, kind) if has else ()
    terms = tuple(_terms(own, level, dice, bool(former), COMMITTEE_MONTHS if key else MONTHS, d.code.startswith(WAVE))) if has else ()
    people, posts, vacant = _posts(d, own, kind, seats, terms, dice, former, unit_name if key else None, list(guests))
    return Planned(
        division=d,
        unit=derive(source(d.code), "unit", key) if key else unit_id(d.code),
        unit_name=unit_name,
        field=field,
        level=level,
        area=above or own,
        exempt=not has and not key,
        organisation=own if has else None,
        parent=above,
        names=names,
        org_type="organ_committee" if key else names.org_type or "",
        established_on=_established(terms, dice),
        seats=seats,
        terms=terms,
        people=tuple(people),
        posts=tuple(posts),
        vacant=tuple(vacant),
    )


def seats_of(d: Division, parent: Division | None) -> tuple[SeatPlan, ...]:
    """The seats of a division's organisation."""
    return _seats(organisation_id(d.code), d.level if offer(d, parent).org_type == "federation" else "committee")


def _seats(own: UUID, kind: str) -> tuple[SeatPlan, ...]:
    offices = sum(n for role, n, _, _ in POSTS[kind] if role in OFFICES)
    places = [(role, n + offices if role == "executive_member" else n, how) for role, n, how, _ in POSTS[kind]]
    return tuple((derive(own, "seat", role, how), role, n, None if role == "executive_member" else how) for role, n, how in places)


def _established(terms: tuple[Term, ...], dice: Random) -> date:
    first = terms[0].starts_on if terms else date(2021, 3, 1)
    return add_months(first, -terms[0].months) if terms and dice.random() < 0.8 else first


def _terms(own: UUID, level: Level, dice: Random, earlier: bool, months: int, wave: bool) -> Iterator[Term]:
    first, spread = CONGRESS[level]
    start = first + timedelta(days=dice.randrange(spread))
    late = dice.randrange(10, 90) if dice.random() < 0.1 else 0  # some hold their congress after the end, some have not yet
    before = add_months(start - timedelta(days=late), -months)
    overdue = level in ("township", "village") and dice.random() < 0.05
    number = {"province": 13, "city": 12, "county": 17, "township": 15, "village": 3}[level]
    if wave and level == "village":
        yield Term(derive(own, "term", number), number, add_months(WAVE_ENDS, -months), WAVE_ENDS, False, months)
        return
    if overdue:
        yield Term(derive(own, "term", number - 1), number - 1, before, add_months(before, months), False, months)
        return
    if earlier:
        yield Term(derive(own, "term", number - 1), number - 1, before, add_months(before, months), True, months)
    yield Term(derive(own, "term", number), number, start, add_months(start, months), False, months)


def _posts(
    d: Division, own: UUID, kind: str, seats: tuple[SeatPlan, ...], terms: tuple[Term, ...], dice: Random, former: int, unit: str | None,
    guests: list[UUID],
) -> tuple[list[Person], list[Post], list[Gap]]:  # fmt: skip
    """Who holds what in each term: about half stay on, few seats stand empty, and an office is held by an executive [O20]."""
    people: list[Person] = []
    posts: list[Post] = []
    vacant: list[Gap] = []
    officers: list[list[tuple[UUID, str]]] = [[] for _ in terms]
    number = int(d.code) // 1000 % 89  # so that neighbours do not do the same
    for (seat, role, capacity, _), (_, _, how, of) in zip(seats, POSTS[kind], strict=False):  # without an organisation there are no seats
        committees = {"chair": 0.9, "vice_chair": 0.3, "executive_member": 0.1}.get(role, 0.0) if kind == "village" else 0.0
        for place in range(capacity):
            holder: UUID | None = None
            for t, term in enumerate(terms):
                running, engaged = not term.ended, how
                if role == "executive_member" and place < len(officers[t]):
                    person, engaged = officers[t][place]
                elif term.ended and role == "executive_member" and place >= len(officers[t]) + former:
                    continue
                elif running and guests and role in ("executive_member", "director"):
                    person = guests.pop(0)
                elif running and dice.random() < 0.02 and not d.code.startswith(WAVE):
                    vacant.append(_gap(seat, term, derive(own, "post", role, how, place, t), dice))
                    if vacant[-1].appointment is None:
                        continue
                    person = holder = derive(own, "person", role, how, place, t)
                    people.append(Person(person, profile(dice, of, job(of.name, role, number + len(people), d, unit), committees)))
                elif holder and dice.random() < 0.55:
                    person = holder
                else:
                    person = holder = derive(own, "person", role, how, place, t)
                    people.append(Person(person, profile(dice, of, job(of.name, role, number + len(people), d, unit), committees)))
                if role in OFFICES:
                    officers[t].append((person, how))
                until = None if running else terms[t + 1].starts_on
                id = derive(own, "post", role, how, place, t)
                since = next((g.filled_on for g in vacant if g.appointment == id and g.filled_on), term.starts_on)
                posts.append(Post(id, person, seat, role, engaged, term.id, since, until))
    return people, posts, vacant


def _gap(seat: UUID, term: Term, appointment: UUID, dice: Random) -> Gap:
    """Three of four are filled, most of them within 90 days."""
    since = min(term.starts_on + timedelta(days=dice.randrange(5, 150)), LATEST)
    filled_on = since + timedelta(days=dice.choice((21, 34, 48, 62, 75, 84, 110, 140)))
    if dice.random() < 0.25 or filled_on > LATEST:
        return Gap(seat, since)
    return Gap(seat, since, appointment, filled_on)
