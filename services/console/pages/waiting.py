"""Two lists that the work list leads to: vacancies, and what a rule refused when the system acted by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from services.console.backend import Api
from services.console.labels import choices
from services.console.listing import Column, Filter, Listing, register
from services.console.organisations.areas import by_area
from services.console.render import page
from services.console.words import N_, translations

__all__ = ["REFUSALS", "VACANCIES", "router"]

router = APIRouter()


def fill(row: Mapping[str, Any], language: str) -> str | None:
    """What can be done about it."""
    return None if row["state"] == "closed" else translations(language).gettext(N_("提出拟任"))


STATES = (("open", N_("全部空缺")), ("overdue", N_("超过90天")), ("long", N_("超过180天")), ("closed", N_("已补齐")))
VACANCIES = register(
    Listing(
        "vacancies",
        "projection",
        "/vacancies",
        (
            Column("organisation_name", N_("组织"), link="/organisations/{organisation}", always=True),
            Column("township_name", N_("所属乡镇"), link="/organisations?area={township}", hidden=True),
            Column("role", N_("妇联职务"), "office", card="state"),
            Column("since", N_("空缺自"), "day", card="said"),
            Column("timely_until", N_("应补齐日期"), "day", card="said"),
            Column("nominated_on", N_("提名"), "day", hidden=True),
            Column("approved_on", N_("批复"), "day", hidden=True),
            Column("filled_on", N_("补齐"), "day", hidden=True),
            Column("fill", N_("可办理"), link="/appointments/new?organisation={organisation}&seat={seat}", always=True, card="fact", show=fill),
        ),
        (
            Filter("search", N_("关键字"), hint=N_("组织名称、拼音首字母或代码"), live=True),
            Filter("level", N_("层级"), choices("level"), "level"),
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
        (
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
    listing = await by_area(api, VACANCIES, request.query_params.get("area"))
    if not api.session.may("cadre.propose"):
        listing = replace(listing, columns=[c for c in listing.columns if c.name != "fill"])
    shown = await listing.load(request, api, area=area, state=state)
    tabs = [(title, shown.url(state=s, cursor=None), s == state, None) for s, title in STATES]
    return page(request, "waiting/vacancies.html", shown=shown, tabs=tabs)


@router.get("/refusals")
async def refusals(request: Request, api: Api) -> Response:
    area = request.query_params.get("area") or api.session.place
    shown = await REFUSALS.load(request, api, area=area)
    for row in shown.rows:
        row["said"] = row["message_en" if api.language == "en" else "message_zh"]
    return page(request, "waiting/refusals.html", shown=shown)
