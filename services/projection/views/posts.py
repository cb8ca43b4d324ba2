"""All posts held and all profiles as columns in memory, of any date and as known at any time: what the structure of a province is counted from."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, Select, SmallInteger, case, cast, func, literal_column, select
from sqlalchemy.engine import Connection

from services.projection.views.appointments import Appointments
from services.projection.views.columns import Columns, ids, read
from services.projection.views.moment import Applied, Moment, applied, aside, streams_since
from services.projection.views.people import People
from shared.view import STILL

__all__ = ["ENGAGEMENTS", "VALUES", "Holders", "Posts"]

ENGAGEMENTS = ("full_time", "seconded", "part_time")  # of several in one organisation the first counts
VALUES = {
    "degree": ("postgraduate", "bachelor", "associate", "secondary", "junior_or_below"),
    "staffing": ("administrative", "institution", "contract", "other"),
    "population": ("federation_cadre", "system_worker"),
}
MOST = 3000  # aggregates changed since all was read; with more, all is read again


class Holders(NamedTuple):
    """One entry a person and organisation (K2). Values are places in `VALUES` or `ENGAGEMENTS`, one past the last for any other or none;
    `born` is a day number, 0 unknown; `posts`: in how many organisations she holds one."""

    area: NDArray[Any]
    born: NDArray[Any]
    degree: NDArray[Any]
    staffing: NDArray[Any]
    population: NDArray[Any]
    engagement: NDArray[Any]
    posts: NDArray[Any]


@dataclass(frozen=True)
class Held:
    """Rows of both tables; `people` and `organisations` give the ids their numbers."""

    posts: Columns
    profiles: Columns
    people: Numbers
    organisations: Numbers
    regions: Sequence[str]

    def holders(self, at: Moment, place: Mapping[UUID, int]) -> Holders:
        """Who is in office on the date, as known, in the organisations of `place`, each with the number of its area."""
        posts, width = self.posts, max(len(self.organisations), 1)
        now = self._holds(posts, at)
        profile, kept = self._profiles(at)
        keys = np.sort((kept[posts["person"][now]].astype(np.int64) * width + posts["organisation"][now]) * 4 + posts["engagement"][now])
        keys = keys[np.diff(keys >> 2, prepend=-1) > 0]
        person, organisation = np.divmod(keys >> 2, width)
        area = self._areas(place)[organisation]
        mine = (area >= 0) & (profile[person] >= 0)
        rows = profile[person[mine]]
        born, degree, staffing, population = (self.profiles[name][rows] for name in ("born", *VALUES))
        return Holders(area[mine], born, degree, staffing, population, keys[mine] & 3, np.bincount(person, minlength=1)[person[mine]])

    def _profiles(self, at: Moment) -> tuple[NDArray[Any], NDArray[Any]]:
        """By the number of a person: the row of her profile, -1 for none; and the number of the record that stands for her."""
        so = np.flatnonzero(self._holds(self.profiles, at))
        person, into = self.profiles["person"][so], self.profiles["kept"][so]
        profile, kept = np.full(len(self.people), -1), np.arange(len(self.people))
        profile[person], kept[person] = so, into
        while (kept[kept] != kept).any():
            kept = kept[kept]
        return profile, kept

    def _areas(self, place: Mapping[UUID, int]) -> NDArray[Any]:
        """By the number of the organisation; -1: not asked for."""
        areas, at = np.full(len(self.organisations), -1), self.organisations.of(ids(place))
        areas[at[at >= 0]] = np.fromiter(place.values(), np.int64)[at >= 0]
        return areas

    def _holds(self, rows: Columns, at: Moment) -> Any:
        """As `Moment.holds`."""
        day = at.as_of.toordinal()
        so = (rows["valid_from"] <= day) & (rows["valid_to"] > day)
        known = [(region, position) for (region, service), position in at.known.items() if service == "cadre"]
        if not known:
            return so & (rows["known_to"] == STILL)
        each = ((rows["region"] == self.regions.index(r)) & (rows["known_from"] <= p) & (rows["known_to"] > p) for r, p in known if r in self.regions)
        return so & np.logical_or.reduce([np.zeros(len(so), bool), *each])


class Numbers:
    """Ids of 16 bytes in their order, each with its place as number; those met later come behind."""

    def __init__(self, known: NDArray[Any], later: Mapping[bytes, int]) -> None:
        self.known, self.later = known, later

    def __len__(self) -> int:
        return len(self.known) + len(self.later)

    def of(self, some: NDArray[Any]) -> NDArray[Any]:
        """-1: never met."""
        if not len(self.known):
            return np.array([self.later.get(id, -1) for id in some.tolist()], np.int64)
        at = np.minimum(np.searchsorted(self.known, some), len(self.known) - 1)
        other = self.known[at] != some
        at[other] = [self.later.get(id, -1) for id in some[other].tolist()]
        return at

    def and_of(self, some: NDArray[Any]) -> Numbers:
        new = np.unique(some[self.of(some) < 0]).tolist()
        return Numbers(self.known, {**self.later, **{id: len(self) + n for n, id in enumerate(new)}})


class Posts:
    """The columns of one process, from the views of one consumer. A question reads what changed since they were read; all is read again when that
    is much, or when the log they came from is no longer the one applied."""

    def __init__(self, consumer: str) -> None:
        self.consumer = consumer
        self._lock = threading.Lock()
        self._read: tuple[Applied, tuple[Any, ...], Held] | None = None

    def held(self, c: Connection) -> Held:
        """As the connection's snapshot has it."""
        there, parked = {source: last for source, last in applied(c, self.consumer).items() if source[1] == "cadre"}, aside(c)
        with self._lock:
            changed = self._changed(c, there, parked)
            if self._read is None or changed is None:
                self._read, changed = (there, parked, _all(c, sorted(region for region, _ in there))), []
            held = self._read[2]
        return _with(c, held, changed) if changed else held

    def _changed(self, c: Connection, there: Applied, parked: tuple[Any, ...]) -> Sequence[UUID] | None:
        """Aggregates with later events than those of the columns; None: the columns are of no use."""
        if self._read is None or self._read[1] != parked or self._read[0].keys() != there.keys():
            return None
        found: set[UUID] = set()
        for source, was in self._read[0].items():
            since = streams_since(c, source, was, there[source], MOST + 1)
            if since is None:
                return None
            found |= since
        return list(found) if len(found) <= MOST else None


