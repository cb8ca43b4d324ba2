"""R01 establishment rate, R04 coverage of the new fields, and R34 chair posts filled: who should have an organisation and a chair, and who has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select

from services.projection.indicators.definition import Ask, Figure, Indicator, Measure, count_if, percent
from services.projection.views.appointments import Appointments
from services.projection.views.organisations import AREAS, Organisations
from services.projection.views.seats import Seats
from services.projection.views.units import Units

__all__ = ["R01", "R04", "R34"]

NEW = ("new_economic", "new_social", "new_employment_group")
CHAIRS = ("chair", "director")
u, s, a = Units.table, Seats.table, Appointments.table
o = Organisations.table.alias("o")


def _units(ask: Ask, *columns: Any) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [ask.at.holds(u.c, "org"), u.c.qualified]
    if ask.field:
        wanted.append(u.c.field == ask.field)
    if ask.level:
        wanted.append(u.c.level == ask.level)
    joined = u.join(ask.place, ask.place.c.organisation == u.c.area).outerjoin(o, and_(o.c.stream == u.c.organisation, ask.at.holds(o.c, "org")))
    return select(*columns).select_from(joined).where(*wanted)


def _active() -> ColumnElement[bool]:
    return func.coalesce(o.c.status, "") == "active"


def establishment(ask: Ask) -> Iterator[Figure]:
    query = _units(ask, ask.place.c.area, count_if(_active()), func.count()).group_by(ask.place.c.area)
    return (percent(area, "establishment_rate", part, whole) for area, part, whole in ask.rows(query))


def units_behind(ask: Ask) -> Select[Any]:
    return _behind(ask, _active())


def _behind(ask: Ask, counted: ColumnElement[bool]) -> Select[Any]:
    return _units(
        ask,
        u.c.stream.label("id"),
        counted.label("counted"),
        u.c.unit_name,
        u.c.level,
        u.c.field,
        u.c.affiliation,
        u.c.rank,
        u.c.area,
        u.c.organisation,
        u.c.organised_on,
    )


R01 = Indicator(
    "R01",
    2,
    "组建率",
    "Establishment rate",
    "当日有在运行妇联组织覆盖的应建单位 ÷ 当日应建单位（不含未确认、不设妇联、已撤并的单位）",
    "eligible units covered by an active organisation on the date ÷ eligible units on the date (those not yet qualified, exempt or closed left out)",
    "S2 S3",
    (Measure("establishment_rate", "组建率", "Establishment rate"),),
    establishment,
    units_behind,
    ("field", "unit_level"),
)


def _of_its_own() -> ColumnElement[bool]:
    """By an organisation set up for it, alone or with others: a village's or township's own federation is no such (村社兜底)."""
    mine = and_(o.c.formation_mode == "standalone", o.c.org_type.not_in(AREAS))
    return and_(_active(), or_(mine, o.c.formation_mode.in_(("joint", "industry", "area"))))


def new_fields(ask: Ask) -> Iterator[Figure]:
    query = _units(ask, ask.place.c.area, count_if(_of_its_own()), func.count()).where(u.c.field.in_(NEW)).group_by(ask.place.c.area)
    return (percent(area, "new_field_coverage", part, whole) for area, part, whole in ask.rows(query))


def new_fields_behind(ask: Ask) -> Select[Any]:
    return _behind(ask, func.coalesce(_of_its_own(), False)).where(u.c.field.in_(NEW))


R04 = Indicator(
    "R04",
    1,
    "新领域覆盖率",
    "New-field coverage",
    "当日由单独建、联合建、行业统建或区域联建的妇女组织覆盖的新经济组织、新社会组织、新就业群体 ÷ 当日这三类应建单位",
    "new economic and social organisations and employment groups covered by a standalone, joint, industry or area organisation on the date ÷ "
    "eligible units of these fields on the date",
    "S4 P15",
    (Measure("new_field_coverage", "新领域覆盖率", "New-field coverage"),),
    new_fields,
    new_fields_behind,
    ("field", "unit_level"),
)


def _chairs(ask: Ask, *columns: Any) -> Select[Any]:
    """`filled`, and of what is not, `acting` (主持工作): her vacancy stands open."""
    hers, acting = ask.same.of(a.c.person).distinct(), a.c.mode == "acting"
    counts = (func.count(hers).filter(not_(acting)).label("holders"), func.count(hers).filter(acting).label("acting"))
    posts = select(a.c.seat, *counts).where(ask.at.holds(a.c, "cadre"), a.c.in_office)
    if not ask.groups.most:
        posts = posts.where(a.c.organisation.in_(select(ask.place.c.organisation)))
    held = posts.where(a.c.role.in_(CHAIRS)).group_by(a.c.seat).subquery("held")
    filled = _at_most(func.coalesce(held.c.holders, 0), s.c.capacity)
    joined = (
        s.join(ask.place, ask.place.c.organisation == s.c.stream)
        .join(o, and_(o.c.stream == s.c.stream, ask.at.holds(o.c, "org")))
        .outerjoin(held, held.c.seat == s.c.seat)
    )
    stands_in = _at_most(func.coalesce(held.c.acting, 0), s.c.capacity - filled)
    said = ((filled >= s.c.capacity).label("counted"), filled.label("filled"), stands_in.label("acting"))
    query = select(*columns, *said).select_from(joined)
    return query.where(ask.at.holds(s.c, "org"), s.c.role.in_(CHAIRS), o.c.status == "active")


def _at_most(number: Any, most: Any) -> Any:
    return case((number > most, most), else_=number)


def chairs(ask: Ask) -> Iterator[Figure]:
    rows = _chairs(ask, ask.place.c.area, s.c.capacity).subquery("chairs").c
    query = select(rows.area, func.sum(rows.filled), func.sum(rows.acting), func.sum(rows.capacity)).group_by(rows.area)
    for area, part, acting, whole in ask.rows(query):
        yield percent(area, "chair_posts_filled", part, whole)
        yield percent(area, "acting_chairs", acting, whole)


def chairs_behind(ask: Ask) -> Select[Any]:
    query = _chairs(ask, s.c.seat.label("id"), s.c.stream.label("organisation"), s.c.role, s.c.capacity)
    if ask.measure != "acting_chairs":
        return query
    rows = query.subquery("chairs").c
    return select(*((rows.acting > 0).label("counted") if column.name == "counted" else column for column in rows))


R34 = Indicator(
    "R34",
    2,
    "主席配备率",
    "Chair posts filled",
    "当日有人在职的主席（主任）职位 ÷ 在运行组织的主席（主任）职位；由他人主持工作的仍为缺位，另列",
    "chair and director posts with a holder on the date ÷ chair and director posts of active organisations; one with an acting holder only is "
    "vacant, and shown apart",
    "K14",
    (Measure("chair_posts_filled", "主席配备率", "Chair posts filled"), Measure("acting_chairs", "主持工作", "Acting")),
    chairs,
    chairs_behind,
)
