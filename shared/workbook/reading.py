"""Reads a workbook into lines: finds the header by known column names wherever it stands, and understands every cell or says why not."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple, NoReturn

from shared.apart.bounds import Grid, letter
from shared.fact import Refused
from shared.workbook.blocks import COMPUTED, Blocks, Merged, bare
from shared.workbook.cells import Unspoken, clean, written
from shared.workbook.fault import Bad, Fault, nearest_of
from shared.workbook.opened import MAX_LINES, opened, read_grids, too_long

__all__ = ["MAX_LINES", "VERSION", "Column", "Line", "Read", "Sheet", "Unread", "letter", "read", "read_grids", "whole"]

VERSION = "2026.2"  # of the templates we give out
HEADER_WITHIN = 20
STAMP = re.compile(r"模板版本\s*(\d+(?:\.\d+)*)")
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"))
UNSPOKEN = {
    "unsaid": Bad("formula_unsaid", "公式没有计算结果，请复制该列后“选择性粘贴 → 数值”再保存",
                  "The formula has no stored result; paste values instead"),
    "error": Bad("formula_error", "该格公式出错，请改为实际内容", "The formula failed; write what is meant"),
    "unreadable": Bad("cell_unreadable", "该格存的内容读不出来，请重新录入", "What is stored in this cell cannot be read; enter it again"),
    "twice": Bad("cell_twice", "文件里这一格存了两个值，分不清哪个对，请重新录入",
                 "The file holds two values for this cell; enter the right one again"),
}
HIDDEN = Fault("row_hidden", "这一行在原表中是隐藏的（可能被筛选掉了），也会导入；不要的请删去",
               "This row is hidden in the file, perhaps by a filter, and is imported too; delete it if it is not wanted", "", "warn")


@dataclass(frozen=True)
class Column:
    """One known column. `parse` understands a cell or raises Bad; `fill`: a merged cell counts for all its rows; `personal`: never echoed;
    `weak`: names that it goes by where no column has a better one, nor is there a field of `apart`; `needed`: a row does without, but hardly;
    `width` 0: hidden in a template; `offered`: there is one of it there at all; `example`: of what is written, one that
    goes with those of the other columns."""

    field: str
    title: str
    parse: Callable[[Any], Any]
    aliases: tuple[str, ...] = ()
    required: bool = False
    fill: bool = False
    personal: bool = False
    choices: tuple[str, ...] = ()
    width: int = 14
    note: str = ""
    weak: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    needed: bool = False
    offered: bool = True
    example: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(bare(n) for n in (self.title, *self.aliases, *self.weak))


@dataclass
class Line:
    """One row of a sheet: what was understood by field, what stood there, and what is wrong. `title`: what stands above it and its header."""

    sheet: str
    line: int
    title: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def row(self) -> str:
        return f"{self.sheet}!{self.line}"


@dataclass
class Sheet:
    """One sheet that has the columns. `ignored`: columns not known here; `errors`: the column, from 0, for what is wrong with a row; `end`: its
    last row; `left`: rows and cells that are not read, by why (`blocks.LEFT`)."""

    name: str
    header_row: int
    columns: dict[str, int]
    found: dict[str, str]
    ignored: list[str]
    lines: list[Line]
    errors: int
    end: int
    left: dict[str, list[str]] = field(default_factory=dict)


class Unread(NamedTuple):
    """A sheet that says something and is not read: `hidden`, without any of the columns (`other`), or without `missing` ones (`lacking`)."""

    name: str
    why: str
    rows: int = 0
    missing: str = ""


class Read(NamedTuple):
    sheets: list[Sheet]
    unread: list[Unread]


@dataclass(frozen=True)
class Head:
    """`row`: the header's last; where each field stands, all titles, and the columns of fields that stand there more than once."""

    row: int = 0
    found: dict[str, int] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    again: dict[str, list[int]] = field(default_factory=dict)


def read(data: bytes, columns: Sequence[Column]) -> list[Sheet]:
    """All sheets with these columns."""
    return whole(data, columns).sheets


