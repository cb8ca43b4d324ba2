"""The writing half of the pipe in a process of its own, as in production: a log of appointments and its relay."""
from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import gettempdir
from typing import Any, ClassVar

from shared.es import Store, open_store
from shared.fact import Fact, new_id
from shared.relay import Relay
from shared.signing import SigningKeys
from tests.bench.histories import facts

__all__ = ["Appointments", "Origin", "origin"]

SERVICE = "cadre"
KEYS = SigningKeys(Path(gettempdir()) / f"halfsky-bench-{os.getuid()}" / "signing")  # both processes read them


class Appointment:
    """The aggregate."""


def last(was: object, fact: Fact) -> Fact:
    return fact


class Appointments(Store):
    """Cadre's log without its rules: what is measured here is the wire."""

    name = SERVICE
    evolve: ClassVar = {Appointment: last}

    def record(self, number: int) -> object:
        return self.do(str(number), {Appointment: new_id()}, lambda was: facts(number))


class Origin:
    """Asks the other process; every answer is the head of its log."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def ask(self, act: str, *arguments: object) -> int:
        self.pipe.send((act, arguments))
        head: int = self.pipe.recv()
        return head


@contextmanager
def origin(dsn: str, nats: str, region: str) -> Iterator[Origin]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, dsn, nats, region), daemon=True)
    process.start()
    try:
        yield Origin(ours)
        ours.send(("end", ()))
        process.join(10)
    finally:
        process.kill()
        process.join()


def serve(pipe: Connection, dsn: str, nats: str, region: str) -> None:
    store, numbers = open_store(Appointments, dsn), count()
    relaying: list[Relaying] = []
    while True:
        act, arguments = pipe.recv()
        if act == "relay":
            relaying.append(Relaying(store, nats, region))
        elif act == "append":
            append(store, numbers, *arguments)
        elif act == "live":
            live(store, numbers, *arguments)
        else:
            break
        pipe.send(store.recorder.max_notification_id() or 0)
    for relay in relaying:
        relay.end()
    store.close()


class Relaying:
    """The relay in a loop of its own thread."""

    def __init__(self, store: Store, nats: str, region: str) -> None:
        self.relay, self.loop, self.stop = Relay(store, nats, region, SERVICE, KEYS), asyncio.new_event_loop(), asyncio.Event()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.relay.run(self.stop),), daemon=True)
        self.thread.start()
        while self.relay._sequence is None:  # until the stream is there
            time.sleep(0.01)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(10)


def append(store: Appointments, numbers: Iterator[int], events: int) -> None:
    """At once, before anybody listens."""
    head = store.recorder.max_notification_id() or 0
    while (store.recorder.max_notification_id() or 0) < head + events:
        store.batch([partial(store.record, next(numbers)) for _ in range(min(500, events))])


def live(store: Appointments, numbers: Iterator[int], seconds: float, threads: int) -> None:
    """So many clients, each with one command after the other."""
    until = time.perf_counter() + seconds

    def work() -> None:
        while time.perf_counter() < until:
            store.record(next(numbers))

    workers: list[Any] = [threading.Thread(target=work) for _ in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
