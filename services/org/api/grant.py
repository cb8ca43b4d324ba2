"""Routes of grants and delegations, and of the rules table."""
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.org.api.common import Name, TheOrg, Why, show
from services.org.domain.grant import Delegation, Grant
from services.org.domain.rule import Value
from services.org.events import DelegationGranted, Department, GrantGiven, GrantRole
from shared.fact import new_id
from shared.http import Body, Cmd, Query, found

router = APIRouter(tags=["grants"])


class Giving(Body):
    account: Name
    account_name: Name
    role: GrantRole
    organisation: UUID | None = None
    person: UUID | None = None
    department: Department | None = None
    starts_on: date
    until: date | None = None
    appointment: UUID | None = None


class End(Body):
    effective: date
    why: Why


class Delegating(Body):
    from_account: Name
    to_account: Name
    roles: Annotated[tuple[GrantRole, ...], Field(min_length=1, max_length=12)]
    organisation: UUID
    starts_on: date
    until: date
    why: Why


class DelegationEnd(Body):
    effective: date


class RuleRow(Body):
    rule: Name
    value: Value
    area: UUID | None = None
    effective: date
    source: Name


@router.post("/grants", status_code=201)
def give(body: Giving, cmd: Cmd, org: TheOrg) -> Response:
    """授权."""
    cmd.may("org.grant", body.organisation)
    return cmd.answer(org.give_grant(new_id(), GrantGiven(**body.said()), cmd.key), 201)


@router.get("/grants/{id}")
def grant(id: UUID, query: Query, org: TheOrg) -> Response:
    state, version = found(org, Grant, id)
    query.may("org.grant", state.given.organisation)
    return show(query, id, state, version)


@router.post("/grants/{id}/end")
def end(id: UUID, body: End, cmd: Cmd, org: TheOrg) -> Response:
    """收回授权."""
    cmd.may("org.grant", found(org, Grant, id)[0].given.organisation)
    return cmd.answer(org.end_grant(id, body.effective, body.why, cmd.key, cmd.expect))


@router.post("/delegations", status_code=201)
def delegate(body: Delegating, cmd: Cmd, org: TheOrg) -> Response:
    """委托: by the absent one herself, or by a security_admin."""
    if cmd.actor.account != body.from_account:
        cmd.may("org.grant", body.organisation)
    d = DelegationGranted(**body.said())
    return cmd.answer(org.delegate(new_id(), d, cmd.key), 201)


@router.get("/delegations/{id}")
def delegation(id: UUID, query: Query, org: TheOrg) -> Response:
    state, version = found(org, Delegation, id)
    if query.actor.account not in (state.granted.from_account, state.granted.to_account):
        query.may("org.grant", state.granted.organisation)
    return show(query, id, state, version)


@router.post("/delegations/{id}/end")
def end_delegation(id: UUID, body: DelegationEnd, cmd: Cmd, org: TheOrg) -> Response:
    """结束委托."""
    granted = found(org, Delegation, id)[0].granted
    if cmd.actor.account not in (granted.from_account, granted.to_account):
        cmd.may("org.grant", granted.organisation)
    return cmd.answer(org.end_delegation(id, body.effective, cmd.key, cmd.expect))


@router.post("/rules", status_code=201)
def set_rule(body: RuleRow, cmd: Cmd, org: TheOrg) -> Response:
    """规则表: a row for an area from a day on."""
    cmd.may("org.rule", body.area or cmd.province)
    return cmd.answer(org.set_rule(body.rule, body.value, body.area, body.effective, body.source, cmd.key, cmd.expect), 201)


@router.get("/rules")
def rules(query: Query, org: TheOrg, area: UUID | None = None, day: date | None = None) -> Response:
    """What holds in an area on a day, with the default and its source."""
    query.may("org.read")
    return query.answer(org.rule_table(area, day or query.today))
