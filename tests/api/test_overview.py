"""The overview of a node: its figures, its children with theirs, filtered, sorted and paged; the tree level by level."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.cadre import events as cadre
from services.org import events as org
from services.projection import policies
from services.projection.api import overview as overview_page
from services.projection.indicators import board
from shared.calendar import today
from shared.fact import derive, new_id
from tests.api.caller import Caller
from tests.views.asking import EITHER, get
from tests.views.story import Story, day, started

pytestmark = EITHER


def seated(story: Story, place: UUID, *names: str) -> None:
    """A chair's seat, and who of these sits in it (the first) or is an executive."""
    seat = org.Seat(seat=derive(place, "chair"), role="chair", capacity=1)
    story.tell(place, org.SeatsDefined(seats=(seat,), effective=day("2020-01-01")))
    for i, name in enumerate(names):
        post = story.post(story.person(name, place), place, "executive_member" if i else "chair")
        story.start(post, "2024-01-01")
        if i == 0:
            story.start(story.post(post.person, place, "executive_member"), "2024-01-01")


@pytest.fixture
def towns(story: Story, county: UUID) -> list[UUID]:
    found = [story.organisation(f"{name}妇女联合会", "township", county, f"36012110{i}000") for i, name in enumerate(("莲塘镇", "三江镇", "向塘镇"))]
    village = story.organisation("小蓝村妇女联合会", "village", found[0], "360121100201")
    seated(story, county, "李梅")
    seated(story, found[0], "王芳", "单芳")
    seated(story, village, "丁香")
    seated(story, found[1])
    story.term(found[0], "2021-01-01", 60, "2026-01-01")
    story.term(found[1], "2022-01-01", 60, "2027-01-01")
    story.vacancy(found[1], "2026-01-10")
    story.vacancy(found[1], "2026-10-20")
    story.tell(new_id(), org.ReelectionPlanned(organisation=found[0], term=None, planned_on=day("2026-09-01")))
    return found


def overview(caller: Caller, **asked: Any) -> dict[str, Any]:
    answer = get(caller, "/overview", as_of="2026-11-01", **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_node_has_the_sums_of_its_subtree_and_each_child_its_own(officer: Caller, towns: list[UUID]) -> None:
    found = overview(officer)
    assert found["area"]["name"] == "南昌县妇女联合会" and [up["name"] for up in found["area"]["path"]] == ["江西省妇女联合会"]
    tiles = found["tiles"]
    assert [tiles[k] for k in ("organisations", "holders", "executives", "chair_seats", "chairs_filled", "chair_rate")] == [5, 4, 4, 4, 3, 75.0]
    assert [tiles[k] for k in ("terms", "terms_overdue", "terms_due", "reelections_open")] == [2, 1, 1, 1]
    assert [tiles[k] for k in ("vacancies", "vacancies_overdue", "vacancies_long")] == [2, 1, 1]
    assert [tiles[k] for k in ("due_in_period", "reelected_on_time", "on_time_rate", "fill_rate")] == [1, 0, 0.0, 0.0]
    assert (found["own"]["organisations"], found["own"]["holders"]) == (1, 1)
    rows = found["children"]["rows"]
    assert [(r["short_name"], r["holders"], r["chair_rate"], r["children"], r["below"]) for r in rows] == [
        ("莲塘镇妇女联合会", 3, 100.0, 1, 1),
        ("三江镇妇女联合会", 0, 0.0, 0, 0),
        ("向塘镇妇女联合会", 0, None, 0, 0),
    ]


def test_the_tiles_say_what_the_reports_say(officer: Caller, towns: list[UUID]) -> None:
    tiles = overview(officer)["tiles"]
    for report, measure, part, whole in (
        ("R34", "chair_posts_filled", "chairs_filled", "chair_seats"),
        ("R02", "on_time_reelection_rate", "reelected_on_time", "due_in_period"),
        ("R03", "timely_vacancy_fill_rate", "filled_in_time", "opened_in_period"),
        ("R06", "long_vacancies", "vacancies_long", "vacancies"),
        ("R06", "overdue_terms", "terms_overdue", "terms"),
    ):
        shown = get(officer, f"/reports/{report}", area="360121", as_of="2026-11-01").json()["rows"]
        mine = [r for r in shown if r["measure"] == measure]
        sums = [sum(r[k] or 0 for r in mine) for k in ("numerator", "denominator")]
        assert sums == [tiles[part], tiles[whole]], report


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"search": "lt"}, ["莲塘镇"]),
    ({"search": "三江"}, ["三江镇"]),
    ({"search": "360121102"}, ["向塘镇"]),
    ({"level": "village"}, []),
    ({"sort": "-vacancies", "limit": 1}, ["三江镇"]),
    ({"sort": "chair_rate"}, ["三江镇", "莲塘镇", "向塘镇"]),
    ({"sort": "-chair_rate"}, ["莲塘镇", "三江镇", "向塘镇"]),
    ({"sort": "name"}, ["三江镇", "向塘镇", "莲塘镇"]),
]


def test_children_are_filtered_and_sorted(officer: Caller, towns: list[UUID]) -> None:
    for asked, expected in CASES:
        assert [r["name"].removesuffix("妇女联合会") for r in overview(officer, **asked)["children"]["rows"]] == expected, asked


