"""任免办理: appointments by state, and one appointment with its route, its acts, what changed, and what stands in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response

from services.console.backend import Answer, Api, Backend, Trouble
from services.console.forms import Form
from services.console.labels import choices, label
from services.console.listing import Column, Filter, Listing, Shown, register
from services.console.organisations.flow import Closed, Doing, fresh, shown
from services.console.people import changes, find
from services.console.people.acts import ACTS, Standing, open_acts, steps
from services.console.people.conflicts import Outlook, look
from services.console.people.proposal import correctable, correction
from services.console.people.successes import APPOINTMENTS
from services.console.people.words import telling, warned
from services.console.render import page, redirect, text
from services.console.session import Session
from services.console.words import N_
from shared.calendar import today

__all__ = ["LISTING", "Case", "case", "router"]

router = APIRouter()
# the tabs over the list: title, states
TABS = (
    (N_("待党组织审定"), ("proposed",)),
    (N_("待审批"), ("party_reviewed", "publicised", "publicity_ended", "elected")),
    (N_("待任职"), ("approved",)),
    (N_("待生效"), ("started",)),
    (N_("在任"), ("active",)),
    (N_("停职"), ("suspended",)),
    (N_("已卸任"), ("ended",)),
    (N_("未获批准"), ("rejected",)),
    (N_("已撤回"), ("withdrawn",)),
    (N_("已取消"), ("cancelled",)),
)
HOLDING = ("active", "suspended", "ended")  # on a date; all other states stand whatever the date
BEFORE = ("proposed", "party_agreed", "publicised", "publicity_over", "passed")
BARRED = ("party-decision", "election", "approval", "rejection")  # by the proposer
MEANWHILE = N_("您填写期间，他人已办理了这项任免。下面是最新状态的前后对照，请核对后再提交。")
LISTING = register(
    Listing(
        "appointments",
        "projection",
        "/appointments",
        (
            Column("person_name", N_("姓名"), link="/appointments/{id}", always=True),
            Column("organisation_name", N_("组织"), link="/organisations/{organisation}", wide=True, card="fact"),
            Column("role", N_("妇联职务"), "office", card="fact"),
            Column("engagement", N_("专/挂/兼"), "engagement"),
            Column("mode", N_("任职方式"), "mode"),
            Column("starts_on", N_("（拟）任职日期"), "day", card="fact"),
            Column("ends_on", N_("截止（离任）日期"), "day"),
            Column("status", N_("办理状态"), "appointment", card="state"),
            Column("end_reason", N_("离任原因"), "end_reason", hidden=True),
        ),
        (
            Filter("search", N_("姓名"), hint=N_("姓名、组织、全拼或拼音首字母"), live=True),
            Filter("role", N_("妇联职务"), choices("office"), "office"),
        ),
        export=("xlsx",),
        keep=("area", "as_of", "organisation", "seat", "person", "state", "ending"),
    )
)


@router.get("/appointments")
async def appointments(request: Request, api: Api) -> Response:
    """任免办理, by state; without one, what waits for the Party organisation's decision."""
    said = request.query_params
    states = said.getlist("state") or ([] if {"person", "seat", "organisation", "ending"} & said.keys() else ["proposed"])
    every = {"every": "true"} if states and not set(states) & set(HOLDING) else {}
    shown = await LISTING.load(request, api, area=said.get("area") or api.session.place, state=states, **every)
    return page(request, "appointments/appointments.html", shown=shown, states=states, tabs=tabs(shown, states), day=str(today()))


@router.get("/appointments/counts")
async def counts(request: Request, api: Api) -> Response:
    """The tabs once more, with how many stand in each."""
    said = {k: v for k, v in request.query_params.items() if k in ("search", "role", "state", "area")}
    asked = {k: said.get(k) for k in ("search", "role")}
    found = await api.get("projection", "/appointments/counts", area=said.get("area") or api.session.place, **asked)
    shown = Shown(LISTING, {**said, "state": request.query_params.getlist("state")}, Answer(rows=[]), "/appointments", request.state.language)
    return page(request, "appointments/counts.html", tabs=tabs(shown, shown.said["state"], found["counts"]))


