"""The permission table and its function: every role, permission and place, and every shortening of a grant."""

import re
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.permissions import (
    ADMIN_ROLES,
    DEPARTMENTS,
    ROLES,
    TABLE,
    Delegation,
    Grant,
    Relation,
    Scope,
    allowed,
    delegated,
    excluded,
    scope,
)

PROVINCE, CITY, COUNTY, TOWN, OTHER = (uuid4() for _ in range(5))
PARENTS = {PROVINCE: None, CITY: PROVINCE, COUNTY: CITY, TOWN: COUNTY, OTHER: CITY}
TODAY = date(2026, 6, 1)


def path(organisation: UUID) -> tuple[UUID, ...]:
    found: list[UUID] = []
    at: UUID | None = organisation
    while at:
        found.append(at)
        at = PARENTS[at]
    return tuple(found)


def grant(
    role: str, organisation: UUID | None = COUNTY, department: str | None = None, starts_on: date = date.min, until: date = date.max
) -> Grant:
    return Grant("iss|her", role, organisation, starts_on, until, department)


# where a grant at COUNTY reaches, by relation: the table below says it once more, independently of the code
REACH = {
    Relation.WITHIN: {COUNTY: True, TOWN: True, CITY: False, PROVINCE: False, OTHER: False, None: False},
    Relation.BELOW: {COUNTY: False, TOWN: True, CITY: False, PROVINCE: False, OTHER: False, None: False},
    Relation.ANYWHERE: {COUNTY: True, TOWN: True, CITY: True, PROVINCE: True, OTHER: True, None: True},
}


@pytest.mark.parametrize("permission", TABLE)
def test_a_permission_reaches_as_far_as_its_relation_and_is_for_its_roles_only(permission: str) -> None:
    rule = TABLE[permission]
    for role, (place, reached) in product(ROLES, REACH[rule.relation].items()):
        may = allowed([grant(role)], permission, path(place) if place else (), TODAY)
        assert may == (role in rule.roles and reached), (role, permission, place)


@pytest.mark.parametrize("permission", TABLE)
def test_a_grant_for_the_whole_province_reaches_everywhere(permission: str) -> None:
    for role, place in product(ROLES, [*PARENTS, None]):
        assert allowed([grant(role, None)], permission, path(place) if place else (), TODAY) == (role in TABLE[permission].roles)


@pytest.mark.parametrize("permission", TABLE)
def test_a_grant_for_a_department_counts_for_its_business_only(permission: str) -> None:
    rule = TABLE[permission]
    for role, department in product(rule.roles, DEPARTMENTS):
        may = allowed([grant(role, None, department)], permission, path(TOWN), TODAY)
        assert may == (not rule.departments or department in rule.departments), (permission, department)


def test_a_grant_holds_from_its_first_day_until_the_day_before_its_end() -> None:
    held = [grant("officer", starts_on=TODAY, until=TODAY + timedelta(2))]
    days = [allowed(held, "org.change", path(TOWN), TODAY + timedelta(d)) for d in (-1, 0, 1, 2)]
    assert days == [False, True, True, False]


def test_nobody_has_anything_without_a_grant() -> None:
    assert not any(allowed([], p, path(TOWN), TODAY) for p in TABLE)


def test_a_permission_that_is_not_in_the_table_is_an_error_not_a_yes() -> None:
    with pytest.raises(KeyError):
        allowed([grant("officer", None)], "org.everything", path(TOWN), TODAY)


def test_every_permission_that_a_route_names_is_in_the_table_and_none_is_idle() -> None:
    code = "".join(f.read_text() for f in (Path(__file__).parents[2] / "services").rglob("*.py"))
    named = set(re.findall(r"""(?:may|scope)\(\s*"([a-z_.]+)\"""", code))
    assert named and named <= set(TABLE), named - set(TABLE)
    idle = {p for p in TABLE if f'"{p}"' not in code}
    assert idle <= {"system.operate"}, idle


