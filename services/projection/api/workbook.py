"""Writes one Excel sheet from lines of JSON, as a process of its own: seconds of computing that no reader of the service waits for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

import orjson
import xlsxwriter
from xlsxwriter.format import Format as Style
from xlsxwriter.worksheet import Worksheet

__all__ = ["write"]

FOOTER = "填报单位（盖章）：　　　　　　　　　负责人：　　　　　　填表人：　　　　　　联系电话：　　　　　　　　日期：　　　　年　　月　　日"
LONGEST = 32_767  # characters of a cell


def write(file: IO[bytes], lines: Iterable[bytes]) -> None:
    """First line: `[name, line under the title, [[header, width], …]]`; every other: some rows. Rows go out as they come in."""
    parts = iter(lines)
    name, about, columns = orjson.loads(next(parts))
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", "", name)[:31] or "表")
    _printing(page, columns)
    cell = {"font_name": "宋体", "font_size": 10, "border": 1, "text_wrap": True, "valign": "vcenter"}
    words, number = book.add_format({**cell, "num_format": "@"}), book.add_format({**cell, "align": "center"})
    heading = book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
    _across(page, 0, len(columns), name, book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}))
    _across(page, 1, len(columns), about, book.add_format({"font_name": "宋体", "font_size": 10, "align": "right"}))
    for place, (header, _) in enumerate(columns):
        page.write_string(2, place, header, heading)
    last = _body(page, (row for part in parts for row in orjson.loads(part)), words, number)
    _across(page, last + 2, len(columns), FOOTER, book.add_format({"font_name": "宋体", "font_size": 11}))
    book.close()


def _body(page: Worksheet, rows: Iterable[Sequence[Any]], words: Style, number: Style) -> int:
    """Every text by `write_string`: neither formula nor link nor a long number that Excel would round."""
    row, write_string, write_number, write_blank = 2, page.write_string, page.write_number, page.write_blank
    for row, line in enumerate(rows, 3):
        for place, value in enumerate(line):
            if value == "":
                write_blank(row, place, None, words)
            elif isinstance(value, str):
                write_string(row, place, value[:LONGEST], words)
            else:
                write_number(row, place, value, number)
    return row


def _across(page: Worksheet, row: int, columns: int, words: str, style: Style) -> None:
    if columns > 1:
        page.merge_range(row, 0, row, columns - 1, "", style)
    page.write_string(row, 0, words, style)


def _printing(page: Worksheet, columns: Sequence[Sequence[Any]]) -> None:
    """A4 landscape, one page wide, title and header on every page and in sight when scrolled."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.center_horizontally()
    page.set_footer("&C第 &P 页，共 &N 页")
    page.repeat_rows(0, 2)
    page.freeze_panes(3, 0)
    page.set_row(0, 30)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for place, (_, width) in enumerate(columns):
        page.set_column(place, place, width)


if __name__ == "__main__":
    write(sys.stdout.buffer, sys.stdin.buffer)
