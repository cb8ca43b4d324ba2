"""Figures kept in process, and columns kept in memory: what is quick must say the same as what is slow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from services.cadre.events import CadreProfileChanged, Profile
from services.projection.indicators import CATALOGUE, holders
from services.projection.indicators.definition import Ask, Figure
from services.projection.indicators.kept import Kept
from services.projection.views import posts
from shared.es import Event
from tests.api.caller import Caller
from tests.views.asking import EITHER, get, report
from tests.views.story import Story, day, started

COUNTY = {"area": "360121", "as_of": "2026-01-01"}


pytestmark = EITHER


@pytest.fixture
def told(app: FastAPI) -> Story:
    """A county with thirty people, each an executive, every third also a vice-chair."""
    story: Story = app.state.story
    province = story.organisation("江西省妇女联合会", "province", None, "360000000000")
    county = story.organisation("南昌县妇女联合会", "county", province, "360121000000")
    for n in range(30):
        person = story.person(f"王{n}", county, born_on=f"{1960 + n}-05-01", degree=("bachelor", None)[n % 2])
        for role in ("executive_member", "vice_chair")[: 2 if n % 3 == 0 else 1]:
            story.start(story.post(person, county, role, engagement="part_time"), "2025-01-01")
    return story


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Ask]:
    """Every question for which R10 went to the database."""
    asks: list[Ask] = []

    def ages(ask: Ask, count: Callable[[Ask], Iterator[Figure]] = holders.ages) -> Sequence[Figure]:
        asks.append(ask)
        return list(count(ask))

    monkeypatch.setitem(CATALOGUE, "R10", replace(CATALOGUE["R10"], figures=ages))
    return asks


def people(answer: dict[str, Any]) -> int:
    """How many the rates are of."""
    return max(row["denominator"] or 0 for row in answer["rows"])


def test_what_was_counted_on_the_same_state_is_not_counted_again(told: Story, statistician: Caller, counted: list[Ask]) -> None:
    first = report(statistician, "R10", **COUNTY)
    assert report(statistician, "R10", **COUNTY) == first and len(counted) == 1 and people(first) == 30
    for other in ({"as_of": "2026-01-02"}, {"bands": "survey"}, {"population": "system_workers"}, {"area": "360000"}):
        report(statistician, "R10", **{**COUNTY, **other})
    assert len(counted) == 5


def relieved(told: Story) -> Event:
    """One who held no other office is relieved."""
    start = [e for e in told.logs["cadre"] if e.name == "cadre.AppointmentStarted"][2]
    return told.end(start.stream, started(start).post, "2025-06-01", on="2025-06-01")


def test_a_relief_shows_in_the_next_answer_and_not_in_one_as_known_before_it(told: Story, statistician: Caller) -> None:
    before = report(statistician, "R10", **COUNTY)
    relieved(told)
    assert people(before) == 30 and people(report(statistician, "R10", **COUNTY)) == 29
    assert report(statistician, "R10", **COUNTY, known_at=before["positions"])["rows"] == before["rows"]


def test_a_relief_that_was_parked_and_is_applied_later_shows_though_no_position_moves(told: Story, statistician: Caller) -> None:
    told.load()
    views, relief = told.views, relieved(told)
    assert views
    views.park("36", "cadre", views.tracked("36", "cadre") or "", relief, ValueError())
    parked = report(statistician, "R10", **COUNTY)
    views.retry("36", "cadre", relief.stream)
    applied = report(statistician, "R10", **COUNTY)
    assert (people(parked), people(applied)) == (30, 29) and parked["positions"] == applied["positions"]


def test_an_organisation_that_was_parked_and_is_applied_later_stands_in_the_tree(told: Story, statistician: Caller) -> None:
    told.load()
    views = told.views
    assert views
    late = told.organisation("三江镇妇女联合会", "township", next(e.stream for e in told.logs["org"] if e.data.get("level") == "county"))
    for event in told.logs["org"][-2:]:
        views.park("36", "org", views.tracked("36", "org") or "", event, ValueError())
    told.organisation("进贤县妇女联合会", "county", None, "360124000000")
    person = told.person("李新", late)
    told.start(told.post(person, late), "2025-01-01")
    assert people(report(statistician, "R10", **COUNTY)) == 30
    views.retry("36", "org", late)
    freed = report(statistician, "R10", **COUNTY)
    assert {row["area"]: row["denominator"] for row in freed["rows"] if row["measure"] == "age_unknown"}[str(late)] == 1


def test_the_figures_kept_are_bounded(told: Story, statistician: Caller, counted: list[Ask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.projection.indicators.kept.MOST", 20)
    for date in ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-03", "2026-01-01"):
        report(statistician, "R10", **{**COUNTY, "as_of": date})
    assert [ask.at.as_of.day for ask in counted] == [1, 2, 3, 1]


@pytest.mark.parametrize("id", ["R10", "R11", "R12", "R13"])
def test_after_any_change_the_figures_are_those_of_columns_read_anew(app: FastAPI, told: Story, statistician: Caller, id: str) -> None:
    asked: dict[str, Any] = {"area": "360000", "as_of": "2026-01-01", "level": "county"}
    before = report(statistician, id, **asked)
    relieved(told)
    county = next(e.stream for e in told.logs["org"] if e.data.get("level") == "county")
    elsewhere = told.organisation("新建县妇女联合会", "county", None, "360122000000")
    told.start(told.post(told.person("赵新", county, born_on="1999-02-03"), elsewhere), "2025-01-01")
    first = next(e.stream for e in told.logs["cadre"] if e.name == "cadre.CadreRegistered")
    told.tell(first, CadreProfileChanged(profile=Profile(born_on=day("1999-05-01"), degree="postgraduate"), effective=day("2025-03-01")))
    renewed, known = report(statistician, id, **asked), report(statistician, id, **asked, known_at=before["positions"])
    app.state.figures = Kept(app.state.views)
    assert report(statistician, id, **asked)["rows"] == renewed["rows"] != before["rows"]
    assert report(statistician, id, **asked, known_at=before["positions"])["rows"] == known["rows"] == before["rows"]


@pytest.mark.parametrize("measure", ["age_le_35", "degree_unknown", "staffing_unknown", "part_time", "part_time_rate"])
def test_what_is_counted_is_what_lies_behind_it(told: Story, statistician: Caller, measure: str) -> None:
    relieved(told)
    id = {"age": "R10", "degree": "R11", "staffing": "R12", "part": "R13"}[measure.partition("_")[0]]
    items = get(statistician, f"/reports/{id}/items", **COUNTY, measure=measure, limit="200").json()["rows"]
    figure = next(r for r in report(statistician, id, **COUNTY)["rows"] if r["measure"] == measure)
    assert (figure["numerator"], figure["denominator"]) == (sum(r["counted"] for r in items), len(items)) == (figure["numerator"], 29)


def test_when_much_has_changed_all_is_read_again(told: Story, statistician: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    report(statistician, "R10", **COUNTY)
    monkeypatch.setattr(posts, "MOST", 0)
    monkeypatch.setattr(posts, "_with", None)  # which reads the little that changed
    relieved(told)
    assert people(report(statistician, "R10", **COUNTY)) == 29
