"""`kill -9` of anything under load: what was answered is in the log once, the stream is the log, the views are what their events say."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import pairwise

import httpx
import pytest

from tests.chaos.conftest import Town
from tests.chaos.load import COMMANDS, Load, load_on
from tests.story.acts import Village, candidate, congress, paper, roster
from tests.story.county import PLACES, County, ago, eventually

pytestmark = pytest.mark.timeout(280)  # the storm is one fixture
VICTIMS = ("org", "cadre", "projection", "nats", "postgres", "lecture", "hotline", "keys", "issuer")
DOWN_SECONDS = 0.7
SECONDS = 40.0  # in which everything is level again after a restart


def reported(county: County, name: str) -> tuple[str, Village]:
    """A village whose elected chair waits for the approval; gives the case."""
    village = Village.new(county, name)
    someone = village.person(f"{name}当选人")
    case = congress(county, village.id, 40, county.township, county.county)
    team = [candidate(someone, village.seat[role], role) for role in ("executive_member", "chair")]
    county.township.do("org", f"/reelections/{case}/result", candidates=team, reported_on=ago(39))
    return case, village


def answered_since(load: Load, before: Mapping[str, int]) -> bool:
    """Whether every service has answered a few more commands."""
    return all(len(load.answered[s]) > n + 2 for s, n in before.items())


def approve(county: County, case: str, document: str) -> None:
    county.county.do("org", f"/reelections/{case}/approval", approved_on=ago(30), term_months=60, documents=[document])


@pytest.fixture(scope="module")
def stormed(town: Town) -> tuple[Load, dict[str, Village]]:
    """Each victim is killed just after a result was approved, whose reaction must not be lost or done twice."""
    county = town.county
    document = paper(county.county, PLACES["county"])
    waiting = {victim: reported(county, f"{victim}村") for victim in VICTIMS}
    with load_on(county) as load:
        eventually(lambda: load.progress() > 5)
        for victim, (case, _) in waiting.items():
            approve(county, case, document)
            town.kill(victim)
            time.sleep(DOWN_SECONDS)
            town.start(victim)
            before = {service: len(keys) for service, keys in load.answered.items()}
            eventually(partial(answered_since, load, before), SECONDS)
            eventually(county.fresh_again, SECONDS)
    level(county)
    return load, {victim: village for victim, (_, village) in waiting.items()}


def level(county: County) -> None:
    """Until the reports have everything that is in the logs."""

    def there() -> bool:
        try:
            heads = county.heads
            tracked = county.provincial.send("GET", "projection", "/terms", params={"limit": 1}).json()["positions"]
        except (httpx.HTTPError, KeyError):
            return False
        return all(f"{county.config.region}/{s}:{at}" in tracked.split(",") for s, at in heads.items())

    eventually(there, SECONDS)


def test_everything_answered_is_in_the_log_exactly_once(town: Town, stormed: tuple[Load, dict[str, Village]]) -> None:
    load, _ = stormed
    assert load.wrong == []
    assert load.failures > 0 and load.progress() > 30
    for service, answered in load.answered.items():
        found: dict[str, list[str]] = {}
        for event in town.county.events(service):
            if event.meta.key:
                found.setdefault(event.meta.key, []).append(str(event.stream))
        facts = COMMANDS[service][3]
        assert {key: found.get(key) for key in answered} == {key: [id] * facts for key, id in answered.items()}
        mine = Counter(e.meta.key for e in town.county.events(service) if e.name in ("org.EligibleUnitListed", "cadre.CadreRegistered",
                       "lecture.TopicDrafted", "hotline.ShiftScheduled") and e.meta.actor != "loader")  # fmt: skip
        assert set(mine.values()) == {1}, "and what was not answered is there once at most"


def test_positions_have_no_gap_and_instants_never_go_back(town: Town, stormed: object) -> None:
    for service in COMMANDS:
        events = list(town.county.events(service))
        assert [e.position for e in events] == list(range(1, len(events) + 1))
        assert all(a.at <= b.at for a, b in pairwise(events))


def test_sent_again_after_the_storm_a_command_gives_its_first_answer(town: Town, stormed: tuple[Load, dict[str, Village]]) -> None:
    load, _ = stormed
    before = town.county.heads
    for service, answered in load.answered.items():
        account, path, body, _ = COMMANDS[service]
        for key, id in list(answered.items())[::5]:
            assert load.attempt(getattr(town.county, account), service, path, body, key) == id
    assert town.county.people_wrote(before) == []


def test_every_reaction_happened_once(town: Town, stormed: tuple[Load, dict[str, Village]]) -> None:
    _, villages = stormed
    started = Counter(e.data["post"]["organisation"] for e in town.county.events("cadre") if e.name == "cadre.AppointmentStarted")
    for victim, village in villages.items():
        assert roster(town.county, village.id) == {f"{victim}村当选人": ["chair", "executive_member"]}
        assert started[village.id] == 2


def test_streams_equal_logs_and_views_equal_rebuilt_views(town: Town, stormed: object) -> None:
    level(town.county)
    verified = town.county.command_line("verify", "--json")
    assert (verified.returncode, verified.stdout.strip()) == (0, "[]"), verified.stdout + verified.stderr


def test_nothing_was_set_aside(town: Town, stormed: object) -> None:
    assert town.county.command_line("parked", "list", "--json").stdout.strip() == "[]"
