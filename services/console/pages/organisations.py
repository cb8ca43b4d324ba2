"""组织总览 and 组织详情: the tree, the figures of an area and its children; one organisation over time, as of any date; the acts on it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request, Response

from services.console.backend import Answer, Api, Backend
from services.console.labels import choices
from services.console.listing import PAGE, Column, Filter, Listing, register
from services.console.organisations import changes, corrections
from services.console.organisations.acts import Act
from services.console.organisations.branches import branch, grown
from services.console.organisations.counties import BANDS, drawn
from services.console.organisations.plot import plot
from services.console.organisations.rights import chain, may
from services.console.organisations.stream import passed_on
from services.console.people.successes import PLACES
from services.console.query import state_of
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today
from shared.settings import settings

__all__ = ["LISTING", "router"]

router = APIRouter()
Day = Annotated[date | None, Query()]
Area = Annotated[str | None, Query(max_length=40)]
Rate = Annotated[str, Query(pattern="^(chair_rate|on_time_rate)$")]


@dataclass(frozen=True)
class Children(Listing):
    """The children of an area come with its overview; a keyword finds what lies anywhere below, each with what it stands under."""

    def shown(self, said: Mapping[str, Any]) -> list[Column]:
        return [c for c in super().shown(said) if c.name != "above_name" or said.get("search")]

    async def count(self, api: Backend, said: Mapping[str, Any]) -> str:
        found = await api.get(self.service, self.path, limit=1, **self.query(said))
        return str(found["children"]["total"])


LISTING = register(Children(
    "organisations",
    "projection",
    "/overview",
    (
        Column("short_name", N_("组织名称"), link="/organisations/{id}", always=True, sort="name", rising=True),
        Column("above_name", N_("上级")),
        Column("code", N_("区划代码"), hidden=True),
        Column("level", N_("层级"), "level", card="state"),
        Column("org_type", N_("类别"), "org_type", hidden=True),
        Column("children", N_("直属下级"), "number"),
        Column("organisations", N_("组织数"), "number"),
        Column("holders", N_("在任人数"), "number", sort=True),
        Column("executives", N_("执委人数"), "number"),
        Column("chair_rate", N_("主席配备率"), "number", sort=True, card="said"),
        Column("terms_overdue", N_("届满待换届"), "number", sort=True, card="said"),
        Column("terms_due", N_("半年内届满"), "number"),
        Column("reelections_open", N_("换届办理中"), "number", hidden=True),
        Column("vacancies", N_("缺位"), "number", sort=True, card="said"),
        Column("on_time_rate", N_("按时换届率"), "number", hidden=True),
        Column("fill_rate", N_("缺位补充率"), "number", hidden=True),
        Column("status", N_("状态"), "status", hidden=True),
    ),
    (
        Filter("search", N_("关键字"), hint=N_("名称、拼音首字母或代码"), live=True),
        Filter("level", N_("层级"), choices("level"), "level"),
        Filter("org_type", N_("类别"), choices("org_type"), "org_type"),
        Filter("status", N_("状态"), choices("status"), "status"),
    ),
    actions=(("/reelections/new", N_("按所选计划换届"), "org.reelection"),),
))  # fmt: skip
RATES = {
    "chair_rate": (N_("主席配备率"), "chairs_filled", "chair_seats"),
    "on_time_rate": (N_("按时换届率（今年）"), "reelected_on_time", "due_in_period"),
}
EXECUTIVES = ("chair", "vice_chair", "standing_member", "executive_member")  # as the tile counts them: leaders are executives (K1)
REPORTS = {"chair_rate": ("R34", "chair_posts_filled"), "on_time_rate": ("R02", "on_time_reelection_rate")}  # the same figures by county


@router.get("/organisations")
async def overview(request: Request, api: Api, area: Area = None, as_of: Day = None,
                   rate: Rate = "chair_rate") -> Response:  # fmt: skip
    """组织总览."""
    said = state_of(request.query_params)
    asked = {**LISTING.query(said), "area": area or api.session.grant.get("organisation")}
    found = await api.get("projection", "/overview", limit=PAGE, cursor=said.get("cursor"), sort=said.get("sort"), **asked)
    shown = await LISTING.show(request, said, Answer(found["children"]))
    if found["area"]["level"] == "village" and not shown.total and not shown.tokens:  # nothing hangs on it
        return redirect(request, f"/organisations/{found['area']['id']}" + (f"?as_of={as_of}" if as_of else ""))
    if past(as_of):
        shown.actions = ()  # nothing is planned in the past
    above = [p for i, p in enumerate(found["area"]["path"]) if may(api.session, "report.read", chain(p["id"], found["area"]["path"][:i]))]
    tree = await grown(api, [*above, found["area"]], asked.get("as_of"))
    words, part, whole = RATES[rate]
    rows = [(r["short_name"] or r["name"], r[rate], told(r[rate], r[part], r[whole]), shown.url(area=r["id"], cursor=None))
            for r in compared(shown.rows) if r[whole]]  # fmt: skip
    about = {"area": found["area"], "above": above, "tiles": found["tiles"], "tree": tree, "as_of": as_of, "executives": EXECUTIVES,
             "past": past(as_of),
             "mapped": bool(settings().map) and found["area"]["level"] in ("province", "city")}  # fmt: skip
    return page(request, "organisations/overview.html", shown=shown, plot=plot(rows), rates=RATES, rate=rate, rate_words=words, rows=rows, **about)


def past(as_of: date | None) -> bool:
    """Whether the page shows another day than today."""
    return as_of is not None and as_of != today()


def compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Areas with each other; where there are none, the organisations themselves."""
    return [r for r in rows if r["below"]] or rows


