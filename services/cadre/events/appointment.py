"""Appointments: one person in one seat, from one day until another [from, until)."""
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.cadre.events.person import Precision
from shared.fact import Fact

__all__ = [
    "AppointmentApproved",
    "AppointmentCancelled",
    "AppointmentCorrected",
    "AppointmentDueSoon",
    "AppointmentElected",
    "AppointmentEnded",
    "AppointmentLapsed",
    "AppointmentPartyReviewed",
    "AppointmentProposed",
    "AppointmentPublicised",
    "AppointmentRejected",
    "AppointmentResumed",
    "AppointmentStarted",
    "AppointmentSuspended",
    "AppointmentTookEffect",
    "AppointmentWithdrawn",
    "ElectingBody",
    "EndReason",
    "Engagement",
    "Mode",
    "Post",
    "PublicityEnded",
    "ReactionRefused",
    "Role",
    "Step",
]

ElectingBody = Literal["congress", "executive_committee"]
Engagement = Literal["full_time", "part_time", "seconded"]
Role = Literal["chair", "vice_chair", "standing_member", "executive_member", "director", "deputy_director", "member", "staff"]
Mode = Literal["elected", "appointed", "substitution", "co_option", "additional_election", "by_election",
               "concurrent", "seconded", "acting"]
Step = Literal["party", "publicity", "election", "approval"]
EndReason = Literal["term_expired", "transferred", "resigned", "retired", "removed", "relieved_on_transfer",
                    "seat_abolished", "died", "reelected_elsewhere", "left_province", "expelled"]


class Post(BaseModel):
    """Who in which seat of which organisation, how. `role` repeats the seat's so that a reader needs no second log."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    person: UUID
    organisation: UUID
    seat: UUID
    role: Role
    engagement: Engagement
    mode: Mode
    term: UUID | None = None


class AppointmentProposed(Fact, name="cadre.AppointmentProposed", of="Appointment"):
    """拟任. `until` only for `acting` and `seconded`. `route`: the steps its seat type demanded then; `warnings`: codes that were shown."""

    post: Post
    starts_on: date
    until: date | None = None
    proposed_by: str | None = None
    route: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()


class AppointmentPartyReviewed(Fact, name="cadre.AppointmentPartyReviewed", of="Appointment"):
    """党组织审定, entered from the paper by somebody other than the proposer."""

    agreed: bool
    decided_on: date
    authority: str
    entered_by: str | None = None


class AppointmentPublicised(Fact, name="cadre.AppointmentPublicised", of="Appointment"):
    from_on: date
    until: date  # first day after; at least five working days [P27]


class PublicityEnded(Fact, name="cadre.PublicityEnded", of="Appointment"):
    ended_on: date
    objections: int


class AppointmentElected(Fact, name="cadre.AppointmentElected", of="Appointment"):
    """Elected or passed by the executive committee, for modes that need it. `reelection`: said by the approval of that result."""

    elected_on: date
    body: ElectingBody = "executive_committee"
    entered_by: str | None = None
    reelection: UUID | None = None


class AppointmentApproved(Fact, name="cadre.AppointmentApproved", of="Appointment"):
    approved_on: date
    approved_by: str | None = None


class AppointmentRejected(Fact, name="cadre.AppointmentRejected", of="Appointment"):
    rejected_on: date
    why: str
    rejected_by: str | None = None


class AppointmentWithdrawn(Fact, name="cadre.AppointmentWithdrawn", of="Appointment"):
    """Taken back before it was approved."""

    withdrawn_on: date
    why: str


class AppointmentStarted(Fact, name="cadre.AppointmentStarted", of="Appointment"):
    """In office from `starts_on`; it may lie ahead (`AppointmentTookEffect` follows) or back (`back_dated`, its reason in the envelope).
    `reelection`: started by the approval of that result. `opening`: first load, `until` known for past posts, precision as on paper.
    `ahead`: the start lay in the future when it was recorded. `warnings`: codes that were shown. `newly` (是否新任) and `note` (备注): as the
    paper says; None: it does not."""

    post: Post
    starts_on: date
    until: date | None = None
    precision: Precision = "day"
    newly: bool | None = None
    note: str | None = None
    back_dated: bool = False
    reelection: UUID | None = None
    opening: bool = False
    source: str | None = None
    ahead: bool = False
    warnings: tuple[str, ...] = ()


class AppointmentTookEffect(Fact, name="cadre.AppointmentTookEffect", of="Appointment"):
    """The clock: the future start has come."""

    starts_on: date


class AppointmentCancelled(Fact, name="cadre.AppointmentCancelled", of="Appointment"):
    """Called off before it took effect: it never was."""

    cancelled_on: date
    why: str


class AppointmentSuspended(Fact, name="cadre.AppointmentSuspended", of="Appointment"):
    effective: date
    why: str


class AppointmentResumed(Fact, name="cadre.AppointmentResumed", of="Appointment"):
    effective: date


class AppointmentEnded(Fact, name="cadre.AppointmentEnded", of="Appointment"):
    """Not in office on `effective` any more; it may lie ahead (`AppointmentLapsed` follows). Seat and organisation repeat the post's."""

    effective: date
    end_reason: EndReason
    organisation: UUID
    seat: UUID
    person: UUID
    term: UUID | None = None
    reelection: UUID | None = None
    back_dated: bool = False
    ahead: bool = False


class AppointmentDueSoon(Fact, name="cadre.AppointmentDueSoon", of="Appointment"):
    """The clock: an acting or seconded appointment ends within so many days."""

    days: int
    until: date


class AppointmentLapsed(Fact, name="cadre.AppointmentLapsed", of="Appointment"):
    """The clock: the future end, or the end of an acting period, has come."""

    ended_on: date


class AppointmentCorrected(Fact, name="cadre.AppointmentCorrected", of="Appointment"):
    """`corrects` (an event id: the start, the end, or an earlier correction of either) said it wrong. None: as it was.
    `void`: what `corrects` said never was so. `corrects_version`: that event's number in this stream. `ahead`: the day it gives lay in the future
    when it was recorded, so the clock says when it has come."""

    corrects: UUID
    corrects_version: int | None = None
    starts_on: date | None = None
    until: date | None = None  # of a start
    effective: date | None = None  # of an end
    end_reason: EndReason | None = None
    post: Post | None = None
    void: bool = False
    ahead: bool = False


class ReactionRefused(Fact, name="cadre.ReactionRefused", of="Reaction"):
    """`policy` answered the event `cause` (of `source`) with a command about `target`, and the rule `code` said no. It stands on a work list
    until somebody has settled it."""

    policy: str
    source: str
    cause: UUID
    target: UUID  # the appointment that was to start or end
    code: str
    message_zh: str
    message_en: str
    organisation: UUID
    person: UUID | None = None
