"""Made-up histories of appointments as a feed delivers them: about 1.4 facts each, in the mix of a county's year."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from services.cadre.events import AppointmentEnded, AppointmentStarted, Post
from shared.es import Event, Meta
from shared.fact import Fact, derive, new_id

__all__ = ["appointments", "facts"]

START = datetime(2026, 1, 1, tzinfo=UTC)
META = Meta(actor="bench", key="0198c0de-0000-7000-8000-000000000000", fingerprint="0123456789abcdef0123456789abcdef", reason="换届")


def facts(number: int) -> list[Fact]:
    """The facts of one appointment: four in ten have ended."""
    dice = Random(number)
    of = derive(UUID(int=number // 20), "organisation")
    post = Post(person=derive(of, "person", number), organisation=of, seat=derive(of, "seat", number % 5), term=derive(of, "term"),
                role=("chair", "vice_chair", "executive_member", "executive_member", "staff")[number % 5], engagement="part_time", mode="elected")
    day = date(2021, 6, 1) + timedelta(days=dice.randrange(1500))
    said: list[Fact] = [AppointmentStarted(post=post, starts_on=day)]
    if dice.random() < 0.4:
        said.append(AppointmentEnded(effective=day + timedelta(days=dice.randrange(30, 900)), end_reason="resigned", organisation=of,
                                     seat=post.seat, person=post.person, term=post.term))
    return said


def appointments(count: int) -> Iterator[Event]:
    """So many events in log order."""
    position = number = 0
    while position < count:
        stream = new_id()
        number += 1
        for version, fact in enumerate(facts(number), 1):
            position += 1
            yield Event(stream, version, fact.NAME, fact.model_dump(mode="json"), START + timedelta(milliseconds=position), new_id(), META, position)
            if position == count:
                return
