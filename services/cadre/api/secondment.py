"""Secondments over HTTP: `/secondments`."""
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.cadre.api import Service, answer
from services.cadre.domain.secondment import Secondment
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(prefix="/secondments", tags=["secondments"])


class Start(Body):
    person: UUID
    from_organisation: UUID
    to_organisation: UUID
    duty: Annotated[str, Field(min_length=1, max_length=100)]
    starts_on: date
    until: date


class Extension(Body):
    until: date


class End(Body):
    ended_on: date


@router.post("", status_code=201)
def start(body: Start, cmd: Cmd, cadre: Service) -> Response:
    """挂职: sent by her own organisation."""
    cmd.may("cadre.start", body.from_organisation)
    return answer(cmd, cadre, cadre.start_secondment(new_id(), body.person, body.from_organisation, body.to_organisation, body.duty,
                                                     body.starts_on, body.until, cmd.key), 201)


@router.get("/{id}")
def read(id: UUID, query: Query, cadre: Service) -> Response:
    """挂职."""
    state, version = found(cadre, Secondment, id)
    query.may("cadre.read", state.from_organisation)
    return query.answer(state, version)


@router.post("/{id}/extension")
def extend(id: UUID, body: Extension, cmd: Cmd, cadre: Service) -> Response:
    """延长."""
    cmd.may("cadre.start", found(cadre, Secondment, id)[0].from_organisation)
    return answer(cmd, cadre, cadre.extend_secondment(id, body.until, cmd.key, cmd.expect))


@router.post("/{id}/end")
def end(id: UUID, body: End, cmd: Cmd, cadre: Service) -> Response:
    """结束."""
    cmd.may("cadre.start", found(cadre, Secondment, id)[0].from_organisation)
    return answer(cmd, cadre, cadre.end_secondment(id, body.ended_on, cmd.today, cmd.key, cmd.expect))
