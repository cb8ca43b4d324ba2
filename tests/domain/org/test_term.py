"""Terms, in sentences."""
from datetime import date, timedelta
from typing import Any

import pytest

from services.org.domain import term
from services.org.domain.rule import Row, Rule
from services.org.events import (
    DependantReleased,
    TermBecameOverdue,
    TermDueSoon,
    TermEnded,
    TermExtended,
    TermExtensionRefused,
    TermExtensionRequested,
    TermFiled,
    TermResumed,
    TermStarted,
    TermVoided,
    standing,
)
from tests.domain.org.world import (
    CASE,
    MON,
    NO_RULES,
    OLD_TERM,
    PAPER,
    TERM,
    TODAY,
    TUE,
    VILLAGE,
    added,
    established,
    given,
    hanging,
    proposed,
    refused,
    started,
    village,
)

DAYS = (180, 90, 60, 30, 0)


def start(months: int | None = 60, starts_on: date = date(2021, 1, 1), was: Any = None, org: Any = None, hang: Any = None, rules: Any = NO_RULES,
          **more: Any) -> Any:
    return term.start(was, VILLAGE, org or village(), hang or hanging(), starts_on, months, rules, (VILLAGE,), TODAY, **more)


def test_a_term_ends_so_many_months_after_it_starts():
    assert start() == started()
    assert start(36, date(2024, 2, 29)).ends_on == date(2027, 2, 28)


def test_a_term_is_not_started_twice():
    with refused("term_exists"):
        start(was=given(started()))


def test_a_term_says_how_long_it_is():
    with refused("term_months_required", "term_months"):
        start(None)


@pytest.mark.parametrize("months", [35, 61])
def test_a_term_has_36_to_60_months(months):
    with refused("term_months_range", "term_months"):
        start(months)


def test_a_group_has_24_to_48_months():
    group = given(proposed(org_type="women_group"), established())
    assert start(24, org=group).term_months == 24
    with refused("term_months_range"):
        start(60, org=group)


def test_a_county_may_set_another_range():
    rules = {"term_months.min": Rule((Row(24, VILLAGE, date(2020, 1, 1), "县规定"),))}
    assert start(24, rules=rules).term_months == 24


def test_the_first_load_takes_any_length():
    assert start(30, opening=True).opening


def test_a_term_starts_while_its_organisation_is_there_and_not_ahead():
    with refused("before_establishment", "starts_on"):
        start(starts_on=date(2019, 1, 1))
    with refused("in_future", "starts_on"):
        start(starts_on=date(2027, 1, 1))


def test_one_term_runs_at_a_time():
    with refused("term_running"):
        start(hang=hanging(added("term", OLD_TERM)))
    assert start(hang=hanging(added("term", OLD_TERM)), ending=OLD_TERM)


def test_terms_do_not_overlap():
    past = hanging(added("term", OLD_TERM, term_no=1), DependantReleased(dependant=OLD_TERM, effective=date(2022, 1, 1)))
    with refused("term_overlaps", "starts_on"):
        start(hang=past)
    assert start(starts_on=date(2022, 1, 1), hang=past).term_no == 2


def test_a_term_number_is_used_once():
    past = hanging(added("term", OLD_TERM, term_no=4), DependantReleased(dependant=OLD_TERM, effective=date(2020, 12, 1)))
    assert start(hang=past).term_no == 5
    with refused("term_no_used"):
        start(hang=past, term_no=4)


def test_an_unusual_length_warns():
    assert term.advice(village(), 60, NO_RULES, (), TODAY) == []
    assert [w.code for w in term.advice(village(), 36, NO_RULES, (), TODAY)] == ["term_length_unusual"]


def request(was: Any = None, new: date = date(2026, 12, 1), why: str = "与两委同步") -> Any:
    return term.request_extension(was or given(started()), new, why, MON, NO_RULES, (), TODAY)


ASKED = TermExtensionRequested(new_ends_on=date(2026, 12, 1), why="与两委同步", requested_by=MON)


def test_an_extension_is_requested_and_approved_by_the_paper_and_a_second_person():
    assert request() == ASKED
    assert term.extend(given(started(), ASKED), TUE, PAPER) == TermExtended(new_ends_on=date(2026, 12, 1))
    with refused("same_person"):
        term.extend(given(started(), ASKED), MON, PAPER)
    with refused("paper_required"):
        term.extend(given(started(), ASKED), TUE, ())
    with refused("extension_not_requested"):
        term.extend(given(started()), TUE, PAPER)


def test_an_extension_is_later_than_the_end_at_most_12_months_and_one_at_a_time():
    with refused("extension_not_later", "new_ends_on"):
        request(new=date(2026, 1, 1))
    with refused("extension_too_long", "new_ends_on"):
        request(new=date(2027, 1, 2))
    with refused("extension_pending"):
        request(given(started(), ASKED))
    with refused("words_missing", "why"):
        request(why=" ")


def test_a_second_extension_still_counts_from_the_original_end():
    with refused("extension_too_long"):
        request(given(started(), ASKED, TermExtended(new_ends_on=date(2026, 12, 1))), date(2027, 6, 1))


def test_a_term_ends_once_after_its_start():
    assert term.end(given(started()), date(2025, 1, 1), TODAY) == TermEnded(ended_on=date(2025, 1, 1))
    with refused("ends_before_start"):
        term.end(given(started()), date(2021, 1, 1), TODAY)
    with refused("term_ended"):
        term.end(given(started(), TermEnded(ended_on=date(2025, 1, 1))), date(2025, 2, 1), TODAY)
    with refused("term_unknown"):
        term.end(None, TODAY, TODAY)


