"""Appointments over HTTP: `/appointments`, one act a step of the route and of the time in office."""
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.cadre.api import Service, answer, by
from services.cadre.application import Cadre
from services.cadre.domain.appointment import Appointment, Wish
from services.cadre.events import AppointmentCorrected, ElectingBody, EndReason, Engagement, Mode, Post
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(prefix="/appointments", tags=["appointments"])
Why = Annotated[str, Field(min_length=1, max_length=500)]


class Proposal(Body):
    person: UUID
    organisation: UUID
    seat: UUID
    engagement: Engagement
    mode: Mode
    starts_on: date
    until: date | None = None
    term: UUID | None = None


class PartyDecision(Body):
    agreed: bool
    decided_on: date
    authority: Annotated[str, Field(min_length=1, max_length=100)]


class Publicity(Body):
    from_on: date
    until: date


class PublicityEnd(Body):
    ended_on: date
    objections: Annotated[int, Field(ge=0)] = 0


class Election(Body):
    elected_on: date
    body: ElectingBody = "executive_committee"


class Approval(Body):
    approved_on: date


class Rejection(Body):
    rejected_on: date
    why: Why


class Withdrawal(Body):
    why: Why


class Start(Body):
    starts_on: date | None = None


class Suspension(Body):
    effective: date
    why: Why


class Resumption(Body):
    effective: date


class Relief(Body):
    effective: date
    end_reason: EndReason


class Correction(Body):
    """`corrects`: the event id of the start, the end, or an earlier correction."""

    corrects: UUID
    starts_on: date | None = None
    until: date | None = None
    effective: date | None = None
    end_reason: EndReason | None = None
    post: Post | None = None
    void: bool = False


@router.post("", status_code=201)
def propose(body: Proposal, cmd: Cmd, cadre: Service) -> Response:
    """拟任."""
    cmd.may("cadre.propose", body.organisation)
    wish = Wish(**body.said())
    return answer(cmd, cadre, cadre.propose(new_id(), wish, by(cmd), cmd.key), 201)


@router.get("/ways")
def ways(organisation: UUID, seat: UUID, starts_on: date, query: Query, cadre: Service) -> Response:
    """任职方式: the ways into a seat on a day, the usual one first."""
    query.may("cadre.read", organisation)
    return query.answer({"ways": cadre.ways_into(organisation, seat, starts_on)})


@router.get("/{id}")
def read(id: UUID, query: Query, cadre: Service) -> Response:
    """任职: where it stands, its days in office, and the events a correction may name."""
    state, version = found(cadre, Appointment, id)
    query.may("cadre.read", state.post.organisation)
    return query.answer({"id": id, "step": state.step, "post": state.post, "timeline": [i._asdict() for i in state.life],
                         "events": [{"id": e.id, "fact": e.name, "at": e.at, "data": e.data} for e in cadre.history(id)]}, version)


@router.post("/{id}/party-decision")
def party_decision(id: UUID, body: PartyDecision, cmd: Cmd, cadre: Service) -> Response:
    """党组织审定, from the paper."""
    _may(cmd, cadre, "cadre.review", id)
    done = cadre.party_decision(id, body.agreed, body.decided_on, body.authority, by(cmd), cmd.today, cmd.key, cmd.expect)
    return answer(cmd, cadre, done)


@router.post("/{id}/publicity")
def publicise(id: UUID, body: Publicity, cmd: Cmd, cadre: Service) -> Response:
    """公示."""
    _may(cmd, cadre, "cadre.review", id)
    return answer(cmd, cadre, cadre.publicise(id, body.from_on, body.until, cmd.key, cmd.expect))


@router.post("/{id}/publicity-end")
def end_publicity(id: UUID, body: PublicityEnd, cmd: Cmd, cadre: Service) -> Response:
    """公示结束."""
    _may(cmd, cadre, "cadre.review", id)
    return answer(cmd, cadre, cadre.end_publicity(id, body.ended_on, body.objections, cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/election")
def elect(id: UUID, body: Election, cmd: Cmd, cadre: Service) -> Response:
    """选举 / 执委会通过."""
    _may(cmd, cadre, "cadre.approve", id)
    return answer(cmd, cadre, cadre.elect(id, body.elected_on, body.body, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/approval")
def approve(id: UUID, body: Approval, cmd: Cmd, cadre: Service) -> Response:
    """批准."""
    _may(cmd, cadre, "cadre.approve", id)
    return answer(cmd, cadre, cadre.approve(id, body.approved_on, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/rejection")
def reject(id: UUID, body: Rejection, cmd: Cmd, cadre: Service) -> Response:
    """否决."""
    _may(cmd, cadre, "cadre.approve", id)
    return answer(cmd, cadre, cadre.reject(id, body.rejected_on, body.why, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/withdrawal")
def withdraw(id: UUID, body: Withdrawal, cmd: Cmd, cadre: Service) -> Response:
    """撤回."""
    _may(cmd, cadre, "cadre.propose", id)
    return answer(cmd, cadre, cadre.withdraw(id, body.why, cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/start")
def start(id: UUID, body: Start, cmd: Cmd, cadre: Service) -> Response:
    """任职; `starts_on` may lie ahead, or back with a reason."""
    _may(cmd, cadre, "cadre.start", id)
    return answer(cmd, cadre, cadre.start(id, body.starts_on, body.reason, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/cancellation")
def cancel(id: UUID, body: Withdrawal, cmd: Cmd, cadre: Service) -> Response:
    """取消未生效的任职."""
    _may(cmd, cadre, "cadre.start", id)
    return answer(cmd, cadre, cadre.cancel(id, body.why, cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/suspension")
def suspend(id: UUID, body: Suspension, cmd: Cmd, cadre: Service) -> Response:
    """停职."""
    _may(cmd, cadre, "cadre.relieve", id)
    return answer(cmd, cadre, cadre.suspend(id, body.effective, body.why, by(cmd), cmd.key, cmd.expect))


@router.post("/{id}/resumption")
def resume(id: UUID, body: Resumption, cmd: Cmd, cadre: Service) -> Response:
    """恢复."""
    _may(cmd, cadre, "cadre.relieve", id)
    return answer(cmd, cadre, cadre.resume(id, body.effective, by(cmd), cmd.key, cmd.expect))


@router.post("/{id}/relief")
def relieve(id: UUID, body: Relief, cmd: Cmd, cadre: Service) -> Response:
    """免职."""
    _may(cmd, cadre, "cadre.relieve", id)
    return answer(cmd, cadre, cadre.relieve(id, body.effective, body.end_reason, body.reason, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/correction")
def correct(id: UUID, body: Correction, cmd: Cmd, cadre: Service) -> Response:
    """更正: erases nothing."""
    _may(cmd, cadre, "cadre.correct", id)
    if body.post:
        cmd.may("cadre.correct", body.post.organisation)
    said = AppointmentCorrected(**body.said())
    return answer(cmd, cadre, cadre.correct(id, said, by(cmd), cmd.today, cmd.key, cmd.expect))


def _may(cmd: Cmd, cadre: Cadre, permission: str, id: UUID) -> None:
    cmd.may(permission, found(cadre, Appointment, id)[0].post.organisation)
