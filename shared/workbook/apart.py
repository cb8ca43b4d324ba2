"""Reads the visible sheets of a workbook as a process of its own, within bounds: what a file makes the reader ask for ends that process alone.

In: the file. Out: a line of JSON a sheet, [name, rows, merged ranges], rows without the blanks at their ends; a day in it is {"day": ISO};
or {"no": code, …} when it cannot be read, as when it ends with 1. Ended by a signal or with 3: it asked for more than is given.
"""
from __future__ import annotations

import gc
import html
import io
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson
import xlrd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

__all__ = ["Part", "TooFar", "fitted", "letter", "number_of", "parts"]

MEMORY, SECONDS = 900 * 1024 * 1024, 60
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 1000, 3_000_000
USUAL = 1_000_000  # cells of a sheet that is read as it is
LONGEST = 128 * 1024 * 1024  # bytes that all its sheets may say
SHEET, RELATION = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>"), re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,7})["']""")
NUMBERED, LETTERED = re.compile(rb'row [^>]*?r="(\d{1,7})"'), re.compile(rb' r="([A-Z]{2,3})\d')
CELL = re.compile(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c>)", re.S)
ROW = re.compile(rb"""<((?:\w+:)?)row\b[^>]*?\br\s*=\s*["'](\d{1,7})["'][^>]*?(?:/>|>\s*</\1row>)""")
RANGE = re.compile(rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["'][^>]*>""")
SAID = re.compile(rb"<(?:\w+:)?[vt](?:\s[^>]*)?>([^<]*)<")
SHARED = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.S)
BLANK = re.compile(r"[\s'\u200b-\u200f\u202a-\u202e\u2060\ufeff\xad]*\Z")
EMPTY = bytes((xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK))  # kinds of cells of an .xls
PLAIN = EMPTY + bytes((xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER))
Box = tuple[int, int]  # rows and columns


class TooFar(Exception):
    """Something stands far from everything else; `cells` none: there is really that much."""

    def __init__(self, sheet: str, cells: list[str]) -> None:
        super().__init__(sheet)
        self.sheet, self.cells = sheet, cells


class Part(NamedTuple):
    """A sheet of an .xlsx: its name, and where it lies in the archive."""

    name: str
    path: str
    hidden: bool


def parts(archive: zipfile.ZipFile) -> list[Part]:
    """All sheets of an .xlsx that its list of contents leads to; none where it has no such list."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return []
    targets = {_of(r, b"Id"): _of(r, b"Target") for r in RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))}
    found = []
    for tag in SHEET.findall(archive.read("xl/workbook.xml")):
        path = targets.get(_of(tag, rb"\w+:id"), "")
        path = path.removeprefix("/") if path.startswith("/") else f"xl/{path}"
        if path in names:
            found.append(Part(_of(tag, b"name"), path, "idden" in _of(tag, b"state")))
    return found


def _of(tag: bytes, attribute: bytes) -> str:
    m = re.search(rb"\s" + attribute + rb"""\s*=\s*["']([^"']*)["']""", tag)
    return html.unescape(m[1].decode("utf-8", "replace")) if m else ""


def number_of(name: bytes) -> int:
    """A is 1; 0 for no letters."""
    number = 0
    for c in name:
        number = number * 26 + c - 64
    return number


def letter(column: int) -> str:
    """0 is A."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


# -- how far a sheet reaches ---------------------------------------------------------------------------------------------
def fitted(data: bytes) -> bytes:
    """An .xlsx whose sheets reach no farther than what is written in them: the reader makes room for everything up to the farthest cell, also
    where that holds a blank only. The same file where that is little. TooFar: what is written stands too far away."""
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in parts(archive):
            xml = archive.read(part.path)
            if not _little(xml):
                blanks = _blanks(archive)
                changed[part.path] = _cut(xml, _used(part, xml, blanks))
        if not changed:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for entry in archive.infolist():
                made.writestr(entry.filename, changed[entry.filename] if entry.filename in changed else archive.read(entry))
    return out.getvalue()


