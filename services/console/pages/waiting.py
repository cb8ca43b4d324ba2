"""Two lists that the work list leads to: vacancies, and what a rule refused when the system acted by itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.console.backend import Api
from services.console.listing import Column, Listing, register
from services.console.render import page
from services.console.words import N_

__all__ = ["REFUSALS", "VACANCIES", "router"]

router = APIRouter()
STATES = (("open", N_("全部空缺")), ("overdue", N_("超过90天")), ("long", N_("超过180天")), ("closed", N_("已补齐")))
VACANCIES = register(
    Listing(
        "vacancies",
        "projection",
        "/vacancies",
        columns=(
            Column("organisation_name", N_("组织"), link="/organisations/{organisation}", always=True),
            Column("role", N_("妇联职务"), "office", card="state"),
            Column("since", N_("空缺自"), "day", card="said"),
            Column("timely_until", N_("应补齐日期"), "day", card="said"),
            Column("nominated_on", N_("提名"), "day", hidden=True),
            Column("approved_on", N_("批复"), "day", hidden=True),
            Column("filled_on", N_("补齐"), "day", hidden=True),
        ),
        keep=("area", "as_of", "state"),
        export=("xlsx",),
    )
)
REFUSALS = register(
    Listing(
        "refusals",
        "projection",
        "/refusals",
        columns=(
            Column("organisation_name", N_("组织"), link="/organisations/{organisation}", always=True),
            Column("person_name", N_("姓名"), link="/people/{person}"),
            Column("said", N_("没有办成的原因"), wide=True, always=True, card="fact"),
            Column("valid_from", N_("日期"), "day"),
        ),
    )
)


@router.get("/vacancies")
async def vacancies(request: Request, api: Api) -> Response:
    area = request.query_params.get("area") or api.session.place
    state = request.query_params.get("state") or "open"
    shown = await VACANCIES.load(request, api, area=area, state=state)
    tabs = [(title, shown.url(state=s, cursor=None), s == state, None) for s, title in STATES]
    return page(request, "waiting/vacancies.html", shown=shown, tabs=tabs)


@router.get("/refusals")
async def refusals(request: Request, api: Api) -> Response:
    area = request.query_params.get("area") or api.session.place
    shown = await REFUSALS.load(request, api, area=area)
    for row in shown.rows:
        row["said"] = row["message_en" if api.language == "en" else "message_zh"]
    return page(request, "waiting/refusals.html", shown=shown)
