"""The dated rules table: province defaults with their sources, rows that override them for an area and from a day, and their look-up."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from services.org.domain.checks import need, words
from services.org.events import RuleSet
from shared.fact import Fact, derive

__all__ = ["DEFAULTS", "TABLE", "Default", "Row", "Rule", "Rules", "Value", "evolve", "flag", "number",
           "reminders", "rule", "rule_set", "share", "stream"]

Value = int | float | str | bool | None


@dataclass(frozen=True)
class Default:
    value: Value
    source: str  # rule numbers of domain.md as corrected
    zh: str


DEFAULTS: Mapping[str, Default] = {
    "term_months.min": Default(36, "O3 [P3][P21][P22]", "每届最短月数"),
    "term_months.max": Default(60, "O1 O3 [P1][P3]", "每届最长月数"),
    "term_months.usual.federation": Default(60, "O1 O2 [P1][L4 §11]", "妇联每届通常月数（村级与“两委”同步）"),
    "term_months.usual.organ": Default(36, "O3 [P3]", "机关妇委会每届通常月数"),
    "term_months.group.min": Default(24, "O3 [P3]", "妇女小组每届最短月数"),
    "term_months.group.max": Default(48, "O3 [P3]", "妇女小组每届最长月数"),
    "term.reminders": Default("180,90,60,30,0", "O4 [P3]", "任期届满前提醒天数"),
    "extension.max_months": Default(12, "O5 [P3]", "延期换届最长月数"),
    "election.present_over": Default("2/3", "O10 K4", "到会人数须超过应到人数的比例"),
    "election.favour_over": Default("1/2", "O10 K4", "赞成票须超过应到人数的比例"),
    "election.paper": Default(True, "O8 O9 K15", "批准选举结果须引用批复"),
    "election.equal_offices": Default(True, "K3 O7", "主席、副主席、常委（主任）等额选举"),
    "election.more_executives": Default(True, "K3 O7", "执委（委员）差额选举"),
    "election.ballot_form.blocks": Default(False, "K3", "等额差额不符时不予办理（否则只提示）"),
    "election.office_needs_membership": Default(True, "K1 O20", "主席、副主席、常委须为执委"),
    "organ.general_meeting.max_women": Default(50, "O6 [P3]", "女职工不超过此数可开妇女大会"),
    "organ.congress.min_delegates": Default(30, "O6 [P3]", "妇女代表大会最少代表数"),
    "seats.blocks": Default(False, "O11", "职数与规定不符时不予办理（否则只提示）"),
    "seats.executives.odd": Default(True, "O11 [P26]", "执委人数为单数"),
    "seats.village.chair": Default(1, "O11 K1", "村（社区）妇联主席职数"),
    "seats.village.vice_chair": Default(2, "O11 K1", "村（社区）妇联副主席职数"),
    "seats.village.executive_member": Default(15, "O11 K1", "村（社区）妇联执委职数（含主席、副主席）"),
    "seats.township.chair": Default(1, "O11 K1", "乡镇（街道）妇联主席职数"),
    "seats.township.vice_chair.min": Default(3, "O11 K1", "乡镇（街道）妇联副主席最少职数"),
    "seats.township.executive_member.min": Default(25, "O11 K1", "乡镇（街道）妇联执委最少职数（含主席、副主席）"),
    "seats.organ.member.min": Default(3, "O11 [P24]", "机关妇委会最少委员数（含主任、副主任）"),
    "vacancy.overdue_days": Default(90, "O15", "缺位补充期限（天）"),
    "vacancy.long_days": Default(180, "O15", "长期缺位（天）"),
}

CADRE: Mapping[str, Default] = {  # kept here with the others; cadre applies them from its own copy
    "appointment.route.elected": Default("party,election", "K15", "选举任职的步骤"),
    "appointment.route.appointed": Default("party,approval", "K15", "任命任职的步骤"),
    "appointment.route.village.staff.appointed": Default("approval", "K15", "村（社区）妇联工作人员任命的步骤"),
    **{
        f"appointment.route.{level}.{role}.appointed": Default("party,publicity,approval", "C3 [P27]", f"{level_zh}妇联{role_zh}任命的步骤")
        for level, level_zh in (("county", "县级"), ("city", "市级"), ("province", "省级"))
        for role, role_zh in (("chair", "主席"), ("vice_chair", "副主席"))
    },
    "appointment.publicity_days": Default(5, "C3 [P27]", "任前公示工作日数"),
    "appointment.office_needs_executive": Default("warn", "O20 K1", "主席、副主席、常委须为执委：off、warn 或 block"),
    "appointment.max_organisations": Default(3, "C1 K2", "同时任职的组织超过此数即提示"),
    "appointment.township_chair_full_time": Default("warn", "C13", "乡镇妇联主席专职、一人一岗：off 或 warn"),
    "calendar.days_off": Default("", "[D]", "工作日中的法定节假日（日期，逗号分隔）"),
    "calendar.days_on": Default("", "[D]", "周末中的调休上班日（日期，逗号分隔）"),
}
TABLE: Mapping[str, Default] = {**DEFAULTS, **CADRE}
ROUTE = Default("party,approval", "K15", "任职步骤：appointment.route.<层级>.<职务>.<elected|appointed>，层级、职务可省")
CHOICES = {"appointment.office_needs_executive": {"off", "warn", "block"}, "appointment.township_chair_full_time": {"off", "warn"}}
STEPS = {"party", "publicity", "election", "approval"}


def default(key: str) -> Default | None:
    """What a key of the table means; None: there is no such key."""
    return TABLE.get(key) or (ROUTE if key.startswith("appointment.route.") else None)


ROOT = UUID("01900000-0000-7000-8000-000000000001")


def stream(key: str) -> UUID:
    """The stream of a key's rows."""
    return derive(ROOT, "rule", key)


