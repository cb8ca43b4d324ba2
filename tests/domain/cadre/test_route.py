"""The route to a post: proposed, decided from the paper, publicised where the seat demands it, elected or approved."""
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.cadre.domain import appointment, office
from services.cadre.domain.appointment import By
from services.cadre.domain.rules import WAYS, route, ways, working_days
from services.cadre.domain.seat import Plan, SeatClaim, Term
from services.cadre.events import (
    AppointmentApproved,
    AppointmentCorrected,
    AppointmentProposed,
    AppointmentPublicised,
    AppointmentRejected,
    AppointmentStarted,
    SeatHeld,
)
from shared.words import MODES, ROLES
from tests.domain.cadre.given import (
    CHAIR,
    CLERK,
    EXECUTIVES,
    LEADER,
    ORG,
    SECRETARY,
    TODAY,
    VICE,
    WANG,
    D,
    fold,
    held,
    party_agreed,
    passed,
    place,
    post,
    proposed,
    refused,
    start,
    started,
    wish,
)

ACTING: dict[str, Any] = {"mode": "acting", "until": D(2026, 12, 1)}
STAFF = uuid4()


def propose(a_place=None, claim=None, organisations=0, by=CLERK, **other):
    return appointment.propose(None, wish(**other), a_place or place(), claim, organisations, by)


def test_a_post_without_a_vote_goes_from_proposal_over_party_decision_and_approval_to_its_start():
    facts = passed(**ACTING)
    assert [f.NAME for f in facts] == ["cadre.AppointmentProposed", "cadre.AppointmentPartyReviewed", "cadre.AppointmentApproved"]
    assert (facts[0].proposed_by, facts[1].entered_by, facts[2].approved_by) == ("clerk", "secretary", "leader")
    began, hold = start(facts)
    assert isinstance(began, AppointmentStarted) and began.starts_on == D(2026, 6, 15) and began.ahead and not began.back_dated
    assert isinstance(hold, SeatHeld) and hold.starts_on == D(2026, 6, 15) and hold.until == D(2026, 12, 1)


def test_an_elected_post_starts_on_the_day_of_the_election_and_needs_no_reason_for_that():
    began, _ = start(passed(mode="elected"))
    assert began.starts_on == D(2026, 5, 25) and began.back_dated


def test_the_proposal_takes_role_and_term_from_org():
    proposal = propose()
    assert (proposal.post.role, proposal.post.term, proposal.route) == ("chair", place().terms[0].id, ("party", "election"))


def test_an_unknown_organisation_is_refused():
    with refused("unknown_organisation"):
        appointment.propose(None, wish(), None, None, 0, CLERK)


def test_an_organisation_not_yet_established_is_refused():
    with refused("organisation_not_established"):
        propose(place(established_on=None))


def test_a_start_before_the_organisation_was_established_is_refused():
    with refused("effective_before_established"):
        propose(starts_on=D(2019, 12, 31))


def test_a_closed_organisation_takes_nobody_from_its_last_day_on():
    with refused("organisation_closed"):
        propose(place(closed_on=D(2026, 6, 15)))
    assert propose(place(closed_on=D(2026, 6, 16)))


def test_an_unknown_seat_is_refused():
    with refused("unknown_seat"):
        propose(seat=uuid4())


def test_an_abolished_seat_is_refused():
    with refused("seat_abolished"):
        propose(place(seats={CHAIR: (Plan(D(2020, 1, 1), D(2026, 6, 1), "chair", 1),)}))


def test_an_engagement_that_the_seat_does_not_have_is_refused():
    with refused("engagement_mismatch"):
        propose(seat=VICE, engagement="full_time")


def test_a_start_before_the_term_is_refused():
    with refused("effective_before_term"):
        propose(starts_on=D(2023, 12, 31))
    with refused("effective_before_term"):
        propose(starts_on=D(2023, 12, 31), term=place().terms[0].id)


def test_a_term_that_is_not_the_organisations_or_has_ended_is_refused():
    with refused("unknown_term"):
        propose(term=uuid4())
    ended = replace(place().terms[0], ended_on=D(2026, 1, 1))
    with refused("term_ended"):
        propose(place(terms=(ended,)), term=ended.id)


