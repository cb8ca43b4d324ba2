"""Reads rows of text: in which encoding, by which mark between the columns, ="…" as what it shows."""
from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from shared.apart.bounds import MOST_ROWS, Grid, No, TooFar

__all__ = ["grids", "text_of"]

MARKS = ("\t", ",", ";", "，", "；", "|")
SOME = 60  # rows that are looked at to tell by which mark the columns are divided
SHOWN = re.compile(r'="(.*)"\Z', re.S)  # how a program keeps a number as text
ORDERS = (b"\xff\xfe", b"\xfe\xff")


def text_of(data: bytes) -> str | None:
    """The text in UTF-8, UTF-16 or GB18030; None when it is no text."""
    if data.startswith(ORDERS):
        tried: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data:
        tried = ("utf-16-le", "utf-16-be")
    else:
        tried = ("utf-8-sig", "gb18030")
    for encoding in tried:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd, start = sum(c < " " and c not in "\t\r\n" for c in text[:4096]), min(len(text), 4096)
        if 100 * odd <= start if b"\0" not in data else not odd and (data.startswith(ORDERS) or bool(re.search("[\r\n]", text))):
            return text
    return None


def grids(data: bytes) -> Iterator[Grid]:
    text = text_of(data)
    if text is None:
        raise No("damaged")
    try:
        rows = list(islice(divided(io.StringIO(text, newline=None).read()), MOST_ROWS + 1))
    except csv.Error:
        raise No("damaged") from None
    if len(rows) > MOST_ROWS:
        raise TooFar("CSV", [])
    yield Grid("CSV", [[plain(cell) for cell in row] for row in rows], [], [], [])


def divided(text: str) -> Iterator[list[str]]:
    first, _, rest = text.partition("\n")
    if m := re.fullmatch(r"sep=(.)", first.strip()):
        return csv.reader(io.StringIO(rest), delimiter=m[1])
    mark = mark_of(text)
    return csv.reader(io.StringIO(text), delimiter=mark) if mark else by_blanks(text)


def mark_of(text: str) -> str:
    """The one that divides most rows alike, and into most columns; "": none does."""
    found: list[tuple[int, int, str]] = []
    for mark in MARKS:
        rows = islice((row for row in csv.reader(io.StringIO(text), delimiter=mark) if any(row)), SOME)
        widths = Counter(len(row) for row in rows)
        alike = max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))
        found.append((alike[0] * alike[1], -MARKS.index(mark), mark))
    best = max(found)
    return best[2] if best[0] else ""


def by_blanks(text: str) -> Iterator[list[str]]:
    """Columns with nothing but blanks between them: every row must have as many as the first with several, or nobody knows whose is what. A text
    that is no table comes as it is, a cell a row."""
    rows = [line.split() for line in text.split("\n")]
    width = next((len(row) for row in rows if len(row) > 1), 0)
    if 2 * sum(len(row) == width for row in rows) < max(2 if width > 2 else 4, sum(map(bool, rows))):
        yield from ([line.strip()] for line in text.split("\n"))
        return
    begun = False
    for number, row in enumerate(rows, 1):
        begun = begun or len(row) == width
        if begun and row and len(row) != width:
            raise No("blanks", line=number, there=len(row), wanted=width)
        yield row


def plain(cell: str) -> str:
    m = SHOWN.match(cell)
    return m[1].replace('""', '"') if m else cell
