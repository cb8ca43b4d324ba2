"""One organisation over all its time: names, codes, lineage, terms, re-elections, vacancies, seats and who led it, and who recorded what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import and_, func, select

from services.projection.api.asking import Asked, Asking
from services.projection.api.audit import acts
from services.projection.api.lists import reelection_state, shown, term_state, vacancy_role, vacancy_state
from services.projection.api.overview import path_of
from services.projection.api.secondments import at, seconded
from services.projection.api.words import OFFICES
from services.projection.indicators.units import CHAIRS
from services.projection.views.appointments import Appointments
from services.projection.views.organisations import BLANK, Organisations
from services.projection.views.reelections import Reelections
from services.projection.views.seats import Seats
from services.projection.views.terms import Terms
from services.projection.views.units import Units
from services.projection.views.vacancies import Vacancies
from shared.calendar import FOREVER
from shared.http import NotFound
from shared.strokes import strokes

__all__ = ["router"]

router = APIRouter(tags=["organisations"])
a, o, r, s, t, u, v = (x.table for x in (Appointments, Organisations, Reelections, Seats, Terms, Units, Vacancies))
LED = ("person", "role", "engagement", "mode", "status", "starts_on", "ends_on", "end_reason", "precision", "opening", "valid_from", "valid_to")
DAYS = ("effective", "established_on", "proposed_on", "withdrawn_on")


@router.get("/organisations/{id}")
def organisation(id: UUID, asking: Asking) -> Response:
    """`now`: on the date, null when it was not there yet; the rest is of all dates, seats and their holders as of the date.
    Names of people only where the caller may see people."""
    with asking.open("org.read") as asked:
        history = _history(asked, id)
        if not history:
            raise NotFound("id")
        now = next((row for row in history if row["valid_from"] <= asked.at.as_of and asked.at.as_of < (row["valid_to"] or FOREVER)), None)
        people = asking.also(asked, "cadre.read")
        sees = bool(people and (people.all or id in people.groups(whole=True).place))
        recorded = acts(asked, "org", asking.q.request.app.state.region, {id})
        return asked.answer(
            id=id,
            now=now,
            path=path_of(asked, id) if id in asked.tree.nodes else [],
            history=history[::-1],
            events=[_told(act) for act in reversed(recorded)],
            lineage=_lineage(asked, id, history),
            **_cases(asked, id),
            seats=_seats(asked, id, sees),
            chairs=_chairs(asked, id) if sees else None,
            secondments=_seconded(asked, id, people) if sees and people else None,
            counts=_counts(asked, id),
            units=_list(asked, select(*shown(u)).where(asked.at.holds(u.c, "org"), u.c.organisation == id).order_by(u.c.unit_name, u.c.stream)),
        )


def _list(asked: Asked, query: Any) -> list[dict[str, Any]]:
    return asked.named([dict(row) for row in asked.c.execute(query).mappings()])


def _history(asked: Asked, id: UUID) -> list[dict[str, Any]]:
    """What held from when to when, with what changed."""
    columns = (*(o.c[c] for c in BLANK), o.c.valid_from, o.c.valid_to)
    rows = _list(asked, select(*columns).where(o.c.stream == id, asked.at.is_known(o.c, "org")).order_by(o.c.valid_from))
    for before, row in zip([{}, *rows], rows, strict=False):
        row["changed"] = [k for k in BLANK if before and before[k] != row[k]]
        row["valid_to"] = None if row["valid_to"] == FOREVER else row["valid_to"]
    return rows


def _told(act: dict[str, Any]) -> dict[str, Any]:
    """With the date it is about and what it says."""
    event = act.pop("event")
    hidden = ("proposed_by", *DAYS)
    what = {k: x for k, x in event.data.items() if x is not None and k not in hidden}
    return {**act, "effective": next((event.data[d] for d in DAYS if d in event.data), None), "what": what}


def _lineage(asked: Asked, id: UUID, history: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What it came out of or took in, and what it became."""
    ended = ("merged", "converted")
    own = [(row["became"], row["status"], row["valid_from"]) for row in history if row["became"] and row["status"] in ended]
    out = [(row["out_of"], "split", row["valid_from"]) for row in history if row["out_of"]]
    known = asked.at.is_known(o.c, "org")
    taken = select(o.c.stream, o.c.status, func.min(o.c.valid_from)).where(known, o.c.became == id, o.c.status.in_(ended))
    taken = taken.group_by(o.c.stream, o.c.status).order_by(func.min(o.c.valid_from), o.c.stream)
    split = select(o.c.stream, func.min(o.c.valid_from)).where(known, o.c.out_of == id).group_by(o.c.stream)
    split = split.order_by(func.min(o.c.valid_from), o.c.stream)
    came = [*out[:1], *(tuple(row) for row in asked.c.execute(taken))]
    went = [*own[:1], *((stream, "split", day) for stream, day in asked.c.execute(split))]
    return {"from": [_link(asked, *x) for x in came], "to": [_link(asked, *x) for x in went]}


