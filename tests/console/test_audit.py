"""The audit's pages beside that of appointments: other records, who did it, and the chain check that says no more than was compared."""

from __future__ import annotations

import re

import pytest

from tests.console.people_given import PERSON

RECORD = {
    "event": "e1", "stream": PERSON, "person": PERSON, "person_name": "测试甲", "recorded": "2026-03-02T09:00:00+08:00", "effective": "2026-03-01",
    "about": "person", "organisation": "o1", "organisation_name": "洪州区妇女联合会", "actor": "https://id.test|county", "actor_name": "王干事",
    "on_behalf_of_name": None, "correlation": "c0ffee", "documents": [{"id": "d1", "number": "洪妇〔2026〕3号", "title": "批复"}],
    "changed": {"political": ["masses", "cpc"]}, "sentence": {"zh-CN": "2026年3月2日，王干事变更<测试甲>的档案。", "en": "changed"},
}  # fmt: skip


@pytest.fixture
def desk(officer):
    officer.services.give("GET org /organisations/o1", {"full_name": "洪州区妇女联合会"})
    return officer


def test_other_records_are_sentences_with_what_changed_their_papers_and_who_did_it(desk):
    desk.services.give("GET projection /audit/records", {"rows": [RECORD], "cursor": None})
    page = desk.get("/audit/records?who=王干事&about=person&from=2026-01-01").text
    asked = desk.services.last("/audit/records").url.params
    assert (asked["who"], asked["about"], asked["from"]) == ("王干事", "person", "2026-01-01")
    assert "变更&lt;测试甲&gt;的档案" in page and f'href="/people/{PERSON}"' in page and 'href="/documents/d1"' in page
    assert re.search(r"政治面貌</th><td[^>]*>群众</td><td[^>]*>中共党员</td>", page) and "经办人：王干事" in page and "人员档案" in page
    assert "/audit/records?who=%E7%8E%8B" in page and 'href="/audit/exports"' in page and 'hx-get="/audit/chain"' in page
    assert 'href="/export/records?' in page


def test_appointments_too_are_asked_who_did_them(desk):
    desk.services.give("GET projection /audit/appointments", {"rows": [], "cursor": None})
    page = desk.get("/audit?who=county").text
    assert desk.services.last("/audit/appointments").url.params["who"] == "county" and "经办人：county" in page and 'href="/audit/records"' in page


def test_the_chain_check_says_what_was_compared_and_nothing_that_was_not(desk):
    rows = [
        {"service": "org", "state": "same", "first": 801, "last": 1000, "checked": 200, "at": None},
        {"service": "cadre", "state": "differs", "first": 1, "last": 9, "checked": 9, "at": 7},
        {"service": "hotline", "state": "unreachable", "first": None, "last": None, "checked": 0, "at": None},
        {"service": "lecture", "state": "empty", "first": None, "last": None, "checked": 0, "at": None},
    ]
    desk.services.give("GET projection /audit/chain", {"rows": rows, "latest": 200, "checked_at": "2026-03-02T09:00:00+08:00"})
    page = desk.get("/audit/chain").text
    assert "组织与换届 位置 801–1000 的 200 条与原始日志逐条一致" in page and "2026-03-02 09:00" in page and "位置 7 与原始日志不一致" in page
    assert "日志暂时读不到，未校验" in page and "还没有记录" in page and page.count("逐条一致") == 1
    desk.services.give("GET projection /audit/chain", {"rows": [], "latest": 200, "checked_at": "2026-03-02T09:00:00+08:00"})
    assert "未校验" in desk.get("/audit/chain").text
