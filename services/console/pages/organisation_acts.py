"""The acts on one organisation: details, seats, codes, its place in the tree, its end, its children; each asked, checked, sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from services.console.backend import Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import LABELS, label
from services.console.organisations import changes
from services.console.organisations.acts import Act
from services.console.organisations.flow import Closed, Doing, finished, fresh, shown
from services.console.render import text
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
UNKNOWN = N_("没有找到“{said}”，请填全称、简称或 12 位区划代码。")
ASKED, UNASKED = N_("延期申请待批准"), N_("没有待批准的延期申请")
SEVERAL = N_("“{said}”有几个：{names}。请填 12 位区划代码。")


async def asked(request: Request, api: Api, id: UUID) -> Response:
    return await form_of(id, *await begun(request, api, id, None))


async def form_of(id: UUID, place: str, doing: Doing, more: dict[str, Any]) -> Response:
    """The act's form; of a seat plan, what it changes is looked over with the answers."""
    if doing.act.id == "seats":
        more = {"table": "organisations/_planned.html", "plan": changes.planned(doing.form)}
    return await shown(doing, place, f"/organisations/{id}", **more)


async def answered(request: Request, api: Api, id: UUID) -> Response:
    place, doing, more = await begun(request, api, id, await Form.sent(request))
    for ask in doing.act.asks:
        if ask.kind == "organisation" and doing.form[ask.name]:
            await resolve(request, api, doing, ask.name)
    try:
        done = await doing.go()
    except Trouble as trouble:
        if trouble.status != 412:
            raise
        now = await api.get("org", f"/organisations/{id}")
        doing.form.stale(start(doing.act, now), now.version or 0)
        done = None
    if done is None:
        return await form_of(id, place, doing, more)
    return finished(request, done, f"/organisations/{done['id'] if doing.act.id == 'proposal' else id}?done={doing.act.id}")


for name in changes.ACTS:
    router.add_api_route(f"/organisations/{{id}}/{name}", asked, methods=["GET"])
    router.add_api_route(f"/organisations/{{id}}/{name}", answered, methods=["POST"])


async def begun(request: Request, api: Backend, id: UUID, sent: Form | None) -> tuple[str, Doing, dict[str, Any]]:
    """The organisation's name and the act on it, with a new form or the one that came in, and what its page shows besides."""
    name = request.url.path.rpartition("/")[2]
    act = changes.ACTS[name]
    now = await api.get("org", f"/organisations/{id}")
    path, extra, more = f"/organisations/{id}/{name}", {}, {}
    if name == "proposal":
        path, extra = "/organisations", {"parent": str(id)}
    state = None if name in changes.OFFERED.get(now["state"], ()) else named(now["state"], api.language)
    if name in changes.ON_TERM:
        term = await running(api, id)
        path, more, state = f"/terms/{term['id']}/{name}", {"above": "organisations/_extension.html", "term": term}, None
    if name.startswith("extension"):
        asked_for = bool(term["extension_asked"])
        state = None if (name == "extension-request") != asked_for else text(request, ASKED if asked_for else UNASKED)
    form = sent or fresh(act, start(act, now), now.version if act.versioned else None)
    return now["full_name"], Doing(request, api, act, path, str(id), form, extra=extra, closed=Closed(state) if state else None), more


def named(state: str, language: str) -> str:
    """What an organisation is; one that never came to be has words of its own."""
    return label("status" if state in LABELS["status"] else "never", state, language)


async def running(api: Backend, id: UUID) -> dict[str, Any]:
    rows = (await api.get("projection", "/terms", organisation=str(id), limit=50))["rows"]
    found: list[dict[str, Any]] = [r for r in rows if not r["ended_on"]]
    if not found:
        raise HTTPException(404)
    return found[0]


def start(act: Act, now: dict[str, Any]) -> dict[str, Any]:
    """What stands there now, for the fields of an edit."""
    if act.id == "seats":
        return {f"seats.{n}.{k}": s[k] or "" for n, s in enumerate(now["planned"]) for k in ("seat", "role", "capacity", "engagement")}
    return {a.name: now[a.name] for a in act.asks if act.versioned and a.name in now}


async def resolve(request: Request, api: Backend, doing: Doing, name: str) -> None:
    """An organisation named by words or by its code becomes its id; the words stay in the form."""
    said = doing.form[name]
    asked = {"area": said, "limit": 1} if said.isdigit() else {"search": said, "limit": 6}
    found = await api.known("projection", "/organisations", **asked)
    rows = found["rows"] if found else []
    rows = [r for r in rows if said in (r["full_name"], r["short_name"])] or rows
    if len(rows) == 1:
        doing.extra = {**doing.extra, name: rows[0]["id"]}
        doing.form.values[name] = rows[0]["full_name"]
    else:
        names = "、".join(f"{r['full_name']} {r['code'] or ''}" for r in rows)
        doing.form.wrong(name, text(request, SEVERAL if rows else UNKNOWN).format(said=said, names=names))
