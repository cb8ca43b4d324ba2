"""What a dry run says: row by row, cell by cell, counted and grouped, with a digest that commit must find again."""
from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from shared.fact import Refused
from shared.workbook import Column, Fault, Line, Sheet
from shared.workbook.blocks import LEFT
from shared.workbook.numbers import masked
from shared.workbook.reading import Unread, letter

__all__ = ["Action", "Verdict", "counted", "digest_of", "faulted", "problems_of", "sheet_told", "shown", "unread_told"]

Action = Literal["add", "change", "same", "none"]
SAMPLE, FEW = 20, 5


@dataclass
class Verdict:
    """`action`: what writing the row would do. `changes`: field, title, old, new. `candidates`: whom the row may mean."""

    line: Line
    action: Action = "none"
    title: str = ""
    faults: list[Fault] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return any(f.level == "error" for f in self.faults)

    @property
    def word(self) -> str:
        return "error" if self.wrong else "warn" if self.faults else self.action


def faulted(no: Refused, level: Literal["error", "warn"] = "error", field: str | None = None) -> Fault:
    """A rule's refusal as the fault of a cell."""
    name = no.field.rpartition(".")[2] if field is None else field
    return Fault(no.code, no.zh, no.en, name, level, str(no.params["near"]) if no.params.get("near") else None)


def counted(verdicts: Sequence[Verdict]) -> dict[str, int]:
    good = [v for v in verdicts if not v.wrong]
    return {"rows": len(verdicts), **{a: sum(v.action == a for v in good) for a in ("add", "change", "same")},
            "warn": sum(bool(v.faults) for v in good), "error": len(verdicts) - len(good)}


def problems_of(verdicts: Sequence[Verdict], titles: dict[str, str]) -> list[dict[str, Any]]:
    """The same fault in many rows, said once: the most frequent first, errors before warnings. Where every row words it otherwise, one line
    for all, with an example."""
    kinds: dict[tuple[str, str, str], dict[str, tuple[Fault, list[str]]]] = defaultdict(dict)
    for v in verdicts:
        for f in v.faults:
            kinds[f.level, f.code, f.field].setdefault(f.zh, (f, []))[1].append(v.line.row)
    found = []
    for texts in kinds.values():
        some = sorted(texts.values(), key=lambda t: -len(t[1]))
        alone = some if len(some) <= FEW else [t for t in some[:FEW - 1] if len(t[1]) > 1]
        rest = some[len(alone):]
        if rest:
            f, rows = rest[0][0], [row for _, rows in rest for row in rows]
            alike = replace(f, zh=f"同类问题，各行内容不同（见逐行结果），例如：{f.zh}", en=f"In each row otherwise (see the rows), such as: {f.en}")
            alone.append((alike, rows))
        found += [{"code": f.code, "level": f.level, "field": f.field, "title": titles.get(f.field, ""), "message": _said(f), "count": len(rows),
                   "rows": rows[:SAMPLE]} for f, rows in alone]
    return sorted(found, key=lambda p: (p["level"], -p["count"]))


def sheet_told(s: Sheet, titles: dict[str, str]) -> dict[str, Any]:
    """What was understood of a sheet, and which of its rows and cells were left out: how many, where, and why."""
    columns = [{"column": letter(j), "field": f, "title": titles[f], "found": s.found[f]} for f, j in s.columns.items()]
    left = [{"why": why, "count": len(places), "places": places[:SAMPLE], "message": dict(zip(("zh-CN", "en"), LEFT[why], strict=True))}
            for why, places in s.left.items()]
    return {"sheet": s.name, "header_row": s.header_row, "rows": len(s.lines), "ignored": s.ignored, "columns": columns, "left_out": left}


def unread_told(u: Unread) -> dict[str, Any]:
    """A sheet that was not read, and why."""
    zh, en = {"hidden": ("隐藏的工作表，没有读取；要导入的请取消隐藏后重新上传", "hidden, not read; show it and upload again if it is wanted"),
              "other": (f"没有名单的列，没有读取（{u.rows} 行）", f"none of the columns, not read ({u.rows} rows)"),
              "lacking": (f"缺少“{u.missing}”，没有读取（{u.rows} 行）；要导入的请补上该列后重新上传",
                          f"not read ({u.rows} rows): it lacks {u.missing}; add it and upload again if it is wanted")}[u.why]
    return {"sheet": u.name, "why": u.why, "rows": u.rows, "message": {"zh-CN": zh, "en": en}}


def digest_of(sha256: str, verdicts: Sequence[Verdict], notes: Sequence[dict[str, Any]] = ()) -> str:
    """Stands for the file, for what would be done with each row, and for what else would be done."""
    h = hashlib.sha256(sha256.encode())
    for v in verdicts:
        changed = [(c["field"], c["old"], c["new"]) for c in v.changes]
        h.update(repr((v.line.row, v.word, v.action, changed, sorted((f.level, f.code, f.field) for f in v.faults))).encode())
    for n in notes:
        h.update(repr((n["title"], n["message"]["zh-CN"])).encode())
    return h.hexdigest()


def shown(v: Verdict, sheet: Sheet, columns: dict[str, Column]) -> dict[str, Any]:
    """A row as the API gives it; personal values are masked."""
    cells = []
    for f in v.faults:
        column, raw = columns.get(f.field), v.line.raw.get(f.field, "")
        place = f"{letter(sheet.columns[f.field])}{v.line.line}" if f.field in sheet.columns else ""
        cells.append({"cell": place, "field": f.field, "title": column.title if column else "", "level": f.level, "code": f.code,
                      "value": masked(raw) if column and column.personal else raw[:100], "message": _said(f), "nearest": f.nearest})
    return {"row": v.line.row, "sheet": v.line.sheet, "line": v.line.line, "verdict": v.word, "action": "none" if v.wrong else v.action,
            "title": v.title, "changes": v.changes, "cells": cells, "candidates": v.candidates,
            "faults": [asdict(f) for f in v.faults]}


def _said(f: Fault) -> dict[str, str]:
    return {"zh-CN": f.zh, "en": f.en}
