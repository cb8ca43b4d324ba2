"""Corrections of organisations and terms over HTTP, and what the copies and the reports make of them."""
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.org import events as org
from services.org.domain.term import Term
from services.org.domain.unit import EligibleUnit
from shared.calendar import today
from shared.imports.names import under
from tests.api.caller import Caller
from tests.api.org_world import LONG_AGO, World, no, ok, org_world
from tests.views.asking import EITHER, get
from tests.views.story import Story, day


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with org_world(home) as w:
        yield w


def event(world: World, noun: str, id: UUID, fact: str) -> str:
    """The last of the events of a noun with this name, as its page offers it for correction."""
    facts = world.officer.get(f"/{noun}/{id}").json()["facts"]
    return str([f["id"] for f in facts if f["fact"] == f"org.{fact}"][-1])


def version(world: World, noun: str, id: UUID) -> int:
    return int(world.officer.get(f"/{noun}/{id}").headers["etag"].strip('"'))


def correct(world: World, noun: str, id: UUID, fact: str, by: Any = None, **right: Any) -> Any:
    caller = by or world.officer
    answer = caller.post(f"/{noun}/{id}/correction", {"corrects": event(world, noun, id, fact), **right}, expect=version(world, noun, id))
    world.pull()
    return answer


def test_a_wrong_name_is_put_right_and_a_workbook_finds_the_right_one(world: World) -> None:
    ok(correct(world, "organisations", world.village, "OrganisationProposed", full_name="莲塘镇连西村妇女联合会"))
    shown = world.officer.get(f"/organisations/{world.village}").json()
    assert shown["full_name"] == "莲塘镇连西村妇女联合会" and shown["facts"][-1]["fact"] == "org.OrganisationCorrected"
    [called] = [c for c in under(world.app.state.views, world.county, today()) if c.id == world.village]
    assert called.full_name == "莲塘镇连西村妇女联合会" and "莲西村妇女联合会" not in called.former


def test_a_correction_needs_the_permission_of_a_change_and_the_version_that_was_seen(world: World) -> None:
    assert correct(world, "organisations", world.village, "OrganisationProposed", by=world.clerk, short_name="甲").status_code == 403
    body = {"corrects": event(world, "organisations", world.village, "OrganisationProposed"), "short_name": "甲"}
    assert world.officer.post(f"/organisations/{world.village}/correction", body, expect=1).status_code == 412
    assert world.officer.post(f"/organisations/{world.village}/correction", body).status_code == 428
    no(correct(world, "organisations", world.village, "SeatsDefined", effective=str(today())), "not_correctable", 422, "/corrects")


def test_a_corrected_credit_code_is_checked_like_one_that_is_given(world: World) -> None:
    ok(world.officer.post(f"/organisations/{world.village}/credit-code", {"credit_code": "91350100M000100Y43", "effective": str(today())}))
    no(correct(world, "organisations", world.village, "CreditCodeAssigned", code="91350100M000100Y44"), "credit_code_invalid")
    ok(correct(world, "organisations", world.village, "CreditCodeAssigned", code="91110000600037341L"))
    assert world.officer.get(f"/organisations/{world.village}").json()["credit_code"] == "91110000600037341L"


def test_a_move_that_never_was_leaves_who_may_act_there_as_before(world: World) -> None:
    ok(world.officer.post(f"/organisations/{world.village}/move", {"parent": str(world.county), "effective": str(today())}))
    world.pull()
    assert world.app.state.access.path(world.village, today())[1] == world.county
    ok(correct(world, "organisations", world.village, "OrganisationMoved", void=True))
    assert world.app.state.access.path(world.village, today())[1] == world.township
    shown = world.officer.get(f"/organisations/{world.village}").json()
    assert (shown["parent"], shown["code"]) == (str(world.township), "360121100201")
    assert world.village in world.org.hanging(world.township).now("child") and world.village not in world.org.hanging(world.county).all


def test_a_move_and_a_name_for_a_later_day_leave_todays_workbook_alone(world: World) -> None:
    later = today() + timedelta(30)
    ok(world.officer.post(f"/organisations/{world.village}/details", {"full_name": "新村妇女联合会", "effective": str(later)},
                          expect=version(world, "organisations", world.village)))
    ok(world.officer.post(f"/organisations/{world.village}/move", {"parent": str(world.county), "effective": str(later)}))
    world.pull()

    def called(on: date) -> tuple[Any, ...]:
        [c] = [c for c in under(world.app.state.views, world.county, on) if c.id == world.village]
        return c.full_name, c.parent, c.division, c.former

    assert called(today()) == ("莲西村妇女联合会", world.township, "莲西村", ())
    assert called(later) == ("新村妇女联合会", world.county, None, ("莲西村妇女联合会", "莲西村"))


def test_the_same_name_from_an_earlier_day_is_a_change_of_its_own(world: World) -> None:
    for days in (30, 10):
        body = {"short_name": "新村妇联", "effective": str(today() + timedelta(days))}
        ok(world.officer.post(f"/organisations/{world.village}/details", body, expect=version(world, "organisations", world.village)))
    assert len(world.facts("org.OrganisationDetailsChanged")) == 2


