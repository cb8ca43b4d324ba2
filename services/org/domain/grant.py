"""Grants of roles to accounts, the roles that exclude each other, the first administrator, and delegations for leave."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from services.org.domain.checks import need, not_before, second_person, words
from services.org.domain.refusals import refused
from services.org.events import (
    AccountGranted,
    AccountReleased,
    DelegationEnded,
    DelegationGranted,
    GrantEndCorrected,
    GrantEnded,
    GrantGiven,
    GrantRole,
    ended_on,
)
from shared.fact import Fact, derive

__all__ = ["ADMIN_LIKE", "ROSTER", "Account", "Delegation", "Grant", "claimed", "delegate", "end", "end_delegation", "end_with_post", "evolve",
           "evolve_account", "evolve_delegation", "give", "holding", "known", "stream"]

GrantEnd = GrantEnded | GrantEndCorrected
ROOT = UUID("01900000-0000-7000-8000-000000000002")
ADMIN_LIKE: frozenset[GrantRole] = frozenset({"system_admin", "security_admin", "auditor"})


def stream(account: str) -> UUID:
    """The claim stream of an account."""
    return derive(ROOT, "account", account)


ROSTER = derive(ROOT, "roster", "security_admin")  # the claim stream of who holds security_admin


@dataclass(frozen=True)
class Grant:
    """`ended_on`: by hand or with its post, whichever comes first; `ends`: what was said of that."""

    given: GrantGiven
    ended_on: date | None = None
    ends: tuple[GrantEnd, ...] = ()

    @property
    def with_post(self) -> date | None:
        """The day it ends with the appointment it hangs on, by what was said so far."""
        return ended_on(f for f in self.ends if isinstance(f, GrantEndCorrected) or f.with_post)


@dataclass(frozen=True)
class Delegation:
    granted: DelegationGranted
    ended_on: date | None = None


@dataclass(frozen=True)
class Account:
    """The claim: what an account holds (or, for the roster, who holds a role)."""

    grants: Mapping[UUID, AccountGranted] = field(default_factory=lambda: MappingProxyType({}))

    def during(self, from_: date, until: date | None) -> list[AccountGranted]:
        """Grants that hold at some time in [from_, until)."""
        return [g for g in self.grants.values() if (g.until is None or from_ < g.until) and (until is None or g.starts_on < until)]


def give(was: Grant | None, given: GrantGiven, account: Account | None, organisation_known: bool, by: Sequence[str]) -> GrantGiven:
    """A role for an account, from a day on. Nobody grants to herself; the three admin-like roles never meet in one account."""
    need(not was, "grant_exists", "id")
    need(given.account.count("|") == 1 and all(given.account.split("|")), "account_form", "account")
    words(given.account_name, "account_name")
    need(organisation_known, "organisation_unknown", "organisation")
    need(given.organisation or given.role in ADMIN_LIKE | {"statistician"}, "organisation_required", "organisation")
    need(given.until is None or given.until > given.starts_on, "period_empty", "until")
    need(given.account not in by, "own_grant", "account")
    at_once = (account or Account()).during(given.starts_on, given.until)
    _apart(given, at_once)
    need(not _twice(given, at_once), "grant_twice", "role")
    return given


def end(was: Grant | None, effective: date, why: str, roster: Account | None) -> GrantEnded:
    """`roster`: who holds security_admin; the last one stays."""
    was = known(was)
    sooner = was.ended_on is not None and was.ended_on == was.with_post and effective < was.ended_on
    need(was.ended_on is None or sooner, "grant_ended", "grant")
    words(why, "why")
    not_before(effective, was.given.starts_on, "effective")
    _not_the_last(was.given, effective, roster)
    return GrantEnded(effective=effective, why=why)


def end_with_post(id: UUID, was: Grant | None, day: date | None, ever: bool, account: Account | None, roster: Account | None) -> list[GrantEnd]:
    """It ends on the day its appointment does, on its own first day if that never was, and not at all while that stands. What somebody ended stays
    so; what the account was given anew meanwhile, it is not given twice. Refused where it would meet an excluding role."""
    was = known(was)
    given = was.given
    right = given.starts_on if not ever else max(day, given.starts_on) if day else None
    if right == was.with_post:
        return []
    first = right is not None and not any(isinstance(f, GrantEnded) and f.with_post for f in was.ends)
    said: GrantEnd = GrantEnded(effective=right, why="appointment ended", with_post=True) if first and right else GrantEndCorrected(effective=right)
    before, after = was.ended_on, ended_on((*was.ends, said))
    if after and (before is None or after < before):
        _not_the_last(given, after, roster)
    elif before and (after is None or after > before):
        others = [g for g in (account or Account()).during(before, after) if g.grant != id]
        if _twice(given, others):
            return []
        _apart(given, others)
    return [said]


def claimed(id: UUID, was: Grant, said: Sequence[GrantEnd]) -> list[Fact]:
    """What the claims say of a grant whose end is another now."""
    before, after = was.ended_on, ended_on((*was.ends, *said))
    if before == after:
        return []
    longer = before is not None and (after is None or after > before)
    return [*([holding(id, was.given)] if longer else []), *([AccountReleased(grant=id, effective=after)] if after else [])]


def holding(id: UUID, given: GrantGiven) -> AccountGranted:
    return AccountGranted(grant=id, role=given.role, organisation=given.organisation, department=given.department, starts_on=given.starts_on,
                          until=given.until)


def _twice(given: GrantGiven, others: Iterable[AccountGranted]) -> bool:
    return any((g.role, g.organisation, g.department) == (given.role, given.organisation, given.department) for g in others)


def _apart(given: GrantGiven, others: Iterable[AccountGranted]) -> None:
    """The three admin-like roles never meet in one account."""
    clash = next((g.role for g in others if given.role in ADMIN_LIKE and g.role in ADMIN_LIKE and g.role != given.role), None)
    need(not clash, "roles_exclude", "role", clash=clash)


def _not_the_last(given: GrantGiven, day: date, roster: Account | None) -> None:
    last = given.role == "security_admin" and len((roster or Account()).during(day, None)) <= 1
    need(not last, "last_security_admin", "grant")


def known(was: Grant | None) -> Grant:
    if not was:
        raise refused("grant_unknown", "grant")
    return was


def delegate(was: Delegation | None, d: DelegationGranted, holder: Account | None, path: Sequence[UUID],
             by: Sequence[str]) -> DelegationGranted:
    """For leave: roles that the absent one holds over the organisation (`path`: it and those above it), never admin-like ones."""
    need(not was, "delegation_exists", "id")
    words(d.why, "why")
    need(d.from_account != d.to_account, "delegation_to_self", "to_account")
    need(d.until > d.starts_on, "period_empty", "until")
    need(d.roles and not set(d.roles) & ADMIN_LIKE, "role_not_delegable", "roles")
    here = {g.role for g in (holder or Account()).during(d.starts_on, d.until) if g.organisation is None or g.organisation in path}
    need(set(d.roles) <= here, "role_not_held", "roles", roles=", ".join(sorted(set(d.roles) - here)))
    second_person([d.to_account], by)
    return d


def end_delegation(was: Delegation | None, effective: date) -> DelegationEnded:
    if not was:
        raise refused("delegation_unknown", "delegation")
    need(was.ended_on is None, "delegation_ended", "delegation")
    not_before(effective, was.granted.starts_on, "effective")
    return DelegationEnded(effective=effective)


def evolve(was: Grant | None, fact: Fact) -> Grant | None:
    match fact:
        case GrantGiven():
            return Grant(fact)
        case GrantEnded() | GrantEndCorrected() if was:
            return replace(was, ends=(*was.ends, fact), ended_on=ended_on((*was.ends, fact)))
    return was


def evolve_delegation(was: Delegation | None, fact: Fact) -> Delegation | None:
    match fact:
        case DelegationGranted():
            return Delegation(fact)
        case DelegationEnded() if was:
            return replace(was, ended_on=fact.effective)
    return was


def evolve_account(was: Account | None, fact: Fact) -> Account | None:
    held = (was or Account()).grants
    match fact:
        case AccountGranted():
            return Account({**held, fact.grant: fact})
        case AccountReleased() if fact.grant in held:
            return Account({**held, fact.grant: held[fact.grant].model_copy(update={"until": fact.effective})})
    return was
