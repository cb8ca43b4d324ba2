"""What the recorders of both databases share: what an append writes, group commit, bounded connections, and the library's own entry points."""
from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

import orjson
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, ListenNotifySubscription, Notification, StoredEvent

__all__ = ["PATIENCE", "Group", "IntegrityError", "Notification", "Pool", "Receipt", "Recorder", "Save", "StoredEvent", "Unavailable", "sql"]

PATIENCE = 2.0  # seconds to wait for a connection, or for the log's lock
GROUP_SAVES, GROUP_BYTES = 500, 4 << 20
PAGE = 1000

Q = TypeVar("Q")
A = TypeVar("A")


class Unavailable(Exception):
    """The database cannot be reached, or did not answer in time. What was under way may or may not have been stored; the receipt tells."""


@dataclass(frozen=True)
class Receipt:
    """Proof that a command was done. `position` is the log position of its last event (before the append: how many events of the save are up to it)."""

    actor: str
    key: str
    fingerprint: str
    subject: UUID
    version: int
    position: int


@dataclass(frozen=True)
class Save:
    """What one append writes, all or nothing: events whose state still lacks its head, and the receipts of their commands."""

    events: tuple[StoredEvent, ...]
    receipts: tuple[Receipt, ...]

    def marks(self) -> Iterator[Hashable]:
        """What no two saves may share."""
        for e in self.events:
            yield e.originator_id, e.originator_version
        for r in self.receipts:
            yield r.actor, r.key

    def weight(self) -> int:
        return sum(len(e.state) for e in self.events)


