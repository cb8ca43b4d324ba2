"""People over HTTP: registered with sealed fields, changed and corrected, merged, unsealed, certified, seconded."""
import sqlite3
from uuid import UUID

from tests.api.cadre_given import COUNTY, EXECUTIVES, TOWN, VILLAGE, on
from tests.api.caller import give
from tests.api.test_cadre_appointments import code

PHONE = "13800138000"


def test_sealed_fields_never_stand_in_the_log_and_are_opened_with_a_reason_that_is_recorded(here, home):
    person = here.person(phone=PHONE)
    with sqlite3.connect(home / "cadre.db") as db:
        assert not any(PHONE in line for line in db.iterdump())
    leader = here.caller("leader")
    assert leader.get(f"/cadres/{person}").json()["sealed"] == ["phone"] and PHONE not in leader.get(f"/cadres/{person}").text
    assert code(leader.post(f"/cadres/{person}/unsealing", {})) == "reason_missing"
    assert code(here.caller("clerk").post(f"/cadres/{person}/unsealing", {"reason": "核对"}), 403) == "forbidden"
    answer = leader.post(f"/cadres/{person}/unsealing", {"reason": "核对身份"})
    assert answer.json()["opened"] == {"phone": PHONE}
    opened = here.store.history(UUID(person))[-1]
    assert opened.name == "cadre.SealedRecordOpened" and opened.fact.why == "核对身份" and opened.fact.opened_by.endswith("|leader")


def test_an_export_opens_what_it_names_of_many_and_each_record_says_so(here):
    give(here.app, "town", "officer", TOWN)
    both, nothing = here.person(phone=PHONE, id_number="110101198001010029"), here.person("陈静")
    only_phone = here.person("李敏", phone="13900139000")
    outside = here.person("赵红", home=str(COUNTY), phone=PHONE)
    town, asked = here.caller("town"), {"people": [both, only_phone, nothing, outside], "fields": ["phone"]}
    assert code(town.post("/cadres/unsealing", asked)) == "reason_missing"
    assert code(here.caller("leader").post("/cadres/unsealing", {**asked, "reason": "通知开会"}), 403) == "forbidden"
    assert len(here.store.history(UUID(both))) == 1
    answer = town.post("/cadres/unsealing", {**asked, "reason": "通知开会"}, key="k")
    assert answer.json()["opened"] == {both: {"phone": PHONE}, only_phone: {"phone": "13900139000"}}
    opened = here.store.history(UUID(both))[-1].fact
    assert (opened.fields, opened.why, opened.opened_by.rpartition("|")[2]) == (("phone",), "通知开会", "town")
    assert town.post("/cadres/unsealing", {**asked, "reason": "通知开会"}, key="k").json() == answer.json()
    assert [len(here.store.history(UUID(p))) for p in (both, only_phone, nothing, outside)] == [2, 2, 1, 1]


def test_a_change_holds_from_its_day_and_a_correction_names_its_event(here):
    person, leader = here.person(), here.caller("leader")
    at = f"/cadres/{person}"
    clerk = here.caller("clerk")
    assert code(clerk.post(f"{at}/profile-change", {"effective": on(-10), "profile": {"degree": "bachelor"}}), 428) == "if_match_required"
    here.ok(clerk.post(f"{at}/profile-change", {"effective": on(-10), "profile": {"degree": "bachelor"}}, expect=1))
    registered = here.event(at, "CadreRegistered")
    here.ok(leader.post(f"{at}/profile-correction", {"corrects": registered, "profile": {"born_on": "1981-02-03", "degree": "secondary"}}, expect=2))
    rows = leader.get(at).json()["history"]
    assert [(r["profile"]["degree"], r["profile"]["born_on"]) for r in rows] == [("secondary", "1981-02-03"), ("bachelor", "1981-02-03")]
    assert code(clerk.post(f"{at}/profile-change", {"effective": on(-1), "profile": {"degree": "associate"}}, expect=1), 412) == "stale"


def test_a_second_record_of_the_same_person_is_warned_of_and_merged(here):
    first = here.person()
    here.pull()
    answer = here.caller("clerk").post("/cadres", {"profile": {"person_name": "王芳", "born_on": "1980-01-01"}, "home": str(VILLAGE)})
    assert [w["code"] for w in answer.json()["warnings"]] == ["same_name_and_birth", "id_number_missing"]
    second = answer.json()["id"]
    merged = here.caller("county").post(f"/cadres/{second}/merge", {"into": first})
    assert merged.status_code == 200
    body = {"person": second, "organisation": str(VILLAGE), "seat": str(EXECUTIVES), "engagement": "part_time", "mode": "elected", "starts_on": on(0)}
    assert code(here.caller("clerk").post("/appointments", body)) == "merged_record"


def test_a_record_that_holds_a_post_is_kept_not_merged_away(here):
    first, second = here.person(), here.person()
    at = here.started(first, starts_on=on(-2))
    here.pull()
    county = here.caller("county")
    assert code(county.post(f"/cadres/{first}/merge", {"into": second})) == "merge_holds_office"
    assert county.post(f"/cadres/{second}/merge", {"into": first}).status_code == 200
    third = here.person()
    here.ok(here.caller("leader").post(f"{at}/relief", {"effective": on(0), "end_reason": "resigned"}))
    here.pull()
    assert county.post(f"/cadres/{first}/merge", {"into": third}).status_code == 200


def test_the_superior_federation_certifies_a_post(here):
    person = here.person()
    at = here.started(person, EXECUTIVES)
    body = {"appointment": at.rpartition("/")[2], "number": "2026-001", "issued_on": on(0), "issuer": str(TOWN)}
    county = here.caller("county")
    assert code(county.post(f"/cadres/{person}/certificates", body | {"issuer": str(COUNTY)})) == "issuer_not_superior"
    assert code(county.post(f"/cadres/{person}/certificates", body | {"issued_on": on(-1)})) == "certificate_not_in_office"
    here.ok(county.post(f"/cadres/{person}/certificates", body))
    assert code(county.post(f"/cadres/{person}/certificates", body)) == "certificate_exists"
    assert county.get(f"/cadres/{person}").json()["certificates"][0]["number"] == "2026-001"


def test_a_secondment_is_started_extended_and_ended(here):
    body = {"person": here.person(), "from_organisation": str(VILLAGE), "to_organisation": str(TOWN), "duty": "挂职副主席", "starts_on": on(-30),
            "until": on(60)}
    leader = here.caller("leader")
    at = f"/secondments/{here.ok(leader.post('/secondments', body))['id']}"
    here.ok(leader.post(f"{at}/extension", {"until": on(90)}))
    here.ok(leader.post(f"{at}/end", {"ended_on": on(0)}))
    assert leader.get(at).json()["ended_on"] == on(0)
    assert code(leader.post(f"{at}/extension", {"until": on(99)})) == "secondment_over"
