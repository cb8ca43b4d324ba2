"""Reports: the catalogue, each indicator by child areas, and the rows behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi import Query as Parameter

from services.org.events.unit import Field
from services.projection.api.asking import Asked, Asking, Level, Pages, answer, somewhere, unknown
from services.projection.api.columns import REPORT, Shape, behind
from services.projection.indicators import CATALOGUE
from services.projection.indicators.definition import WHOLE, Ask, Figure, Indicator, mean, percent, period
from services.projection.indicators.kept import Kept
from services.projection.views.moment import once
from shared.http import Query

__all__ = ["router"]

router = APIRouter(tags=["reports"])
Population = Literal["federation_cadres", "system_workers", "all"]
Bands = Literal["yearbook", "survey"]
UNITS = {"percent": "%", "count": "个", "days": "天", "years": "岁"}


@router.get("/reports")
def catalogue(q: Query) -> Response:
    """Every indicator with name, formula, source and unit, in Chinese and English."""
    somewhere(q, "report.read")
    return answer([*(i.definition() for i in CATALOGUE.values()), ROSTER])


@router.get("/reports/{id}")
def report(
    id: str,
    asking: Asking,
    shape: Shape,
    level: Level | None = None,
    field: Field | None = None,
    unit_level: Level | None = None,
    period: Annotated[str | None, Parameter(max_length=10)] = None,
    population: Population = "all",
    bands: Bands = "yearbook",
) -> Response:
    """An indicator by the child areas of `area` (those of `level`), with the positions that repeat it."""
    indicator = _indicator(id)
    with asking.open("report.read") as asked:
        ask = _ask(asked, period, level=level, field=field, unit_level=unit_level, population=population, bands=bands)
        views = asking.q.request.app.state.views
        figures = once(views, "figures", lambda: Kept(views)).figures(indicator, ask)
        rows = _rows(asked, ask, indicator, figures)
        if shape.format != "json":
            words = {m.id: (m.zh, UNITS[m.unit]) for m in indicator.measures}
            named = ({**r, "measure": words[r["measure"]][0], "unit": words[r["measure"]][1]} for r in rows)
            return shape.file(asked, REPORT._replace(name=indicator.zh), named)
        return asked.answer(
            id=indicator.id,
            version=indicator.version,
            area=asked.area,
            period=[ask.period.since, ask.period.until] if "period" in indicator.filters else None,
            rows=rows,
            total=_total(indicator, figures),
        )


@router.get("/reports/{id}/items")
def items(
    id: str,
    asking: Asking,
    pages: Pages,
    shape: Shape,
    field: Field | None = None,
    unit_level: Level | None = None,
    period: Annotated[str | None, Parameter(max_length=10)] = None,
    population: Population = "all",
    bands: Bands = "yearbook",
    measure: Annotated[str | None, Parameter(max_length=40)] = None,
) -> Response:
    """The units, terms, vacancies or people behind a figure; `counted`: in the numerator (of `measure`)."""
    indicator = _indicator(id)
    if measure and measure not in {m.id for m in indicator.measures}:
        raise unknown("measure", "该指标没有这个分项，可用分项见 /reports。", "The indicator has no such measure; see /reports.")
    with asking.open("report.read", pages) as asked:
        ask = _ask(asked, period, field=field, unit_level=unit_level, population=population, bands=bands, measure=measure, whole=True)
        query = indicator.items(ask)
        order = [query.selected_columns[c] for c in ("organisation", "id") if c in query.selected_columns]
        return shape.page(asked, query.order_by(*order), pages, behind(f"{indicator.zh}明细", query.selected_columns.keys()))


def _indicator(id: str) -> Indicator:
    if id not in CATALOGUE:
        raise unknown("report", "没有这个报表，全部报表见 /reports。", "There is no such report; see /reports for all of them.", 404)
    return CATALOGUE[id]


def _ask(
    asked: Asked,
    text: str | None,
    level: str | None = None,
    field: str | None = None,
    unit_level: str | None = None,
    population: str = "all",
    bands: str = "yearbook",
    measure: str | None = None,
    whole: bool = False,
) -> Ask:
    groups = asked.groups(level, whole)
    return Ask(asked.c, asked.at, groups, groups.table(asked.c), period(text, asked.at.as_of), field, unit_level, population, bands, measure)


def _rows(asked: Asked, ask: Ask, indicator: Indicator, figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """In the order of the areas, then of the definition; an area without cases shows zeros."""
    found = {(f.area, f.measure): f for f in figures}
    seen = {f.measure for f in figures} or {indicator.measures[0].id}
    shown = [m for m in indicator.measures if m.id in seen]
    filled = {f.area for f in figures}
    rows = []
    for place, node in enumerate(ask.groups.areas):
        if place not in filled and node.status != "active":
            continue
        for m in shown:
            blank = percent(place, m.id, 0, 0) if m.unit == "percent" else Figure(place, m.id, 0 if m.unit == "count" else None, None, None)
            f = found.get((place, m.id), blank)
            rows.append(
                {
                    "area": str(node.id),
                    "code": node.code,
                    "name": node.name,
                    "measure": m.id,
                    "numerator": f.numerator,
                    "denominator": f.denominator,
                    "value": f.value,
                    "suppressed": False,
                }
            )
    return rows


def _total(indicator: Indicator, figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Over all areas: sums, means of the sums and counts; a median as the indicator gives it."""
    totals = []
    for m in indicator.measures:
        mine = [f for f in figures if f.measure == m.id and f.area != WHOLE and f.numerator is not None]
        part, whole = sum(f.numerator or 0 for f in mine), sum(f.denominator or 0 for f in mine)
        if m.unit == "count":
            found = [Figure(WHOLE, m.id, part, None, part)] if mine else []
        elif mine:
            found = [(percent if m.unit == "percent" else mean)(WHOLE, m.id, part, whole)]
        else:
            found = [f for f in figures if f.measure == m.id and f.area == WHOLE and f.value is not None]
        totals += [{"measure": f.measure, "numerator": f.numerator, "denominator": f.denominator, "value": f.value} for f in found]
    return totals


ROSTER = {
    "id": "roster",
    "version": 1,
    "name": {"zh-CN": "妇联干部花名册", "en": "Roster"},
    "formula": {"zh-CN": "当日在职人员，按行政区划、职务顺序", "en": "holders of posts on the date, by division and office"},
    "source": "K8",
    "filters": ["role"],
    "measures": [],
}
