"""What stands in a file, as the process that opens files tells it; what that cannot do is refused here, in words."""
from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, NoReturn

import orjson

from shared.apart.bounds import Grid
from shared.fact import Refused
from shared.workbook.blocks import Merged
from shared.workbook.cells import Unspoken
from shared.workbook.safety import damaged, kind_of, locked, too_much, unsupported

__all__ = ["MAX_LINES", "Opened", "apart", "opened", "read_grids", "too_long"]

MAX_LINES = 60_000
READERS = threading.BoundedSemaphore(1)  # each may take as much memory as it is given


class Opened(NamedTuple):
    """Its visible sheets, and the names of hidden ones that say anything."""

    grids: list[Grid]
    hidden: list[str]


def opened(data: bytes) -> Opened:
    """Refused: what is no workbook, damaged, locked, or asks for too much."""
    found = Opened([], [])
    for line in apart("read", data).splitlines():
        said = orjson.loads(line)
        if isinstance(said, dict):
            found.hidden.append(said["hidden"])
        else:
            name, rows, *more = said
            found.grids.append(Grid(name, [[_cell(c) if isinstance(c, dict) else c for c in row] for row in rows], *more))
    return found


def read_grids(data: bytes) -> Iterator[tuple[str, list[list[Any]], Merged]]:
    """Visible worksheets as lists of cells, with their merged ranges (first row and column, last row and column, from 0)."""
    return ((g.name, g.rows, g.merged) for g in opened(data).grids)


def apart(act: str, data: bytes, before: bytes = b"") -> bytes:
    """What the process says; `before`: put ahead of the file."""
    with READERS:  # what it complains of may name people: its complaints are not kept
        done = subprocess.run([sys.executable, "-I", "-m", "shared.apart", act, kind_of(data)], input=before + data, capture_output=True)
    if done.returncode not in (0, 1):
        too_much()
    if done.returncode:
        last = done.stdout.rpartition(b'{"no":')
        _unread(orjson.loads(last[1] + last[2]) if last[1] else {"no": "damaged"})
    return done.stdout


def _cell(cell: Mapping[str, str]) -> date | Unspoken:
    if "no" in cell:
        return Unspoken(cell["no"])
    found = datetime.fromisoformat(cell["day"])
    return found if "T" in cell["day"] else found.date()


def _unread(said: Mapping[str, Any]) -> NoReturn:
    match said["no"]:
        case "locked":
            locked()
        case "no_workbook":
            unsupported("ZIP")
        case "blanks":
            raise Refused("csv_blanks", "这个文本文件的列只用空格隔开，第 {line} 行有 {there} 项，表头有 {wanted} 项，分不清哪一项属于哪一列。"
                          "请用 Excel 或 WPS 打开，把每项放进各自的列，另存为“Excel 工作簿 (*.xlsx)”再上传。",
                          "The columns of this text are divided by blanks only, and row {line} has {there} of them where the header has {wanted}. "
                          "Put each into its own column in a spreadsheet program, save as .xlsx and upload again.", "file",
                          line=said["line"], there=said["there"], wanted=said["wanted"])
        case "far" if said["cells"]:
            raise Refused("sheet_too_far", "工作表“{sheet}”的 {cells} 离其他数据太远，无法读取。请在表格左上角的名称框输入该格的位置并回车，"
                          "核对后清除它的内容（或删除那些空行空列），保存后再上传。",
                          "On the sheet “{sheet}”, {cells} is too far from everything else. Type its place into the name box, press Enter, clear the "
                          "cell (or delete the empty rows and columns), save and upload again.", "file", sheet=said["sheet"],
                          cells="、".join(said["cells"]))
        case "far":
            too_long()
    damaged()


def too_long() -> NoReturn:
    raise Refused("file_too_long", "一次最多 {most} 行，请按乡镇分成几个文件。", "At most {most} rows at once; split the file.", "file",
                  most=MAX_LINES)
