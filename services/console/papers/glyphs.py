"""Which characters the fonts of this machine can draw: read from the fonts' own tables, for typst prints a box without a word."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import typst

__all__ = ["undrawn"]

FROM = "\u2e80"  # what comes before is in every font
RARE = re.compile("[\u2e80-\u2fff\u3100-\u4dff\u9fa6-\ufaff\U00010000-\U0010ffff]")  # what not every Chinese font has


def undrawn(words: Any, fonts: Iterable[typst.FontInfo]) -> list[str]:
    """The texts in there that hold a character of which no font has a glyph."""
    rare = {text: set(RARE.findall(text)) for text in _texts(words) if RARE.search(text)}
    if not rare:
        return []
    plain = {(str(f.path), f.index) for f in fonts if f.path and f.weight == 400 and f.style == "normal"}  # the other cuts have the same
    there = covered(tuple(sorted(plain)))
    return [text for text, some in rare.items() if not there >= {ord(c) for c in some}]


def _texts(words: Any) -> Iterator[str]:
    if isinstance(words, str):
        yield words
    elif isinstance(words, dict | list | tuple):
        for part in words.values() if isinstance(words, dict) else words:
            yield from _texts(part)


@cache
def covered(fonts: tuple[tuple[str, int], ...]) -> frozenset[int]:
    """Code points from `FROM` on that one of these (path, number within the file) has a glyph for."""
    found: set[int] = set()
    for path, some in groupby(fonts, lambda font: font[0]):
        with Path(path).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            for at in {where for _, index in some if (where := cmap(data, index)) is not None}:
                for start, end in ranges(data, at):
                    found.update(range(max(start, ord(FROM)), end + 1))
    return frozenset(found)


def cmap(data: mmap, index: int) -> int | None:
    """Where the table is; the fonts of one file often share it."""
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = (struct.unpack_from(">4sIII", data, start + 12 + 16 * n) for n in range(struct.unpack_from(">H", data, start + 4)[0]))
    return next((int(offset) for tag, _, offset, _ in tables if tag == b"cmap"), None)


def ranges(data: mmap, at: int) -> Iterator[tuple[int, int]]:
    """First and last of what the table maps (OpenType, formats 4 and 12); a gap within a range of format 4 counts as drawn."""
    for n in range(struct.unpack_from(">H", data, at + 2)[0]):
        table = at + struct.unpack_from(">I", data, at + 4 + 8 * n + 4)[0]
        kind = struct.unpack_from(">H", data, table)[0]
        if kind == 12:
            for k in range(struct.unpack_from(">I", data, table + 12)[0]):
                start, end = struct.unpack_from(">II", data, table + 16 + 12 * k)
                yield start, end
        elif kind == 4:
            size = struct.unpack_from(">H", data, table + 6)[0]
            ends, starts = (struct.unpack_from(f">{size // 2}H", data, table + offset) for offset in (14, 16 + size))
            yield from ((a, b) for a, b in zip(starts, ends, strict=True) if a != 0xFFFF)
