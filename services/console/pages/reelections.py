"""换届办理: the list by stage and batch, what falls due, planning one or many, one case as a step list, each step a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import choices, label, rank
from services.console.listing import Column, Filter, Listing, register
from services.console.organisations import people
from services.console.organisations.areas import by_area
from services.console.organisations.ballot import added, by_seat, lines, place, seated
from services.console.organisations.candidates import OPEN, for_result, left, proposed
from services.console.organisations.flow import Closed, Doing, finished, fresh, shown
from services.console.organisations.rights import chain, for_another, may
from services.console.organisations.steps import ACTS, BALLOT, PAPERS, open_acts, steps
from services.console.people.successes import ELECTED, PLACES
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["CASES", "DUE", "router"]

router = APIRouter()
BEFORE_RESULT = (*OPEN, "congress_held")
TERMS = (("overdue", N_("届满待换届")), ("due", N_("半年内届满")), ("running", N_("任期中")), ("asked", N_("申请延期")), ("ended", N_("已结束")))
STAGES = ("open", "planned", "requested", "permitted", "refused", "held", "reported", "approved", "filed", "closed", "cancelled")
CASES = register(Listing(
    "reelections",
    "projection",
    "/reelections",
    (
        Column("organisation_name", N_("组织"), link="/reelections/{id}", always=True),
        Column("township_name", N_("所属乡镇"), link="/organisations?area={township}", hidden=True),
        Column("state", N_("进度"), "stage", card="state"),
        Column("planned_on", N_("列入计划"), "day", hidden=True),
        Column("congress_on", N_("拟开会"), "day", card="said"),
        Column("requested_on", N_("请示"), "day", hidden=True),
        Column("permitted_on", N_("批复"), "day", hidden=True),
        Column("held_on", N_("大会"), "day", card="said"),
        Column("reported_on", N_("上报"), "day", hidden=True),
        Column("approved_on", N_("审批"), "day"),
        Column("filed_on", N_("备案"), "day"),
        Column("closed_on", N_("办结"), "day", hidden=True),
        Column("entitled", N_("应到"), "number", hidden=True),
        Column("present", N_("实到"), "number", hidden=True),
    ),
    (
        Filter("search", N_("关键字"), hint=N_("组织名称或拼音首字母"), live=True),
        Filter("state", N_("进度"), [("open", N_("办理中")), ("moot", N_("届次已结束，待取消")), *(c for c in choices("stage") if c[0] in STAGES)],
               "stage"),
    ),
    export=("xlsx",),
    keep=("area", "as_of", "batch"),
))  # fmt: skip
DUE = register(Listing(
    "terms_due",
    "projection",
    "/terms",
    (
        Column("organisation_name", N_("组织"), link="/organisations/{organisation}", always=True),
        Column("township_name", N_("所属乡镇"), link="/organisations?area={township}", hidden=True),
        Column("term_no", N_("届次"), "number", card="said"),
        Column("starts_on", N_("开始"), "day"),
        Column("due_on", N_("届满"), "day", card="said"),
        Column("extension_asked", N_("申请延至"), "day", always=True, card="fact"),
        Column("state", N_("状态"), "term", card="state"),
    ),
    (
        Filter("search", N_("关键字"), hint=N_("组织名称或拼音首字母"), live=True),
        Filter("level", N_("层级"), choices("level"), "level"),
    ),
    key="organisation",
    keep=("area", "as_of", "state"),
    actions=(("/reelections/new", N_("按所选计划换届"), "org.reelection"),),
    export=("xlsx",),
))  # fmt: skip


@router.get("/reelections")
async def cases(request: Request, api: Api) -> Response:
    """By stage and batch."""
    area = request.query_params.get("area") or api.session.grant.get("organisation")
    mine = api.session.may("org.reelection")
    batches = (await api.get("projection", "/reelections/batches", area=area))["rows"] if mine else []
    shown = await (await by_area(api, CASES, request.query_params.get("area"))).load(request, api, area=area)
    return page(request, "reelections/cases.html", shown=shown, batches=batches, batch=request.query_params.get("batch"))


@router.get("/reelections/due")
async def due(request: Request, api: Api) -> Response:
    """Terms that end soon or have ended: what is to be planned."""
    if "state" not in request.query_params:
        return redirect(request, str(request.url.include_query_params(state="overdue").replace(scheme="", netloc="")))
    area = request.query_params.get("area") or api.session.grant.get("organisation")
    listing = await by_area(api, DUE, request.query_params.get("area"))
    if request.query_params["state"] != "asked":
        listing = replace(listing, columns=[c for c in listing.columns if c.name != "extension_asked"])
    shown = await listing.load(request, api, area=area)
    if "as_of" in shown.said or shown.said.get("state") == "asked":
        shown.actions = ()  # nothing is planned from what was so on another day, or while an extension waits for its decision
    tabs = [(title, shown.url(state=state, cursor=None), shown.said.get("state") == state, None) for state, title in TERMS]
    return page(request, "reelections/due.html", shown=shown, tabs=tabs)


@router.get("/reelections/{id}")
async def case(request: Request, api: Api, id: UUID) -> Response:
    """One case: how far it is, what comes next, what it holds."""
    found, row, organisation = await whole(api, id)
    path = chain(found["organisation"], organisation["path"])
    names = await members(api, found) if found["reported"] else {}
    there = await proposed(api, found["organisation"], found["planned_on"]) if found["state"] in BEFORE_RESULT else []
    acts = [a for a in open_acts(found["state"]) if may(api.session, a.permission, path) and not own(api, a.id, found)]
    about: dict[str, Any] = {
        "acts": acts,
        "waits": [a for a in open_acts(found["state"])[:1] if a not in acts],
        "steps": steps(found["state"], row, bool(there)),
        "candidates": there,
        "leftover": await left(api, found) if may(api.session, "cadre.propose", path) else [],
        "form": Form.new(),
        "proposing": found["state"] in OPEN and may(api.session, "cadre.propose", path),
        "naming": found["state"] in BEFORE_RESULT,
        "names": names,
        "papers": PAPERS,
        "another": for_another(api.session, "org.reelection", found["organisation"]),
        "success": done_so(request, found, (organisation["now"] or organisation["history"][-1])["full_name"]),
        "extending": bool(found["term"]) and found["state"] in ("planned", "requested", "permitted", "refused"),
    }
    return page(request, "reelections/case.html", case=found, row=row, id=str(id), organisation=organisation, today=str(today()), **about)


def done_so(request: Request, found: dict[str, Any], name: str) -> str:
    """What was just done, by name; empty where nothing was."""
    titles = {id: a.title for id, a in ACTS.items()} | {"plan": N_("计划换届"), "candidates": N_("提出候选人")}
    act = request.query_params.get("done", "")
    if act == "approval" and found["held"]:
        return text(request, ELECTED).format(name=name, day=found["held"]["held_on"])
    return text(request, PLACES).format(name=name, act=text(request, titles[act])) if act in titles else ""


def own(api: Backend, act: str, found: dict[str, Any]) -> bool:
    """Who asked or reported leaves the decision to somebody else (K16)."""
    said = found["requested_by"] if act in ("permit", "refusal") else found["reported"]["reported_by"] if act in ("approval", "return") else ()
    return api.session.account in said


async def asked(request: Request, api: Api, id: UUID) -> Response:
    name, doing, more = await begun(request, api, id, None)
    return await shown(doing, name, f"/reelections/{id}", **more)


async def answered(request: Request, api: Api, id: UUID) -> Response:
    name, doing, more = await begun(request, api, id, await Form.sent(request))
    form, act = doing.form, doing.act.id
    try:
        if act == "result" and form.step in ("check", "send"):
            await people.settle(request, api, form, doing.organisation)
            doing.pointers = where(form)
        done = await doing.go()
    except Trouble as trouble:
        if trouble.status != 412:
            raise
        now = await api.get("org", f"/reelections/{id}")
        form.stale({}, now.version or 0).wrong("", text(request, N_("他人刚刚办理了本次换届，请核对现在的进度后再提交。")))
        done = None
    if done is None:
        return await shown(doing, name, f"/reelections/{id}", table="reelections/_voted.html" if act == "result" else "", **more)
    return finished(request, done, f"/reelections/{id}?done={act}")


for name in ACTS:
    router.add_api_route(f"/reelections/{{id}}/{name}", asked, methods=["GET"])
    router.add_api_route(f"/reelections/{{id}}/{name}", answered, methods=["POST"])


async def begun(request: Request, api: Backend, id: UUID, sent: Form | None) -> tuple[str, Doing, dict[str, Any]]:
    """Whose case, the act on it with a new form or the one that came in, and what its template needs besides."""
    name = request.url.path.rpartition("/")[2]
    act = ACTS[name]
    found = await api.get("org", f"/reelections/{id}")
    organisation = await api.get("org", f"/organisations/{found['organisation']}")
    values: dict[str, Any] = {}
    more: dict[str, Any] = {}
    if name == "result":
        day = found["held"]["held_on"] if found["held"] else None
        seats = (await api.get("projection", "/seats", organisation=found["organisation"], as_of=day))["rows"]
        seats.sort(key=rank)
        roll = await people.known(api, found["organisation"])
        if found["reported"]:
            before, names = found["reported"]["candidates"], await members(api, found)
        else:
            before, names = for_result(await proposed(api, found["organisation"], found["planned_on"]))
        values = {**seated(seats, before, names), "leaving": (found["reported"] or {}).get("leaving") or []}
        more = {"seats": {s["seat"]: s for s in seats}, "roll": sorted(people.named(roll)), "held": found["held"], "groups": by_seat,
                "stays": found.get("stays") or []}
    if name == "congress" and (held := found["held"]):
        values = {k: str(held[k]) for k in ("form", "held_on")} | {a.name: str(held[a.name.partition(".")[2]]) for a in BALLOT}
    form = sent or fresh(act, values, found.version)
    if form["more"]:
        added(form)
    closed = None if act in open_acts(found["state"]) else await instead(api, id, found)
    return organisation["full_name"], Doing(request, api, act, f"/reelections/{id}/{name}", found["organisation"], form, closed=closed), more


async def instead(api: Backend, id: UUID, found: dict[str, Any]) -> Closed:
    """What the case's state allows, where an act was asked for that it does not."""
    organisation = await api.get("projection", f"/organisations/{found['organisation']}")
    path, open_ = chain(found["organisation"], organisation["path"]), [a for a in open_acts(found["state"]) if a.id != "cancellation"]
    hers = [(a.title, f"/reelections/{id}/{a.id}") for a in open_ if may(api.session, a.permission, path) and not own(api, a.id, found)]
    return Closed(label("stage", found["state"], api.language), hers, open_[0].title if open_ else "")


