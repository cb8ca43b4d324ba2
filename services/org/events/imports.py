"""An import batch: one workbook of organisations taken into org row by row, and taken back whole."""
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.fact import Fact

__all__ = ["ImportCommitted", "ImportRevoked", "ImportRowsApplied", "ImportStarted", "ImportedOrganisation", "ImportedUnit", "OrganisationVoided"]


class OrganisationVoided(Fact, name="org.OrganisationVoided", of="Organisation"):
    """It never was: the batch that entered it was taken back."""

    why: str


class ImportStarted(Fact, name="org.ImportStarted", of="ImportBatch"):
    """`organisation`: the area it is about. `digest` stands for the verdicts that were shown; `only`: all rows or the good ones."""

    organisation: UUID
    filename: str
    sha256: str
    rows: int
    only: Literal["all", "good"]
    uploaded_by: str
    digest: str


class ImportedOrganisation(BaseModel):
    """`row`: sheet and line."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    row: str
    organisation: UUID


class ImportedUnit(BaseModel):
    """`row`: sheet and line."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    row: str
    unit: UUID


class ImportRowsApplied(Fact, name="org.ImportRowsApplied", of="ImportBatch"):
    """These rows were recorded in the same append."""

    rows: tuple[ImportedOrganisation, ...]
    units: tuple[ImportedUnit, ...] = ()  # of a list of eligible units


class ImportCommitted(Fact, name="org.ImportCommitted", of="ImportBatch"):
    """All rows are in. `refused`: rows that a rule refused and that were left out."""

    applied: int
    refused: int


class ImportRevoked(Fact, name="org.ImportRevoked", of="ImportBatch"):
    """What the batch said never was so."""

    why: str
    rows: int
