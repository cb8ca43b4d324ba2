"""Every rule that speaks against an organisation that a row would open: a command stops at the first, a reader wants all."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from services.org.domain import code as codes_of
from services.org.domain import seat as seats_of
from services.org.domain.checks import past
from services.org.domain.code import CREDIT, DIVISION, Code
from services.org.domain.organisation import Organisation, under
from services.org.events import Level, OrgType, Seat
from shared.fact import Refused

__all__ = ["Told", "objections"]


@dataclass(frozen=True)
class Told:
    """An organisation as far as its row can be understood."""

    id: UUID
    org_type: OrgType
    level: Level | None
    parent: UUID | None
    established_on: date | None
    code: str | None
    credit_code: str | None
    seats: tuple[Seat, ...]


def objections(t: Told, orgs: Mapping[UUID, Organisation | None], codes: Mapping[UUID, Code | None], today: date) -> list[Refused]:
    """One a rule and cell."""
    found = list(seats_of.faults(t.org_type, t.seats)) if t.seats else []
    for rule in _rules(t, orgs, codes, today):
        try:
            rule()
        except Refused as no:
            found.append(no)
    return found


def _rules(t: Told, orgs: Mapping[UUID, Organisation | None], codes: Mapping[UUID, Code | None], today: date) -> Iterator[Callable[[], object]]:
    if t.established_on:
        yield partial(past, t.established_on, today, "established_on")
    if t.level and t.parent:
        yield partial(under, t.level, t.org_type, orgs.get(t.parent), None)
    for scheme, code in ((DIVISION, t.code), (CREDIT, t.credit_code)):
        if code:
            yield partial(codes_of.claim, codes.get(codes_of.stream(scheme, code)), scheme, code, t.id, t.established_on or date.max)
