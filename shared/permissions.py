"""Who may do what where: one table and one function, which also gives every list its filter. Shown to users as 权限表."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from uuid import UUID

from shared.words import GRANTED

__all__ = [
    "ADMIN_ROLES",
    "DEPARTMENTS",
    "ROLES",
    "TABLE",
    "Delegation",
    "Grant",
    "Relation",
    "Rule",
    "Scope",
    "allowed",
    "delegated",
    "excluded",
    "scope",
]

ROLES = tuple(GRANTED)
ADMIN_ROLES = frozenset({"system_admin", "security_admin", "auditor"})  # 三员分立: nobody holds two of them [GB/T 22239]
DEPARTMENTS = ("general_office", "organisation", "rights", "publicity", "development", "family_children")


class Relation(Enum):
    """Where the organisation acted upon lies, seen from the organisation of the grant."""

    WITHIN = "itself or anywhere below"
    BELOW = "below only: the superior decides"
    ANYWHERE = "no matter where"


@dataclass(frozen=True)
class Grant:
    """`organisation` None: the whole province. `department` None: all of the office's business. [starts_on, until)."""

    account: str
    role: str
    organisation: UUID | None
    starts_on: date
    until: date
    department: str | None = None
    person: UUID | None = None


@dataclass(frozen=True)
class Delegation:
    """`from_account` lets `to_account` act in these roles within an organisation, for leave. [starts_on, until)."""

    from_account: str
    to_account: str
    roles: frozenset[str]
    organisation: UUID
    starts_on: date
    until: date


@dataclass(frozen=True)
class Rule:
    """`departments`: a grant for one department counts only for these (empty: any). `fresh`: refused while grants are older than 30 s."""

    roles: frozenset[str]
    relation: Relation
    departments: frozenset[str] = frozenset()
    fresh: bool = False


def _rule(roles: str, relation: Relation, departments: str = "", fresh: bool = False) -> Rule:
    rule = Rule(frozenset(roles.split()), relation, frozenset(departments.split()), fresh)
    if rule.roles - set(ROLES) or rule.departments - set(DEPARTMENTS):
        raise ValueError(f"unknown role or department in {rule}")
    return rule


_ALL = " ".join(r for r in ROLES if r != "public")
_DESK = "recorder officer"
_DECIDE = "officer reviewer"
_ORGANISING = "general_office organisation"
_W, _B, _A = Relation.WITHIN, Relation.BELOW, Relation.ANYWHERE

TABLE: dict[str, Rule] = {
    # organisations: the office enters, the superior decides
    "org.read": _rule(_ALL, _A),
    "org.propose": _rule(_DESK, _W, _ORGANISING),
    "org.establish": _rule(_DECIDE, _B, _ORGANISING, fresh=True),
    "org.change": _rule("officer", _W, _ORGANISING),
    "org.seats": _rule("officer", _W, _ORGANISING),
    "org.unit": _rule(_DESK, _W, _ORGANISING),
    "org.term": _rule("officer", _W, _ORGANISING),
    "org.reelection": _rule(_DESK, _W, _ORGANISING),
    "org.permit": _rule(_DECIDE, _B, _ORGANISING, fresh=True),
    "org.approve": _rule(_DECIDE, _B, _ORGANISING, fresh=True),
    "org.file": _rule(_DECIDE, _W, _ORGANISING),
    "org.vacancy": _rule(_DESK, _W, _ORGANISING),
    "org.import": _rule("officer", _W, _ORGANISING),
    "org.load": _rule("officer", _W, _ORGANISING, fresh=True),
    "org.document": _rule(f"{_DESK} reviewer", _W),
    "document.read": _rule(f"{_DESK} reviewer auditor", _W),  # whoever audits must see on what paper something was done
    "org.rule": _rule("officer", _W, "general_office", fresh=True),
    "org.grant": _rule("security_admin", _W, fresh=True),
    # people and posts: proposer and approver are two persons, which the domain checks; the second may sit in the superior federation [K16]
    "cadre.read": _rule(f"{_DESK} reviewer statistician supervisor auditor", _W),
    "cadre.register": _rule(_DESK, _W, _ORGANISING),
    "cadre.profile": _rule(_DESK, _W, _ORGANISING),
    "cadre.propose": _rule(_DESK, _W, _ORGANISING),
    "cadre.review": _rule(f"{_DESK} reviewer", _W, _ORGANISING),
    "cadre.approve": _rule(_DECIDE, _W, _ORGANISING, fresh=True),
    "cadre.start": _rule(_DECIDE, _W, _ORGANISING, fresh=True),
    "cadre.relieve": _rule(_DECIDE, _W, _ORGANISING, fresh=True),
    "cadre.correct": _rule(_DECIDE, _W, _ORGANISING, fresh=True),
    "cadre.import": _rule(_DESK, _W, _ORGANISING),
    "cadre.load": _rule(_DECIDE, _W, _ORGANISING, fresh=True),
    "cadre.certificate": _rule("officer", _B, _ORGANISING),
    "cadre.unseal": _rule(_DECIDE, _W, _ORGANISING, fresh=True),
    "cadre.export": _rule("officer", _W, _ORGANISING, fresh=True),  # sealed values of many at once, into a marked file
    # lectures, hotline
    "lecture.topic": _rule(f"{_DESK} lecturer", _W, "publicity family_children"),
    "lecture.review": _rule(_DECIDE, _W, "publicity family_children"),
    "lecture.read": _rule(_ALL, _A),
    "hotline.shift": _rule("operator supervisor duty_executive", _W, "rights"),
    "hotline.read": _rule("operator supervisor duty_executive", _W, "rights"),
    # reading across services
    "report.read": _rule(f"{_DESK} reviewer statistician supervisor auditor", _W),
    "audit.read": _rule(f"{_DECIDE} auditor", _W),
    "system.operate": _rule("system_admin", _A),
}


