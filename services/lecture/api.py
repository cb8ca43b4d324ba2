"""The topic library over HTTP: `/topics`."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.lecture.application import Lecture
from services.lecture.domain import Topic
from services.lecture.events import AudienceLevel, TopicCategory, TopicDrafted, TopicRevised
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found, the_store

router = APIRouter(prefix="/topics", tags=["topics"])
Store = Annotated[Lecture, Depends(the_store)]
Title = Annotated[str, Field(max_length=100)]
Outline = Annotated[str, Field(max_length=10_000)]


class Draft(Body):
    title: Title
    category: TopicCategory
    outline: Outline
    minutes: int
    audience_level: AudienceLevel
    organisation: UUID
    lecturer: UUID | None = None


class Trial(Body):
    given_on: date
    ratings: int
    mean_rating: float


class Return(Body):
    why: Annotated[str, Field(max_length=500)]


class Revision(Body):
    effective: date
    title: Title | None = None
    outline: Outline | None = None
    minutes: int | None = None
    audience_level: AudienceLevel | None = None


class Retirement(Body):
    effective: date
    why: Annotated[str, Field(max_length=500)]


@router.post("", status_code=201)
def draft(body: Draft, cmd: Cmd, lecture: Store) -> Response:
    """起草课题."""
    cmd.may("lecture.topic", body.organisation)
    return cmd.answer(lecture.draft_topic(new_id(), TopicDrafted(**body.said(), drafted_on=cmd.today), cmd.key), 201)


@router.get("/{id}")
def topic(id: UUID, query: Query, lecture: Store) -> Response:
    """课题."""
    was, version = found(lecture, Topic, id)
    query.may("lecture.read", was.organisation)
    return query.answer(was, version)


@router.post("/{id}/submission")
def submit(id: UUID, body: Body, cmd: Cmd, lecture: Store) -> Response:
    """提交课题."""
    cmd.may("lecture.topic", found(lecture, Topic, id)[0].organisation)
    return cmd.answer(lecture.submit_topic(id, cmd.key, cmd.expect))


@router.post("/{id}/trial")
def give_trial(id: UUID, body: Trial, cmd: Cmd, lecture: Store) -> Response:
    """试讲."""
    cmd.may("lecture.topic", found(lecture, Topic, id)[0].organisation)
    return cmd.answer(lecture.record_trial(id, body.given_on, body.ratings, body.mean_rating, cmd.key, cmd.expect))


@router.post("/{id}/acceptance")
def accept(id: UUID, body: Body, cmd: Cmd, lecture: Store) -> Response:
    """课题入库."""
    cmd.may("lecture.review", found(lecture, Topic, id)[0].organisation)
    return cmd.answer(lecture.accept_topic(id, cmd.key, cmd.expect))


@router.post("/{id}/return")
def give_back(id: UUID, body: Return, cmd: Cmd, lecture: Store) -> Response:
    """退回修改."""
    cmd.may("lecture.review", found(lecture, Topic, id)[0].organisation)
    return cmd.answer(lecture.return_topic(id, body.why, cmd.key, cmd.expect))


@router.post("/{id}/revision")
def revise(id: UUID, body: Revision, cmd: Cmd, lecture: Store) -> Response:
    """修订课题."""
    cmd.may("lecture.topic", found(lecture, Topic, id)[0].organisation)
    return cmd.answer(lecture.revise_topic(id, TopicRevised(**body.said()), cmd.key, cmd.required_expect))


@router.post("/{id}/retirement")
def retire(id: UUID, body: Retirement, cmd: Cmd, lecture: Store) -> Response:
    """停用课题."""
    cmd.may("lecture.review", found(lecture, Topic, id)[0].organisation)
    return cmd.answer(lecture.retire_topic(id, body.effective, body.why, cmd.key, cmd.expect))
