"""Routes of organisations: proposal, establishment, details, tree, division codes, seats, and how they end."""
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field as Bounds

from services.org import policies
from services.org.api.common import Name, TheOrg, Why, answer, facts_of, show
from services.org.application import Proposal
from services.org.domain.organisation import Organisation
from services.org.events import AreaKind, Field, FormationMode, Level, OrgType, Seat
from shared.calendar import FOREVER
from shared.fact import Refused, new_id
from shared.http import Body, Cmd, Query, found
from shared.workbook import Bad
from shared.workbook.numbers import credit_code

router = APIRouter(prefix="/organisations", tags=["organisations"])


class Proposed(Body):
    full_name: Name
    short_name: Name
    org_type: OrgType
    level: Level
    parent: UUID | None
    proposed_on: date
    area_kind: AreaKind | None = None
    field: Field = "area"
    formation_mode: FormationMode = "standalone"
    units: Annotated[tuple[UUID, ...], Bounds(max_length=200)] = ()

    def proposal(self, out_of: UUID | None = None) -> Proposal:
        return Proposal(**self.said(), out_of=out_of)


class Establishment(Body):
    established_on: date


class Withdrawal(Body):
    withdrawn_on: date
    why: Why


class Details(Body):
    effective: date
    full_name: Name | None = None
    short_name: Name | None = None
    area_kind: AreaKind | None = None
    field: Field | None = None
    formation_mode: FormationMode | None = None


class Move(Body):
    parent: UUID
    effective: date
    code: Name | None = None
    division_name: Name | None = None


class Division(Body):
    code: Name
    division_name: Name
    effective: date


class CreditCode(Body):
    credit_code: Name | None = None
    effective: date


class Correction(Body):
    """`corrects`: the event id of what was entered wrongly; `void`: it was not so at all. Else what is right of it."""

    corrects: UUID
    void: bool = False
    effective: date | None = None
    established_on: date | None = None
    full_name: Name | None = None
    short_name: Name | None = None
    area_kind: AreaKind | None = None
    field: Field | None = None
    formation_mode: FormationMode | None = None
    parent: UUID | None = None
    code: Name | None = None
    division_name: Name | None = None


class Seats(Body):
    seats: Annotated[tuple[Seat, ...], Bounds(max_length=200)]
    effective: date


class Abolition(Body):
    effective: date


class Merger(Body):
    into: UUID
    effective: date


class Conversion(Body):
    congress_name: Name
    established_on: date
    effective: date


class Dissolution(Body):
    effective: date
    why: Why


@router.post("", status_code=201)
def propose(body: Proposed, cmd: Cmd, org: TheOrg) -> Response:
    """提出设立."""
    cmd.may("org.propose", body.parent)
    return cmd.answer(org.propose(new_id(), body.proposal(), cmd.key), 201)


@router.get("/{id}")
def organisation(id: UUID, query: Query, org: TheOrg, known_at: datetime | None = None) -> Response:
    """With its seats: those of today, and those `planned` last, which may be from a later day on; and the events that a correction may name."""
    query.may("org.read")
    state, version = found(org, Organisation, id, known_at)
    today, last = (tuple(state.seats(day).values()) for day in (query.today, FOREVER))
    return show(query, id, state, version, seats=today, planned=last, facts=facts_of(org, id))


@router.post("/{id}/establishment")
def establish(id: UUID, body: Establishment, cmd: Cmd, org: TheOrg) -> Response:
    """批准成立: the superior, by the cited paper."""
    cmd.may("org.establish", id)
    return cmd.answer(org.establish(id, body.established_on, cmd.key, cmd.expect))


@router.post("/{id}/withdrawal")
def withdraw(id: UUID, body: Withdrawal, cmd: Cmd, org: TheOrg) -> Response:
    """撤回设立申请."""
    cmd.may("org.propose", id)
    return cmd.answer(org.withdraw_proposal(id, body.withdrawn_on, body.why, cmd.key, cmd.expect))


@router.post("/{id}/details")
def change(id: UUID, body: Details, cmd: Cmd, org: TheOrg) -> Response:
    """变更名称等; If-Match is required."""
    cmd.may("org.change", id)
    details = body.said("effective")
    return cmd.answer(org.change_details(id, body.effective, cmd.key, cmd.required_expect, **details))


