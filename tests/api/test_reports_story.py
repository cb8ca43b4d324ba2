"""The story of source document 002 and the figures of source 003, at the reports."""

from uuid import UUID

from services.org import events as org
from tests.api.caller import Caller
from tests.views.asking import get, report, total
from tests.views.story import Story, day


def test_the_district_of_source_002_has_its_rates_as_of_both_dates(story: Story, statistician: Caller, province: UUID) -> None:
    district = story.organisation("龙岗区妇女联合会", "county", province, "360199000000")
    units = [story.unit(f"单位{i}", district, "2016-01-01") for i in range(57)]
    covered = [story.organised(u, district, "2016-06-01") for u in units[:37]]
    terms = [story.term(o, "2016-06-01", 36, "2019-06-01" if i < 10 else "2020-09-01") for i, o in enumerate(covered)]
    for i in range(6):  # six of ten on time: 60 %
        story.reelect(covered[i], terms[i], "2019-05-20", "2019-05-30", filed="2019-06-10")
    for i in range(5):  # two of five in time: < 50 %
        story.vacancy(covered[i], "2019-03-01", "2019-04-20" if i < 2 else "2019-09-20")
    for unit in units[37:47]:
        story.organised(unit, district, "2020-05-01")
    for committee, term in zip(covered[10:17], terms[10:17], strict=True):
        story.reelect(committee, term, "2020-08-15", "2020-08-25")
    for unit in (*units[34:37], *units[47:52]):
        story.tell(unit, org.EligibleUnitClosed(closed_on=day("2020-07-01"), why="机构撤并"), on="2020-07-02")
    area = {"area": "360199"}
    assert total(statistician, "R01", "establishment_rate", **area, as_of="2019-12-31") == (37, 57, 64.9)
    assert total(statistician, "R01", "establishment_rate", **area, as_of="2020-12-31") == (44, 49, 89.8)
    assert total(statistician, "R02", "on_time_reelection_rate", **area, as_of="2019-12-31", period="2019") == (6, 10, 60.0)
    assert total(statistician, "R02u", "on_time_reelection_rate", **area, as_of="2019-12-31", period="2019") == (6, 10, 60.0)
    assert total(statistician, "R03", "timely_vacancy_fill_rate", **area, as_of="2019-12-31", period="2019") == (2, 5, 40.0)
    assert total(statistician, "R02", "on_time_reelection_rate", **area, as_of="2020-12-31", period="2020-Q3")[0] == 7
    assert total(statistician, "R05", "filing_rate", **area, as_of="2019-12-31", period="2019") == (6, 6, 100.0)
    assert report(statistician, "R01", **area, as_of="2019-12-31")["rows"][0]["name"] == "龙岗区妇女联合会"
    behind = get(statistician, "/reports/R01/items", **area, as_of="2019-12-31", limit=200).json()["rows"]
    assert len(behind) == 57 and sum(r["counted"] for r in behind) == 37
    assert {"unit_name", "area_name", "organisation_name"} <= {k for row in behind for k in row}


def test_the_first_county_of_source_003_has_its_establishment_rates(story: Story, statistician: Caller, province: UUID) -> None:
    county = story.organisation("甲县妇女联合会", "county", province, "360198000000")
    for field, level, listed, organised in (
        ("area", "township", 36, 34),
        ("area", "village", 457, 420),
        ("organ", "county", 112, 78),
        ("enterprise", "county", 36, 5),
    ):
        units = [story.unit(f"{level}{i}", county, "2006-01-01", field, level) for i in range(listed)]
        for unit in units[:organised]:
            story.organised(unit, county, "2006-01-01")
    rates = [
        total(statistician, "R01", "establishment_rate", area="360198000000", field=field, unit_level=level)
        for field, level in (("area", "township"), ("area", "village"), ("organ", "county"), ("enterprise", "county"))
    ]
    assert rates == [(34, 36, 94.4), (420, 457, 91.9), (78, 112, 69.6), (5, 36, 13.9)]


def test_the_cadres_of_source_003_have_their_structure(story: Story, statistician: Caller, province: UUID) -> None:
    """39 federation cadres, 29 administrative and 10 institution; the percentages are of the whole system's workers (K11)."""
    county = story.organisation("甲县妇女联合会", "county", province, "360198000000")
    born = ["1975-05-01"] * 387 + ["1962-05-01"] * 427 + ["1952-05-01"] * 186
    degrees = ["bachelor"] * 83 + ["associate"] * 335 + ["secondary"] * 582
    for i in range(1000):
        population = "federation_cadre" if i < 39 else "system_worker"
        person = story.person(
            f"干部{i}", county, born_on=born[i], degree=degrees[i], population=population, staffing="administrative" if i < 29 else "institution"
        )
        story.start(story.post(person, county, "staff", engagement="part_time" if i < 950 else "full_time", mode="appointed"), "2006-01-01")
    asked = {"area": "360198", "as_of": "2007-12-31", "population": "system_workers", "bands": "survey"}
    assert [total(statistician, "R10", m, **asked)[2] for m in ("age_le_40", "age_41_50", "age_51_60")] == [38.7, 42.7, 18.6]
    assert [total(statistician, "R11", m, **asked)[2] for m in ("bachelor_or_above", "associate", "secondary_or_below")] == [8.3, 33.5, 58.2]
    assert total(statistician, "R13", "part_time_rate", **asked) == (950, 1000, 95.0)
    asked["population"] = "federation_cadres"
    assert [total(statistician, "R12", m, **asked)[:2] for m in ("administrative", "institution")] == [(29, 39), (10, 39)]
