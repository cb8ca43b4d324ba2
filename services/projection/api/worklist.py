"""The work list (工作台): what waits for the caller in her roles and area, counted, with the first rows of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, func, select

from services.projection.api.asking import Asked, Asking, answer
from services.projection.api.lists import extension_asked, moot, reelection_state, shown, term_state, vacancy_role, vacancy_state
from services.projection.views.appointments import Appointments
from services.projection.views.audit import Audit
from services.projection.views.reelections import Reelections
from services.projection.views.refusals import Refusals
from services.projection.views.terms import Terms
from services.projection.views.vacancies import Vacancies

__all__ = ["near_its_end", "router"]

router = APIRouter(tags=["worklist"])
a, f, r, t, v, w = (x.table for x in (Appointments, Refusals, Reelections, Terms, Vacancies, Audit))
SOON = timedelta(days=30)
PROCEDURE = ("party_reviewed", "publicised", "publicity_ended", "elected")
OVER = ("closed", "cancelled")
MISSING = ("event", "stream", "kind", "person", "organisation", "role", "effective", "recorded")


class Section(NamedTuple):
    """`permissions`: any of them makes it the caller's work. `rows`: what waits, first things first; `list`: the whole list, at this service."""

    id: str
    zh: str
    en: str
    permissions: tuple[str, ...]
    urgent: bool
    list: str
    rows: Callable[[Asked], Select[Any]]


@router.get("/worklist")
def worklist(asking: Asking, rows: Annotated[int, Parameter(ge=0, le=20)] = 5) -> Response:
    """Only what the caller may act on, and only where something waits. `stages`: open re-election cases by how far they have come."""
    with asking.open("org.read") as asked:
        sections = [found for section in SECTIONS if (found := _section(asking, asked, section, rows))]
        mine = _where(asking, asked, REELECTIONS)
        return answer(
            {
                "as_of": asked.at.as_of,
                "known_at": asked.at.known_at,
                "positions": asked.at.positions,
                "sections": sections,
                "stages": _stages(mine) if mine else {},
                "total": sum(section["count"] for section in sections),
            }
        )


def _where(asking: Any, asked: Asked, section: Section) -> Asked | None:
    """The part of the tree where the first of the permissions that she has at all holds."""
    return next((inside for permission in section.permissions if (inside := asking.also(asked, permission))), None)


def _section(asking: Any, asked: Asked, section: Section, rows: int) -> Mapping[str, Any] | None:
    inside = _where(asking, asked, section)
    if inside is None:
        return None
    query = section.rows(inside)
    count = inside.c.scalar(select(func.count()).select_from(query.order_by(None).subquery("waiting"))) or 0
    if not count:
        return None
    first = inside.named([dict(row) for row in inside.c.execute(query.limit(rows)).mappings()])
    titles = {"zh-CN": section.zh, "en": section.en}
    return {"id": section.id, "title": titles, "urgent": section.urgent, "count": count, "list": section.list, "rows": first}


def _appointments(asked: Asked, *conditions: Any) -> Select[Any]:
    query = select(*shown(a)).where(asked.at.is_known(a.c, "cadre"), *conditions)
    return asked.within(query, a.c.organisation).order_by(a.c.starts_on, a.c.stream)


def _proposed(*stages: str) -> Callable[[Asked], Select[Any]]:
    return lambda asked: _appointments(asked, ~a.c.in_office, a.c.status.in_(stages))


def _ending(asked: Asked) -> Select[Any]:
    """Acting and seconded, near their end."""
    day = asked.at.as_of
    return _appointments(asked, a.c.valid_from <= day, a.c.valid_to > day, *near_its_end(day))


def near_its_end(day: date) -> tuple[Any, ...]:
    return a.c.in_office, a.c.ends_on <= day + SOON, a.c.mode.in_(("acting", "seconded"))


def _terms(state: str) -> Callable[[Asked], Select[Any]]:
    def rows(asked: Asked) -> Select[Any]:
        status = term_state(asked.at.as_of)
        query = select(*shown(t), status.label("state")).where(asked.at.is_known(t.c, "org"), t.c.starts_on <= asked.at.as_of, status == state)
        return asked.within(query, t.c.organisation).order_by(t.c.due_on, t.c.stream)

    return rows


def _extensions(asked: Asked) -> Select[Any]:
    """Terms of which an extension was asked for, those that end first before the others."""
    status = term_state(asked.at.as_of)
    query = select(*shown(t), status.label("state")).where(asked.at.is_known(t.c, "org"), t.c.starts_on <= asked.at.as_of, extension_asked())
    return asked.within(query, t.c.organisation).order_by(t.c.due_on, t.c.stream)


