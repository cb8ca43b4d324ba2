"""People (干部, executives and villagers who are no officials included): registration, profile, certificates."""
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.fact import Fact, Personal

__all__ = ["CadreDeparted", "CadreDepartureWithdrawn", "CadreProfileChanged", "CadreProfileCorrected", "CadreRegistered", "CadreReturned",
           "CadresMerged", "CertificateIssued", "Degree", "Departure", "Political", "Precision", "Profile", "SealedRecordOpened", "Staffing"]

Precision = Literal["day", "month", "year"]
Degree = Literal["postgraduate", "bachelor", "associate", "secondary", "junior_or_below"]
Political = Literal["cpc", "cyl", "democratic_party", "masses"]  # 中共党员 (incl. probationary), 共青团员, 民主党派, 群众
Departure = Literal["died", "left_province", "expelled"]
Staffing = Literal["administrative", "institution", "contract", "other"]


class Profile(BaseModel):
    """What the rosters and R10-R12 show of a person. None in a change: unchanged. Open data; everything else about her is Personal."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    person_name: str | None = None
    sex: Literal["female", "male"] | None = None
    ethnicity: str | None = None
    born_on: date | None = None
    born_precision: Precision | None = None
    political: Political | None = None
    degree: Degree | None = None
    staffing: Staffing | None = None
    employer_and_post: str | None = None  # 工作单位及职务
    population: Literal["federation_cadre", "system_worker", "lay"] | None = None  # K11
    in_two_committees: bool | None = None  # 进“两委”: in one of the next two at least; papers often do not say in which
    in_party_branch_committee: bool | None = None
    in_villagers_committee: bool | None = None
    holds_both_posts: bool | None = None  # 一肩挑: secretary of the Party branch and head of the villagers' committee

    @property
    def in_either(self) -> bool | None:
        """进“两委”: as said, else what is said of each of the two comes to."""
        each = (self.in_party_branch_committee, self.in_villagers_committee)
        return self.in_two_committees if self.in_two_committees is not None or each == (None, None) else any(each)


class CadreRegistered(Fact, name="cadre.CadreRegistered", of="Cadre"):
    """`home` is the organisation whose office keeps her record. `opening`: first load; `source` names file, sheet and row then."""

    profile: Profile
    home: UUID
    id_number: Personal[str] | None = None
    phone: Personal[str] | None = None
    opening: bool = False
    source: str | None = None
    warnings: tuple[str, ...] = ()


class CadreProfileChanged(Fact, name="cadre.CadreProfileChanged", of="Cadre"):
    """True from `effective` on; before that the old values were right. `warnings`: codes that were shown."""

    profile: Profile
    effective: date
    home: UUID | None = None
    id_number: Personal[str] | None = None
    phone: Personal[str] | None = None
    warnings: tuple[str, ...] = ()


class CadreProfileCorrected(Fact, name="cadre.CadreProfileCorrected", of="Cadre"):
    """`corrects` (an event id) said it wrong from its own date on: these are the right values. Nothing is erased.
    `void`: what `corrects` said never was so; of a registration: there is no such record. `warnings`: codes that were shown."""

    corrects: UUID
    profile: Profile
    corrects_version: int | None = None  # that event's number in this stream
    effective: date | None = None  # the right date of a change
    id_number: Personal[str] | None = None
    phone: Personal[str] | None = None
    void: bool = False
    warnings: tuple[str, ...] = ()


class CadresMerged(Fact, name="cadre.CadresMerged", of="Cadre"):
    """This record was a second one of the same person; `into` is the one kept."""

    into: UUID


class CadreDeparted(Fact, name="cadre.CadreDeparted", of="Cadre"):
    """She died, left the province or was expelled: from `effective` on she holds no post anywhere. Recorded with it: the posts that `ended`, the
    starts that were voided for lying on that day or later, the secondments that ended."""

    effective: date
    why: Departure
    ended: tuple[UUID, ...] = ()
    voided: tuple[UUID, ...] = ()
    seconded: tuple[UUID, ...] = ()


class CadreDepartureWithdrawn(Fact, name="cadre.CadreDepartureWithdrawn", of="Cadre"):
    """The last departure was entered wrongly: it never was so, and the posts it ended come back with it. `effective`: its day."""

    effective: date


class CadreReturned(Fact, name="cadre.CadreReturned", of="Cadre"):
    """Who had left the province or was expelled may hold posts again from `effective` on; none comes back by itself."""

    effective: date


class CertificateIssued(Fact, name="cadre.CertificateIssued", of="Cadre"):
    appointment: UUID
    number: str
    issued_on: date
    issuer: UUID  # the superior federation


class SealedRecordOpened(Fact, name="cadre.SealedRecordOpened", of="Cadre"):
    """Somebody saw her sealed values, and said why."""

    fields: tuple[str, ...]
    opened_by: str
    why: str
