"""What a command may rely on: once per key, on the state it saw, whole or not at all."""
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import pytest
from cryptography.exceptions import InvalidTag

from shared import es
from shared.envelope import stated
from shared.es import Done, IntegrityError, KeyReused, Meta, Save, Stale, TooLarge, meta
from shared.fact import Personal, Refused, new_id
from tests.store.ledgers import Counted, Counter, Ledgers, Listed, Person, PersonMet, Seat

T = TypeVar("T")


def at_once(calls: Iterable[Callable[[], T]]) -> list[T | BaseException]:
    calls = list(calls)
    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(call) for call in calls]
        return [f.exception() or f.result() for f in futures]


def done(outcomes: Iterable[object]) -> list[Done]:
    """All of them, each a success."""
    found = list(outcomes)
    assert not [o for o in found if not isinstance(o, Done)]
    return [o for o in found if isinstance(o, Done)]


@contextmanager
def acting(**who: Any):
    token = meta.set(Meta(**who))
    try:
        yield
    finally:
        meta.reset(token)


def test_a_command_is_answered_with_its_subject_version_and_position(store: Ledgers):
    id = new_id()
    assert store.add(id, 2) == Done(id, 1, 1)
    assert store.add(id, 3) == Done(id, 2, 2)
    assert store.load(Counter, id) == (Counter(5), 2)
    assert [(e.version, e.position, e.fact) for e in store.history(id)] == [(1, 1, Counted(by=2)), (2, 2, Counted(by=3))]


def test_a_command_sent_twice_is_recorded_once_and_answered_the_same(store: Ledgers):
    id = new_id()
    first = store.add(id, key="k")
    store.add(id)
    again = store.add(id, key="k")
    assert again.replayed and (again.subject, again.version, again.position) == (first.subject, first.version, first.position)
    assert len(store.history(id)) == 2


def test_the_receipt_is_looked_up_before_the_expected_version(store: Ledgers):
    id = new_id()
    store.add(id, key="k", expect=0)
    assert store.add(id, key="k", expect=0).replayed
    with pytest.raises(Stale) as stale:
        store.add(id, key="other", expect=0)
    assert (stale.value.expected, stale.value.found) == (0, 1)


def test_a_key_used_for_another_request_is_refused(store: Ledgers):
    id = new_id()
    with acting(actor="li", fingerprint="one"):
        store.add(id, key="k")
    with acting(actor="li", fingerprint="two"), pytest.raises(KeyReused):
        store.add(id, key="k")
    assert len(store.history(id)) == 1


def test_another_actor_may_use_the_same_key(store: Ledgers):
    id = new_id()
    for actor in "li", "wang":
        with acting(actor=actor, fingerprint=actor):
            assert not store.add(id, key="k").replayed
    assert [e.meta.actor for e in store.history(id)] == ["li", "wang"]


def test_a_refusal_is_not_remembered(store: Ledgers):
    id = new_id()
    with pytest.raises(Refused):
        store.add(id, 5, key="k", limit=4)
    assert not store.add(id, 4, key="k", limit=4).replayed


def test_the_envelope_keeps_who_why_and_in_which_chain(store: Ledgers):
    id, document = new_id(), new_id()
    said = Meta(actor="li", on_behalf_of="wang", reason="handover", documents=(document,), fingerprint="f", correlation="c", causation="1/x",
                traceparent="00-1-2-01", region="36", key="k")
    with acting(**said.__dict__):
        store.add(id, key="k")
    [event] = store.history(id)
    assert event.meta == said
    [notification] = store.recorder.select_notifications(1, 10)
    assert es.Event.from_line(es.line(notification)) == event
    assert es.reference(notification) == event.reference == f"1/{event.id}"
    assert notification.state[es.AT].decode() == event.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_one_hundred_parallel_sends_of_one_command_make_one_fact(store: Ledgers, another: Callable[[], Ledgers]):
    id, rival = new_id(), another()
    outcomes = done(at_once(partial(s.add, id, key="k") for s in [store, rival] * 50))
    assert {(o.subject, o.version, o.position) for o in outcomes} == {(id, 1, 1)}
    assert [o.replayed for o in outcomes].count(False) == 1
    assert len(store.history(id)) == 1


def test_sixty_four_compatible_commands_on_one_aggregate_all_succeed(store: Ledgers):
    id = new_id()
    outcomes = at_once([lambda: store.add(id)] * 64)
    assert sorted(o.version for o in done(outcomes)) == list(range(1, 65))
    assert store.load(Counter, id) == (Counter(64), 64)


def test_rivals_within_a_process_wait_for_each_other_instead_of_trying_again(store: Ledgers, monkeypatch: pytest.MonkeyPatch):
    id, saves, whole = new_id(), list[Save](), store.recorder.append

    def append(save: Save) -> object:
        saves.append(save)
        return whole(save)

    monkeypatch.setattr(store.recorder, "append", append)
    done(at_once([lambda: store.add(id)] * 64))
    assert len(saves) == 64


