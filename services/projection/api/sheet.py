"""CSV that Excel opens right: UTF-8 with BOM, and no cell that it would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Response

__all__ = ["guarded", "sheet"]

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(value: Any) -> Any:
    """Text that would be a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and value.lstrip(" ").startswith(RISKY):
        return "'" + value
    return "" if value is None else value


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([guarded(v) for v in row] for row in rows)
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return Response("\ufeff" + text.getvalue(), 200, {"Content-Disposition": disposition, "Cache-Control": "no-store"}, "text/csv; charset=utf-8")
