"""The claim on a code: a division code, or a 统一社会信用代码, stands for one organisation at a time."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.org.domain.checks import need
from services.org.events import CodeClaimed, CodeReleased
from shared.fact import Fact, derive

__all__ = ["CREDIT", "DIVISION", "Code", "claim", "evolve", "release", "stream"]

DIVISION, CREDIT = "division", "credit"
ROOT = UUID("01900000-0000-7000-8000-000000000000")  # every process must find the claim of a code under the same id


def stream(scheme: str, code: str) -> UUID:
    """The claim stream of a code."""
    return derive(ROOT, "code", scheme, code)


@dataclass(frozen=True)
class Code:
    holder: UUID | None
    since: date  # held since, or free since
    bearer: UUID | None = None  # who holds it or held it last
    free_since: date = date.min  # from when on that one may have held it


def claim(was: Code | None, scheme: str, code: str, holder: UUID, effective: date) -> CodeClaimed:
    need(scheme != DIVISION or (len(code) == 12 and code.isascii() and code.isdigit()), "code_form", "code", number=code)
    field = "code" if scheme == DIVISION else "credit_code"
    need(not was or was.holder in (None, holder), "code_taken", field, number=code, holder=was and was.holder, name="—")
    free = _free_since(was, holder)
    need(effective >= free, "code_not_free_yet", "effective", number=code, since=free)
    return CodeClaimed(scheme=scheme, code=code, holder=holder, effective=effective)


def _free_since(was: Code | None, holder: UUID) -> date:
    """From when on this one may hold it: since the other who had it let go."""
    if not was:
        return date.min
    return was.free_since if was.bearer == holder else was.since


def release(was: Code | None, holder: UUID, effective: date) -> list[CodeReleased]:
    """Free from `effective` on; nothing to do when `holder` does not hold it."""
    if not was or was.holder != holder:
        return []
    return [CodeReleased(holder=holder, effective=max(effective, was.since))]


def evolve(was: Code | None, fact: Fact) -> Code | None:
    match fact:
        case CodeClaimed():
            return Code(fact.holder, fact.effective, fact.holder, _free_since(was, fact.holder))
        case CodeReleased() if was:
            return replace(was, holder=None, since=fact.effective)
    return was
