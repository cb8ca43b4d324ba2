"""The facts of the topic library (课题库): the published contract of `lecture`."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.fact import Fact

__all__ = [
    "AudienceLevel",
    "TopicAccepted",
    "TopicCategory",
    "TopicDrafted",
    "TopicRetired",
    "TopicReturned",
    "TopicRevised",
    "TopicSubmitted",
    "TopicTrialGiven",
]

# the six named courses of source 002 (V3) and the rest
TopicCategory = Literal[
    "family_education", "economy_statistics", "outdoor_rescue", "first_aid", "family_mediation", "marriage_family_law", "other"
]
AudienceLevel = Literal["province", "city", "county", "township", "village"]


class TopicDrafted(Fact, name="lecture.TopicDrafted", of="Topic"):
    """`organisation` is the federation whose library it is meant for; `lecturer` the volunteer's cadre record, if she has one."""

    title: str
    category: TopicCategory
    outline: str
    minutes: int
    audience_level: AudienceLevel
    organisation: UUID
    lecturer: UUID | None = None
    drafted_on: date


class TopicSubmitted(Fact, name="lecture.TopicSubmitted", of="Topic"):
    submitted_on: date


class TopicTrialGiven(Fact, name="lecture.TopicTrialGiven", of="Topic"):
    """试讲: `ratings` counts the answers, `mean_rating` is of 1 to 5."""

    given_on: date
    ratings: int
    mean_rating: float


class TopicAccepted(Fact, name="lecture.TopicAccepted", of="Topic"):
    """In the library (入库) from a date."""

    accepted_on: date


class TopicReturned(Fact, name="lecture.TopicReturned", of="Topic"):
    """Back to the author for polishing (退回修改)."""

    returned_on: date
    why: str


class TopicRevised(Fact, name="lecture.TopicRevised", of="Topic"):
    """New text. None: unchanged. An accepted topic stays in the library."""

    effective: date
    title: str | None = None
    outline: str | None = None
    minutes: int | None = None
    audience_level: AudienceLevel | None = None


class TopicRetired(Fact, name="lecture.TopicRetired", of="Topic"):
    effective: date
    why: str
