"""Eligible units (应建单位): what should have a women's organisation, the denominator of R01."""
from datetime import date
from typing import Literal
from uuid import UUID

from shared.fact import Fact

__all__ = ["Affiliation", "EligibleUnitClosed", "EligibleUnitCorrected", "EligibleUnitDetailsChanged", "EligibleUnitExempted",
           "EligibleUnitListed", "EligibleUnitOrganised", "EligibleUnitQualified", "EligibleUnitUncovered", "EligibleUnitsMerged", "Field", "Level"]

Level = Literal["province", "city", "county", "township", "village"]
Field = Literal["area", "organ", "institution", "enterprise", "school", "new_economic", "new_social", "new_employment_group", "other"]
Affiliation = Literal["local", "stationed", "vertical"]


class EligibleUnitListed(Fact, name="org.EligibleUnitListed", of="EligibleUnit"):
    """A unit enters the list on a date. `area` is the federation in whose area it lies; an area unit is a division itself."""

    unit_name: str
    level: Level
    field: Field
    area: UUID
    affiliation: Affiliation = "local"  # 驻区单位 = stationed
    rank: str | None = None  # 行政级别, as the paper says
    women: int | None = None
    listed_on: date


class EligibleUnitQualified(Fact, name="org.EligibleUnitQualified", of="EligibleUnit"):
    qualified_on: date


class EligibleUnitDetailsChanged(Fact, name="org.EligibleUnitDetailsChanged", of="EligibleUnit"):
    effective: date
    unit_name: str | None = None
    field: Field | None = None
    affiliation: Affiliation | None = None
    rank: str | None = None
    women: int | None = None
    area: UUID | None = None


class EligibleUnitExempted(Fact, name="org.EligibleUnitExempted", of="EligibleUnit"):
    exempt_from: date
    why: str


class EligibleUnitOrganised(Fact, name="org.EligibleUnitOrganised", of="EligibleUnit"):
    """An organisation covers the unit from a date; a joint organisation covers several."""

    organisation: UUID
    organised_on: date


class EligibleUnitUncovered(Fact, name="org.EligibleUnitUncovered", of="EligibleUnit"):
    """Its organisation ended, or covers it no longer: the unit is a gap again."""

    organisation: UUID
    effective: date


class EligibleUnitClosed(Fact, name="org.EligibleUnitClosed", of="EligibleUnit"):
    closed_on: date
    why: str


class EligibleUnitsMerged(Fact, name="org.EligibleUnitsMerged", of="EligibleUnit"):
    """This unit went into another."""

    into: UUID
    merged_on: date


class EligibleUnitCorrected(Fact, name="org.EligibleUnitCorrected", of="EligibleUnit"):
    """`corrects` (an event id: any earlier fact of this unit) said it wrong. `on`: the right day of that fact; the rest: the right details of a
    listing or a change. None: as it was. `void`: what `corrects` said never was so. `corrects_version`: that event's number in this stream."""

    corrects: UUID
    corrects_version: int
    on: date | None = None
    unit_name: str | None = None
    level: Level | None = None
    field: Field | None = None
    area: UUID | None = None
    affiliation: Affiliation | None = None
    rank: str | None = None
    women: int | None = None
    void: bool = False
