"""Lists of organisations, units, seats, terms, re-elections, vacancies: as of any date, as known at any time, kept to the caller's area."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, and_, case, exists, func, or_, select

from services.org import events as org
from services.projection.api import columns
from services.projection.api.asking import Asked, Asking, Level, Pages
from services.projection.api.columns import Shape
from services.projection.api.filters import DUE, Search
from services.projection.api.search import places
from services.projection.views.appointments import Appointments
from services.projection.views.documents import Documents
from services.projection.views.organisations import Organisations
from services.projection.views.reelections import Reelections
from services.projection.views.seats import Seats
from services.projection.views.terms import Terms
from services.projection.views.tree import RANK, Node
from services.projection.views.units import Units
from services.projection.views.vacancies import Vacancies

__all__ = ["extension_asked", "moot", "reelection_state", "router", "shown", "term_state", "township", "vacancy_role", "vacancy_state"]

router = APIRouter(tags=["lists"])
o, u, s, t, r, v, d = (x.table for x in (Organisations, Units, Seats, Terms, Reelections, Vacancies, Documents))
a = Appointments.table
STAGES = ("cancelled", "closed", "filed", "approved", "reported", "held", "permitted", "refused", "requested", "planned")


def shown(table: Any, *without: str, id: str = "id") -> list[Any]:
    """A view's columns for a list: the aggregate's id first, no bookkeeping."""
    hidden = {"region", "stream", "known_from", "known_to", *without}
    return [table.c.stream.label(id), *(c for c in table.columns if c.name not in hidden)]


def term_state(day: date) -> Any:
    return case((t.c.ended_on <= day, "ended"), (t.c.due_on <= day, "overdue"), (t.c.due_on <= day + DUE, "due"), else_="running")


def extension_asked() -> Any:
    """An extension waits for its decision."""
    return and_(t.c.extension_asked.is_not(None), t.c.ended_on.is_(None))


def reelection_state(day: date) -> Any:
    """How far the case had come on the date."""
    return case(*((r.c[f"{name}_on"] <= day, name) for name in STAGES), else_="planned")


def moot(asked: Asked) -> tuple[Any, ...]:
    """Cases of which the term they were planned for is over without their result, or never was."""
    runs = exists().where(t.c.stream == r.c.term, asked.at.is_known(t.c, "org"), func.coalesce(t.c.ended_on > asked.at.as_of, True))
    return reelection_state(asked.at.as_of).not_in(("approved", "filed", "closed", "cancelled")), r.c.term.is_not(None), ~runs


def vacancy_state(day: date) -> Any:
    return case((v.c.over_on <= day, "closed"), (v.c.long_from <= day, "long"), (v.c.timely_until < day, "overdue"), else_="open")


def vacancy_role(asked: Asked) -> Any:
    """Of the seat, as its plan last had it."""
    seat = select(s.c.role).where(s.c.seat == v.c.seat, asked.at.is_known(s.c, "org"))
    return seat.order_by(s.c.valid_from.desc()).limit(1).correlate(v).scalar_subquery()


def township(asked: Asked, organisation: UUID) -> UUID:
    """The township it lies in; itself, when it lies in none."""
    levels = ((id, asked.tree.nodes[id].level) for id in asked.tree.path(organisation))
    return next((id for id, level in levels if RANK.get(level, 9) <= RANK["township"]), organisation)


def located(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with names, and with the township of their organisation."""
    for row in asked.named(rows):
        row["township"] = town = township(asked, row["organisation"])
        row["township_name"] = asked.called(town)
    return rows


def _there(asked: Asked, column: Any, search: str | None, level: Level | None) -> list[Any]:
    """Conditions on the organisation of a row: its name or code, its level."""
    found = [column.in_(list(places(asked, search)))] if search else []
    return found + ([column.in_(select(o.c.stream).where(asked.at.holds(o.c, "org"), o.c.level == level))] if level else [])


