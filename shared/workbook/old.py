"""An .xls whose sheets reach no farther than what is written in them: changed in place, for every byte of it has its own place in the file.

Cells beyond become empty ones, which the reader passes over; it would make room for everything up to the farthest blank.
"""
from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

__all__ = ["fitted"]

# kinds of records [MS-XLS 2.3.2]
BOF, EOF, BOUNDSHEET, DIMENSIONS, MERGED, SST, CONTINUE = 0x0809, 0x0A, 0x85, 0x0200, 0xE5, 0xFC, 0x3C
NUMBER, RK, LABEL, RSTRING, LABELSST, FORMULA, BOOLERR, MULRK, STRING, BLANK = (
    0x0203, 0x027E, 0x0204, 0xD6, 0xFD, 0x06, 0x0205, 0xBD, 0x0207, 0x0201)
CELLS = frozenset((NUMBER, RK, LABEL, RSTRING, LABELSST, FORMULA, BOOLERR, MULRK))
STREAMS, SMALL_STREAM, SMALL = ("Workbook", "Book"), 4096, 64
END = 0xFFFFFFF0  # sector numbers from here on mean something else
Record = tuple[int, int, int]  # kind, where its body begins, its size


@dataclass
class Page:
    """A sheet as its records tell of it. `low`, `wide`: the lowest and the rightmost cell that something is written in, from 1."""

    name: str
    hidden: bool
    cells: list[tuple[Record, int, int]] = field(default_factory=list)  # beyond or not: record, row and last column, from 1
    others: list[Record] = field(default_factory=list)
    low: tuple[int, int] = (0, 0)
    wide: tuple[int, int] = (0, 0)
    count: int = 0

    @property
    def box(self) -> tuple[int, int]:
        return (0, 0) if self.hidden else (self.low[0], self.wide[1])  # nobody reads what is hidden


def fitted(data: bytes, usual: int, most: int, far: Callable[[str, list[tuple[int, int]]], NoReturn], nothing: Callable[[str], object]) -> bytes:
    """The same where every sheet reaches over `usual` cells at most. Over `most` that are written: `far` with the sheet's name and its farthest
    cells (row and column, from 1; none when there is really that much). `nothing`: does a text say nothing?"""
    try:
        sectors = _sectors(data)
        stream = bytearray(b"".join(data[at:at + size] for at, size in sectors))
        pages = _pages(stream, nothing)
    except (struct.error, IndexError, StopIteration):
        return data  # the reader will say what is wrong with it
    if all(_reach(stream, p) <= usual for p in pages):
        return data
    for page in pages:
        rows, columns = page.box
        if rows * columns > most:
            far(page.name, [] if page.count * 10 > rows * columns else list(dict.fromkeys((page.low, page.wide))))
        _cut(stream, page)
    changed, done = bytearray(data), 0
    for at, size in sectors:
        changed[at:at + size] = stream[done:done + size]
        done += size
    return bytes(changed)


