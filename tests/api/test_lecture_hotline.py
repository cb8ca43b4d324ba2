"""Topics and shifts over HTTP: the way through, who may, and what is refused in both languages."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.hotline import api as shifts
from services.hotline.application import Hotline
from services.lecture import api as topics
from services.lecture.application import Lecture
from shared.calendar import now, today
from shared.http import service
from tests.api.caller import Caller, Names, config, give, plant, served

COUNTY, OTHER = uuid4(), uuid4()
DRAFT = {"title": "急救", "category": "first_aid", "outline": "人人动手", "minutes": 60, "audience_level": "village", "organisation": str(COUNTY)}
TRIAL = {"given_on": today().isoformat(), "ratings": 8, "mean_rating": 4.5}


@pytest.fixture
def lecture(home):
    with served(service("lecture", Lecture, [topics.router], config=config(home), identity=Names(), nats=False)) as app:
        plant(app, {COUNTY: None, OTHER: None})
        give(app, "lecturer", "lecturer", COUNTY)
        give(app, "officer", "officer", COUNTY)
        give(app, "stranger", "officer", OTHER)
        yield app


@pytest.fixture
def hotline(home):
    with served(service("hotline", Hotline, [shifts.router], config=config(home), identity=Names(), nats=False)) as app:
        plant(app, {COUNTY: None})
        give(app, "operator", "operator", COUNTY)
        yield app


def test_a_topic_goes_from_draft_to_library_and_its_author_does_not_accept_it(lecture):
    author, reviewer = Caller(lecture, "lecturer"), Caller(lecture, "officer")
    id = author.post("/topics", DRAFT).json()["id"]
    assert author.post(f"/topics/{id}/submission").status_code == 200
    assert author.post(f"/topics/{id}/trial", TRIAL).json()["version"] == 3
    assert author.post(f"/topics/{id}/acceptance").status_code == 403
    assert reviewer.post(f"/topics/{id}/acceptance").headers["es-position"] == "36/lecture:4"
    found = author.get(f"/topics/{id}")
    assert found.json()["state"] == "accepted" and found.headers["etag"] == '"4"'


def test_a_topic_is_revised_only_by_whoever_has_read_it(lecture):
    author = Caller(lecture, "lecturer")
    id = author.post("/topics", DRAFT).json()["id"]
    new = {"effective": today().isoformat(), "minutes": 45}
    assert author.post(f"/topics/{id}/revision", new).status_code == 428
    assert author.post(f"/topics/{id}/revision", new, expect=7).status_code == 412
    assert author.post(f"/topics/{id}/revision", new, expect=1).status_code == 200


def test_a_refusal_names_field_and_rule_in_both_languages(lecture):
    author, reviewer = Caller(lecture, "lecturer"), Caller(lecture, "officer")
    id = author.post("/topics", DRAFT).json()["id"]
    author.post(f"/topics/{id}/submission")
    author.post(f"/topics/{id}/trial", TRIAL | {"mean_rating": 3.0})
    refused = reviewer.post(f"/topics/{id}/acceptance")
    assert refused.status_code == 422 and refused.headers["content-type"].startswith("application/problem+json")
    error = refused.json()["errors"][0]
    assert error["code"] == "trial_rated_too_low" and "3.0" in error["message"]["zh-CN"] and "4.0" in error["message"]["en"]


def test_another_countys_officer_changes_nothing(lecture):
    assert Caller(lecture, "stranger").post("/topics", DRAFT).status_code == 403
    assert Caller(lecture, "nobody").post("/topics", DRAFT).status_code == 403
    assert Caller(lecture, "lecturer").get(f"/topics/{uuid4()}").status_code == 404


def test_a_shift_is_scheduled_worked_and_then_closed(hotline):
    operator, executive = Caller(hotline, "operator"), str(uuid4())
    start = now() - timedelta(hours=4)
    plan = {"organisation": str(COUNTY), "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}
    id = operator.post("/shifts", plan).json()["id"]
    assert operator.post(f"/shifts/{id}/completion", {"executive": executive, "calls": 3, "visits": 0}).status_code == 200
    again = operator.post(f"/shifts/{id}/cancellation", {"why": "停电"})
    assert again.status_code == 422 and again.json()["errors"][0]["code"] == "shift_in_other_state"
    assert operator.get(f"/shifts/{id}").json()["executive"] == executive
    assert Caller(hotline, "nobody").get(f"/shifts/{id}").status_code == 403


def test_an_instant_without_a_time_zone_is_refused(hotline):
    naive = {"organisation": str(COUNTY), "starts_at": "2026-11-22T08:30:00", "ends_at": "2026-11-22T11:30:00"}
    refused = Caller(hotline, "operator").post("/shifts", naive)
    assert refused.status_code == 422 and {e["pointer"] for e in refused.json()["errors"]} == {"/starts_at", "/ends_at"}
