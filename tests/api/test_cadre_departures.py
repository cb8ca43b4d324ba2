"""A person's death, departure from the province or expulsion: one act ends all that she holds, told beforehand, and takes back what was entered
wrongly."""
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.org import events as org
from shared.fact import new_id
from tests.api.cadre_given import CHAIR, EXECUTIVES, TERM, TODAY, TOWN, VICE, VILLAGE, on, winner
from tests.api.caller import give
from tests.api.import_given import Import
from tests.api.test_cadre_appointments import code, propose
from tests.files.making import HEADER, book
from tests.files.making import person as row

TOWN_VICE = uuid4()


@pytest.fixture
def her(here):
    """Chair of the village, vice chair of the town, proposed as an executive, to begin as vice chair of the village, and seconded to the town."""
    here.say(TOWN, org.SeatsDefined(effective=TODAY - timedelta(900), seats=(org.Seat(seat=TOWN_VICE, role="vice_chair", capacity=2),)))
    person = here.person()
    chair = here.started(person, starts_on=on(-100))
    town = here.started(person, TOWN_VICE, starts_on=on(-90), organisation=str(TOWN))
    ahead = here.passed(person, VICE)
    here.ok(here.caller("leader").post(f"{ahead}/start", {"starts_on": on(20)}))
    proposal = f"/appointments/{propose(here, person, seat=str(EXECUTIVES)).json()['id']}"
    seconded = here.ok(here.caller("leader").post("/secondments", {
        "person": person, "from_organisation": str(VILLAGE), "to_organisation": str(TOWN), "duty": "项目专员", "starts_on": on(-60),
        "until": on(60)}))
    here.pull()
    return {"person": person, "chair": chair, "town": town, "ahead": ahead, "proposal": proposal, "seconded": f"/secondments/{seconded['id']}"}


THREE_DAYS_AGO = on(-3)


def depart(here, person, day=THREE_DAYS_AGO, why="died", name="leader", **more):
    here.pull()
    return here.caller(name).post(f"/cadres/{person}/departure", {"effective": day, "why": why, **more})


def step(here, at):
    return here.caller("leader").get(at).json()["step"]


def test_one_act_ends_every_post_of_hers_wherever_it_is_and_tells_them_beforehand(here, her):
    foretold = here.caller("leader").get(f"/cadres/{her['person']}/departure", effective=on(-3), why="died").json()
    assert "posts" in foretold, foretold
    assert {(p["appointment"], p["organisation"], p["role"], p["becomes"]) for p in foretold["posts"]} == {
        (her["chair"][14:], str(VILLAGE), "chair", "ended"), (her["town"][14:], str(TOWN), "vice_chair", "ended"),
        (her["ahead"][14:], str(VILLAGE), "vice_chair", "void"), (her["proposal"][14:], str(VILLAGE), "executive_member", "withdrawn")}
    assert [s["to_organisation"] for s in foretold["secondments"]] == [str(TOWN)]
    before = here.store.recorder.max_notification_id()
    done = here.ok(depart(here, her["person"]))
    assert here.timeline(her["chair"])[-1] == (on(-100), on(-3)) and here.timeline(her["town"])[-1] == (on(-90), on(-3))
    assert (step(here, her["ahead"]), step(here, her["proposal"])) == ("void", "withdrawn")
    assert here.caller("leader").get(her["seconded"]).json()["ended_on"] == on(-3)
    assert here.caller("leader").get(f"/cadres/{her['person']}").json()["departed"] == {"effective": on(-3), "why": "died"}
    written = [here.store.mapper.to_domain_event(n) for n in here.store.recorder.select_notifications(before + 1, 100)]
    assert len({e.meta.key for e in written}) == 1 and len({e.stream for e in written if e.name.startswith("cadre.Appointment")}) == 4
    assert [w["code"] for w in done["warnings"]] == ["document_missing"]


def test_one_post_does_not_end_by_a_death_alone(here, her):
    leader = here.caller("leader")
    for why in ("died", "left_province", "expelled"):
        assert code(leader.post(f"{her['town']}/relief", {"effective": on(1), "end_reason": why})) == "ends_all_posts"
    here.ok(leader.post(f"{her['town']}/relief", {"effective": on(0), "end_reason": "resigned"}))
    end = here.event(her["town"], "AppointmentEnded")
    assert code(leader.post(f"{her['town']}/correction", {"corrects": end, "end_reason": "died"})) == "ends_all_posts"
    assert here.timeline(her["chair"])[-1][1] is None


def test_what_ended_with_all_her_posts_does_not_come_back_alone(here, her):
    here.ok(depart(here, her["person"]))
    leader = here.caller("leader")
    for said in ({"void": True}, {"effective": on(-1)}, {"end_reason": "resigned"}):
        assert code(leader.post(f"{her['chair']}/correction", {"corrects": here.event(her["chair"], "AppointmentEnded"), **said})) == "ended_with_all"


def test_from_that_day_on_nobody_is_proposed_started_seconded_or_elected_who_is_gone(here, her):
    passed = here.passed(here.person("李英"), VICE)
    other = here.caller("leader").get(passed).json()["post"]["person"]
    here.ok(depart(here, her["person"]))
    assert code(propose(here, her["person"])) == "departed_person"
    leader = here.caller("leader")
    assert code(leader.post("/secondments", {"person": her["person"], "from_organisation": str(VILLAGE), "to_organisation": str(TOWN),
                                             "duty": "帮扶", "starts_on": on(0), "until": on(9)})) == "departed_person"
    here.pull()
    case, who = new_id(), [winner(her["person"], CHAIR, "chair", uuid4()), winner(other, VICE, "vice_chair", uuid4())]
    here.say(case, org.ElectionResultApproved(organisation=VILLAGE, term=uuid4(), outgoing_term=TERM, starts_on=TODAY, approved_on=TODAY,
                                              winners=tuple(who)))
    refused = [here.store.mapper.to_domain_event(n).fact for n in here.store.recorder.select_notifications(None, 1000)
               if n.topic == "cadre.ReactionRefused"]
    assert [(str(r.person), r.code) for r in refused] == [(her["person"], "departed_person")]


