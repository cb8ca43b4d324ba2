"""Fetches a re-election case with its organisation, seats, terms, candidates and figures, and makes of it each of the seven papers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.backend import Backend
from services.console.labels import label
from services.console.organisations.candidates import proposed
from services.console.papers import shapes
from services.console.papers.gather import LEADERS, OFFICES, honour, refused, words
from services.console.papers.shapes import Certificate, Count, Person, Seat, Section, Vote
from shared.strokes import strokes
from shared.words import ROLES

__all__ = ["KINDS", "election"]

FORMS = {"congress": "妇女代表大会", "general_meeting": "全体妇女大会", "executive_plenary": "执行委员会全体会议"}
PLENARY = "新一届执行委员会第一次全体会议"
EQUAL = ("standing_member", "vice_chair", "chair", "director")  # 等额 [K3, O7]
APPROVED = ("result_approved", "filed", "closed")
AT_ONCE = 8  # questions about people


@dataclass(frozen=True)
class Election:
    """What the services know of a case: `people` by id, `candidates` as reported, or those proposed before the vote."""

    id: str
    case: Mapping[str, Any]
    organisation: Mapping[str, Any]
    superior: str | None
    term: Mapping[str, Any]
    new_term: Mapping[str, Any]
    candidates: Sequence[Mapping[str, Any]]
    people: Mapping[str, Mapping[str, Any]]

    @property
    def held(self) -> Mapping[str, Any]:
        return self.case.get("held") or {}

    @property
    def reported(self) -> Mapping[str, Any]:
        return self.case.get("reported") or {}

    def head(self) -> dict[str, Any]:
        before = self.term.get("term_no")
        return {
            "organisation": self.organisation["full_name"],
            "superior": self.superior,
            "term_no": self.new_term.get("term_no") or (before + 1 if before else 1),
            "form": FORMS.get(self.held.get("form", "")),
            "held_on": self.held.get("held_on"),
        }

    def seats(self) -> tuple[Seat, ...]:
        found = capacities(self.organisation)
        return tuple(Seat(office=OFFICES[role], capacity=found[role], equal=role in EQUAL) for role in ROLES if role in found)

    def count(self, role: str) -> Count:
        """The figures of the meeting that voted on the office."""
        figures = self.reported.get("plenary") if role in LEADERS and self.reported.get("plenary") else self.held
        return Count(**{k: figures.get(k) for k in Count.model_fields}) if figures else Count()

    def meeting(self, role: str) -> str:
        apart = role in LEADERS and (self.reported.get("plenary") or not self.reported)
        return PLENARY if apart else FORMS.get(self.held.get("form", ""), "妇女代表大会")

    def sections(self) -> tuple[Section, ...]:
        found = capacities(self.organisation)
        roles = [r for r in OFFICES if r in found or any(c["role"] == r for c in self.candidates)]
        return tuple(
            Section(
                office=OFFICES[r],
                seats=found.get(r, 0),
                meeting=self.meeting(r),
                count=self.count(r),
                votes=tuple(self.vote(c) for c in self.ordered(r)),
            )
            for r in roles
        )

    def ordered(self, role: str) -> list[Mapping[str, Any]]:
        return sorted((c for c in self.candidates if c["role"] == role), key=lambda c: strokes(self.name(c)))

    def name(self, candidate: Mapping[str, Any]) -> str:
        return str((self.people.get(candidate["person"]) or {}).get("person_name") or "")

    def vote(self, c: Mapping[str, Any]) -> Vote:
        return Vote(name=self.name(c), **{k: c.get(k) for k in ("favour", "against", "abstain", "write_in", "elected")})

    def team(self, elected: bool) -> tuple[Person, ...]:
        """One line a person, her offices beside each other, leaders first."""
        some = [c for role in reversed(OFFICES) for c in self.ordered(role) if c.get("elected") or not elected]
        offices: dict[str, list[str]] = {}
        for c in some:
            offices.setdefault(c["person"], []).append(label("office", c["role"]))
        first = {c["person"]: c for c in reversed(some)}
        return tuple(
            Person(
                **words(self.people.get(id) or {}),
                office="、".join(said),
                engagement=label("engagement", first[id].get("engagement")),
                newly=self.newly(id) if elected else None,
            )
            for id, said in offices.items()
        )

    def newly(self, person: str) -> bool:
        """No post in this organisation before."""
        posts = (self.people.get(person) or {}).get("posts", ())
        return not any(a["organisation"] == self.case["organisation"] and a["starts_on"] and a["starts_on"] < self.held["held_on"] for a in posts)


def capacities(organisation: Mapping[str, Any]) -> dict[str, int]:
    """Seats by role, as they are today."""
    found: dict[str, int] = {}
    for seat in organisation["seats"]:
        if seat["role"] in OFFICES:
            found[seat["role"]] = found.get(seat["role"], 0) + seat["capacity"]
    return found


async def election(api: Backend, id: str) -> Election:
    case = await api.get("org", f"/reelections/{id}")
    organisation, term, new_term, candidates = await asyncio.gather(
        api.get("org", f"/organisations/{case['organisation']}"), told(api, case["term"]), told(api, case["new_term"]), standing(api, case)
    )
    superior, people = await asyncio.gather(above(api, organisation.get("parent")), known(api, {c["person"] for c in candidates}))
    return Election(id, case, organisation, superior, term, new_term, candidates, people)


async def told(api: Backend, term: str | None) -> Mapping[str, Any]:
    return await api.get("org", f"/terms/{term}") if term else {}


async def above(api: Backend, parent: str | None) -> str | None:
    return (await api.get("org", f"/organisations/{parent}"))["full_name"] if parent else None


async def standing(api: Backend, case: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The candidates of the result; before it, those proposed for election."""
    if case["reported"]:
        return list(case["reported"]["candidates"])
    return list(await proposed(api, case["organisation"], case["planned_on"]))