@dataclass(frozen=True)
class Row:
    value: Value
    area: UUID | None
    effective: date
    source: str


@dataclass(frozen=True)
class Rule:
    """One key of the table: its rows in the order they were set."""

    rows: tuple[Row, ...] = ()


Rules = Mapping[str, Rule]


def rule_set(was: Rule | None, key: str, value: Value, area: UUID | None, effective: date, source: str) -> list[RuleSet]:
    """A row for an area (None: the province) from a day on. The same row again is no change."""
    known = default(key)
    need(known is not None, "rule_unknown", "rule", key=key)
    assert known
    kind = type(known.value)
    need(type(value) is kind, "rule_value_kind", "value", key=key, kind=kind.__name__, example=known.value)
    need(_sane(key, value), "rule_value_range", "value", key=key, value=value, example=known.value)
    words(source, "source")
    row = Row(value, area, effective, source)
    if was and row in was.rows:
        return []
    return [RuleSet(rule=key, value=value, area=area, effective=effective, source=source)]


def _sane(key: str, value: Value) -> bool:
    try:
        if key == "term.reminders":
            days = [int(d) for d in str(value).split(",")]
            return days == sorted(set(days), reverse=True) and days[-1] >= 0
        if key.startswith("appointment.route."):
            return set(str(value).split(",")) <= STEPS
        if key in CHOICES:
            return value in CHOICES[key]
        if key.startswith("calendar."):
            return all(date.fromisoformat(day) > date.min for day in str(value).split(","))
        if isinstance(value, str):
            return 0 < Fraction(value) < 1
    except (ValueError, ZeroDivisionError):
        return False
    return isinstance(value, bool) or (isinstance(value, int) and 0 < value < 10_000)


def rule(rules: Rules, key: str, path: Sequence[UUID], day: date) -> Value:
    """What holds for `key` on `day` along `path` (nearest organisation first): the nearest area's latest row, else the province's,
    else the default."""
    rows = [r for r in rules[key].rows if r.effective <= day] if key in rules else []
    for area in [*path, None]:
        here = [r for r in rows if r.area == area]
        if here:
            return max(reversed(here), key=lambda r: r.effective).value
    return TABLE[key].value


def number(rules: Rules, key: str, path: Sequence[UUID], day: date) -> int:
    value = rule(rules, key, path, day)
    assert isinstance(value, int)
    return value


def share(rules: Rules, key: str, path: Sequence[UUID], day: date) -> Fraction:
    return Fraction(str(rule(rules, key, path, day)))


def reminders(rules: Rules, path: Sequence[UUID], day: date) -> list[int]:
    return [int(d) for d in str(rule(rules, "term.reminders", path, day)).split(",")]


def flag(rules: Rules, key: str, path: Sequence[UUID], day: date) -> bool:
    return bool(rule(rules, key, path, day))


def evolve(was: Rule | None, fact: Fact) -> Rule | None:
    if isinstance(fact, RuleSet):
        return replace(was or Rule(), rows=(*(was.rows if was else ()), Row(fact.value, fact.area, fact.effective, fact.source)))
    return was
