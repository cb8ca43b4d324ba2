"""What is said before something is done: what stands in the way, what will be different, what is too much; and whose drafts are whose."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from fastapi import FastAPI

from services.console.backend import Backend, Trouble
from services.console.papers import gather
from services.console.papers.shapes import Roster
from services.console.people.changes import after
from services.console.people.conflicts import full, many
from services.console.session import Session, start
from tests.console.conftest import COUNTY, OFFICER, Reader
from tests.console.people_given import HOLDER, MAY, PERSON, POST, SEAT, THE_POST, fields, given, started
from tests.console.test_drafts import OFFERED, RELIEF, name

SEAT_OF: dict[str, Any] = {"seat": SEAT, "role": "vice_chair", "capacity": 3}
WAS = {"organisation": COUNTY, "person": PERSON, "role": "chair", "status": "in_office", "starts_on": "2025-01-01", "ends_on": "", "end_reason": ""}
TODAY = "2026-11-22"


@pytest.fixture
def desk(officer: Reader) -> Reader:
    return given(officer)


def said(*args: Any) -> list[str]:
    return [h.text.format(**h.values) for h in full(*args)]


def test_the_same_person_twice_in_one_seat_is_said_even_when_places_are_free():
    hers = {**HOLDER, "person": PERSON}
    assert said(SEAT_OF, [hers], THE_POST, "zh-CN") == ["此人同期已在该职位任职，不能重复任职。"]
    assert said(SEAT_OF, [HOLDER], THE_POST, "zh-CN") == []
    assert "职数 3 人" in said(SEAT_OF, [HOLDER] * 3, THE_POST, "zh-CN")[0]


def test_the_page_says_that_she_holds_that_seat_already(desk: Reader):
    desk.services.give("GET projection /appointments", {"rows": [{**HOLDER, "person": PERSON}], "cursor": None, "as_of": TODAY})
    assert "此人同期已在该职位任职" in desk.get(f"/appointments/{POST}").text


@pytest.mark.parametrize(("elsewhere", "words"), [(1, "此人另在 1 个"), (2, "此人另在 2 个"), (3, "再任职即为兼职过多"), (7, "再任职即为兼职过多")])
def test_posts_elsewhere_are_said_and_from_the_fourth_on_that_they_are_too_many(elsewhere: int, words: str):
    [found] = many([f"第{n}村妇联" for n in range(elsewhere)])
    text = found.text.format(**found.values)
    assert words in text and "第0村妇联" in text and str(elsewhere) in text and many([]) == []


@pytest.mark.parametrize("act", ["relief", "suspension", "resumption", "start"])
def test_what_lies_ahead_does_not_hold_yet(act: str):
    was = {**WAS, "status": "suspended" if act == "resumption" else "approved" if act == "start" else "in_office"}
    now, ahead = (after(act, was, {"effective": day, "starts_on": day, "end_reason": "resigned"}, TODAY) for day in (TODAY, "2026-12-01"))
    holds = {"relief": "ended", "suspension": "suspended", "resumption": "in_office", "start": "in_office"}[act]
    assert now["status"] == holds and ahead["status"] == ("ahead" if act == "start" else was["status"])
    if act == "relief":
        assert (ahead["ends_on"], ahead["end_reason"]) == ("2026-12-01", "resigned")


def test_a_relief_ahead_is_shown_as_one_on_the_page(desk: Reader):
    desk.services.give(f"GET cadre /appointments/{POST}", started())
    page = desk.get(RELIEF).text
    filled = {**fields(page), "effective": "2099-01-01", "end_reason": "resigned", "step": "check"}
    table = desk.post(RELIEF, filled).text
    assert "2099-01-01" in table and "已卸任" not in table


class Reports:
    """The two services that a printed roster asks."""

    language = "zh-CN"

    def __init__(self, lines: int, cursor: str | None) -> None:
        row = {"person_name": "王芳", "roles": ["chair"], "engagement": "part_time", "in_two_committees": None, "holds_both_posts": None,
               "newly_appointed": True, "starts_on": "2025-01-01", "precision": "day", "opening": False, "status": "active", "mode": "elected",
               "note": None}  # fmt: skip
        self.found = {"as_of": TODAY, "rows": [row] * lines, "cursor": cursor}

    async def get(self, service: str, path: str, **asked: Any) -> dict[str, Any]:
        return {"full_name": "南昌县妇女联合会"} if service == "org" else self.found


def printed(lines: int, cursor: str | None) -> Roster:
    return asyncio.run(gather.roster(cast(Backend, Reports(lines, cursor)), COUNTY, None))


@pytest.mark.parametrize(("lines", "cursor"), [(gather.MOST + 1, None), (10, "more")])
def test_a_roster_too_long_to_print_is_refused_and_never_printed_in_part(lines: int, cursor: str | None):
    with pytest.raises(Trouble) as no:
        printed(lines, cursor)
    assert no.value.status == 409 and no.value.errors[0]["code"] == "roster_too_long" and "3000" in str(no.value.errors[0]["message"])


def test_a_roster_of_as_many_as_can_be_printed_is_whole():
    assert len(printed(gather.MOST, None).rows) == gather.MOST == 3000


def as_(desk: Reader, account: str) -> None:
    """Another person at the same browser."""
    secret = start(cast(FastAPI, desk.client.app).state.engine, Session("token", account=account, me={**OFFICER, "may": MAY}, place=COUNTY))
    desk.client.cookies.clear()
    desk.client.cookies.set("halfsky", secret)


def test_drafts_are_their_authors_alone_to_find_to_replace_and_to_drop(desk: Reader):
    desk.services.give(f"GET cadre /appointments/{POST}", started())
    as_(desk, "one")
    page = desk.get(RELIEF).text
    desk.post(name(page), {**fields(page), "reason": "甲写的理由"})
    as_(desk, "two")
    page = desk.get(f"{RELIEF}?draft=1").text
    assert "甲写的理由" not in page and OFFERED not in desk.get(RELIEF).text
    assert "草稿已保存" in desk.post(name(page), {**fields(page), "reason": "乙写的理由"}).text
    assert desk.post(f"{name(page)}/discard").status_code == 303 and OFFERED not in desk.get(RELIEF).text
    as_(desk, "one")
    assert OFFERED in desk.get(RELIEF).text and "甲写的理由" in desk.get(f"{RELIEF}?draft=1").text


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "cancelled"])
def test_what_never_came_to_office_is_listed(desk: Reader, state: str):
    row = {k: HOLDER[k] for k in ("id", "person", "person_name", "organisation", "organisation_name", "seat", "role", "starts_on", "ends_on")}
    desk.services.give("GET projection /appointments", {"rows": [{**row, "status": state, "engagement": "part_time", "mode": "elected",
                                                                  "end_reason": None}], "cursor": None, "as_of": TODAY})  # fmt: skip
    answer = desk.get(f"/appointments?state={state}")
    assert answer.status_code == 200 and str(HOLDER["person_name"]) in answer.text
