"""The re-election case, in sentences."""
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.org.domain import reelection
from services.org.domain.ballot import OwnPeriod
from services.org.domain.reelection import Known, Reelection
from services.org.domain.rule import Row, Rule
from services.org.events import (
    CongressHeld,
    ElectionResultApproved,
    ElectionResultReported,
    OrganisationDissolved,
    ReelectionCancelled,
    ReelectionClosed,
    ReelectionPermitted,
    ReelectionPlanned,
    ReelectionRefused,
    ReelectionRequested,
    ResultFiled,
)
from shared.fact import Fact, derive
from tests.domain.org.world import (
    BALLOT,
    CASE,
    CHAIR,
    EXEC,
    GAP,
    HELD,
    LI,
    MON,
    NO_RULES,
    OLD_TERM,
    OTHER,
    PAPER,
    PERMITTED,
    POST,
    TEAM,
    TERM,
    TODAY,
    TUE,
    VICE,
    VILLAGE,
    WANG,
    added,
    candidate,
    case,
    established,
    given,
    hanging,
    proposed,
    refused,
    reported,
    village,
)

FEB = date(2026, 2, 1)
APPROVED = ElectionResultApproved(organisation=VILLAGE, term=TERM, outgoing_term=OLD_TERM, starts_on=FEB, approved_on=date(2026, 2, 5), winners=())
FILED = ResultFiled(filed_with="superior_federation", filed_on=date(2026, 2, 6))


def plan(was: Any = None, org: Any = None, hang: Any = None, day: date = date(2026, 1, 5), congress_on: date | None = None) -> Any:
    return reelection.plan(was, VILLAGE, org or village(), hang or hanging(added("term", OLD_TERM)), day, None, TODAY, congress_on)


def test_a_reelection_is_planned_for_the_running_term():
    assert plan() == ReelectionPlanned(organisation=VILLAGE, term=OLD_TERM, planned_on=date(2026, 1, 5))


def test_a_first_election_has_no_term_to_end():
    assert plan(hang=hanging(added("child", OTHER))).term is None


def test_one_reelection_runs_at_a_time():
    with refused("reelection_running"):
        plan(hang=hanging(added("reelection", OTHER)))
    with refused("reelection_exists"):
        plan(case())


def test_a_reelection_is_planned_for_an_active_organisation_not_ahead():
    with refused("not_established"):
        plan(org=given(proposed()))
    with refused("organisation_ended"):
        plan(org=village(OrganisationDissolved(effective=date(2025, 1, 1), why="撤销")))
    with refused("in_future", "planned_on"):
        plan(day=date(2027, 1, 1))


def test_the_congress_may_be_planned_ahead_but_not_before_the_plan():
    assert plan(congress_on=date(2027, 3, 1)).congress_on == date(2027, 3, 1)
    assert reelection.request(given(plan(congress_on=date(2027, 3, 1))), date(2026, 1, 6), MON, TODAY), "the request does not wait for that day"
    with refused("before_previous_step", "congress_on"):
        plan(congress_on=date(2026, 1, 4))


def test_a_plan_of_before_there_were_congress_dates_still_reads():
    stored = {"organisation": str(VILLAGE), "term": None, "planned_on": "2026-01-05", "batch": None}
    assert Fact.restore("org.ReelectionPlanned", stored, 1) == ReelectionPlanned(organisation=VILLAGE, term=None, planned_on=date(2026, 1, 5))


def test_the_case_goes_from_plan_to_request_to_permit():
    assert reelection.request(case(), date(2026, 1, 6), MON, TODAY) == PERMITTED[0]
    assert reelection.permit(case(PERMITTED[0]), date(2026, 1, 7), TUE, TODAY) == PERMITTED[1]


def test_who_asked_does_not_permit_it_not_even_for_a_village_below():
    with refused("same_person", "actor"):
        reelection.permit(case(PERMITTED[0]), date(2026, 1, 7), (*TUE, *MON), TODAY)


def test_a_refused_request_may_be_made_again():
    no = reelection.refuse(case(PERMITTED[0]), date(2026, 1, 7), "名单待补", TODAY)
    assert no == ReelectionRefused(refused_on=date(2026, 1, 7), why="名单待补")
    assert reelection.request(case(PERMITTED[0], no), date(2026, 1, 9), MON, TODAY)
    with refused("words_missing"):
        reelection.refuse(case(PERMITTED[0]), date(2026, 1, 7), "", TODAY)