@router.get("/organisations")
def organisations(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    level: Level | None = None,
    org_type: org.OrgType | None = None,
    field: org.Field | None = None,
    status: Literal["proposed", "active", "merged", "converted", "dissolved"] | None = None,
    search: Search = None,
) -> Response:
    """In the order of the divisions."""
    with asking.open("org.read", pages) as asked:
        query = asked.within(select(*shown(o)).where(asked.at.holds(o.c, "org")), o.c.stream)
        for column, wanted in ((o.c.level, level), (o.c.org_type, org_type), (o.c.field, field), (o.c.status, status)):
            if wanted:
                query = query.where(column == wanted)
        if search:
            query = query.where(o.c.stream.in_(list(places(asked, search))))
        return shape.page(asked, query.order_by(func.coalesce(o.c.code, "9"), o.c.full_name, o.c.stream), pages, columns.ORGANISATIONS)


@router.get("/organisations/tree")
def tree(asking: Asking, depth: Annotated[int, Parameter(ge=0, le=4)] = 1) -> Response:
    """The areas with what hangs on them, `depth` levels down; `below` counts all organisations underneath."""
    with asking.open("org.read") as asked:
        return asked.answer(rows=[_branch(asked, asked.tree.nodes[top], depth) for top in asked.tops])


def _branch(asked: Asked, node: Node, depth: int) -> dict[str, Any]:
    below = asked.tree.children.get(node.id, [])
    branch: dict[str, Any] = {k: getattr(node, k) for k in ("id", "name", "short_name", "org_type", "level", "status", "code", "became")}
    branch["below"] = asked.tree.below[node.id]
    if depth:
        branch["children"] = [_branch(asked, asked.tree.nodes[id], depth - 1) for id in below]
    return branch


@router.get("/units")
def units(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    state: Literal["organised", "unorganised", "listed", "exempt", "closed"] | None = None,
    field: org.Field | None = None,
    unit_level: Level | None = None,
    affiliation: org.Affiliation | None = None,
    search: Search = None,
) -> Response:
    """`state`: as R01 counts, so a unit whose organisation is gone is unorganised; `listed`: not yet confirmed."""
    with asking.open("org.read", pages) as asked:
        active = and_(o.c.stream == u.c.organisation, asked.at.holds(o.c, "org"), o.c.status == "active")
        standing = case((o.c.stream.is_not(None), "organised"), (u.c.qualified, "unorganised"), else_="listed")
        status = case((u.c.closed, "closed"), (u.c.exempt, "exempt"), else_=standing)
        query = asked.within(select(*shown(u), status.label("state")).select_from(u.outerjoin(o, active)).where(asked.at.holds(u.c, "org")), u.c.area)
        for column, wanted in ((status, state), (u.c.field, field), (u.c.level, unit_level), (u.c.affiliation, affiliation)):
            if wanted:
                query = query.where(column == wanted)
        if search:
            query = query.where(u.c.unit_name.contains(search, autoescape=True))
        return shape.page(asked, query.order_by(u.c.area, u.c.unit_name, u.c.stream), pages, columns.UNITS)


@router.get("/seats")
def seats(asking: Asking, pages: Pages, shape: Shape, organisation: UUID | None = None, state: Literal["filled", "vacant"] | None = None) -> Response:
    """With how many hold each on the date; who only acts (主持工作) leaves it vacant."""
    with asking.open("org.read", pages) as asked:
        mine = a.c.seat == s.c.seat, asked.at.holds(a.c, "cadre"), a.c.in_office
        count = select(func.count(asked.same.of(a.c.person).distinct())).where(*mine)
        holders, acting = (count.where(how).correlate(s).scalar_subquery() for how in (a.c.mode != "acting", a.c.mode == "acting"))
        columns_of = (*shown(s, id="organisation"), holders.label("holders"), acting.label("acting"))
        query = asked.within(select(*columns_of).where(asked.at.holds(s.c, "org")), s.c.stream)
        if organisation:
            query = query.where(s.c.stream == organisation)
        if state:
            query = query.where(holders >= s.c.capacity if state == "filled" else holders < s.c.capacity)
        return shape.page(asked, query.order_by(s.c.stream, s.c.role, s.c.seat), pages, columns.SEATS)


