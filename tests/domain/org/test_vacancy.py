"""Vacancies, in sentences."""
from datetime import date
from typing import Any

import pytest

from services.org.domain import vacancy
from services.org.events import (
    VacancyApproved,
    VacancyBecameLongTerm,
    VacancyBecameOverdue,
    VacancyFilled,
    VacancyNominated,
    VacancyOpened,
    VacancyPartyReviewed,
    VacancySeatAbolished,
)
from tests.domain.org.world import CHAIR, GAP, LI, MON, OTHER, POST, STANDING, TODAY, TUE, VICE, VILLAGE, added, given, hanging, refused, village

SINCE = date(2026, 1, 10)
OPENED = VacancyOpened(organisation=VILLAGE, seat=CHAIR, since=SINCE, left_by=POST)
NOMINATED = VacancyNominated(person=LI, nominated_on=date(2026, 1, 20), nominated_by=MON)
REVIEWED = VacancyPartyReviewed(agreed=True, reviewed_on=date(2026, 1, 25))
DAY = date(2026, 2, 1)


def open_(seat: Any = CHAIR, since: date = SINCE, was: Any = None, hang: Any = None) -> Any:
    return vacancy.open_vacancy(was, VILLAGE, village(), hang or hanging(), seat, since, POST, TODAY)


def test_a_seat_of_the_plan_falls_vacant():
    assert open_() == OPENED
    with refused("seat_unknown"):
        open_(STANDING)
    with refused("vacancy_exists"):
        open_(was=given(OPENED))


def test_a_vacancy_is_neither_ahead_nor_before_the_organisation():
    with refused("in_future", "since"):
        open_(since=date(2027, 1, 1))
    with refused("before_establishment", "since"):
        open_(since=date(2019, 1, 1))


def test_a_seat_has_not_more_vacancies_than_places():
    with refused("seat_vacant_already"):
        open_(hang=hanging(added("vacancy", GAP, seat=CHAIR)))
    assert open_(VICE, hang=hanging(added("vacancy", GAP, seat=VICE)))


def test_a_vacancy_goes_from_nomination_to_review_to_approval_to_filling():
    assert vacancy.nominate(given(OPENED), LI, date(2026, 1, 20), MON, TODAY) == NOMINATED
    assert vacancy.review(given(OPENED, NOMINATED), True, date(2026, 1, 25), TUE, TODAY) == REVIEWED
    assert vacancy.approve(given(OPENED, NOMINATED, REVIEWED), DAY, TUE, TODAY) == VacancyApproved(approved_on=DAY)
    assert vacancy.fill(given(OPENED, NOMINATED, REVIEWED, VacancyApproved(approved_on=DAY)), POST, DAY) == VacancyFilled(appointment=POST,
                                                                                                                          filled_on=DAY)


def test_a_nomination_not_agreed_opens_the_vacancy_again():
    was = given(OPENED, NOMINATED, VacancyPartyReviewed(agreed=False, reviewed_on=DAY))
    assert (was.state, was.person) == ("open", None)


def test_the_nominator_neither_enters_the_decision_nor_approves():
    with refused("same_person"):
        vacancy.review(given(OPENED, NOMINATED), True, DAY, MON, TODAY)
    with refused("same_person"):
        vacancy.approve(given(OPENED, NOMINATED, REVIEWED), DAY, MON, TODAY)


def test_each_step_follows_the_one_before():
    with refused("vacancy_state"):
        vacancy.review(given(OPENED), True, DAY, TUE, TODAY)
    with refused("vacancy_state"):
        vacancy.approve(given(OPENED, NOMINATED), DAY, TUE, TODAY)
    with refused("vacancy_state"):
        vacancy.nominate(given(OPENED, NOMINATED, REVIEWED), LI, DAY, MON, TODAY)
    with refused("vacancy_state"):
        vacancy.fill(given(OPENED, VacancyFilled(appointment=POST, filled_on=DAY)), OTHER, DAY)
    with refused("vacancy_state"):
        vacancy.abolish(given(OPENED, VacancySeatAbolished(abolished_on=DAY)), DAY)
    with refused("vacancy_unknown"):
        vacancy.fill(None, POST, DAY)


def test_no_step_is_before_the_one_it_follows():
    early = date(2026, 1, 1)
    for command in (lambda: vacancy.nominate(given(OPENED), LI, early, MON, TODAY), lambda: vacancy.fill(given(OPENED), POST, early),
                    lambda: vacancy.review(given(OPENED, NOMINATED), True, early, TUE, TODAY), lambda: vacancy.abolish(given(OPENED), early),
                    lambda: vacancy.approve(given(OPENED, NOMINATED, REVIEWED), early, TUE, TODAY)):
        with refused("before_previous_step"):
            command()


def test_a_vacancy_may_be_filled_by_another_route():
    assert vacancy.fill(given(OPENED), POST, DAY)


@pytest.mark.parametrize(("today", "said"), [(date(2026, 4, 10), []), (date(2026, 4, 11), [VacancyBecameOverdue(since=SINCE)]),
                                             (date(2026, 7, 9), [VacancyBecameOverdue(since=SINCE)]),
                                             (date(2026, 7, 10), [VacancyBecameLongTerm(since=SINCE)])])
def test_the_clock_says_overdue_after_90_days_and_long_term_after_180(today, said):
    assert vacancy.clock(given(OPENED), 90, 180, today) == said


def test_the_clock_says_each_thing_once_and_nothing_of_a_filled_vacancy():
    overdue, long_ = VacancyBecameOverdue(since=SINCE), VacancyBecameLongTerm(since=SINCE)
    assert vacancy.clock(given(OPENED, overdue), 90, 180, date(2026, 5, 1)) == []
    assert vacancy.clock(given(OPENED, overdue), 90, 180, date(2026, 8, 1)) == [long_]
    assert vacancy.clock(given(OPENED, overdue, long_), 90, 180, date(2026, 9, 1)) == []
    assert vacancy.clock(given(OPENED, VacancyFilled(appointment=POST, filled_on=DAY)), 90, 180, date(2026, 8, 1)) == []
