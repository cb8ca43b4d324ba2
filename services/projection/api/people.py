"""Lists of cadres and appointments, of lecture topics and reception shifts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import exists, or_, select

from services.projection.api import columns
from services.projection.api.asking import Asking, Pages
from services.projection.api.columns import Shape
from services.projection.api.filters import Role, Search
from services.projection.api.lists import shown
from services.projection.api.search import found_people
from services.projection.views.appointments import Appointments
from services.projection.views.people import People
from services.projection.views.refusals import Refusals
from services.projection.views.shifts import Shifts
from services.projection.views.topics import Topics

__all__ = ["router"]

router = APIRouter(tags=["lists"])
a, f, p, t, s = (x.table for x in (Appointments, Refusals, People, Topics, Shifts))
State = Literal["active", "suspended", "proposed", "party_reviewed", "publicised", "publicity_ended", "elected", "approved", "started"]


@router.get("/cadres")
def cadres(
    asking: Asking, pages: Pages, shape: Shape, search: Search = None, population: Literal["federation_cadre", "system_worker", "lay"] | None = None
) -> Response:
    """People whose record the area keeps or who hold a post in it on the date; sealed values are not here."""
    with asking.open("cadre.read", pages) as asked:
        query = select(*shown(p, "born")).where(asked.at.holds(p.c, "cadre"))
        if not asked.all:
            inside = select((place := asked.groups(whole=True).table(asked.c)).c.organisation)
            post = exists().where(
                a.c.person == p.c.stream, asked.at.holds(a.c, "cadre"), a.c.in_office, a.c.organisation.in_(inside.select_from(place))
            )
            query = query.where(or_(p.c.home.in_(inside), post))
        if search:
            query = query.where(p.c.stream.in_(found_people(asked, search)))
        if population:
            query = query.where(p.c.population == population)
        return shape.page(asked, query.order_by(p.c.person_name, p.c.stream), pages, columns.CADRES)


@router.get("/appointments")
def appointments(
    asking: Asking,
    pages: Pages,
    shape: Shape,
    person: UUID | None = None,
    seat: UUID | None = None,
    organisation: UUID | None = None,
    role: Role | None = None,
    state: Annotated[list[State] | None, Parameter()] = None,
    every: Annotated[bool, Parameter()] = False,
) -> Response:
    """Those that hold on the date; `every=true`: of all dates, for a timeline."""
    with asking.open("cadre.read", pages) as asked:
        query = asked.within(select(*shown(a)).where(asked.at.is_known(a.c, "cadre") if every else asked.at.holds(a.c, "cadre")), a.c.organisation)
        for column, wanted in ((a.c.person, person), (a.c.seat, seat), (a.c.organisation, organisation), (a.c.role, role)):
            if wanted:
                query = query.where(column == wanted)
        if state:
            query = query.where(a.c.status.in_(state))
        return shape.page(asked, query.order_by(a.c.organisation, a.c.valid_from, a.c.stream), pages, columns.APPOINTMENTS)


@router.get("/refusals")
def refusals(asking: Asking, pages: Pages) -> Response:
    """What a rule refused when the system acted by itself, the latest first."""
    with asking.open("cadre.read", pages) as asked:
        query = asked.within(select(*shown(f)).where(asked.at.is_known(f.c, "cadre")), f.c.organisation)
        return asked.page(query.order_by(f.c.valid_from.desc(), f.c.stream), pages)


@router.get("/topics")
def topics(
    asking: Asking, pages: Pages, state: Literal["drafted", "submitted", "trial_given", "accepted", "returned", "retired"] | None = None
) -> Response:
    """The lecture library (课题库)."""
    with asking.open("lecture.read", pages) as asked:
        query = asked.within(select(*shown(t)).where(asked.at.holds(t.c, "lecture")), t.c.organisation)
        return asked.page((query.where(t.c.status == state) if state else query).order_by(t.c.title, t.c.stream), pages)


@router.get("/shifts")
def shifts(asking: Asking, pages: Pages, state: Literal["scheduled", "completed", "cancelled"] | None = None) -> Response:
    """Reception shifts up to the date, latest first."""
    with asking.open("hotline.read", pages) as asked:
        query = asked.within(select(*shown(s)).where(asked.at.holds(s.c, "hotline")), s.c.organisation)
        return asked.page((query.where(s.c.status == state) if state else query).order_by(s.c.scheduled_on.desc(), s.c.stream), pages)
