"""Eligible units (应建单位): what should have a women's organisation."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from services.org.domain.checks import need, not_before, past, words
from services.org.domain.refusals import refused
from services.org.events import (
    Affiliation,
    EligibleUnitClosed,
    EligibleUnitDetailsChanged,
    EligibleUnitExempted,
    EligibleUnitListed,
    EligibleUnitOrganised,
    EligibleUnitQualified,
    EligibleUnitsMerged,
    EligibleUnitUncovered,
    Field,
    Level,
)
from shared.fact import Fact

__all__ = ["EligibleUnit", "change", "close", "evolve", "exempt", "list_unit", "merge", "organise", "qualify", "uncover"]

State = Literal["listed", "qualified", "organised", "exempt", "merged", "closed"]


@dataclass(frozen=True)
class EligibleUnit:
    unit_name: str
    level: Level
    field: Field
    area: UUID
    affiliation: Affiliation
    rank: str | None
    women: int | None
    state: State
    since: date  # of the state
    listed_on: date
    organisation: UUID | None = None
    into: UUID | None = None


def list_unit(was: EligibleUnit | None, *, unit_name: str, level: Level, field: Field, area: UUID, area_known: bool, listed_on: date,
              today: date,
              affiliation: Affiliation = "local", rank: str | None = None, women: int | None = None,
              qualified: bool = True) -> list[EligibleUnitListed | EligibleUnitQualified]:
    """Enter a unit; `qualified`: it meets the conditions from the same day."""
    need(not was, "unit_exists", "id")
    words(unit_name, "unit_name")
    need(area_known, "area_unknown", "area")
    _women(women)
    past(listed_on, today, "listed_on")
    listed = EligibleUnitListed(unit_name=unit_name, level=level, field=field, area=area, affiliation=affiliation, rank=rank, women=women,
                                listed_on=listed_on)
    return [listed, EligibleUnitQualified(qualified_on=listed_on)] if qualified else [listed]


def qualify(was: EligibleUnit | None, qualified_on: date, today: date) -> EligibleUnitQualified:
    unit = _there(was)
    need(unit.state in ("listed", "exempt"), "unit_not_waiting", "state")
    past(qualified_on, today, "qualified_on")
    not_before(qualified_on, unit.since, "qualified_on")
    return EligibleUnitQualified(qualified_on=qualified_on)


def change(was: EligibleUnit | None, effective: date, *, unit_name: str | None = None, field: Field | None = None,
           affiliation: Affiliation | None = None,
           rank: str | None = None, women: int | None = None) -> list[EligibleUnitDetailsChanged]:
    unit = _there(was)
    need(unit.state != "closed" and unit.state != "merged", "unit_closed", "unit")
    if unit_name is not None:
        words(unit_name, "unit_name")
    _women(women)
    not_before(effective, unit.listed_on, "effective")
    new = {"unit_name": unit_name, "field": field, "affiliation": affiliation, "rank": rank, "women": women}
    if all(v is None or v == getattr(unit, k) for k, v in new.items()):
        return []
    return [EligibleUnitDetailsChanged(effective=effective, unit_name=unit_name, field=field, affiliation=affiliation, rank=rank,
                                       women=women)]


def exempt(was: EligibleUnit | None, exempt_from: date, why: str) -> EligibleUnitExempted:
    """不设妇联: out of the denominator of R01 from a day on."""
    unit = free(was)
    need(unit.state != "exempt", "unit_exempt", "unit")
    words(why, "why")
    not_before(exempt_from, unit.since, "exempt_from")
    return EligibleUnitExempted(exempt_from=exempt_from, why=why)


def organise(was: EligibleUnit | None, organisation: UUID, organised_on: date) -> EligibleUnitOrganised:
    """Covered by an organisation from a day on; the caller has seen that the organisation is active."""
    unit = free(was)
    need(unit.state == "qualified", "unit_not_qualified", "unit")
    not_before(organised_on, unit.since, "organised_on")
    return EligibleUnitOrganised(organisation=organisation, organised_on=organised_on)


def uncover(was: EligibleUnit | None, organisation: UUID, effective: date) -> list[EligibleUnitUncovered]:
    """Its organisation ended."""
    if not was or was.state != "organised" or was.organisation != organisation:
        return []
    return [EligibleUnitUncovered(organisation=organisation, effective=effective)]


def close(was: EligibleUnit | None, closed_on: date, why: str, today: date) -> EligibleUnitClosed:
    unit = free(was)
    words(why, "why")
    past(closed_on, today, "closed_on")
    not_before(closed_on, unit.since, "closed_on")
    return EligibleUnitClosed(closed_on=closed_on, why=why)


def merge(was: EligibleUnit | None, into_id: UUID, into: EligibleUnit | None, merged_on: date, today: date) -> EligibleUnitsMerged:
    unit = free(was)
    need(was is not into, "unit_into_itself", "into")
    need(into and into.state not in ("closed", "merged"), "unit_target_gone", "into")
    past(merged_on, today, "merged_on")
    not_before(merged_on, unit.since, "merged_on")
    return EligibleUnitsMerged(into=into_id, merged_on=merged_on)


def _there(was: EligibleUnit | None) -> EligibleUnit:
    if not was:
        raise refused("unit_unknown", "unit")
    return was


def free(was: EligibleUnit | None) -> EligibleUnit:
    """A unit that still stands and no organisation covers."""
    unit = _there(was)
    need(unit.state not in ("closed", "merged"), "unit_closed", "unit")
    need(unit.state != "organised", "unit_organised", "unit")
    return unit


def _women(women: int | None) -> None:
    need(women is None or women >= 0, "women_negative", "women")


def evolve(was: EligibleUnit | None, fact: Fact) -> EligibleUnit | None:
    match fact:
        case EligibleUnitListed():
            return EligibleUnit(fact.unit_name, fact.level, fact.field, fact.area, fact.affiliation, fact.rank, fact.women, "listed",
                                fact.listed_on, fact.listed_on)
    if not was:
        return was
    match fact:
        case EligibleUnitQualified():
            return replace(was, state="qualified", since=fact.qualified_on)
        case EligibleUnitDetailsChanged():
            new = {k: v for k, v in fact.model_dump(exclude={"effective"}).items() if v is not None}
            return replace(was, **new)
        case EligibleUnitExempted():
            return replace(was, state="exempt", since=fact.exempt_from)
        case EligibleUnitOrganised():
            return replace(was, state="organised", since=fact.organised_on, organisation=fact.organisation)
        case EligibleUnitUncovered():
            return replace(was, state="qualified", since=fact.effective, organisation=None)
        case EligibleUnitClosed():
            return replace(was, state="closed", since=fact.closed_on)
        case EligibleUnitsMerged():
            return replace(was, state="merged", since=fact.merged_on, into=fact.into)
    return was
