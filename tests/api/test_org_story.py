"""The re-election story over HTTP: plan, request, permit, congress, result, approval, filing, close; and what bad input gets."""
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre.events import AppointmentStarted, CadreDeparted, CadreRegistered, CadresMerged, Post, Profile
from shared.calendar import add_months, today
from tests.api.cadre_saying import Cadre
from tests.api.org_world import World, no, ok, org_world

FIGURES = {"entitled": 100, "present": 90, "issued": 90, "returned": 88, "valid": 87}
WANG, LI, ZHAO = (str(uuid4()) for _ in range(3))


def registered(called: str) -> CadreRegistered:
    return CadreRegistered(profile=Profile(person_name=called), home=uuid4())


def peopled(w: World) -> World:
    """The three candidates are registered."""
    w.cadre = cadre = Cadre(w)
    for person, called in ((WANG, "王芳"), (LI, "李敏"), (ZHAO, "赵红")):
        cadre.say(UUID(person), registered(called))
    return w


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with org_world(home) as w:
        yield peopled(w)


@pytest.fixture(params=["sqlite", "postgres"])
def both(request: pytest.FixtureRequest, home: Path) -> Iterator[World]:
    if request.param == "sqlite":
        with org_world(home) as w:
            yield peopled(w)
        return
    postgres, prefix = request.getfixturevalue("postgres"), f"t{uuid4().hex}-"
    names = [prefix + name for name in ("org", "org-views", "org-access")]
    url, *_ = (postgres.create_database(name) for name in names)
    with org_world(home, database=url.replace(names[0], prefix + "{name}")) as w:
        yield peopled(w)
    for name in names:
        postgres.drop_database(name)


def day(ago: int) -> str:
    return str(today() - timedelta(ago))


def candidate(world: World, person: str, role: str, favour: int = 80, **more: Any) -> dict[str, Any]:
    return {"person": person, "seat": world.seat(role), "role": role, "engagement": "part_time", "favour": favour, "against": 87 - favour, **more}


def team(world: World) -> list[dict[str, Any]]:
    return [candidate(world, WANG, "executive_member"), candidate(world, WANG, "chair"), candidate(world, LI, "executive_member")]


def permitted(world: World) -> str:
    case = ok(world.officer.post("/reelections", {"organisation": str(world.village), "planned_on": day(40)}), 201)["id"]
    ok(world.officer.post(f"/reelections/{case}/request", {"requested_on": day(39)}))
    ok(world.reviewer.post(f"/reelections/{case}/permit", {"permitted_on": day(38), "documents": world.paper()}))
    return str(case)


def voted(world: World) -> str:
    case = permitted(world)
    ok(world.officer.post(f"/reelections/{case}/congress", {"form": "congress", "held_on": day(30), "ballot": FIGURES}))
    return case


def approved(world: World) -> str:
    case = voted(world)
    ok(world.officer.post(f"/reelections/{case}/result", {"candidates": team(world), "reported_on": day(29)}))
    ok(world.reviewer.post(f"/reelections/{case}/approval", {"approved_on": day(20), "term_months": 60, "documents": world.paper()}))
    return case


def test_a_village_is_reelected_from_plan_to_close(both: World) -> None:
    world = both
    case = approved(world)
    ok(world.officer.post(f"/reelections/{case}/filing", {"filed_with": "superior_federation", "filed_on": day(10)}))
    ok(world.officer.post(f"/reelections/{case}/close", {"closed_on": day(9)}))
    closed = ok(world.officer.get(f"/reelections/{case}"))
    assert closed["state"] == "closed" and closed["term"] == str(world.terms[world.village])
    old = ok(world.officer.get(f"/terms/{closed['term']}"))
    new = ok(world.officer.get(f"/terms/{closed['new_term']}"))
    assert old["ended_on"] == new["starts_on"] == day(30)
    assert (new["term_no"], new["ends_on"], new["reelection"]) == (2, str(add_months(date.fromisoformat(day(30)), 60)), case)
    result = world.facts("org.ElectionResultApproved")[0]
    assert [w["person"] for w in result.data["winners"]] == [WANG, WANG, LI] and result.meta.documents
    assert world.org.hanging(world.village).now("reelection") == {}


