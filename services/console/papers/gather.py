"""Fetches what the papers are filled with, through the other services' APIs with the reader's own rights, and puts it into their shapes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.console.backend import Backend, Trouble
from services.console.labels import label
from services.console.papers.shapes import ApprovalForm, Certificate, Relative, Roster, RosterRow
from shared.words import ELECTED, ROLES

__all__ = ["LEADERS", "MOST", "OFFICES", "approval_form", "certificate", "honour", "month", "refused", "roster"]

PENDING = ("proposed", "party_reviewed", "publicised", "publicity_ended", "elected", "approved", "started")
VOTE = ("executive_member", "member", "standing_member", "vice_chair", "deputy_director", "chair", "director")  # in this order
FORMAL = {"executive_member": "执行委员会委员", "member": "委员会委员", "standing_member": "常务委员"}  # where a ballot says it in full
OFFICES = {role: FORMAL.get(role) or ROLES[role][0] for role in VOTE}
LEADERS = ("chair", "vice_chair", "standing_member")
MEMBERS = ("executive_member", "member")
MOST = 3_000  # lines of a printed roster


def refused(code: str, zh: str, en: str, status: int = 409, back: str = "") -> Trouble:
    """`back`: the page of ours where it is put right."""
    return Trouble(status, [{"pointer": "", "code": code, "message": {"zh-CN": zh, "en": en}, "back": back}])


def month(day: str | None, precision: str | None = "day") -> str | None:
    """1980.05, or the year alone where no more is known."""
    return day and (day[:4] if precision == "year" else f"{day[:4]}.{day[5:7]}")


def words(row: Mapping[str, Any]) -> dict[str, Any]:
    """What every form says of a person."""
    return {
        "name": row.get("person_name") or "",
        "sex": label("sex", row.get("sex")),
        "ethnicity": row.get("ethnicity"),
        "born": month(row.get("born_on"), row.get("born_precision")),
        "political": label("political", row.get("political")),
        "degree": label("degree", row.get("degree")),
        "employer_and_post": row.get("employer_and_post"),
    }


def post(a: Mapping[str, Any]) -> str:
    return f"{a.get('organisation_name') or ''}{label('office', a['role'])}"


async def approval_form(api: Backend, id: str) -> ApprovalForm:
    """干部任免审批表 of a person, as of today: the rest is written by hand."""
    found = await api.get("projection", f"/cadres/{id}")
    now, posts = found["now"] or {}, found["appointments"]
    said = words(now)
    held = sorted((a for a in posts if a["in_office"] and a["starts_on"]), key=lambda a: str(a["starts_on"]))
    day = found["as_of"]
    return ApprovalForm(
        **{k: said[k] for k in ("name", "sex", "ethnicity", "born")},
        age=now.get("age"),
        degree=said["degree"],
        present_post=joined([now.get("employer_and_post") or "", *(post(a) for a in held if not a["ends_on"] or a["ends_on"] > day)]),
        proposed_post=joined([post(a) for a in posts if a["status"] in PENDING]),
        relieved_post=joined([post(a) for a in held if a["ends_on"] and a["ends_on"] > day and a["end_reason"]]),
        resume=tuple((f"{month(a['starts_on'], a['precision'])}—{month(a['ends_on']) or ''}", post(a)) for a in held),
        submitted_by=now.get("home_name"),
        family=tuple[Relative, ...](),
    )


def joined(words: Sequence[str]) -> str:
    return "；".join(dict.fromkeys(w for w in words if w))


def honour(role: str) -> tuple[str, str]:
    """The office as a certificate names it, and the body it is of."""
    office = "委员" if role in MEMBERS else OFFICES.get(role) or label("office", role)
    return office, "执行委员会" if role in (*LEADERS, "executive_member") else "委员会"


async def certificate(api: Backend, id: str) -> Certificate:
    """Of an appointment for which one was issued."""
    appointment = await api.get("cadre", f"/appointments/{id}")
    held = appointment["post"]
    person, organisation = await asyncio.gather(
        api.get("projection", f"/cadres/{held['person']}"), api.get("org", f"/organisations/{held['organisation']}")
    )
    issued = next((c for c in person["certificates"] if c["appointment"] == id), None)
    if not issued:
        raise refused(
            "certificate_missing",
            "该任职尚未颁发证书，请先由上级妇联登记颁发证书，再打印。",
            "No certificate was issued for this post yet; the superior federation issues it first.",
            404,
        )
    office, body = honour(held["role"])
    own: Mapping[str, Any] = next((a for a in person["appointments"] if a["appointment"] == id), {})
    term = await api.get("org", f"/terms/{held['term']}") if held.get("term") else {}
    return Certificate(
        name=(person["now"] or {}).get("person_name") or "",
        organisation=organisation["full_name"],
        office=office,
        body=body,
        term_no=term.get("term_no"),
        starts_on=own.get("starts_on"),
        number=issued["number"],
        issuer=issued.get("issuer_name"),
        issued_on=issued["issued_on"],
        elected=held["mode"] in ELECTED,
    )


async def roster(api: Backend, id: str, as_of: str | None, own: bool = False, narrowed: Mapping[str, Any] | None = None, said: str = "") -> Roster:
    """The roster of an organisation and all below it, or of it alone; `narrowed`: as the list is filtered, `said`: the same in words."""
    asked = {**(narrowed or {}), "area": id, "as_of": as_of, "organisation": id if own else None}
    organisation, found = await asyncio.gather(api.get("org", f"/organisations/{id}"), api.get("projection", "/reports/roster", **asked))
    rows: list[Mapping[str, Any]] = found["rows"]
    if found["cursor"] or len(rows) > MOST:
        raise refused(
            "roster_too_long",
            f"人数超过{MOST}人，请缩小到一个乡镇，或导出 Excel。",
            f"More than {MOST} people: choose a township, or export to Excel.",
        )
    return Roster(organisation=organisation["full_name"], narrowed=said, as_of=date.fromisoformat(found["as_of"]), rows=tuple(line(r) for r in rows))


def line(r: Mapping[str, Any]) -> RosterRow:
    own = (("期初数据", r["opening"]), ("停职", r["status"] == "suspended"), ("主持工作", r["mode"] == "acting"))
    notes = dict.fromkeys([text for text, yes in own if yes] + [r["note"]] * bool(r["note"]))
    return RosterRow(
        **words(r),
        offices="、".join(label("office", role) for role in r["roles"]),
        engagement=label("engagement", r["engagement"]),
        in_two_committees=label("", r["in_two_committees"]) if r["in_two_committees"] is not None else None,
        holds_both_posts=label("", r["holds_both_posts"]) if r["holds_both_posts"] is not None else None,
        newly=label("", r["newly_appointed"]),
        since=month(r["starts_on"], r["precision"]),
        phone="（已留存）" if r.get("has_phone") else None,
        notes="；".join(notes),
    )
