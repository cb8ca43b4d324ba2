"""R06 stability and R32 appointment audit: what is overdue or long vacant, how much changed, how much of it late or corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select

from services.projection.indicators.definition import Ask, Figure, Indicator, Measure, count_if, percent
from services.projection.views.appointments import Appointments
from services.projection.views.audit import CLOCK, Audit
from services.projection.views.reelections import Reelections
from services.projection.views.terms import Terms
from services.projection.views.vacancies import Vacancies

__all__ = ["R06", "R32", "elections", "late"]

a, t, v, w = Appointments.table, Terms.table, Vacancies.table, Audit.table
elections = Reelections.table.alias("elections")
true: ColumnElement[bool] = literal_column("1 = 1")


def _terms(ask: Ask, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(t.join(ask.place, ask.place.c.organisation == t.c.organisation)).where(ask.at.holds(t.c, "org"))


def _vacancies(ask: Ask, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(v.join(ask.place, ask.place.c.organisation == v.c.organisation))
        .where(ask.at.holds(v.c, "org"), v.c.over_on > ask.at.as_of)
    )


def _active(ask: Ask, day: Any) -> dict[int, int]:
    query = (
        select(ask.place.c.area, func.count())
        .select_from(a.join(ask.place, ask.place.c.organisation == a.c.organisation))
        .where(ask.at.on(day).holds(a.c, "cadre"), a.c.in_office)
        .group_by(ask.place.c.area)
    )
    return {area: n for area, n in ask.rows(query)}


def _left(ask: Ask, *columns: Any) -> Select[Any]:
    """Appointments ended in the period for another reason than the end of the term."""
    joined = a.join(ask.place, ask.place.c.organisation == a.c.organisation)
    return (
        select(*columns)
        .select_from(joined)
        .where(
            ask.at.is_known(a.c, "cadre"),
            a.c.in_office,
            a.c.valid_to == a.c.ends_on,
            a.c.ends_on >= ask.period.since,
            a.c.ends_on < ask.until,
            a.c.end_reason.is_not(None),
            a.c.end_reason != "term_expired",
        )
    )


def stability(ask: Ask) -> Iterator[Figure]:
    overdue, long = t.c.due_on <= ask.at.as_of, v.c.long_from <= ask.at.as_of
    for area, whole, part in ask.rows(_terms(ask, ask.place.c.area, func.count(), count_if(overdue)).group_by(ask.place.c.area)):
        yield Figure(area, "overdue_terms", part, whole, part)
    for area, whole, part in ask.rows(_vacancies(ask, ask.place.c.area, func.count(), count_if(long)).group_by(ask.place.c.area)):
        yield Figure(area, "long_vacancies", part, whole, part)
    before, after = _active(ask, ask.period.since), _active(ask, min(ask.period.until, ask.at.as_of))
    left: dict[int, int] = defaultdict(int, {area: n for area, n in ask.rows(_left(ask, ask.place.c.area, func.count()).group_by(ask.place.c.area))})
    for area in sorted({*before, *after, *left}):
        yield percent(area, "turnover", left[area], (before.get(area, 0) + after.get(area, 0)) / 2)


def stability_behind(ask: Ask) -> Select[Any]:
    if ask.measure == "long_vacancies":
        return _vacancies(
            ask, v.c.stream.label("id"), (v.c.long_from <= ask.at.as_of).label("counted"), v.c.organisation, v.c.seat, v.c.since, v.c.long_from
        )
    if ask.measure == "turnover":
        return _left(
            ask, a.c.stream.label("id"), true.label("counted"), a.c.organisation, a.c.person, a.c.role, a.c.starts_on, a.c.ends_on, a.c.end_reason
        )
    return _terms(
        ask,
        t.c.stream.label("id"),
        (t.c.due_on <= ask.at.as_of).label("counted"),
        t.c.organisation,
        t.c.term_no,
        t.c.starts_on,
        t.c.ends_on,
        t.c.extended_to,
        t.c.due_on,
    )


late = func.coalesce(w.c.recorded_on > func.coalesce(elections.c.on_time_until, w.c.late_after), False)  # K6: elected posts from the approval on


def _changes(ask: Ask, *columns: Any) -> Select[Any]:
    """What people changed and recorded in the period; first loads and the clock's own facts are no changes."""
    joined = w.join(ask.place, ask.place.c.organisation == w.c.organisation).outerjoin(
        elections, and_(elections.c.stream == w.c.reelection, ask.at.is_known(elections.c, "org"))
    )
    recorded = ask.at.recorded(w.c, "cadre")
    query = (
        select(*columns)
        .select_from(joined)
        .where(w.c.recorded_on >= ask.period.since, w.c.recorded_on < ask.until, w.c.kind.not_in(CLOCK), or_(w.c.opening.is_(None), ~w.c.opening))
    )
    return query if recorded is None else query.where(recorded)


