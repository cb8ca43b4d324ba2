"""R10–R13: who holds the posts. A person counts once per organisation, however many offices she has in it (K2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, true

from services.projection.indicators.definition import Ask, Figure, Indicator, Measure, mean, percent
from services.projection.views.appointments import Appointments
from services.projection.views.people import People
from services.projection.views.posts import ENGAGEMENTS, VALUES, Holders
from shared.calendar import add_months

__all__ = ["R10", "R11", "R12", "R13", "age_edges"]

a = Appointments.table
p = People.table.alias("p")
POPULATION = {"federation_cadres": ("federation_cadre",), "system_workers": ("federation_cadre", "system_worker")}
AGES = {
    "yearbook": (("age_le_35", 35), ("age_36_45", 45), ("age_46_55", 55), ("age_ge_56", None)),
    "survey": (("age_le_40", 40), ("age_41_50", 50), ("age_51_60", 60), ("age_ge_61", None)),
}
DEGREES = {
    "yearbook": (
        ("postgraduate", ("postgraduate",)),
        ("bachelor_associate", ("bachelor", "associate")),
        ("secondary_or_below", ("secondary", "junior_or_below")),
    ),
    "survey": (
        ("bachelor_or_above", ("postgraduate", "bachelor")),
        ("associate", ("associate",)),
        ("secondary_or_below", ("secondary", "junior_or_below")),
    ),
}
Mask = NDArray[np.bool_]


def _holders(ask: Ask) -> Holders:
    assert ask.posts
    found = ask.posts.held(ask.c).holders(ask.at, ask.groups.place)
    wanted = [VALUES["population"].index(value) for value in POPULATION.get(ask.population, ())]
    return Holders(*(values[np.isin(found.population, wanted)] for values in found)) if wanted else found


def _sums(ask: Ask, area: NDArray[Any], *columns: NDArray[Any]) -> Iterator[list[int]]:
    """Area, holders, and each column's sum over them; the areas that have holders."""
    sums = [np.bincount(area, weights, len(ask.groups.areas)) for weights in (None, *columns)]
    return ([at, *(int(s[at]) for s in sums)] for at in np.flatnonzero(sums[0]).tolist())


def _structure(ask: Ask, holders: Holders, bands: Iterable[tuple[str, Mask]]) -> Iterator[Figure]:
    names, masks = zip(*bands, strict=True)
    for area, count, *counts in _sums(ask, holders.area, *masks):
        yield from (percent(area, name, n, count) for name, n in zip(names, counts, strict=True))


def age_edges(as_of: date, bands: str) -> list[tuple[str, date | None]]:
    """Band and the birthday after which one is young enough for it, by full years reached on the date; None: any birthday."""
    return [(name, add_months(as_of, -12 * (up_to + 1)) if up_to else None) for name, up_to in AGES[bands]]


def ages(ask: Ask) -> Iterator[Figure]:
    """Who is young enough for each band is counted; the bands are the differences."""
    holders, edges = _holders(ask), age_edges(ask.at.as_of, ask.bands)
    young = [holders.born > (after.toordinal() if after else 0) for _, after in edges]
    for area, count, born, *counts in _sums(ask, holders.area, holders.born, *young):
        for (name, _), n, before in zip(edges, counts, [0, *counts], strict=False):
            yield percent(area, name, n - before, count)
        yield percent(area, "age_unknown", count - counts[-1], count)
        yield mean(area, "mean_age", (ask.at.as_of.toordinal() * counts[-1] - born) / 365.2425, counts[-1])


def degrees(ask: Ask) -> Iterator[Figure]:
    holders, known = _holders(ask), VALUES["degree"]
    bands = ((name, np.isin(holders.degree, [known.index(v) for v in values])) for name, values in DEGREES[ask.bands])
    return _structure(ask, holders, [*bands, ("degree_unknown", holders.degree == len(known))])


def staffing(ask: Ask) -> Iterator[Figure]:
    holders, known = _holders(ask), VALUES["staffing"]
    return _structure(ask, holders, [(name, holders.staffing == i) for i, name in enumerate((*known, "staffing_unknown"))])


def engagement(ask: Ask) -> Iterator[Figure]:
    holders = _holders(ask)
    each = [(name, holders.engagement == i) for i, name in enumerate(ENGAGEMENTS)]
    return _structure(ask, holders, [("part_time_rate", each[2][1]), ("multi_post_rate", holders.posts > 3), *each])


def _posts(ask: Ask) -> Any:
    """One row a person and organisation, with the engagement that counts, as its place."""
    hers = ask.same.of(a.c.person).label("hers")
    rank = func.min(case({e: i for i, e in enumerate(ENGAGEMENTS)}, value=a.c.engagement, else_=len(ENGAGEMENTS)))
    query = select(hers, a.c.organisation, rank.label("engagement")).where(ask.at.holds(a.c, "cadre"), a.c.in_office)
    return query.where(a.c.organisation.in_(select(ask.place.c.organisation))).group_by(hers, a.c.organisation).subquery("posts")


def _loaded(ask: Ask, posts: Any) -> Select[Any]:
    """Persons of these with posts in more than three organisations, wherever those lie."""
    hers = ask.same.of(a.c.person).label("hers")
    some = or_(a.c.person.in_(select(posts.c.hers)), a.c.person.in_(list(ask.same.into)))
    each = select(hers, a.c.organisation).where(ask.at.holds(a.c, "cadre"), a.c.in_office, some).distinct().subquery("everywhere")
    return select(each.c.hers).group_by(each.c.hers).having(func.count() > 3)


