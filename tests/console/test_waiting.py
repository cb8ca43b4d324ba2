"""What waits for her stands where she finds it: workbooks to be written, requests to be decided, vacancies with the way to fill them."""

from __future__ import annotations

import re

import pytest

from tests.console.conftest import COUNTY, OFFICER, Reader, refusal
from tests.console.test_imports import DRAFT
from tests.console.test_imports import desk as import_desk
from tests.console.test_organisations import DETAIL, TOWN, VILLAGE, county

__all__ = ["county", "import_desk"]
SEAT = "018f0000-0000-7000-8000-00000000000c"
TREE = {"rows": [{"id": COUNTY, "children": [
    {"id": TOWN, "name": "莲塘镇妇女联合会", "short_name": "莲塘镇妇联", "level": "township", "below": 3},
    {"id": VILLAGE, "name": "机关妇委会", "short_name": "机关妇委会", "level": "county", "below": 0},
]}]}  # fmt: skip
VACANT = {"id": "v1", "organisation": TOWN, "organisation_name": "莲塘镇妇联", "seat": SEAT, "role": "chair", "since": "2026-05-01", "state": "long",
          "timely_until": "2026-08-01"}  # fmt: skip


def sign_in_with(reader: Reader, *may: str, role: str = "officer") -> None:
    reader.services.give("GET projection /me", {**OFFICER, "may": list(may), "grants": [{**OFFICER["grants"][0], "role": role}]})
    assert reader.sign_in().status_code == 303


def test_a_workbook_that_was_checked_is_a_thing_to_do_for_who_may_write_it(officer):
    theirs = {**DRAFT, "kind": "roster", "uploaded_by": "somebody"}
    officer.services.give("GET cadre /imports", {"imports": [theirs]})
    assert "待确认写入的导入" not in officer.get("/").text, "she may import but not write"
    sign_in_with(officer, *OFFICER["may"], "cadre.load")
    page = officer.get("/").text
    assert re.search(r"<strong>1</strong> 待确认写入的导入", page) and f'href="/imports/cadre/{DRAFT["id"]}"' in page
    officer.services.give("GET cadre /imports", {"imports": [{**theirs, "uploaded_by": OFFICER["account"]}, {**theirs, "state": "committed"}]})
    assert "待确认写入的导入" not in officer.get("/").text, "her own roster is for another to confirm"
    officer.services.give("GET cadre /imports", {"imports": [{**theirs, "counts": {"rows": 2, "add": 0, "change": 0, "same": 1, "error": 1}}]})
    assert "待确认写入的导入" not in officer.get("/").text, "there is nothing to write"


def test_who_only_decides_on_workbooks_finds_them_too(officer):
    theirs = {**DRAFT, "kind": "roster", "uploaded_by": "somebody"}
    officer.services.give("GET cadre /imports", {"imports": [theirs]})
    sign_in_with(officer, "cadre.read", "cadre.load", "report.read", role="reviewer")
    page = officer.get("/").text
    assert "待确认写入的导入" in page and f'href="/imports/cadre/{DRAFT["id"]}"' in page and 'href="/imports"' in page
    asked = [r.url.params.get("state") for r in officer.services.asked if r.url.path == "/imports"]
    assert sorted(map(str, asked)) == ["None", "checked"], "however many came after it"
    listed = officer.get("/imports").text
    assert "核对并写入" in listed and "/imports/new" not in listed, "she brings none herself"


