"""R02, R02u, R03, R03u, R05: whether terms were renewed, vacancies filled and results filed in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, and_, case, cast, exists, func, not_, null, or_, select, union_all

from services.projection.indicators.definition import WHOLE, Ask, Figure, Indicator, Measure, count_if, percent
from services.projection.views.organisations import Organisations
from services.projection.views.reelections import Reelections
from services.projection.views.terms import Terms
from services.projection.views.vacancies import Vacancies

__all__ = ["R02", "R02U", "R03", "R03U", "R05"]

t, v, o = Terms.table, Vacancies.table, Organisations.table.alias("o")
later = Terms.table.alias("later")
r = Reelections.table.alias("r")
GONE = ("merged", "converted", "dissolved")


def _followed(ask: Ask) -> Subquery:
    """Of each term that is over: the day the next one of its organisation began, `loaded` if that was a first load."""
    next_one = and_(later.c.organisation == t.c.organisation, later.c.starts_on >= t.c.ended_on, later.c.starts_on <= ask.at.as_of)
    begun = func.min(later.c.starts_on)
    return (
        select(t.c.stream, begun.label("on_day"), begun.filter(later.c.opening).label("loaded"))
        .select_from(t.join(later, and_(next_one, ask.at.is_known(later.c, "org"))))
        .where(ask.at.is_known(t.c, "org"), *_ending(ask))
        .group_by(t.c.stream)
        .subquery("followed")
    )


def _ending(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    return t.c.ends_on >= ask.period.since, t.c.ends_on < ask.until


def _due(ask: Ask) -> Subquery:
    """Terms whose original end fell into the period; one that ended before because its organisation did (dissolved, merged) was never due.

    Renewed is a term on the day of the congress whose result was approved; without such a case on the day a roster brought the next team, else on
    the day the next term began, whoever ended the former one. Between two terms of the first load the books have the end of the one alone."""
    n = _followed(ask)
    result = and_(r.c.term == t.c.stream, ask.at.is_known(r.c, "org"), r.c.approved_on <= ask.at.as_of)
    stood = and_(o.c.stream == t.c.organisation, ask.at.is_known(o.c, "org"), o.c.valid_from <= t.c.ends_on, o.c.valid_to > t.c.ends_on)
    roster = case((and_(t.c.roster.is_not(None), t.c.ended_on <= ask.at.as_of), t.c.ended_on))
    books = case((and_(t.c.opening, n.c.loaded == n.c.on_day), t.c.ended_on))
    held_on = func.coalesce(r.c.held_on, r.c.starts_on, roster, books, n.c.on_day)
    never = and_(t.c.ended_on < t.c.ends_on, held_on.is_(None), func.coalesce(o.c.status, "").in_(GONE))
    joined = t.join(ask.place, ask.place.c.organisation == t.c.organisation).outerjoin(r, result).outerjoin(o, stood)
    return (
        select(
            *(ask.place.c.area, t.c.stream.label("id"), func.coalesce(held_on <= t.c.ends_on, False).label("counted"), t.c.organisation),
            *(t.c.term_no, t.c.starts_on, t.c.ends_on, t.c.extended_to, t.c.ended_on, held_on.label("held_on"), r.c.stream.label("reelection")),
            func.coalesce(and_(held_on > t.c.ends_on, held_on <= t.c.extended_to), False).label("extended"),
        )
        .select_from(joined.outerjoin(n, n.c.stream == t.c.stream))
        .where(ask.at.is_known(t.c, "org"), *_ending(ask), not_(func.coalesce(never, False)))
        .subquery("due")
    )


def reelected(ask: Ask) -> Iterator[Figure]:
    due = _due(ask)
    query = select(due.c.area, func.count(), count_if(due.c.counted), count_if(due.c.extended)).group_by(due.c.area)
    for area, whole, on_time, extended in ask.rows(query):
        yield percent(area, "on_time_reelection_rate", on_time, whole)
        yield percent(area, "reelected_after_extension", extended, whole)


def terms_behind(ask: Ask) -> Select[Any]:
    due = _due(ask)
    return select(*(c for c in due.c if c.name not in ("area", "extended")))


def _filled(ask: Ask) -> Subquery:
    """Vacancies opened in the period whose 90 days have run; one whose seat was abolished meanwhile does not count."""
    joined = v.join(ask.place, ask.place.c.organisation == v.c.organisation)
    return (
        select(
            *(ask.place.c.area, v.c.stream.label("id"), func.coalesce(v.c.filled_on <= v.c.timely_until, False).label("counted")),
            *(v.c.organisation, v.c.seat, v.c.since, v.c.timely_until, v.c.filled_on, v.c.appointment),
        )
        .select_from(joined)
        .where(
            ask.at.is_known(v.c, "org"),
            v.c.since >= ask.period.since,
            v.c.since < ask.until,
            v.c.timely_until <= ask.at.as_of,
            or_(v.c.abolished_on.is_(None), v.c.abolished_on > v.c.timely_until),
        )
        .subquery("opened")
    )


def filled(ask: Ask) -> Iterator[Figure]:
    opened = _filled(ask)
    query = select(opened.c.area, count_if(opened.c.counted), func.count()).group_by(opened.c.area)
    return (percent(area, "timely_vacancy_fill_rate", part, whole) for area, part, whole in ask.rows(query))


def vacancies_behind(ask: Ask) -> Select[Any]:
    return select(*(c for c in _filled(ask).c if c.name != "area"))


def by_organisation(measure: str, cases: Callable[[Ask], Subquery]) -> Callable[[Ask], Iterator[Figure]]:
    """The same, by unit: an organisation counts when all of its cases were good."""

    def figures(ask: Ask) -> Iterator[Figure]:
        case_of = cases(ask).c
        good = func.min(case((case_of.counted, 1), else_=0)).label("good")
        each = select(case_of.area, good).group_by(case_of.area, case_of.organisation).subquery("each")
        query = select(each.c.area, func.sum(each.c.good), func.count()).group_by(each.c.area)
        return (percent(area, measure, part, whole) for area, part, whole in ask.rows(query))

    return figures


def _results(ask: Ask) -> Subquery:
    """Results approved in the period at their case; and renewals without a case (a roster, a term started by hand), approved on their own paper, by
    the day the term began."""
    case_of = r.join(ask.place, ask.place.c.organisation == r.c.organisation)
    days = (r.c.requested_on, r.c.held_on, r.c.approved_on, r.c.filed_on)
    cases = select(ask.place.c.area, r.c.stream.label("id"), r.c.organisation, *days, r.c.filed_with).select_from(case_of)
    former = exists().where(later.c.organisation == t.c.organisation, later.c.starts_on < t.c.starts_on, ask.at.is_known(later.c, "org"))
    none = cast(null(), Date)
    renewed = (
        select(ask.place.c.area, t.c.stream, t.c.organisation, none, t.c.starts_on, none, t.c.filed_on, t.c.filed_with)
        .select_from(t.join(ask.place, ask.place.c.organisation == t.c.organisation))
        .where(ask.at.is_known(t.c, "org"), t.c.reelection.is_(None), not_(t.c.opening), former)
        .where(t.c.starts_on >= ask.period.since, t.c.starts_on < ask.until)
    )
    approved = cases.where(ask.at.is_known(r.c, "org"), r.c.approved_on >= ask.period.since, r.c.approved_on < ask.until)
    return union_all(approved, renewed).subquery("results")


def filing(ask: Ask) -> Iterator[Figure]:
    filed: dict[int, list[bool]] = {}
    days: dict[int, list[int]] = {}
    s = _results(ask).c
    for area, requested, approved, filed_on in ask.rows(select(s.area, s.requested_on, s.approved_on, s.filed_on)):
        filed.setdefault(area, []).append(filed_on is not None and filed_on <= ask.at.as_of)
        if requested:
            days.setdefault(area, []).append((approved - requested).days)
    yield Figure(WHOLE, "days_request_to_approval", None, None, median([n for some in days.values() for n in some]) if days else None)
    for area, each in filed.items():
        yield percent(area, "filing_rate", sum(each), len(each))
        yield Figure(area, "days_request_to_approval", None, None, median(days[area]) if area in days else None)


def results_behind(ask: Ask) -> Select[Any]:
    s = _results(ask).c
    counted = func.coalesce(s.filed_on <= ask.at.as_of, False).label("counted")
    return select(s.id, counted, s.organisation, s.requested_on, s.held_on, s.approved_on, s.filed_on, s.filed_with)


R02 = Indicator(
    "R02",
    2,
    "按时换届率",
    "On-time re-election rate",
    "统计期内原任期届满的届次中，换届大会日期（无换届办理的，花名册或下一届开始日期）不晚于原届满日的 ÷ 统计期内原任期届满的届次；"
    "经批准延期的另列，不计入按时；随组织撤并提前终止的不计；期初数据按实际终止日",
    "terms whose original end fell in the period with the congress (without a case: the roster's day, or the first day of the next term) on or "
    "before that end ÷ terms whose original end fell in the period, those ended with their organisation left out; those renewed within an approved "
    "extension are shown apart and do not count; opening data by their recorded end",
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
    2,
    "按时换届率（按单位）",
    "On-time re-election rate by unit",
    "统计期内届满的届次全部按时换届的组织 ÷ 统计期内有届次届满的组织",
    "organisations all of whose terms due in the period were renewed on time ÷ organisations with a term due in the period",
    "S2 K12",
    (Measure("on_time_reelection_rate", "按时换届率（按单位）", "On-time re-election rate by unit"),),
    by_organisation("on_time_reelection_rate", _due),
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
    by_organisation("timely_vacancy_fill_rate", _filled),
    vacancies_behind,
    ("period",),
)
R05 = Indicator(
    "R05",
    2,
    "备案率",
    "Filing rate",
    "统计期内批复的选举结果（含统计期内由花名册或直接登记产生的新一届）中已备案的 ÷ 统计期内批复的选举结果；并列请示至批复的天数中位数",
    "election results approved in the period (with renewals by roster or by hand, by the first day of the term) that have been filed ÷ such results; "
    "with the median days from request to approval, where there was a request",
    "S4 K5",
    (
        Measure("filing_rate", "备案率", "Filing rate"),
        Measure("days_request_to_approval", "请示至批复天数（中位数）", "Median days request to approval", "days"),
    ),
    filing,
    results_behind,
    ("period",),
)