def _link(asked: Asked, id: UUID, how: str, on: Any) -> dict[str, Any]:
    return {"id": id, "name": asked.called(id), "how": how, "on": on}


def _cases(asked: Asked, id: UUID) -> dict[str, list[dict[str, Any]]]:
    day, known = asked.at.as_of, asked.at.is_known
    terms = select(*shown(t), term_state(day).label("state")).where(known(t.c, "org"), t.c.organisation == id)
    cases = select(*shown(r, "candidates", "winners"), reelection_state(day).label("state")).where(known(r.c, "org"), r.c.organisation == id)
    open_or_over = select(*shown(v), vacancy_role(asked).label("role"), vacancy_state(day).label("state"))
    return {
        "terms": _list(asked, terms.order_by(t.c.starts_on.desc(), t.c.stream)),
        "reelections": _list(asked, cases.order_by(r.c.planned_on.desc(), r.c.stream)),
        "vacancies": _list(asked, open_or_over.where(known(v.c, "org"), v.c.organisation == id).order_by(v.c.since.desc(), v.c.stream)),
    }


def _seats(asked: Asked, id: UUID, names: bool) -> list[dict[str, Any]]:
    """The plan of the date, and how far it is filled."""
    plan = select(s.c.seat, s.c.role, s.c.capacity, s.c.engagement).where(s.c.stream == id, asked.at.holds(s.c, "org"))
    columns = (a.c.seat, a.c.person, a.c.stream.label("appointment"), a.c.starts_on, a.c.engagement, a.c.status, a.c.mode)
    query = select(*columns).where(a.c.organisation == id, asked.at.holds(a.c, "cadre"), a.c.in_office)
    held = sorted(_list(asked, query), key=lambda h: (*strokes(h.get("person_name")), h["starts_on"], h["appointment"]))
    rows = [dict(row) for row in asked.c.execute(plan).mappings()]
    for row in rows:
        mine = [h for h in held if h["seat"] == row["seat"]]
        row["filled"], row["acting"] = (len({h["person"] for h in mine if (h["mode"] == "acting") is acting}) for acting in (False, True))
        row["holders"] = [{k: x for k, x in h.items() if k != "seat"} for h in mine] if names else None
    return sorted(rows, key=lambda row: (OFFICES.get(row["role"], 99), str(row["seat"])))


def _chairs(asked: Asked, id: UUID) -> list[dict[str, Any]]:
    """Over all time, the latest first."""
    query = select(a.c.stream.label("appointment"), *(a.c[c] for c in LED)).where(
        and_(a.c.organisation == id, asked.at.is_known(a.c, "cadre"), a.c.in_office, a.c.role.in_(CHAIRS))
    )
    rows = _list(asked, query.order_by(a.c.valid_from.desc(), a.c.stream))
    for row in rows:
        row["valid_to"] = None if row["valid_to"] == FOREVER else row["valid_to"]
    return rows


def _seconded(asked: Asked, id: UUID, people: Asked) -> list[dict[str, Any]]:
    """Whom it sends and whom it takes in, of all dates; `opens`: the caller may open her page, which who takes her in may not."""
    inside = people.groups(whole=True).place
    return [{**row, "opens": people.all or row["from_organisation"] in inside} for row in seconded(asked, at(id))]


def _counts(asked: Asked, id: UUID) -> dict[str, int]:
    held = select(func.count(asked.same.of(a.c.person).distinct())).where(a.c.organisation == id, asked.at.holds(a.c, "cadre"), a.c.in_office)
    children = asked.tree.children.get(id, ())
    return {"holders": asked.c.scalar(held) or 0, "children": len(children), "below": asked.tree.below.get(id, 0)}