def test_no_running_term_and_an_overdue_term_only_warn():
    assert propose(place(terms=())).warnings == ("no_term",)
    assert propose(place(terms=(Term(uuid4(), D(2020, 1, 1), D(2025, 1, 1)),))).warnings == ("term_overdue",)


def test_posts_in_more_than_three_organisations_warn():
    assert propose(organisations=2).warnings == ()
    assert propose(organisations=3).warnings == ("too_many_posts",)
    assert propose(place(rules={"appointment.max_organisations": 5}), organisations=3).warnings == ()


def test_a_township_chair_who_is_not_full_time_or_has_other_posts_is_warned_of():
    found = propose(place(level="township"), organisations=1, engagement="part_time").warnings
    assert found == ("township_chair_full_time", "township_chair_one_post")


def test_a_full_seat_only_warns_at_the_proposal():
    assert propose(claim=fold(held(), of=SeatClaim)).warnings == ("seat_taken",)


def test_an_acting_or_seconded_post_needs_its_end_date_and_no_other_may_have_one():
    with refused("until_missing"):
        propose(mode="acting")
    with refused("until_not_allowed"):
        propose(until=D(2026, 12, 1))
    with refused("until_before_start"):
        propose(mode="acting", until=D(2026, 6, 15))
    with refused("seconded_engagement"):
        propose(mode="seconded", until=D(2026, 12, 1))
    assert propose(mode="acting", until=D(2026, 12, 1)).until == D(2026, 12, 1)


def test_an_id_in_use_cannot_be_proposed_again():
    with refused("appointment_exists"):
        appointment.propose(fold(*proposed()), wish(), place(), None, 0, CLERK)


def test_nobody_proposes_reviews_approves_or_starts_herself():
    herself = By("wang", WANG)
    with refused("own_appointment"):
        propose(by=herself)
    with refused("own_appointment"):
        appointment.party_decision(fold(*proposed()), True, TODAY, "党委", herself, TODAY)
    with refused("own_appointment"):
        appointment.approve(fold(*party_agreed()), TODAY, herself, TODAY)
    with refused("own_appointment"):
        appointment.reject(fold(*party_agreed()), TODAY, "不同意", herself, TODAY)
    with refused("own_appointment"):
        start(passed(), by=herself)


def test_the_proposer_does_not_enter_the_party_decision_nor_approve_elect_or_reject():
    with refused("entered_by_proposer"):
        appointment.party_decision(fold(*proposed()), True, TODAY, "党委", CLERK, TODAY)
    with refused("approved_by_proposer"):
        appointment.approve(fold(*party_agreed()), TODAY, CLERK, TODAY)
    with refused("approved_by_proposer"):
        appointment.elect(fold(*party_agreed(mode="by_election")), TODAY, "congress", CLERK, TODAY)
    with refused("approved_by_proposer"):
        appointment.reject(fold(*party_agreed()), TODAY, "不同意", CLERK, TODAY)


def test_a_party_decision_comes_once_and_not_from_the_future():
    with refused("date_in_future"):
        appointment.party_decision(fold(*proposed()), True, D(2026, 6, 2), "党委", SECRETARY, TODAY)
    with refused("not_proposed"):
        appointment.party_decision(fold(*party_agreed()), True, TODAY, "党委", SECRETARY, TODAY)
    with refused("unknown_appointment"):
        appointment.party_decision(None, True, TODAY, "党委", SECRETARY, TODAY)


def test_a_party_organisation_that_does_not_agree_ends_the_route():
    facts = proposed()
    facts += appointment.party_decision(fold(*facts), False, TODAY, "镇党委", SECRETARY, TODAY)
    assert isinstance(facts[-1], AppointmentRejected)
    with refused("not_proposed"):
        appointment.approve(fold(*facts), TODAY, LEADER, TODAY)


def test_approval_needs_the_party_decision_first_and_not_before_its_day():
    with refused("party_decision_missing"):
        appointment.approve(fold(*proposed()), TODAY, LEADER, TODAY)
    for asked, decide in ((ACTING, appointment.approve), ({}, vote)):
        with refused("before_party_decision"):
            decide(fold(*party_agreed(**asked)), D(2026, 5, 19), LEADER, TODAY)
        with refused("date_in_future"):
            decide(fold(*party_agreed(**asked)), D(2026, 6, 2), LEADER, TODAY)


