"""The names of a tree's organisations as one text, so that a few letters are found among thirty thousand in a blink."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from uuid import UUID

from shared.pinyin import Alphabet, Finder, asked, is_sound

__all__ = ["Names"]

MOST = 2000  # organisations found at once; more than that is no finding
KINDS = "妇女联合会 妇女工作委员会 妇女委员会 妇女代表会 妇女小组 妇女微家 妇联 妇工委 妇委会 妇代会"  # what nearly all names end in
KIND = re.compile(f"(?<=.)(?:{KINDS.replace(' ', '|')})$", re.MULTILINE)


class Names:
    """`named`: each organisation with the names it goes by."""

    def __init__(self, named: Iterable[tuple[UUID, tuple[str, ...]]]) -> None:
        self._owners: list[UUID] = []
        self._starts: list[int] = []
        lines, at = [], 0
        for id, names in named:
            for name in dict.fromkeys(names):
                self._owners.append(id)
                self._starts.append(at)
                lines.append(name)
                at += len(name) + 1
        self._text = "\n".join(lines)
        self._kindless = KIND.sub(lambda kind: " " * len(kind.group()), self._text)  # every name where it was
        self._alphabet = Alphabet(set(self._text) - {"\n"})

    def find(self, q: str) -> dict[UUID, int]:
        """Organisations that `q` may mean, with how well: 0 the whole name, 1 its beginning, 2 inside. Letters never mean
        what nearly all names end in: `lian` is 莲塘, not every 妇联."""
        if not asked(q):
            return {}
        pattern = Finder(q, self._alphabet).pattern
        text = self._kindless if is_sound(asked(q)) and pattern.search(KINDS) else self._text
        found: dict[UUID, int] = {}
        for match in pattern.finditer(text):
            line = bisect_right(self._starts, match.start()) - 1
            begins = match.start() == self._starts[line]
            ends = match.end() == len(self._text) or self._text[match.end()] == "\n"
            rank = 2 if not begins else 0 if ends else 1
            owner = self._owners[line]
            found[owner] = min(rank, found.get(owner, rank))
            if len(found) >= MOST:
                break
        return found