def test_who_may_not_write_a_workbook_sees_why_and_no_form(import_desk):
    path = f"/imports/cadre/{DRAFT['id']}"
    assert f'action="{path}/commit"' in import_desk.get(path).text
    import_desk.services.give(f"GET cadre {path.replace('/imports/cadre', '/imports')}", {**DRAFT, "kind": "roster"})
    page = import_desk.get(path).text
    assert "须由上传人以外的另一人确认写入" in page and f'action="{path}/commit"' not in page and "请把本页地址发给她" not in page
    sign_in_with(import_desk, "cadre.read", "cadre.import", role="recorder")
    import_desk.services.give(f"GET cadre {path.replace('/imports/cadre', '/imports')}", DRAFT)
    page = import_desk.get(path).text
    assert "写入由组织部干部确认" in page and f'action="{path}/commit"' not in page
    import_desk.services.give("GET cadre /imports", {"imports": [DRAFT]})
    assert "等待另一人确认" in import_desk.get("/imports").text


def test_a_case_on_the_work_list_says_how_far_it_is_and_a_request_leads_to_its_decision(officer):
    row = {"id": "c1", "organisation": "o1", "organisation_name": "莲塘镇妇联", "state": "requested", "planned_on": "2026-09-01",
           "congress_on": "2026-12-20", "requested_on": "2026-09-05"}  # fmt: skip
    sections = [{"id": id, "title": {"zh-CN": title, "en": title}, "count": 1, "list": f"/reelections?state={state}", "rows": [row]}
                for id, title, state in (("reelections_open", "换届进行中", "open"), ("reelections_requested", "待批复的换届请示", "requested"))]
    officer.services.give("GET projection /worklist", {"sections": sections})
    page = officer.get("/").text
    assert "莲塘镇妇联 · 已请示" in page and "拟开会 2026-12-20" in page and "请示 2026-09-05" in page
    assert 'href="/reelections?state=requested"><strong>1</strong> 待批复的换届请示' in page and page.count('href="/reelections/c1"') == 2


def test_a_request_to_extend_a_term_leads_to_its_decision(officer):
    row = {"id": "t1", "organisation": TOWN, "organisation_name": "莲塘镇妇联", "reelection": "c0", "due_on": "2027-01-01",
           "extension_asked": "2027-06-01"}  # fmt: skip
    sections = [{"id": id, "title": {"zh-CN": id, "en": id}, "count": 1, "list": f"/terms?state={state}", "rows": [row]}
                for id, state in (("terms_extension", "asked"), ("terms_due", "due"))]  # fmt: skip
    officer.services.give("GET projection /worklist", {"sections": sections})
    page = officer.get("/").text
    assert f'href="/organisations/{TOWN}/extension"' in page and "申请延至 2027-06-01" in page
    assert 'href="/reelections/due?state=asked"' in page
    over = {"id": "c2", "organisation": TOWN, "organisation_name": "莲塘镇妇联", "state": "permitted", "planned_on": "2026-09-01"}
    officer.services.give("GET projection /worklist", {"sections": [{**sections[0], "id": "reelections_moot", "list": "/reelections?state=moot",
                                                                     "rows": [over]}]})  # fmt: skip
    assert 'href="/reelections/c2/cancellation"' in officer.get("/").text
    assert f'href="/organisations/{TOWN}">' in page and "/reelections/c0" not in page, "not to the re-election that began the term"


def test_a_vacancy_leads_to_the_proposal_that_fills_it_for_who_may(county):
    county.services.give("GET projection /vacancies", {"rows": [VACANT, {**VACANT, "id": "v2", "state": "closed"}], "cursor": None, "total": 2})
    county.services.give("GET projection /organisations/tree", TREE)
    to = f"/appointments/new?organisation={TOWN}&amp;seat={SEAT}"
    page = county.get(f"/vacancies?search=lt&area={TOWN}&level=township").text
    assert page.count(f'href="{to}"') == 1 and "共 2 条" in page
    asked = county.services.last("/vacancies").url.params
    assert (asked["search"], asked["area"], asked["level"], asked["state"]) == ("lt", TOWN, "township", "open")
    assert "乡镇（街道）：莲塘镇妇联" in page and "关键字：lt" in page and '<option value="' + VILLAGE not in page
    sign_in_with(county, "org.read", "report.read", role="statistician")
    assert to not in county.get("/vacancies").text and "可办理" not in county.get("/vacancies").text