def vote(was, day, by, today):
    return appointment.elect(was, day, "executive_committee", by, today)


def test_elected_modes_are_elected_and_the_others_approved():
    seats = {"elected": CHAIR, "substitution": EXECUTIVES, "co_option": EXECUTIVES, "additional_election": VICE, "by_election": CHAIR}
    for mode, seat in seats.items():
        agreed = fold(*party_agreed(mode=mode, seat=seat, engagement="part_time"))
        with refused("not_by_approval"):
            appointment.approve(agreed, TODAY, LEADER, TODAY)
        assert appointment.elect(agreed, TODAY, "executive_committee", LEADER, TODAY).entered_by == "leader"
    for asked in ({"mode": "appointed"}, {"mode": "concurrent"}, ACTING):
        with refused("not_by_election"):
            appointment.elect(fold(*proposed_to(STAFF, **asked)), TODAY, "congress", LEADER, TODAY)


def proposed_to(seat, level="village", role="staff", **other):
    """A proposal for the one seat of an organisation."""
    there = place(level=level, seats={seat: (Plan(D(2020, 1, 1), None, role, 1),)})
    return [appointment.propose(None, wish(seat=seat, **other), there, None, 0, CLERK)]


LEADS: dict[str, set[str]] = {  # the ways into an office of a township, by the spec
    "chair": {"elected", "by_election", "acting"},
    "vice_chair": {"elected", "additional_election", "by_election", "seconded"},
    "standing_member": {"elected", "additional_election", "by_election"},
    "executive_member": {"elected", "by_election", "substitution", "co_option"},
    "director": {"elected", "by_election", "acting", "appointed"},
    "deputy_director": {"elected", "additional_election", "by_election", "seconded"},
    "member": {"elected", "by_election", "substitution", "co_option"},
    "staff": {"appointed", "concurrent", "seconded", "acting"},
}


@pytest.mark.parametrize("level", ["village", "township", "county", "city", "province"])
@pytest.mark.parametrize("role", LEADS)
def test_only_the_ways_into_an_office_of_that_level_are_taken_and_the_refusal_names_them(role, level):
    led = LEADS[role] | ({"appointed"} if role in ("chair", "vice_chair") and level in ("county", "city", "province") else set())
    for mode in MODES:
        limited = {"until": D(2026, 12, 1)} if mode in ("acting", "seconded") else {}
        asked = {"mode": mode, "engagement": "seconded" if mode == "seconded" else "full_time", **limited}
        if mode in led:
            assert proposed_to(STAFF, level, role, **asked)[0].post.mode == mode
            continue
        with refused("mode_unfit") as no:
            proposed_to(STAFF, level, role, **asked)
        assert no.value.field == "mode" and all(MODES[way][0] in no.value.zh and MODES[way][1] in no.value.en for way in led)
        assert f"“{MODES[mode][0]}”" in no.value.zh and ROLES[role][0] in no.value.zh


def test_every_office_has_its_ways_and_its_usual_one_is_that_of_a_roster():
    assert set(ROLES) == set(WAYS) == set(LEADS) and set(MODES) == {mode for some in WAYS.values() for mode in some}
    assert {role: ways(role, "city")[0] for role in WAYS} == {role: "appointed" if role == "staff" else "elected" for role in WAYS}


def test_what_was_proposed_before_the_rule_goes_on_and_an_old_fact_is_not_judged_by_it():
    said = AppointmentProposed(post=post(mode="appointed"), starts_on=D(2026, 6, 15), proposed_by="clerk", route=("approval",))
    approved = appointment.approve(fold(said), TODAY, LEADER, TODAY)
    began, _ = start([said, approved])
    assert began.post.mode == "appointed"
    assert office.open_post(None, post(mode="appointed"), D(2010, 1, 1), None, "day", None).post.mode == "appointed"
    now = fold(began)
    right = AppointmentCorrected(corrects=STAFF, post=post(mode="concurrent"))
    facts = office.correct(uuid4(), now, [STAFF], right, {CHAIR: None}, place(), LEADER)
    assert any(f.NAME == "cadre.AppointmentCorrected" for some in facts.values() for f in some)


def county_chair():
    return place(level="county")


