"""An import arrives in blocks, and somebody always looks in between: the same positions give the same answer, and pages show one state."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.cadre import events as cadre
from services.org import events as org
from services.projection.indicators import CATALOGUE
from shared import calendar
from shared.calendar import today
from shared.es import Event
from shared.fact import derive
from shared.view import ORIGIN
from tests.api.caller import Caller, give
from tests.views.asking import EITHER, get
from tests.views.story import Story, day

pytestmark = EITHER
PAGED = (
    *("/organisations", "/units", "/seats", "/terms", "/vacancies", "/reelections", "/documents", "/cadres", "/appointments", "/roster"),
    *("/audit/appointments", "/audit/records", "/reports/R03/items", "/reports/R34/items"),
)
WHOLE = (*(f"/reports/{id}" for id in CATALOGUE), "/organisations/tree", "/overview", "/appointments/counts", "/worklist", "/search")
MOST, PAGE = 200, 8
NAMES = "芳梅敏兰香玉英丽秀珍"


def imported(dice: Random) -> Story:
    """A county with its townships, villages, units, terms and cadres, and what happened to them since."""
    story = Story()
    province = story.organisation("江西省妇女联合会", "province", None, "360000000000")
    county = story.organisation("南昌县妇女联合会", "county", province, "360121000000")
    towns = [story.organisation(f"{n}号镇妇女联合会", "township", county, f"3601211{n:02}000") for n in range(6)]
    villages = [story.organisation(f"{n}号村妇女联合会", "village", dice.choice(towns), f"3601211{n % 6:02}{n + 200}") for n in range(24)]
    places = [county, *towns, *villages]
    for place in places:
        chair, vice = derive(place, "chair"), derive(place, "vice_chair")
        plan = (org.Seat(seat=chair, role="chair", capacity=1), org.Seat(seat=vice, role="vice_chair", capacity=2))
        story.tell(place, org.SeatsDefined(seats=plan, effective=day("2010-01-01")))
        term = story.term(place, f"20{dice.randint(14, 20)}-03-01", 60, f"20{dice.randint(20, 25)}-03-01")
        if dice.random() < 0.3:
            story.reelect(place, term, "2023-03-01", "2023-03-10")
        if dice.random() < 0.3:
            story.vacancy(place, "2023-01-01", dice.choice((None, "2023-02-01")))
    story.unit("县医院", county, "2018-01-01")
    for n, place in enumerate(dice.sample(places, 12)):
        unit = story.unit(f"{n}号学校", place, "2018-01-01")
        if dice.random() < 0.5:
            story.organised(unit, place, "2019-01-01", f"{n}号学校妇委会")
        story.paper(place, f"南妇〔2024〕{n}号")
    for n, place in enumerate(dice.choices(places, k=40)):
        person = story.person(f"王{dice.choice(NAMES)}{dice.choice(NAMES)}", place, born_on=f"19{dice.randint(60, 99)}-01-01")
        post = story.post(person, place, dice.choice(("chair", "vice_chair", "executive_member")), term=None)
        begun = story.start(post, f"202{n % 3}-01-01", on="2022-01-01")
        if dice.random() < 0.4:
            ended = story.end(begun, post, "2023-06-01", on="2023-06-01")
            if dice.random() < 0.5:
                story.tell(begun, cadre.AppointmentCorrected(corrects=ended.id, effective=day("2023-09-01")))
    for village in dice.sample(villages, 8):
        story.tell(village, org.OrganisationMoved(parent=dice.choice(towns), effective=day("2021-01-01")))
        story.tell(village, org.OrganisationDetailsChanged(full_name="新村妇女联合会", short_name="新村妇联", effective=day("2022-01-01")))
    return story


def saved(log: list[Event], dice: Random) -> list[Event]:
    """The same log as a few large saves, each recorded in one instant."""
    left, found = iter(log), list[Event]()
    while save := list(islice(left, dice.choice((1, 3, 40, 120)))):
        found += [replace(e, at=save[-1].at) for e in save]
    return found


def blocks(story: Story, dice: Random) -> Iterator[tuple[str, list[Event]]]:
    """A block at a time, now of one log, now of the other."""
    left = {service: iter(saved(log, dice)) for service, log in story.logs.items()}
    while left:
        service = dice.choice(sorted(left))
        block = list(islice(left[service], dice.choice((1, 7, 25, 60))))
        if block:
            yield service, block
        else:
            del left[service]


@dataclass
class Reader:
    """Turns the pages of a list, one after each of a few blocks."""

    path: str
    asked: dict[str, Any]
    positions: str
    whole: list[Any]
    rows: list[Any]
    cursor: str | None


def rows_of(body: dict[str, Any]) -> list[Any]:
    return [{k: v for k, v in row.items() if k != "no"} for row in body["rows"]]


class Readers:
    """Every answer so far by what was asked and the positions it named."""

    def __init__(self, app: FastAPI, dice: Random) -> None:
        give(app, "officer", "officer", None)
        self.caller, self.dice = Caller(app, "auditor"), dice
        self.other = Caller(app, "officer")
        self.answers: dict[str, tuple[dict[str, Any], Any]] = {}
        self.turning: list[Reader] = []

    def get(self, path: str, **asked: Any) -> Any:
        caller = self.caller if path.startswith("/audit") else self.other
        answer = get(caller, path, **asked)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def look(self) -> None:
        for path in self.dice.sample(WHOLE, 6):
            self.same(path, self.asked(path))
        for path in self.dice.sample(PAGED, 3):
            asked = {**self.asked(path), "limit": MOST}
            whole = self.same(path, asked)
            first = self.get(path, **{**asked, "limit": PAGE})
            self.turning.append(Reader(path, asked, first["positions"], rows_of(whole), rows_of(first), first["cursor"]))
        for key in self.dice.sample(sorted(self.answers), min(4, len(self.answers))):
            self.again(key)
        for reader in self.turning:
            if self.dice.random() < 0.5:
                self.turn(reader)

    def asked(self, path: str) -> dict[str, Any]:
        needed: dict[str, dict[str, Any]] = {"/search": {"q": self.dice.choice(("村", "王", "wang"))}, "/organisations/tree": {"depth": 4}}
        more = needed.get(path, {})
        if path.startswith("/audit") or self.dice.random() < 0.5:
            return more
        return {**more, "as_of": self.dice.choice(("2019-06-01", "2023-06-30"))}

    def same(self, path: str, asked: dict[str, Any]) -> Any:
        body = self.get(path, **asked)
        key = (path, *sorted(asked.items()), body.get("positions", ""))
        if "positions" in body:
            assert self.answers.setdefault(repr(key), (body, (path, asked)))[0] == body, f"{path} {asked} says another thing at the same positions"
        return body

    def again(self, key: Any) -> None:
        was, (path, asked) = self.answers[key]
        now = self.get(path, **asked, known_at=was["positions"])
        was, now = ({k: v for k, v in body.items() if k not in ("known_at", "cursor")} for body in (was, now))
        assert was == now, f"{path} {asked} as known at {was['positions']} is not what was shown then"

    def turn(self, reader: Reader) -> None:
        if reader.cursor:
            page = self.get(reader.path, **{**reader.asked, "limit": PAGE}, cursor=reader.cursor)
            assert page["positions"] == reader.positions
            reader.rows += rows_of(page)
            reader.cursor = page["cursor"]

    def end(self) -> None:
        for reader in self.turning:
            while reader.cursor and len(reader.rows) < MOST:
                self.turn(reader)
            assert reader.rows[:MOST] == reader.whole, f"{reader.path} {reader.asked}: a row twice, missing or another"


@pytest.mark.parametrize("seed", range(2))
def test_readers_between_the_blocks_of_an_import_get_equal_answers_for_equal_positions(app: FastAPI, seed: int) -> None:
    dice, views = Random(seed), app.state.views
    readers, prev = Readers(app, dice), dict[str, str]()
    for service, block in blocks(imported(dice), dice):
        views.apply("36", service, prev.get(service, ORIGIN), block)
        prev[service] = block[-1].reference
        if len(prev) == 2:  # a list names no source of which nothing has come yet
            readers.look()
    readers.end()
    assert views.verify() == []


def test_the_tree_is_whole_after_a_save_that_came_in_several_blocks(app: FastAPI, story: Story, statistician: Caller, county: UUID) -> None:
    for n in range(20):
        story.organisation(f"{n}号村妇女联合会", "village", county)
    log, prev = [replace(e, at=story.now) for e in story.logs["org"]], ORIGIN
    for start in range(0, len(log), 9):
        block = log[start : start + 9]
        app.state.views.apply("36", "org", prev, block)
        prev = block[-1].reference
        shown = statistician.get("/organisations/tree", area="360121").json() if start > 9 else {}
    assert shown["rows"][0]["below"] == 20
    pages = [statistician.get("/organisations", area="360121", limit=200).json()["rows"]]
    assert len(pages[0]) == 21


def test_a_restored_log_that_goes_on_differently_leaves_nothing_of_what_it_lost(app: FastAPI, story: Story, officer: Caller, county: UUID) -> None:
    person = story.person("王芳", county)
    story.start(story.post(person, county), "2020-01-01")
    assert get(officer, "/overview").json()["tiles"]["holders"] == 1
    log = story.logs["cadre"]
    app.state.views.rewind("36", "cadre", 1)
    del log[1:]
    story.tell(person, cadre.CadreProfileChanged(profile=cadre.Profile(degree="bachelor"), effective=day("2020-01-01")))
    assert get(officer, "/overview").json()["tiles"]["holders"] == 0


def test_a_list_that_is_turned_after_midnight_stays_the_list_of_the_day(app: FastAPI, story: Story, officer: Caller, county: UUID) -> None:
    tomorrow = today() + timedelta(1)
    towns = [story.organisation(f"{n}号镇妇女联合会", "township", county, f"36012110{n}000") for n in range(3)]
    story.tell(towns[0], org.OrganisationDissolved(effective=tomorrow, why="撤并"))
    first = get(officer, "/organisations", area="360121", status="active", limit=2).json()
    with patch.object(calendar, "now", lambda: datetime.now(UTC) + timedelta(1)):
        second = get(officer, "/organisations", area="360121", status="active", limit=2, cursor=first["cursor"]).json()
        assert get(officer, "/organisations", area="360121", status="active").json()["as_of"] == str(tomorrow)
    assert second["as_of"] == first["as_of"] == str(today())
    assert [r["id"] for r in first["rows"] + second["rows"]] == [str(county), *map(str, towns)]


def test_a_list_shows_nothing_of_a_log_that_began_after_its_first_page(story: Story, officer: Caller, county: UUID) -> None:
    seat = derive(county, "chair")
    plan = tuple(org.Seat(seat=derive(seat, str(n)), role="chair", capacity=1) for n in range(3))
    story.tell(county, org.SeatsDefined(seats=plan, effective=day("2010-01-01")))
    first = get(officer, "/seats", area="360121", limit=2).json()
    story.start(story.post(story.person("王芳", county), county, "chair", max(s.seat for s in plan)), "2020-01-01")
    shown = [r["holders"] for r in first["rows"] + get(officer, "/seats", area="360121", limit=2, cursor=first["cursor"]).json()["rows"]]
    assert shown == [0, 0, 0] and sum(r["holders"] for r in get(officer, "/seats", area="360121").json()["rows"]) == 1
