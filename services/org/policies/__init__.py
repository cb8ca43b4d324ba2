"""What org does by itself: vacancies open and fill as posts end and start, grants end with their post, terms follow rosters, the clock watches."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from services.cadre.events import (
    AppointmentCancelled,
    AppointmentCorrected,
    AppointmentEnded,
    AppointmentLapsed,
    AppointmentStarted,
    AppointmentTookEffect,
    TeamRenewed,
    TeamRestored,
)
from services.org import events as org
from services.org.application import Org
from services.org.policies.copy import COPIES, Copy, end_of, grants_of, held, places_of, posts_in, seats_left, terms_due, vacancies_due
from shared.calendar import today as current_day
from shared.es import Event, Store
from shared.fact import Fact, derive
from shared.imports.drafts import Drafts
from shared.settings import settings
from shared.sinks import attempt
from shared.view import Views

__all__ = ["answers", "attach", "copies", "due", "held", "on"]

copies = COPIES
QUIET = (org.TermDueSoon, org.TermBecameOverdue, org.TermExtensionRequested, org.TermExtended, org.TermExtensionRefused, org.TermFiled)
TERMS = frozenset(f.NAME for f in Fact.registry.values() if f.OF == "Term") - {f.NAME for f in QUIET}  # whatever moves the days of a term
answers = TERMS | frozenset(f.NAME for f in (
    AppointmentStarted, AppointmentTookEffect, AppointmentEnded, AppointmentLapsed, AppointmentCancelled, AppointmentCorrected, TeamRenewed,
    TeamRestored, org.GrantGiven, org.OrganisationCorrected))
A_TICK = 200  # commands of the clock at once
SOONEST_DAYS = 30  # no rules table makes a vacancy overdue earlier


def attach(store: Store, views: Views) -> None:
    """Gives the store the copy its imports ask."""
    if isinstance(store, Org):
        store.copy = Copy(views)


def on(store: Store, views: Views, event: Event) -> None:
    """Answers an event of cadre or of org itself; every command is keyed by it. What follows from posts is worked out anew from all that is known
    of them, so a correction, a withdrawal or a late entry is answered by the same lines as what it is about (ADR 15)."""
    assert isinstance(store, Org)
    match event.fact:
        case AppointmentStarted() as started if started.opening or started.starts_on > current_day() or started.post.mode == "acting":
            pass  # fills nothing, or not yet
        case AppointmentStarted() | AppointmentTookEffect():
            _settle(store, views, event, places_of(views, event.stream))
        case AppointmentEnded() | AppointmentLapsed() | AppointmentCancelled() | AppointmentCorrected():
            for grant in grants_of(views, event.stream):
                _end_grant(store, views, event, grant, event.stream)
            _settle(store, views, event, places_of(views, event.stream))
        case org.TermStarted(opening=True, organisation=here) if not seats_left(views, here):
            pass  # as the old books have it: nobody has left yet, and a province has 48,000 of them
        case _ if event.name in TERMS:
            first = store.history(event.stream)[0].fact
            assert isinstance(first, org.TermStarted)
            _settle_all(store, views, event, first.organisation)
        case org.OrganisationCorrected():
            _settle_all(store, views, event, event.stream)
        case org.GrantGiven(appointment=post) if post:
            _end_grant(store, views, event, event.stream, post)
        case TeamRenewed() as team:
            key = _key(event, "renewed_team", team.term, "renew")
            store.renew_term(team.organisation, team.term, team.former, team.elected_on, event.stream, key)
        case TeamRestored() as back:
            store.restore_term(back.organisation, back.term, back.former, event.stream, _key(event, "renewed_team", back.term, "restore"))


def _settle_all(store: Org, views: Views, event: Event, here: UUID) -> None:
    vacant = {h.seat for h in store.hanging(here).ever("vacancy").values() if h.seat}
    _settle(store, views, event, [(here, seat) for seat in dict.fromkeys([*seats_left(views, here), *sorted(vacant)])])


def _settle(store: Org, views: Views, event: Event, places: Iterable[tuple[UUID, UUID]]) -> None:
    for organisation, seat in places:
        attempt(store, event, f"org.vacancies/{seat}", partial(
            store.settle_vacancies, organisation, seat, partial(posts_in, views, seat), _key(event, "vacancies", seat, "settle")))


def _end_grant(store: Org, views: Views, event: Event, grant: UUID, post: UUID) -> None:
    """A grant ends when its post does, and stands again when that never was so."""
    if found := end_of(views, post, current_day()):
        end, ever = found
        attempt(store, event, f"org.grants_end/{grant}", partial(store.end_with_post, grant, end, ever, _key(event, "grants_end", grant, "end")))


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
