"""Sign-in, sign-out, the choice of an organisation, the language."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.console import login, session
from services.console.backend import Api, Backend, Trouble
from services.console.language import COOKIE
from services.console.login import Attempt, Failed
from services.console.preferences import preferred
from services.console.render import page, redirect
from services.console.session import SignIn, current, local
from services.console.words import LANGUAGES
from shared.settings import settings

__all__ = ["public", "renewed", "router"]

public, router = APIRouter(), APIRouter()
ATTEMPT = "halfsky_login"
YEAR = 365 * 86400


def cookie_name() -> str:
    """In production the browser itself makes sure that the cookie is this host's own and travels encrypted."""
    return "__Host-halfsky" if settings().mode == "prod" else "halfsky"


def keep(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=settings().mode == "prod")


@public.get("/login")
async def entrance(request: Request, next: str = "/", failed: bool = False) -> Response:
    """Page 1: to the issuer; the development issuer's accounts as buttons."""
    if request.state.session:
        return redirect(request, local(next))
    try:
        accounts: dict[str, str] = (await login.about(request.app.state.client)).get("halfsky_accounts", {})
    except Failed:
        return page(request, "login.html", 503, accounts={}, next=local(next), failed=False, away=True)
    return page(request, "login.html", accounts=accounts, next=local(next), failed=failed, away=False)


@public.get("/login/start")
async def begin(request: Request, next: str = "/", account: str = "") -> Response:
    attempt = Attempt.new(local(next))
    try:
        endpoint = str((await login.about(request.app.state.client))["authorization_endpoint"])
    except Failed:
        return redirect(request, "/login?failed=1")
    more = {"account": account} if account and settings().mode == "dev" else {}
    answer = RedirectResponse(attempt.address(endpoint, f"{login.origin(request)}/login/back", **more), 303)
    keep(answer, ATTEMPT, attempt.cookie(), 600)
    return answer


@public.get("/login/back")
async def arrive(request: Request, code: str = "", state: str = "") -> Response:
    """The issuer sends the browser here."""
    app = request.app.state
    try:
        attempt = Attempt.read(request.cookies.get(ATTEMPT, ""))
        if not code or state != attempt.state:
            raise Failed("state")
        made = await login.exchange(app.client, app.keys, attempt, code, f"{login.origin(request)}/login/back")
        await recognised(request, made)
    except Failed as e:
        request.app.state.metrics.refused(f"login_{e}", 401)
        return redirect(request, "/login?failed=1")
    secret = await anyio.to_thread.run_sync(session.start, app.engine, made)
    answer = redirect(request, attempt.next if made.place else "/place")
    keep(answer, cookie_name(), secret)
    answer.delete_cookie(ATTEMPT, path="/")
    return answer


async def recognised(request: Request, made: session.Session) -> None:
    """Fills in her grants, and her organisation where there is only one."""
    backend = Backend(request.app.state.client, made, request.state.language, request.state.correlation)
    try:
        made.me = dict(await backend.get("projection", "/me"))
    except Trouble as e:
        raise Failed(f"me_{e.status}") from None
    made.name = made.me.get("name") or made.name
    set_ = await anyio.to_thread.run_sync(preferred, request.app.state.engine, made.account)
    made.shortcuts, made.tips = set_.get("shortcuts") != "off", set_.get("tips") != "off"
    made.place = made.areas[0] if len(made.areas) == 1 else ""


async def renewed(request: Request) -> None:
    """For every page: a token that is about to end is renewed; one that cannot be sends her to sign in."""
    found = current(request)
    try:
        await login.refreshed(request.app.state.client, found)
    except Failed:
        raise SignIn from None


@router.post("/logout")
async def leave(request: Request) -> Response:
    await anyio.to_thread.run_sync(session.end, request.app.state.engine, request.state.secret)
    request.state.session = None
    answer = redirect(request, "/login")
    answer.delete_cookie(cookie_name(), path="/", secure=settings().mode == "prod", httponly=True, samesite="lax")
    return answer


@router.get("/place")
async def places(request: Request, api: Api) -> Response:
    """For which of her organisations she works now."""
    api.session.me = dict(await api.get("projection", "/me"))
    return page(request, "place.html", grants=by_place(api.session.me))


@router.post("/place")
async def choose(request: Request, place: Annotated[str, Form()]) -> Response:
    found = current(request)
    if place in found.areas:
        found.place = place
    return redirect(request, "/")


def by_place(me: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for grant in me["grants"]:
        found.setdefault(str(grant["organisation"]), []).append(grant)
    return found


@public.post("/language")
async def speak(request: Request, to: Annotated[str, Form()], next: Annotated[str, Form()] = "/") -> Response:
    answer = redirect(request, local(next))
    if to in LANGUAGES:
        answer.set_cookie(COOKIE, to, max_age=YEAR, path="/", httponly=True, samesite="lax", secure=settings().mode == "prod")
    return answer
