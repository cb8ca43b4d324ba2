"""The tree of organisations as of a date, as known: subtrees, paths, child areas. Kept in process for as long as no organisation changes."""

from __future__ import annotations

import gc
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, FromClause, Integer, Text, Uuid, case, cast, column, func, literal, select
from sqlalchemy.engine import Connection

from services.projection.views.moment import Moment, aside
from services.projection.views.names import Names
from services.projection.views.organisations import AREAS, organisations
from shared.garbage import uncollected
from shared.tables import events, tracking
from shared.view import STILL

__all__ = ["LEVELS", "Groups", "Node", "Tree", "Trees"]

LEVELS = ("province", "city", "county", "township", "village")
RANK = {level: i for i, level in enumerate(LEVELS)}
T = TypeVar("T")
KEPT = 12  # trees at once
STATES = 4  # of what was known, about 10 MB each for a province


class Node(NamedTuple):
    id: UUID
    name: str
    short_name: str
    org_type: str
    level: str
    status: str
    code: str | None
    parent: UUID | None
    became: UUID | None

    @property
    def is_area(self) -> bool:
        return self.org_type in AREAS or self.code is not None


@dataclass(frozen=True)
class Groups:
    """Areas in the order of the divisions, and which of them each organisation of the subtree counts in."""

    areas: Sequence[Node]
    place: Mapping[UUID, int]
    most: bool = False  # of the tree
    _bound: dict[str, str | list[str]] = field(default_factory=dict)

    def table(self, c: Connection) -> FromClause:
        """The same as rows (organisation, area) to join with."""
        if c.dialect.name == "postgresql":
            if not self._bound:
                self._bound["ids"] = "{" + ",".join(map(str, self.place)) + "}"
                self._bound["areas"] = "{" + ",".join(map(str, self.place.values())) + "}"
            ids, areas = (cast(literal(self._bound[k], Text), ARRAY(t)) for k, t in (("ids", Uuid), ("areas", Integer)))
            rows = func.unnest(ids, areas).table_valued(column("organisation", Uuid), column("area", Integer), name="place").render_derived()
            return rows
        if not self._bound:
            self._bound["json"] = orjson.dumps({o.hex: i for o, i in self.place.items()}).decode()
        pairs = func.json_each(literal(self._bound["json"], Text)).table_valued(column("key", Uuid), column("value", Integer), name="place")
        return select(pairs.c.key.label("organisation"), pairs.c.value.label("area")).subquery("placed")


@dataclass
class Tree:
    """All organisations as of a date, in the order of the divisions. A merged or converted one stands under what it became."""

    nodes: dict[UUID, Node]
    before: Sequence[tuple[UUID, str]] = ()  # names borne before
    _groups: dict[Hashable, Groups] = field(default_factory=dict)

    @cached_property
    def children(self) -> dict[UUID | None, list[UUID]]:
        found: dict[UUID | None, list[UUID]] = {}
        for node in self.nodes.values():
            found.setdefault(self.above(node), []).append(node.id)
        return found

    @cached_property
    def by_code(self) -> dict[str, UUID]:
        return {n.code: n.id for n in self.nodes.values() if n.code and n.status in ("active", "proposed")}

    @cached_property
    def roots(self) -> list[UUID]:
        return self.children.get(None, [])

    @cached_property
    def below(self) -> dict[UUID, int]:
        """How many organisations lie under each."""
        order = list(self.roots)
        for id in order:
            order += self.children.get(id, ())
        found: dict[UUID, int] = {}
        for id in reversed(order):
            found[id] = sum(found[child] + 1 for child in self.children.get(id, ()))
        return found

    @cached_property
    def names(self) -> Names:
        return Names((n.id, (n.short_name, n.name)) for n in self.nodes.values())

    @cached_property
    def former(self) -> dict[UUID, list[str]]:
        """The names an organisation bore before and bears no more."""
        found: dict[UUID, list[str]] = {}
        for id, name in dict.fromkeys(self.before):
            if id in self.nodes and name not in (self.nodes[id].name, self.nodes[id].short_name):
                found.setdefault(id, []).append(name)
        return found

    @cached_property
    def former_names(self) -> Names:
        return Names((id, tuple(names)) for id, names in self.former.items())

    def above(self, node: Node) -> UUID | None:
        up = node.became or node.parent
        return up if up in self.nodes and up != node.id else None

    def find(self, area: str) -> UUID | None:
        """By UUID, 12-digit division code, or its first 6 digits."""
        if area.isdigit() and len(area) in (6, 12):
            return self.by_code.get(area.ljust(12, "0"))
        try:
            id = UUID(area)
        except ValueError:
            return None
        return id if id in self.nodes else None

    def path(self, id: UUID) -> tuple[UUID, ...]:
        """The organisation, what it stands under, … up to the top."""
        path: list[UUID] = []
        at: UUID | None = id
        while at is not None and at in self.nodes and at not in path:
            path.append(at)
            at = self.above(self.nodes[at])
        return tuple(path)

    def walk(self, tops: Iterable[UUID]) -> Iterable[tuple[UUID, int]]:
        """Every organisation at the tops and below with its depth, in the order of the divisions."""
        seen: set[UUID] = set()
        stack = [(t, 0) for t in reversed(list(tops))]
        while stack:
            id, depth = stack.pop()
            if id in seen:
                continue
            seen.add(id)
            yield id, depth
            stack += [(child, depth + 1) for child in reversed(self.children.get(id, []))]

    def groups(self, tops: Sequence[UUID], level: str | None = None, whole: bool = False) -> Groups:
        """The subtree cut into child areas: those directly below, or the first at `level` or below it. What lies in none of them counts in the
        nearest area above (本级). `whole`: one group a top."""
        key = (tuple(tops), level, whole)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = self._cut(tops, level, whole)
        return found

    def _cut(self, tops: Sequence[UUID], level: str | None, whole: bool) -> Groups:
        group: dict[UUID, UUID] = {}
        own: dict[UUID, bool] = {}  # may a child area still begin below?
        tops = [t for t in tops if not set(self.path(t)[1:]) & set(tops)]
        for id, depth in self.walk(tops):
            node, up = self.nodes[id], self.above(self.nodes[id])
            if depth == 0 or up is None:
                group[id], own[id] = id, not whole
            elif not own[up] or not node.is_area:
                group[id], own[id] = group[up], own[up]
            else:
                group[id] = id
                own[id] = bool(level) and RANK[node.level] < RANK[level or "village"]
        areas = [id for id in group if group[id] == id]
        index = {a: i for i, a in enumerate(areas)}
        return Groups([self.nodes[a] for a in areas], {o: index[g] for o, g in group.items()}, len(group) * 3 > len(self.nodes))


