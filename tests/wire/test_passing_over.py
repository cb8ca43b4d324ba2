"""What concerns nobody here is passed over without a write, and still nothing is missed, doubled or mistaken for another log."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.delivery import Delivery
from shared.es import Event
from shared.fact import new_id
from shared.http.follow import Follower
from shared.relay import Forked
from shared.sinks import Reactions, ViewsSink
from shared.tracking import Moved
from shared.view import Views, engine
from tests.views.example import HouseRenamed, Houses
from tests.wire.inn import Inn, Source, inn_of, parsed


class Fewer(Houses):
    """Houses as built; what they are called later concerns nobody."""

    facts = Houses.facts - {HouseRenamed.NAME}


def copy_of(dsn: str) -> Views:
    return Views(engine(dsn), [Fewer()], keep_all=False)


@pytest.fixture
def copies(dsn: str):
    made = [copy_of(dsn), copy_of(dsn)]
    yield made
    for views in made:
        views.engine.dispose()


@pytest.fixture
def log(store: Inn) -> list[bytes]:
    """A house at 1 and 5, new names between and after."""
    first = new_id()
    store.build(first)
    for _ in range(3):
        store.rename(first, "New")
    store.build(new_id())
    store.rename(first, "Other")
    return store.lines()


async def deliver(delivery: Delivery, lines: list[bytes], start: int, end: int) -> None:
    refs = ["0/", *(e.reference for e in parsed(lines))]
    for n in range(start, end):
        await delivery.block(refs[n], refs[n + 1], lines[n])


async def test_only_memory_moves_until_the_next_event_that_is_wanted_or_until_it_is_kept(copies, log, source, region):
    views, place = copies[0], (region, "inn")
    delivery = Delivery([ViewsSink(views, region, "inn")], source.pages)
    await deliver(delivery, log, 0, 4)
    assert views.positions() == {place: 1} and delivery.position == 4 and views.tracked(*place) == parsed(log)[3].reference
    assert views.wait({place: 4}, 0), "who asks for what was passed over need not wait"
    assert await delivery.refresh() == 4
    await deliver(delivery, log, 4, 6)
    assert views.positions() == {place: 5} and delivery.position == 6
    await delivery.keep()
    assert views.positions() == views.tracking.positions(consumer=Fewer.table.name) == {place: 6}
    assert delivery.gaps == 0 and source.asked == [] and views.verify() == []


async def test_who_takes_over_passes_over_it_again(copies, log, source, region):
    one, other = (Delivery([ViewsSink(views, region, "inn")], source.pages) for views in copies)
    await deliver(one, log, 0, 4)  # and is killed before it keeps its place
    await deliver(other, log, 4, 6)
    assert other.gaps == 1 and source.asked[0] == 0 and copies[1].positions() == {(region, "inn"): 6}
    with pytest.raises(Moved):
        await one.keep()
    assert await one.refresh() == 6 and copies[0].verify() == []


async def test_another_log_is_a_fork_even_where_nothing_was_written(copies, log, store, home, region):
    delivery = Delivery([ViewsSink(copies[0], region, "inn")], Source(store).pages)
    await deliver(delivery, log, 0, 4)
    older = inn_of(f"sqlite:///{home}/older.db")
    older.recorder.restore(list(store.recorder.pages())[:2])
    older.fill(4)
    delivery.pages = Source(older).pages
    with pytest.raises(Forked):
        await deliver(delivery, older.lines(), 4, 5)
    with pytest.raises(Forked):
        await delivery.heal()
    older.close()


async def test_a_policy_is_not_bothered_with_what_it_does_not_answer(copies, log, source, store, region):
    views, heard = copies[0], list[Event]()
    reactions = Reactions(store, views, lambda store, views, event: heard.append(event), region, "inn", Fewer.facts)
    delivery = Delivery([reactions], source.pages)
    await deliver(delivery, log, 0, 4)
    assert reactions.tracking.positions() == {(region, "inn"): 1}
    await deliver(delivery, log, 4, 6)
    await delivery.keep()
    assert [e.position for e in heard] == [1, 5] and reactions.tracking.positions() == {(region, "inn"): 6}


def test_callers_that_come_while_a_copy_is_pulled_share_the_next_pull(copies, log, region):
    asked, going, gate = list[int](), threading.Event(), threading.Event()

    def pages(after, limit):
        asked.append(after)
        going.set()
        assert gate.wait(10)
        return log[after:]

    follower = Follower(ViewsSink(copies[0], region, "inn"), pages)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(follower.pull)
        assert going.wait(10)
        others = [pool.submit(follower.pull) for _ in range(8)]
        time.sleep(0.2)
        gate.set()
    assert not [f.exception() for f in (first, *others) if f.exception()]
    assert asked == [0, 6, 6], "one that found everything, and one for all who came meanwhile"
