"""应建单位: what should have a women's organisation, listed; one unit with its days and records; every act on it, and the corrections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import choices, label
from services.console.listing import Column, Filter, Listing, register
from services.console.organisations.acts import Act, Ask
from services.console.organisations.flow import Closed, Doing, finished, fresh, shown
from services.console.pages.organisation_acts import resolve
from services.console.render import page, text
from services.console.words import N_

__all__ = ["UNITS", "router"]

router = APIRouter()
UNITS = register(Listing(
    "units",
    "projection",
    "/units",
    (
        Column("unit_name", N_("单位名称"), link="/units/{id}", always=True, wide=True),
        Column("area_name", N_("所属地区"), link="/organisations/{area}", card="fact"),
        Column("field", N_("领域"), "field", card="fact"),
        Column("level", N_("层级"), "unit_level"),
        Column("affiliation", N_("隶属"), "affiliation", hidden=True),
        Column("rank", N_("级别"), hidden=True),
        Column("women", N_("女职工数"), "number", hidden=True),
        Column("listed_on", N_("列入日期"), "day"),
        Column("organisation_name", N_("覆盖组织"), link="/organisations/{organisation}"),
        Column("organised_on", N_("建立日期"), "day"),
        Column("closed_on", N_("撤并日期"), "day", hidden=True),
        Column("state", N_("状态"), "unit_state", card="state"),
    ),
    (
        Filter("search", N_("关键字"), hint=N_("单位名称"), live=True),
        Filter("state", N_("状态"), choices("unit_state"), "unit_state"),
        Filter("field", N_("领域"), choices("field"), "field"),
        Filter("unit_level", N_("层级"), choices("unit_level"), "unit_level", more=True),
        Filter("affiliation", N_("隶属"), choices("affiliation"), "affiliation", more=True),
    ),
    export=("xlsx",),
))  # fmt: skip
EFFECTIVE = Ask("effective", "date", N_("生效日期"), default="today")
NAME = Ask("unit_name", "line", N_("单位名称"))
MORE = (
    Ask("affiliation", "choice", N_("隶属"), choices="affiliation", default="local"),
    Ask("rank", "line", N_("级别"), N_("如 正科"), required=False),
    Ask("women", "number", N_("女职工数"), required=False),
)  # fmt: skip
FIELD, LEVEL = Ask("field", "choice", N_("领域"), choices="field"), Ask("level", "choice", N_("层级"), choices="unit_level")
COVER = Ask("organisation", "organisation", N_("覆盖组织"), N_("填名称或 12 位区划代码"))
WHY = Ask("why", "text", N_("理由"))
AREA = Ask("area", "organisation", N_("所属地区"), N_("填该地妇联的名称或 12 位区划代码；不填为本组织"), required=False)
SINCE = Ask("listed_on", "date", N_("列入日期"), default="today")
LISTING = Act("new", N_("列入应建单位"), "org.unit", (NAME, AREA, FIELD, LEVEL, *MORE, SINCE), official=False)
ACTS: Mapping[str, Act] = {
    a.id: a
    for a in (
        Act("organisation", N_("由组织覆盖"), "org.unit", (COVER, Ask("organised_on", "date", N_("建立日期"), default="today"))),
        Act("transfer", N_("转到另一组织"), "org.unit", (COVER, EFFECTIVE), effect=N_("原组织同日不再覆盖该单位。")),
        Act("release", N_("移出原组织"), "org.unit", (EFFECTIVE,), effect=N_("该单位自该日起为未建单位。"), ending=True),
        Act("qualification", N_("确认为应建单位"), "org.unit", (Ask("qualified_on", "date", N_("确认日期"), default="today"),)),
        Act("details", N_("变更单位情况"), "org.unit", (EFFECTIVE, NAME, FIELD, *MORE), versioned=True,
            effect=N_("原来的情况仍按日期保留；当初就登记错了的，请用“更正”。")),
        Act("exemption", N_("列为不设妇联"), "org.unit", (Ask("exempt_from", "date", N_("自何日起"), default="today"), WHY), ending=True),
        Act("closure", N_("撤销单位"), "org.unit", (Ask("closed_on", "date", N_("撤并日期"), default="today"), WHY), ending=True,
            effect=N_("自该日起不再计入应建数和已建数；覆盖它的组织不随之撤销，需另行办理。")),
        Act("merger", N_("并入另一单位"), "org.unit", (Ask("into", "line", N_("并入单位"), N_("填同一地区另一单位的全称")),
            Ask("merged_on", "date", N_("撤并日期"), default="today")), ending=True, effect=N_("自该日起不再计入应建数和已建数。")),
        Act("correction", N_("更正记录"), "org.unit",
            (Ask("void", "choice", N_("怎样更正"), choices="unit_void", default="right"),
             Ask("on", "date", N_("正确的日期"), required=False), *(Ask(a.name, a.kind, a.label, choices=a.choices, required=False)
             for a in (NAME, FIELD, LEVEL, *MORE))), versioned=True, template="units/_corrects.html",
            body=lambda v: {"corrects": v["corrects"]}, effect=N_("只改登记错的内容，留痕；情况后来有变化的，请用“变更”。")),
    )
}  # fmt: skip
OFFERED = {
    "listed": ("qualification", "details", "exemption", "closure", "merger", "correction"),
    "qualified": ("organisation", "details", "exemption", "closure", "merger", "correction"),
    "organised": ("transfer", "release", "details", "closure", "merger", "correction"),
    "exempt": ("qualification", "details", "closure", "merger", "correction"),
}
NO_UNIT, SEVERAL_UNITS = N_("同一地区没有“{said}”，请填单位全称。"), N_("同一地区有几个“{said}”，请先更正名称。")


@router.get("/units")
async def units(request: Request, api: Api) -> Response:
    return page(request, "units/units.html", shown=await UNITS.load(request, api))


@router.get("/units/new")
async def asked(request: Request, api: Api) -> Response:
    return await listing(request, api, fresh(LISTING))


@router.post("/units/new")
async def listed(request: Request, api: Api) -> Response:
    return await listing(request, api, await Form.sent(request), send=True)


async def listing(request: Request, api: Backend, form: Form, send: bool = False) -> Response:
    """Into the list of the area that she names, or of her own organisation."""
    own = str(api.session.place)
    place = await api.get("org", f"/organisations/{own}")
    doing = Doing(request, api, LISTING, "/units", own, form, extra={"area": own})
    if send and form["area"]:
        await resolve(request, api, doing, "area")
    done = await doing.go() if send else None
    return finished(request, done, f"/units/{done['id']}?done=1") if done else await shown(doing, place["full_name"], "/units")


@router.get("/units/{id}")
async def one(request: Request, api: Api, id: UUID) -> Response:
    unit = await api.get("org", f"/units/{id}")
    acts = [ACTS[a] for a in OFFERED.get(unit["state"], ("correction",)) if api.session.may(ACTS[a].permission)]
    return page(request, "units/unit.html", id=id, unit=unit, acts=acts, places=await named(api, unit), records=records(request, unit))


@router.get("/units/{id}/{name}")
async def act_asked(request: Request, api: Api, id: UUID, name: str) -> Response:
    return await acted(request, api, id, name, None)


@router.post("/units/{id}/{name}")
async def act_answered(request: Request, api: Api, id: UUID, name: str) -> Response:
    return await acted(request, api, id, name, await Form.sent(request))


async def acted(request: Request, api: Backend, id: UUID, name: str, sent: Form | None) -> Response:
    """The form of an act on a unit, or what became of it."""
    if name not in ACTS:
        raise HTTPException(404)
    act, unit = ACTS[name], await api.get("org", f"/units/{id}")
    offered = name in OFFERED.get(unit["state"], ("correction",))
    start = {a.name: unit[a.name] for a in act.asks if name == "details" and a.name in unit}
    form = sent or fresh(act, {**start, "corrects": request.query_params.get("corrects", "")}, unit.version if act.versioned else None)
    closed = None if offered else Closed(label("unit_stands", unit["state"], request.state.language))
    doing = Unit(request, api, act, f"/units/{id}/{name}", unit["area"], form, closed=closed)
    more: dict[str, Any] = {"records": [(f["id"], said) for f, said in records(request, unit)]}
    if sent:
        await names(request, api, doing, unit)
        try:
            done = await doing.go()
        except Trouble as trouble:
            if trouble.status != 412:
                raise
            form.stale(start, unit.version or 0)
            done = None
        if done is not None:
            return finished(request, done, f"/units/{id}?done=1")
    return await shown(doing, unit["unit_name"], f"/units/{id}", **more)


class Unit(Doing):
    def _body(self) -> dict[str, Any]:
        body = super()._body()
        return {**body, "void": body["void"] == "void"} if "void" in body else body


async def names(request: Request, api: Backend, doing: Doing, unit: Mapping[str, Any]) -> None:
    """An organisation or a unit named by words becomes its id."""
    if doing.form["organisation"]:
        await resolve(request, api, doing, "organisation")
    if said := doing.form["into"].strip():
        rows = (await api.get("projection", "/units", area=unit["area"], search=said, limit=50))["rows"]
        same = [r["id"] for r in rows if r["unit_name"] == said and r["area"] == unit["area"]]
        if len(same) == 1:
            doing.extra = {**doing.extra, "into": same[0]}
        else:
            doing.form.wrong("into", text(request, SEVERAL_UNITS if same else NO_UNIT).format(said=said))


def records(request: Request, unit: Mapping[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Its records with what each is called and its day; those a correction may name."""
    days = ("listed_on", "qualified_on", "effective", "exempt_from", "organised_on", "closed_on", "merged_on", "on")
    found = []
    for f in unit["facts"]:
        kind, day = f["fact"].removeprefix("org.EligibleUnit"), next((f["says"][d] for d in days if f["says"].get(d)), "")
        found.append((f, f"{label('unit_fact', kind, request.state.language)} {day}".strip()))
    return found


async def named(api: Backend, unit: Mapping[str, Any]) -> dict[str, str]:
    """The organisations that its days speak of, by name."""
    ids = dict.fromkeys(i for d in unit["days"] for i in (d["area"], d["organisation"]) if i)
    found = {i: await api.known("org", f"/organisations/{i}") for i in ids}
    return {i: o["full_name"] for i, o in found.items() if o}
