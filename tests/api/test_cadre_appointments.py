"""Appointments over HTTP, on a real store: the route, the checks against org's copy, corrections, rivals, and keys sent again."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from services.cadre import policies
from services.cadre.domain import appointment
from services.cadre.domain.seat import SeatClaim
from services.cadre.events import Post
from services.org import events as org
from shared.calendar import today
from shared.fact import new_id
from tests.api.cadre_given import CHAIR, EXECUTIVES, TERM, TODAY, VICE, VILLAGE, on
from tests.api.caller import give


def code(answer, status=422):
    assert answer.status_code == status, answer.json()
    error = answer.json()["errors"][0]
    assert error["message"]["zh-CN"] and error["message"]["en"]
    return error["code"]


def propose(here, person, name="clerk", **more):
    body = {"person": person, "organisation": str(VILLAGE), "seat": str(CHAIR), "engagement": "part_time", "mode": "by_election", "starts_on": on(0)}
    return here.caller(name).post("/appointments", body | more)


def test_an_appointment_goes_its_whole_route_and_is_ended(here):
    at = here.started(here.person())
    found = here.caller("leader").get(at)
    assert found.json()["step"] == "started" and found.headers["ETag"] == '"4"'
    answer = here.caller("leader").post(f"{at}/relief", {"effective": on(1), "end_reason": "transferred"})
    assert answer.status_code == 200 and answer.json()["version"] == 5 and answer.headers["Es-Position"].startswith("36/cadre:")
    assert [w["code"] for w in answer.json()["warnings"]] == ["document_missing"]
    assert here.timeline(at) == [(on(0), on(1))]


def test_bad_input_is_refused_with_field_and_rule_in_both_languages(here):
    person = here.person()
    assert code(propose(here, person, seat=str(uuid4()))) == "unknown_seat"
    assert code(propose(here, person, starts_on=on(-701))) == "effective_before_term"
    assert code(propose(here, str(uuid4()))) == "unknown_cadre"
    assert code(propose(here, person, organisation=str(uuid4())), 404) == "not_found"
    give(here.app, "province", "officer")
    assert code(propose(here, person, name="province", organisation=str(uuid4()))) == "unknown_organisation"
    here.say(VILLAGE, org.OrganisationDissolved(effective=TODAY, why="撤并"))
    assert code(propose(here, person)) == "organisation_closed"


def test_two_chairs_and_a_seat_over_plan_are_refused_and_nothing_is_half_applied(here):
    first = here.started(here.person("王芳"))
    second = here.passed(here.person("李英"))
    before = here.store.recorder.max_notification_id()
    assert code(here.caller("leader").post(f"{second}/start", {})) == "two_chairs"
    assert here.store.recorder.max_notification_id() == before
    here.ok(here.caller("leader").post(f"{first}/relief", {"effective": on(1), "end_reason": "retired"}))
    here.ok(here.caller("leader").post(f"{second}/start", {"starts_on": on(1)}))
    assert (here.timeline(first), here.timeline(second)) == ([(on(0), on(1))], [(on(1), None)])


def test_proposer_approver_and_the_person_are_different_accounts(here):
    person = here.person()
    at = f"/appointments/{propose(here, person, name='secretary').json()['id']}"
    paper = {"agreed": True, "decided_on": on(-5), "authority": "党委"}
    assert code(here.caller("secretary").post(f"{at}/party-decision", paper)) == "entered_by_proposer"
    here.ok(here.caller("county").post(f"{at}/party-decision", paper))
    assert code(here.caller("secretary").post(f"{at}/election", {"elected_on": on(0)})) == "approved_by_proposer"
    give(here.app, "herself", "officer", VILLAGE, person=UUID(person))
    assert code(here.caller("herself").post(f"{at}/election", {"elected_on": on(0)})) == "own_appointment"
    here.ok(here.caller("leader").post(f"{at}/election", {"elected_on": on(0)}))


def test_who_held_the_chair_on_a_day_as_known_at_a_moment(here):
    at = here.started(here.person(), starts_on=on(-30))
    start = here.event(at, "AppointmentStarted")
    leader = here.caller("leader")
    here.ok(leader.post(f"{at}/correction", {"corrects": start, "starts_on": on(-20)}))
    first = here.event(at, "AppointmentCorrected")
    here.ok(leader.post(f"{at}/correction", {"corrects": first, "starts_on": on(-25)}))
    assert here.timeline(at) == [(on(-25), None)]
    here.ok(leader.post(f"{at}/correction", {"corrects": first, "void": True}))
    assert here.timeline(at) == [(on(-30), None)]
    assert code(leader.post(f"{at}/correction", {"corrects": str(uuid4()), "void": True})) == "not_correctable"


def test_a_future_start_is_cancelled_or_takes_effect_by_the_clock(here):
    ahead = here.started(here.person("王芳"), starts_on=on(10))
    here.ok(here.caller("leader").post(f"{ahead}/cancellation", {"why": "改派"}))
    assert here.timeline(ahead) == []
    other = here.started(here.person("李英"), starts_on=on(10))
    here.pull()
    later = today().fromisoformat(on(10))
    for _ in range(2):
        policies.due(here.store, here.app.state.views, later)
    here.pull()
    events = [e["fact"] for e in here.caller("leader").get(other).json()["events"]]
    assert events[-1] == "cadre.AppointmentTookEffect" and events.count("cadre.AppointmentTookEffect") == 1
    policies.due(here.store, here.app.state.views, later)
    assert here.store.copy.due(later) == []


def test_an_acting_chair_stands_in_while_the_chair_is_suspended(here):
    leader = here.caller("leader")
    chair = here.started(here.person("王芳"))
    here.ok(leader.post(f"{chair}/suspension", {"effective": on(0), "why": "核查"}))
    acting = here.started(here.person("李英"), mode="acting", until=on(90))
    assert here.timeline(acting) == [(on(0), on(90))]
    assert code(leader.post(f"{chair}/resumption", {"effective": on(5)})) == "two_chairs"
    here.ok(leader.post(f"{acting}/relief", {"effective": on(5), "end_reason": "transferred"}))
    here.ok(leader.post(f"{chair}/resumption", {"effective": on(5)}))


def test_who_came_into_an_over_full_seat_by_a_first_load_is_suspended_comes_back_and_is_corrected(here):
    people, at = [here.person(called) for called in ("王芳", "李英", "陈静")], new_id()
    for n, person in enumerate(people):
        post = Post(person=UUID(person), organisation=VILLAGE, seat=VICE, role="vice_chair", engagement="part_time", mode="elected", term=TERM)
        here.store.open_post(new_id() if n else at, post, TODAY - timedelta(100), f"loaded {n}")
    her, leader = f"/appointments/{at}", here.caller("leader")
    here.ok(leader.post(f"{her}/suspension", {"effective": on(-30), "why": "核查"}))
    here.ok(leader.post(f"{her}/resumption", {"effective": on(-10)}))
    here.ok(leader.post(f"{her}/correction", {"corrects": here.event(her, "AppointmentStarted"), "starts_on": on(-90)}))
    assert here.timeline(her) == [(on(-90), on(-30)), (on(-30), on(-10)), (on(-10), None)]
    new = here.passed(here.person("赵红"), VICE)
    assert code(leader.post(f"{new}/start", {})) == "seat_over_plan"


def test_with_her_membership_an_executive_loses_her_office_in_the_same_commit(here):
    person = here.person()
    member = here.started(person, EXECUTIVES)
    chair = here.started(person, CHAIR)
    here.ok(here.caller("leader").post(f"{member}/relief", {"effective": on(2), "end_reason": "relieved_on_transfer"}))
    assert here.timeline(chair) == [(on(0), on(2))]
    again = here.person("李英")
    alone = here.passed(again, CHAIR, starts_on=on(2))
    assert "not_an_executive" in [w["code"] for w in here.ok(here.caller("leader").post(f"{alone}/start", {"starts_on": on(2)}))["warnings"]]


def test_posts_in_too_many_organisations_warn_once_each_organisation_is_counted(here):
    person = here.person()
    here.say(uuid4(), org.RuleSet(rule="appointment.max_organisations", value=0, effective=TODAY, source="县规定"))
    here.started(person, EXECUTIVES)
    here.pull()
    assert "too_many_posts" in [w["code"] for w in propose(here, person).json()["warnings"]]
    here.say(uuid4(), org.RuleSet(rule="appointment.max_organisations", value=1, area=VILLAGE, effective=TODAY, source="村例外"))
    assert "too_many_posts" not in [w["code"] for w in propose(here, person).json()["warnings"]]  # the same organisation counts once


def test_the_route_of_a_seat_type_comes_from_the_rules(here):
    here.say(uuid4(), org.RuleSet(rule="appointment.route.village.chair.appointed", value="approval", effective=TODAY, source="县规定"))
    at = f"/appointments/{propose(here, here.person(), mode='acting', until=on(90)).json()['id']}"
    here.ok(here.caller("leader").post(f"{at}/approval", {"approved_on": on(0)}))


def test_a_way_that_does_not_lead_into_the_office_is_refused_at_its_field_and_those_that_do_are_told(here):
    person, clerk = here.person(), here.caller("clerk")
    no = propose(here, person, mode="appointed")
    assert code(no) == "mode_unfit" and no.json()["errors"][0]["pointer"] == "/mode" and "选举、补选、主持工作" in no.json()["detail"]

    def ways(who=clerk, **asked):
        return who.get("/appointments/ways", **{"organisation": str(VILLAGE), "seat": str(CHAIR), "starts_on": on(0)} | asked)

    assert ways().json() == {"ways": ["elected", "by_election", "acting"]}
    assert ways(seat=str(EXECUTIVES)).json()["ways"][1:3] == ["substitution", "co_option"]
    assert code(ways(seat=str(uuid4()))) == code(ways(starts_on="2019-12-31")) == "unknown_seat"
    assert code(ways(here.caller("nobody")), 403) == "forbidden"
    assert [propose(here, person, mode=mode).status_code for mode in ways().json()["ways"][:2]] == [201, 201]


def test_what_was_taken_before_the_rule_is_answered_as_then_when_it_is_sent_again(here, monkeypatch):
    person, clerk = here.person(), here.caller("clerk")
    body = {"person": person, "organisation": str(VILLAGE), "seat": str(CHAIR), "engagement": "part_time", "mode": "appointed", "starts_on": on(0)}
    with monkeypatch.context() as before:
        before.setattr(appointment, "ways", lambda role, level: ("appointed",))
        first = clerk.post("/appointments", body, key="once")
    again = clerk.post("/appointments", body, key="once")
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert code(clerk.post("/appointments", body)) == "mode_unfit"
    at = f"/appointments/{first.json()['id']}"
    here.ok(here.caller("secretary").post(f"{at}/party-decision", {"agreed": True, "decided_on": on(-5), "authority": "镇党委"}))
    here.ok(here.caller("leader").post(f"{at}/approval", {"approved_on": on(-3)}))
    here.ok(here.caller("leader").post(f"{at}/start", {}))


def test_a_correction_of_an_old_post_is_not_judged_by_the_ways_into_the_office(here):
    at = here.started(here.person(), VICE)
    post = {**here.caller("leader").get(at).json()["post"], "mode": "appointed"}
    here.ok(here.caller("leader").post(f"{at}/correction", {"corrects": here.event(at, "AppointmentStarted"), "post": post, "reason": "文件为准"}))
    assert here.caller("leader").get(at).json()["post"]["mode"] == "appointed"


def test_of_64_who_want_one_seat_at_once_one_gets_it(here):
    wishes = [here.passed(here.person(f"王{chr(0x4e10 + n)}")) for n in range(64)]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda at: here.caller("leader").post(f"{at}/start", {}), wishes))
    assert Counter(a.status_code for a in answers) == {200: 1, 422: 63}
    assert {code(a) for a in answers if a.status_code == 422} == {"two_chairs"}


def test_the_same_key_sent_100_times_at_once_makes_one_fact(here):
    at = here.started(here.person())
    before = here.store.recorder.max_notification_id()
    relief = {"effective": on(1), "end_reason": "retired"}
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: here.caller("leader").post(f"{at}/relief", relief, key="once"), range(100)))
    assert {(a.status_code, a.headers["ETag"], str(a.json())) for a in answers} == {(200, '"5"', str(answers[0].json()))}
    assert here.store.recorder.max_notification_id() == before + 2  # the end, and the seat's claim
    reused = here.caller("leader").post(f"{at}/relief", {"effective": on(2), "end_reason": "retired"}, key="once")
    assert code(reused) == "key_reused"


def test_a_stale_if_match_and_a_missing_grant_are_refused(here):
    at = here.started(here.person(), VICE)
    assert code(here.caller("leader").post(f"{at}/relief", {"effective": on(1), "end_reason": "retired"}, expect=3), 412) == "stale"
    assert code(here.caller("nobody").post(f"{at}/relief", {"effective": on(1), "end_reason": "retired"}), 403) == "forbidden"
    assert code(here.caller("leader").post(f"/appointments/{uuid4()}/relief", {"effective": on(1), "end_reason": "retired"}), 404) == "not_found"


def test_a_post_taken_back_from_another_seat_or_standing_again_in_it_moves_its_claim(here):
    leader, at = here.caller("leader"), here.started(here.person(), VICE)
    started = here.store.history(UUID(at.rpartition("/")[2]))[-1]
    moved = {**started.data["post"], "seat": str(EXECUTIVES), "role": "executive_member"}

    def held():
        claims = (here.store.load(SeatClaim, s)[0] for s in (VICE, EXECUTIVES))
        return [len(c.holds) if c else 0 for c in claims]

    def corrected(fact, **said):
        here.ok(leader.post(f"{at}/correction", {"corrects": here.event(at, fact), "reason": "文件为准", **said}))
        return held()
    assert corrected("AppointmentStarted", post=moved) == [0, 1]
    there = here.event(at, "AppointmentCorrected")
    assert corrected("AppointmentStarted", void=True) == [0, 0]
    assert corrected("AppointmentCorrected", void=True) == [0, 1]
    here.ok(leader.post(f"{at}/correction", {"corrects": there, "void": True}))
    assert held() == [1, 0]
