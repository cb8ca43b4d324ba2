"""Use cases of grants and delegations."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.org.application.grounds import Grounds, by
from services.org.domain import grant
from services.org.domain.grant import ROSTER, Account, Delegation, Grant, stream
from services.org.domain.organisation import Organisation
from services.org.events import AccountReleased, DelegationGranted, GrantGiven, GrantRole
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, derive

__all__ = ["Grants"]


class Grants(Grounds):
    def give_grant(self, id: UUID, given: GrantGiven, key: str) -> Done:
        """授权."""
        known = given.organisation is None or self.state(Organisation, given.organisation) is not None
        claims = claims_of(given.account, given.role)

        def decide(was: Grant | None, accounts: Mapping[UUID, Account | None]) -> Mapping[UUID, Fact]:
            return {id: grant.give(was, given, accounts[claims[0]], known, by()), **dict.fromkeys(claims, grant.holding(id, given))}
        return self.do(key, {Grant: id, Account: claims}, decide)

    def end_grant(self, id: UUID, effective: date, why: str, key: str, expect: int | None = None) -> Done:
        """收回授权."""
        given = grant.known(self.state(Grant, id)).given
        claims = claims_of(given.account, given.role)
        return self.do(key, {Grant: id, Account: claims}, lambda was, accounts: {
            id: grant.end(was, effective, why, accounts.get(ROSTER)),
            **dict.fromkeys(claims, AccountReleased(grant=id, effective=effective))}, expect)

    def end_with_post(self, id: UUID, day: date | None, ever: bool, key: str) -> Done:
        """随任职终止, or standing again because that end never was so."""
        given = grant.known(self.state(Grant, id)).given
        claims = claims_of(given.account, given.role)

        def decide(was: Grant | None, accounts: Mapping[UUID, Account | None]) -> Mapping[UUID, Sequence[Fact]]:
            said = grant.end_with_post(id, was, day, ever, accounts[claims[0]], accounts.get(ROSTER))
            return {id: said, **{c: grant.claimed(id, grant.known(was), said) for c in claims if said}}
        return self.do(key, {Grant: id, Account: claims}, decide)

    def first_admin(self, account: str) -> Done | None:
        """The first security_admin, from configuration and recorded as such; nothing while there is one."""
        roster: Account | None = self.state(Account, ROSTER)
        if roster and roster.during(today(), None):
            return None
        given = GrantGiven(account=account, account_name="first administrator (configuration)", role="security_admin", organisation=None,
                           starts_on=today())
        id = derive(ROSTER, account, len(roster.grants) if roster else 0)
        return self.give_grant(id, given, str(id))

    def delegate(self, id: UUID, d: DelegationGranted, key: str) -> Done:
        """委托: for leave."""
        holder, path = stream(d.from_account), self.path(d.organisation)
        return self.do(key, {Delegation: id, Account: holder}, lambda was, account: grant.delegate(was, d, account, path, by()))

    def end_delegation(self, id: UUID, effective: date, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Delegation: id}, lambda was: grant.end_delegation(was, effective), expect)


def claims_of(account: str, role: GrantRole) -> list[UUID]:
    """The claim streams a grant stands in: its account, and for a security_admin the roster."""
    return [stream(account), *([ROSTER] if role == "security_admin" else [])]
