"""Which ways lead into which office, and the dated numbers and routes of appointments: defaults for the province; `org.RuleSet` facts override
these from a date, per area."""
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import get_args

from services.cadre.events import Mode, Post, Role, Step
from shared.words import ELECTED

__all__ = ["DEFAULTS", "DUE_SOON_DAYS", "OFFICES", "Rules", "Value", "route", "value", "ways", "working_days"]

Value = int | float | str | bool | None
Rules = Mapping[str, Value]

OFFICES = frozenset({"chair", "vice_chair", "standing_member"})
LEADING, LED_BY_PARTY = ("chair", "vice_chair"), ("county", "city", "province")  # where an office is a Party leading post [C3, P27]

# The usual way first. Offices of federations and organ committees are voted on: at the congress [O1, O7, K15], or in between, by the executive
# committee's plenary or the meeting [O13, P11]; the head's is held for a time [corrections §4]; the leaders take somebody seconded [P9]. A director
# is also assessed and appointed, as where a committee is being set up [S1].
WAYS: Mapping[Role, tuple[Mode, ...]] = {
    "chair": ("elected", "by_election", "acting"),
    "director": ("elected", "by_election", "acting", "appointed"),
    "vice_chair": ("elected", "additional_election", "by_election", "seconded"),
    "deputy_director": ("elected", "additional_election", "by_election", "seconded"),
    "standing_member": ("elected", "additional_election", "by_election"),
    "executive_member": ("elected", "substitution", "co_option", "by_election"),
    "member": ("elected", "substitution", "co_option", "by_election"),
    "staff": ("appointed", "concurrent", "seconded", "acting"),
}

DUE_SOON_DAYS = 30  # the reminder before an acting or seconded appointment ends
DEFAULTS: dict[str, Value] = {
    # the steps between proposal and start [K15]; `….<level>.<role>.<way>` wins over `….<level>.<way>`, and that over `….<way>`
    "appointment.route.elected": "party,election",
    "appointment.route.appointed": "party,approval",
    "appointment.route.village.staff.appointed": "approval",
    **{f"appointment.route.{level}.{role}.appointed": "party,publicity,approval" for level in LED_BY_PARTY for role in LEADING},
    "appointment.publicity_days": 5,  # working days [P27]
    "calendar.days_off": "",  # holidays on weekdays, and working days at weekends: the State Council's yearly table, dates with commas
    "calendar.days_on": "",
    "appointment.office_needs_executive": "warn",  # O20: off, warn or block
    "appointment.max_organisations": 3,  # C1 as K2 counts it
    "appointment.township_chair_full_time": "warn",  # C13
}


def value(rules: Rules, key: str) -> Value:
    """What the rules say for the area and day they were read for, else the default."""
    return rules.get(key, DEFAULTS.get(key))


def ways(role: Role, level: str) -> tuple[Mode, ...]:
    """The ways into an office of an organisation of this level, the usual one first."""
    return (*WAYS[role], "appointed") if role in LEADING and level in LED_BY_PARTY else WAYS[role]


def route(rules: Rules, level: str, post: Post) -> tuple[Step, ...]:
    """The steps this seat type demands before a start."""
    way = "elected" if post.mode in ELECTED else "appointed"
    for key in (f"appointment.route.{level}.{post.role}.{way}", f"appointment.route.{level}.{way}", f"appointment.route.{way}"):
        steps = value(rules, key)
        if steps:
            return tuple(step for step in get_args(Step) if step in str(steps).split(","))
    raise LookupError(f"no route for {way}")


def working_days(rules: Rules, from_on: date, until: date) -> int:
    """Working days in [from_on, until): Monday to Friday, less holidays, plus moved working days."""
    off, on = (set(str(value(rules, key) or "").split(",")) for key in ("calendar.days_off", "calendar.days_on"))
    return sum((day.weekday() < 5 and day.isoformat() not in off) or day.isoformat() in on for day in _days(from_on, until))


def _days(from_on: date, until: date) -> Iterator[date]:
    return (from_on + timedelta(n) for n in range((until - from_on).days))
