"""What the services say of one made-up person and her appointment, for the tests of the pages about people."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.console.conftest import COUNTY, OFFICER, Reader

PERSON = "018f0000-0000-7000-8000-00000000000a"
POST = "018f0000-0000-7000-8000-00000000000b"
SEAT = "018f0000-0000-7000-8000-00000000000c"
EVENT = "018f0000-0000-7000-8000-00000000000d"
OTHER = "018f0000-0000-7000-8000-00000000000e"
PROFILE: dict[str, Any] = {
    "person_name": "测试甲",
    "sex": "female",
    "ethnicity": "汉族",
    "born_on": "1985-03-01",
    "born_precision": "month",
    "political": "masses",
    "degree": "bachelor",
    "staffing": None,
    "employer_and_post": "村会计",
    "population": None,
    "in_party_branch_committee": False,
    "in_villagers_committee": None,
}
RECORD: dict[str, Any] = {
    "id": PERSON,
    "profile": PROFILE,
    "home": COUNTY,
    "into": None,
    "sealed": ["id_number", "phone"],
    "history": [],
    "certificates": [],
    "events": [{"id": EVENT, "fact": "cadre.CadreRegistered", "at": "2026-01-02T03:00:00Z"}],
}
THE_POST: dict[str, Any] = {
    "person": PERSON,
    "organisation": COUNTY,
    "seat": SEAT,
    "role": "chair",
    "engagement": "full_time",
    "mode": "appointed",
    "term": None,
}
MAY = [
    *OFFICER["may"],
    "cadre.register",
    "cadre.profile",
    "cadre.review",
    "cadre.start",
    "cadre.relieve",
    "cadre.correct",
    "cadre.unseal",
    "cadre.load",
    "org.document",
    "document.read",
]


def proposed(by: str = "somebody") -> dict[str, Any]:
    said = {"post": THE_POST, "starts_on": "2026-12-01", "until": None, "proposed_by": by, "route": ["party", "approval"]}
    return {
        "id": POST,
        "step": "proposed",
        "post": THE_POST,
        "timeline": [],
        "events": [{"id": EVENT, "fact": "cadre.AppointmentProposed", "at": "2026-01-02T03:00:00Z", "data": said}],
    }


def started(starts_on: str = "2026-05-01") -> dict[str, Any]:
    life = {
        "valid_from": starts_on,
        "valid_to": None,
        "post": THE_POST,
        "suspended": False,
        "starts_on": starts_on,
        "ends_on": None,
        "end_reason": None,
        "precision": "day",
        "opening": False,
        "back_dated": False,
    }
    said = {"post": THE_POST, "starts_on": starts_on, "until": None}
    return {
        "id": POST,
        "step": "started",
        "post": THE_POST,
        "timeline": [life],
        "events": [{"id": EVENT, "fact": "cadre.AppointmentStarted", "at": "2026-01-02T03:00:00Z", "data": said}],
    }


HOLDER = {
    "id": OTHER,
    "person": OTHER,
    "person_name": "测试乙",
    "organisation": COUNTY,
    "organisation_name": "南昌县妇女联合会",
    "seat": SEAT,
    "role": "chair",
    "status": "active",
    "in_office": True,
    "starts_on": "2021-05-01",
    "ends_on": None,
    "back_dated": False,
}
CHANGE: dict[str, Any] = {
    "event": EVENT,
    "appointment": POST,
    "kind": "started",
    "recorded": "2026-01-02T03:00:00Z",
    "effective": "2026-05-01",
    "documents": [{"id": OTHER, "number": "洪妇〔2026〕3号", "title": "任命通知", "issuer": "县妇联", "dated": "2026-04-20", "kind": "approval"}],
    "before": None,
    "names": {THE_POST["person"]: "测试甲", THE_POST["organisation"]: "南昌县妇女联合会"},
    "after": {**THE_POST, "status": "in_office", "starts_on": "2026-05-01", "ends_on": None, "end_reason": None},
    "sentence": {"zh-CN": "县妇联组织部凭洪妇〔2026〕3号任命测试甲为主席。", "en": "appointed"},
    "flags": ["倒填"],
    "correlation": "c0ffee",
    "corrects": None,
    "actor": "x|county",
    "actor_name": "县妇联组织部",
    "on_behalf_of_name": None,
    "organisation_name": "南昌县妇女联合会",
    "person_name": "测试甲",
}


def versioned(body: dict[str, Any], version: int = 3) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"ETag": f'"{version}"'})


def given(officer: Reader, appointment: dict[str, Any] | None = None) -> Reader:
    """An officer who may do everything, a person, an appointment, and a seat that somebody holds."""
    give = officer.services.give
    give("GET projection /me", {**OFFICER, "may": MAY})
    assert officer.sign_in().status_code == 303
    give(f"GET cadre /cadres/{PERSON}", versioned(RECORD))
    give(f"GET org /organisations/{COUNTY}", {"full_name": "南昌县妇女联合会", "level": "county", "state": "active"})
    give(f"GET cadre /appointments/{POST}", versioned(appointment or proposed()))
    give(f"GET projection /audit/appointments/{POST}", {"rows": [CHANGE]})
    seat = {"organisation": COUNTY, "seat": SEAT, "role": "chair", "capacity": 1, "engagement": None, "holders": 1}
    give("GET projection /seats", {"rows": [seat]})
    give("GET cadre /appointments/ways", {"ways": ["elected", "by_election", "acting", "appointed"]})
    give("GET projection /appointments", {"rows": [HOLDER], "cursor": None, "as_of": "2026-11-22"})
    give("GET projection /documents", {"rows": []})
    give("GET projection /search", {"rows": []})
    return officer


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser would send them."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {k: v.replace("&#34;", '"').replace("&quot;", '"') for k, v in found.items()}
