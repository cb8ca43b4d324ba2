"""Which organisation is meant by the names in a row: full or short name, or village within township; said once, or it is asked."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from uuid import UUID

from services.cadre.domain.refusals import refused
from shared.fact import Refused
from shared.words import plain

__all__ = ["Directory", "Unit", "stem"]

ENDINGS = (
    (re.compile(r"(妇女联合会|妇联会|妇联|妇女工作委员会|妇工委|妇女委员会|妇委会)$"), ""),
    (re.compile(r"(人民政府|办事处)$"), ""),
    (re.compile(r"村?(村民委员会|村委会|村委)$"), "村"),
    (re.compile(r"(社区)?(居民委员会|居委会|居委)$"), "社区"),
)

OWN = frozenset(("镇本级", "乡本级", "乡镇本级", "街道本级", "镇妇联", "乡妇联", "乡镇妇联", "街道妇联"))  # not a village: the township itself


@dataclass(frozen=True)
class Unit:
    """An organisation by its names: today's, and those it bore before. `into`: which one continues it."""

    id: UUID
    full_name: str
    short_name: str
    division: str | None
    level: str
    parent: UUID | None
    closed_on: date | None
    former: tuple[str, ...] = ()
    into: UUID | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(n for n in (self.full_name, self.short_name, self.division) if n)


@lru_cache(50_000)
def stem(name: str) -> str:
    """A name without blanks and without what every federation's or committee's name ends in."""
    found = plain(name)
    for pattern, instead in ENDINGS:
        found = pattern.sub(instead, found)
    return found


Asked = tuple[str | None, str | None, str | None, str]  # organisation, township, village, what stands over the rows


class Directory:
    """The organisations of an area. `near(word, words)`: the most alike, for the hint."""

    def __init__(self, scope: UUID, units: Iterable[Unit], near: Callable[[str, Sequence[str]], str | None]) -> None:
        self.scope, self.units, self.near = scope, {u.id: u for u in units}, near
        self.by_stem: dict[str, list[Unit]] = defaultdict(list)
        self.by_former: dict[str, list[Unit]] = defaultdict(list)
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for u in self.units.values():
            for s in dict.fromkeys(map(stem, u.names)):
                self.by_stem[s].append(u)
            for s in dict.fromkeys(map(stem, u.former)):
                self.by_former[s].append(u)
            for n in dict.fromkeys(map(plain, (u.full_name, u.short_name))):
                self.by_name[n].append(u)
        self._asked: dict[Asked, Unit | Refused] = {}

    def find(self, organisation: str | None, township: str | None, village: str | None, context: str) -> Unit:
        """Refused: not known (with what is near), or several of that name. `context`: the sheet's name and title."""
        asked = organisation, township, village, context
        if asked not in self._asked:
            try:
                self._asked[asked] = self._find(*asked)
            except Refused as no:  # the same words in ten thousand rows are looked for once
                self._asked[asked] = no
        found = self._asked[asked]
        if isinstance(found, Refused):
            raise found.with_traceback(None)
        return found

    def meant(self, asked: Iterable[Asked]) -> list[UUID]:
        """Those that can be found."""
        for words in dict.fromkeys(asked):
            with suppress(Refused):
                self.find(*words)
        return [u.id for u in self._asked.values() if isinstance(u, Unit)]

    def renamed(self, unit: Unit, names: Iterable[str | None]) -> str | None:
        """The former name that the row calls it by."""
        return next((n for n in names if n and unit in self.by_former.get(stem(n), ()) and stem(n) not in map(stem, unit.names)), None)

    def _find(self, organisation: str | None, township: str | None, village: str | None, context: str) -> Unit:
        around = self._one(township, "township", [u for u in self._named(township) if u.level != "village"]) if township else None
        if organisation:
            return self._one(organisation, "organisation", self._there(organisation, "organisation", around, context, self._named(organisation)))
        around = around or self._of_context(context)
        if village and not (self._itself(village, around) if around else village == "本级"):
            some = [u for u in self._named(village) if u.level == "village"]
            return self._one(village, "village", self._there(village, "village", around, context, some))
        if around is None:
            raise refused("organisation_missing")
        return around

    def _itself(self, village: str, around: Unit) -> bool:
        return village == "本级" or (village in OWN and around.level == "township") or stem(village) in map(stem, around.names)

    def _there(self, name: str, field: str, around: Unit | None, context: str, some: list[Unit]) -> list[Unit]:
        """Those of them that lie there. Refused: the township has none of that name, another has."""
        found = self._within(some, around)
        if some and not found and around:
            where = "、".join(sorted({self.units[u.parent].full_name if u.parent in self.units else u.full_name for u in some})[:4])
            raise refused("organisation_elsewhere", item=field, name=name[:40], around=around.full_name, where=where)
        if len(found) > 1 and around is None and (titled := self._of_context(context)):
            return self._within(found, titled) or found
        return found

    def _named(self, name: str) -> list[Unit]:
        exact = self.by_name.get(plain(name)) if name.endswith("会") else None
        return exact or self.by_stem.get(stem(name)) or self.by_former.get(stem(name), [])

    def _within(self, some: list[Unit], around: Unit | None) -> list[Unit]:
        inside = [u for u in some if around and (u.id == around.id or around.id in self.path(u))]
        return inside if around and (inside or around.level == "township") else some

    def _one(self, name: str, field: str, some: list[Unit]) -> Unit:
        open_ones = [u for u in some if u.closed_on is None] or some
        if len(open_ones) == 1:
            return open_ones[0]
        if open_ones:
            names = "、".join(sorted(u.full_name for u in open_ones)[:4])
            raise refused("organisation_ambiguous", item=field, name=name[:40], count=len(open_ones), names=names)
        near = self.near(stem(name), self.stems)
        likely = self.by_stem[near][0].full_name if near else ""
        hint, hint_en = (f"，是否为“{likely}”？", f"; perhaps “{likely}”") if near else ("。", "")
        raise refused("organisation_unknown", item=field, name=name[:40], hint=hint, hint_en=hint_en, near=near or "")

    def _of_context(self, context: str) -> Unit | None:
        """What the sheet's name or title speaks of: the longest name in it; the area itself when it says nothing and has nothing below."""
        if len(self.units) == 1:
            return next(iter(self.units.values()))
        said = plain(context)
        for s in self.stems:
            if len(s) > 1 and s in said:
                some = [u for u in self.by_stem[s] if u.closed_on is None]
                return some[0] if len(some) == 1 else None
        return None

    @cached_property
    def stems(self) -> list[str]:
        """Longest first."""
        return sorted(self.by_stem, key=lambda s: (-len(s), s))

    def path(self, unit: Unit) -> list[UUID]:
        found: list[UUID] = []
        while unit.parent and unit.parent in self.units and unit.parent not in found:
            found.append(unit.parent)
            unit = self.units[unit.parent]
        return found
