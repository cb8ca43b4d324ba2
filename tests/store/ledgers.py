"""A small service for the store's tests: counters, seats that one may claim, and people with a sealed phone number."""
import os
import sys
import threading
from base64 import b64decode, b64encode
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.es import Done, Store, open_store
from shared.fact import Fact, Personal, Refused, new_id


class Counted(Fact, name="test.Counted", of="Counter", version=2):
    """Version 1 said `step`."""

    by: int = 1
    note: str = ""

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        return {"by": data["step"]}


class Listed(Fact, name="test.Listed", of="Counter"):
    lines: tuple[str, ...]


class SeatTaken(Fact, name="test.SeatTaken", of="Seat"):
    holder: UUID


class PersonMet(Fact, name="test.PersonMet", of="Person"):
    name: str
    phone: Personal[str] | None


@dataclass(frozen=True)
class Counter:
    total: int = 0


@dataclass(frozen=True)
class Seat:
    holder: UUID


@dataclass(frozen=True)
class Person:
    met: PersonMet


def count(was: Counter | None, fact: Fact) -> Counter:
    if isinstance(fact, Listed):
        return was or Counter()
    assert isinstance(fact, Counted)
    return Counter((was.total if was else 0) + fact.by)


def sit(was: Seat | None, fact: Fact) -> Seat:
    assert isinstance(fact, SeatTaken)
    return Seat(fact.holder)


def meet(was: Person | None, fact: Fact) -> Person:
    assert isinstance(fact, PersonMet)
    return Person(fact)


class Ledgers(Store):
    name = "ledgers"
    evolve: ClassVar = {Counter: count, Seat: sit, Person: meet}

    def add(self, id: UUID, by: int = 1, key: str | None = None, expect: int | None = None, limit: int | None = None) -> Done:
        def decide(was: Counter | None) -> Counted:
            if limit is not None and (was.total if was else 0) + by > limit:
                raise Refused("over_limit", "超过上限 {limit}", "over the limit of {limit}", "by", limit=limit)
            return Counted(by=by)

        return self.do(key or str(new_id()), {Counter: id}, decide, expect)

    def take(self, seat: UUID, holder: UUID, key: str | None = None) -> Done:
        def decide(counter: Counter | None, was: Seat | None) -> list[Fact]:
            if was:
                raise Refused("seat_taken", "席位已有人", "the seat is taken", "seat")
            return [Counted(), SeatTaken(holder=holder)]

        return self.do(key or str(new_id()), {Counter: holder, Seat: seat}, decide)


class Vault:
    """One AES-256-GCM key a person, in memory."""

    def __init__(self) -> None:
        self.keys: defaultdict[UUID, bytes] = defaultdict(lambda: AESGCM.generate_key(256))

    def seal(self, personal: Personal[str], bound: str) -> Personal[str]:
        assert personal.value is not None
        nonce = os.urandom(12)
        box = nonce + AESGCM(self.keys[personal.subject]).encrypt(nonce, personal.value.encode(), bound.encode())
        return Personal(subject=personal.subject, box=b64encode(box).decode(), bound=bound)

    def open(self, personal: Personal[str]) -> str:
        assert personal.box and personal.bound
        box = b64decode(personal.box)
        return AESGCM(self.keys[personal.subject]).decrypt(box[:12], box[12:], personal.bound.encode()).decode()


def append_for_ever(dsn: str, threads: int, count: int) -> None:
    """A child process: each thread appends `count` events to counters of its own (0: until it is killed)."""
    store = open_store(Ledgers, dsn)

    def work() -> None:
        done = 0
        while not count or done < count:
            store.add(new_id())
            done += 1

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for w in workers:
        w.start()
    print("started", flush=True)
    for w in workers:
        w.join()
    store.close()


if __name__ == "__main__":
    append_for_ever(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
