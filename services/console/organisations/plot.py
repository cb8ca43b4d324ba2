"""The dot plot of one figure by child areas, in division order: where each dot and tick stands, for the template to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["MOST", "Dot", "Plot", "plot"]

MOST = 60  # areas: more are a table only
LABEL, WIDTH, RIGHT, ROW, TOP = 160, 700, 112, 22, 24


@dataclass(frozen=True)
class Dot:
    label: str
    said: str  # the figure in words, for the reader of the picture and of the screen reader
    x: float | None
    y: int
    href: str


@dataclass(frozen=True)
class Plot:
    dots: Sequence[Dot]
    ticks: Sequence[tuple[float, str]]
    low: int
    width: int
    height: int
    left: int


def plot(rows: Sequence[tuple[str, float | None, str, str]]) -> Plot | None:
    """Of (label, percent, words, link); None when there is nothing to compare or too much to read."""
    values = [v for _, v, _, _ in rows if v is not None]
    if not 2 <= len(rows) <= MOST or not values:
        return None
    low = max(0, min(90, int(min(values) // 10) * 10))
    span = WIDTH - LABEL - RIGHT

    def x(value: float) -> float:
        return round(LABEL + span * (value - low) / (100 - low), 1)

    dots = [Dot(label, said, None if v is None else x(v), TOP + ROW * i + ROW // 2, href) for i, (label, v, said, href) in enumerate(rows)]
    step = 5 if low >= 80 else 10 if low >= 50 else 20
    ticks = [(x(t), f"{t}%") for t in range(low, 101, step)]
    return Plot(dots, ticks, low, WIDTH, TOP + ROW * len(rows) + 6, LABEL)
