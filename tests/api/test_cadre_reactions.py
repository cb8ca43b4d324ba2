"""What cadre does by itself when org says so, and the first load through the same application."""
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre.domain.appointment import Appointment
from services.cadre.domain.seat import SeatClaim
from services.cadre.events import Hold, Post, Profile
from services.org import events as org
from shared.fact import new_id
from tests.api.cadre_given import CHAIR, EXECUTIVES, TERM, TODAY, VICE, VILLAGE, World, on, winner, world


@pytest.fixture(params=["sqlite", "postgres"])
def here(request, home) -> Iterator[World]:
    if request.param == "sqlite":
        with world(home) as w:
            yield w
        return
    postgres, prefix = request.getfixturevalue("postgres"), f"t{uuid4().hex}-"
    names = [prefix + name for name in ("cadre", "cadre-views", "cadre-access")]
    urls = [postgres.create_database(name) for name in names]
    with world(home, database=urls[0].replace(names[0], prefix + "{name}")) as w:
        yield w
    for name in names:
        postgres.drop_database(name)


def approved(here, case, *winners, documents=()):
    new_term = uuid4()
    here.say(case, org.ElectionResultApproved(organisation=VILLAGE, term=new_term, outgoing_term=TERM, starts_on=TODAY, approved_on=TODAY,
                                              winners=winners), documents=documents)
    return new_term


def test_an_approved_result_ends_the_outgoing_team_and_starts_the_elected_one_on_the_congress_date_once(here):
    wang, li, zhao = (here.person(n) for n in ("王芳", "李英", "赵敏"))
    chair, vice, member = (here.started(p, s, on(-100)) for p, s in ((wang, CHAIR), (li, VICE), (zhao, EXECUTIVES)))
    case, paper = uuid4(), uuid4()
    winners = [winner(li, CHAIR, "chair", case), winner(zhao, EXECUTIVES, "executive_member", case)]
    term = approved(here, case, *winners, documents=(paper,))
    ends = {at: here.store.history(UUID(at.rpartition("/")[2]))[-1] for at in (chair, vice, member)}
    assert {e.name for e in ends.values()} == {"cadre.AppointmentEnded"}
    assert [e.fact.end_reason for e in ends.values()] == ["term_expired", "reelected_elsewhere", "term_expired"]
    for w in winners:
        begun, = here.store.history(w.appointment)
        assert (begun.fact.starts_on, begun.fact.reelection, begun.fact.post.term, begun.meta.documents) == (TODAY, case, term, (paper,))
        assert begun.meta.causation
    before = here.store.recorder.max_notification_id()
    for follower in here.followers:  # the same event again, as after a crash
        if hasattr(follower.sink, "_react"):
            for e in here.org.history(case):
                follower.sink._react(e)
    assert here.store.recorder.max_notification_id() == before


def candidate(here, person, seat, day, **more):
    answer = here.caller("clerk").post("/appointments", {"person": person, "organisation": str(VILLAGE), "seat": str(seat), "mode": "elected",
                                                         "engagement": "part_time", "starts_on": day, **more})  # fmt: skip
    return UUID(here.ok(answer)["id"])


def test_the_candidates_proposals_are_settled_with_the_result_and_others_left_alone(here):
    wang, li, zhao = (here.person(n) for n in ("王芳", "李英", "赵敏"))
    case, paper = uuid4(), uuid4()
    here.say(case, org.ReelectionPlanned(organisation=VILLAGE, term=TERM, planned_on=TODAY - timedelta(30), congress_on=TODAY + timedelta(5)))
    hers, rivals = candidate(here, wang, CHAIR, on(5)), candidate(here, li, CHAIR, on(-3))
    earlier, later = candidate(here, li, VICE, on(-40)), candidate(here, zhao, VICE, on(9))
    filling = candidate(here, zhao, VICE, on(0), mode="by_election")
    here.ok(here.caller("secretary").post(f"/appointments/{hers}/party-decision", {"agreed": True, "decided_on": on(-5), "authority": "镇党委"}))
    won = winner(wang, CHAIR, "chair", case)
    term = approved(here, case, won, documents=(paper,))
    said = [e.name.removeprefix("cadre.Appointment") for e in here.store.history(hers)]
    assert said == ["Proposed", "PartyReviewed", "Elected", "Started"] and not here.store.history(won.appointment)
    begun = here.store.history(hers)[-1]
    assert (begun.fact.starts_on, begun.fact.reelection, begun.fact.post.term, begun.meta.documents) == (TODAY, case, term, (paper,))
    ended = here.store.history(rivals)[-1]
    assert (ended.name, ended.fact.why, ended.meta.actor) == ("cadre.AppointmentWithdrawn", "未当选", "cadre.policies")
    assert [len(here.store.history(id)) for id in (earlier, later, filling)] == [1, 1, 1], "of another election, or none"
    assert here.store.load(SeatClaim, CHAIR)[0].holds.keys() == {hers}


def test_a_winner_whom_a_rule_refuses_is_put_on_the_work_list(here):
    wang, li = here.person("王芳"), here.person("李英")
    case = uuid4()
    winners = [winner(wang, CHAIR, "chair", case), winner(li, CHAIR, "chair", case)]
    approved(here, case, *winners)
    assert here.store.load(Appointment, winners[0].appointment)[0] and not here.store.load(Appointment, winners[1].appointment)[0]
    refusals = [n for n in here.store.recorder.select_notifications(None, 1000) if n.topic == "cadre.ReactionRefused"]
    assert len(refusals) == 1 and b"two_chairs" in refusals[0].state


