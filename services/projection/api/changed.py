"""What a search of the audit may be narrowed to: whom, where, by whom, on what paper, what kind, when recorded and when effective."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends
from fastapi import Query as Parameter
from sqlalchemy import Select, or_

from services.projection.api.accounts import by_accounts
from services.projection.api.asking import Asked
from services.projection.api.filters import Search
from services.projection.api.search import meant
from services.projection.indicators.changes import late
from services.projection.views.audit import Audit
from services.projection.views.tables import on_paper

__all__ = ["Changed"]

w = Audit.table
Flag = Literal["missing_document", "late", "back_dated", "opening"]
Kind = Literal[
    "proposed",
    "party_reviewed",
    "publicised",
    "publicity_ended",
    "elected",
    "approved",
    "rejected",
    "withdrawn",
    "started",
    "took_effect",
    "cancelled",
    "suspended",
    "resumed",
    "ended",
    "lapsed",
    "corrected",
]


class _Changed:
    """`search`: a person's or organisation's name, pinyin or initials; `who`: the name or account of who did it. Days are included at both ends."""

    def __init__(
        self,
        search: Search = None,
        person: UUID | None = None,
        organisation: UUID | None = None,
        seat: UUID | None = None,
        document: UUID | None = None,
        who: Search = None,
        actor: Annotated[str | None, Parameter(max_length=200)] = None,
        correlation: Annotated[str | None, Parameter(max_length=100)] = None,
        kind: Annotated[list[Kind] | None, Parameter()] = None,
        flag: Annotated[list[Flag] | None, Parameter()] = None,
        since: Annotated[date | None, Parameter(alias="from")] = None,
        until: Annotated[date | None, Parameter(alias="to")] = None,
        effective_from: date | None = None,
        effective_to: date | None = None,
    ) -> None:
        self.search, self.who, self.document, self.actor, self.correlation = search, who, document, actor, correlation
        self.whose = {k: v for k, v in (("person", person), ("organisation", organisation), ("seat", seat)) if v}
        self.kinds, self.flags = kind, flag or []
        self.days = ((w.c.recorded_on, since, until), (w.c.effective, effective_from, effective_to))

    def narrow(self, asked: Asked, query: Select[Any]) -> Select[Any]:
        """The changes of the caller's area that match."""
        query = asked.within(query, w.c.organisation, w.c.was_organisation)
        for name, id in self.whose.items():
            ids = asked.same.records([id]) if name == "person" else [id]
            query = query.where(or_(w.c[name].in_(ids), w.c[f"was_{name}"].in_(ids)))
        if self.document:
            query = query.where(on_paper(asked.c, w.c.documents, self.document))
        if self.actor:
            query = query.where(or_(w.c.actor == self.actor, w.c.on_behalf_of == self.actor))
        if self.who:
            query = query.where(by_accounts(asked, self.who, w.c.actor, w.c.on_behalf_of))
        if self.correlation:
            query = query.where(w.c.correlation == self.correlation)
        if self.kinds:
            query = query.where(w.c.kind.in_(self.kinds))
        for flag in self.flags:
            query = query.where(late if flag == "late" else w.c[flag])
        for column, first, last in self.days:
            query = query.where(*([column >= first] if first else []), *([column <= last] if last else []))
        if self.search:
            query = query.where(meant(asked, w, self.search))
        return query


Changed = Annotated[_Changed, Depends(_Changed)]
