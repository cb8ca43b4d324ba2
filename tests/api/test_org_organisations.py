"""Organisations, units, documents and rules over HTTP, on the real app."""
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.org.domain.dependants import Dependants
from services.org.domain.unit import EligibleUnit
from shared.calendar import today
from tests.api.org_world import LONG_AGO, World, no, ok, org_world

LAST_YEAR = str(today() - timedelta(300))
RECENT = str(today() - timedelta(30))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with org_world(tmp_path_factory.mktemp("org")) as w:
        yield w


def proposal(world: World, parent: UUID | None = None, **more: Any) -> dict[str, Any]:
    return {"full_name": "莲塘镇新建村妇女联合会", "short_name": "村妇联", "org_type": "federation", "level": "village",
            "parent": str(parent or world.township), "proposed_on": LAST_YEAR, **more}


def unit(world: World) -> str:
    return str(ok(world.officer.post("/units",
                                     {"unit_name": "新建村", "level": "village", "field": "area", "area": str(world.township), "listed_on": LAST_YEAR,
                                                "affiliation": "stationed", "rank": "正科", "women": 300}), 201)["id"])


def established(world: World, parent: UUID | None = None, **more: Any) -> str:
    id = ok(world.officer.post("/organisations", proposal(world, parent, **more)), 201)["id"]
    ok(world.reviewer.post(f"/organisations/{id}/establishment", {"established_on": LAST_YEAR, "documents": world.paper()}))
    world.pull()
    return str(id)


def shown(world: World, id: str) -> Any:
    return ok(world.officer.get(f"/organisations/{id}"))


def test_a_proposal_is_established_by_a_second_person_with_the_paper_and_its_unit_is_organised(world: World) -> None:
    u = unit(world)
    id = ok(world.officer.post("/organisations", proposal(world, units=[u])), 201)["id"]
    no(world.officer.post(f"/organisations/{id}/establishment", {"established_on": LAST_YEAR, "documents": world.paper()}), "same_person")
    no(world.reviewer.post(f"/organisations/{id}/establishment", {"established_on": LAST_YEAR}), "paper_required", pointer="/documents")
    no(world.reviewer.post(f"/organisations/{id}/establishment", {"established_on": LAST_YEAR, "documents": [str(uuid4())]}), "document_unknown")
    ok(world.reviewer.post(f"/organisations/{id}/establishment", {"established_on": LAST_YEAR, "documents": world.paper()}))
    assert shown(world, id)["state"] == "active" and ok(world.officer.get(f"/units/{u}"))["organisation"] == id
    assert world.org.state(EligibleUnit, UUID(u)).state == "organised"
    no(world.officer.post("/organisations", proposal(world, units=[u])), "unit_organised")


def test_details_are_changed_by_who_has_read_them(world: World) -> None:
    id = established(world)
    change = {"effective": RECENT, "full_name": "莲塘镇新村妇女联合会"}
    no(world.officer.post(f"/organisations/{id}/details", change), "if_match_required", 428)
    version = shown(world, id) and int(world.officer.get(f"/organisations/{id}").headers["etag"].strip('"'))
    ok(world.officer.post(f"/organisations/{id}/details", change, expect=version))
    no(world.officer.post(f"/organisations/{id}/details", change, expect=version), "stale", 412)
    assert shown(world, id)["full_name"] == "莲塘镇新村妇女联合会"
    before = world.officer.get(f"/organisations/{id}", known_at=world.facts("org.OrganisationEstablished")[-1].at.isoformat())
    assert before.json()["full_name"] == "莲塘镇新建村妇女联合会"


def test_an_effective_date_before_the_establishment_is_refused_by_name(world: World) -> None:
    version = int(world.officer.get(f"/organisations/{world.village}").headers["etag"].strip('"'))
    no(world.officer.post(f"/organisations/{world.village}/details", {"effective": "2010-01-01", "short_name": "x"}, expect=version),
       "before_establishment", pointer="/effective")


