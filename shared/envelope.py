"""The stored form of an event: a fact in its envelope, one JSON line whose first bytes (instant, id) stand at fixed places."""
from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, Notification, StoredEvent

from shared.fact import Fact, Personal, new_id

__all__ = ["AT", "HEAD", "ID", "MAX_EVENT_BYTES", "Event", "EventMapper", "Lazy", "Meta", "TooLarge", "line", "made", "meta",
           "read_fact", "reference", "stated", "stream_of"]

T = TypeVar("T")
HEAD = b'{"format":1,"body":{"at":"'  # the recorder puts it, the instant and `",` before the tail that the mapper makes
AT, ID = slice(26, 53), slice(61, 97)
MAX_EVENT_BYTES = 256 * 1024


@dataclass(frozen=True)
class Meta:
    """On whose authority, why, and in which chain of causes. Set once per request; every event of a command carries it.
    A reaction acts on behalf of whoever brought about what it reacts to."""

    actor: str = "system"
    on_behalf_of: str | None = None
    reason: str | None = None
    documents: tuple[UUID, ...] = ()
    fingerprint: str = ""
    correlation: str | None = None
    causation: str | None = None
    traceparent: str | None = None
    region: str = "36"
    key: str | None = None
    subject: str | None = None  # on a command's last event, when that is not its subject's newest: "<subject>/<version>"


NOBODY = Meta()
meta: ContextVar[Meta] = ContextVar("meta", default=NOBODY)


def stream_of(e: StoredEvent) -> UUID:
    """The library allows text there, we do not."""
    assert isinstance(e.originator_id, UUID)
    return e.originator_id


class TooLarge(Exception):
    """An event is over `MAX_EVENT_BYTES`."""


class Lazy(Generic[T]):
    """`functools.cached_property` without its lock, which in Python 3.11 takes longer than most of what is read here."""

    def __init__(self, read: Callable[[Any], T]) -> None:
        self.read, self.name = read, read.__name__

    def __get__(self, record: Any, kind: type) -> T:
        found = record.__dict__[self.name] = self.read(record)
        return found


@dataclass(frozen=True)
class Event:
    """A fact in its place: whose, which number, where in the log, when recorded, on whose authority. `data` is the fact's stored body."""

    stream: UUID
    version: int
    name: str
    data: dict[str, Any]
    at: datetime
    id: UUID
    meta: Meta
    position: int = 0
    fact_version: int = 1

    @Lazy
    def fact(self) -> Fact:
        return Fact.restore(self.name, self.data, self.fact_version)

    @property
    def reference(self) -> str:
        """`<position>/<event id>`: a place in the log that a fork cannot share."""
        return f"{self.position}/{self.id}"

    @property
    def originator_id(self) -> UUID:
        """The library's word for `stream`."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The library's word for `version`."""
        return self.version

    @staticmethod
    def from_line(line: bytes) -> Event:
        """An event from one line of a block or a log page."""
        d = orjson.loads(line)
        return _event(UUID(d["stream"]), d["version"], d["fact"], d["state"], d["position"])


def made(kind: type[T], **fields: Any) -> T:
    """A frozen record; what is left out has its default. Its own __init__ costs several times as much, and a catching up makes millions."""
    record = object.__new__(kind)
    record.__dict__.update(fields)
    return record


def _event(stream: UUID, version: int, name: str, state: dict[str, Any], position: int) -> Event:
    body = state["body"]
    m = body["meta"]
    if "documents" in m:
        m["documents"] = tuple(map(UUID, m["documents"]))
    return made(Event, stream=stream, version=version, name=name, data={**body["fact"], **state["sealed"]}, position=position,
                at=datetime.fromisoformat(body["at"]), id=UUID(body["id"]), meta=made(Meta, **m), fact_version=body["version"])


def read_fact(s: StoredEvent) -> Fact:
    """The fact of a stored event, without the rest of its envelope."""
    state = orjson.loads(s.state)
    return Fact.restore(s.topic, {**state["body"]["fact"], **state["sealed"]}, state["body"]["version"])


def line(n: Notification) -> bytes:
    """One stored event as it travels: a line of JSON with the stored state untouched inside."""
    return b'{"position":%d,"stream":"%s","version":%d,"fact":"%s","state":%s}' % (
        n.id, str(n.originator_id).encode(), n.originator_version, n.topic.encode(), n.state)


def reference(n: Notification) -> str:
    """`<position>/<event id>` without decoding the state."""
    return f"{n.id}/{n.state[ID].decode()}"


def stated(m: Meta, **more: object) -> bytes:
    """The envelope as it is stored: what is known, nothing else."""
    return orjson.dumps({k: v for k, v in (m.__dict__ | more).items() if v})


class EventMapper(Mapper[UUID]):
    """`state` = one JSON line `{format, body, sealed}`; the recorder puts the head with the instant before it, under the log's lock."""

    store = ""
    vault: Any = None

    def encode(self, stream: UUID, version: int, fact: Fact, envelope: bytes) -> StoredEvent:
        """The event without its head. Personal values are sealed here, bound to store, aggregate, version, fact and field."""
        sealed = {}
        for name in fact.PERSONAL:
            value: Personal[Any] | None = getattr(fact, name)
            if value is not None:
                if not value.box and self.vault is None:
                    raise RuntimeError(f"{fact.NAME}.{name} is personal and the store {self.store!r} was opened without a vault")
                shut = value if value.box else self.vault.seal(value, f"{self.store}|{fact.OF}|{stream}|{version}|{fact.NAME}|{name}")
                sealed[name] = {"subject": str(shut.subject), "box": shut.box, "bound": shut.bound}
        state = b'"id":"%s","version":%d,"fact":%s,"meta":%s},"sealed":%s}' % (
            str(new_id()).encode(), fact.VERSION, fact.__pydantic_serializer__.to_json(fact, exclude=set(sealed)),
            envelope, orjson.dumps(sealed))
        if len(state) > MAX_EVENT_BYTES:
            raise TooLarge(f"{fact.NAME}: {len(state)} bytes, at most {MAX_EVENT_BYTES}")
        return StoredEvent(stream, version, fact.NAME, state)

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The library's way in (`Application.save(event)`); its instant and id are given anew."""
        if not isinstance(domain_event, Event):
            raise TypeError(f"the store keeps Event, not {type(domain_event).__name__}")
        return self.encode(domain_event.stream, domain_event.version, domain_event.fact, stated(domain_event.meta))

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        s = stored_event
        return _event(stream_of(s), s.originator_version, s.topic, orjson.loads(s.state), getattr(s, "id", 0))
