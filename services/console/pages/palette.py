"""Ctrl+K: pages, things to do, organisations, people and documents in one box, by characters, pinyin or initials."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.console.backend import Api, Trouble
from services.console.labels import label
from services.console.render import NAV, Place, page, text
from services.console.session import Session
from services.console.words import N_
from shared.pinyin import found

__all__ = ["router"]

router = APIRouter()
MORE = (
    Place("/", N_("工作台")),
    Place("/vacancies", N_("职务空缺"), ("org.read",)),
    Place("/reelections/due", N_("换届提醒"), ("org.reelection",)),
    Place("/exports", N_("我的导出"), ("report.read",)),
    Place("/audit/exports", N_("导出留痕"), ("audit.read",)),
    Place("/help", N_("帮助与快捷键")),
    Place("/place", N_("切换组织")),
)
ACTS = (
    Place("/appointments/new", N_("提出拟任"), ("cadre.propose",)),
    Place("/people/new", N_("登记人员"), ("cadre.register",)),
    Place("/documents/new", N_("登记公文"), ("org.document",)),
    Place("/imports/new", N_("导入 Excel"), ("cadre.import", "org.import", "cadre.load")),
)
MOST = 8


@dataclass(frozen=True)
class Hit:
    """A line of the palette: where it leads, what it is called, what kind of thing it is."""

    address: str
    title: str
    note: str = ""


@router.get("/palette")
async def palette(request: Request, api: Api, q: str = "") -> Response:
    q = q.strip()[:50]
    hits, away = pages(request, api.session, q), False
    if q:
        try:
            hits += named(request, await api.get("projection", "/search", q=q, kinds="organisations,people,documents", limit=MOST))
        except Trouble as e:
            away = e.status >= 500  # the pages are still there to go to
    return page(request, "palette.html", q=q, hits=hits, away=away)


def pages(request: Request, session: Session, q: str) -> list[Hit]:
    """Those of the menu and a few more, and what can be begun, best first; all of them while nothing is typed."""
    mine = [(p, note) for note, some in ((N_("页面"), (*NAV, *MORE)), (N_("办理"), ACTS)) for p in some if p.open_to(session)]
    ranked = [(0 if not q else found(q, p.title), p, note) for p, note in mine]
    told = sorted(((rank, p, note) for rank, p, note in ranked if rank is not None), key=lambda one: one[0])
    return [Hit(p.path, text(request, p.title), text(request, note)) for _, p, note in told]


def named(request: Request, answer: dict[str, list[dict[str, object]]]) -> list[Hit]:
    hits = []
    for row in answer["rows"]:
        if row["kind"] == "organisations":
            path = row.get("path") or []
            above = path[-1] if isinstance(path, list) and path else label("level", row.get("level"), request.state.language)
            former = row.get("former") or ()
            was = text(request, N_("曾用名：%(name)s")) % {"name": former[0]} if isinstance(former, list) and former else ""
            hits.append(Hit(f"/organisations/{row['id']}", str(row["name"]), f"{above} {was}".strip()))
        elif row["kind"] == "people":
            posts = row.get("posts") or []
            first = posts[0] if isinstance(posts, list) and posts else {}
            office = label("office", first.get("role"), request.state.language)
            place = first.get("organisation_name") or row.get("home_name") or ""
            hits.append(Hit(f"/people/{row['id']}", str(row["name"]), f"{place} {office}".strip()))
        else:
            hits.append(Hit(f"/documents/{row['id']}", str(row["name"]), str(row.get("number") or text(request, N_("公文")))))
    return hits
