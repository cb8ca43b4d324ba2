"""更正 of an organisation and its terms: what of them can be put right, and the form of one record; a change from a day on is another act."""

from __future__ import annotations

import asyncio
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.organisations.corrections import TITLE, Record, correction, records
from services.console.organisations.flow import Doing, finished, fresh, shown
from services.console.organisations.rights import chain, may, only
from services.console.pages.organisation_acts import resolve
from services.console.render import page, redirect

__all__ = ["router"]

router = APIRouter()
Noun = Literal["organisations", "terms"]


@router.get("/organisations/{id}/correction")
async def of_organisation(request: Request, api: Api, id: UUID, of: UUID | None = None) -> Response:
    """What can be corrected; with `of`, the form of that record."""
    return await righted(request, api, "organisations", id, str(of)) if of else await listed(request, api, str(id))


@router.get("/terms/{id}/correction")
async def of_term(request: Request, api: Api, id: UUID, of: UUID | None = None) -> Response:
    if of:
        return await righted(request, api, "terms", id, str(of))
    return redirect(request, f"/organisations/{(await api.get('org', f'/terms/{id}'))['organisation']}/correction")


@router.post("/organisations/{id}/correction")
async def organisation_righted(request: Request, api: Api, id: UUID) -> Response:
    form = await Form.sent(request)
    return await righted(request, api, "organisations", id, form["corrects"], form)


@router.post("/terms/{id}/correction")
async def term_righted(request: Request, api: Api, id: UUID) -> Response:
    form = await Form.sent(request)
    return await righted(request, api, "terms", id, form["corrects"], form)


async def listed(request: Request, api: Backend, id: str) -> Response:
    """The records that she may correct: the organisation's own, then those of its terms, the latest first."""
    await only(api, "org.change", id)
    now, shown_as = await asyncio.gather(api.get("org", f"/organisations/{id}"), api.get("projection", f"/organisations/{id}"))
    held = shown_as["terms"] if may(api.session, "org.term", chain(id, shown_as["path"])) else []
    terms = sorted(held, key=lambda t: str(t["starts_on"]), reverse=True)
    read = await asyncio.gather(*(api.get("org", f"/terms/{t['id']}") for t in terms))
    groups: list[tuple[str, int, list[Record]]] = [(f"/organisations/{id}", 0, records(now["facts"]))]
    groups += [(f"/terms/{t['id']}", t["term_no"], records(term["facts"])) for t, term in zip(terms, read, strict=True)]
    return page(request, "organisations/corrections.html", id=id, name=now["full_name"], groups=groups, title=TITLE)


async def righted(request: Request, api: Backend, noun: Noun, id: UUID, of: str, sent: Form | None = None) -> Response:
    """The form of a record, or what became of it. One that was voided meanwhile is still sent on: the service answers, as it may be done already."""
    now = await api.get("org", f"/{noun}/{id}")
    record = next((r for r in records(now["facts"]) if r.id == of and (sent or not r.void)), None)
    if record is None:
        raise HTTPException(404)
    home = now["organisation"] if noun == "terms" else str(id)
    name = now["full_name"] if noun == "organisations" else (await api.get("org", f"/organisations/{home}"))["full_name"]
    stands = sent.was if sent else await worded(api, record)
    act = correction(record, stands)
    form = sent or fresh(act, {**stands, "corrects": of}, now.version)
    doing = Doing(request, api, act, f"/{noun}/{id}/correction", home, form, {"/credit_code": "code"}, {"corrects": of})
    done = None
    if sent:
        if form["parent"] and form["parent"] != form.was.get("parent") and form["void"] != "yes":
            await resolve(request, api, doing, "parent")
        try:
            done = await doing.go()
        except Trouble as trouble:
            if trouble.status != 412:
                raise
            form.stale({**await worded(api, record), "corrects": of}, now.version or 0)
    if done is not None:
        return finished(request, done, f"/organisations/{home}?done=correction")
    more: dict[str, Any] = {"above": "organisations/_record.html", "record": record, "term_no": now["term_no"] if noun == "terms" else 0}
    return await shown(doing, name, f"/organisations/{home}/correction", **more)


async def worded(api: Backend, record: Record) -> dict[str, str]:
    """What stands there now, the parent by its name."""
    said = record.answers
    if said.get("parent"):
        said["parent"] = (await api.get("org", f"/organisations/{said['parent']}"))["full_name"]
    return said
