"""The result form: one line a candidate for a seat, read from and written back into the flat fields of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.console.forms import Form

__all__ = ["COUNTS", "SPARE", "Line", "added", "by_seat", "lines", "place", "results", "seated"]

COUNTS = ("favour", "against", "abstain", "write_in")
SPARE = {"executive_member": 1, "member": 1}  # 差额: one candidate more than seats
LIMIT = 500


@dataclass(frozen=True)
class Line:
    """One candidate for a seat as typed: `who` the words, `person` whom they mean."""

    n: int
    seat: str
    role: str
    who: str = ""
    person: str = ""
    engagement: str = ""
    votes: Mapping[str, str] = field(default_factory=dict)
    elected: bool = False

    @property
    def used(self) -> bool:
        return bool(self.who or any(self.votes.get(k) for k in COUNTS))


def lines(values: Mapping[str, str]) -> Sequence[Line]:
    """All lines of the form, in order, empty ones included."""
    found = []
    for n in range(LIMIT):
        start = f"candidates.{n}."
        if f"{start}seat" not in values:
            break
        got = {k: values.get(start + k, "").strip() for k in ("seat", "role", "who", "person", "engagement", *COUNTS)}
        votes = {k: got[k] for k in COUNTS}
        found.append(Line(n, got["seat"], got["role"], got["who"], got["person"], got["engagement"], votes, values.get(f"{start}elected") == "yes"))
    return found


def by_seat(values: Mapping[str, str]) -> Sequence[tuple[str, Sequence[Line]]]:
    """The lines under their seats, the seats in the order in which they first come."""
    found: dict[str, list[Line]] = {}
    for line in lines(values):
        found.setdefault(line.seat, []).append(line)
    return list(found.items())


def seated(seats: Iterable[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, str]:
    """The fields of a new form: a line a place of every seat, or the candidates reported before."""
    values: dict[str, str] = {}
    n = 0
    for seat in seats:
        mine = [c for c in before if c["seat"] == seat["seat"]]
        for i in range(len(mine) or seat["capacity"] + SPARE.get(seat["role"], 0)):
            start, c = f"candidates.{n}.", mine[i] if i < len(mine) else {}
            values |= {f"{start}seat": seat["seat"], f"{start}role": seat["role"]}
            values[f"{start}engagement"] = c.get("engagement") or seat["engagement"] or "part_time"
            if c:
                values |= {f"{start}{k}": str(c.get(k, "")) for k in COUNTS}
                values |= {f"{start}who": names.get(c["person"], ""), f"{start}person": c["person"]}
            if c.get("elected"):
                values[f"{start}elected"] = "yes"
            n += 1
    return values


def added(form: Form) -> None:
    """One more line for the seat whose button was pressed."""
    there, seat = lines(form.values), form.values.pop("more")
    form.step = "again"
    for x in [x for x in there if x.seat == seat][-1:]:
        start = f"candidates.{len(there)}."
        form.values |= {f"{start}seat": x.seat, f"{start}role": x.role, f"{start}engagement": x.engagement}


def results(values: Mapping[str, str]) -> dict[str, Any]:
    """The candidates of a result's body, and who of those whose own period runs on leaves; the lines that nobody filled in are no candidates."""
    said: Any = values.get("leaving") or ()
    leaving = [said] if isinstance(said, str) else list(said)
    return {
        **({"leaving": leaving} if leaving else {}),
        "candidates": [
            {
                "person": line.person,
                "seat": line.seat,
                "role": line.role,
                "engagement": line.engagement or "part_time",
                **{k: int(line.votes[k] or 0) for k in COUNTS},
                "elected": line.elected,
            }
            for line in lines(values)
            if line.used
        ]
    }


def place(pointer: str, values: Mapping[str, str]) -> str:
    """The form's field that an error's pointer means: the service counts candidates, the form its lines."""
    parts = pointer.strip("/").split("/")
    if parts[0] != "candidates" or len(parts) < 3 or not parts[1].isdigit():
        return ".".join(parts)
    used = [line.n for line in lines(values) if line.used]
    at = int(parts[1])
    name = "who" if parts[2] in ("person", "seat", "role") else parts[2]
    return f"candidates.{used[at]}.{name}" if at < len(used) else "candidates"
