"""A reception shift of line 12338: scheduled, then completed by a named executive, or cancelled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from services.hotline.events import ShiftCancelled, ShiftCompleted, ShiftScheduled
from shared.calendar import SHANGHAI
from shared.fact import Fact, Refused

State = Literal["scheduled", "completed", "cancelled"]
NAMES = {"scheduled": "已排班", "completed": "已完成", "cancelled": "已取消"}
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Shift:
    state: State
    organisation: UUID
    starts_at: datetime
    ends_at: datetime
    operator: UUID | None
    executive: UUID | None


def schedule(was: Shift | None, fact: ShiftScheduled) -> ShiftScheduled:
    """排班."""
    if was:
        raise Refused("shift_exists", "这个班次已经排过", "this shift exists already; open it instead")
    if not timedelta(0) < fact.ends_at - fact.starts_at <= LONGEST:
        raise Refused("shift_length", "下班时间须在上班之后 24 小时以内", "a shift ends after it starts, within 24 hours", "ends_at")
    return fact


def complete(was: Shift | None, executive: UUID | None, calls: int, visits: int, now: datetime) -> ShiftCompleted:
    """值班完成: `executive` is who sat in, where it differs from the plan."""
    shift = _scheduled(was)
    if now < shift.starts_at:
        raise Refused(
            "shift_not_begun", "班次还没开始，不能登记完成", "the shift has not begun; complete it once it was worked", "starts_at"
        )
    if calls < 0 or visits < 0:
        raise Refused("count_negative", "来电、来访数不能为负", "counts of calls and visits cannot be negative", "calls")
    return ShiftCompleted(
        organisation=shift.organisation,
        executive=executive or shift.executive,
        worked_on=shift.starts_at.astimezone(SHANGHAI).date(),
        minutes=int((shift.ends_at - shift.starts_at).total_seconds() // 60),
        calls=calls,
        visits=visits,
    )


def cancel(was: Shift | None, why: str, today: date) -> ShiftCancelled:
    """取消班次."""
    _scheduled(was)
    if not why.strip():
        raise Refused("text_missing", "请写明取消原因", "say why the shift is cancelled", "why")
    return ShiftCancelled(cancelled_on=today, why=why)


def evolve(was: Shift | None, fact: Fact) -> Shift:
    match fact:
        case ShiftScheduled():
            return Shift("scheduled", fact.organisation, fact.starts_at, fact.ends_at, fact.operator, fact.executive)
        case _ if was is None:
            raise ValueError(f"{fact.NAME} before the shift was scheduled")
        case ShiftCompleted():
            return replace(was, state="completed", executive=fact.executive)
        case ShiftCancelled():
            return replace(was, state="cancelled")
    raise ValueError(f"a shift knows no {fact.NAME}")


def _scheduled(was: Shift | None) -> Shift:
    if was is None:
        raise Refused("shift_unknown", "没有这个班次，请核对编号", "there is no such shift; check its id", "id")
    if was.state != "scheduled":
        raise Refused(
            "shift_in_other_state",
            "班次{zh_state}，不能再改",
            "the shift is {state} and cannot change any more",
            "state",
            state=was.state,
            zh_state=NAMES[was.state],
        )
    return was
