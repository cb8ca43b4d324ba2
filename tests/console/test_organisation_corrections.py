"""更正 of an organisation and its terms: which records there are, the form of one, what the check page says, and what is sent."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from tests.console.conftest import CITY, COUNTY, OFFICER, refusal
from tests.console.test_organisations import DETAIL, NOW

PROPOSED, CHANGED, GONE, TAKEN, PLAN, MOVED, FOUNDED = (f"018f0000-0000-7000-8000-0000000000a{n}" for n in range(7))
TERM, STARTED, EXTENDED, OTHER = (f"018f0000-0000-7000-8000-0000000000b{n}" for n in range(4))
AT = "2026-01-01T00:00:00Z"
KIND = {"area_kind": None, "field": "area", "formation_mode": "standalone"}


def fact(id, name, **says):
    return {"id": id, "fact": f"org.{name}", "at": AT, "says": says}


FACTS = [
    fact(PROPOSED, "OrganisationProposed", full_name="南昌县妇女会", short_name="南昌县妇联", parent=CITY, proposed_on="2010-01-01", **KIND),
    fact(FOUNDED, "OrganisationEstablished", established_on="2010-02-01", opening=False),
    fact(CHANGED, "OrganisationDetailsChanged", effective="2016-05-17", full_name="南昌县妇女联合会", short_name=None, area_kind=None, field=None),
    fact(GONE, "DivisionAssigned", effective="2018-01-01", code="360121999999", division_name="南昌县"),
    fact(TAKEN, "OrganisationCorrected", corrects=GONE, corrects_version=4, void=True),
    fact(PLAN, "SeatsDefined", effective="2018-01-01"),
    fact(MOVED, "OrganisationMoved", effective="2019-01-01", parent=CITY),
    fact(OTHER, "OrganisationCorrected", corrects=MOVED, corrects_version=7, void=False, effective="2019-03-01"),
]
OF_TERM = [fact(STARTED, "TermStarted", organisation=COUNTY, term_no=3, starts_on="2021-06-01", term_months=60, ends_on="2026-06-01"),
           fact(EXTENDED, "TermExtended", new_ends_on="2026-12-01")]  # fmt: skip
HERE, THERE = f"/organisations/{COUNTY}/correction", f"/terms/{TERM}/correction"


@pytest.fixture
def desk(officer):
    give = officer.services.give
    give("GET projection /me", {**OFFICER, "may": [*OFFICER["may"], "org.term"]})
    assert officer.sign_in().status_code == 303
    give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json={**NOW, "planned": [], "facts": FACTS}, headers={"ETag": '"8"'}))
    give(f"GET org /organisations/{CITY}", {"full_name": "南昌市妇女联合会"})
    term = {"id": TERM, "organisation": COUNTY, "term_no": 3, "facts": OF_TERM}
    give(f"GET org /terms/{TERM}", httpx.Response(200, json=term, headers={"ETag": '"2"'}))
    row = {"id": TERM, "term_no": 3, "starts_on": "2021-06-01", "due_on": "2026-12-01", "ended_on": None, "opening": False, "reelection": None,
           "extended_to": "2026-12-01", "extension_asked": None, "state": "running"}  # fmt: skip
    give(f"GET projection /organisations/{COUNTY}", {**DETAIL, "terms": [row]})
    give("GET projection /documents", {"rows": []})
    for path in (HERE, THERE):
        give(f"POST org {path}", {"id": COUNTY, "version": 9})
    return officer


def fields(page):
    """What the form would send as it stands, by field."""
    [form] = re.findall(r'<form method="post"[^>]*data-once>.*?</form>', page, re.S)
    inputs = {i[0]: i[1] for i in re.findall(r'<input[^>]*?name="([\w.]+)"[^>]*?value="([^"]*)"', form) if i[0] != "void"}
    selects = re.findall(r'<select[^>]*name="([\w.]+)"(.*?)</select>', form, re.S)
    chosen = {name: (re.findall(r'value="(\w*)" selected', some) or [""])[0] for name, some in selects}
    return {k: v.replace("&#34;", '"') for k, v in {**inputs, **chosen}.items() if not k.startswith("paper.")}


def sent(desk, path):
    request = desk.services.last(path)
    return json.loads(request.content), request.headers["if-match"]


def send(desk, path, of, step="send", **said):
    return desk.post(path, {**fields(desk.get(f"{path}?of={of}").text), "reason": "录入时看错了", **said, "step": step})


def test_the_page_of_an_organisation_leads_to_what_can_be_corrected(desk):
    assert f'href="{HERE}"' in desk.get(f"/organisations/{COUNTY}").text
    page = desk.get(HERE).text
    assert all(f"{HERE}?of={id}" in page for id in (PROPOSED, FOUNDED, CHANGED, MOVED))
    assert f"{THERE}?of={STARTED}" in page and f"{THERE}?of={EXTENDED}" in page and "第 3 届" in page
    assert PLAN not in page and TAKEN not in page
    assert f"of={GONE}" not in page and "已作废" in page, "what was taken back is told and not offered"
    assert desk.get(THERE).headers["location"] == HERE


def test_a_form_shows_what_the_record_says_as_corrected_since(desk):
    page = desk.get(f"{HERE}?of={PROPOSED}").text
    form = fields(page)
    assert (form["full_name"], form["parent"], form["corrects"]) == ("南昌县妇女会", "南昌市妇女联合会", PROPOSED)
    assert 'name="void"' not in page, "that it was proposed stands"
    assert fields(desk.get(f"{HERE}?of={MOVED}").text)["effective"] == "2019-03-01"
    assert fields(desk.get(f"{THERE}?of={STARTED}").text)["term_months"] == "60"


def test_a_record_that_is_not_there_or_was_taken_back_has_no_form(desk):
    assert [desk.get(f"{HERE}?of={id}").status_code for id in (GONE, PLAN, STARTED)] == [404, 404, 404]


def test_only_what_is_put_right_is_sent_under_the_version_that_was_seen(desk):
    done = send(desk, HERE, PROPOSED, full_name="南昌县民主妇女联合会")
    assert done.headers["location"] == f"/organisations/{COUNTY}?done=correction"
    assert "更正组织记录" in desk.get(done.headers["location"]).text
    assert sent(desk, HERE) == ({"corrects": PROPOSED, "full_name": "南昌县民主妇女联合会", "reason": "录入时看错了"}, '"8"')


def test_a_length_is_sent_as_a_number_to_the_term(desk):
    send(desk, THERE, STARTED, term_months="36")
    assert sent(desk, THERE) == ({"corrects": STARTED, "term_months": 36, "reason": "录入时看错了"}, '"2"')


def test_a_record_that_never_was_is_voided_and_nothing_else_is_said_of_it(desk):
    send(desk, HERE, MOVED, void="yes", parent="没有的市")
    assert sent(desk, HERE)[0] == {"corrects": MOVED, "void": True, "reason": "录入时看错了"}
    assert 'name="void"' in desk.get(f"{THERE}?of={EXTENDED}").text


def test_another_parent_named_in_words_becomes_its_id(desk):
    other = {"id": OTHER, "full_name": "九江市妇女联合会", "short_name": "九江市妇联", "code": "360400000000"}
    desk.services.give("GET projection /organisations", {"rows": [other]})
    send(desk, HERE, MOVED, parent="九江市妇联")
    assert sent(desk, HERE)[0] == {"corrects": MOVED, "parent": OTHER, "reason": "录入时看错了"}


def test_a_correction_that_changes_nothing_or_gives_no_reason_is_told_so(desk):
    page = send(desk, HERE, FOUNDED, step="check")
    assert page.status_code == 422 and 'id="e-established_on"' in page.text and "没有可更正的" in page.text
    assert 'id="e-reason"' in send(desk, HERE, FOUNDED, step="check", established_on="2010-03-01", reason="").text
    assert 'id="e-full_name"' in send(desk, HERE, PROPOSED, step="check", full_name="").text, "what stands there cannot be emptied"


def test_before_it_is_sent_the_service_says_at_its_field_what_is_wrong(desk):
    desk.services.refusing[HERE] = refusal(422, "founded_after", "成立日期晚于首个下级", pointer="/established_on")
    page = send(desk, HERE, FOUNDED, step="check", established_on="2030-01-01")
    assert page.status_code == 422 and 'id="e-established_on"' in page.text and "成立日期晚于首个下级" in page.text


def test_a_credit_code_that_is_taken_is_told_at_its_field(desk):
    facts = [*FACTS, fact(TERM, "CreditCodeAssigned", effective="2020-01-01", code="53360121MJ0000000X")]
    desk.services.give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json={**NOW, "facts": facts}, headers={"ETag": '"9"'}))
    desk.services.refusing[HERE] = refusal(422, "code_taken", "该代码已被占用", pointer="/credit_code")
    assert 'id="e-code"' in send(desk, HERE, TERM, step="check", code="53360121MJ0000001X").text


def test_the_answers_are_looked_over_with_the_record_they_correct(desk):
    page = send(desk, HERE, FOUNDED, step="check", established_on="2010-03-01").text
    assert "核对：" in page and "更正的记录：" in page and "2010-03-01" in page and 'value="send"' in page


def test_what_somebody_else_changed_meanwhile_is_shown_first(desk):
    form = {**fields(desk.get(f"{HERE}?of={FOUNDED}").text), "reason": "看错了", "established_on": "2010-03-01"}
    later = [*FACTS, fact(TERM, "OrganisationCorrected", corrects=FOUNDED, corrects_version=2, established_on="2010-04-01")]
    desk.services.give(f"GET org /organisations/{COUNTY}", httpx.Response(200, json={**NOW, "facts": later}, headers={"ETag": '"9"'}))
    desk.services.give(f"POST org {HERE}", refusal(412, "stale", "已有新的修改"))
    page = desk.post(HERE, {**form, "step": "send"})
    assert page.status_code == 422 and "他人已修改" in page.text and "2010-04-01" in page.text and fields(page.text)["expect"] == "9"


def test_who_may_not_change_an_organisation_does_not_see_its_corrections(desk):
    desk.services.give("GET projection /me", {**OFFICER, "grants": [{**OFFICER["grants"][0], "role": "recorder"}], "may": ["org.read"]})
    desk.sign_in()
    assert f'href="{HERE}"' not in desk.get(f"/organisations/{COUNTY}").text
    assert [desk.get(path).status_code for path in (HERE, f"{HERE}?of={FOUNDED}", f"{THERE}?of={STARTED}")] == [403, 403, 403]
