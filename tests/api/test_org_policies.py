"""What org does by itself: vacancies follow posts, grants end with theirs, the clock says each thing once."""
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.cadre.events import AppointmentCorrected, AppointmentEnded, AppointmentLapsed, AppointmentTookEffect, TeamRenewed, TeamRestored
from services.org.application import Opening, OpeningTerm, Proposal
from services.org.domain.grant import Grant
from services.org.domain.reelection import Reelection
from services.org.domain.term import Term
from services.org.domain.vacancy import Vacancy
from services.org.policies.copy import held, terms_due
from shared.calendar import add_months, today
from shared.es import Done
from shared.fact import Refused, derive, new_id
from tests.api.cadre_saying import Cadre
from tests.api.org_world import LONG_AGO, World, no, ok, org_world, seats_of

TODAY = today()


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with org_world(home) as w:
        yield w


@pytest.fixture
def cadre(world: World) -> Cadre:
    return Cadre(world)


def vacancies(world: World) -> list[Any]:
    return [world.org.state(Vacancy, v) for v in world.org.hanging(world.village).now("vacancy")]


def test_a_resignation_within_the_term_opens_a_vacancy_once(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post)
    gap, = vacancies(world)
    assert (str(gap.seat), gap.opened_on, gap.left_by) == (world.seat("chair"), TODAY, post)


@pytest.mark.parametrize("why", ["term_expired", "reelected_elsewhere", "seat_abolished"])
def test_an_end_that_leaves_no_gap_opens_none(world: World, cadre: Cadre, why: str) -> None:
    cadre.ended(cadre.started(), why=why)
    assert vacancies(world) == []


