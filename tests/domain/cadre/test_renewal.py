"""A roster as a re-election: whose rows are a new team, how the old one leaves, and when that can be taken back."""
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.cadre.domain import imports, renewal, seat
from services.cadre.domain.appointment import Appointment
from services.cadre.domain.imports import Entry, ImportBatch, Taken, Wanted
from services.cadre.domain.known import Held, Known, Row
from services.cadre.domain.matching import Matched
from services.cadre.domain.renewal import Team
from services.cadre.domain.seat import SeatClaim, Term
from services.cadre.events import (
    AppointmentCorrected,
    AppointmentEnded,
    ImportStarted,
    Profile,
    SeatHeld,
    TeamRenewed,
    TeamRestored,
)
from tests.domain.cadre.given import CHAIR, EXECUTIVES, LEADER, LI, ORG, TERM, TODAY, VICE, WANG, D, fold, held, place, post, refused, started

BATCH, OLD, OLD_VICE = (uuid4() for _ in range(3))
ENDS, CONGRESS, BEGAN = D(2026, 1, 1), D(2026, 5, 20), D(2021, 1, 1)
OVERDUE = place(terms=(Term(TERM, BEGAN, ENDS),))
BEGUN = ImportBatch(ImportStarted(kind="roster", organisation=ORG, filename="a", sha256="a", rows=1, only="all", uploaded_by="a", digest="a"))
TEAM = Team(ORG, UUID(int=9), OVERDUE.terms[0], CONGRESS)


def row(n=3, who=WANG, of=CHAIR, on=CONGRESS, since=None, mode="elected"):
    """A matched row; `since`: she holds that seat already, from that day on."""
    posts = (Held(ORG, since, None, of, "chair", "part_time", None, None),) if since else ()
    known = Known(who, "王芳", None, None, ORG, posts)
    wanted = Wanted(uuid4(), ORG, of, "part_time", mode, on)
    entry = Entry(f"名册!{n}", who, Profile(), ORG, posts=(wanted,))
    return Matched(Row(f"名册!{n}", Profile(person_name="王芳"), starts_on=on), entry=entry, known=known)


def teams(*rows, where=OVERDUE, claims=None):
    return renewal.teams(BATCH, rows, {ORG: where}, claims or {})


def test_rows_from_the_end_of_the_term_on_are_the_new_team():
    for day in (ENDS, CONGRESS):
        found = teams(row(on=day), row(4, LI, EXECUTIVES, on=day))
        assert (found[ORG].elected_on, found[ORG].former.id, len(found)) == (day, TERM, 1)
    assert teams(row()) == teams(row()) and teams(row())[ORG].term != renewal.teams(uuid4(), [row()], {ORG: OVERDUE}, {})[ORG].term


def test_the_outgoing_members_own_row_is_a_new_post_and_one_who_sits_since_then_is_not():
    assert teams(row(since=BEGAN)) and not teams(row(since=CONGRESS))
    assert teams(row(since=CONGRESS), row(4, LI, EXECUTIVES))


def test_within_the_term_or_without_one_or_when_the_next_has_begun_nobody_is_renewed():
    assert not teams(row(of=EXECUTIVES, on=D(2025, 12, 31))) and not teams(row(), where=place(terms=()))
    both = replace(OVERDUE, terms=(Term(TERM, BEGAN, ENDS, D(2026, 2, 1)), Term(uuid4(), D(2026, 2, 1), D(2031, 2, 1))))
    assert not teams(row(), where=both)


def test_an_extended_term_is_over_on_its_new_end():
    longer = replace(OVERDUE, terms=(replace(OVERDUE.terms[0], ends_on=D(2026, 7, 1)),))
    assert not teams(row(of=EXECUTIVES), where=longer)


def test_a_congress_before_the_end_is_known_by_a_head_where_one_sits():
    sits, free = {CHAIR: fold(held(LI, BEGAN), of=SeatClaim)}, {CHAIR: fold(held(LI, BEGAN, D(2025, 11, 1)), of=SeatClaim)}
    day = D(2025, 12, 1)
    found = teams(row(on=day), row(4, LI, EXECUTIVES, on=day), claims=sits)
    assert found[ORG].early and found[ORG].elected_on == day and not teams(row())[ORG].early
    assert renewal.asked([OVERDUE]) == [CHAIR]
    assert not teams(row(on=day), claims=free)  # she fills the seat
    assert not teams(row(of=EXECUTIVES, on=day), claims=sits)
    assert not teams(row(on=D(2025, 7, 4)), claims=sits) and teams(row(on=D(2025, 7, 5)), claims=sits)  # 180 days
    told_again = {CHAIR: fold(held(WANG, D(2025, 11, 20)), of=SeatClaim)}
    assert not teams(row(on=day), claims=told_again)
    several = [row(on=day), row(4, LI, EXECUTIVES, on=D(2025, 12, 2))]
    assert not teams(*several, claims=sits) and not any(m.refusals for m in several)


