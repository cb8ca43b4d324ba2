"""The appointment audit: every change that matches, and the full history of one appointment, each with a plain sentence."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Parameter
from sqlalchemy import Select, Text, and_, or_, select, type_coerce

from services.projection.api.asking import Asked, Asking, Pages, answer
from services.projection.api.sentence import SYSTEM, sentence
from services.projection.indicators.changes import elections, late
from services.projection.views.audit import Audit
from services.projection.views.documents import Documents
from services.projection.views.grants import Grants
from shared.http import NotFound

__all__ = ["router"]

router = APIRouter(tags=["audit"])
w, g, d = Audit.table, Grants.table, Documents.table


@router.get("/audit/appointments")
def changes(
    asking: Asking,
    pages: Pages,
    person: UUID | None = None,
    seat: UUID | None = None,
    document: UUID | None = None,
    actor: Annotated[str | None, Parameter(max_length=200)] = None,
    since: Annotated[date | None, Parameter(alias="from")] = None,
    until: Annotated[date | None, Parameter(alias="to")] = None,
) -> Response:
    """Changes, the latest recorded first. `from`, `to`: days of recording, both included."""
    with asking.open("audit.read", pages) as asked:
        query = asked.within(_select(asked), w.c.organisation, w.c.was_organisation)
        if person:
            query = query.where(or_(w.c.person == person, w.c.was_person == person))
        if seat:
            query = query.where(or_(w.c.seat == seat, w.c.was_seat == seat))
        if document:
            query = query.where(type_coerce(w.c.documents, Text).contains(str(document)))
        if actor:
            query = query.where(or_(w.c.actor == actor, w.c.on_behalf_of == actor))
        if since:
            query = query.where(w.c.recorded_on >= since)
        if until:
            query = query.where(w.c.recorded_on <= until)
        query = query.order_by(w.c.recorded.desc(), w.c.position.desc(), w.c.stream).limit(pages.limit + 1).offset(pages.offset)
        rows = [dict(row) for row in asked.c.execute(query).mappings()]
        more = len(rows) > pages.limit
        return answer(
            {
                "known_at": asked.at.known_at,
                "positions": asked.at.positions,
                "rows": _told(asked, rows[: pages.limit]),
                "cursor": pages.cursor(pages.offset + pages.limit, asked.at) if more else None,
            }
        )


@router.get("/audit/appointments/{id}")
def history(id: UUID, asking: Asking) -> Response:
    """All changes of one appointment in order."""
    with asking.open("audit.read") as asked:
        query = asked.within(_select(asked).where(w.c.stream == id), w.c.organisation, w.c.was_organisation).order_by(w.c.number)
        rows = [dict(row) for row in asked.c.execute(query).mappings()]
        if not rows:
            raise NotFound("id")
        return answer({"id": id, "known_at": asked.at.known_at, "positions": asked.at.positions, "rows": _told(asked, rows)})


def _select(asked: Asked) -> Select[Any]:
    columns = [c for c in w.columns if c.name not in ("region", "late_after", "was_person", "was_organisation", "was_seat")]
    query = select(*columns, late.label("late")).select_from(
        w.outerjoin(elections, and_(elections.c.stream == w.c.reelection, asked.at.is_known(elections.c, "org")))
    )
    recorded = asked.at.recorded(w.c, "cadre")
    return query if recorded is None else query.where(recorded)


def _told(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with names of people (as of the effective date), organisations, accounts and documents, flags in words and the sentence."""
    names = _names(asked, rows)
    accounts = _accounts(asked, {x for row in rows for x in (row["actor"], row["on_behalf_of"]) if x})
    papers = _papers(asked, {UUID(x) for row in rows for x in row["documents"] or ()})
    for row in rows:
        row["appointment"] = row.pop("stream")
        actor = accounts.get(row["actor"], row["actor"])
        lender = accounts.get(row["on_behalf_of"], row["on_behalf_of"])
        known = [papers.get(x, {"id": x, "title": x[:8]}) for x in row["documents"] or ()]
        row |= {
            "actor_name": actor,
            "on_behalf_of_name": lender,
            "documents": known,
            "person_name": names.get(str(row["person"])),
            "organisation_name": names.get(str(row["organisation"])),
            "flags": _flags(row),
        }
        row["sentence"] = sentence(row, names, [f"{p['number']}" if p.get("number") else f"《{p['title']}》" for p in known], actor, lender)
    return rows


def _flags(row: dict[str, Any]) -> list[str]:
    return [zh for key, zh in (("opening", "期初数据"), ("missing_document", "缺批复"), ("late", "补录"), ("back_dated", "倒填")) if row[key]]


def _names(asked: Asked, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Of everything before and after names: organisations as of the date asked for, people likewise."""
    ids = {UUID(s[k]) for row in rows for s in (row["before"], row["after"]) if s for k in ("person", "organisation") if s.get(k)}
    found = {str(id): asked.tree.nodes[id].name for id in ids if id in asked.tree.nodes}
    return found | {str(id): name for id, name in asked.people(ids - set(map(UUID, found))).items() if name}


def _accounts(asked: Asked, ids: set[str]) -> dict[str, str]:
    query = select(g.c.account, g.c.account_name).where(g.c.account.in_(ids), asked.at.is_known(g.c, "org")).order_by(g.c.starts_on)
    own = {id: SYSTEM[0] for id in ids if id == "system" or id.endswith((".policies", ".clock"))}
    return own | {account: name for account, name in asked.c.execute(query)}


def _papers(asked: Asked, ids: set[UUID]) -> dict[str, dict[str, Any]]:
    query = select(d.c.stream, d.c.number, d.c.title, d.c.issuer, d.c.dated, d.c.kind).where(d.c.stream.in_(ids), asked.at.is_known(d.c, "org"))
    return {
        str(row.stream): {"id": str(row.stream), "number": row.number, "title": row.title, "issuer": row.issuer, "dated": row.dated, "kind": row.kind}
        for row in asked.c.execute(query)
    }
