"""What the recorders of both databases share: what an append writes, putting a log back, and the library's own ways in."""
from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import orjson
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, ListenNotifySubscription, Notification, StoredEvent

from shared.envelope import stream_of
from shared.group import Group

__all__ = ["Receipt", "Recorder", "Save", "sql"]

PAGE = 1000


@dataclass(frozen=True)
class Receipt:
    """Proof that a command was done. `position` is that of its last event (before the append: how many events of the save are up to it)."""

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
            rows = ((e.id, self._key(stream_of(e)), e.originator_version, e.topic, e.state) for e in events)
            cursor = c.cursor()
            while page := list(islice(rows, PAGE)):
                cursor.executemany(self.INSERT_EVENT.format(self=self), page)
            for e in events:
                row = cursor.execute(self.SELECT_STATE.format(self=self), (e.id,)).fetchone()
                if row is None or bytes(row[0]) != e.state:
                    raise IntegrityError(f"position {e.id} or {e.originator_id} version {e.originator_version} holds another event")
            for i in range(0, len(found), PAGE):
                cursor.executemany(self.INSERT_RECEIPT.format(self=self), self._rows(found[i:i + PAGE]))

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
