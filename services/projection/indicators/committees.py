"""R08: village and community chairs who sit in the two committees (两委)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select

from services.projection.indicators.definition import Ask, Figure, Indicator, Measure, count_if, percent
from services.projection.views.appointments import Appointments
from services.projection.views.organisations import Organisations
from services.projection.views.people import People

__all__ = ["R08"]

a, o = Appointments.table, Organisations.table.alias("o")
p = People.table.alias("p")


def _chairs(ask: Ask, *columns: Any) -> Select[Any]:
    joined = (
        a.join(ask.place, ask.place.c.organisation == a.c.organisation)
        .join(o, and_(o.c.stream == a.c.organisation, ask.at.holds(o.c, "org")))
        .join(p, and_(p.c.stream == ask.same.of(a.c.person), ask.at.holds(p.c, "cadre")))
    )
    return (
        select(*columns)
        .select_from(joined)
        .where(
            ask.at.holds(a.c, "cadre"),
            a.c.in_office,
            a.c.role == "chair",
            a.c.mode != "acting",
            o.c.level == "village",
            o.c.status == "active",
            o.c.org_type == "federation",
        )
    )


in_team = func.coalesce(p.c.in_two_committees, False)


def two_committees(ask: Ask) -> Iterator[Figure]:
    urban = func.coalesce(o.c.area_kind, "rural") == "urban"
    each = _chairs(ask, ask.place.c.area, a.c.organisation, p.c.stream, urban.label("urban"), in_team.label("inside")).distinct().subquery("each").c
    counts = (func.count(), count_if(each.inside), count_if(each.urban), count_if(and_(each.urban, each.inside)))
    for area, chairs, inside, city, city_inside in ask.rows(select(each.area, *counts).group_by(each.area)):
        yield percent(area, "chair_in_two_committees", inside - city_inside, chairs - city)
        yield percent(area, "community_chair_in_team", city_inside, city)
        yield percent(area, "chair_in_either", inside, chairs)


def chairs_behind(ask: Ask) -> Select[Any]:
    return _chairs(
        ask,
        a.c.stream.label("id"),
        in_team.label("counted"),
        a.c.organisation,
        p.c.stream.label("person"),
        p.c.person_name,
        p.c.in_party_branch_committee,
        p.c.in_villagers_committee,
        o.c.area_kind,
    )


R08 = Indicator(
    "R08",
    1,
    "主席进“两委”率",
    "Chairs in the two committees",
    "进村党组织或村委会班子的村妇联主席 ÷ 村妇联主席；社区按进社区班子另计",
    "village chairs who sit in the Party branch committee or the villagers' committee ÷ village chairs; communities apart",
    "S0 S4",
    (
        Measure("chair_in_two_committees", "村妇联主席进“两委”率", "Village chairs in the two committees"),
        Measure("community_chair_in_team", "社区妇联主席进班子率", "Community chairs in the team"),
        Measure("chair_in_either", "合计", "Both"),
    ),
    two_committees,
    chairs_behind,
)