# -- the container [MS-CFB] ----------------------------------------------------------------------------------------------
def _sectors(data: bytes) -> list[tuple[int, int]]:
    """Where the workbook's stream lies in the file: beginning and size of each piece."""
    shift, = struct.unpack_from("<H", data, 30)
    size = 1 << shift
    start, = struct.unpack_from("<I", data, 48)
    table = list(struct.unpack_from("<109I", data, 76))
    more, = struct.unpack_from("<I", data, 68)
    while more < END and len(table) < len(data) // 4:
        some = struct.unpack_from(f"<{size // 4}I", data, (more + 1) << shift)
        table, more = table + list(some[:-1]), some[-1]
    table_of = [n for t in table if t < END for n in struct.unpack_from(f"<{size // 4}I", data, (t + 1) << shift)]

    def places(at: int) -> list[int]:
        return [(n + 1) << shift for n in _chain(table_of, at)]

    def cut(pieces: list[int], size: int, total: int) -> list[tuple[int, int]]:
        return [(at, min(size, total - n * size)) for n, at in enumerate(pieces) if n * size < total]

    entries = [at + n for at in places(start) for n in range(0, size, 128)]
    root = next(at for at in entries if data[at + 66] == 5)
    for at in entries:
        name = data[at:at + max(0, struct.unpack_from("<H", data, at + 64)[0] - 2)].decode("utf-16-le", "replace")
        first, total = struct.unpack_from("<II", data, at + 116)
        if data[at + 66] != 2 or name not in STREAMS:
            continue
        if total >= SMALL_STREAM:
            return cut(places(first), size, total)
        small = [n for place in places(struct.unpack_from("<I", data, 60)[0]) for n in struct.unpack_from(f"<{size // 4}I", data, place)]
        within = places(struct.unpack_from("<I", data, root + 116)[0])  # small streams lie together in one, in pieces of their own size
        return cut([within[n * SMALL // size] + n * SMALL % size for n in _chain(small, first)], SMALL, total)
    raise IndexError


def _chain(table: list[int], at: int) -> Iterator[int]:
    for _ in range(len(table)):
        if at >= END:
            return
        yield at
        at = table[at]


# -- the records ---------------------------------------------------------------------------------------------------------
def _records(stream: bytearray) -> Iterator[Record]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, size
        at += 4 + size


def _pages(stream: bytearray, nothing: Callable[[str], object]) -> list[Page]:
    named: dict[int, tuple[str, bool]] = {}
    found: list[Page] = []
    shared: list[bytes] = []
    blanks: set[int] | None = None
    page, last = None, 0
    for record in _records(stream):
        kind, at, size = record
        if kind == BOUNDSHEET:
            named[struct.unpack_from("<I", stream, at)[0]] = _named(stream, at), bool(stream[at + 4] & 3)
        elif kind == SST or (kind == CONTINUE and last in (SST, CONTINUE) and page is None and shared):
            shared.append(bytes(stream[at:at + size]))
        elif kind == BOF and at - 4 in named:
            page = Page(*named[at - 4])
            found.append(page)
        elif kind == EOF:
            page = None
        elif page and (kind in CELLS or kind == STRING):
            if blanks is None:
                blanks = {n for n, text in enumerate(_texts(shared)) if nothing(text)} if shared else set()
            _note(stream, page, record, blanks, nothing)
        elif page and kind in (DIMENSIONS, MERGED):
            page.others.append(record)
        last = kind
    return found


def _named(stream: bytearray, at: int) -> str:
    length, wide = stream[at + 6], stream[at + 7] & 1
    return bytes(stream[at + 8:at + 8 + length * (1 + wide)]).decode("utf-16-le" if wide else "latin-1", "replace")


def _note(stream: bytearray, page: Page, record: Record, blanks: set[int], nothing: Callable[[str], object]) -> None:
    kind, at, size = record
    if kind == STRING:  # what the formula before comes to
        if page.cells:
            page.cells.append((record, *page.cells[-1][1:]))
        return
    row, column = (n + 1 for n in struct.unpack_from("<HH", stream, at))
    right = struct.unpack_from("<H", stream, at + size - 2)[0] + 1 if kind == MULRK else column
    page.cells.append((record, row, right))
    if kind == LABELSST:
        empty = struct.unpack_from("<I", stream, at + 6)[0] in blanks
    elif kind in (LABEL, RSTRING):
        empty = not bytes(stream[at + 8:at + size]).strip(b"\0\x01 ")
    else:
        empty = kind == FORMULA and stream[at + 6] == 3 and stream[at + 12:at + 14] == b"\xff\xff"  # comes to an empty text
    if not empty:
        page.count += 1
        page.low, page.wide = max(page.low, (row, right)), max(page.wide, (row, right), key=lambda c: c[1])


def _texts(shared: list[bytes]) -> Iterator[str]:
    """The texts that cells share: their characters may go on in the next record, which then begins with how they are written."""
    count, = struct.unpack_from("<I", shared[0], 4)
    n, at = 0, 8

    def plain(size: int) -> bytes:
        nonlocal n, at
        got = b""
        while size:
            if at >= len(shared[n]):
                n, at = n + 1, 0
            some = shared[n][at:at + size]
            got, at, size = got + some, at + len(some), size - len(some)
        return got

    for _ in range(count):
        length, how = struct.unpack("<HB", plain(3))
        runs = struct.unpack("<H", plain(2))[0] if how & 8 else 0
        extra = struct.unpack("<I", plain(4))[0] if how & 4 else 0
        text = ""
        while length:
            if at >= len(shared[n]):
                n, at = n + 1, 1
                how = shared[n][0]
            width = 1 + (how & 1)
            some = shared[n][at:at + length * width]
            text += some.decode("utf-16-le" if width == 2 else "latin-1", "replace")
            at, length = at + len(some), length - max(1, len(some) // width)
        plain(4 * runs + extra)
        yield text


# -- cutting -------------------------------------------------------------------------------------------------------------
def _reach(stream: bytearray, page: Page) -> int:
    rows, columns = max((row for _, row, _ in page.cells), default=0), max((right for *_, right in page.cells), default=0)
    for kind, at, size in page.others:
        if kind == DIMENSIONS:
            low, right = struct.unpack_from("<xxxxIxxH" if size >= 14 else "<xxHxxH", stream, at)
            rows, columns = max(rows, low), max(columns, right)
    return rows * columns


def _cut(stream: bytearray, page: Page) -> None:
    rows, columns = page.box
    for (_, at, _), row, right in page.cells:
        if row > rows or right > columns:
            struct.pack_into("<H", stream, at - 4, BLANK)
    for kind, at, size in page.others:
        if kind == DIMENSIONS:
            struct.pack_into("<IIHH" if size >= 14 else "<HHHH", stream, at, 0, rows, 0, columns)
        else:
            for place in range(at + 2, at + size - 7, 8):
                top, low, left, right = struct.unpack_from("<4H", stream, place)
                low, right = min(low, rows - 1), min(right, columns - 1)
                struct.pack_into("<4H", stream, place, *((top, low, left, right) if top <= low and left <= right else (0, 0, 0, 0)))
