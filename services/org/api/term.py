"""Routes of terms (届)."""
from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.org.api.common import TheOrg, Why, answer, facts_of, show
from services.org.domain.term import Term
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(prefix="/terms", tags=["terms"])


class Start(Body):
    organisation: UUID
    starts_on: date
    term_months: int
    term_no: int | None = None


class ExtensionRequest(Body):
    new_ends_on: date
    why: Why


class ExtensionRefusal(Body):
    why: Why


class Filing(Body):
    filed_with: Literal["party_org_department", "superior_federation"]
    filed_on: date


class End(Body):
    ended_on: date


class Correction(Body):
    """`corrects`: the event id of what was entered wrongly; `void`: it was not so at all. Else what is right of it."""

    corrects: UUID
    void: bool = False
    starts_on: date | None = None
    term_months: int | None = None
    new_ends_on: date | None = None
    ended_on: date | None = None


@router.post("", status_code=201)
def start(body: Start, cmd: Cmd, org: TheOrg) -> Response:
    """开始一届 outside a re-election."""
    cmd.may("org.term", body.organisation)
    done = org.start_term(new_id(), body.organisation, body.starts_on, body.term_months, cmd.key, body.term_no)
    return answer(cmd, done, org.term_warnings(done.subject), 201)


@router.get("/{id}")
def term(id: UUID, query: Query, org: TheOrg) -> Response:
    """With the events that a correction may name."""
    query.may("org.read")
    return show(query, id, *found(org, Term, id), facts=facts_of(org, id))


@router.post("/{id}/extension-request")
def request_extension(id: UUID, body: ExtensionRequest, cmd: Cmd, org: TheOrg) -> Response:
    """申请延期换届."""
    cmd.may("org.reelection", found(org, Term, id)[0].organisation)
    return cmd.answer(org.request_extension(id, body.new_ends_on, body.why, cmd.key, cmd.expect))


@router.post("/{id}/extension")
def extend(id: UUID, body: Body, cmd: Cmd, org: TheOrg) -> Response:
    """批准延期: the superior, by the cited paper."""
    cmd.may("org.permit", found(org, Term, id)[0].organisation)
    return cmd.answer(org.extend_term(id, cmd.key, cmd.expect))


@router.post("/{id}/extension-refusal")
def refuse_extension(id: UUID, body: ExtensionRefusal, cmd: Cmd, org: TheOrg) -> Response:
    """不予批准延期: the superior."""
    cmd.may("org.permit", found(org, Term, id)[0].organisation)
    return cmd.answer(org.refuse_extension(id, body.why, cmd.key, cmd.expect))


@router.post("/{id}/filing")
def file(id: UUID, body: Filing, cmd: Cmd, org: TheOrg) -> Response:
    """备案 of a renewal by roster or by hand."""
    cmd.may("org.file", found(org, Term, id)[0].organisation)
    return cmd.answer(org.file_term(id, body.filed_with, body.filed_on, cmd.key, cmd.expect))


@router.post("/{id}/end")
def end(id: UUID, body: End, cmd: Cmd, org: TheOrg) -> Response:
    """结束一届; before its time by the superior's paper."""
    cmd.may("org.term", found(org, Term, id)[0].organisation)
    return cmd.answer(org.end_term(id, body.ended_on, cmd.key, cmd.expect, org.papers()))


@router.post("/{id}/correction")
def correct(id: UUID, body: Correction, cmd: Cmd, org: TheOrg) -> Response:
    """更正: the start, an extension or the end, entered wrongly. Not a change."""
    cmd.may("org.term", found(org, Term, id)[0].organisation)
    right = {name: said for name, said in body.said("corrects", "void").items() if said is not None}
    return cmd.answer(org.correct_term(id, body.corrects, body.void, right, cmd.key, cmd.required_expect))
