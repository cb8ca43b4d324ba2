"""The county map of one figure: whose border is drawn where, in which shade, and which counties have no border to draw."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.console.words import N_

__all__ = ["BANDS", "County", "Drawn", "drawn"]

FILE = Path(__file__).parent / "jiangxi.json"
# from, legend; one blue, darker to lighter
BANDS = ((100.0, N_("100%%")), (95.0, N_("95–100%%")), (90.0, N_("90–95%%")), (80.0, N_("80–90%%")), (0.0, N_("80%%以下")))
NONE = len(BANDS)  # the shade of a county without a figure
STEP = re.compile(r"-?\d+")
EDGE = 3


@dataclass(frozen=True)
class County:
    """`path`: of its border; empty where none is known. `band`: its shade."""

    name: str
    said: str
    band: int
    path: str
    area: str  # organisation; empty where there is none yet


@dataclass(frozen=True)
class Drawn:
    """`box`: the view box."""

    counties: Sequence[County]
    missing: Sequence[County]
    box: tuple[int, int, int, int]


@cache
def borders() -> dict[str, tuple[str, tuple[int, int, int, int]]]:
    """Six-digit code -> path and its extent."""
    paths: dict[str, str] = json.loads(FILE.read_text())["paths"]
    return {code: (path, extent(path)) for code, path in paths.items()}


def extent(path: str) -> tuple[int, int, int, int]:
    xs, ys = [], []
    for part in filter(None, path.split("M")):
        numbers = [int(n) for n in STEP.findall(part)]
        x, y = 0, 0
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


def band(value: float | None) -> int:
    return NONE if value is None else next(i for i, (least, _) in enumerate(BANDS) if value >= least or i == NONE - 1)


def drawn(code: str, rows: Sequence[Mapping[str, Any]]) -> Drawn | None:
    """Of an area's code and a report's county rows; None where no county of it has a border here."""
    within = code[:2] if code.endswith("0" * 10) else code[:4]
    mine = {c: found for c, found in borders().items() if code and c.startswith(within)}
    if not mine:
        return None
    told = {str(r["code"])[:6]: r for r in rows if r.get("code")}
    counties = [county(told.get(c), path) for c, (path, _) in mine.items()]
    missing = [county(r, "") for c, r in told.items() if c not in mine]
    left, top, right, bottom = (f(e[i] for _, e in mine.values()) for i, f in enumerate((min, min, max, max)))
    return Drawn(counties, missing, (left - EDGE, top - EDGE, right - left + 2 * EDGE, bottom - top + 2 * EDGE))


def county(row: Mapping[str, Any] | None, path: str) -> County:
    if row is None:
        return County("", "", NONE, path, "")
    value = row["value"]
    said = "–" if value is None else f"{value:.1f}%（{row['numerator']}/{row['denominator']}）"
    return County(str(row["name"]), said, band(value), path, str(row["area"]))
