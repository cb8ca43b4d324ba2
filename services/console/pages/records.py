"""颁发证书 and 并档: a certificate for a post she holds, and two records of one person made one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.console.backend import Answer, Api, Backend, Trouble
from services.console.forms import Form
from services.console.organisations.flow import Doing, fresh, shown
from services.console.people import find
from services.console.people.records import CERTIFICATE, MERGE, POINTERS, Pair, posts, together
from services.console.render import redirect, text
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
MEANWHILE = N_("您核对期间，这份档案有了新的记录，没有并档；请重新核对。")
NOT_THERE = N_("没有这份档案，或不在您的管辖范围。")


@router.get("/people/{id:uuid}/certificate")
async def certifying(request: Request, api: Api, id: UUID, appointment: str = "") -> Response:
    """颁发证书."""
    found = await api.get("projection", f"/cadres/{id}")
    form = fresh(CERTIFICATE, {"appointment": appointment})
    return await certificate(found, Doing(request, api, CERTIFICATE, "", "", form))


@router.post("/people/{id:uuid}/certificate")
async def certify(request: Request, api: Api, id: UUID) -> Response:
    found, form = await api.get("projection", f"/cadres/{id}"), await Form.sent(request)
    issuer = next((p.issuer for p in await posts(api, found) if p.appointment == form["appointment"]), "")
    if not issuer:
        form.values["appointment"] = ""
    extra = {"appointment": form["appointment"], "issuer": issuer}
    doing = Doing(request, api, CERTIFICATE, f"/cadres/{id}/certificates", api.session.place or "", form, POINTERS, extra)
    if await doing.go():
        return redirect(request, f"/people/{id}?done=certificate#certificates")
    return await certificate(found, doing)


async def certificate(found: Answer, doing: Doing) -> Response:
    some = await posts(doing.api, found)
    chosen = next((p for p in some if p.appointment == doing.form["appointment"]), None)
    return await shown(doing, found["now"]["person_name"], f"/people/{found['id']}", above="people/_certified.html", posts=some, chosen=chosen)


@router.get("/people/{id:uuid}/merge")
async def merging(request: Request, api: Api, id: UUID, other: str = "") -> Response:
    """并档."""
    record = await api.get("cadre", f"/cadres/{id}")
    form = fresh(MERGE, {"id": str(id), "other": other, "who": record["profile"]["person_name"], "keep": "", "seen": ""})
    return await merger(request, api, id, record, Doing(request, api, MERGE, "", api.session.place or "", form))


@router.post("/people/{id:uuid}/merge")
async def merge(request: Request, api: Api, id: UUID) -> Response:
    record, form = await api.get("cadre", f"/cadres/{id}"), await Form.sent(request)
    form.values["id"] = str(id)
    lost, kept = (form["other"], str(id)) if form["keep"] == "this" else (str(id), form["other"])
    form.expect = int(form["seen"]) if form["seen"].isdigit() else None
    if form.step == "send" and form.expect is None:
        form.step = "check"  # nobody merges what she has not looked at
    doing = Doing(request, api, MERGE, f"/cadres/{lost}/merge", api.session.place or "", form, POINTERS, {"into": kept})
    try:
        if await doing.go():
            return redirect(request, f"/people/{kept}?done=merge")
    except Trouble as trouble:
        if trouble.status != 412:
            raise
        form.wrong("", text(request, MEANWHILE))
    return await merger(request, api, id, record, doing)


async def merger(request: Request, api: Backend, id: UUID, record: Answer, doing: Doing) -> Response:
    """The form with what was searched for, or both records side by side."""
    form, pair = doing.form, None
    if request.method == "POST" and doing.checking:
        pair = await looked(request, api, id, form)
    profile = record["profile"]
    people = await find.doubles(api, str(id), form["who"], form["other"], profile.get("born_on") or "", record["home"])
    names: dict[str, Any] = {"pair": pair, "people": people, "mine": profile["person_name"]}
    return await shown(doing, profile["person_name"], f"/people/{id}", above="people/_two_records.html", **names)


async def looked(request: Request, api: Backend, id: UUID, form: Form) -> Pair | None:
    """Both records as they stand now; what is sent then rests on the version that was seen."""
    try:
        pair = await together(api, id, form["other"], form["keep"])
    except Trouble as trouble:
        if trouble.status not in (403, 404, 422):
            raise
        form.wrong("other", text(request, NOT_THERE))
        return None
    form.values["seen"] = str(pair.version or "")
    return pair
