"""The work list: what waits for this person, one click from each; the first page after sign-in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.labels import label
from services.console.render import day, page, redirect, text
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
# where a section's rows lead: the first address whose keys the row has
LEADS = {
    "appointments": ("/appointments/{appointment}", "/appointments/{id}"),
    "reelections": ("/reelections/{id}",),
    "terms": ("/reelections/{reelection}", "/organisations/{organisation}"),
    "vacancies": ("/organisations/{organisation}",),
    "reactions": ("/organisations/{organisation}",),
}
# the date that matters in a row, and what it is called
DATES = {
    "terms": ("due_on", N_("届满")),
    "vacancies": ("since", N_("空缺自")),
    "reelections": ("planned_on", N_("计划")),
    "appointments": ("starts_on", N_("任职")),
    "appointments_ending": ("ends_on", N_("到期")),
    "appointments_without_paper": ("effective", N_("生效")),
}
# projection's whole lists, and the pages that show them
LISTS = {"/terms": "/reelections/due", "/audit/appointments": "/audit"}
IMPORTS = {
    "checking": N_("检查中"),
    "checked": N_("待确认"),
    "committing": N_("写入中"),
    "committed": N_("已写入"),
    "failed": N_("未成功"),
    "revoking": N_("撤销中"),
    "revoked": N_("已撤销"),
}


@dataclass(frozen=True)
class Section:
    """`rows`: (address, title, note). `more`: the whole list."""

    title: str
    count: int
    urgent: bool
    more: str
    rows: list[tuple[str, str, str]]


@router.get("/")
async def work(request: Request, api: Api) -> Response:
    if not api.session.place:
        return redirect(request, "/place")
    listed, imports = await asyncio.gather(waiting(request, api), recent(api))
    return page(request, "home.html", sections=listed, imports=imports, states=IMPORTS)


async def waiting(request: Request, api: Backend) -> list[Section] | None:
    """None: the work list cannot be had now; somebody who may not see any has an empty one."""
    try:
        answer = await api.get("projection", "/worklist", rows=5, area=api.session.place)
    except Trouble as e:
        if e.status == 403:
            return []
        if e.status == 401:
            raise
        return None
    return [section(s, request) for s in answer["sections"]]


def section(told: dict[str, Any], request: Request) -> Section:
    title = told["title"].get(request.state.language) or told["title"]["zh-CN"]
    return Section(title, told["count"], told.get("urgent", False), whole(told["list"]), [line(told["id"], row, request) for row in told["rows"]])


def whole(address: str) -> str:
    """The page of a section's whole list."""
    asked = urlsplit(address)
    query = urlencode([(k, v) for k, v in parse_qsl(asked.query) if k != "every"])
    path = LISTS.get(asked.path, asked.path)
    return f"{path}?{query}" if query else path


def line(id: str, row: dict[str, Any], request: Request) -> tuple[str, str, str]:
    """Where a row leads, what it says, and its date."""
    there, kind = {k: v for k, v in row.items() if v is not None}, id.partition("_")[0]
    address = next((a.format_map(there) for a in LEADS.get(kind, ()) if fits(a, there)), "")
    language = request.state.language
    who = [row.get("person_name"), row.get("organisation_name"), label("office", row.get("role"), language)]
    who += [row.get("message_en" if language == "en" else "message_zh")]
    key, word = DATES.get(id) or DATES.get(kind) or ("", "")
    when = f"{text(request, word)} {day(row[key])}" if row.get(key) else ""
    return address, " · ".join(str(w) for w in who if w) or "—", when


def fits(address: str, row: dict[str, Any]) -> bool:
    try:
        address.format_map(row)
    except KeyError:
        return False
    return True


async def recent(api: Backend) -> list[dict[str, Any]]:
    """The last imports of both services, newest first; none where she may not import or they cannot be asked."""
    if not api.session.may("org.import"):
        return []
    told = await asyncio.gather(*(imports(api, service) for service in ("cadre", "org")))
    return sorted((i for some in told for i in some), key=lambda i: str(i.get("uploaded_at")), reverse=True)[:5]


async def imports(api: Backend, service: str) -> list[dict[str, Any]]:
    try:
        answer = await api.get(service, "/imports", limit=5)
    except Trouble as e:
        if e.status == 401:
            raise
        return []
    return [{**i, "service": service} for i in answer["imports"]]
