"""Her own workbook back: wrong cells red with a note, doubtful ones yellow, and a 错误 column at the end; her formatting stays."""
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from shared.formulas import guard
from shared.workbook.apart import fitted
from shared.workbook.fault import Fault
from shared.workbook.reading import Sheet, letter, read_grids
from shared.workbook.safety import kind_of

__all__ = ["marked"]

OURS = ("FFC7CE", "FFEB9C")
RED, YELLOW = (PatternFill("solid", fgColor=c) for c in OURS)
AUTHOR, BEGIN = "半边天", "【系统提示】"
NO_PICTURES = "图片、图形未保留，请在原表中改"


def marked(data: bytes, sheets: Sequence[Sheet], faults: Mapping[str, Sequence[Fault]]) -> bytes:
    """An .xlsx. `faults` by `Line.row`. An .xls or .csv comes back as a new workbook with the same cells. What an earlier one of ours said goes."""
    plain = kind_of(data) == "xlsx"
    book = load_workbook(io.BytesIO(fitted(data))) if plain else _copied(data)
    pictures = plain and _pictured(data)
    for sheet in sheets:
        page = book[sheet.name]
        column = sheet.errors + 1
        page.cell(sheet.header_row, column, f"错误（{NO_PICTURES}）" if pictures else "错误")
        page.column_dimensions[letter(column - 1)].width = 60
        _wiped(page, sheet)
        for line in sheet.lines:
            some = faults.get(line.row, ())
            _put(page, line.line, column, "；".join(f"{_title(sheet, f)}{f.zh}" for f in some))
            for field in dict.fromkeys(f.field for f in some if f.field in sheet.columns):
                _colour(page, line.line, sheet.columns[field] + 1, [f for f in some if f.field == field])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(sheet: Sheet, f: Fault) -> str:
    return f"【{sheet.found[f.field]}】" if f.field in sheet.found else ""


def _put(page: Any, row: int, column: int, text: str) -> None:
    cell = page.cell(row, column)
    if not isinstance(cell, MergedCell):
        cell.value = guard(text) or None


def _colour(page: Any, row: int, column: int, some: Sequence[Fault]) -> None:
    """A note of hers in the cell stays above ours."""
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    cell.fill = RED if any(f.level == "error" for f in some) else YELLOW
    said, author = (f"{cell.comment.text}\n", cell.comment.author) if cell.comment else ("", AUTHOR)
    cell.comment = Comment(said[:10_000] + BEGIN + "\n".join(f.zh for f in some)[:1000], author)


def _wiped(page: Any, sheet: Sheet) -> None:
    """Without the colours, notes and words of an earlier copy; hers stay."""
    for row in page.iter_rows(min_row=sheet.header_row + 1, max_row=sheet.end, max_col=sheet.errors + 1):
        _put(page, row[0].row, sheet.errors + 1, "")
        for cell in row:
            note = cell.comment
            if note is None or (note.author != AUTHOR and BEGIN not in note.text):
                continue
            hers = "" if note.author == AUTHOR else note.text.partition(BEGIN)[0].rstrip()
            cell.comment = Comment(hers, note.author) if hers else None
            if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[-6:] in OURS:
                cell.fill = PatternFill()


def _pictured(data: bytes) -> bool:
    """Has it what does not come back with the cells: pictures or drawn shapes?"""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(n.startswith("xl/media/") or (re.match(r"xl/drawings/drawing\d+\.xml$", n) and b":sp>" in archive.read(n))
                   for n in archive.namelist())


def _copied(data: bytes) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows, _ in read_grids(data):
        page = book.create_sheet(name)
        for row in rows:
            page.append([guard(v) for v in row])
    return book
