"""R10–R13: who holds the posts. A person counts once per organisation, however many offices she has in it (K2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select, text, true, union_all

from services.projection.indicators.definition import Ask, Figure, Indicator, Measure, count_if, percent
from services.projection.views.appointments import Appointments
from services.projection.views.people import People
from shared.calendar import add_months

__all__ = ["R10", "R11", "R12", "R13", "age_edges"]

a = Appointments.table
p = People.table.alias("p")
POPULATION = {"federation_cadres": ("federation_cadre",), "system_workers": ("federation_cadre", "system_worker")}
ENGAGEMENTS = ("full_time", "seconded", "part_time")  # of several in one organisation the first counts
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
Bands = list[tuple[str, ColumnElement[bool]]]
STAFFING = ("administrative", "institution", "contract", "other")
CUTS = text(  # the quarters of the people's ids, as the last ANALYZE saw them
    "SELECT ARRAY[b[n / 4], b[n / 2], b[3 * n / 4]] FROM (SELECT b, cardinality(b) AS n FROM (SELECT histogram_bounds::text::uuid[] AS b "
    f"FROM pg_stats WHERE tablename = '{a.name}' AND attname = 'person' AND schemaname = ANY (current_schemas(false))) AS s) AS t WHERE n > 8"
)


def _posts(ask: Ask, *more: Any) -> Any:
    """One row a person and organisation. For most of the tree all posts are read in the order of an index; for less, those of its organisations."""
    query = select(a.c.person, a.c.organisation, *more).where(ask.at.holds(a.c, "cadre"), a.c.in_office).group_by(a.c.person, a.c.organisation)
    if not ask.groups.most:
        query = query.where(a.c.organisation.in_(select(ask.place.c.organisation)))
    return query.subquery("posts")


def _engaged(ask: Ask) -> Any:
    """The same with the engagement that counts, as rank."""
    rank = case({e: i for i, e in enumerate(ENGAGEMENTS)}, value=a.c.engagement, else_=len(ENGAGEMENTS))
    return _posts(ask, func.min(rank).label("engagement"))


def _holders(ask: Ask, posts: Any, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(posts.join(p, p.c.stream == posts.c.person)).where(ask.at.holds(p.c, "cadre"), p.c.merged_into.is_(None))
    wanted = POPULATION.get(ask.population)
    return query.where(p.c.population.in_(wanted)) if wanted else query


def _sums(ask: Ask, posts: Any, *columns: ColumnElement[Any]) -> Sequence[Any]:
    """(area, holders, the sums). Added up by organisation first: the tree is small, the posts are many."""
    named = [c.label(f"n{i}") for i, c in enumerate((func.count(), *columns))]
    holders = _holders(ask, posts, posts.c.organisation, *named).group_by(posts.c.organisation)
    each = union_all(*(holders.where(*part) for part in _parts(ask, posts))).cte("each").prefix_with("MATERIALIZED", dialect="postgresql")
    joined = each.join(ask.place, ask.place.c.organisation == each.c.organisation)
    sums = [func.sum(each.c[c.name]) for c in named]
    return ask.rows(select(ask.place.c.area, *sums).select_from(joined).group_by(ask.place.c.area))


def _parts(ask: Ask, posts: Any) -> Iterator[list[ColumnElement[bool]]]:
    """The people in parts of one size by their ids, which PostgreSQL reads side by side; a person's posts stay together. A small question is one."""
    cuts = ask.c.scalar(CUTS) if ask.groups.most and ask.c.dialect.name == "postgresql" else None
    for low, high in pairwise([None, *(cuts or ()), None]):
        yield [
            *(id >= low for id in (posts.c.person, p.c.stream) if low),
            *(id < high for id in (posts.c.person, p.c.stream) if high),
        ]


def age_edges(as_of: date, bands: str) -> list[tuple[str, date | None]]:
    """Band and the birthday after which one is young enough for it, by full years reached on the date; None: any birthday."""
    return [(name, add_months(as_of, -12 * (up_to + 1)) if up_to else None) for name, up_to in AGES[bands]]


def _young(born_after: date | None) -> ColumnElement[bool]:
    return p.c.born > born_after.toordinal() if born_after else p.c.born.is_not(None)


