"""What the routes of org share: the store, a noun by its id, and an answer that carries warnings."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Response
from pydantic import Field

from services.org.application import Org
from shared.es import Done
from shared.fact import Refused
from shared.http import Command, NotFound, Reading, the_store

__all__ = ["Name", "TheOrg", "Why", "answer", "found", "show", "warned"]

TheOrg = Annotated[Org, Depends(the_store)]
Name = Annotated[str, Field(max_length=200)]
Why = Annotated[str, Field(max_length=500)]


def found(org: Org, kind: type, id: UUID, known_at: datetime | None = None) -> tuple[Any, int]:
    """State and version of a noun; 404 when there is none."""
    state, version = org.load(kind, id, known_at)
    if state is None:
        raise NotFound("id")
    return state, version


def show(query: Reading, id: UUID, state: Any, version: int) -> Response:
    """A noun as it stands, with its version as ETag."""
    return query.answer({"id": id, **{f.name: getattr(state, f.name) for f in fields(state)}}, version)


def warned(warnings: Iterable[Refused]) -> list[dict[str, Any]]:
    return [{"pointer": f"/{w.field}", "code": w.code, "message": {"zh-CN": w.zh, "en": w.en}} for w in warnings]


def answer(cmd: Command, done: Done, warnings: Sequence[Refused] = (), status: int = 200, **more: object) -> Response:
    """What was done, and what the rules table finds unusual about it (nothing of that blocked it)."""
    plain = cmd.answer(done, status)
    if warnings:
        more["warnings"] = warned(warnings)
    if not more:
        return plain
    headers = {k: v for k, v in plain.headers.items() if k != "content-length"}
    return Response(orjson.dumps({**orjson.loads(bytes(plain.body)), **more}), status, headers, "application/json")