def sql(name: str) -> str:
    """The text of `shared/sql/<name>.sql`."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


class _Turn(Generic[Q, A]):
    __slots__ = ("answer", "ask", "leads", "ready")

    def __init__(self, ask: Q) -> None:
        self.ask, self.leads = ask, False
        self.answer: A | Exception = Unavailable("the one who asked for all of us was interrupted")
        self.ready = threading.Lock()
        self.ready.acquire()


class Group(Generic[Q, A]):
    """Calls that come while others are under way go together in the next: the first of them leads, the rest wait for its answer.

    `work` answers each of a list of asks with a value or an exception. `marks` are what no two asks of a group may share: the later waits for
    the next group. `lanes` is how many groups may be under way at once.
    """

    def __init__(self, work: Callable[[list[Q]], Sequence[A | Exception]], *, lanes: int = 1, patience: float = 10.0,
                 marks: Callable[[Q], Iterable[Hashable]] = lambda _: (), weight: Callable[[Q], int] = lambda _: 1,
                 most: int = GROUP_SAVES, heaviest: int = GROUP_BYTES) -> None:
        self._work, self._lanes, self._patience, self._marks, self._weight = work, lanes, patience, marks, weight
        self._most, self._heaviest = most, heaviest
        self._guard = threading.Lock()
        self._waiting: deque[_Turn[Q, A]] = deque()

    def __call__(self, ask: Q) -> A:
        turn: _Turn[Q, A] = _Turn(ask)
        with self._guard:
            turn.leads = self._lanes > 0
            if turn.leads:
                self._lanes -= 1
            else:
                self._waiting.append(turn)
        if not turn.leads and not turn.ready.acquire(timeout=self._patience):
            self._give_up(turn)
        if turn.leads:
            self._lead(turn)
        if isinstance(turn.answer, Exception):
            raise turn.answer
        return turn.answer

    def _give_up(self, turn: _Turn[Q, A]) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.leads:  # the lead came at the same moment
                return
        raise Unavailable("the database does not answer")

    def _lead(self, turn: _Turn[Q, A]) -> None:
        with self._guard:
            turns = self._gather(turn)
        try:
            for t, answer in zip(turns, self._answers([t.ask for t in turns]), strict=True):
                t.answer = answer
        finally:
            with self._guard:
                if self._waiting:
                    heir = self._waiting.popleft()
                    heir.leads = True
                    heir.ready.release()
                else:
                    self._lanes += 1
            for t in turns[1:]:
                t.ready.release()

    def _gather(self, first: _Turn[Q, A]) -> list[_Turn[Q, A]]:
        turns, taken, weight = [first], set(self._marks(first.ask)), self._weight(first.ask)
        left: deque[_Turn[Q, A]] = deque()
        while self._waiting and len(turns) < self._most and weight < self._heaviest:
            turn = self._waiting.popleft()
            marks = set(self._marks(turn.ask))
            if taken.isdisjoint(marks):
                taken |= marks
                weight += self._weight(turn.ask)
                turns.append(turn)
            else:
                left.append(turn)
        self._waiting.extendleft(reversed(left))
        return turns

    def _answers(self, asks: list[Q]) -> Sequence[A | Exception]:
        try:
            return self._work(asks)
        except Unavailable as e:
            return [Unavailable(*e.args) for _ in asks]
        except Exception as e:
            # one ask that the database cannot take must not cost the others theirs
            return [e] if len(asks) == 1 else [self._answers([ask])[0] for ask in asks]


class Closing(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Closing)


class Pool(Generic[C]):
    """At most `most` connections, made when needed. One that failed is closed, and so are the idle ones, which may have died of the same."""

    def __init__(self, connect: Callable[[], C], most: int) -> None:
        self._connect, self._slots, self._idle = connect, threading.BoundedSemaphore(most), deque[C]()

    @contextmanager
    def connection(self) -> Iterator[C]:
        if not self._slots.acquire(timeout=PATIENCE):
            raise Unavailable("all connections to the database are in use")
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                self.close()
                raise
            self._idle.append(connection)
        finally:
            self._slots.release()

    def close(self) -> None:
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:  # another thread was faster
                return


class Recorder(ApplicationRecorder):
    """The log of one service. A subclass knows one database; positions are 1, 2, 3, … in commit order, without gaps."""

    INSERT_EVENT: ClassVar[str]  # position, stream, version, name, complete state; does nothing where there is one
    INSERT_RECEIPT: ClassVar[str]
    SELECT_STATE: ClassVar[str]  # by position

    def __init__(self, name: str) -> None:
        if not name.isidentifier() or name != name.lower() or len(name) > 30:
            raise ValueError(f"{name!r} cannot name a table")
        self.name, self.events, self.receipts = name, f"{name}_events", f"{name}_receipts"
        self._commit: Group[Save, list[int]] = Group(self._insert, marks=Save.marks, weight=Save.weight)

    @abstractmethod
    def read(self, keys: Sequence[tuple[str, str]], streams: Sequence[UUID]) -> tuple[dict[tuple[str, str], Receipt], list[Notification]]:
        """Receipts of (actor, key) and all events of the streams in log order, in one statement."""

    @abstractmethod
    def _insert(self, saves: list[Save]) -> list[list[int] | Exception]:
        """Writes a group in one transaction under the log's lock: positions of each save, or IntegrityError where it collides."""

    @abstractmethod
    def _exclusive(self) -> AbstractContextManager[Any]:
        """A connection in a transaction that holds the log's lock."""

    @abstractmethod
    def _key(self, id: UUID) -> object:
        """A UUID as the database's driver takes it."""

    def close(self) -> None:
        """Closes the connections."""

    def append(self, save: Save) -> list[int]:
        """Positions of the save's events, in order; joins the group commit. IntegrityError when the save collides, Unavailable."""
        return self._commit(save)

    # -- for `halfsky recover` and `verify` ----------------------------------------------------------------------------
    def restore(self, events: Sequence[Notification], receipts: Sequence[Receipt] | None = None) -> None:
        """Puts back events at their positions, with their complete states, and their commands' receipts (from the envelopes when None).

        What is there already stays; IntegrityError, and nothing done, when a position or a version holds another event.
        """
        found = list(_receipts(events)) if receipts is None else receipts
        with self._exclusive() as c:
            rows = [(e.id, self._key(e.originator_id), e.originator_version, e.topic, e.state) for e in events]  # type: ignore[arg-type]
            cursor = c.cursor()
            cursor.executemany(self.INSERT_EVENT.format(self=self), rows)
            for e in events:
                row = cursor.execute(self.SELECT_STATE.format(self=self), (e.id,)).fetchone()
                if row is None or bytes(row[0]) != e.state:
                    raise IntegrityError(f"position {e.id} or {e.originator_id} version {e.originator_version} holds another event")
            cursor.executemany(self.INSERT_RECEIPT.format(self=self), self._rows(found))

    def rebuild_receipts(self) -> int:
        """Writes the receipts that are missing, from the envelopes of the whole log; how many receipts the log speaks of."""
        count, some = 0, list[Receipt]()
        for receipt in chain(_receipts(self.pages()), [None]):
            if receipt:
                count += 1
                some.append(receipt)
            if some and (receipt is None or len(some) == PAGE):
                with self._exclusive() as c:
                    c.cursor().executemany(self.INSERT_RECEIPT.format(self=self), self._rows(some))
                some.clear()
        return count

    def pages(self, after: int = 0) -> Iterator[Notification]:
        """The whole log after a position, read page by page."""
        while page := self.select_notifications(after, PAGE, inclusive_of_start=False):
            yield from page
            after = page[-1].id

    def _rows(self, receipts: Iterable[Receipt]) -> list[tuple[object, ...]]:
        return [(r.actor, r.key, r.fingerprint, self._key(r.subject), r.version, r.position) for r in receipts]

    # -- the library's own ways in ---------------------------------------------------------------------------------------
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        return self.append(Save(tuple(stored_events), ())) if stored_events else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Tail:
        return Tail(self, gt, topics)


class Tail(ListenNotifySubscription[Recorder]):
    """The library's subscription by looking again every 100 ms: works on both databases and cannot lose a wake-up. Our relay does not use it."""

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                time.sleep(0.1)
        except BaseException as e:
            self._thread_error = e
            self.stop()


def _receipts(log: Iterable[Notification]) -> Iterator[Receipt]:
    """Receipts from envelopes: the events of a command stand together in the log, and its last one tells version and position."""
    last: tuple[Notification, dict[str, Any]] | None = None
    decoded = ((n, orjson.loads(n.state)["body"]["meta"]) for n in log)
    for last, following in pairwise(chain(decoded, [None])):
        assert last
        n, m = last
        if "key" not in m or (following and (following[1]["actor"], following[1].get("key")) == (m["actor"], m["key"])):
            continue
        subject, version = m.get("subject", f"{n.originator_id}/{n.originator_version}").split("/")
        yield Receipt(m["actor"], m["key"], m.get("fingerprint", ""), UUID(subject), int(version), n.id)