def test_what_a_batch_has_begun_it_goes_on_with():
    begun = TeamRenewed(organisation=ORG, term=TEAM.term, former=TERM, elected_on=D(2025, 12, 1))
    found = renewal.teams(BATCH, [row(of=EXECUTIVES, on=D(2025, 12, 1))], {ORG: OVERDUE}, {}, [begun])
    assert (found[ORG].term, found[ORG].elected_on) == (TEAM.term, D(2025, 12, 1))
    assert renewal.renewed(once := renewal.renewed(OVERDUE, TEAM), TEAM) is once


def test_after_a_term_ended_by_hand_only_a_team_that_still_sits_is_renewed():
    ended = replace(OVERDUE, terms=(replace(OVERDUE.terms[0], ended_on=D(2025, 12, 1)),))
    sits = {EXECUTIVES: fold(held(LI, BEGAN), of=SeatClaim)}
    assert teams(row(), where=ended, claims=sits) and not teams(row(), where=ended)
    later = {EXECUTIVES: fold(held(LI, D(2026, 2, 1)), of=SeatClaim)}
    gone = {EXECUTIVES: fold(held(LI, BEGAN, D(2026, 1, 1)), of=SeatClaim)}
    assert not teams(row(), where=ended, claims=later) and not teams(row(), where=ended, claims=gone)


@pytest.mark.parametrize("other", [D(2026, 5, 21), D(2024, 3, 1)])
def test_several_days_in_one_team_are_refused_in_every_row_with_the_other_day_and_row(other):
    rows = [row(3), row(4, LI, EXECUTIVES, on=other)]
    assert teams(*rows) == {}
    (first,), (second,) = (m.refusals for m in rows)
    assert {first.code, second.code} == {"congress_dates_differ"} and first.field == "starts_on"
    assert f"{CONGRESS}，名册!4 是 {other}" in first.zh and f"in 名册!3 {CONGRESS}" in second.en


def test_staff_have_their_own_days_and_are_no_team():
    assert list(teams(row(), row(4, LI, on=D(2026, 3, 1), mode="appointed"))) == [ORG]
    assert not teams(row(mode="appointed"))


def renew(team=TEAM, was=BEGUN, old=None):
    """`old`: appointment -> its facts."""
    old = old or {OLD: [started(BEGAN)], OLD_VICE: [started(BEGAN, post=post(person=LI, seat=VICE, role="vice_chair"))]}
    states = {id: fold(*facts) for id, facts in old.items()}
    claims = {s: fold(*(held(x.post.person, BEGAN, appointment=id) for id, x in states.items() if x.post.seat == s), of=SeatClaim)
              for s in (CHAIR, VICE, EXECUTIVES)}
    return renewal.renew(was, BATCH, team, states, claims, TODAY), states, claims


def test_the_old_team_leaves_on_the_congress_day_each_for_her_own_reason():
    facts, _, _ = renew(replace(TEAM, elected=((LI, "chair"), (WANG, "chair"))))
    said = facts[BATCH][0]
    assert isinstance(said, TeamRenewed) and (said.term, said.former, set(said.outgoing)) == (TEAM.term, TERM, {OLD, OLD_VICE})
    ends = {i: facts[i][0] for i in (OLD, OLD_VICE)}
    assert {e.effective for e in ends.values()} == {CONGRESS} and all(isinstance(e, AppointmentEnded) for e in ends.values())
    assert (ends[OLD].end_reason, ends[OLD_VICE].end_reason) == ("term_expired", "reelected_elsewhere")
    assert isinstance(facts[CHAIR][0], SeatHeld) and facts[CHAIR][0].until == CONGRESS


def test_who_stays_an_executive_and_leaves_the_chair_has_two_reasons():
    exec_ = uuid4()
    old = {OLD: [started(BEGAN)], exec_: [started(BEGAN, post=post(seat=EXECUTIVES, role="executive_member"))]}
    facts, _, _ = renew(replace(TEAM, elected=((WANG, "executive_member"),)), old=old)
    assert (facts[OLD][0].end_reason, facts[exec_][0].end_reason) == ("reelected_elsewhere", "term_expired")


def test_an_organisation_is_renewed_once_a_batch_and_also_where_nobody_sits():
    facts, _, _ = renew()
    assert renew(was=imports.evolve(BEGUN, facts[BATCH][0]))[0] == {}
    empty = renewal.renew(BEGUN, BATCH, TEAM, {}, {CHAIR: None}, TODAY)
    assert empty == {BATCH: [TeamRenewed(organisation=ORG, term=TEAM.term, former=TERM, elected_on=CONGRESS)]}
    assert imports.evolve(None, facts[BATCH][0]) is None  # a dry run