def _young(born_after: date | None) -> ColumnElement[bool]:
    return p.c.born > born_after.toordinal() if born_after else p.c.born.is_not(None)


def holders_behind(ask: Ask) -> Select[Any]:
    posts = _posts(ask)
    edges = age_edges(ask.at.as_of, ask.bands)
    younger = [None, *(born_after for _, born_after in edges)]
    ages = {name: and_(_young(edge), not_(_young(before)) if before else true()) for (name, edge), before in zip(edges, younger, strict=False)}
    conditions: dict[str, Any] = {
        **ages,
        "age_unknown": p.c.born.is_(None),
        "degree_unknown": p.c.degree.is_(None),
        "staffing_unknown": p.c.staffing.is_(None),
        **{s: p.c.staffing == s for s in VALUES["staffing"]},
        **{name: p.c.degree.in_(values) for name, values in (*DEGREES["yearbook"], *DEGREES["survey"])},
        **{e: posts.c.engagement == i for i, e in enumerate(ENGAGEMENTS)},
        "part_time_rate": posts.c.engagement == 2,
        "multi_post_rate": posts.c.hers.in_(_loaded(ask, posts)),
    }
    counted = conditions.get(ask.measure or "", p.c.stream.is_not(None))
    shown = (p.c[c] for c in ("person_name", "sex", "born_on", "born_precision", "degree", "staffing", "population"))
    columns = (p.c.stream.label("id"), func.coalesce(counted, False).label("counted"), posts.c.organisation, *shown)
    query = select(*columns).select_from(posts.join(p, p.c.stream == posts.c.hers)).where(ask.at.holds(p.c, "cadre"))
    wanted = POPULATION.get(ask.population)
    return query.where(p.c.population.in_(wanted)) if wanted else query


def _of(pairs: dict[str, tuple[str, str]]) -> tuple[Measure, ...]:
    return tuple(Measure(id, zh, en) for id, (zh, en) in pairs.items())


R10 = Indicator(
    "R10",
    1,
    "年龄结构",
    "Age structure",
    "各年龄段任职人数 ÷ 任职人数；平均年龄按出生日期至当日计（一人在同一组织任数职计一人）",
    "holders per age band ÷ holders, full years on the date; mean age from birthday to date (a person counts once per organisation)",
    "S3 C12 K2 K11",
    (
        *_of(
            {
                "age_le_35": ("35岁及以下", "≤ 35"),
                "age_36_45": ("36–45岁", "36–45"),
                "age_46_55": ("46–55岁", "46–55"),
                "age_ge_56": ("56岁及以上", "≥ 56"),
                "age_le_40": ("40岁及以下", "≤ 40"),
                "age_41_50": ("41–50岁", "41–50"),
                "age_51_60": ("51–60岁", "51–60"),
                "age_ge_61": ("61岁及以上", "≥ 61"),
                "age_unknown": ("未填", "Unknown"),
            }
        ),
        Measure("mean_age", "平均年龄", "Mean age", "years"),
    ),
    ages,
    holders_behind,
    ("population", "bands"),
)
R11 = Indicator(
    "R11",
    1,
    "学历结构",
    "Education structure",
    "各学历任职人数 ÷ 任职人数（一人在同一组织任数职计一人）",
    "holders per degree ÷ holders (a person counts once per organisation)",
    "S3 C12 K2 K11",
    _of(
        {
            "postgraduate": ("研究生", "Postgraduate"),
            "bachelor_associate": ("本科、大专", "Bachelor, associate"),
            "bachelor_or_above": ("本科及以上", "Bachelor or above"),
            "associate": ("大专", "Associate"),
            "secondary_or_below": ("中专及以下", "Secondary or below"),
            "degree_unknown": ("未填", "Unknown"),
        }
    ),
    degrees,
    holders_behind,
    ("population", "bands"),
)
R12 = Indicator(
    "R12",
    1,
    "编制结构",
    "Staffing structure",
    "各编制类型任职人数 ÷ 任职人数（一人在同一组织任数职计一人）",
    "holders per staffing type ÷ holders (a person counts once per organisation)",
    "S3 K2 K11",
    _of(
        {
            "administrative": ("行政编", "Administrative"),
            "institution": ("事业编", "Institution"),
            "contract": ("聘用", "Contract"),
            "other": ("其他", "Other"),
            "staffing_unknown": ("未填", "Unknown"),
        }
    ),
    staffing,
    holders_behind,
    ("population",),
)
R13 = Indicator(
    "R13",
    1,
    "专挂兼结构",
    "Full-time, seconded and part-time",
    "兼职人数 ÷ 任职人数；任三个以上组织职务的 ÷ 任职人数；专职：挂职：兼职（一人在同一组织任数职计一人）",
    "part-time ÷ holders; holders with posts in more than three organisations ÷ holders; full-time : seconded : part-time (once per organisation)",
    "S3 S4 P9 K2",
    _of(
        {
            "part_time_rate": ("兼职率", "Part-time rate"),
            "multi_post_rate": ("兼任过多率", "Multi-post rate"),
            "full_time": ("专职", "Full-time"),
            "seconded": ("挂职", "Seconded"),
            "part_time": ("兼职", "Part-time"),
        }
    ),
    engagement,
    holders_behind,
    ("population",),
)