def test_of_sixty_four_who_want_one_seat_one_gets_it(store: Ledgers, another: Callable[[], Ledgers]):
    seat, rival = new_id(), another()
    holders = [new_id() for _ in range(64)]
    outcomes = at_once(partial(s.take, seat, h) for s, h in zip([store, rival] * 32, holders, strict=True))
    assert Tally(type(o) for o in outcomes) == {Done: 1, Refused: 63}
    [winner] = [o for o in outcomes if isinstance(o, Done)]
    assert store.load(Seat, seat) == (Seat(winner.subject), 1)
    assert [h for h in holders if store.history(h)] == [winner.subject]
    assert winner.position == 2, "the position of the last fact"


def test_a_save_on_an_older_version_collides_and_leaves_nothing(store: Ledgers):
    id, other = new_id(), new_id()
    store.add(id)
    stale = store.mapper.encode(id, 1, Counted(), stated(Meta()))
    fresh = store.mapper.encode(other, 1, Counted(), stated(Meta()))
    with pytest.raises(IntegrityError):
        store.recorder.append(Save((fresh, stale), ()))
    assert not store.history(other) and len(store.history(id)) == 1


def test_a_batch_has_an_outcome_a_row_and_a_refusal_leaves_the_others(store: Ledgers):
    id, key = new_id(), "same"
    outcomes = store.batch([
        lambda: store.add(id, 3, limit=4), lambda: store.add(id, 3, limit=4), lambda: store.add(id, 1, limit=4, key=key),
        lambda: store.add(new_id(), 1, expect=7), lambda: store.add(id, 1, key=key), lambda: int("x")])
    assert outcomes[0] == Done(id, 1, 1) and outcomes[2] == Done(id, 2, 2)
    assert isinstance(outcomes[1], Refused) and isinstance(outcomes[3], Stale) and isinstance(outcomes[5], ValueError)
    assert outcomes[4] == Done(id, 2, 2, replayed=True)
    assert store.load(Counter, id) == (Counter(4), 2)
    assert store.add(id, key=key).replayed, "each row of a batch has its own receipt"


def test_a_row_whose_later_command_cannot_be_made_leaves_nothing(store: Ledgers):
    id = new_id()

    def two() -> None:
        store.add(id)
        raise LookupError

    assert isinstance(store.batch([two, lambda: store.add(id)])[0], LookupError)
    assert len(store.history(id)) == 1


def test_a_batch_that_keeps_colliding_is_recorded_one_by_one(store: Ledgers, another: Callable[[], Ledgers], monkeypatch: pytest.MonkeyPatch):
    busy, calm, rival = new_id(), new_id(), another()
    whole = store.recorder.append
    batches = 0

    def append(save: Save) -> list[int]:
        nonlocal batches
        if len(save.receipts) > 1:
            batches += 1
            rival.add(busy)  # somebody is always faster
        return whole(save)

    monkeypatch.setattr(store.recorder, "append", append)
    outcomes = store.batch([lambda: store.add(busy), lambda: store.add(calm)])
    assert batches == es.BATCH_ATTEMPTS
    assert outcomes == [Done(busy, 4, 4), Done(calm, 1, 5)]


