"""Reception shifts over HTTP: `/shifts`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, Field

from services.hotline.application import Hotline
from services.hotline.domain import Shift
from services.hotline.events import ShiftScheduled
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found, the_store

router = APIRouter(prefix="/shifts", tags=["shifts"])
Store = Annotated[Hotline, Depends(the_store)]


class Schedule(Body):
    organisation: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    operator: UUID | None = None
    executive: UUID | None = None


class Completion(Body):
    executive: UUID | None = None
    calls: int
    visits: int


class Cancellation(Body):
    why: Annotated[str, Field(max_length=500)]


@router.post("", status_code=201)
def schedule(body: Schedule, cmd: Cmd, hotline: Store) -> Response:
    """排班."""
    cmd.may("hotline.shift", body.organisation)
    return cmd.answer(hotline.schedule_shift(new_id(), ShiftScheduled(**body.said()), cmd.key), 201)


@router.get("/{id}")
def shift(id: UUID, query: Query, hotline: Store) -> Response:
    """班次."""
    was, version = found(hotline, Shift, id)
    query.may("hotline.read", was.organisation)
    return query.answer(was, version)


@router.post("/{id}/completion")
def complete(id: UUID, body: Completion, cmd: Cmd, hotline: Store) -> Response:
    """值班完成."""
    cmd.may("hotline.shift", found(hotline, Shift, id)[0].organisation)
    return cmd.answer(hotline.complete_shift(id, body.executive, body.calls, body.visits, cmd.key, cmd.expect))


@router.post("/{id}/cancellation")
def cancel(id: UUID, body: Cancellation, cmd: Cmd, hotline: Store) -> Response:
    """取消班次."""
    cmd.may("hotline.shift", found(hotline, Shift, id)[0].organisation)
    return cmd.answer(hotline.cancel_shift(id, body.why, cmd.key, cmd.expect))
