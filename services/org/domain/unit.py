"""Eligible units (应建单位): what should have a women's organisation; how they are covered, change, end, and are put right."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from services.org.domain.checks import need, not_before, past, words
from services.org.domain.refusals import refused
from services.org.events import (
    UNIT_DAY,
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
    UnitDay,
    UnitState,
    unit_days,
    units_facts,
)
from shared.fact import Fact

__all__ = ["EligibleUnit", "began", "change", "close", "correct", "earlier", "evolve", "exempt", "list_unit", "merge", "organise", "qualify",
           "release", "transfer", "uncover"]

GONE = ("closed", "merged")


@dataclass(frozen=True)
class EligibleUnit:
    """As it stands after the last of its `days`; state `void`: it was never to be listed."""

    unit_name: str
    level: Level
    field: Field
    area: UUID
    affiliation: Affiliation
    rank: str | None
    women: int | None
    state: UnitState | Literal["void"]
    since: date  # of the state
    listed_on: date
    organisation: UUID | None
    into: UUID | None
    days: tuple[UnitDay, ...]
    said: tuple[Fact, ...]

    def on(self, day: date) -> UnitDay | None:
        """None: not listed yet."""
        return next((d for d in reversed(self.days) if d.valid_from <= day), None)

    def next_state(self, day: date) -> UnitDay | None:
        """How it stands when its state or its organisation next changes after a day."""
        return next((d for d in self.days if d.since > day), None)


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


def change(was: EligibleUnit | None, effective: date, **details: Any) -> list[EligibleUnitDetailsChanged]:
    """unit_name, field, affiliation, rank, women, area from a day on; nothing when nothing differs on that day."""
    unit = _there(was)
    need(unit.state not in GONE, "unit_closed", "unit")
    _details(details)
    not_before(effective, unit.listed_on, "effective")
    then = unit.on(effective)
    if all(v is None or v == getattr(then, k) for k, v in details.items()):
        return []
    return [EligibleUnitDetailsChanged(effective=effective, **details)]


def exempt(was: EligibleUnit | None, exempt_from: date, why: str) -> EligibleUnitExempted:
    """不设妇联: out of the denominator of R01 from a day on."""
    unit = free(was)
    need(unit.state != "exempt", "unit_exempt", "unit")
    words(why, "why")
    not_before(exempt_from, unit.since, "exempt_from")
    return EligibleUnitExempted(exempt_from=exempt_from, why=why)


def organise(was: EligibleUnit | None, organisation: UUID, organised_on: date, until: date | None = None) -> list[Fact]:
    """Covered by an organisation from a day on; the caller has seen that the organisation is active then. `until`: the organisation ended since.
    What was so before is entered late: it ends where the next coverage begins."""
    unit = _there(was)
    not_before(organised_on, unit.listed_on, "organised_on")
    there, following = unit.on(organised_on), unit.next_state(organised_on)
    need(there and there.state not in GONE, "unit_closed", "unit")
    need(there and there.state != "organised", "unit_organised", "unit")
    need(there and there.state == "qualified", "unit_not_qualified", "unit")
    facts: list[Fact] = [EligibleUnitOrganised(organisation=organisation, organised_on=organised_on)]
    if until and (following is None or until < following.valid_from):
        facts.append(EligibleUnitUncovered(organisation=organisation, effective=until))
    _in_order((*unit.said, *facts), "organised_on")
    return facts


def earlier(was: EligibleUnit | None, organisation: UUID, since: date, until: date) -> list[Fact]:
    """Covered over [since, until) as far as it was listed and nobody else covered it: what a 妇代会 did before its conversion."""
    unit = _there(was)
    start = next((max(d.valid_from, since) for d, to in zip(unit.days, (*(x.valid_from for x in unit.days[1:]), date.max), strict=True)
                  if d.state == "qualified" and to > since), None)
    return organise(unit, organisation, start, until) if start and start < until else []


def began(facts: Sequence[Fact]) -> date:
    """The day from which they say that it was covered."""
    return next(f.organised_on for f in facts if isinstance(f, EligibleUnitOrganised))


def uncover(was: EligibleUnit | None, organisation: UUID, effective: date) -> list[EligibleUnitUncovered]:
    """Its organisation ended."""
    if not was or was.state != "organised" or was.organisation != organisation:
        return []
    return [EligibleUnitUncovered(organisation=organisation, effective=effective)]


def release(was: EligibleUnit | None, effective: date, today: date) -> EligibleUnitUncovered:
    """Out of its organisation, which stays: the unit is a gap from that day on."""
    unit = _there(was)
    if unit.organisation is None:
        raise refused("unit_not_organised", "unit")
    past(effective, today, "effective")
    not_before(effective, unit.since, "effective")
    return EligibleUnitUncovered(organisation=unit.organisation, effective=effective)


def transfer(was: EligibleUnit | None, organisation: UUID, effective: date, today: date) -> list[Fact]:
    """From its organisation over to another, which the caller has seen active."""
    left = release(was, effective, today)
    need(left.organisation != organisation, "same_organisation", "organisation")
    return [left, EligibleUnitOrganised(organisation=organisation, organised_on=effective)]


def close(was: EligibleUnit | None, closed_on: date, why: str, today: date) -> EligibleUnitClosed:
    """撤销: out of the denominator from that day on, and of the numerator when an organisation covered it."""
    unit = standing(was)
    words(why, "why")
    past(closed_on, today, "closed_on")
    not_before(closed_on, unit.since, "closed_on")
    return EligibleUnitClosed(closed_on=closed_on, why=why)


def merge(was: EligibleUnit | None, into_id: UUID, into: EligibleUnit | None, merged_on: date, today: date) -> EligibleUnitsMerged:
    """并入: as closed. Who covers the other one stays as it is."""
    unit = standing(was)
    need(was is not into, "unit_into_itself", "into")
    need(into and into.state not in (*GONE, "void"), "unit_target_gone", "into")
    past(merged_on, today, "merged_on")
    not_before(merged_on, unit.since, "merged_on")
    return EligibleUnitsMerged(into=into_id, merged_on=merged_on)


def correct(was: EligibleUnit | None, ids: Sequence[UUID], corrects: UUID, *, today: date, on: date | None = None, void: bool = False,
            **details: Any) -> list[EligibleUnitCorrected]:
    """更正: one of its facts was entered wrongly: its day, what a listing or a change says, or all of it (`void`). `ids`: of its events, in order.
    A correction itself can only be withdrawn. The qualification of the day of listing goes along with that day."""
    unit = known(was)
    need(corrects in ids[:len(unit.said)], "unit_fact_unknown", "corrects")
    number = ids.index(corrects) + 1
    wrong = unit.said[number - 1]
    need(void or not isinstance(wrong, EligibleUnitCorrected), "unit_correction_of_correction", "corrects")
    if on:
        past(on, today, "on")
    _details(details)
    details = {k: v for k, v in details.items() if v is not None}
    for name in details:
        need(name in type(wrong).model_fields, "unit_fact_without", name)
    right = next((fact for _, n, fact in units_facts(unit.said) if n == number), None)
    if right and not void and on in (None, getattr(right, UNIT_DAY[type(right)])) and all(getattr(right, k) == v for k, v in details.items()):
        return []
    facts = [EligibleUnitCorrected(corrects=corrects, corrects_version=number, on=on, void=void, **details)]
    if isinstance(right, EligibleUnitListed) and on and not void:
        facts += [EligibleUnitCorrected(corrects=ids[n - 1], corrects_version=n, on=on) for _, n, fact in units_facts(unit.said)
                  if isinstance(fact, EligibleUnitQualified) and fact.qualified_on == right.listed_on]
    _in_order((*unit.said, *facts), "void" if void else "on")
    return facts


def known(was: EligibleUnit | None) -> EligibleUnit:
    if not was:
        raise refused("unit_unknown", "unit")
    return was


def _there(was: EligibleUnit | None) -> EligibleUnit:
    unit = known(was)
    need(unit.state != "void", "unit_void", "unit")
    return unit


def standing(was: EligibleUnit | None) -> EligibleUnit:
    """Neither closed nor merged."""
    unit = _there(was)
    need(unit.state not in GONE, "unit_closed", "unit")
    return unit


def free(was: EligibleUnit | None) -> EligibleUnit:
    """A unit that still stands and no organisation covers."""
    unit = standing(was)
    need(unit.state != "organised", "unit_organised", "unit")
    return unit


def _details(details: dict[str, Any]) -> None:
    if details.get("unit_name") is not None:
        words(details["unit_name"], "unit_name")
    _women(details.get("women"))


def _women(women: int | None) -> None:
    need(women is None or women >= 0, "women_negative", "women")


AFTER: dict[type[Fact], tuple[str, ...]] = {  # what may follow on which state
    EligibleUnitQualified: ("listed", "exempt"), EligibleUnitExempted: ("listed", "qualified"), EligibleUnitOrganised: ("qualified", "organised")}


def _in_order(said: Sequence[Fact], field: str) -> None:
    """Day by day each of them can follow on the one before."""
    facts = units_facts(said)
    for n, (day, _, fact) in enumerate(facts):
        was = unit_days([f for _, _, f in facts[:n]])
        state = was[-1].state if was else ""
        fits = isinstance(fact, EligibleUnitListed) if not was else state not in GONE and state in AFTER.get(type(fact), (state,))
        need(fits, "unit_facts_clash", field, day=day)


def evolve(was: EligibleUnit | None, fact: Fact) -> EligibleUnit | None:
    said = (*(was.said if was else ()), fact)
    days = tuple(unit_days(said))
    if days:
        d = days[-1]
        return EligibleUnit(d.unit_name, d.level, d.field, d.area, d.affiliation, d.rank, d.women, d.state, d.since, d.listed_on, d.organisation,
                            d.into, days, said)
    return was and replace(was, state="void", organisation=None, days=(), said=said)
