"""Org's own copies: what the clock must look at, grants that hang on an appointment, and the posts that cadre holds."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.cadre import events as cadre
from services.org import events as org
from services.org.application.copy import NamedUnit
from services.org.domain.ballot import OwnPeriod
from services.org.domain.gaps import Post
from services.org.domain.reelection import Known
from services.org.domain.rule import reminders
from services.org.policies.people import Cadres, OwnPeriods, known, own_periods
from shared.corrections import corrected
from shared.es import Event
from shared.fact import Fact
from shared.imports.names import Called, Names, under
from shared.view import View, Views, view_table

__all__ = ["COPIES", "Copy", "HangingGrants", "HeldPosts", "TermClock", "VacancyClock", "end_of", "grants_of", "held", "places_of", "posts_in",
           "seats_left", "terms_due", "vacancies_due"]

METADATA = sa.MetaData()
USUAL = sorted(reminders({}, (), date.max))


def _names(*facts: type[Fact]) -> frozenset[str]:
    return frozenset(f.NAME for f in facts)


class TermClock(View):
    """A row for a running term that is not overdue: when it ends, and when the usual reminders make the clock look at it next."""

    name = "term_clock"
    table = view_table("term_clock", METADATA, sa.Column("ends_on", sa.Date, index=True), sa.Column("look_on", sa.Date, index=True), bitemporal=False)
    facts = _names(org.TermStarted, org.TermDueSoon, org.TermBecameOverdue, org.TermExtended, org.TermEnded, org.TermResumed,
                   org.TermVoided, org.TermCorrected)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        ends, warned = date.max, USUAL[-1] + 1
        for fact in org.standing(e.fact for e in corrected(history)):
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
    """A row for a vacancy that is open and not yet long-term."""

    name, version = "vacancy_clock", 2
    table = view_table("vacancy_clock", METADATA, sa.Column("since", sa.Date, index=True), bitemporal=False, version=2)
    facts = _names(org.VacancyOpened, org.VacancyFilled, org.VacancySeatAbolished, org.VacancyCorrected, org.VacancyBecameLongTerm)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        since, over, said = date.max, False, date.max
        for e in history:
            match e.fact:
                case org.VacancyOpened(since=day):
                    since = day
                case org.VacancyCorrected() as f:
                    since, over = f.since, bool(f.void or f.filled_on or f.abolished_on)
                case org.VacancyFilled() | org.VacancySeatAbolished():
                    over = True
                case org.VacancyBecameLongTerm(since=day):
                    said = day
        return [] if over or said == since else [{"since": since}]


class HangingGrants(View):
    """A row for a grant that hangs on an appointment."""

    name, version = "hanging_grants", 2
    table = view_table("hanging_grants", METADATA, sa.Column("appointment", sa.Uuid, index=True), bitemporal=False, version=2)
    facts = _names(org.GrantGiven)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        given = history[0].fact
        return [{"appointment": given.appointment}] if isinstance(given, org.GrantGiven) and given.appointment else []


class HeldPosts(View):
    """A row for an appointment and each seat that was ever said to be its: over which days [starts_on, until) it holds it as known now, how, and
    why it ended (none: known from the start). No days: it never did. `come`: the last day that cadre's clock said had come for it."""

    name, version = "held_posts", 3
    table = view_table("held_posts", METADATA, sa.Column("seat", sa.Uuid, primary_key=True), sa.Column("organisation", sa.Uuid, index=True),
                       sa.Column("mode", sa.Text), sa.Column("why", sa.Text), sa.Column("starts_on", sa.Date), sa.Column("until", sa.Date),
                       sa.Column("come", sa.Date), sa.Column("opening", sa.Boolean), sa.Index("held_posts_v3_seat", "seat"),
                       bitemporal=False, version=3)
    facts = _names(cadre.AppointmentStarted, cadre.AppointmentEnded, cadre.AppointmentCancelled, cadre.AppointmentCorrected,
                   cadre.AppointmentTookEffect, cadre.AppointmentLapsed)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        said = [post for e in history if isinstance(post := getattr(e.fact, "post", None), cadre.Post)]
        rows: dict[UUID, dict[str, Any]] = {p.seat: {"seat": p.seat, "organisation": p.organisation} for p in said}
        come = [f.starts_on if isinstance(f, cadre.AppointmentTookEffect) else f.ended_on for e in history
                if isinstance(f := e.fact, cadre.AppointmentTookEffect | cadre.AppointmentLapsed)]
        for whole in cadre.timeline((e.id, e.fact) for e in history)[:1]:
            rows[whole.post.seat] |= {"organisation": whole.post.organisation, "mode": whole.post.mode, "why": whole.end_reason,
                                      "starts_on": whole.starts_on, "until": whole.ends_on, "opening": whole.opening,
                                      "come": max(come, default=None)}
        return rows.values()