def test_without_a_running_term_no_vacancy_opens(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    world.org.end_term(world.terms[world.village], TODAY, key="end")
    cadre.ended(post)
    assert vacancies(world) == []


def test_a_new_holder_fills_the_vacancy_and_an_acting_one_does_not(world: World, cadre: Cadre) -> None:
    cadre.ended(cadre.started(), TODAY - timedelta(10))
    acting = cadre.started(since=TODAY - timedelta(5), mode="acting", until=TODAY + timedelta(90))
    assert len(vacancies(world)) == 1
    cadre.ended(acting, TODAY)
    assert len(vacancies(world)) == 1
    cadre.started(since=TODAY)
    assert vacancies(world) == [] and len(world.facts("org.VacancyFilled")) == 1


def test_a_future_start_fills_when_it_takes_effect(world: World, cadre: Cadre) -> None:
    cadre.ended(cadre.started(), TODAY - timedelta(10))
    coming = cadre.started(since=TODAY + timedelta(1))
    assert len(vacancies(world)) == 1
    cadre.say(coming, AppointmentTookEffect(starts_on=TODAY + timedelta(1)))
    assert vacancies(world) == []


def test_a_future_end_opens_the_vacancy_when_its_day_has_come(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, TODAY + timedelta(1))
    assert vacancies(world) == []
    cadre.say(post, AppointmentLapsed(ended_on=TODAY + timedelta(1)))
    assert len(vacancies(world)) == 1


def test_grants_that_hang_on_an_appointment_end_with_it(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    hanging, other = world.grant("wang", "officer", world.village, appointment=post), world.grant("wang", "recorder", world.village)
    world.pull()
    cadre.ended(post)
    assert world.org.state(Grant, hanging).ended_on == TODAY and world.org.state(Grant, other).ended_on is None


def test_a_dissolution_names_the_people_that_cadre_still_has_there(world: World, cadre: Cadre) -> None:
    world.org.end_term(world.terms[world.village], TODAY, key="end")
    post = cadre.started()
    body = {"effective": str(TODAY), "why": "撤村", "documents": world.paper()}
    assert str(post) in no(world.reviewer.post(f"/organisations/{world.village}/dissolution", body), "something_remains")["message"]["en"]
    cadre.ended(post, why="transferred")
    ok(world.reviewer.post(f"/organisations/{world.village}/dissolution", body))


def test_a_voided_end_holds_the_post_again(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, why="term_expired")
    assert held(cadre.views, world.village, TODAY) == []
    cadre.say(post, AppointmentCorrected(corrects=cadre.events[-1].id, void=True))
    assert held(cadre.views, world.village, TODAY) == [post]
    cadre.say(post, AppointmentCorrected(corrects=cadre.events[0].id, void=True))
    assert held(cadre.views, world.village, TODAY) == []


def said(world: World, id: UUID) -> list[str]:
    return [f"{e.name.removeprefix('org.')} {e.data.get('days', '')}".strip() for e in world.org.history(id)[1:]]


def test_the_clock_reminds_of_a_term_at_its_marks_and_says_each_thing_once(world: World) -> None:
    term = world.terms[world.village]
    ends = world.org.state(Term, term).ends_on
    for before in (181, 180, 179, 45, 44, 0, -1, -2):
        world.due(ends - timedelta(before))
        world.due(ends - timedelta(before))
    assert said(world, term) == ["TermDueSoon 180", "TermDueSoon 60", "TermDueSoon 0", "TermBecameOverdue"]
    keys = {e.meta.key for e in world.org.history(term)}
    assert len(keys) == 5 and str(derive(term, "clock", "x")) not in keys


def test_a_county_may_be_reminded_earlier(world: World) -> None:
    world.org.set_rule("term.reminders", "300,30", world.county, LONG_AGO, "县规定", key="rule")
    term = world.terms[world.village]
    world.due(world.org.state(Term, term).ends_on - timedelta(299))
    assert said(world, term) == ["TermDueSoon 300"]


def test_an_extended_term_is_left_alone_until_its_new_end_is_near(world: World) -> None:
    term = world.terms[world.village]
    ends = world.org.state(Term, term).ends_on
    world.org.request_extension(term, add_months(ends, 12), "与两委同步", key="ask")
    paper = world.paper()
    ok(world.reviewer.post(f"/terms/{term}/extension", {"documents": paper}))
    world.due(ends + timedelta(5))
    assert said(world, term) == ["TermExtensionRequested", "TermExtended"]
    world.due(add_months(ends, 12) - timedelta(20))
    assert said(world, term)[2:] == ["TermDueSoon 30"]


def test_the_clock_calls_a_vacancy_overdue_and_then_long_term(world: World) -> None:
    id = new_id()
    world.org.open_vacancy(id, world.village, UUID(world.seat("chair")), TODAY, key="gap")
    for after in (90, 91, 92, 181, 182):
        world.due(TODAY + timedelta(after))
    assert said(world, id) == ["VacancyBecameOverdue", "VacancyBecameLongTerm"]


def test_the_copies_say_the_same_live_and_rebuilt(world: World, cadre: Cadre) -> None:
    cadre.ended(cadre.started(), TODAY - timedelta(10))
    world.due(TODAY)
    assert cadre.views.verify() == []


def test_villages_load_in_batches_and_again_without_doubling_by_the_same_rules(world: World) -> None:
    def village(n: int) -> Any:
        code = f"3601219{n:05d}"
        p = Proposal(f"第{n}村妇女联合会", "村妇联", "federation", "village", world.township, LONG_AGO, opening=True)
        past, now = OpeningTerm(new_id(), date(2016, 1, 1), 60, ended_on=date(2021, 1, 1)), OpeningTerm(new_id(), date(2021, 1, 1), 60)
        return partial(world.org.open_organisation, new_id(), Opening(p, LONG_AGO, code, f"第{n}村", seats_of(), (now, past)), key=f"open/{code}")
    first, again = (world.org.batch([village(n) for n in range(200)]) for _ in range(2))
    assert not [o for o in (*first, *again) if isinstance(o, Exception)]
    assert [o.subject for o in again if isinstance(o, Done) and o.replayed] == [o.subject for o in first if isinstance(o, Done)]
    assert len(world.org.hanging(world.township).now("child")) == 202
    taken = world.org.batch([partial(village(999).func, new_id(), village(7).args[1], key="another village with the code of the seventh")])
    assert isinstance(taken[0], Refused) and taken[0].code == "code_taken"


# -- rosters that are re-elections -----------------------------------------------------------------------------------------
ROSTER = UUID(int=77)


def renewed(world: World, cadre: Cadre, on: date = TODAY, new: UUID | None = None, again: bool = True) -> UUID:
    """A roster brings the village's next team."""
    term = new or new_id()
    cadre.say(ROSTER, TeamRenewed(organisation=world.village, term=term, former=world.terms[world.village], elected_on=on), again=again)
    world.pull()
    return term


def restored(world: World, cadre: Cadre, term: UUID) -> None:
    cadre.say(ROSTER, TeamRestored(organisation=world.village, term=term, former=world.terms[world.village]), again=True)
    world.pull()


def clocked(world: World) -> set[UUID]:
    """The terms that the clock looks at."""
    return set(terms_due(world.app.state.views, date.max, date.max))


def test_a_roster_ends_the_running_term_and_starts_one_as_long_in_the_same_append_once(world: World, cadre: Cadre) -> None:
    old = world.terms[world.village]
    new = renewed(world, cadre)
    began, ended = world.org.state(Term, new), world.org.state(Term, old)
    assert (began.term_no, began.starts_on, began.term_months, began.reelection) == (2, TODAY, 60, None)
    assert (ended.ended_on, ended.ended_by) == (TODAY, ROSTER)
    assert world.org.hanging(world.village).now("term").keys() == {new} and clocked(world) >= {new} and old not in clocked(world)
    assert len(world.facts("org.TermStarted")) == 3  # of the two villages, and this one


def test_a_roster_taken_back_resumes_the_former_term_as_it_was(world: World, cadre: Cadre) -> None:
    old, hanging, before = world.terms[world.village], world.org.hanging(world.village), clocked(world)
    was = world.org.state(Term, old)
    new = renewed(world, cadre)
    restored(world, cadre, new)
    assert (world.org.state(Term, new), world.org.state(Term, old)) == (None, was)
    assert (world.org.hanging(world.village), clocked(world)) == (hanging, before)
    assert renewed(world, cadre) != new and world.org.hanging(world.village).ever("term").keys() > {old}


def test_a_term_that_was_overdue_is_so_again_and_says_it_once(world: World, cadre: Cadre) -> None:
    late = world.org.state(Term, world.terms[world.village]).ends_on + timedelta(1)
    world.due(late)
    said = len(world.facts("org.TermBecameOverdue"))
    restored(world, cadre, renewed(world, cadre))
    world.due(late + timedelta(1))
    assert said and len(world.facts("org.TermBecameOverdue")) == said


def test_a_term_ended_by_hand_stays_ended_when_the_roster_is_taken_back(world: World, cadre: Cadre) -> None:
    old = world.terms[world.village]
    world.org.end_term(old, TODAY - timedelta(5), key="end")
    new = renewed(world, cadre)
    assert world.org.state(Term, old).ended_on == TODAY - timedelta(5)
    restored(world, cadre, new)
    assert world.org.state(Term, old).ended_on == TODAY - timedelta(5) and world.org.hanging(world.village).now("term") == {}


def test_where_another_term_runs_already_a_rosters_is_refused_and_taking_it_back_changes_nothing(world: World, cadre: Cadre) -> None:
    world.org.end_term(world.terms[world.village], TODAY - timedelta(5), key="end")
    world.org.start_term(other := new_id(), world.village, TODAY - timedelta(4), 60, key="start")
    new = new_id()
    with pytest.raises(Refused) as refusal:
        renewed(world, cadre, new=new)
    assert refusal.value.code == "term_running"
    restored(world, cadre, new)
    assert world.org.hanging(world.village).now("term").keys() == {other} and world.org.state(Term, new) is None


def test_a_term_that_has_ended_since_is_not_taken_back(world: World, cadre: Cadre) -> None:
    new = renewed(world, cadre, TODAY - timedelta(9))
    world.org.end_term(new, TODAY, key="end")
    with pytest.raises(Refused) as refusal:
        restored(world, cadre, new)
    assert refusal.value.code == "term_ended"


def test_the_next_term_is_no_longer_than_the_rules_allow(world: World, cadre: Cadre) -> None:
    world.org.end_term(world.terms[world.village], TODAY - timedelta(9), key="end")
    world.org.start_term(short := new_id(), world.village, TODAY - timedelta(9), 36, key="start")
    world.org.set_rule("term_months.min", 48, None, LONG_AGO, "省妇联规定", key="rule")
    cadre.say(ROSTER, TeamRenewed(organisation=world.village, term=(new := new_id()), former=short, elected_on=TODAY))
    assert world.org.state(Term, new).term_months == 48


def test_an_end_that_was_never_so_leaves_the_end_that_was_known_from_the_start(world: World, cadre: Cadre) -> None:
    limit = TODAY + timedelta(90)
    acting = cadre.started(since=TODAY - timedelta(30), mode="acting", until=limit)
    cadre.ended(acting, TODAY - timedelta(1), "term_expired")
    end = next(e for e in cadre.events if e.name == AppointmentEnded.NAME)
    cadre.say(acting, AppointmentCorrected(corrects=end.id, void=True))
    assert held(world.app.state.views, world.village, TODAY) == [acting] and held(world.app.state.views, world.village, limit) == []


def test_a_reelection_planned_for_a_term_that_never_was_is_called_off_with_the_roster(world: World, cadre: Cadre) -> None:
    earlier = world.org.plan_reelection(new_id(), world.other, TODAY, key="other").subject
    new = renewed(world, cadre)
    case = world.org.plan_reelection(new_id(), world.village, TODAY, key="hers").subject
    assert world.org.state(Reelection, case).term == new
    restored(world, cadre, new)
    off = world.org.state(Reelection, case)
    assert off.state == "cancelled" and not world.org.hanging(world.village).now("reelection")
    assert world.org.state(Reelection, earlier).state == "planned"
    assert world.org.history(case)[-1].fact.why == "换届花名册已撤销"


def test_a_reelection_of_the_former_term_goes_on_when_the_roster_is_taken_back(world: World, cadre: Cadre) -> None:
    case = world.org.plan_reelection(new_id(), world.village, TODAY, key="hers").subject
    restored(world, cadre, renewed(world, cadre))
    assert world.org.state(Reelection, case).state == "planned"
