"""What every read has in common: area, both times, whose subtree, pages; resolved once, in one snapshot."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, func, or_, select
from sqlalchemy.engine import Connection

from services.projection.views.moment import Moment, moment, once, reading
from services.projection.views.people import People
from services.projection.views.same import Same, same
from services.projection.views.tree import Groups, Tree, Trees
from shared.http import Forbidden, Problem, Query
from shared.permissions import Scope
from shared.permissions import scope as permitted
from shared.tables import among

__all__ = ["FEW", "Asked", "Asking", "Named", "Pages", "Paging", "answer", "somewhere", "unknown"]

Level = Literal["province", "city", "county", "township", "village"]
FEW = 1500  # organisations, more than any county has: all their rows are read and sorted at once
ORGANISATIONS = ("organisation", "parent", "became", "out_of", "area", "home", "into", "from_organisation", "to_organisation")
PEOPLE = ("person", "lecturer", "operator", "executive")


def unknown(name: str, zh: str, en: str, status: int = 422, code: str = "") -> Problem:
    return Problem(status, code or f"unknown_{name}", zh, en, f"query/{name}" if status == 422 else f"path/{name}")


def answer(content: Any) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS), 200, {"Cache-Control": "no-store"}, "application/json")


class Paging:
    """`limit` ≤ 200; `cursor` from the answer before. A cursor carries date and positions of the first page, so all pages show one state,
    also after midnight."""

    def __init__(self, limit: Annotated[int, Parameter(ge=1, le=200)] = 50, cursor: Annotated[str | None, Parameter(max_length=500)] = None) -> None:
        self.limit, self.offset, self.seen = limit, 0, 0
        self.positions: str | None = None
        self.as_of: date | None = None
        if cursor:
            try:
                self.offset, self.positions, as_of, self.seen = orjson.loads(base64.urlsafe_b64decode(cursor))
                self.as_of = date.fromisoformat(as_of)
            except (binascii.Error, ValueError, TypeError):
                raise unknown("cursor", "cursor 无效，请用上一页给出的值。", "Not a valid cursor; use the one of the page before.") from None

    def next(self, more: bool, at: Moment) -> str | None:
        """The cursor of the page after this one, where there is more."""
        return self.cursor(self.offset + self.limit, at) if more else None

    def previous(self, at: Moment) -> str | None:
        """The cursor of the page before this one; None on the first."""
        return self.cursor(max(0, self.offset - self.limit), at) if self.offset else None

    def cursor(self, offset: int, at: Moment, seen: int = 0) -> str:
        """`seen`: rows on this page and those before, where the offset does not say it."""
        return base64.urlsafe_b64encode(orjson.dumps([offset, at.positions, at.as_of, seen])).decode()


Named = Callable[["Asked", list[dict[str, Any]]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Asked:
    """A read with everything resolved. `tops`: the areas whose subtrees it may see and asked for."""

    c: Connection
    at: Moment
    tree: Tree
    tops: Sequence[UUID]
    all: bool  # everything, without a filter

    @cached_property
    def same(self) -> Same:
        """Which records are of one person."""
        return same(self.c, self.at)

    @property
    def area(self) -> UUID | None:
        """The one organisation whose subtree it is of; None: of several."""
        return self.tops[0] if len(self.tops) == 1 else None

    def groups(self, level: str | None = None, whole: bool = False) -> Groups:
        return self.tree.groups(self.tops, level, whole)

    def within(self, query: Select[Any], *columns: Any) -> Select[Any]:
        """The query, kept to rows whose organisation (any of the columns) lies in the subtrees."""
        if self.all:
            return query
        place = self.groups(whole=True)
        if len(columns) > 1 and self.c.dialect.name == "postgresql":  # it joins indexes of several columns for a list, not for a query
            return query.where(or_(*(among(self.c, column, list(place.place)) for column in columns)))
        inside = select(place.table(self.c).c.organisation)
        return query.where(or_(*(column.in_(inside) for column in columns)))

    def answer(self, **said: Any) -> Response:
        """With the date it is of, the time as of which it was known, and the positions that repeat it."""
        return answer({"as_of": self.at.as_of, "known_at": self.at.known_at, "positions": self.at.positions, **said})

    def page(self, query: Select[Any], paging: Paging, named: Named | None = None, counted: bool = False) -> Response:
        """One page of a list, with names as of the date, and the cursors of the next and the one before; `counted`: with how many there are."""
        rows = [dict(r) for r in self.c.execute(query.limit(paging.limit + 1).offset(paging.offset)).mappings()]
        total = {"total": self.c.scalar(query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None))} if counted else {}
        turned = {"cursor": paging.next(len(rows) > paging.limit, self.at), "previous": paging.previous(self.at)}
        return self.answer(rows=(named or Asked.named)(self, rows[: paging.limit]), **turned, **total)

    def part(self, found: Sequence[Any], paging: Paging, told: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """One page of what is at hand, each told as a row; with how many there are, and the cursors of the next and the one before."""
        end = paging.offset + paging.limit
        turned = {"cursor": paging.next(end < len(found), self.at), "previous": paging.previous(self.at)}
        return {"total": len(found), "rows": [told(one) for one in found[paging.offset : end]], **turned}

    def named(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows with the names of their organisations and people beside the ids, as of the date; a person by the record that stands for her."""
        people = self.people({row[k] for row in rows for k in PEOPLE if row.get(k)})
        for row in rows:
            for key in ORGANISATIONS:
                if row.get(key) in self.tree.nodes:
                    row[f"{key}_name"] = self.tree.nodes[row[key]].name
            for key in PEOPLE:
                if row.get(key) in people:
                    row[f"{key}_name"], row[key] = people[row[key]], self.same.one(row[key])
        return rows

    def people(self, ids: set[UUID]) -> dict[UUID, str]:
        """Their names as of the date; of those with a record then."""
        p = People.table.c
        kept = {id: self.same.one(id) for id in ids}
        query = select(p.stream, p.person_name).where(among(self.c, p.stream, list(set(kept.values()))), self.at.holds(p, "cadre"))
        names = {id: name for id, name in self.c.execute(query)}
        return {id: names[one] for id, one in kept.items() if one in names}

    def called(self, organisation: UUID | None) -> str | None:
        """Its name as of the date; None: it is not there."""
        node = self.tree.nodes.get(organisation) if organisation else None
        return node and node.name


