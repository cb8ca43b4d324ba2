"""Pages from templates: the whole page, or only the block that htmx asked for, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.console import labels, static
from services.console.query import address
from services.console.session import Session
from services.console.words import LANGUAGES, N_, translations
from shared.calendar import SHANGHAI

__all__ = ["NAV", "Place", "day", "instant", "number", "page", "redirect", "tag", "text"]

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Place:
    """A place of the main menu: address, title, and permissions of which one is needed to see it."""

    path: str
    title: str
    needs: tuple[str, ...] = ()

    def open_to(self, session: Session) -> bool:
        return not self.needs or any(session.may(p) for p in self.needs)


NAV = (
    Place("/organisations", N_("组织"), ("report.read",)),
    Place("/roster", N_("花名册"), ("report.read",)),
    Place("/appointments", N_("任免"), ("cadre.read",)),
    Place("/reelections", N_("换届"), ("org.reelection", "org.approve")),
    Place("/documents", N_("公文库"), ("document.read",)),
    Place("/audit", N_("审计"), ("audit.read",)),
    Place("/imports", N_("导入"), ("cadre.import", "org.import", "cadre.load")),
    Place("/services", N_("服务一览"), ("system.operate",)),
)


def day(value: date | datetime | str | None, precision: str | None = None) -> str:
    """2026-01-31 for a date; a year or a month where no more is known; never-ending is empty."""
    said = str(value or "")[:10]
    if said.startswith("9999"):
        return ""
    return said[:4] if precision == "year" else said[:7] if precision == "month" else said


def instant(value: datetime | str | None) -> str:
    """2026-01-31 08:00 in Shanghai."""
    if not value:
        return ""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def number(value: Any) -> str:
    return "–" if value is None else f"{value:,}"


def tag(said: str, tone: str = "plain") -> Markup:
    """A small label: good, warn, bad or plain; the word says it, the colour only helps."""
    return Markup(f'<span class="tag {tone}">{escape(said)}</span>')


def query(base: Mapping[str, Any], **change: Any) -> str:
    """`?…` of the state with changes; None takes a key away."""
    return address("", {**base, **change}) or "?"


@cache
def environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    extended: Any = made  # by i18n with a method of its own
    extended.install_gettext_translations(translations(language), newstyle=True)
    made.filters.update(day=day, instant=instant, number=number)
    made.globals.update(static=static.url, query=query, tag=tag, languages=LANGUAGES, nav=NAV, language=language,
                        gap=" " if language == "en" else "", comma=", " if language == "en" else "、")  # between words, and in a list
    made.filters["label"] = lambda value, kind: labels.label(kind, value, language)
    return made


def text(request: Request, said: str) -> str:
    """A text of a module in the reader's language."""
    return translations(request.state.language).gettext(said)


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """`template` with `context`. A block named like HX-Target is sent alone; without one, the whole page."""
    session: Session | None = getattr(request.state, "session", None)
    found = environment(request.state.language).get_template(template)
    backend = getattr(request.state, "backend", None)
    context = {
        "request": request,
        "path": request.url.path,
        "session": session,
        "csrf": session.mask() if session else "",
        "behind": bool(backend and backend.behind),
        "now": datetime.now(SHANGHAI),
        **context,
    }
    target = request.headers.get("hx-target", "") if "hx-request" in request.headers and "hx-history-restore-request" not in request.headers else ""
    body = "".join(found.blocks[target](found.new_context(context))) if target in found.blocks else found.render(context)
    return HTMLResponse(body, status, {"Vary": "HX-Request, HX-Target, Cookie", "Cache-Control": "no-store"})


def redirect(request: Request, path: str) -> Response:
    """After a change: the browser asks for the page that shows it."""
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)
