"""The appointment audit: every change that matches, and the full history of one appointment, each with a plain sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import BigInteger, Select, Table, and_, func, select, tuple_, type_coerce

from services.projection.api.accounts import accounts_of
from services.projection.api.asking import FEW, Asked, Asking, Named, Pages, Paging, answer
from services.projection.api.changed import Changed
from services.projection.api.columns import AUDIT, Shape
from services.projection.api.sentence import called, flags_of, printed, sentence
from services.projection.indicators.changes import elections, late
from services.projection.views.audit import Audit
from services.projection.views.documents import Documents
from shared.http import NotFound
from shared.kept import history_of
from shared.words import FLAGS

__all__ = ["acts", "chosen", "cited", "latest", "page", "papers_of", "router", "told"]

router = APIRouter(tags=["audit"])
TRAIL = 2000  # changes of one request: a province's largest re-election has a few hundred
NAMED = ("person", "organisation")
w, d = Audit.table, Documents.table


@router.get("/audit/appointments")
def changes(asking: Asking, pages: Pages, shape: Shape, changed: Changed) -> Response:
    """Changes, the latest recorded first. `from`, `to`: days of recording, both included."""
    with asking.open("audit.read", pages) as asked:
        found = changed.narrow(asked, chosen(asked))
        if shape.format != "json":
            return shape.page(asked, found.order_by(*latest(asked, w)), pages, AUDIT, printed(told))
        return page(asked, pages, w, found, chosen(asked), told)


def latest(asked: Asked, table: Table) -> tuple[Any, ...]:
    """The order of an audit, the latest first. As a sum no index has it: of a few organisations all changes are read and sorted. The index of all
    changes would be walked back to wherever theirs begin, which after the first load of a province is anywhere."""
    few = asked.c.dialect.name == "postgresql" and not asked.all and len(asked.groups(whole=True).place) <= FEW
    recorded = type_coerce(table.c.recorded, BigInteger) + 0 if few else table.c.recorded
    return recorded.desc(), table.c.position.desc(), table.c.stream


def page(asked: Asked, pages: Paging, table: Table, found: Select[Any], whole: Select[Any], told: Named) -> Response:
    """A page of what was found in an audit: sorted are its keys alone, for the rows (of `whole`) are wide."""
    c, order = table.c, latest(asked, table)
    keys = found.with_only_columns(c.stream, c.number).order_by(*order).limit(pages.limit + 1).offset(pages.offset)
    rows = [dict(row) for row in asked.c.execute(whole.where(tuple_(c.stream, c.number).in_(keys)).order_by(*order)).mappings()]
    turned = {"cursor": pages.next(len(rows) > pages.limit, asked.at), "previous": pages.previous(asked.at)}
    return asked.answer(rows=told(asked, rows[: pages.limit]), **turned)


@router.get("/audit/appointments/total")
def total(asking: Asking, changed: Changed) -> Response:
    """How many changes match, which is how many a file of them would hold."""
    with asking.open("audit.read") as asked:
        n = asked.c.scalar(select(func.count()).select_from(changed.narrow(asked, chosen(asked)).subquery("found")))
        return answer({"known_at": asked.at.known_at, "positions": asked.at.positions, "total": n})


@router.get("/audit/trail/{correlation}")
def trail(correlation: str, asking: Asking) -> Response:
    """All changes that one request brought about, wherever they followed, in the order of recording; with the re-election case behind them."""
    with asking.open("audit.read") as asked:
        query = asked.within(chosen(asked).where(w.c.correlation == correlation), w.c.organisation, w.c.was_organisation)
        rows = [dict(row) for row in asked.c.execute(query.order_by(w.c.recorded, w.c.position).limit(TRAIL)).mappings()]
        if not rows:
            raise NotFound("correlation")
        cases = [id for row in rows if (id := row["reelection"])]
        told_of = acts(asked, "org", asking.q.request.app.state.region, set(cases))
        behind = [{k: v for k, v in act.items() if k != "event"} for act in told_of if act["correlation"] == correlation]
        return answer({"known_at": asked.at.known_at, "positions": asked.at.positions, "rows": told(asked, rows), "events": behind})


@router.get("/audit/appointments/{id}")
def history(id: UUID, asking: Asking) -> Response:
    """All changes of one appointment in order."""
    with asking.open("audit.read") as asked:
        query = asked.within(chosen(asked).where(w.c.stream == id), w.c.organisation, w.c.was_organisation).order_by(w.c.number)
        rows = [dict(row) for row in asked.c.execute(query).mappings()]
        if not rows:
            raise NotFound("id")
        return answer({"id": id, "known_at": asked.at.known_at, "positions": asked.at.positions, "rows": told(asked, rows)})


def chosen(asked: Asked) -> Select[Any]:
    columns = [c for c in w.columns if c.name not in ("region", "late_after", "was_person", "was_organisation", "was_seat")]
    query = select(*columns, late.label("late")).select_from(
        w.outerjoin(elections, and_(elections.c.stream == w.c.reelection, asked.at.is_known(elections.c, "org")))
    )
    recorded = asked.at.recorded(w.c, "cadre")
    return query if recorded is None else query.where(recorded)


def told(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with names of people (as of the effective date), organisations, accounts and documents, flags in words and the sentence."""
    names = _names(asked, rows)
    accounts = accounts_of(asked, {x for row in rows for x in (row["actor"], row["on_behalf_of"]) if x})
    papers = papers_of(asked, {UUID(x) for row in rows for x in row["documents"] or ()})
    for row in rows:
        row["appointment"] = row.pop("stream")
        actor = accounts.get(row["actor"], row["actor"])
        lender = accounts.get(row["on_behalf_of"], row["on_behalf_of"])
        known = cited(papers, row["documents"] or ())
        row |= {
            "actor_name": actor,
            "on_behalf_of_name": lender,
            "documents": known,
            "person_name": names.get(str(row["person"])),
            "organisation_name": names.get(str(row["organisation"])),
            "flags": [FLAGS[flag][0] for flag in flags_of(row)],
            "names": {str(s[k]): names[str(s[k])] for s in (row["before"], row["after"]) if s for k in NAMED if str(s.get(k)) in names},
        }
        row["sentence"] = sentence(row, names, [called(p) for p in known], actor, lender)
        row["person"] = row["person"] and asked.same.one(row["person"])
    return rows


