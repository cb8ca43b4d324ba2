"""An import batch of organisations: which organisation a name means, and what takes a row back."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.org.domain import code as codes_of
from services.org.domain import dependants as hanging_of
from services.org.domain.code import DIVISION, Code
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.events import (
    DependantReleased,
    DivisionReleased,
    ImportCommitted,
    ImportedOrganisation,
    ImportRevoked,
    ImportRowsApplied,
    ImportStarted,
    OrganisationVoided,
    SeatAbolished,
)
from shared.fact import Fact

__all__ = ["ImportBatch", "NamedOrganisation", "NamesIn", "commit", "evolve", "revoke", "rows_applied", "start", "void"]

ENDING = re.compile(r"(妇女联合会|妇联|妇女工作委员会|妇工委|妇女委员会|妇委会)$")


@dataclass(frozen=True)
class ImportBatch:
    started: ImportStarted
    rows: tuple[ImportedOrganisation, ...] = ()
    committed: bool = False
    revoked: bool = False


def start(was: ImportBatch | None, started: ImportStarted) -> list[Fact]:
    if was and was.started.digest != started.digest:
        raise refused("import_exists", "id")
    return [] if was else [started]


def rows_applied(was: ImportBatch | None, rows: Sequence[ImportedOrganisation]) -> list[Fact]:
    known = {r.row for r in was.rows} if was else set()
    new = tuple(r for r in rows if r.row not in known)
    return [ImportRowsApplied(rows=new)] if new else []


def commit(was: ImportBatch | None, applied: int, refused_rows: int) -> list[Fact]:
    return [] if was and was.committed else [ImportCommitted(applied=applied, refused=refused_rows)]


def revoke(was: ImportBatch | None, why: str) -> list[Fact]:
    if was is None:
        raise refused("import_unknown", "id")
    return [] if was.revoked else [ImportRevoked(why=why, rows=len(was.rows))]


def evolve(was: ImportBatch | None, fact: Fact) -> ImportBatch | None:
    match fact:
        case ImportStarted():
            return ImportBatch(fact)
        case ImportRowsApplied():
            return was and replace(was, rows=was.rows + fact.rows)
        case ImportCommitted():
            return was and replace(was, committed=True)
        case ImportRevoked():
            return was and replace(was, revoked=True)
    return was


def void(id: UUID, org: Organisation | None, facts: int, hanging: Dependants | None, codes: Mapping[UUID, Code | None], held: Sequence[UUID],
         today: date) -> dict[UUID, list[Fact]]:
    """It never was. Refused where anything hangs on it. `facts`: how many of its stream the batch did not record; `held`: posts in cadre."""
    if org is None or org.state == "voided" or not org.established_on:
        return {}
    there = {k for k, h in hanging_of.of(hanging).all.items() if h.until is None}
    if facts or there or held:
        raise refused("import_organisation_used", "organisation", n=facts + len(there) + len(held))
    made: dict[UUID, list[Fact]] = {id: [SeatAbolished(seat=s.seat, effective=day) for day, seats in org.plans for s in seats]}
    if org.code:
        since = org.coded_on or today
        made[id].append(DivisionReleased(code=org.code, effective=since))
        claim = codes_of.stream(DIVISION, org.code)
        made[claim] = [*codes_of.release(codes.get(claim), id, since)]
    made[id].append(OrganisationVoided(why="import revoked"))
    if org.parent:
        made[hanging_of.stream(org.parent)] = [DependantReleased(dependant=id, effective=org.established_on)]
    return made


class NamedOrganisation(Protocol):
    """An organisation by its names."""

    @property
    def id(self) -> UUID: ...
    @property
    def full_name(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def division(self) -> str | None: ...
    @property
    def parent(self) -> UUID | None: ...
    @property
    def closed_on(self) -> date | None: ...


class NamesIn:
    """The organisations of an area by name, and those that the batch's earlier rows add."""

    def __init__(self, some: Iterable[NamedOrganisation], near: Callable[[str, Sequence[str]], str | None]) -> None:
        self.near = near
        self.by_name: dict[str, list[NamedOrganisation]] = defaultdict(list)
        for o in some:
            self.add(o)

    def add(self, o: NamedOrganisation) -> None:
        if o.closed_on is None:
            for name in dict.fromkeys(n for n in (o.full_name, o.short_name, o.division, ENDING.sub("", o.full_name)) if n):
                self.by_name[name].append(o)

    def exact(self, full_name: str) -> NamedOrganisation | None:
        return next((o for o in self.by_name.get(full_name, ()) if o.full_name == full_name), None)

    def find(self, name: str) -> NamedOrganisation:
        some = self.by_name.get(name) or self.by_name.get(ENDING.sub("", name)) or []
        exact = [o for o in some if o.full_name == name] or some
        if len({o.id for o in exact}) == 1:
            return exact[0]
        if exact:
            raise refused("import_parent_ambiguous", "parent", name=name[:40], names="、".join(sorted(o.full_name for o in exact)[:4]))
        near = self.near(name, list(self.by_name))
        raise refused("import_parent_unknown", "parent", name=name[:40], near=near or "—")
