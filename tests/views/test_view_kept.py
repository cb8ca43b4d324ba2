"""Copies keep only the facts their views want; wanting another one later means reading the sources again."""
import pytest
import sqlalchemy as sa

from shared.fact import new_id
from shared.tables import events
from shared.view import ORIGIN, Views, engine
from tests.views.example import GuestArrived, Guests, Houses, built, log


@pytest.fixture
def history():
    house = new_id()
    return log((house, built()), (new_id(), GuestArrived(house=house)))


def opened(dsn, *views):
    return Views(engine(dsn), views, keep_all=False)


def count(views, table):
    with views.connect() as c:
        return c.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_copy_passes_over_what_its_views_do_not_want_and_still_moves_on(dsn, history):
    copy = opened(dsn, Houses())
    copy.apply("36", "inn", ORIGIN, history)
    assert count(copy, events) == 1 and count(copy, Houses.table) == 1
    assert copy.tracked("36", "inn") == history[-1].reference
    assert copy.verify() == []
    copy.engine.dispose()


def test_a_copy_that_wants_more_reads_its_sources_again_and_one_that_wants_less_does_not(dsn, history):
    few = opened(dsn, Houses())
    few.apply("36", "inn", ORIGIN, history)
    few.engine.dispose()
    more = opened(dsn, Houses(), Guests())
    assert more.tracked("36", "inn") is None and count(more, Houses.table) == 0
    more.apply("36", "inn", ORIGIN, history)
    assert count(more, Houses.table) == count(more, Guests.table) == 1
    more.engine.dispose()
    less = opened(dsn, Houses())
    assert less.tracked("36", "inn") == history[-1].reference
    less.engine.dispose()
