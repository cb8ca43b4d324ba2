"""Grants of roles to accounts, and delegations for leave: who may do what, where, from when."""
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal
from uuid import UUID

from shared.fact import Fact

__all__ = ["AccountGranted", "AccountReleased", "DelegationEnded", "DelegationGranted", "Department", "GrantEndCorrected",
           "GrantEnded", "GrantGiven", "GrantRole", "ended_on"]

GrantRole = Literal["recorder", "officer", "reviewer", "statistician", "operator", "supervisor", "duty_executive", "lecturer", "auditor",
                    "security_admin", "system_admin", "public"]
Department = Literal["general_office", "organisation", "rights", "publicity", "development", "family_children"]


class GrantGiven(Fact, name="org.GrantGiven", of="Grant"):
    """`account` is `<issuer>|<subject>` of the login. No department: all of the office's business. `until`: first day without it."""

    account: str
    account_name: str
    role: GrantRole
    organisation: UUID | None  # None: the whole province (first administrator, system roles)
    person: UUID | None = None
    department: Department | None = None
    starts_on: date
    until: date | None = None
    appointment: UUID | None = None  # the grant hangs on it and ends with it


class GrantEnded(Fact, name="org.GrantEnded", of="Grant", version=2):
    """`with_post`: by itself, with the appointment it hangs on; else somebody ended it."""

    effective: date
    why: str
    with_post: bool = False

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        return {**data, "with_post": data["why"] == "appointment ended"} if version < 2 else data


class GrantEndCorrected(Fact, name="org.GrantEndCorrected", of="Grant"):
    """The appointment it ended with ends on another day; None: it does not, and the grant stands as if it had not ended."""

    effective: date | None


class AccountGranted(Fact, name="org.AccountGranted", of="Account"):
    """The claim on an account, and on the roster of security_admins: what it holds at once, so that excluding roles never meet."""

    grant: UUID
    role: GrantRole
    organisation: UUID | None
    department: Department | None = None
    starts_on: date
    until: date | None = None


class AccountReleased(Fact, name="org.AccountReleased", of="Account"):
    grant: UUID
    effective: date


class DelegationGranted(Fact, name="org.DelegationGranted", of="Delegation"):
    from_account: str
    to_account: str
    roles: tuple[GrantRole, ...]
    organisation: UUID
    starts_on: date
    until: date
    why: str
    granted_by: tuple[str, ...] = ()


class DelegationEnded(Fact, name="org.DelegationEnded", of="Delegation"):
    effective: date


def ended_on(facts: Iterable[Fact]) -> date | None:
    """What was said of one grant adds up to this end: the day its post ends or somebody ended it, whichever comes first. None: it stands."""
    by_hand: list[date] = []
    with_post: date | None = None
    for fact in facts:
        match fact:
            case GrantEnded(with_post=True, effective=day) | GrantEndCorrected(effective=day):
                with_post = day
            case GrantEnded(effective=day):
                by_hand.append(day)
    return min([*by_hand, *([with_post] if with_post else [])], default=None)
