"""Planning a re-election: ahead of its congress; and a date that is refused leaves the form as it was."""

from __future__ import annotations

import json

import httpx

from tests.console.conftest import COUNTY, refusal
from tests.console.test_reelections import CASE, VILLAGE, desk

__all__ = ["desk"]
PLAN = {"planned_on": "2026-11-20", "congress_on": "2027-02-01", "key": "k", "step": "send"}
AHEAD = {"pointer": "/planned_on", "code": "in_future", "message": {"zh-CN": "日期还没有到，请填今天或以前的日期", "en": "it lies ahead"}}


def test_the_congress_is_planned_ahead_with_the_plan_of_today(desk):
    page = desk.get(f"/reelections/new?picked={VILLAGE}").text
    assert "拟召开大会日期" in page and 'name="congress_on"' in page and "列入计划日期" in page
    desk.services.give("POST org /reelections", httpx.Response(201, json={"id": CASE, "version": 1}))
    assert desk.post("/reelections/new", {**PLAN, "picked": VILLAGE}).headers["location"] == f"/reelections/{CASE}?done=plan"
    assert json.loads(desk.services.last("/reelections").content) == {k: PLAN[k] for k in ("planned_on", "congress_on")} | {"organisation": VILLAGE}
    desk.post("/reelections/new", {**PLAN, "picked": VILLAGE, "congress_on": ""})
    assert "congress_on" not in json.loads(desk.services.last("/reelections").content)


def test_a_refused_date_stands_at_its_field_and_the_form_is_kept(desk):
    desk.services.give("POST org /reelections", refusal(422, "in_future", "日期还没有到，请填今天或以前的日期", pointer="/planned_on"))
    desk.services.give(f"GET org /organisations/{COUNTY}", {"id": COUNTY, "full_name": "南昌县妇女联合会"})
    page = desk.post("/reelections/new", {**PLAN, "picked": [VILLAGE, COUNTY], "planned_on": "2027-01-01"})
    assert page.status_code == 422 and "<title>错误：" in page.text and page.text.count('href="#f-planned_on"') == 1
    assert 'value="2027-01-01"' in page.text and 'value="2027-02-01"' in page.text and page.text.count('name="picked"') == 2
    assert "已列入" not in page.text


def test_so_it_is_for_all_villages_of_a_township(desk):
    desk.services.give(f"GET org /organisations/{COUNTY}", {"id": COUNTY, "full_name": "南昌县妇女联合会"})
    desk.services.give("GET projection /organisations", {"rows": [], "cursor": None})
    refused = [{"organisation": VILLAGE, **AHEAD}]
    desk.services.give("POST org /reelections/batches", {"id": CASE, "planned": [], "refused": refused})
    page = desk.post("/reelections/new", {**PLAN, "area": COUNTY, "planned_on": "2027-01-01"})
    assert page.status_code == 422 and 'href="#f-planned_on"' in page.text and f'name="area" value="{COUNTY}"' in page.text
    assert json.loads(desk.services.last("/reelections/batches").content)["congress_on"] == "2027-02-01"
    running = {**AHEAD, "pointer": "/organisation", "message": {"zh-CN": "该组织已有办理中的换届", "en": "one is running"}}
    desk.services.give("POST org /reelections/batches", {"id": CASE, "planned": [], "refused": [{"organisation": VILLAGE, **running}] * 4})
    page = desk.post("/reelections/new", {**PLAN, "area": COUNTY}).text
    assert "莲塘镇示范村妇女联合会 等 4 个组织：该组织已有办理中的换届" in page and "<title>错误：" in page
    desk.services.give("POST org /reelections/batches", {"id": CASE, "planned": [], "refused": []})
    assert "没有可列入的组织。" in desk.post("/reelections/new", {**PLAN, "area": COUNTY}).text
