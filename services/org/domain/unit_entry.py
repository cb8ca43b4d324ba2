"""What a row of a list of units says of one unit: entered or brought up to date in one decision, by the same rules as by hand; and taken back."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.org.domain import organisation as organisations
from services.org.domain import unit as units_of
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.domain.unit import EligibleUnit
from services.org.events import Affiliation, EligibleUnitCorrected, EligibleUnitListed, Field, Level, OrganisationUnitReleased
from shared.fact import Fact

__all__ = ["UnitEntry", "enter", "handed_over", "void"]


@dataclass(frozen=True)
class UnitEntry:
    """`listed_on` None: it is on the list already. `organised_on` None: from the first day on which both are there. `left`: who covers it now."""

    row: str
    id: UUID
    unit_name: str
    level: Level
    field: Field
    area: UUID
    listed_on: date | None = None
    affiliation: Affiliation = "local"
    rank: str | None = None
    women: int | None = None
    state: str = "qualified"  # or listed, exempt
    organisation: UUID | None = None
    organised_on: date | None = None
    closed_on: date | None = None
    why: str | None = None
    into: UUID | None = None
    left: UUID | None = None


def enter(e: UnitEntry, units: Mapping[UUID, EligibleUnit | None], orgs: Mapping[UUID, Organisation | None], today: date) -> dict[UUID, list[Fact]]:
    """Facts by stream."""
    facts: dict[UUID, list[Fact]] = defaultdict(list)
    was = units[e.id]

    def add(*some: Fact) -> None:
        nonlocal was
        for fact in some:
            facts[e.id].append(fact)
            was = units_of.evolve(was, fact)

    if e.listed_on:
        add(*units_of.list_unit(was, unit_name=e.unit_name, level=e.level, field=e.field, area=e.area, area_known=orgs[e.area] is not None,
                                listed_on=e.listed_on, today=today, affiliation=e.affiliation, rank=e.rank, women=e.women,
                                qualified=e.state == "qualified"))
        if e.state == "exempt":
            add(units_of.exempt(was, e.listed_on, "名单注明不设妇联"))
    org = orgs.get(e.organisation) if e.organisation else None
    if e.organisation and org and org.established_on and was:
        day = e.organised_on or max(was.since, org.established_on)
        facts[e.organisation] += organisations.cover(org, e.id, day)
        add(*units_of.organise(was, e.organisation, day))
    if e.closed_on:
        add(units_of.merge(was, e.into, units.get(e.into), e.closed_on, today) if e.into
            else units_of.close(was, e.closed_on, e.why or "名单注明已撤并", today))
        if e.organisation:
            facts[e.organisation].append(OrganisationUnitReleased(unit=e.id, effective=e.closed_on))
        elif e.left:
            facts[e.left] += organisations.let_go(orgs[e.left], e.id, e.closed_on)
    return facts


def void(id: UUID, was: EligibleUnit | None, ids: Sequence[UUID], mine: Sequence[int],
         orgs: Mapping[UUID, Organisation | None]) -> dict[UUID, list[Fact]]:
    """What a batch recorded of it (`mine`: numbers of its events) never was so. Refused where others recorded something since."""
    if was is None or was.state == "void" or not mine:
        return {}
    foreign = len(was.said) - mine[0] + 1 - len(mine)
    if foreign:
        raise refused("import_unit_used", "unit", n=foreign)
    wrong = mine[:1] if isinstance(was.said[mine[0] - 1], EligibleUnitListed) else mine
    facts: list[Fact] = [EligibleUnitCorrected(corrects=ids[n - 1], corrects_version=n, void=True) for n in wrong]
    then: EligibleUnit | None = was
    for fact in facts:
        then = units_of.evolve(then, fact)
    return {id: facts, **handed_over(id, was, then or was, orgs)}


def handed_over(id: UUID, was: EligibleUnit, then: EligibleUnit, orgs: Mapping[UUID, Organisation | None]) -> dict[UUID, list[Fact]]:
    """What a correction of the unit is to the organisations that cover it before and after."""
    if was.organisation == then.organisation:
        return {}
    facts: dict[UUID, list[Fact]] = {}
    if was.organisation:
        facts[was.organisation] = list(organisations.let_go(orgs[was.organisation], id, was.since))
    if then.organisation:
        facts[then.organisation] = organisations.cover(orgs[then.organisation], id, then.since)
    return facts