STATES = {
    "planned": (), "requested": PERMITTED[:1], "permitted": PERMITTED, "held": (*PERMITTED, HELD),
    "reported": (*PERMITTED, HELD, ElectionResultReported(candidates=TEAM, reported_on=date(2026, 2, 2), reported_by=MON)),
    "approved": (*PERMITTED, HELD, APPROVED), "filed": (*PERMITTED, HELD, APPROVED, FILED),
    "closed": (*PERMITTED, HELD, APPROVED, FILED, ReelectionClosed(closed_on=date(2026, 3, 1))),
    "cancelled": (ReelectionCancelled(cancelled_on=date(2026, 3, 1), why="撤村"),)}
DAY = date(2026, 4, 1)
ACTS: dict[str, Any] = {
    "request": (lambda was: reelection.request(was, DAY, MON, TODAY), {"planned"}),
    "permit": (lambda was: reelection.permit(was, DAY, TUE, TODAY), {"requested"}),
    "refuse": (lambda was: reelection.refuse(was, DAY, "x", TODAY), {"requested"}),
    "congress": (lambda was: reelection.congress(was, "congress", DAY, BALLOT, village(), NO_RULES, (), TODAY), {"permitted", "held", "reported"}),
    "report": (lambda was: reelection.report(was, TEAM, None, DAY, MON, village(), NO_RULES, (), TODAY), {"held", "reported"}),
    "approve": (lambda was: reelection.approve(was, CASE, TERM, DAY, TUE, None, PAPER, NO_RULES, (), TODAY), {"reported"}),
    "return": (lambda was: reelection.send_back(was, DAY, "得票有误", TODAY), {"reported"}),
    "file": (lambda was: reelection.file(was, "superior_federation", DAY, TODAY), {"approved", "filed"}),
    "close": (lambda was: reelection.close(was, DAY, TODAY), {"filed"}),
    "cancel": (lambda was: reelection.cancel(was, DAY, "x", TODAY), {"planned", "requested", "permitted", "held", "reported"})}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_each_step_follows_the_one_before(act, state):
    command, allowed = ACTS[act]
    if state in allowed:
        assert command(case(*STATES[state]))
        return
    with refused("reelection_state"):
        command(case(*STATES[state]))


@pytest.mark.parametrize("act", ACTS)
def test_an_unknown_reelection_is_refused(act):
    with refused("reelection_unknown"):
        ACTS[act][0](None)


def test_no_step_is_before_the_one_it_follows_or_ahead():
    with refused("before_previous_step"):
        reelection.request(case(), date(2026, 1, 4), MON, TODAY)
    with refused("in_future"):
        reelection.permit(case(PERMITTED[0]), date(2027, 1, 1), TUE, TODAY)
    with refused("before_previous_step", "held_on"):
        reelection.congress(case(*PERMITTED), "congress", date(2026, 1, 1), BALLOT, village(), NO_RULES, (), TODAY)
    with refused("before_previous_step", "reported_on"):
        reelection.report(case(*PERMITTED, HELD), TEAM, None, date(2026, 1, 31), MON, village(), NO_RULES, (), TODAY)
    with refused("before_previous_step", "approved_on"):
        reelection.approve(reported(), CASE, TERM, date(2026, 2, 1), TUE, None, PAPER, NO_RULES, (), TODAY)


def test_a_congress_is_recorded_with_its_figures():
    assert reelection.congress(case(*PERMITTED), "congress", FEB, BALLOT, village(), NO_RULES, (), TODAY) == HELD


def test_a_congress_entered_wrong_is_recorded_once_more_and_its_result_reported_anew():
    again = reelection.congress(case(*STATES["reported"]), "congress", date(2026, 1, 20), BALLOT, village(), NO_RULES, (), TODAY)
    after = case(*STATES["reported"], again)
    assert (after.state, after.held) == ("congress_held", again) and after.reported, "what was reported is there to start from"
    with refused("reelection_state"):
        reelection.approve(after, CASE, TERM, DAY, TUE, None, PAPER, NO_RULES, (), TODAY)
    with refused("before_previous_step", "held_on"):
        reelection.congress(case(*STATES["held"]), "congress", date(2026, 1, 6), BALLOT, village(), NO_RULES, (), TODAY)


