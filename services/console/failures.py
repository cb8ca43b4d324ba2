"""What people see when something does not work: a page in words, with what to do next, and never an upstream's inside."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.console.backend import Trouble
from services.console.render import page
from services.console.session import NotSame, SignIn, local
from services.console.session import back as left

__all__ = ["handle", "sentence", "sentences", "unforeseen"]

log = logging.getLogger("halfsky.console")


def sentence(error: Mapping[str, Any], language: str) -> str:
    """What the service said of one fault, in the reader's language."""
    message = error.get("message")
    return str(message.get(language) or "") if isinstance(message, dict) else ""


def sentences(trouble: Trouble, language: str) -> list[str]:
    """What it said of all of them, each sentence once."""
    return list(dict.fromkeys(filter(None, (sentence(e, language) for e in trouble.errors))))


def to_login(request: Request) -> Response:
    if request.url.path.startswith("/drafts/"):
        return Response(status_code=401)  # the script says so; leaving the page would lose what is being typed
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": "/login"})
    return Response(status_code=303, headers={"Location": left(request)})


async def sign_in(request: Request, e: Exception) -> Response:
    return to_login(request)


async def not_same(request: Request, e: Exception) -> Response:
    return page(request, "failure.html", 403, code=403, kind="form", said=[], correlation=request.state.correlation)


async def trouble(request: Request, e: Exception) -> Response:
    assert isinstance(e, Trouble)
    if e.status == 401:
        return to_login(request)
    status = e.status if e.status in (403, 404, 409, 412, 413, 422, 429) else 503
    kind = "unavailable" if status == 503 else "missing" if status == 404 else "forbidden" if status == 403 else "refused"
    back = next((local(str(b)) for error in e.errors if (b := error.get("back"))), "")
    said = sentences(e, request.state.language)
    return page(request, "failure.html", status, code=status, kind=kind, said=said, correlation=e.correlation, back=back)


async def by_status(request: Request, e: Exception) -> Response:
    status = getattr(e, "status_code", 422)
    kind = "missing" if status in (404, 405, 422) else "refused"
    return page(request, "failure.html", status, code=status, kind=kind, said=[], correlation=request.state.correlation)


def unforeseen(request: Request, e: Exception) -> Response:
    """The kind of error and where it was go to the log; its text may hold what somebody entered."""
    where = traceback.extract_tb(e.__traceback__)[-1]
    log.error("%s at %s:%s (%s)", type(e).__name__, where.name, where.lineno, request.state.correlation)
    return page(request, "failure.html", 500, code=500, kind="unforeseen", said=[], correlation=request.state.correlation)


def handle(app: FastAPI) -> None:
    handlers: dict[Any, Any] = {
        SignIn: sign_in,
        NotSame: not_same,
        Trouble: trouble,
        HTTPException: by_status,
        RequestValidationError: by_status,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
