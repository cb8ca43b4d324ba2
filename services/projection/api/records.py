"""The audit of everything but appointments: what was recorded about people, organisations, re-elections, papers, imports and grants, by whom."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, and_, func, or_, select

from services.projection.api.accounts import by_accounts
from services.projection.api.asking import Asked, Asking, Pages, answer
from services.projection.api.audit import latest, page
from services.projection.api.columns import RECORDS, Shape
from services.projection.api.filters import Search
from services.projection.api.recorded import told
from services.projection.api.search import meant
from services.projection.api.sentence import printed
from services.projection.views.records import Records
from services.projection.views.tables import on_paper
from shared.calendar import SHANGHAI

__all__ = ["router"]

router = APIRouter(tags=["audit"])
x = Records.table
About = Literal[
    "person", "sealed", "secondment", "organisation", "unit", "term", "reelection", "vacancy", "document", "import", "grant", "rule"
]  # fmt: skip
SERVICES = ("org", "cadre")
WHOLE = [c for c in x.columns if c.name != "region"]


class _Sought:
    """`search`: a person's or organisation's name, pinyin or initials; `who`: the name or account of who did it; days of recording, both included."""

    def __init__(
        self,
        search: Search = None,
        who: Search = None,
        about: Annotated[list[About] | None, Parameter()] = None,
        person: UUID | None = None,
        organisation: UUID | None = None,
        document: UUID | None = None,
        actor: Annotated[str | None, Parameter(max_length=200)] = None,
        correlation: Annotated[str | None, Parameter(max_length=100)] = None,
        since: Annotated[date | None, Parameter(alias="from")] = None,
        until: Annotated[date | None, Parameter(alias="to")] = None,
    ) -> None:
        self.search, self.who, self.about, self.document, self.actor = search, who, about, document, actor
        self.exact = {k: v for k, v in (("organisation", organisation), ("correlation", correlation)) if v}
        self.person, self.since, self.until = person, since, until

    def narrow(self, asked: Asked) -> Select[Any]:
        """What of it the caller may see: of her area; without one, of the whole province's business too."""
        query = asked.within(select(*WHOLE), x.c.organisation).where(*_known(asked))
        query = query.where(*(x.c[k] == v for k, v in self.exact.items()))
        query = query.where(x.c.person.in_(asked.same.records([self.person]))) if self.person else query
        query = query.where(x.c.about.in_(self.about)) if self.about else query
        query = query.where(on_paper(asked.c, x.c.documents, self.document)) if self.document else query
        query = query.where(or_(x.c.actor == self.actor, x.c.on_behalf_of == self.actor)) if self.actor else query
        query = query.where(by_accounts(asked, self.who, x.c.actor, x.c.on_behalf_of)) if self.who else query
        query = query.where(x.c.recorded >= _midnight(self.since)) if self.since else query
        query = query.where(x.c.recorded < _midnight(self.until + timedelta(days=1))) if self.until else query
        if self.search:
            query = query.where(meant(asked, x, self.search))
        return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _known(asked: Asked) -> list[Any]:
    """Of each service up to where it is known."""
    limits = [(service, limit) for service in SERVICES if (limit := asked.at.recorded(x.c, service)) is not None]
    return [or_(x.c.service != service, and_(x.c.service == service, limit)) for service, limit in limits]


@router.get("/audit/records")
def records(asking: Asking, pages: Pages, shape: Shape, sought: Annotated[_Sought, Depends(_Sought)]) -> Response:
    """Everything recorded but appointments and exports, the latest first."""
    with asking.open("audit.read", pages) as asked:
        found, tell = sought.narrow(asked), partial(told, region=asking.q.request.app.state.region)
        if shape.format != "json":
            return shape.page(asked, found.order_by(*latest(asked, x)), pages, RECORDS, printed(tell))
        return page(asked, pages, x, found, select(*WHOLE), tell)


@router.get("/audit/records/total")
def total(asking: Asking, sought: Annotated[_Sought, Depends(_Sought)]) -> Response:
    """How many match, which is how many a file of them would hold."""
    with asking.open("audit.read") as asked:
        n = asked.c.scalar(select(func.count()).select_from(sought.narrow(asked).subquery("found")))
        return answer({"known_at": asked.at.known_at, "positions": asked.at.positions, "total": n})