def told(value: float | None, part: int, whole: int) -> str:
    return f"{value:.1f}%（{part}/{whole}）" if value is not None else "–"


@router.get("/organisations/map")
async def counties(request: Request, api: Api, area: UUID, as_of: Day = None, rate: Rate = "chair_rate") -> Response:
    """The counties of a province or city on a map, with its table; no page without an approval number."""
    number = settings().map
    (report, measure), asked = REPORTS[rate], {"area": str(area), "as_of": as_of and str(as_of)}
    tree, found = await asyncio.gather(api.get("projection", "/organisations/tree", depth=0, **asked),
                                       api.get("projection", f"/reports/{report}", level="county", **asked))  # fmt: skip
    place = tree["rows"][0]
    rows = [r for r in found["rows"] if r["measure"] == measure and r["code"] and r["code"][4:6] != "00"]
    shown = drawn(place["code"] or "", rows) if number else None
    if shown is None:
        raise HTTPException(404)
    return page(request, "organisations/map.html", drawn=shown, bands=BANDS, number=number, rate_words=RATES[rate][0], area=str(area),
                name=place["name"], as_of=as_of)  # fmt: skip


@router.get("/organisations/branch")
async def opened(request: Request, api: Api, node: UUID, area: Area = None, as_of: Day = None, closed: str = "", cursor: Area = None) -> Response:
    """One node of the tree with its children, or closed again; with a cursor, only more of its children."""
    day = str(as_of) if as_of else None
    if cursor:
        rest = {"id": str(node), **await branch(api, str(node), day, cursor)}
        return page(request, "organisations/branch.html", node=None, more=rest, area=area, as_of=day)
    up = await api.get("projection", "/organisations/tree", area=str(node), as_of=day, depth=0)
    level: dict[str, Any] = {"rows": [], "cursor": None} if closed else await branch(api, str(node), day)
    whole = {**up["rows"][0], "children": 1, "parent": None, "open": not closed, **level}
    return page(request, "organisations/branch.html", node=whole, more=None, area=area, as_of=day)


@router.get("/organisations/export")
async def export(request: Request, api: Api) -> Response:
    """The organisations of the area and filter, all levels, as a workbook."""
    asked = LISTING.query(dict(request.query_params))
    return await passed_on(api, "projection", "/organisations", {**asked, "format": "xlsx"})


@router.get("/organisations/{id}")
async def organisation(request: Request, api: Api, id: UUID, as_of: Day = None) -> Response:
    """组织详情, as of a date."""
    done = request.query_params.get("done", "")
    title = corrections.TITLE if done == "correction" else changes.ACTS[done].title if done in changes.ACTS else ""
    asked = api.get("projection", f"/organisations/{id}", as_of=as_of and str(as_of))
    found, papers = await asyncio.gather(asked, documents(api, str(id)))
    path, now = chain(str(id), found["path"]), found["now"]
    running = next((t for t in found["terms"] if not t["ended_on"]), None)
    about = {
        "acts": [a for a in changes.offered(now["status"] if now else "") if may(api.session, a.permission, path)],
        "running": running,
        "term_acts": term_acts(api, running, path),
        "may_correct": bool(now) and may(api.session, "org.change", path),
        "may_reelect": bool(now and now["status"] == "active") and may(api.session, "org.reelection", path),
        "may_propose": bool(now and now["status"] == "active") and not past(as_of) and may(api.session, "cadre.propose", path),
        "last": now or (found["history"] or [{}])[-1],
        "past": past(as_of),
        "papers": papers,
        "events": changes.EVENTS,
        "fields": changes.FIELDS,
    }
    about["success"] = title and text(request, PLACES).format(name=about["last"].get("full_name", ""), act=text(request, title))
    return page(request, "organisations/organisation.html", o=found, now_is=now, id=str(id), as_of=as_of, **about)


def term_acts(api: Backend, running: dict[str, Any] | None, path: Sequence[UUID]) -> list[Act]:
    """On the running term: an extension to be requested, or to be decided on once it is; the filing of a renewal without a case; its end
    before its time."""
    if running is None:
        return []
    extension = ("extension", "extension-refusal") if running["extension_asked"] else ("extension-request",)
    filing = ("filing",) if not (running["reelection"] or running["opening"] or running.get("filed_on")) and running["term_no"] > 1 else ()
    return [a for a in (changes.ACTS[name] for name in (*extension, *filing, "end")) if may(api.session, a.permission, path)]


async def documents(api: Backend, id: str) -> list[dict[str, Any]]:
    """The latest papers of its library; none for whom may not read them there."""
    if not api.session.may("org.document"):
        return []
    found = await api.known("projection", "/documents", area=id, limit=10)
    return found["rows"] if found else []
