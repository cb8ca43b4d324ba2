"""One person: her profile over time, every appointment with its papers, secondments, certificates, and who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import or_, select

from services.cadre import events as cadre
from services.cadre.events.timeline import departures
from services.projection.api.asking import Asked, Asking
from services.projection.api.audit import acts, chosen, cited, papers_of, told
from services.projection.api.recorded import PROFILES, changed
from services.projection.api.secondments import seconded
from services.projection.api.sentence import profile_sentence
from services.projection.views.appointments import Appointments
from services.projection.views.audit import Audit
from services.projection.views.directory import Directory
from services.projection.views.people import PROFILE, People
from services.projection.views.secondments import Secondments
from shared.calendar import FOREVER, age
from shared.http import NotFound

__all__ = ["router"]

router = APIRouter(tags=["people"])
a, n, p, w = Appointments.table, Directory.table, People.table, Audit.table
OFFICE = (
    *("organisation", "seat", "role", "engagement", "mode", "status", "in_office", "starts_on", "ends_on", "end_reason", "precision", "opening"),
    *("back_dated", "term", "reelection", "valid_from"),
)


@router.get("/cadres/{id}")
def person(id: UUID, asking: Asking) -> Response:
    """As of the date; appointments of all dates, those of her other `records` (merged into one with this) among them. `changes` is null without the
    right to the audit. 404 outside the caller's area."""
    with asking.open("cadre.read") as asked:
        ids = asked.same.records([id])
        held = _appointments(asked, ids)
        profiles = _profiles(asked, id)
        now = next((r for r in profiles if r["valid_from"] <= asked.at.as_of < r["valid_to"]), None)
        if not profiles or not _within(asked, now or profiles[-1], held):
            raise NotFound("id")
        told_of = {one: _recorded(asked, asking.q.request.app.state.region, one) for one in ids}
        audited = asking.also(asked, "audit.read")
        return asked.answer(
            id=id,
            now=now and _described(asked, now),
            **_flags(asked, id),
            departed=_departed(told_of[id]),
            profiles=_changing(asked, profiles),
            appointments=_papered(asked, ids, held),
            secondments=seconded(asked, Secondments.table.c.person.in_(ids)),
            certificates=_certificates(asked, [act for some in told_of.values() for act in some]),
            records=_records(asked, [one for one in ids if one != id]),
            trainings=[],
            changes=_changes(audited, told_of) if audited else None,
        )


def _within(asked: Asked, profile: dict[str, Any], held: Iterable[dict[str, Any]]) -> bool:
    """Her record is kept in the area, or she holds or is to hold a post there: as the list of people has it, with those on their way."""
    if asked.all:
        return True
    inside = asked.groups(whole=True).place
    day = asked.at.as_of
    return profile["home"] in inside or any(r["organisation"] in inside and (r["valid_to"] > day or not r["in_office"]) for r in held)


def _profiles(asked: Asked, id: UUID) -> list[dict[str, Any]]:
    columns = (*(p.c[c] for c in PROFILE), p.c.home, p.c.merged_into, p.c.valid_from, p.c.valid_to)
    query = select(*columns).where(p.c.stream == id, asked.at.is_known(p.c, "cadre")).order_by(p.c.valid_from)
    return [dict(r) for r in asked.c.execute(query).mappings()]


def _described(asked: Asked, row: dict[str, Any]) -> dict[str, Any]:
    born = row["born_on"]
    return {**row, "age": born and age(born, asked.at.as_of), "home_name": asked.called(row["home"])}


def _flags(asked: Asked, id: UUID) -> dict[str, bool]:
    query = select(n.c.has_id_number, n.c.has_phone).where(n.c.stream == id, asked.at.is_known(n.c, "cadre"), n.c.reading == 0).limit(1)
    row = asked.c.execute(query).first()
    return {"has_id_number": bool(row and row[0]), "has_phone": bool(row and row[1])}


