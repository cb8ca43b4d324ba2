"""The reports' tables hold the same rows however the logs arrive, and the rows rebuilt from facts."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.cadre import events as cadre
from services.hotline import events as hotline
from services.lecture import events as lecture
from services.org import events as org
from services.projection import events as projection
from services.projection.views import every_view
from services.projection.views.dated import segments
from shared.calendar import SHANGHAI
from shared.fact import derive, new_id
from shared.view import FOREVER, ORIGIN, Views, engine
from tests.views.story import Story, day


def told() -> Story:
    """A bit of everything."""
    story = Story()
    province = story.organisation("江西省妇女联合会", "province", None, "360000000000")
    county = story.organisation("南昌县妇女联合会", "county", province, "360121000000")
    seat = derive(county, "chair")
    plan = org.SeatsDefined(seats=(org.Seat(seat=seat, role="chair", capacity=1),), effective=day("2001-01-01"))
    story.tell(county, plan, org.SeatAbolished(seat=seat, effective=day("2030-01-01")))
    unit = story.unit("县医院", county, "2018-01-01")
    story.organised(unit, county, "2019-01-01")
    story.reelect(county, story.term(county, "2015-01-01", 60, "2020-01-01"), "2019-12-01", "2019-12-20", filed="2020-01-02")
    village, roster = story.organisation("莲西村妇女联合会", "village", county, "360121100201"), new_id()
    renewed = story.term(village, "2015-01-01", 60, "2020-01-01")
    story.tell(renewed, org.TermEnded(ended_on=day("2020-03-01"), roster=roster), org.TermResumed(roster=roster))
    story.tell(story.term(village, "2020-03-01", 60, "2025-03-01", 2), org.TermVoided(roster=roster))
    gap = story.vacancy(county, "2021-01-01", "2021-02-01")
    story.tell(gap, org.VacancyCorrected(since=day("2021-01-01"), void=True), org.VacancyCorrected(since=day("2021-01-05")))
    story.tell(
        new_id(), org.DocumentRegistered(kind="approval", number="1号", title="批复", issuer="县委", dated=day("2020-01-01"), organisation=county)
    )
    person = story.person("王芳", county, born_on="1980-01-01")
    registered = story.logs["cadre"][-1]
    story.tell(
        person,
        cadre.CadreProfileChanged(profile=cadre.Profile(degree="bachelor"), effective=day("2010-01-01")),
        cadre.CadreProfileCorrected(corrects=registered.id, profile=cadre.Profile(born_on=day("1981-01-01"))),
    )
    post = story.post(person, county, "chair", seat)
    a = story.start(post, "2020-01-01")
    ended = story.end(a, post, "2022-01-01")
    story.tell(a, cadre.AppointmentCorrected(corrects=ended.id, effective=day("2022-03-01")), on="2022-05-01")
    away, host = new_id(), story.organisation("安义县妇女联合会", "county", province, "360123000000")
    story.tell(
        away,
        cadre.SecondmentStarted(
            person=person, from_organisation=county, to_organisation=host, duty="挂职副主席", starts_on=day("2021-01-01"), until=day("2021-07-01")
        ),
        cadre.SecondmentExtended(until=day("2022-01-01")),
        cadre.SecondmentEnded(ended_on=day("2021-09-01")),
        cadre.SecondmentEndWithdrawn(),
    )
    refusal: Any = {"code": "two_chairs", "message_zh": "已有主席", "message_en": "There is a chair."}
    story.tell(
        new_id(), cadre.ReactionRefused(policy="cadre.start_elected", source="org", cause=new_id(), target=new_id(), organisation=county, **refusal)
    )
    topic = new_id()
    story.tell(
        topic,
        lecture.TopicDrafted(
            title="家庭教育",
            category="family_education",
            outline="",
            minutes=60,
            audience_level="village",
            organisation=county,
            drafted_on=day("2022-01-01"),
        ),
        lecture.TopicSubmitted(submitted_on=day("2022-01-02")),
    )
    begins = datetime(2022, 1, 1, 8, 30, tzinfo=SHANGHAI)
    story.tell(new_id(), hotline.ShiftScheduled(organisation=county, starts_at=begins, ends_at=begins + timedelta(hours=9)))
    story.tell(new_id(), projection.ListExported(path="/roster", title="花名册", format="xlsx", columns=("no",), rows=1, as_of=day("2022-01-01")))
    return story


STORY = told()


def opened(file: Path) -> Views:
    return Views(engine(f"sqlite:///{file}"), every_view())


def content(views: Views) -> dict[str, list[str]]:
    with views.connect() as c:
        return {v.name: sorted(map(repr, c.execute(sa.select(v.table)))) for v in views.views}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    views = opened(tmp_path_factory.mktemp("whole") / "views.db")
    for service, log in STORY.logs.items():
        views.apply("36", service, ORIGIN, log)
    found = content(views)
    assert views.verify() == [] and all(found[name] for name in found if name != "grants")
    views.engine.dispose()
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_interleaving_and_any_split_of_the_logs_gives_the_same_rows(
    expected: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    views = opened(tmp_path_factory.mktemp("mixed") / "views.db")
    left = {service: list(log) for service, log in STORY.logs.items()}
    prev = dict.fromkeys(left, ORIGIN)
    while left:
        service = data.draw(st.sampled_from(sorted(left)))
        n = data.draw(st.integers(1, len(left[service])))
        block, left[service] = left[service][:n], left[service][n:]
        views.apply("36", service, prev[service], block)
        prev[service] = block[-1].reference
        if not left[service]:
            del left[service]
    assert content(views) == expected
    views.engine.dispose()


def test_a_later_recorded_change_of_the_same_date_wins_and_equal_intervals_join() -> None:
    d0, d1, d2 = day("2020-01-01"), day("2021-01-01"), day("2022-01-01")
    assert segments([(d0, {"a": 1}), (d2, {"a": 2}), (d1, {"a": 3}), (d1, {"a": 1})], d0) == [
        {"a": 1, "valid_from": d0, "valid_to": d2},
        {"a": 2, "valid_from": d2, "valid_to": FOREVER},
    ]


def test_a_seat_lasts_from_plan_to_plan_until_it_is_left_out_or_abolished() -> None:
    from services.projection.views.seats import timeline

    house, one, two = new_id(), UUID(int=1), UUID(int=2)
    story = Story()
    chair, vice = org.Seat(seat=one, role="chair", capacity=1), org.Seat(seat=two, role="vice_chair", capacity=1)
    story.tell(
        house,
        org.SeatsDefined(seats=(chair,), effective=day("2020-01-01")),
        org.SeatsDefined(seats=(chair, vice), effective=day("2021-01-01")),
        org.SeatAbolished(seat=two, effective=day("2022-01-01")),
    )
    spans = [(r["seat"], r["valid_from"].year, r["valid_to"].year) for r in timeline(story.logs["org"])]
    assert spans == [(one, 2020, 9999), (two, 2021, 2022)]


def test_a_name_has_a_row_for_every_reading_and_none_once_the_record_was_merged() -> None:
    from services.projection.views.directory import timeline

    story, home = Story(), new_id()
    person = story.person("曾丽", home)
    story.tell(person, cadre.CadreProfileChanged(profile=cadre.Profile(person_name="单丽"), effective=day("2020-01-01")))
    rows = [(r["person_name"], r["reading"], r["pinyin"], r["initials"], r["valid_to"].year) for r in timeline(story.logs["cadre"])]
    assert rows[:2] == [("曾丽", 0, "zengli", "zl", 2020), ("曾丽", 1, "cengli", "cl", 2020)]
    assert ("单丽", 0, "shanli", "sl", 9999) in rows and ("单丽", 1, "danli", "dl", 9999) in rows
    story.tell(person, cadre.CadresMerged(into=new_id()))
    assert timeline(story.logs["cadre"]) == []


def test_a_change_that_leaves_name_and_office_alone_makes_no_new_row_of_the_directory() -> None:
    from services.projection.views.directory import timeline

    story = Story()
    person = story.person("丁芳", new_id())
    before = timeline(story.logs["cadre"])
    story.tell(person, cadre.CadreProfileChanged(profile=cadre.Profile(degree="bachelor"), effective=day("2020-01-01")))
    assert timeline(story.logs["cadre"]) == before