def _structure(ask: Ask, bands: Bands) -> Iterator[Figure]:
    for area, holders, *counts in _sums(ask, _posts(ask), *(count_if(c) for _, c in bands)):
        yield from (percent(area, name, n, holders) for (name, _), n in zip(bands, counts, strict=True))


def ages(ask: Ask) -> Iterator[Figure]:
    """The database counts who is young enough for each band; the bands are the differences."""
    edges = age_edges(ask.at.as_of, ask.bands)
    counting = [count_if(_young(born_after)) for _, born_after in edges]
    for area, holders, *young, born in _sums(ask, _posts(ask), *counting, func.sum(p.c.born)):
        counts = [int(n) for n in young]
        for (name, _), n, before in zip(edges, counts, [0, *counts], strict=False):
            yield percent(area, name, n - before, holders)
        yield percent(area, "age_unknown", int(holders) - counts[-1], holders)
        age = (ask.at.as_of.toordinal() - float(born) / counts[-1]) / 365.2425 if counts[-1] else None
        yield Figure(area, "mean_age", None, None, age and round(age, 1))


def degrees(ask: Ask) -> Iterator[Figure]:
    bands: Bands = [*((name, p.c.degree.in_(values)) for name, values in DEGREES[ask.bands]), ("degree_unknown", p.c.degree.is_(None))]
    return _structure(ask, bands)


def staffing(ask: Ask) -> Iterator[Figure]:
    bands: Bands = [*((name, p.c.staffing == name) for name in STAFFING), ("staffing_unknown", p.c.staffing.is_(None))]
    return _structure(ask, bands)


def _loaded(ask: Ask) -> Select[Any]:
    """Persons with posts in more than three organisations, wherever those lie."""
    everywhere = select(a.c.person).where(ask.at.holds(a.c, "cadre"), a.c.in_office).group_by(a.c.person, a.c.organisation)
    if not ask.groups.most:
        everywhere = everywhere.where(a.c.person.in_(select(_posts(ask).c.person)))
    each = everywhere.subquery("everywhere")
    return select(each.c.person).group_by(each.c.person).having(func.count() > 3)


def engagement(ask: Ask) -> Iterator[Figure]:
    posts, loaded = _engaged(ask), list(ask.c.scalars(_loaded(ask)))
    counts = [count_if(posts.c.engagement == i) for i in range(len(ENGAGEMENTS))]
    for area, holders, multi, *each in _sums(ask, posts, count_if(posts.c.person.in_(loaded)), *counts):
        yield percent(area, "part_time_rate", each[2], holders)
        yield percent(area, "multi_post_rate", multi, holders)
        yield from (percent(area, name, n, holders) for name, n in zip(ENGAGEMENTS, each, strict=True))


def holders_behind(ask: Ask) -> Select[Any]:
    posts = _engaged(ask)
    edges = age_edges(ask.at.as_of, ask.bands)
    younger = [None, *(born_after for _, born_after in edges)]
    ages = {name: and_(_young(edge), not_(_young(before)) if before else true()) for (name, edge), before in zip(edges, younger, strict=False)}
    conditions: dict[str, Any] = {
        **ages,
        "age_unknown": p.c.born.is_(None),
        "degree_unknown": p.c.degree.is_(None),
        "staffing_unknown": p.c.staffing.is_(None),
        **{s: p.c.staffing == s for s in STAFFING},
        **{name: p.c.degree.in_(values) for name, values in (*DEGREES["yearbook"], *DEGREES["survey"])},
        **{e: posts.c.engagement == i for i, e in enumerate(ENGAGEMENTS)},
        "part_time_rate": posts.c.engagement == 2,
        "multi_post_rate": posts.c.person.in_(_loaded(ask)),
    }
    counted = conditions.get(ask.measure or "", p.c.stream.is_not(None))
    shown = (p.c[c] for c in ("person_name", "sex", "born_on", "born_precision", "degree", "staffing", "population"))
    return _holders(ask, posts, p.c.stream.label("id"), func.coalesce(counted, False).label("counted"), posts.c.organisation, *shown)


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