def tabs(shown: Shown, states: Sequence[str], numbers: Mapping[str, int] | None = None) -> list[tuple[str, str, bool, int | None]]:
    """Title, address, whether it is shown and, once counted, number; those in office are not counted anew for a search."""
    def count(of: Sequence[str]) -> int | None:
        return None if numbers is None or (set(of) & set(HOLDING)) - numbers.keys() else sum(numbers.get(s, 0) for s in of)

    return [(title, shown.url(state=list(of), cursor=None), list(of) == list(states), count(of)) for title, of in TABS]


@dataclass(frozen=True)
class Case:
    """One appointment as the owning service has it now, with its names."""

    id: str
    read: Answer
    standing: Standing
    person: str
    organisation: str

    @property
    def post(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.read["post"]
        return found

    @property
    def names(self) -> dict[str, str]:
        return {self.post["person"]: self.person, self.post["organisation"]: self.organisation}

    @property
    def was(self) -> dict[str, str]:
        life = self.read["timeline"]
        return changes.before(self.post, self.standing, (life[0]["end_reason"] or "") if life else "")


async def case(api: Backend, id: UUID) -> Case:
    read = await api.get("cadre", f"/appointments/{id}")
    person, organisation = await asyncio.gather(
        find.name(api, "cadre", f"/cadres/{read['post']['person']}"), find.name(api, "org", f"/organisations/{read['post']['organisation']}")
    )
    return Case(str(id), read, Standing.of(read, today()), person, organisation)


@router.get("/appointments/{id:uuid}")
async def appointment(request: Request, api: Api, id: UUID) -> Response:
    found = await case(api, id)
    session, standing = request.state.session, found.standing
    rows = await history(api, id) if session.may("audit.read") else []
    acts = [a for a in open_acts(standing) if session.may(a.permission)]
    barred = [a for a in acts if bars(session, standing, a.id)]
    before = standing.step in BEFORE
    after = APPOINTMENTS.get(request.query_params.get("done", ""))
    success = after and text(request, after).format(**called(request, found))
    outlook = await look(api, found.post, standing.starts_on if before else str(today()), found.id if before else "")
    return page(request, "appointments/appointment.html", c=found, s=standing, steps=steps(standing), rows=rows, outlook=outlook, today=str(today()),
                acts=[a for a in acts if a not in barred], barred=barred, said=warned(request.query_params.get("said", "")), before=before,
                success=success, may_correct=session.may("cadre.correct") and bool(correctable(found.read)))  # fmt: skip


def called(request: Request, found: Case) -> dict[str, str]:
    """What the sentence of a success speaks of."""
    role, gap = label("office", found.post["role"], request.state.language), " " if request.state.language == "en" else ""
    return {"who": found.person, "post": f"{found.organisation}{gap}{role}", "day": found.standing.starts_on, "end": found.standing.ends_on}


def bars(session: Session, standing: Standing, act: str) -> bool:
    """Who proposed it leaves the decision to somebody else (K16)."""
    return bool(standing.proposed_by) and standing.proposed_by == session.account and act in BARRED


async def history(api: Backend, id: UUID) -> list[dict[str, Any]]:
    """What the audit says of it, newest first; nothing yet while the reports have not heard of it."""
    found = await api.known("projection", f"/audit/appointments/{id}")
    return [{**r, "lines": changes.compared(r["before"], r["after"], r.get("names"))} for r in reversed(found["rows"])] if found else []


@router.get("/appointments/{id:uuid}/correction")
async def correcting(request: Request, api: Api, id: UUID, of: UUID | None = None) -> Response:
    """更正: the start, the end or an earlier correction was said wrong."""
    found = await case(api, id)
    some = correctable(found.read)
    if not some:
        raise HTTPException(404)
    usual = next((e["id"] for e in some if not e["fact"].endswith("Corrected")), some[0]["id"])
    event = str(of) if any(e["id"] == str(of) for e in some) else usual
    act = correction(found.read, event)
    form = fresh(act, {**dict(act.current), "corrects": event}, found.read.version)
    return await asked(request, api, found, Doing(request, api, act, "", found.post["organisation"], form), some)


@router.post("/appointments/{id:uuid}/correction")
async def correct(request: Request, api: Api, id: UUID) -> Response:
    found, form = await case(api, id), await Form.sent(request)
    some = correctable(found.read)
    if all(e["id"] != form["corrects"] for e in some):
        raise HTTPException(404)
    act = correction(found.read, form["corrects"])
    doing = Doing(request, api, act, f"/appointments/{id}/correction", found.post["organisation"], form, extra={"corrects": form["corrects"]})
    return await done(request, api, found, doing, some)


@router.get("/appointments/{id:uuid}/{act}")
async def ask(request: Request, api: Api, id: UUID, act: str) -> Response:
    """The form of one act."""
    found = await case(api, id)
    if act not in ACTS:
        raise HTTPException(404)
    values = {"starts_on": found.standing.dates.get("election") or found.standing.starts_on} if act == "start" else {}
    form = fresh(ACTS[act], values, found.read.version)
    return await asked(request, api, found, Doing(request, api, ACTS[act], "", found.post["organisation"], form, closed=closed(api, found, act)))


def closed(api: Backend, found: Case, act: str) -> Closed | None:
    """Unless the act is open now: what is instead."""
    acts = open_acts(found.standing)
    if ACTS[act] in acts:
        return None
    hers = [(a.title, f"/appointments/{found.id}/{a.id}") for a in acts
            if api.session.may(a.permission) and not bars(api.session, found.standing, a.id)]  # fmt: skip
    return Closed(label("step", found.standing.state, api.language), hers, acts[0].title if acts else "")


@router.post("/appointments/{id:uuid}/{act}")
async def do(request: Request, api: Api, id: UUID, act: str) -> Response:
    found, form = await case(api, id), await Form.sent(request)
    if act not in ACTS:
        raise HTTPException(404)
    doing = Doing(request, api, ACTS[act], f"/appointments/{id}/{act}", found.post["organisation"], form, closed=closed(api, found, act))
    return await done(request, api, found, doing)


async def done(request: Request, api: Backend, found: Case, doing: Doing, some: Any = ()) -> Response:
    try:
        if answer := await doing.go():
            return redirect(request, telling(f"/appointments/{found.id}", answer, doing.act.id))
    except Trouble as trouble:
        if trouble.status != 412 or found.read.version is None:
            raise
        doing.form.stale({}, found.read.version).wrong("", text(request, MEANWHILE))
    return await asked(request, api, found, doing, some)


async def asked(request: Request, api: Backend, found: Case, doing: Doing, some: Any = ()) -> Response:
    """The act's form, or its answers with before and after and whatever stands in the way."""
    form, act = doing.form, doing.act.id
    values = {k: str(v) for k, v in form.values.items() if not isinstance(v, list)}
    lines = changes.compared(found.was, changes.after(act, found.was, values, str(today())), found.names)
    outlook: Outlook | None = None
    if act == "start" and (doing.checking or form.faults):
        outlook = await look(api, found.post, values.get("starts_on") or found.standing.starts_on, found.id)
    day = values.get("effective") or values.get("starts_on") or ""
    title = f"{found.organisation} {found.person}"
    return await shown(doing, title, f"/appointments/{found.id}", "appointments/_after.html", lines=lines, outlook=outlook, corrects=some, day=day,
                       today=str(today()), above="appointments/_above.html", whose=found.organisation)  # fmt: skip