def _names(asked: Asked, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Of everything before and after names: organisations as of the date asked for, people likewise."""
    ids = {UUID(s[k]) for row in rows for s in (row["before"], row["after"]) if s for k in NAMED if s.get(k)}
    found = {str(id): asked.tree.nodes[id].name for id in ids if id in asked.tree.nodes}
    return found | {str(id): name for id, name in asked.people(ids - set(map(UUID, found))).items() if name}


def acts(asked: Asked, service: str, region: str, streams: set[UUID]) -> list[dict[str, Any]]:
    """What was recorded about some aggregates, from the facts themselves: when, what kind, by whom, on what paper, in order of recording."""
    until = asked.at.known.get((region, service))
    history = [e for e in history_of(asked.c, region, sorted(streams)) if until is None or e.position <= until]
    history.sort(key=lambda e: e.position)
    names = accounts_of(asked, {x for e in history for x in (e.meta.actor, e.meta.on_behalf_of) if x})
    papers = papers_of(asked, {x for e in history for x in e.meta.documents})
    return [
        {
            "id": e.id,
            "stream": e.stream,
            "recorded": e.at,
            "kind": e.name,
            "actor": e.meta.actor,
            "actor_name": names.get(e.meta.actor, e.meta.actor),
            "on_behalf_of_name": names.get(e.meta.on_behalf_of or "", e.meta.on_behalf_of),
            "reason": e.meta.reason,
            "correlation": e.meta.correlation,
            "documents": cited(papers, map(str, e.meta.documents)),
            "event": e,
        }
        for e in history
    ]


def cited(papers: Mapping[str, dict[str, Any]], ids: Iterable[str]) -> list[dict[str, Any]]:
    """The papers of `papers_of`; one that is not there by the beginning of its id."""
    return [papers.get(id, {"id": id, "title": id[:8]}) for id in ids]


def papers_of(asked: Asked, ids: set[UUID]) -> dict[str, dict[str, Any]]:
    query = select(d.c.stream, d.c.number, d.c.title, d.c.issuer, d.c.dated, d.c.kind).where(d.c.stream.in_(ids), asked.at.is_known(d.c, "org"))
    return {
        str(row.stream): {"id": str(row.stream), "number": row.number, "title": row.title, "issuer": row.issuer, "dated": row.dated, "kind": row.kind}
        for row in asked.c.execute(query)
    }
