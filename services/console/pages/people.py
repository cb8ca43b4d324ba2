"""人员详情: her profile, posts over time, certificates and papers, who changed what and when; registration, change, correction, unsealing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.console.backend import Answer, Api, Backend, Trouble
from services.console.drafts import Drafts
from services.console.forms import Form
from services.console.organisations.flow import Doing, fresh, shown
from services.console.organisations.rights import only
from services.console.people import find
from services.console.people.changes import compared
from services.console.people.profile import ACTS, POINTERS, known
from services.console.people.records import holding
from services.console.people.successes import HERS
from services.console.people.words import telling, warned
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.words import called

__all__ = ["router"]

router = APIRouter()
CORRECTABLE = {"cadre.CadreRegistered": N_("登记"), "cadre.CadreProfileChanged": N_("档案变更"), "cadre.CadreProfileCorrected": N_("档案更正")}
REASONS = (N_("核对换届名册"), N_("电话联系本人"), N_("办理任免手续"), N_("上级核查"))
BACK = re.compile(r"reelections\.[0-9a-f-]{36}\.(result|candidates)")
Back = Annotated[str, Query(pattern=f"^({BACK.pattern})?$")]
Search = Annotated[str, Query(max_length=50)]


@router.get("/people/new")
async def blank(request: Request, api: Api, home: str = "", back: Back = "", line: int = 0) -> Response:
    """登记人员. `back`: the draft of the form that lacks her, on whose `line` her name stands."""
    name = await Drafts(request).value(back, f"candidates.{line}.who") if back else ""
    form = fresh(ACTS["registration"], {"home": home or api.session.place, "where": "", "person_name": name, "back": back})
    return await registration(request, api, form)


@router.post("/people/new")
async def register(request: Request, api: Api) -> Response:
    form = await Form.sent(request)
    act = ACTS["registration"]
    doing = Doing(request, api, act, "/cadres", form["home"], form, POINTERS, act.said(form.values, {}))
    done = await doing.go()
    if done and BACK.fullmatch(form["back"]):
        return redirect(request, f"/{form['back'].replace('.', '/')}?draft=1")
    if done:
        return redirect(request, telling(f"/people/{done['id']}", done, act.id))
    return await registration(request, api, form, doing)


async def registration(request: Request, api: Backend, form: Form, doing: Doing | None = None) -> Response:
    doing = doing or Doing(request, api, ACTS["registration"], "/cadres", form["home"], form)
    places = await find.organisations(api, form["where"], form["home"])
    alike = await find.people(api, form["person_name"]) if doing.checking else []
    return await shown(doing, text(request, N_("花名册")), "/roster", "people/_alike.html", places=places, places_name="home",
                       whose=next((p["name"] for p in places if p["id"] == form["home"]), ""),
                       alike=[p for p in alike if called(p["name"]) == called(form["person_name"])])  # fmt: skip


@router.get("/people/{id:uuid}")
async def person(request: Request, api: Api, id: UUID, said: str = "", done: str = "") -> Response:
    found = await api.get("projection", f"/cadres/{id}")
    changes = [{**c, "lines": compared(c.get("before"), c.get("after"), c.get("names"))} for c in found["changes"] or []]
    papers = {d["id"]: d for a in [*found["appointments"], *changes] for d in a.get("documents") or ()}
    return page(request, "people/person.html", p=found, now_is=found["now"], id=str(id), changes=changes, papers=list(papers.values()),
                holding=holding(found),
                said=warned(said), success=done in HERS and text(request, HERS[done]).format(who=found["now"]["person_name"]))  # fmt: skip


@router.get("/people/{id:uuid}/change")
async def changing(request: Request, api: Api, id: UUID) -> Response:
    """情况变更: from a date on."""
    return await edit(request, api, id, "change")


@router.post("/people/{id:uuid}/change")
async def change(request: Request, api: Api, id: UUID) -> Response:
    return await save(request, api, id, "change", "profile-change")


@router.get("/people/{id:uuid}/correction")
async def correcting(request: Request, api: Api, id: UUID) -> Response:
    """更正录入错误: the named record said it wrong."""
    return await edit(request, api, id, "correction")


@router.post("/people/{id:uuid}/correction")
async def correct(request: Request, api: Api, id: UUID) -> Response:
    return await save(request, api, id, "correction", "profile-correction")


async def edit(request: Request, api: Backend, id: UUID, name: str) -> Response:
    record = await api.get("cadre", f"/cadres/{id}")
    corrects = correctable(record)
    values = {**known(record["profile"]), "corrects": corrects[-1]["id"] if corrects else ""}
    form = fresh(ACTS[name], values, record.version)
    return await editor(request, api, id, record, Doing(request, api, ACTS[name], "", record["home"], form))


async def save(request: Request, api: Backend, id: UUID, name: str, path: str) -> Response:
    record = await api.get("cadre", f"/cadres/{id}")
    form, act = await Form.sent(request), ACTS[name]
    if name == "change":
        form.values.pop("corrects", None)
    doing = Doing(request, api, act, f"/cadres/{id}/{path}", record["home"], form, POINTERS, act.said(form.values, form.was))
    try:
        if await doing.go():
            return redirect(request, f"/people/{id}?done={name}")
    except Trouble as trouble:
        if trouble.status != 412 or record.version is None:
            raise
        form.stale(known(record["profile"]), record.version)
    return await editor(request, api, id, record, doing)


async def editor(request: Request, api: Backend, id: UUID, record: Answer, doing: Doing) -> Response:
    was, now = (
        {k: v for k, v in side.items() if k in known({})} for side in (doing.form.was or known(record["profile"]), doing.form.values)
    )
    home = await find.name(api, "org", f"/organisations/{record['home']}") if record["home"] != api.session.place else ""
    return await shown(doing, record["profile"]["person_name"], f"/people/{id}", "people/_profile_diff.html", corrects=correctable(record),
                       was=was, mine=now, whose=home)  # fmt: skip


def correctable(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records a correction may name, in order."""
    return [{**e, "title": CORRECTABLE[e["fact"]]} for e in record["events"] if e["fact"] in CORRECTABLE]


@router.get("/people/{id:uuid}/unsealing")
async def sealed(request: Request, api: Api, id: UUID) -> Response:
    """查看封存信息: a reason first."""
    record = await api.get("cadre", f"/cadres/{id}")
    await only(api, "cadre.unseal", record["home"])
    return page(request, "people/unsealing.html", form=Form.new({"reason": "", "other": ""}), record=record, id=str(id), opened=None, reasons=REASONS)


@router.post("/people/{id:uuid}/unsealing")
async def unseal(request: Request, api: Api, id: UUID) -> Response:
    record, form, opened = await api.get("cadre", f"/cadres/{id}"), await Form.sent(request), None
    if form.why:
        try:
            opened = (await api.post("cadre", f"/cadres/{id}/unsealing", {"reason": form.why}, key=form.key))["opened"]
        except Trouble as trouble:
            form.refused(trouble, request.state.language)
    else:
        form.unexplained(text(request, N_("请说明查看理由。")))
    return page(request, "people/unsealing.html", 422 if form.faults else 200, form=form, record=record, id=str(id), opened=opened, reasons=REASONS)