@router.get("/terms")
def terms(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    state: Literal["running", "due", "overdue", "ended", "asked"] | None = None,
    organisation: UUID | None = None,
    search: Search = None,
    level: Level | None = None,
) -> Response:
    """`due`: ends within 180 days (extension included), `overdue`: past its end, no new term, `asked`: of any of these, those of which an extension
    was asked for and not decided on; by date of the end."""
    with asking.open("org.read", pages) as asked:
        day = asked.at.as_of
        status = term_state(day)
        query = asked.within(select(*shown(t), status.label("state")).where(asked.at.is_known(t.c, "org"), t.c.starts_on <= day), t.c.organisation)
        if state:
            query = query.where(extension_asked() if state == "asked" else status == state)
        if organisation:
            query = query.where(t.c.organisation == organisation)
        query = query.where(*_there(asked, t.c.organisation, search, level)).order_by(t.c.due_on, t.c.organisation, t.c.stream)
        return shape.page(asked, query, pages, columns.TERMS, located, counted=True)


@router.get("/reelections")
def reelections(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    state: Literal["open", "cancelled", "closed", "filed", "approved", "reported", "held", "permitted", "refused", "requested", "planned", "moot"]
    | None = None,
    batch: UUID | None = None,
    organisation: UUID | None = None,
    search: Search = None,
) -> Response:
    """`state`: how far the case had come on the date; `open`: neither closed nor cancelled; `moot`: to be
    cancelled, for their term is over without their result."""
    with asking.open("org.read", pages) as asked:
        stage = reelection_state(asked.at.as_of)
        query = asked.within(select(*shown(r, "candidates", "winners"), stage.label("state")).where(asked.at.holds(r.c, "org")), r.c.organisation)
        if state:
            asked_for = {"open": (stage.not_in(("closed", "cancelled")),), "moot": moot(asked)}
            query = query.where(*asked_for.get(state, (stage == state,)))
        if batch:
            query = query.where(r.c.batch == batch)
        if organisation:
            query = query.where(r.c.organisation == organisation)
        query = query.where(*_there(asked, r.c.organisation, search, None)).order_by(r.c.planned_on, r.c.organisation, r.c.stream)
        return shape.page(asked, query, pages, columns.REELECTIONS, located, counted=True)


@router.get("/vacancies")
def vacancies(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    state: Literal["open", "overdue", "long", "closed"] | None = None,
    organisation: UUID | None = None,
    search: Search = None,
    level: Level | None = None,
) -> Response:
    """`overdue`: open for over 90 days, `long`: for over 180; `open` has them all."""
    with asking.open("org.read", pages) as asked:
        day = asked.at.as_of
        status = vacancy_state(day)
        query: Select[Any] = select(*shown(v, "over_on"), vacancy_role(asked).label("role"), status.label("state")).where(asked.at.holds(v.c, "org"))
        query = asked.within(query, v.c.organisation)
        if state == "open":
            query = query.where(v.c.over_on > day)
        elif state:
            query = query.where(status.in_(("overdue", "long")) if state == "overdue" else status == state)
        if organisation:
            query = query.where(v.c.organisation == organisation)
        query = query.where(*_there(asked, v.c.organisation, search, level)).order_by(v.c.since, v.c.organisation, v.c.stream)
        return shape.page(asked, query, pages, columns.VACANCIES, located, counted=True)


@router.get("/documents")
def documents(asking: Asking, pages: Pages, shape: Shape, kind: org.DocumentKind | None = None, search: Search = None) -> Response:
    """The document library (公文库), latest first."""
    with asking.open("document.read", pages) as asked:
        query = asked.within(select(*shown(d)).where(asked.at.is_known(d.c, "org")), d.c.organisation)
        if kind:
            query = query.where(d.c.kind == kind)
        if search:
            query = query.where(or_(d.c.title.contains(search, autoescape=True), d.c.number.contains(search, autoescape=True)))
        return shape.page(asked, query.order_by(d.c.dated.desc(), d.c.stream), pages, columns.DOCUMENTS)