async def known(api: Backend, ids: set[str]) -> dict[str, Mapping[str, Any]]:
    """Profiles by id; a person out of the reader's reach stays blank."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(id: str) -> tuple[str, Mapping[str, Any]]:
        async with gate:
            found = await api.known("projection", f"/cadres/{id}")
        return id, {**(found["now"] or {}), "posts": found["appointments"], "certificates": found["certificates"]} if found else {}

    return dict(await asyncio.gather(*(one(id) for id in sorted(ids))))


def request(e: Election) -> shapes.Request:
    return shapes.Request(
        **e.head(),
        since=e.term.get("starts_on"),
        term_months=e.term.get("term_months"),
        ends_on=e.term.get("ends_on"),
        planned_on=e.case.get("congress_on"),
        entitled=e.held.get("entitled"),
        seats=e.seats(),
        candidates=e.team(elected=False),
    )


def ballot(e: Election) -> shapes.Ballot:
    """Of the offices whose candidates are known."""
    return shapes.Ballot(**e.head(), sections=tuple(s for s in e.sections() if s.votes))


def filing(e: Election) -> shapes.Filing:
    return shapes.Filing(
        **e.head(),
        count=e.count("executive_member"),
        term_months=e.new_term.get("term_months"),
        starts_on=e.new_term.get("starts_on"),
        ends_on=e.new_term.get("ends_on"),
        approved_on=e.case["since"] if e.case["state"] == "result_approved" else None,
        team=e.team(elected=True),
    )


def certificates(e: Election) -> shapes.Certificates:
    if e.case["state"] not in APPROVED:
        raise refused(
            "result_not_approved",
            "选举结果尚未批复，批复后才能打印当选证书。",
            "The result is not approved yet; certificates are printed after the approval.",
            back=f"/reelections/{e.id}",
        )
    highest: dict[str, str] = {}
    for role in reversed(OFFICES):
        for c in e.ordered(role):
            if c["elected"]:
                highest.setdefault(c["person"], role)
    return shapes.Certificates(certificates=tuple(won(e, id, role) for id, role in highest.items()))


def won(e: Election, id: str, role: str) -> Certificate:
    """Of her highest office."""
    about = e.people.get(id) or {}
    posts = {a["appointment"] for a in about.get("posts", ()) if a["reelection"] == e.id}
    issued: Mapping[str, Any] = next((c for c in about.get("certificates", ()) if c["appointment"] in posts), {})
    office, body = honour(role)
    head = {k: v for k, v in e.head().items() if k in ("organisation", "term_no")}
    return Certificate(
        **head,
        name=about.get("person_name") or "",
        office=office,
        body=body,
        starts_on=e.held["held_on"],
        number=issued.get("number"),
        issuer=issued.get("issuer_name") or e.superior,
        issued_on=issued.get("issued_on"),
    )


KINDS = {
    "request": request,
    "rules": lambda e: shapes.Rules(**e.head(), seats=e.seats()),
    "ballot": ballot,
    "tally": lambda e: shapes.Tally(**e.head(), sections=e.sections()),
    "result": lambda e: shapes.Result(**e.head(), sections=e.sections()),
    "filing": filing,
    "certificate": certificates,
}
