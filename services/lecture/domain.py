"""A topic's way into the library: drafted, submitted, given on trial, accepted or returned, revised, retired."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from services.lecture.events import (
    AudienceLevel,
    TopicAccepted,
    TopicCategory,
    TopicDrafted,
    TopicRetired,
    TopicReturned,
    TopicRevised,
    TopicSubmitted,
    TopicTrialGiven,
)
from shared.fact import Fact, Refused

State = Literal["drafted", "submitted", "trial_given", "accepted", "returned", "retired"]
LEAST_RATING = 4.0  # V2
NAMES = {"drafted": "草稿", "submitted": "已提交", "trial_given": "已试讲", "accepted": "已入库", "returned": "已退回", "retired": "已停用"}


@dataclass(frozen=True)
class Topic:
    state: State
    title: str
    category: TopicCategory
    outline: str
    minutes: int
    audience_level: AudienceLevel
    organisation: UUID
    lecturer: UUID | None
    drafted_on: date
    best_rating: float = 0.0


def draft(was: Topic | None, fact: TopicDrafted) -> TopicDrafted:
    """起草课题."""
    if was:
        raise Refused("topic_exists", "这个课题已经存在", "this topic exists already; open it instead")
    _text(fact.title, "title")
    _text(fact.outline, "outline")
    _minutes(fact.minutes)
    return fact


def submit(was: Topic | None, today: date) -> TopicSubmitted:
    """提交课题, first or after it was returned."""
    _in(was, "drafted", "returned")
    return TopicSubmitted(submitted_on=today)


def give_trial(was: Topic | None, given_on: date, ratings: int, mean_rating: float, today: date) -> TopicTrialGiven:
    """试讲."""
    _in(was, "submitted", "trial_given")
    if given_on > today:
        raise Refused(
            "trial_in_future",
            "试讲日期 {given_on} 在今天之后；讲完再登记",
            "the trial on {given_on} lies ahead; record it once it was given",
            "given_on",
            given_on=given_on,
        )
    if ratings < 1 or not 1 <= mean_rating <= 5:
        raise Refused(
            "rating_out_of_range",
            "至少要有一份评分，均分在 1 到 5 之间",
            "there must be at least one rating, and the mean lies between 1 and 5",
            "mean_rating",
        )
    return TopicTrialGiven(given_on=given_on, ratings=ratings, mean_rating=mean_rating)


def accept(was: Topic | None, today: date) -> TopicAccepted:
    """入库: the reviewer's consent after a trial with a mean of at least 4.0 (V2)."""
    topic = _in(was, "trial_given")
    if topic.best_rating < LEAST_RATING:
        raise Refused(
            "trial_rated_too_low",
            "试讲均分 {rating}，入库需 {least} 分以上；请退回修改或再试讲一次",
            "the best trial was rated {rating}, the library asks for {least}; return the topic or give another trial",
            "mean_rating",
            rating=topic.best_rating,
            least=LEAST_RATING,
        )
    return TopicAccepted(accepted_on=today)


def give_back(was: Topic | None, why: str, today: date) -> TopicReturned:
    """退回修改."""
    _in(was, "submitted", "trial_given")
    _text(why, "why")
    return TopicReturned(returned_on=today, why=why)


def revise(was: Topic | None, fact: TopicRevised) -> TopicRevised:
    """修订: a draft, a returned topic, or one in the library."""
    _in(was, "drafted", "returned", "accepted")
    if fact.title is not None:
        _text(fact.title, "title")
    if fact.outline is not None:
        _text(fact.outline, "outline")
    if fact.minutes is not None:
        _minutes(fact.minutes)
    return fact


def retire(was: Topic | None, effective: date, why: str) -> TopicRetired:
    """停用."""
    _in(was, "drafted", "returned", "accepted")
    _text(why, "why")
    return TopicRetired(effective=effective, why=why)


def evolve(was: Topic | None, fact: Fact) -> Topic:
    match fact:
        case TopicDrafted():
            return Topic(state="drafted", **{name: getattr(fact, name) for name in TopicDrafted.model_fields})
        case _ if was is None:
            raise ValueError(f"{fact.NAME} before the topic was drafted")
        case TopicSubmitted():
            return replace(was, state="submitted", best_rating=0.0)  # a trial of the text before the revision does not count
        case TopicTrialGiven():
            return replace(was, state="trial_given", best_rating=max(was.best_rating, fact.mean_rating))
        case TopicAccepted():
            return replace(was, state="accepted")
        case TopicReturned():
            return replace(was, state="returned")
        case TopicRevised():
            return replace(was, **fact.model_dump(exclude={"effective"}, exclude_none=True))
        case TopicRetired():
            return replace(was, state="retired")
    raise ValueError(f"a topic knows no {fact.NAME}")


def _in(was: Topic | None, *states: State) -> Topic:
    if was is None:
        raise Refused("topic_unknown", "没有这个课题，请核对编号", "there is no such topic; check its id", "id")
    if was.state not in states:
        raise Refused(
            "topic_in_other_state",
            "课题现为“{zh_state}”，此操作只适用于：{zh_states}",
            "the topic is {state}; this needs one that is {states}",
            "state",
            state=was.state,
            states=" or ".join(states),
            zh_state=NAMES[was.state],
            zh_states="、".join(NAMES[s] for s in states),
        )
    return was


def _text(text: str, field: str) -> None:
    if not text.strip():
        raise Refused("text_missing", "请填写 {name}", "{name} must not be empty", field, name=field)


def _minutes(minutes: int) -> None:
    if not 10 <= minutes <= 480:
        raise Refused(
            "minutes_out_of_range",
            "时长 {minutes} 分钟不在 10 到 480 之间",
            "{minutes} minutes is not between 10 and 480",
            "minutes",
            minutes=minutes,
        )
