"""What the use cases of org ask of its copies."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from services.org.domain.ballot import OwnPeriod
from services.org.domain.names import NamedOrganisation
from services.org.domain.reelection import Known
from services.org.events import Affiliation, Field, Level

__all__ = ["Copy", "NamedUnit"]


class NamedUnit(NamedTuple):
    """An eligible unit as it stands today."""

    id: UUID
    unit_name: str
    level: Level
    field: Field
    area: UUID
    affiliation: Affiliation
    rank: str | None
    women: int | None
    state: str
    organisation: UUID | None


class Copy(Protocol):
    """What org knows at a glance from its own facts, and from cadre's."""

    def called(self, area: UUID, day: date) -> Sequence[NamedOrganisation]:
        """The organisations of an area by their names."""

    def units_in(self, areas: Sequence[UUID]) -> Sequence[NamedUnit]:
        """The eligible units that lie in these areas."""

    def posts_ever(self, organisation: UUID) -> Sequence[UUID]:
        """Appointments that cadre has or had in an organisation."""

    def people(self, ids: Sequence[UUID]) -> Mapping[UUID, Known]:
        """Those of them that are registered."""

    def own_periods(self, organisation: UUID, day: date) -> Sequence[OwnPeriod]:
        """Deputies in office on that day, and beyond it by a period of their own."""