class UnitNames(View):
    """A row for an eligible unit as it stands after all it went through; none for one that was never to be listed."""

    name = "unit_names"
    table = view_table("unit_names", METADATA, *(sa.Column(c, sa.Text) for c in ("unit_name", "level", "field", "affiliation", "rank", "state")),
                       sa.Column("area", sa.Uuid, index=True), sa.Column("women", sa.Integer), sa.Column("organisation", sa.Uuid), bitemporal=False)
    facts = _names(*org.UNIT_DAY, org.EligibleUnitCorrected)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        return [{c: getattr(d, c) for c in NamedUnit._fields[1:]} for d in org.unit_days([e.fact for e in history])[-1:]]


COPIES: list[View] = [TermClock(), VacancyClock(), HangingGrants(), HeldPosts(), OwnPeriods(), Cadres(), Names(), UnitNames()]


class Copy:
    """What the use cases of imports and re-elections ask."""

    def __init__(self, views: Views) -> None:
        self.views = views

    def called(self, area: UUID, day: date) -> list[Called]:
        """The organisations of an area as of a day, by their names."""
        return under(self.views, area, day)

    def units_in(self, areas: Sequence[UUID]) -> list[NamedUnit]:
        """The units that lie in these areas."""
        t = UnitNames.table.c
        with self.views.connect() as c:
            rows = c.execute(sa.select(t.stream, *(t[name] for name in NamedUnit._fields[1:]))).all()
        mine = set(areas)
        return [NamedUnit(*row) for row in rows if row.area in mine]

    def posts_ever(self, organisation: UUID) -> list[UUID]:
        """Appointments that cadre has or had in an organisation."""
        return held(self.views, organisation, date.min)

    def people(self, ids: Sequence[UUID]) -> dict[UUID, Known]:
        return known(self.views, ids)

    def own_periods(self, organisation: UUID, day: date) -> list[OwnPeriod]:
        return own_periods(self.views, organisation, day)


def terms_due(views: Views, look_by: date, ends_by: date) -> list[UUID]:
    """Terms to look at: by the usual reminders, or ending by a day."""
    t = TermClock.table.c
    return _streams(views, sa.select(t.stream).where(sa.or_(t.look_on <= look_by, t.ends_on <= ends_by)).order_by(t.ends_on))


def vacancies_due(views: Views, since: date) -> list[UUID]:
    """Vacancies open since a day or earlier."""
    t = VacancyClock.table.c
    return _streams(views, sa.select(t.stream).where(t.since <= since).order_by(t.since))


# Built once: to build a statement costs several times what it costs to run, and these run for every fact about a post.
P, WANTED = HeldPosts.table.c, sa.bindparam("wanted", type_=sa.Uuid)
GRANTS = sa.select(HangingGrants.table.c.stream).where(HangingGrants.table.c.appointment == WANTED)
PLACES = sa.select(P.organisation, P.seat).where(P.stream == WANTED).order_by(P.seat)
LEFT = sa.select(P.seat).where(P.organisation == WANTED, P.until.is_not(None)).distinct().order_by(P.seat)
HOLDERS = sa.select(P.stream, P.starts_on, P.until, P.mode, P.opening, P.why, P.come).where(P.seat == WANTED).order_by(P.stream)
END = sa.select(P.starts_on, P.until, P.why, P.come).where(P.stream == WANTED).order_by(P.starts_on.is_(None))


def grants_of(views: Views, appointment: UUID) -> list[UUID]:
    """Grants that hang on an appointment."""
    return [stream for stream, in _rows(views, GRANTS, appointment)]


def held(views: Views, organisation: UUID, day: date) -> list[UUID]:
    """Appointments that cadre has in an organisation on a day or later."""
    still = sa.or_(P.until.is_(None), P.until > day)
    return _streams(views, sa.select(P.stream).where(P.organisation == organisation, P.starts_on.is_not(None), still))


def places_of(views: Views, appointment: UUID) -> list[tuple[UUID, UUID]]:
    """Organisation and seat, everywhere it was ever said to be."""
    return [(organisation, seat) for organisation, seat in _rows(views, PLACES, appointment)]


def seats_left(views: Views, organisation: UUID) -> list[UUID]:
    """Seats of an organisation that somebody held until some day."""
    return [seat for seat, in _rows(views, LEFT, organisation)]


def posts_in(views: Views, seat: UUID) -> list[Post]:
    """Who was ever said to hold it, and over which days, as known now."""
    return [Post(r.stream, r.starts_on, r.until, r.mode == "acting", bool(r.opening), r.why, r.come) for r in _rows(views, HOLDERS, seat)]


def end_of(views: Views, appointment: UUID, today: date) -> tuple[date | None, bool] | None:
    """The first day after it, if that was decided on or has come, and whether it ever was; None: it has not arrived here."""
    rows = _rows(views, END, appointment)
    if not rows:
        return None
    first = rows[0]
    return (first.until if first.until and (first.why or first.until <= max(today, first.come or today)) else None), first.starts_on is not None


def _rows(views: Views, query: sa.Select[Any], wanted: UUID) -> Sequence[Any]:
    with views.connect() as c:
        return c.execute(query, {"wanted": wanted}).all()


def _streams(views: Views, query: sa.Select[tuple[UUID]]) -> list[UUID]:
    with views.connect() as c:
        return list(c.scalars(query))
