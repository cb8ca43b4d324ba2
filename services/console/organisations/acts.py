"""Official acts as data: what each asks for, on which paper it rests, who may do it, where it goes, and how the answers become its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.console.labels import LABELS
from services.console.words import N_

__all__ = ["CHOOSE", "Act", "Ask", "Values"]

Values = Mapping[str, str]
Kind = Literal["date", "number", "line", "text", "choice", "organisation"]
CHOOSE = N_("请选择{label}。")
MISSING = {"date": N_("请填写{label}，例如 2026-03-08。"), "choice": CHOOSE, "organisation": CHOOSE}
NOT_A_DATE, NOT_A_NUMBER = N_("{label}应为日期，写成 2026-03-08 的形式。"), N_("{label}应为整数，例如 36。")
EMPTY = N_("请填写{label}。")


@dataclass(frozen=True)
class Ask:
    """One question of a form. `name` is the field of the body, with dots into nested ones."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    choices: str = ""  # a kind of label
    required: bool = True
    default: str = ""  # "today" stands for today

    def fault(self, value: str) -> str | None:
        """What is wrong with the form of an answer, in words that take the label; rules are the service's."""
        if not value:
            return MISSING.get(self.kind, EMPTY) if self.required else None
        if self.kind == "date":
            try:
                date.fromisoformat(value)
            except ValueError:
                return NOT_A_DATE
        if self.kind == "number" and not value.removeprefix("-").isdigit():
            return NOT_A_NUMBER
        return MISSING["choice"] if self.choices and value not in LABELS[self.choices] else None

    def read(self, value: str) -> Any:
        return (int(value) if self.kind == "number" else value) if value else None


@dataclass(frozen=True)
class Act:
    """`papers`: the kinds of document it rests on, the usual one first. `official`: asked to check the answers once more before."""

    id: str
    title: str
    permission: str
    asks: Sequence[Ask] = ()
    papers: Sequence[str] = ()
    paper_required: bool = False
    official: bool = True
    effect: str = ""  # what follows, said before she confirms
    body: Callable[[Values], dict[str, Any]] | None = None  # beyond the asks
    template: str = ""  # of the questions beyond the asks
    versioned: bool = False  # an edit that may not be made blind
    service: str = "org"
    ending: bool = False  # it ends, calls off or takes back: never the primary button

    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        """Field -> (what is wrong, label)."""
        faults = {a.name: (a.fault(values.get(a.name, "").strip()), a.label) for a in self.asks}
        return {name: (fault, label) for name, (fault, label) in faults.items() if fault}

    def read(self, values: Values) -> dict[str, Any]:
        """The body to send; a question left empty is left out."""
        body: dict[str, Any] = {}
        for ask in self.asks:
            found = ask.read(values.get(ask.name, "").strip())
            if found is None:
                continue
            *folders, last = ask.name.split(".")
            place = body
            for folder in folders:
                place = place.setdefault(folder, {})
            place[last] = found
        return {**body, **(self.body(values) if self.body else {})}
