"""A row of a workbook as understood, and somebody recorded with the posts she holds: what the matching compares."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from services.cadre.events import Engagement, Precision, Profile, Role
from shared.calendar import SAID
from shared.words import ROLES, called

__all__ = ["Held", "Known", "Row", "alike_born", "same_as_far"]


def same_as_far(a: date, b: date, precision: Precision) -> bool:
    """Are both in the same year, month or day?"""
    return a.year == b.year and (precision == "year" or (a.month == b.month and (precision == "month" or a.day == b.day)))


def alike_born(a: Profile | Known, b: Profile | Known) -> bool:
    """May both be one person's, as far as the vaguer says anything?"""
    if not a.born_on or not b.born_on:
        return True
    return same_as_far(a.born_on, b.born_on, min(a.born_precision or "day", b.born_precision or "day", key=SAID.__getitem__))


@dataclass(frozen=True)
class Row:
    """A row as understood. `context`: the sheet's name and title; `code`: its organisation's; `person`: her 系统编号, where the file has it;
    `unclear`: the fields whose cells could not be understood, so that nothing is concluded from their being empty."""

    row: str
    profile: Profile
    roles: tuple[Role, ...] = ()
    engagement: Engagement | None = None
    starts_on: date | None = None
    precision: Precision = "day"
    until: date | None = None
    organisation: str | None = None
    township: str | None = None
    village: str | None = None
    context: str = ""
    code: str | None = None
    id_number: str | None = None
    phone: str | None = None
    newly: bool | None = None
    note: str | None = None
    person: UUID | None = None
    unclear: frozenset[str] = frozenset()

    @cached_property
    def called(self) -> str:
        """Her name as names are compared."""
        return called(self.profile.person_name or "")

    @property
    def highest(self) -> Role | None:
        return min(self.roles, key=list(ROLES).index, default=None)


class Held(NamedTuple):
    """A post she holds or held. `newly`, `note`: as the paper said."""

    organisation: UUID
    since: date
    until: date | None
    seat: UUID
    role: Role
    engagement: Engagement
    newly: bool | None
    note: str | None


@dataclass(frozen=True)
class Known:
    """Somebody recorded: her name, birth as far as known, and the posts she holds or held."""

    person: UUID
    person_name: str
    born_on: date | None
    born_precision: Precision | None
    home: UUID
    posts: tuple[Held, ...] = ()

    @cached_property
    def called(self) -> str:
        """Her name as names are compared."""
        return called(self.person_name)

    @property
    def organisations(self) -> set[UUID]:
        return {self.home, *(h.organisation for h in self.posts)}

    def held(self, organisation: UUID, role: Role, since: date, until: date | None, precision: Precision = "day") -> Held | None:
        """Her post of that office there that began then, as far as is said when; else the one that meets these days."""
        hers = [h for h in self.posts if h.organisation == organisation and h.role == role]
        begun = [h for h in hers if same_as_far(h.since, since, precision)]
        meeting = (h for h in hers if (h.until is None or since < h.until) and (until is None or h.since < until))
        return max(begun, key=lambda h: h.since) if begun else next(meeting, None)

    def newly(self, post: Held) -> bool:
        """新任: as the paper said, else whether she never held that office there before."""
        before = (h for h in self.posts if (h.organisation, h.role) == (post.organisation, post.role) and h.since < post.since)
        return post.newly if post.newly is not None else not any(before)
