"""What a change of an appointment did: before and after side by side, from the audit's row or from an act about to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.people.acts import Standing

__all__ = ["KINDS", "Line", "after", "before", "compared"]

KINDS = {"role": "office", "engagement": "engagement", "mode": "mode", "status": "post_status", "end_reason": "end_reason"}
FIELDS = ("organisation", "person", "role", "engagement", "mode", "status", "starts_on", "ends_on", "end_reason")


@dataclass(frozen=True)
class Line:
    """One field: `was` and `now` as codes or texts; `kind`: of labels, for the words."""

    name: str
    was: str
    now: str
    kind: str

    @property
    def changed(self) -> bool:
        return self.was != self.now


def compared(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None, names: Mapping[str, str] | None = None) -> Sequence[Line]:
    """All fields that either side has; ids by their names."""
    known = names or {}

    def said(side: Mapping[str, Any] | None, name: str) -> str:
        value = str((side or {}).get(name) or "")
        return known.get(value, value)

    lines = [Line(name, said(was, name), said(now, name), KINDS.get(name, "")) for name in FIELDS]
    return [line for line in lines if line.was or line.now]


def before(post: Mapping[str, Any], s: Standing, end_reason: str = "") -> dict[str, str]:
    """The appointment as it stands, in the audit's own fields."""
    status = {"started": "in_office", "party_agreed": "party_reviewed", "publicity_over": "publicity_ended", "void": "voided",
              "passed": "elected" if s.dates.get("election") else "approved"}.get(s.state, s.state)  # fmt: skip
    return {**{k: str(post[k]) for k in ("organisation", "person", "role", "engagement", "mode")}, "status": status, "starts_on": s.starts_on,
            "ends_on": s.ends_on, "end_reason": end_reason}  # fmt: skip


def after(act: str, was: Mapping[str, str], values: Mapping[str, str], today: str) -> dict[str, str]:
    """The same after the act, as it is about to be sent."""
    day = values.get("effective") or values.get("starts_on") or was["starts_on"]
    ahead = day > today
    changes: Mapping[str, dict[str, str]] = {
        "party-decision": {"status": "party_reviewed" if values.get("agreed") == "agreed" else "rejected"},
        "publicity": {"status": "publicised"},
        "publicity-end": {"status": "publicity_ended"},
        "election": {"status": "elected"},
        "approval": {"status": "approved"},
        "rejection": {"status": "rejected"},
        "withdrawal": {"status": "withdrawn"},
        "cancellation": {"status": "cancelled"},
        "start": {"status": "ahead" if ahead else "in_office", "starts_on": day},
        "relief": {"status": was["status"] if ahead else "ended", "ends_on": day, "end_reason": values.get("end_reason", "")},
        "suspension": {"status": was["status"] if ahead else "suspended"},
        "resumption": {"status": was["status"] if ahead else "in_office"},
        "correction": {k: values[k] for k in ("engagement", "mode", "starts_on", "end_reason") if values.get(k)}
        | ({"ends_on": end} if (end := values.get("effective") or values.get("until")) else {})
        | ({"status": "voided"} if values.get("void") == "yes" else {}),
    }
    return {**was, **changes.get(act, {})}