def test_a_county_chair_who_is_appointed_needs_five_working_days_of_publicity():
    facts: list[Any] = [appointment.propose(None, wish(mode="appointed"), county_chair(), None, 0, CLERK)]
    assert facts[0].route == ("party", "publicity", "approval")
    facts += appointment.party_decision(fold(*facts), True, D(2026, 5, 20), "县委", SECRETARY, TODAY)
    with refused("publicity_missing"):
        appointment.approve(fold(*facts), TODAY, LEADER, TODAY)
    with refused("publicity_too_short"):  # Thursday to Thursday without the weekend: five; without Wednesday: four
        appointment.publicise(fold(*facts), D(2026, 5, 21), D(2026, 5, 27), {})
    facts.append(appointment.publicise(fold(*facts), D(2026, 5, 21), D(2026, 5, 28), {}))
    with refused("publicity_missing"):
        appointment.approve(fold(*facts), TODAY, LEADER, TODAY)
    with refused("publicity_running"):
        appointment.end_publicity(fold(*facts), D(2026, 5, 27), 0, TODAY)
    with refused("date_in_future"):
        appointment.end_publicity(fold(*facts), D(2026, 6, 2), 0, TODAY)
    facts.append(appointment.end_publicity(fold(*facts), D(2026, 5, 28), 0, TODAY))
    assert isinstance(appointment.approve(fold(*facts), D(2026, 5, 29), LEADER, TODAY), AppointmentApproved)


def test_publicity_follows_the_party_decision_and_ends_once():
    with refused("party_decision_missing"):
        appointment.publicise(fold(*proposed()), D(2026, 5, 21), D(2026, 5, 28), {})
    with refused("not_publicised"):
        appointment.end_publicity(fold(*party_agreed()), D(2026, 5, 28), 0, TODAY)


def test_holidays_and_moved_working_days_count_as_the_rules_say():
    may = {"calendar.days_off": "2026-05-01,2026-05-04,2026-05-05", "calendar.days_on": "2026-05-09"}
    assert working_days({}, D(2026, 5, 1), D(2026, 5, 10)) == 6
    assert working_days(may, D(2026, 5, 1), D(2026, 5, 10)) == 4


def test_the_route_of_a_seat_type_is_data():
    assert route({"appointment.route.village.chair.appointed": "party,publicity,approval"}, "village", post()) == ("party", "publicity", "approval")
    assert route({"appointment.route.village.appointed": "approval"}, "village", post()) == ("approval",)
    assert route({}, "village", post(role="staff")) == ("approval",)
    assert route({}, "county", post(mode="elected")) == ("party", "election")


def test_what_is_decided_cannot_be_withdrawn_or_rejected_but_what_is_open_can():
    for facts in (passed(), [*passed(), started()]):
        with refused("already_decided"):
            appointment.withdraw(fold(*facts), "误报", TODAY)
        with refused("already_decided"):
            appointment.reject(fold(*facts), TODAY, "不同意", LEADER, TODAY)
    with refused("date_in_future"):
        appointment.reject(fold(*proposed()), D(2026, 6, 2), "不同意", LEADER, TODAY)
    withdrawn = [*party_agreed(), appointment.withdraw(fold(*party_agreed()), "误报", TODAY)]
    assert fold(*withdrawn).step == "withdrawn"
    with refused("not_passed"):
        start(withdrawn)


def test_publicity_that_was_begun_must_end_even_where_the_route_does_not_demand_it():
    facts = [*party_agreed(), AppointmentPublicised(from_on=D(2026, 5, 21), until=D(2026, 5, 28))]
    with refused("publicity_missing"):
        appointment.approve(fold(*facts), TODAY, LEADER, TODAY)


def test_the_executive_rule_warns_or_blocks_as_the_rules_say():
    assert "not_an_executive" in start(passed(), executive=False)[0].warnings
    assert start(passed(), executive=True)[0].warnings == ()
    assert start(passed(), executive=False, place=place(rules={"appointment.office_needs_executive": "off"}))[0].warnings == ()
    with refused("not_an_executive"):
        start(passed(), executive=False, place=place(rules={"appointment.office_needs_executive": "block"}))
    assert start(passed(seat=EXECUTIVES, organisation=ORG), executive=None)[0].warnings == ()
