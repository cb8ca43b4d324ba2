"""The one machinery of list pages: columns, filter tokens, sorting, paging, column chooser, saved views; all state in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from markupsafe import Markup

from services.console.backend import Answer, Backend
from services.console.column import Column
from services.console.labels import LABELS, label
from services.console.query import address, given, state_of, texts
from services.console.session import current
from services.console.views import View, mine
from services.console.words import translations

__all__ = ["LISTINGS", "PAGE", "Column", "Filter", "Listing", "Shown", "Token", "register", "registered"]

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """`name`: the query parameter. `choices`: (value, Chinese word); none: free text. `kind`: of labels.py, for the words."""

    name: str
    title: str
    choices: Sequence[tuple[str, str]] = ()
    kind: str = ""
    type: str = "search"
    hint: str = ""
    more: bool = False  # under "more filters"
    live: bool = False  # searches while she types
    strict: bool = True  # what is not among the choices is no answer

    def takes(self, value: str) -> bool:
        return not (self.strict and self.choices) or value in dict(self.choices)

    def word(self, value: str, language: str) -> str:
        """What an answer is called: a code by its kind, any other by the word given with it."""
        if value in LABELS.get(self.kind, {}):
            return label(self.kind, value, language)
        said = dict(self.choices).get(value)
        return translations(language).gettext(said) if said else value


@dataclass(frozen=True)
class Token:
    """A filter in force: what it says, and the address without it."""

    title: str
    text: str
    without: str


@dataclass(frozen=True)
class Listing:
    """A list page: `id` for saved views, the service and path its rows come from.

    `actions`: (address, title, permission) of what can be done with the rows picked; none: no boxes to tick. `export`: formats the source gives.
    """

    id: str
    service: str
    path: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    key: str = "id"
    actions: Sequence[tuple[str, str, str]] = ()
    export: Sequence[str] = ()
    keep: Sequence[str] = ("area", "as_of")  # further query parameters that are passed on

    @property
    def lasting(self) -> bool:
        """Whether saved views find it again: it is the list of its id, or what one reader sees of that."""
        return (known := LISTINGS.get(self.id)) is not None and known.path == self.path

    async def load(self, request: Request, api: Backend, **fixed: Any) -> Shown:
        """The page that the URL asks for. `fixed`: query values that this request adds."""
        state = state_of(request.query_params)
        asked = {**self.query(state), **fixed}
        answer = await api.get(self.service, self.path, limit=PAGE, cursor=state.get("cursor"), sort=state.get("sort"), **asked)
        return await self.show(request, state, answer, given(fixed))

    async def show(self, request: Request, said: dict[str, Any], answer: Answer, fixed: dict[str, Any] | None = None) -> Shown:
        """The answer as a page of this list, under the reader's saved views."""
        kept = await mine(request, self.id) if self.lasting else ()
        actions = [(address, title) for address, title, needs in self.actions if current(request).may(needs)]
        return Shown(self, said, answer, request.url.path, request.state.language, fixed or {}, kept, actions)

    def query(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What of the page's state the service is asked for; an answer that is none of a filter's choices is left out."""
        found = {k: v for k, v in said.items() if k in self.keep}
        for f in (f for f in self.filters if f.name in said):
            some = list(filter(f.takes, texts(said[f.name])))
            found[f.name] = some[0] if len(some) == 1 else some
        return {k: v for k, v in found.items() if v != []}

    def shown(self, said: Mapping[str, Any]) -> list[Column]:
        """The columns chosen, or the usual ones."""
        names = set(texts(said.get("columns")))
        return [c for c in self.columns if c.always or (c.name in names if names else not c.hidden)]

    async def count(self, api: Backend, said: Mapping[str, Any]) -> str:
        """How many rows a saved view has: for its tab."""
        answer = await api.get(self.service, self.path, limit=200, **self.query(said))
        if answer.get("total") is not None:
            return str(answer["total"])
        return f"{len(answer['rows'])}+" if answer.get("cursor") else str(len(answer["rows"]))


LISTINGS: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Makes a list known to saved views and exports."""
    LISTINGS[listing.id] = listing
    return listing


def registered(id: str) -> Listing:
    """The list of this id; 404 where there is none."""
    if id not in LISTINGS:
        raise HTTPException(404)
    return LISTINGS[id]


@dataclass
class Shown:
    """One page of a list, for the template."""

    listing: Listing
    said: dict[str, Any]
    answer: Answer
    path: str
    language: str
    fixed: dict[str, Any] = field(default_factory=dict)  # what the page itself asked for
    views: Sequence[View] = ()
    actions: Sequence[tuple[str, str]] = ()  # those the reader may do

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.answer["rows"]
        return found

    @property
    def saves(self) -> bool:
        """Whether views have their place here: the list is one of its own, and there is one to choose or a state to keep."""
        chosen = self.tokens or self.said.keys() & {"columns", "sort"}
        return self.listing.lasting and bool(self.views or chosen)

    @property
    def named(self) -> Column:
        """The column that says which row it is."""
        return next((c for c in self.columns if c.always), self.columns[0])

    @cached_property
    def cards(self) -> dict[str, str]:
        """What a phone makes of each column: name, fact, said, state, or more. A list that says nothing shows two facts."""
        first = self.named
        rest = [c for c in self.columns if c is not first]
        said = any(c.card for c in self.listing.columns)
        return {first.name: "name"} | {c.name: (c.card or "more") if said else "fact" if i < 2 else "more" for i, c in enumerate(rest)}

    @property
    def total(self) -> int | None:
        return self.answer.get("total")

    @cached_property
    def columns(self) -> list[Column]:
        return self.listing.shown(self.said)

    @cached_property
    def heads(self) -> list[tuple[Column, str, str]]:
        """The columns with their titles and classes, worked out once for all rows."""
        translate = translations(self.language).gettext
        return [(c, translate(c.title), f"{c.kind}{' wide' * c.wide} card-{self.cards[c.name]}") for c in self.columns]

    @property
    def tokens(self) -> list[Token]:
        found, translate = [], translations(self.language).gettext
        for f in self.listing.filters:
            values = texts(self.said.get(f.name))
            for value in filter(f.takes, values):
                left = [v for v in values if v != value]
                found.append(Token(translate(f.title), f.word(value, self.language), self.url(**{f.name: left, "cursor": None})))
        return found

    @property
    def ignored(self) -> list[str]:
        """Filters whose answer in the address is none of their choices."""
        translate = translations(self.language).gettext
        return [translate(f.title) for f in self.listing.filters if not all(map(f.takes, texts(self.said.get(f.name))))]

    def url(self, **change: Any) -> str:
        """This list with some of its state changed; None takes a key away."""
        return address(self.path, {**self.said, **change})

    @property
    def plain(self) -> str:
        """The list without filters, but with its columns."""
        return self.url(**dict.fromkeys([*(f.name for f in self.listing.filters), "cursor", "view"]))

    @property
    def next(self) -> str:
        return self.url(cursor=self.answer["cursor"]) if self.answer.get("cursor") else ""

    @property
    def previous(self) -> str:
        return self.url(cursor=self.answer["previous"]) if self.answer.get("previous") else ""

    @property
    def first(self) -> str:
        return self.url(cursor=None) if "cursor" in self.said else ""

    def sorted(self, column: Column) -> str:
        """ascending, descending or none: for aria-sort."""
        by, name = self.said.get("sort", ""), self.by(column)
        return "ascending" if by == name else "descending" if by == f"-{name}" else "none"

    def by(self, column: Column) -> str:
        return column.sort if isinstance(column.sort, str) else column.name

    def sort(self, column: Column) -> str:
        """The address that sorts by the column: up, then down, then the list's own order."""
        name = self.by(column)
        to = {"none": name, "ascending": None if column.rising else f"-{name}", "descending": None}[self.sorted(column)]
        return self.url(sort=to, cursor=None)

    def state(self, *but: str) -> list[tuple[str, str]]:
        """The state as (name, value), for a form's hidden fields."""
        left_out = {*but, "cursor"}
        return [(k, x) for k, v in self.said.items() if k not in left_out for x in texts(v)]

    @property
    def saved(self) -> str:
        """The state worth saving as a view."""
        return urlencode({k: v for k, v in self.said.items() if k not in ("cursor", "view")}, doseq=True)

    def cell(self, row: Mapping[str, Any], column: Column) -> Markup:
        return column.cell(row, self.language)

    def export(self, format: str) -> str:
        """The same rows and columns as a file."""
        return address(f"/export/{self.listing.id}", {**self.fixed, **self.said, "cursor": None, "format": format})