def test_approval_ends_and_starts_the_terms_in_one_append(world: World) -> None:
    approved(world)
    three = [world.facts(f"org.{n}")[-1] for n in ("ElectionResultApproved", "TermEnded", "TermStarted")]
    assert len({e.at for e in three}) == 1 and len({e.meta.key for e in three}) == 1


def test_the_approval_sent_again_with_its_key_is_the_same_answer(world: World) -> None:
    case = voted(world)
    ok(world.officer.post(f"/reelections/{case}/result", {"candidates": team(world), "reported_on": day(29)}))
    body = {"approved_on": day(20), "term_months": 60, "documents": world.paper()}
    first, again = (world.reviewer.post(f"/reelections/{case}/approval", body, key="approve-it") for _ in range(2))
    assert ok(first) == ok(again) and first.headers["es-position"] == again.headers["es-position"]
    assert len(world.facts("org.TermStarted")) == 3
    no(world.reviewer.post(f"/reelections/{case}/approval", {**body, "term_months": 36}, key="approve-it"), "key_reused")


def test_a_result_warns_of_an_equal_ballot_for_executives(world: World) -> None:
    case = voted(world)
    answer = ok(world.officer.post(f"/reelections/{case}/result", {"candidates": team(world), "reported_on": day(29)}))
    assert [w["code"] for w in answer["warnings"]] == ["not_more_candidates"]


@pytest.mark.parametrize(("change", "rule", "pointer"), [
    ({"returned": 91}, "ballot_void", "/ballot/returned"), ({"present": 66}, "no_quorum", "/ballot/present"), ({"issued": 95}, "ballot_issued",
                                                                                                               "/ballot/issued")])
def test_impossible_ballot_figures_are_refused_and_nothing_is_recorded(world: World, change: Any, rule: str, pointer: str) -> None:
    case = permitted(world)
    no(world.officer.post(f"/reelections/{case}/congress", {"form": "congress", "held_on": day(30), "ballot": FIGURES | change}), rule,
       pointer=pointer)
    assert ok(world.officer.get(f"/reelections/{case}"))["state"] == "permitted"


def test_an_impossible_result_is_refused(world: World) -> None:
    case = voted(world)

    def report(*candidates: Any) -> Any:
        return world.officer.post(f"/reelections/{case}/result", {"candidates": candidates, "reported_on": day(29)})
    no(report(*team(world), candidate(world, LI, "chair")), "two_chairs")
    no(report(*[candidate(world, str(uuid4()), "executive_member", 60) for _ in range(16)]), "seats_over_plan")
    no(report(candidate(world, WANG, "chair")), "office_without_membership")
    no(report(candidate(world, WANG, "executive_member", 50)), "votes_not_enough", pointer="/candidates/0/elected")
    assert world.facts("org.ElectionResultReported") == []


def test_nobody_is_elected_who_is_not_registered_or_has_died_or_whose_record_was_merged(world: World) -> None:
    case, cadre = voted(world), world.cadre

    def report(person: str) -> Any:
        body = {"candidates": [candidate(world, person, "executive_member")], "reported_on": day(29)}
        return world.officer.post(f"/reelections/{case}/result", body)
    no(report(str(uuid4())), "candidate_unknown", pointer="/candidates/0/person")
    dead, second = uuid4(), uuid4()
    for id, said in ((dead, CadreDeparted(effective=date.fromisoformat(day(31)), why="died")), (second, CadresMerged(into=UUID(WANG)))):
        cadre.say(id, registered("赵英"))
        cadre.say(id, said)
    no(report(str(dead)), "candidate_departed", pointer="/candidates/0/person")
    no(report(str(second)), "candidate_unknown", pointer="/candidates/0/person")
    assert ok(report(WANG))