def where(form: Form) -> dict[str, str]:
    """Pointer of the service -> field of the form, for every line."""
    count = sum(1 for x in lines(form.values) if x.used)
    keys = ("person", "seat", "role", "engagement", "favour", "against", "abstain", "write_in", "elected")
    pointers = [f"/candidates/{i}/{k}" for i in range(count) for k in keys]
    return {p: place(p, form.values) for p in pointers}


async def whole(api: Backend, id: UUID) -> tuple[Any, dict[str, Any], Any]:
    """The case, its dates, and its organisation with the path to it."""
    found = await api.get("org", f"/reelections/{id}")
    rows = (await api.get("projection", "/reelections", organisation=found["organisation"], limit=200))["rows"]
    organisation = await api.get("projection", f"/organisations/{found['organisation']}")
    return found, next((r for r in rows if r["id"] == str(id)), {}), organisation


async def members(api: Backend, found: dict[str, Any]) -> dict[str, str]:
    """Names of the candidates reported."""
    wanted = {c["person"] for c in found["reported"]["candidates"]}
    names = {p["id"]: p["person_name"] for p in await people.known(api, found["organisation"]) if p["id"] in wanted}
    for id in wanted - names.keys():
        names[id] = (await api.get("cadre", f"/cadres/{id}"))["profile"]["person_name"]
    return names
