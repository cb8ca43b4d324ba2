"""花名册: who holds which post on a date, with the columns of the paper form; searched by pinyin, filtered, printed, exported."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from services.console.backend import Api, Backend, Trouble
from services.console.labels import choices, label
from services.console.listing import Column, Filter, Listing, Shown, Token, register
from services.console.papers.gather import MOST, month
from services.console.query import address, state_of
from services.console.render import page, tag
from services.console.words import N_, translations

__all__ = ["ROSTER", "narrowed", "router"]

router = APIRouter()
PARTS = {"province": N_("市"), "city": N_("县（市、区）"), "county": N_("乡镇（街道）"), "township": N_("村（社区）")}  # what lies in each
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def office(row: Mapping[str, Any], language: str) -> Markup:
    """The highest office, and beside it the others."""
    beside = "".join(f'<span class="none">、{escape(label("office", r, language))}</span>' for r in row["roles"] if r != row["role"])
    return Markup(f"<div>{escape(label('office', row['role'], language))}{beside}</div>")


def born(row: Mapping[str, Any], language: str) -> str:
    return month(row["born_on"], row["born_precision"]) or ""


def yes(name: str, row: Mapping[str, Any], language: str) -> str:
    return label("yes", row.get(name), language)


def sealed(name: str, stars: str, row: Mapping[str, Any], language: str) -> Markup:
    """That it is on file, and the way to it; never what it is."""
    say = translations(language).gettext
    if not row.get(name):
        return Markup('<span class="none">{}</span>').format(say(N_("未填")))
    title = say(N_("查看%(name)s的封存信息，须填写理由")) % {"name": row["person_name"]}
    return Markup('<a class="sealed" href="/people/{}/unsealing" aria-label="{}">{}</a>').format(row["person"], title, stars)


def term(row: Mapping[str, Any], language: str) -> str | None:
    if not row["term"]:
        return None
    number = translations(language).gettext(N_("第%(n)s届")) % {"n": row["term"]["term_no"]}
    state = row["term"]["state"]
    return number if state == "running" else escape(number) + " " + tag(label("roster_term", state, language), "warn")


def remarks(row: Mapping[str, Any], language: str) -> Markup | None:
    """备注: what the record itself has to say, then what the paper said."""
    say = translations(language).gettext
    said = (
        (N_("期初数据"), "plain", row["opening"]),
        (N_("停职"), "warn", row["status"] == "suspended"),
        (N_("主持工作"), "warn", row["mode"] == "acting"),
    )
    found = [tag(say(text), tone) for text, tone, yes in said if yes] + [escape(note) for note in (row.get("note"),) if note]
    return Markup("<div>{}</div>").format(Markup(" ").join(found)) if found else None


ROSTER = register(
    Listing(
        "roster",
        "projection",
        "/roster",
        (
            Column("no", N_("序号"), "number"),
            Column("person_name", N_("姓名"), link="/people/{person}", always=True, sort="name", rising=True),
            Column("organisation_name", N_("所在组织"), link="/organisations/{organisation}", wide=True, card="fact"),
            Column("sex", N_("性别"), "sex"),
            Column("ethnicity", N_("民族")),
            Column("born_on", N_("出生年月"), "day", show=born),
            Column("age", N_("年龄"), "number", hidden=True, sort=True),
            Column("political", N_("政治面貌"), "political"),
            Column("degree", N_("文化程度"), "degree"),
            Column("employer_and_post", N_("工作单位及职务"), wide=True),
            Column("role", N_("妇联职务"), "office", card="state", show=office),
            Column("engagement", N_("专/挂/兼"), "engagement", card="fact"),
            Column("two_committees", N_("是否进村（社区）“两委”"), show=partial(yes, "in_two_committees")),
            Column("both", N_("是否一肩挑"), show=partial(yes, "holds_both_posts")),
            Column("newly_appointed", N_("是否新任"), "yes"),
            Column("starts_on", N_("任职时间"), "day", sort=True),
            Column("has_id_number", N_("身份证号"), hidden=True, show=partial(sealed, "has_id_number", "*" * 18)),
            Column("has_phone", N_("联系电话"), show=partial(sealed, "has_phone", "*" * 4)),
            Column("population", N_("人员类别"), "population", hidden=True),
            Column("mode", N_("任职方式"), "mode", hidden=True),
            Column("term", N_("届次"), hidden=True, show=term),
            Column("notes", N_("备注"), show=remarks),
        ),
        (
            Filter("search", N_("姓名"), hint=N_("姓名、全拼或拼音首字母"), live=True),
            Filter("role", N_("妇联职务"), choices("office"), "office"),
            Filter("engagement", N_("专/挂/兼"), choices("engagement"), "engagement"),
            Filter("level", N_("层级"), choices("level"), "level"),
            Filter("age", N_("年龄"), choices("age"), "age", more=True),
            Filter("political", N_("政治面貌"), choices("political"), "political", more=True),
            Filter("degree", N_("文化程度"), choices("degree"), "degree", more=True),
            Filter("term", N_("届期"), choices("roster_term"), "roster_term", more=True),
            Filter("status", N_("在任状态"), choices("holding"), "holding", more=True),
            Filter("missing", N_("待补资料"), choices("missing"), "missing", more=True),
        ),
        key="posts",
        actions=(
            ("/roster/approval-forms", N_("打印所选审批表"), "cadre.read"),
            ("/roster/relief", N_("免去所选人员职务"), "cadre.relieve"),
        ),
        export=("xlsx",),
        keep=("area", "as_of", "known_at", "organisation", "population", "org_type", "sex"),
    )
)


@router.get("/roster")
async def roster(request: Request, api: Api) -> Response:
    """One row a person and organisation, her highest office first."""
    area = request.query_params.get("area") or api.session.place
    shown, (kind, parts) = await asyncio.gather(ROSTER.load(request, api, area=area), divided(api, area))
    for row in shown.rows:
        row["posts"] = " ".join(row.get("appointments", ()))
    if shown.said.keys() & {"as_of", "known_at"}:
        shown.actions = ()  # nothing is done from what was so on another day
    one = shown.rows and shown.said.get("organisation")
    place = shown.rows[0]["organisation_name"] if one else shown.answer["area_name"] or ""  # a print says whose roster it is
    exact = [Token(N_("地区"), shown.answer["area_name"] or "", shown.url(area=None, cursor=None))] if shown.said.get("area") else []
    exact += [Token(N_("组织"), place, shown.url(organisation=None, cursor=None))] if one else []
    about = {"exact": exact, "kind": kind, "parts": parts, "area": area, "most": MOST, "printable": printable(shown, api.session.place)}
    return page(request, "roster/roster.html", shown=shown, as_of=shown.answer["as_of"], place=place, **about)


async def divided(api: Backend, area: str | None) -> tuple[str, list[dict[str, Any]]]:
    """What the area, or the one above a township, consists of, to choose one: what such areas are called, and each. Nothing where that is not
    to be had."""
    try:
        here = await below(api, area)
        if here and here["level"] == "township" and area != api.session.place:
            here = await below(api, (await api.get("org", f"/organisations/{here['id']}"))["parent"])
    except Trouble:
        here = None
    if not here or here["level"] not in PARTS:
        return "", []
    return PARTS[here["level"]], [part for part in here["children"] if part["org_type"] == "federation"]


async def below(api: Backend, area: str | None) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = (await api.get("projection", "/organisations/tree", area=area, depth=1))["rows"]
    return rows[0] if len(rows) == 1 else None


def printable(shown: Shown, home: str | None) -> str:
    """The address of the official print of the whole list as filtered; empty where there is nothing, too much, or none for what is shown."""
    own, area = str(shown.said.get("organisation") or ""), str(shown.said.get("area") or home or "")
    if "known_at" in shown.said or not ID.fullmatch(own or area) or shown.total is None or not 0 < shown.total <= MOST:
        return ""
    asked = {"own": "true" if own else "", "as_of": shown.said.get("as_of"), **narrowed(shown.said)}
    return address(f"/organisations/{own or area}/roster.pdf", asked)


def narrowed(said: Mapping[str, Any]) -> dict[str, Any]:
    """By what the list is filtered, besides where and when."""
    return {k: v for k, v in ROSTER.query(said).items() if k not in ("area", "organisation", "as_of", "known_at")}


@router.get("/roster/total")
async def total(request: Request, api: Api) -> Response:
    """How many there are, where counting takes longer than a page may."""
    said = state_of(request.query_params)
    asked = {**ROSTER.query(said), "area": said.get("area") or api.session.place}
    found = await api.get("projection", "/roster/total", **asked)
    return page(request, "roster/total.html", total=found["total"])