def test_no_admin_role_does_business_and_only_security_gives_grants() -> None:
    given_by = {p: TABLE[p].roles for p in TABLE}
    assert given_by["org.grant"] == {"security_admin"}
    for permission, roles in given_by.items():
        reading = permission.endswith(".read")
        assert reading or not (roles & ADMIN_ROLES) or permission in ("org.grant", "system.operate"), permission
    assert "system_admin" not in given_by["report.read"] | given_by["audit.read"] | given_by["cadre.read"]


def test_whoever_audits_reads_papers_of_her_area_and_registers_none() -> None:
    assert TABLE["document.read"].roles - TABLE["org.document"].roles == {"auditor"} and TABLE["document.read"].relation is Relation.WITHIN
    assert allowed([grant("auditor")], "document.read", path(TOWN), TODAY) and not allowed([grant("auditor")], "document.read", path(OTHER), TODAY)
    assert not allowed([grant("auditor", None)], "org.document", path(TOWN), TODAY)


def test_what_decides_needs_fresh_grants() -> None:
    deciding = {"org.establish", "org.permit", "org.approve", "org.grant", "cadre.approve", "cadre.start", "cadre.relieve", "cadre.unseal"}
    assert deciding <= {p for p, rule in TABLE.items() if rule.fresh}


def test_the_three_admin_roles_exclude_each_other_and_nothing_else() -> None:
    for held, role in product(ROLES, ROLES):
        clash = held != role and {held, role} <= ADMIN_ROLES
        assert excluded([held, "officer"], role) == (held if clash else None)


places = st.sampled_from([*PARENTS, None])
grants = st.lists(
    st.builds(
        grant,
        st.sampled_from(ROLES),
        places,
        st.sampled_from([None, *DEPARTMENTS]),
        st.dates(TODAY - timedelta(3), TODAY + timedelta(3)),
        st.dates(TODAY - timedelta(3), TODAY + timedelta(3)),
    ),
    max_size=5,
)


@given(grants, st.sampled_from(list(TABLE)), places)
def test_a_list_shows_exactly_what_may_be_read_one_by_one(held: list[Grant], permission: str, place: UUID | None) -> None:
    filter_ = scope(held, permission, TODAY)
    listed = {o for o in PARENTS if filter_.all or set(path(o)) & filter_.roots or set(path(o)[1:]) & filter_.tops}
    assert listed == {o for o in PARENTS if allowed(held, permission, path(o), TODAY)}


@given(grants, st.sampled_from(list(TABLE)), places)
def test_several_grants_give_what_each_gives(held: list[Grant], permission: str, place: UUID | None) -> None:
    where = path(place) if place else ()
    assert allowed(held, permission, where, TODAY) == any(allowed([g], permission, where, TODAY) for g in held)


def lend(roles: str, organisation: UUID, starts_on: date = date.min, until: date = date.max) -> Delegation:
    return Delegation("iss|her", "iss|him", frozenset(roles.split()), organisation, starts_on, until)


def test_a_stand_in_holds_the_roles_lent_within_the_place_lent() -> None:
    held = [grant("officer"), grant("reviewer")]
    lent = delegated(held, lend("officer", TOWN), path)
    assert [(g.account, g.role, g.organisation) for g in lent] == [("iss|him", "officer", TOWN)]


def test_nobody_lends_more_than_she_has() -> None:
    assert delegated([grant("officer", TOWN)], lend("officer", COUNTY), path)[0].organisation == TOWN
    assert delegated([grant("officer", OTHER)], lend("officer", COUNTY), path) == ()
    assert delegated([grant("recorder")], lend("officer", COUNTY), path) == ()


def test_a_loan_lasts_no_longer_than_itself_or_the_grant() -> None:
    held = [grant("officer", starts_on=TODAY, until=TODAY + timedelta(5))]
    (g,) = delegated(held, lend("officer", TOWN, TODAY - timedelta(1), TODAY + timedelta(2)), path)
    assert (g.starts_on, g.until) == (TODAY, TODAY + timedelta(2))


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_an_admin_role_cannot_be_lent(role: str) -> None:
    assert delegated([grant(role, None)], lend(role, COUNTY), path) == ()


def test_an_empty_scope_covers_nothing_and_a_full_one_everything() -> None:
    assert not Scope().covers(path(TOWN)) and not Scope().covers(())
    assert Scope(all=True).covers(()) and Scope(all=True).covers(path(TOWN))
