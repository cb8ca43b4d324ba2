"""The tree at the side: one level at a time, open along the path to the place shown."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from services.console.backend import Backend

__all__ = ["branch", "grown"]

LEVEL = 60  # nodes of a level at once; the rest by "more"


async def branch(api: Backend, id: str, as_of: str | None, cursor: str | None = None) -> dict[str, Any]:
    """The children of a node, closed."""
    found = await api.get("projection", f"/organisations/{id}/children", as_of=as_of, limit=LEVEL, cursor=cursor)
    return {"rows": [{**r, "open": False, "parent": id} for r in found["rows"]], "cursor": found.get("cursor")}


async def grown(api: Backend, path: Sequence[Mapping[str, Any]], as_of: str | None) -> dict[str, Any]:
    """The tree from the first of `path`, open along it to its last, which is open itself."""
    levels = await asyncio.gather(*(branch(api, p["id"], as_of) for p in path))
    below: dict[str, Any] | None = None
    for place, (node, level) in reversed(list(enumerate(zip(path, levels, strict=True)))):
        rows = level["rows"]
        if below:
            rows = [below if r["id"] == below["id"] else r for r in rows]
            if below not in rows:
                rows.append(below)
        up = path[place - 1]["id"] if place else None
        below = {"status": "active", **node, "children": len(rows), "open": bool(rows), "parent": up, "rows": rows, "cursor": level["cursor"]}
    assert below
    return below
