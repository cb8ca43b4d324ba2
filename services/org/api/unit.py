"""Routes of eligible units (应建单位)."""
from dataclasses import fields
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field as Bounds

from services.org.api.common import Name, TheOrg, Why, answer, facts_of
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
    area: UUID | None = None


class Exemption(Body):
    exempt_from: date
    why: Why


class Cover(Body):
    organisation: UUID
    organised_on: date


class Release(Body):
    effective: date


class Transfer(Body):
    organisation: UUID
    effective: date


class Closure(Body):
    closed_on: date
    why: Why


class UnitMerger(Body):
    into: UUID
    merged_on: date


class Correction(Body):
    """`corrects`: the event id of what was entered wrongly; `on`: its right day; `void`: it never was so."""

    corrects: UUID
    on: date | None = None
    unit_name: Name | None = None
    level: Level | None = None
    field: Field | None = None
    area: UUID | None = None
    affiliation: Affiliation | None = None
    rank: Name | None = None
    women: Women | None = None
    void: bool = False


def may(cmd: Cmd, org: TheOrg, id: UUID) -> None:
    cmd.may("org.unit", found(org, EligibleUnit, id)[0].area)


def leaving(cmd: Cmd, org: TheOrg, id: UUID) -> UUID | None:
    """The organisation that covers it, before a command that may take it away."""
    may(cmd, org, id)
    return found(org, EligibleUnit, id)[0].organisation


@router.post("", status_code=201)
def list_unit(body: Listing, cmd: Cmd, org: TheOrg) -> Response:
    """列入应建名单."""
    cmd.may("org.unit", body.area)
    return cmd.answer(org.list_unit(new_id(), **body.said(), key=cmd.key), 201)


@router.get("/{id}")
def unit(id: UUID, query: Query, org: TheOrg) -> Response:
    """As it stands, its days, and the events a correction may name."""
    query.may("org.read")
    state, version = found(org, EligibleUnit, id)
    shown = {f.name: getattr(state, f.name) for f in fields(state) if f.name not in ("days", "said")}
    days = [d._asdict() for d in state.days]
    return query.answer({"id": id, **shown, "days": days, "facts": facts_of(org, id)}, version)


@router.post("/{id}/qualification")
def qualify(id: UUID, body: Qualification, cmd: Cmd, org: TheOrg) -> Response:
    """确认为应建单位."""
    may(cmd, org, id)
    return cmd.answer(org.qualify_unit(id, body.qualified_on, cmd.key, cmd.expect))


@router.post("/{id}/details")
def change(id: UUID, body: UnitDetails, cmd: Cmd, org: TheOrg) -> Response:
    may(cmd, org, id)
    details = body.said("effective")
    if body.area:
        cmd.may("org.unit", body.area)
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


@router.post("/{id}/release")
def release(id: UUID, body: Release, cmd: Cmd, org: TheOrg) -> Response:
    """移出原组织; `warnings` name an organisation that covers nothing any more."""
    left = leaving(cmd, org, id)
    done = org.release_unit(id, body.effective, cmd.key, cmd.expect)
    return answer(cmd, done, org.unit_warnings(left))


@router.post("/{id}/transfer")
def transfer(id: UUID, body: Transfer, cmd: Cmd, org: TheOrg) -> Response:
    """转到另一组织."""
    left = leaving(cmd, org, id)
    done = org.transfer_unit(id, body.organisation, body.effective, cmd.key, cmd.expect)
    return answer(cmd, done, org.unit_warnings(left))


@router.post("/{id}/closure")
def close(id: UUID, body: Closure, cmd: Cmd, org: TheOrg) -> Response:
    """撤销; a unit that an organisation covers leaves it on that day."""
    left = leaving(cmd, org, id)
    done = org.close_unit(id, body.closed_on, body.why, cmd.key, cmd.expect)
    return answer(cmd, done, org.unit_warnings(left))


@router.post("/{id}/merger")
def merge(id: UUID, body: UnitMerger, cmd: Cmd, org: TheOrg) -> Response:
    """并入另一单位."""
    left = leaving(cmd, org, id)
    done = org.merge_unit(id, body.into, body.merged_on, cmd.key, cmd.expect)
    return answer(cmd, done, org.unit_warnings(left))


@router.post("/{id}/correction")
def correct(id: UUID, body: Correction, cmd: Cmd, org: TheOrg) -> Response:
    """更正: a listing or any later record that was entered wrongly. Not a change: for that, `details`."""
    left = leaving(cmd, org, id)
    if body.area:
        cmd.may("org.unit", body.area)
    done = org.correct_unit(id, body.corrects, cmd.key, cmd.required_expect, **body.said("corrects"))
    return answer(cmd, done, org.unit_warnings(left))
