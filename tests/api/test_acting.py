"""An acting chair (主持工作) leaves the vacancy open, and a mean is made from sums and counts at every level."""

from uuid import UUID

from services.org import events as org
from shared.fact import derive
from tests.api.caller import Caller
from tests.views.asking import EITHER, get, report, total
from tests.views.story import Story, day

pytestmark = EITHER


def test_an_acting_chair_has_a_column_of_her_own_and_fills_nothing(story: Story, statistician: Caller, officer: Caller, county: UUID) -> None:
    asked = {"area": "360121", "as_of": "2021-01-01"}
    places = [story.organisation(f"{n}村妇女联合会", "village", county) for n in range(3)]
    for place, mode in zip(places, ("elected", "acting", None), strict=True):
        seats = (org.Seat(seat=derive(place, "chair"), role="chair", capacity=1),)
        story.tell(place, org.SeatsDefined(seats=seats, effective=day("2010-01-01")))
        if mode:
            story.start(story.post(story.person("王芳", place, in_two_committees=True), place, "chair", mode=mode), "2020-01-01")
    assert total(statistician, "R34", "chair_posts_filled", **asked)[:2] == (1, 3)
    assert total(statistician, "R34", "acting_chairs", **asked)[:2] == (1, 3)
    assert total(statistician, "R08", "chair_in_two_committees", **asked)[:2] == (1, 1)
    behind = {r["organisation"]: (r["counted"], r["acting"]) for r in get(statistician, "/reports/R34/items", **asked).json()["rows"]}
    assert behind == {str(place): said for place, said in zip(places, ((True, 0), (False, 1), (False, 0)), strict=True)}
    tiles = get(statistician, "/overview", **asked).json()["tiles"]
    assert (tiles["chairs_filled"], tiles["chairs_acting"], tiles["chair_seats"]) == (1, 1, 3)
    vacant = get(officer, "/seats", **asked, state="vacant").json()["rows"]
    assert {(r["organisation"], r["holders"], r["acting"]) for r in vacant} == {(str(places[1]), 0, 1), (str(places[2]), 0, 0)}
    seat = get(officer, f"/organisations/{places[1]}", as_of="2021-01-01").json()["seats"][0]
    assert (seat["filled"], seat["acting"], len(seat["holders"])) == (0, 1, 1)


def test_a_county_has_the_mean_age_of_all_and_the_median_of_all_days(story: Story, statistician: Caller, county: UUID) -> None:
    asked = {"area": "360121", "as_of": "2021-06-01", "period": "2020"}
    for n, born in enumerate((["1985-06-01"] * 3, ["1965-06-01"])):
        town = story.organisation(f"{n}镇妇女联合会", "township", county)
        for one in born:
            story.start(story.post(story.person("王芳", town, born_on=one), town, "executive_member"), "2010-01-01")
        term = story.term(town, "2017-06-01", 36, "2020-06-01")
        story.reelect(town, term, "2020-05-01", "2020-05-11" if n else "2020-05-31")
    mean = next(t for t in report(statistician, "R10", **asked)["total"] if t["measure"] == "mean_age")
    assert (mean["value"], mean["denominator"]) == (41.0, 4)
    rows = [r["value"] for r in report(statistician, "R10", **asked)["rows"] if r["measure"] == "mean_age" and r["value"]]
    assert rows == [36.0, 56.0]
    days = next(t for t in report(statistician, "R05", **asked)["total"] if t["measure"] == "days_request_to_approval")
    assert days["value"] == 80
