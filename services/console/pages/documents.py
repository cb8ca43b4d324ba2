"""公文库: the papers of one's area, searched; a new one with its scan; one paper with its files and where it is used."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.console.backend import Api, Backend, Trouble
from services.console.drafts import Drafts, named
from services.console.forms import Form
from services.console.held import Held, kilobytes
from services.console.labels import choices
from services.console.listing import Column, Filter, Listing, register
from services.console.organisations import papers
from services.console.organisations.flow import worded
from services.console.organisations.rights import only
from services.console.organisations.stream import passed_on
from services.console.people import find
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["LIBRARY", "router"]

router = APIRouter()
LIBRARY = register(Listing(
    "documents",
    "projection",
    "/documents",
    (
        Column("title", N_("标题"), link="/documents/{id}", always=True, wide=True),
        Column("number", N_("文号"), card="fact"),
        Column("kind", N_("种类"), "document", card="state"),
        Column("issuer", N_("发文单位")),
        Column("dated", N_("成文日期"), "day", card="fact"),
        Column("files", N_("附件"), "number"),
        Column("organisation_name", N_("所属组织"), link="/organisations/{organisation}"),
    ),
    (Filter("search", N_("关键字"), hint=N_("标题或文号"), live=True), Filter("kind", N_("种类"), choices("document"), "document")),
    export=("xlsx",),
))  # fmt: skip
FILE = "paper.file"
GONE = N_("这份扫描件已不在服务器上：可能已经登记，请先到公文库看一看；还没有的，请重新选择文件（未登记的文件只保留一天）。")
SHOWN = ("application/pdf", "image/jpeg", "image/png")  # what a browser shows by itself


@router.get("/documents")
async def library(request: Request, api: Api) -> Response:
    return page(request, "documents/library.html", shown=await LIBRARY.load(request, api))


@router.get("/documents/new")
async def asked(request: Request, api: Api, organisation: UUID | None = None) -> Response:
    home = str(organisation or api.session.grant.get("organisation") or "")
    await only(api, "org.document", home)
    form = Form.new({"organisation": home, "paper.dated": str(today())})
    await Drafts(request).open(named(request), form, "draft" in request.query_params)
    await Held(request, named(request), FILE).fetch(form)
    return page(request, "documents/new.html", form=form, draft=named(request), **about(request))


@router.post("/documents/new")
async def registered(request: Request, api: Api) -> Response:
    """Looked over once more, the scan held meanwhile; then registered and uploaded at once. Refused, it comes back as typed."""
    form, drafts, held = await Form.sent(request), Drafts(request), Held(request, named(request), FILE)
    meant = form["held"]
    await held.fetch(form)
    if form.step == "back":
        return page(request, "documents/new.html", form=form, draft=named(request), **about(request))
    for name, (said, label) in papers.upload_faults(form, always=True).items():
        form.wrong(name, text(request, said).format(label=text(request, label)))
    if meant and FILE not in form.files:
        form.faults = [f for f in form.faults if f.name != FILE]
        form.wrong(FILE, text(request, GONE))
    try:
        if FILE in form.files:
            await papers.look_at(form.files[FILE])
            await held.keep(form)
        if not form.faults and form.step == "send":
            id = await papers.register(api, form, form["organisation"])
            await drafts.drop(named(request), form)
            await held.drop()
            return redirect(request, f"/documents/{id}?done=1")
        if not form.faults:
            await api.rehearse("org", "/documents", papers.said(form, form["organisation"]), key=form.key)
    except Trouble as trouble:
        form.refused(trouble, request.state.language, papers.POINTERS)
    if form.faults or not await drafts.another(named(request), form):
        await drafts.keep(named(request), form)
    if form.faults:
        return page(request, "documents/new.html", 422, form=form, draft=named(request), **about(request))
    file, home = form.files[FILE], await find.name(api, "org", f"/organisations/{form['organisation']}")
    same = await twins(api, "", form["paper.number"])
    chosen = f"{file.filename}（{kilobytes(file.size or 0)}）"
    return page(request, "documents/check.html", form=form, home=home, twins=same, asks=papers.ASKS, file=chosen)


def about(request: Request) -> dict[str, Any]:
    return {"choices": worded(request), "endings": papers.ENDINGS, "size": kilobytes}


@router.get("/documents/{id}")
async def document(request: Request, api: Api, id: UUID) -> Response:
    """One paper, its files, and where it is used."""
    return await shown(request, api, str(id), Form.new())


async def shown(request: Request, api: Backend, id: str, form: Form) -> Response:
    found = await api.get("org", f"/documents/{id}")
    home = await api.get("org", f"/organisations/{found['organisation']}")
    return page(request, "documents/document.html", 422 if form.faults else 200, doc=found, id=id, home=home["full_name"], uses=await used(api, id),
                twins=await twins(api, id, found["number"]), shows=SHOWN, form=form, **about(request))  # fmt: skip


async def twins(api: Backend, id: str, number: str | None) -> list[dict[str, Any]]:
    """Other papers of the same 文号: one of them was probably registered twice."""
    rows: list[dict[str, Any]] = (await api.get("projection", "/documents", search=number, limit=20))["rows"] if number else []
    return [r for r in rows if r["number"] == number and r["id"] != id]


async def used(api: Backend, id: str) -> list[dict[str, Any]] | None:
    """Changes of appointments under this paper; None for whom may not read the audit."""
    if not api.session.may("audit.read"):
        return None
    rows: list[dict[str, Any]] = (await api.get("projection", "/audit/appointments", document=id, limit=50))["rows"]
    return rows


@router.post("/documents/{id}/files")
async def attached(request: Request, api: Api, id: UUID) -> Response:
    form = await Form.sent(request)
    if form.needs({"paper.file": text(request, N_("请选择要上传的文件。"))}):
        try:
            await papers.attach(api, str(id), form.files["paper.file"], form.key)
            return redirect(request, f"/documents/{id}?done=1")
        except Trouble as trouble:
            form.refused(trouble, request.state.language, papers.POINTERS)
    return await shown(request, api, str(id), form)


@router.get("/documents/{id}/files/{sha256}")
async def file(api: Api, id: UUID, sha256: str, shown: bool = False) -> Response:
    """The bytes, to save or (PDF and pictures) to look at."""
    found = await api.get("org", f"/documents/{id}")
    kind = next((f["media_type"] for f in found["files"] if f["sha256"] == sha256), "")
    return await passed_on(api, "org", f"/documents/{id}/files/{sha256}", inline=shown and kind in SHOWN)