def test_the_place_as_org_will_know_it_has_the_next_term():
    known = renewal.renewed(OVERDUE, TEAM)
    assert [(t.id, t.ended_on) for t in known.terms] == [(TERM, CONGRESS), (TEAM.term, None)] and known.terms[1].ends_on > D(2031, 5, 1)


def restore(also=None, where=OVERDUE, more=()):
    """`also`: another appointment in the seats; `more`: facts about the old chair since."""
    facts, states, claims = renew()
    batch = imports.evolve(BEGUN, facts[BATCH][0])
    for stream, some in facts.items():
        for fact in some:
            if stream in states:
                states[stream] = Appointment((*states[stream].said, fact))
            elif stream in claims:
                claims[stream] = seat.evolve(claims[stream], fact)
    taken = {i: Taken([uuid4(), uuid4()], [2], [2]) for i in (OLD, OLD_VICE)}
    states[OLD] = Appointment((*states[OLD].said, *more))
    said = renewal.restore(batch, BATCH, facts[BATCH][0], states | (also or {}), claims, taken, where, LEADER, {})
    return said, batch, taken


def test_taken_back_the_old_team_never_left():
    facts, batch, taken = restore()
    assert batch
    assert facts[BATCH] == [TeamRestored(organisation=ORG, term=TEAM.term, former=TERM)]
    void, = facts[OLD]
    assert isinstance(void, AppointmentCorrected) and void.void and void.corrects == taken[OLD].ids[1]
    assert facts[CHAIR][0].until is None and facts[VICE][0].until is None
    after, (team,) = imports.evolve(batch, facts[BATCH][0]), batch.teams
    assert after and after.teams == () and renewal.restore(after, BATCH, team, {}, {}, {}, OVERDUE, LEADER, {}) == {}


def test_not_when_somebody_joined_that_term_or_it_has_ended_or_its_re_election_is_planned():
    joined = {uuid4(): fold(started(D(2026, 5, 25), post=post(person=uuid4(), seat=EXECUTIVES, role="executive_member", term=TEAM.term)))}
    ended = replace(OVERDUE, terms=(*OVERDUE.terms, Term(TEAM.term, CONGRESS, D(2031, 5, 20), D(2026, 5, 30))))
    for more in ({"also": joined}, {"where": ended}, {"where": replace(OVERDUE, cases=(TEAM.term,))}):
        with refused("import_term_built_upon"):
            restore(**more)
    assert restore(where=replace(OVERDUE, cases=(TERM,)))  # one that was open before


def test_not_when_an_outgoing_members_record_was_touched_since():
    with refused("import_post_built_upon"):
        restore(more=[AppointmentCorrected(corrects=uuid4(), corrects_version=2, effective=D(2026, 5, 19))])


def test_not_into_a_seat_that_somebody_else_has_taken_meanwhile():
    facts, states, claims = renew()
    batch = imports.evolve(BEGUN, facts[BATCH][0])
    states = {i: Appointment((*s.said, *facts[i])) for i, s in states.items()}
    claims[CHAIR] = fold(*facts[CHAIR], held(uuid4(), D(2026, 5, 22)), of=SeatClaim)
    taken = {i: Taken([uuid4(), uuid4()], [2], [2]) for i in states}
    with refused("two_chairs"):
        renewal.restore(batch, BATCH, facts[BATCH][0], states, claims, taken, OVERDUE, LEADER, {})


def test_what_stays_empty_is_counted_by_office_without_those_who_leave():
    claims = {CHAIR: fold(held(WANG, BEGAN), of=SeatClaim), EXECUTIVES: fold(held(LI, CONGRESS), held(WANG, BEGAN), of=SeatClaim), VICE: None}
    assert renewal.empty_seats(OVERDUE, claims, {VICE: 2, EXECUTIVES: 4}, CONGRESS) == {"chair": 1, "executive_member": 10}


def test_those_who_come_back_are_counted_one_after_another():
    second = uuid4()
    vices = [started(BEGAN, post=post(person=who, seat=VICE, role="vice_chair")) for who in (LI, WANG)]
    facts, states, claims = renew(old={OLD_VICE: [vices[0]], second: [vices[1]]})
    batch = imports.evolve(BEGUN, facts[BATCH][0])
    states = {i: Appointment((*s.said, *facts[i])) for i, s in states.items()}
    claims[VICE] = fold(*facts[VICE], held(uuid4(), D(2026, 5, 22)), of=SeatClaim)  # a place for one of the two
    taken = {i: Taken([uuid4(), uuid4()], [2], [2]) for i in states}
    with refused("seat_over_plan"):
        renewal.restore(batch, BATCH, facts[BATCH][0], states, claims, taken, OVERDUE, LEADER, {})