def test_a_result_is_returned_with_the_reason_and_reported_again():
    back = reelection.send_back(case(*STATES["reported"]), date(2026, 2, 3), "得票有误", TODAY)
    after = case(*STATES["reported"], back)
    assert after.state == "congress_held" and reelection.report(after, TEAM, None, date(2026, 2, 2), MON, village(), NO_RULES, (), TODAY)
    with refused("words_missing", "why"):
        reelection.send_back(case(*STATES["reported"]), date(2026, 2, 3), " ", TODAY)
    with refused("before_previous_step", "returned_on"):
        reelection.send_back(case(*STATES["reported"]), date(2026, 2, 1), "得票有误", TODAY)


def test_a_congress_without_quorum_is_not_recorded():
    with refused("no_quorum", "ballot.present"):
        reelection.congress(case(*PERMITTED), "congress", FEB, BALLOT.model_copy(update={"present": 66, "issued": 60, "returned": 60, "valid": 60}),
                            village(), NO_RULES, (), TODAY)


def test_a_result_is_reported_with_who_reported_it_and_may_be_reported_again():
    result = reelection.report(case(*PERMITTED, HELD), TEAM, None, date(2026, 2, 2), MON, village(), NO_RULES, (), TODAY)
    assert result == ElectionResultReported(candidates=TEAM, reported_on=date(2026, 2, 2), reported_by=MON, leaving=())
    assert reelection.report(reported(), TEAM[:1], None, date(2026, 2, 3), MON, village(), NO_RULES, (), TODAY)


def test_who_is_elected_is_registered_and_has_neither_died_nor_left_before_the_congress():
    def report(people: Any) -> Any:
        return reelection.report(case(*PERMITTED, HELD), TEAM, None, date(2026, 2, 2), MON, village(), NO_RULES, (), TODAY, people)
    there = {WANG: Known("王芳"), LI: Known("李敏")}
    assert report(there) and report({**there, LI: Known("李敏", gone_on=date(2026, 2, 2))})
    with refused("candidate_unknown", "candidates/2/person"):
        report({WANG: there[WANG]})
    with refused("candidate_unknown", "candidates/2/person"):
        report({**there, LI: Known("李敏", merged=True)})
    with refused("candidate_departed", "candidates/2/person"):
        report({**there, LI: Known("李敏", gone_on=FEB)})


def test_whose_own_period_runs_on_is_told_of_and_leaves_when_the_result_says_so_or_she_is_elected_anew():
    own = [OwnPeriod(POST, OTHER, "周挂", VICE, "vice_chair", "seconded", date(2027, 1, 1))]

    def report(leaving: Any = ()) -> Any:
        return reelection.report(case(*PERMITTED, HELD), TEAM, None, date(2026, 2, 2), MON, village(), NO_RULES, (), TODAY, None, own, leaving)

    def told(result: Any) -> list[str]:
        after = case(*PERMITTED, HELD, result)
        return [w.code for w in reelection.warnings(after, village(), 0, NO_RULES, (), own) if w.code == "stays"]
    assert report().leaving == () and told(report()) == ["stays"] and told(report((POST,))) == []
    assert reelection.stays([candidate(OTHER, EXEC, "executive_member")], own, ()) == []
    with refused("leaving_unknown", "leaving"):
        report((CASE,))


def test_equal_and_unequal_ballots_only_warn_unless_the_table_blocks():
    exact = tuple(c.model_copy(update={"against": BALLOT.valid - c.favour}) for c in TEAM)
    seen = [w.code for w in reelection.warnings(reported(exact), village(), 0, NO_RULES, ())]
    assert seen == ["not_more_candidates"]
    more = (*TEAM, *(candidate(WANG, CHAIR, "chair", favour=1, elected=False).model_copy(update={"person": OTHER}),))
    assert "not_equal_ballot" in [w.code for w in reelection.warnings(reported(more), village(), 0, NO_RULES, ())]
    rules = {"election.ballot_form.blocks": Rule((Row(True, None, date(2020, 1, 1), "选举办法"),))}
    with refused("not_more_candidates"):
        reelection.report(case(*PERMITTED, HELD), TEAM, None, date(2026, 2, 2), MON, village(), rules, (), TODAY)