def test_a_keyword_looks_below_the_children_too(story: Story, officer: Caller, province: UUID, county: UUID, towns: list[UUID]) -> None:
    def found(path: str, of: Any, **asked: Any) -> list[tuple[str, str | None]]:
        rows = of(get(officer, path, as_of="2026-11-01", **asked).json())["rows"]
        return [(row["short_name"].removesuffix("妇女联合会"), row["above_name"].removesuffix("妇女联合会")) for row in rows]

    for q in ("小蓝", "xlc", "360121100201"):
        assert found("/overview", lambda body: body["children"], search=q) == [("小蓝村", "莲塘镇")], q
        assert found(f"/organisations/{province}/children", lambda body: body, search=q) == [("小蓝村", "莲塘镇")], q
    assert found("/overview", lambda body: body["children"], area=str(towns[1]), search="小蓝") == [], "it lies elsewhere"
    assert found("/overview", lambda body: body["children"], search="3601211", level="village") == [("小蓝村", "莲塘镇")]
    [row] = get(officer, "/overview", as_of="2026-11-01", search="小蓝").json()["children"]["rows"]
    assert (row["holders"], row["chair_rate"]) == (1, 100.0)


def test_a_node_with_five_thousand_children_is_read_page_by_page(story: Story, officer: Caller, county: UUID) -> None:
    for i in range(5000):
        story.organisation(f"第{i:04}村妇女联合会", "village", county)
    for path, at in (("/overview", "children"), (f"/organisations/{county}/children", None)):
        found, cursor = [], None
        while True:
            answer = get(officer, path, limit=200, **({"cursor": cursor} if cursor else {})).json()
            part = answer[at] if at else answer
            assert part["total"] == 5000
            found += [r["name"] for r in part["rows"]]
            cursor = part["cursor"]
            if not cursor:
                break
        assert found == [f"第{i:04}村妇女联合会" for i in range(5000)]


def test_the_tree_is_open_but_the_figures_are_the_areas_own(app: FastAPI, story: Story, officer: Caller, province: UUID, county: UUID) -> None:
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    assert get(officer, f"/organisations/{province}/children").json()["total"] == 2
    assert get(officer, "/overview", area=str(other)).status_code == 403
    assert get(officer, f"/organisations/{new_id()}/children").status_code == 404
    assert get(Caller(app, "stranger"), "/overview").status_code == 403


def test_a_large_subtree_is_kept_and_follows_every_change(
    story: Story, officer: Caller, towns: list[UUID], county: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept equals what is measured anew after posts, terms, vacancies and organisations changed."""

    def both() -> tuple[dict[str, Any], dict[str, Any]]:
        monkeypatch.setattr(overview_page, "FEW", 0)
        kept = overview(officer)
        monkeypatch.setattr(overview_page, "FEW", 600)
        return kept, overview(officer)

    def same() -> dict[str, Any]:
        kept, anew = both()
        assert kept == anew
        return dict(kept["tiles"])

    before = same()
    ended = next(e for e in story.logs["cadre"] if e.name == "cadre.AppointmentStarted" and e.data["post"]["organisation"] == str(towns[0]))
    story.end(ended.stream, started(ended).post, "2026-10-01")
    assert same()["chairs_filled"] == before["chairs_filled"] - 1
    story.vacancy(towns[2], "2026-10-25")
    assert same()["vacancies"] == before["vacancies"] + 1
    village = story.organisation("新村妇女联合会", "village", towns[1])
    seated(story, village, "新人")
    after = same()
    assert (after["organisations"], after["holders"]) == (before["organisations"] + 1, before["holders"] + 1)
    story.tell(village, org.OrganisationDissolved(effective=day("2026-10-30"), why="撤并"))
    assert same()["organisations"] == before["organisations"]
    story.term(towns[2], "2020-01-01", 60, "2025-01-01")
    assert same()["terms_overdue"] == before["terms_overdue"] + 1


def test_todays_figures_are_measured_by_the_clock_before_anybody_asks(
    app: FastAPI, story: Story, officer: Caller, towns: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked() -> None:
        get(officer, "/me")  # what the story told has arrived
        policies.due(app.state.store, app.state.views, today())

    def holders() -> int | None:
        """None: the reader would have had to measure."""
        with monkeypatch.context() as patch:
            patch.delattr(board, "_made")
            answer = get(officer, "/overview")
        return answer.json()["tiles"]["holders"] if answer.status_code == 200 else None

    app.state.views.boards = board.Boards(app.state.views.consumer)
    monkeypatch.setattr(board, "CHANGES", -1)  # as if the county were just being loaded
    looked()
    assert holders() is None
    monkeypatch.undo()
    looked()
    assert holders() == 4
    seated(story, towns[2], "新人")
    looked()
    assert holders() == 5


def test_the_tabs_over_the_appointments_say_how_many_the_lists_have(story: Story, officer: Caller, towns: list[UUID], county: UUID) -> None:
    begun = [e for e in story.logs["cadre"] if e.name == "cadre.AppointmentStarted"]
    story.end(begun[0].stream, started(begun[0]).post, "2026-10-01")
    story.tell(begun[1].stream, cadre.AppointmentSuspended(effective=day("2026-10-01"), why="待查"))
    story.end(begun[2].stream, started(begun[2]).post, "2999-01-01")  # recorded ahead

    def listed(area: object, state: str) -> int:
        return len(get(officer, "/appointments", area=area, state=state, limit=200).json()["rows"])

    for area in (county, towns[0], towns[1], None):
        counted = get(officer, "/appointments/counts", **({"area": area} if area else {})).json()["counts"]
        assert [counted[s] for s in ("active", "suspended", "ended")] == [listed(area, s) for s in ("active", "suspended", "ended")], area
    assert sum(counted[s] for s in ("active", "suspended", "ended"))
    for more in ({"search": "王"}, {"role": "chair"}, {"known_at": str(today())}, {"as_of": "2026-10-01"}):
        assert not {"active", "ended"} & get(officer, "/appointments/counts", **more).json()["counts"].keys(), "too many to be counted anew"
