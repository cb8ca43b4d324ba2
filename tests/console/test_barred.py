"""What somebody may not do is refused when she opens its form, on a page that says who may; what cannot be told then, the service decides."""

from __future__ import annotations

import pytest

from tests.console.conftest import CITY, COUNTY, OFFICER
from tests.console.people_given import MAY, PERSON, POST, given, started, versioned

VILLAGE = "018f0000-0000-7000-8000-000000000003"
OTHER = "018f0000-0000-7000-8000-000000000004"
CASE = "018f0000-0000-7000-8000-000000000020"
RECORDER = ["org.read", "org.propose", "org.unit", "org.reelection", "org.vacancy", "org.document", "document.read", "cadre.read", "cadre.register",
            "cadre.profile", "cadre.propose", "cadre.review", "cadre.import", "report.read"]  # fmt: skip
GRANT = {"role": "recorder", "department": None, "until": "9999-12-31", "organisation": VILLAGE, "name": "某村妇女联合会", "short_name": "某村妇联",
         "level": "village", "code": "360121001001"}  # fmt: skip
PLACE = {"full_name": "某村妇女联合会", "level": "village", "state": "active", "field": "area", "formation_mode": "standalone", "planned": []}


@pytest.fixture
def desk(officer):
    """A village's recorder; her village lies below the county, and another beside it."""
    given(officer, started())
    give = officer.services.give
    for id in (VILLAGE, OTHER, COUNTY):
        above = [] if id == COUNTY else [{"id": COUNTY}]
        give(f"GET projection /organisations/{id}", {"id": id, "path": [{"id": CITY}, *above]})
        give(f"GET org /organisations/{id}", versioned({**PLACE, "id": id}))
    give(f"GET org /reelections/{CASE}", versioned({"id": CASE, "organisation": VILLAGE, "state": "requested", "held": None, "reported": None}))
    for kind in ("roster", "profiles"):
        give(f"GET projection /{kind}", {"rows": [], "total": 0, "cursor": None, "as_of": "2026-11-22", "area_name": ""})
    works(officer, GRANT)
    return officer


def works(desk, *grants, may=RECORDER):
    desk.services.give("GET projection /me", {**OFFICER, "may": may, "grants": list(grants)})
    desk.sign_in()


ACTS = [f"/organisations/{COUNTY}/details", f"/organisations/{VILLAGE}/details", f"/organisations/{VILLAGE}/merger", f"/appointments/{POST}/relief",
        f"/appointments/{POST}/correction", f"/people/{PERSON}/correction", f"/people/{PERSON}/merge", f"/people/{PERSON}/unsealing",
        f"/reelections/{CASE}/permit", "/roster/relief"]  # fmt: skip


@pytest.mark.parametrize("path", ACTS)
def test_a_form_that_is_not_hers_does_not_open_and_says_whose_it_is(desk, path):
    page = desk.get(path)
    assert page.status_code == 403 and "您没有此项权限" in page.text and 'name="key"' not in page.text
    assert "组织部干部" in page.text and "某村妇联 填报员" in page.text
    assert not desk.services.rehearsed


def test_who_decides_is_said_by_where_she_sits(desk):
    assert "由本组织或上级妇联的组织部干部办理" in desk.get(f"/organisations/{VILLAGE}/details").text
    assert "由上级妇联的组织部干部、审核员办理" in desk.get(f"/reelections/{CASE}/permit").text
    desk.client.cookies.set("language", "en")
    assert "officer" in desk.get(f"/organisations/{VILLAGE}/details").text


@pytest.mark.parametrize("path", [f"/organisations/{VILLAGE}/proposal", "/people/new", "/documents/new", "/imports/new", "/appointments/new",
                                  f"/reelections/new?organisation={VILLAGE}"])  # fmt: skip
def test_what_is_hers_opens_where_she_works(desk, path):
    assert desk.get(path).status_code == 200


@pytest.mark.parametrize("path", [f"/organisations/{OTHER}/proposal", f"/people/new?home={OTHER}", f"/documents/new?organisation={OTHER}",
                                  f"/appointments/new?organisation={OTHER}", f"/reelections/new?organisation={OTHER}",
                                  f"/people/{PERSON}/change"])  # fmt: skip
def test_what_is_hers_does_not_open_elsewhere(desk, path):
    assert desk.get(path).status_code == 403, path


def test_one_who_works_for_several_opens_what_any_of_them_allows(desk):
    works(desk, {**GRANT, "organisation": COUNTY, "role": "officer", "short_name": "南昌县妇联"}, GRANT, may=MAY)
    desk.post("/place", {"organisation": VILLAGE})
    assert desk.get(f"/people/{PERSON}/change").status_code == 200


def test_what_is_only_proposed_lies_below_its_parent(desk):
    for parent, status in ((VILLAGE, 200), (COUNTY, 403)):
        now = {"status": "proposed", "parent": parent}
        desk.services.give(f"GET projection /organisations/{OTHER}", {"id": OTHER, "now": now, "path": []})
        assert desk.get(f"/organisations/{OTHER}/proposal").status_code == status


def test_the_head_of_the_province_is_above_all_of_them(desk):
    desk.services.give(f"GET projection /organisations/{CITY}", {"id": CITY, "now": {"status": "active"}, "path": []})
    desk.services.give(f"GET org /organisations/{CITY}", versioned({**PLACE, "id": CITY}))
    works(desk, {**GRANT, "role": "officer", "organisation": COUNTY}, may=[*MAY, "org.seats"])
    assert desk.get(f"/organisations/{CITY}/seats").status_code == 403
    works(desk, {**GRANT, "role": "officer", "organisation": CITY}, may=[*MAY, "org.seats"])
    assert desk.get(f"/organisations/{CITY}/seats").status_code == 200


def test_what_decides_about_ones_own_office_is_the_superiors(desk):
    works(desk, {**GRANT, "role": "officer"}, may=[*MAY, "org.permit"])
    assert desk.get(f"/reelections/{CASE}/permit").status_code == 403
    works(desk, {**GRANT, "role": "officer", "organisation": COUNTY}, may=[*MAY, "org.permit"])
    assert desk.get(f"/reelections/{CASE}/permit").status_code == 200


def test_where_it_cannot_be_told_the_form_opens_and_the_service_decides(desk):
    del desk.services.given["GET", "projection", f"/organisations/{OTHER}"]
    assert desk.get(f"/organisations/{OTHER}/proposal").status_code == 200
