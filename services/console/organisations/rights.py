"""What the signed-in person may do to one organisation: what a page offers. The service decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.console.session import Session
from shared.calendar import today
from shared.permissions import TABLE, Grant, Relation, allowed

__all__ = ["chain", "for_another", "may"]


def chain(id: str, path: Sequence[Mapping[str, Any]]) -> tuple[UUID, ...]:
    """The organisation, its parent, … up to the top, from projection's path (top first, without itself)."""
    return (UUID(id), *(UUID(p["id"]) for p in reversed(path)))


def may(session: Session, permission: str, path: Sequence[UUID]) -> bool:
    """Whether her grants give the permission at the organisation whose chain this is."""
    grants = [
        Grant(session.account, g["role"], UUID(g["organisation"]) if g["organisation"] else None, date.min, date.fromisoformat(str(g["until"])[:10]),
              g["department"])
        for g in session.grants
    ]  # fmt: skip
    return allowed(grants, permission, path, today())


def for_another(session: Session, permission: str, id: str) -> str:
    """代录: whom she works for, when she does for another organisation what is that one's own to do, not its superior's."""
    if TABLE[permission].relation is not Relation.WITHIN:
        return ""
    own = session.grant.get("organisation")
    return "" if own in (None, id) else str(session.grant.get("name") or "")
