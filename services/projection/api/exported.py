"""The log of exports (导出留痕) for the auditor: who took which list when, how many rows, what was in clear, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, Text, or_, select, type_coerce

from services.projection.api.accounts import accounts_of
from services.projection.api.asking import Asked, Asking, Pages
from services.projection.api.columns import EXPORTS, Shape
from services.projection.api.filters import Search
from services.projection.api.sentence import by_whom, printed
from services.projection.api.words import SEALED
from services.projection.views.exports import Exports
from services.projection.views.grants import Grants
from shared.calendar import SHANGHAI, in_chinese

__all__ = ["router"]

router = APIRouter(tags=["audit"])
e, g = Exports.table, Grants.table


@router.get("/audit/exports")
def exports(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    search: Search = None,
    actor: Annotated[str | None, Parameter(max_length=200)] = None,
    sealed: bool | None = None,
    since: Annotated[date | None, Parameter(alias="from")] = None,
    until: Annotated[date | None, Parameter(alias="to")] = None,
    correlation: Annotated[str | None, Parameter(max_length=100)] = None,
) -> Response:
    """The latest first. `search`: the exporter's name; `sealed`: only those with (or without) values in clear; days of recording, both included."""
    with asking.open("audit.read", pages) as asked:
        query = asked.within(select(*(c for c in e.columns if c.name not in ("region", "position"))), e.c.area)
        known = asked.at.recorded(e.c, "projection")
        query = query if known is None else query.where(known)
        query = narrowed(asked, query, search, actor, correlation)
        if sealed is not None:
            shown = type_coerce(e.c.sealed, Text) != "[]"
            query = query.where(shown if sealed else ~shown)
        query = query.where(*([e.c.recorded_on >= since] if since else []), *([e.c.recorded_on <= until] if until else []))
        query = query.order_by(e.c.recorded.desc(), e.c.stream)
        return shape.page(asked, query, pages, EXPORTS, told if shape.format == "json" else printed(told), counted=True)


def narrowed(asked: Asked, query: Select[Any], search: str | None, actor: str | None, correlation: str | None) -> Select[Any]:
    if search:
        named = select(g.c.account).where(g.c.account_name.contains(search, autoescape=True), asked.at.is_known(g.c, "org"))
        query = query.where(or_(e.c.actor.in_(named), e.c.on_behalf_of.in_(named)))
    if actor:
        query = query.where(or_(e.c.actor == actor, e.c.on_behalf_of == actor))
    return query.where(e.c.correlation == correlation) if correlation else query


def told(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the names of accounts and areas, and one plain sentence."""
    names = accounts_of(asked, {x for row in rows for x in (row["actor"], row["on_behalf_of"]) if x})
    for row in rows:
        row["export"] = row.pop("stream")
        row["actor_name"] = names.get(row["actor"], row["actor"])
        row["on_behalf_of_name"] = names.get(row["on_behalf_of"], row["on_behalf_of"])
        row["area_name"] = asked.called(row["area"])
        row["sentence"] = sentence(row)
    return rows


def sentence(row: Mapping[str, Any]) -> dict[str, str]:
    """谁在何时导出了什么、为什么."""
    day = row["recorded"].astimezone(SHANGHAI)
    by, by_en = by_whom(row["actor_name"], row["on_behalf_of_name"])
    clear = f"，含未脱敏的{'、'.join(SEALED[s] for s in row['sealed'])}" if row["sealed"] else ""
    where = f"（{row['area_name']}）" if row["area_name"] else ""
    why = f"，理由：{row['why']}" if row["why"] else ""
    fields = f", with {' and '.join(s.replace('_', ' ') for s in row['sealed'])} in clear" if row["sealed"] else ""
    return {
        "zh-CN": f"{in_chinese(day)} {day:%H:%M}，{by}导出{row['title']}{where} {row['rows']} 行{clear}{why}。",
        "en": f"{day:%Y-%m-%d %H:%M}: {by_en} exported {row['rows']} rows of {row['path']}{fields}"
        + (f"; reason: {row['why']}." if row["why"] else "."),
    }
