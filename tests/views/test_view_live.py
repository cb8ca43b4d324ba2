"""Views kept live: rows, tracking and events are written together, as differences."""
import threading
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from shared.fact import new_id
from shared.view import FOREVER, ORIGIN, STILL, Moved, Views, engine
from tests.views.example import GuestArrived, Guests, HouseRazed, Houses, at, built, event, log, renamed


@pytest.fixture
def views(dsn):
    made = Views(engine(dsn), [Houses(), Guests()])
    yield made
    made.engine.dispose()


def content(views, view):
    with views.connect() as c:
        return sorted(map(tuple, c.execute(sa.select(view.table))), key=repr)


def test_a_change_closes_what_was_known_and_keeps_it(views):
    house = new_id()
    events = log((house, built("Old")), (house, renamed("New", "2026-03-01")))
    views.apply("36", "inn", ORIGIN, events[:1])
    views.apply("36", "inn", events[0].reference, events[1:])
    d0, d1 = date(2020, 1, 1), date(2026, 3, 1)
    assert content(views, Houses) == sorted([
        ("36", house, "Old", d0, FOREVER, 1, 2),
        ("36", house, "Old", d0, d1, 2, STILL),
        ("36", house, "New", d1, FOREVER, 2, STILL)], key=repr)


def test_one_block_gives_the_rows_of_many_single_events(views, dsn):
    a, b, guest = new_id(), new_id(), new_id()
    events = log((a, built()), (b, built("B")), (guest, GuestArrived(house=a, wishes=("tea", "quiet"))), (a, renamed("A2", "2026-01-05")),
                 (a, HouseRazed(effective=date(2026, 2, 1))), (guest, GuestArrived(house=b)))
    prev = ORIGIN
    for e in events:
        views.apply("36", "inn", prev, [e])
        prev = e.reference
    other = [e for e in events]
    views.apply("37", "inn", ORIGIN, other)
    for view in (Houses, Guests):
        here, there = ([row[1:] for row in content(views, view) if row[0] == region] for region in ("36", "37"))
        assert here == there and here
    assert views.positions() == {("36", "inn"): 8, ("37", "inn"): 8}
    assert views.verify() == []


def test_a_source_is_applied_only_from_where_it_stands_and_whole_or_not_at_all(views):
    house = new_id()
    events = log((house, built()), (house, renamed("New", "2026-03-01")))
    with pytest.raises(Moved):
        views.apply("36", "inn", events[0].reference, events[1:])
    views.apply("36", "inn", ORIGIN, events)
    with pytest.raises(Moved):
        views.apply("36", "inn", ORIGIN, events)
    before = content(views, Houses)
    with pytest.raises(sa.exc.IntegrityError):
        views.apply("36", "inn", events[1].reference, [*log((new_id(), built()))[:1], event(9, house, 2, renamed("Again", "2026-03-01"))])
    assert content(views, Houses) == before and views.tracked("36", "inn") == events[1].reference


def test_two_processes_that_apply_the_same_block_at_once_apply_it_once(views, dsn):
    events = log(*((new_id(), built()) for _ in range(50)))
    outcomes: list[str] = []

    def apply(some: Views) -> None:
        try:
            some.apply("36", "inn", ORIGIN, events)
            outcomes.append("applied")
        except Moved:
            outcomes.append("moved")

    rivals = [views, Views(engine(dsn), [Houses(), Guests()])]
    threads = [threading.Thread(target=apply, args=(v,)) for v in rivals]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcomes) == ["applied", "moved"] and len(content(views, Houses)) == 50
    rivals[1].engine.dispose()


def test_waiting_ends_when_the_position_is_there_or_the_time_is_over(views):
    events = log((new_id(), built()))
    assert not views.wait({("36", "inn"): 1}, 0.05)
    threading.Timer(0.1, lambda: views.apply("36", "inn", ORIGIN, events)).start()
    assert views.wait({("36", "inn"): 1}, 5)


def test_events_of_one_instant_are_known_apart_for_a_reader_may_come_between_their_blocks(views):
    house = new_id()
    instant = at(5)
    events = [event(1, house, 1, built("A"), instant), event(2, house, 2, renamed("B", "2020-01-01"), instant)]
    views.apply("36", "inn", ORIGIN, events[:1])
    views.apply("36", "inn", events[0].reference, events[1:])
    assert [(row[2], row[5], row[6]) for row in content(views, Houses)] == [("A", 1, 2), ("B", 2, STILL)]
    assert views.verify() == []


def test_an_old_version_of_a_fact_reaches_views_in_todays_shape(views):
    house = new_id()
    old = event(2, house, 2, renamed("x", "2026-03-01"))
    old = replace(old, data={"name": "Old shape", "effective": "2026-03-01"}, fact_version=1)
    first = event(1, house, 1, built())
    views.apply("36", "inn", ORIGIN, [first, old])
    assert "Old shape" in {row[2] for row in content(views, Houses)} and views.verify() == []
