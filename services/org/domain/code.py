"""The claim on a code: a division code, or a 统一社会信用代码, stands for one organisation at a time."""
from __future__ import annotations

from dataclasses import dataclass
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


def claim(was: Code | None, scheme: str, code: str, holder: UUID, effective: date) -> CodeClaimed:
    need(scheme != DIVISION or (len(code) == 12 and code.isascii() and code.isdigit()), "code_form", "code", number=code)
    need(not was or not was.holder, "code_taken", "code" if scheme == DIVISION else "credit_code", number=code, holder=was and was.holder, name="—")
    need(not was or effective >= was.since, "code_not_free_yet", "effective", number=code, since=was and was.since)
    return CodeClaimed(scheme=scheme, code=code, holder=holder, effective=effective)


def release(was: Code | None, holder: UUID, effective: date) -> list[CodeReleased]:
    """Free from `effective` on; nothing to do when `holder` does not hold it."""
    if not was or was.holder != holder:
        return []
    return [CodeReleased(holder=holder, effective=max(effective, was.since))]


def evolve(was: Code | None, fact: Fact) -> Code | None:
    match fact:
        case CodeClaimed():
            return Code(fact.holder, fact.effective)
        case CodeReleased():
            return Code(None, fact.effective)
    return was