def test_a_tie_and_votes_below_the_valid_papers_are_told_before_anything_is_written_and_to_the_approver(world: World) -> None:
    case = voted(world)
    said = [*team(world), candidate(world, ZHAO, "executive_member", elected=False, against=0)]
    body = {"candidates": said, "reported_on": day(29)}
    foretold = ok(world.officer.post(f"/reelections/{case}/result", body, dry_run="true"))
    codes = ["not_more_candidates", "votes_tied", "votes_below_valid"]
    assert [w["code"] for w in foretold["told"]] == codes and world.facts("org.ElectionResultReported") == []
    assert ok(world.officer.get(f"/reelections/{case}"))["warnings"] == []
    ok(world.officer.post(f"/reelections/{case}/result", body))
    assert [w["code"] for w in ok(world.reviewer.get(f"/reelections/{case}"))["warnings"]] == codes
    approval = {"approved_on": day(20), "term_months": 60, "documents": world.paper()}
    foretold = ok(world.reviewer.post(f"/reelections/{case}/approval", approval, dry_run="true"))
    assert [w["code"] for w in foretold["told"]] == codes and world.facts("org.ElectionResultApproved") == []


def test_whose_own_period_runs_on_is_told_and_leaves_only_when_the_result_says_so(world: World) -> None:
    case, guest, her = voted(world), uuid4(), uuid4()
    world.cadre.say(her, registered("周挂"))
    post = Post(person=her, organisation=world.village, seat=UUID(world.seat("vice_chair")), role="vice_chair", engagement="seconded",
                mode="seconded")
    world.cadre.say(guest, AppointmentStarted(post=post, starts_on=date.fromisoformat(day(200)), until=date.fromisoformat(day(-200))))
    [stays] = ok(world.officer.get(f"/reelections/{case}"))["stays"]
    assert (stays["appointment"], stays["person_name"], stays["role"], stays["until"]) == (str(guest), "周挂", "vice_chair", day(-200))
    vices = [c for p in (LI, ZHAO) for c in (candidate(world, p, "vice_chair"), candidate(world, p, "executive_member"))]
    body = {"candidates": vices, "reported_on": day(29)}
    no(world.officer.post(f"/reelections/{case}/result", body), "seats_over_plan_staying")
    no(world.officer.post(f"/reelections/{case}/result", {**body, "leaving": [str(uuid4())]}), "leaving_unknown", pointer="/leaving")
    one = {**body, "candidates": vices[:2]}
    assert "stays" in [w["code"] for w in ok(world.officer.post(f"/reelections/{case}/result", one, dry_run="true"))["told"]]
    ok(world.officer.post(f"/reelections/{case}/result", {**body, "leaving": [str(guest)]}))
    ok(world.reviewer.post(f"/reelections/{case}/approval", {"approved_on": day(20), "term_months": 60, "documents": world.paper()}))
    assert world.facts("org.ElectionResultApproved")[0].fact.leaving == (guest,)


def test_who_reported_the_result_does_not_approve_it(world: World) -> None:
    case = voted(world)
    ok(world.officer.post(f"/reelections/{case}/result", {"candidates": team(world), "reported_on": day(29)}))
    no(world.officer.post(f"/reelections/{case}/approval", {"approved_on": day(20), "term_months": 60, "documents": world.paper()}), "same_person")
    no(world.reviewer.post(f"/reelections/{case}/approval", {"approved_on": day(20), "term_months": 60}), "paper_required", pointer="/documents")
    no(world.reviewer.post(f"/reelections/{case}/approval", {"approved_on": day(20), "term_months": 61, "documents": world.paper()}),
       "term_months_range")
    assert len(world.facts("org.TermEnded")) == 0


def test_a_village_clerk_enters_but_does_not_permit(world: World) -> None:
    case = ok(world.clerk.post("/reelections", {"organisation": str(world.village), "planned_on": day(40)}), 201)["id"]
    ok(world.clerk.post(f"/reelections/{case}/request", {"requested_on": day(39)}))
    no(world.clerk.post(f"/reelections/{case}/permit", {"permitted_on": day(38)}), "forbidden", 403)
    no(world.clerk.post("/reelections", {"organisation": str(world.other), "planned_on": day(40)}), "forbidden", 403)


