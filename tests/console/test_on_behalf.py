"""代录: whoever works for another organisation is told for which one, never for whom."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.console.conftest import CITY, Reader
from tests.console.people_given import PERSON, RECORD
from tests.console.test_people import desk

__all__ = ["desk"]
VILLAGE = "018f0000-0000-7000-8000-0000000000aa"


@pytest.mark.parametrize("act", ["change", "correction"])
def test_a_record_that_another_keeps_names_that_organisation(desk: Reader, act: str) -> None:
    desk.services.give(f"GET cadre /cadres/{PERSON}", {**RECORD, "home": VILLAGE})
    desk.services.give(f"GET org /organisations/{VILLAGE}", {"full_name": "莲西村妇女联合会"})
    assert noted(desk.get(f"/people/{PERSON}/{act}").text) == "莲西村妇女联合会"


@pytest.mark.parametrize("act", ["change", "correction"])
def test_her_own_organisation_is_nobody_elses(desk: Reader, act: str) -> None:
    assert noted(desk.get(f"/people/{PERSON}/{act}").text) is None


def test_who_is_registered_elsewhere_is_registered_for_that_organisation(desk: Reader) -> None:
    desk.services.give(f"GET org /organisations/{CITY}", {"full_name": "南昌市妇女联合会", "level": "city"})
    assert noted(desk.get(f"/people/new?home={CITY}").text) == "南昌市妇女联合会"


def noted(html: str) -> Any:
    """For whom the page says that this is done."""
    found = re.search(r"代录：您以 [^ ]+ 的身份为 (.*?) 办理", html)
    return found and found[1]
