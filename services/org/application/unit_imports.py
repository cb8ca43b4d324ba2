"""The use cases of import batches of eligible units."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from services.org.application.grounds import same
from services.org.application.imports import Imports
from services.org.domain import imports, unit, unit_entry
from services.org.domain.imports import ImportBatch
from services.org.domain.organisation import Organisation
from services.org.domain.unit import EligibleUnit
from services.org.domain.unit_entry import UnitEntry
from services.org.events import ImportedUnit
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact

__all__ = ["UnitImports"]


class UnitImports(Imports):
    def enter_unit(self, batch: UUID, e: UnitEntry) -> Done:
        """One row, once per batch and row."""
        orgs = list(dict.fromkeys(o for o in (e.area, e.organisation, e.left) if o))
        units = list(dict.fromkeys(u for u in (e.id, e.into) if u))

        def decide(units: Mapping[UUID, Any], orgs: Mapping[UUID, Any]) -> dict[UUID, list[Fact]]:
            was: EligibleUnit | None = units[e.id]
            same((e.listed_on is None, e.left), (was is not None, was.organisation if was else None))
            return unit_entry.enter(e, units, orgs, today())
        return self.do(f"{batch}/{e.row}", {EligibleUnit: units, Organisation: orgs}, decide)

    def enter_unit_rows(self, batch: UUID, entries: Sequence[UnitEntry]) -> list[Done | Exception]:
        """A chunk of rows and the note of it, in one append."""
        rows = [ImportedUnit(row=e.row, unit=e.id) for e in entries]
        note = partial(self.do, f"{batch}/rows/{rows[0].row}", {ImportBatch: batch}, lambda was: imports.rows_applied(was, (), rows))
        return self.batch([note, *(partial(self.enter_unit, batch, e) for e in entries)])[1:]

    def taken_back(self, id: UUID) -> list[tuple[str, Callable[[], object]]]:
        """One call a row, the last first."""
        calls = super().taken_back(id)
        state: ImportBatch = self.state(ImportBatch, id)
        return [*((r.row, partial(self.void_unit, id, r)) for r in reversed(state.units)), *calls]

    def void_unit(self, batch: UUID, r: ImportedUnit) -> Done:
        history, seen = self.history(r.unit), unit.known(self.state(EligibleUnit, r.unit))
        mine = [e.version for e in history if e.meta.key == f"{batch}/{r.row}"]
        before: EligibleUnit | None = None
        for fact in seen.said[:mine[0] - 1] if mine else ():
            before = unit.evolve(before, fact)
        orgs = list(dict.fromkeys(o for o in (seen.organisation, before and before.organisation) if o))

        def decide(was: EligibleUnit, orgs: Mapping[UUID, Any]) -> dict[UUID, list[Fact]]:
            same(seen.said, was.said)
            return unit_entry.void(r.unit, was, [e.id for e in history], mine, orgs)
        return self.do(f"{batch}/{r.row}/revoked", {EligibleUnit: r.unit, Organisation: orgs}, decide)
