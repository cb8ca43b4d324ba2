"""What org does by itself: vacancies open and fill as posts end and start, grants end with their post, terms follow rosters, the clock watches."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from services.cadre.events import AppointmentEnded, AppointmentLapsed, AppointmentStarted, AppointmentTookEffect, TeamRenewed, TeamRestored
from services.org.application import Org
from services.org.domain.dependants import Dependants
from services.org.policies.copy import COPIES, Copy, grants_of, held, post_of, terms_due, vacancies_due
from shared.calendar import today as current_day
from shared.es import Event, Store
from shared.fact import derive
from shared.imports.drafts import Drafts
from shared.settings import settings
from shared.sinks import attempt
from shared.view import Views

__all__ = ["answers", "attach", "copies", "due", "held", "on"]

copies = COPIES
answers = frozenset(f.NAME for f in (AppointmentStarted, AppointmentTookEffect, AppointmentEnded, AppointmentLapsed, TeamRenewed, TeamRestored))
NO_VACANCY = frozenset({"term_expired", "reelected_elsewhere", "seat_abolished"})
A_TICK = 200  # commands of the clock at once
SOONEST_DAYS = 30  # no rules table makes a vacancy overdue earlier


def attach(store: Store, views: Views) -> None:
    """Gives the store the copy its imports ask."""
    if isinstance(store, Org):
        store.copy = Copy(views)


def on(store: Store, views: Views, event: Event) -> None:
    """Answers one of cadre's events; every command is keyed by it."""
    assert isinstance(store, Org)
    day = current_day()
    match event.name:
        case AppointmentStarted.NAME:
            started = event.fact
            assert isinstance(started, AppointmentStarted)
            if not started.opening and started.starts_on <= day and started.post.mode != "acting":
                _fill(store, event, started.post.organisation, started.post.seat, started.starts_on)
        case AppointmentTookEffect.NAME:
            post = post_of(views, event.stream)
            if post and post.mode != "acting":
                _fill(store, event, post.organisation, post.seat, post.starts_on)
        case AppointmentEnded.NAME:
            ended = event.fact
            assert isinstance(ended, AppointmentEnded)
            _end_grants(store, views, event, ended.effective)
            if ended.end_reason not in NO_VACANCY and ended.effective <= day:
                _vacate(store, views, event, ended.organisation, ended.seat, ended.effective)
        case AppointmentLapsed.NAME:
            _lapse(store, views, event)
        case TeamRenewed.NAME:
            team = event.fact
            assert isinstance(team, TeamRenewed)
            key = _key(event, "renewed_team", team.term, "renew")
            store.renew_term(team.organisation, team.term, team.former, team.elected_on, event.stream, key)
        case TeamRestored.NAME:
            back = event.fact
            assert isinstance(back, TeamRestored)
            store.restore_term(back.organisation, back.term, back.former, event.stream, _key(event, "renewed_team", back.term, "restore"))


def _lapse(store: Org, views: Views, event: Event) -> None:
    """A future end has come, or an acting or seconded period is over."""
    post, lapsed = post_of(views, event.stream), event.fact
    assert isinstance(lapsed, AppointmentLapsed)
    _end_grants(store, views, event, lapsed.ended_on)
    if post:
        _vacate(store, views, event, post.organisation, post.seat, lapsed.ended_on)


def _fill(store: Org, event: Event, organisation: UUID, seat: UUID, day: date) -> None:
    vacancy = store.vacancy_of(organisation, seat, day)
    if vacancy:
        store.fill_vacancy(vacancy, event.stream, day, _key(event, "vacancy_filled", vacancy, "fill"))


def _vacate(store: Org, views: Views, event: Event, organisation: UUID, seat: UUID, day: date) -> None:
    """Only while a term runs: what comes after its end is the re-election's business. An acting holder leaves no new gap."""
    hanging: Dependants = store.hanging(organisation)
    runs = any(h.since <= day and (h.until is None or day < h.until) for h in hanging.ever("term").values())
    post = post_of(views, event.stream)
    if runs and not (post and post.mode == "acting"):
        store.open_vacancy(derive(event.id, "vacancy"), organisation, seat, day, _key(event, "vacancy_opened", seat, "open"), left_by=event.stream)


def _end_grants(store: Org, views: Views, event: Event, day: date) -> None:
    for grant, starts_on in grants_of(views, event.stream):
        attempt(store, event, "org.grants_end", partial(
            store.end_grant, grant, max(day, starts_on), "appointment ended", _key(event, "grants_end", grant, "end")))


def _key(event: Event, policy: str, target: object, act: str) -> str:
    return str(derive(event.id, policy, target, act))


def due(store: Store, views: Views, today: date) -> None:
    """The clock. Each term and vacancy is looked at once a day at most, and says each thing once. Workbooks that nobody committed go."""
    assert isinstance(store, Org)
    Drafts(store.data.parent, store.vault, store.name).sweep()
    if settings().first_admin:
        store.first_admin(settings().first_admin)
    horizon = store.longest_reminder(today)
    terms = terms_due(views, today, today + timedelta(horizon) if horizon else date.min)
    _look(store, terms, store.watch_term, today)
    _look(store, vacancies_due(views, today - timedelta(SOONEST_DAYS)), store.watch_vacancy, today)


def _look(store: Org, ids: list[UUID], watch: Callable[[UUID, date], Any], today: date) -> None:
    fresh = [id for id in ids if store.looked_at.get(id) != today][:A_TICK]
    outcomes = store.batch([partial(watch, id, today) for id in fresh])
    store.looked_at.update({id: today for id, outcome in zip(fresh, outcomes, strict=True) if not isinstance(outcome, Exception)})
