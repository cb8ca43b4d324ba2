"""A rehearsal says what many commands would record and records nothing; what was rehearsed need not be decided again."""
from functools import partial
from uuid import UUID

from shared.es import Done
from shared.fact import new_id
from shared.rehearsal import rehearse, remembering
from tests.store.ledgers import Counted, Counter, Ledgers


class Doubling:
    """Doubles a counter; `saw`: each state it was decided on."""

    def __init__(self, store: Ledgers) -> None:
        self.store, self.saw = store, list[object]()

    def call(self, id: UUID, key: str) -> partial[Done]:
        def decide(was: Counter | None) -> Counted:
            self.saw.append(was)
            return Counted(by=was.total if was else 1)
        return partial(self.store.do, key, {Counter: id}, decide)


def test_each_command_sees_what_those_before_it_would_have_recorded_and_nothing_is_recorded(store: Ledgers):
    id, doubling = new_id(), Doubling(store)
    assert rehearse(store, [doubling.call(id, key) for key in "abc"]) == [[(id, Counted(by=1))], [(id, Counted(by=1))], [(id, Counted(by=2))]]
    assert store.history(id) == []


def test_what_was_rehearsed_is_decided_once_and_anew_only_where_its_streams_moved(store: Ledgers):
    still, moved, doubling = new_id(), new_id(), Doubling(store)
    calls = [doubling.call(still, "still"), doubling.call(still, "still again"), doubling.call(moved, "moved")]
    with remembering():
        rehearse(store, calls)
        store.add(moved, 5)
        assert all(isinstance(outcome, Done) for outcome in store.batch(calls))
    assert doubling.saw == [None, Counter(1), None, Counter(5)]
    assert store.load(Counter, still) == (Counter(2), 2) and store.load(Counter, moved) == (Counter(10), 2)


def test_nothing_is_remembered_where_nobody_asked_for_it(store: Ledgers):
    id, doubling = new_id(), Doubling(store)
    rehearse(store, [doubling.call(id, "once")])
    assert store.batch([doubling.call(id, "once")]) == [Done(id, 1, 1)]
    assert doubling.saw == [None, None]
