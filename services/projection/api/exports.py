"""Exports as jobs: asked for with what they are to hold and why, looked at and fetched by whoever asked, for a day."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import NAMESPACE_OID, UUID, uuid5

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.types import Message

from services.projection.api.asking import answer, somewhere
from services.projection.api.columns import ALL
from services.projection.api.exporting import HIDDEN, OWN, jobs_of, passed_on
from services.projection.api.sheet import MEDIA, headers_of
from services.projection.events import SealedField
from services.projection.reports.jobs import Job, Spoilt
from shared.http import Body, Cmd, Command, Forbidden, NotFound, Problem, Query, Reading

__all__ = ["router"]

router = APIRouter(prefix="/exports", tags=["exports"])
UNFINISHED = 3  # of one account
Path = Literal[
    "/reports/roster", "/roster", "/organisations", "/units", "/seats", "/terms", "/vacancies", "/reelections", "/documents", "/cadres",
    "/appointments", "/secondments", "/audit/appointments", "/audit/records", "/audit/exports",
]  # fmt: skip
SEALABLE = ("/roster", "/reports/roster")


class Wanted(Body):
    """`asked`: the list's own filters; `sealed`: values of people to show in clear, for which `reason` is required."""

    path: Path
    asked: Annotated[dict[str, tuple[Annotated[str, Field(max_length=500)], ...]], Field(max_length=40, default_factory=dict)]
    columns: Annotated[tuple[str, ...], Field(max_length=60)] = ()
    format: Literal["xlsx", "csv"] = "xlsx"
    sealed: Annotated[tuple[SealedField, ...], Field(max_length=2)] = ()


@router.post("", status_code=202)
async def export(body: Wanted, cmd: Cmd, query: Query) -> Response:
    """后台导出: made in the background with the caller's rights; `GET /exports/{id}` says how far it is. The same key: the same export."""
    somewhere(query, "report.read")
    if body.sealed:
        check_sealed(body, query)
    jobs, id = jobs_of(cmd.request), uuid5(NAMESPACE_OID, f"{cmd.actor.account}\0{cmd.key}")
    job = jobs.get(id)
    if job is None:
        if sum(j.state in ("waiting", "running") for j in jobs.of(cmd.actor.account)) >= UNFINISHED:
            raise Problem(409, "exports_unfinished", f"您有 {UNFINISHED} 个导出还没有完成，请等其中一个完成。",
                          f"{UNFINISHED} exports of yours are not finished; wait for one of them.")  # fmt: skip
        job = made(id, body, cmd)
        app, headers = cmd.request.app, passed_on(cmd.request)
        await jobs.set_off(job, lambda job: asked_of(app, job, headers))
    return Response(answer(shown(job)).body, 202, {"Cache-Control": "no-store"}, "application/json")


@router.get("")
async def mine(query: Query) -> Response:
    """我的导出, newest first: what was asked for in the last day."""
    somewhere(query, "report.read")
    return answer({"rows": [shown(job) for job in jobs_of(query.request).of(query.actor.account)]})


@router.get("/{id}")
async def one(id: UUID, query: Query) -> Response:
    """How far it is, why it failed if it did, and what was asked for, so that it can be asked for again."""
    job = hers(id, query)
    return answer(shown(job) | {"asked": job.asked, "columns": job.columns})


@router.get("/{id}/file")
async def file(id: UUID, query: Query) -> Response:
    """下载. Only for whoever asked for it, for a day."""
    job = hers(id, query)
    if job.state != "ready":
        raise Problem(409, "export_not_ready", "导出还没有做好，请稍候。", "The file is not made yet; wait a moment.", "path/id")
    try:
        content = jobs_of(query.request).content(job)
    except Spoilt:
        raise NotFound("id") from None
    return StreamingResponse(content, 200, headers_of(job.name, job.format, job.size), MEDIA[job.format])


@router.post("/{id}/removal")
async def remove(id: UUID, body: Body, cmd: Cmd, query: Query) -> Response:
    """删除: before its day is over. What was recorded of it stays."""
    job = hers(id, query)
    if job.state in ("waiting", "running"):
        raise Problem(409, "export_not_ready", "导出还没有做好，请稍候再删除。", "It is still being made; remove it afterwards.", "path/id")
    jobs_of(cmd.request).drop(job)
    return answer({"id": job.id})


def hers(id: UUID, caller: Reading) -> Job:
    """Forbidden for anybody but who asked for it."""
    somewhere(caller, "report.read")
    job = jobs_of(caller.request).get(id)
    if job is None:
        raise NotFound("id")
    if job.account != caller.actor.account:
        raise Forbidden("report.read")
    return job


def check_sealed(body: Wanted, query: Reading) -> None:
    """Who may show sealed values, of which lists, in which form, and only with a reason."""
    somewhere(query, "cadre.export")
    if body.path not in SEALABLE:
        raise Problem(422, "sealed_not_here", "只有花名册可以导出联系电话和身份证号。", "Only the roster can show phones and ID numbers.", "/sealed")
    if body.format != "xlsx":
        raise Problem(422, "sealed_needs_mark", "含联系电话或身份证号的导出须带水印，请用 Excel 格式。",
                      "What shows phones or ID numbers needs a watermark: take Excel.", "/format")  # fmt: skip
    if not body.reason:
        raise Problem(422, "reason_missing", "请说明导出理由。", "Say why you need it.", "/reason")


def made(id: UUID, body: Wanted, cmd: Command) -> Job:
    columns = list(body.columns)
    if columns:
        columns += [HIDDEN[s] for s in body.sealed if HIDDEN[s] not in columns]
    elif body.sealed:
        columns = [c.key for c in ALL[body.path].columns if c.key not in HIDDEN.values()] + [HIDDEN[s] for s in body.sealed]
    asked = {k: list(v) for k, v in body.asked.items() if k not in OWN}
    return Job.new(id=id, account=cmd.actor.account, path=body.path, title=ALL[body.path].name, format=body.format, asked=asked, columns=columns,
                   sealed=list(body.sealed), why=body.reason, correlation=cmd.request.state.correlation)  # fmt: skip


def shown(job: Job) -> dict[str, Any]:
    keys = ("id", "path", "title", "format", "state", "rows", "name", "size", "sealed", "why", "asked_at", "made_at", "expires_at", "faults")
    return {k: getattr(job, k) for k in keys}


async def asked_of(app: Any, job: Job, headers: dict[str, str]) -> tuple[int, bytes]:
    """The list asked for the file, by the way every request goes, with the caller's own token: status and body."""
    query = urlencode({**job.asked, "format": job.format, **({"columns": ",".join(job.columns)} if job.columns else {})}, doseq=True)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
        "path": job.path, "raw_path": job.path.encode(), "query_string": query.encode(), "client": None, "server": None, "state": {"job": job},
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in {**headers, "x-correlation-id": job.correlation}.items()],
    }  # fmt: skip
    status, body = 500, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        status, body = message.get("status", status), body + message.get("body", b"")

    await app(scope, receive, send)
    return status, body
