"""Writes one Excel sheet from lines of JSON, as a process of its own: seconds of computing that no reader of the service waits for.

The frame (styles, title, header, footer, how it prints) is made by xlsxwriter; the rows are put into it as they stand, four times as fast.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson
import xlsxwriter
from xlsxwriter.format import Format as Style
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

__all__ = ["write"]

FOOTER = "填报单位（盖章）：　　　　　　　　　负责人：　　　　　　填表人：　　　　　　联系电话：　　　　　　　　日期：　　　　年　　月　　日"
SHORTER = "填报单位（盖章）：　　　　　　　　\n负责人：　　　　　填表人：\n联系电话：　　　　　　日期：　　　年　　月　　日"  # for a narrow table
LONGEST = 32_767  # characters of a cell
MARGIN = 200  # characters of a head or foot, which may have 255 with its codes
MARK = {"font_name": "宋体", "font_size": 10, "bold": True, "font_color": "#9C0006", "bg_color": "#FFF2CC", "text_wrap": True, "valign": "vcenter"}
FIRST = 3  # row of the first person, counted from 0
SHEET = "xl/worksheets/sheet1.xml"
SAMPLE = re.compile(rf'<row r="{FIRST + 1}".*?</row>'.encode(), re.DOTALL)  # stands in the frame where the rows go
STYLES = re.compile(rf'<c r="[AB]{FIRST + 1}" s="(\d+)"'.encode())
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write(file: IO[bytes], lines: Iterable[bytes], folder: str | None = None) -> None:
    """First line: `[name, line under the title, mark or null, [[header, width], …]]` (width 0: a hidden column); every other: some rows,
    which go out as they come in.

    `folder`: for what waits on disk meanwhile.
    """
    parts = iter(lines)
    name, about, mark, columns = orjson.loads(next(parts))
    words, number = STYLES.findall(_sheet(_frame(name, about, mark, columns, 0)))
    with tempfile.TemporaryFile(dir=folder) as rows:
        count = _body(rows, parts, len(columns), words.decode(), number.decode())
        _joined(file, _frame(name, about, mark, columns, count), rows)


def _frame(name: str, about: str, mark: str | None, columns: Sequence[Sequence[Any]], count: int) -> bytes:
    """The workbook for so many rows, with a sample in their place: a text and a number."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": True})
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", "", name)[:31] or "表")
    widths = [width for _, width in columns if width]  # what is hidden comes last
    _printing(page, columns, count)
    cell = {"font_name": "宋体", "font_size": 10, "border": 1, "text_wrap": True, "valign": "vcenter"}
    words, number = book.add_format({**cell, "num_format": "@"}), book.add_format({**cell, "align": "center"})
    heading = book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
    wrapped = {"text_wrap": True, "valign": "vcenter"}
    _across(page, 0, widths, name, {"font_name": "黑体", "font_size": 16, "align": "center", **wrapped}, book)
    _across(page, 1, widths, about, {"font_name": "宋体", "font_size": 10, "align": "right", **wrapped}, book)
    if mark:
        _marked(page, widths, mark, about, book.add_format(MARK))
    page.set_row(2, 15.0 * max(_lines(header, width) for header, width in columns if width) + 5)
    for place, (header, _) in enumerate(columns):
        page.write_string(2, place, header, heading)
    page.write_string(FIRST, 0, "", words)
    page.write_number(FIRST, 1, 0, number)
    footer = FOOTER if _lines(FOOTER, sum(widths), 11) == 1 else SHORTER
    _across(page, FIRST + count + 1, widths, footer, {"font_name": "宋体", "font_size": 11, **wrapped}, book)
    book.close()
    return out.getvalue()