def _all(c: Connection, regions: Sequence[str]) -> Held:
    posts, profiles = (_by_stream(read(c, query)) for query in _queries(c, regions))
    people = Numbers(np.unique(np.concatenate([posts["person"], profiles["stream"], profiles["kept"]])), {})
    organisations = Numbers(np.unique(posts["organisation"]), {})
    posts, profiles = _numbered(posts, profiles, people, organisations)
    return Held(posts, profiles, people, organisations, regions)


def _with(c: Connection, held: Held, changed: Sequence[UUID]) -> Held:
    """With the rows of some aggregates as the snapshot has them, in place of those read before."""
    a, p = Appointments.table.c, People.table.c
    first, second = _queries(c, held.regions)
    posts, profiles = read(c, first.where(a.stream.in_(changed))), read(c, second.where(p.stream.in_(changed)))
    people = held.people.and_of(np.concatenate([posts["person"], profiles["stream"], profiles["kept"]]))
    organisations = held.organisations.and_of(posts["organisation"])
    new = _numbered(posts, profiles, people, organisations)
    gone = ids(changed)
    return Held(_instead(held.posts, new[0], gone), _instead(held.profiles, new[1], gone), people, organisations, held.regions)


def _by_stream(rows: Columns) -> Columns:
    order = np.argsort(rows["stream"])
    return {name: values[order] for name, values in rows.items()}


def _instead(was: Columns, now: Columns, gone: NDArray[Any]) -> Columns:
    stays = np.ones(len(was["stream"]), bool)
    for first, end in zip(*(np.searchsorted(was["stream"], gone, side) for side in ("left", "right")), strict=True):
        stays[first:end] = False
    return {name: np.concatenate([was[name][stays], now[name]]) for name in now}


def _numbered(posts: Columns, profiles: Columns, people: Numbers, organisations: Numbers) -> tuple[Columns, Columns]:
    posts |= {"person": people.of(posts["person"]), "organisation": organisations.of(posts["organisation"])}
    return posts, profiles | {"person": people.of(profiles["stream"]), "kept": people.of(profiles["kept"])}


def _queries(c: Connection, regions: Sequence[str]) -> tuple[Select[Any], Select[Any]]:
    """Posts in office, and profiles, of any time."""
    a, p = Appointments.table.c, People.table.c
    posts = select(a.stream, a.person, a.organisation, _code(a.engagement, ENGAGEMENTS), *_times(c, a, regions)).where(a.in_office)
    values = (_code(p[name], known) for name, known in VALUES.items())
    kept = func.coalesce(p.merged_into, p.stream).label("kept")
    return posts, select(p.stream, func.coalesce(p.born, 0).label("born"), *values, kept, *_times(c, p, regions))


def _times(c: Connection, t: Any, regions: Sequence[str]) -> Iterable[ColumnElement[Any]]:
    yield _code(t.region, regions)
    for day in (t.valid_from, t.valid_to):  # as date.toordinal
        number = day - literal_column("DATE '0001-01-01'") + 1 if c.dialect.name == "postgresql" else func.julianday(day) - 1721424.5
        yield cast(number, Integer).label(day.key)
    yield from (t.known_from, t.known_to)


def _code(column: Any, values: Sequence[str]) -> ColumnElement[Any]:
    return cast(case({v: i for i, v in enumerate(values)}, value=column, else_=len(values)), SmallInteger).label(column.key)
