"""The roster as a paged list: one row a person and organisation, filtered, sorted and counted; sealed values are only said to be there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Select, and_, case, func, select

from services.projection.api.asking import FEW, Asked, Asking, Pages, Paging, answer
from services.projection.api.columns import ROSTER, Shape
from services.projection.api.filters import DUE, Filters
from services.projection.api.roster import earlier, printed
from services.projection.api.words import OFFICES
from services.projection.views.appointments import Appointments
from services.projection.views.directory import Directory
from services.projection.views.people import People
from services.projection.views.terms import Terms
from services.projection.views.tree import Groups
from shared.calendar import age
from shared.strokes import strokes
from shared.tables import among

__all__ = ["router"]

router = APIRouter(tags=["reports"])
a, p, n, t = Appointments.table, People.table.alias("p"), Directory.table, Terms.table
SHORT = 500  # rows that are all read at once, however many organisations they lie in
FIRST, MOST = 8, 4000  # organisations read at once when there are more: as a page seems to need them
PART = 60  # organisations at once for a file
PLACE = 100_000  # a cursor of the default order: organisation * PLACE + row within it
Sort = Literal["default", "name", "age", "-age", "starts_on", "-starts_on"]
FALLING = ("age", "-starts_on")  # the youngest were born last
PERSON = (
    *("person_name", "sex", "ethnicity", "born_on", "born_precision", "political", "degree", "employer_and_post", "population"),
    *("in_two_committees", "in_party_branch_committee", "in_villagers_committee", "holds_both_posts"),
)
POST = ("seat", "role", "engagement", "mode", "status", "starts_on", "ends_on", "precision", "opening", "newly", "note")


class Key(NamedTuple):
    """Who where, and how she is sorted. `place`: the organisation among those asked for."""

    place: int
    person: UUID
    office: int
    name: str | None
    by: Any


@router.get("/roster")
def roster(asking: Asking, pages: Pages, filters: Filters, shape: Shape, sort: Sort = "default") -> Response:
    """`total` is null where counting would take long: ask /roster/total. As a file: all rows, in the default order."""
    with asking.open("report.read", pages) as asked:
        places = filters.places(asked)
        if shape.format != "json":
            return shape.file(asked, ROSTER, (printed(row) for row in _every(asked, filters, places)))
        few = len(places) <= FEW
        keys = _keys(asked, filters, places, sort) if few and (filters.search or sort != "default") else None
        total = len(keys) if keys is not None else _total(asked, filters, places) if few else None
        if keys is None and total is not None and total <= SHORT:
            keys = _keys(asked, filters, places)
        before = max(0, pages.offset - pages.limit)
        if keys is not None:
            page, cursor = sorted(keys, key=_order(sort))[pages.offset : pages.offset + pages.limit], pages.offset + pages.limit
            cursor = cursor if cursor < len(keys) else 0
        elif sort == "default":
            (page, cursor), before = _walked(asked, filters, places, pages), _before(asked, filters, places, pages)
        else:
            page, cursor = _top(asked, filters, places, pages, sort)
        return answer(
            {
                "as_of": asked.at.as_of,
                "known_at": asked.at.known_at,
                "positions": asked.at.positions,
                "area_name": asked.area and asked.tree.nodes[asked.area].name,
                "total": total,
                "rows": [{"no": n, **row} for n, row in enumerate(_rows(asked, places, page), pages.seen + 1)],
                "cursor": pages.cursor(cursor, asked.at, pages.seen + len(page)) if cursor else None,
                "previous": pages.cursor(before, asked.at, max(0, pages.seen - pages.limit)) if pages.offset else None,
            }
        )


@router.get("/roster/total")
def total(asking: Asking, filters: Filters) -> Response:
    """How many rows /roster has for the same filters."""
    with asking.open("report.read") as asked:
        found = _total(asked, filters, filters.places(asked))
        return answer({"as_of": asked.at.as_of, "known_at": asked.at.known_at, "positions": asked.at.positions, "total": found})


def _total(asked: Asked, filters: Filters, places: Sequence[UUID]) -> int:
    joined: Any = a.outerjoin(p, and_(p.c.stream == asked.same.of(a.c.person), asked.at.holds(p.c, "cadre"))) if filters.of_people else a
    if not (asked.all and len(places) == len(asked.tree.nodes)):
        place = _placed(asked, places)
        joined = joined.join(place, place.c.organisation == a.c.organisation)
    rows = select(asked.same.of(a.c.person).label("hers"), a.c.organisation).select_from(joined).where(asked.at.holds(a.c, "cadre"), a.c.in_office)
    found = rows.where(*filters.conditions(asked, a, p)).distinct().subquery("found")
    return asked.c.scalar(select(func.count()).select_from(found)) or 0


def _placed(asked: Asked, places: Sequence[UUID]) -> Any:
    return Groups((), {o: i for i, o in enumerate(places)}).table(asked.c)


def _keyed(asked: Asked, filters: Filters, places: Sequence[UUID], sort: Sort) -> Select[Any]:
    place, hers = _placed(asked, places), asked.same.of(a.c.person).label("hers")
    office = func.min(case(OFFICES, value=a.c.role, else_=len(OFFICES))).label("office")
    profile = and_(p.c.stream == hers.element, asked.at.holds(p.c, "cadre"))
    joined = a.join(place, place.c.organisation == a.c.organisation).outerjoin(p, profile)
    by: Any = func.min(p.c.born if sort.endswith("age") else a.c.starts_on)
    if sort == "name":
        joined = joined.outerjoin(n, and_(n.c.stream == hers.element, asked.at.holds(n.c, "cadre"), n.c.reading == 0))
        by = func.min(n.c.sorts)
    columns = (place.c.area, hers, office, func.min(p.c.person_name).label("name"), by.label("by"))
    query = select(*columns).select_from(joined).where(asked.at.holds(a.c, "cadre"), a.c.in_office, *filters.conditions(asked, a, p))
    return query.group_by(place.c.area, hers)


def _keys(asked: Asked, filters: Filters, places: Sequence[UUID], sort: Sort = "default") -> list[Key]:
    return [Key(*row) for row in asked.c.execute(_keyed(asked, filters, places, sort))] if places else []


def _order(sort: Sort) -> Any:
    """What is not known comes last."""

    def default(k: Key) -> tuple[Any, ...]:
        return (k.place, k.office, *strokes(k.name), k.person)

    def sorted_by(k: Key) -> tuple[Any, ...]:
        if k.by is None or sort == "name":
            return (k.by is None, k.by or "", *default(k))
        value = k.by if isinstance(k.by, int) else k.by.toordinal()
        return (False, -value if sort in FALLING else value, *default(k))

    return default if sort == "default" else sorted_by


def _walked(asked: Asked, filters: Filters, places: Sequence[UUID], pages: Paging) -> tuple[list[Key], int]:
    """A page in the default order, reading no more organisations than it takes; with where the next begins, 0 for no next."""
    start, skip = divmod(pages.offset, PLACE)
    keys: list[Key] = []
    at, size = start, FIRST
    while at < len(places) and len(keys) <= skip + pages.limit:
        keys += (k._replace(place=k.place + at) for k in sorted(_keys(asked, filters, places[at : at + size]), key=_order("default")))
        at, size = at + size, min(size * 4, MOST)
    end = skip + pages.limit
    if len(keys) <= end:
        return keys[skip:], 0
    place = keys[end].place
    return keys[skip:end], place * PLACE + end - next(i for i, k in enumerate(keys) if k.place == place)


def _before(asked: Asked, filters: Filters, places: Sequence[UUID], pages: Paging) -> int:
    """Where the page before begins in the default order, read backwards."""
    at, skip = divmod(pages.offset, PLACE)
    missing, size = pages.limit - skip, FIRST
    if missing <= 0:
        return pages.offset - pages.limit
    keys: list[Key] = []
    while at and len(keys) < missing:
        start = max(0, at - size)
        some = sorted(_keys(asked, filters, places[start:at]), key=_order("default"))
        keys, at, size = [*(k._replace(place=k.place + start) for k in some), *keys], start, min(size * 4, MOST)
    if len(keys) < missing:
        return 0
    place = keys[-missing].place
    return place * PLACE + len(keys) - missing - next(i for i, k in enumerate(keys) if k.place == place)


def _top(asked: Asked, filters: Filters, places: Sequence[UUID], pages: Paging, sort: Sort) -> tuple[list[Key], int]:
    """A page of another order over many organisations: the database sorts."""
    query = _keyed(asked, filters, places, sort)
    by = query.selected_columns["by"]
    order = by.desc() if sort in FALLING else by.asc()
    where, who = (query.selected_columns[name] for name in ("area", "hers"))
    query = query.order_by(order.nulls_last(), where, who).limit(pages.limit + 1).offset(pages.offset)
    keys = [Key(*row) for row in asked.c.execute(query)]
    return keys[: pages.limit], pages.offset + pages.limit if len(keys) > pages.limit else 0


def _every(asked: Asked, filters: Filters, places: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for first, last in pairwise([*range(0, len(places), PART), len(places)]):
        some = places[first:last]
        yield from _rows(asked, some, sorted(_keys(asked, filters, some), key=_order("default")))


def _rows(asked: Asked, places: Sequence[UUID], keys: Sequence[Key]) -> list[dict[str, Any]]:
    """The keys with everything a list shows of them: all offices a person has in the organisation, the highest first (K2)."""
    if not keys:
        return []
    organisations = list(dict.fromkeys(places[k.place] for k in keys))
    people = list({k.person for k in keys})
    posts = _posts(asked, organisations, people)
    before = earlier(asked, _placed(asked, organisations), people)
    index = {o: i for i, o in enumerate(organisations)}
    known, flags, terms = _profiles(asked, people), _flags(asked, people), _terms(asked, organisations)
    rows = []
    for k in keys:
        organisation = places[k.place]
        held = sorted(posts[organisation, k.person], key=lambda post: OFFICES.get(post["role"], 99))
        since = before.get((index[organisation], k.person, held[0]["role"]))
        newly = held[0].pop("newly")
        rows.append(
            {
                "organisation": organisation,
                "organisation_name": asked.tree.nodes[organisation].name,
                "person": k.person,
                **known.get(k.person, dict.fromkeys((*PERSON, "age"))),
                **held[0],
                "roles": [post["role"] for post in held],
                "appointments": [post["appointment"] for post in held],
                "note": next((post["note"] for post in held if post["note"]), None),
                "newly_appointed": newly if newly is not None else since is None or since >= held[0]["starts_on"],
                **flags.get(k.person, {"has_id_number": False, "has_phone": False}),
                "term": terms.get(organisation),
            }
        )
    return rows


def _posts(asked: Asked, organisations: Sequence[UUID], people: Sequence[UUID]) -> dict[tuple[UUID, UUID], list[dict[str, Any]]]:
    hers, theirs = among(asked.c, a.c.person, asked.same.records(people)), among(asked.c, a.c.organisation, organisations)
    query = select(a.c.organisation, a.c.person, a.c.stream.label("appointment"), *(a.c[c] for c in POST))
    query = query.where(asked.at.holds(a.c, "cadre"), a.c.in_office, hers, theirs)
    found: dict[tuple[UUID, UUID], list[dict[str, Any]]] = {}
    for organisation, person, *post in asked.c.execute(query):
        found.setdefault((organisation, asked.same.one(person)), []).append(dict(zip(("appointment", *POST), post, strict=True)))
    return found


def _profiles(asked: Asked, people: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    query = select(p.c.stream, *(p.c[c] for c in PERSON)).where(asked.at.holds(p.c, "cadre"), among(asked.c, p.c.stream, people))
    found = {}
    for person, *values in asked.c.execute(query):
        profile = dict(zip(PERSON, values, strict=True))
        found[person] = profile | {"age": (born := profile["born_on"]) and age(born, asked.at.as_of)}
    return found


def _flags(asked: Asked, people: Sequence[UUID]) -> dict[UUID, dict[str, bool]]:
    hers = (asked.at.holds(n.c, "cadre"), n.c.reading == 0, among(asked.c, n.c.stream, people))
    query = select(n.c.stream, n.c.has_id_number, n.c.has_phone).where(*hers)
    return {person: {"has_id_number": bool(id_number), "has_phone": bool(phone)} for person, id_number, phone in asked.c.execute(query)}


def _terms(asked: Asked, organisations: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The running term of each; state as of the date."""
    day = asked.at.as_of
    query = select(t.c.organisation, t.c.stream, t.c.term_no, t.c.ends_on, t.c.due_on).where(
        asked.at.holds(t.c, "org"), among(asked.c, t.c.organisation, organisations)
    )
    return {
        organisation: {
            "id": id,
            "term_no": number,
            "ends_on": ends,
            "due_on": due,
            "state": "overdue" if due <= day else "due" if due <= day + DUE else "running",
        }
        for organisation, id, number, ends, due in asked.c.execute(query)
    }
