"""Her own workbook back: wrong cells red with a note, doubtful ones yellow, and a 错误 column at the end; her formatting stays."""
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from shared.apart import xlsx
from shared.apart.archive import Archive, elements
from shared.apart.bounds import USUAL, Grid, letter, number_of
from shared.formulas import guard

__all__ = ["marked"]

OURS = ("FFC7CE", "FFEB9C")
RED, YELLOW = (PatternFill("solid", fgColor=c) for c in OURS)
AUTHOR, BEGIN = "半边天", "【系统提示】"
NO_PICTURES = "图片、图形未保留，请在原表中改"
UNKNOWN = (InvalidFileException, AttributeError, KeyError, TypeError, ValueError, IndexError, zipfile.BadZipFile)  # what it raises for such a book
Wanted = Mapping[str, Any]


def marked(data: bytes, wanted: list[Wanted], reader: Callable[[bytes], Iterator[Grid | str]] | None) -> bytes:
    """An .xlsx. `wanted`: by sheet: its name, the row of its header, its last row, the column of errors (from 0), and for each row [number, what
    is said in that column, column -> [wrong rather than doubtful, what is said there]]. With a `reader`: the file is an .xls or .csv and comes
    back as a new workbook with the same cells, as does one that cannot be kept as it is."""
    book = _copied(reader(data)) if reader else _opened(data, [w["sheet"] for w in wanted])
    pictures = not reader and _pictured(data)
    for w in wanted:
        page, column = book[w["sheet"]], w["errors"] + 1
        page.cell(w["header_row"], column, f"错误（{NO_PICTURES}）" if pictures else "错误")
        page.column_dimensions[letter(column - 1)].width = 60
        _wiped(page, w)
        for row, text, cells in w["rows"]:
            _put(page, row, column, text)
            for at, (wrong, said) in cells.items():
                _colour(page, row, int(at) + 1, wrong, said)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _opened(data: bytes, names: list[str]) -> Any:
    archive = Archive(data)
    plain = archive.again(lambda path, part: _cut(archive, path, part))
    try:
        book = load_workbook(io.BytesIO(plain))
    except UNKNOWN:
        return _copied(xlsx.grids(data))
    return book if set(names) <= set(book.sheetnames) else _copied(xlsx.grids(data))


def _put(page: Any, row: int, column: int, text: str) -> None:
    cell = page.cell(row, column)
    if not isinstance(cell, MergedCell):
        cell.value = guard(text) or None


def _colour(page: Any, row: int, column: int, wrong: bool, said: str) -> None:
    """A note of hers in the cell stays above ours."""
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    cell.fill = RED if wrong else YELLOW
    hers, author = (f"{cell.comment.text}\n", cell.comment.author) if cell.comment else ("", AUTHOR)
    cell.comment = Comment(hers[:10_000] + BEGIN + said[:1000], author)


def _wiped(page: Any, w: Wanted) -> None:
    """Without the colours, notes and words of an earlier copy; hers stay."""
    for row in page.iter_rows(min_row=w["header_row"] + 1, max_row=w["end"], max_col=w["errors"] + 1):
        _put(page, row[0].row, w["errors"] + 1, "")
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
    archive = Archive(data)
    return any(path.startswith("xl/media/") or (re.match(r"xl/drawings/drawing\d+\.xml$", path) and
                                                any(name == "sp" for name, _ in elements(archive.read(path)))) for path in archive.entries)


def _copied(grids: Iterator[Grid | str]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for grid in grids:
        if isinstance(grid, Grid):
            page = book.create_sheet(grid.name)
            for row in grid.rows:
                page.append(["" if isinstance(v, dict) else guard(v) for v in row])
    return book


# -- a sheet that reaches far beyond what is written ---------------------------------------------------------------------
def _cut(archive: Archive, path: str, xml: bytes) -> bytes:
    """A sheet without what lies beyond what is written in it: room would be made for everything up to there."""
    if path not in {part.path.lower() for part in archive.parts}:
        return xml
    page = xlsx.Page({}, [], False).read(xml)
    if max(page.last, page.extent.low[0]) * max([26, *page.known.values()]) <= USUAL and page.covered <= USUAL:
        return xml
    texts = xlsx.shared(archive.beside("sharedStrings") or b"")
    page = xlsx.page_of(archive, path, texts, [])
    (rows, _), (_, columns) = page.extent.low, page.extent.wide
    return _Cutting(rows, columns, [f"{letter(c0)}{r0 + 1}:{letter(c1)}{r1 + 1}" for (r0, c0), (r1, c1) in page.within()]).done(xml)


class _Cutting:
    """Writes a sheet again, up to a row and a column."""

    def __init__(self, rows: int, columns: int, merged: list[str]) -> None:
        self.rows, self.columns, self.merged = rows, columns, merged
        self.out: list[str] = []
        self.beyond = self.row = 0

    def done(self, xml: bytes) -> bytes:
        made = expat.ParserCreate()
        made.buffer_text = True
        made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = self._start, self._end, self._text
        made.Parse(xml, True)
        return "".join(self.out).encode()

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        own, prefix = name.rpartition(":")[2], name[:len(name) - len(name.rpartition(":")[2])]
        if self.beyond or self._outside(own, attrs):
            self.beyond += 1
            return
        self.out.append(f"<{name}{''.join(f' {k}={quoteattr(v)}' for k, v in attrs.items())}>")
        if own == "mergeCells":
            self.out += [f'<{prefix}mergeCell ref="{ref}"/>' for ref in self.merged]

    def _outside(self, own: str, attrs: dict[str, str]) -> bool:
        if own == "row":
            self.row = int(attrs["r"]) if attrs.get("r", "").isdigit() else self.row + 1
            return self.row > self.rows
        if own == "c":
            return number_of(attrs.get("r", "").rstrip("0123456789")) > self.columns
        return own in ("mergeCell", "dimension") or (own == "mergeCells" and not self.merged) or (own == "hyperlink" and ":" in attrs.get("ref", ""))

    def _end(self, name: str) -> None:
        if self.beyond:
            self.beyond -= 1
        else:
            self.out.append(f"</{name}>")

    def _text(self, text: str) -> None:
        if not self.beyond:
            self.out.append(escape(text))
