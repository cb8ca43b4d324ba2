"""Grants and delegations over HTTP: given, excluding each other, lent for leave, ended."""
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.org import policies
from services.org.application import Org
from services.org.domain.grant import ROSTER, Account
from services.org.main import routers
from shared.calendar import today
from shared.http import service
from tests.api.caller import Caller, Names, account, config, served
from tests.api.org_world import World, no, ok, org_world

NOW = str(today())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with org_world(tmp_path_factory.mktemp("grants")) as w:
        yield w


def grant(world: World, name: str, role: str, by: str = "secadmin", **more: Any) -> Any:
    body = {"account": account(name), "account_name": name, "role": role, "organisation": str(world.county), "starts_on": NOW, **more}
    return world.caller(by).post("/grants", body)


def test_a_granted_role_works_at_once_and_an_ended_one_no_more(world: World) -> None:
    body = {"kind": "letter", "title": "函", "issuer": "县妇联", "dated": NOW, "organisation": str(world.county)}
    wu = world.caller("wu")
    no(wu.post("/documents", body), "forbidden", 403)
    id = ok(grant(world, "wu", "officer"), 201)["id"]
    world.pull()
    ok(wu.post("/documents", body), 201)
    ok(world.secadmin.post(f"/grants/{id}/end", {"effective": NOW, "why": "调离"}))
    world.pull()
    no(wu.post("/documents", body), "forbidden", 403)


def test_only_a_security_admin_grants_and_never_to_herself(world: World) -> None:
    no(grant(world, "wu", "officer", by="officer"), "forbidden", 403)
    no(grant(world, "secadmin", "officer"), "own_grant", pointer="/account")


def test_the_admin_like_roles_exclude_each_other(world: World) -> None:
    ok(grant(world, "zheng", "system_admin"), 201)
    no(grant(world, "zheng", "auditor"), "roles_exclude", pointer="/role")
    no(grant(world, "auditor", "security_admin", organisation=None), "forbidden", 403)


def test_the_last_security_admin_cannot_be_ended(world: World) -> None:
    mine = next(e.stream for e in world.facts("org.GrantGiven") if e.data["role"] == "security_admin")
    no(world.secadmin.post(f"/grants/{mine}/end", {"effective": NOW, "why": "调离"}), "last_security_admin")


def test_who_is_on_leave_lends_her_roles_for_a_time(world: World) -> None:
    ok(grant(world, "chen", "officer"), 201)
    world.pull()
    chen, deputy = world.caller("chen"), Caller(world.app, "deputy", **{"On-Behalf-Of": account("chen")})
    body = {"kind": "letter", "title": "函", "issuer": "县妇联", "dated": NOW, "organisation": str(world.county)}
    no(deputy.post("/documents", body), "no_delegation", 403)
    lent = {"from_account": account("chen"), "to_account": account("deputy"), "roles": ["officer"], "organisation": str(world.county),
            "starts_on": NOW,
            "until": str(today() + timedelta(10)), "why": "休假"}
    no(world.caller("wu").post("/delegations", lent), "forbidden", 403)
    no(chen.post("/delegations", {**lent, "roles": ["reviewer"]}), "role_not_held", pointer="/roles")
    id = ok(chen.post("/delegations", lent), 201)["id"]
    world.pull()
    ok(deputy.post("/documents", body), 201)
    written = world.facts("org.DocumentRegistered")[-1].meta
    assert (written.actor, written.on_behalf_of) == (account("deputy"), account("chen"))
    assert ok(chen.get(f"/delegations/{id}"))["ended_on"] is None
    ok(chen.post(f"/delegations/{id}/end", {"effective": NOW}))
    world.pull()
    no(deputy.post("/documents", body), "no_delegation", 403)


def test_the_first_administrator_is_recorded_once_while_there_is_none(home: Path) -> None:
    with served(service("org", Org, routers, policies, config=config(home), identity=Names(), nats=False)) as app:
        org: Org = app.state.store
        assert org.first_admin(account("root"))
        assert org.first_admin(account("root")) is None and org.first_admin(account("other")) is None
        app.state.access.refresh()
        body = {"account": account("second"), "account_name": "second", "role": "security_admin", "starts_on": NOW}
        second = ok(Caller(app, "root").post("/grants", body), 201)["id"]
        app.state.access.refresh()
        first = org.state(Account, ROSTER).grants
        ok(Caller(app, "second").post(f"/grants/{next(str(g) for g in first if str(g) != second)}/end", {"effective": NOW, "why": "移交"}))
        assert org.first_admin(account("root")) is None


def test_a_grant_that_is_not_there_is_not_found(world: World) -> None:
    no(world.secadmin.get(f"/grants/{world.county}"), "not_found", 404)


def test_an_account_with_a_control_character_or_half_a_character_gets_nothing(world: World) -> None:
    before = world.org.recorder.max_notification_id()
    assert [e["code"] for e in grant(world, "wu\x00z", "officer").json()["errors"]] == ["text_unreadable"]
    half = world.app.state.test_client.post(
        "/grants", content=b'{"account":"x|wu","account_name":"\\ud800","role":"officer","organisation":"%s","starts_on":"%s"}' % (
            str(world.county).encode(), NOW.encode()),
        headers={"Authorization": "Bearer secadmin", "Idempotency-Key": "half", "Content-Type": "application/json"})
    assert half.status_code == 422 and world.org.recorder.max_notification_id() == before