def whole(data: bytes, columns: Sequence[Column]) -> Read:
    """All sheets with these columns, and what is not read. Refused: unreadable, or no sheet has them, or a needed one is missing (then which, and
    what is near), or stands there twice."""
    grids, hidden = opened(data)
    text = not data.startswith((b"PK", b"\xd0\xcf"))
    sheets: list[Sheet] = []
    unread = [Unread(name, "hidden") for name in hidden]
    nearest = "", Head()
    for grid in grids:
        head = _header(grid.rows, columns)
        if len(head.found) > len(nearest[1].found):
            nearest = grid.name, head
        missing = [c.title for c in columns if c.required and c.field not in head.found]
        if len(head.found) < 2 or missing:
            said = sum(any(map(clean, row)) for row in grid.rows)
            unread += [Unread(grid.name, *(("lacking", said, "、".join(missing)) if len(head.found) > 2 else ("other", said)))] * bool(said)
            continue
        _once(grid, head, columns)
        sheets.append(_sheet(grid, head, columns, text))
    if not sheets:
        _no_header(nearest[0], nearest[1], columns, grids)
    if sum(len(s.lines) for s in sheets) > MAX_LINES:
        too_long()
    if not any(s.lines for s in sheets):
        raise Refused("file_no_rows", "表头之下没有数据行。", "There are no rows below the header.", "file")
    return Read(sheets, unread)


def _header(rows: list[list[Any]], columns: Sequence[Column]) -> Head:
    """A header of two rows is read down: both words, or either."""
    known = {n: c.field for c in columns for n in c.names}
    weak = {bare(n) for c in columns for n in c.weak}
    best = Head()
    for i in range(min(len(rows), HEADER_WITHIN)):
        above = rows[i - 1] if i else []
        titles, found, spare, again = [], dict[str, int](), dict[str, int](), dict[str, list[int]]()
        for j, (cell, over) in enumerate(zip_longest(rows[i], above)):
            lower, upper = clean(cell), clean(over)
            word = next((w for w in (bare(lower), bare(upper + lower), bare(upper)) if w in known), "")
            titles.append(lower or upper)
            if word:
                (spare if word in weak else found).setdefault(known[word], j)
                if word not in weak and bare(lower):
                    again.setdefault(known[word], []).append(j)
        found = {c.field: spare[c.field] for c in columns if c.field in spare and not found.keys() & set(c.apart)} | found
        if len(found) > len(best.found):
            best = Head(i, found, titles, {f: some for f, some in again.items() if len(some) > 1})
    return best


def _once(grid: Grid, head: Head, columns: Sequence[Column]) -> None:
    """Refused: a needed column stands there again, with something below it: two lists side by side, or nobody knows which of them counts."""
    for c in columns:
        full = [j for j in head.again.get(c.field, ()) if any(j < len(row) and clean(row[j]) for row in grid.rows[head.row + 1:])]
        if c.required and len(full) > 1:
            raise Refused("column_twice", "工作表“{sheet}”有 {count} 列“{title}”（{places} 列）。左右并排的几组名单，请把右边的剪切到左边一组的"
                          "下面；只是重复的列，请删掉或改名。",
                          "The sheet “{sheet}” has {count} columns “{title}” ({places}). Lists side by side: put one below the other; a column too "
                          "many: delete or rename it.", "file", sheet=grid.name, count=len(full), title=c.title, places="、".join(map(letter, full)))


def _sheet(grid: Grid, head: Head, columns: Sequence[Column], text: bool) -> Sheet:
    """`text`: nothing but the order divides its cells, so that one too many puts all that follow in doubt."""
    rows, titles, found = grid.rows, head.titles, head.found
    used, width = set(found.values()), max(map(len, rows))
    ignored = [t + f"（{letter(j)} 列，重复）" * (bare(t) in {bare(titles[n]) for n in used})
               for j, t in enumerate(titles) if t and j not in used and bare(t) not in COMPUTED]
    errors = next((j for j, t in enumerate(titles) if bare(t) == "错误"), width)
    wanted = [c for c in columns if c.field in found]
    cells = {c.field: Cells(c) for c in wanted}
    filled = _filled(grid.merged, {found[c.field] for c in wanted if c.fill}, rows)
    untitled = [j for j in range(width) if j != errors and (j >= len(titles) or not titles[j])]
    hidden = set(grid.hidden_rows)
    blocks = Blocks(rows, head.row, {n for c in columns for n in c.names}, grid.merged, errors, [found[c.field] for c in columns if c.required], used)
    lines, stray = [], []
    for i, row, title in blocks:
        line = Line(grid.name, i + 1, title)
        _fill(line, i, row, cells, found, filled)
        beside = [f"{letter(j)}{i + 1}" for j in untitled if j < len(row) and clean(row[j])]
        stray += beside
        line.faults += [_too_wide(len(beside))] * bool(beside and text) + [HIDDEN] * (i in hidden)
        lines.append(line)
    _stamped(lines)
    unseen = {found[c.field] for c in wanted if not c.width}  # our own templates hide them
    hidden_columns = [letter(j) for j in grid.hidden_columns if j < len(titles) and titles[j] and j not in unseen]
    left = blocks.left | {"hidden_columns": hidden_columns, "untitled": stray}
    return Sheet(grid.name, head.row + 1, found, {f: titles[j].strip("* ") for f, j in found.items()}, ignored, lines, errors, len(rows),
                 {why: some for why, some in left.items() if some})


