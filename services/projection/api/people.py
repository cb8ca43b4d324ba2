"""Lists of cadres and appointments, of lecture topics and reception shifts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, func, literal, or_, select

from services.projection.api import columns
from services.projection.api.asking import Asked, Asking, Pages, answer
from services.projection.api.columns import Shape
from services.projection.api.filters import Role, Search
from services.projection.api.lists import shown
from services.projection.api.overview import measured_in
from services.projection.api.search import found_people, meant
from services.projection.api.worklist import near_its_end
from services.projection.indicators.board import totals
from services.projection.views.appointments import NEVER, Appointments
from services.projection.views.audit import Audit
from services.projection.views.people import People
from services.projection.views.refusals import Refusals
from services.projection.views.shifts import Shifts
from services.projection.views.topics import Topics

__all__ = ["router"]

router = APIRouter(tags=["lists"])
a, f, p, t, s, w = (x.table for x in (Appointments, Refusals, People, Topics, Shifts, Audit))
POST = ("engagement", "mode", "starts_on", "ends_on", "end_reason")
Stage = Literal["proposed", "party_reviewed", "publicised", "publicity_ended", "elected", "approved", "started"]
State = Literal[Stage, "active", "suspended", "ended", "rejected", "withdrawn", "cancelled"]
HOLDING = {"active", "suspended"}
COUNTED = (*sorted(HOLDING), "ended")


@router.get("/cadres")
def cadres(
    asking: Asking, pages: Pages, shape: Shape, search: Search = None, population: Literal["federation_cadre", "system_worker", "lay"] | None = None
) -> Response:
    """People whose record the area keeps or who hold a post in it on the date; sealed values are not here."""
    with asking.open("cadre.read", pages) as asked:
        query = select(*shown(p, "born")).where(asked.at.holds(p.c, "cadre"), p.c.merged_into.is_(None))
        if not asked.all:
            inside = select((place := asked.groups(whole=True).table(asked.c)).c.organisation)
            posts = asked.at.holds(a.c, "cadre"), a.c.in_office, a.c.organisation.in_(inside.select_from(place))
            query = query.where(or_(p.c.home.in_(inside), p.c.stream.in_(select(asked.same.of(a.c.person)).where(*posts))))
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
    search: Search = None,
    state: Annotated[list[State] | None, Parameter()] = None,
    ending: Annotated[bool, Parameter()] = False,
    every: Annotated[bool, Parameter()] = False,
) -> Response:
    """Those that hold on the date; `every=true`: of all dates, for a timeline. `search`: the name of a person or an organisation, pinyin or initials.

    `ending=true`: acting and seconded, over within thirty days. `state=ended`: out of office on the date, the latest first; `rejected`, `withdrawn`
    and `cancelled` came to nothing, the latest first."""
    with asking.open("cadre.read", pages) as asked:
        nothing = bool(state) and set(state or ()) <= NEVER
        query = _never(asked, state or []) if nothing else _standing(asked, state, every or state == ["ended"])
        table = w if nothing else a
        query = _sought(asked, query.where(*near_its_end(asked.at.as_of)) if ending and not nothing else query, table, search)
        if person:
            query = query.where(table.c.person.in_(asked.same.records([person])))
        for column, wanted in ((table.c.seat, seat), (table.c.organisation, organisation), (table.c.role, role)):
            if wanted:
                query = query.where(column == wanted)
        return shape.page(asked, query, pages, columns.APPOINTMENTS, _unfolded)


def _standing(asked: Asked, state: Sequence[str] | None, every: bool) -> Select[Any]:
    ended = state == ["ended"]
    said = [*shown(a, "status"), literal("ended").label("status")] if ended else shown(a)
    query = select(*said).where(asked.at.is_known(a.c, "cadre") if every else asked.at.holds(a.c, "cadre"))
    if ended:
        return query.where(a.c.in_office, a.c.ends_on <= asked.at.as_of, a.c.valid_to == a.c.ends_on).order_by(a.c.ends_on.desc(), a.c.stream)
    if state:
        query = query.where(a.c.status.in_(state), *([] if HOLDING & set(state) else [~a.c.in_office]))  # by the index of those that wait
    return query.order_by(a.c.organisation, a.c.valid_from, a.c.stream)


def _never(asked: Asked, state: Sequence[str]) -> Select[Any]:
    """What came to nothing stands in the audit alone, with the post it was about."""
    said = (w.c.stream.label("id"), *(w.c[c] for c in ("person", "organisation", "seat", "role", "after", "recorded")), w.c.kind.label("status"))
    recorded = asked.at.recorded(w.c, "cadre")
    query = select(*said).where(w.c.kind.in_(state)).order_by(w.c.recorded.desc(), w.c.position.desc(), w.c.stream)
    return query if recorded is None else query.where(recorded)


def _unfolded(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        row |= {k: v for k, v in (row.pop("after", None) or {}).items() if k in POST}
    return asked.named(rows)


@router.get("/appointments/counts")
def counts(asking: Asking, role: Role | None = None, search: Search = None) -> Response:
    """How many wait at each stage or came to nothing, whatever their dates: for the tabs over the list. Of those in office and of those who were,
    as kept for today: of all offices and names only, for there are too many to be counted anew."""
    with asking.open("cadre.read") as asked:
        recorded = asked.at.recorded(w.c, "cadre")
        waiting = select(a.c.status, func.count()).where(asked.at.is_known(a.c, "cadre"), ~a.c.in_office).group_by(a.c.status)
        never = select(w.c.kind, func.count()).where(w.c.kind.in_(NEVER), *([] if recorded is None else [recorded])).group_by(w.c.kind)
        found: dict[str, int] = {}
        for query, table in ((waiting, a), (never, w)):
            mine = _sought(asked, query.where(table.c.role == role) if role else query, table, search)
            found |= {state: n for state, n in asked.c.execute(mine)}
        if not role and not search and asked.tops and asked.at.as_of == asking.q.today and not asked.at.known_at:
            _, sums = measured_in(asking, asked, asked.tops[0])
            apart = [top for top in asked.tops if not set(asked.tree.path(top)[1:]) & set(asked.tops)]  # what lies in another is in its sum
            found |= zip(COUNTED, totals(sums, apart, *(f"posts_{state}" for state in COUNTED)), strict=True)
        return answer({"counts": found})


def _sought(asked: Asked, query: Select[Any], table: Any, search: str | None) -> Select[Any]:
    """The appointments of the caller's area whose person or organisation is meant."""
    query = asked.within(query, table.c.organisation)
    return query.where(meant(asked, table, search)) if search else query


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
