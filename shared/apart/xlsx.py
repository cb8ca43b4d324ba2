"""Reads an .xlsx as the XML it is: each cell says what it says, or why it says nothing that can be relied upon."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from shared.apart.archive import Archive, elements, own, parser
from shared.apart.bounds import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Extent, Grid, is_blank, number_of

__all__ = ["Page", "day_of", "grids", "page_of"]

NO = {why: {"no": why} for why in ("error", "unsaid", "unreadable", "twice")}
DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))  # built-in formats of days; the ones of times are left out
ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # of a format: what is no placeholder
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Value = str | float | bool | date | dict[str, str]
Cut = tuple[tuple[int, int], tuple[int, int]]


def grids(data: bytes) -> Iterator[Grid | str]:
    """Each visible worksheet; of a hidden one that says anything, its name."""
    book = Archive(data)
    texts = shared(book.beside("sharedStrings") or b"")
    days = dated(book.beside("styles") or b"")
    for part in book.parts:
        page = page_of(book, part.path, texts, days)
        if part.hidden:
            if page.extent.count:
                yield part.name
            continue
        page.extent.near(part.name)
        yield page.grid(part.name)


def page_of(book: Archive, path: str, texts: dict[str, str], days: list[bool]) -> Page:
    return Page(texts, days, book.since_1904).read(book.read(path))


def shared(xml: bytes) -> dict[str, str]:
    """The texts that cells share by their numbers, without how they are pronounced."""
    found: dict[str, str] = {}
    said: list[str] = []
    if not xml:
        return found
    made = parser()
    spoken = 0

    def start(name: str, _: Any) -> None:
        nonlocal spoken
        match own(name):
            case "si":
                said.clear()
            case "rPh":
                spoken += 1
            case "t" if not spoken:
                made.CharacterDataHandler = said.append

    def end(name: str) -> None:
        nonlocal spoken
        match own(name):
            case "si":
                found[str(len(found))] = meant("".join(said))
            case "rPh":
                spoken -= 1
            case "t":
                made.CharacterDataHandler = None

    made.StartElementHandler, made.EndElementHandler = start, end
    made.Parse(xml, True)
    return found


def meant(text: str) -> str:
    """_x000D_ is how a carriage return is written there; nothing but blanks is nothing."""
    found = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text
    return "" if is_blank(found) else found


def dated(xml: bytes) -> list[bool]:
    """Of each style of a cell: does it show a number as a day?"""
    formats: dict[str, str] = {}
    found: list[bool] = []
    within = ""
    for name, attrs in elements(xml) if xml else ():
        if name == "numFmt":
            formats[attrs.get("numFmtId", "")] = attrs.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            within = name
        elif name == "xf" and within == "cellXfs":
            id = attrs.get("numFmtId", "0")
            found.append(shows_days(formats[id]) if id in formats else id.isdigit() and int(id) in DATES)
    return found


def shows_days(code: str) -> bool:
    plain = ASIDE.sub("", code).partition(";")[0].lower()
    if plain.startswith(("general", "g/")):
        return False
    return bool(re.search("[yd]|e(?![+-])", plain)) or ("m" in plain and not set(plain) & set("hs"))


def day_of(serial: float, since_1904: bool) -> date | None:
    """None for a number that is no day."""
    zero = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31) if serial < 60 else datetime(1899, 12, 30)
    try:
        whole, rest = divmod(serial, 1)
        found = zero + timedelta(int(whole), round(rest * 86400))
    except (OverflowError, ValueError):
        return None
    return found if found.time() != time() else found.date()


class Page:
    """One worksheet while it is read. `last`: the lowest row that anything there names, empty or not; `known`: so the columns."""

    def __init__(self, texts: dict[str, str], days: list[bool], since_1904: bool) -> None:
        self.texts, self.days, self.since_1904 = texts, days, since_1904
        self.extent, self.last = Extent(), 0
        self.rows: dict[int, list[Value]] = {}
        self.room = 2 * MOST_CELLS
        self.merged: list[Cut] = []
        self.covered = 0  # cells that ranges name
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.known: dict[str, int] = {}

    def read(self, xml: bytes) -> Page:
        made = parser()
        made.StartElementHandler = self._begun(made)
        made.Parse(xml, True)
        return self.done()

    def _begun(self, made: Any) -> Callable[[str, dict[str, str]], None]:
        """Called with the root: what everything else of this sheet is called follows from its namespace."""
        def root(name: str, _: Any) -> None:
            made.StartElementHandler, made.EndElementHandler = self._handlers(made, name.rpartition(" ")[0])

        return root

    def _handlers(self, made: Any, space: str) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """They run for every cell of a sheet: what usually comes is asked for first."""
        names = ("c", "v", "row", "t", "f", "rPh")
        c, v, row, t, f, sounds = (f"{space} {n}".lstrip() for n in names)
        heard: list[str] = []
        made.CharacterDataHandler = heard.append
        at: dict[str, str] = {}
        value = text = row_said = ""
        row_no = column_no = spoken = 0
        formula = False
        texts, put, letters = self.texts, self._put, LETTERS

        def start(name: str, attrs: dict[str, str]) -> None:
            nonlocal at, row_no, row_said, column_no, formula, spoken
            if name == c:
                at = attrs
                reference = attrs.get("r", "")
                if column_no < 26 and reference == letters[column_no] + row_said:
                    column_no += 1
                elif reference:
                    row_no, column_no = self._place(reference, row_no, column_no)
                else:
                    column_no += 1
            elif name in (v, t):
                heard.clear()
            elif name == row:
                row_no, column_no = self._row(attrs, row_no), 0
                row_said = str(row_no)
            elif name == f:
                formula = True
            elif name == sounds:
                spoken += 1
            else:
                self._other(name.rpartition(" ")[2], attrs)

        def end(name: str) -> None:
            nonlocal value, text, formula, spoken
            if name == v:
                value = heard[0] if len(heard) == 1 else "".join(heard)
            elif name == c:
                if value:
                    if not text and at.get("t") == "s" and value in texts:
                        put(row_no, column_no, texts[value])
                    else:
                        put(row_no, column_no, self._said(at, value, text, formula))
                    value = ""
                elif text or formula:
                    put(row_no, column_no, self._said(at, value, text, formula))
                if formula or text:
                    formula, text = False, ""
            elif name == t and not spoken:
                text += "".join(heard)
            elif name == sounds:
                spoken -= 1

        return start, end

    def _other(self, name: str, attrs: dict[str, str]) -> None:
        if name in ("mergeCell", "hyperlink"):
            self._range(attrs.get("ref", ""), name == "mergeCell")
        elif name == "col" and attrs.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(attrs.get("min", 0)), int(attrs.get("max", 0))))

    def _place(self, reference: str, row: int, column: int) -> tuple[int, int]:
        """Of B7; where that is no place, the next one."""
        letters = reference.rstrip(DIGITS)
        column_no = self.known.get(letters)
        if column_no is None:
            column_no = self.known[letters] = number_of(letters.strip("$"))
        said = reference[len(letters):]
        return (int(said) if 0 < len(said) < 8 else row), column_no or column + 1

    def _row(self, attrs: dict[str, str], before: int) -> int:
        said = attrs.get("r", "")
        number = int(said) if said.isdigit() and len(said) < 8 else before + 1
        self.last = max(self.last, number)
        if attrs.get("hidden") in ("1", "true") or attrs.get("ht") in ("0", "0.0"):
            self.hidden_rows.add(number - 1)
        return number

    def _range(self, ref: str, merged: bool) -> None:
        first, _, last = ref.partition(":")
        (r0, c0), (r1, c1) = self._place(first, 0, 0), self._place(last or first, 0, 0)
        if not r0 or not r1:
            return
        (r0, r1), (c0, c1) = sorted((r0, r1)), sorted((c0, c1))
        self.covered += (r1 - r0 + 1) * (c1 - c0 + 1)
        if merged:
            self.merged.append(((r0 - 1, c0 - 1), (r1 - 1, c1 - 1)))

    def _said(self, at: dict[str, str], value: str, text: str, formula: bool) -> Value:
        """`t`: what its value is: the number of a text, a text, an error, a truth value, a day; a number where nothing is said."""
        match at.get("t"):
            case None | "n":
                pass
            case "s" if not formula or value:
                return self.texts.get(value.strip(), NO["unreadable"])
            case "str":
                return meant(value or text)
            case "inlineStr":
                return meant(text or value)
            case "e":
                return NO["error"]
            case "b" if value.strip():
                return value.strip() in ("1", "true")
            case "d" if value.strip():
                return iso(value.strip())
        if not value.strip():
            return NO["unsaid"] if formula and not text else meant(text)
        try:
            number = float(value)
        except ValueError:
            return NO["unreadable"]
        if number - number != 0 or at.get("t") not in (None, "n"):
            return NO["unreadable"]
        return self._number(number, at.get("s"))

    def _number(self, number: float, style: str | None) -> Value:
        if style and style.isdigit() and int(style) < len(self.days) and self.days[int(style)]:
            found = day_of(number, self.since_1904) if number >= 1 or self.since_1904 else None
            return number if found is None else found
        return number

    def _put(self, row: int, column: int, value: Value) -> None:
        if value == "":
            return
        if row > MOST_ROWS or column > MOST_COLUMNS or self.room < 0:
            self.extent.says(row, column)
            return
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = []
        missing = column - len(cells)
        if missing == 1:
            cells.append(value)
        elif missing > 0:
            self.room -= missing
            cells.extend([""] * (missing - 1))
            cells.append(value)
        else:
            cells[column - 1] = value if cells[column - 1] == "" else NO["twice"]

    def done(self) -> Page:
        """How far it reaches."""
        for i, cells in self.rows.items():
            self.extent.says(i, len(cells), sum(c != "" for c in cells))
        return self

    def grid(self, name: str) -> Grid:
        (rows, _), (_, columns) = self.extent.low, self.extent.wide
        hidden = sorted(i for i in self.hidden_rows if i + 1 in self.rows)
        return Grid(name, [self.rows.get(i, []) for i in range(1, rows + 1)], self.within(), hidden,
                    [j for first, last in self.hidden_columns for j in range(first - 1, min(last, columns))])

    def within(self) -> list[Cut]:
        """The merged ranges as far as anything is written. MemoryError: they lie over each other again and again."""
        (rows, _), (_, columns) = self.extent.low, self.extent.wide
        cut = [((r0, c0), (min(r1, rows - 1), min(c1, columns - 1))) for (r0, c0), (r1, c1) in self.merged if r0 < rows and c0 < columns]
        found = [(first, last) for first, last in cut if first != last]
        if sum((r1 - r0 + 1) * (c1 - c0 + 1) for (r0, c0), (r1, c1) in found) > MOST_CELLS:
            raise MemoryError
        return found


def iso(said: str) -> Value:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return said
    return found if found.time() != time() else found.date()
