"""Saved views of lists: counted for their tabs, kept under a name, dropped."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from services.console import views
from services.console.backend import Api, Trouble
from services.console.listing import registered
from services.console.query import state_of
from services.console.render import redirect
from services.console.session import local

__all__ = ["router"]

router = APIRouter(prefix="/views")


@router.get("/{id}/count")
async def count(request: Request, id: str, api: Api) -> Response:
    found = await views.one(request, id)
    if found is None:
        return HTMLResponse("")
    try:
        return HTMLResponse(await registered(found.page).count(api, {"area": api.session.place, **state_of(QueryParams(found.query))}))
    except Trouble:
        return HTMLResponse("–")


@router.post("")
async def save(
    request: Request,
    name: Annotated[str, Form(max_length=20)],
    list: Annotated[str, Form()],
    path: Annotated[str, Form()],
    query: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    await views.keep(request, registered(list).id, name.strip() or "…", query)
    return redirect(request, f"{local(path)}?{query}")


@router.post("/{id}/removal")
async def remove(request: Request, id: str, path: Annotated[str, Form()] = "/") -> Response:
    await views.drop(request, id)
    return redirect(request, local(path))
