"""Lists and reports as files, CSV or Excel: all rows of the filter, the columns picked, in constant memory; no cell that Excel would run."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple
from urllib.parse import quote

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse

from shared.calendar import SHANGHAI
from shared.formulas import guard
from shared.http import Problem

__all__ = ["Column", "Format", "Head", "Kind", "Written", "headers_of", "sent", "text", "written"]

Kind = Literal["csv", "xlsx"]
Format = Literal["json"] | Kind
Seen = Callable[[int], None]
MOST = 1_048_576 - 5  # rows of a sheet, without title, header and footer
PART = 500  # rows at once
WRITER = Path(__file__).with_name("workbook.py")
WRITERS = threading.BoundedSemaphore(2)
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Column(NamedTuple):
    """`key` of a row; `words`: what its codes are called, as text or as (Chinese, English)."""

    key: str
    zh: str
    width: float = 12
    words: Mapping[str, Any] = {}


def text(value: Any, words: Mapping[str, Any] | None = None) -> str | int | float:
    """A cell as it is printed: yes and no, days, lists and codes in words; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        word = words.get(value, value) if words else value
        return word if isinstance(word, str) else str(word[0])
    if isinstance(value, list | tuple):
        return "、".join(str(text(v, words)) for v in value)
    if isinstance(value, dict):  # a document or a file
        return str(value.get("number") or value.get("filename") or f"《{value.get('title')}》")
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


class Head(NamedTuple):
    """What stands over the table: `about` under the title; `mark`: who took it, when and why, on every page (Excel only)."""

    name: str
    about: str
    mark: str | None = None


class Written(NamedTuple):
    """A file that is made, and how many rows it holds."""

    file: IO[bytes]
    rows: int


def written(
    format: Kind, head: Head, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], seen: Seen = lambda n: None, room: Path | None = None
) -> Written:
    """Writes the file to disk. `seen` hears how many rows are in; `room`: where the writer may put what it cannot keep in memory."""
    counted = _Counted(seen)
    lines = ([text(row.get(c.key), c.words) for c in columns] for row in counted.through(rows))
    with ExitStack() as failed:
        file = failed.enter_context(tempfile.TemporaryFile(dir=room))
        (_csv if format == "csv" else _excel)(file, head, columns, lines, room)
        failed.pop_all()  # closed by who sends it
    return Written(file, counted.rows)


def sent(file: IO[bytes], format: Kind, name: str) -> Response:
    """As a download."""
    size = file.seek(0, os.SEEK_END)
    return StreamingResponse(_sent(file), 200, headers_of(name, format, size), MEDIA[format])


def headers_of(name: str, format: str, size: int) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.{format}",
        "Cache-Control": "no-store",
        "Content-Length": str(size),
    }


class _Counted:
    """Rows with 序号 from 1 as `no`, counted as they go by."""

    def __init__(self, seen: Seen) -> None:
        self.rows, self.seen = 0, seen

    def through(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for self.rows, row in enumerate(rows, 1):
            yield {**row, "no": self.rows}
            if self.rows % PART == 0:
                self.seen(self.rows)
        self.seen(self.rows)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(1 << 18):
            yield part


def _csv(file: IO[bytes], head: Head, columns: Sequence[Column], lines: Iterable[Sequence[Any]], room: Path | None) -> None:
    out = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(out)
    writer.writerow([c.zh for c in columns])
    writer.writerows([guard(v) for v in line] for line in lines)
    out.detach()


def _excel(file: IO[bytes], head: Head, columns: Sequence[Column], lines: Iterable[Sequence[Any]], room: Path | None) -> None:
    """A process of its own writes, at most two at a time; this one only reads the rows. What it lays aside goes with its folder."""
    with WRITERS, tempfile.TemporaryDirectory(dir=room) as folder, ExitStack() as failed:
        line = [sys.executable, "-I", str(WRITER), folder]
        writer = failed.enter_context(subprocess.Popen(line, stdin=subprocess.PIPE, stdout=file))
        failed.callback(writer.kill)
        assert writer.stdin
        _tell(writer.stdin, [head.name, head.about, head.mark, [[c.zh, c.width] for c in columns]])
        left, sent = iter(lines), 0
        while part := list(islice(left, PART)):
            sent += len(part)
            if sent > MOST:
                raise too_many()
            _tell(writer.stdin, part)
        writer.stdin.close()
        writer.wait()
    if writer.returncode:
        raise RuntimeError(f"the writer of a workbook ended with {writer.returncode}")


def _tell(writer: IO[bytes], what: Any) -> None:
    writer.write(orjson.dumps(what) + b"\n")


def too_many() -> Problem:
    return Problem(
        422,
        "too_many_rows",
        f"超过 Excel 一张表的行数上限（{MOST} 行），请缩小地区或条件，或改用 CSV。",
        f"More than the {MOST} rows a sheet can hold: narrow the area or the filter, or take CSV.",
        "query/format",
    )
