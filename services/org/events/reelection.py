"""The re-election case (换届): plan, request, permit, congress, result, approval, filing, close."""
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.org.events.organisation import Engagement, Role
from shared.fact import Fact

__all__ = ["Ballot", "Candidate", "CongressHeld", "ElectionResultApproved", "ElectionResultReported", "ElectionResultReturned",
           "ReelectionCancelled", "ReelectionClosed", "ReelectionPermitted", "ReelectionPlanned", "ReelectionRefused",
           "ReelectionRequested", "ResultFiled", "Winner"]


class Ballot(BaseModel):
    """The figures of one vote: persons entitled and present, papers issued, returned and valid."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    entitled: int
    present: int
    issued: int
    returned: int
    valid: int


class Candidate(BaseModel):
    """One candidate's ballot for one seat: 赞成, 反对, 弃权, 另选 (votes for somebody else in her place)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    person: UUID
    seat: UUID
    role: Role
    engagement: Engagement
    favour: int
    against: int = 0
    abstain: int = 0
    write_in: int = 0
    elected: bool = True


class Winner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    person: UUID
    seat: UUID
    role: Role
    engagement: Engagement
    appointment: UUID


class ReelectionPlanned(Fact, name="org.ReelectionPlanned", of="Reelection", version=2):
    """`term` is the running one that it will end (none for a first election); `batch` groups a township's villages.

    `planned_on`: the day it was planned; `congress_on`: when the congress is meant to be held, if that is known.
    """

    organisation: UUID
    term: UUID | None
    planned_on: date
    batch: UUID | None = None
    congress_on: date | None = None


class ReelectionRequested(Fact, name="org.ReelectionRequested", of="Reelection"):
    requested_on: date
    requested_by: tuple[str, ...] = ()


class ReelectionPermitted(Fact, name="org.ReelectionPermitted", of="Reelection"):
    permitted_on: date


class ReelectionRefused(Fact, name="org.ReelectionRefused", of="Reelection"):
    refused_on: date
    why: str


class CongressHeld(Fact, name="org.CongressHeld", of="Reelection"):
    """Ballot figures of K4, all counts of persons or papers. Said again before the approval, because they were entered wrong, it takes the place
    of what was said before, and the result is reported anew."""

    form: Literal["congress", "general_meeting", "executive_plenary"]
    held_on: date
    entitled: int
    present: int
    issued: int
    returned: int
    valid: int


class ElectionResultReported(Fact, name="org.ElectionResultReported", of="Reelection"):
    """`plenary`: the new executives' own vote on chair, vice-chairs and standing members, where they and not the congress elect these. `leaving`: of
    the part-time and seconded deputies whose own period runs on, the appointments that end all the same; None: all end, as before it could be
    said."""

    candidates: tuple[Candidate, ...]
    reported_on: date
    plenary: Ballot | None = None
    reported_by: tuple[str, ...] = ()
    leaving: tuple[UUID, ...] | None = None


class ElectionResultReturned(Fact, name="org.ElectionResultReturned", of="Reelection"):
    """The superior does not approve it as reported; it is reported again."""

    returned_on: date
    why: str


class ElectionResultApproved(Fact, name="org.ElectionResultApproved", of="Reelection"):
    """`term` is the new one; it starts on the congress date. `appointment` ids of the winners are derived, so cadre starts each once; one who was
    proposed for her office is appointed by her proposal, which keeps its own. `leaving`: as reported."""

    organisation: UUID
    term: UUID
    outgoing_term: UUID | None
    starts_on: date
    approved_on: date
    winners: tuple[Winner, ...]
    leaving: tuple[UUID, ...] | None = None


class ResultFiled(Fact, name="org.ResultFiled", of="Reelection"):
    filed_with: Literal["party_org_department", "superior_federation"]
    filed_on: date


class ReelectionClosed(Fact, name="org.ReelectionClosed", of="Reelection"):
    closed_on: date


class ReelectionCancelled(Fact, name="org.ReelectionCancelled", of="Reelection"):
    cancelled_on: date
    why: str