def test_seats_warn_and_block_only_where_the_county_says_so(world: World) -> None:
    id = established(world)
    unusual = {"seats": [{"seat": str(uuid4()), "role": "chair", "capacity": 1}, {"seat": str(uuid4()), "role": "executive_member", "capacity": 8}],
               "effective": RECENT}
    answer = ok(world.officer.post(f"/organisations/{id}/seats", unusual))
    assert [w["code"] for w in answer["warnings"]] == ["seats_unusual", "seats_unusual", "executives_even"]
    rule = {"rule": "seats.blocks", "value": True, "area": id, "effective": str(LONG_AGO), "source": "县妇联规定"}
    ok(world.officer.post("/rules", rule), 201)
    again = {"seats": [{"seat": str(uuid4()), "role": "chair", "capacity": 1}], "effective": RECENT}
    no(world.officer.post(f"/organisations/{id}/seats", again), "seats_unusual", pointer="/seats")
    table = {r["rule"]: r["value"] for r in world.officer.get("/rules", area=id).json()}
    assert table["appointment.publicity_days"] == 5 and table["appointment.route.village.staff.appointed"] == "approval"  # cadre's too
    assert table["seats.blocks"] is True and table["term_months.max"] == 60
    no(world.officer.post("/rules", {**rule, "rule": "weather"}), "rule_unknown", pointer="/rule")


def test_an_organisation_shows_its_seats_of_today_and_those_planned_last(world: World) -> None:
    id, chair, member = established(world), str(uuid4()), str(uuid4())

    def plan(places: int, days: int) -> None:
        seats = [{"seat": chair, "role": "chair", "capacity": 1}, {"seat": member, "role": "executive_member", "capacity": places}]
        ok(world.officer.post(f"/organisations/{id}/seats", {"seats": seats, "effective": str(today() + timedelta(days))}))

    plan(7, -20)
    ok(world.officer.post(f"/organisations/{id}/seats/{member}/abolition", {"effective": str(today() - timedelta(10))}))
    assert [s["seat"] for s in shown(world, id)["seats"]] == [chair]
    plan(9, -5)
    plan(11, 30)
    seen = shown(world, id)
    assert [[s["capacity"] for s in seen[which]] for which in ("seats", "planned")] == [[1, 9], [1, 11]], "planned again, it is there again"


def test_a_rule_for_the_whole_province_is_the_provinces_to_set(world: World) -> None:
    rule = {"rule": "seats.blocks", "value": True, "effective": str(LONG_AGO), "source": "省妇联规定"}
    world.grant("county", "officer", world.county)
    world.pull()
    no(world.caller("county").post("/rules", rule), "forbidden", 403)
    ok(world.officer.post("/rules", rule), 201)


def test_a_credit_code_is_checked_unique_and_may_be_taken_off_again(world: World) -> None:
    wrong, right = (established(world, world.county, level="township", full_name=f"{n}妇女联合会") for n in ("向塘镇", "三江镇"))
    at, code = "/organisations/{}/credit-code", "91110000600037341L"
    no(world.officer.post(at.format(wrong), {"credit_code": "91110000600037341A", "effective": LAST_YEAR}), "credit_code_invalid",
       pointer="/credit_code")
    ok(world.officer.post(at.format(wrong), {"credit_code": " 91110000 600037341l", "effective": LAST_YEAR}))
    assert shown(world, wrong)["credit_code"] == code
    error = no(world.officer.post(at.format(right), {"credit_code": code, "effective": RECENT}), "code_taken", pointer="/credit_code")
    assert f"“{shown(world, wrong)['full_name']}”" in error["message"]["zh-CN"]
    ok(world.officer.post(at.format(wrong), {"effective": RECENT}))  # it was entered there by mistake
    assert shown(world, wrong)["credit_code"] is None
    no(world.officer.post(at.format(right), {"credit_code": code, "effective": LAST_YEAR}), "code_not_free_yet")
    ok(world.officer.post(at.format(right), {"credit_code": code, "effective": RECENT}))
    ok(world.reviewer.post(f"/organisations/{right}/dissolution", {"effective": RECENT, "why": "撤销", "documents": world.paper()}))
    ok(world.officer.post(at.format(wrong), {"credit_code": code, "effective": RECENT}))  # free with its end


