"""The use cases of import batches: rows matched against the state as it is, recorded in chunks under their own keys, and taken back."""
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from services.cadre.application.renewals import Renewals
from services.cadre.application.sealed import AT_ONCE
from services.cadre.domain import imports, renewal
from services.cadre.domain.appointment import Appointment, By
from services.cadre.domain.directory import Asked, Directory, Unit
from services.cadre.domain.imports import Approval, Entry, ImportBatch, Taken
from services.cadre.domain.known import Known, Row
from services.cadre.domain.matching import Matched, Matching
from services.cadre.domain.person import Cadre as Person
from services.cadre.domain.refusals import refused
from services.cadre.domain.renewal import Team
from services.cadre.domain.rules import OFFICES
from services.cadre.domain.seat import Place, SeatClaim
from services.cadre.events import ImportedRow, ImportKind, ImportStarted
from shared.es import Done, Event
from shared.fact import Refused, derive

__all__ = ["Batch", "Imports"]


@dataclass(frozen=True)
class Batch:
    """What all rows of one batch share while they are decided. `teams`: the organisations whose new team they are."""

    id: UUID
    kind: ImportKind
    organisation: UUID
    source: str
    approval: Approval
    today: date
    places: Mapping[UUID, Place]
    teams: Mapping[UUID, Team] = field(default_factory=dict)

    def writing(self, entries: Sequence[Entry]) -> "Batch":
        """The same with only those teams that these rows are of, who is elected in them, and the places as org will know them."""
        teams = renewal.elected(self.teams, entries, self.places)
        return replace(self, teams=teams, places={**self.places, **{o: renewal.renewed(self.places[o], t) for o, t in teams.items()}})


