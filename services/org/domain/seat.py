"""The seat plan of an organisation: what may be planned, and what its composition should be (warnings, unless the table says block)."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from services.org.domain.refusals import refused
from services.org.domain.rule import Rules, flag, number
from services.org.events import Level, OrgType, Role, Seat
from shared.fact import Refused

__all__ = ["HEADS", "OFFICES", "check", "composition", "differences", "faults"]

HEADS: frozenset[Role] = frozenset({"chair", "director"})
OFFICES: frozenset[Role] = frozenset({"chair", "vice_chair", "standing_member"})
FEDERATION_ROLES: frozenset[Role] = OFFICES | {"executive_member", "staff"}
COMMITTEE_ROLES: frozenset[Role] = frozenset({"director", "deputy_director", "member", "staff"})


def check(org_type: OrgType, seats: Sequence[Seat]) -> None:
    """What no rules table can allow."""
    for no in faults(org_type, seats):
        raise no


def faults(org_type: OrgType, seats: Sequence[Seat]) -> Iterator[Refused]:
    """All of it."""
    if not seats:
        yield refused("seats_missing", "seats")
    if len({s.seat for s in seats}) != len(seats):
        yield refused("seat_twice", "seats")
    if any(s.capacity < 1 for s in seats):
        yield refused("seat_capacity", "seats")
    yield from (refused("two_chairs", "seats", role=head) for head in sorted(HEADS) if sum(s.capacity for s in seats if s.role == head) > 1)
    fit = COMMITTEE_ROLES if org_type in ("organ_committee", "working_committee") else FEDERATION_ROLES if org_type == "federation" else None
    wrong = dict.fromkeys(s.role for s in seats if fit and s.role not in fit)
    yield from (refused("role_unfit", "seats", role=role, fit=", ".join(sorted(fit or ()))) for role in wrong)


def composition(org_type: OrgType, level: Level, seats: Sequence[Seat], rules: Rules, path: Sequence[UUID], day: date) -> None:
    """Refuse what differs where the rules table says `seats.blocks`; elsewhere it only warns."""
    found = differences(org_type, level, seats, rules, path, day)
    if found and flag(rules, "seats.blocks", path, day):
        raise found[0]


def differences(org_type: OrgType, level: Level, seats: Sequence[Seat], rules: Rules, path: Sequence[UUID], day: date) -> list[Refused]:
    """O11, K1: how the plan differs from what the rules table expects."""
    count = {r: sum(s.capacity for s in seats if s.role == r) for r in FEDERATION_ROLES | COMMITTEE_ROLES}
    found: list[Refused] = []

    def expect(role: Role, have: int, key: str, least: bool = False) -> None:
        want = number(rules, key, path, day)
        if have < want or (have > want and not least):
            found.append(refused("seats_too_few" if least else "seats_unusual", "seats", role=role, have=have, want=want))

    if org_type == "federation":
        if level == "village":
            for role in ("chair", "vice_chair", "executive_member"):
                expect(role, count[role], f"seats.village.{role}")
        if level == "township":
            expect("chair", count["chair"], "seats.township.chair")
            expect("vice_chair", count["vice_chair"], "seats.township.vice_chair.min", least=True)
            expect("executive_member", count["executive_member"], "seats.township.executive_member.min", least=True)
        if flag(rules, "seats.executives.odd", path, day) and count["executive_member"] and count["executive_member"] % 2 == 0:
            found.append(refused("executives_even", "seats"))
        if count["executive_member"] < sum(count[o] for o in OFFICES):
            found.append(refused("offices_over_executives", "seats"))
    if org_type == "organ_committee":
        expect("member", count["director"] + count["deputy_director"] + count["member"], "seats.organ.member.min", least=True)
    return found
