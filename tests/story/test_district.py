"""The story of source document 002 as commands: 57 units, 37 organised; a year later another unit list, ten new committees, seven re-elected."""

from typing import Any

import pytest

from shared.fact import new_id
from tests.story.acts import FIGURES, candidate, paper
from tests.story.acts import person as registered
from tests.story.county import PLACES, Account, County, eventually

END_OF_2019, END_OF_2020 = "2019-12-31", "2020-12-31"
NEW = 10  # committees of 2020: six of them for two units each


class District:
    """Entered by the province's officer, decided by its reviewer, with the dates of the papers."""

    def __init__(self, county: County, officer: Account, reviewer: Account) -> None:
        self.officer, self.reviewer = officer, reviewer
        self.paper = paper(reviewer, PLACES["province"], scan=True)
        self.id = self.established("龙岗区妇女联合会", PLACES["province"], "2016-01-04", org_type="federation", level="county")
        units = [self.unit(f"区直单位{i}", "2016-03-01") for i in range(57)]
        old = [self.committee(f"区直单位{i}", units[i : i + 1], "2016-09-01") for i in range(37)]
        terms = [self.first_term(committee, "2017-09-01") for committee in old[:7]]
        uncovered = units[37:] + [self.unit(f"驻区单位{i}", "2020-03-01", affiliation="stationed") for i in range(4)]
        for gone in (uncovered.pop(), uncovered.pop()):
            officer.do("org", f"/units/{gone}/closure", closed_on="2020-04-01", why="机构改革撤并")
        for i in range(NEW):
            mine = [uncovered.pop(0) for _ in range(2 if i < 6 else 1)]
            self.committee(f"新建{i}", mine, "2020-06-01", formation_mode="joint" if len(mine) > 1 else "standalone")
        self.reelections = [self.reelected(committee, seats) for committee, seats in zip(old[:7], terms, strict=True)]

    def established(self, name: str, parent: object, on: str, **more: Any) -> str:
        body = {"full_name": name, "short_name": name, "level": "county", "parent": str(parent), "proposed_on": on}
        id = self.officer.do("org", "/organisations", **(body | more))
        self.reviewer.do("org", f"/organisations/{id}/establishment", established_on=on, documents=[self.paper])
        return id

    def unit(self, name: str, listed: str, **more: Any) -> str:
        return self.officer.do("org", "/units", unit_name=name, level="county", field="organ", area=self.id, listed_on=listed, **more)

    def committee(self, name: str, units: list[str], on: str, **more: Any) -> str:
        return self.established(f"{name}妇女委员会", self.id, on, org_type="organ_committee", field="organ", units=units, **more)

    def first_term(self, committee: str, on: str) -> dict[str, str]:
        plan = [{"seat": str(new_id()), "role": role, "capacity": n} for role, n in (("director", 1), ("member", 2))]
        self.officer.do("org", f"/organisations/{committee}/seats", seats=plan, effective=on)
        self.officer.do("org", "/terms", organisation=committee, starts_on=on, term_months=36)
        return {str(s["role"]): str(s["seat"]) for s in plan}

    def reelected(self, committee: str, seats: dict[str, str]) -> str:
        she = {role: registered(self.officer, f"委员{role}", committee) for role in seats}
        by, approved_by = self.officer, self.reviewer
        case = by.do("org", "/reelections", organisation=committee, planned_on="2020-06-10")
        by.do("org", f"/reelections/{case}/request", requested_on="2020-06-20")
        approved_by.do("org", f"/reelections/{case}/permit", permitted_on="2020-06-30", documents=[self.paper])
        by.do("org", f"/reelections/{case}/congress", form="congress", held_on="2020-08-15", ballot=FIGURES)
        team = [candidate(who, seats[role], role) for role, who in she.items()]
        by.do("org", f"/reelections/{case}/result", candidates=team, reported_on="2020-08-16")
        approved_by.do("org", f"/reelections/{case}/approval", approved_on="2020-08-25", term_months=36, documents=[self.paper])
        approved_by.do("org", f"/reelections/{case}/filing", filed_with="superior_federation", filed_on="2020-09-01")
        by.do("org", f"/reelections/{case}/close", closed_on="2020-09-02")
        return case


@pytest.fixture(scope="module")
def district(county: County, reviewer: Account) -> District:
    return District(county, county.provincial, reviewer)


def test_the_district_of_source_002_has_its_rates_as_of_both_dates(county: County, district: District) -> None:
    def total(report: str, **asked: Any) -> list[tuple[Any, Any, Any]]:
        found = county.statistician.get("projection", f"/reports/{report}", area=district.id, **asked)["total"]
        return [(t["numerator"], t["denominator"], t["value"]) for t in found]

    def committees(**asked: Any) -> int:
        asked |= {"area": district.id, "org_type": "organ_committee", "status": "active", "limit": 200}
        return len(county.statistician.get("projection", "/organisations", **asked)["rows"])

    assert total("R01", as_of=END_OF_2019) == [(37, 57, 64.9)]
    assert total("R01", as_of=END_OF_2020) == [(53, 59, 89.8)]
    assert total("R01", as_of=END_OF_2020, field="organ", unit_level="county") == [(53, 59, 89.8)]
    assert committees(as_of=END_OF_2020) - committees(as_of=END_OF_2019) == NEW
    assert total("R02", as_of=END_OF_2020, period="2020")[0] == (7, 7, 100.0)
    assert total("R02", as_of=END_OF_2019, period="2019") == []
    assert total("R05", as_of=END_OF_2020, period="2020-Q3") == [(7, 7, 100.0), (None, None, 66)]  # the median of days from request to approval
    eventually(lambda: total("R34", as_of=END_OF_2020)[0] == (7, 7, 100.0))  # the reactions have put seven directors in office
    assert total("R34", as_of=END_OF_2019)[0] == (0, 7, 0.0)
    behind = county.statistician.get("projection", "/reports/R01/items", area=district.id, as_of=END_OF_2019, limit=200)["rows"]
    assert len(behind) == 57 and sum(row["counted"] for row in behind) == 37
    csv = county.statistician.send("GET", "projection", "/reports/R01", params={"area": district.id, "as_of": END_OF_2019, "format": "csv"})
    assert "64.9" in csv.content.decode("utf-8-sig") and "龙岗区妇女联合会" in csv.text
