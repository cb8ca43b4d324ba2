"""What a roster may be narrowed to: the same questions for the page, its count and its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends
from fastapi import Query as Parameter
from sqlalchemy import ColumnElement, and_, not_, select, true

from services.cadre import events as cadre
from services.org import events as org
from services.projection.api.asking import Asked, Level
from services.projection.api.search import found_people
from services.projection.indicators.holders import AGES, age_edges
from services.projection.views.directory import Directory
from services.projection.views.terms import Terms

__all__ = ["DUE", "Filters", "Role", "Search"]

n, t = Directory.table, Terms.table
DUE = timedelta(days=180)  # [O4] the first reminder
Role = Literal["chair", "vice_chair", "standing_member", "executive_member", "director", "deputy_director", "member", "staff"]
Band = Literal["age_le_35", "age_36_45", "age_46_55", "age_ge_56", "age_le_40", "age_41_50", "age_51_60", "age_ge_61", "age_unknown"]
Missing = Literal["phone", "id_number", "born_on", "degree", "political"]
Search = Annotated[str | None, Parameter(max_length=50)]
POST = ("role", "engagement", "status")
PERSON = ("sex", "degree", "political", "population")


class _Filters:
    """Several values of one name: any of them; several names: all of them. `search`: name part, pinyin or initials."""

    def __init__(
        self,
        search: Search = None,
        role: Annotated[list[Role] | None, Parameter()] = None,
        engagement: Annotated[list[cadre.Engagement] | None, Parameter()] = None,
        status: Annotated[list[Literal["active", "suspended"]] | None, Parameter()] = None,
        sex: Annotated[list[Literal["female", "male"]] | None, Parameter()] = None,
        degree: Annotated[list[cadre.Degree] | None, Parameter()] = None,
        political: Annotated[list[cadre.Political] | None, Parameter()] = None,
        population: Annotated[list[Literal["federation_cadre", "system_worker", "lay"]] | None, Parameter()] = None,
        age: Band | None = None,
        term: Literal["running", "due", "overdue", "none"] | None = None,
        missing: Missing | None = None,
        level: Annotated[list[Level] | None, Parameter()] = None,
        org_type: Annotated[list[org.OrgType] | None, Parameter()] = None,
        organisation: UUID | None = None,
    ) -> None:
        self.search, self.age, self.term, self.missing, self.organisation = search, age, term, missing, organisation
        self.post = {k: v for k, v in zip(POST, (role, engagement, status), strict=True) if v}
        self.person = {k: v for k, v in zip(PERSON, (sex, degree, political, population), strict=True) if v}
        self.node = {k: v for k, v in (("level", level), ("org_type", org_type)) if v}

    @property
    def of_people(self) -> bool:
        """Whether `conditions` look at profiles."""
        return bool(self.person or self.age or self.missing not in (None, "phone", "id_number"))

    def places(self, asked: Asked) -> Sequence[UUID]:
        """The organisations whose posts count, in the order of the divisions."""
        everywhere = asked.groups(whole=True).place
        if self.organisation:
            everywhere = {id: 0 for id in (self.organisation,) if id in everywhere}
        nodes = asked.tree.nodes
        found = [id for id in everywhere if all(getattr(nodes[id], k) in wanted for k, wanted in self.node.items())]
        return list(filter(_in_term(asked, self.term), found)) if self.term else found

    def conditions(self, asked: Asked, a: Any, p: Any) -> list[ColumnElement[bool]]:
        """On appointments `a` and their people `p`."""
        wanted: list[ColumnElement[bool]] = [a.c[k].in_(v) for k, v in self.post.items()] + [p.c[k].in_(v) for k, v in self.person.items()]
        if self.search:
            wanted.append(asked.same.of(a.c.person).in_(found_people(asked, self.search)))
        if self.age:
            wanted.append(_aged(asked, p, self.age))
        if self.missing in ("phone", "id_number"):
            lacking = select(n.c.stream).where(asked.at.holds(n.c, "cadre"), n.c.reading == 0, not_(n.c[f"has_{self.missing}"]))
            wanted.append(asked.same.of(a.c.person).in_(lacking))
        elif self.missing:
            wanted.append(p.c[self.missing].is_(None))
        return wanted


def _aged(asked: Asked, p: Any, band: str) -> Any:
    if band == "age_unknown":
        return p.c.born.is_(None)
    edges = next(age_edges(asked.at.as_of, bands) for bands, some in AGES.items() if band in dict(some))
    younger = dict(zip((name for name, _ in edges), [None, *(edge for _, edge in edges)], strict=False))
    edge, before = dict(edges)[band], younger[band]
    young = p.c.born > edge.toordinal() if edge else p.c.born.is_not(None)
    return and_(young, p.c.born <= before.toordinal() if before else true())


def _in_term(asked: Asked, state: str) -> Callable[[UUID], bool]:
    """Whether the term that runs in an organisation on the date is so."""
    day = asked.at.as_of
    query = select(t.c.organisation, t.c.due_on).where(asked.at.holds(t.c, "org"))
    due = {organisation: due for organisation, due in asked.c.execute(query)}
    if state == "none":
        return lambda id: id not in due
    soon = day + DUE
    first, last = {"overdue": (date.min, day), "due": (day, soon), "running": (soon, date.max)}[state]  # (first, last]
    return lambda id: id in due and first < due[id] <= last


Filters = Annotated[_Filters, Depends(_Filters)]
