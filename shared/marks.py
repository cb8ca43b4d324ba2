"""Facts about the wire itself, in the log of the service they concern: a reaction that a rule refused, a log that was put back."""
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared.es import Done, Store
from shared.fact import Fact

__all__ = ["Log", "LogForked", "Reaction", "ReactionRefused", "record"]


class ReactionRefused(Fact, name="es.ReactionRefused", of="Reaction"):
    """Work for a person: what `policy` wanted to do about an event, and the rule that said no."""

    event: UUID
    fact: str
    policy: str
    code: str
    zh: str
    en: str
    field: str = ""


class LogForked(Fact, name="es.LogForked", of="Log"):
    """Acknowledged: after `common` the log goes on differently from what had been published; `lost` published events are not in it."""

    common: str
    lost: int
    first_lost: str
    last_lost: str
    why: str


@dataclass(frozen=True)
class Reaction:
    refused: str


@dataclass(frozen=True)
class Log:
    forked_after: str


def refused(was: Reaction | None, fact: Fact) -> Reaction | None:
    return Reaction(fact.code) if isinstance(fact, ReactionRefused) else was


def forked(was: Log | None, fact: Fact) -> Log | None:
    return Log(fact.common) if isinstance(fact, LogForked) else was


def record(store: Store, key: UUID, fact: Fact) -> Done:
    """Once per key, on an aggregate of its own."""
    if Reaction not in store.evolve:
        vars(store)["evolve"] = {**store.evolve, Reaction: refused, Log: forked}
    kind = Reaction if fact.OF == "Reaction" else Log
    return store.do(str(key), {kind: key}, lambda was: [] if was else fact)
