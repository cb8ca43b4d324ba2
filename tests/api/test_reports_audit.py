"""The appointment audit and who may see what: sentences, flags, filters, CSV, scopes and refusals."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from services.cadre import events as cadre
from services.org import events as org
from shared.fact import derive, new_id
from tests.api.caller import Caller, give
from tests.views.asking import get, total
from tests.views.story import OFFICER, Story, day

AUDIT = "/audit/appointments"


@pytest.fixture
def story(story: Story) -> Story:
    story.officer_called("周主任")
    return story


def test_every_change_is_one_row_with_a_plain_sentence(story: Story, auditor: Caller, county: UUID) -> None:
    document = story.paper(county)
    post = story.post(story.person("王芳", county), county, mode="appointed")
    a = story.start(post, "2024-01-10", meta={"documents": (document,)})
    ended = story.end(a, post, "2024-03-01", "transferred", on="2024-04-20", reason="调县委工作")
    story.tell(
        a, cadre.AppointmentCorrected(corrects=ended.id, effective=day("2024-03-15")), on="2024-05-01", documents=(document,), on_behalf_of=OFFICER
    )
    rows = get(auditor, f"{AUDIT}/{a}").json()["rows"]
    assert [r["sentence"]["zh-CN"] for r in rows] == [
        "2024年1月10日，周主任凭南妇〔2024〕5号任命王芳为南昌县妇女联合会主席，自2024年1月10日起。",
        "2024年4月20日，周主任免去王芳的南昌县妇女联合会主席职务（调离），自2024年3月1日起，理由：调县委工作。［缺批复、补录］",
        "2024年5月1日，周主任（受周主任委托）凭南妇〔2024〕5号更正王芳任南昌县妇女联合会主席的记录：离任日期由2024-03-01改为2024-03-15，自2024年3月15日起。",
    ]
    assert [r["sentence"]["en"] for r in rows] == [
        "2024-01-10: 周主任 put 王芳 in office as chair of 南昌县妇女联合会 (appointed) on 南妇〔2024〕5号, effective 2024-01-10.",
        "2024-04-20: 周主任 relieved 王芳 as chair of 南昌县妇女联合会 (transferred), effective 2024-03-01; reason: 调县委工作. "
        "[approval missing, late entry]",
        "2024-05-01: 周主任, acting for 周主任, corrected the record of 王芳 as chair of 南昌县妇女联合会: end from 2024-03-01 to 2024-03-15 "
        "on 南妇〔2024〕5号, effective 2024-03-15.",
    ]
    assert rows[1]["names"] == {str(post.person): "王芳", str(county): "南昌县妇女联合会"}
    assert rows[1]["before"]["status"] == "in_office" and rows[1]["after"]["ends_on"] == "2024-03-01"
    assert (rows[2]["corrects"], rows[2]["correlation"], rows[2]["documents"][0]["number"]) == (str(ended.id), "c-1", "南妇〔2024〕5号")
    assert rows[1]["flags"] == ["缺批复", "补录"] and rows[1]["event"] == str(ended.id)


def test_what_follows_from_a_result_says_whose_doing_it_was_and_why_a_candidate_was_withdrawn(story: Story, auditor: Caller, county: UUID) -> None:
    document, case = story.paper(county), new_id()
    wang, li = (story.post(story.person(name, county), county, "vice_chair") for name in ("王芳", "李梅"))
    hers, rivals = new_id(), new_id()
    for id, post in ((hers, wang), (rivals, li)):
        story.tell(id, cadre.AppointmentProposed(post=post, starts_on=day("2024-03-01")), on="2024-02-01")
    by: dict[str, Any] = {"on": "2024-03-20", "actor": "cadre.policies", "on_behalf_of": OFFICER, "documents": (document,)}
    elected = cadre.AppointmentElected(elected_on=day("2024-03-05"), body="congress", reelection=case)
    story.tell(hers, elected, cadre.AppointmentStarted(post=wang, starts_on=day("2024-03-05"), back_dated=True, reelection=case), **by)
    story.tell(rivals, cadre.AppointmentWithdrawn(withdrawn_on=day("2024-03-20"), why="未当选"), **by)

    def said(id: UUID) -> list[str]:
        return [r["sentence"]["zh-CN"] for r in get(auditor, f"{AUDIT}/{id}").json()["rows"]][1:]

    assert said(hers) == [
        "2024年3月20日，系统随周主任的办理凭南妇〔2024〕5号登记：王芳当选南昌县妇女联合会副主席（大会选举），自2024年3月5日起。",
        "2024年3月20日，系统随周主任的办理凭南妇〔2024〕5号登记：王芳当选南昌县妇女联合会副主席（大会选举）并任职，自2024年3月5日起。［倒填］",
    ]
    assert said(rivals) == [
        "2024年3月20日，系统随周主任的办理凭南妇〔2024〕5号撤回李梅任南昌县妇女联合会副主席的提名，自2024年3月20日起，理由：未当选。"
    ]


def test_who_was_elected_by_whom_and_who_registered_it_is_said_and_who_died_was_not_relieved(story: Story, auditor: Caller, county: UUID) -> None:
    filled, loaded = (story.post(story.person(name, county), county, mode=mode) for name, mode in (("王芳", "by_election"), ("李梅", "elected")))
    one, two = new_id(), story.start(loaded, "2024-01-10", opening=True)
    story.tell(one, cadre.AppointmentProposed(post=filled, starts_on=day("2024-03-01")), on="2024-02-01")
    story.tell(one, cadre.AppointmentElected(elected_on=day("2024-03-01"), body="executive_committee"), on="2024-03-01")
    story.tell(one, cadre.AppointmentStarted(post=filled, starts_on=day("2024-03-01")), on="2024-03-01")
    story.end(one, filled, "2024-04-01", "died", on="2024-04-01")

    def said(id: UUID, language: str = "zh-CN") -> list[str]:
        return [r["sentence"][language] for r in get(auditor, f"{AUDIT}/{id}").json()["rows"]]
    assert said(one)[1:] == [
        "2024年3月1日，周主任登记：王芳当选南昌县妇女联合会主席（执委会补选），自2024年3月1日起。",
        "2024年3月1日，周主任登记：王芳当选南昌县妇女联合会主席（执委会补选）并任职，自2024年3月1日起。［缺批复］",
        "2024年4月1日，周主任登记：王芳的南昌县妇女联合会主席职务终止（去世），自2024年4月1日起。［缺批复］",
    ]
    assert said(two) == ["2024年1月10日，周主任登记：李梅当选南昌县妇女联合会主席并任职，自2024年1月10日起。［期初数据］"]
    assert said(one, "en")[2].startswith("2024-03-01: 周主任 recorded that 王芳 was elected chair of 南昌县妇女联合会 (by the executive committee)")


def test_the_audit_is_found_by_person_seat_document_actor_and_day(story: Story, auditor: Caller, county: UUID) -> None:
    document = story.paper(county)
    wang, li = story.person("王芳", county), story.person("李梅", county)
    one, two = story.post(wang, county), story.post(li, county, "vice_chair")
    story.start(one, "2024-01-10", meta={"documents": (document,)})
    story.start(two, "2024-02-10", meta={"actor": "https://id.test|other"})

    def found(**asked: object) -> list[str]:
        return [r["person_name"] for r in get(auditor, AUDIT, **asked).json()["rows"]]

    assert found() == ["李梅", "王芳"]
    assert found(person=wang) == ["王芳"] == found(seat=one.seat) == found(document=document) == found(actor=OFFICER)
    assert found(**{"from": "2024-02-01"}) == ["李梅"] and found(to="2024-02-01") == ["王芳"] == found(known_at="2024-02-01")
    assert found(area="360121") == ["李梅", "王芳"]
    page = get(auditor, AUDIT, limit=1).json()
    after = get(auditor, AUDIT, limit=1, cursor=page["cursor"]).json()
    assert after["rows"][0]["person_name"] == "王芳" and page["previous"] is None
    back = get(auditor, AUDIT, limit=1, cursor=after["previous"]).json()
    assert back["rows"] == page["rows"] and back["previous"] is None


def test_a_page_after_the_first_shows_the_same_state(story: Story, auditor: Caller, county: UUID) -> None:
    for i in range(3):
        story.start(story.post(story.person(f"人{i}", county), county, "executive_member"), "2024-01-10")
    page = get(auditor, AUDIT, limit=2).json()
    story.start(story.post(story.person("新人", county), county, "executive_member"), "2024-02-10")
    assert [r["person_name"] for r in get(auditor, AUDIT, limit=2, cursor=page["cursor"]).json()["rows"]] == ["人0"]


def test_what_follows_a_first_load_is_a_change_like_any_other(story: Story, app: FastAPI, auditor: Caller, county: UUID) -> None:
    post = story.post(story.person("王芳", county), county)
    a = story.start(post, "2020-01-01", on="2024-01-05", opening=True)
    [loaded] = [e for e in story.events if e.stream == a]
    story.tell(a, cadre.AppointmentCorrected(corrects=loaded.id, starts_on=day("2020-02-01")), on="2024-01-06")
    story.end(a, post, "2024-03-01", on="2024-05-20")
    rows = get(auditor, f"{AUDIT}/{a}").json()["rows"]
    assert [(r["kind"], r["flags"]) for r in rows] == [("started", ["期初数据"]), ("corrected", ["期初数据"]), ("ended", ["缺批复", "补录"])]
    statistician, asked = Caller(app, "statistician"), {"area": "360121", "period": "2024", "as_of": "2024-12-31"}
    assert total(statistician, "R32", "late_rate", **asked) == (1, 1, 100.0) == total(statistician, "R32", "missing_document_rate", **asked)


def test_late_missing_and_corrected_changes_are_counted_but_first_loads_are_not(story: Story, app: FastAPI, county: UUID) -> None:
    document = story.paper(county)
    post = story.post(story.person("王芳", county), county)
    story.start(post, "2020-01-01", on="2024-01-05", opening=True)
    story.start(story.post(story.person("李梅", county), county, "vice_chair"), "2024-01-10", on="2024-03-10", meta={"documents": (document,)})
    statistician, asked = Caller(app, "statistician"), {"area": "360121", "period": "2024", "as_of": "2024-12-31"}
    assert total(statistician, "R32", "late_rate", **asked) == (1, 1, 100.0)
    assert total(statistician, "R32", "missing_document_rate", **asked) == (0, 1, 0.0)
    assert [r["flags"] for r in get(Caller(app, "auditor"), AUDIT, area="360121").json()["rows"]] == [["补录"], ["期初数据"]]


def test_an_elected_start_entered_within_thirty_days_of_the_approval_is_not_late(story: Story, app: FastAPI, county: UUID) -> None:
    term = story.term(county, "2019-01-01", 60, "2024-01-01")
    story.reelect(county, term, "2024-01-01", "2024-03-20", 60)
    case = next(e.stream for e in story.logs["org"] if e.name == "org.ReelectionPlanned")
    story.start(story.post(story.person("王芳", county), county), "2024-01-01", on="2024-04-10", reelection=case)
    assert total(Caller(app, "statistician"), "R32", "late_rate", area="360121", period="2024", as_of="2024-12-31") == (0, 1, 0.0)


def test_the_roster_opens_in_excel_and_runs_no_formula(story: Story, app: FastAPI, county: UUID) -> None:
    person = story.person("=HYPERLINK(1)", county, born_on="1980-05-01", degree="bachelor", political="cpc", employer_and_post="+县妇联")
    story.start(story.post(person, county), "2024-01-10")
    answer = get(Caller(app, "statistician"), "/reports/roster", area="360121", as_of="2024-02-01", format="csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer.headers["content-type"].startswith("text/csv")
    assert lines[0].startswith("序号,所在组织,姓名,性别,民族,出生年月,政治面貌,文化程度")
    assert lines[1] == f"1,南昌县妇女联合会,'=HYPERLINK(1),女,汉族,1980.05,中共党员,本科,'+县妇联,主席,专职,,,是,2024-01-10,,,{person}"


def test_a_report_comes_as_csv_too(story: Story, app: FastAPI, county: UUID) -> None:
    story.unit("县医院", county, "2020-01-01", "institution")
    lines = get(Caller(app, "statistician"), "/reports/R01", area="360121", format="csv").content.decode("utf-8-sig").splitlines()
    assert lines == ["地区,指标,分子,分母,数值,单位", "南昌县妇女联合会,组建率,0,1,0.0,%"]


def test_leaders_stand_in_the_order_of_office_and_others_by_strokes(story: Story, app: FastAPI, county: UUID) -> None:
    for name, role in (("魏红", "executive_member"), ("丁香", "executive_member"), ("王芳", "vice_chair"), ("李梅", "chair")):
        story.start(story.post(story.person(name, county), county, role), "2020-01-01")
    rows = get(Caller(app, "statistician"), "/reports/roster", area="360121").json()["rows"]
    assert [r["person_name"] for r in rows] == ["李梅", "王芳", "丁香", "魏红"]


def test_a_county_sees_its_own_subtree_and_nothing_else(story: Story, app: FastAPI, province: UUID, county: UUID) -> None:
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    town = story.organisation("三江镇妇女联合会", "township", county, "360121101000")
    for place, name in ((town, "王芳"), (other, "李梅")):
        story.start(story.post(story.person(name, place), place), "2024-01-10")
        story.unit(f"{name}单位", place, "2020-01-01")
        story.term(place, "2020-01-01", 60, "2025-01-01")
        story.vacancy(place, "2024-01-01")
    give(app, "county", "officer", county)
    own = Caller(app, "county")
    for path, name in (
        ("/audit/appointments", "person_name"),
        ("/cadres", "person_name"),
        ("/appointments", "person_name"),
        ("/reports/roster", "person_name"),
    ):
        assert [r[name] for r in get(own, path).json()["rows"]] == ["王芳"], path
    assert [r["unit_name"] for r in get(own, "/reports/R01/items").json()["rows"]] == ["王芳单位"]
    assert len(get(own, "/organisations").json()["rows"]) == 4  # the tree is open to every office
    for path in ("/reports/R01", "/reports/roster", "/audit/appointments", "/cadres"):
        answer = get(own, path, area="360124")
        assert answer.status_code == 403 and answer.json()["errors"][0]["code"] == "forbidden", path
    for path in ("/reports", "/reports/R01", "/reports/roster", "/audit/appointments", "/organisations", "/units", "/cadres", "/topics"):
        assert get(Caller(app, "stranger"), path).status_code == 403, path
    outside = next(e.stream for e in story.logs["cadre"] if e.name == "cadre.AppointmentStarted" and e.data["post"]["organisation"] == str(other))
    assert get(own, f"/audit/appointments/{outside}").status_code == 404


def test_on_a_date_when_a_county_was_all_there_was_its_officer_still_sees_her_own_changes_only(story: Story, app: FastAPI) -> None:
    province = story.organisation("江西省妇女联合会", "province", None, "360000000000", on="2010-01-01")
    counties = [story.organisation(f"{name}妇女联合会", "county", province, f"36012{i}000000", on=on)
                for i, (name, on) in enumerate((("南昌县", "1990-01-01"), ("进贤县", "2012-01-01")))]  # fmt: skip
    for n, one in enumerate(counties):
        story.start(story.post(story.person(f"王芳{n}", one), one), "2024-01-10")
    give(app, "first", "officer", counties[0])
    give(app, "whole", "auditor", province)
    officer, auditor = Caller(app, "first"), Caller(app, "whole")
    for on, hers in (("2026-01-01", 1), ("1995-01-01", 1), ("1980-01-01", 0)):
        assert len(get(officer, AUDIT, as_of=on).json()["rows"]) == hers, on
    seen = {on: len(get(auditor, AUDIT, as_of=on).json()["rows"]) for on in ("2026-01-01", "2011-01-01", "1980-01-01")}
    assert seen == {"2026-01-01": 2, "2011-01-01": 2, "1980-01-01": 0}


@pytest.mark.parametrize(
    ("path", "asked", "status", "pointer"),
    [
        ("/reports/R99", {}, 404, "path/report"),
        ("/reports/R99/items", {}, 404, "path/report"),
        ("/reports/R01", {"area": "999999"}, 422, "query/area"),
        ("/reports/R01", {"area": str(uuid4())}, 422, "query/area"),
        ("/reports/R02", {"period": "2026-Q5"}, 422, "/period"),
        ("/reports/R01", {"known_at": "yesterday"}, 422, "/known_at"),
        ("/reports/R01", {"known_at": "36/org:999"}, 422, "/known_at"),
        ("/reports/R01", {"as_of": "2026-02-30"}, 422, "query/as_of"),
        ("/reports/R01/items", {"measure": "age_le_35"}, 422, "query/measure"),
        ("/units", {"cursor": "x"}, 422, "query/cursor"),
        ("/units", {"limit": "201"}, 422, "query/limit"),
        ("/reports/R01", {"field": "sea"}, 422, "query/field"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(
    story: Story, app: FastAPI, county: UUID, path: str, asked: dict[str, str], status: int, pointer: str
) -> None:
    answer = get(Caller(app, "statistician"), path, **asked)
    assert answer.status_code == status, answer.text
    first = answer.json()["errors"][0]
    assert first["pointer"] == pointer and first["message"]["zh-CN"] and first["message"]["en"]


def test_the_catalogue_says_what_each_indicator_is_in_both_languages(app: FastAPI) -> None:
    found = Caller(app, "statistician").get("/reports").json()
    listed = ["R01", "R02", "R02u", "R03", "R03u", "R04", "R05", "R06", "R08", "R10", "R11", "R12", "R13", "R32", "R34", "roster"]
    assert [i["id"] for i in found] == listed
    assert all(
        i["name"]["zh-CN"] and i["name"]["en"] and i["formula"]["zh-CN"] and i["formula"]["en"] and i["version"] and i["source"] for i in found
    )


def test_every_indicator_answers_and_shows_what_lies_behind_each_measure(story: Story, app: FastAPI, county: UUID) -> None:
    story.start(story.post(story.person("王芳", county), county), "2024-01-10")
    caller = Caller(app, "statistician")
    for indicator in caller.get("/reports").json()[:-1]:
        assert get(caller, f"/reports/{indicator['id']}", level="township", period="2024").status_code == 200, indicator["id"]
        for measure in indicator["measures"]:
            answer = get(caller, f"/reports/{indicator['id']}/items", measure=measure["id"], period="2024")
            assert answer.status_code == 200, (indicator["id"], measure["id"], answer.text)


def test_every_list_answers(story: Story, app: FastAPI, county: UUID) -> None:
    give(app, "office", "officer", None)
    give(app, "office", "supervisor", None)
    story.reelect(county, story.term(county, "2019-01-01", 60, "2024-01-01"), "2023-12-01", "2023-12-20")
    story.tell(new_id(), org.VacancyOpened(organisation=county, seat=derive(county, "chair"), since=day("2024-01-01")))
    story.paper(county)
    caller = Caller(app, "office")
    for path in (
        "/organisations",
        "/organisations/tree",
        "/units",
        "/seats",
        "/terms",
        "/reelections",
        "/vacancies",
        "/documents",
        "/cadres",
        "/appointments",
        "/topics",
        "/shifts",
    ):
        for asked in ({}, {"as_of": "2024-06-01", "known_at": "2024-06-01"}, {"area": "360121", "tree": "now"}):
            answer = get(caller, path, **asked)
            assert answer.status_code == 200, (path, answer.text)
    assert [r["state"] for r in get(caller, "/reelections", as_of="2023-12-10").json()["rows"]] == ["reported"]
