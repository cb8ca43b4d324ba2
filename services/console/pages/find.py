"""What a form's search box shows while she types: people or organisations to choose from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.console.backend import Api
from services.console.people import find
from services.console.render import page

__all__ = ["router"]

router = APIRouter(prefix="/find")
Typed = Annotated[str, Query(max_length=50)]
Chosen = Annotated[str, Query(pattern="^([0-9a-f-]{36})?$")]
Name = Annotated[str, Query(pattern="^[a-z]{1,20}$")]


@router.get("/people")
async def people(request: Request, api: Api, who: Typed = "", name: Name = "person", organisation: Chosen = "") -> Response:
    """`organisation`: the one chosen in the same form."""
    return page(request, "people/found.html", rows=await find.people(api, who, near=organisation), typed=who, name=name, chosen="", kind="people")


@router.get("/organisations")
async def organisations(request: Request, api: Api, where: Typed = "", name: Name = "organisation") -> Response:
    return page(request, "people/found.html", rows=await find.organisations(api, where), typed=where, name=name, chosen="", kind="organisations")
