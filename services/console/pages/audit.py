"""审计查询: every change of an appointment as a plain sentence, with both times, its paper, what else was done at once, and
who did it; everything else that was recorded; every export; and whether the latest facts are still what their services say."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.console.backend import Api, Backend
from services.console.labels import choices
from services.console.listing import Column, Filter, Listing, Shown, Token, register
from services.console.pages.services import NAMES
from services.console.people import find
from services.console.people.changes import compared
from services.console.render import page
from services.console.words import N_
from shared.words import FLAGS

__all__ = ["EXPORTS", "LISTING", "RECORDS", "router"]

router = APIRouter()
WHO = Filter("who", N_("经办人"), hint=N_("姓名或账号"), live=True)
LISTING = register(
    Listing(
        "audit",
        "projection",
        "/audit/appointments",
        (
            Column("recorded", N_("登记时间"), "instant", always=True),
            Column("effective", N_("生效日期"), "day", always=True),
            Column("sentence", N_("谁在何时凭何文件改的"), always=True, wide=True, card="fact"),
            Column("kind", N_("办理事项"), "change", card="state"),
            Column("flags", N_("标记")),
            Column("documents", N_("公文")),
            Column("actor_name", N_("经办人")),
            Column("correlation", N_("同一次办理")),
        ),
        (
            Filter("search", N_("人员或组织"), hint=N_("姓名、组织名称或拼音首字母"), live=True),
            WHO,
            Filter("kind", N_("办理事项"), choices("change"), "change"),
            Filter("flag", N_("标记"), choices("flag"), "flag", more=True),
            Filter("from", N_("登记日期自"), type="date"),
            Filter("to", N_("至"), type="date"),
            Filter("effective_from", N_("生效日期自"), type="date", more=True),
            Filter("effective_to", N_("至"), type="date", more=True),
        ),
        key="event",
        export=("xlsx",),
        keep=("area", "known_at", "organisation", "person", "seat", "document", "actor", "correlation"),
    )
)
RECORDS = register(
    Listing(
        "records",
        "projection",
        "/audit/records",
        (
            Column("recorded", N_("登记时间"), "instant", always=True),
            Column("effective", N_("生效日期"), "day", always=True),
            Column("about", N_("事项"), "about", card="state"),
            Column("sentence", N_("记录"), always=True, wide=True, card="fact"),
            Column("organisation_name", N_("组织"), link="/organisations/{organisation}"),
            Column("documents", N_("公文")),
            Column("actor_name", N_("经办人")),
            Column("correlation", N_("同一次办理"), hidden=True),
        ),
        (
            Filter("search", N_("人员或组织"), hint=N_("姓名、组织名称或拼音首字母"), live=True),
            WHO,
            Filter("about", N_("事项"), choices("about"), "about"),
            Filter("from", N_("登记日期自"), type="date"),
            Filter("to", N_("至"), type="date"),
        ),
        key="event",
        export=("xlsx",),
        keep=("area", "known_at", "organisation", "person", "document", "actor", "correlation"),
    )
)
EXPORTS = register(
    Listing(
        "exports",
        "projection",
        "/audit/exports",
        (
            Column("recorded", N_("导出时间"), "instant", always=True),
            Column("sentence", N_("谁在何时导出了什么"), always=True, wide=True, card="fact"),
            Column("actor_name", N_("导出人"), card="state"),
            Column("title", N_("内容")),
            Column("area_name", N_("地区")),
            Column("rows", N_("行数"), "number"),
            Column("sealed", N_("未脱敏内容"), card="fact"),
            Column("why", N_("理由"), wide=True),
            Column("as_of", N_("数据截至"), "day", hidden=True),
            Column("format", N_("格式"), hidden=True),
            Column("correlation", N_("同一次办理"), hidden=True),
        ),
        (
            Filter("search", N_("导出人"), hint=N_("姓名"), live=True),
            Filter("sealed", N_("未脱敏内容"), choices("yes_or_no"), "yes_or_no"),
            Filter("from", N_("导出日期自"), type="date"),
            Filter("to", N_("至"), type="date"),
        ),
        key="export",
        export=("xlsx",),
        keep=("area", "known_at", "actor", "correlation"),
    )
)
EXACT = {"person": (N_("人员"), "cadre", "/cadres/{}"), "organisation": (N_("组织"), "org", "/organisations/{}"),
         "document": (N_("公文"), "org", "/documents/{}"), "actor": (N_("经办人"), "", ""), "seat": (N_("职位"), "", "")}  # fmt: skip
PROGRAMS = (N_("系统"), N_("系统导入"))  # among those who did it, as projection calls them; the templates translate


@router.get("/audit")
async def audit(request: Request, api: Api) -> Response:
    shown = await LISTING.load(request, api)
    for row in shown.rows:
        row["lines"] = compared(row["before"], row["after"], row.get("names"))
        row["flags"] = [flag for flag, (zh, _) in FLAGS.items() if zh in row["flags"]]
    return page(request, "audit/audit.html", shown=shown, exact=await exactly(api, shown))


async def exactly(api: Backend, shown: Shown) -> list[Token]:
    """The exact filters in force."""
    named = [(name, str(shown.said[name]), shown.url(**{name: None, "cursor": None})) for name in EXACT if name in shown.said]
    return await asyncio.gather(*(token(api, *some) for some in named))


@router.get("/audit/records")
async def records(request: Request, api: Api) -> Response:
    """其他记录: everything recorded but appointments and exports."""
    shown = await RECORDS.load(request, api)
    return page(request, "audit/records.html", shown=shown, exact=await exactly(api, shown))


@router.get("/audit/chain")
async def chain(request: Request, api: Api) -> Response:
    """链校验, as a part of the page: what was compared, and what came of it; nothing that was not."""
    return page(request, "audit/chain.html", chain=await api.get("projection", "/audit/chain"), names=NAMES)


@router.get("/audit/exports")
async def exported(request: Request, api: Api) -> Response:
    """导出留痕: every file that left the system."""
    shown = await EXPORTS.load(request, api)
    whose = shown.rows[0]["actor_name"] if "actor" in shown.said and shown.rows else ""
    exact = [Token(EXACT["actor"][0], whose, shown.url(actor=None, cursor=None))] if whose else []
    return page(request, "audit/exports.html", shown=shown, exact=exact)


async def token(api: Backend, name: str, value: str, without: str) -> Token:
    """An exact filter in words."""
    title, service, path = EXACT[name]
    called = await find.name(api, service, path.format(value)) if service else ""
    return Token(title, called or (value.rpartition("|")[2][:20] if name == "actor" else value[:8]), without)


@router.get("/audit/trail/{correlation}")
async def trail(request: Request, api: Api, correlation: Annotated[str, Path(max_length=100)]) -> Response:
    """Everything that one request brought about, in order."""
    found = await api.get("projection", f"/audit/trail/{correlation}")
    rows = [{**r, "lines": compared(r["before"], r["after"], r.get("names"))} for r in found["rows"]]
    return page(request, "audit/trail.html", rows=rows, events=found["events"], correlation=correlation)
