"""Ballot figures and what follows from them: quorum, void votes, who is elected (O10, K1, K3, K4)."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from services.org.domain.checks import need
from services.org.domain.refusals import refused
from services.org.domain.seat import HEADS, OFFICES
from services.org.events import Ballot, Candidate, Engagement, Role, Seat
from shared.fact import Refused

__all__ = ["OwnPeriod", "figures", "form", "result", "short", "staying", "ties"]


@dataclass(frozen=True)
class OwnPeriod:
    """A part-time or seconded deputy in office whose own period, known from her start, runs on until that day."""

    appointment: UUID
    person: UUID
    person_name: str
    seat: UUID
    role: Role
    engagement: Engagement
    until: date


def figures(b: Ballot, present_over: Fraction, field: str = "ballot") -> None:
    """K4: present > 2/3 of those entitled; issued ≤ present; more papers returned than issued: the vote is void; valid ≤ returned."""
    need(min(b.entitled, b.present, b.issued, b.returned, b.valid) >= 0 and b.entitled > 0, "ballot_negative", f"{field}.entitled")
    need(b.present <= b.entitled, "ballot_present", f"{field}.present", a=b.present, b=b.entitled)
    need(b.present > b.entitled * present_over, "no_quorum", f"{field}.present", a=b.present, b=b.entitled, share=present_over)
    need(b.issued <= b.present, "ballot_issued", f"{field}.issued", a=b.issued, b=b.present)
    need(b.returned <= b.issued, "ballot_void", f"{field}.returned", a=b.returned, b=b.issued)
    need(b.valid <= b.returned, "ballot_valid", f"{field}.valid", a=b.valid, b=b.returned)


def result(candidates: Sequence[Candidate], seats: Mapping[UUID, Seat], congress: Ballot, plenary: Ballot | None, favour_over: Fraction,
           membership: bool) -> None:
    """Who may be declared elected. `plenary`: the executives' vote on the offices; without it the congress votes on everything."""
    need(any(c.elected for c in candidates), "nobody_elected", "candidates")
    need(len({(c.person, c.seat) for c in candidates}) == len(candidates), "candidate_twice", "candidates")
    for i, c in enumerate(candidates):
        _votes(c, f"candidates/{i}", seats, plenary if plenary and c.role in OFFICES else congress, favour_over)
    for seat in {c.seat for c in candidates}:
        _seat([c for c in candidates if c.seat == seat], seats[seat], plenary if plenary and seats[seat].role in OFFICES else congress)
    _persons([c for c in candidates if c.elected], membership and any(s.role == "executive_member" for s in seats.values()))


def _votes(c: Candidate, field: str, seats: Mapping[UUID, Seat], b: Ballot, favour_over: Fraction) -> None:
    seat = seats.get(c.seat)
    if not seat:
        raise refused("seat_unknown", f"{field}/seat")
    need(seat.role == c.role, "role_mismatch", f"{field}/role", role=seat.role)
    need(not seat.engagement or seat.engagement == c.engagement, "engagement_mismatch", f"{field}/engagement",
         want=seat.engagement)
    need(min(c.favour, c.against, c.abstain, c.write_in) >= 0, "votes_negative", f"{field}/favour")
    cast = c.favour + c.against + c.abstain + c.write_in
    need(cast <= b.valid, "votes_over_valid", f"{field}/favour",
         cast=cast, valid=b.valid)
    need(not c.elected or c.favour > b.entitled * favour_over, "votes_not_enough", f"{field}/elected", favour=c.favour,
         entitled=b.entitled, share=favour_over)


def _seat(of: Sequence[Candidate], seat: Seat, b: Ballot) -> None:
    won = [c for c in of if c.elected]
    need(not (seat.role in HEADS and len(won) > 1), "two_chairs", "candidates")
    need(len(won) <= seat.capacity, "seats_over_plan", "candidates",
         won=len(won), capacity=seat.capacity)
    need(sum(c.favour for c in of) <= b.valid * seat.capacity, "votes_over_seats", "candidates")
    lost = max((c.favour for c in of if not c.elected), default=0)
    need(not won or lost <= min(c.favour for c in won), "more_votes_lost", "candidates")


def _persons(won: Sequence[Candidate], membership: bool) -> None:
    executives = {c.person for c in won if c.role == "executive_member"}
    for person in {c.person for c in won}:
        roles: list[Role] = sorted(c.role for c in won if c.person == person and c.role != "executive_member")
        main = [r for r in roles if r != "standing_member"]
        need(len(main) <= 1, "two_offices", "candidates", roles=", ".join(main))
        need(not membership or not set(roles) & OFFICES or person in executives, "office_without_membership", "candidates")


def staying(candidates: Sequence[Candidate], seats: Mapping[UUID, Seat], stays: Sequence[OwnPeriod]) -> None:
    """Who stays takes a place that nobody can be elected to."""
    for id in {s.seat for s in stays} & seats.keys():
        won, there = sum(c.elected and c.seat == id for c in candidates), [s for s in stays if s.seat == id]
        need(not won or won + len(there) <= seats[id].capacity, "seats_over_plan_staying", "candidates", won=won, stay=len(there),
             names="、".join(s.person_name for s in there), capacity=seats[id].capacity)


def short(candidates: Sequence[Candidate], seats: Mapping[UUID, Seat], congress: Ballot, plenary: Ballot | None) -> list[Refused]:
    """Where the votes of a candidate add up to fewer than the valid papers, once a seat."""
    found = []
    for id in sorted({c.seat for c in candidates}):
        b = plenary if plenary and seats[id].role in OFFICES else congress
        few = [(i, cast) for i, c in enumerate(candidates)
               if c.seat == id and (cast := c.favour + c.against + c.abstain + c.write_in) < b.valid]
        if few:
            found.append(refused("votes_below_valid", f"candidates/{few[0][0]}/favour", role=seats[id].role, n=len(few), valid=b.valid,
                                 least=min(cast for _, cast in few)))
    return found


def ties(candidates: Sequence[Candidate]) -> list[Refused]:
    """Of those with as many votes some are elected and some are not: between them it is voted again."""
    found = []
    for id in sorted({c.seat for c in candidates}):
        of = [c for c in candidates if c.seat == id]
        if {c.favour for c in of if c.elected} & {c.favour for c in of if not c.elected}:
            found.append(refused("votes_tied", "candidates", role=of[0].role))
    return found


def form(candidates: Sequence[Candidate], seats: Mapping[UUID, Seat], equal_offices: bool, more_executives: bool) -> list[Refused]:
    """K3, O7: 等额 for the offices and the director, 差额 for executives and members. What differs."""
    found = []
    for id in sorted({c.seat for c in candidates}):
        seat, standing = seats[id], sum(c.seat == id for c in candidates)
        if equal_offices and seat.role in OFFICES | HEADS and standing != seat.capacity:
            found.append(refused("not_equal_ballot", "candidates", role=seat.role, n=seat.capacity, m=standing))
        if more_executives and seat.role in ("executive_member", "member") and standing <= seat.capacity:
            found.append(refused("not_more_candidates", "candidates", role=seat.role, n=seat.capacity, m=standing))
    return found
