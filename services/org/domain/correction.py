"""What a correction (更正) may name and say, whichever aggregate it is of: an earlier fact that stands, and only what that fact says."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.org.domain.checks import need
from shared.fact import Fact, overrides

__all__ = ["Correctable", "target"]

Correctable = Mapping[type[Fact], Sequence[str]]  # the facts that can be corrected, and in what


def target(said: Sequence[Fact], ids: Sequence[UUID], corrects: UUID, correctable: Correctable, void: bool,
           right: Mapping[str, Any]) -> tuple[int, Fact]:
    """The number of the fact that `corrects` names, one of `ids` in order, and the fact that is corrected in the end, if it is a correction."""
    need(corrects in ids[:len(said)], "fact_unknown", "corrects")
    number = ids.index(corrects) + 1
    root, at = said[number - 1], number
    while at := getattr(root, "corrects_version", 0):
        root = said[at - 1]
    need(type(root) in correctable, "not_correctable", "corrects")
    need(_stands(said, number), "corrects_void", "corrects")
    for name in right:
        need(name in correctable[type(root)], "correction_wrong_field", name)
    need(void or right, "correction_empty", "corrects")
    return number, root


def _stands(said: Sequence[Fact], number: int) -> bool:
    """Whether it is in force: not taken back, nor what it corrects."""
    fact = said[number - 1]
    if target := getattr(fact, "corrects_version", 0):
        gone = any(getattr(f, "corrects_version", 0) == number and getattr(f, "void", False) and _stands(said, n) for n, f in enumerate(said, 1))
        return not gone and (bool(getattr(fact, "void", False)) or _stands(said, target))
    return overrides({n: f.__dict__ for n, f in enumerate(said, 1)})[number] is not None
