"""Reads a workbook into lines: finds the header by known column names wherever it stands, and understands every cell or says why not."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from shared.fact import Refused
from shared.workbook.cells import clean
from shared.workbook.fault import Bad, Fault, nearest_of
from shared.workbook.inside import Places, unsaid
from shared.workbook.safety import damaged, kind_of, locked, text_of

__all__ = ["Column", "Line", "Sheet", "letter", "read", "read_grids"]

HEADER_WITHIN, MAX_LINES = 20, 60_000
FOOTER = re.compile(r"^(填报单位|填表单位|填报人|填表人|制表|负责人|联系电话|合计|总计|小计|备注|说明|注|填报日期|日期|审核人|"
                    r"单位（盖章）|第\d+页)[:：(（\s]?")
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"))
COMPUTED = ("序号", "年龄", "错误", "编号")


@dataclass(frozen=True)
class Column:
    """One known column. `parse` understands a cell or raises Bad; `fill`: a merged cell counts for all its rows; `personal`: never echoed;
    `width` 0: hidden in a template; `spare`: names it goes by only in a sheet that says the same in no other column, nor has a field of `apart`."""

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
    spare: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(bare(n) for n in (self.title, *self.aliases))


@dataclass
class Line:
    """One row of a sheet: what was understood by field, what stood there, and what is wrong."""

    sheet: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def row(self) -> str:
        return f"{self.sheet}!{self.line}"


@dataclass
class Sheet:
    """One sheet that has the columns. `title`: what stands above the header; `ignored`: columns not known here."""

    name: str
    header_row: int
    columns: dict[str, int]
    found: dict[str, str]
    ignored: list[str]
    title: str
    lines: list[Line]


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
        raise Refused("file_too_long", "一次最多 {most} 行，请按乡镇分成几个文件。",
                      "At most {most} rows at once; split the file.", "file", most=MAX_LINES)
    if not any(s.lines for s in sheets):
        raise Refused("file_no_rows", "表头之下没有数据行。", "There are no rows below the header.", "file")
    return sheets


def bare(title: str) -> str:
    """A column's name without blanks, brackets' contents, quotes and marks."""
    plain = re.sub(r"[（(【\[].*?[)）】\]]", "", clean(title))
    return re.sub(r"[\s*＊“”\"'：:、/／.．·_-]", "", plain)


def letter(column: int) -> str:
    """0 is A."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


Merged = list[tuple[tuple[int, int], tuple[int, int]]]
Grid = tuple[str, list[list[Any]], Merged]


def read_grids(data: bytes) -> Iterator[Grid]:
    """Visible worksheets as lists of cells, with their merged ranges (first row and column, last row and column, from 0)."""
    if kind_of(data) == "csv":
        text = text_of(data) or ""
        dialect = "excel-tab" if "\t" in text.partition("\n")[0] else "excel"
        try:
            yield "CSV", list(csv.reader(io.StringIO(text), dialect)), []
        except csv.Error:
            damaged()
        return
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in book.sheets_metadata:
            if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(meta.name)
                yield meta.name, sheet.to_python(skip_empty_area=False), _merged(sheet)
    except PasswordError:
        locked()
    except (CalamineError, OSError, ValueError):
        damaged()


def _merged(sheet: Any) -> Merged:
    return list(sheet.merged_cell_ranges or ())


def _header(rows: list[list[Any]], columns: Sequence[Column]) -> tuple[int, dict[str, int], list[str]]:
    """The last row of the header, where each field stands, and all titles. A header of two rows is read down: both words, or either."""
    known = {n: c.field for c in columns for n in c.names}
    best: tuple[int, dict[str, int], list[str]] = (0, {}, [])
    for i in range(min(len(rows), HEADER_WITHIN)):
        above = rows[i - 1] if i else []
        titles, found = [], {}
        for j, cell in enumerate(rows[i]):
            lower, upper = clean(cell), clean(above[j]) if j < len(above) else ""
            word = next((w for w in (bare(lower), bare(upper + lower), bare(upper)) if w in known), "")
            titles.append(lower or upper)
            if word and known[word] not in found:
                found[known[word]] = j
        if len(found) > len(best[1]):
            best = i, found, titles
    for c in columns:
        if c.spare and not best[1].keys() & {c.field, *c.apart}:
            best[1].update([(c.field, j) for j, t in enumerate(best[2]) if bare(t) in c.spare][:1])
    return best


def _sheet(name: str, rows: list[list[Any]], merged: Merged, head: int, found: dict[str, int], titles: list[str], columns: Sequence[Column],
           unspoken: Places) -> Sheet:
    used = set(found.values())
    ignored = [t for j, t in enumerate(titles) if t and j not in used and bare(t) not in COMPUTED]
    known = {n for c in columns for n in c.names}
    above = [clean(c) for row in rows[:head] for c in row if clean(c) and bare(clean(c)) not in known]
    wanted = [c for c in columns if c.field in found]
    cells = {c.field: Cells(c) for c in wanted}
    filled = _filled(merged, {found[c.field] for c in wanted if c.fill}, rows)
    lines = []
    for i, row in enumerate(rows[head + 1:], head + 1):
        first = next((clean(c) for c in row if c not in (None, "") and clean(c)), "")
        if not first or (FOOTER.match(first) and sum(bool(clean(c)) for c in row) <= 4) or row == rows[head]:
            continue
        lines.append(_line(name, i, row, cells, found, filled, unspoken))
    return Sheet(name, head + 1, found, {f: titles[j] for f, j in found.items()}, ignored, " ".join(above), lines)


def _filled(merged: Merged, of: set[int], rows: list[list[Any]]) -> dict[tuple[int, int], Any]:
    """What a merged cell says, for each row it covers."""
    return {(r, c0): rows[r0][c0] for (r0, c0), (r1, _) in merged if c0 in of and r0 < len(rows) and c0 < len(rows[r0])
            for r in range(r0, r1 + 1)}


class Cells(dict[tuple[type, Any], tuple[str, Any, Fault | None]]):
    """What each cell of one column says: its text, its value, what is wrong with it. The same words are understood once."""

    def __init__(self, column: Column) -> None:
        self.column = column

    def __missing__(self, key: tuple[type, Any]) -> tuple[str, Any, Fault | None]:
        c, text = self.column, clean(key[1])
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


def _line(sheet: str, i: int, row: list[Any], cells: Mapping[str, Cells], found: Mapping[str, int], filled: Mapping[tuple[int, int], Any],
          unspoken: Places) -> Line:
    line = Line(sheet, i + 1)
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
    return line


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