def test_the_start_and_the_end_of_a_term_are_put_right_with_all_that_hangs_on_them(world: World) -> None:
    term = world.terms[world.village]
    start = world.term_start - timedelta(40)
    ok(correct(world, "terms", term, "TermStarted", starts_on=str(start)))
    now: Term = world.org.state(Term, term)
    assert (now.starts_on, world.org.hanging(world.village).now("term")[term].since) == (start, start)
    ok(world.officer.post(f"/terms/{term}/end", {"ended_on": str(today() - timedelta(3)), "documents": world.paper()}))
    world.pull()
    ok(correct(world, "terms", term, "TermEnded", ended_on=str(today() - timedelta(9))))
    assert world.org.hanging(world.village).ever("term")[term].until == today() - timedelta(9)
    ok(correct(world, "terms", term, "TermEnded", void=True))
    assert term in world.org.hanging(world.village).now("term") and world.org.state(Term, term).ended_on is None
    no(correct(world, "terms", term, "TermStarted", starts_on=str(LONG_AGO - timedelta(90))), "before_establishment")


@EITHER
def test_the_reports_show_what_is_right_now_and_what_was_shown_then(story: Story, auditor: Caller, county: UUID) -> None:
    story.officer_called("周主任")
    village = story.organisation("莲西村妇联", "village", county, "360121100201")
    [renamed] = [story.tell(village, org.OrganisationDetailsChanged(effective=day("2024-03-01"), full_name="莲溪村妇联"), on="2024-03-02")]
    then = get(auditor, "/organisations", area="360121").json()["positions"]
    story.tell(village, org.OrganisationCorrected(corrects=renamed.id, corrects_version=renamed.version, full_name="莲新村妇联"), on="2024-05-01")

    def name(**asked: object) -> str:
        rows = get(auditor, "/organisations", area="360121", **asked).json()["rows"]
        return next(str(r["full_name"]) for r in rows if r["id"] == str(village))

    assert (name(), name(known_at=then), name(as_of="2024-02-01")) == ("莲新村妇联", "莲溪村妇联", "莲西村妇联")
    [said] = [r["sentence"] for r in get(auditor, "/audit/records", area="360121").json()["rows"] if r["fact"] == "org.OrganisationCorrected"]
    assert said["zh-CN"] == "2024年5月1日，周主任更正莲新村妇联的一条记录：全称应为莲新村妇联。"


@EITHER
def test_a_term_whose_end_never_was_is_due_again(story: Story, auditor: Caller, county: UUID) -> None:
    term = story.term(county, "2019-01-01", 60, "2024-01-01")
    ended = story.tell(term, org.TermEnded(ended_on=day("2023-06-01")), on="2023-06-02")
    story.tell(term, org.TermCorrected(corrects=ended.id, corrects_version=ended.version, void=True), on="2023-07-01")
    [row] = get(auditor, "/terms", area="360121", as_of="2023-12-01").json()["rows"]
    assert (row["ended_on"], row["ends_on"]) == (None, "2024-01-01")
    [said] = [r["sentence"] for r in get(auditor, "/audit/records", area="360121").json()["rows"] if r["fact"] == "org.TermCorrected"]
    assert said["zh-CN"].endswith("更正南昌县妇女联合会第1届任期的一条记录：作废。")


def test_the_founding_day_is_corrected_with_the_cover_of_its_units(world: World) -> None:
    founded = today() - timedelta(300)
    listed = {"unit_name": "向塘镇", "level": "township", "field": "area", "area": str(world.county), "listed_on": str(LONG_AGO)}
    unit = UUID(ok(world.officer.post("/units", listed), 201)["id"])
    town = UUID(ok(world.officer.post("/organisations", {
        "full_name": "向塘镇妇女联合会", "short_name": "向塘镇妇联", "org_type": "federation", "level": "township", "parent": str(world.county),
        "units": [str(unit)], "proposed_on": str(LONG_AGO)}), 201)["id"])
    ok(world.reviewer.post(f"/organisations/{town}/establishment", {"established_on": str(founded), "documents": world.paper()}))
    for right in (founded - timedelta(30), founded + timedelta(30)):
        ok(correct(world, "organisations", town, "OrganisationEstablished", established_on=str(right)))
        state: EligibleUnit = world.org.state(EligibleUnit, unit)
        assert (state.state, state.organisation, state.since) == ("organised", town, right), "R01 counts it from the day on which it was founded"


def test_a_correction_sent_twice_is_answered_as_the_first_time(world: World) -> None:
    at, said = f"/organisations/{world.village}/correction", {"full_name": "莲西社区妇女联合会"}
    body = {"corrects": event(world, "organisations", world.village, "OrganisationProposed"), **said}
    key, seen = "correction-1", version(world, "organisations", world.village)
    first, again = (ok(world.officer.post(at, body, key=key, expect=seen)) for _ in range(2))
    assert first == again and version(world, "organisations", world.village) == seen + 1