def _order(node: Node) -> tuple[str, int, str, UUID]:
    return (node.code or "9" * 12, RANK.get(node.level, 9), node.name, node.id)


class Dated(NamedTuple):
    """What was known of the organisations: what each was from a date on until another, in the order of the divisions; all those dates; and the
    names of those that had several, with the days from which they were former ones."""

    nodes: list[tuple[date, date, Node]]
    days: list[date]
    names: list[tuple[date, UUID, str]]

    def on(self, day: date) -> Tree:
        before = [(id, name) for last, id, name in self.names if last <= day]
        return Tree({node.id: node for first, last, node in self.nodes if first <= day < last}, before)


class Trees:
    """The trees lately asked for, made of the same nodes. Two dates with no change of an organisation between them share one."""

    def __init__(self) -> None:
        self._dated: OrderedDict[Hashable, Dated] = OrderedDict()
        self._kept: OrderedDict[Hashable, Tree] = OrderedDict()
        self._lock = threading.Lock()

    def tree(self, c: Connection, at: Moment) -> Tree:
        version = (*_changed(c, at), *aside(c))
        dated = self._once(self._dated, version, STATES, lambda: load(c, at))
        return self._once(self._kept, (version, bisect_right(dated.days, at.as_of)), KEPT, lambda: dated.on(at.as_of))

    def _once(self, kept: OrderedDict[Hashable, T], key: Hashable, most: int, make: Callable[[], T]) -> T:
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made


def _changed(c: Connection, at: Moment) -> list[tuple[str, int, UUID | None]]:
    """Of each region the last event, as known, that changed an organisation: what came after it, or from elsewhere, leaves the tree as it is. With
    its id, for a log that was restored goes on differently from where it was cut."""
    o, e = organisations, events.c
    found = []
    for region in sorted(c.scalars(select(tracking.c.region).where(tracking.c.service == "org").distinct())):
        known = at.known.get((region, "org"), STILL - 1)
        begun, ended = (select(func.max(x)).where(o.region == region, x <= known).scalar_subquery() for x in (o.known_from, o.known_to))
        last = max(n or 0 for n in c.execute(select(begun, ended)).one())
        found.append((region, last, c.scalar(select(e.id).where(e.region == region, e.service == "org", e.position == last))))
    return found


def load(c: Connection, at: Moment) -> Dated:
    """As known at the moment, of all dates. What is loaded stays: to look through it for garbage takes longer than most answers."""
    o = organisations
    query = select(
        o.valid_from,
        o.valid_to,
        o.stream,
        func.coalesce(o.full_name, ""),
        func.coalesce(o.short_name, ""),
        o.org_type,
        o.level,
        o.status,
        o.code,
        o.parent,
        case((o.status.in_(("merged", "converted")), o.became), else_=None),
    ).where(at.is_known(o, "org"))
    with uncollected():
        nodes = [(first, last, Node(*said)) for first, last, *said in c.execute(query)]
        nodes.sort(key=lambda row: _order(row[2]))
        gc.collect()  # what is garbage now would stay too
        gc.freeze()
    return Dated(nodes, sorted({day for first, last, _ in nodes for day in (first, last)}), _names(nodes))


def _names(nodes: Sequence[tuple[date, date, Node]]) -> list[tuple[date, UUID, str]]:
    called: dict[UUID, tuple[str, str]] = {}
    renamed = {node.id for _, _, node in nodes if called.setdefault(node.id, (node.name, node.short_name)) != (node.name, node.short_name)}
    borne = [(last, node.id, name) for _, last, node in nodes if node.id in renamed for name in (node.name, node.short_name)]
    return sorted(borne, key=lambda one: one[0])
