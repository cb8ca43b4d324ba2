"""What is wrong with a cell or a row, in both languages, with the nearest right value."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from shared.fact import Refused

__all__ = ["Bad", "Fault", "nearest_of"]


@dataclass(frozen=True)
class Fault:
    """`field` "": the whole row. `nearest`: what was probably meant; it is never put in her place."""

    code: str
    zh: str
    en: str
    field: str = ""
    level: Literal["error", "warn"] = "error"
    nearest: str | None = None


class Bad(ValueError):
    """A cell that cannot be taken as it is."""

    def __init__(self, code: str, zh: str, en: str, nearest: str | None = None) -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.nearest = code, zh, en, nearest

    def at(self, field: str) -> Fault:
        return Fault(self.code, self.zh, self.en, field, "error", self.nearest)

    def refused(self, field: str) -> Refused:
        """The same where it was no cell that said it."""
        return Refused(self.code, self.zh.replace("{", "{{").replace("}", "}}"), self.en.replace("{", "{{").replace("}", "}}"), field)


def nearest_of(word: str, known: Iterable[str]) -> str | None:
    """The most alike of the known words, if any is alike."""
    return next(iter(get_close_matches(word, list(known), 1, 0.5)), None)
