"""The use cases of import batches of organisations."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count
from uuid import UUID

from services.org.application.organisations import Organisations, borne, credit, division
from services.org.domain import code as codes_of
from services.org.domain import dependants as hanging_of
from services.org.domain import imports, organisation
from services.org.domain.code import Code
from services.org.domain.dependants import Dependants
from services.org.domain.imports import ImportBatch
from services.org.domain.objections import Told, objections
from services.org.domain.opening import Opening
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.domain.term import Term
from services.org.events import (
    ImportedOrganisation,
    ImportStarted,
    OrganisationUnitAdded,
    OrganisationUnitReleased,
    TermBecameOverdue,
    TermDueSoon,
)
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, Refused, derive

__all__ = ["Imports"]

Entry = tuple[str, UUID, Opening]  # row, the new organisation's id, what the books say of it


class Imports(Organisations):

    def batch_of(self, organisation: UUID, kind: str, sha256: str) -> UUID:
        """The batch of this file in this area: always the same one, a new one only after it was revoked."""
        ids = (derive(organisation, "import", kind, sha256, n) for n in count())
        return next(id for id in ids if not ((state := self.state(ImportBatch, id)) and state.revoked))

    def enter(self, batch: UUID, entry: Entry) -> Done:
        """One row, once per batch and row."""
        row, id, opening = entry
        return self.open_organisation(id, opening, f"{batch}/{row}")

    def objections(self, some: Sequence[Told], facts: Iterable[tuple[UUID, Fact]]) -> list[list[Refused]]:
        """All that speaks against each of them, when these facts are recorded."""
        orgs: dict[UUID, Organisation | None] = dict.fromkeys(t.parent for t in some if t.parent)
        codes: dict[UUID, Code | None] = dict.fromkeys(s for t in some for s in (*division(t.code), *credit(t.credit_code)))
        orgs |= self.load_all(Organisation, orgs)
        codes |= self.load_all(Code, codes)
        for stream, fact in facts:
            if stream in orgs:
                orgs[stream] = organisation.evolve(orgs[stream], fact)
            elif stream in codes:
                codes[stream] = codes_of.evolve(codes[stream], fact)
        return [[self.named(no) for no in objections(t, orgs, codes, today())] for t in some]

    def begin_import(self, id: UUID, started: ImportStarted, key: str) -> Done:
        return self.do(key, {ImportBatch: id}, lambda was: imports.start(was, started))

    def enter_rows(self, batch: UUID, entries: Sequence[Entry]) -> list[Done | Exception]:
        """A chunk of rows and the note of it, in one append."""
        rows = [ImportedOrganisation(row=row, organisation=id) for row, id, _ in entries]
        note = partial(self.do, f"{batch}/rows/{rows[0].row}", {ImportBatch: batch}, lambda was: imports.rows_applied(was, rows))
        return self.batch([note, *(partial(self.enter, batch, e) for e in entries)])[1:]

    def finish_import(self, id: UUID, applied: int, left_out: int) -> Done:
        return self.do(f"{id}/committed", {ImportBatch: id}, lambda was: imports.commit(was, applied, left_out))

    def taken_back(self, id: UUID) -> list[tuple[str, Callable[[], object]]]:
        """One call a row, the last first."""
        state: ImportBatch | None = self.state(ImportBatch, id)
        if state is None:
            raise refused("import_unknown", "id")
        return [(r.row, partial(self.void_row, id, r, self.copy.posts_ever(r.organisation))) for r in reversed(state.rows)]

    def void_row(self, batch: UUID, r: ImportedOrganisation, held: Sequence[UUID]) -> Done:
        id = r.organisation
        org: Organisation | None = self.state(Organisation, id)
        term = imports.term_of(id)
        passing = (TermDueSoon, TermBecameOverdue, OrganisationUnitAdded, OrganisationUnitReleased)  # by the clock; units that came and went
        said = [e for e in (*self.history(id), *self.history(term)) if not isinstance(e.fact, passing)]
        foreign = sum(not (e.meta.key or "").startswith(f"{batch}/") for e in said) + (len(org.units) if org else 0)
        above = [hanging_of.stream(org.parent)] if org and org.parent else []
        streams = {Organisation: [id], Dependants: [hanging_of.stream(id), *above], Code: borne(org) if org else [], Term: [term]}
        return self.do(f"{batch}/{r.row}/revoked", streams, lambda orgs, hangs, codes, _: imports.void(
            id, orgs[id], foreign, hangs[hanging_of.stream(id)], codes, held, batch, today()))

    def end_revocation(self, id: UUID, why: str) -> Done:
        return self.do(f"{id}/revoked", {ImportBatch: id}, lambda was: imports.revoke(was, why))
