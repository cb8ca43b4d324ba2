"""Every service's own copy of org's grants, delegations and tree: views fed by name, and an index in memory to decide by."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.calendar import FOREVER, today
from shared.corrections import corrected
from shared.es import Event
from shared.permissions import Delegation, Grant, delegated
from shared.tables import events as kept
from shared.view import ORIGIN, View, Views, view_table

__all__ = ["Access", "DelegationsCopy", "GrantsCopy", "TreeCopy"]

COPIES = sa.MetaData()


class GrantsCopy(View):
    """One row a grant."""

    name, version = "access_grants", 1
    table = view_table(
        "access_grants",
        COPIES,
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("organisation", sa.Uuid),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("department", sa.Text),
        sa.Column("person", sa.Uuid),
        bitemporal=False,
    )
    facts = frozenset({"org.GrantGiven", "org.GrantEnded", "org.GrantEndCorrected"})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        given = next((e for e in history if e.name == "org.GrantGiven"), None)
        if given is None:
            return []
        d = given.data
        ends = [_day(d.get("until")), *(_day(e.data["effective"]) for e in history if e.name == "org.GrantEnded" and not e.data["with_post"])]
        posts = (e.data for e in reversed(history) if e.name == "org.GrantEndCorrected" or e.data.get("with_post"))
        until = min([*ends, _day((next(posts, None) or {}).get("effective"))])
        return [
            {
                "account": d["account"],
                "role": d["role"],
                "organisation": _id(d.get("organisation")),
                "starts_on": _day(d["starts_on"]),
                "until": until,
                "department": d.get("department"),
                "person": _id(d.get("person")),
            }
        ]


class DelegationsCopy(View):
    """One row a delegation."""

    name, version = "access_delegations", 1
    table = view_table(
        "access_delegations",
        COPIES,
        sa.Column("from_account", sa.Text, nullable=False),
        sa.Column("to_account", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("organisation", sa.Uuid, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        bitemporal=False,
    )
    facts = frozenset({"org.DelegationGranted", "org.DelegationEnded"})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        granted = next((e for e in history if e.name == "org.DelegationGranted"), None)
        if granted is None:
            return []
        d = granted.data
        until = min([_day(d["until"]), *(_day(e.data["effective"]) for e in history if e.name == "org.DelegationEnded")])
        return [
            {
                "from_account": d["from_account"],
                "to_account": d["to_account"],
                "roles": " ".join(sorted(d["roles"])),
                "organisation": UUID(d["organisation"]),
                "starts_on": _day(d["starts_on"]),
                "until": until,
            }
        ]


class TreeCopy(View):
    """One row a stretch of days under one parent; one merged or dissolved keeps its place: its papers stay somebody's business."""

    name, version = "access_tree", 1
    table = view_table(
        "access_tree", COPIES, sa.Column("valid_from", sa.Date, primary_key=True), sa.Column("parent", sa.Uuid), bitemporal=False
    )
    facts = frozenset({"org.OrganisationProposed", "org.OrganisationMoved", "org.OrganisationCorrected"})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        stretches: dict[date, UUID | None] = {}
        for e in corrected(history):
            if e.name == "org.OrganisationProposed":
                stretches[date.min] = _id(e.data.get("parent"))
            elif e.name == "org.OrganisationMoved":
                moved = _day(e.data["effective"])
                stretches = {d: p for d, p in stretches.items() if d < moved} | {moved: UUID(e.data["parent"])}
        return [{"valid_from": d, "parent": p} for d, p in stretches.items()]


COPIED = (GrantsCopy(), DelegationsCopy(), TreeCopy())


@dataclass
class Index:
    """The three copies, by what is asked."""

    grants: dict[UUID, Grant] = field(default_factory=dict)
    delegations: dict[UUID, Delegation] = field(default_factory=dict)
    tree: dict[UUID, list[tuple[date, UUID | None]]] = field(default_factory=dict)
    by_account: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))


