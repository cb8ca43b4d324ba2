"""Her own workbook back, marked: what is said of each row and cell; the writing itself is done where files are opened."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from shared.workbook.fault import Fault
from shared.workbook.opened import apart
from shared.workbook.reading import Sheet

__all__ = ["marked"]


def marked(data: bytes, sheets: Sequence[Sheet], faults: Mapping[str, Sequence[Fault]]) -> bytes:
    """An .xlsx. `faults` by `Line.row`. An .xls or .csv comes back as a new workbook with the same cells. What an earlier one of ours said goes."""
    return apart("mark", data, orjson.dumps([_wanted(sheet, faults) for sheet in sheets]) + b"\n")


def _wanted(sheet: Sheet, faults: Mapping[str, Sequence[Fault]]) -> dict[str, Any]:
    rows = []
    for line in sheet.lines:
        some = faults.get(line.row, ())
        text = "；".join(f"{_title(sheet, f)}{f.zh}" for f in some)
        cells = {}
        for field in dict.fromkeys(f.field for f in some if f.field in sheet.columns):
            of = [f for f in some if f.field == field]
            cells[str(sheet.columns[field])] = any(f.level == "error" for f in of), "\n".join(f.zh for f in of)
        rows.append([line.line, text, cells])
    return {"sheet": sheet.name, "header_row": sheet.header_row, "end": sheet.end, "errors": sheet.errors, "rows": rows}


def _title(sheet: Sheet, f: Fault) -> str:
    return f"【{sheet.found[f.field]}】" if f.field in sheet.found else ""
