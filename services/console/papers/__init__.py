"""Printed papers: seven of an election, the approval form of a cadre, the roster; each from its shape to PDF or DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from services.console.papers import press, shapes
from services.console.papers.press import NoFont
from services.console.papers.words import words

__all__ = ["KINDS", "NoFont", "Paper", "approval_forms", "paper"]

Paper = shapes.Shape
# kind: what it is called, its shape, its template
KINDS: dict[str, tuple[str, type[Paper], str]] = {
    "request": ("换届请示", shapes.Request, "letter"),
    "rules": ("选举办法", shapes.Rules, "letter"),
    "ballot": ("选票", shapes.Ballot, "ballot"),
    "tally": ("计票单", shapes.Tally, "tally"),
    "result": ("选举结果报告", shapes.Result, "letter"),
    "filing": ("备案表", shapes.Filing, "filing"),
    "certificate": ("当选证书", shapes.Certificates, "certificate"),
    "approval-form": ("干部任免审批表", shapes.ApprovalForm, "approval"),
    "roster": ("干部花名册", shapes.Roster, "roster"),
}


def paper(kind: str, data: Paper, format: Literal["pdf", "docx"] = "pdf") -> bytes:
    """`data` of the kind's shape. NoFont where a PDF cannot be drawn."""
    title, shape, template = KINDS[kind]
    if not isinstance(data, shape):
        raise TypeError(f"{kind} takes {shape.__name__}")
    filled: dict[str, Any] = {"title": title, **words(data)}
    return (press.docx if format == "docx" else press.pdf)(template, filled)


def approval_forms(several: Sequence[shapes.ApprovalForm]) -> bytes:
    """Of several people, one after the other in one PDF, to be printed at once."""
    title, _, template = KINDS["approval-form"]
    return press.pdf(template, {"title": title, "forms": [words(one) for one in several]})
