"""Which rows of a sheet are to be read: below the header, without footers, totals and headers that come again, each under its title; and which
are left out, and why."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from shared.workbook.cells import Unspoken, clean

__all__ = ["COMPUTED", "LEFT", "Blocks", "Merged", "bare"]

Merged = list[tuple[tuple[int, int], tuple[int, int]]]
LEFT = {  # why rows and cells of a sheet are not read
    "foot": ("表尾、落款或说明，没有读取", "footers and explanations, not read"),
    "total": ("合计行，没有读取", "totals, not read"),
    "again": ("重复的表头和它上面的标题，不作为人员", "headers that come again, and what stands above them: no rows"),
    "title": ("单位标题行，用作下面各行的单位", "titles: they say where the rows below belong"),
    "failed": ("只有出错的公式，没有读取", "nothing but formulas that failed, not read"),
    "untitled": ("上方没有列名的格，没有读取", "cells without a title above, not read"),
    "hidden_columns": ("隐藏的列，其中认得的也读取", "hidden columns; those that are known are read too"),
}
FOOTER = re.compile(r"^(填报单位|填表单位|填报人|填表人|制表|负责人|联系电话|合计|总计|小计|备注|说明|注|填报日期|填报时间|日期|审核人|"
                    r"单位\(盖章\)|第\d+页)[:：(\s]?")
LABEL = re.compile(FOOTER.pattern.removesuffix(r"[:：(\s]?") + r"(?=\W|\d|\Z)|.*:\Z")  # nothing else than what begins a footer
NUMBERED = re.compile(r"\d")
TOTAL = re.compile(r"(合计|总计|小计)[:：]?\Z")
ON = re.compile(r"\(?(续表?|接上[页表]|第?[\d一二三四五六七八九十]+页)\)?\Z")  # the same list goes on
PLACE = re.compile(r"村|社区|居委会|乡|镇|街道|妇联|妇女联合会|妇工委|妇委会")
COMPUTED = ("序号", "年龄", "错误", "编号")


def bare(title: str) -> str:
    """A column's name without blanks, brackets' contents, quotes and marks."""
    plain = re.sub(r"[（(【\[].*?[)）】\]]", "", clean(title))
    return re.sub(r"[\s*＊“”\"'：:、/／.．·_-]", "", plain)


class Blocks:
    """The rows of a sheet whose header's last row is `head`. `known`: bare names of columns; `errors`: the column that we wrote ourselves; `needed`:
    the columns that no row does without, the first of them names who or what it is about; `read`: all columns that are known.

    A header that comes again begins a block: what stands right above it is the title of the rows that follow. A cell merged over three columns
    that names a place begins one too."""

    def __init__(self, rows: Sequence[list[Any]], head: int, known: set[str], merged: Merged, errors: int, needed: Sequence[int],
                 read: Collection[int]) -> None:
        self.rows, self.head, self.known, self.errors, self.needed, self.read = rows, head, known, errors, needed, read
        self.left: dict[str, list[str]] = {why: [] for why in LEFT}
        self.header, self.upper = self._words(head), self._words(head - 1) if head else []
        self.wide = {r0 for (r0, c0), (r1, c1) in merged if r0 == r1 and c1 - c0 >= 2}
        self.title = self._said(range(head))
        self.footed = bool(head) and self._foot([w for w in self.upper if w])

    def __iter__(self) -> Iterator[tuple[int, list[Any], str]]:
        """Number from 0, the row, the title it stands under."""
        again = self._again()
        aside = {j for group in again.values() for j in group} | again.keys()
        title = self.title
        for i in range(self.head + 1, len(self.rows)):
            if i in again:
                title = self._of_block(again[i]) or title
            first = self._first(i)
            why = self._aside(i, first, aside)
            if why:
                self.left[why].append(str(i + 1))
                title = first if why == "title" else title
            elif first or self._unsaid(i):
                yield i, self.rows[i], title

    def _aside(self, i: int, first: str, aside: Collection[int]) -> str:
        """Why the row is not read; "": it is, or is blank."""
        if not first:
            return "failed" if any(isinstance(c, Unspoken) for c in self.rows[i]) and not self._unsaid(i) else ""
        if i in aside:
            return "foot" if self._foot(self._there(i)) else "again"
        if (FOOTER.match(first) or TOTAL.match(first)) and not self._names(i, first) and self._foot(self._there(i)):
            return "total" if TOTAL.match(first) else "foot"
        return "title" if i in self.wide and PLACE.search(first) and len(self._there(i)) == 1 else ""

    def _names(self, i: int, first: str) -> bool:
        """Does the row name somebody, whatever it begins with? What a footer's words stand above is none: 负责人：王芳."""
        who, *rest = ("" if LABEL.match(word) else word for word in (clean(self.rows[i][j]) if j < len(self.rows[i]) else "" for j in self.needed))
        return bool(who) and not NUMBERED.search(who) and (any(rest) or not (":" in first or FOOTER.match(who)))

    def _unsaid(self, i: int) -> bool:
        """Holds a column that is read what its formula has not said yet?"""
        return any(isinstance(c, Unspoken) and c.why != "error" and j in self.read for j, c in enumerate(self.rows[i]))

    def _again(self) -> dict[int, list[int]]:
        """Where the header comes again, with the rows right above it that are no people."""
        found: dict[int, list[int]] = {}
        begins = next((w for w in self.header if w), "")
        for i in range(self.head + 1, len(self.rows)):
            if self._first(i) == begins and self._words(i) == self.header:
                above = []
                for j in range(i - 1, self.head, -1):
                    if j in found or not self._light(j):
                        break
                    above.append(j)
                found[i] = above[::-1]
        return found

    def _of_block(self, group: list[int]) -> str:
        """The title among these; none: the list only goes on."""
        titles = [j for j in group if self._first(j) and not ON.match(self._first(j))]
        while titles and self._foot(self._there(titles[0])) and not (self.footed and titles[0] == group[-1]):
            titles.pop(0)
        return self._said(titles)

    def _light(self, j: int) -> bool:
        """Blank, a footer, the header's upper row, or a title: one cell alone, or a few that say what they are."""
        there = self._there(j)
        if len(there) <= 1:
            return not there or not (there[0].isdigit() or self._alone(j, there[0]))
        return self._foot(there) or self._words(j) == self.upper or (len(there) <= 3 and (j in self.wide or all(":" in w for w in there)))

    def _alone(self, j: int, word: str) -> bool:
        """A person's name in its column, and nothing else: no title."""
        return j not in self.wide and self._names(j, word) and len(word) <= 4 and not (PLACE.search(word) or ON.match(word) or FOOTER.match(word))

    def _foot(self, there: list[str]) -> bool:
        if not there or not FOOTER.match(there[0]):
            return False
        return len(there) <= 4 or bool(TOTAL.match(there[0])) or sum(bool(FOOTER.match(w)) for w in there) >= 2

    def _first(self, i: int) -> str:
        return next((w for j, c in enumerate(self.rows[i]) if c not in (None, "") and j != self.errors and (w := clean(c))), "")

    def _words(self, i: int) -> list[str]:
        words = [clean(c) if j != self.errors else "" for j, c in enumerate(self.rows[i])]
        while words and not words[-1]:
            words.pop()
        return words

    def _there(self, i: int) -> list[str]:
        return [w for w in self._words(i) if w]

    def _said(self, some: Sequence[int]) -> str:
        return " ".join(w for i in some for w in self._there(i) if bare(w) not in self.known)