def test_a_broken_evolve_costs_its_command_only(store: Ledgers, monkeypatch: pytest.MonkeyPatch):
    id = new_id()
    good = store.evolve[Counter]
    monkeypatch.setattr(store, "evolve", {Counter: lambda was, f: 1 // (f.by != 13) and good(was, f)})
    outcomes = store.batch([lambda: store.do("a", {Counter: id}, lambda was: [Counted(), Counted(by=13)]), lambda: store.add(id)])
    assert isinstance(outcomes[0], ZeroDivisionError) and outcomes[1] == Done(id, 1, 1)


def test_who_keeps_losing_is_told_so(store: Ledgers, another: Callable[[], Ledgers], monkeypatch: pytest.MonkeyPatch):
    id, rival = new_id(), another()
    whole = store.recorder.append
    monkeypatch.setattr(es, "DEADLINE_SECONDS", 0.2)
    monkeypatch.setattr(store.recorder, "append", lambda save: rival.add(id) and whole(save))
    with pytest.raises(es.Busy):
        store.add(id)


def test_an_aggregate_is_shown_as_it_was_known(store: Ledgers):
    id = new_id()
    for by in 1, 2, 4:
        store.add(id, by)
    instants = [e.at for e in store.history(id)]
    assert [store.load(Counter, id, known_at=at)[0].total for at in instants] == [1, 3, 7]
    assert store.load(Counter, id, known_at=instants[0].replace(year=2000)) == (None, 0)


def test_an_event_of_an_older_version_is_read_in_todays_shape(store: Ledgers):
    sample = (
        b'{"format":1,"body":{"at":"2026-01-02T03:04:05.678901Z","id":"019b7c4f-0000-7000-8000-000000000001","version":1,'
        b'"fact":{"step":7},"meta":{"actor":"li","fingerprint":"f","region":"36","key":"k"}},"sealed":{}}')
    id = new_id()
    store.recorder.restore([es.Notification(id, 1, "test.Counted", sample, 40)])
    assert store.load(Counter, id) == (Counter(7), 1)
    assert store.history(id)[0].fact == Counted(by=7)
    with acting(actor="li", fingerprint="f"):
        assert store.add(id, key="k") == Done(id, 1, 40, replayed=True), "its command has its receipt again"


def test_a_personal_value_is_sealed_in_the_store_and_bound_to_its_place(store: Ledgers):
    her = new_id()
    phone = Personal[str](subject=her, value="13812345678")
    store.do("a", {Person: her}, lambda was: PersonMet(name="王秀英", phone=phone))
    store.do("b", {Person: her}, lambda was: PersonMet(name="王秀英", phone=None))
    first, second = store.recorder.select_notifications(1, 10)
    assert b"13812345678" not in first.state and "王秀英".encode() in first.state
    event, later = store.history(her)
    assert isinstance(event.fact, PersonMet) and event.fact.phone and event.fact.phone.value is None
    assert event.fact.phone.bound == f"ledgers|Person|{her}|1|test.PersonMet|phone"
    assert store.vault.open(event.fact.phone) == "13812345678"
    with pytest.raises(InvalidTag):
        store.vault.open(event.fact.phone.model_copy(update={"bound": event.fact.phone.bound.replace("|1|", "|2|")}))
    assert later.fact == PersonMet(name="王秀英", phone=None) and second.id == 2


def test_an_event_over_the_limit_is_refused(store: Ledgers):
    id = new_id()
    with pytest.raises(TooLarge):
        store.do("k", {Counter: id}, lambda was: Listed(lines=("x" * 16_384,) * (es.MAX_EVENT_BYTES // 16_384)))
    assert not store.history(id)
    store.do("k", {Counter: id}, lambda was: Listed(lines=("很" * 16_000,) * 5))
    assert len(store.history(id)) == 1


def test_listeners_hear_of_every_append_also_of_the_librarys_own(store: Ledgers):
    heard: list[int | None] = []
    store.listeners.append(lambda: heard.append(store.recorder.max_notification_id()))
    id = new_id()
    store.add(id)
    store.add(id, key="k")
    store.add(id, key="k")
    store.save(es.Event(id, 3, "test.Counted", {"by": 5, "note": ""}, store.history(id)[0].at, new_id(), Meta(actor="li"), fact_version=2))
    assert heard == [1, 2, 3]
    assert store.load(Counter, id) == (Counter(7), 3)


def test_facts_for_one_of_several_streams_of_a_kind_go_where_decide_says(store: Ledgers):
    ids = [new_id(), new_id()]
    store.do("k", {Counter: ids}, lambda was: {id: [Counted(), Counted()] for id in was})
    assert [store.load(Counter, id)[1] for id in ids] == [2, 2]
    with pytest.raises(TypeError, match="mapping from stream"):
        store.do("l", {Counter: ids}, lambda was: Counted())


@pytest.mark.parametrize("text", ("zeichen\x00", "\x07", "\x1b[2J", "a\x7f", "\x85", "\ud800", "\uffff", "长" * 20_001))
def test_a_text_that_some_reader_of_it_cannot_hold_never_becomes_a_fact(store: Ledgers, text: str):
    id, her = new_id(), new_id()
    acts: dict[str, Callable[[], object]] = {
        "note": lambda: store.do("a", {Counter: id}, lambda was: Counted(note=text)),
        "phone.value": lambda: store.do("b", {Person: her}, lambda was: PersonMet(name="王芳", phone=Personal(subject=her, value=text))),
        "reason": lambda: store.do("c", {Counter: id}, lambda was: Counted())}
    for field, act in acts.items():
        with pytest.raises(Refused) as no, acting(reason=text if field == "reason" else None):
            act()
        assert (no.value.code, no.value.field) == ("text_unreadable" if len(text) < 99 else "text_too_long", field)
    assert not store.history(id) and not store.history(her)


def test_lines_and_tabs_are_text_and_what_was_recorded_before_is_still_read(store: Ledgers):
    id = new_id()
    store.do("a", {Counter: id}, lambda was: Counted(note="一\n\t二\r\n\U00031350 · ❶"))
    old = store.mapper.encode(id, 2, Counted(note="\x07"), stated(Meta(key="b")))
    store.recorder.append(Save((old,), ()))
    assert store.load(Counter, id) == (Counter(2), 2) and store.history(id)[1].fact == Counted(note="\x07")