def _little(xml: bytes) -> bool:
    """By everything that names a place, empty or not; as programs usually write it."""
    if b"r='" in xml or b"r =" in xml or xml.count(b' r="') > 2 * USUAL:
        return False
    rows = max(map(int, NUMBERED.findall(xml)), default=0)
    columns = max(map(number_of, set(LETTERED.findall(xml))), default=26)
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > USUAL:
        return False
    return sum(_size(m) for m in RANGE.finditer(xml, max(0, xml.rfind(b"sheetData>")))) <= USUAL


def _size(m: re.Match[bytes]) -> int:
    return max(1, int(m[4]) - int(m[2]) + 1) * max(1, number_of(m[3]) - number_of(m[1]) + 1)


def _blanks(archive: zipfile.ZipFile) -> set[bytes]:
    """Which of the texts that cells share say nothing."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return set()
    return {b"%d" % i for i, m in enumerate(SHARED.finditer(archive.read("xl/sharedStrings.xml"))) if _nothing(m[1])}


def _nothing(inside: bytes | None) -> bool:
    said = b"".join(SAID.findall(inside)) if inside else b""
    return not said or (len(said) < 200 and bool(BLANK.match(html.unescape(said.decode("utf-8", "replace")))))


def _used(part: Part, xml: bytes, blanks: set[bytes]) -> Box:
    """The rows and columns that something is written in."""
    low: tuple[int, int] = (0, 0)
    wide: tuple[int, int] = (0, 0)
    count = 0
    for m in CELL.finditer(xml):
        place = REFERENCE.search(m[2])
        if not m[3] or not place or _nothing(m[3]):
            continue
        if b't="s"' in m[2] and (said := SAID.search(m[3])) and said[1].strip() in blanks:
            continue
        row, column = int(place[2]), number_of(place[1])
        count += 1
        low, wide = max(low, (row, column)), max(wide, (column, row))
    rows, columns = low[0], wide[0]
    if not part.hidden and (rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS):
        far = [*([low] if rows > MOST_ROWS or columns <= MOST_COLUMNS else []), *([wide[::-1]] if columns > MOST_COLUMNS else [])]
        raise TooFar(part.name, [] if count * 10 > rows * columns else [f"{letter(c - 1)}{r}" for r, c in dict.fromkeys(far)])
    return rows, columns


def _cut(xml: bytes, box: Box) -> bytes:
    """Without what lies beyond, all of it empty."""
    rows, columns = box
    room = [MOST_CELLS]

    def cell(m: re.Match[bytes]) -> bytes:
        place = REFERENCE.search(m[2])
        return b"" if place and (int(place[2]) > rows or number_of(place[1]) > columns) else m[0]

    def within(m: re.Match[bytes]) -> bytes:
        last, right = min(int(m[4]), rows), min(number_of(m[3]), columns)
        if last < int(m[2]) or right < number_of(m[1]) or (last, right) == (int(m[2]), number_of(m[1])):
            return b""
        room[0] -= (last - int(m[2]) + 1) * (right - number_of(m[1]) + 1)
        if room[0] < 0:
            raise MemoryError
        return m[0].replace(b":" + m[3] + m[4], b":%s%d" % (letter(right - 1).encode(), last))

    xml = CELL.sub(cell, xml)
    xml = ROW.sub(lambda m: b"" if int(m[2]) > rows else m[0], xml)
    xml = re.sub(rb"<(?:\w+:)?dimension\b[^>]*/>", b"", xml)
    return RANGE.sub(within, xml)


# -- the process ---------------------------------------------------------------------------------------------------------
def grids(data: bytes) -> Iterator[tuple[str, list[list[Any]], Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(fitted(data)))
    for meta in book.sheets_metadata:
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            before = [""] * (sheet.start or (0, 0))[1]
            yield meta.name, _trimmed(before + row for row in sheet.iter_rows()), sheet.merged_cell_ranges or ()


def old_grids(data: bytes) -> Iterator[tuple[str, list[list[Any]], Any]]:
    """The same of an .xls: its reader makes room for what is written alone, a sheet at a time."""
    xlrd.book.Book.names_epilogue = lambda _: None  # it would work out every name that is defined: for as long as one likes, or fail at it
    with open(os.devnull, "w") as log:
        book = xlrd.open_workbook(
            file_contents=data, logfile=log, formatting_info=True, on_demand=True, ragged_rows=True, ignore_workbook_corruption=True)
        for n in range(book.nsheets):
            sheet = book.sheet_by_index(n)
            if not sheet.visibility:
                rows = _trimmed(_said(sheet, i, book.datemode) for i in range(sheet.nrows))
                _near(sheet.name, rows)
                if sum(max(0, min(low, len(rows)) - top) for top, low, _, _ in sheet.merged_cells) > MOST_CELLS:  # over each other
                    raise MemoryError
                yield sheet.name, rows, [((top, left), (low - 1, right - 1)) for top, low, left, right in sheet.merged_cells]
            book.unload_sheet(n)
            del sheet
            gc.collect()  # a sheet of this reader holds itself


def _said(sheet: Any, i: int, datemode: int) -> list[Any]:
    """A row as the other reader tells it. An error is its word; a row of nothing else says nothing."""
    kinds = bytes(sheet.row_types(i)).rstrip(EMPTY)
    cells = list(zip(kinds, sheet.row_values(i, 0, len(kinds)), strict=True))
    if all(kind == xlrd.XL_CELL_ERROR or _blank(value) for kind, value in reversed(cells)):
        return []
    return [value if kind in PLAIN else _meant(kind, value, datemode) for kind, value in cells]


def _meant(kind: int, value: Any, datemode: int) -> Any:
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    try:
        found = xlrd.xldate_as_datetime(value, datemode)
    except (OverflowError, ValueError):
        return value
    return found.time() if value < 1 else found if value % 1 else found.date()


def _near(name: str, rows: list[list[Any]]) -> None:
    """TooFar: what is written in an .xls stands too far away."""
    size = len(rows) * (columns := max(map(len, rows), default=0))
    if size > MOST_CELLS:
        wide = next(i for i, row in enumerate(rows, 1) if len(row) == columns)
        far = dict.fromkeys(f"{letter(column - 1)}{row}" for row, column in ((len(rows), len(rows[-1])), (wide, columns)))
        raise TooFar(name, [] if 10 * sum(not _blank(cell) for row in rows for cell in row) > size else list(far))


def _blank(cell: Any) -> bool:
    return cell == "" or (isinstance(cell, str) and len(cell) < 200 and bool(BLANK.match(cell)))


def _trimmed(found: Iterable[list[Any]]) -> list[list[Any]]:
    """Without the blanks at the ends of the rows and at the end."""
    rows: list[list[Any]] = []
    filled = 0
    for row in found:
        end = len(row)
        while end and ((cell := row[end - 1]) == "" or _blank(cell)):
            end -= 1
        rows.append(row[:end])
        if end:
            filled = len(rows)
    return rows[:filled]


def plain(value: Any) -> Any:
    return {"day": value.isoformat()} if isinstance(value, date) else str(value)


def main() -> None:
    gc.disable()  # it would look through millions of cells again and again
    room = LONGEST
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        data = sys.stdin.buffer.read()
        for name, rows, merged in grids(data) if data.startswith(b"PK") else old_grids(data):
            said = orjson.dumps([name, rows, merged], plain, orjson.OPT_PASSTHROUGH_DATETIME)
            if (room := room - len(said)) < 0:
                raise MemoryError
            sys.stdout.buffer.write(said + b"\n")
    except MemoryError:
        sys.exit(3)
    except TooFar as far:
        no: Mapping[str, Any] = {"no": "far", "sheet": far.sheet, "cells": far.cells}
    except PasswordError:
        no = {"no": "locked"}
    except xlrd.XLRDError as wrong:
        no = {"no": "locked" if "encrypted" in str(wrong) else "damaged"}
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile):
        no = {"no": "damaged"}
    else:
        return
    sys.stdout.buffer.write(orjson.dumps(no) + b"\n")


if __name__ == "__main__":
    main()
