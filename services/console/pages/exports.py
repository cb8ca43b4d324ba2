"""导出: a list as a file at once, or as a job with a page to fetch it from; phones and ID numbers only with a reason, marked and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import label
from services.console.listing import Listing, registered
from services.console.organisations.stream import passed_on
from services.console.render import page, redirect, text
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
OWN = ("columns", "cursor", "format", "limit", "list", "view")  # what the page asks of itself
SEALED = ("phone", "id_number")
SEALABLE = "roster"  # the list of people whose records are opened one by one
REASONS = (N_("通知会议、活动"), N_("核对换届名册"), N_("上级要求报送"), N_("办理任免手续"))
NO_REASON = N_("请说明导出理由。")


def of(name: str) -> Listing:
    found = registered(name)
    if not found.export:
        raise HTTPException(404)
    return found


def question(listing: Listing, said: Mapping[str, list[str]]) -> tuple[dict[str, list[str]], list[str]]:
    """What the service is asked for the rows and columns that the page shows."""
    whose = ["person"] * (listing.id == "roster")  # hidden in the file: by it the file, imported again, finds everybody
    columns = list(dict.fromkeys(["no", *(c.name for c in listing.shown(said)), *whose]))
    return {k: v for k, v in said.items() if k not in OWN and any(v)}, columns


@router.get("/export/{list}")
async def export(request: Request, list: str, api: Api, format: str = "xlsx") -> Response:
    """What is shown is what is exported: made by the service and passed through, or, where it is too long for that, offered as a job."""
    listing = of(list)
    if format not in listing.export:
        raise HTTPException(404)
    asked, columns = question(listing, {k: request.query_params.getlist(k) for k in request.query_params})
    try:
        return await passed_on(api, listing.service, listing.path, {**asked, "columns": ",".join(columns), "format": format})
    except Trouble as trouble:
        if "export_needs_job" not in trouble.codes:
            raise
        return await asking(request, api, listing, Form.new({"query": request.url.query, "reason": "", "other": ""}), long=True)


@router.get("/exports/new")
async def blank(request: Request, api: Api, list: str) -> Response:
    """后台导出: what, whether with phones and ID numbers, and then why."""
    return await asking(request, api, of(list), Form.new({"query": request.url.query, "sealed": [*SEALED[:1]], "reason": "", "other": ""}))


@router.post("/exports/new")
async def start(request: Request, api: Api, list: str = SEALABLE) -> Response:
    listing, form = of(list), await Form.sent(request)
    sealed = [s for s in form.all("sealed") if s in SEALED]
    if sealed and not form.why:
        form.unexplained(text(request, NO_REASON))
    if form.step == "back" or form.faults or (sealed and form.step != "send"):
        return await asking(request, api, listing, form, check=form.step == "check" and not form.faults)
    asked, columns = question(listing, parse_qs(form["query"]))
    said = {"path": listing.path, "asked": asked, "columns": columns, "format": "xlsx"}
    try:
        await api.post(listing.service, "/exports", {**said, **({"sealed": sealed, "reason": form.why} if sealed else {})}, key=form.key)
    except Trouble as trouble:
        form.refused(trouble, request.state.language)
        return await asking(request, api, listing, form)
    return redirect(request, "/exports")


async def asking(request: Request, api: Backend, listing: Listing, form: Form, long: bool = False, check: bool = False) -> Response:
    """The form, or its answers to be looked over. `long`: it was to go at once and is too long for that."""
    language, said = request.state.language, parse_qs(form["query"])
    titles = {f.name: (f.title, f.kind) for f in listing.filters}
    filters = [
        (text(request, N_("地区")), await place(api, (said.get("organisation") or said.get("area") or [""])[0])),
        *([(text(request, N_("数据截至")), said["as_of"][0])] if any(said.get("as_of", ())) else []),
    ] + [
        (text(request, titles[k][0]), "、".join(label(titles[k][1], x, language) if titles[k][1] else x for x in v))
        for k, v in said.items() if k in titles and any(v)
    ]  # fmt: skip
    columns = "、".join(text(request, c.title) for c in listing.shown(said))
    opened = "、".join(label("profile", s, language) for s in form.all("sealed"))
    rows = [*filters, (text(request, N_("列")), columns), (text(request, N_("未脱敏内容")), opened), (text(request, N_("导出理由")), form.why)]
    back = f"/{listing.id}?{urlencode({k: v for k, v in said.items() if k not in ('list', 'format', 'cursor')}, doseq=True)}"
    sealing = listing.id == SEALABLE and request.state.session.may("cadre.export")
    about = {"listing": listing, "long": long, "checking": check, "filters": filters, "columns": columns, "back": back, "sealing": sealing}
    answers = [(title, said, "") for title, said in rows]
    return page(request, "exports/new.html", 422 if form.faults else 200, form=form, rows=answers, reasons=REASONS, fields=SEALED, **about)


async def place(api: Backend, id: str) -> str:
    """What the area is called; without one, all that she works for."""
    if id in ("", api.session.place):
        return str(api.session.grant.get("name") or "")
    try:
        return str((await api.get("org", f"/organisations/{UUID(id)}"))["full_name"])
    except (ValueError, Trouble):  # a division code, or not hers to see: the service says so when it is asked
        return id


@router.get("/exports")
async def mine(request: Request, api: Api) -> Response:
    """我的导出: how far each is, for the day that its file is kept."""
    rows = (await api.get("projection", "/exports"))["rows"]
    return page(request, "exports/mine.html", rows=rows, busy=any(r["state"] in ("waiting", "running") for r in rows))


@router.get("/exports/{id}/file")
async def file(api: Api, id: UUID) -> Response:
    return await passed_on(api, "projection", f"/exports/{id}/file")


@router.post("/exports/{id}/again")
async def again(request: Request, api: Api, id: UUID) -> Response:
    """重新导出: what did not come of it is asked for once more, in the same words; the failed one goes."""
    job = await api.get("projection", f"/exports/{id}")
    same = {k: job[k] for k in ("path", "asked", "columns", "format", "sealed")} | ({"reason": job["why"]} if job["why"] else {})
    await api.post("projection", "/exports", same, key=f"again-{id}")
    await api.post("projection", f"/exports/{id}/removal", key=f"gone-{id}")
    return redirect(request, "/exports")


@router.post("/exports/{id}/removal")
async def remove(request: Request, api: Api, id: UUID) -> Response:
    """删除文件: the record of the export stays."""
    await api.post("projection", f"/exports/{id}/removal", key=(await Form.sent(request)).key)
    return redirect(request, "/exports")
