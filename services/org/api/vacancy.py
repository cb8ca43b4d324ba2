"""Routes of vacancies (缺位)."""
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from services.org.api.common import TheOrg, show
from services.org.domain.vacancy import Vacancy
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(prefix="/vacancies", tags=["vacancies"])


class Opening(Body):
    organisation: UUID
    seat: UUID
    since: date


class Nomination(Body):
    person: UUID
    nominated_on: date


class PartyDecision(Body):
    agreed: bool
    reviewed_on: date


class Approval(Body):
    approved_on: date


class Filling(Body):
    appointment: UUID
    filled_on: date


class Abolition(Body):
    abolished_on: date


def place(org: TheOrg, id: UUID) -> UUID:
    return found(org, Vacancy, id)[0].organisation


@router.post("", status_code=201)
def open_vacancy(body: Opening, cmd: Cmd, org: TheOrg) -> Response:
    """登记缺位."""
    cmd.may("org.vacancy", body.organisation)
    return cmd.answer(org.open_vacancy(new_id(), body.organisation, body.seat, body.since, cmd.key), 201)


@router.get("/{id}")
def vacancy(id: UUID, query: Query, org: TheOrg) -> Response:
    query.may("org.read")
    return show(query, id, *found(org, Vacancy, id))


@router.post("/{id}/nomination")
def nominate(id: UUID, body: Nomination, cmd: Cmd, org: TheOrg) -> Response:
    """提名."""
    cmd.may("org.vacancy", place(org, id))
    return cmd.answer(org.nominate(id, body.person, body.nominated_on, cmd.key, cmd.expect))


@router.post("/{id}/party-decision")
def review(id: UUID, body: PartyDecision, cmd: Cmd, org: TheOrg) -> Response:
    """党组织审定, entered from the paper."""
    cmd.may("org.vacancy", place(org, id))
    return cmd.answer(org.review_nomination(id, body.agreed, body.reviewed_on, cmd.key, cmd.expect))


@router.post("/{id}/approval")
def approve(id: UUID, body: Approval, cmd: Cmd, org: TheOrg) -> Response:
    """批准."""
    cmd.may("org.approve", place(org, id))
    return cmd.answer(org.approve_nomination(id, body.approved_on, cmd.key, cmd.expect))


@router.post("/{id}/filling")
def fill(id: UUID, body: Filling, cmd: Cmd, org: TheOrg) -> Response:
    """补缺."""
    cmd.may("org.vacancy", place(org, id))
    return cmd.answer(org.fill_vacancy(id, body.appointment, body.filled_on, cmd.key, cmd.expect))


@router.post("/{id}/abolition")
def abolish(id: UUID, body: Abolition, cmd: Cmd, org: TheOrg) -> Response:
    """缺位随职位撤销."""
    cmd.may("org.seats", place(org, id))
    return cmd.answer(org.abolish_vacancy(id, body.abolished_on, cmd.key, cmd.expect))