def auditing(ask: Ask) -> Iterator[Figure]:
    totals: dict[int, list[int]] = {}
    query = _changes(ask, ask.place.c.area, w.c.kind, func.count(), count_if(late), count_if(w.c.missing_document)).group_by(
        ask.place.c.area, w.c.kind
    )
    for area, kind, n, n_late, missing in ask.rows(query):
        yield Figure(area, kind, n, None, n)
        sums = totals.setdefault(area, [0, 0, 0, 0])
        for i, more in enumerate((n, n_late, missing, n if kind == "corrected" else 0)):
            sums[i] += more
    for area, (n, n_late, missing, corrected) in totals.items():
        yield Figure(area, "changes", n, None, n)
        yield percent(area, "late_rate", n_late, n)
        yield percent(area, "correction_rate", corrected, n)
        yield percent(area, "missing_document_rate", missing, n)


def changes_behind(ask: Ask) -> Select[Any]:
    counted: Any = {"late_rate": late, "correction_rate": w.c.kind == "corrected", "missing_document_rate": w.c.missing_document}.get(
        ask.measure or "", true if ask.measure in (None, "changes") else w.c.kind == ask.measure
    )
    return _changes(
        ask,
        w.c.event.label("id"),
        counted.label("counted"),
        w.c.stream.label("appointment"),
        w.c.organisation,
        w.c.person,
        w.c.kind,
        w.c.effective,
        w.c.recorded,
        w.c.actor,
    )


R06 = Indicator(
    "R06",
    1,
    "超期、久缺与变动",
    "Overdue terms, long vacancies, turnover",
    "当日超期未换届的届次数；当日缺位超过180天的职位数；统计期内非届满离任 ÷ 期初期末平均在任",
    "terms past their end on the date; vacancies open for over 180 days on the date; appointments ended in the period other than by the end of "
    "the term ÷ mean of those active at its beginning and end",
    "S2 S3 O15",
    (
        Measure("overdue_terms", "超期届次", "Overdue terms", "count"),
        Measure("long_vacancies", "长期缺位", "Long vacancies", "count"),
        Measure("turnover", "变动率", "Turnover"),
    ),
    stability,
    stability_behind,
    ("period",),
)
KINDS = {
    "proposed": ("拟任", "Proposed"),
    "party_reviewed": ("党组织审定", "Party review"),
    "publicised": ("公示", "Publicised"),
    "publicity_ended": ("公示结束", "Publicity ended"),
    "elected": ("选举通过", "Elected"),
    "approved": ("批准", "Approved"),
    "rejected": ("不予批准", "Rejected"),
    "withdrawn": ("撤回", "Withdrawn"),
    "started": ("任职", "Started"),
    "cancelled": ("取消", "Cancelled"),
    "suspended": ("停职", "Suspended"),
    "resumed": ("复职", "Resumed"),
    "ended": ("免职", "Ended"),
    "corrected": ("更正", "Corrected"),
}
R32 = Indicator(
    "R32",
    1,
    "任免审计",
    "Appointment audit",
    "统计期内登记的任免变更按种类计数；生效日后超过30天登记的 ÷ 变更（选举任职自批复日起算）；更正 ÷ 变更；缺批复 ÷ 变更",
    "changes recorded in the period by kind; recorded over 30 days after the effective date ÷ changes (elected posts: after the approval); "
    "corrections ÷ changes; without a document ÷ changes",
    "D K6",
    (
        Measure("changes", "变更", "Changes", "count"),
        Measure("late_rate", "补录率", "Late entries"),
        Measure("correction_rate", "更正率", "Corrections"),
        Measure("missing_document_rate", "缺批复率", "Without a document"),
        *(Measure(k, zh, en, "count") for k, (zh, en) in KINDS.items()),
    ),
    auditing,
    changes_behind,
    ("period",),
)
