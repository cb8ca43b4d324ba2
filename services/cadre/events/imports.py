"""An import batch: one workbook taken into cadre row by row, and taken back whole."""
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.fact import Fact

__all__ = ["ImportCommitted", "ImportKind", "ImportRevoked", "ImportRowsApplied", "ImportStarted", "ImportedRow", "TeamRenewed",
           "TeamRestored"]

ImportKind = Literal["roster", "opening", "profiles"]


class ImportStarted(Fact, name="cadre.ImportStarted", of="ImportBatch"):
    """`organisation`: the area it is about. `digest` stands for the verdicts that were shown; `only`: all rows or the good ones.
    `authority` and `decided_on`: the Party organisation's decision on the whole roster."""

    kind: ImportKind
    organisation: UUID
    filename: str
    sha256: str
    rows: int
    only: Literal["all", "good"]
    uploaded_by: str
    digest: str
    authority: str | None = None
    decided_on: str | None = None


class ImportedRow(BaseModel):
    """`row`: sheet and line; what it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    row: str
    person: UUID
    appointments: tuple[UUID, ...] = ()


class ImportRowsApplied(Fact, name="cadre.ImportRowsApplied", of="ImportBatch"):
    """These rows were recorded in the same append."""

    rows: tuple[ImportedRow, ...]


class TeamRenewed(Fact, name="cadre.TeamRenewed", of="ImportBatch"):
    """An organisation's term was over, and the roster's rows are its new team, in office from the day of the congress on; org starts `term`
    after `former`. `outgoing`: the appointments that ended that day; `stays`: those whose own period runs on."""

    organisation: UUID
    term: UUID
    former: UUID
    elected_on: date
    outgoing: tuple[UUID, ...] = ()
    stays: tuple[UUID, ...] = ()


class TeamRestored(Fact, name="cadre.TeamRestored", of="ImportBatch"):
    """The roster was taken back: the outgoing team never left, and org takes back `term`."""

    organisation: UUID
    term: UUID
    former: UUID


class ImportCommitted(Fact, name="cadre.ImportCommitted", of="ImportBatch"):
    """All rows are in. `refused`: rows that a rule refused and that were left out."""

    applied: int
    refused: int


class ImportRevoked(Fact, name="cadre.ImportRevoked", of="ImportBatch"):
    """What the batch said never was so."""

    why: str
    rows: int
