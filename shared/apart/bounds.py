"""How much a file may ask for, how far a sheet may reach, and what its cells are called."""
from __future__ import annotations

import re
from typing import Any, NamedTuple

__all__ = ["LONGEST", "MEMORY", "MOST_CELLS", "MOST_COLUMNS", "MOST_ROWS", "SECONDS", "USUAL", "Extent", "Grid", "No", "TooFar", "is_blank", "letter",
           "number_of"]

MEMORY, SECONDS = 900 * 1024 * 1024, 60
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 1000, 3_000_000
USUAL = 1_000_000  # cells of a sheet that is given back as it is
LONGEST = 128 * 1024 * 1024  # bytes that all sheets of a file may say
BLANK = re.compile(r"[\s'\u200b-\u200f\u202a-\u202e\u2060\ufeff\xad]*\Z")


class No(Exception):
    """The file cannot be read: a code, and what belongs to it."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.said = {"no": code, **more}


class TooFar(No):
    """Something stands far from everything else; `cells` none: there is really that much."""

    def __init__(self, sheet: str, cells: list[str]) -> None:
        super().__init__("far", sheet=sheet, cells=cells)


class Grid(NamedTuple):
    """A visible sheet: its rows without the blanks at their ends, merged ranges (first row and column, last row and column, from 0), and which
    rows and columns are hidden. A cell is text, a number, a truth value, a date, or {"no": why it says nothing}."""

    name: str
    rows: list[list[Any]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]
    hidden_rows: list[int]
    hidden_columns: list[int]


class Extent:
    """How far what is written reaches, from 1: the lowest cell, the one farthest to the right, and how many there are."""

    def __init__(self) -> None:
        self.low = self.wide = (0, 0)  # row and column
        self.count = 0

    def says(self, row: int, column: int, count: int = 1) -> None:
        self.count += count
        self.low = max(self.low, (row, column))
        if column > self.wide[1]:
            self.wide = row, column

    def near(self, sheet: str) -> None:
        """TooFar when it is too much to read."""
        (rows, _), (_, columns) = self.low, self.wide
        size = rows * columns
        if rows > MOST_ROWS or columns > MOST_COLUMNS or size > MOST_CELLS:
            far = [*([self.low] if rows > MOST_ROWS or columns <= MOST_COLUMNS else []), *([self.wide] if columns > MOST_COLUMNS else [])]
            raise TooFar(sheet, [] if self.count * 10 > size else [f"{letter(c - 1)}{r}" for r, c in dict.fromkeys(far)])


def is_blank(cell: Any) -> bool:
    return cell == "" or (isinstance(cell, str) and len(cell) < 200 and bool(BLANK.match(cell)))


def number_of(letters: str) -> int:
    """A is 1; 0 for what are no letters."""
    number = 0
    for c in letters.upper():
        if not "A" <= c <= "Z":
            return 0
        number = number * 26 + ord(c) - 64
    return number


def letter(column: int) -> str:
    """0 is A."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
