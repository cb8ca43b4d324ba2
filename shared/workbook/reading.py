"""Reads a workbook into lines: finds the header by known column names wherever it stands, and understands every cell or says why not."""
from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, zip_longest
from typing import Any, NoReturn

import orjson

from shared.fact import Refused
from shared.workbook import apart
from shared.workbook.apart import letter
from shared.workbook.blocks import COMPUTED, Blocks, Merged, bare
from shared.workbook.cells import clean, written
from shared.workbook.fault import Bad, Fault, nearest_of
from shared.workbook.inside import Places, unsaid
from shared.workbook.safety import damaged, kind_of, locked, text_of, too_much

__all__ = ["VERSION", "Column", "Line", "Sheet", "letter", "read", "read_grids"]

VERSION = "2026.2"  # of the templates we give out
HEADER_WITHIN, MAX_LINES = 20, 60_000
STAMP = re.compile(r"模板版本\s*(\d+(?:\.\d+)*)")
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"))
READERS = threading.BoundedSemaphore(1)  # each may take as much memory as apart.MEMORY


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
    last row."""

    name: str
    header_row: int
    columns: dict[str, int]
    found: dict[str, str]
    ignored: list[str]
    lines: list[Line]
    errors: int
    end: int


def read(data: bytes, columns: Sequence[Column]) -> list[Sheet]:
    """All sheets with these columns. Refused: unreadable, or no sheet has them, or a needed one is missing (then which, and what is near)."""
    grids = list(read_grids(data))
    unspoken = unsaid(data)
    sheets: list[Sheet] = []
    nearest: tuple[int, str, int, dict[str, int]] = (0, "", 0, {})
    for name, rows, merged in grids:
        head, found, titles = _header(rows, columns)
        if len(found) > nearest[0]:
            nearest = len(found), name, head + 1, found
        if len(found) < 2 or any(c.required and c.field not in found for c in columns):
            continue
        sheets.append(_sheet(name, rows, merged, head, found, titles, columns, unspoken.get(name, {})))
    if not sheets:
        _no_header(nearest, columns, grids)
    if sum(len(s.lines) for s in sheets) > MAX_LINES:
        _too_long()
    if not any(s.lines for s in sheets):
        raise Refused("file_no_rows", "表头之下没有数据行。", "There are no rows below the header.", "file")
    return sheets


def _too_long() -> NoReturn:
    raise Refused("file_too_long", "一次最多 {most} 行，请按乡镇分成几个文件。", "At most {most} rows at once; split the file.", "file",
                  most=MAX_LINES)


Grid = tuple[str, list[list[Any]], Merged]


def read_grids(data: bytes) -> Iterator[Grid]:
    """Visible worksheets as lists of cells, with their merged ranges (first row and column, last row and column, from 0)."""
    if kind_of(data) == "csv":
        text = text_of(data) or ""
        dialect = "excel-tab" if "\t" in text.partition("\n")[0] else "excel"
        try:
            rows = list(islice(csv.reader(io.StringIO(text), dialect), apart.MOST_ROWS + 1))
        except csv.Error:
            damaged()
        if len(rows) > apart.MOST_ROWS:
            _too_long()
        yield "CSV", rows, []
        return
    with READERS:
        done = subprocess.run([sys.executable, "-I", apart.__file__], input=data, capture_output=True)  # what it complains of may name people
    if done.returncode:
        damaged() if done.returncode == 1 else too_much()
    for line in done.stdout.splitlines():
        said = orjson.loads(line)
        if isinstance(said, dict):
            _unread(said)
        name, rows, merged = said
        yield name, [[date_of(c) if isinstance(c, dict) else c for c in row] for row in rows], merged


def date_of(cell: Mapping[str, str]) -> date:
    found = datetime.fromisoformat(cell["day"])
    return found if "T" in cell["day"] else found.date()


def _unread(said: Mapping[str, Any]) -> NoReturn:
    match said["no"]:
        case "locked":
            locked()
        case "far" if said["cells"]:
            raise Refused("sheet_too_far", "工作表“{sheet}”的 {cells} 离其他数据太远，无法读取。请在表格左上角的名称框输入该格的位置并回车，"
                          "核对后清除它的内容（或删除那些空行空列），保存后再上传。",
                          "On the sheet “{sheet}”, {cells} is too far from everything else. Type its place into the name box, press Enter, clear the "
                          "cell (or delete the empty rows and columns), save and upload again.", "file", sheet=said["sheet"],
                          cells="、".join(said["cells"]))
        case "far":
            _too_long()
    damaged()


def _header(rows: list[list[Any]], columns: Sequence[Column]) -> tuple[int, dict[str, int], list[str]]:
    """The last row of the header, where each field stands, and all titles. A header of two rows is read down: both words, or either."""
    known = {n: c.field for c in columns for n in c.names}
    weak = {bare(n) for c in columns for n in c.weak}
    best: tuple[int, dict[str, int], list[str]] = (0, {}, [])
    for i in range(min(len(rows), HEADER_WITHIN)):
        above = rows[i - 1] if i else []
        titles, found, spare = [], dict[str, int](), dict[str, int]()
        for j, (cell, over) in enumerate(zip_longest(rows[i], above)):
            lower, upper = clean(cell), clean(over)
            word = next((w for w in (bare(lower), bare(upper + lower), bare(upper)) if w in known), "")
            titles.append(lower or upper)
            if word:
                (spare if word in weak else found).setdefault(known[word], j)
        found = {c.field: spare[c.field] for c in columns if c.field in spare and not found.keys() & set(c.apart)} | found
        if len(found) > len(best[1]):
            best = i, found, titles
    return best


def _sheet(name: str, rows: list[list[Any]], merged: Merged, head: int, found: dict[str, int], titles: list[str], columns: Sequence[Column],
           unspoken: Places) -> Sheet:
    used = set(found.values())
    ignored = [t for j, t in enumerate(titles) if t and j not in used and bare(t) not in COMPUTED]
    errors = next((j for j, t in enumerate(titles) if bare(t) == "错误"), max(map(len, rows)))
    wanted = [c for c in columns if c.field in found]
    cells = {c.field: Cells(c) for c in wanted}
    filled = _filled(merged, {found[c.field] for c in wanted if c.fill}, rows)
    lines = []
    for i, row, title in Blocks(rows, head, {n for c in columns for n in c.names}, merged, errors):
        line = Line(name, i + 1, title)
        _fill(line, i, row, cells, found, filled, unspoken)
        lines.append(line)
    stamp = STAMP.search(lines[0].title) if lines else None
    if stamp and stamp[1] != VERSION:
        lines[0].faults.append(Fault(
            "template_version", f"这张表用的是 {stamp[1]} 版模板，现在是 {VERSION} 版：列或填法可能不同，请核对，或下载新模板填写",
            f"Made with template {stamp[1]}, today's is {VERSION}: columns may differ; compare them, or use a new template", "", "warn"))
    return Sheet(name, head + 1, found, {f: titles[j].strip("* ") for f, j in found.items()}, ignored, lines, errors, len(rows))


def _filled(merged: Merged, of: set[int], rows: list[list[Any]]) -> dict[tuple[int, int], Any]:
    """What a merged cell says, for each row it covers."""
    return {(r, c0): rows[r0][c0] for (r0, c0), (r1, _) in merged if c0 in of and r0 < len(rows) and c0 < len(rows[r0])
            for r in range(r0, min(r1 + 1, len(rows)))}


class Cells(dict[tuple[type, Any], tuple[str, Any, Fault | None]]):
    """What each cell of one column says: its text, its value, what is wrong with it. The same words are understood once."""

    def __init__(self, column: Column) -> None:
        self.column = column

    def __missing__(self, key: tuple[type, Any]) -> tuple[str, Any, Fault | None]:
        c, text = self.column, written(key[1])
        value, fault = None, None
        try:
            if text in ERRORS:
                raise _unspoken("error")
            value = c.parse(key[1])
            if c.required and value is None:
                fault = Fault("required", f"{c.title}不能为空", f"{c.field} is needed", c.field)
        except Bad as bad:
            fault = bad.at(c.field)
        self[key] = text, value, fault
        return self[key]


def _fill(line: Line, i: int, row: list[Any], cells: Mapping[str, Cells], found: Mapping[str, int], filled: Mapping[tuple[int, int], Any],
          unspoken: Places) -> None:
    for field_, known in cells.items():
        j = found[field_]
        cell = row[j] if j < len(row) else None
        if filled:
            cell = filled.get((i, j), cell)
        line.raw[field_], value, fault = known[type(cell), cell]
        if (i, j) in unspoken:
            fault = _unspoken(unspoken[i, j]).at(field_)
        if fault:
            line.faults.append(fault)
        if not fault or fault.code == "required":
            line.values[field_] = value


def _unspoken(what: str) -> Bad:
    if what == "unsaid":
        return Bad("formula_unsaid", "公式没有计算结果，请复制该列后“选择性粘贴 → 数值”再保存",
                   "The formula has no stored result; paste values instead")
    return Bad("formula_error", "该格公式出错，请改为实际内容", "The formula failed; write what is meant")


def _no_header(nearest: tuple[int, str, int, dict[str, int]], columns: Sequence[Column], grids: list[Grid]) -> NoReturn:
    count, sheet, row, found = nearest
    needed = [c for c in columns if c.required]
    if count < 2:
        raise Refused("header_missing", "没有找到表头：任何工作表的前 {within} 行都没有这些列：{needed}。请核对工作表，或下载模板填写。",
                      "No header was found: no sheet has the columns {needed} within its first {within} rows.", "file",
                      within=HEADER_WITHIN, needed="、".join(c.title for c in needed))
    missing = [c for c in needed if c.field not in found]
    there = next(([clean(c) for c in rows[row - 1] if clean(c)] for name, rows, _ in grids if name == sheet), [])
    hints = [f"{c.title}" + (f"（“{near}”是否就是它？）" if (near := nearest_of(c.title, there)) else "") for c in missing]
    raise Refused("column_missing", "工作表“{sheet}”第 {row} 行的表头缺少：{missing}。请补上该列后再上传。",
                  "The header in row {row} of “{sheet}” lacks: {missing}.", "file", sheet=sheet, row=row, missing="、".join(hints))
