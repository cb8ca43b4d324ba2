"""What single pages ask for: an organisation and a person over all their time, the work list, the search of the audit, re-election batches."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.cadre import events as cadre
from services.org import events as org
from shared.fact import derive, new_id
from tests.api.caller import Caller, give
from tests.views.asking import EITHER, get
from tests.views.story import OFFICER, Story, day

pytestmark = EITHER


@pytest.fixture
def story(story: Story) -> Story:
    story.officer_called("周主任")
    return story


@pytest.fixture
def town(story: Story, county: UUID) -> UUID:
    return story.organisation("莲塘镇妇女联合会", "township", county, "360121100000")


def found(caller: Caller, path: str, **asked: Any) -> dict[str, Any]:
    answer = get(caller, path, **asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


# -- an organisation ---------------------------------------------------------------------------------------------------
def test_an_organisation_shows_its_names_terms_seats_and_chairs_of_all_its_time(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    seat = derive(town, "chair")
    plan = org.SeatsDefined(seats=(org.Seat(seat=seat, role="chair", capacity=1),), effective=day("2001-01-01"))
    story.tell(town, plan, org.OrganisationDetailsChanged(effective=day("2022-01-01"), full_name="莲塘街道妇女联合会"), on="2022-01-05")
    term = story.term(town, "2018-01-01", 60, "2023-01-01")
    story.reelect(town, term, "2022-12-20", "2022-12-30", 60)
    old, new = (story.post(story.person(name, town), town) for name in ("李梅", "王芳"))
    story.end(story.start(old, "2018-01-01"), old, "2022-12-20", "term_expired")
    story.start(new, "2022-12-20")
    story.vacancy(town, "2021-01-01", "2021-02-01")
    told = found(officer, f"/organisations/{town}", as_of="2024-01-01")
    assert told["now"]["full_name"] == "莲塘街道妇女联合会" and told["now"]["parent_name"] == "南昌县妇女联合会"
    assert [(h["full_name"], h["valid_from"], h["valid_to"], h["changed"]) for h in told["history"]] == [
        ("莲塘街道妇女联合会", "2022-01-01", None, ["full_name"]),
        ("莲塘镇妇女联合会", "2000-01-01", "2022-01-01", []),
    ]
    assert [up["name"] for up in told["path"]] == ["江西省妇女联合会", "南昌县妇女联合会"]
    assert [(t["term_no"], t["state"]) for t in told["terms"]] == [(2, "running"), (1, "ended")]
    assert [c["state"] for c in told["reelections"]] == ["approved"] and [v["state"] for v in told["vacancies"]] == ["closed"]
    assert [(s["role"], s["capacity"], s["filled"], [h["person_name"] for h in s["holders"]]) for s in told["seats"]] == [("chair", 1, 1, ["王芳"])]
    assert [(c["person_name"], c["starts_on"], c["ends_on"]) for c in told["chairs"]] == [
        ("王芳", "2022-12-20", None),
        ("李梅", "2018-01-01", "2022-12-20"),
    ]
    first = told["events"][0]
    assert (first["kind"], first["effective"], first["actor_name"]) == ("org.OrganisationDetailsChanged", "2022-01-01", "周主任")
    assert first["what"] == {"full_name": "莲塘街道妇女联合会"}
    past = found(officer, f"/organisations/{town}", as_of="2019-01-01")
    assert past["now"]["full_name"] == "莲塘镇妇女联合会" and past["seats"][0]["holders"][0]["person_name"] == "李梅"
    before = found(officer, f"/organisations/{town}", as_of="1999-01-01")
    assert before["now"] is None and len(before["history"]) == 2
    assert len(found(officer, f"/organisations/{town}", as_of="2024-01-01", known_at="2021-12-31")["history"]) == 1


def test_a_merger_is_told_from_both_ends(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    gone = story.organisation("小兰乡妇女联合会", "township", county)
    story.tell(gone, org.OrganisationsMerged(into=town, effective=day("2023-01-01")))
    assert [(x["name"], x["how"], x["on"]) for x in found(officer, f"/organisations/{town}")["lineage"]["from"]] == [
        ("小兰乡妇女联合会", "merged", "2023-01-01")
    ]
    assert [x["name"] for x in found(officer, f"/organisations/{gone}")["lineage"]["to"]] == ["莲塘镇妇女联合会"]


def test_an_organisation_elsewhere_shows_no_names_of_people(story: Story, officer: Caller, province: UUID) -> None:
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    story.tell(other, org.SeatsDefined(seats=(org.Seat(seat=derive(other, "chair"), role="chair", capacity=1),), effective=day("2001-01-01")))
    story.start(story.post(story.person("外人", other), other), "2024-01-01")
    answer = get(officer, f"/organisations/{other}")
    assert answer.json()["seats"][0]["filled"] == 1 and answer.json()["chairs"] is None and "外人" not in answer.text
    assert get(officer, f"/organisations/{new_id()}").status_code == 404


# -- a person ----------------------------------------------------------------------------------------------------------
def test_a_person_shows_her_posts_with_papers_and_who_changed_what(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    document = story.paper(county)
    wang = story.person("王芳", town, born_on="1980-05-01", degree="associate")
    post = story.post(wang, town, mode="appointed")
    a = story.start(post, "2020-01-01", meta={"documents": (document,)})
    story.end(a, post, "2023-01-01")
    story.start(story.post(wang, county, "vice_chair"), "2023-01-01")
    changed = cadre.CadreProfileChanged(profile=cadre.Profile(degree="bachelor"), effective=day("2023-07-01"))
    story.tell(wang, changed, on="2023-07-10", reason="毕业")
    story.tell(wang, cadre.CertificateIssued(appointment=a, number="赣妇证001", issued_on=day("2023-08-01"), issuer=county), on="2023-08-01")
    story.tell(wang, cadre.SealedRecordOpened(fields=("phone",), opened_by=OFFICER, why="核对电话"), on="2023-09-01")
    told = found(officer, f"/cadres/{wang}", as_of="2024-01-01")
    assert [told["now"][k] for k in ("person_name", "age", "degree", "home_name")] == ["王芳", 43, "bachelor", "莲塘镇妇女联合会"]
    assert [(p["valid_from"], p["changed"]) for p in told["profiles"]] == [("2023-07-01", ["degree"]), ("1900-01-01", [])]
    assert [(x["organisation_name"], x["role"], x["current"], x["ends_on"], x["missing_document"]) for x in told["appointments"]] == [
        ("南昌县妇女联合会", "vice_chair", True, None, True),
        ("莲塘镇妇女联合会", "chair", False, "2023-01-01", True),
    ]
    assert [d["number"] for d in told["appointments"][1]["documents"]] == ["南妇〔2024〕5号"]
    assert [(c["number"], c["issuer_name"]) for c in told["certificates"]] == [("赣妇证001", "南昌县妇女联合会")]
    assert [c["kind"] for c in told["changes"]] == [
        *("sealed_opened", "certificate_issued", "profile_changed", "started", "ended", "started", "registered"),
    ]
    assert told["changes"][2]["changed"] == {"degree": ["associate", "bachelor"]}
    assert told["changes"][2]["sentence"]["zh-CN"] == "2023年7月10日，周主任变更王芳的档案：文化程度，自2023年7月1日起，理由：毕业。"
    assert told["changes"][2]["sentence"]["en"] == "2023-07-10: 周主任 changed the record of 王芳 (education), effective 2023-07-01; reason: 毕业."


def test_a_person_outside_the_area_is_not_there_and_without_the_audit_right_her_changes_are_not(
    app: FastAPI, story: Story, officer: Caller, province: UUID, county: UUID
) -> None:
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    outsider, guest = story.person("外人", other), story.person("客人", other)
    story.start(story.post(guest, county, "executive_member"), "2024-01-01")
    assert get(officer, f"/cadres/{outsider}").status_code == 404 == get(officer, f"/cadres/{new_id()}").status_code
    assert found(officer, f"/cadres/{guest}")["now"]["person_name"] == "客人"
    give(app, "recorder", "recorder", county)
    assert found(Caller(app, "recorder"), f"/cadres/{guest}")["changes"] is None


# -- the work list -----------------------------------------------------------------------------------------------------
def waiting(caller: Caller, **asked: Any) -> dict[str, int]:
    return {s["id"]: s["count"] for s in found(caller, "/worklist", as_of="2026-11-01", **asked)["sections"]}


@pytest.fixture
def work(story: Story, county: UUID, town: UUID) -> None:
    for role, facts in (
        ("vice_chair", ()),
        ("standing_member", (cadre.AppointmentPartyReviewed(agreed=True, decided_on=day("2026-10-01"), authority="县委"),)),
        ("executive_member", (cadre.AppointmentApproved(approved_on=day("2026-10-02")),)),
        ("staff", (cadre.AppointmentRejected(rejected_on=day("2026-10-02"), why="不符合条件"),)),
    ):
        post = story.post(story.person(f"拟任{role}", town), town, role)
        story.tell(new_id(), cadre.AppointmentProposed(post=post, starts_on=day("2026-10-15")), *facts, on="2026-10-01")
    story.start(story.post(story.person("代主席", town), town, mode="acting"), "2026-06-01", "2026-11-15")
    story.term(town, "2021-01-01", 60, "2026-01-01")
    story.term(county, "2022-02-01", 60, "2027-02-01")
    story.vacancy(town, "2026-05-01")
    story.vacancy(town, "2026-10-20")
    story.tell(new_id(), org.ReelectionPlanned(organisation=town, term=None, planned_on=day("2026-09-01"), batch=UUID(int=7)))
    words: Any = {"code": "two_chairs", "message_zh": "已有主席", "message_en": "There is a chair."}
    refused = cadre.ReactionRefused(policy="cadre.start_elected", source="org", cause=new_id(), target=new_id(), organisation=town, **words)
    story.tell(new_id(), refused, on="2026-10-20")


def test_the_work_list_counts_what_waits_for_the_callers_role_and_area(app: FastAPI, work: None, officer: Caller, county: UUID, town: UUID) -> None:
    assert waiting(officer) == {
        "appointments_proposed": 1,
        "appointments_in_procedure": 1,
        "appointments_to_start": 1,
        "appointments_ending": 1,
        "terms_overdue": 1,
        "terms_due": 1,
        "reelections_open": 1,
        "vacancies_overdue": 1,
        "appointments_without_paper": 1,
        "reactions_refused": 1,
    }
    told = found(officer, "/worklist", as_of="2026-11-01", rows=1)
    assert told["stages"] == {"planned": 1} and told["total"] == 10
    first = told["sections"][0]
    assert first["title"]["zh-CN"] and first["rows"][0]["person_name"] == "拟任vice_chair"
    assert first["rows"][0]["organisation_name"] == "莲塘镇妇女联合会"
    give(app, "recorder", "recorder", town)
    assert set(waiting(Caller(app, "recorder"))) == {"appointments_proposed", "terms_overdue", "reelections_open", "vacancies_overdue"}
    give(app, "lecturer", "lecturer", county)
    assert waiting(Caller(app, "lecturer")) == {}
    assert get(Caller(app, "stranger"), "/worklist").status_code == 403


def test_every_list_a_section_names_has_as_many_rows_as_it_counts(work: None, officer: Caller) -> None:
    for section in found(officer, "/worklist", as_of="2026-11-01")["sections"]:
        path, _, query = section["list"].partition("?")
        asked: dict[str, Any] = {"as_of": "2026-11-01"}
        for pair in query.split("&") if query else ():
            key, _, value = pair.partition("=")
            asked.setdefault(key, []).append(value)
        assert len(found(officer, path, **asked)["rows"]) == section["count"], section["id"]


def test_the_list_of_appointments_is_searched_by_state_name_and_place_and_its_stages_are_counted(
    story: Story, work: None, officer: Caller, town: UUID
) -> None:
    def people(**asked: Any) -> list[str]:
        return [r["person_name"] for r in found(officer, "/appointments", **({"as_of": "2026-11-01"} | asked))["rows"]]

    post = story.post(story.person("单芳", town), town, "staff")
    left = story.start(post, "2021-01-01")
    story.end(left, post, "2024-01-01")
    assert people(state="rejected") == ["拟任staff"] == people(state="rejected", search="lt") and people(state="rejected", role="chair") == []
    assert people(state="ended") == ["单芳"] == people(state="ended", search="sf")
    assert found(officer, "/appointments", state="ended")["rows"][0]["status"] == "ended"
    assert people(state="ended", as_of="2023-01-01") == [] == people(state="ended", search="王"), "she was in office then"
    assert people(search="代主席") == ["代主席"] == people(ending="true") and "代主席" in people(search="lt")
    assert people(ending="true", as_of="2026-07-01") == []
    counts = found(officer, "/appointments/counts")["counts"]
    kept = {"active": 0, "suspended": 0, "ended": 2}  # today
    assert counts == {"proposed": 1, "party_reviewed": 1, "approved": 1, "rejected": 1} | kept
    assert found(officer, "/appointments/counts", search="nishui")["counts"] == {}
    assert found(officer, "/appointments/counts", role="staff")["counts"] == {"rejected": 1}


# -- the audit ---------------------------------------------------------------------------------------------------------
def test_the_audit_is_searched_by_name_kind_flag_and_both_times(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    document = story.paper(county)
    one, two = (story.post(story.person(name, town), place) for name, place in (("单芳", town), ("李梅", county)))
    a = story.start(one, "2024-01-10", meta={"documents": (document,), "correlation": "c-7"})
    story.start(two, "2024-01-10", on="2024-04-20", meta={"correlation": "c-8"})
    story.end(a, one, "2024-05-01", on="2024-05-02", correlation="c-7")

    def people(**asked: Any) -> list[str]:
        rows = [r["person_name"] for r in found(officer, "/audit/appointments", **asked)["rows"]]
        assert found(officer, "/audit/appointments/total", **asked)["total"] == len(rows)
        return rows

    assert people() == ["单芳", "李梅", "单芳"]
    assert people(search="sf") == ["单芳", "单芳"] == people(search="lt") == people(organisation=str(town)) == people(correlation="c-7")
    assert people(kind="ended") == ["单芳"] and people(kind=["ended", "started"]) == ["单芳", "李梅", "单芳"]
    assert people(flag="late") == ["李梅"] == people(flag=["late", "missing_document"]) and people(flag="missing_document") == ["单芳", "李梅"]
    assert people(effective_from="2024-02-01") == ["单芳"] and people(effective_to="2024-02-01") == ["李梅", "单芳"]
    assert people(document=str(document)) == ["单芳"] and people(**{"from": "2024-04-01", "to": "2024-04-30"}) == ["李梅"]


def test_a_trail_tells_all_that_one_request_brought_about(app: FastAPI, story: Story, officer: Caller, county: UUID, province: UUID) -> None:
    case = new_id()
    story.tell(case, org.ReelectionPlanned(organisation=county, term=None, planned_on=day("2024-01-01")), correlation="plan")
    approved = org.ElectionResultApproved(
        organisation=county, term=new_id(), outgoing_term=None, starts_on=day("2024-02-01"), approved_on=day("2024-02-10"), winners=()
    )
    story.tell(case, approved, on="2024-02-10", correlation="c-9")
    for name, role in (("李梅", "chair"), ("王芳", "vice_chair")):
        story.start(story.post(story.person(name, county), county, role), "2024-02-01", on="2024-02-10", reelection=case, meta={"correlation": "c-9"})
    told = found(officer, "/audit/trail/c-9")
    assert [r["person_name"] for r in told["rows"]] == ["李梅", "王芳"]
    assert [(e["kind"], e["actor_name"]) for e in told["events"]] == [("org.ElectionResultApproved", "周主任")]
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    give(app, "other", "officer", other)
    assert get(Caller(app, "other"), "/audit/trail/c-9").status_code == 404 == get(officer, "/audit/trail/none").status_code


# -- batches -----------------------------------------------------------------------------------------------------------
def test_a_batch_tells_how_far_each_township_is(story: Story, officer: Caller, county: UUID, town: UUID) -> None:
    second = story.organisation("三江镇妇女联合会", "township", county, "360121101000")
    batch = new_id()
    for place, stage in ((town, "requested"), (town, "planned"), (second, "cancelled")):
        village, case = story.organisation("某村妇女联合会", "village", place), new_id()
        story.tell(case, org.ReelectionPlanned(organisation=village, term=None, planned_on=day("2026-01-01"), batch=batch))
        if stage == "requested":
            story.tell(case, org.ReelectionRequested(requested_on=day("2026-02-01")))
        if stage == "cancelled":
            story.tell(case, org.ReelectionCancelled(cancelled_on=day("2026-02-01"), why="撤并"))
    told = found(officer, "/reelections/batches", as_of="2026-03-01")
    assert told["total"] == 1 and (told["rows"][0]["organisations"], told["rows"][0]["cancelled"], told["rows"][0]["done"]) == (2, 1, 0)
    assert [(t["name"], t["organisations"], t["stages"]) for t in told["rows"][0]["townships"]] == [
        ("莲塘镇妇女联合会", 2, {"requested": 1, "planned": 1}),
        ("三江镇妇女联合会", 0, {"cancelled": 1}),
    ]