@router.post("/{id}/correction")
def correct(id: UUID, body: Correction, cmd: Cmd, org: TheOrg) -> Response:
    """更正: what was entered wrongly of its names, founding day, moves or codes. Not a change: for that, `details`, `move` and the codes."""
    cmd.may("org.change", id)
    if body.parent:
        cmd.may("org.change", body.parent)
    right = {name: said for name, said in body.said("corrects", "void").items() if said is not None}
    if body.code and org.corrects_credit_code(id, body.corrects):
        right["code"] = _credit_code(body.code)
    return cmd.answer(org.correct_organisation(id, body.corrects, body.void, right, cmd.key, cmd.required_expect))


@router.post("/{id}/move")
def move(id: UUID, body: Move, cmd: Cmd, org: TheOrg) -> Response:
    """调整隶属: whoever holds both places."""
    cmd.may("org.change", id)
    cmd.may("org.change", body.parent)
    return cmd.answer(org.move(id, body.parent, body.effective, cmd.key, cmd.expect, body.code, body.division_name))


@router.post("/{id}/division")
def assign_division(id: UUID, body: Division, cmd: Cmd, org: TheOrg) -> Response:
    """区划代码."""
    cmd.may("org.change", id)
    return cmd.answer(org.assign_division(id, body.code, body.division_name, body.effective, cmd.key, cmd.expect))


@router.post("/{id}/credit-code")
def assign_credit_code(id: UUID, body: CreditCode, cmd: Cmd, org: TheOrg) -> Response:
    """统一社会信用代码; without one it bears none any more."""
    cmd.may("org.change", id)
    return cmd.answer(org.assign_credit_code(id, _credit_code(body.credit_code), body.effective, cmd.key, cmd.expect))


def _credit_code(said: str | None) -> str | None:
    try:
        return credit_code(said)
    except Bad as no:
        raise Refused(no.code, no.zh, no.en, "credit_code") from None


@router.post("/{id}/seats")
def define_seats(id: UUID, body: Seats, cmd: Cmd, org: TheOrg) -> Response:
    """核定职数; the answer's `warnings` say what the rules table finds unusual."""
    cmd.may("org.seats", id)
    done = org.define_seats(id, body.seats, body.effective, cmd.key, cmd.expect)
    return answer(cmd, done, org.seat_warnings(id, body.effective))


@router.post("/{id}/seats/{seat}/abolition")
def abolish_seat(id: UUID, seat: UUID, body: Abolition, cmd: Cmd, org: TheOrg) -> Response:
    """撤销职位."""
    cmd.may("org.seats", id)
    return cmd.answer(org.abolish_seat(id, seat, body.effective, cmd.key, cmd.expect))


@router.post("/{id}/split", status_code=201)
def split(id: UUID, body: Proposed, cmd: Cmd, org: TheOrg) -> Response:
    """拆分: proposes a new organisation out of this one; its establishment records the lineage."""
    cmd.may("org.propose", id)
    cmd.may("org.propose", body.parent)
    return cmd.answer(org.propose(new_id(), body.proposal(out_of=id), cmd.key), 201)


@router.post("/{id}/merger")
def merge(id: UUID, body: Merger, cmd: Cmd, org: TheOrg) -> Response:
    """并入另一组织."""
    cmd.may("org.establish", id)
    cmd.may("org.establish", body.into)
    return cmd.answer(org.merge(id, body.into, body.effective, cmd.key, cmd.expect))


@router.post("/{id}/conversion", status_code=201)
def convert(id: UUID, body: Conversion, cmd: Cmd, org: TheOrg) -> Response:
    """会改联 as imported history: the 妇代会 that this federation continues."""
    cmd.may("org.import", id)
    return cmd.answer(org.convert(new_id(), id, body.congress_name, body.established_on, body.effective, cmd.key), 201)


@router.post("/{id}/dissolution")
def dissolve(id: UUID, body: Dissolution, cmd: Cmd, org: TheOrg, request: Request) -> Response:
    """撤销组织; refused with the list of what remains."""
    cmd.may("org.establish", id)
    held = policies.held(request.app.state.views, id, body.effective)
    return cmd.answer(org.dissolve(id, body.effective, body.why, cmd.key, cmd.expect, held))
