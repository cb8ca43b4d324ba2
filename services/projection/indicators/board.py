"""The figures of an overview, organisation by organisation, and their sums up the tree."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Connection

from services.projection.indicators.definition import Ask, count_if, percent, period
from services.projection.indicators.terms import filled, reelected
from services.projection.indicators.units import chairs
from services.projection.views.appointments import Appointments
from services.projection.views.moment import Applied, Moment, applied, aside, streams_since
from services.projection.views.reelections import Reelections
from services.projection.views.terms import Terms
from services.projection.views.tree import Groups, Tree
from services.projection.views.vacancies import Vacancies

__all__ = ["DUE", "FIGURES", "Boards", "Counts", "figures", "measured", "summed", "totals"]

DUE = timedelta(days=180)  # [O4] the first reminder
EXECUTIVES = ("chair", "vice_chair", "standing_member", "executive_member")
FIGURES = (
    *("organisations", "holders", "executives", "chair_seats", "chairs_filled", "chairs_acting"),
    *("terms", "terms_due", "terms_overdue", "reelections_open"),
    *("vacancies", "vacancies_overdue", "vacancies_long", "due_in_period", "reelected_on_time", "opened_in_period", "filled_in_time"),
    *("posts_active", "posts_suspended", "posts_ended"),  # for the tabs over the list of appointments
)
PLACE = {name: i for i, name in enumerate(FIGURES)}
RATES = {
    "chair_rate": ("chairs_filled", "chair_seats"),
    "on_time_rate": ("reelected_on_time", "due_in_period"),
    "fill_rate": ("filled_in_time", "opened_in_period"),
}
KEPT, CHANGES, OLDEST = 3, 500, 600.0  # boards; events caught up with one by one; seconds until all is measured anew
NOTHING = (0,) * len(FIGURES)
Counts = Mapping[UUID, Sequence[int]]
a, r, t, v = Appointments.table, Reelections.table, Terms.table, Vacancies.table


def measured(c: Connection, at: Moment, tree: Tree, organisations: Sequence[UUID]) -> dict[UUID, list[int]]:
    """The figures of each of these organisations by itself; one without any is left out."""
    groups = Groups((), {id: i for i, id in enumerate(organisations)}, len(organisations) * 3 > len(tree.nodes))
    ask = Ask(c, at, groups, groups.table(c), period(None, at.as_of))
    found: dict[UUID, list[int]] = {}
    for i, name, n in (*_counted(ask), *_judged(ask)):
        row = found.setdefault(organisations[i], list(NOTHING))
        row[PLACE[name]] = int(n)
    for id in organisations:
        if tree.nodes[id].status == "active":
            row = found.setdefault(id, list(NOTHING))
            row[0] = 1
    return found


def _counted(ask: Ask) -> Iterator[tuple[int, str, int]]:
    """What is there on the date."""
    day = ask.at.as_of
    place = ask.place
    hers = ask.same.of(a.c.person).label("hers")
    held = (
        select(place.c.area, hers, func.max(case((a.c.role.in_(EXECUTIVES), 1), else_=0)).label("executive"))
        .select_from(a.join(place, place.c.organisation == a.c.organisation))
        .where(ask.at.holds(a.c, "cadre"), a.c.in_office)
        .group_by(place.c.area, hers)
        .subquery("held")
    )
    yield from _named(ask, select(held.c.area, func.count(), func.sum(held.c.executive)).group_by(held.c.area), "holders", "executives")
    holds = (a.c.valid_from <= day) & (a.c.valid_to > day)
    posts = (
        select(
            place.c.area,
            count_if(holds & (a.c.status == "active")),
            count_if(holds & (a.c.status == "suspended")),
            count_if((a.c.ends_on <= day) & (a.c.valid_to == a.c.ends_on)),
        )
        .select_from(a.join(place, place.c.organisation == a.c.organisation))
        .where(ask.at.is_known(a.c, "cadre"), a.c.in_office)
        .group_by(place.c.area)
    )
    yield from _named(ask, posts, "posts_active", "posts_suspended", "posts_ended")
    soon = count_if((t.c.due_on > day) & (t.c.due_on <= day + DUE))
    yield from _named(ask, _by_area(ask, t, func.count(), soon, count_if(t.c.due_on <= day)), "terms", "terms_due", "terms_overdue")
    overdue, long = count_if(v.c.timely_until < day), count_if(v.c.long_from <= day)
    open_now = _by_area(ask, v, func.count(), overdue, long).where(v.c.over_on > day)
    yield from _named(ask, open_now, "vacancies", "vacancies_overdue", "vacancies_long")
    running = _by_area(ask, r, func.count()).where(*(or_(r.c[d].is_(None), r.c[d] > day) for d in ("closed_on", "cancelled_on")))
    yield from _named(ask, running, "reelections_open")


def _judged(ask: Ask) -> Iterator[tuple[int, str, int]]:
    """R34 on the date, R02 and R03 in the year."""
    for indicator, part, whole in (
        (chairs(ask), "chairs_filled", "chair_seats"),
        (reelected(ask), "reelected_on_time", "due_in_period"),
        (filled(ask), "filled_in_time", "opened_in_period"),
    ):
        for f in indicator:
            if f.measure == "acting_chairs":
                yield f.area, "chairs_acting", int(f.numerator or 0)
            elif f.measure != "reelected_after_extension":
                yield f.area, part, int(f.numerator or 0)
                yield f.area, whole, int(f.denominator or 0)


def _by_area(ask: Ask, table: Any, *columns: Any) -> Any:
    joined = table.join(ask.place, ask.place.c.organisation == table.c.organisation)
    return select(ask.place.c.area, *columns).select_from(joined).where(ask.at.holds(table.c, "org")).group_by(ask.place.c.area)


def _named(ask: Ask, query: Any, *names: str) -> Iterator[tuple[int, str, int]]:
    for area, *counts in ask.rows(query):
        yield from ((area, name, n) for name, n in zip(names, counts, strict=True))


def summed(tree: Tree, own: Counts, organisations: Iterable[UUID]) -> dict[UUID, list[int]]:
    """The figures of each with all that lies below it; `organisations`: in the order of a walk, so that what is above comes first."""
    order = list(organisations)
    sums = {id: list(own.get(id, NOTHING)) for id in order}
    for id in reversed(order):
        above = tree.above(tree.nodes[id])
        if above in sums and any(mine := sums[id]):
            sums[above] = [x + y for x, y in zip(sums[above], mine, strict=True)]
    return sums


def totals(counts: Counts, organisations: Iterable[UUID], *names: str) -> list[int]:
    """Of these organisations together."""
    rows = [counts[id] for id in organisations if id in counts]
    return [sum(row[PLACE[name]] for row in rows) for name in names]


def figures(counts: Sequence[int]) -> dict[str, Any]:
    """By name, with the rates in percent (None: nothing to have a share of)."""
    found: dict[str, Any] = dict(zip(FIGURES, counts, strict=True))
    return found | {name: percent(0, name, found[part], found[whole]).value for name, (part, whole) in RATES.items()}


@dataclass(frozen=True)
class Board:
    """The figures of every organisation of a tree by itself and with all below it, up to some events of the logs."""

    tree: Tree
    own: Counts
    sums: Counts
    applied: Applied
    made: float


class Boards:
    """The board of the whole tree as of a date, kept in process: after a change only what was changed is measured anew."""

    def __init__(self, consumer: str) -> None:
        self.consumer = consumer
        self._kept: OrderedDict[Hashable, Board] = OrderedDict()
        self._lock = threading.Lock()
        self._seen = 0

    def calm(self, c: Connection) -> bool:
        """Whether what came since the last look is little enough to keep up with; nothing of a first load is."""
        seen, self._seen = self._seen, sum(position for position, _ in applied(c, self.consumer).values())
        return self._seen - seen <= CHANGES

    def renew(self, c: Connection, at: Moment, tree: Tree) -> None:
        """Catches up with the changes, or measures all anew long before a reader would have to, who meanwhile has the board there was."""
        key = _key(c, at, False)
        before = self._kept.get(key)
        if before and time.monotonic() - before.made < OLDEST / 2:
            self.board(c, at, tree)
            return
        made = _made(c, at, tree, applied(c, self.consumer), None, set())
        with self._lock:
            self._keep(key, made)

    def board(self, c: Connection, at: Moment, tree: Tree, today: bool = False) -> Board:
        """`today`: the tree is today's, whatever the date."""
        key, now = _key(c, at, today), applied(c, self.consumer, at)
        with self._lock:
            before = self._kept.get(key)
            if before and time.monotonic() - before.made > OLDEST:
                before = None
            changed = _touched(c, before.applied, now) if before else None
            if before and changed == set() and before.tree is tree:
                return before
            made = _made(c, at, tree, now, before if changed else None, changed or set())
            self._keep(key, made)
            return made

    def _keep(self, key: Hashable, board: Board) -> None:
        self._kept[key] = board
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _key(c: Connection, at: Moment, today: bool) -> Hashable:
    return (at.as_of, tuple(sorted(at.known.items())), aside(c), today)


