"""What the facts of one eligible unit add up to, day by day. One truth for domain and reports."""
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from services.org.events.unit import (
    Affiliation,
    EligibleUnitClosed,
    EligibleUnitCorrected,
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

__all__ = ["UNIT_DAY", "UnitDay", "UnitState", "unit_days", "units_facts"]

UnitState = Literal["listed", "qualified", "organised", "exempt", "merged", "closed"]
UNIT_DAY: dict[type[Fact], str] = {  # the field of each fact's own day
    EligibleUnitListed: "listed_on", EligibleUnitQualified: "qualified_on", EligibleUnitDetailsChanged: "effective",
    EligibleUnitExempted: "exempt_from", EligibleUnitOrganised: "organised_on", EligibleUnitUncovered: "effective",
    EligibleUnitClosed: "closed_on", EligibleUnitsMerged: "merged_on"}
DETAILS = ("unit_name", "level", "field", "area", "affiliation", "rank", "women")


class UnitDay(NamedTuple):
    """How a unit stands from a day on; `since`: its state."""

    valid_from: date
    unit_name: str
    level: Level
    field: Field
    area: UUID
    affiliation: Affiliation
    rank: str | None
    women: int | None
    state: UnitState
    since: date
    listed_on: date
    organisation: UUID | None = None
    into: UUID | None = None


def units_facts(said: Sequence[Fact]) -> list[tuple[date, int, Fact]]:
    """Day, number and fact of what stands, each as corrected since, in the order of days. `said`: all facts of one unit, in order. Empty when the
    unit was never to be listed."""
    corrections: dict[int, list[int]] = {}
    for j, fact in enumerate(said):
        if isinstance(fact, EligibleUnitCorrected):
            corrections.setdefault(fact.corrects_version - 1, []).append(j)
    right = {i: _right(i, said, corrections) for i, fact in enumerate(said) if not isinstance(fact, EligibleUnitCorrected)}
    if not right or right[0] is None:
        return []
    stands = [(getattr(fact, UNIT_DAY[type(fact)]), i + 1, fact) for i, fact in right.items() if fact is not None]
    return sorted(stands, key=lambda s: s[:2])


def _right(i: int, said: Sequence[Fact], corrections: dict[int, list[int]]) -> Any:
    """What fact `i` says after all corrections of it and of those corrections; None: it never was so."""
    was = said[i]
    fact: Fact | None = was
    for j in corrections.get(i, ()):
        right = _right(j, said, corrections)
        if right is None:  # that correction was itself wrong
            continue
        if right.void:
            fact = None
            continue
        new = {k: v for k in DETAILS if k in type(was).model_fields and (v := getattr(right, k)) is not None}
        fact = was = was.model_copy(update=new | ({UNIT_DAY[type(was)]: right.on} if right.on else {}))
    return fact


def unit_days(said: Sequence[Fact]) -> list[UnitDay]:
    """One entry for each day on which something changes, in order. Whatever was entered when: a coverage entered late has its own days, and
    ends where the next begins."""
    days: list[UnitDay] = []
    now: UnitDay | None = None
    for day, _, fact in units_facts(said):
        if isinstance(fact, EligibleUnitListed):
            now = UnitDay(day, **{name: getattr(fact, name) for name in DETAILS}, state="listed", since=day, listed_on=day)
        elif now is not None and now.state not in ("closed", "merged"):
            now = _after(now, day, fact)
        if now is not None:
            if days and days[-1].valid_from == now.valid_from:
                days.pop()
            days.append(now)
    return days


def _after(was: UnitDay, day: date, fact: Fact) -> UnitDay:
    match fact:
        case EligibleUnitDetailsChanged():
            new = {name: v for name in DETAILS if (v := getattr(fact, name, None)) is not None}
            return was._replace(valid_from=day, **new)
        case EligibleUnitQualified():
            return was._replace(valid_from=day, state="qualified", since=day)
        case EligibleUnitExempted():
            return was._replace(valid_from=day, state="exempt", since=day)
        case EligibleUnitOrganised():
            return was._replace(valid_from=day, state="organised", since=day, organisation=fact.organisation)
        case EligibleUnitUncovered() if was.organisation == fact.organisation:
            return was._replace(valid_from=day, state="qualified", since=day, organisation=None)
        case EligibleUnitClosed():
            return was._replace(valid_from=day, state="closed", since=day, organisation=None)
        case EligibleUnitsMerged():
            return was._replace(valid_from=day, state="merged", since=day, organisation=None, into=fact.into)
    return was
