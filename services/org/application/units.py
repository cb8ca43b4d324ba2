"""Use cases of eligible units (应建单位)."""
from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.org.application.grounds import Grounds
from services.org.domain import organisation, unit
from services.org.domain.organisation import Organisation
from services.org.domain.unit import EligibleUnit
from services.org.events import Affiliation, Field, Level
from shared.calendar import today
from shared.es import Done

__all__ = ["Units"]


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
        return self.do(key, {EligibleUnit: id}, lambda was: unit.change(was, effective, **details), expect)

    def exempt_unit(self, id: UUID, exempt_from: date, why: str, key: str, expect: int | None = None) -> Done:
        """不设妇联."""
        return self.do(key, {EligibleUnit: id}, lambda was: unit.exempt(was, exempt_from, why), expect)

    def organise_unit(self, id: UUID, organisation_id: UUID, organised_on: date, key: str, expect: int | None = None) -> Done:
        """A standing organisation covers one more unit (联合建, 村社兜底)."""
        return self.do(key, {EligibleUnit: id, Organisation: organisation_id}, lambda was, org: [
            organisation.cover(org, id, organised_on), unit.organise(was, organisation_id, organised_on)], expect)

    def close_unit(self, id: UUID, closed_on: date, why: str, key: str, expect: int | None = None) -> Done:
        return self.do(key, {EligibleUnit: id}, lambda was: unit.close(was, closed_on, why, today()), expect)

    def merge_unit(self, id: UUID, into: UUID, merged_on: date, key: str, expect: int | None = None) -> Done:
        return self.do(key, {EligibleUnit: [id, into]}, lambda units: {
            id: unit.merge(units[id], into, units[into], merged_on, today())}, expect)
