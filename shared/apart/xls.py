"""Reads an .xls: its reader makes room for what is written alone, a sheet at a time."""
from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from typing import Any

import xlrd

from shared.apart.bounds import MOST_CELLS, Extent, Grid, No, is_blank

__all__ = ["grids", "trimmed"]

EMPTY = bytes((xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK))
PLAIN = EMPTY + bytes((xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER))


def grids(data: bytes) -> Iterator[Grid | str]:
    """Each visible worksheet; of a hidden one that says anything, its name."""
    try:
        yield from sheets(data)
    except xlrd.XLRDError as wrong:
        raise No("locked" if "encrypted" in str(wrong) else "damaged") from None


def sheets(data: bytes) -> Iterator[Grid | str]:
    xlrd.book.Book.names_epilogue = lambda _: None  # it would work out every name that is defined: for as long as one likes, or fail at it
    with open(os.devnull, "w") as log:
        book = xlrd.open_workbook(
            file_contents=data, logfile=log, formatting_info=True, on_demand=True, ragged_rows=True, ignore_workbook_corruption=True)
        for n in range(book.nsheets):
            sheet = book.sheet_by_index(n)
            if not sheet.visibility:
                yield grid(sheet, book.datemode)
            elif any(not is_blank(v) for i in range(sheet.nrows) for v in sheet.row_values(i)):
                yield sheet.name
            book.unload_sheet(n)
            del sheet
            gc.collect()  # a sheet of this reader holds itself


def grid(sheet: Any, datemode: int) -> Grid:
    rows = trimmed(said(sheet, i, datemode) for i in range(sheet.nrows))
    near(sheet.name, rows)
    if sum(max(0, min(low, len(rows)) - top) for top, low, _, _ in sheet.merged_cells) > MOST_CELLS:  # over each other
        raise MemoryError
    wide = max(map(len, rows), default=0)
    return Grid(sheet.name, rows, [((top, left), (low - 1, right - 1)) for top, low, left, right in sheet.merged_cells],
                [i for i, row in enumerate(rows) if row and i in sheet.rowinfo_map and sheet.rowinfo_map[i].hidden],
                [j for j, info in sheet.colinfo_map.items() if info.hidden and j < wide])


def said(sheet: Any, i: int, datemode: int) -> list[Any]:
    """A row as the other reader tells it. A row of errors alone says nothing."""
    kinds = bytes(sheet.row_types(i)).rstrip(EMPTY)
    cells = list(zip(kinds, sheet.row_values(i, 0, len(kinds)), strict=True))
    return [value if kind in PLAIN else meant(kind, value, datemode) for kind, value in cells]


def meant(kind: int, value: Any, datemode: int) -> Any:
    if kind == xlrd.XL_CELL_ERROR:
        return {"no": "error"}
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    try:
        found = xlrd.xldate_as_datetime(value, datemode)
    except (OverflowError, ValueError):
        return value
    return found.time() if value < 1 else found if value % 1 else found.date()


def near(name: str, rows: list[list[Any]]) -> None:
    """TooFar: what is written in an .xls stands too far away."""
    columns = max(map(len, rows), default=0)
    if len(rows) * columns > MOST_CELLS:
        extent = Extent()
        extent.count = sum(not is_blank(cell) for row in rows for cell in row)
        extent.low, extent.wide = (len(rows), len(rows[-1])), (next(i for i, row in enumerate(rows, 1) if len(row) == columns), columns)
        extent.near(name)


def trimmed(found: Iterable[list[Any]]) -> list[list[Any]]:
    """Without the blanks at the ends of the rows and at the end."""
    rows: list[list[Any]] = []
    filled = 0
    for row in found:
        end = len(row)
        while end and ((cell := row[end - 1]) == "" or is_blank(cell)):
            end -= 1
        rows.append(row[:end])
        if end:
            filled = len(rows)
    return rows[:filled]
