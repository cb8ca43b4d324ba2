"""What org did by itself travels with the facts it followed from: corrected, voided, entered late or in another order, they leave the same."""
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.cadre import policies as cadre_policies
from services.cadre.events import AppointmentCancelled, AppointmentCorrected, AppointmentLapsed, Post
from services.org import policies as org
from services.org.domain.grant import Grant
from services.org.domain.vacancy import Vacancy
from shared.calendar import FOREVER
from shared.fact import new_id
from tests.api.cadre_saying import TODAY, Cadre
from tests.api.org_world import LONG_AGO, World, no, ok, org_world

Gap = tuple[str, int, UUID | None, str, int | None]


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with org_world(home) as w:
        yield w


@pytest.fixture
def cadre(world: World) -> Cadre:
    return Cadre(world)


def ago(day: date | None) -> int | None:
    return None if day is None else (TODAY - day).days


def gaps(world: World) -> list[Gap]:
    """Every vacancy that stands: its office, so many days ago, who left it, how it stands and who filled it when."""
    ids = {e.stream for e in world.facts("org.VacancyOpened")}
    states: list[Vacancy] = [world.org.state(Vacancy, id) for id in ids]
    offices = {str(s.seat): s.role for s in world.seats[world.village]}
    rows = [(offices[str(v.seat)], (TODAY - v.opened_on).days, v.left_by, v.state, ago(v.filled_on)) for v in states if v.state != "void"]
    now = {id for id, v in zip(ids, states, strict=True) if v.state not in ("void", "filled", "seat_abolished")}
    assert world.org.hanging(world.village).now("vacancy").keys() == now, "the claim says the same"
    return sorted(rows, key=str)


def before(days: int) -> date:
    return TODAY - timedelta(days)


def corrected(cadre: Cadre, id: UUID, what: str, **said: Any) -> None:
    """`what`: the name of the last fact about the appointment that is wrong."""
    wrong = next(e for e in reversed(cadre.events) if e.stream == id and e.name == f"cadre.Appointment{what}")
    cadre.say(id, AppointmentCorrected(corrects=wrong.id, **said), again=True)


def test_the_corrected_day_of_a_relief_moves_its_vacancy(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(10))
    corrected(cadre, post, "Ended", effective=before(40))
    assert gaps(world) == [("chair", 40, post, "open", None)]
    corrected(cadre, post, "Corrected", effective=before(30))
    assert gaps(world) == [("chair", 30, post, "open", None)]


def test_a_voided_relief_leaves_no_vacancy_and_the_next_one_does(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(10))
    corrected(cadre, post, "Ended", void=True)
    assert gaps(world) == []
    corrected(cadre, post, "Corrected", void=True)
    assert gaps(world) == [("chair", 10, post, "open", None)], "it was the void that was wrong"


def test_a_voided_start_leaves_its_vacancy_open_again(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(30))
    next_one = cadre.started(since=before(20))
    assert gaps(world) == [("chair", 30, post, "filled", 20)]
    corrected(cadre, next_one, "Started", void=True)
    assert gaps(world) == [("chair", 30, post, "open", None)]
    cadre.started(since=before(5))
    assert gaps(world) == [("chair", 30, post, "filled", 5)]


def test_a_start_that_moves_fills_on_its_right_day(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(30))
    next_one = cadre.started(since=before(20))
    corrected(cadre, next_one, "Started", starts_on=before(25))
    assert gaps(world) == [("chair", 30, post, "filled", 25)]


def test_a_start_called_off_leaves_its_vacancy_open(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(30))
    next_one = cadre.started(since=before(20))
    cadre.say(next_one, AppointmentCancelled(cancelled_on=before(20), why="term_expired"), again=True)
    assert gaps(world) == [("chair", 30, post, "open", None)]


def test_a_relief_entered_after_the_start_of_her_successor_leaves_the_vacancy_she_filled(world: World, cadre: Cadre) -> None:
    first, stays = cadre.started("vice_chair"), cadre.started("vice_chair")
    successor = cadre.started("vice_chair", since=before(20))
    cadre.ended(first, before(30), role="vice_chair")
    assert gaps(world) == [("vice_chair", 30, first, "filled", 20)]
    corrected(cadre, successor, "Started", void=True)
    cadre.ended(stays, before(10), role="vice_chair")
    assert gaps(world) == [("vice_chair", 10, stays, "open", None), ("vice_chair", 30, first, "open", None)]


