"""How a topic gets into the library, and what is refused on the way."""

from datetime import date, timedelta
from functools import reduce
from uuid import uuid4

import pytest

from services.lecture import domain
from services.lecture.events import TopicAccepted, TopicDrafted, TopicRetired, TopicReturned, TopicRevised, TopicSubmitted, TopicTrialGiven
from shared.fact import Refused

TODAY = date(2026, 11, 22)
DRAFTED = TopicDrafted(
    title="家庭教育",
    category="family_education",
    outline="三个故事",
    minutes=60,
    audience_level="village",
    organisation=uuid4(),
    drafted_on=TODAY,
)
SUBMITTED = TopicSubmitted(submitted_on=TODAY)
GOOD = TopicTrialGiven(given_on=TODAY, ratings=12, mean_rating=4.5)
POOR = TopicTrialGiven(given_on=TODAY, ratings=12, mean_rating=3.9)
ACCEPTED = TopicAccepted(accepted_on=TODAY)
RETURNED = TopicReturned(returned_on=TODAY, why="太长")


def given(*facts):
    return reduce(domain.evolve, facts, None)


def test_a_topic_rated_well_on_trial_is_accepted():
    assert domain.accept(given(DRAFTED, SUBMITTED, GOOD), TODAY) == ACCEPTED


def test_a_topic_rated_below_four_is_not_accepted():
    with pytest.raises(Refused, match="trial_rated_too_low"):
        domain.accept(given(DRAFTED, SUBMITTED, POOR), TODAY)


def test_a_second_trial_may_make_up_for_the_first():
    assert domain.accept(given(DRAFTED, SUBMITTED, POOR, GOOD), TODAY) == ACCEPTED


def test_a_trial_before_the_topic_was_returned_does_not_count():
    with pytest.raises(Refused, match="topic_in_other_state"):
        domain.accept(given(DRAFTED, SUBMITTED, GOOD, RETURNED, SUBMITTED), TODAY)
    with pytest.raises(Refused, match="trial_rated_too_low"):
        domain.accept(given(DRAFTED, SUBMITTED, GOOD, RETURNED, SUBMITTED, POOR), TODAY)


def test_a_returned_topic_is_revised_and_submitted_again():
    revision = TopicRevised(effective=TODAY, minutes=45)
    was = given(DRAFTED, SUBMITTED, RETURNED)
    assert domain.revise(was, revision) == revision
    assert domain.submit(domain.evolve(was, revision), TODAY) == SUBMITTED


def test_an_accepted_topic_stays_in_the_library_when_revised():
    topic = given(DRAFTED, SUBMITTED, GOOD, ACCEPTED, TopicRevised(effective=TODAY, title="家教家风"))
    assert (topic.state, topic.title, topic.outline) == ("accepted", "家教家风", "三个故事")


def test_a_retired_topic_changes_no_more():
    was = given(DRAFTED, SUBMITTED, GOOD, ACCEPTED, TopicRetired(effective=TODAY, why="过时"))
    for command in (
        lambda: domain.submit(was, TODAY),
        lambda: domain.revise(was, TopicRevised(effective=TODAY, minutes=30)),
        lambda: domain.retire(was, TODAY, "again"),
        lambda: domain.give_back(was, "x", TODAY),
    ):
        with pytest.raises(Refused, match="topic_in_other_state"):
            command()


@pytest.mark.parametrize("change, field", [({"title": " "}, "title"), ({"outline": ""}, "outline"), ({"minutes": 5}, "minutes")])
def test_a_draft_needs_title_outline_and_a_sensible_length(change, field):
    with pytest.raises(Refused) as refusal:
        domain.draft(None, DRAFTED.model_copy(update=change))
    assert refusal.value.field == field and refusal.value.zh and refusal.value.en


def test_a_trial_is_recorded_once_it_was_given():
    with pytest.raises(Refused, match="trial_in_future"):
        domain.give_trial(given(DRAFTED, SUBMITTED), TODAY + timedelta(1), 3, 4.0, TODAY)
    with pytest.raises(Refused, match="rating_out_of_range"):
        domain.give_trial(given(DRAFTED, SUBMITTED), TODAY, 3, 5.5, TODAY)


def test_an_unknown_topic_is_refused_and_a_known_one_is_not_drafted_again():
    with pytest.raises(Refused, match="topic_unknown"):
        domain.submit(None, TODAY)
    with pytest.raises(Refused, match="topic_exists"):
        domain.draft(given(DRAFTED), DRAFTED)
