"""Whom and what a row of a workbook is about: the organisation by its names, the person by name, birth and organisation, the seat by office."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.cadre.domain.directory import Directory, Unit
from services.cadre.domain.imports import Entry, Wanted
from services.cadre.domain.refusals import refused
from services.cadre.domain.seat import Place, covers, last_term, plan_on
from services.cadre.events import Engagement, ImportKind, Precision, Profile, Role
from shared.fact import Refused, derive

__all__ = ["Held", "Known", "Matched", "Matching", "Row"]

OFFICE_WORDS = {"chair": "主席", "vice_chair": "副主席", "standing_member": "常委", "executive_member": "执委", "director": "主任",
                "deputy_director": "副主任", "member": "委员", "staff": "干事"}
TOLD = frozenset(Profile.model_fields) - {"person_name", "born_on", "born_precision", "in_party_branch_committee", "in_villagers_committee"}
FIELDS = {"in_two_committees": "two_committees", "holds_both_posts": "both"}


@dataclass(frozen=True)
class Row:
    """A row as understood. `context`: the sheet's name and title; `person`: her 系统编号, where the file has it."""

    row: str
    profile: Profile
    roles: tuple[Role, ...] = ()
    engagement: Engagement | None = None
    starts_on: date | None = None
    precision: Precision = "day"
    until: date | None = None
    organisation: str | None = None
    township: str | None = None
    village: str | None = None
    context: str = ""
    id_number: str | None = None
    phone: str | None = None
    newly: bool | None = None
    note: str | None = None
    person: UUID | None = None

    @property
    def highest(self) -> Role | None:
        return min(self.roles, key=list(OFFICE_WORDS).index, default=None)


class Held(NamedTuple):
    """A post she holds or held. `newly`, `note`: as the paper said."""

    organisation: UUID
    since: date
    until: date | None
    seat: UUID
    role: Role
    engagement: Engagement
    newly: bool | None
    note: str | None


@dataclass(frozen=True)
class Known:
    """Somebody recorded: her name, birth as far as known, and the posts she holds or held."""

    person: UUID
    person_name: str
    born_on: date | None
    born_precision: Precision | None
    home: UUID
    posts: tuple[Held, ...] = ()

    @property
    def organisations(self) -> set[UUID]:
        return {self.home, *(h.organisation for h in self.posts)}

    def held(self, organisation: UUID, role: Role, since: date, until: date | None) -> Held | None:
        """Her post of that office there that meets these days."""
        return next((h for h in self.posts if h.organisation == organisation and h.role == role and (h.until is None or since < h.until)
                     and (until is None or h.since < until)), None)

    def newly(self, post: Held) -> bool:
        """新任: as the paper said, else whether she never held that office there before."""
        before = (h for h in self.posts if (h.organisation, h.role) == (post.organisation, post.role) and h.since < post.since)
        return post.newly if post.newly is not None else not any(before)


@dataclass
class Matched:
    """What came of a row. `known`: the record it belongs to, None for a new one."""

    row: Row
    unit: Unit | None = None
    entry: Entry | None = None
    known: Known | None = None
    refusals: list[Refused] = field(default_factory=list)
    candidates: list[Known] = field(default_factory=list)


