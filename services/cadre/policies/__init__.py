"""What cadre does by itself: elected teams take office, seats that are gone lose their holders, and the clock's facts."""
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.cadre.application import Cadre
from services.cadre.events import Post
from services.cadre.policies.copy import COPIES, Copy
from services.cadre.policies.places import Places
from services.org.events import (
    ElectionResultApproved,
    OrganisationConverted,
    OrganisationCorrected,
    OrganisationDissolved,
    OrganisationsMerged,
    SeatAbolished,
    TermCorrected,
)
from shared.calendar import today as current_day
from shared.es import Busy, Event, Store, meta
from shared.fact import Refused, derive
from shared.imports.drafts import Drafts
from shared.view import Views

__all__ = ["answers", "attach", "copies", "due", "on"]

copies = COPIES
answers = frozenset(f.NAME for f in (ElectionResultApproved, SeatAbolished, OrganisationDissolved, OrganisationsMerged, OrganisationConverted,
                                     OrganisationCorrected, TermCorrected))
COPY_SECONDS = 5.0


def attach(store: Store, views: Views) -> None:
    """Gives the store the copy its rules ask."""
    if isinstance(store, Cadre):
        store.copy = Places(views)


def on(store: Store, views: Views, event: Event) -> None:
    """Answers one of org's events, once: commands are keyed by it."""
    assert isinstance(store, Cadre)
    attach(store, views)
    wanted = {(event.meta.region, "org"): event.position}
    if event.name in answers:
        wanted[event.meta.region, store.name] = store.recorder.max_notification_id() or 0  # who was proposed, to the last
    if not views.wait(wanted, COPY_SECONDS):
        raise Busy("the copies are behind")  # the event comes again
    token = meta.set(replace(meta.get(), documents=event.meta.documents))  # what follows stands on the same papers
    try:
        _answer(store, event, current_day())
    finally:
        meta.reset(token)


def _answer(store: Cadre, event: Event, day: date) -> None:
    match event.fact:
        case ElectionResultApproved() as result:
            _install(store, event, result, day)
        case SeatAbolished(seat=seat, effective=effective):
            _vacate(store, event, [seat], effective, day)
        case OrganisationDissolved() | OrganisationsMerged() | OrganisationConverted() as gone:
            place = store.copy.place(event.stream, gone.effective)
            _vacate(store, event, list(place.seats) if place else [], gone.effective, day)
        case OrganisationCorrected():
            _refit(store, event, day)
        case TermCorrected():
            if here := store.copy.organisation_of_term(event.stream):
                store.refit(here, event.stream, event.id, day, str(derive(event.id, "refit", event.stream, "move")))


def _refit(store: Cadre, event: Event, day: date) -> None:
    """Who left with a seat or an organisation leaves when it ends as known now; who holds one beyond that day leaves too."""
    store.refit(event.stream, None, event.id, day, str(derive(event.id, "refit", event.stream, "end")))
    if place := store.copy.place(event.stream, day):
        for seat, plans in place.seats.items():
            ends = [d for d in (max(plans, key=lambda p: p.since).until, place.closed_on) if d]
            if ends:
                store.vacate([seat], min(ends), day, str(derive(event.id, "seats_gone", seat, "vacate")))


def _install(store: Cadre, event: Event, result: ElectionResultApproved, day: date) -> None:
    winners = {w.appointment: Post(person=w.person, organisation=result.organisation, seat=w.seat, role=w.role, engagement=w.engagement,
                                   mode="elected", term=result.term) for w in result.winners}
    key = str(derive(event.id, "elected_team", result.organisation, "install"))
    store.install(result.organisation, result.starts_on, result.approved_on, event.stream, winners, event.id, day, key, result.leaving)


def _vacate(store: Cadre, event: Event, seats: Sequence[UUID], effective: date, day: date) -> None:
    store.vacate(seats, effective, day, str(derive(event.id, "seats_gone", event.stream, "vacate")))


def due(store: Store, views: Views, today: date) -> None:
    """The clock: what was recorded ahead and whose day has come; workbooks that nobody committed go."""
    assert isinstance(store, Cadre)
    Drafts(store.data.parent, store.vault, store.name).sweep()
    for id, act, day in Copy(views).due(today):
        try:
            store.clock(id, act, today, str(derive(id, "clock", act, day)))
        except Refused:  # done or corrected meanwhile; the view will show it
            continue
