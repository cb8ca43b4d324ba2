"""What the reader does not tell of an .xlsx: formulas without a stored result, and cells that hold an error, by sheet."""
from __future__ import annotations

import io
import re
import zipfile

from shared.workbook.apart import number_of, parts

__all__ = ["unsaid"]

EMPTY_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"')
Places = dict[tuple[int, int], str]


def unsaid(data: bytes) -> dict[str, Places]:
    """Sheet -> cells (row, column, from 0) with a formula that nobody has calculated (`unsaid`) or that failed (`error`). Other kinds of file
    have none."""
    if not data.startswith(b"PK\x03\x04"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {part.name: _places(archive.read(part.path)) for part in parts(archive)}


def _places(xml: bytes) -> Places:
    patterns = [("unsaid", EMPTY_FORMULA)] * (b"<f" in xml) + [("error", ERROR)] * (b't="e"' in xml)
    return {(int(row) - 1, number_of(name) - 1): what for what, pattern in patterns for name, row in pattern.findall(xml)}
