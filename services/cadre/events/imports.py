"""An import batch: one workbook taken into cadre row by row, and taken back whole."""
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.fact import Fact

__all__ = ["ImportCommitted", "ImportKind", "ImportRevoked", "ImportRowsApplied", "ImportStarted", "ImportedRow"]

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


class ImportCommitted(Fact, name="cadre.ImportCommitted", of="ImportBatch"):
    """All rows are in. `refused`: rows that a rule refused and that were left out."""

    applied: int
    refused: int


class ImportRevoked(Fact, name="cadre.ImportRevoked", of="ImportBatch"):
    """What the batch said never was so."""

    why: str
    rows: int
