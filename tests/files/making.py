"""Makes the workbooks that people send: right ones, and each way they go wrong."""
from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

__all__ = ["HEADER", "book", "id_number", "person"]

HEADER = ("序号", "姓名", "性别", "民族", "出生年月", "政治面貌", "文化程度", "工作单位及职务", "妇联职务", "专/挂/兼", "是否进村（社区）“两委”",
          "任职时间", "联系电话", "备注", "妇联组织")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(first: str) -> str:
    """An ID number from its first 17 digits."""
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


def person(name: str = "王芳", role: str = "执委", born: Any = "1980-05", how: str = "兼职", since: Any = "2026-01", unit: str = "village",
           **more: Any) -> list[Any]:
    """A row under HEADER."""
    by = dict(zip(HEADER, ["1", name, "女", "汉族", born, "中共党员", "大专", "农民", role, how, "否", since, "", "", unit], strict=True)) | more
    return [by[h] for h in HEADER]


def book(rows: Sequence[Sequence[Any]], header: Sequence[str] | None = HEADER, title: str = "执委花名册", sheet: str = "花名册") -> bytes:
    """An .xlsx with a merged title above the header."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet(sheet)
        page.merge_range(0, 0, 0, len(HEADER) - 1, title)
        for i, row in enumerate([*([header] if header else []), *rows], 1):
            for j, value in enumerate(row):
                page.write_string(i, j, value) if isinstance(value, str) else page.write(i, j, value)
    return out.getvalue()
