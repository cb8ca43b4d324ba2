"""Routes of eligible units (应建单位)."""
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field as Bounds

from services.org.api.common import Name, TheOrg, Why, show
from services.org.domain.unit import EligibleUnit
from services.org.events import Affiliation, Field, Level
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(prefix="/units", tags=["units"])
Women = Annotated[int, Bounds(ge=0, le=10_000_000)]


class Listing(Body):
    unit_name: Name
    level: Level
    field: Field
    area: UUID
    listed_on: date
    affiliation: Affiliation = "local"
    rank: Name | None = None
    women: Women | None = None
    qualified: bool = True


class Qualification(Body):
    qualified_on: date


class UnitDetails(Body):
    effective: date
    unit_name: Name | None = None
    field: Field | None = None
    affiliation: Affiliation | None = None
    rank: Name | None = None
    women: Women | None = None


class Exemption(Body):
    exempt_from: date
    why: Why


class Cover(Body):
    organisation: UUID
    organised_on: date


class Closure(Body):
    closed_on: date
    why: Why


class UnitMerger(Body):
    into: UUID
    merged_on: date


def may(cmd: Cmd, org: TheOrg, id: UUID) -> None:
    cmd.may("org.unit", found(org, EligibleUnit, id)[0].area)


@router.post("", status_code=201)
def list_unit(body: Listing, cmd: Cmd, org: TheOrg) -> Response:
    """列入应建名单."""
    cmd.may("org.unit", body.area)
    return cmd.answer(org.list_unit(new_id(), **body.said(), key=cmd.key), 201)


@router.get("/{id}")
def unit(id: UUID, query: Query, org: TheOrg) -> Response:
    query.may("org.read")
    return show(query, id, *found(org, EligibleUnit, id))


@router.post("/{id}/qualification")
def qualify(id: UUID, body: Qualification, cmd: Cmd, org: TheOrg) -> Response:
    """确认为应建单位."""
    may(cmd, org, id)
    return cmd.answer(org.qualify_unit(id, body.qualified_on, cmd.key, cmd.expect))


@router.post("/{id}/details")
def change(id: UUID, body: UnitDetails, cmd: Cmd, org: TheOrg) -> Response:
    may(cmd, org, id)
    details = body.said("effective")
    return cmd.answer(org.change_unit(id, body.effective, cmd.key, cmd.required_expect, **details))


@router.post("/{id}/exemption")
def exempt(id: UUID, body: Exemption, cmd: Cmd, org: TheOrg) -> Response:
    """不设妇联."""
    may(cmd, org, id)
    return cmd.answer(org.exempt_unit(id, body.exempt_from, body.why, cmd.key, cmd.expect))


@router.post("/{id}/organisation")
def organise(id: UUID, body: Cover, cmd: Cmd, org: TheOrg) -> Response:
    """由已有组织覆盖."""
    may(cmd, org, id)
    return cmd.answer(org.organise_unit(id, body.organisation, body.organised_on, cmd.key, cmd.expect))


@router.post("/{id}/closure")
def close(id: UUID, body: Closure, cmd: Cmd, org: TheOrg) -> Response:
    may(cmd, org, id)
    return cmd.answer(org.close_unit(id, body.closed_on, body.why, cmd.key, cmd.expect))


@router.post("/{id}/merger")
def merge(id: UUID, body: UnitMerger, cmd: Cmd, org: TheOrg) -> Response:
    may(cmd, org, id)
    return cmd.answer(org.merge_unit(id, body.into, body.merged_on, cmd.key, cmd.expect))
