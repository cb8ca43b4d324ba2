"""Dates and clocks: effective dates are Asia/Shanghai dates; the clock can be moved in dev mode."""
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.settings import settings

__all__ = ["FOREVER", "SAID", "SHANGHAI", "add_months", "age", "in_chinese", "now", "today"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOREVER = date(9999, 12, 31)
SAID = {"day": 10, "month": 7, "year": 4}  # characters of an ISO date that each precision says


def now() -> datetime:
    """The instant, in UTC, moved by `HALFSKY_CLOCK_OFFSET` in dev mode."""
    s = settings()
    return datetime.now(UTC) + timedelta(seconds=s.clock_offset if s.mode == "dev" else 0)


def today() -> date:
    return now().astimezone(SHANGHAI).date()


def age(born: date, on: date) -> int:
    """Full years (周岁)."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def in_chinese(day: date) -> str:
    """2026年3月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (following - first).days) - 1)
