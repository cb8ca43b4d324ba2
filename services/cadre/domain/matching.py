"""Whom and what a row of a workbook is about: the organisation by its names, the person by name, birth and organisation, the seat by office."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.cadre.domain.directory import Asked, Directory, Unit
from services.cadre.domain.earlier import Earlier
from services.cadre.domain.imports import Entry, Wanted
from services.cadre.domain.known import Known, Row, alike_born, same_as_far
from services.cadre.domain.refusals import refused
from services.cadre.domain.rules import OFFICES
from services.cadre.domain.seat import Place, covers, plan_on
from services.cadre.events import Engagement, ImportKind, Profile, Role
from shared.fact import Refused, derive
from shared.words import ROLES, plain

__all__ = ["Matched", "Matching"]

NOBODY_LEAVES: Mapping[UUID, date] = {}
TOLD = frozenset(Profile.model_fields) - {"person_name", "born_on", "born_precision", "in_party_branch_committee", "in_villagers_committee"}
FIELDS = {"in_two_committees": "two_committees", "holds_both_posts": "both"}
WHERE, WHO = frozenset(("organisation", "township", "village", "code", "credit_code")), frozenset(("person_name", "born", "id_number", "person"))


@dataclass
class Matched:
    """What came of a row. `known`: the record it belongs to, None for a new one; `record`: what that says of her. `fresh`: its posts that are not
    on record, whoever she is; `assumed`: what was taken as their start; `titled`: the sheet's
    name or title said where."""

    row: Row
    unit: Unit | None = None
    person: UUID | None = None
    entry: Entry | None = None
    known: Known | None = None
    record: Profile | None = None
    refusals: list[Refused] = field(default_factory=list)
    warnings: list[Refused] = field(default_factory=list)
    fresh: list[Wanted] = field(default_factory=list)
    assumed: Refused | None = None
    titled: bool = False
    candidates: list[Known] = field(default_factory=list)


class Matching:
    """Goes through the rows of one batch in order and remembers whom it has met. `numbers`: whose records bear the ID numbers of the file;
    `decided_on`: the day of the Party organisation's decision."""

    def __init__(self, batch: UUID, kind: ImportKind, directory: Directory, people: Mapping[str, Sequence[Known]], places: Mapping[UUID, Place],
                 choices: Mapping[str, str], today: date, numbers: Mapping[str, Sequence[UUID]], decided_on: date | None = None) -> None:
        self.batch, self.kind, self.directory, self.people, self.places = batch, kind, directory, people, places
        self.choices, self.today, self.numbers, self.decided_on = choices, today, numbers, decided_on
        self.known = {k.person: k for some in people.values() for k in some}
        self.earlier = Earlier()
        self.seats: dict[tuple[UUID, Role, Engagement | None, date], tuple[UUID, Engagement | None]] = {}
        self.said: dict[UUID, dict[str, tuple[object, str]]] = {}  # of whom: field -> what was said, in which row
        self.named: dict[str, dict[str, str]] = defaultdict(dict)  # ID number -> name -> the row that says so

    def all(self, rows: Sequence[Row]) -> list[Matched]:
        """Where and who, of each row. What one rule misses does not keep the others from speaking."""
        for row in rows:
            if row.id_number and row.called:
                self.named[row.id_number].setdefault(row.called, row.row)
        return [self.match(row) for row in rows]

    def match(self, row: Row) -> Matched:
        m = Matched(row)
        m.unit = self._unit(row, m)
        m.person = self._who(row, m, m.unit)
        return m

    def seated(self, whose: Iterable[Matched], congress: Mapping[UUID, date] = NOBODY_LEAVES) -> list[Matched]:
        """The same with the posts that their rows name. `congress`: by organisation, the day its old team leaves."""
        self.congress, self.posts = congress, defaultdict[tuple[UUID, UUID], list[Row]](list)
        found = [self._seated(replace(m, refusals=[*m.refusals], warnings=[*m.warnings])) for m in whose]
        executives = {(m.person, w.organisation) for m in found if m.entry for w in m.entry.posts if self._role(w) == "executive_member"}
        for m in found:
            if m.entry and any((m.person, w.organisation) in executives and self._role(w) in OFFICES for w in m.entry.posts):
                posts = tuple(replace(w, executive=(m.person, w.organisation) in executives) for w in m.entry.posts)
                m.entry = replace(m.entry, posts=posts)
        return found

    def _seated(self, m: Matched) -> Matched:
        row, m.fresh = m.row, []
        wanted = [] if self.kind == "profiles" else self._posts(row, m.unit, m.person, m)
        if m.unit and m.person:
            hers = m.known is None or m.known.home in self.directory.units  # whose record another area keeps is not changed from here
            m.entry = Entry(row.row, m.person, row.profile if hers else Profile(), m.unit.id, row.id_number if hers else None,
                            row.phone if hers else None, tuple(wanted))
        return m

    # -- where -------------------------------------------------------------------------------------------------------
    def _unit(self, row: Row, m: Matched) -> Unit | None:
        if row.unclear & WHERE:
            return None
        try:
            asked = Asked(row.organisation, row.township, row.village, row.context, row.code)
            unit = self.directory.find(asked)
        except Refused as no:
            m.refusals.append(no)
            return None
        m.titled = asked in self.directory.titled
        field, name = next((f, n) for f, n in (("organisation", row.organisation), ("village", row.village), ("township", row.township), ("", ""))
                           if n is not None)
        if old := self.directory.renamed(unit, (name,)):
            m.warnings.append(refused("organisation_renamed", item=field, name=old[:40], now=unit.full_name))
        return unit

    # -- who ---------------------------------------------------------------------------------------------------------
    def _who(self, row: Row, m: Matched, unit: Unit | None) -> UUID | None:
        if row.unclear & WHO:
            return None
        try:
            self._one_number(row)
            if unit is None:
                return None
            person = self._person(row, unit, m)
        except Refused as no:
            m.refusals.append(no)
            return None
        self.earlier.note(row, person, unit.id, m.known)
        against = self._contradicted(row, person)
        m.refusals += against
        return None if against else person

    def _one_number(self, row: Row) -> None:
        """An ID number is one woman's, in the file and on record."""
        name, registered = row.called, self.numbers.get(row.id_number or "", ())
        other = next((r for known, r in self.named.get(row.id_number or "", {}).items() if known != name), None)
        if other:
            raise refused("id_number_twice", row=other)
        if registered and not any((k := self.known.get(p)) and k.called == name for p in registered):
            raise refused("id_number_registered")

    def _person(self, row: Row, unit: Unit, m: Matched) -> UUID:
        name, choice = row.called, self.choices.get(row.row)
        chosen = row.person or (UUID(choice) if choice and choice != "new" else None)
        if chosen:
            m.known = self.known.get(chosen)
            if m.known is None or m.known.called != name:
                m.known = None
                raise refused("person_id_unknown", name=row.profile.person_name) if row.person else refused("unknown_cadre")
        registered = self.numbers.get(row.id_number or "", ())
        hers = [k for p in registered if (k := self.known.get(p)) and k.called == name and chosen in (None, p)]
        if registered and (not hers or choice == "new"):
            m.known = None
            raise refused("id_number_registered")
        if chosen:
            return chosen
        if choice == "new":
            return derive(self.batch, row.row, "person")
        alike = [k for k in self.people.get(name, ()) if alike_born(row.profile, k)]
        here = hers or [k for k in alike if unit.id in k.organisations]
        if len(here) == 1:
            m.known = here[0]
            return here[0].person
        if here:
            m.candidates = here
            raise refused("namesakes", count=len(here))
        return self._not_here(row, unit, alike, m)

    def _not_here(self, row: Row, unit: Unit, alike: list[Known], m: Matched) -> UUID:
        """Nobody on record in this organisation fits."""
        others = [k for k in self.people.get(row.called, ()) if unit.id in k.organisations]
        if self.kind == "profiles":
            m.candidates = others or alike
            raise refused("person_other_birth" if others else "person_not_found")
        if earlier := self.earlier.of(row, unit.id):
            return earlier
        elsewhere = [k for k in alike if row.profile.born_on and k.born_on]
        if elsewhere:
            m.candidates = elsewhere
            raise refused("namesake_elsewhere")
        if others:
            m.warnings.append(refused("namesake_here"))
        return derive(self.batch, row.row, "person")

    def _contradicted(self, row: Row, person: UUID) -> list[Refused]:
        """What two rows say of one person is the same, or which is right is asked, not guessed. A vaguer birth contradicts nothing."""
        said = {FIELDS.get(k, k): v for k, v in row.profile.__dict__.items() if v is not None and k in TOLD}
        said |= {k: v for k, v in (("phone", row.phone), ("id_number", row.id_number)) if v}
        told, found = self.said.setdefault(person, {}), []
        for name, value in said.items():
            earlier, where = told.setdefault(name, (value, row.row))
            if earlier != value and not (isinstance(earlier, str) and plain(earlier) == plain(str(value))):
                found.append(refused("row_contradicts", item=name, row=where))
        return found

    # -- which posts -------------------------------------------------------------------------------------------------
    def _posts(self, row: Row, unit: Unit | None, person: UUID | None, m: Matched) -> list[Wanted]:
        if row.starts_on is None and "starts_on" not in row.unclear:
            m.refusals.append(refused("starts_on_missing"))
        if unit is None:
            return []
        place = self.places.get(unit.id)
        if place is None:
            m.refusals.append(refused("unknown_organisation"))
            return []
        starts = self._start(row, place, m)
        into = self.directory.units.get(unit.into) if unit.into else None
        if into and unit.closed_on and (starts or self.today) >= unit.closed_on:
            m.refusals.append(refused("organisation_merged", name=unit.full_name, closed_on=unit.closed_on, into=into.full_name))
            return []
        return [w for n in range(len(row.roles)) if (w := self._wanted(row, n, unit, place, person, starts, m))]

    def _wanted(self, row: Row, n: int, unit: Unit, place: Place, person: UUID | None, starts: date | None, m: Matched) -> Wanted | None:
        """Its nth office, as far as all is known."""
        role = row.roles[n]
        try:
            held = m.known.held(unit.id, role, starts, row.until, row.precision) if m.known and starts else None
            held = None if held and held.since < self.congress.get(unit.id, date.min) else held
            seat, engagement = (held.seat, row.engagement or held.engagement) if held else self._seat(place, unit, role, row, starts)
            if person and (earlier := next((r for r in self.posts[person, seat] if _meet(r, row)), None)):
                raise refused("duplicate_row", row=earlier.row)
        except Refused as no:
            if person or no.code != "engagement_missing":  # of a post on record that need not be said
                m.refusals.append(no)
            return None
        if starts is None:
            return None
        if person:
            self.posts[person, seat].append(row)
        others = len({h.organisation for h in (m.known.posts if m.known else ()) if covers(h.since, h.until, starts)} - {unit.id})
        said = (row.newly, row.note) if role == row.highest else (None, None)
        wanted = Wanted(derive(self.batch, row.row, "appointment", n), unit.id, seat, engagement, "appointed" if role == "staff" else "elected",
                        starts, row.until, row.precision, False, others, *said)
        m.fresh += [wanted] * (held is None)
        return wanted

    def _start(self, row: Row, place: Place, m: Matched) -> date | None:
        """When it begins. Of a post that is elected now the paper often says the month only: it is not before that month's decision or term."""
        on = row.starts_on
        if on is None or row.precision == "day" or self.kind != "roster":
            return on
        turns = (self.decided_on, *(t.starts_on for t in place.terms if row.precision == "month"))
        later = max((d for d in turns if d and same_as_far(d, on, row.precision)), default=on)
        if later > on:
            m.assumed = refused("start_assumed", day=later)
        return later

    def _seat(self, place: Place, unit: Unit, role: Role, row: Row, starts: date | None) -> tuple[UUID, Engagement | None]:
        """The seat of that office: of the way of working named, or the only one. None: neither the row nor the seat says how; that is
        refused later, unless she holds the seat already."""
        on = starts or self.today
        known = unit.id, role, row.engagement, on
        if known not in self.seats:
            self.seats[known] = self._fitting(place, unit, role, row, on)
        return self.seats[known]

    def _fitting(self, place: Place, unit: Unit, role: Role, row: Row, on: date) -> tuple[UUID, Engagement | None]:
        plans = {s: plan_on(p, on) or p[0] for s, p in place.seats.items() if any(q.role == role for q in p)}
        plans = {s: p for s, p in plans.items() if p.role == role}
        if not plans:
            raise refused("seat_not_planned", organisation=unit.short_name, role=ROLES[role][0])
        fitting = {s: p for s, p in plans.items() if not row.engagement or p.engagement in (None, row.engagement)} or plans
        engagement = row.engagement or next(iter(fitting.values())).engagement
        if row.engagement is None and len({p.engagement for p in fitting.values()}) > 1:
            raise refused("engagement_missing")
        exact = [s for s, p in fitting.items() if p.engagement == engagement]
        return (exact or list(fitting))[0], engagement

    def _role(self, w: Wanted) -> str:
        plans = self.places[w.organisation].seats.get(w.seat)
        return plans[0].role if plans else ""


def _meet(a: Row, b: Row) -> bool:
    """Are both posts held on some day?"""
    return not ((a.until and b.starts_on and a.until <= b.starts_on) or (b.until and a.starts_on and b.until <= a.starts_on))
