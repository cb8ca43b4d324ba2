"""Papers to print: of a re-election, of a person, of a certificate, and an organisation's roster, each as PDF or DOCX."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from services.console.backend import Api
from services.console.labels import label
from services.console.organisations.steps import PAPERS
from services.console.pages.roster import ROSTER, narrowed
from services.console.papers import KINDS, NoFont, Paper, paper
from services.console.papers.election import KINDS as ELECTION
from services.console.papers.election import election
from services.console.papers.gather import approval_form, certificate, refused, roster
from services.console.papers.shapes import Certificates
from services.console.query import state_of, texts
from services.console.render import page

__all__ = ["drawn", "router"]

router = APIRouter()
Format = Literal["pdf", "docx"]
NAMED = ("ballot", "tally")  # they list the candidates
Kind = Literal["request", "rules", "ballot", "tally", "result", "filing", "certificate"]
MEDIA = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


async def sent(kind: str, data: Paper, about: str, format: Format) -> Response:
    """PDF opens in the page, DOCX is saved."""
    return await drawn(partial(paper, kind, data, format), f"{about}{KINDS[kind][0]}.{format}", format)


async def drawn(draw: Callable[[], bytes], name: str, format: Format = "pdf") -> Response:
    try:
        content = await run_in_threadpool(draw)
    except NoFont as e:
        raise refused(e.code, e.zh, e.en, e.status) from None
    how = "inline" if format == "pdf" else "attachment"
    return Response(content, 200, {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}, MEDIA[format])


@router.get("/reelections/{id}/papers/{kind}.{format}")
async def of_election(request: Request, id: UUID, kind: Kind, format: Format, api: Api) -> Response:
    """请示, 选举办法, 选票, 计票单, 选举结果报告, 备案表, 当选证书."""
    found = await election(api, str(id))
    if kind in NAMED and not found.candidates:
        title = dict(PAPERS)[kind]
        return page(request, "reelections/nobody.html", 409, id=str(id), title=title, name=found.organisation["full_name"])
    return await sent(kind, ELECTION[kind](found), found.organisation["short_name"], format)


@router.get("/people/{id}/approval-form.{format}")
async def of_person(id: UUID, format: Format, api: Api) -> Response:
    """干部任免审批表."""
    return await sent("approval-form", await approval_form(api, str(id)), "", format)


@router.get("/certificates/{id}.{format}")
async def of_certificate(id: UUID, format: Format, api: Api) -> Response:
    """The certificate issued for an appointment."""
    return await sent("certificate", Certificates(certificates=(await certificate(api, str(id)),)), "", format)


@router.get("/organisations/{id}/roster.{format}")
async def of_organisation(request: Request, id: UUID, format: Format, api: Api, as_of: date | None = None, own: bool = False) -> Response:
    """花名册 to print: with all below it, or (`own`) the organisation alone; all rows of the list as it is filtered."""
    only = narrowed(state_of(request.query_params))
    words = "；".join(f"{f.title}：{'、'.join(label(f.kind, v) for v in texts(only[f.name]))}" for f in ROSTER.filters if f.name in only)
    data = await roster(api, str(id), as_of.isoformat() if as_of else None, own, only, words)
    return await sent("roster", data, "", format)
