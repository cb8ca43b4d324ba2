"""The names of a tree's organisations as one text, so that a few letters are found among thirty thousand in a blink."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from uuid import UUID

from shared.pinyin import Alphabet, Finder, asked

__all__ = ["Names"]

MOST = 2000  # organisations found at once; more than that is no finding


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
        self._alphabet = Alphabet(set(self._text) - {"\n"})

    def find(self, q: str) -> dict[UUID, int]:
        """Organisations that `q` may mean, with how well: 0 the whole name, 1 its beginning, 2 inside."""
        if not asked(q):
            return {}
        finder = Finder(q, self._alphabet)
        found: dict[UUID, int] = {}
        for match in finder.pattern.finditer(self._text):
            line = bisect_right(self._starts, match.start()) - 1
            begins = match.start() == self._starts[line]
            ends = match.end() == len(self._text) or self._text[match.end()] == "\n"
            rank = 2 if not begins else 0 if ends else 1
            owner = self._owners[line]
            found[owner] = min(rank, found.get(owner, rank))
            if len(found) >= MOST:
                break
        return found
