"""Every rule that speaks against the posts of a row by themselves, whoever holds the seats: a command stops at the first, a reader wants all."""
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from services.cadre.domain.imports import ONLY_WARNED, Approval, Wanted
from services.cadre.domain.refusals import refused
from services.cadre.domain.rules import route
from services.cadre.domain.seat import Place, SeatClaim, check, plan_on, too_many
from services.cadre.events import Hold, ImportKind, Post
from shared.fact import Refused

__all__ = ["crowded", "objections"]


def objections(kind: ImportKind, some: Iterable[Wanted], places: Mapping[UUID, Place], approval: Approval, today: date) -> list[Refused]:
    """One a rule."""
    found: dict[str, Refused] = {}
    for w in some:
        place = places[w.organisation]
        plan = plan_on(place.seats.get(w.seat, ()), w.starts_on)
        for how in {w.engagement, plan.engagement if plan else None} - {None} or {"part_time"}:
            try:
                check(place, w.seat, how or "", None, w.starts_on, [])
            except Refused as no:
                found.setdefault(no.code, no)
        if kind == "roster" and w.starts_on > today:
            found.setdefault("date_in_future", refused("date_in_future", day=w.starts_on))
        if kind == "roster" and plan and approval.decided_on and w.starts_on < approval.decided_on:
            post = Post(person=w.appointment, organisation=w.organisation, seat=w.seat, role=plan.role, engagement=w.engagement or "part_time",
                        mode=w.mode)
            if "party" in route(place.rules, place.level, post):
                found.setdefault("before_party_decision", refused("before_party_decision", day=w.starts_on, decided_on=approval.decided_on))
    return [no for no in found.values() if kind != "opening" or no.code not in ONLY_WARNED]


def crowded(who: UUID, some: Iterable[Wanted], places: Mapping[UUID, Place], claims: Mapping[UUID, SeatClaim | None]) -> list[Refused]:
    """The seats that have no room for her as things stand."""
    holds = ((w, Hold(appointment=w.appointment, person=who, starts_on=w.starts_on, until=w.until)) for w in some)
    found = (too_many(claims.get(w.seat), new, places[w.organisation].seats[w.seat]) for w, new in holds)
    return [no for no in found if no]