def _too_wide(count: int) -> Fault:
    return Fault("row_too_wide", f"这一行比表头多出 {count} 格，各格可能已经错位：内容里有分隔符的，请加双引号",
                 f"This row has {count} cells more than the header, so others may be shifted; quote what holds the divider")


def _stamped(lines: Sequence[Line]) -> None:
    stamp = STAMP.search(lines[0].title) if lines else None
    if stamp and stamp[1] != VERSION:
        lines[0].faults.append(Fault(
            "template_version", f"这张表用的是 {stamp[1]} 版模板，现在是 {VERSION} 版：列或填法可能不同，请核对，或下载新模板填写",
            f"Made with template {stamp[1]}, today's is {VERSION}: columns may differ; compare them, or use a new template", "", "warn"))


def _filled(merged: Merged, of: set[int], rows: list[list[Any]]) -> dict[tuple[int, int], Any]:
    """What a merged cell says, for each row it covers."""
    return {(r, c0): rows[r0][c0] for (r0, c0), (r1, _) in merged if c0 in of and r0 < len(rows) and c0 < len(rows[r0])
            for r in range(r0, min(r1 + 1, len(rows)))}


class Cells(dict[tuple[type, Any], tuple[str, Any, Fault | None]]):
    """What each cell of one column says: its text, its value, what is wrong with it. The same words are understood once."""

    def __init__(self, column: Column) -> None:
        self.column = column

    def __missing__(self, key: tuple[type, Any]) -> tuple[str, Any, Fault | None]:
        c, cell, text = self.column, key[1], written(key[1])
        value, fault = None, None
        try:
            if isinstance(cell, Unspoken) or text in ERRORS:
                raise UNSPOKEN[cell.why if isinstance(cell, Unspoken) else "error"]
            value = c.parse(cell)
            if c.required and value is None:
                fault = Fault("required", f"{c.title}不能为空", f"{c.field} is needed", c.field)
        except Bad as bad:
            fault = bad.at(c.field)
        self[key] = text, value, fault
        return self[key]


def _fill(line: Line, i: int, row: list[Any], cells: Mapping[str, Cells], found: Mapping[str, int], filled: Mapping[tuple[int, int], Any]) -> None:
    for field_, known in cells.items():
        j = found[field_]
        cell = row[j] if j < len(row) else None
        if filled:
            cell = filled.get((i, j), cell)
        line.raw[field_], value, fault = known[type(cell), cell]
        if fault:
            line.faults.append(fault)
        if not fault or fault.code == "required":
            line.values[field_] = value


def _no_header(sheet: str, head: Head, columns: Sequence[Column], grids: Sequence[Grid]) -> NoReturn:
    row, needed = head.row + 1, [c for c in columns if c.required]
    if len(head.found) < 2:
        raise Refused("header_missing", "没有找到表头：任何工作表的前 {within} 行都没有这些列：{needed}。请核对工作表，或下载模板填写。",
                      "No header was found: no sheet has the columns {needed} within its first {within} rows.", "file",
                      within=HEADER_WITHIN, needed="、".join(c.title for c in needed))
    missing = [c for c in needed if c.field not in head.found]
    there = next(([clean(c) for c in g.rows[row - 1] if clean(c)] for g in grids if g.name == sheet), [])
    hints = [f"{c.title}" + (f"（“{near}”是否就是它？）" if (near := nearest_of(c.title, there)) else "") for c in missing]
    raise Refused("column_missing", "工作表“{sheet}”第 {row} 行的表头缺少：{missing}。请补上该列后再上传。",
                  "The header in row {row} of “{sheet}” lacks: {missing}.", "file", sheet=sheet, row=row, missing="、".join(hints))