def test_a_post_that_was_in_another_seat_takes_its_vacancy_there(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(10))
    wrong = next(e for e in cadre.events if e.stream == post)
    right = Post(**{**wrong.data["post"], "seat": UUID(world.seat("vice_chair")), "role": "vice_chair"})
    corrected(cadre, post, "Started", post=right)
    assert gaps(world) == [("vice_chair", 10, post, "open", None)]


def test_a_relief_whose_right_reason_leaves_no_gap_leaves_none(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(10))
    corrected(cadre, post, "Ended", end_reason="term_expired")
    assert gaps(world) == []


def test_a_relief_corrected_into_the_future_leaves_its_vacancy_when_the_day_comes(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(10))
    corrected(cadre, post, "Ended", effective=TODAY + timedelta(5))
    assert gaps(world) == []


def test_an_expired_term_recorded_ahead_leaves_no_vacancy_when_its_day_comes(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, TODAY, "term_expired")
    cadre.say(post, AppointmentLapsed(ended_on=TODAY), again=True)
    assert gaps(world) == []


def test_a_term_entered_late_brings_the_vacancies_within_it_and_one_taken_back_takes_them_along(world: World, cadre: Cadre) -> None:
    world.org.end_term(world.terms[world.village], before(200), key="end")
    post = cadre.started()
    cadre.ended(post, before(100))
    assert gaps(world) == []
    world.org.start_term(new_id(), world.village, before(150), 60, key="late")
    world.pull()
    assert gaps(world) == [("chair", 100, post, "open", None)]


def test_a_term_that_ended_earlier_than_it_was_known_to_leaves_no_later_vacancy(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(100))
    world.org.end_term(world.terms[world.village], before(120), key="end")
    world.pull()
    assert gaps(world) == []


def test_a_vacancy_whose_day_moved_is_overdue_by_its_right_day(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(100))
    world.due(TODAY)
    corrected(cadre, post, "Ended", effective=before(50))
    world.due(TODAY + timedelta(45))
    said = [(e.name, e.data["since"]) for e in world.facts("org.VacancyBecameOverdue")]
    assert [day for _, day in said] == [str(before(100)), str(before(50))]


def test_a_nomination_stands_when_the_day_of_its_vacancy_moves_and_not_when_there_is_none(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(30))
    gap, = world.org.hanging(world.village).now("vacancy")
    ok(world.officer.post(f"/vacancies/{gap}/nomination", {"person": str(new_id()), "nominated_on": str(before(20))}))
    corrected(cadre, post, "Ended", effective=before(25))
    assert world.org.state(Vacancy, gap).state == "nominated"
    corrected(cadre, post, "Ended", void=True)
    no(world.officer.post(f"/vacancies/{gap}/nomination", {"person": str(new_id()), "nominated_on": str(before(20))}), "vacancy_state")


def test_a_vacancy_registered_and_filled_by_hand_stays_what_was_said_of_it(world: World, cadre: Cadre) -> None:
    chair = UUID(world.seat("chair"))
    world.org.open_vacancy(gap := new_id(), world.village, chair, before(60), key="open")
    world.org.fill_vacancy(gap, new_id(), before(40), key="fill")
    post = cadre.started(since=before(40))
    cadre.ended(post, before(10))
    assert gaps(world) == [("chair", 10, post, "open", None), ("chair", 60, None, "filled", 40)]
    corrected(cadre, post, "Ended", void=True)
    assert gaps(world) == [("chair", 60, None, "filled", 40)]


def test_a_vacancy_filled_by_hand_with_somebody_of_the_first_load_stays_filled_when_another_leaves_the_seat(world: World, cadre: Cadre) -> None:
    vice = UUID(world.seat("vice_chair"))
    world.org.open_vacancy(gap := new_id(), world.village, vice, before(60), key="open")
    world.org.fill_vacancy(gap, cadre.started("vice_chair", before(40), opening=True), before(40), key="fill")
    other = cadre.started("vice_chair", opening=True)
    cadre.ended(other, before(10), role="vice_chair")
    assert gaps(world) == [("vice_chair", 10, other, "open", None), ("vice_chair", 60, None, "filled", 40)]