def test_an_abolished_seat_and_a_dissolved_organisation_end_their_holders(here):
    vice = here.started(here.person("李英"), VICE, on(-10))
    chair = here.started(here.person("王芳"), CHAIR, on(-10))
    here.say(VILLAGE, org.SeatAbolished(seat=VICE, effective=TODAY))
    assert here.timeline(vice) == [(on(-10), on(0))] and here.timeline(chair) == [(on(-10), None)]
    here.say(VILLAGE, org.OrganisationDissolved(effective=TODAY, why="撤并"))
    assert here.timeline(chair) == [(on(-10), on(0))]
    ended = here.store.history(UUID(chair.rpartition("/")[2]))[-1]
    assert ended.fact.end_reason == "seat_abolished"


def test_who_was_to_have_a_seat_that_is_gone_does_not_get_it(here):
    zhao = here.person("赵敏")
    vice, chair, before = (candidate(here, zhao, seat, day, mode="by_election") for seat, day in ((VICE, on(3)), (CHAIR, on(3)), (VICE, on(-9))))
    here.say(VILLAGE, org.SeatAbolished(seat=VICE, effective=TODAY))
    last = here.store.history(vice)[-1]
    assert (last.name, last.fact.why) == ("cadre.AppointmentWithdrawn", "职位已撤销")
    assert [len(here.store.history(id)) for id in (chair, before)] == [1, 1], "another seat, and a post from before its end"
    here.say(VILLAGE, org.OrganisationDissolved(effective=TODAY, why="撤并"))
    assert here.store.history(chair)[-1].name == "cadre.AppointmentWithdrawn"


def test_when_org_corrects_the_end_of_a_seat_who_left_with_it_leaves_on_the_right_day_or_stays(here):
    at = here.started(here.person(), VICE, on(-50))
    post = UUID(at.rpartition("/")[2])
    here.say(VILLAGE, org.SeatAbolished(seat=VICE, effective=TODAY - timedelta(20)))
    gone = here.org.history(VILLAGE)[-1]
    assert here.timeline(at) == [(on(-50), on(-20))]
    here.say(VILLAGE, org.OrganisationCorrected(corrects=gone.id, corrects_version=gone.version, effective=TODAY - timedelta(30)))
    assert here.timeline(at) == [(on(-50), on(-30))]
    here.say(VILLAGE, org.OrganisationCorrected(corrects=gone.id, corrects_version=gone.version, void=True))
    assert here.timeline(at) == [(on(-50), None)] and here.store.load(SeatClaim, VICE)[0].holds[post].until is None


# -- first load --------------------------------------------------------------------------------------------------------
def post(person, seat=EXECUTIVES, role="executive_member"):
    return Post(person=person, organisation=VILLAGE, seat=seat, role=role, engagement="part_time", mode="elected", term=TERM)


def load(here, n):
    """n people, each an executive of this term and of the one before, by batches of 500; and the seat's holders at once."""
    store = here.store
    calls: list[Any] = []
    holds: list[Hold] = []
    for i in range(n):
        person, now, before = (UUID(int=(k << 64) + i) for k in (1, 2, 3))
        calls.append(partial(store.open_cadre, person, Profile(person_name=f"王{i}", sex="female"), VILLAGE, f"p{i}", source="名册!1"))
        for id, since, until in ((before, date(2016, 1, 1), date(2021, 1, 1)), (now, date(2021, 1, 1), None)):
            holds.append(Hold(appointment=id, person=person, starts_on=since, until=until))
            calls.append(partial(store.open_post, id, post(person), since, str(id), until, "year", "名册!1", claim=False))
    calls.append(partial(store.open_seat, EXECUTIVES, holds, "holds"))
    return [outcome for at in range(0, len(calls), 500) for outcome in store.batch(calls[at:at + 500])]


def test_a_first_load_goes_through_the_same_methods_and_runs_again_without_doubling(here):
    first = load(here, 40)
    assert not [o for o in first if isinstance(o, Exception)]
    head = here.store.recorder.max_notification_id()
    assert head == 121 and all(o.replayed for o in load(here, 40)) and here.store.recorder.max_notification_id() == head
    claim, _ = here.store.load(SeatClaim, EXECUTIVES)
    assert len(claim.holds) == 80
    state, _ = here.store.load(Appointment, UUID(int=2 << 64))
    assert state.life[0].opening and state.life[0].precision == "year"
    here.ok(here.caller("leader").post(f"/appointments/{UUID(int=2 << 64)}/relief", {"effective": on(1), "end_reason": "retired"}))
    assert here.store.load(SeatClaim, EXECUTIVES)[0].holds[UUID(int=2 << 64)].until.isoformat() == on(1)


def test_a_single_post_of_a_first_load_claims_its_seat_itself(here):
    person, id = new_id(), new_id()
    here.store.open_cadre(person, Profile(person_name="王芳"), VILLAGE, "p")
    here.store.open_post(id, post(person, CHAIR, "chair"), date(2024, 12, 1), "a")
    other = here.passed(here.person("李英"))
    assert here.caller("leader").post(f"{other}/start", {}).json()["errors"][0]["code"] == "two_chairs"
