"""导入向导: template, upload, what was understood and what is wrong, what will be written, progress, receipt; and the way back within a day."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.console.backend import Answer, Api, Backend, Trouble
from services.console.forms import Form
from services.console.held import Held, kilobytes
from services.console.organisations import papers
from services.console.organisations.flow import Doing, worded
from services.console.organisations.rights import only
from services.console.organisations.stream import passed_on
from services.console.people import find
from services.console.people.upload import COMMIT, barred, counted, faults_of, importing, offered, seeing, service_of
from services.console.render import page, redirect, text
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
Service = Literal["cadre", "org"]
Verdict = Annotated[str, Query(pattern="^(add|change|same|warn|error)?$")]
WRITTEN = ("committing", "committed")
ROWS = 100  # on a page
BUSY = ("checking", "committing", "revoking")


@router.get("/imports")
async def imports(request: Request, api: Api) -> Response:
    """Drafts and batches of her area, newest first."""
    found = await asyncio.gather(*(batches(api, s) for s in seeing(api.session)))
    rows = sorted((r for some in found for r in some), key=lambda r: str(r["uploaded_at"]), reverse=True)
    return page(request, "imports/imports.html", rows=rows)


async def batches(api: Backend, service: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await api.get(service, "/imports", limit=50))["imports"]
    return [{**r, "counts": counted(r), "service": service, "revocable": revocable(r), "barred": barred(api.session, service, r)} for r in rows]


def revocable(batch: dict[str, Any]) -> bool:
    """As the service says."""
    until = batch.get("revocable_until")
    return batch["state"] == "committed" and until is not None and datetime.fromisoformat(until) > datetime.now(UTC)


@router.get("/imports/new")
async def blank(request: Request, api: Api, kind: str = "roster") -> Response:
    await only(api, "cadre.import")  # whoever may import organisations may import people too
    form = Form.new({"kind": kind, "organisation": api.session.place, "where": "", "only": "all", "authority": "", "decided_on": ""})
    return await chooser(request, api, form)


@router.post("/imports/new")
async def upload(request: Request, api: Api) -> Response:
    """The file goes to the service as it is; nothing is written before she says so."""
    form, held = await Form.sent(request), Held(request, "imports.new", "file")
    await held.fetch(form)
    if form.step != "again":
        for name, said in faults_of(form).items():
            form.wrong(name, text(request, said))
    if form.step != "again" and not form.faults:
        file, service = form.files["file"], service_of(form["kind"])
        names = ("kind", "organisation", "only", *(("authority", "decided_on") if form["kind"] == "roster" else ()))
        asked = {k: form[k] for k in names}
        try:
            made = await api.upload(service, "/imports", file.filename or "", await file.read(), key=form.key, **asked)
            await held.drop()
            return redirect(request, f"/imports/{service}/{made['id']}")
        except Trouble as trouble:
            form.values["file"] = ""  # a field like the others, where what is wrong with it is said
            form.refused(trouble, request.state.language, {"query/authority": "authority", "query/decided_on": "decided_on"})
            await file.seek(0)
    if "file" in form.files and not form.fault("file"):  # whatever else is wrong, she does not choose it again
        await held.keep(form)
    return await chooser(request, api, form)


async def chooser(request: Request, api: Backend, form: Form) -> Response:
    places = await find.organisations(api, form["where"], form["organisation"])
    choices, open_to = worded(request), importing(api.session)
    kinds = [(kind, word) for kind, word in choices("import_kind") if service_of(kind) in open_to]
    kept = form.files.get("file") if form["held"] and not form.fault("file") else None
    return page(request, "imports/new.html", 422 if form.faults else 200, form=form, places=places, choices=choices, kinds=kinds, kept=kept,
                size=kilobytes)  # fmt: skip


@router.get("/imports/template")
async def template(request: Request, api: Api, kind: str, organisation: UUID) -> Response:
    return await passed_on(api, service_of(kind), "/imports/template", {"kind": kind, "organisation": str(organisation)})


@router.get("/imports/{service}/{id:uuid}")
async def batch(request: Request, api: Api, service: Service, id: UUID, verdict: Verdict = "", cursor: int = 0) -> Response:
    """Where the batch stands: progress, what was understood, what is wrong, what will be written, the receipt."""
    found = await api.get(service, f"/imports/{id}")
    return await shown(request, api, service, found, offered(found), verdict, cursor)


@router.get("/imports/{service}/{id:uuid}/progress")
async def progress(request: Request, api: Api, service: Service, id: UUID) -> Response:
    """Polled while it works; once done, the whole page is asked for anew."""
    found = await api.get(service, f"/imports/{id}")
    if found["state"] not in BUSY:
        return redirect(request, f"/imports/{service}/{id}")
    return page(request, "imports/progress.html", b=found, service=service)


@router.get("/imports/{service}/{id:uuid}/workbook")
async def workbook(request: Request, api: Api, service: Service, id: UUID) -> Response:
    """Her own workbook back, with the errors in red."""
    return await passed_on(api, service, f"/imports/{id}/workbook")


@router.post("/imports/{service}/{id:uuid}/check")
async def check(request: Request, api: Api, service: Service, id: UUID) -> Response:
    """Looked at once more, with the namesakes she has chosen between."""
    form = await Form.sent(request)
    chosen = {k.removeprefix("choice "): v for k, v in form.values.items() if k.startswith("choice ") and v}
    await api.post(service, f"/imports/{id}/check", {"choices": chosen} if chosen else {}, key=form.key)
    return redirect(request, f"/imports/{service}/{id}")


@router.post("/imports/{service}/{id:uuid}/commit")
async def commit(request: Request, api: Api, service: Service, id: UUID) -> Response:
    found, form = await api.get(service, f"/imports/{id}"), await Form.sent(request)
    doing = COMMIT.doing(request, api, service, found, form)
    done = await doing.go()
    if done or (form.faults and (await api.get(service, f"/imports/{id}"))["state"] in WRITTEN):  # by her other window, or somebody else
        return redirect(request, f"/imports/{service}/{id}")
    if doing.checking:
        library = await papers.library(api, COMMIT.papers, doing.chosen)
        cited = "；".join(f"{p['number'] or ''} {p['title']}".strip() for p in library if p["id"] in doing.chosen)
        return page(request, "imports/confirm.html", b=found, form=form, d=doing, cited=cited, service=service, c=counted(found))
    return await shown(request, api, service, found, form, doing=doing)


async def shown(request: Request, api: Backend, service: str, found: Answer, form: Form, verdict: str = "", cursor: int = 0,
                doing: Doing | None = None) -> Response:  # fmt: skip
    counts, working = counted(found), found["state"] in BUSY
    verdict = verdict or ("error" if counts["error"] else "warn" if counts["warn"] else "")
    rows = Answer({"rows": [], "next": None})
    if not working and counts["rows"]:
        rows = await api.get(service, f"/imports/{found['id']}/rows", verdict=verdict, limit=ROWS, cursor=cursor or None)
    doing = doing or COMMIT.doing(request, api, service, found, form)
    library = await papers.library(api, COMMIT.papers, doing.chosen) if found["state"] == "checked" else []
    mine = found["uploaded_by"] == api.session.account or api.session.may(f"{service}.load")
    discardable = mine and found["state"] in ("checked", "failed") and not counts["applied"]
    context = {"discardable": discardable, "barred": barred(api.session, service, found), "rows": rows["rows"],
               "next": rows.get("next"), "at": cursor, "most": ROWS, "c": counts, "verdict": verdict, "library": library, "working": working}
    return page(request, "imports/batch.html", 422 if form.faults else 200, b=found, service=service, form=form, d=doing, choices=worded(request),
                endings=papers.ENDINGS, revocable=revocable(found), **context)  # fmt: skip


@router.post("/imports/{service}/{id:uuid}/discard")
async def discard(request: Request, api: Api, service: Service, id: UUID) -> Response:
    """An upload of which nothing was written: gone, with its file."""
    form = await Form.sent(request)
    await api.post(service, f"/imports/{id}/discard", {}, key=form.key)
    return redirect(request, "/imports")


@router.get("/imports/{service}/{id:uuid}/revocation")
async def ask_back(request: Request, api: Api, service: Service, id: UUID) -> Response:
    found = await api.get(service, f"/imports/{id}")
    await only(api, f"{service}.load", found["organisation"])
    return page(request, "imports/revocation.html", b=found, service=service, c=counted(found), form=Form.new({"why": ""}))


@router.post("/imports/{service}/{id:uuid}/revocation")
async def revoke(request: Request, api: Api, service: Service, id: UUID) -> Response:
    """The whole batch taken back by facts that undo it, while nothing was built on it."""
    found, form = await api.get(service, f"/imports/{id}"), await Form.sent(request)
    if form.needs({"why": text(request, N_("请写明撤销的理由，例如：上传了旧的名册。"))}):
        try:
            await api.post(service, f"/imports/{id}/revocation", {"why": form["why"]}, key=form.key)
            return redirect(request, f"/imports/{service}/{id}")
        except Trouble as trouble:
            form.refused(trouble, request.state.language)
    return page(request, "imports/revocation.html", 422, b=found, service=service, c=counted(found), form=form)
