"""Use cases of eligible units (应建单位). Whatever changes who covers a unit is told to the organisation as well, in the same append."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.org.application.grounds import Grounds, same
from services.org.domain import organisation, unit
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.domain.unit import EligibleUnit
from services.org.domain.unit_entry import handed_over
from services.org.events import Affiliation, Field, Level
from shared.calendar import today
from shared.es import Done
from shared.fact import Fact, Refused

__all__ = ["Units"]

Facts = dict[UUID, list[Fact]]


class Units(Grounds):
    def list_unit(self, id: UUID, *, unit_name: str, level: Level, field: Field, area: UUID, listed_on: date,
                  affiliation: Affiliation = "local", rank: str | None = None, women: int | None = None, qualified: bool = True, key: str) -> Done:
        """列入应建名单."""
        return self.do(key, {EligibleUnit: id, Organisation: area}, lambda was, federation: unit.list_unit(
            was, unit_name=unit_name, level=level, field=field, area=area, area_known=federation is not None, listed_on=listed_on, today=today(),
            affiliation=affiliation, rank=rank, women=women, qualified=qualified))

    def qualify_unit(self, id: UUID, qualified_on: date, key: str, expect: int | None = None) -> Done:
        """确认为应建单位."""
        return self.do(key, {EligibleUnit: id}, lambda was: unit.qualify(was, qualified_on, today()), expect)

    def change_unit(self, id: UUID, effective: date, key: str, expect: int | None = None, **details: Any) -> Done:
        """变更: so from a day on; `area`: it lies in another federation's area from then."""
        area: UUID | None = details.get("area")

        def decide(was: EligibleUnit | None, areas: Mapping[UUID, Any]) -> list[Fact]:
            if area and not areas[area]:
                raise refused("area_unknown", "area")
            return list(unit.change(was, effective, **details))
        return self.do(key, {EligibleUnit: id, Organisation: [area] if area else []}, decide, expect)

    def exempt_unit(self, id: UUID, exempt_from: date, why: str, key: str, expect: int | None = None) -> Done:
        """不设妇联."""
        return self.do(key, {EligibleUnit: id}, lambda was: unit.exempt(was, exempt_from, why), expect)

    def organise_unit(self, id: UUID, organisation_id: UUID, organised_on: date, key: str, expect: int | None = None) -> Done:
        """An organisation covers one more unit (联合建, 村社兜底); one that ended since covered it in its time."""
        def decide(was: EligibleUnit | None, org: Organisation | None) -> Facts:
            facts = unit.organise(was, organisation_id, organised_on, org.ended_on if org else None)
            following = was.next_state(organised_on) if was else None
            ends = [d for d in (following and following.valid_from, org and org.ended_on) if d]
            return {id: facts, organisation_id: organisation.cover(org, id, organised_on, min(ends, default=None))}
        return self.do(key, {EligibleUnit: id, Organisation: organisation_id}, decide, expect)

    def release_unit(self, id: UUID, effective: date, key: str, expect: int | None = None) -> Done:
        """移出: its organisation covers it no longer."""
        return self._leaving(id, effective, key, expect, lambda was, _: [unit.release(was, effective, today())])

    def transfer_unit(self, id: UUID, organisation_id: UUID, effective: date, key: str, expect: int | None = None) -> Done:
        """转到另一组织."""
        return self._leaving(id, effective, key, expect, lambda was, _: unit.transfer(was, organisation_id, effective, today()), to=organisation_id)

    def close_unit(self, id: UUID, closed_on: date, why: str, key: str, expect: int | None = None) -> Done:
        """撤销."""
        return self._leaving(id, closed_on, key, expect, lambda was, _: [unit.close(was, closed_on, why, today())])

    def merge_unit(self, id: UUID, into: UUID, merged_on: date, key: str, expect: int | None = None) -> Done:
        """并入另一单位."""
        return self._leaving(id, merged_on, key, expect, lambda was, other: [unit.merge(was, into, other, merged_on, today())], into=into)

    def correct_unit(self, id: UUID, corrects: UUID, key: str, expect: int | None = None, **right: Any) -> Done:
        """更正: one of its facts was entered wrongly, or never was. Who covers it then, covers it for the organisations too."""
        ids, area = [e.id for e in self.history(id)], right.get("area")
        seen: EligibleUnit = unit.known(self.state(EligibleUnit, id))
        then = folded(seen, unit.correct(seen, ids, corrects, today=today(), **right))
        orgs = dict.fromkeys(o for o in (seen.organisation, then.organisation) if o)

        def decide(was: EligibleUnit, orgs: Mapping[UUID, Any]) -> Facts:
            same(seen.said, was.said)
            if area and not orgs[area]:
                raise refused("area_unknown", "area")
            return {id: list(unit.correct(was, ids, corrects, today=today(), **right)), **handed_over(id, was, then, orgs)}
        return self.do(key, {EligibleUnit: id, Organisation: list(dict.fromkeys([*orgs, *([area] if area else [])]))}, decide, expect)

    def unit_warnings(self, organisation_id: UUID | None) -> list[Refused]:
        """What a command about its unit leaves of an organisation."""
        org: Organisation | None = self.state(Organisation, organisation_id) if organisation_id else None
        return organisation.warnings(org)

    def _leaving(self, id: UUID, day: date, key: str, expect: int | None, decide: Callable[[EligibleUnit | None, EligibleUnit | None], list[Fact]],
                 *, to: UUID | None = None, into: UUID | None = None) -> Done:
        """What takes a unit out of its organisation, if it has one, and over `to` another."""
        seen: EligibleUnit | None = self.state(EligibleUnit, id)
        left = seen.organisation if seen else None
        others = [into] if into and into != id else []

        def decided(units: Mapping[UUID, Any], orgs: Mapping[UUID, Any]) -> Facts:
            was = units[id]
            same(left, was.organisation if was else None)
            facts: Facts = {id: decide(was, units.get(into) if into else None)}
            if left:
                facts[left] = list(organisation.let_go(orgs[left], id, day))
            if to:
                facts[to] = organisation.cover(orgs[to], id, day)
            return facts
        streams = list(dict.fromkeys(o for o in (left, to) if o))
        return self.do(key, {EligibleUnit: [id, *others], Organisation: streams}, decided, expect)


def folded(was: EligibleUnit, facts: list[Any]) -> EligibleUnit:
    for fact in facts:
        was = unit.evolve(was, fact) or was
    return was
