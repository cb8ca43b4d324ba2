"""A whole team at once: the elected one replaces the outgoing one; abolished seats lose their holders."""
from uuid import uuid4

from services.cadre.domain import succession
from services.cadre.domain.person import Cadre
from services.cadre.domain.seat import SeatClaim
from services.cadre.domain.succession import Why
from services.cadre.events import (
    AppointmentCancelled,
    AppointmentEnded,
    AppointmentStarted,
    CadreRegistered,
    Profile,
    ReactionRefused,
    SeatFreed,
    SeatHeld,
)
from tests.domain.cadre.given import CHAIR, LI, ORG, TODAY, VICE, WANG, D, fold, held, place, post, started

CONGRESS, CASE, NEW_TERM = D(2026, 5, 20), uuid4(), uuid4()
OLD_CHAIR, OLD_VICE, NEW_CHAIR, NEW_VICE = (uuid4() for _ in range(4))
WHY = Why(uuid4(), "elected_team", ORG, uuid4())
ZHAO = uuid4()


def registered():
    return Cadre((CadreRegistered(profile=Profile(person_name="某人"), home=ORG),))


def succeed(old, winners, people=None, claims=None):
    """`old`: appointment -> start fact."""
    states = {id: fold(*facts) for id, facts in old.items()} | dict.fromkeys(winners)
    holds = {s: fold(*(held(f[0].post.person, f[0].starts_on, appointment=id) for id, f in old.items() if f[0].post.seat == s), of=SeatClaim)
             for s in (CHAIR, VICE)}
    known = people if people is not None else {p.person: registered() for p in winners.values()}
    return succession.succeed(winners, CONGRESS, CASE, states, claims or holds, known, place().seats, WHY, TODAY)


def new(person, seat=CHAIR, role="chair"):
    return post(person=person, seat=seat, role=role, mode="elected", term=NEW_TERM, engagement="part_time")


def test_the_outgoing_chair_ends_with_her_term_and_the_elected_one_starts_on_the_congress_date():
    facts = succeed({OLD_CHAIR: [started()]}, {NEW_CHAIR: new(LI)})
    ended, = facts[OLD_CHAIR]
    begun, = facts[NEW_CHAIR]
    assert isinstance(ended, AppointmentEnded) and (ended.effective, ended.end_reason, ended.reelection) == (CONGRESS, "term_expired", CASE)
    assert isinstance(begun, AppointmentStarted) and (begun.starts_on, begun.reelection, begun.back_dated) == (CONGRESS, CASE, True)
    assert [type(f) for f in facts[CHAIR]] == [SeatHeld, SeatHeld]


def test_one_who_is_re_elected_ends_her_old_appointment_and_starts_a_new_one():
    facts = succeed({OLD_CHAIR: [started()]}, {NEW_CHAIR: new(WANG)})
    assert facts[OLD_CHAIR][0].end_reason == "term_expired" and NEW_CHAIR in facts


def test_one_who_is_elected_to_another_office_is_re_elected_elsewhere():
    facts = succeed({OLD_CHAIR: [started()]}, {NEW_VICE: new(WANG, VICE, "vice_chair")})
    assert facts[OLD_CHAIR][0].end_reason == "reelected_elsewhere"


def test_what_was_to_start_only_after_the_congress_is_called_off():
    facts = succeed({OLD_CHAIR: [started(D(2026, 8, 1), ahead=True)]}, {NEW_CHAIR: new(LI)})
    assert isinstance(facts[OLD_CHAIR][0], AppointmentCancelled) and isinstance(facts[CHAIR][0], SeatFreed)


def test_an_end_set_for_after_the_congress_is_brought_forward_and_one_before_it_stays():
    def end(day):
        return AppointmentEnded(effective=day, end_reason="retired", organisation=ORG, seat=CHAIR, person=WANG)
    late = succeed({OLD_CHAIR: [started(), end(D(2026, 7, 1))]}, {NEW_CHAIR: new(LI)})
    assert late[OLD_CHAIR][0].effective == CONGRESS
    early = succeed({OLD_CHAIR: [started(), end(D(2026, 5, 1))]}, {NEW_CHAIR: new(LI)},
                    claims={CHAIR: fold(held(WANG, until=D(2026, 5, 1), appointment=OLD_CHAIR), of=SeatClaim)})
    assert OLD_CHAIR not in early and NEW_CHAIR in early


def test_a_winner_whom_a_rule_refuses_is_put_on_the_work_list_and_the_others_start():
    facts = succeed({}, {NEW_CHAIR: new(LI), OLD_CHAIR: new(ZHAO), NEW_VICE: new(ZHAO, VICE, "vice_chair")})
    item, = facts[WHY.reaction]
    assert isinstance(item, ReactionRefused) and (item.code, item.target, item.person) == ("two_chairs", OLD_CHAIR, ZHAO)
    assert NEW_CHAIR in facts and NEW_VICE in facts and OLD_CHAIR not in facts


def test_a_winner_nobody_has_registered_is_put_on_the_work_list():
    facts = succeed({}, {NEW_CHAIR: new(LI)}, people={LI: None})
    assert facts[WHY.reaction][0].code == "unknown_cadre"


def test_a_winner_who_has_started_already_is_left_alone():
    states = {NEW_CHAIR: fold(started(CONGRESS, post=new(LI)))}
    assert succession.succeed({NEW_CHAIR: new(LI)}, CONGRESS, CASE, states, {}, {LI: registered()}, {}, WHY, TODAY) == {}
