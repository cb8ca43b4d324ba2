"""What each printed paper is filled with: words ready to print, None where the office writes by hand."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

__all__ = [
    "ApprovalForm",
    "Ballot",
    "Certificate",
    "Certificates",
    "Count",
    "Filing",
    "Person",
    "Relative",
    "Request",
    "Result",
    "Roster",
    "RosterRow",
    "Rules",
    "Seat",
    "Section",
    "Shape",
    "Tally",
    "Vote",
]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seat(Shape):
    """`equal`: 等额, as many candidates as seats; otherwise 差额."""

    office: str
    capacity: int
    equal: bool = False


class Person(Shape):
    name: str
    office: str = ""
    sex: str | None = None
    ethnicity: str | None = None
    born: str | None = None
    political: str | None = None
    degree: str | None = None
    employer_and_post: str | None = None
    engagement: str | None = None
    newly: bool | None = None


class Count(Shape):
    """Persons entitled and present; papers issued, returned and valid (K4)."""

    entitled: int | None = None
    present: int | None = None
    issued: int | None = None
    returned: int | None = None
    valid: int | None = None

    @property
    def void(self) -> int | None:
        return None if self.returned is None or self.valid is None else self.returned - self.valid


class Vote(Shape):
    name: str
    favour: int | None = None
    against: int | None = None
    abstain: int | None = None
    write_in: int | None = None
    elected: bool | None = None


class Section(Shape):
    """One vote on one office. `meeting`: who votes; `votes`: the candidates, 按姓氏笔画, with figures once they are known."""

    office: str
    seats: int
    meeting: str
    votes: tuple[Vote, ...] = ()
    count: Count = Count()


class Case(Shape):
    """What all papers of a re-election begin with."""

    organisation: str
    superior: str | None = None
    term_no: int | None = None  # of the new term
    form: str | None = None
    held_on: date | None = None
    dated: date | None = None


class Request(Case):
    """请示."""

    since: date | None = None
    term_months: int | None = None
    ends_on: date | None = None
    planned_on: date | None = None
    entitled: int | None = None
    seats: tuple[Seat, ...] = ()
    candidates: tuple[Person, ...] = ()
    number: str | None = None
    contact: str | None = None
    phone: str | None = None


class Rules(Case):
    """选举办法. `plenary`: the new executives elect the offices themselves."""

    seats: tuple[Seat, ...] = ()
    plenary: bool = True
    present_over: str = "三分之二"
    favour_over: str = "二分之一"


class Ballot(Case):
    """选票."""

    sections: tuple[Section, ...]


class Tally(Case):
    """计票单."""

    sections: tuple[Section, ...]


class Result(Case):
    """选举结果报告."""

    sections: tuple[Section, ...]
    permit: str | None = None
    number: str | None = None
    contact: str | None = None
    phone: str | None = None


class Filing(Case):
    """备案表."""

    count: Count = Count()
    term_months: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    approved_on: date | None = None
    approval: str | None = None
    team: tuple[Person, ...] = ()


class Certificate(Shape):
    """当选证书 of one person. `body`: what she was elected to."""

    name: str
    organisation: str
    office: str
    body: str = "执行委员会"
    term_no: int | None = None
    starts_on: date | None = None
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    elected: bool = True


class Certificates(Shape):
    certificates: tuple[Certificate, ...]


class Relative(Shape):
    relation: str
    name: str
    born: str | None = None
    political: str | None = None
    employer_and_post: str | None = None


class ApprovalForm(Shape):
    """干部任免审批表; `resume`: (years, what)."""

    name: str
    sex: str | None = None
    born: str | None = None
    age: int | None = None
    ethnicity: str | None = None
    native_place: str | None = None
    birthplace: str | None = None
    joined_party: str | None = None
    began_work: str | None = None
    health: str | None = None
    title: str | None = None
    speciality: str | None = None
    degree: str | None = None  # the highest, where it is not known which way it was taken
    full_time_degree: str | None = None
    full_time_school: str | None = None
    in_service_degree: str | None = None
    in_service_school: str | None = None
    present_post: str | None = None
    proposed_post: str | None = None
    relieved_post: str | None = None
    resume: tuple[tuple[str, str], ...] = ()
    honours: str | None = None
    appraisals: str | None = None
    reason: str | None = None
    family: tuple[Relative, ...] = ()
    submitted_by: str | None = None
    dated: date | None = None


class RosterRow(Shape):
    """The columns of the roster form, in its order [corrections §8]."""

    name: str
    sex: str | None = None
    ethnicity: str | None = None
    born: str | None = None
    political: str | None = None
    degree: str | None = None
    employer_and_post: str | None = None
    offices: str | None = None
    engagement: str | None = None
    in_two_committees: str | None = None
    holds_both_posts: str | None = None
    newly: str | None = None
    since: str | None = None
    phone: str | None = None
    notes: str | None = None


class Roster(Shape):
    """花名册. `narrowed`: by what it was filtered, in words."""

    organisation: str
    narrowed: str = ""
    as_of: date
    rows: tuple[RosterRow, ...]
