"""A small service for the tests of the machinery: houses with rooms that are let to guests."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.es import Event, Meta
from shared.fact import Fact, derive, new_id
from shared.view import Json, View, bitemporal, view_table

METADATA = sa.MetaData()
START = datetime(2026, 1, 1, tzinfo=UTC)


class HouseBuilt(Fact, name="inn.HouseBuilt", of="House"):
    label: str
    built_on: date


class HouseRenamed(Fact, name="inn.HouseRenamed", of="House", version=2):
    label: str
    effective: date

    @classmethod
    def upcast(cls, data, version):
        return {"label": data["name"], "effective": data["effective"]}


class HouseRazed(Fact, name="inn.HouseRazed", of="House"):
    effective: date


class GuestArrived(Fact, name="inn.GuestArrived", of="Guest"):
    house: UUID
    wishes: tuple[str, ...] = ()


class Houses(View):
    """Names of houses through time."""

    name, version = "houses", 1
    table = view_table("houses", METADATA, sa.Column("label", sa.Text), sa.Index("houses_v1_label", "label"))
    facts = frozenset({HouseBuilt.NAME, HouseRenamed.NAME, HouseRazed.NAME})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        return bitemporal(history, labels)


def labels(history: Sequence[Event]) -> list[dict[str, Any]]:
    """Who says last what a house is called from a date on, wins."""
    named: dict[date, str | None] = {}
    for e in history:
        day = date.fromisoformat(e.data.get("effective") or e.data["built_on"])
        named = {d: label for d, label in named.items() if d < day} | {day: e.data.get("label")}
    ends = [*sorted(named), None][1:]
    return [{"label": named[a], "valid_from": a, "valid_to": b} for a, b in zip(sorted(named), ends, strict=True) if named[a] is not None]


class Guests(View):
    """One row a guest, not bitemporal, with a JSON column."""

    name, version = "guests", 1
    table = view_table("guests", METADATA, sa.Column("house", sa.Uuid), sa.Column("stays", sa.Integer), sa.Column("wishes", Json),
                       bitemporal=False)
    facts = frozenset({GuestArrived.NAME})

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        yield {"house": UUID(history[-1].data["house"]), "stays": len(history), "wishes": history[-1].data["wishes"]}


def at(n: int) -> datetime:
    return START + timedelta(seconds=n)


def event(position: int, stream: UUID, version: int, fact: Fact, instant: datetime | None = None) -> Event:
    meta = Meta(actor="tester", correlation="c-1", documents=(derive(stream, "paper"),))
    return Event(stream, version, fact.NAME, fact.model_dump(mode="json"), instant or at(position), new_id(), meta, position, fact.VERSION)


def built(label: str = "Inn", day: str = "2020-01-01") -> HouseBuilt:
    return HouseBuilt(label=label, built_on=date.fromisoformat(day))


def renamed(label: str, day: str) -> HouseRenamed:
    return HouseRenamed(label=label, effective=date.fromisoformat(day))


def log(*facts: tuple[UUID, Fact]) -> list[Event]:
    """A log of these facts, in order, at positions 1, 2, 4, 5, 7 … (ids have gaps)."""
    versions: dict[UUID, int] = {}
    events = []
    for n, (stream, fact) in enumerate(facts):
        versions[stream] = versions.get(stream, 0) + 1
        events.append(event(n * 3 // 2 + 1, stream, versions[stream], fact))
    return events
