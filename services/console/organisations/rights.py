"""What the signed-in person may do to one organisation: what a page offers, and which forms open to her. The service decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.console.backend import Backend
from services.console.session import Session
from shared.calendar import today
from shared.permissions import TABLE, Grant, Relation, allowed

__all__ = ["Barred", "chain", "for_another", "may", "only"]


class Barred(Exception):
    """A form that she could fill in but not send: `permission` is what she lacks there."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


def chain(id: str, path: Sequence[Mapping[str, Any]]) -> tuple[UUID, ...]:
    """The organisation, its parent, … up to the top, from projection's path (top first, without itself)."""
    return (UUID(id), *(UUID(p["id"]) for p in reversed(path)))


def may(session: Session, permission: str, path: Sequence[UUID]) -> bool:
    """Whether her grants give the permission at the organisation whose chain this is."""
    return gives(session, session.grants, permission, path)


def gives(session: Session, held: Iterable[Mapping[str, Any]], permission: str, path: Sequence[UUID]) -> bool:
    grants = [
        Grant(session.account, g["role"], UUID(g["organisation"]) if g["organisation"] else None, date.min, date.fromisoformat(str(g["until"])[:10]),
              g["department"])
        for g in held
    ]  # fmt: skip
    return allowed(grants, permission, path, today())


async def only(api: Backend, permission: str, organisation: str = "") -> None:
    """Opens a form to whoever may send it, working for whichever of her organisations; Barred for all others. `organisation`: whose business it is,
    where the form does not ask that. What cannot be told now passes: the service decides when the form is sent."""
    session = api.session
    if not session.may(permission):
        raise Barred(permission)
    if not organisation or (organisation == session.place and TABLE[permission].relation is not Relation.BELOW):
        return
    path = await above(api, organisation)
    if path is not None and not gives(session, session.me.get("grants", ()), permission, chain(organisation, path)):
        raise Barred(permission)


async def above(api: Backend, id: str) -> Sequence[Mapping[str, Any]] | None:
    """The path to an organisation, top first; None where it cannot be told now. One that is only proposed is in no tree yet: its parent is."""
    found = await api.spare("projection", f"/organisations/{id}")
    if found is None:
        return None
    path: list[Mapping[str, Any]] = found["path"]
    now = found.get("now") or {}
    if now.get("status") != "proposed" or not now["parent"]:
        return path
    up = await api.spare("projection", f"/organisations/{now['parent']}")
    return None if up is None else [*up["path"], {"id": now["parent"]}]


def for_another(session: Session, permission: str, id: str) -> str:
    """代录: whom she works for, when she does for another organisation what is that one's own to do, not its superior's."""
    if TABLE[permission].relation is not Relation.WITHIN:
        return ""
    own = session.grant.get("organisation")
    return "" if own in (None, id) else str(session.grant.get("name") or "")