class Imports(Renewals):
    """批量导入."""

    def batch_of(self, organisation: UUID, kind: str, sha256: str) -> UUID:
        """The batch of this file in this area: always the same one, a new one only after it was revoked."""
        ids = (derive(organisation, "import", kind, sha256, n) for n in count())
        return next(id for id in ids if not ((state := self.load(ImportBatch, id)[0]) and state.revoked))

    def matched(self, id: UUID, kind: ImportKind, organisation: UUID, rows: Sequence[Row], choices: Mapping[str, str], near: Any,
                today: date, decided_on: date | None = None) -> tuple[list[Matched], list[Unit], Mapping[UUID, Place], Mapping[UUID, Team]]:
        """Whom and what every row is about; the area's organisations; the places looked at; the organisations that a roster renews."""
        units = self.copy.units(organisation, today)
        names = sorted({r.called for r in rows if r.called})
        area = {u.id for u in units}
        people: dict[str, list[Known]] = {}
        for k in self.copy.named(names):
            if k.organisations & area:
                people.setdefault(k.called, []).append(k)
        directory = Directory(organisation, units, near, self.copy.above(organisation, today))
        places = self.copy.places(directory.meant(Asked(r.organisation, r.township, r.village, r.context, r.code) for r in rows), today)
        matching = Matching(id, kind, directory, people, places, choices, today, self.bearers({r.id_number for r in rows if r.id_number}),
                            decided_on)
        whose = matching.all(rows)
        found = matching.seated(whose)
        teams = self.teams(id, found, places) if kind == "roster" else {}
        if teams:  # what those held who leave does not say where they sit now
            found = matching.seated(whose, {o: t.elected_on for o, t in teams.items()})
            teams = self.teams(id, found, places)
        self._look_up([m for m in found if m.entry and m.known])
        leaving = frozenset(UUID(k) for k, said in choices.items() if said == "leaves")
        return found, units, places, {o: replace(t, leaving=leaving) for o, t in teams.items()}

    def enter(self, batch: Batch, e: Entry) -> Done:
        """One row, all or nothing, once per batch and row."""
        claims = {w.seat for w in e.posts}
        for w in e.posts:
            place = batch.places[w.organisation]
            if any(p.role in OFFICES for p in place.seats[w.seat]):
                claims.update(place.of_roles(["executive_member"]))
        streams = {Person: [e.person], Appointment: [w.appointment for w in e.posts], SeatClaim: sorted(claims, key=str)}
        return self.do(f"{batch.id}/{e.row}", streams, lambda people, _, seats: imports.enter(
            batch.kind, e, f"{batch.source} {e.row}", people, seats, batch.places, batch.approval, batch.today))

    def begin_import(self, id: UUID, started: ImportStarted, key: str) -> Done:
        return self.do(key, {ImportBatch: id}, lambda was: imports.start(was, started))

    def enter_rows(self, batch: Batch, entries: Sequence[Entry]) -> list[Done | Exception]:
        """A chunk of rows, the note of it and what their organisations' re-election ends, in one append."""
        rows = [ImportedRow(row=e.row, person=e.person, appointments=tuple(w.appointment for w in e.posts)) for e in entries]
        key = f"{batch.id}/rows/{rows[0].row}"
        note = partial(self.do, key, {ImportBatch: batch.id}, lambda was: imports.rows_applied(was, rows))
        here = {w.organisation for e in entries for w in e.posts}
        teams = [t for o, t in batch.teams.items() if o in here]
        sitting = self.claims_of(batch.places[t.organisation] for t in teams)
        _, *outcomes = self.batch([note, *(partial(self.renew, batch.id, t, batch.places[t.organisation], sitting, batch.today) for t in teams),
                                   *(partial(self.enter, batch, e) for e in entries)])
        undone = [o for o in outcomes[:len(teams)] if isinstance(o, Exception)]
        return [*undone, *outcomes[len(teams):]]

    def finish_import(self, id: UUID, applied: int, left_out: int) -> Done:
        return self.do(f"{id}/committed", {ImportBatch: id}, lambda was: imports.commit(was, applied, left_out))

    # -- taking it back ----------------------------------------------------------------------------------------------
    def taken_back(self, id: UUID, by: By, today: date) -> Iterator[tuple[str, Callable[[], Done]]]:
        """One call a row, the last first, then one for each team that left; each with what it is about."""
        state: ImportBatch | None = self.load(ImportBatch, id)[0]
        if state is None:
            raise refused("import_unknown")
        rows = tuple(reversed(state.rows))
        mine = {a for r in rows for a in r.appointments}
        people = self.copy.appointments_of({r.person for r in rows})
        told = self._told({s for r in rows for s in (r.person, *r.appointments)} | {a for t in state.teams for a in t.outgoing})
        yield from ((r.row, partial(self.take_back_row, id, r, told, bool(people.get(r.person, set()) - mine), by)) for r in rows)
        # all names at once: each alone costs as much
        names = {u.id: u.full_name for u in self.copy.units(state.started.organisation, today)} if state.teams else {}
        teams = self.restorations(id, state.teams, lambda a, done: _taken(told.get(a, ()), id, done), by)
        yield from ((names.get(o, "—"), restored) for o, restored in teams)

    def take_back_row(self, batch: UUID, r: ImportedRow, told: Mapping[UUID, Sequence[Event]], elsewhere: bool, by: By) -> Done:
        taken = {s: _taken(told.get(s, ()), batch, r.row) for s in (r.person, *r.appointments)}
        seats = {UUID(e.data["post"]["seat"]): None for a in r.appointments for e in told.get(a, ()) if "post" in e.data}

        def decide(people: Mapping[UUID, Person | None], posts: Mapping[UUID, Appointment | None],
                   claims: Mapping[UUID, SeatClaim | None]) -> imports.Facts:
            return imports.take_back(r, people[r.person], posts, claims, taken, elsewhere, by)
        return self.do(f"{batch}/{r.row}/revoked", {Person: [r.person], Appointment: list(r.appointments), SeatClaim: list(seats)}, decide)

    def end_revocation(self, id: UUID, why: str) -> Done:
        return self.do(f"{id}/revoked", {ImportBatch: id}, lambda was: imports.revoke(was, why))

    def _told(self, streams: set[UUID]) -> dict[UUID, list[Event]]:
        """The events of many streams."""
        ids, found = list(streams), dict[UUID, list[Event]]()
        for i in range(0, len(ids), AT_ONCE):
            for stored in self.recorder.read([], ids[i:i + AT_ONCE])[1]:
                event = self.mapper.to_domain_event(stored)
                found.setdefault(event.stream, []).append(event)
        return found

    def _look_up(self, some: Sequence[Matched]) -> None:
        """What is on record of them; telephones and ID numbers that are there already are nothing new."""
        for i in range(0, len(some), AT_ONCE):
            chunk = some[i:i + AT_ONCE]
            records: dict[UUID, Person] = self.load_all(Person, (m.person for m in chunk if m.person))
            hers = [(m, m.entry, r) for m in chunk if m.entry and (r := records.get(m.entry.person)) and r.life]
            self.vault.warm([e.person for _, e, r in hers if (e.phone or e.id_number) and r.sealed])
            for m, e, record in hers:
                m.record, m.entry = record.profile, self._without_known(e, record.sealed)

    def _without_known(self, e: Entry, sealed: Mapping[str, Any]) -> Entry:
        known: dict[str, Any] = {}
        for name, personal in sealed.items():
            try:
                same = getattr(e, name) is not None and getattr(e, name) == self.vault.open(personal, e.person)
            except Refused:  # its key was destroyed: whatever stood there, it is gone
                same = False
            if same:
                known[name] = None
        return replace(e, **known) if known else e


def _taken(events: Sequence[Event], batch: UUID, row: str) -> Taken:
    keys = [e.meta.key or "" for e in events]
    return Taken([e.id for e in events], [n for n, k in enumerate(keys, 1) if k == f"{batch}/{row}"],
                 [n for n, k in enumerate(keys, 1) if k.startswith(f"{batch}/")])
