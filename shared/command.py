"""A command as `Store.do` takes it: its key, the streams it decides upon, how its facts find their streams, and what may come of it."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.envelope import meta, stated
from shared.fact import Fact, Refused

__all__ = ["NOTHING", "Busy", "Command", "Conflict", "Decided", "Done", "Facts", "KeyReused", "Rehearsal", "Stale", "Streams", "rehearsing",
           "remembered"]

Facts = Fact | Iterable[Fact] | Mapping[UUID, Fact | Iterable[Fact]]
Streams = Mapping[type, UUID | Sequence[UUID]]
NOTHING = (None, 0)  # state and version of a stream that has not begun
Decided = tuple[list[tuple[UUID, int, Fact]], dict[UUID, tuple[Any, int]]]  # facts with their places, and the states after them
rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)  # commands are decided, and nothing is recorded
remembered: ContextVar[dict[tuple[str, str], tuple[dict[UUID, int], Decided]] | None] = ContextVar("remembered", default=None)


class Conflict(Exception):
    """Somebody else changed it first."""


class Stale(Conflict):
    """`expect` names another version than the one found."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"expected version {expected}, found {found}")
        self.expected, self.found = expected, found


class Busy(Conflict):
    """Others kept winning until the deadline; the same key may be sent again."""


class KeyReused(Exception):
    """The idempotency key was used before for another request."""


@dataclass(frozen=True)
class Done:
    """The answer to a command: the first stream's id and new version, and the log position of the last fact."""

    subject: UUID
    version: int
    position: int
    replayed: bool = False


class Rehearsal(Exception):
    """A command that was only rehearsed would be done: with these facts, each with its stream. `told`: what is unusual about it, in sentences."""

    def __init__(self, facts: Sequence[tuple[UUID, Fact]], told: Sequence[Refused] = ()) -> None:
        super().__init__(f"{len(facts)} facts would be recorded")
        self.facts, self.told = facts, told


class Command:
    """One call of `do`, waiting to be decided."""

    __slots__ = ("decide", "expect", "kinds", "meta", "streams", "subject", "who")

    def __init__(self, key: str, streams: Streams, decide: Callable[..., Facts], expect: int | None) -> None:
        self.streams, self.decide, self.expect, self.meta = streams, decide, expect, meta.get()
        self.who = self.meta.actor, key
        self.kinds = {id: kind for kind, v in streams.items() for id in ([v] if isinstance(v, UUID) else v)}
        self.subject = next(iter(self.kinds))

    def envelope(self, subject: str | None = None) -> bytes:
        return stated(self.meta, key=self.who[1], subject=subject)

    def remember(self, states: Mapping[UUID, tuple[Any, int]], decided: Decided) -> None:
        """What it came to when its streams stood as in `states`, where somebody is `remembering`."""
        known = remembered.get()
        if known is not None:
            known[self.who] = self._versions(states), decided

    def recalled(self, states: Mapping[UUID, tuple[Any, int]]) -> Decided | None:
        """The same, while its streams still stand there: one key is one command, and on the same states it decides the same."""
        versions, decided = (remembered.get() or {}).get(self.who, (None, None))
        return decided if versions == self._versions(states) else None

    def _versions(self, states: Mapping[UUID, tuple[Any, int]]) -> dict[UUID, int]:
        return {id: states.get(id, NOTHING)[1] for id in self.kinds}

    def facts(self, states: Mapping[UUID, tuple[Any, int]]) -> Iterator[tuple[UUID, Fact]]:
        """What `decide` makes of the states, each fact with its stream."""
        def state(id: UUID) -> Any:
            return states.get(id, NOTHING)[0]

        facts = self.decide(*(state(v) if isinstance(v, UUID) else {id: state(id) for id in v} for v in self.streams.values()))
        if isinstance(facts, Mapping):
            for stream, some in facts.items():
                yield from ((stream, fact) for fact in ([some] if isinstance(some, Fact) else some))
            return
        by_name = {kind.__name__: v for kind, v in self.streams.items()}
        for fact in [facts] if isinstance(facts, Fact) else facts:
            stream = by_name[fact.OF]
            if not isinstance(stream, UUID):
                raise TypeError(f"{fact.NAME}: with several {fact.OF} streams, decide must return a mapping from stream to facts")
            yield stream, fact
