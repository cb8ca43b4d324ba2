"""What people do in the stories, each act as its real route of HTTP commands by the people whose business it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from shared.fact import new_id
from tests.story.county import PLACES, Account, County, ago, ok

__all__ = ["LONG_AGO", "PDF", "Village", "appoint", "candidate", "congress", "elect", "established", "paper", "person", "relieve", "roster", "seats"]

LONG_AGO = 2390
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FIGURES = {"entitled": 100, "present": 90, "issued": 90, "returned": 88, "valid": 87}


def paper(who: Account, organisation: object, kind: str = "approval", scan: bool = False, **more: Any) -> str:
    """A document of the library, with its scan when asked for."""
    number = f"县妇字〔2026〕{uuid4().int % 9000}号"
    body = {"kind": kind, "number": number, "title": "关于同意的批复", "issuer": "县妇联", "dated": ago(0), "organisation": str(organisation)}
    id = who.do("org", "/documents", **(body | more))
    if scan:
        named = {"Content-Disposition": "attachment; filename*=UTF-8''%E6%89%B9%E5%A4%8D.pdf", "Content-Type": "application/pdf"}
        ok(who.post("org", f"/documents/{id}/files", json=None, content=PDF, headers=named))
    return id


def established(county: County, name: str, *, by: Account, approved_by: Account, parent: object = PLACES["township"], level: str = "village",
                days: int = LONG_AGO, papers: tuple[str, ...] = (), **more: Any) -> str:  # fmt: skip
    """Proposed by one, established by another of the superior federation under an approval."""
    body = {"full_name": f"{name}妇女联合会", "short_name": f"{name}妇联", "org_type": "federation", "level": level, "parent": str(parent),
            "proposed_on": ago(days + 10)}  # fmt: skip
    id = by.do("org", "/organisations", **(body | more))
    documents = list(papers) or [paper(approved_by, PLACES["county"])]
    approved_by.do("org", f"/organisations/{id}/establishment", established_on=ago(days), documents=documents)
    return id


def seats(who: Account, organisation: str, days: int = LONG_AGO, **capacities: int) -> dict[str, str]:
    """A plan of a seat a role: role -> seat."""
    plan = [{"seat": str(new_id()), "role": role, "capacity": n} for role, n in capacities.items()]
    who.do("org", f"/organisations/{organisation}/seats", seats=plan, effective=ago(days))
    return {str(s["role"]): str(s["seat"]) for s in plan}


def person(who: Account, name: str, home: object, **profile: Any) -> str:
    profile = {"person_name": name, "sex": "female", "ethnicity": "汉族", "born_on": "1985-06-01", "degree": "bachelor", "staffing": "other",
               "population": "federation_cadre", **profile}  # fmt: skip
    return who.do("cadre", "/cadres", profile=profile, home=str(home))


def passed(county: County, someone: str, organisation: str, seat: str, days: int, mode: str = "by_election",
           elected: int | None = None, approved: bool = False, **more: Any) -> str:  # fmt: skip
    """Proposed by the township, agreed by the Party organisation and passed by election (or approval) so many days ago, entered by the county."""
    body = {"person": someone, "organisation": organisation, "seat": seat, "engagement": "part_time", "mode": mode, "starts_on": ago(days)}
    id = county.township.do("cadre", "/appointments", **(body | more))
    officer, on = county.county, ago(max(elected or days, 0))
    officer.do("cadre", f"/appointments/{id}/party-decision", agreed=True, decided_on=on, authority="镇党委")
    step, day = ("approval", "approved_on") if approved else ("election", "elected_on")
    officer.do("cadre", f"/appointments/{id}/{step}", **{day: on})
    return id


def appoint(county: County, someone: str, organisation: str, seat: str, days: int, **more: Any) -> str:
    """In office from so many days ago (ahead when negative), under a paper."""
    id = passed(county, someone, organisation, seat, days, **more)
    documents = [paper(county.county, PLACES["county"], "appointment")]
    county.county.do("cadre", f"/appointments/{id}/start", starts_on=ago(days), reason="补录任免文件", documents=documents)
    return id


def relieve(county: County, appointment: str, days: int, why: str = "transferred") -> Any:
    body = {"effective": ago(days), "end_reason": why, "reason": "工作调动，按文件补录"}
    return county.county.post("cadre", f"/appointments/{appointment}/relief", body)


def candidate(someone: str, seat: str, role: str, favour: int = 80, **more: Any) -> dict[str, Any]:
    return {"person": someone, "seat": seat, "role": role, "engagement": "part_time", "favour": favour, **more}


def congress(county: County, organisation: str, days: int, by: Account, approved_by: Account) -> str:
    """Planned, requested, permitted and voted, the congress so many days ago; gives the case."""
    case = by.do("org", "/reelections", organisation=organisation, planned_on=ago(days + 50))
    by.do("org", f"/reelections/{case}/request", requested_on=ago(days + 40))
    approved_by.do("org", f"/reelections/{case}/permit", permitted_on=ago(days + 30), documents=[paper(approved_by, PLACES["county"])])
    by.do("org", f"/reelections/{case}/congress", form="congress", held_on=ago(days), ballot=FIGURES)
    return case


def elect(county: County, organisation: str, team: list[dict[str, Any]], days: int, months: int = 36, by: Account | None = None,
          approved_by: Account | None = None) -> tuple[str, str]:  # fmt: skip
    """The whole case to its close; gives the case and the approval's paper."""
    by, approved_by = by or county.township, approved_by or county.county
    case = congress(county, organisation, days, by, approved_by)
    by.do("org", f"/reelections/{case}/result", candidates=team, reported_on=ago(days - 1))
    document = paper(approved_by, PLACES["county"], scan=True)
    approved_by.do("org", f"/reelections/{case}/approval", approved_on=ago(days - 10), term_months=months, documents=[document])
    approved_by.do("org", f"/reelections/{case}/filing", filed_with="superior_federation", filed_on=ago(days - 12))
    by.do("org", f"/reelections/{case}/close", closed_on=ago(days - 14))
    return case, document


def roster(county: County, organisation: str, as_of: str | None = None, known_at: str | None = None) -> dict[str, list[str]]:
    """Name -> offices, of one organisation and all below it."""
    found = county.provincial.get("projection", "/reports/roster", area=organisation, as_of=as_of, known_at=known_at)
    return {row["person_name"]: sorted(row["roles"]) for row in found["rows"]}


@dataclass
class Village:
    """A village federation with seats for a chair, two vice-chairs and fifteen executives."""

    county: County
    id: str
    seat: dict[str, str]
    people: dict[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls, county: County, name: str, **more: Any) -> Village:
        """Proposed by the township, established by the county, with a term that began 900 days ago."""
        id = established(county, name, by=county.township, approved_by=county.county, **more)
        village = cls(county, id, seats(county.township, id, chair=1, vice_chair=2, executive_member=15))
        county.township.do("org", "/terms", organisation=id, starts_on=ago(900), term_months=60)
        return village

    def person(self, name: str, **profile: Any) -> str:
        self.people[name] = person(self.county.township, name, self.id, **profile)
        return self.people[name]

    def appoint(self, name: str, role: str = "chair", days: int = 800, **more: Any) -> str:
        return appoint(self.county, self.people.get(name) or self.person(name), self.id, self.seat[role], days, **more)
