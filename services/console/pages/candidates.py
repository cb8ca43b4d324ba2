"""候选人 of a re-election, several proposed at once; what a ballot says while there are none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import label, rank
from services.console.organisations import people
from services.console.organisations.ballot import added, by_seat
from services.console.organisations.candidates import CANDIDATES, OPEN, USUAL, Several, left, proposed, vacant
from services.console.organisations.flow import Closed, fresh, shown
from services.console.people.words import WARNINGS
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["router"]

router = APIRouter()
OVER = (N_("选举已结束"), N_("换届已取消"))


@router.get("/reelections/{id}/candidates")
async def asked(request: Request, api: Api, id: UUID) -> Response:
    name, doing, more = await begun(request, api, id, None)
    return await shown(doing, name, f"/reelections/{id}", **more)


@router.post("/reelections/{id}/candidates")
async def answered(request: Request, api: Api, id: UUID) -> Response:
    """The names become people; each is proposed; what went through is kept, what did not stands at its line."""
    name, doing, more = await begun(request, api, id, await Form.sent(request))
    if doing.form.step in ("check", "send"):
        await people.settle(request, api, doing.form, doing.organisation)
        doing.twice()
    done = await doing.go()
    if done is None:
        return await shown(doing, name, f"/reelections/{id}", table="reelections/_proposed.html", **more)
    warnings = [text(request, WARNINGS[w["code"]]) for w in done["warnings"] if w["code"] in WARNINGS and w["code"] not in USUAL]
    to = f"/reelections/{id}?done=candidates#candidates"
    return page(request, "organisations/warned.html", warnings=warnings, to=to) if warnings else redirect(request, to)


@router.post("/reelections/{id}/candidates/withdrawal")
async def withdrawn(request: Request, api: Api, id: UUID) -> Response:
    """What an election that is over has left of its candidates' proposals is withdrawn; what may not be is still listed afterwards."""
    found, form = await api.get("org", f"/reelections/{id}"), await Form.sent(request)
    why = text(request, OVER[found["state"] == "cancelled"])
    for c in await left(api, found):
        try:
            await api.post("cadre", f"/appointments/{c['id']}/withdrawal", {"why": why}, key=f"{form.key}:{c['id']}")
        except Trouble as trouble:
            if trouble.status not in (403, 404, 409, 422):
                raise
    return redirect(request, f"/reelections/{id}?done=candidates")


async def begun(request: Request, api: Backend, id: UUID, sent: Form | None) -> tuple[str, Several, dict[str, Any]]:
    """Whose case, the proposals with a new form or the one that came in, and what the template needs besides."""
    found = await api.get("org", f"/reelections/{id}")
    there = await proposed(api, found["organisation"], found["planned_on"])
    organisation = await api.get("org", f"/organisations/{found['organisation']}")
    day = max(found["congress_on"] or "", str(today()))
    seats = (await api.get("projection", "/seats", organisation=found["organisation"], as_of=day, limit=200))["rows"]
    seats = sorted((s for s in seats if s["role"] != "staff"), key=rank)
    form = sent or fresh(CANDIDATES, {"starts_on": day, **vacant(seats, there)})
    if form["more"]:
        added(form)
    closed = None if found["state"] in OPEN else Closed(label("stage", found["state"], api.language))
    doing = Several(request, api, CANDIDATES, "/appointments", found["organisation"], form, closed=closed, there=there)
    roll = sorted(people.named(await people.known(api, found["organisation"])))
    more = {"seats": {s["seat"]: s for s in seats}, "roll": roll, "groups": by_seat, "there": there}
    return organisation["full_name"], doing, more
