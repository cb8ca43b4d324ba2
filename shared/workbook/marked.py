"""Her own workbook back: wrong cells red with a note, doubtful ones yellow, and a 错误 column at the end; her formatting stays."""
from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from shared.formulas import guard
from shared.workbook.fault import Fault
from shared.workbook.reading import Sheet, letter, read_grids
from shared.workbook.safety import kind_of

__all__ = ["marked"]

RED, YELLOW = PatternFill("solid", fgColor="FFC7CE"), PatternFill("solid", fgColor="FFEB9C")


def marked(data: bytes, sheets: Sequence[Sheet], faults: Mapping[str, Sequence[Fault]]) -> bytes:
    """An .xlsx. `faults` by `Line.row`. An .xls or .csv comes back as a new workbook with the same cells."""
    book = load_workbook(io.BytesIO(data)) if kind_of(data) == "xlsx" else _copied(data)
    for sheet in sheets:
        page = book[sheet.name]
        last = max(page.max_column, max(sheet.columns.values()) + 1)
        column = next((c for c in range(1, last + 1) if page.cell(sheet.header_row, c).value == "错误"), last + 1)
        page.cell(sheet.header_row, column, "错误")
        page.column_dimensions[letter(column - 1)].width = 60
        for line in sheet.lines:
            some = faults.get(line.row, ())
            _put(page, line.line, column, "；".join(f"{_title(sheet, f)}{f.zh}" for f in some))
            for f in some:
                if f.field in sheet.columns:
                    _colour(page, line.line, sheet.columns[f.field] + 1, f)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(sheet: Sheet, f: Fault) -> str:
    return f"【{sheet.found[f.field]}】" if f.field in sheet.found else ""


def _put(page: Any, row: int, column: int, text: str) -> None:
    cell = page.cell(row, column)
    if not isinstance(cell, MergedCell):
        cell.value = guard(text) or None


def _colour(page: Any, row: int, column: int, f: Fault) -> None:
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    if cell.fill != RED or f.level == "error":
        cell.fill = RED if f.level == "error" else YELLOW
    said = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(f"{said}{f.zh}"[:1000], "半边天")


def _copied(data: bytes) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows, _ in read_grids(data):
        page = book.create_sheet(name)
        for row in rows:
            page.append([guard(v) for v in row])
    return book