def test_a_move_releases_the_division_code_and_takes_the_new_one(world: World) -> None:
    town = established(world, world.county, level="township", full_name="向塘镇妇女联合会")
    id = established(world)
    ok(world.officer.post(f"/organisations/{id}/division", {"code": "360121100299", "division_name": "新建村", "effective": LAST_YEAR}))
    no(world.officer.post(f"/organisations/{town}/division", {"code": "360121100299", "division_name": "x", "effective": RECENT}), "code_taken",
       pointer="/code")
    ok(world.officer.post(f"/organisations/{id}/move", {"parent": town, "effective": RECENT, "code": "360121101201", "division_name": "新建村"}))
    assert (shown(world, id)["parent"], shown(world, id)["code"]) == (town, "360121101201")
    no(world.officer.post(f"/organisations/{town}/division", {"code": "360121100299", "division_name": "x", "effective": LAST_YEAR}),
       "code_not_free_yet")
    ok(world.officer.post(f"/organisations/{town}/division", {"code": "360121100299", "division_name": "x", "effective": RECENT}))
    assert UUID(id) in world.org.hanging(UUID(town)).now("child") and UUID(id) not in world.org.hanging(world.township).now("child")
    no(world.officer.post(f"/organisations/{town}/move", {"parent": id, "effective": RECENT}), "parent_not_above", pointer="/parent")


def test_a_split_and_a_merger_keep_their_lineage(world: World) -> None:
    id = ok(world.officer.post(f"/organisations/{world.village}/split", proposal(world)), 201)["id"]
    ok(world.reviewer.post(f"/organisations/{id}/establishment", {"established_on": LAST_YEAR, "documents": world.paper()}))
    world.pull()
    assert world.facts("org.OrganisationSplitOff")[-1].data["out_of"] == str(world.village)
    group = established(world, UUID(id), org_type="women_group", units=[unit(world)])
    ok(world.officer.post(f"/organisations/{id}/division", {"code": "360121100288", "division_name": "分村", "effective": LAST_YEAR}))
    term = ok(world.officer.post("/terms", {"organisation": id, "starts_on": LAST_YEAR, "term_months": 60}), 201)["id"]
    into = {"into": str(world.other), "effective": RECENT}
    no(world.reviewer.post(f"/organisations/{id}/merger", into), "paper_required")
    ok(world.reviewer.post(f"/organisations/{id}/merger", {**into, "documents": world.paper()}))
    assert (shown(world, id)["state"], shown(world, id)["into"]) == ("merged", str(world.other))
    assert shown(world, group)["parent"] == str(world.other)
    assert ok(world.officer.get(f"/terms/{term}"))["ended_on"] == RECENT
    assert world.facts("org.OrganisationAbsorbed")[-1].data["absorbed"] == id
    left: Dependants = world.org.hanging(UUID(id))
    assert not left.now("child") and not left.now("term")
    no(world.officer.post(f"/organisations/{id}/division", {"code": "360121100277", "division_name": "x", "effective": RECENT}), "organisation_ended")


