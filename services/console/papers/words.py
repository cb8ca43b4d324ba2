"""From a paper's shape to the words its templates print: days in Chinese, blanks where nothing is known, rows to write on."""

from __future__ import annotations

import re
from datetime import date
from itertools import zip_longest
from math import ceil
from typing import Any

from services.console.papers.letters import day, letter, nth
from services.console.papers.shapes import (
    ApprovalForm,
    Ballot,
    Certificate,
    Certificates,
    Count,
    Filing,
    Request,
    Result,
    Roster,
    Rules,
    Section,
    Shape,
    Tally,
)

__all__ = ["words"]

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # no document can hold them
FAMILY = 7  # rows of the form
LINE = 30  # characters of a line of a certificate
ONE_COLUMN, TWO_COLUMNS = 16, 34  # candidates that stand on one page of a ballot


def words(paper: Shape) -> dict[str, Any]:
    """Everything as text."""
    said: dict[str, Any] = texts(said_by(paper))
    return said


def said_by(paper: Shape) -> dict[str, Any]:
    match paper:
        case Request() | Rules() | Result():
            return letter(paper)
        case Ballot() | Tally():
            kind = {"held": day(paper.held_on), "nth": nth(paper.term_no), "organisation": paper.organisation}
            return kind | {"sections": [section(s, 3 if isinstance(paper, Tally) else 0) for s in paper.sections]}
        case Filing():
            return filing(paper)
        case Certificates():
            return {"certificates": [certificate(c) for c in paper.certificates]}
        case ApprovalForm():
            return approval(paper)
        case Roster():
            return paper.model_dump() | {"as_of": day(paper.as_of)}
    raise TypeError(type(paper).__name__)


def texts(value: Any) -> Any:
    """None is blank, a yes is 是; lists and texts stay, widths stay numbers."""
    if isinstance(value, dict):
        return {k: texts(v) if k not in ("widths", "blank", "seats") else v for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [texts(v) for v in value]
    if value is None or isinstance(value, bool):
        return "" if value is None else "是" if value else "否"
    return day(value) if isinstance(value, date) else UNPRINTABLE.sub("", str(value))


def section(s: Section, blank: int) -> dict[str, Any]:
    """Without candidates, one line a seat and one more. `pairs`: two halves beside each other, where one under the other would not stay on a page."""
    lines = [(str(n), v.name) for n, v in enumerate(s.votes, 1)]
    half = ceil(len(lines) / 2)
    pairs = [[*a, *b] for a, b in zip_longest(lines[:half], lines[half:], fillvalue=("", ""))] if ONE_COLUMN < len(lines) <= TWO_COLUMNS else []
    return s.model_dump() | {"blank": blank if s.votes else s.seats + 1, "count": count(s.count), "pairs": pairs}


def count(c: Count) -> dict[str, Any]:
    return c.model_dump() | {"void": c.void}


def filing(f: Filing) -> dict[str, Any]:
    return f.model_dump() | {
        "nth": nth(f.term_no),
        "held": day(f.held_on) if f.held_on else "",
        "approved": day(f.approved_on) if f.approved_on else "",
        "term": f"{f.term_months}个月" if f.term_months else "",
        "period": f"{day(f.starts_on)}至{day(f.ends_on)}" if f.starts_on else "",
        "count": count(f.count),
    }


def certificate(c: Certificate) -> dict[str, Any]:
    term = f"第{nth(c.term_no)}届{c.body}" if c.term_no else ""
    when, verb = ("于", "当选为") if c.elected else ("自", "起担任")
    since = f"{when}{day(c.starts_on)}" if c.starts_on else ""
    return {
        "title": "当选证书" if c.elected else "任职证书",
        "short": "是" if len(c.name) <= LINE and len(c.organisation) <= LINE else "",
        "name": c.name,
        "address": "同志：",
        "text": f"{since}{verb}{c.organisation}{term}{c.office}。",
        "number": c.number or "",
        "issuer": c.issuer or "",
        "issued": day(c.issued_on),
    }


def approval(a: ApprovalForm) -> dict[str, Any]:
    aged = f"{a.born}\n（{a.age}岁）" if a.born and a.age is not None else a.born
    return a.model_dump(exclude={"title"}) | {"born": aged, "title_of": a.title, "blank": max(FAMILY - len(a.family), 0)}
