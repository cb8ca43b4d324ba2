"""The names of a tree's organisations as one text, so that a few letters are found among thirty thousand in a blink."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from uuid import UUID

from shared.pinyin import Alphabet, Finder, asked, is_sound

__all__ = ["Names"]

MOST = 2000  # organisations found at once; more than that is no finding
KIND = re.compile("(?:妇女(?:联合会|工作委员会|委员会|代表会|小组|微家)|妇联|妇工委|妇委会|妇代会)$")  # what nearly all names end in


class Names:
    """`named`: each organisation with the names it goes by."""

    def __init__(self, named: Iterable[tuple[UUID, tuple[str, ...]]]) -> None:
        self._owners: list[UUID] = []
        self._starts: list[int] = []
        self._kinds: list[int] = []  # where in the text each name's ending begins
        lines, at = [], 0
        for id, names in named:
            for name in dict.fromkeys(names):
                self._owners.append(id)
                self._starts.append(at)
                kind = KIND.search(name, 1)
                self._kinds.append(at + (kind.start() if kind else len(name)))
                lines.append(name)
                at += len(name) + 1
        self._text = "\n".join(lines)
        self._alphabet = Alphabet(set(self._text) - {"\n"})

    def find(self, q: str) -> dict[UUID, int]:
        """Organisations that `q` may mean, with how well: 0 the whole name, 1 its beginning, 2 inside. Letters never mean
        what nearly all names end in: `lian` is 莲塘, not every 妇联."""
        if not asked(q):
            return {}
        finder, sound = Finder(q, self._alphabet), is_sound(asked(q))
        found: dict[UUID, int] = {}
        for match in finder.pattern.finditer(self._text):
            line = bisect_right(self._starts, match.start()) - 1
            if sound and match.start() >= self._kinds[line]:
                continue
            begins = match.start() == self._starts[line]
            ends = match.end() == len(self._text) or self._text[match.end()] == "\n"
            rank = 2 if not begins else 0 if ends else 1
            owner = self._owners[line]
            found[owner] = min(rank, found.get(owner, rank))
            if len(found) >= MOST:
                break
        return found
