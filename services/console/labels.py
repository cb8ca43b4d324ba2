"""What the codes of the services are called on a page: levels, offices, states, kinds of paper, roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.console.organisations.words import WORDS
from services.console.people.words import WORDS as PEOPLE
from shared.words import ABOUT, APPOINTMENTS, ENGAGEMENTS, GRANTED, ROLES, SECONDMENTS

__all__ = ["LABELS", "choices", "label", "rank"]

LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "level": {
        "province": ("省级", "province"),
        "city": ("市级", "city"),
        "county": ("县级", "county"),
        "township": ("乡级", "township"),
        "village": ("村级", "village"),
    },
    "org_type": {
        "federation": ("妇女联合会", "federation"),
        "working_committee": ("妇工委", "working committee"),
        "organ_committee": ("机关妇委会", "organ committee"),
        "women_congress_org": ("妇代会", "women's congress"),
        "women_group": ("妇女小组", "women's group"),
        "micro_home": ("妇女微家", "micro home"),
        "group_member": ("团体会员", "group member"),
    },
    "status": {
        "proposed": ("拟设立", "proposed"),
        "active": ("正常", "active"),
        "merged": ("已合并", "merged"),
        "converted": ("已改建", "converted"),
        "dissolved": ("已撤销", "dissolved"),
    },
    "office": ROLES,
    "engagement": ENGAGEMENTS,
    "appointment": APPOINTMENTS,
    "role": GRANTED,
    "secondment": SECONDMENTS,
    "about": ABOUT,
    **WORDS,
    **PEOPLE,
}
OFFICES = list(ROLES)


def label(kind: str, value: Any, language: str = "zh-CN") -> str:
    """The word for a code; a code without a word shows itself."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("Yes" if value else "No") if language == "en" else ("是" if value else "否")
    return LABELS.get(kind, {}).get(str(value), (str(value), str(value)))[language == "en"]


def rank(post: Mapping[str, Any]) -> int:
    """The place of a seat's or appointment's `role` in the order of office."""
    return OFFICES.index(post["role"])


def choices(kind: str) -> list[tuple[str, str]]:
    """(code, Chinese word) of a kind, for a select; the template translates by `label`."""
    return [(code, words[0]) for code, words in LABELS[kind].items()]
