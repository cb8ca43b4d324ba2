"""The work list: what waits for this person, one click from each; the first page after sign-in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Form, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.labels import label
from services.console.people.upload import barred, counted, seeing
from services.console.preferences import keep
from services.console.render import day, instant, page, redirect, text
from services.console.session import current
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
# where the rows of a section, or of all of a kind, lead: the first address whose keys the row has
LEADS = {
    "appointments": ("/appointments/{appointment}", "/appointments/{id}"),
    "reelections": ("/reelections/{id}",),
    "reelections_moot": ("/reelections/{id}/cancellation",),
    "terms": ("/organisations/{organisation}",),
    "terms_extension": ("/organisations/{organisation}/extension",),
    "vacancies": ("/organisations/{organisation}",),
    "reactions": ("/organisations/{organisation}",),
}
# the date that matters in a row, and what it is called
DATES = {
    "terms": ("due_on", N_("届满")),
    "terms_extension": ("extension_asked", N_("申请延至")),
    "vacancies": ("since", N_("空缺自")),
    "reelections": ("congress_on", N_("拟开会")),
    "reelections_requested": ("requested_on", N_("请示")),
    "reelections_reported": ("reported_on", N_("上报")),
    "appointments": ("starts_on", N_("任职")),
    "appointments_ending": ("ends_on", N_("到期")),
    "appointments_without_paper": ("effective", N_("生效")),
}
# projection's whole lists, and the pages that show them
LISTS = {"/terms": "/reelections/due", "/audit/appointments": "/audit"}
# what is counted on top, also where nothing waits: section, short title, any of the permissions that make it her work, the whole list
TILES = (
    ("appointments_proposed", N_("待党组织审定"), ("cadre.review",), "/appointments?state=proposed"),
    ("appointments_in_procedure", N_("待审批"), ("cadre.approve",),
     "/appointments?state=party_reviewed&state=publicised&state=publicity_ended&state=elected"),
    ("appointments_to_start", N_("待任职"), ("cadre.start",), "/appointments?state=approved"),
    ("terms_overdue", N_("届满待换届"), ("org.reelection",), "/reelections/due?state=overdue"),
    ("terms_due", N_("半年内届满"), ("org.reelection",), "/reelections/due?state=due"),
    ("reelections_open", N_("换届办理中"), ("org.reelection", "org.approve"), "/reelections?state=open"),
    ("vacancies_overdue", N_("缺位超90天"), ("org.vacancy",), "/vacancies?state=overdue"),
    ("appointments_without_paper", N_("缺批复"), ("audit.read",), "/audit?flag=missing_document"),
)  # fmt: skip
# 从这里开始: what somebody new does first, by what she may do
STARTS = (
    ("cadre.import", N_("导入花名册"), N_("下载模板或直接上传手头的表格，错误逐格标红"), "/imports/new"),
    ("org.reelection", N_("安排换届"), N_("看哪些组织届满，勾选列入计划，再逐步办理"), "/reelections/due"),
    ("cadre.propose", N_("提出一项拟任"), N_("选人、选职位，系统先查有没有冲突"), "/appointments/new"),
    ("org.document", N_("登记一份批复"), N_("上传扫描件，办理任免和换届时直接选用"), "/documents/new"),
    ("audit.read", N_("查一项任免的来历"), N_("谁在何时凭何文件改的，一句话说清"), "/audit"),
    ("report.read", N_("看本地的组织和人员"), N_("按名称、拼音首字母查找，可按任何一天查看"), "/organisations"),
    ("system.operate", N_("看各项服务是否正常"), N_("是否就绪、有多少记录、落后多少"), "/services"),
    ("", N_("按 Ctrl K 找任何页面、组织和人"), N_("输入拼音首字母即可，例如 ncx 是南昌县"), "/palette"),
)
FIRST = 4  # of them at once
ROW = 8  # tiles beside each other, at most
RECENT = 5


@dataclass(frozen=True)
class Section:
    """`rows`: (address, title, note). `more`: the whole list."""

    id: str
    title: str
    count: int
    urgent: bool
    more: str
    rows: list[tuple[str, str, str]]


@router.get("/")
async def work(request: Request, api: Api) -> Response:
    session = api.session
    if not session.place:
        return redirect(request, "/place")
    listed, imports, checked, terms = await asyncio.gather(waiting(request, api), recent(api), recent(api, "checked"), soon(api))
    listed = [*to_write(request, checked), *listed] if listed is not None else None
    counts = {s.id: s for s in listed or []}
    tiles = [(title, counts[id].count if id in counts else 0, id in counts and counts[id].urgent, path)
             for id, title, any_of, path in TILES if any(session.may(p) for p in any_of)]  # fmt: skip
    usual = {id for id, *_ in TILES}
    tiles += [(s.title, s.count, s.urgent, s.more) for s in listed or [] if s.id not in usual]
    columns = -(-len(tiles) // max(1, -(-len(tiles) // ROW)))  # rows as equal as can be
    starts = [start for start in STARTS if not start[0] or session.may(start[0])][:FIRST]
    return page(request, "home.html", sections=listed, imports=imports[:RECENT], terms=terms, tiles=tiles, columns=columns, starts=starts)


@router.get("/desk/figures")
async def figures(request: Request, api: Api) -> Response:
    """The state of her area in figures: after the page, because a province takes its time."""
    found = await api.spare("projection", "/overview", area=api.session.place, limit=1)
    return page(request, "figures.html", tiles=found and found["tiles"])


@router.post("/desk/starts")
async def dismiss(request: Request, shown: Annotated[str, Form()] = "") -> Response:
    """The first steps put away, or fetched again from the help page."""
    session = current(request)
    session.tips = shown == "on"
    await keep(request, "tips", shown == "on")
    return redirect(request, "/")


def to_write(request: Request, imports: list[dict[str, Any]]) -> list[Section]:
    """Workbooks that were checked, with something to write, and that she may write, the oldest first."""
    full = [i for i in reversed(imports) if i["state"] == "checked" and (c := counted(i))["add"] + c["change"]]
    hers = [i for i in full if not barred(current(request), i["service"], i)]
    rows = [(f"/imports/{i['service']}/{i['id']}", i.get("filename") or i["id"][:8], instant(i.get("uploaded_at"))) for i in hers[:RECENT]]
    return [Section("imports_checked", text(request, N_("待确认写入的导入")), len(hers), False, "/imports", rows)] if hers else []


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
    rows = [line(told["id"], row, request) for row in told["rows"]]
    return Section(told["id"], told["title"][request.state.language], told["count"], told.get("urgent", False), whole(told["list"]), rows)


def whole(address: str) -> str:
    """The page of a section's whole list."""
    asked = urlsplit(address)
    query = urlencode([(k, v) for k, v in parse_qsl(asked.query) if k != "every"])
    path = LISTS.get(asked.path, asked.path)
    return f"{path}?{query}" if query else path