def test_a_seat_that_is_gone_ends_the_vacancy_of_a_relief_entered_late(world: World, cadre: Cadre) -> None:
    vice = UUID(world.seat("vice_chair"))
    post = cadre.started("vice_chair")
    cadre.ended(post, before(20), "seat_abolished", role="vice_chair")
    world.org.abolish_seat(world.village, vice, before(20), key="gone")
    corrected(cadre, post, "Ended", effective=before(50), end_reason="resigned")
    assert gaps(world) == [("vice_chair", 50, post, "seat_abolished", None)]


# -- grants that hang on a post --------------------------------------------------------------------------------------------
def hanging(world: World, post: UUID) -> UUID:
    id = world.grant("wang", "officer", world.village, appointment=post)
    world.pull()
    return id


def until(world: World, grant: UUID) -> date:
    """Until when the account has it, by the copy that every service keeps; the state says the same."""
    world.pull()
    found: date = world.app.state.access.index.grants[grant].until
    state: Grant = world.org.state(Grant, grant)
    assert (state.ended_on or FOREVER) == found
    return found


def test_a_grant_stands_again_when_the_relief_it_ended_with_never_was(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    grant = hanging(world, post)
    cadre.ended(post, before(10))
    assert until(world, grant) == before(10)
    corrected(cadre, post, "Ended", effective=before(5))
    assert until(world, grant) == before(5)
    corrected(cadre, post, "Ended", void=True)
    assert until(world, grant) == FOREVER
    again = {"account": "https://id.test|wang", "account_name": "wang", "role": "officer", "organisation": str(world.village),
             "starts_on": str(TODAY)}
    no(world.secadmin.post("/grants", again), "grant_twice")
    cadre.ended(post, before(1))
    assert until(world, grant) == before(1)
    ok(world.secadmin.post("/grants", again), 201)


def test_what_the_security_administrator_ended_stays_ended_whatever_becomes_of_the_post(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    grant = hanging(world, post)
    world.org.end_grant(grant, before(20), "收回", key="by hand")
    cadre.ended(post, before(10))
    assert until(world, grant) == before(20)
    corrected(cadre, post, "Ended", effective=before(30))
    assert until(world, grant) == before(30), "nobody has it after the post"
    corrected(cadre, post, "Ended", void=True)
    assert until(world, grant) == before(20)


def test_a_grant_on_a_post_that_never_was_has_no_day(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    grant = hanging(world, post)
    corrected(cadre, post, "Started", void=True)
    assert until(world, grant) == LONG_AGO
    corrected(cadre, post, "Corrected", void=True)
    assert until(world, grant) == FOREVER


def test_a_grant_given_for_a_post_that_had_ended_ends_with_it(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    cadre.ended(post, before(10))
    assert until(world, hanging(world, post)) == before(10)


def test_a_grant_that_was_given_anew_meanwhile_is_not_given_twice(world: World, cadre: Cadre) -> None:
    post = cadre.started()
    grant = hanging(world, post)
    cadre.ended(post, before(10))
    anew = new_id()
    world.org.give_grant(anew, world.org.state(Grant, grant).given.model_copy(update={"starts_on": before(5)}), key="anew")
    corrected(cadre, post, "Ended", void=True)
    assert (until(world, grant), until(world, anew)) == (before(10), FOREVER)


def test_every_fact_that_a_service_answers_stands_in_the_table_of_what_its_correction_does() -> None:
    table = (Path(__file__).parents[2] / "docs/adr/0015-corrections-travel.md").read_text(encoding="utf-8")
    told = {cell for row in table.splitlines() if row.startswith("| ") for cell in row.split(" | ")[0].replace("`", " ").replace(",", " ").split()}
    answered = {name.partition(".")[2] for name in (org.answers - org.TERMS) | cadre_policies.answers}
    assert answered <= told, answered - told
