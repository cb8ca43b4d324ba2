"""Views kept live: rows, tracking and events are written together, as differences."""
from datetime import date

import pytest
import sqlalchemy as sa

from shared.fact import new_id
from shared.view import FOREVER, FOREVER_AT, ORIGIN, Views, engine
from tests.views.example import GuestArrived, Guests, HouseRazed, Houses, at, built, log, renamed


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
        ("36", house, "Old", d0, FOREVER, at(1), at(2)),
        ("36", house, "Old", d0, d1, at(2), FOREVER_AT),
        ("36", house, "New", d1, FOREVER, at(2), FOREVER_AT)], key=repr)


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
