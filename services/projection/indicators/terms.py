"""R02, R02u, R03, R03u, R05: whether terms were renewed, vacancies filled and results filed in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from services.projection.indicators.definition import Ask, Figure, Indicator, Measure, count_if, percent
from services.projection.views.reelections import Reelections
from services.projection.views.terms import Terms
from services.projection.views.vacancies import Vacancies

__all__ = ["R02", "R02U", "R03", "R03U", "R05"]

t, v = Terms.table, Vacancies.table
r = Reelections.table.alias("r")
held_on = func.coalesce(r.c.held_on, r.c.starts_on, case((t.c.roster.is_not(None), t.c.ended_on)))  # a roster needs no case
on_time = func.coalesce(or_(held_on <= t.c.ends_on, and_(t.c.opening, t.c.ended_on <= t.c.ends_on)), False)
after_extension = func.coalesce(and_(t.c.extended_to.is_not(None), held_on > t.c.ends_on, held_on <= t.c.extended_to), False)


def _due(ask: Ask, *columns: Any) -> Select[Any]:
    """Terms whose original end fell into the period; one that ended before without an election (dissolved, merged) was never due."""
    result = and_(r.c.term == t.c.stream, ask.at.is_known(r.c, "org"), r.c.approved_on <= ask.at.as_of)
    joined = t.join(ask.place, ask.place.c.organisation == t.c.organisation).outerjoin(r, result)
    lasted = or_(t.c.ended_on.is_(None), t.c.ended_on >= t.c.ends_on, r.c.stream.is_not(None), t.c.opening)
    return select(*columns).select_from(joined).where(ask.at.is_known(t.c, "org"), t.c.ends_on >= ask.period.since, t.c.ends_on < ask.until, lasted)


def reelected(ask: Ask) -> Iterator[Figure]:
    query = _due(ask, ask.place.c.area, func.count(), count_if(on_time), count_if(after_extension)).group_by(ask.place.c.area)
    for area, due, timely, extended in ask.rows(query):
        yield percent(area, "on_time_reelection_rate", timely, due)
        yield percent(area, "reelected_after_extension", extended, due)


def terms_behind(ask: Ask) -> Select[Any]:
    return _due(
        ask,
        t.c.stream.label("id"),
        on_time.label("counted"),
        t.c.organisation,
        t.c.term_no,
        t.c.starts_on,
        t.c.ends_on,
        t.c.extended_to,
        t.c.ended_on,
        held_on.label("held_on"),
        r.c.stream.label("reelection"),
    )


def _filled(ask: Ask, *columns: Any) -> Select[Any]:
    """Vacancies opened in the period whose 90 days have run; one whose seat was abolished meanwhile does not count."""
    joined = v.join(ask.place, ask.place.c.organisation == v.c.organisation)
    return (
        select(*columns)
        .select_from(joined)
        .where(
            ask.at.is_known(v.c, "org"),
            v.c.since >= ask.period.since,
            v.c.since < ask.until,
            v.c.timely_until <= ask.at.as_of,
            or_(v.c.abolished_on.is_(None), v.c.abolished_on > v.c.timely_until),
        )
    )


timely = func.coalesce(v.c.filled_on <= v.c.timely_until, False)


def filled(ask: Ask) -> Iterator[Figure]:
    query = _filled(ask, ask.place.c.area, count_if(timely), func.count()).group_by(ask.place.c.area)
    return (percent(area, "timely_vacancy_fill_rate", part, whole) for area, part, whole in ask.rows(query))


def vacancies_behind(ask: Ask) -> Select[Any]:
    return _filled(
        ask, v.c.stream.label("id"), timely.label("counted"), v.c.organisation, v.c.seat, v.c.since, v.c.timely_until, v.c.filled_on, v.c.appointment
    )


def by_organisation(
    measure: str, base: Callable[..., Select[Any]], organisation: Any, good: ColumnElement[bool]
) -> Callable[[Ask], Iterator[Figure]]:
    """The same, by unit: an organisation counts when all of its cases were good."""

    def figures(ask: Ask) -> Iterator[Figure]:
        each = (base(ask, ask.place.c.area, func.min(case((good, 1), else_=0)).label("good")).group_by(ask.place.c.area, organisation)).subquery(
            "each"
        )
        query = select(each.c.area, func.sum(each.c.good), func.count()).group_by(each.c.area)
        return (percent(area, measure, part, whole) for area, part, whole in ask.rows(query))

    return figures


def _results(ask: Ask, *columns: Any) -> Select[Any]:
    joined = r.join(ask.place, ask.place.c.organisation == r.c.organisation)
    return select(*columns).select_from(joined).where(ask.at.is_known(r.c, "org"), r.c.approved_on >= ask.period.since, r.c.approved_on < ask.until)


def filing(ask: Ask) -> Iterator[Figure]:
    filed: dict[int, list[bool]] = {}
    days: dict[int, list[int]] = {}
    for area, requested, approved, filed_on in ask.rows(_results(ask, ask.place.c.area, r.c.requested_on, r.c.approved_on, r.c.filed_on)):
        filed.setdefault(area, []).append(filed_on is not None and filed_on <= ask.at.as_of)
        if requested:
            days.setdefault(area, []).append((approved - requested).days)
    for area, each in filed.items():
        yield percent(area, "filing_rate", sum(each), len(each))
        yield Figure(area, "days_request_to_approval", None, None, median(days[area]) if area in days else None)


def results_behind(ask: Ask) -> Select[Any]:
    counted = func.coalesce(r.c.filed_on <= ask.at.as_of, False)
    return _results(
        ask,
        r.c.stream.label("id"),
        counted.label("counted"),
        r.c.organisation,
        r.c.requested_on,
        r.c.held_on,
        r.c.approved_on,
        r.c.filed_on,
        r.c.filed_with,
    )


R02 = Indicator(
    "R02",
    1,
    "按时换届率",
    "On-time re-election rate",
    "统计期内原任期届满的届次中，换届大会日期不晚于原届满日且结果已批复的 ÷ 统计期内原任期届满的届次；"
    "经批准延期的另列，不计入按时；期初数据按实际终止日",
    "terms whose original end fell in the period with a congress on or before that end and an approved result ÷ terms whose original end fell in the "
    "period; those renewed within an approved extension are shown apart and do not count; opening data by their recorded end",
    "S2",
    (
        Measure("on_time_reelection_rate", "按时换届率", "On-time re-election rate"),
        Measure("reelected_after_extension", "延期内换届", "Re-elected within the extension"),
    ),
    reelected,
    terms_behind,
    ("period",),
)
R02U = Indicator(
    "R02u",
    1,
    "按时换届率（按单位）",
    "On-time re-election rate by unit",
    "统计期内届满的届次全部按时换届的组织 ÷ 统计期内有届次届满的组织",
    "organisations all of whose terms due in the period were renewed on time ÷ organisations with a term due in the period",
    "S2 K12",
    (Measure("on_time_reelection_rate", "按时换届率（按单位）", "On-time re-election rate by unit"),),
    by_organisation("on_time_reelection_rate", _due, t.c.organisation, on_time),
    terms_behind,
    ("period",),
)
R03 = Indicator(
    "R03",
    1,
    "缺位补充率",
    "Timely vacancy fill rate",
    "统计期内出现、至当日已满90天的缺位中，90天内补齐的 ÷ 该类缺位（职位已取消的不计）",
    "vacancies opened in the period whose 90 days have run and that were filled within them ÷ such vacancies (abolished seats left out)",
    "S2 O15",
    (Measure("timely_vacancy_fill_rate", "缺位补充率", "Timely vacancy fill rate"),),
    filled,
    vacancies_behind,
    ("period",),
)
R03U = Indicator(
    "R03u",
    1,
    "缺位补充率（按单位）",
    "Timely vacancy fill rate by unit",
    "缺位全部在90天内补齐的组织 ÷ 统计期内有缺位且已满90天的组织",
    "organisations all of whose vacancies were filled within 90 days ÷ organisations with a vacancy in the period whose 90 days have run",
    "S2 K12",
    (Measure("timely_vacancy_fill_rate", "缺位补充率（按单位）", "Timely vacancy fill rate by unit"),),
    by_organisation("timely_vacancy_fill_rate", _filled, v.c.organisation, timely),
    vacancies_behind,
    ("period",),
)
R05 = Indicator(
    "R05",
    1,
    "备案率",
    "Filing rate",
    "统计期内批复的选举结果中已备案的 ÷ 统计期内批复的选举结果；并列请示至批复的天数中位数",
    "election results approved in the period that have been filed ÷ results approved in the period; with the median days from request to approval",
    "S4 K5",
    (
        Measure("filing_rate", "备案率", "Filing rate"),
        Measure("days_request_to_approval", "请示至批复天数（中位数）", "Median days request to approval", "days"),
    ),
    filing,
    results_behind,
    ("period",),
)
