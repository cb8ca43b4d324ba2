"""Group commit and a bounded pool: callers that come while others are under way are served together, and nobody waits for ever."""
from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Generic, Protocol, TypeVar

__all__ = ["PATIENCE", "Group", "Pool", "Unavailable"]

PATIENCE = 2.0  # seconds to wait for a connection, or for the log's lock
GROUP_SAVES, GROUP_BYTES = 500, 4 << 20

Q = TypeVar("Q")
A = TypeVar("A")


class Unavailable(Exception):
    """The database cannot be reached, or did not answer in time. What was under way may or may not have been stored; the receipt tells."""


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
        if not turn.leads:
            self._wait(turn)
        if turn.leads:
            self._lead(turn)
        if isinstance(turn.answer, Exception):
            raise turn.answer
        return turn.answer

    def _wait(self, turn: _Turn[Q, A]) -> None:
        """Until the turn is answered or leads."""
        try:
            if turn.ready.acquire(timeout=self._patience):
                return
        except BaseException:  # Ctrl-C: nobody must be left waiting for this one to lead
            with self._guard:
                if turn.leads:
                    self._pass_on()
                elif turn in self._waiting:
                    self._waiting.remove(turn)
            raise
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
                self._pass_on()
            for t in turns[1:]:
                t.ready.release()

    def _pass_on(self) -> None:
        if self._waiting:
            heir = self._waiting.popleft()
            heir.leads = True
            heir.ready.release()
        else:
            self._lanes += 1

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
            with ExitStack() as failed:
                failed.callback(self.close)
                failed.callback(connection.close)
                yield connection
                failed.pop_all()
            self._idle.append(connection)
        finally:
            self._slots.release()

    def close(self) -> None:
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:  # another thread was faster
                return