def _made(c: Connection, at: Moment, tree: Tree, now: Applied, before: Board | None, changed: set[UUID]) -> Board:
    """Of all organisations; or, after `before`, of those that changed."""
    order = [id for id, _ in tree.walk(tree.roots)]
    own: Counts = measured(c, at, tree, [id for id in order if id in changed] if before else order)
    if before:
        own = {id: row for id, row in before.own.items() if id not in changed and id in tree.nodes} | dict(own)
    return Board(tree, own, summed(tree, own, order), now, before.made if before else time.monotonic())


def _touched(c: Connection, since: Applied, until: Applied) -> set[UUID] | None:
    """Organisations of which something was recorded between these events; None when that is too much to go through, or they are of two logs."""
    streams: set[UUID] = set()
    for source, now in until.items():
        was = since.get(source, (0, ""))
        if now[0] - was[0] > CHANGES:
            return None
        if source[1] in ("org", "cadre"):
            some = streams_since(c, source, was, now, CHANGES)
            if some is None:
                return None
            streams |= some
    found = set(streams)
    for table in (a, r, t, v):
        found |= {id for id in c.scalars(select(table.c.organisation).where(table.c.stream.in_(streams))) if id} if streams else set()
    if streams:  # of a record that was merged into another: where it had posts, one person is less
        found |= set(c.scalars(select(a.c.organisation).where(a.c.person.in_(streams))))
    return found
