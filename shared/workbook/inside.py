"""What the reader does not tell of an .xlsx: formulas without a stored result, and cells that hold an error, by sheet."""
from __future__ import annotations

import html
import io
import re
import zipfile

__all__ = ["unsaid"]

SHEET = re.compile(rb"<sheet\b[^>]*>")
RELATION = re.compile(rb"<Relationship\b[^>]*>")
EMPTY_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"')
Places = dict[tuple[int, int], str]


def unsaid(data: bytes) -> dict[str, Places]:
    """Sheet -> cells (row, column, from 0) with a formula that nobody has calculated (`unsaid`) or that failed (`error`). Other kinds of file
    have none."""
    if not data.startswith(b"PK\x03\x04"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        targets = {_of(r, b"Id"): _of(r, b"Target") for r in RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))}
        found = {}
        for tag in SHEET.findall(archive.read("xl/workbook.xml")):
            path = targets.get(_of(tag, b"r:id"), "")
            path = path.removeprefix("/") if path.startswith("/") else f"xl/{path}"
            if path in names:
                found[_of(tag, b"name")] = _places(archive.read(path))
        return found


def _places(xml: bytes) -> Places:
    patterns = [("unsaid", EMPTY_FORMULA)] * (b"<f" in xml) + [("error", ERROR)] * (b't="e"' in xml)
    return {(int(row) - 1, _column(name)): what for what, pattern in patterns for name, row in pattern.findall(xml)}


def _of(tag: bytes, attribute: bytes) -> str:
    m = re.search(rb"\s" + attribute + rb'="([^"]*)"', tag)
    return html.unescape(m[1].decode("utf-8", "replace")) if m else ""


def _column(name: bytes) -> int:
    number = 0
    for c in name:
        number = number * 26 + c - 64
    return number - 1
