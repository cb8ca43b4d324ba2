"""提出拟任: a person for a seat of an organisation; what is free, what stands in the way, and the answers looked over before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import LABELS, label, rank
from services.console.organisations import papers
from services.console.organisations.flow import Doing, fresh, worded, words
from services.console.people import find
from services.console.people.conflicts import look, places
from services.console.people.proposal import PROPOSAL
from services.console.people.words import telling
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["router"]

router = APIRouter()
UNFIT = N_("这个职位核定为“{plan}”，您选的是“{mine}”。请改选，或先调整职数。")
Text = Annotated[str, Query(max_length=50)]


@router.get("/appointments/new")
async def blank(request: Request, api: Api, person: Text = "", organisation: Text = "", seat: Text = "") -> Response:
    values = {"person": person, "organisation": organisation, "seat": seat, "who": "", "where": ""}
    values["engagement"] = planned(await seats_on(api, organisation, str(today())), seat)
    return await shown(request, api, Doing(request, api, PROPOSAL, "", organisation, fresh(PROPOSAL, values)))


@router.post("/appointments/new")
async def propose(request: Request, api: Api) -> Response:
    form = await Form.sent(request)
    doing = Doing(request, api, PROPOSAL, "/appointments", form["organisation"], form)
    if form.step in ("check", "send"):
        fitted(request, form, planned(await seats_on(api, form["organisation"], form["starts_on"]), form["seat"]))
    if done := await doing.go():
        return redirect(request, telling(f"/appointments/{done['id']}", done, "proposal"))
    return await shown(request, api, doing)


def planned(seats: list[dict[str, object]], seat: str) -> str:
    """专/挂/兼 of the seat as planned; empty where its plan leaves it open."""
    return next((str(s.get("engagement") or "") for s in seats if s["seat"] == seat), "")


def fitted(request: Request, form: Form, engagement: str) -> None:
    """What the seat says stands in the form; an answer that says otherwise is a fault of its field."""
    if not engagement or form["engagement"] in ("", engagement):
        form.values["engagement"] = form["engagement"] or engagement
        return
    mine, plan = (label("engagement", e, request.state.language) for e in (form["engagement"], engagement))
    form.wrong("engagement", text(request, UNFIT).format(mine=mine, plan=plan))


@router.get("/appointments/modes")
async def mode(request: Request, api: Api, organisation: Text = "", seat: Text = "", starts_on: Text = "", mode: Text = "") -> Response:
    """任职方式 of the office picked."""
    ways = await open_modes(api, organisation, seat, starts_on)
    form = Form.new({"mode": mode if mode in ways else ""})
    return page(request, "appointments/modes.html", form=form, ask=PROPOSAL.asks[0], choices=[c for c in worded(request)("mode") if c[0] in ways])


async def open_modes(api: Backend, organisation: str, seat: str, day: str) -> Sequence[str]:
    """The ways into the office, as cadre says; all of them while none is picked."""
    asked = {"organisation": organisation, "seat": seat, "starts_on": str(dated(day))}
    found = await api.spare("cadre", "/appointments/ways", **asked) if organisation and seat else None
    return found["ways"] if found else tuple(LABELS["mode"])


@router.get("/appointments/seats")
async def seats(request: Request, api: Api, organisation: Text = "", starts_on: Text = "", seat: Text = "") -> Response:
    """The seats of the organisation picked, with what is free on the day."""
    some = await free(api, organisation, starts_on)
    return page(request, "appointments/seats.html", seats=some, chosen=seat, organisation=organisation)


async def free(api: Backend, organisation: str, day: str) -> list[dict[str, object]]:
    """In the order of office."""
    return sorted(await seats_on(api, organisation, day), key=rank)


async def seats_on(api: Backend, organisation: str, day: str) -> list[dict[str, object]]:
    if not organisation:
        return []
    try:
        return await places(api, organisation, str(dated(day)))
    except Trouble as trouble:
        if trouble.status not in (403, 404, 422):
            raise
        return []


def dated(day: str) -> date:
    """Today where it is no date."""
    try:
        return date.fromisoformat(day)
    except ValueError:
        return today()


async def shown(request: Request, api: Backend, doing: Doing) -> Response:
    """The form with what was searched for, or the answers with what stands in the way."""
    await doing.resume()
    form, language = doing.form, request.state.language
    people = await find.people(api, form["who"], form["person"], form["organisation"])
    organisations = await find.organisations(api, form["where"], form["organisation"])
    some = await free(api, form["organisation"], form["starts_on"])
    library = await papers.library(api, PROPOSAL.papers, doing.chosen)
    outlook, post = None, {k: form[k] for k in ("person", "organisation", "seat", "mode")}
    if (doing.checking or form.faults) and post["person"] and post["organisation"] and post["seat"]:  # before, nothing can stand in the way
        outlook = await look(api, post, form["starts_on"])
    picked = {
        "person": next((p["name"] for p in people if p["id"] == form["person"]), ""),
        "organisation": next((o["name"] for o in organisations if o["id"] == form["organisation"]), ""),
        "seat": next((label("office", s["role"], language) for s in some if s["seat"] == form["seat"]), ""),
        "papers": "；".join(f"{p['number'] or ''} {p['title']}".strip() for p in library if p["id"] in doing.chosen),
    }
    rows = [(a.label, words(a, form, language), a.name) for a in PROPOSAL.asks if a.name not in ("until", "reason") or form[a.name]]
    ways = await open_modes(api, form["organisation"], form["seat"], form["starts_on"])
    offered = [c for c in worded(request)("mode") if c[0] in ways or c[0] == form["mode"]]
    found = {"people": people, "organisations": organisations, "seats": some, "library": library, "outlook": outlook, "picked": picked, "rows": rows}
    return page(request, "appointments/new.html", 422 if form.faults else 200, d=doing, form=form, choices=worded(request), endings=papers.ENDINGS,
                checking=doing.checking and request.method == "POST", day=form["starts_on"], today=str(today()), modes=offered, **found)  # fmt: skip
