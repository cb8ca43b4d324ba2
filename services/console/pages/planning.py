"""计划换届: for the organisations picked, or for every village below an area, with what could not be planned and why."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.failures import sentences
from services.console.forms import Form
from services.console.organisations.acts import Act, Ask
from services.console.organisations.flow import checked
from services.console.organisations.rights import only
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["router"]

router = APIRouter()
PLAN = Act("plan", N_("计划换届"), "org.reelection",
           (Ask("planned_on", "date", N_("列入计划日期"), N_("今天或以前"), default="today"),
            Ask("congress_on", "date", N_("拟召开大会日期"), N_("可以是以后的日期；届满前两三个月开始准备"), required=False)))  # fmt: skip
NONE = N_("没有可列入的组织。")
SOME = N_("{names} 等 {n} 个组织：{why}")
NAMED = 3  # organisations, of those refused for one reason


@router.get("/reelections/new")
async def asked(
    request: Request, api: Api, picked: Annotated[list[UUID] | None, Query()] = None, organisation: UUID | None = None, area: UUID | None = None
) -> Response:
    await only(api, PLAN.permission, str(organisation or area or ""))
    chosen = [str(p) for p in (picked or ([organisation] if organisation else []))]
    form = Form.new({"planned_on": str(today()), "congress_on": "", "picked": chosen, "area": str(area) if area else ""})
    return await offered(request, api, form)


@router.post("/reelections/new")
async def answered(request: Request, api: Api) -> Response:
    """From a list, with what was picked there; or from this page's own form."""
    form = await Form.sent(request)
    if "planned_on" not in form.values:
        form.values["planned_on"] = str(today())
        return await offered(request, api, form)
    if form.step != "send" or not checked(request, PLAN, form):
        return await offered(request, api, form)
    planned, refused = await (below(api, form) if form["area"] else each(request, api, form))
    if not planned:
        return await offered(request, api, await told(request, api, form, refused))
    if len(planned) == 1 and not refused:
        return redirect(request, f"/reelections/{planned[0]['id']}?done=plan")
    names = await called(api, [r["organisation"] for r in (*planned, *refused)], form["area"])
    return page(request, "reelections/planned.html", planned=planned, refused=refused, names=names, language_=request.state.language)


async def offered(request: Request, api: Backend, form: Form) -> Response:
    picked = form.all("picked")
    names = await called(api, picked, "")
    area = await api.get("org", f"/organisations/{form['area']}") if form["area"] else None
    return page(request, "reelections/new.html", 422 if form.faults else 200, form=form, picked=picked, names=names, area=area, asks=PLAN.asks)


async def each(request: Request, api: Backend, form: Form) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One case for each organisation picked; one that is refused does not hold up the others."""
    planned, refused = [], []
    for id in form.all("picked"):
        try:
            done = await api.post("org", "/reelections", {"organisation": id, **PLAN.read(form.values)}, key=f"{form.key}:{id}")
            planned.append({"organisation": id, "id": done["id"]})
        except Trouble as trouble:
            if trouble.status not in (403, 404, 409, 422):
                raise
            pointer = str(trouble.errors[0].get("pointer", "")) if trouble.errors else ""
            refused.append({"organisation": id, "why": "".join(sentences(trouble, request.state.language)), "pointer": pointer})
    return planned, refused


async def below(api: Backend, form: Form) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The batch of an area: every village federation below it."""
    done = await api.post("org", "/reelections/batches", {"area": form["area"], **PLAN.read(form.values)}, key=form.key)
    return done["planned"], [{**r, "why": r["message"][api.language]} for r in done["refused"]]


async def told(request: Request, api: Backend, form: Form, refused: list[dict[str, Any]]) -> Form:
    """The form with why none could be planned: a date that was refused at its field, all else once for each reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for r in refused:
        reasons.setdefault((r["pointer"].removeprefix("/"), r["why"]), []).append(r["organisation"])
    for (field, why), ids in reasons.items():
        if any(a.name == field for a in PLAN.asks):
            form.wrong(field, why)
            continue
        names = "、".join((await called(api, ids[:NAMED], "")).values())
        form.wrong("", text(request, SOME).format(names=names, n=len(ids), why=why) if len(ids) > NAMED else f"{names}：{why}")
    return form if form.faults else form.wrong("", text(request, NONE))


async def called(api: Backend, ids: list[str], area: str) -> dict[str, str]:
    """Names of organisations; those of an area by one question."""
    names: dict[str, str] = {}
    cursor = None
    while area and len(names) < 2000:
        found = await api.get("projection", "/organisations", area=area, level="village", limit=200, cursor=cursor)
        names |= {r["id"]: r["full_name"] for r in found["rows"]}
        cursor = found.get("cursor")
        if not cursor:
            break
    for id in ids:
        if id not in names:
            names[id] = (await api.get("org", f"/organisations/{id}"))["full_name"]
    return names
