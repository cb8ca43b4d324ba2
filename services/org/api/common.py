"""What the routes of org share: the store, a noun by its id, and an answer that carries warnings."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from services.org.application import Org
from shared.es import Done, Rehearsal
from shared.fact import Fact, Refused
from shared.http import Command, Reading, the_store

__all__ = ["Name", "TheOrg", "Why", "answer", "facts_of", "show", "told", "warned"]

TheOrg = Annotated[Org, Depends(the_store)]
Name = Annotated[str, Field(max_length=200)]
Why = Annotated[str, Field(max_length=500)]


def show(query: Reading, id: UUID, state: Any, version: int, **more: object) -> Response:
    """A noun as it stands, and `more` that follows from it, with its version as ETag."""
    return query.answer({"id": id, **{f.name: getattr(state, f.name) for f in fields(state) if f.name != "said"}, **more}, version)


def facts_of(org: Org, id: UUID) -> list[dict[str, Any]]:
    """The events of a noun, in order: what a correction may name."""
    return [{"id": e.id, "fact": e.name, "at": e.at, "says": e.data} for e in org.history(id)]


def warned(warnings: Iterable[Refused]) -> list[dict[str, Any]]:
    return [{"pointer": f"/{w.field}", "code": w.code, "message": {"zh-CN": w.zh, "en": w.en}} for w in warnings]


def told(act: Callable[[], Done], warnings: Callable[[Sequence[tuple[UUID, Fact]]], list[Refused]]) -> tuple[Done, list[Refused]]:
    """What was done, and what is unusual about it; of what is only rehearsed that is told beforehand."""
    try:
        return act(), warnings(())
    except Rehearsal as foreseen:
        raise Rehearsal(foreseen.facts, warnings(foreseen.facts)) from None


def answer(cmd: Command, done: Done, warnings: Sequence[Refused] = (), status: int = 200, **more: object) -> Response:
    """What was done, and what the rules table finds unusual about it (nothing of that blocked it)."""
    return cmd.answer(done, status, **more, **({"warnings": warned(warnings)} if warnings else {}))