@pytest.mark.parametrize("end", ["merger", "dissolution"])
def test_the_open_reelection_of_an_organisation_that_ends_is_called_off_with_it(world: World, end: str) -> None:
    id = established(world)
    case = ok(world.officer.post("/reelections", {"organisation": id, "planned_on": RECENT}), 201)["id"]
    ok(world.officer.post(f"/reelections/{case}/request", {"requested_on": str(today())}))
    body: dict[str, Any] = {"effective": RECENT, "documents": world.paper()} | ({"into": str(world.other)} if end == "merger" else {"why": "并村"})
    ok(world.reviewer.post(f"/organisations/{id}/{end}", body))
    off = ok(world.officer.get(f"/reelections/{case}"))
    assert (off["state"], off["since"]) == ("cancelled", str(today())), "not before it was asked for"
    assert not world.org.hanging(UUID(id)).now("reelection")
    assert world.facts("org.ReelectionCancelled")[-1].fact.why == ("组织已合并" if end == "merger" else "组织已撤销")


def test_a_dissolution_is_refused_with_the_list_of_what_remains_and_then_done(world: World) -> None:
    u = unit(world)
    id = established(world, units=[u])
    term = ok(world.officer.post("/terms", {"organisation": id, "starts_on": LAST_YEAR, "term_months": 60}), 201)["id"]
    body = {"effective": str(today()), "why": "撤村", "documents": world.paper()}
    error = no(world.reviewer.post(f"/organisations/{id}/dissolution", body), "something_remains")
    assert term in error["message"]["zh-CN"] and "运行中的届次 1" in error["message"]["zh-CN"]
    no(world.officer.post(f"/terms/{term}/end", {"ended_on": RECENT}), "paper_required", pointer="/documents")
    ok(world.officer.post(f"/terms/{term}/end", {"ended_on": RECENT, "documents": world.paper()}))
    ok(world.reviewer.post(f"/organisations/{id}/dissolution", body))
    assert ok(world.officer.get(f"/units/{u}"))["state"] == "qualified"
    no(world.reviewer.post(f"/organisations/{id}/dissolution", body), "organisation_ended")


def test_a_conversion_is_history_in_one_command(world: World) -> None:
    id = established(world)
    body = {"congress_name": "莲西村妇代会", "established_on": "2001-03-01", "effective": LAST_YEAR}
    old = ok(world.officer.post(f"/organisations/{id}/conversion", body), 201)["id"]
    assert (shown(world, old)["state"], shown(world, old)["into"]) == ("converted", id)


def test_a_withdrawn_proposal_is_off_its_parents_list(world: World) -> None:
    id = ok(world.officer.post("/organisations", proposal(world)), 201)["id"]
    world.pull()
    ok(world.officer.post(f"/organisations/{id}/withdrawal", {"withdrawn_on": RECENT, "why": "误填"}))
    assert UUID(id) not in world.org.hanging(world.township).now("child")


def test_a_unit_lives_its_life_over_http(world: World) -> None:
    first, second = unit(world), unit(world)
    no(world.officer.post(f"/units/{first}/details", {"effective": RECENT, "women": 500}), "if_match_required", 428)
    ok(world.officer.post(f"/units/{first}/details", {"effective": RECENT, "women": 500}, expect=2))
    ok(world.officer.post(f"/units/{first}/exemption", {"exempt_from": RECENT, "why": "虚拟单位"}))
    ok(world.officer.post(f"/units/{first}/qualification", {"qualified_on": RECENT}))
    ok(world.officer.post(f"/units/{first}/organisation", {"organisation": str(world.village), "organised_on": RECENT}))
    no(world.officer.post(f"/units/{first}/exemption", {"exempt_from": RECENT, "why": "虚拟单位"}), "unit_organised")
    ok(world.officer.post(f"/units/{first}/closure", {"closed_on": RECENT, "why": "撤销"}))
    third = unit(world)
    ok(world.officer.post(f"/units/{second}/merger", {"into": third, "merged_on": RECENT}))
    ok(world.officer.post(f"/units/{third}/closure", {"closed_on": RECENT, "why": "撤销"}))
    no(world.officer.post(f"/units/{third}/organisation", {"organisation": str(world.village), "organised_on": RECENT}), "unit_closed")
    no(world.officer.post(f"/units/{uuid4()}/closure", {"closed_on": RECENT, "why": "撤销"}), "not_found", 404)


