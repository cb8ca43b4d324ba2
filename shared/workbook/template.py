"""A workbook to fill in, made for one office: locked headers, drop-downs, its own units on a second sheet, and a version stamp."""
from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from shared.workbook.reading import Column, letter

__all__ = ["VERSION", "template"]

VERSION = "2026.1"
ROWS = 5000


def template(title: str, columns: Sequence[Column], units: Sequence[str], unit_field: str, stamp: str) -> bytes:
    """`units`: the names offered in the column `unit_field`. `stamp`: whom and when it was made for."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page, names = book.add_worksheet(title[:31]), book.add_worksheet("单位名录")
        bold = {"bold": True, "bg_color": "#F2F2F2", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center", "locked": True}
        head, needed = book.add_format(bold), book.add_format({**bold, "font_color": "#C00000"})
        free, heading = book.add_format({"num_format": "@", "locked": False}), book.add_format({"bold": True, "font_size": 14})
        page.write_string(0, 0, f"{title}（{stamp}，模板版本 {VERSION}；红色列必填）", heading)
        names.write_string(0, 0, "单位全称", head)
        names.set_column(0, 0, 50)
        for i, unit in enumerate(units, 1):
            names.write_string(i, 0, unit)
        names.protect()
        for j, c in enumerate(columns):
            page.write_string(1, j, c.title, needed if c.required else head)
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
        page.protect("", {"format_cells": True, "format_columns": True, "insert_rows": True, "delete_rows": True, "sort": True,
                          "autofilter": True})
        book.set_properties({"title": title, "comments": f"{stamp}|{VERSION}"})
    return out.getvalue()
