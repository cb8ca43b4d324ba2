"""What all lists share: saved views with their counts."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs
from uuid import uuid4

import anyio.to_thread
import sqlalchemy as sa
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from services.console.backend import Api, Trouble
from services.console.listing import LISTINGS, Listing
from services.console.render import redirect
from services.console.session import current, local
from services.console.tables import views
from shared.tables import begin

__all__ = ["router"]

router = APIRouter()
MOST = 20  # views a list


def of(name: str) -> Listing:
    found = LISTINGS.get(name)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/views/{id}/count")
async def count(request: Request, id: str, api: Api) -> Response:
    found = await anyio.to_thread.run_sync(one, request, id)
    if found is None:
        return HTMLResponse("")
    try:
        said = {k: v[0] if len(v) == 1 else v for k, v in parse_qs(found.query).items()}
        return HTMLResponse(await of(found.page).count(api, {"area": api.session.place, **said}))
    except Trouble:
        return HTMLResponse("–")


def one(request: Request, id: str) -> sa.Row[tuple[str, str]] | None:
    wanted = sa.select(views.c.page, views.c.query).where(views.c.id == id, views.c.account == current(request).account)
    with request.app.state.engine.connect() as c:
        found: sa.Row[tuple[str, str]] | None = c.execute(wanted).one_or_none()
        return found


@router.post("/views")
async def save(
    request: Request,
    name: Annotated[str, Form(max_length=20)],
    list: Annotated[str, Form()],
    path: Annotated[str, Form()],
    query: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Under a name she has used before, it takes the place of that one."""
    of(list)
    account, engine, name = current(request).account, request.app.state.engine, name.strip() or "…"

    def keep() -> None:
        mine = sa.and_(views.c.account == account, views.c.page == list)
        with begin(engine) as c:
            c.execute(sa.delete(views).where(mine, views.c.name == name))
            if (c.execute(sa.select(sa.func.count()).where(mine)).scalar() or 0) < MOST:
                c.execute(sa.insert(views).values(id=str(uuid4()), account=account, page=list, name=name, query=query))

    await anyio.to_thread.run_sync(keep)
    return redirect(request, f"{local(path)}?{query}")


@router.post("/views/{id}/removal")
async def remove(request: Request, id: str, path: Annotated[str, Form()] = "/") -> Response:
    account, engine = current(request).account, request.app.state.engine

    def drop() -> None:
        with begin(engine) as c:
            c.execute(sa.delete(views).where(views.c.id == id, views.c.account == account))

    await anyio.to_thread.run_sync(drop)
    return redirect(request, local(path))
