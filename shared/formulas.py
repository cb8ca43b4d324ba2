"""The one guard against formulas: text that a spreadsheet would run becomes text that it shows."""
from __future__ import annotations

from typing import TypeVar

__all__ = ["guard"]

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
T = TypeVar("T")


def guard(value: T) -> T | str:
    """Text that would be a formula gets an apostrophe before it; blanks ahead of it do not hide it."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(RISKY) else value
