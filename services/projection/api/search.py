"""Search: organisations, people and documents by name part, pinyin or initials, best first, for the palette and every search box."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal_column, or_, select, true, union

from services.projection.api.asking import Asked, Asking, answer
from services.projection.api.words import OFFICES
from services.projection.views.appointments import Appointments
from services.projection.views.directory import INSIDE, LONG, OF_A_PART, Directory
from services.projection.views.documents import Documents
from services.projection.views.organisations import Organisations
from services.projection.views.people import People
from services.projection.views.tables import STILL_KNOWN
from services.projection.views.tree import RANK, Node
from shared.pinyin import asked as typed
from shared.pinyin import is_sound, sought
from shared.tables import among

__all__ = ["found_people", "meant", "places", "router"]

router = APIRouter(tags=["search"])
a, d, n, o, p = Appointments.table, Documents.table, Directory.table, Organisations.table, People.table
MANY = 5000  # names that begin so: then every so many-th row is of one of them
STATUSES = ("active", "proposed")  # found before those that are gone
FORMER = 3  # by a name it bears no more: after all that are called so
CREDIT = re.compile(r"[0-9a-z]{2}\d{6}[0-9a-z]{10}\Z")  # 统一社会信用代码: so long that no name is meant


@router.get("/search")
def search(
    asking: Asking,
    q: Annotated[str, Parameter(min_length=1, max_length=50)],
    kinds: Annotated[str, Parameter(max_length=60)] = "organisations,people",
    limit: Annotated[int, Parameter(ge=1, le=50)] = 10,
    near: UUID | None = None,
) -> Response:
    """`kinds`: any of organisations, people, documents. `q`: part of a name, pinyin, initials, the beginning of a division code or a whole
    统一社会信用代码; for people also a name, a blank and a place. `near`: an organisation whose people come first among those named alike."""
    text, wanted = typed(q), set(kinds.split(","))
    with asking.open("org.read") as asked:
        rows = _organisations(asked, text, limit) if "organisations" in wanted else []
        if "people" in wanted and (inside := asking.also(asked, "cadre.read")):
            rows += _people(inside, q, limit, near)
        if "documents" in wanted and (inside := asking.also(asked, "document.read")):
            rows += _documents(inside, text, limit)
        rows.sort(key=lambda row: row["rank"])  # stable: the kinds stay in order
        return answer({"as_of": asked.at.as_of, "known_at": asked.at.known_at, "positions": asked.at.positions, "rows": rows[:limit]})


def places(asked: Asked, q: str) -> dict[UUID, int]:
    """Organisations that `q` may mean, by how well; digits: by the beginning of the code. A credit code means its bearers, and is looked up: to
    keep it in every tree would be dear for what is asked so seldom."""
    text = typed(q)
    if CREDIT.match(text):
        return dict.fromkeys(asked.c.scalars(select(o.c.stream).where(o.c.credit_code == text.upper(), asked.at.holds(o.c, "org"))), 0)
    if text.isdigit() and len(text) > 1:
        return {o.id: 0 if o.code == text.ljust(12, "0") else 1 for o in asked.tree.nodes.values() if o.code and o.code.startswith(text)}
    return dict.fromkeys(asked.tree.former_names.find(text), FORMER) | asked.tree.names.find(text)


def found_people(asked: Asked, q: str) -> Select[Any]:
    """Ids of people that `q` may mean."""
    return select(n.c.stream).where(asked.at.holds(n.c, "cadre"), or_(*_ways(sought(q))))


def meant(asked: Asked, table: Any, q: str) -> ColumnElement[bool]:
    """The person or the organisation of a row is meant by `q`. Where very many people are, each row asks whether it is of one of them: the first
    page soon has its fill."""
    found, person = found_people(asked, q), asked.same.of(table.c.person)
    if asked.c.scalar(select(or_(*(_many(way) for way in _ways(sought(q)))))):
        hers = found.where(n.c.stream == person).with_only_columns(true()).limit(1).correlate(table).scalar_subquery().is_(True)
    else:
        hers = person.in_(found)
    return or_(hers, among(asked.c, table.c.organisation, list(places(asked, q))))


def _many(way: ColumnElement[bool]) -> ColumnElement[bool]:
    """As good as whether the query finds very many: the index alone says so, of today; to ask for a date would read a row for each."""
    return select(true()).select_from(n).where(literal_column(STILL_KNOWN), way).offset(MANY).exists()


def _ways(text: str) -> list[ColumnElement[bool]]:
    """How a name is found, each by an index: its beginning by sound or as written, and as written what stands inside it."""
    if not text:
        return [false()]
    begins = f"{_plain(text)}%"
    if is_sound(text):
        return [c.like(begins, escape="\\") for c in (n.c.pinyin, n.c.initials, n.c.called)]
    inside = (and_(n.c.reading == 0, func.substr(n.c.called, i).like(begins, escape="\\")) for i in INSIDE)
    return [n.c.called.like(begins, escape="\\"), *inside, and_(LONG, n.c.called.contains(text, autoescape=True))]


def _organisations(asked: Asked, text: str, limit: int) -> list[dict[str, Any]]:
    def order(found: tuple[UUID, int]) -> tuple[Any, ...]:
        node = asked.tree.nodes[found[0]]
        return (found[1], node.status not in STATUSES, RANK.get(node.level, 9), node.code or "9", node.name)

    best = sorted(places(asked, text).items(), key=order)[:limit]
    former = asked.tree.former
    return [
        {"kind": "organisations", "rank": rank, **described(asked.tree.nodes[id]), "path": _above(asked, id)}
        | {"former": former[id] if rank == FORMER else None}
        for id, rank in best
    ]


def described(node: Node) -> dict[str, Any]:
    return {k: getattr(node, k) for k in ("id", "name", "short_name", "org_type", "level", "status", "code")}


def _above(asked: Asked, id: UUID) -> list[str]:
    return [asked.tree.nodes[up].short_name for up in reversed(asked.tree.path(id)[1:])]


def _people(asked: Asked, q: str, limit: int, near: UUID | None = None) -> list[dict[str, Any]]:
    """By name; where that finds nobody and several words were typed, by name and place. Those of `near` come before others named as well."""
    found = _named(asked, sought(q), limit, None)
    *words, last = q.split() or [""]
    if not found and words:
        spots = {id for id, _ in asked.tree.walk(list(places(asked, last)))}
        found = _named(asked, sought("".join(words)), limit, spots)
    hers = _named(asked, sought(q), limit, {near}) if near and found else {}
    best = sorted({**found, **hers}.items(), key=lambda one: (*one[1][:2], one[0] not in hers, len(one[1][2]), one[1][2], one[0]))[:limit]
    return _told(asked, {id: (name, rank) for id, (rank, _, name) in best})


def _named(asked: Asked, text: str, limit: int, spots: Collection[UUID] | None) -> dict[UUID, tuple[int, bool, str]]:
    """Person -> how well she is meant, whether by a reading that is not the likeliest, her name. Whole names first, then beginnings, then what
    stands inside a name. Each kind is read in the order of its index, no further than it takes. `spots`: organisations one of which is hers."""
    if not text:
        return {}
    begins: list[tuple[Any, bool]] = [(c, False) for c in ((n.c.pinyin, n.c.initials, n.c.called) if is_sound(text) else (n.c.called,))]
    inside = [] if is_sound(text) else [(func.substr(n.c.called, i), True) for i in INSIDE]
    found: dict[UUID, tuple[int, bool, str]] = {}
    for column, within in (*begins, *inside):
        means = and_(asked.at.holds(n.c, "cadre"), column.like(f"{_plain(text)}%", escape="\\"))
        query = select(n.c.stream, n.c.person_name, n.c.reading, column.label("by")).where(means, *([n.c.reading == 0] if within else []))
        for id, name, reading, by in asked.c.execute(_within(asked, query, column, limit, spots)):
            one = (2 if within else 0 if by == text else 1, reading % OF_A_PART[0] > 0 and is_sound(text), name)
            found[id] = min(one, found.get(id, one))
    return found


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _within(asked: Asked, query: Select[Any], order: Any, limit: int, spots: Collection[UUID] | None) -> Any:
    """Kept to people whose record the area keeps, or who hold a post in it; and so for `spots`. The likeliest reading first."""
    if asked.all and spots is None:
        return query.order_by(order, n.c.reading, n.c.person_name, n.c.stream).limit(limit)
    whole = asked.groups(whole=True)
    if spots is None:
        place = whole.table(asked.c)
        inside = select(place.c.organisation)
        homes: Any = n.c.home.in_(inside)
        held: Any = a.c.organisation.in_(inside)
    else:
        some = list(spots) if asked.all else [s for s in spots if s in whole.place]
        homes, held = among(asked.c, n.c.home, some), among(asked.c, a.c.organisation, some)
    posts = select(asked.same.of(a.c.person)).where(asked.at.holds(a.c, "cadre"), a.c.in_office, held)
    both = union(query.where(homes), query.where(n.c.stream.in_(posts)))
    id, name, reading, by = both.selected_columns
    return both.order_by(by, reading, name, id).limit(limit)


def _told(asked: Asked, found: dict[UUID, tuple[str, int]]) -> list[dict[str, Any]]:
    """With sex, home and posts, so that namesakes are told apart."""
    query = select(p.c.stream, p.c.sex, p.c.home, p.c.born_on).where(p.c.stream.in_(found), asked.at.holds(p.c, "cadre"))
    known = {row.stream: row for row in asked.c.execute(query)}
    hers = a.c.person.in_(asked.same.records(found))
    posts = select(a.c.person, a.c.organisation, a.c.role).where(hers, asked.at.holds(a.c, "cadre"), a.c.in_office)
    held: dict[UUID, list[dict[str, Any]]] = {}
    for person, organisation, role in sorted(asked.c.execute(posts), key=lambda row: (OFFICES.get(row[2], 99), row[1])):
        held.setdefault(asked.same.one(person), []).append({"organisation": organisation, "role": role})
    return [
        {
            "kind": "people",
            "id": id,
            "name": name,
            "rank": rank,
            "sex": known[id].sex,
            "born_on": known[id].born_on,
            "home": known[id].home,
            "home_name": asked.tree.nodes[known[id].home].name if known[id].home in asked.tree.nodes else None,
            "posts": asked.named(held.get(id, [])),
        }
        for id, (name, rank) in found.items()
        if id in known
    ]


def _documents(asked: Asked, text: str, limit: int) -> list[dict[str, Any]]:
    said = [func.lower(c) for c in (d.c.title, d.c.number)]
    means, begins = (or_(*(getattr(x, how)(text, autoescape=True) for x in said)) for how in ("contains", "startswith"))
    rank = case((or_(*(x == text for x in said)), 0), (begins, 1), else_=2).label("rank")
    columns = (rank, d.c.stream.label("id"), d.c.title.label("name"), d.c.number, d.c.dated, d.c.organisation)
    query = asked.within(select(*columns).where(and_(asked.at.is_known(d.c, "org"), means)), d.c.organisation)
    rows = asked.c.execute(query.order_by(rank, d.c.dated.desc(), d.c.stream).limit(limit)).mappings()
    return asked.named([{"kind": "documents", **row} for row in rows])