def test_an_organ_committee_of_many_women_is_expected_to_hold_a_congress_of_enough_delegates():
    organ = given(proposed("county", "organ_committee"), established())
    few = CongressHeld(form="congress", held_on=FEB, entitled=20, present=20, issued=20, returned=20, valid=20)
    meeting = few.model_copy(update={"form": "general_meeting"})
    assert [w.code for w in reelection.warnings(case(*PERMITTED, few), organ, 80, NO_RULES, ())] == ["delegates_few"]
    assert [w.code for w in reelection.warnings(case(*PERMITTED, meeting), organ, 80, NO_RULES, ())] == ["congress_expected"]
    assert reelection.warnings(case(*PERMITTED, meeting), organ, 50, NO_RULES, ()) == []


def approve(was: Any = None, by: Any = TUE, person: Any = None, papers: Any = PAPER, rules: Any = NO_RULES, day: date = date(2026, 2, 5)) -> Any:
    return reelection.approve(was or reported(), CASE, TERM, day, by, person, papers, rules, (), TODAY)


def test_the_approval_names_the_winners_and_starts_on_the_day_of_the_congress():
    approved = approve()
    assert (approved.starts_on, approved.outgoing_term, approved.term) == (FEB, OLD_TERM, TERM)
    assert [(w.person, w.seat, w.role) for w in approved.winners] == [(WANG, EXEC, "executive_member"), (WANG, CHAIR, "chair"),
                                                                      (LI, EXEC, "executive_member")]
    assert approved.winners[0].appointment == derive(CASE, "winner", WANG, EXEC)
    assert approve() == approved


def test_the_approver_is_neither_the_reporter_nor_elected():
    with refused("same_person"):
        approve(by=MON)
    with refused("own_election"):
        approve(person=WANG)


def test_the_approval_needs_the_paper_unless_the_table_waives_it():
    with refused("paper_required"):
        approve(papers=())
    assert approve(papers=(), rules={"election.paper": Rule((Row(False, None, date(2020, 1, 1), "试点"),))})


def test_the_result_is_filed_with_either_body_or_both():
    first = reelection.file(case(*STATES["approved"]), "party_org_department", DAY, TODAY)
    assert reelection.file(case(*STATES["approved"], first), "superior_federation", DAY, TODAY).filed_with == "superior_federation"


def test_a_cancellation_has_a_reason():
    with refused("words_missing", "why"):
        reelection.cancel(case(), DAY, "", TODAY)


def test_a_broken_history_does_not_slip_through():
    with refused("congress_missing"):
        reelection.report(case(*PERMITTED, HELD).__class__(VILLAGE, None, FEB, None, "congress_held", FEB), TEAM, None, DAY, MON, village(),
                          NO_RULES, (), TODAY)
    with refused("result_missing"):
        approve(case(*PERMITTED, HELD).__class__(VILLAGE, None, FEB, None, "result_reported", FEB, HELD))


def test_requested_and_permitted_are_facts_of_their_day():
    assert (ReelectionRequested(requested_on=date(2026, 1, 6), requested_by=MON), ReelectionPermitted(permitted_on=date(2026, 1, 7))) == PERMITTED


def test_what_is_for_nobody_any_more_is_called_off_unless_its_result_was_approved():
    waiting = Reelection(VILLAGE, TERM, date(2026, 1, 5), None, "requested", date(2026, 2, 1))
    approved, other = replace(waiting, state="result_approved"), replace(waiting, term=CASE, state="planned", since=date(2025, 1, 1))
    cases = {CASE: waiting, GAP: approved, POST: other, OTHER: None}
    off = reelection.moot(cases, date(2026, 1, 10), "组织已合并")
    assert off == {CASE: [ReelectionCancelled(cancelled_on=date(2026, 2, 1), why="组织已合并")],
                   POST: [ReelectionCancelled(cancelled_on=date(2026, 1, 10), why="组织已合并")]}
    assert list(reelection.moot(cases, date(2026, 1, 10), "换届花名册已撤销", TERM)) == [CASE]