def line(id: str, row: dict[str, Any], request: Request) -> tuple[str, str, str]:
    """Where a row leads, what it says, and its date."""
    there, kind = {k: v for k, v in row.items() if v is not None}, id.partition("_")[0]
    address = next((a.format_map(there) for a in LEADS.get(id) or LEADS.get(kind, ()) if fits(a, there)), "")
    language = request.state.language
    who = [row.get("person_name"), row.get("organisation_name"), label("office", row.get("role"), language)]
    who += [label("stage", row.get("state"), language) if id == "reelections_open" else ""]
    who += [row.get("message_en" if language == "en" else "message_zh")]
    key, word = DATES.get(id) or DATES.get(kind) or ("", "")
    if kind == "reelections" and not row.get(key):
        key, word = "planned_on", N_("列入计划")
    when = f"{text(request, word)} {day(row[key])}" if row.get(key) else ""
    return address, " · ".join(str(w) for w in who if w) or "—", when


def fits(address: str, row: dict[str, Any]) -> bool:
    try:
        address.format_map(row)
    except KeyError:
        return False
    return True


async def soon(api: Backend) -> list[dict[str, Any]]:
    """The terms that end next; none where she has nothing to do with re-elections or they cannot be asked."""
    if not api.session.may("org.reelection"):
        return []
    try:
        rows: list[dict[str, Any]] = (await api.get("projection", "/terms", area=api.session.place, state="running", limit=5))["rows"]
    except Trouble as e:
        if e.status == 401:
            raise
        return []
    return rows


async def recent(api: Backend, state: str | None = None) -> list[dict[str, Any]]:
    """Imports of both services, newest first; none where she may not see any or they cannot be asked. `state`: only those."""
    told = await asyncio.gather(*(imports(api, service, state) for service in seeing(api.session)))
    return sorted((i for some in told for i in some), key=lambda i: str(i.get("uploaded_at")), reverse=True)


async def imports(api: Backend, service: str, state: str | None) -> list[dict[str, Any]]:
    try:
        answer = await api.get(service, "/imports", limit=200 if state else RECENT, state=state)
    except Trouble as e:
        if e.status == 401:
            raise
        return []
    return [{**i, "service": service} for i in answer["imports"]]
