"""The claim on a seat: its dated holders within its capacity."""
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.fact import Fact

__all__ = ["Hold", "SeatFreed", "SeatHeld", "SeatOpened"]


class Hold(BaseModel):
    """One place of the seat, taken over [starts_on, until). While she is `away` (suspended) somebody acting may take her place."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    appointment: UUID
    person: UUID
    starts_on: date
    until: date | None = None
    acting: bool = False
    away: tuple[tuple[date, date | None], ...] = ()


class SeatHeld(Hold, Fact, name="cadre.SeatHeld", of="SeatClaim"):
    """An appointment holds one place of the seat over [starts_on, until). A second one for the same appointment replaces the first."""


class SeatOpened(Fact, name="cadre.SeatOpened", of="SeatClaim"):
    """First load: many holders of one seat at once. A later fact about the same appointment replaces its hold."""

    holds: tuple[Hold, ...]


class SeatFreed(Fact, name="cadre.SeatFreed", of="SeatClaim"):
    """The appointment's hold is gone altogether (cancelled, voided)."""

    appointment: UUID
