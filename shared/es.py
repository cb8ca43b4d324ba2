"""The event store as our services see it: `Store.do` decides and records a command once per key; `open_store` opens one."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.utils import get_topic

from shared.command import NOTHING, Busy, Command, Conflict, Decided, Done, Facts, KeyReused, Rehearsal, Stale, Streams, rehearsing
from shared.envelope import AT, HEAD, ID, MAX_EVENT_BYTES, Event, EventMapper, Meta, TooLarge, line, meta, read_fact, reference, stream_of
from shared.fact import Fact, readable
from shared.group import Unavailable
from shared.log import Receipt, Recorder, Save
from shared.postgres import PostgresRecorder
from shared.sqlite import SQLiteRecorder

__all__ = ["AT", "HEAD", "ID", "MAX_EVENT_BYTES", "Busy", "Conflict", "Done", "Event", "IntegrityError", "KeyReused", "Meta",
           "Notification", "Receipt", "Recorder", "Rehearsal", "Save", "Stale", "Store", "StoredEvent", "TooLarge", "Unavailable", "line", "meta",
           "open_store", "reference", "rehearsing"]

DEADLINE_SECONDS = 2.0
BATCH_ATTEMPTS = 3
LOCKS = 1 << 14  # aggregates share them by chance


@dataclass
class _Plan:
    """What some commands come to: outcomes already known, and the save with the receipts of the others by command."""

    outcomes: list[Done | Exception] = field(default_factory=list)
    events: list[StoredEvent] = field(default_factory=list)
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)
    pending: dict[int, tuple[Receipt, bool]] = field(default_factory=dict)  # command's index: its receipt, and whether another made it


class Store(Application[UUID]):
    """A service's event-sourced application. Subclasses name their aggregates: `evolve = {Appointment: appointment.evolve, …}`."""

    env: ClassVar[dict[str, str]] = {"MAPPER_TOPIC": get_topic(EventMapper)}
    evolve: ClassVar[Mapping[type, Callable[[Any, Fact], Any]]] = {}
    mapper: EventMapper
    recorder: Recorder
    data: Path  # the service's folder, as its app says

    def __init__(self, env: Mapping[str, str] | None = None, vault: Any = None) -> None:
        """`env["STORE_DSN"]` is `sqlite:///<file>` or `postgresql://…`; `vault` seals Personal values."""
        super().__init__(env)
        self.mapper.store, self.mapper.vault = self.name, vault
        self.listeners: list[Callable[[], None]] = []
        self._locks: dict[int, threading.Lock] = {}  # made when first needed: all at once would be most of what opening a store costs
        self._collecting: ContextVar[list[Command] | None] = ContextVar("collecting", default=None)

    def construct_recorder(self) -> Recorder:
        dsn = self.env.get("STORE_DSN") or ""
        if dsn.startswith("sqlite:///"):
            return SQLiteRecorder(dsn.removeprefix("sqlite:///"), self.name)
        if dsn.startswith("postgresql://"):
            return PostgresRecorder(dsn, self.name)
        raise ValueError("STORE_DSN must be sqlite:///<file> or postgresql://…")

    @property
    def vault(self) -> Any:
        return self.mapper.vault

    def close(self) -> None:
        self.recorder.close()
        super().close()

    def wake(self) -> None:
        """Tells the listeners that the log may have grown."""
        for listener in self.listeners:
            listener()

    def _notify(self, recordings: object) -> None:  # after the library's own `save`
        self.wake()

    # -- reading ---------------------------------------------------------------------------------------------------
    def history(self, id: UUID) -> list[Event]:
        """All events of one stream, in order."""
        return [self.mapper.to_domain_event(s) for s in self.recorder.read([], [id])[1]]

    def load(self, kind: type, id: UUID, known_at: datetime | None = None) -> tuple[Any, int]:
        """State and version of an aggregate, as known at an instant (now when None)."""
        state, version = NOTHING
        for e in self.history(id):
            if known_at and e.at > known_at:
                break
            state, version = self.evolve[kind](state, e.fact), e.version
        return state, version

    def load_all(self, kind: type, ids: Iterable[UUID]) -> dict[UUID, Any]:
        """States of those aggregates of one kind that are there, by one query."""
        kinds = dict.fromkeys(ids, kind)
        return {id: state for id, (state, _) in self.states(kinds, self.recorder.read([], list(kinds))[1]).items()}

    # -- deciding --------------------------------------------------------------------------------------------------
    def do(self, key: str, streams: Streams, decide: Callable[..., Facts], expect: int | None = None) -> Done:
        """Decide and record, once per (actor, key). `decide` gets one state per entry of `streams` (a dict of states for a list of ids)
        and returns facts, routed to the stream of their aggregate, or a mapping stream -> facts.

        Retries against rivals and a lost connection until a deadline. Raises Refused (a rule), Stale (`expect`), KeyReused, Busy, TooLarge,
        Unavailable (then it may have been recorded; the same key finds out), Rehearsal (while `rehearsing`).
        """
        if not key:
            raise ValueError("a command needs a key")
        command = Command(key, streams, decide, expect)
        collecting = self._collecting.get()
        if collecting is not None:
            collecting.append(command)
            return Done(command.subject, 0, 0)
        outcome = self._run([command])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def batch(self, calls: Sequence[Callable[[], object]]) -> list[Done | Exception]:
        """Run many application methods as one read and one append (≤ 500 calls); each keeps its own rules, receipt and outcome.

        A call that raises before its commands are decided leaves nothing behind. Against rivals the calls are recorded one by one.
        """
        collected, places, outcomes = self.collect(calls)
        for i in set(places):
            outcomes[i] = None
        for i, outcome in zip(places, self._run(collected), strict=True):
            if not isinstance(outcomes[i], Exception):
                outcomes[i] = outcome
        return outcomes

    def collect(self, calls: Sequence[Callable[[], object]]) -> tuple[list[Command], list[int], list[Any]]:
        """The commands of many calls, the call each belongs to, and what calls raised themselves; nothing is decided."""
        collected: list[Command] = []
        places: list[int] = []
        outcomes: list[Any] = [None] * len(calls)
        token = self._collecting.set(collected)
        try:
            for i, call in enumerate(calls):
                try:
                    outcomes[i] = call()
                except Exception as refusal:  # a row's own refusal or bad input must not cost the others theirs
                    outcomes[i] = refusal
                    del collected[len(places):]
                places += [i] * (len(collected) - len(places))
        finally:
            self._collecting.reset(token)
        return collected, places, outcomes

    def _run(self, commands: list[Command]) -> list[Done | Exception]:
        if not commands:
            return []
        if rehearsing.get():
            return [e if isinstance(e, Exception) else Rehearsal(e) for e in self.foreseen(commands)]
        deadline = time.monotonic() + DEADLINE_SECONDS
        alone = commands[0].kinds if len(commands) == 1 else ()  # batches would stand in each other's way: their append finds rivals
        with self._locked(alone, deadline):
            for attempt in count(1):
                try:
                    return self._write(self._decide_all(commands))
                except IntegrityError:
                    if len(commands) > 1 and attempt == BATCH_ATTEMPTS:
                        break
                    if time.monotonic() > deadline:
                        return [Busy("too many changes at once, send it again")] * len(commands)
                except Unavailable:  # the receipt will tell whether it was recorded
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
        return [outcome for c in commands for outcome in self._run([c])]

    def _write(self, plan: _Plan) -> list[Done | Exception]:
        if plan.events:
            try:
                positions = self.recorder.append(Save(tuple(plan.events), tuple(plan.receipts.values())))
            finally:
                self.wake()
            for i, (r, replayed) in plan.pending.items():
                plan.outcomes[i] = Done(r.subject, r.version, positions[r.position - 1], replayed)
        return plan.outcomes

    def foreseen(self, commands: Sequence[Command]) -> Iterator[list[tuple[UUID, Fact]] | Exception]:
        """What each would record after those before it, or why not: nothing is written and nothing sealed."""
        kinds = {id: kind for c in commands for id, kind in c.kinds.items()}
        states = self.states(kinds, self.recorder.read([], list(kinds))[1])
        for c in commands:
            try:
                placed, after = self.decided(c, states)
            except Exception as refusal:  # one command's; the others go on
                yield refusal
                continue
            c.remember(states, (placed, after))
            states.update(after)
            yield [(stream, fact) for stream, _, fact in placed]

    def _decide_all(self, commands: list[Command]) -> _Plan:
        kinds = {id: kind for c in commands for id, kind in c.kinds.items()}
        known, stored = self.recorder.read([c.who for c in commands], list(kinds))
        states = self.states(kinds, stored)
        plan = _Plan()
        for i, c in enumerate(commands):
            seen = known.get(c.who) or plan.receipts.get(c.who)
            if seen:
                same = seen.fingerprint == c.meta.fingerprint
                plan.outcomes.append(Done(seen.subject, seen.version, seen.position, replayed=True) if same else KeyReused(c.who[1]))
                if same and c.who not in known:
                    plan.pending[i] = seen, True
                continue
            try:
                new = self._decide(c, states)
            except Exception as refusal:  # handed back as this command's outcome; `do` raises it again
                plan.outcomes.append(refusal)
                continue
            version = states.get(c.subject, NOTHING)[1]
            plan.outcomes.append(Done(c.subject, version, 0, replayed=True))
            if new:
                plan.events += new
                plan.receipts[c.who] = Receipt(*c.who, c.meta.fingerprint, c.subject, version, len(plan.events))
                plan.pending[i] = plan.receipts[c.who], False
        return plan

    def states(self, kinds: Mapping[UUID, type], stored: Iterable[StoredEvent]) -> dict[UUID, tuple[Any, int]]:
        states: dict[UUID, tuple[Any, int]] = {}
        for s in stored:
            id = stream_of(s)
            states[id] = self.evolve[kinds[id]](states.get(id, NOTHING)[0], read_fact(s)), s.originator_version
        return states

    def _decide(self, c: Command, states: dict[UUID, tuple[Any, int]]) -> list[StoredEvent]:
        """New events of a command; `states` goes along with them, or stays when anything is refused."""
        first = states.get(c.subject, NOTHING)[1]
        placed, after = c.recalled(states) or self.decided(c, states)
        envelopes = [c.envelope()] * len(placed)
        if placed and placed[-1][:2] != (newest := (c.subject, after.get(c.subject, (None, first))[1])):
            envelopes[-1] = c.envelope(f"{newest[0]}/{newest[1]}")
        events = [self.mapper.encode(*place, envelope) for place, envelope in zip(placed, envelopes, strict=True)]
        states.update(after)
        return events

    def decided(self, c: Command, states: dict[UUID, tuple[Any, int]]) -> Decided:
        """What a command comes to: facts with their places, and the states after them."""
        first = states.get(c.subject, NOTHING)[1]
        if c.expect is not None and c.expect != first:
            raise Stale(c.expect, first)
        readable(c.meta.reason, "reason")
        after: dict[UUID, tuple[Any, int]] = {}
        placed: list[tuple[UUID, int, Fact]] = []
        for stream, fact in c.facts(states):
            readable(fact)
            state, version = after.get(stream) or states.get(stream, NOTHING)
            after[stream] = self.evolve[c.kinds[stream]](state, fact), version + 1
            placed.append((stream, version + 1, fact))
        return placed, after

    @contextmanager
    def _locked(self, ids: Iterable[UUID], deadline: float) -> Iterator[None]:
        """Rivals within this process wait instead of retrying (five blind retries refused 40 of 64 compatible commands)."""
        held: list[threading.Lock] = []
        try:
            for i in sorted({id.int % LOCKS for id in ids}):
                lock = self._locks.setdefault(i, threading.Lock())
                if not lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
                    raise Busy("too many changes at once, send it again")
                held.append(lock)
            yield
        finally:
            for lock in held:
                lock.release()


S = TypeVar("S", bound=Store)


def open_store(cls: type[S], dsn: str, vault: Any = None) -> S:
    """The store of a service on `sqlite:///<file>` or `postgresql://…`, its tables made when they are missing."""
    return cls({"STORE_DSN": dsn}, vault)
