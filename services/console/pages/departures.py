"""去世、调离本省、开除: what ends is shown post by post before it is entered; taking it back; holding posts again."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.console.backend import Api, Backend
from services.console.forms import Form
from services.console.labels import label
from services.console.organisations.flow import Closed, Doing, fresh, shown
from services.console.people.departures import ACTS, endings
from services.console.people.words import telling
from services.console.render import redirect

__all__ = ["router"]

router = APIRouter()


@router.get("/people/{id:uuid}/departure")
@router.get("/people/{id:uuid}/departure-withdrawal")
@router.get("/people/{id:uuid}/return")
async def asked(request: Request, api: Api, id: UUID) -> Response:
    act = request.url.path.rpartition("/")[2]
    return await offered(request, api, id, act, fresh(ACTS[act]))


@router.post("/people/{id:uuid}/departure")
@router.post("/people/{id:uuid}/departure-withdrawal")
@router.post("/people/{id:uuid}/return")
async def answered(request: Request, api: Api, id: UUID) -> Response:
    return await offered(request, api, id, request.url.path.rpartition("/")[2], await Form.sent(request))


async def offered(request: Request, api: Backend, id: UUID, act: str, form: Form) -> Response:
    """The form, or what it would end, to be looked over."""
    record = await api.get("cadre", f"/cadres/{id}")
    doing = Doing(request, api, ACTS[act], f"/cadres/{id}/{act}", record["home"], form, closed=closed(api, record.get("departed"), id, act))
    if request.method == "POST" and (done := await doing.go()):
        return redirect(request, telling(f"/people/{id}", done, act))
    ends = await endings(api, str(id), form.values) if act == "departure" and doing.checking and request.method == "POST" else None
    return await shown(doing, record["profile"]["person_name"], f"/people/{id}", above="people/_ends.html", ends=ends)


def closed(api: Backend, gone: dict[str, str] | None, id: UUID, act: str) -> Closed | None:
    """Unless the act is open now: what is instead."""
    state = label("departed", gone["why"], api.language) if gone else label("departed", "none", api.language)
    if act == "departure":
        return Closed(state, [(ACTS["departure-withdrawal"].title, f"/people/{id}/departure-withdrawal")]) if gone else None
    if gone is None or (act == "return" and gone["why"] == "died"):
        return Closed(state, [] if gone else [(ACTS["departure"].title, f"/people/{id}/departure")])
    return None
