"""One node of the tree at a glance: its figures, and what lies directly below with the same figures, filtered, sorted, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.org import events as org
from services.projection.api.asking import Asked, Asking, Level, Pages, unknown
from services.projection.api.filters import Search
from services.projection.api.search import described, places
from services.projection.indicators.board import Boards, Counts, figures, measured, summed
from services.projection.views.moment import once
from services.projection.views.tree import Node

__all__ = ["measured_in", "path_of", "router"]

router = APIRouter(tags=["overview"])
FEW = 600  # organisations, more than an ordinary county has
Status = Literal["proposed", "active", "merged", "converted", "dissolved"]
Sort = Literal[
    "division",
    "name",
    "chair_rate",
    "-chair_rate",
    "vacancies",
    "-vacancies",
    "terms_overdue",
    "-terms_overdue",
    "holders",
    "-holders",
]


class _Children:
    """Which of the organisations directly below are wanted. `search`: name part, pinyin, initials or code; of all that lies below, however deep."""

    def __init__(self, search: Search = None, level: Level | None = None, org_type: org.OrgType | None = None, status: Status | None = None) -> None:
        self.search, self.wanted = search, {k: v for k, v in (("level", level), ("org_type", org_type), ("status", status)) if v}

    def of(self, asked: Asked, id: UUID) -> list[Node]:
        tree = asked.tree
        below: Iterable[Node] = (tree.nodes[child] for child in tree.children.get(id, []))
        if self.search:
            found = places(asked, self.search)
            below = (n for n in tree.nodes.values() if n.id in found and id in tree.path(n.id)[1:])
        return [n for n in below if all(getattr(n, k) == v for k, v in self.wanted.items())]


Children = Annotated[_Children, Depends(_Children)]


@router.get("/overview")
def overview(asking: Asking, pages: Pages, children: Children, sort: Sort = "division") -> Response:
    """Of `area`; without one, of the caller's first area (`tops` names all of them)."""
    with asking.open("report.read", pages) as asked:
        if not asked.tops:
            raise unknown("area", "您的权限范围内当日尚无组织。", "There is no organisation in your area on that date.")
        id = asked.tops[0]
        own, sums = measured_in(asking, asked, id)
        below = _sorted(children.of(asked, id), sums, sort)
        return asked.answer(
            area={**described(asked.tree.nodes[id]), "path": path_of(asked, id)},
            tops=[described(asked.tree.nodes[top]) for top in asked.tops],
            tiles=figures(sums[id]),
            own=figures(own.get(id, [0] * len(sums[id]))),
            children=asked.part(below, pages, lambda n: {**branch(asked, n), **figures(sums[n.id])}),
        )


@router.get("/organisations/{id}/children")
def level(id: UUID, asking: Asking, pages: Pages, children: Children) -> Response:
    """One level of the tree."""
    with asking.open("org.read", pages) as asked:
        if id not in asked.tree.nodes:
            raise unknown("id", "该日期没有这个组织。", "There is no such organisation on that date.", 404)
        return asked.answer(id=id, **asked.part(children.of(asked, id), pages, lambda n: branch(asked, n)))


def measured_in(asking: Any, asked: Asked, id: UUID) -> tuple[Counts, Counts]:
    """Of today the whole tree is kept, and follows the changes; of another date a small subtree is measured by itself."""
    today = asked.at.as_of == asking.q.today and not asked.at.known
    if not today and asked.tree.below.get(id, 0) <= FEW:
        order = list(asked.tree.groups([id], whole=True).place)
        own = measured(asked.c, asked.at, asked.tree, order)
        return own, summed(asked.tree, own, order)
    views = asking.q.request.app.state.views
    board = once(views, "boards", lambda: Boards(views.consumer)).board(asked.c, asked.at, asked.tree, asking.now)
    return board.own, board.sums


def _sorted(below: list[Node], sums: Counts, sort: Sort) -> list[Node]:
    """What has no figure comes last, whichever way round."""
    if sort == "division":
        return below
    if sort == "name":
        return sorted(below, key=lambda n: n.name)
    key, sign = sort.lstrip("-"), -1 if sort.startswith("-") else 1
    value = {n.id: figures(sums[n.id])[key] for n in below}
    return sorted(below, key=lambda n: (value[n.id] is None, sign * (value[n.id] or 0)))


def path_of(asked: Asked, id: UUID) -> list[dict[str, Any]]:
    """What it stands under, the top first."""
    return [{k: getattr(asked.tree.nodes[up], k) for k in ("id", "name", "short_name")} for up in reversed(asked.tree.path(id)[1:])]


def branch(asked: Asked, node: Node) -> dict[str, Any]:
    """A node of the tree with what it stands under, and how many are directly and altogether below it."""
    up = asked.tree.above(node)
    above = asked.tree.nodes[up].short_name if up else None
    return {**described(node), "above_name": above, "children": len(asked.tree.children.get(node.id, ())), "below": asked.tree.below.get(node.id, 0)}