class Matching:
    """Goes through the rows of one batch in order and remembers whom it has met."""

    def __init__(self, batch: UUID, kind: ImportKind, directory: Directory, people: Mapping[str, Sequence[Known]],
                 places: Mapping[UUID, Place], choices: Mapping[str, str], today: date) -> None:
        self.batch, self.kind, self.directory, self.people, self.places = batch, kind, directory, people, places
        self.choices, self.today = choices, today
        self.known = {k.person: k for some in people.values() for k in some}
        self.met: dict[tuple[str, date | None], list[tuple[Row, UUID, UUID]]] = {}
        self.posts: dict[tuple[UUID, UUID], str] = {}
        self.said: dict[UUID, dict[str, tuple[object, str]]] = {}  # of whom: field -> what was said, in which row

    def all(self, rows: Iterable[Row]) -> list[Matched]:
        found = [self.match(row) for row in rows]
        executives = {(m.entry.person, w.organisation) for m in found if m.entry for w in m.entry.posts if self._role(w) == "executive_member"}
        for m in found:
            if m.entry and any((m.entry.person, w.organisation) in executives for w in m.entry.posts):
                posts = tuple(replace(w, executive=(m.entry.person, w.organisation) in executives) for w in m.entry.posts)
                m.entry = replace(m.entry, posts=posts)
        return found

    def match(self, row: Row) -> Matched:
        m = Matched(row)
        try:
            m.unit = self.directory.find(row.organisation, row.township, row.village, row.context)
        except Refused as no:
            m.refusals.append(no)
            return m
        try:
            person = self._person(row, m)
            self._agree(row, person)
        except Refused as no:
            m.refusals.append(no)
            return m
        wanted = [] if self.kind == "profiles" else self._posts(row, m.unit, person, m)
        hers = m.known is None or m.known.home in self.directory.units  # whose record another area keeps is not changed from here
        m.entry = Entry(row.row, person, row.profile if hers else Profile(), m.unit.id, row.id_number if hers else None,
                        row.phone if hers else None, tuple(wanted))
        return m

    # -- who ---------------------------------------------------------------------------------------------------------
    def _person(self, row: Row, m: Matched) -> UUID:
        assert m.unit
        name, born = row.profile.person_name or "", row.profile.born_on
        new = derive(self.batch, row.row, "person")
        if row.person:
            m.known = self.known.get(row.person)
            if m.known is None or m.known.person_name != name:
                raise refused("person_id_unknown", name=name)
            return self._met(row, m.unit, m.known.person)
        choice = self.choices.get(row.row)
        if choice and choice != "new":
            m.known = self.known.get(UUID(choice))
            if m.known is None or m.known.person_name != name:
                raise refused("unknown_cadre")
            return self._met(row, m.unit, m.known.person)
        alike = [k for k in self.people.get(name, ()) if self._same_birth(row, k)]
        here = [k for k in alike if m.unit.id in k.organisations]
        if choice == "new":
            return self._met(row, m.unit, new)
        if len(here) == 1:
            m.known = here[0]
            return self._met(row, m.unit, here[0].person)
        if here:
            m.candidates = here
            raise refused("namesakes", count=len(here))
        if self.kind == "profiles":
            m.candidates = alike
            raise refused("person_not_found")
        if earlier := self._in_file(row, m.unit.id):
            return self._met(row, m.unit, earlier)
        elsewhere = [k for k in alike if born and k.born_on]
        if elsewhere:
            m.candidates = elsewhere
            raise refused("namesake_elsewhere")
        return self._met(row, m.unit, new)

    def _same_birth(self, row: Row, k: Known) -> bool:
        born = row.profile.born_on
        if not born or not k.born_on:
            return True
        n = min({"day": 10, "month": 7, "year": 4}[p or "day"] for p in (row.profile.born_precision, k.born_precision))
        return born.isoformat()[:n] == k.born_on.isoformat()[:n]

    def _in_file(self, row: Row, organisation: UUID) -> UUID | None:
        """An earlier row about the same person: in the same organisation, or with the same ID number or telephone."""
        for earlier, person, where in self.met.get((row.profile.person_name or "", row.profile.born_on), ()):
            numbers = [(a, b) for a, b in ((earlier.id_number, row.id_number), (earlier.phone, row.phone)) if a and b]
            if any(a == b for a, b in numbers) or (where == organisation and not numbers):
                return person
            if not numbers and row.profile.born_on:
                raise refused("namesake_in_file", row=earlier.row)
        return None

    def _agree(self, row: Row, person: UUID) -> None:
        """What two rows say of one person is the same, or which is right is asked, not guessed. A vaguer birth contradicts nothing."""
        said = {FIELDS.get(k, k): v for k, v in row.profile.__dict__.items() if v is not None and k in TOLD}
        said |= {k: v for k, v in (("phone", row.phone), ("id_number", row.id_number)) if v}
        told = self.said.setdefault(person, {})
        for name, value in said.items():
            earlier, where = told.setdefault(name, (value, row.row))
            if earlier != value:
                raise refused("row_contradicts", item=name, row=where)

    def _met(self, row: Row, unit: Unit, person: UUID) -> UUID:
        self.met.setdefault((row.profile.person_name or "", row.profile.born_on), []).append((row, person, unit.id))
        return person

    # -- which posts -------------------------------------------------------------------------------------------------
    def _posts(self, row: Row, unit: Unit, person: UUID, m: Matched) -> list[Wanted]:
        place = self.places.get(unit.id)
        if place is None:
            m.refusals.append(refused("unknown_organisation"))
            return []
        if row.starts_on is None:
            m.refusals.append(refused("starts_on_missing"))
            return []
        found = []
        for n, role in enumerate(row.roles):
            try:
                held = m.known.held(unit.id, role, row.starts_on, row.until) if m.known else None
                last = last_term(place, row.starts_on) if held and self.kind == "roster" else None
                held = None if held and last and held.since < last.over_on else held  # of the outgoing team
                seat, engagement = (held.seat, row.engagement or held.engagement) if held else self._seat(place, unit, role, row)
                if earlier := self.posts.get((person, seat)):
                    raise refused("duplicate_row", row=earlier)
            except Refused as no:
                m.refusals.append(no)
                continue
            self.posts[person, seat] = row.row
            others = len({h.organisation for h in (m.known.posts if m.known else ()) if covers(h.since, h.until, row.starts_on)} - {unit.id})
            said = (row.newly, row.note) if role == row.highest else (None, None)
            found.append(Wanted(derive(self.batch, row.row, "appointment", n), unit.id, seat, engagement,
                                "appointed" if role == "staff" else "elected", row.starts_on, row.until, row.precision, False, others, *said))
        return found

    def _seat(self, place: Place, unit: Unit, role: Role, row: Row) -> tuple[UUID, Engagement | None]:
        """The seat of that office: of the way of working named, or the only one. None: neither the row nor the seat says how; that is
        refused later, unless she holds the seat already."""
        assert row.starts_on
        plans = {s: plan_on(p, row.starts_on) or p[0] for s, p in place.seats.items() if any(q.role == role for q in p)}
        plans = {s: p for s, p in plans.items() if p.role == role}
        if not plans:
            raise refused("seat_not_planned", organisation=unit.short_name, role=OFFICE_WORDS[role])
        fitting = {s: p for s, p in plans.items() if not row.engagement or p.engagement in (None, row.engagement)} or plans
        engagement = row.engagement or next(iter(fitting.values())).engagement
        if row.engagement is None and len({p.engagement for p in fitting.values()}) > 1:
            raise refused("engagement_missing")
        exact = [s for s, p in fitting.items() if p.engagement == engagement]
        return (exact or list(fitting))[0], engagement

    def _role(self, w: Wanted) -> str:
        plans = self.places[w.organisation].seats.get(w.seat)
        return plans[0].role if plans else ""

