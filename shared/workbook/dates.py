"""Dates as people write them: 1980.05, 198005, 1980年5月, 1980-05-03, a date cell; what could be two days, or is a bare number, is asked about."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.calendar import SAID
from shared.workbook.cells import clean
from shared.workbook.fault import Bad

__all__ = ["Day", "day", "until"]

Precision = Literal["day", "month", "year"]
HOW = "请写成 1980-05-03、1980-05 或 1980年5月"
TIME = re.compile(r"(?<=\d)[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\Z")
SPELT = re.compile(r"(\d{4})[-./年](\d{1,2})(?:月|(?:[-./月])(\d{1,2})日?)?生?\Z")


@dataclass(frozen=True)
class Day:
    """`on`: the first day of what was said; `precision`: how much was said."""

    on: date
    precision: Precision

    def __str__(self) -> str:
        return self.on.isoformat()[: SAID[self.precision]]

    def same(self, other: date, precision: Precision) -> bool:
        """Do both say the same, as far as the vaguer of them says anything?"""
        n = min(SAID[p] for p in (self.precision, precision))
        return self.on.isoformat()[:n] == other.isoformat()[:n]


def day(raw: object) -> Day | None:
    """None for a blank cell. A date cell of the first of a month says only the month: that is how Excel keeps “1980-5”."""
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return _checked(Day(raw, "month" if raw.day == 1 else "day"))
    found = re.sub(r"\s+", "", TIME.sub("", clean(raw))).rstrip("。.")
    if not found:
        return None
    if re.fullmatch(r"(19|20)\d\d\.1", found):
        how = HOW.replace("1980", found[:4])
        raise Bad("date_ambiguous", f"“{found}”可能是 1 月，也可能是 10 月（10 月的 0 会被 Excel 吞掉）。{how}，并把单元格设为文本",
                  f"“{found}” may be January or October: Excel swallows the 0. Write it as {found[:4]}-01 or {found[:4]}-10, as text")
    if re.fullmatch(r"\d{5}", found) or (re.fullmatch(r"\d{4}", found) and not 1900 <= int(found) <= 2099):
        raise _bare(found)
    return _checked(_spelt(found))


def _bare(found: str) -> Bad:
    """A number may be a day that lost its format, counted from 1900 or from 1904, or a month without its 0."""
    month = f"；也可能是 {found[:4]} 年 {found[4]} 月，请写成 {found[:4]}-0{found[4]}" if re.match(r"(19|20)\d\d[1-9]", found) else ""
    return Bad("date_number", f"“{found}”只是一个数字，不能当作日期：请把整列的单元格格式设为“日期”，核对显示出来的年月再上传{month}",
               f"“{found}” is a bare number and is not taken for a day: give the column the format of a date and compare what it then shows"
               + (f"; or it is a month: write {found[:4]}-0{found[4]}" if month else ""))


def _spelt(found: str) -> Day:
    try:
        if m := re.fullmatch(r"(\d{4})(\d{2})(\d{2})?", found):
            return _of(m[1], m[2], m[3])
        if m := re.fullmatch(r"((?:19|20)\d\d)年?", found):
            return Day(date(int(m[1]), 1, 1), "year")
        if m := SPELT.match(found):
            return _of(m[1], m[2], m[3])
    except ValueError:
        raise Bad("date_impossible", f"没有“{found[:20]}”这一天，请核对", f"There is no day “{found[:20]}”") from None
    if re.match(r"\d\d[-./年]\d", found):
        raise Bad("date_short_year", f"“{found[:20]}”的年份只有两位，请写四位，如 1980-05", f"“{found[:20]}” has a two-digit year; write four")
    raise Bad("date_unknown", f"看不懂日期“{found[:20]}”，{HOW}", f"“{found[:20]}” is no date; write 1980-05-03 or 1980-05")


def _of(year: str, month: str, day: str | None) -> Day:
    return Day(date(int(year), int(month), int(day or 1)), "day" if day else "month")


def _checked(found: Day) -> Day:
    if not 1900 <= found.on.year <= 2099:
        raise Bad("date_far_off", f"“{found}”不在 1900–2099 年之间，请核对", f"“{found}” is not between 1900 and 2099")
    return found


def until(raw: object) -> Day | None:
    """An end: 至今 (or blank) is none."""
    return None if re.sub(r"\s+", "", clean(raw)) in ("至今", "今", "现在", "现任") else day(raw)