def committee(world: World, *units: str, **more: Any) -> str:
    mode = "joint" if len(units) > 1 else "standalone"
    return established(world, world.county, org_type="organ_committee", level="county", field="organ", units=list(units), formation_mode=mode,
                       full_name=f"妇委会{uuid4().hex[:6]}", **more)


def units_of(world: World, organisation: str) -> list[str]:
    return list(ok(world.officer.get(f"/organisations/{organisation}"))["units"])


def test_a_covered_unit_leaves_its_joint_organisation_when_it_closes_merges_moves_or_is_let_go(world: World) -> None:
    closed, merged, moved, left, stays = (unit(world) for _ in range(5))
    joint, other = committee(world, closed, merged, moved, left, stays), committee(world)
    at, to = world.officer.post, {"effective": RECENT}
    assert "warnings" not in ok(at(f"/units/{closed}/closure", {"closed_on": RECENT, "why": "机构改革"}))
    ok(at(f"/units/{merged}/merger", {"into": stays, "merged_on": RECENT}))
    ok(at(f"/units/{moved}/transfer", {"organisation": other, **to}))
    ok(at(f"/units/{left}/release", to))
    assert units_of(world, joint) == [stays] and units_of(world, other) == [moved]
    last = ok(at(f"/units/{stays}/closure", {"closed_on": RECENT, "why": "机构改革"}))
    assert [w["code"] for w in last["warnings"]] == ["organisation_without_unit"], "it stands, and is told: it ends by its paper only"
    assert shown(world, joint)["state"] == "active" and units_of(world, joint) == []
    ok(world.reviewer.post(f"/organisations/{other}/dissolution", {"effective": RECENT, "why": "撤销", "documents": world.paper()}))
    assert ok(world.officer.get(f"/units/{moved}"))["state"] == "qualified", "what it took over is a gap again"


def test_a_wrong_listing_is_corrected_and_a_wrong_closing_gives_the_unit_back_to_its_organisation(world: World) -> None:
    u = unit(world)
    its = committee(world, u)

    def facts() -> dict[str, str]:
        return {f["fact"].removeprefix("org.EligibleUnit"): f["id"] for f in ok(world.officer.get(f"/units/{u}"))["facts"]}

    def correct(fact: str, **right: Any) -> Any:
        version = int(world.officer.get(f"/units/{u}").headers["etag"].strip('"'))
        return world.officer.post(f"/units/{u}/correction", {"corrects": facts()[fact], **right}, expect=version)

    no(world.officer.post(f"/units/{u}/correction", {"corrects": facts()["Listed"], "field": "organ"}), "if_match_required", 428)
    ok(correct("Listed", field="institution", on=str(today() - timedelta(310))))
    assert ok(world.officer.get(f"/units/{u}"))["field"] == "institution"
    no(correct("Listed", area=str(uuid4())), "not_found", 404)
    ok(world.officer.post(f"/units/{u}/closure", {"closed_on": RECENT, "why": "登记错误"}))
    assert units_of(world, its) == []
    ok(correct("Closed", void=True))
    assert units_of(world, its) == [u] and ok(world.officer.get(f"/units/{u}"))["organisation"] == its
    told = ok(correct("Organised", void=True))
    assert [w["code"] for w in told["warnings"]] == ["organisation_without_unit"] and units_of(world, its) == []
    ok(correct("Listed", void=True))
    assert ok(world.officer.get(f"/units/{u}"))["state"] == "void"
    no(world.officer.post(f"/units/{u}/organisation", {"organisation": its, "organised_on": RECENT}), "unit_void")


