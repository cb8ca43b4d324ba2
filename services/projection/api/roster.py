"""The roster (花名册): who held which post on a date, as known, with the columns of the paper form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from sqlalchemy import Boolean, Date, Select, String, Uuid, and_, case, func, select, type_coerce
from sqlalchemy.engine import Connection

from services.projection.api.asking import Asked, Asking, Pages
from services.projection.api.columns import ROSTER, Shape
from services.projection.api.filters import Filters
from services.projection.api.words import OFFICES
from services.projection.views.appointments import Appointments
from services.projection.views.people import People
from services.projection.views.tree import Groups
from shared.calendar import SAID
from shared.garbage import uncollected
from shared.strokes import strokes
from shared.tables import among

__all__ = ["earlier", "printed", "router"]

router = APIRouter(tags=["reports"])
a, p = Appointments.table, People.table.alias("p")
MASKED = "＊＊＊＊"  # there is one
PAGE = 1000  # organisations
PART = 200  # organisations at once for a file
PERSON = (
    "person_name",
    "sex",
    "ethnicity",
    "born_on",
    "born_precision",
    "political",
    "degree",
    "employer_and_post",
    "in_two_committees",
    "in_party_branch_committee",
    "in_villagers_committee",
    "holds_both_posts",
)
POST = ("stream", "person", "seat", "role", "engagement", "mode", "status", "starts_on", "ends_on", "precision", "opening", "note")
KEYS = ("appointment", *POST[1:], *PERSON)
WHO, ROLE, SINCE, NOTE = (POST.index(name) for name in ("person", "role", "starts_on", "note"))  # where they stand in a row
NAME, NEWLY, AREA = len(POST), len(KEYS), len(KEYS) + 1


@router.get("/reports/roster")
def roster(asking: Asking, pages: Pages, shape: Shape, filters: Filters) -> Response:
    """Whole organisations, 1,000 a page (a county is one page), in the order of divisions, offices and surname strokes."""
    with asking.open("report.read", pages) as asked:
        places = filters.places(asked)
        if shape.format != "json":
            parts = (_rows(asked, places[start : start + PART], filters) for start in range(0, len(places), PART))
            return shape.file(asked, ROSTER, (printed(row) for part in parts for row in part))
        with uncollected():
            rows = _rows(asked, places[pages.offset : pages.offset + PAGE], filters)
        more = pages.offset + PAGE < len(places)
        cursor = pages.cursor(pages.offset + PAGE, asked.at) if more else None
        return asked.answer(id="roster", version=1, area=asked.area, rows=rows, cursor=cursor)


def _rows(asked: Asked, organisations: Sequence[UUID], filters: Filters) -> list[dict[str, Any]]:
    """One row a person and organisation: the highest office first, the others beside it (K2). Made for ten thousand rows in a blink."""
    place = Groups((), {o: i for i, o in enumerate(organisations)}).table(asked.c)
    hers = asked.same.of(a.c.person)
    query = (
        select(*(_bare(hers.label(n) if n == "person" else a.c[n]) for n in POST), *(_bare(p.c[n]) for n in PERSON), a.c.newly, place.c.area)
        .select_from(
            a.join(place, place.c.organisation == a.c.organisation).outerjoin(p, and_(p.c.stream == hers, asked.at.holds(p.c, "cadre")))
        )
        .where(asked.at.holds(a.c, "cadre"), a.c.in_office, *filters.conditions(asked, a, p))
    )
    found = sorted(_all(asked.c, query), key=_order)
    names = [asked.tree.nodes[o].name for o in organisations]
    former = earlier(asked, place)
    rows: dict[tuple[int, Any], dict[str, Any]] = {}
    for post in found:
        area, person, role = post[AREA], post[WHO], post[ROLE]
        key = area, person
        if key in rows:
            rows[key]["roles"].append(role)
            rows[key]["note"] = rows[key]["note"] or post[NOTE]
            continue
        rows[key] = row = dict(zip(KEYS, post, strict=False))  # all but the last two
        row["appointment"], row["person"], row["seat"] = _dashed(row["appointment"]), _dashed(person), _dashed(row["seat"])
        row["organisation"], row["organisation_name"], row["roles"] = organisations[area], names[area], [role]
        if (newly := post[NEWLY]) is None:
            before = former.get((area, person, role))
            newly = before is None or before >= post[SINCE]
        row["newly_appointed"] = newly
    return list(rows.values())


def _all(c: Connection, query: Select[Any]) -> Sequence[Sequence[Any]]:
    """SQLite puts all rows into one text: its driver gives way to other threads at every row, which takes longer than the rows."""
    if c.dialect.name == "postgresql":
        return c.execute(query).all()
    rows = query.subquery()
    each = (case((column, func.json("true")), (~column, func.json("false"))) if isinstance(column.type, Boolean) else column for column in rows.c)
    text: str = c.scalar(select(func.json_group_array(func.json_array(*each)))) or "[]"
    found: list[list[Any]] = orjson.loads(text)
    return found


def _order(post: Any) -> tuple[int, int, str, str]:
    return (post[AREA], OFFICES.get(post[ROLE], len(OFFICES)), *strokes(post[NAME]))


def _bare(column: Any) -> Any:
    """An id or a day as the driver gives it: making 35,000 UUIDs of SQLite's text took a third of a county's time."""
    return type_coerce(column, String) if isinstance(column.type, Uuid | Date) else column


def _dashed(id: UUID | str) -> UUID | str:
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}" if isinstance(id, str) else id


def earlier(asked: Asked, place: Any, people: Sequence[UUID] = ()) -> dict[tuple[int, Any, str], Any]:
    """Since when somebody held the same office of the same organisation before, if she did: of these people, or of all, then with ids and days as
    the driver gives them."""
    hers = asked.same.of(a.c.person).label("person")
    person, since = (hers, a.c.starts_on) if people else (_bare(hers), _bare(a.c.starts_on))
    query = (
        select(place.c.area, person, a.c.role, since)
        .select_from(a.join(place, place.c.organisation == a.c.organisation))
        .where(asked.at.is_known(a.c, "cadre"), a.c.in_office, a.c.valid_to <= asked.at.as_of)
    )
    rows = asked.c.execute(query.where(among(asked.c, a.c.person, asked.same.records(people)))).all() if people else _all(asked.c, query)
    first: dict[tuple[int, Any, str], Any] = {}
    for area, who, role, day in rows:
        key = area, who, role
        if key not in first or day < first[key]:
            first[key] = day
    return first


def printed(r: dict[str, Any]) -> dict[str, Any]:
    """A row as the paper form has it; what is sealed stays with cadre."""
    return r | {
        "role": r["roles"],
        "born_on": _month(r["born_on"], r["born_precision"]),
        "starts_on": _day(r["starts_on"], r["precision"]),
        "two_committees": r["in_two_committees"],
        "both": r["holds_both_posts"],
        "has_phone": MASKED if r.get("has_phone") else None,
        "has_id_number": MASKED if r.get("has_id_number") else None,
        "term": (held := r.get("term")) and f"第{held['term_no']}届",
        "notes": remarks(r),
    }


def remarks(r: dict[str, Any]) -> list[str]:
    """备注: what the record itself has to say, then what the paper said."""
    own = (("期初数据", r["opening"]), ("停职", r["status"] == "suspended"), ("主持工作", r["mode"] == "acting"))
    return list(dict.fromkeys([text for text, yes in own if yes] + [r["note"]] * bool(r["note"])))


def _day(day: date | str | None, precision: str | None) -> str | None:
    return None if day is None else str(day)[: SAID[precision or "day"]]


def _month(day: date | str | None, precision: str | None) -> str | None:
    return None if day is None else str(day)[:4] if precision == "year" else str(day)[:7].replace("-", ".")