def clock(today: date, *facts: Any) -> Any:
    return term.clock(given(started(), *facts), DAYS, today)


@pytest.mark.parametrize(("today", "days"), [(date(2025, 7, 5), 180), (date(2025, 10, 3), 90), (date(2025, 11, 2), 60), (date(2025, 12, 2), 30),
                                             (date(2026, 1, 1), 0)])
def test_the_clock_reminds_at_each_mark(today, days):
    assert clock(today) == [TermDueSoon(days=days, due=today)]


def test_before_the_first_mark_the_clock_is_silent():
    assert clock(date(2025, 7, 4)) == []


def test_after_downtime_only_the_latest_reminder_is_sent():
    assert clock(date(2025, 12, 10)) == [TermDueSoon(days=30, due=date(2025, 12, 2))]
    assert clock(date(2026, 1, 2)) == [TermBecameOverdue(since=date(2026, 1, 1))]


def test_the_clock_says_each_thing_once():
    assert clock(date(2025, 12, 10), TermDueSoon(days=30, due=date(2025, 12, 2))) == []
    assert clock(date(2026, 3, 1), TermBecameOverdue(since=date(2026, 1, 1))) == []


def test_an_approved_extension_stops_the_alarms_until_the_new_end_is_near():
    extended = (TermBecameOverdue(since=date(2026, 1, 1)), ASKED, TermExtended(new_ends_on=date(2026, 12, 1)))
    assert clock(date(2026, 3, 1), *extended) == []
    assert clock(date(2026, 11, 21), *extended) == [TermDueSoon(days=30, due=date(2026, 11, 1))]


def test_an_ended_term_is_silent():
    assert clock(date(2026, 3, 1), TermEnded(ended_on=date(2026, 2, 1))) == []


def test_the_state_follows_the_facts():
    was = given(started(), TermStarted(organisation=VILLAGE, term_no=2, starts_on=date(2026, 1, 1), term_months=36, ends_on=date(2029, 1, 1)))
    assert (was.term_no, was.ends_on, was.original_ends_on) == (2, date(2029, 1, 1), date(2029, 1, 1))


ROSTER = OLD_TERM


def test_an_end_that_a_roster_made_is_taken_back_with_it_and_a_term_it_began_never_was():
    ended, resumed = TermEnded(ended_on=date(2026, 2, 1), roster=ROSTER), TermResumed(roster=ROSTER)
    assert standing([started(), ended]) == [started(), ended] and standing([started(), ended, resumed]) == [started()]
    assert standing([started(), TermExtended(new_ends_on=date(2026, 6, 1)), TermVoided(roster=ROSTER)]) == []
    assert given(started(), ended, resumed) == given(started()) and given(started(), TermVoided(roster=ROSTER)) is None


def test_the_next_term_begins_where_the_former_one_ends_in_one_claim():
    day, hung = date(2026, 2, 1), hanging(added("term", OLD_TERM, date(2021, 1, 1), term_no=1))
    facts = term.renew(None, CASE, given(started()), OLD_TERM, village(), hung, day, NO_RULES, (VILLAGE,), TODAY, ROSTER)
    assert facts[OLD_TERM] == [TermEnded(ended_on=day, roster=ROSTER)]
    (new,) = facts[CASE]
    assert isinstance(new, TermStarted) and (new.term_no, new.starts_on, new.term_months, new.reelection) == (2, day, 60, None)
    with refused("term_running"):
        term.renew(None, CASE, given(started(), *facts[OLD_TERM]), OLD_TERM, village(), hanging(added("term", TERM, day, term_no=2)), day, NO_RULES,
                   (VILLAGE,), TODAY, ROSTER)
    with refused("in_future"):
        term.renew(None, CASE, given(started()), OLD_TERM, village(), hung, date(2026, 12, 1), NO_RULES, (VILLAGE,), TODAY, ROSTER)
    with refused("term_ended"):
        term.restore(given(new, TermEnded(ended_on=TODAY)), CASE, None, OLD_TERM, ROSTER)


def test_an_extension_that_is_refused_leaves_the_end_as_it_is_and_may_be_asked_for_again():
    no = term.refuse_extension(given(started(), ASKED), "应按期换届")
    assert no == TermExtensionRefused(why="应按期换届")
    after = given(started(), ASKED, no)
    assert after.ends_on == given(started()).ends_on and request(after) == ASKED
    for was in (after, given(started())):
        with refused("extension_not_requested", "term"):
            term.refuse_extension(was, "应按期换届")
    with refused("words_missing", "why"):
        term.refuse_extension(given(started(), ASKED), " ")


def test_the_renewal_of_a_term_that_no_case_led_to_is_filed_at_the_term():
    day = date(2026, 2, 1)
    assert term.file(given(started()), "superior_federation", day, TODAY) == TermFiled(filed_with="superior_federation", filed_on=day)
    with refused("filed_at_case", "term"):
        term.file(given(TermStarted(**{**dict(started()), "reelection": CASE})), "superior_federation", day, TODAY)
    with refused("filed_before_start", "filed_on"):
        term.file(given(started()), "superior_federation", given(started()).starts_on - timedelta(1), TODAY)
    with refused("in_future", "filed_on"):
        term.file(given(started()), "superior_federation", TODAY + timedelta(1), TODAY)
    with refused("term_unknown"):
        term.file(None, "superior_federation", day, TODAY)
