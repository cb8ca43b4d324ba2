"""Routes of the re-election case (换届)."""
from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.org.api.common import TheOrg, Why, answer, show, told, warned
from services.org.domain.reelection import Form, Reelection
from services.org.events import Ballot, Candidate
from shared.es import Done
from shared.fact import Refused, new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(prefix="/reelections", tags=["reelections"])


class Plan(Body):
    organisation: UUID
    planned_on: date
    congress_on: date | None = None


class PlanBatch(Body):
    area: UUID
    planned_on: date
    congress_on: date | None = None


class Request(Body):
    requested_on: date


class Permit(Body):
    permitted_on: date


class Refusal(Body):
    refused_on: date
    why: Why


class Congress(Body):
    form: Form
    held_on: date
    ballot: Ballot


class Result(Body):
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1, max_length=500)]
    reported_on: date
    plenary: Ballot | None = None
    leaving: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()


class Return(Body):
    returned_on: date
    why: Why


class Approval(Body):
    approved_on: date
    term_months: int


class Filing(Body):
    filed_with: Literal["party_org_department", "superior_federation"]
    filed_on: date


class Close(Body):
    closed_on: date


class Cancellation(Body):
    cancelled_on: date
    why: Why


def place(org: TheOrg, id: UUID) -> UUID:
    return found(org, Reelection, id)[0].organisation


@router.post("", status_code=201)
def plan(body: Plan, cmd: Cmd, org: TheOrg) -> Response:
    """计划换届."""
    cmd.may("org.reelection", body.organisation)
    return cmd.answer(org.plan_reelection(new_id(), body.organisation, body.planned_on, cmd.key, congress_on=body.congress_on), 201)


@router.post("/batches", status_code=201)
def plan_batch(body: PlanBatch, cmd: Cmd, org: TheOrg) -> Response:
    """按乡镇成批计划: one case for every village below, each with its own outcome."""
    cmd.may("org.reelection", body.area)
    batch, outcomes = org.plan_batch(body.area, body.planned_on, cmd.key, body.congress_on)
    planned = [(v, o) for v, o in outcomes if isinstance(o, Done)]
    refused = [{"organisation": str(v), **warned([o])[0]} for v, o in outcomes if isinstance(o, Refused)]
    failed = next((o for _, o in outcomes if isinstance(o, Exception) and not isinstance(o, Refused)), None)
    if failed:
        raise failed
    last = max((o.position for _, o in planned), default=0)
    return answer(cmd, Done(batch, len(planned), last), status=201, refused=refused, planned=[
        {"organisation": str(v), "id": str(o.subject), "version": o.version} for v, o in planned])


@router.get("/{id}")
def reelection(id: UUID, query: Query, org: TheOrg) -> Response:
    """The case; of a result that waits for its approval also what is unusual about it, and whose own period runs on beyond it."""
    query.may("org.read")
    case, version = found(org, Reelection, id)
    unusual = warned(org.reelection_warnings(id)) if case.state == "result_reported" else []
    return show(query, id, case, version, warnings=unusual, stays=org.own_periods(case))


@router.post("/{id}/request")
def request(id: UUID, body: Request, cmd: Cmd, org: TheOrg) -> Response:
    """请示."""
    cmd.may("org.reelection", place(org, id))
    return cmd.answer(org.request_reelection(id, body.requested_on, cmd.key, cmd.expect))


@router.post("/{id}/permit")
def permit(id: UUID, body: Permit, cmd: Cmd, org: TheOrg) -> Response:
    """批准换届."""
    cmd.may("org.permit", place(org, id))
    return cmd.answer(org.permit_reelection(id, body.permitted_on, cmd.key, cmd.expect))


@router.post("/{id}/refusal")
def refuse(id: UUID, body: Refusal, cmd: Cmd, org: TheOrg) -> Response:
    """不同意换届."""
    cmd.may("org.permit", place(org, id))
    return cmd.answer(org.refuse_reelection(id, body.refused_on, body.why, cmd.key, cmd.expect))


@router.post("/{id}/congress")
def hold_congress(id: UUID, body: Congress, cmd: Cmd, org: TheOrg) -> Response:
    """登记大会选举 with its ballot figures."""
    cmd.may("org.reelection", place(org, id))
    return answer(cmd, *told(lambda: org.hold_congress(id, body.form, body.held_on, body.ballot, cmd.key, cmd.expect),
                             partial(org.reelection_warnings, id)))


@router.post("/{id}/result")
def report(id: UUID, body: Result, cmd: Cmd, org: TheOrg) -> Response:
    """上报选举结果, candidate by candidate."""
    cmd.may("org.reelection", place(org, id))
    return answer(cmd, *told(lambda: org.report_result(id, body.candidates, body.reported_on, cmd.key, cmd.expect, body.plenary, body.leaving),
                             partial(org.reelection_warnings, id)))


@router.post("/{id}/return")
def send_back(id: UUID, body: Return, cmd: Cmd, org: TheOrg) -> Response:
    """退回选举结果: the superior, with what is to be put right."""
    cmd.may("org.approve", place(org, id))
    return cmd.answer(org.return_result(id, body.returned_on, body.why, cmd.key, cmd.expect))


@router.post("/{id}/approval")
def approve(id: UUID, body: Approval, cmd: Cmd, org: TheOrg) -> Response:
    """批复选举结果: the superior, by the cited paper."""
    cmd.may("org.approve", place(org, id))
    unusual = org.reelection_warnings(id)  # of the result as reported, which the approver takes upon herself
    done, _ = told(lambda: org.approve_result(id, body.approved_on, body.term_months, cmd.key, cmd.expect, cmd.actor.person), lambda _: unusual)
    return cmd.answer(done)


@router.post("/{id}/filing")
def file(id: UUID, body: Filing, cmd: Cmd, org: TheOrg) -> Response:
    """备案."""
    cmd.may("org.file", place(org, id))
    return cmd.answer(org.file_result(id, body.filed_with, body.filed_on, cmd.key, cmd.expect))


@router.post("/{id}/close")
def close(id: UUID, body: Close, cmd: Cmd, org: TheOrg) -> Response:
    """办结."""
    cmd.may("org.reelection", place(org, id))
    return cmd.answer(org.close_reelection(id, body.closed_on, cmd.key, cmd.expect))


@router.post("/{id}/cancellation")
def cancel(id: UUID, body: Cancellation, cmd: Cmd, org: TheOrg) -> Response:
    """取消."""
    cmd.may("org.reelection", place(org, id))
    return cmd.answer(org.cancel_reelection(id, body.cancelled_on, body.why, cmd.key, cmd.expect))
