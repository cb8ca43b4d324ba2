"""What a feed fills: views, and policies that react to events with commands."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from shared.es import Event, Meta, Store, meta
from shared.fact import Refused, derive
from shared.marks import ReactionRefused, record
from shared.tables import begin
from shared.tracking import ORIGIN, Tracking
from shared.view import Views

__all__ = ["Reactions", "ViewsSink", "attempt"]


class ViewsSink:
    """Views as the sink of one source. `park` is there only when the views may set events aside."""

    def __init__(self, views: Views, region: str, service: str) -> None:
        self.views, self.source = views, (region, service)
        if not views.never_parks:
            self.park = self._park

    def tracked(self) -> str:
        return self.views.tracked(*self.source) or ORIGIN

    def apply(self, events: Sequence[Event], prev: str) -> None:
        self.views.apply(*self.source, prev, events)

    def keep(self) -> None:
        self.views.keep(*self.source)

    def reference_at(self, position: int) -> str | None:
        return self.views.reference_at(*self.source, position)

    def _park(self, event: Event, prev: str, error: BaseException) -> None:
        self.views.park(*self.source, prev, event, error)


class Reactions:
    """`on(store, views, event)` for every event of one source that it `answers` (stored names; None: all), after the copies have it;
    never rebuilt, each command keyed by its event."""

    def __init__(self, store: Store, views: Views, on: Callable[[Any, Views, Event], None], region: str, service: str,
                 answers: frozenset[str] | None = None) -> None:
        self.store, self.views, self.on, self.source, self.answers = store, views, on, (region, service), answers
        self.tracking = Tracking(views.engine, f"{store.name}.policies")

    @classmethod
    def of(cls, policies: Any, store: Store, views: Views, region: str, service: str) -> Reactions:
        """Of a service's room `policies`."""
        return cls(store, views, policies.on, region, service, policies.answers)

    def tracked(self) -> str:
        return self.tracking.tracked(*self.source) or ORIGIN

    def apply(self, events: Sequence[Event], prev: str) -> None:
        """Commands first, then the place: what is done again after a crash meets its own receipts."""
        asking = events if self.answers is None else [e for e in events if e.name in self.answers]
        if not asking:
            self.tracking.pass_over(*self.source, prev, events[-1].reference)
            return
        with self.views.connect() as c:
            parked = self.tracking.parked_streams(c, *self.source)
        for event in asking:
            if event.stream not in parked:
                self._react(event)
        with self.tracking.moving(*self.source, prev, events[-1].reference) as c:
            self.tracking.park_later(c, *self.source, [e for e in asking if e.stream in parked])

    def keep(self) -> None:
        passed = self.tracking.passed_over(*self.source)
        if passed:
            with self.tracking.moving(*self.source, *passed):
                pass

    def park(self, event: Event, prev: str, error: BaseException) -> None:
        with self.tracking.moving(*self.source, prev, event.reference) as c:
            self.tracking.park(c, *self.source, event, error)

    def retry(self, region: str, service: str, stream: UUID, skip_first: bool = False) -> None:
        """React to an aggregate's parked events now."""
        with begin(self.views.engine) as c:  # not while commands run: on SQLite they would wait for it
            waiting = self.tracking.unpark(c, region, service, stream, peek=True)
        for event in waiting[skip_first:]:
            self._react(event)
        with begin(self.views.engine) as c:
            self.tracking.unpark(c, region, service, stream)

    def _react(self, event: Event) -> None:
        token = meta.set(Meta(actor=self.tracking.consumer, on_behalf_of=event.meta.on_behalf_of or event.meta.actor, region=self.source[0],
                              causation=str(event.id), correlation=event.meta.correlation or str(event.id), traceparent=event.meta.traceparent))
        try:
            attempt(self.store, event, self.store.name, lambda: self.on(self.store, self.views, event))
        finally:
            meta.reset(token)


def attempt(store: Store, event: Event, policy: str, command: Callable[[], object]) -> None:
    """A command of a reaction; a rule's refusal becomes a fact on the work list instead of an error. A policy with several commands for one
    event wraps each, under a name of its own, so that one refusal does not keep the others from happening."""
    try:
        command()
    except Refused as no:
        record(store, derive(event.id, policy, "refused"), ReactionRefused(
            event=event.id, fact=event.name, policy=policy, code=no.code, zh=no.zh, en=no.en, field=no.field))
