"""A command as `Store.do` takes it: its key, the streams it decides upon, and how its facts find their streams."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.envelope import meta, stated
from shared.fact import Fact

__all__ = ["NOTHING", "Command", "Facts", "Streams"]

Facts = Fact | Iterable[Fact] | Mapping[UUID, Fact | Iterable[Fact]]
Streams = Mapping[type, UUID | Sequence[UUID]]
NOTHING = (None, 0)  # state and version of a stream that has not begun


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