class Access:
    """Grants of an account, path of an organisation. A sink for org's events; readers never wait for it."""

    def __init__(self, engine: sa.Engine, region: str, first_admin: str = "") -> None:
        self.views, self.region, self.first_admin = Views(engine, COPIED, "access", never_parks=True, keep_all=False), region, first_admin
        self.index = Index()
        self.age: Callable[[], float] = lambda: 0.0  # seconds since this copy was last known to be all there is
        self.refresh: Callable[[], None] = lambda: None  # where org's log is at hand: bring in what is new, now
        self._lock = threading.Lock()
        self._seen: tuple[int, UUID] | None = None  # the last event of org's log that the index has
        self.look()

    def tracked(self) -> str:
        """The last event of org that was applied."""
        return self.views.tracked(self.region, "org") or ORIGIN

    def apply(self, events: Sequence[Event], prev: str) -> None:
        """Events of org's log that follow `prev`."""
        self.views.apply(self.region, "org", prev, events)
        if any(self.views.wants(e) for e in events):
            self.look()

    def keep(self) -> None:
        self.views.keep(self.region, "org")

    def look(self) -> None:
        """Bring the index up to the tables, whoever filled them."""
        with self._lock, self.views.connect() as connection:
            mine = sa.select(kept.c.position, kept.c.id, kept.c.stream).where(kept.c.region == self.region, kept.c.service == "org")
            if self._seen:
                there = connection.execute(mine.where(kept.c.position >= self._seen[0]).order_by(kept.c.position)).all()
                if there and (there[0].position, there[0].id) == self._seen:
                    if moved := there[1:]:
                        self._read(connection, self.index, {e.stream for e in moved})
                        self._seen = moved[-1].position, moved[-1].id
                    return
            newest = connection.execute(mine.order_by(kept.c.position.desc()).limit(1)).first()
            index = Index() if self._seen else self.index  # anew, where the log was restored and goes on differently
            if newest:
                self._read(connection, index, None)
            self.index, self._seen = index, (newest.position, newest.id) if newest else None

    def wait(self, position: int, seconds: float) -> bool:
        """Whether org's log up to a position is in, after waiting for it."""
        self.refresh()
        there = self.views.wait({(self.region, "org"): position}, seconds)
        self.look()  # the tables may be a moment ahead of the index
        return there

    def grants(self, account: str) -> tuple[Grant, ...]:
        """All of an account's grants, live or not; the configured first administrator counts while no security_admin is there."""
        found = tuple(self.index.grants[g] for g in sorted(self.index.by_account.get(account, ())))
        if account and account == self.first_admin and not self.governed(today()):
            found += (Grant(account, "security_admin", None, date.min, FOREVER),)
        return found

    def governed(self, day: date) -> bool:
        """Whether anybody is security_admin on a day."""
        return any(g.role == "security_admin" and g.starts_on <= day < g.until for g in list(self.index.grants.values()))

    def lent(self, lender: str, account: str, day: date) -> tuple[Grant, ...]:
        """What `account` may do in place of `lender` on a day."""
        live = [
            d
            for d in list(self.index.delegations.values())
            if d.from_account == lender and d.to_account == account and d.starts_on <= day < d.until
        ]
        own = self.grants(lender)
        return tuple(g for d in live for g in delegated(own, d, lambda o: self.path(o, day)))

    def province(self) -> UUID | None:
        """The organisation above all others, once it is there."""
        return next((o for o, stretches in list(self.index.tree.items()) if stretches[-1][1] is None), None)

    def path(self, organisation: UUID, day: date) -> tuple[UUID, ...]:
        """The organisation, its parent, … up to the province, as of a day; empty when it is not known."""
        if organisation not in self.index.tree:
            self.refresh()
        tree, path = self.index.tree, list[UUID]()
        at: UUID | None = organisation
        while at is not None and at in tree and at not in path:
            path.append(at)
            at = next((parent for since, parent in reversed(tree[at]) if since <= day), None)
        return tuple(path)

    def _read(self, connection: sa.Connection, index: Index, streams: set[UUID] | None) -> None:
        """Rows of these streams (None: all of them)."""
        grants, delegations, tree = (_rows(connection, c.table, streams) for c in COPIED)
        for r in grants:
            index.grants[r["stream"]] = Grant(
                r["account"], r["role"], r["organisation"], r["starts_on"], r["until"], r["department"], r["person"]
            )
            index.by_account[r["account"]].add(r["stream"])
        for r in delegations:
            index.delegations[r["stream"]] = Delegation(
                r["from_account"], r["to_account"], frozenset(r["roles"].split()), r["organisation"], r["starts_on"], r["until"]
            )
        stretches: dict[UUID, list[tuple[date, UUID | None]]] = defaultdict(list)
        for r in tree:
            stretches[r["stream"]].append((r["valid_from"], r["parent"]))
        index.tree.update({o: sorted(s, key=lambda stretch: stretch[0]) for o, s in stretches.items()})


def _rows(connection: sa.Connection, table: sa.Table, streams: set[UUID] | None) -> list[sa.RowMapping]:
    if streams is None:
        return list(connection.execute(sa.select(table)).mappings())
    ids = list(streams)
    return [
        row
        for start in range(0, len(ids), 500)
        for row in connection.execute(sa.select(table).where(table.c.stream.in_(ids[start : start + 500]))).mappings()
    ]


def _day(value: str | None) -> date:
    return date.fromisoformat(value) if value else FOREVER


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
