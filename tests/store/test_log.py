"""The log itself: one order for everybody, instants that never go back, nothing missed by a reader, nothing changed by anybody."""
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from shared.envelope import stated
from shared.es import AT, ID, IntegrityError, Meta, Notification, Receipt, Save, StoredEvent, Unavailable, open_store
from shared.fact import new_id
from shared.group import Group
from tests.store.ledgers import Counted, Counter, Ledgers


@contextmanager
def child(dsn: str, threads: int, count: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.store.ledgers", dsn, str(threads), str(count)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline() == "started\n"
        yield process
    finally:
        process.kill()
        process.wait()


def save_of(store: Ledgers, *streams: object, key: str | None = None) -> Save:
    ids = [new_id() for _ in streams] or [new_id()]
    events = tuple(store.mapper.encode(id, 1, Counted(), stated(Meta())) for id in ids)
    return Save(events, (Receipt("system", key, "", ids[0], 1, len(events)),) if key else ())


def test_a_tailing_reader_misses_nothing_and_sees_one_order(dsn: str, store: Ledgers):
    seen: list[Notification] = []
    with child(dsn, 4, 150) as one, child(dsn, 4, 150) as two, ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(store.add, new_id()) for _ in range(600)]
        quiet = 0
        while quiet < 3:
            page = store.recorder.select_notifications(seen[-1].id if seen else 0, 7, inclusive_of_start=False)
            seen += page
            busy = one.poll() is None or two.poll() is None or not all(f.done() for f in writing)
            quiet = 0 if page or busy else quiet + 1
    assert not [f for f in writing if f.exception()]
    assert [n.id for n in seen] == list(range(1, 1801)), "no gap, nothing missed, nothing twice"
    assert store.recorder.max_notification_id() == 1800
    instants = [n.state[AT] for n in seen]
    assert instants == sorted(instants)


def test_instants_never_go_back_even_when_the_clock_does(store: Ledgers):
    store.add(new_id())
    [first] = store.recorder.select_notifications(1, 1)
    later = first.state.replace(first.state[AT], b"2099-12-31T23:59:59.000001Z").replace(first.state[ID], str(new_id()).encode())
    store.recorder.restore([Notification(new_id(), 1, first.topic, later, 9)])
    store.add(new_id())
    assert [(n.id, n.state[AT].decode()) for n in store.recorder.select_notifications(9, 9)] == [
        (9, "2099-12-31T23:59:59.000001Z"), (10, "2099-12-31T23:59:59.000002Z")]


def test_each_save_of_a_group_has_an_instant_of_its_own_so_that_a_position_can_be_told_from_the_next(store: Ledgers):
    store.recorder._insert([save_of(store, "a", "b", key="one"), save_of(store, key="two"), save_of(store, key="three")])
    store.recorder._insert([save_of(store, key="four")])
    instants = [datetime.fromisoformat(n.state[AT].decode()) for n in store.recorder.select_notifications(1, 9)]
    assert instants[0] == instants[1], "one save is known at once"
    assert [b - a for a, b in pairwise(instants[1:4])] == [timedelta(microseconds=1)] * 2 and instants[4] > instants[3]


def test_a_stored_line_has_its_instant_and_id_in_fixed_places(store: Ledgers):
    id = new_id()
    store.add(id)
    [n] = store.recorder.select_notifications(1, 1)
    assert re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", n.state[AT])
    body = json.loads(n.state)["body"]
    assert (body["at"], body["id"]) == (n.state[AT].decode(), n.state[ID].decode())
    assert b"\n" not in n.state and (n.originator_id, n.topic) == (id, "test.Counted")


def test_only_the_colliding_saves_of_a_group_are_refused(store: Ledgers):
    taken = save_of(store, key="taken")
    store.recorder.append(taken)
    saves = [save_of(store, "a", "b", key="one"), taken, save_of(store, key="taken"), save_of(store, "c", "d", key="two")]
    answers = store.recorder._insert(saves)
    assert answers[0] == [2, 3] and answers[3] == [4, 5], "positions without gaps"
    assert isinstance(answers[1], IntegrityError) and isinstance(answers[2], IntegrityError)
    receipts, _ = store.recorder.read([("system", k) for k in ("taken", "one", "two")], [])
    assert {k: r.position for (_, k), r in receipts.items()} == {"taken": 1, "one": 3, "two": 5}


def test_saves_that_collide_within_a_group_do_not_meet_and_the_first_wins(store: Ledgers):
    groups: list[int] = []
    gate, insert = threading.Event(), store.recorder._insert

    def work(saves: list[Save]) -> list[list[int] | Exception]:
        gate.wait()
        groups.append(len(saves))
        return insert(saves)

    store.recorder._commit = Group(work, marks=Save.marks)
    with ThreadPoolExecutor(9) as pool:
        futures = []
        for key in "head", "same", "other", "same", "last":
            futures.append(pool.submit(store.recorder.append, save_of(store, key=key)))
            time.sleep(0.02)
        gate.set()
    assert groups == [1, 3, 1]
    assert [f.exception() and type(f.exception()) for f in futures] == [None, None, None, IntegrityError, None]
    assert sorted(f.result()[0] for f in futures if not f.exception()) == [1, 2, 3, 4]


def test_a_save_that_the_database_cannot_take_costs_the_others_nothing(store: Ledgers):
    good, bad = save_of(store, key="good"), save_of(store, key="bad\ud800")
    gate = threading.Event()
    insert = store.recorder._insert
    store.recorder._commit = Group(lambda saves: (gate.wait(), insert(saves))[1], marks=Save.marks)
    with ThreadPoolExecutor(9) as pool:
        others = [save_of(store) for _ in range(5)]
        futures = [pool.submit(store.recorder.append, s) for s in [others[0], good, bad, *others[1:]]]
        time.sleep(0.1)
        gate.set()
    assert isinstance(futures[2].exception(), UnicodeError)
    assert sorted(p for i, f in enumerate(futures) if i != 2 for p in f.result()) == list(range(1, 7))