def test_who_is_to_leave_may_still_be_proposed_for_a_post_that_ends_before(here):
    person = here.person()
    here.ok(depart(here, person, on(30), "left_province"))
    assert code(propose(here, person)) == "departed_person"
    assert propose(here, person, mode="acting", until=on(30)).status_code == 201


def test_a_wrong_death_is_taken_back_and_all_her_posts_with_it(here, her):
    here.ok(depart(here, her["person"]))
    here.pull()
    leader = here.caller("leader")
    here.ok(leader.post(f"/cadres/{her['person']}/departure-withdrawal", {"reason": "同名的另一人"}))
    assert here.timeline(her["chair"])[-1] == (on(-100), None) and here.timeline(her["town"])[-1] == (on(-90), None)
    assert step(here, her["ahead"]) == "started" and here.caller("leader").get(her["seconded"]).json()["ended_on"] is None
    assert leader.get(f"/cadres/{her['person']}").json()["departed"] is None
    assert code(leader.post(f"/cadres/{her['person']}/departure-withdrawal", {"reason": "同名"})) == "not_departed"
    here.pull()
    assert propose(here, her["person"], seat=str(EXECUTIVES)).status_code == 201
    here.ok(depart(here, her["person"], on(-1)))
    assert here.timeline(her["chair"])[-1] == (on(-100), on(-1))


def test_she_does_not_come_back_onto_a_place_that_another_has_taken(here, her):
    here.ok(depart(here, her["person"]))
    here.started(here.person("李英"))
    here.pull()
    assert code(here.caller("leader").post(f"/cadres/{her['person']}/departure-withdrawal", {"reason": "同名"})) == "two_chairs"


def test_a_post_whose_term_has_ended_since_comes_back_until_that_day(here, her):
    here.ok(depart(here, her["person"], on(-30)))
    here.say(TERM, org.TermEnded(ended_on=TODAY - timedelta(10)))
    here.ok(here.caller("leader").post(f"/cadres/{her['person']}/departure-withdrawal", {"reason": "同名"}))
    assert here.timeline(her["chair"])[-1] == (on(-100), on(-10)) and here.timeline(her["town"])[-1] == (on(-90), None)


def test_it_is_entered_once_after_the_fact_and_by_who_keeps_her_record(here, her):
    give(here.app, "herself", "officer", VILLAGE, person=UUID(her["person"]))
    give(here.app, "village", "officer", VILLAGE)
    assert code(depart(here, her["person"], name="clerk"), 403) == "forbidden"
    assert code(depart(here, her["person"], name="herself")) == "own_appointment"
    assert code(depart(here, her["person"], on(1))) == "date_in_future"
    here.ok(depart(here, her["person"], name="village"))  # the town's post ends too: who keeps the record tells of the person
    assert code(depart(here, her["person"])) == "departed_already"


def test_two_records_of_one_person_are_not_merged_while_only_one_says_that_she_is_gone(here):
    first, second = here.person(), here.person()
    here.ok(depart(here, second))
    here.pull()
    county = here.caller("county")
    assert code(county.post(f"/cadres/{second}/merge", {"into": first})) == "merge_departed"
    here.ok(depart(here, first))
    here.pull()
    here.ok(county.post(f"/cadres/{second}/merge", {"into": first}))


def test_who_left_the_province_may_come_back_and_who_died_may_not(here, her):
    leader = here.caller("leader")
    here.ok(depart(here, her["person"], on(-50), "left_province"))
    here.ok(leader.post(f"/cadres/{her['person']}/return", {"effective": on(-5)}))
    assert here.timeline(her["chair"])[-1] == (on(-100), on(-50))
    assert code(propose(here, her["person"], mode="elected", starts_on=on(-6))) == "departed_person"
    assert propose(here, her["person"]).status_code == 201
    here.ok(depart(here, her["person"], on(-1)))
    assert code(leader.post(f"/cadres/{her['person']}/return", {"effective": on(0)})) == "died_for_good"


def errors(load):
    """Its rows' errors, by name."""
    return {r["title"].partition(" · ")[0]: [c["code"] for c in r["cells"] if c["level"] == "error"] for r in load.rows()}


def test_a_row_that_says_of_somebody_in_office_that_she_died_is_sent_to_her_page(here):
    Import(here, book([row("李敏", "执委", "1985.03")])).commit()
    load = Import(here, book([row("李敏", "执委", "1985.03", 备注="已于6月去世"), row("王芳", "主席", 备注="丈夫去世")]))
    assert errors(load) == {"李敏": ["note_says_departed"], "王芳": []}
    past = Import(here, book([[*row("赵红", "执委", "1970.03", 备注="因病去世"), on(-10)]], [*HEADER, "离任时间"]))
    assert errors(past) == {"赵红": []} and "note_says_departed" in past.codes()


def test_a_roster_puts_nobody_in_office_who_is_gone(here):
    Import(here, book([row("李敏", "执委", "1985.03")])).commit()
    [her] = {here.store.mapper.to_domain_event(n).stream for n in here.store.recorder.select_notifications(None, 1000)
             if n.topic == "cadre.CadreRegistered"}
    here.ok(depart(here, her))
    assert errors(Import(here, book([row("李敏", "主席", "1985.03", since=on(-2))]))) == {"李敏": ["departed_person"]}
