"""Which organisation a name in a workbook means: those of an area, those that the batch's earlier rows add, and those its faulty rows would."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from services.org.domain.refusals import refused
from shared.words import plain

__all__ = ["NamedOrganisation", "NamesIn"]

ENDING = re.compile(r"(妇女联合会|妇联会|妇联|妇女工作委员会|妇工委|妇女委员会|妇委会|妇女小组|妇女代表会|妇代会)$")
OF_ENDING = {"妇女联合会": "federation", "妇联会": "federation", "妇联": "federation", "妇女工作委员会": "working_committee",
             "妇工委": "working_committee", "妇女委员会": "organ_committee", "妇委会": "organ_committee", "妇女小组": "women_group",
             "妇女代表会": "women_congress_org", "妇代会": "women_congress_org"}
PLACES = ((re.compile(r"村?(村民委员会|村委会|村委)$"), "村"), (re.compile(r"(社区)?(居民委员会|居委会|居委)$"), "社区"))
PLACE = re.compile(r"(社区|居|村)$")
SERIES = frozenset("东西南北中上下前后左右内外大小新老旧一二三四五六七八九十甲乙丙丁0123456789")  # what tells neighbours apart
LONG = 4  # characters: in names as long as this one other character is likelier a slip


class NamedOrganisation(Protocol):
    """An organisation by its names: today's, and those it bore before."""

    @property
    def id(self) -> UUID: ...
    @property
    def full_name(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def division(self) -> str | None: ...
    @property
    def level(self) -> str: ...
    @property
    def parent(self) -> UUID | None: ...
    @property
    def closed_on(self) -> date | None: ...
    @property
    def former(self) -> tuple[str, ...]: ...


class Said(NamedTuple):
    """A row of the batch that adds an organisation, or would."""

    row: str
    values: Mapping[str, object]


Key = tuple[UUID | None, str, str]  # the parent, the kind of organisation, its own name below the parent


def stem(name: str) -> str:
    """Without what every organisation's name ends in."""
    found = ENDING.sub("", plain(name))
    for pattern, instead in PLACES:
        found = pattern.sub(instead, found)
    return found


class NamesIn:
    """`near(word, words)`: the most alike, for the hint; `sound(name)`: how it is read."""

    def __init__(self, some: Iterable[NamedOrganisation], near: Callable[[str, Sequence[str]], str | None], sound: Callable[[str], str]) -> None:
        self.near, self.sound = near, sound
        self.by_id: dict[UUID, NamedOrganisation] = {}
        self.by_name: dict[str, list[NamedOrganisation]] = defaultdict(list)
        self.by_former: dict[str, list[NamedOrganisation]] = defaultdict(list)
        self.by_key: dict[Key, list[NamedOrganisation]] = defaultdict(list)
        self.by_look: dict[Key, list[NamedOrganisation]] = defaultdict(list)
        self.added: dict[UUID, Said] = {}
        self.spoilt: dict[str, str] = {}  # name -> the faulty row that bears it
        for o in some:
            self.add(o)

    def add(self, o: NamedOrganisation, said: Said | None = None) -> None:
        if o.closed_on is not None:
            return
        self.by_id[o.id] = o
        if said:
            self.added[o.id] = said
        names = [n for n in (o.full_name, o.short_name, o.division) if n]
        for name in dict.fromkeys((*map(plain, names), ENDING.sub("", plain(o.full_name)))):
            self.by_name[name].append(o)
        for name in dict.fromkeys(map(plain, o.former)):
            self.by_former[name].append(o)
        for key in dict.fromkeys(self._key(n, _kind(o.full_name), o.parent) for n in (*names, *o.former)):
            self.by_key[key].append(o)
        for look in dict.fromkeys(look for n in names for look in self._looks(self._key(n, _kind(o.full_name), o.parent))):
            self.by_look[look].append(o)

    def spoil(self, names: Iterable[object], row: str) -> None:
        """A faulty row bears these names: nothing comes of it, and what hangs on it is told so."""
        for name in names:
            if name:
                self.spoilt.setdefault(plain(str(name)), row)

    def there(self, full_name: str, kind: str, parent: UUID) -> NamedOrganisation | None:
        """The one of that name: written in full, or under the same parent, however the name ends and whatever of the parent's stands before."""
        same = [o for o in self.by_name.get(plain(full_name), ()) if plain(o.full_name) == plain(full_name)]
        near = [o for o in same if o.parent == parent] or [o for o in same if self._county(o.parent) == self._county(parent)]
        exact = near[0] if near else None
        some = [exact] if exact else self.by_key.get(self._key(full_name, _kind(full_name, kind), parent), [])
        if len(some) > 1:
            raise refused("import_several", "full_name", name=full_name[:40], names="、".join(sorted(o.full_name for o in some)[:4]))
        return some[0] if some else None

    def elsewhere(self, full_name: str, parent: UUID) -> str | None:
        """Where in another county one of the very same name is: that is another one, or it is asked about."""
        there = (o for o in self.by_name.get(plain(full_name), ()) if plain(o.full_name) == plain(full_name) and o.parent != parent)
        return next((self.by_id[o.parent].full_name for o in there if o.parent in self.by_id), None)

    def _county(self, id: UUID | None) -> UUID | None:
        """The county it lies in; itself where it lies in none."""
        at = id
        while at in self.by_id and self.by_id[at].level not in ("county", "city", "province"):
            at = self.by_id[at].parent
        return at

    def likely(self, full_name: str, kind: str, parent: UUID) -> NamedOrganisation | None:
        """One under the same parent whose name sounds the same, or is written almost so."""
        key = self._key(full_name, _kind(full_name, kind), parent)
        some = (o for look in self._looks(key) for o in self.by_look.get(look, ()))
        return next((o for o in some if look_alike(key[2], [self._key(n, "", parent)[2] for n in (o.full_name, o.short_name)], self.sound)), None)

    def find(self, name: str) -> NamedOrganisation:
        """A parent by its name."""
        asked = plain(name)
        some = self._called(asked) or self.by_former.get(asked) or []
        exact = [o for o in some if plain(o.full_name) == asked] or some
        if len({o.id for o in exact}) == 1:
            return exact[0]
        if exact:
            raise refused("import_parent_ambiguous", "parent", name=name[:40], names="、".join(sorted(o.full_name for o in exact)[:4]))
        if row := self.spoilt.get(asked):
            raise refused("import_parent_faulty", "parent", name=name[:40], row=row)
        near = self.near(asked, list(self.by_name))
        raise refused("import_parent_unknown", "parent", name=name[:40], near=near or "—")

    def _called(self, name: str) -> list[NamedOrganisation]:
        """Of exactly that name, whatever of its superiors' names stands before it."""
        some = self.by_name.get(name) or self.by_name.get(ENDING.sub("", name)) or []
        if not some:
            heads = ((i, {o.id for o in self.by_name.get(name[:i], ())}) for i in range(2, len(name)))
            some = [o for i, above in heads if above for o in self._called(name[i:]) if above & {*self._path(o.parent)}]
        return some

    def _path(self, id: UUID | None) -> Iterator[UUID]:
        for _ in range(9):
            if id is None or id not in self.by_id:
                return
            yield id
            id = self.by_id[id].parent

    def _key(self, name: str, kind: str, parent: UUID | None) -> Key:
        own = stem(name)
        for above in reversed(list(self._above(parent))):
            if own.startswith(above) and own != above:
                own = own[len(above):]
        return parent, kind, own

    def _above(self, id: UUID | None) -> Iterator[str]:
        yield from (stem(self.by_id[up].full_name) for up in self._path(id))

    def _looks(self, key: Key) -> Iterator[Key]:
        parent, kind, own = key
        bare = PLACE.sub("", own) or own
        yield parent, kind, self.sound(bare)
        if len(bare) >= LONG:
            yield from ((parent, kind, f"~{bare[:i]}{bare[i + 1:]}") for i in range(len(bare)))


def _kind(full_name: str, said: str = "federation") -> str:
    found = ENDING.search(plain(full_name))
    return OF_ENDING[found[0]] if found else said


def look_alike(own: str, others: Iterable[str], sound: Callable[[str], str]) -> bool:
    """Equal but for village or community, equal by ear, or with one other character that does not count neighbours."""
    mine = PLACE.sub("", own) or own
    for other in (PLACE.sub("", o) or o for o in others):
        apart = [(a, b) for a, b in zip(mine, other, strict=False) if a != b]
        if mine == other or (sound(mine) == sound(other) and not any(a in SERIES and b in SERIES for a, b in apart)):
            return True
        if min(len(mine), len(other)) < LONG or abs(len(mine) - len(other)) > 1:
            continue
        if len(mine) == len(other) and len(apart) == 1 and not (apart[0][0] in SERIES and apart[0][1] in SERIES):
            return True
        short, long = sorted((mine, other), key=len)
        if len(short) < len(long) and any(short == long[:i] + long[i + 1:] and long[i] not in SERIES for i in range(len(long))):
            return True
    return False