def test_what_a_federation_covers_its_womens_congress_covered_before_the_conversion(world: World) -> None:
    u = unit(world)
    id = established(world, units=[u])
    body = {"congress_name": "新建村妇代会", "established_on": "2010-01-01", "effective": LAST_YEAR}
    assert ok(world.officer.get(f"/units/{u}"))["listed_on"] == LAST_YEAR, "listed no earlier than the federation: nothing was to be covered"
    v = str(ok(world.officer.post("/units", {"unit_name": "老村", "level": "village", "field": "area", "area": str(world.township),
                                             "listed_on": "2012-01-01"}), 201)["id"])
    ok(world.officer.post(f"/units/{v}/organisation", {"organisation": id, "organised_on": LAST_YEAR}))
    old = ok(world.officer.post(f"/organisations/{id}/conversion", body), 201)["id"]
    days = [(d["valid_from"], d["state"], d["organisation"]) for d in ok(world.officer.get(f"/units/{v}"))["days"]]
    assert days == [("2012-01-01", "organised", old), (LAST_YEAR, "organised", id)]
    assert units_of(world, id) == [u, v] and units_of(world, old) == []
    late = str(ok(world.officer.post("/units", {"unit_name": "后补村", "level": "village", "field": "area", "area": str(world.township),
                                                "listed_on": "2012-01-01"}), 201)["id"])
    ok(world.officer.post(f"/units/{late}/organisation", {"organisation": id, "organised_on": LAST_YEAR}))
    ok(world.officer.post(f"/units/{late}/organisation", {"organisation": old, "organised_on": "2012-01-01"}))
    assert [d["organisation"] for d in ok(world.officer.get(f"/units/{late}"))["days"]] == [old, id], "entered in the other order, as well"
    no(world.officer.post(f"/units/{late}/transfer", {"organisation": old, "effective": RECENT}), "organisation_ended")


def test_a_term_is_extended_by_a_second_person(world: World) -> None:
    term = str(world.terms[world.other])
    ends = ok(world.officer.get(f"/terms/{term}"))["ends_on"]
    later = str(today() + timedelta(300))
    assert ends < later
    ok(world.officer.post(f"/terms/{term}/extension-request", {"new_ends_on": later, "why": "与两委同步"}))
    no(world.officer.post(f"/terms/{term}/extension", {"documents": world.paper()}), "same_person")
    ok(world.reviewer.post(f"/terms/{term}/extension-refusal", {"why": "应按期换届"}))
    no(world.reviewer.post(f"/terms/{term}/extension", {"documents": world.paper()}), "extension_not_requested")
    ok(world.officer.post(f"/terms/{term}/extension-request", {"new_ends_on": later, "why": "与两委同步"}))
    ok(world.reviewer.post(f"/terms/{term}/extension", {"documents": world.paper()}))
    assert ok(world.officer.get(f"/terms/{term}"))["ends_on"] == later
    no(world.officer.post("/terms", {"organisation": str(world.other), "starts_on": RECENT, "term_months": 60}), "term_running")


def test_a_vacancy_goes_its_way_and_an_abolished_seat_ends_it(world: World) -> None:
    seat = world.seat("vice_chair")
    gap = {"organisation": str(world.village), "seat": seat, "since": LAST_YEAR}
    id = ok(world.officer.post("/vacancies", gap), 201)["id"]
    ok(world.officer.post(f"/vacancies/{id}/nomination", {"person": str(uuid4()), "nominated_on": RECENT}))
    no(world.officer.post(f"/vacancies/{id}/party-decision", {"agreed": True, "reviewed_on": RECENT}), "same_person")
    ok(world.clerk.post(f"/vacancies/{id}/party-decision", {"agreed": True, "reviewed_on": RECENT}))
    ok(world.reviewer.post(f"/vacancies/{id}/approval", {"approved_on": RECENT}))
    ok(world.officer.post(f"/vacancies/{id}/filling", {"appointment": str(uuid4()), "filled_on": RECENT}))
    second, third = (ok(world.officer.post("/vacancies", gap), 201)["id"] for _ in range(2))
    no(world.officer.post("/vacancies", gap), "seat_vacant_already")
    ok(world.officer.post(f"/vacancies/{second}/abolition", {"abolished_on": RECENT}))
    ok(world.officer.post(f"/organisations/{world.village}/seats/{seat}/abolition", {"effective": RECENT}))
    assert ok(world.officer.get(f"/vacancies/{third}"))["state"] == "seat_abolished"
    assert not world.org.hanging(world.village).now("vacancy")


