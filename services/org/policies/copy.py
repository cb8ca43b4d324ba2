"""Org's own copies: what the clock must look at, grants that hang on an appointment, and the posts that cadre holds."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.cadre import events as cadre
from services.org import events as org
from services.org.domain.rule import reminders
from shared.es import Event
from shared.fact import Fact
from shared.imports.names import Called, Names, under
from shared.view import View, Views, view_table

__all__ = ["COPIES", "Copy", "HangingGrants", "HeldPosts", "TermClock", "VacancyClock", "grants_of", "held", "post_of", "terms_due", "vacancies_due"]

METADATA = sa.MetaData()
USUAL = sorted(reminders({}, (), date.max))


def _names(*facts: type[Fact]) -> frozenset[str]:
    return frozenset(f.NAME for f in facts)


class TermClock(View):
    """A row for a running term that is not overdue: when it ends, and when the usual reminders make the clock look at it next."""

    name = "term_clock"
    table = view_table("term_clock", METADATA, sa.Column("ends_on", sa.Date, index=True), sa.Column("look_on", sa.Date, index=True), bitemporal=False)
    facts = _names(org.TermStarted, org.TermDueSoon, org.TermBecameOverdue, org.TermExtended, org.TermEnded, org.TermResumed,
                   org.TermVoided)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        ends, warned = date.max, USUAL[-1] + 1
        for fact in org.standing(e.fact for e in history):
            match fact:
                case org.TermStarted(ends_on=day):
                    ends = day
                case org.TermDueSoon(days=days):
                    warned = days
                case org.TermExtended(new_ends_on=day):
                    ends, warned = day, USUAL[-1] + 1
                case org.TermEnded() | org.TermBecameOverdue():
                    ends, warned = date.max, 0
        following = max((d for d in USUAL if d < warned), default=-1)
        return [{"ends_on": ends, "look_on": ends - timedelta(following)}] if ends < date.max else []


class VacancyClock(View):
    """A row for an unfilled vacancy that is not yet long-term."""

    name = "vacancy_clock"
    table = view_table("vacancy_clock", METADATA, sa.Column("since", sa.Date, index=True), bitemporal=False)
    facts = _names(org.VacancyOpened, org.VacancyFilled, org.VacancySeatAbolished, org.VacancyBecameLongTerm)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        opened = history[0].fact
        return [{"since": opened.since}] if isinstance(opened, org.VacancyOpened) and len(history) == 1 else []


class HangingGrants(View):
    """A row for a grant that hangs on an appointment and has not ended."""

    name = "hanging_grants"
    table = view_table("hanging_grants", METADATA, sa.Column("appointment", sa.Uuid, index=True), sa.Column("starts_on", sa.Date), bitemporal=False)
    facts = _names(org.GrantGiven, org.GrantEnded)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        given = history[0].fact
        if len(history) > 1 or not isinstance(given, org.GrantGiven) or not given.appointment:
            return []
        return [{"appointment": given.appointment, "starts_on": given.starts_on}]


class HeldPosts(View):
    """A row for an appointment: where, in which seat, over [starts_on, until), as started, ended and corrected."""

    name, version = "held_posts", 2
    table = view_table("held_posts", METADATA, sa.Column("organisation", sa.Uuid, index=True), sa.Column("seat", sa.Uuid), sa.Column("term", sa.Uuid),
                       sa.Column("mode", sa.Text), sa.Column("starts_on", sa.Date), sa.Column("until", sa.Date), bitemporal=False, version=2)
    facts = _names(cadre.AppointmentStarted, cadre.AppointmentEnded, cadre.AppointmentLapsed, cadre.AppointmentCancelled, cadre.AppointmentCorrected)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        start: dict[str, Any] | None = None
        until: date | None = None
        planned: date | None = None  # the end known from the start
        about: dict[UUID, str] = {}  # event id -> what it says something about
        for e in history:
            match e.fact:
                case cadre.AppointmentStarted() as f:
                    about[e.id], until, planned = "start", f.until, f.until
                    start = {"starts_on": f.starts_on, **_post(f.post)}
                case cadre.AppointmentEnded() as f:
                    about[e.id], until = "end", f.effective
                case cadre.AppointmentLapsed() as f:
                    until = f.ended_on
                case cadre.AppointmentCancelled():
                    start = None
                case cadre.AppointmentCorrected() as f:
                    about[e.id] = what = about.get(f.corrects, "")
                    if what == "end":
                        until = planned if f.void else f.effective or until
                    elif what == "start" and start:
                        start = None if f.void else {**start, **(_post(f.post) if f.post else {}), "starts_on": f.starts_on or start["starts_on"]}
        return [{**start, "until": until}] if start else []


def _post(post: cadre.Post) -> dict[str, Any]:
    return {"organisation": post.organisation, "seat": post.seat, "term": post.term, "mode": post.mode}


COPIES: list[View] = [TermClock(), VacancyClock(), HangingGrants(), HeldPosts(), Names()]


class Copy:
    """What the use cases of imports ask."""

    def __init__(self, views: Views) -> None:
        self.views = views

    def called(self, area: UUID) -> list[Called]:
        """The organisations of an area by their names."""
        return under(self.views, area)

    def posts_ever(self, organisation: UUID) -> list[UUID]:
        """Appointments that cadre has or had in an organisation."""
        return held(self.views, organisation, date.min)


def terms_due(views: Views, look_by: date, ends_by: date) -> list[UUID]:
    """Terms to look at: by the usual reminders, or ending by a day."""
    t = TermClock.table.c
    return _streams(views, sa.select(t.stream).where(sa.or_(t.look_on <= look_by, t.ends_on <= ends_by)).order_by(t.ends_on))


def vacancies_due(views: Views, since: date) -> list[UUID]:
    """Vacancies open since a day or earlier."""
    t = VacancyClock.table.c
    return _streams(views, sa.select(t.stream).where(t.since <= since).order_by(t.since))


def grants_of(views: Views, appointment: UUID) -> list[tuple[UUID, date]]:
    """Grants that hang on an appointment, with their start."""
    t = HangingGrants.table.c
    with views.connect() as c:
        return [(r.stream, r.starts_on) for r in c.execute(sa.select(t.stream, t.starts_on).where(t.appointment == appointment))]


def held(views: Views, organisation: UUID, day: date) -> list[UUID]:
    """Appointments that cadre has in an organisation on a day or later."""
    t = HeldPosts.table.c
    return _streams(views, sa.select(t.stream).where(t.organisation == organisation, sa.or_(t.until.is_(None), t.until > day)))


def post_of(views: Views, appointment: UUID) -> Any:
    """The row of an appointment, None when there is none."""
    with views.connect() as c:
        return c.execute(sa.select(HeldPosts.table).where(HeldPosts.table.c.stream == appointment)).first()


def _streams(views: Views, query: sa.Select[tuple[UUID]]) -> list[UUID]:
    with views.connect() as c:
        return list(c.scalars(query))
