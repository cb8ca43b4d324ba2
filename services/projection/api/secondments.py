"""Secondments (挂职): who of whom works where for a time, as a list and for the pages of people and organisations."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import ColumnElement, Select, case, or_, select

from services.projection.api import columns
from services.projection.api.asking import Asked, Asking, Pages
from services.projection.api.columns import Shape
from services.projection.api.lists import shown
from services.projection.views.secondments import Secondments

__all__ = ["at", "router", "seconded"]

router = APIRouter(tags=["lists"])
s = Secondments.table


def at(organisation: UUID) -> ColumnElement[bool]:
    """It sends her or takes her in."""
    return or_(s.c.from_organisation == organisation, s.c.to_organisation == organisation)


def seconded(asked: Asked, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Of all dates, the latest first."""
    query = _query(asked).where(asked.at.is_known(s.c, "cadre"), which)
    return asked.named([dict(row) for row in asked.c.execute(query).mappings()])


def _query(asked: Asked) -> Select[Any]:
    day = asked.at.as_of
    state = case((s.c.over_on <= day, "ended"), (s.c.starts_on > day, "ahead"), else_="running")
    return select(*shown(s, "valid_from", "valid_to"), state.label("state")).order_by(s.c.starts_on.desc(), s.c.stream)


@router.get("/secondments")
def secondments(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    person: UUID | None = None,
    organisation: UUID | None = None,
    every: Annotated[bool, Parameter()] = False,
) -> Response:
    """Those that hold on the date, the latest first; `every=true`: of all dates. `area` and `organisation`: of who sends her or who takes her in.
    `until`: the first day not seconded any more; `over_on`: the day it ended on, else `until`."""
    with asking.open("cadre.read", pages) as asked:
        query = _query(asked).where(asked.at.is_known(s.c, "cadre") if every else asked.at.holds(s.c, "cadre"))
        query = asked.within(query, s.c.from_organisation, s.c.to_organisation)
        if person:
            query = query.where(s.c.person.in_(asked.same.records([person])))
        if organisation:
            query = query.where(at(organisation))
        return shape.page(asked, query, pages, columns.SECONDMENTS, counted=True)
