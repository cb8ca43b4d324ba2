"""Cadre's log as org hears it."""
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.cadre.events import AppointmentEnded, AppointmentStarted, Post
from services.org import policies
from shared.calendar import today
from shared.es import Event, Meta
from shared.fact import Fact, new_id
from shared.view import ORIGIN
from tests.api.org_world import LONG_AGO, World

__all__ = ["TODAY", "Cadre"]

TODAY = today()


class Cadre:
    """Cadre's log as the wire brings it: into the copies, then to the policy."""

    def __init__(self, world: World) -> None:
        self.world, self.views, self.events = world, world.app.state.views, list[Event]()

    def say(self, stream: UUID, fact: Fact, again: bool = False) -> Event:
        prev = self.events[-1].reference if self.events else ORIGIN
        version = 1 + sum(e.stream == stream for e in self.events)
        event = Event(stream, version, fact.NAME, fact.model_dump(mode="json"), _at(len(self.events)), new_id(), Meta(actor="iss|li"),
                      len(self.events) + 1)
        self.events.append(event)
        self.views.apply(self.world.app.state.region, "cadre", prev, [event])
        for _ in range(2 if again else 1):
            policies.on(self.world.org, self.views, event)
        return event

    def started(self, role: Any = "chair", since: date = LONG_AGO, **more: Any) -> UUID:
        id = new_id()
        post = Post(person=new_id(), organisation=self.world.village, seat=UUID(self.world.seat(role)), role=role, engagement="part_time",
                    mode=more.pop("mode", "elected"), term=self.world.terms[self.world.village])
        self.say(id, AppointmentStarted(post=post, starts_on=since, **more))
        return id

    def ended(self, id: UUID, effective: date = TODAY, why: Any = "resigned", role: str = "chair") -> None:
        self.say(id,
                 AppointmentEnded(effective=effective, end_reason=why, organisation=self.world.village, seat=UUID(self.world.seat(role)),
                                  person=new_id()),
                 again=True)


def _at(n: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
