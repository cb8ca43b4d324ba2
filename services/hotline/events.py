"""The facts of reception shifts (值班接访) on line 12338: the published contract of `hotline`."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from shared.fact import Fact

__all__ = ["ShiftCancelled", "ShiftCompleted", "ShiftScheduled"]


class ShiftScheduled(Fact, name="hotline.ShiftScheduled", of="Shift"):
    """`operator` and `executive` are cadre records; the executive may be named at the end instead."""

    organisation: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    operator: UUID | None = None
    executive: UUID | None = None


class ShiftCompleted(Fact, name="hotline.ShiftCompleted", of="Shift"):
    """Counts only: nothing about a caller is in a shift. `executive` is who did the reception duty (C7)."""

    organisation: UUID
    executive: UUID | None
    worked_on: date
    minutes: int
    calls: int
    visits: int


class ShiftCancelled(Fact, name="hotline.ShiftCancelled", of="Shift"):
    cancelled_on: date
    why: str
