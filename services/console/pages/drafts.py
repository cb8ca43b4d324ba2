"""Drafts come here while somebody types, without a page of their own."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.console.drafts import Drafts
from services.console.forms import Form
from services.console.render import page, redirect
from services.console.session import local

__all__ = ["router"]

router = APIRouter()


@router.post("/drafts/{name}")
async def keep(request: Request, name: str) -> Response:
    """Saved, unless an older draft waits to be taken up or discarded."""
    drafts, form = Drafts(request), await Form.sent(request)
    another = await drafts.another(name, form)
    return page(request, "draft.html", another=another, saved=None if another else await drafts.keep(name, form))


@router.post("/drafts/{name}/discard")
async def discard(request: Request, name: str) -> Response:
    await Drafts(request).drop(name)
    came = request.headers.get("referer", "")
    return redirect(request, local("/" + came.split("/", 3)[3].partition("?")[0]) if came.count("/") >= 3 else "/")