def test_a_document_keeps_its_file_and_refuses_a_forged_one(world: World) -> None:
    id = world.paper()[0]

    def upload(name: str, body: bytes) -> Any:
        headers = {**world.officer.headers, "Idempotency-Key": str(uuid4()), "Content-Disposition": f'attachment; filename="{name}"'}
        return world.officer.client.post(f"/documents/{id}/files", content=body, headers=headers)
    pdf = b"%PDF-1.7\n%%EOF\n"
    ok(upload("pizhun.pdf", pdf))
    file = ok(world.officer.get(f"/documents/{id}"))["files"][0]
    assert (file["size"], file["media_type"]) == (len(pdf), "application/pdf")
    assert world.officer.get(f"/documents/{id}/files/{file['sha256']}").content == pdf
    no(world.officer.get(f"/documents/{id}/files/{'0' * 64}"), "not_found", 404)
    world.app.state.files.path(file["sha256"]).unlink()
    no(world.officer.get(f"/documents/{id}/files/{file['sha256']}"), "file_missing", 503)
    assert upload("pizhun.pdf", b"MZ\x90\x00").status_code == 422
    assert len(ok(world.officer.get(f"/documents/{id}"))["files"]) == 1


def test_the_approval_in_a_villages_library_is_read_by_the_village_and_by_no_other(world: World) -> None:
    """The county's 批复 of a village's re-election is addressed to that village, whoever registered and scanned it."""
    body = {"kind": "approval", "number": "县妇字〔2026〕4号", "title": "关于同意换届的批复", "issuer": "县妇联", "dated": str(today()),
            "organisation": str(world.village)}  # fmt: skip
    id = ok(world.officer.post("/documents", body), 201)["id"]
    headers = {**world.officer.headers, "Idempotency-Key": str(uuid4()), "Content-Disposition": 'attachment; filename="a.pdf"'}
    ok(world.officer.client.post(f"/documents/{id}/files", content=b"%PDF-1.7\n%%EOF\n", headers=headers))
    file = ok(world.clerk.get(f"/documents/{id}"))["files"][0]
    assert world.clerk.get(f"/documents/{id}/files/{file['sha256']}").content.startswith(b"%PDF")
    world.grant("neighbour", "recorder", world.other)
    world.pull()
    no(world.caller("neighbour").get(f"/documents/{id}"), "forbidden", 403)


def kept(world: World) -> set[Path]:
    return {f for f in world.app.state.files.folder.rglob("*") if f.is_file()}


def test_a_file_of_somebody_without_the_right_is_refused_before_it_is_stored(world: World) -> None:
    id, there = world.paper()[0], kept(world)
    headers = {**world.clerk.headers, "Idempotency-Key": str(uuid4()), "Content-Disposition": 'attachment; filename="a.pdf"'}
    no(world.clerk.client.post(f"/documents/{id}/files", content=b"%PDF-1.7\n%%EOF\n1", headers=headers), "forbidden", 403)
    no(world.clerk.client.post(f"/documents/{uuid4()}/files", content=b"%PDF-1.7\n%%EOF\n2", headers=headers), "not_found", 404)
    assert kept(world) == there


def test_what_the_bodies_must_not_hold_is_refused_by_field(world: World) -> None:
    no(world.officer.post("/organisations", proposal(world, colour="red")), "extra_forbidden", pointer="/colour")
    no(world.officer.post("/organisations", proposal(world, level="planet")), "literal_error", pointer="/level")
    no(world.officer.post("/organisations", proposal(world, uuid4())), "not_found", 404)
