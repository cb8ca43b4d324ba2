"""Which organisation is meant by the names in a row: full or short name, or village within township; said once, or it is asked."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple
from uuid import UUID

from services.cadre.domain.refusals import refused
from services.cadre.domain.titles import places
from shared.fact import Refused
from shared.words import plain

__all__ = ["Asked", "Directory", "Unit", "stem"]

ENDINGS = (
    (re.compile(r"(妇女联合会|妇联会|妇联|妇女工作委员会|妇工委|妇女委员会|妇委会)$"), ""),
    (re.compile(r"(人民政府|办事处)$"), ""),
    (re.compile(r"村?(村民委员会|村委会|村委)$"), "村"),
    (re.compile(r"(社区)?(居民委员会|居委会|居委)$"), "社区"),
)

OWN = frozenset(("镇本级", "乡本级", "乡镇本级", "街道本级", "镇妇联", "乡妇联", "乡镇妇联", "街道妇联"))  # not a village: the township itself
KINDS = (("妇女联合会", "联"), ("妇联会", "联"), ("妇联", "联"), ("妇女工作委员会", "工委"), ("妇工委", "工委"), ("妇女委员会", "委"),
         ("妇委会", "委"))


def kind_of(name: str) -> str | None:
    """What kind of organisation a name says it is, if any."""
    return next((kind for ending, kind in KINDS if name.endswith(ending)), None)


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
    code: str | None = None
    credit_code: str | None = None

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


class Asked(NamedTuple):
    """The words of a row that say where. `context`: what stands over it; `code`: of a division or 统一社会信用代码."""

    organisation: str | None
    township: str | None
    village: str | None
    context: str
    code: str | None = None


class Directory:
    """The organisations of an area, and those above it, whose names may stand before theirs. `near(word, words)`: the most alike, for the hint."""

    def __init__(self, scope: UUID, units: Iterable[Unit], near: Callable[[str, Sequence[str]], str | None], above: Iterable[Unit] = ()) -> None:
        self.scope, self.units, self.near = scope, {u.id: u for u in units}, near
        self.every = {u.id: u for u in above} | self.units
        self.by_stem: dict[str, list[Unit]] = defaultdict(list)
        self.by_former: dict[str, list[Unit]] = defaultdict(list)
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        self.by_code = {code: u for u in self.every.values() for code in (u.code, u.credit_code) if code and u.closed_on is None}
        for u in self.every.values():
            for s in dict.fromkeys(map(stem, u.names)):
                self.by_stem[s].append(u)
            for s in dict.fromkeys(map(stem, u.former)):
                self.by_former[s].append(u)
            for n in dict.fromkeys(map(plain, (u.full_name, u.short_name))):
                self.by_name[n].append(u)
        self._asked: dict[Asked, Unit | Refused] = {}
        self._below: dict[str, list[Unit]] = {}
        self._titles: dict[str, Unit | Refused | None] = {}
        self.titled: set[Asked] = set()  # understood by what stands over them

    def find(self, asked: Asked) -> Unit:
        """Refused: not known (with what is near), or several of that name."""
        if asked not in self._asked:
            self._over = False
            try:
                found = self._find(asked)
                self.titled |= {asked} if self._over else set()
                if found.id not in self.units:
                    raise refused("organisation_outside", name=found.full_name, area=self.units[self.scope].full_name)
                self._asked[asked] = found
            except Refused as no:  # the same words in ten thousand rows are looked for once
                self._asked[asked] = no
        known = self._asked[asked]
        if isinstance(known, Refused):
            raise known.with_traceback(None)
        return known

    def meant(self, asked: Iterable[Asked]) -> list[UUID]:
        """Those that can be found."""
        for words in dict.fromkeys(asked):
            with suppress(Refused):
                self.find(words)
        return [u.id for u in self._asked.values() if isinstance(u, Unit)]

    def renamed(self, unit: Unit, names: Iterable[str | None]) -> str | None:
        """The former name that the row calls it by."""
        return next((n for n in names if n and unit in self.by_former.get(stem(n), ()) and stem(n) not in map(stem, unit.names)), None)

    def _find(self, asked: Asked) -> Unit:
        organisation, township, village, context, code = asked
        coded = self._coded(code) if code else None
        if coded and not (organisation or township or village):
            return coded
        found = self._by_names(organisation, township, village, context)
        if coded and coded != found:
            raise refused("organisation_code_differs", number=code, there=coded.full_name, name=found.full_name)
        return found

    def _coded(self, code: str) -> Unit:
        if code not in self.by_code:
            raise refused("organisation_code_unknown", number=code)
        return self.by_code[code]

    def _by_names(self, organisation: str | None, township: str | None, village: str | None, context: str) -> Unit:
        around = self._one(township, "township", [u for u in self._named(township) if u.level != "village"]) if township else None
        if organisation:
            return self._one(organisation, "organisation", self._there(organisation, "organisation", around, context, self._named(organisation)))
        if village and around is None and (whole := [u for u in self._named(village) if u.level == "village" and self._is_whole(village, u)]):
            return self._one(village, "village", whole)
        around = around or self._of_context(context)
        if village and not (self._itself(village, around) if around else village == "本级"):
            some = [u for u in self._named(village) if u.level == "village"]
            return self._one(village, "village", self._there(village, "village", around, context, some))
        if around is None:
            raise refused("organisation_missing")
        return around

    def _is_whole(self, name: str, unit: Unit) -> bool:
        """Does it say by itself where the village is: 黄马乡丰林村?"""
        return any(stem(name).startswith(own) for up in self.path(unit) for own in map(stem, self.every[up].names))

    def _itself(self, village: str, around: Unit) -> bool:
        return village == "本级" or (village in OWN and around.level == "township") or stem(village) in map(stem, around.names)

    def _there(self, name: str, field: str, around: Unit | None, context: str, some: list[Unit]) -> list[Unit]:
        """Those of them that lie there. Refused: the township has none of that name, another has."""
        found = self._within(some, around)
        if some and not found and around:
            where = "、".join(sorted({self.every[u.parent].full_name if u.parent in self.every else u.full_name for u in some})[:4])
            raise refused("organisation_elsewhere", item=field, name=name[:40], around=around.full_name, where=where)
        if len(found) > 1 and around is None:
            with suppress(Refused):
                found = self._within(found, self._of_context(context)) or found
        return found

    def _named(self, name: str) -> list[Unit]:
        """Those of exactly that name, former name or code, whatever of their superiors' names stands before it. Where it says what kind of
        organisation is meant, no other kind is."""
        said = plain(name)
        if said.upper() in self.by_code:
            return [self.by_code[said.upper()]]
        if said.endswith("会") and said in self.by_name:
            return self.by_name[said]
        kind = kind_of(said)
        return [u for u in self._called(stem(name)) if kind is None or kind_of(plain(u.full_name)) in (None, kind)]

    def _called(self, own: str) -> list[Unit]:
        """By the name without its ending: 南昌县莲塘镇新村 is the 新村 that lies in the 莲塘镇 that lies in 南昌县."""
        if own not in self._below:
            found = self.by_stem.get(own) or self.by_former.get(own)
            if not found:
                heads = ((i, {u.id for some in (self.by_stem, self.by_former) for u in some.get(own[:i], ())}) for i in range(2, len(own)))
                found = [u for i, above in heads if above for u in self._called(own[i:]) if above & {*self.path(u)}]
            self._below[own] = list(dict.fromkeys(found))
        return self._below[own]

    def _within(self, some: list[Unit], around: Unit | None) -> list[Unit]:
        inside = [u for u in some if around and (u.id == around.id or around.id in self.path(u))]
        return inside if around and (inside or around.level == "township") else some

    def _one(self, name: str, field: str, some: list[Unit]) -> Unit:
        open_ones = [u for u in some if u.closed_on is None] or some
        if len(open_ones) == 1:
            return open_ones[0]
        if open_ones:
            names = "、".join(sorted(u.full_name for u in open_ones)[:4])
            if field == "title":
                raise refused("organisation_title_several", names=names)
            raise refused("organisation_ambiguous", item=field, name=name[:40], count=len(open_ones), names=names)
        near = self.near(stem(name), self.stems)
        own = stem(name)
        alike = [u for u in self.units.values() if u.closed_on is None and own.endswith(stem(u.short_name))]  # to be asked about, not taken
        likely = "”或“".join(list(dict.fromkeys(u.full_name for u in [*alike[:2], *self.by_stem.get(near or "", [])[:1]]))[:3])
        hint, hint_en = (f"，是否为“{likely}”？", f"; perhaps “{likely}”") if likely else ("。", "")
        code = "organisation_title_unknown" if field == "title" else "organisation_unknown"
        raise refused(code, item=field, name=name[:40], hint=hint, hint_en=hint_en, near=near or "")

    def _of_context(self, context: str) -> Unit | None:
        """What the sheet's name or title says, else the area itself when it has nothing below. Refused: it names a place that is not known."""
        if context not in self._titles:
            try:
                self._titles[context] = self._titled(context)
            except Refused as no:
                self._titles[context] = no
        found = self._titles[context]
        if isinstance(found, Refused):
            raise found.with_traceback(None)
        if found and found.id in self.units:
            self._over = True
            return found
        return next(iter(self.units.values())) if len(self.units) == 1 else None

    def _titled(self, context: str) -> Unit | None:
        """The innermost of those named, when they lie in each other."""
        there: dict[UUID, Unit] = {}
        for said in places(context):
            known = next((some for name in said if (some := self._named(name))), None)
            if known is None or len(known) > 1:
                self._one(said[0], "title", known or [])
            else:
                there[known[0].id] = known[0]
        inner = max(there.values(), key=lambda u: len(self.path(u)), default=None)
        if inner and not there.keys() <= {inner.id, *self.path(inner)}:
            raise refused("organisation_title_several", names="、".join(sorted(u.full_name for u in there.values())[:4]))
        return inner

    @cached_property
    def stems(self) -> list[str]:
        """Longest first."""
        return sorted({s for u in self.units.values() for s in map(stem, u.names)}, key=lambda s: (-len(s), s))

    def path(self, unit: Unit) -> list[UUID]:
        found: list[UUID] = []
        while unit.parent and unit.parent in self.every and unit.parent not in found:
            found.append(unit.parent)
            unit = self.every[unit.parent]
        return found