def _changing(asked: Asked, profiles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The latest first, each with what differs from the one before."""
    rows = []
    for before, row in zip([{}, *profiles], profiles, strict=False):
        differs = [k for k in (*PROFILE, "home") if before and before[k] != row[k]]
        until = None if row["valid_to"] == FOREVER else row["valid_to"]
        rows.append({**_described(asked, row), "valid_to": until, "changed": differs})
    return rows[::-1]


def _records(asked: Asked, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Her other records, as they were called."""
    query = select(p.c.stream.label("id"), p.c.person_name, p.c.home, p.c.merged_into).where(p.c.stream.in_(ids), asked.at.holds(p.c, "cadre"))
    return asked.named([dict(row) for row in asked.c.execute(query.order_by(p.c.stream)).mappings()])


def _appointments(asked: Asked, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """One row an appointment, as it stands on the date (else its last interval)."""
    query = select(a.c.stream.label("appointment"), a.c.valid_to, a.c.note, *(a.c[c] for c in OFFICE))
    query = query.where(a.c.person.in_(ids), asked.at.is_known(a.c, "cadre")).order_by(a.c.valid_from, a.c.stream)
    found: dict[UUID, dict[str, Any]] = {}
    for row in asked.c.execute(query).mappings():
        if row["appointment"] not in found or row["valid_from"] <= asked.at.as_of:
            found[row["appointment"]] = dict(row)
    return sorted(found.values(), key=lambda r: (r["starts_on"], r["valid_from"]), reverse=True)


def _papered(asked: Asked, ids: Sequence[UUID], held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    query = select(w.c.stream, w.c.documents, w.c.missing_document).where(or_(w.c.person.in_(ids), w.c.was_person.in_(ids)))
    recorded = asked.at.recorded(w.c, "cadre")
    rows = asked.c.execute(query if recorded is None else query.where(recorded)).all()
    papers = papers_of(asked, {UUID(x) for _, documents, _ in rows for x in documents or ()})
    for row in held:
        mine = [(documents, missing) for stream, documents, missing in rows if stream == row["appointment"]]
        row["documents"] = cited(papers, dict.fromkeys(x for documents, _ in mine for x in documents or ()))
        row["missing_document"] = any(missing for _, missing in mine)
        until = row.pop("valid_to")
        row["current"] = row["in_office"] and row["valid_from"] <= asked.at.as_of < until
    return asked.named(held)


def _recorded(asked: Asked, region: str, id: UUID) -> list[dict[str, Any]]:
    return [{**act, "kind": PROFILES[act["kind"]]} for act in acts(asked, "cadre", region, {id}) if act["kind"] in PROFILES]


def _departed(told_of: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Her death, departure or expulsion, as the page of the person says it."""
    gone, back = next(reversed(departures(act["event"].fact for act in told_of)), (None, None))
    return {"effective": gone.effective, "why": gone.why} if gone and not back else None


def _certificates(asked: Asked, told_of: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for act in told_of:
        fact = act["event"].fact
        if isinstance(fact, cadre.CertificateIssued):
            rows.append({**fact.__dict__, "issuer_name": asked.called(fact.issuer), "documents": act["documents"]})
    return rows[::-1]


def _changes(asked: Asked, told_of: Mapping[UUID, Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Of her posts and of the profile of each of her records, the latest recorded first."""
    hers = or_(w.c.person.in_(list(told_of)), w.c.was_person.in_(list(told_of)))
    query = asked.within(chosen(asked), w.c.organisation, w.c.was_organisation).where(hers)
    rows = told(asked, [dict(row) for row in asked.c.execute(query.order_by(w.c.recorded, w.c.position)).mappings()])
    for some in told_of.values():
        history = [act.pop("event") for act in some]
        name = ""
        for act, event, (_, differs) in zip(some, history, changed(history), strict=True):
            name = (event.data.get("profile") or {}).get("person_name") or name
            row = {**act, "effective": event.data.get("effective"), "changed": differs, "why": event.data.get("why")}
            rows.append({**row, "sentence": profile_sentence(row, name)})
    return sorted(rows, key=lambda r: r["recorded"], reverse=True)
