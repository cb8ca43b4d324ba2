"""The re-election of one village from the list of units to the filed result, told once; the tests look at what it left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.calendar import add_months, today
from tests.story.acts import LONG_AGO, candidate, congress, elect, established, paper, roster, seats
from tests.story.acts import person as registered
from tests.story.county import PLACES, County, ago, eventually

MONTHS, ENDS = 36, 20  # the first term, and how many days ago it ends
HELD = 40  # and the second congress is held before that


@dataclass
class Told:
    """What the story left: ids, and what was known at its turns."""

    village: str
    unit: str
    seat: dict[str, str]
    people: dict[str, str]
    cases: list[str]
    papers: list[str]
    first_on: str
    second_on: str
    known_empty: str
    known_first: str
    known_reported: str
    known_second: str


PROFILES = {
    "王秀英": {"born_on": "1970-03-01", "degree": "bachelor", "staffing": "administrative"},
    "李桂兰": {"born_on": "1988-05-01", "degree": "associate", "staffing": "institution"},
    "赵玉珍": {"born_on": "1995-01-01", "degree": "secondary", "staffing": "other"},
    "孙丽华": {"born_on": "1993-08-01", "degree": "postgraduate", "staffing": "contract"},
}


def tell(county: County, name: str = "示范村") -> Told:
    """Two elections: the first committee, and the team that follows it on the day of the second congress."""
    officer, superior = county.township, county.county
    unit = officer.do("org", "/units", unit_name=name, level="village", field="area", area=str(PLACES["township"]), listed_on=ago(LONG_AGO + 50))
    document = paper(superior, PLACES["county"], scan=True)
    village = established(county, name, by=officer, approved_by=superior, papers=(document,), units=[unit])
    seat = seats(officer, village, chair=1, vice_chair=2, executive_member=15)
    people = {who: registered(officer, who, village, **profile) for who, profile in PROFILES.items()}

    def team(**offices: str) -> list[dict[str, object]]:
        """Everybody named is elected executive, and to her office besides."""
        both = [candidate(people[who], seat["executive_member"], "executive_member") for who in offices]
        return both + [candidate(people[who], seat[role], role) for who, role in offices.items() if role != "executive_member"]

    known_empty = county.known
    first = (today() - add_months(today() - timedelta(ENDS), -MONTHS)).days
    one, first_paper = elect(county, village, team(王秀英="chair", 李桂兰="vice_chair", 赵玉珍="executive_member"), first, MONTHS)
    eventually(lambda: len(roster(county, village)) == 3)
    known_first = county.known
    two = congress(county, village, HELD, officer, superior)
    officer.do("org", f"/reelections/{two}/result", reported_on=ago(HELD - 1),
               candidates=team(李桂兰="chair", 孙丽华="vice_chair", 王秀英="executive_member"))  # fmt: skip
    known_reported = county.known
    second_paper = paper(superior, PLACES["county"], scan=True)
    superior.do("org", f"/reelections/{two}/approval", approved_on=ago(HELD - 10), term_months=60, documents=[second_paper])
    eventually(lambda: "孙丽华" in roster(county, village))
    superior.do("org", f"/reelections/{two}/filing", filed_with="superior_federation", filed_on=ago(HELD - 15))
    superior.do("org", f"/reelections/{two}/filing", filed_with="party_org_department", filed_on=ago(HELD - 16))
    officer.do("org", f"/reelections/{two}/close", closed_on=ago(HELD - 20))
    return Told(village, unit, seat, people, [one, two], [first_paper, second_paper], ago(first), ago(HELD), known_empty, known_first,
                known_reported, county.known)  # fmt: skip

