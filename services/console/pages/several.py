"""What is done with several people of the roster at once: relieving them of their posts, looked over line by line; printing their forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.console.backend import Api, Backend
from services.console.forms import Fault, Form
from services.console.organisations.flow import fresh, shown
from services.console.pages.papers import drawn
from services.console.papers import KINDS, approval_forms
from services.console.papers.gather import approval_form
from services.console.people.several import MOST, RELIEFS, OneByOne, few, lines, picked
from services.console.query import address
from services.console.render import page, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["router"]

router = APIRouter()
PRINT = N_("打印所选审批表")
TOO_MANY = N_("一次最多办理 {n} 人，请分几次勾选。")


@router.get("/roster/relief")
async def asked(request: Request, api: Api, picked: Annotated[list[str] | None, Query()] = None) -> Response:
    return await offered(await begun(request, api, fresh(RELIEFS, {"picked": picked or []})))


@router.post("/roster/relief")
async def answered(request: Request, api: Api) -> Response:
    """From the roster, with those picked there; or from this page's own form."""
    form = await Form.sent(request)
    if "effective" not in form.values:
        form = fresh(RELIEFS, {"picked": form.all("picked")})
        form.step = "again"
        return await offered(await begun(request, api, form))
    if form.step == "send" and not form["agreed"]:
        form.step = "check"  # nobody relieves several whom she has not looked over
    doing = await begun(request, api, form)
    if not doing.lines or await doing.go() is None:
        return await offered(doing)
    left = [line.id for line in doing.lines if not line.done]
    form.values = {**form.values, "agreed": "", "picked": [p for p in form.all("picked") if any(id in left for id in p.split())]}
    return page(request, "roster/relieved.html", d=doing, form=form, left=left)


async def begun(request: Request, api: Backend, form: Form) -> OneByOne:
    doing = OneByOne(request, api, RELIEFS, "/appointments/{}/relief", api.session.place, form)
    if request.method == "GET":
        await doing.resume()  # a draft has people of its own
    people = picked(form.all("picked"))
    ids = list(dict.fromkeys(id for some in people for id in some))
    if not too_many(request, form, people):
        doing.lines = await lines(api, ids)
    return doing


def too_many(request: Request, form: Form, people: Sequence[object]) -> bool:
    if len(people) > MOST:
        form.faults.append(Fault("", text(request, TOO_MANY).format(n=MOST)))
    return len(people) > MOST


def nobody(request: Request, form: Form, title: str) -> Response:
    return page(request, "roster/nobody.html", 422 if form.faults else 200, form=form, what=title)


async def offered(doing: OneByOne) -> Response:
    """The form under those picked, or each of their posts with what is to become of it."""
    request, form = doing.request, doing.form
    if not doing.lines:
        return nobody(request, form, RELIEFS.title)
    here = address("/roster/relief", {"picked": form.all("picked")})
    return await shown(doing, text(request, N_("花名册")), "/roster", "roster/_posts.html", here=here, day=form["effective"], today=str(today()))


@router.post("/roster/approval-forms")
async def printed(request: Request, api: Api) -> Response:
    """干部任免审批表 of those picked, each person once, in the order of the roster: one PDF."""
    form = await Form.sent(request)
    people = picked(form.all("picked"))
    if too_many(request, form, people) or not people:
        return nobody(request, form, PRINT)
    posts = await few(api.get("cadre", f"/appointments/{ids[0]}") for ids in people)
    forms = await few(approval_form(api, id) for id in dict.fromkeys(str(p["post"]["person"]) for p in posts))
    return await drawn(partial(approval_forms, forms), f"{KINDS['approval-form'][0]}（{len(forms)}人）.pdf")