def _vacancies(asked: Asked) -> Select[Any]:
    status = vacancy_state(asked.at.as_of)
    query = select(*shown(v, "over_on"), vacancy_role(asked).label("role"), status.label("state"))
    query = query.where(asked.at.holds(v.c, "org"), status.in_(("overdue", "long")))
    return asked.within(query, v.c.organisation).order_by(v.c.since, v.c.stream)


def _reelections(asked: Asked) -> Select[Any]:
    status = reelection_state(asked.at.as_of)
    query = select(*shown(r, "candidates", "winners"), status.label("state")).where(asked.at.holds(r.c, "org"), status.not_in(OVER))
    return asked.within(query, r.c.organisation).order_by(r.c.planned_on, r.c.stream)


def _awaiting(state: str) -> Callable[[Asked], Select[Any]]:
    """Cases whose next step is the superior's, those that have waited longest first."""
    day = {"requested": r.c.requested_on, "reported": r.c.reported_on}[state]

    def rows(asked: Asked) -> Select[Any]:
        status = reelection_state(asked.at.as_of)
        query = select(*shown(r, "candidates", "winners"), status.label("state")).where(asked.at.holds(r.c, "org"), status == state)
        return asked.within(query, r.c.organisation).order_by(day, r.c.stream)

    return rows


def _moot(asked: Asked) -> Select[Any]:
    return _reelections(asked).where(*moot(asked))


def _stages(asked: Asked) -> dict[str, int]:
    cases = _reelections(asked).order_by(None).subquery("cases")
    return {state: n for state, n in asked.c.execute(select(cases.c.state, func.count()).group_by(cases.c.state))}


def _without_paper(asked: Asked) -> Select[Any]:
    """Changes that stand without a document (缺批复), the latest first."""
    recorded = asked.at.recorded(w.c, "cadre")
    query = select(*(w.c[c].label("appointment" if c == "stream" else c) for c in MISSING)).where(w.c.missing_document)
    query = query if recorded is None else query.where(recorded)
    return asked.within(query, w.c.organisation).order_by(w.c.recorded.desc(), w.c.position.desc(), w.c.stream)


def _refused(asked: Asked) -> Select[Any]:
    return asked.within(select(*shown(f)).where(asked.at.is_known(f.c, "cadre")), f.c.organisation).order_by(f.c.valid_from.desc(), f.c.stream)


REELECTIONS = Section(
    "reelections_open", "换届进行中", "Re-elections under way", ("org.reelection", "org.approve"), False, "/reelections?state=open", _reelections
)
SECTIONS = (
    Section(
        "appointments_proposed", "待党组织审定的拟任", "Proposed, awaiting the Party organisation", ("cadre.review",), False,
        "/appointments?every=true&state=proposed", _proposed("proposed"),
    ),
    Section(
        "appointments_in_procedure", "待审批的任职", "In procedure, awaiting approval", ("cadre.approve",), False,
        "/appointments?every=true&state=party_reviewed&state=publicised&state=publicity_ended&state=elected", _proposed(*PROCEDURE),
    ),
    Section(
        "appointments_to_start", "已批复，待任职", "Approved, to be started", ("cadre.start",), False,
        "/appointments?every=true&state=approved", _proposed("approved"),
    ),
    Section("appointments_ending", "主持工作、挂职即将到期", "Acting and seconded posts about to end", ("cadre.start",), False,
            "/appointments?ending=true", _ending),
    Section("reelections_requested", "待批复的换届请示", "Requests for re-election awaiting a decision", ("org.permit",), False,
            "/reelections?state=requested", _awaiting("requested")),
    Section("reelections_reported", "待批复的选举结果", "Election results awaiting approval", ("org.approve",), False,
            "/reelections?state=reported", _awaiting("reported")),
    Section("terms_extension", "待批准的延期换届申请", "Requests to extend a term awaiting a decision", ("org.permit",), False,
            "/terms?state=asked", _extensions),
    Section("terms_overdue", "届满待换届", "Past their end, to be re-elected", ("org.reelection",), True, "/terms?state=overdue", _terms("overdue")),
    Section("terms_due", "即将届满", "Terms about to end", ("org.reelection",), False, "/terms?state=due", _terms("due")),
    Section("reelections_moot", "届次已结束、待取消的换届", "Re-elections of a term that is over, to be cancelled", ("org.reelection",), False,
            "/reelections?state=moot", _moot),
    REELECTIONS,
    Section("vacancies_overdue", "缺位超过90天", "Vacant for over 90 days", ("org.vacancy",), True, "/vacancies?state=overdue", _vacancies),
    Section("appointments_without_paper", "缺批复的任免", "Changes without a document", ("audit.read",), False,
            "/audit/appointments?flag=missing_document", _without_paper),
    Section("reactions_refused", "系统未能自动办理", "Refused by a rule when the system tried", ("cadre.start",), True,
            "/refusals", _refused),
)  # fmt: skip
