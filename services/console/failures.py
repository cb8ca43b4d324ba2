"""What people see when something does not work: a page in words, with what to do next, and never an upstream's inside."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from services.console.backend import Trouble
from services.console.labels import label
from services.console.organisations.rights import Barred
from services.console.render import page, text
from services.console.session import NotSame, SignIn, current, end, local
from services.console.session import back as left
from services.console.words import N_
from shared.permissions import ROLES, TABLE, Relation

__all__ = ["handle", "sentence", "sentences", "unforeseen"]

log = logging.getLogger("halfsky.console")
WHO = {
    Relation.WITHIN: N_("这项业务由本组织或上级妇联的{roles}办理，您（{mine}）不能在这里办理。"),
    Relation.BELOW: N_("这项业务由上级妇联的{roles}办理，您（{mine}）不能在这里办理。"),
    Relation.ANYWHERE: N_("这项业务由{roles}办理，您（{mine}）不能在这里办理。"),
}
TOO_MUCH = N_("上传的内容太大。文件请压缩到 20 MB 以内，或分成几个文件，返回后重新选择。")


def sentence(error: Mapping[str, Any], language: str) -> str:
    """What the service said of one fault, in the reader's language."""
    message = error.get("message")
    return str(message.get(language) or "") if isinstance(message, dict) else ""


def sentences(trouble: Trouble, language: str) -> list[str]:
    """What it said of all of them, each sentence once."""
    return list(dict.fromkeys(filter(None, (sentence(e, language) for e in trouble.errors))))


async def sign_in(request: Request, e: Exception) -> Response:
    """To the login page; what she has just sent comes back as a page of its own, to be sent again once she has signed in elsewhere."""
    if secret := getattr(request.state, "secret", ""):  # a session that no service knows any more: the login page would send her back into it
        await anyio.to_thread.run_sync(end, request.app.state.engine, secret)
        request.state.session = None
    if "hx-request" in request.headers:
        return Response(status_code=401)  # the script says so; leaving the page would lose what is being typed
    if request.method == "POST" and (form := await typed(request)):
        files = any(isinstance(v, UploadFile) and v.filename for v in form.values())
        sent = [(n, v) for n, v in form.multi_items() if isinstance(v, str) and n != "csrf"]
        return page(request, "ended.html", 401, token=form.get("csrf", ""), sent=sent, files=files)
    return Response(status_code=303, headers={"Location": left(request)})


async def typed(request: Request) -> FormData | None:
    """What a form of ours brought, which its key tells."""
    try:
        form = await request.form()
    except HTTPException:  # too much to take from somebody who has not signed in
        return None
    return form if form.get("key") else None


def came_from(request: Request) -> str:
    """The page of this console on which she pressed the button; empty when the browser does not say."""
    came = urlsplit(request.headers.get("referer", ""))
    return local(came.path + (f"?{came.query}" if came.query else "")) if came.netloc == request.url.netloc and came.path else ""


async def not_same(request: Request, e: Exception) -> Response:
    return page(request, "failure.html", 403, code=403, kind="form", said=[], correlation=request.state.correlation)


async def barred(request: Request, e: Exception) -> Response:
    """Who may do what she cannot: said when she opens the form, not when she has filled it in."""
    assert isinstance(e, Barred)
    session, language, rule = current(request), request.state.language, TABLE[e.permission]
    comma = ", " if language == "en" else "、"
    mine = " ".join([str(session.grant.get("short_name") or ""), comma.join(label("role", g["role"], language) for g in session.grants)]).strip()
    said = text(request, WHO[rule.relation]).format(roles=comma.join(label("role", r, language) for r in ROLES if r in rule.roles), mine=mine)
    ask = text(request, N_("请联系上级妇联或安全管理员。"))
    return page(request, "failure.html", 403, code=403, kind="forbidden", said=[said, ask], correlation=request.state.correlation)


async def trouble(request: Request, e: Exception) -> Response:
    assert isinstance(e, Trouble)
    if e.status == 401:
        return await sign_in(request, e)
    status = e.status if e.status in (403, 404, 409, 412, 413, 422, 429) else 503
    kind = "unavailable" if status == 503 else "missing" if status == 404 else "forbidden" if status == 403 else "refused"
    back = next((local(str(b)) for error in e.errors if (b := error.get("back"))), "")
    said = sentences(e, request.state.language)
    return page(request, "failure.html", status, code=status, kind=kind, said=said, correlation=e.correlation, back=back, again=again(request, kind))


async def by_status(request: Request, e: Exception) -> Response:
    status = getattr(e, "status_code", 422)
    kind = "missing" if status in (404, 405, 422) else "refused"
    said = [text(request, TOO_MUCH)] if status == 413 else []
    return page(request, "failure.html", status, code=status, kind=kind, said=said, correlation=request.state.correlation, again=again(request, kind))


def again(request: Request, kind: str) -> str:
    """Where she can try once more: the form she sent, or the list without the answers that were not understood."""
    if request.method == "POST":
        return came_from(request)
    return request.url.path if kind == "refused" and request.url.query else ""


def unforeseen(request: Request, e: Exception) -> Response:
    """The kind of error and where it was go to the log; its text may hold what somebody entered."""
    where = traceback.extract_tb(e.__traceback__)[-1]
    log.error("%s at %s:%s (%s)", type(e).__name__, where.name, where.lineno, request.state.correlation)
    return page(request, "failure.html", 500, code=500, kind="unforeseen", said=[], correlation=request.state.correlation)


def handle(app: FastAPI) -> None:
    handlers: dict[Any, Any] = {
        SignIn: sign_in,
        NotSame: not_same,
        Barred: barred,
        Trouble: trouble,
        HTTPException: by_status,
        RequestValidationError: by_status,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