def _body(out: IO[bytes], parts: Iterable[bytes], columns: int, words: str, number: str) -> int:
    """The rows as the sheet holds them; how many. Every text stays text: neither formula nor link nor a long number that Excel would round."""
    letters, row = [xl_col_to_name(place) for place in range(columns)], FIRST
    for part in parts:
        written = []
        for line in orjson.loads(part):
            row += 1
            written.append(f'<row r="{row}">')
            for letter, value in zip(letters, line, strict=True):
                if value == "":
                    written.append(f'<c r="{letter}{row}" s="{words}"/>')
                elif isinstance(value, str):
                    written.append(f'<c r="{letter}{row}" s="{words}" t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>')
                else:
                    written.append(f'<c r="{letter}{row}" s="{number}"><v>{value}</v></c>')
            written.append("</row>")
        out.write("".join(written).encode())
    return row - FIRST


@lru_cache(20_000)
def _escaped(value: str) -> str:
    """As XML takes it; what it cannot hold as the standard writes it [ISO/IEC 29500-1 §22.9.2.19]."""
    value = UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", value[:LONGEST])
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _joined(file: IO[bytes], frame: bytes, rows: IO[bytes]) -> None:
    """The frame with the rows in the sample's place."""
    sheet = _sheet(frame)
    found = SAMPLE.search(sheet)
    assert found
    with ZipFile(io.BytesIO(frame)) as made, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4) as book:
        for entry in made.infolist():
            if entry.filename != SHEET:
                book.writestr(entry, made.read(entry))
        entry = ZipInfo(SHEET, made.getinfo(SHEET).date_time)
        entry.compress_type, entry.file_size = ZIP_DEFLATED, len(sheet) + rows.tell()
        rows.seek(0)
        with book.open(entry, "w") as out:
            out.write(sheet[: found.start()])
            shutil.copyfileobj(rows, out, 1 << 20)
            out.write(sheet[found.end() :])


def _sheet(frame: bytes) -> bytes:
    with ZipFile(io.BytesIO(frame)) as made:
        return made.read(SHEET)


def _lines(words: str, width: float, size: int = 10) -> int:
    """How many lines a text takes in so many characters of width; a Chinese one takes two."""
    return sum(max(1, ceil(sum(2 if ord(c) > 0x2E7F or c in "“”" else 1 for c in part) * size / 10 / width)) for part in words.split("\n"))


def _across(page: Worksheet, row: int, widths: Sequence[float], words: str, style: dict[str, Any], book: xlsxwriter.Workbook) -> None:
    """Over the whole table, as high as it takes: a joined cell does not grow by itself."""
    size = style["font_size"]
    page.set_row(row, max(30 if row == 0 else 0, 1.5 * size * _lines(words, sum(widths), size)))
    made = book.add_format(style)
    if len(widths) > 1:
        page.merge_range(row, 0, row, len(widths) - 1, "", made)
    page.write_string(row, 0, words, made)


def _marked(page: Worksheet, widths: Sequence[float], mark: str, about: str, style: Style) -> None:
    """The watermark: a tinted line that every page repeats, and the head and foot of every page, beyond the cells."""
    page.set_row(1, max(44, 15 * _lines(f"{about}\n{mark}", sum(widths))))
    page.write_string(1, 0, f"{about}\n{mark}"[:LONGEST], style)
    for place in range(1, len(widths)):
        page.write_blank(1, place, None, style)
    line = mark.replace("&", "＆").replace("\n", " ")
    page.set_header(f'&C&"宋体"&9{line[:MARGIN]}')
    page.set_footer(f'&L&"宋体"&9{line[:MARGIN]}&R第 &P 页，共 &N 页')


def _printing(page: Worksheet, columns: Sequence[Sequence[Any]], count: int) -> None:
    """What is hidden is not printed. A4 landscape, one page wide, title and header on every page and in sight when scrolled."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.center_horizontally()
    page.set_footer("&C第 &P 页，共 &N 页")
    page.repeat_rows(0, 2)
    page.freeze_panes(3, 0)
    page.print_area(0, 0, FIRST + count + 1, sum(1 for _, width in columns if width) - 1)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for place, (_, width) in enumerate(columns):
        page.set_column(place, place, width or 38, None, {"hidden": not width})


if __name__ == "__main__":
    write(sys.stdout.buffer, sys.stdin.buffer, *sys.argv[1:])
