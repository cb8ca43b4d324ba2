"""Batches of re-elections: how far each has come, township by township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import select

from services.projection.api.asking import Asked, Asking, Pages
from services.projection.api.lists import STAGES, reelection_state, township
from services.projection.views.reelections import Reelections

__all__ = ["router"]

router = APIRouter(tags=["reelections"])
r = Reelections.table
DONE = STAGES[: STAGES.index("approved") + 1]  # the result stands; cancelled ones are counted apart


@router.get("/reelections/batches")
def batches(asking: Asking, pages: Pages) -> Response:
    """The latest planned first. `done`: with an approved result; `stages`: how many cases stand at each."""
    with asking.open("org.reelection", pages) as asked:
        stage = reelection_state(asked.at.as_of).label("state")
        query = select(r.c.batch, r.c.organisation, r.c.planned_on, stage).where(asked.at.holds(r.c, "org"), r.c.batch.is_not(None))
        found: dict[UUID, list[Any]] = {}
        for row in asked.c.execute(asked.within(query, r.c.organisation)):
            found.setdefault(row.batch, []).append(row)
        order = sorted(found, key=lambda id: (max(row.planned_on for row in found[id]), id), reverse=True)
        return asked.answer(**asked.part(order, pages, lambda id: _batch(asked, id, found[id])))


def _batch(asked: Asked, id: UUID, cases: list[Any]) -> dict[str, Any]:
    towns: dict[UUID, list[Any]] = {}
    for case in cases:
        towns.setdefault(township(asked, case.organisation), []).append(case)
    place = {o: i for i, o in enumerate(asked.groups(whole=True).place)}
    order = sorted(towns, key=lambda town: (place.get(town, len(place)), town))
    named = [{"area": town, "name": asked.called(town), **_counts(towns[town])} for town in order]
    return {"batch": id, "planned_on": min(case.planned_on for case in cases), **_counts(cases), "townships": named}


def _counts(cases: Iterable[Any]) -> dict[str, Any]:
    stages = Counter(case.state for case in cases)
    cancelled = stages.get("cancelled", 0)
    return {
        "organisations": sum(stages.values()) - cancelled,
        "done": sum(n for stage, n in stages.items() if stage in DONE) - cancelled,
        "cancelled": cancelled,
        "stages": dict(stages),
    }
