"""The pages of eligible units: the list, one unit with its days and records, and what is done with it."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from tests.console.conftest import COUNTY, OFFICER
from tests.console.people_given import fields

UNIT, OTHER, COMMITTEE, LISTED = (f"018f0000-0000-7000-8000-00000000009{n}" for n in range(4))
DAY = {"valid_from": "2016-03-01", "state": "organised", "organisation": COMMITTEE, "area": COUNTY}
SAID = {"id": UNIT, "unit_name": "县教育局", "level": "county", "field": "organ", "area": COUNTY, "affiliation": "local", "rank": None, "women": 80,
        "state": "organised", "listed_on": "2016-03-01", "organisation": COMMITTEE, "into": None, "days": [DAY],
        "facts": [{"id": LISTED, "fact": "org.EligibleUnitListed", "at": "2026-01-01T00:00:00Z", "says": {"listed_on": "2016-03-01"}}]}  # fmt: skip
ROW = {"id": UNIT, "unit_name": "县教育局", "area": COUNTY, "area_name": "南昌县妇女联合会", "field": "organ", "level": "county",
       "state": "organised", "listed_on": "2016-03-01", "organisation": COMMITTEE, "organisation_name": "县教育局妇女委员会"}  # fmt: skip


@pytest.fixture
def desk(officer):
    give = officer.services.give
    give("GET projection /me", {**OFFICER, "may": [*OFFICER["may"], "org.unit"]})
    assert officer.sign_in().status_code == 303
    give(f"GET org /units/{UNIT}", httpx.Response(200, json=SAID, headers={"ETag": '"3"'}))
    give(f"GET org /organisations/{COUNTY}", {"full_name": "南昌县妇女联合会"})
    give(f"GET org /organisations/{COMMITTEE}", {"full_name": "县教育局妇女委员会"})
    give("GET projection /units", {"rows": [ROW], "cursor": None})
    return officer


def test_the_list_is_filtered_and_leads_to_a_unit_a_new_one_and_the_import(desk):
    page = desk.get("/units?state=organised&field=organ").text
    assert f"/units/{UNIT}" in page and "已建" in page and 'href="/units/new"' in page and "/imports/new?kind=units" in page
    asked = desk.services.last("/units").url.params
    assert (asked["state"], asked["field"]) == ("organised", "organ")


def test_a_unit_shows_who_covers_it_and_what_may_be_done(desk):
    page = desk.get(f"/units/{UNIT}").text
    assert "县教育局妇女委员会" in page and "列入名单 2016-03-01" in page
    assert all(f"/units/{UNIT}/{act}" in page for act in ("transfer", "release", "closure", "merger", "details", "correction"))
    assert f"/units/{UNIT}/exemption" not in page, "covered, it leaves its organisation first"


def test_a_unit_is_listed_in_ones_own_area(desk):
    desk.services.give("POST org /units", {"id": OTHER, "version": 2})
    form = fields(desk.get("/units/new").text)
    said = {"unit_name": "县文旅局", "field": "organ", "level": "county", "affiliation": "local", "listed_on": "2024-01-01"}
    answer = desk.post("/units/new", {**form, **said, "step": "check"})
    assert answer.headers["location"].startswith(f"/units/{OTHER}")


def test_an_act_on_a_unit_in_another_state_is_closed_and_an_unknown_one_is_not_there(desk):
    assert desk.get(f"/units/{UNIT}/exemption").status_code == 409
    assert desk.get(f"/units/{UNIT}/sale").status_code == 404


def test_a_correction_names_the_record_and_may_void_it(desk):
    desk.services.give(f"POST org /units/{UNIT}/correction", {"id": UNIT, "version": 4})
    page = desk.get(f"/units/{UNIT}/correction?corrects={LISTED}").text
    assert re.search(rf'<input[^>]*name="corrects"[^>]*value="{LISTED}"[^>]*checked', page)
    desk.post(f"/units/{UNIT}/correction", {**fields(page), "corrects": LISTED, "void": "void", "step": "send"})
    sent = desk.services.last(f"/units/{UNIT}/correction")
    body = json.loads(sent.content)
    assert (body["corrects"], body["void"]) == (LISTED, True)