class _Asking:
    """`area`: UUID, 6- or 12-digit division code; the subtree as of the date. `tree=now`: of today's tree."""

    def __init__(
        self,
        q: Query,
        area: Annotated[str | None, Parameter(max_length=40)] = None,
        as_of: date | None = None,
        known_at: Annotated[str | None, Parameter(max_length=400)] = None,
        tree: Literal["then", "now"] = "then",
    ) -> None:
        self.q, self.area, self.as_of, self.known_at, self.now = q, area, as_of, known_at, tree == "now"

    @contextmanager
    def open(self, permission: str, paging: Paging | None = None) -> Iterator[Asked]:
        """Forbidden without the permission there; Problem when the area is unknown."""
        scope = somewhere(self.q, permission)
        state = self.q.request.app.state
        turned = bool(paging and paging.as_of)
        known_at, as_of = (paging.positions, paging.as_of) if paging and turned else (self.known_at, self.as_of)
        with reading(state.views) as c:
            at = moment(state.views, c, as_of or self.q.today, known_at, turned)
            tree = once(state.views, "trees", Trees).tree(c, at.on(self.q.today) if self.now else at)
            tops = self.tops(tree, scope, permission)
            yield Asked(c, at, tree, tops, _everything(tree, tops, scope))

    def also(self, asked: Asked, permission: str) -> Asked | None:
        """The same snapshot where another permission holds; None when nowhere in the area."""
        scope = permitted(self.q.actor.grants, permission, self.q.today)  # for showing, grants need not be fresh
        if not scope:
            return None
        try:
            tops = self.tops(asked.tree, scope, permission)
            return replace(asked, tops=tops, all=_everything(asked.tree, tops, scope))
        except Forbidden:
            return None

    def tops(self, tree: Tree, scope: Scope, permission: str) -> list[UUID]:
        if not self.area:
            if scope.all:
                return list(tree.roots)
            return [*(r for r in sorted(scope.roots) if r in tree.nodes), *(c for t in sorted(scope.tops) for c in tree.children.get(t, []))]
        found = tree.find(self.area)
        if found is None:
            raise unknown(
                "area",
                "没有这个地区或组织：它在该日期还不存在，或代码有误。请换一个日期，或用 6 位、12 位区划代码。",
                "There is no such area: it was not there on that date, or the code is wrong. Take another date, or a 6- or 12-digit division code.",
            )
        today = self.q.request.app.state.access.path(found, self.q.today)
        if not (scope.covers(tree.path(found)) or (today and scope.covers(today))):
            if found in scope.tops:  # she decides below it: about what hangs on it, not about it
                return list(tree.children.get(found, []))
            raise Forbidden(permission)
        return [found]


def _everything(tree: Tree, tops: Sequence[UUID], scope: Scope) -> bool:
    """Who may see the province may see all there is. On an early date a county, or nothing, may be the whole tree: that is not everything."""
    return tops == tree.roots and (scope.all or {tree.nodes[top].level for top in tops} == {"province"})


def somewhere(q: Query, permission: str) -> Scope:
    """Where the caller has the permission; Forbidden when nowhere."""
    scope = q.scope(permission)
    if not scope:
        raise Forbidden(permission)
    return scope


Asking = Annotated[_Asking, Depends(_Asking)]
Pages = Annotated[Paging, Depends(Paging)]
