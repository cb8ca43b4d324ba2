"""What an indicator is: words and formula as data, one query for its figures, one for what lies behind them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, func
from sqlalchemy.engine import Connection

from services.projection.views.moment import Moment
from services.projection.views.posts import Posts
from services.projection.views.same import Same, same
from services.projection.views.tree import Groups
from shared.fact import Refused

__all__ = ["WHOLE", "Ask", "Figure", "Indicator", "Measure", "Period", "count_if", "mean", "percent", "period"]

BANDS = ("yearbook", "survey")  # C12: the official yearbook's, and those of source 003
POPULATIONS = ("federation_cadres", "system_workers", "all")  # K11


WHOLE = -1  # all areas together, of what is no sum of theirs


class Figure(NamedTuple):
    """One number of one area; `area` is its place in `Groups.areas`, or `WHOLE`. A count has no denominator; of a mean they are sum and count; a
    median has neither."""

    area: int
    measure: str
    numerator: float | None
    denominator: float | None
    value: float | None


class Measure(NamedTuple):
    id: str
    zh: str
    en: str
    unit: Literal["percent", "count", "days", "years"] = "percent"


class Period(NamedTuple):
    """[since, until)."""

    since: date
    until: date


@dataclass(frozen=True)
class Ask:
    """A question to an indicator, with everything resolved."""

    c: Connection
    at: Moment
    groups: Groups
    place: FromClause
    period: Period
    field: str | None = None
    level: str | None = None  # of units
    population: str = "all"
    bands: str = "yearbook"
    measure: str | None = None
    posts: Posts | None = None  # for figures counted in memory

    @cached_property
    def same(self) -> Same:
        """Which records are of one person."""
        return same(self.c, self.at)

    def rows(self, query: Select[Any]) -> Sequence[Any]:
        return self.c.execute(query).all()

    @property
    def until(self) -> date:
        """End of the period as far as it has run."""
        return min(self.period.until, self.at.as_of + timedelta(days=1))


@dataclass(frozen=True)
class Indicator:
    """`figures` gives the numbers by area; `items` the rows behind them, each with `id` and `counted` (in the numerator)."""

    id: str
    version: int
    zh: str
    en: str
    formula_zh: str
    formula_en: str
    source: str
    measures: tuple[Measure, ...]
    figures: Callable[[Ask], Iterable[Figure]]
    items: Callable[[Ask], Select[Any]]
    filters: tuple[str, ...] = ()

    def definition(self) -> dict[str, Any]:
        """For the catalogue."""
        return {
            "id": self.id,
            "version": self.version,
            "name": {"zh-CN": self.zh, "en": self.en},
            "formula": {"zh-CN": self.formula_zh, "en": self.formula_en},
            "source": self.source,
            "filters": list(self.filters),
            "measures": [{"id": m.id, "name": {"zh-CN": m.zh, "en": m.en}, "unit": m.unit} for m in self.measures],
        }


def percent(area: int, measure: str, part: float | None, whole: float | None) -> Figure:
    part, whole = _plain(part), _plain(whole)
    return Figure(area, measure, part, whole, round(100 * part / whole, 1) if whole else None)


def mean(area: int, measure: str, total: float, count: float) -> Figure:
    """Of what adds up to `total`: the mean of several areas is made of their sums and counts, never of their means."""
    return Figure(area, measure, round(total, 2), count, round(total / count, 1) if count else None)


def _plain(number: Any) -> float:
    """PostgreSQL sums integers to decimals."""
    value = float(number or 0)
    return int(value) if value.is_integer() else value


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def period(text: str | None, as_of: date) -> Period:
    """2026, 2026-Q1 or 2026-05; without one the year of `as_of`. Refused otherwise."""
    found = re.fullmatch(r"([12]\d{3})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", text or str(as_of.year))
    if not found:
        raise Refused("period_invalid", "统计期应写作 2026、2026-Q1 或 2026-05。", "A period is written 2026, 2026-Q1 or 2026-05.", "period")
    year, quarter, month = (int(g) if g else 0 for g in found.groups())
    first, months = (3 * quarter - 2, 3) if quarter else (month, 1) if month else (1, 12)
    following = first + months
    return Period(date(year, first, 1), date(year + (following > 12), (following - 1) % 12 + 1, 1))