def test_who_asks_on_behalf_of_a_village_does_not_permit_it_herself(world: World) -> None:
    case = ok(world.officer.post("/reelections", {"organisation": str(world.village), "planned_on": day(40)}), 201)["id"]
    ok(world.officer.post(f"/reelections/{case}/request", {"requested_on": day(39)}))
    no(world.officer.post(f"/reelections/{case}/permit", {"permitted_on": day(38)}), "same_person")
    ok(world.reviewer.post(f"/reelections/{case}/permit", {"permitted_on": day(38)}))


def test_a_rehearsal_refuses_as_the_act_would_and_records_nothing(world: World) -> None:
    """Alone and in batches; the key stays free."""
    def head() -> int:
        return world.app.state.store.recorder.max_notification_id() or 0

    plan, before = {"organisation": str(world.village), "planned_on": day(40)}, head()
    assert ok(world.officer.post("/reelections", plan, key="k", dry_run="true")) == {"rehearsed": True, "warnings": []}
    no(world.officer.post("/reelections", {**plan, "planned_on": day(-1)}, dry_run="true"), "in_future", pointer="/planned_on")
    ok(world.officer.post("/reelections/batches", {"area": str(world.township), "planned_on": day(5)}, dry_run="true"))
    no(world.clerk.post("/reelections", {"organisation": str(world.other), "planned_on": day(40)}, dry_run="true"), "forbidden", 403)
    assert head() == before
    case = ok(world.officer.post("/reelections", plan, key="k"), 201)["id"]
    no(world.officer.post(f"/reelections/{case}/congress", {"form": "congress", "held_on": day(30), "ballot": FIGURES}, dry_run="true"),
       "reelection_state")


def test_all_villages_of_a_township_are_planned_at_once_and_again_without_doubling(world: World) -> None:
    ok(world.officer.post("/reelections", {"organisation": str(world.village), "planned_on": day(40)}), 201)
    body = {"area": str(world.township), "planned_on": day(5), "congress_on": day(-60)}
    first = ok(world.officer.post("/reelections/batches", body, key="batch-1"), 201)
    assert [p["organisation"] for p in first["planned"]] == [str(world.other)]
    assert [(r["organisation"], r["code"]) for r in first["refused"]] == [(str(world.village), "reelection_running")]
    assert ok(world.officer.get(f"/reelections/{first['planned'][0]['id']}"))["batch"] == first["id"]
    assert ok(world.officer.get(f"/reelections/{first['planned'][0]['id']}"))["congress_on"] == day(-60), "preparation begins months before"
    assert ok(world.officer.post("/reelections/batches", body, key="batch-1"), 201) == first
    assert len(world.facts("org.ReelectionPlanned")) == 2


def test_a_cancelled_case_makes_room_for_another(world: World) -> None:
    case = permitted(world)
    ok(world.officer.post(f"/reelections/{case}/cancellation", {"cancelled_on": day(1), "why": "与两委同步"}))
    ok(world.officer.post("/reelections", {"organisation": str(world.village), "planned_on": day(0)}), 201)


def test_a_refused_request_is_recorded_with_its_reason(world: World) -> None:
    case = ok(world.officer.post("/reelections", {"organisation": str(world.village), "planned_on": day(40)}), 201)["id"]
    ok(world.officer.post(f"/reelections/{case}/request", {"requested_on": day(39)}))
    ok(world.reviewer.post(f"/reelections/{case}/refusal", {"refused_on": day(38), "why": "名单待补"}))
    assert ok(world.officer.get(f"/reelections/{case}"))["state"] == "refused"


def test_a_case_nobody_knows_is_not_found(world: World) -> None:
    no(world.officer.post(f"/reelections/{uuid4()}/request", {"requested_on": day(1)}), "not_found", 404)
    no(world.officer.get(f"/reelections/{uuid4()}"), "not_found", 404)