def test_without_a_tree_the_list_stands_without_its_areas(county):
    county.services.give("GET projection /vacancies", {"rows": [VACANT], "cursor": None})
    county.services.give("GET projection /organisations/tree", refusal(503, "busy", "忙"))
    page = county.get("/vacancies")
    assert page.status_code == 200 and 'id="q-area"' not in page.text and 'id="q-search"' in page.text


def test_the_organisation_page_leads_to_the_proposal_too(county):
    seat = {"seat": SEAT, "role": "chair", "engagement": "full_time", "capacity": 1, "filled": 0, "holders": []}
    county.services.give(f"GET projection /organisations/{COUNTY}", {**DETAIL, "seats": [seat], "vacancies": [{**VACANT, "left_by_name": None}]})
    to = f'href="/appointments/new?organisation={COUNTY}&amp;seat={SEAT}"'
    assert county.get(f"/organisations/{COUNTY}").text.count(to) == 2
    assert to not in county.get(f"/organisations/{COUNTY}?as_of=2023-01-01").text, "nobody is proposed for the past"
    sign_in_with(county, "org.read", "report.read", role="statistician")
    assert to not in county.get(f"/organisations/{COUNTY}").text


def test_what_falls_due_is_found_by_name_level_and_township(county):
    county.services.give("GET projection /terms", {"rows": [], "cursor": None, "total": 0})
    county.services.give("GET projection /organisations/tree", TREE)
    page = county.get(f"/reelections/due?state=overdue&search=lt&level=village&area={TOWN}").text
    asked = county.services.last("/terms").url.params
    assert (asked["search"], asked["level"], asked["area"], asked["state"]) == ("lt", "village", TOWN, "overdue") and "莲塘镇妇联" in page


def test_the_tile_of_executives_leads_to_as_many_as_it_counts(county):
    page = county.get("/organisations").text
    roles = "role=chair&amp;role=vice_chair&amp;role=standing_member&amp;role=executive_member"
    assert re.search(rf'href="/roster\?area={COUNTY}&amp;{roles}">38 ', page) and re.search(rf'href="/roster\?area={COUNTY}">在任 40 人', page)


def test_nothing_is_planned_from_the_overview_of_a_past_day(county):
    assert "按所选计划换届" in county.get("/organisations").text
    assert "按所选计划换届" not in county.get("/organisations?as_of=2023-06-30").text
    term = {"organisation": TOWN, "organisation_name": "莲塘镇妇联", "state": "overdue", "term_no": 1, "starts_on": "2020-01-01",
            "due_on": "2023-01-01"}  # fmt: skip
    county.services.give("GET projection /terms", {"rows": [term], "cursor": None})
    assert "按所选计划换届" in county.get("/reelections/due?state=overdue").text
    assert "按所选计划换届" not in county.get("/reelections/due?state=overdue&as_of=2023-06-30").text


@pytest.mark.parametrize(("level", "total", "to"), [("village", 0, f"/organisations/{COUNTY}"), ("village", 2, ""), ("county", 0, "")])
def test_a_village_without_anything_below_is_shown_its_own_page(county, level, total, to):
    county.services.give("GET projection /overview", {
        "area": {"id": COUNTY, "name": "示范村妇女联合会", "short_name": "示范村妇联", "level": level, "path": [], "org_type": "federation",
                 "status": "active", "code": None},
        "tiles": {**dict.fromkeys(("organisations", "holders", "executives", "chair_seats", "chairs_filled", "terms", "terms_due", "terms_overdue",
                                   "reelections_open", "vacancies", "vacancies_overdue", "vacancies_long"), 0), "chair_rate": None},
        "children": {"total": total, "rows": [], "cursor": None},
    })  # fmt: skip
    answer = county.get("/organisations")
    assert answer.headers.get("location", "") == to
