"""Organisations from the province down to every village, their seats, names, codes and lineage."""
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.org.events.unit import Field, Level
from shared.fact import Fact

__all__ = ["AreaKind", "CreditCodeAssigned", "DivisionAssigned", "DivisionReleased", "Engagement", "FormationMode", "OrgType", "OrganisationAbsorbed",
           "OrganisationConverted", "OrganisationCorrected", "OrganisationDetailsChanged", "OrganisationDissolved", "OrganisationEstablished",
           "OrganisationMoved", "OrganisationProposalWithdrawn", "OrganisationProposed", "OrganisationSplitOff",
           "OrganisationUnitAdded", "OrganisationUnitReleased", "OrganisationsMerged", "Role", "Seat", "SeatAbolished", "SeatsDefined"]

OrgType = Literal["federation", "organ_committee", "working_committee", "women_group", "micro_home", "women_congress_org", "group_member"]
AreaKind = Literal["urban", "rural"]
FormationMode = Literal["standalone", "joint", "industry", "area", "village_fallback", "online"]
Role = Literal["chair", "vice_chair", "standing_member", "executive_member", "director", "deputy_director", "member", "staff"]
Engagement = Literal["full_time", "part_time", "seconded"]


class Seat(BaseModel):
    """A post of an organisation: `capacity` persons may hold it at once. No engagement: any."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seat: UUID
    role: Role
    capacity: int
    engagement: Engagement | None = None


class OrganisationProposed(Fact, name="org.OrganisationProposed", of="Organisation"):
    """Proposed by `parent`'s area; `units` are the eligible units it will cover. `full_name` and `short_name` as K17."""

    full_name: str
    short_name: str
    org_type: OrgType
    level: Level
    parent: UUID | None
    area_kind: AreaKind | None = None
    field: Field = "area"
    formation_mode: FormationMode = "standalone"
    units: tuple[UUID, ...] = ()
    proposed_on: date
    proposed_by: tuple[str, ...] = ()  # the accounts behind it: none of them may approve it
    out_of: UUID | None = None  # a split: what it comes out of


class OrganisationProposalWithdrawn(Fact, name="org.OrganisationProposalWithdrawn", of="Organisation"):
    withdrawn_on: date
    why: str


class OrganisationEstablished(Fact, name="org.OrganisationEstablished", of="Organisation"):
    """Approved and active from a date; the approval is among the event's documents. `opening`: first load, without the trail."""

    established_on: date
    opening: bool = False


class OrganisationDetailsChanged(Fact, name="org.OrganisationDetailsChanged", of="Organisation"):
    """Names or attributes from a date on; the old ones stay readable as of earlier dates. None: unchanged."""

    effective: date
    full_name: str | None = None
    short_name: str | None = None
    area_kind: AreaKind | None = None
    field: Field | None = None
    formation_mode: FormationMode | None = None


class OrganisationMoved(Fact, name="org.OrganisationMoved", of="Organisation"):
    parent: UUID
    effective: date


class OrganisationCorrected(Fact, name="org.OrganisationCorrected", of="Organisation"):
    """`corrects` (an event id: a proposal, establishment, change, move or code of this organisation, or an earlier correction) said it wrong.
    None: as it was. `void`: what `corrects` said never was so. `corrects_version`: that event's number in this stream. The rest bears the names of
    the fact it corrects."""

    corrects: UUID
    corrects_version: int
    effective: date | None = None
    established_on: date | None = None
    full_name: str | None = None
    short_name: str | None = None
    area_kind: AreaKind | None = None
    field: Field | None = None
    formation_mode: FormationMode | None = None
    parent: UUID | None = None
    code: str | None = None
    division_name: str | None = None
    void: bool = False


class DivisionAssigned(Fact, name="org.DivisionAssigned", of="Organisation"):
    """A division code (统计用区划代码, 12 digits) and its name, from a date: codes are dated aliases, never ids."""

    code: str
    division_name: str
    effective: date


class DivisionReleased(Fact, name="org.DivisionReleased", of="Organisation"):
    """The code no longer stands for this organisation."""

    code: str
    effective: date


class CreditCodeAssigned(Fact, name="org.CreditCodeAssigned", of="Organisation"):
    """A 统一社会信用代码 (18 characters) from a date; None: it bears none any more."""

    code: str | None
    effective: date


class OrganisationsMerged(Fact, name="org.OrganisationsMerged", of="Organisation"):
    """This organisation ended by going into another."""

    into: UUID
    effective: date


class OrganisationUnitAdded(Fact, name="org.OrganisationUnitAdded", of="Organisation"):
    """It covers one more eligible unit."""

    unit: UUID
    effective: date


class OrganisationUnitReleased(Fact, name="org.OrganisationUnitReleased", of="Organisation"):
    """It covers this unit no longer: the unit closed, went into another or to another organisation, or never was its."""

    unit: UUID
    effective: date


class OrganisationAbsorbed(Fact, name="org.OrganisationAbsorbed", of="Organisation"):
    """The other end of a merger: `absorbed` went into this organisation, which covers its units from now on."""

    absorbed: UUID
    units: tuple[UUID, ...] = ()
    effective: date


class OrganisationSplitOff(Fact, name="org.OrganisationSplitOff", of="Organisation"):
    """This organisation came out of another."""

    out_of: UUID
    effective: date


class OrganisationConverted(Fact, name="org.OrganisationConverted", of="Organisation"):
    """会改联: this 妇代会 ended and `into` continues it."""

    into: UUID
    effective: date


class OrganisationDissolved(Fact, name="org.OrganisationDissolved", of="Organisation"):
    effective: date
    why: str


class SeatsDefined(Fact, name="org.SeatsDefined", of="Organisation"):
    """The whole seat plan from a date on."""

    seats: tuple[Seat, ...]
    effective: date


class SeatAbolished(Fact, name="org.SeatAbolished", of="Organisation"):
    seat: UUID
    effective: date
