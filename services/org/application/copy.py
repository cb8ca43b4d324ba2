"""What the use cases of org ask of its copies."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from services.org.domain.ballot import OwnPeriod
from services.org.domain.names import NamedOrganisation
from services.org.domain.reelection import Known

__all__ = ["Copy"]


class Copy(Protocol):
    """What org knows at a glance from its own facts, and from cadre's."""

    def called(self, area: UUID, day: date) -> Sequence[NamedOrganisation]:
        """The organisations of an area by their names."""

    def posts_ever(self, organisation: UUID) -> Sequence[UUID]:
        """Appointments that cadre has or had in an organisation."""

    def people(self, ids: Sequence[UUID]) -> Mapping[UUID, Known]:
        """Those of them that are registered."""

    def own_periods(self, organisation: UUID, day: date) -> Sequence[OwnPeriod]:
        """Deputies in office on that day, and beyond it by a period of their own."""