@dataclass(frozen=True)
class Scope:
    """Where a permission holds: everywhere, at `roots` and below, and strictly below `tops`."""

    all: bool = False
    roots: frozenset[UUID] = frozenset()
    tops: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        """Whether it holds anywhere at all."""
        return bool(self.all or self.roots or self.tops)

    def covers(self, path: Sequence[UUID]) -> bool:
        """`path`: the organisation, its parent, … up to the province; empty: the province as such."""
        return self.all or any(o in self.roots for o in path) or any(o in self.tops for o in path[1:])


def scope(grants: Iterable[Grant], permission: str, today: date) -> Scope:
    """Where these grants give `permission` today: the filter of every list. KeyError for a permission that is not in the table."""
    rule = TABLE[permission]
    live = [
        g
        for g in grants
        if g.role in rule.roles
        and g.starts_on <= today < g.until
        and (g.department is None or not rule.departments or g.department in rule.departments)
    ]
    if any(g.organisation is None or rule.relation is Relation.ANYWHERE for g in live):
        return Scope(all=True)
    places = frozenset(g.organisation for g in live if g.organisation)
    return Scope(tops=places) if rule.relation is Relation.BELOW else Scope(roots=places)


def allowed(grants: Iterable[Grant], permission: str, path: Sequence[UUID], today: date) -> bool:
    """May the holder of these grants do this to the organisation of this path, today?"""
    return scope(grants, permission, today).covers(path)


def delegated(grants: Iterable[Grant], by: Delegation, path: Callable[[UUID], Sequence[UUID]]) -> tuple[Grant, ...]:
    """What of these grants the stand-in holds: only the roles lent, only within the organisation lent, never an admin role."""
    lent = []
    for g in grants:
        if g.role not in by.roles or g.role in ADMIN_ROLES:
            continue
        if g.organisation is None or g.organisation in path(by.organisation):
            place: UUID | None = by.organisation
        elif by.organisation in path(g.organisation):
            place = g.organisation
        else:
            continue
        lent.append(
            replace(
                g,
                account=by.to_account,
                person=None,
                organisation=place,
                starts_on=max(g.starts_on, by.starts_on),
                until=min(g.until, by.until),
            )
        )
    return tuple(lent)


def excluded(held: Iterable[str], role: str) -> str | None:
    """The admin-like role among those `held` that nobody may hold together with `role`; None when the two go together."""
    if role not in ADMIN_ROLES:
        return None
    return next((h for h in sorted(set(held)) if h in ADMIN_ROLES and h != role), None)
