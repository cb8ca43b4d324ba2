"""A workbook to fill in, made for one office: locked headers, drop-downs, how to fill it in, its own units, and a version stamp."""
from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

from shared.workbook import cells, dates, numbers
from shared.workbook.reading import VERSION, Column, letter

__all__ = ["VERSION", "template"]

ROWS = 5000
SAID: dict[Callable[[Any], Any], tuple[str, str]] = {  # what is written there, and an example
    dates.day: ("日期，写到月或写到日", "2026-03 或 2026-03-15"), dates.until: ("日期，写到月或写到日；没有的填“至今”或留空", "2026-03"),
    cells.name: ("姓名，按身份证填写", "王芳"), cells.ethnicity: ("民族", "汉族"), cells.yes_no: ("填“是”或“否”", "是"),
    numbers.phone: ("一格一个号码：手机 11 位，座机加区号", "13800138000"),
    numbers.id_card: ("18 位身份证号；先把整列设为文本格式", "11010519491231002X"),
}


def template(title: str, columns: Sequence[Column], units: Sequence[str], unit_field: str, stamp: str) -> bytes:
    """`units`: the names offered in the column `unit_field`, which stands first. `stamp`: whom and when it was made for."""
    out = io.BytesIO()
    columns = sorted((c for c in columns if c.offered), key=lambda c: c.field != unit_field)
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page, how, names = book.add_worksheet(title[:31]), book.add_worksheet("填表说明"), book.add_worksheet("单位名录")
        bold = {"bold": True, "bg_color": "#F2F2F2", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center", "locked": True}
        head, needed = book.add_format(bold), book.add_format({**bold, "font_color": "#C00000"})
        free, heading = book.add_format({"num_format": "@", "locked": False}), book.add_format({"bold": True, "font_size": 14})
        page.write_string(0, 0, f"{title}（{stamp}，模板版本 {VERSION}；带 * 的红色列必填，填法见“填表说明”）", heading)
        for j, c in enumerate(columns):
            must = c.required or c.needed
            page.write_string(1, j, f"{'*' * must}{c.title}", needed if must else head)
            page.set_column(j, j, c.width or 38, free, {"hidden": not c.width})
            if c.note:
                page.write_comment(1, j, c.note)
            if c.field == unit_field and units:
                offered: list[str] | str = f"=单位名录!$A$2:$A${len(units) + 1}"
            elif c.choices:
                offered = list(c.choices)
            else:
                continue
            page.data_validation(2, j, ROWS, j, {"validate": "list", "source": offered, "error_title": "请从列表选择",
                                                 "error_message": f"{c.title}请从下拉列表选择", "error_type": "warning"})
        page.freeze_panes(2, 2)
        page.autofilter(f"A2:{letter(len(columns) - 1)}2")
        page.repeat_rows(0, 1)
        page.protect("", {"format_cells": True, "format_columns": True, "insert_rows": True, "delete_rows": True, "sort": True,
                          "autofilter": True})
        _explained(how, [c for c in columns if c.width], units[:1], unit_field, head, book.add_format({"text_wrap": True, "valign": "top"}))
        _listed(names, units, head)
        for sheet in (page, how, names):
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
        page.set_landscape()
        book.set_properties({"title": title, "comments": f"{stamp}|{VERSION}"})
    return out.getvalue()


def _explained(how: Any, columns: Sequence[Column], example: Sequence[str], unit_field: str, head: Any, wrapped: Any) -> None:
    """A line a column: what it is, whether it is needed, an example."""
    for j, (word, width) in enumerate((("栏目", 24), ("是否必填", 10), ("怎样填", 60), ("示例", 36))):
        how.set_column(j, j, width, wrapped)
        how.write_string(0, j, word, head)
    for i, c in enumerate(columns, 1):
        said, shown = SAID.get(c.parse, ("", ""))
        if c.choices:
            said, shown = f"从下拉列表选择：{'、'.join(c.choices)}", c.choices[0]
        if c.field == unit_field:
            said, shown = "单位全称，从下拉列表选择，或从“单位名录”复制", "".join(example)
        shown = c.example or shown
        for j, word in enumerate((c.title, "必填" if c.required or c.needed else "选填", "；".join(w for w in (said, c.note) if w), shown)):
            how.write_string(i, j, word)
    how.protect()


def _listed(names: Any, units: Sequence[str], head: Any) -> None:
    names.write_string(0, 0, "单位全称", head)
    names.set_column(0, 0, 50)
    for i, unit in enumerate(units, 1):
        names.write_string(i, 0, unit)
    names.protect()
