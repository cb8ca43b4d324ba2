"""Grants and delegations, in sentences."""
from datetime import date
from typing import Any

import pytest

from services.org.domain import grant
from services.org.events import AccountGranted, AccountReleased, DelegationEnded, DelegationGranted, GrantEnded, GrantGiven
from tests.domain.org.world import COUNTY, GAP, MON, OTHER, TOWNSHIP, given, refused

DAY, LATER = date(2026, 1, 1), date(2026, 6, 1)


def a_grant(role: Any = "officer", **more: Any) -> GrantGiven:
    g: dict[str, Any] = {"account": "iss|li", "account_name": "李", "role": role, "organisation": COUNTY, "starts_on": DAY}
    return GrantGiven(**(g | more))


def held(role: Any, id: Any = GAP, organisation: Any = COUNTY, until: Any = None) -> AccountGranted:
    return AccountGranted(grant=id, role=role, organisation=organisation, starts_on=DAY, until=until)


def give(g: GrantGiven, account: Any = None, was: Any = None, known: bool = True, by: Any = MON) -> GrantGiven:
    return grant.give(was, g, account, known, by)


def test_a_role_is_given_to_an_account():
    assert give(a_grant()) == a_grant()
    with refused("grant_exists"):
        give(a_grant(), was=given(a_grant()))


@pytest.mark.parametrize("account", ["li", "|li", "iss|", "a|b|c"])
def test_an_account_is_issuer_and_subject(account):
    with refused("account_form", "account"):
        give(a_grant(account=account))


def test_a_grant_names_the_account_and_a_known_organisation():
    with refused("words_missing", "account_name"):
        give(a_grant(account_name=""))
    with refused("organisation_unknown"):
        give(a_grant(), known=False)
    with refused("organisation_required"):
        give(a_grant(organisation=None))
    assert give(a_grant("auditor", organisation=None))


def test_a_grant_ends_after_it_starts():
    with refused("period_empty", "until"):
        give(a_grant(until=DAY))


def test_nobody_grants_to_herself():
    with refused("own_grant"):
        give(a_grant(), by=("iss|li",))


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor"])
@pytest.mark.parametrize("other", ["system_admin", "security_admin", "auditor"])
def test_the_three_admin_like_roles_exclude_each_other(role, other):
    with refused("grant_twice" if role == other else "roles_exclude"):
        give(a_grant(role), given(held(other)))


def test_roles_that_do_not_meet_in_time_may_follow_each_other():
    assert give(a_grant("auditor", starts_on=LATER), given(held("system_admin", until=LATER)))
    assert give(a_grant("auditor", starts_on=LATER), given(held("system_admin"), AccountReleased(grant=GAP, effective=LATER)))
    assert give(a_grant("officer"), given(held("auditor")))


def end(was: Any = None, roster: Any = None, why: str = "调离", day: date = LATER) -> Any:
    return grant.end(was, day, why, roster)


def test_a_grant_ends_once_with_a_reason_after_its_start():
    assert end(given(a_grant())) == GrantEnded(effective=LATER, why="调离")
    with refused("grant_unknown"):
        end(None)
    with refused("grant_ended"):
        end(given(a_grant(), GrantEnded(effective=LATER, why="x")))
    with refused("words_missing"):
        end(given(a_grant()), why="")
    with refused("before_previous_step"):
        end(given(a_grant()), day=date(2025, 1, 1))


def test_the_last_security_admin_stays():
    was = given(a_grant("security_admin"))
    with refused("last_security_admin"):
        end(was, given(held("security_admin")))
    assert end(was, given(held("security_admin"), held("security_admin", OTHER)))


def delegation(**more: Any) -> DelegationGranted:
    d: dict[str, Any] = {"from_account": "iss|li", "to_account": "iss|wu", "roles": ("officer",), "organisation": TOWNSHIP, "starts_on": DAY,
                         "until": LATER, "why": "休假"}
    return DelegationGranted(**(d | more))


def delegate(d: DelegationGranted, holder: Any = None, was: Any = None, by: Any = ("iss|li",)) -> Any:
    return grant.delegate(was, d, holder or given(held("officer"), held("auditor", OTHER)), (TOWNSHIP, COUNTY), by)


def test_who_is_on_leave_delegates_roles_she_holds_there():
    assert delegate(delegation()) == delegation()
    with refused("role_not_held"):
        delegate(delegation(roles=("reviewer",)))
    with refused("role_not_held"):
        delegate(delegation(), given(held("officer", organisation=OTHER)))
    with refused("role_not_held"):
        delegate(delegation(), given(held("officer", until=DAY)))


def test_a_delegation_has_a_reason_a_period_and_another_account():
    with refused("words_missing", "why"):
        delegate(delegation(why=""))
    with refused("period_empty"):
        delegate(delegation(until=DAY))
    with refused("delegation_to_self"):
        delegate(delegation(to_account="iss|li"))
    with refused("same_person"):
        delegate(delegation(), by=("iss|wu",))
    with refused("delegation_exists"):
        delegate(delegation(), was=given(delegation()))


@pytest.mark.parametrize("roles", [(), ("auditor",), ("officer", "security_admin")])
def test_admin_like_roles_are_not_delegated(roles):
    with refused("role_not_delegable"):
        delegate(delegation(roles=roles))


def test_a_delegation_ends_once():
    assert grant.end_delegation(given(delegation()), LATER) == DelegationEnded(effective=LATER)
    with refused("delegation_unknown"):
        grant.end_delegation(None, LATER)
    with refused("delegation_ended"):
        grant.end_delegation(given(delegation(), DelegationEnded(effective=LATER)), LATER)