def test_the_librarys_ways_read_the_same_log(store: Ledgers):
    id = new_id()
    for by in range(5):
        store.add(id, by)
    assert [e.originator_version for e in store.recorder.select_events(id, gt=1, lte=4, desc=True, limit=2)] == [4, 3]
    assert [n.id for n in store.recorder.select_notifications(2, 9, stop=4)] == [2, 3, 4]
    assert not store.recorder.select_notifications(1, 9, topics=["other.Fact"])
    assert len(store.recorder.select_notifications(None, 9, topics=["test.Counted", "x"])) == 5
    assert [n["id"] if isinstance(n, dict) else n.id for n in store.notification_log["1,10"].items] == [1, 2, 3, 4, 5]
    assert store.recorder.insert_events([StoredEvent(new_id(), 1, "test.Counted", save_of(store).events[0].state)]) == [6]
    assert store.recorder.insert_events([]) is None
    with store.recorder.subscribe(gt=3) as subscription:
        assert [next(subscription).id for _ in range(3)] == [4, 5, 6]
        threading.Timer(0.1, store.add, [id]).start()
        assert next(subscription).id == 7


def test_restored_events_stand_at_their_places_and_the_log_goes_on_behind_them(store: Ledgers, tmp_path):
    id = new_id()
    for _ in range(3):
        store.add(id, key=f"k{_}")
    log = store.recorder.select_notifications(1, 9)
    copy = open_store(Ledgers, f"sqlite:///{tmp_path}/copy.db")
    copy.recorder.restore(log[:2])
    copy.recorder.restore(log)  # what is there stays
    assert copy.recorder.select_notifications(1, 9) == log
    assert copy.add(id, key="k1").replayed and copy.add(id).position == 4
    forged = Notification(new_id(), 1, log[0].topic, log[0].state, 2)
    with pytest.raises(IntegrityError):
        copy.recorder.restore([Notification(new_id(), 1, log[0].topic, log[0].state, 9), Notification(id, 2, log[0].topic, log[0].state, 2)])
    with pytest.raises(IntegrityError):
        copy.recorder.restore([forged])
    assert copy.recorder.max_notification_id() == 4, "all or nothing"
    copy.close()


def test_receipts_can_be_rebuilt_from_the_envelopes_alone(store: Ledgers, tmp_path):
    seat, holder, other = new_id(), new_id(), new_id()
    store.take(seat, holder, key="claim")  # its last fact is not its subject's
    store.batch([partial(store.add, other, key=f"b{i}") for i in range(3)])
    store.do("both", {Counter: [other, holder]}, lambda was: {holder: Counted()})  # its subject gets no fact at all
    keys = [("system", k) for k in ("claim", "b0", "b1", "b2", "both")]
    copy = open_store(Ledgers, f"sqlite:///{tmp_path}/copy.db")
    copy.recorder.restore(store.recorder.select_notifications(1, 99), receipts=[])
    assert copy.recorder.read(keys, [])[0] == {}
    assert copy.recorder.rebuild_receipts() == 5
    assert copy.recorder.read(keys, []) == store.recorder.read(keys, []) and len(copy.recorder.read(keys, [])[0]) == 5
    assert copy.recorder.rebuild_receipts() == 5, "again without doubling"
    copy.close()


def test_two_services_of_one_database_have_separate_logs(dsn: str, store: Ledgers):
    class Others(Ledgers):
        name = "others"

    others = open_store(Others, dsn)
    id = new_id()
    store.add(id)
    assert others.add(id).position == 1 and len(store.history(id)) == len(others.history(id)) == 1
    others.close()


def test_a_store_opened_again_goes_on(dsn: str, store: Ledgers, another: Callable[[], Ledgers]):
    id = new_id()
    store.add(id, key="k")
    assert another().add(id, key="k").replayed and another().add(id).version == 2


def test_a_group_keeps_order_bounds_and_what_must_not_meet_apart():
    groups: list[list[str]] = []
    gate = threading.Event()

    def work(asks: list[str]) -> list[str | Exception]:
        gate.wait()
        groups.append(asks)
        return [Unavailable("no") if ask == "x" else ask.upper() for ask in asks]

    group = Group(work, marks=lambda ask: [ask[0]], most=3)
    with ThreadPoolExecutor(9) as pool:
        futures = {}
        for ask in ("a1", "b1", "b2", "x", "c1", "d1"):
            futures[ask] = pool.submit(group, ask)
            time.sleep(0.02)
        gate.set()
    assert groups == [["a1"], ["b1", "x", "c1"], ["b2", "d1"]]
    assert isinstance(futures.pop("x").exception(), Unavailable)
    assert all(f.result() == ask.upper() for ask, f in futures.items())


def test_who_waits_too_long_in_a_group_leaves_it_and_the_rest_goes_on():
    gate = threading.Event()

    def work(asks: list[int]) -> list[int]:
        gate.wait()
        return [ask * 2 for ask in asks]

    group = Group(work, patience=0.1)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(group, 1)
        time.sleep(0.02)
        with pytest.raises(Unavailable):
            group(2)
        gate.set()
        assert first.result() == 2 and group(3) == 6


def test_instants_of_pairs_in_the_log_follow_the_order_of_positions(store: Ledgers):
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: store.add(new_id()), range(200)))
    log = store.recorder.select_notifications(1, 999)
    assert all(a.id < b.id and a.state[AT] <= b.state[AT] for a, b in pairwise(log)) and len(log) == 200
