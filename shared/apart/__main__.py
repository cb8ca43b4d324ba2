"""`python -m shared.apart read xlsx|xls|csv`: the file in, a line of JSON a sheet out; `mark xlsx|xls|csv`: a line of JSON with what is to be
marked and the file in, the workbook out.

Ends with 1 and a line {"no": …} where the file cannot be read; ended by a signal or with 3: it asked for more than is given.
"""
from __future__ import annotations

import gc
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from xml.parsers.expat import ExpatError

import orjson

from shared.apart import text
from shared.apart.bounds import LONGEST, MEMORY, SECONDS, Grid, No


def reader(kind: str) -> Callable[[bytes], Iterator[Grid | str]]:
    """Each is loaded when it is needed."""
    if kind == "xlsx":
        from shared.apart import xlsx
        return xlsx.grids
    if kind == "xls":
        from shared.apart import xls
        return xls.grids
    return text.grids


def plain(value: Any) -> Any:
    return {"day": value.isoformat()} if isinstance(value, date) else str(value)


def read(kind: str, data: bytes) -> None:
    room = LONGEST
    for found in reader(kind)(data):
        said = orjson.dumps({"hidden": found} if isinstance(found, str) else list(found), plain, orjson.OPT_PASSTHROUGH_DATETIME)
        if (room := room - len(said)) < 0:
            raise MemoryError
        sys.stdout.buffer.write(said + b"\n")


def mark(kind: str, data: bytes) -> None:
    from shared.apart import marks
    wanted, _, file = data.partition(b"\n")
    sys.stdout.buffer.write(marks.marked(file, orjson.loads(wanted), None if kind == "xlsx" else reader(kind)))


def main() -> None:
    gc.disable()  # it would look through millions of cells again and again
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    act, kind = sys.argv[1:]
    try:
        (read if act == "read" else mark)(kind, sys.stdin.buffer.read())
    except MemoryError:
        sys.exit(3)
    except (No, ExpatError, OSError, ValueError, LookupError, zipfile.BadZipFile) as wrong:
        sys.stdout.buffer.write(orjson.dumps(wrong.said if isinstance(wrong, No) else {"no": "damaged"}) + b"\n")
        sys.exit(1)


main()
