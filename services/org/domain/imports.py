"""An import batch of organisations, and what takes a row back."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.org.domain import code as codes_of
from services.org.domain import dependants as hanging_of
from services.org.domain.code import CREDIT, DIVISION, Code
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.events import (
    DependantReleased,
    DependantVoided,
    DivisionReleased,
    ImportCommitted,
    ImportedOrganisation,
    ImportedUnit,
    ImportRevoked,
    ImportRowsApplied,
    ImportStarted,
    OrganisationVoided,
    SeatAbolished,
    TermVoided,
)
from shared.fact import Fact, derive

__all__ = ["ImportBatch", "commit", "evolve", "revoke", "rows_applied", "start", "term_of", "void"]


@dataclass(frozen=True)
class ImportBatch:
    started: ImportStarted
    rows: tuple[ImportedOrganisation, ...] = ()
    units: tuple[ImportedUnit, ...] = ()
    committed: bool = False
    revoked: bool = False


def start(was: ImportBatch | None, started: ImportStarted) -> list[Fact]:
    if was and was.started.digest != started.digest:
        raise refused("import_exists", "id")
    return [] if was else [started]


def rows_applied(was: ImportBatch | None, rows: Sequence[ImportedOrganisation], units: Sequence[ImportedUnit] = ()) -> list[Fact]:
    known = {*(r.row for r in was.rows), *(u.row for u in was.units)} if was else set()
    new, listed = tuple(r for r in rows if r.row not in known), tuple(u for u in units if u.row not in known)
    return [ImportRowsApplied(rows=new, units=listed)] if new or listed else []


def commit(was: ImportBatch | None, applied: int, refused_rows: int) -> list[Fact]:
    return [] if was and was.committed else [ImportCommitted(applied=applied, refused=refused_rows)]


def revoke(was: ImportBatch | None, why: str) -> list[Fact]:
    if was is None:
        raise refused("import_unknown", "id")
    return [] if was.revoked else [ImportRevoked(why=why, rows=len(was.rows) + len(was.units))]


def evolve(was: ImportBatch | None, fact: Fact) -> ImportBatch | None:
    match fact:
        case ImportStarted():
            return ImportBatch(fact)
        case ImportRowsApplied():
            return was and replace(was, rows=was.rows + fact.rows, units=was.units + fact.units)
        case ImportCommitted():
            return was and replace(was, committed=True)
        case ImportRevoked():
            return was and replace(was, revoked=True)
    return was


def term_of(id: UUID) -> UUID:
    """The term that a row brings along."""
    return derive(id, "term")


def void(id: UUID, org: Organisation | None, facts: int, hanging: Dependants | None, codes: Mapping[UUID, Code | None], held: Sequence[UUID],
         batch: UUID, today: date) -> dict[UUID, list[Fact]]:
    """It never was, nor its term. Refused where anything hangs on it. `facts`: how many of its stream and its term's the batch did not record;
    `held`: posts in cadre."""
    if org is None or org.state == "voided" or not org.established_on:
        return {}
    own = {k for k, h in hanging_of.of(hanging).all.items() if k == term_of(id) and h.until is None}
    there = {k for k, h in hanging_of.of(hanging).all.items() if h.until is None} - own
    if facts or there or held:
        raise refused("import_organisation_used", "organisation", n=facts + len(there) + len(held))
    made: dict[UUID, list[Fact]] = {term: [TermVoided(roster=batch)] for term in own}
    made |= {hanging_of.stream(id): [DependantVoided(dependant=term)] for term in own}
    made |= {id: [SeatAbolished(seat=s.seat, effective=day) for day, seats in org.plans for s in seats]}
    if org.code:
        since = org.coded_on or today
        made[id].append(DivisionReleased(code=org.code, effective=since))
        claim = codes_of.stream(DIVISION, org.code)
        made[claim] = [*codes_of.release(codes.get(claim), id, since)]
    if org.credit_code:
        claim = codes_of.stream(CREDIT, org.credit_code)
        made[claim] = [*codes_of.release(codes.get(claim), id, org.credited_on or today)]
    made[id].append(OrganisationVoided(why="import revoked"))
    if org.parent:
        made[hanging_of.stream(org.parent)] = [DependantReleased(dependant=id, effective=org.established_on)]
    return made
