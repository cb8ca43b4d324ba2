"""An event that cannot be applied sets its aggregate aside, all its later events too, and nobody else's."""
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from shared import parking
from shared.delivery import Delivery, Stopped
from shared.es import Event
from shared.fact import Fact, new_id
from shared.sinks import ViewsSink
from shared.view import View, Views, engine
from tests.views.example import Houses
from tests.wire.inn import Source


class Fragile(Houses):
    """The view of houses, until a house is called Bomb."""

    broken = True

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        if self.broken and any(e.data.get("label") == "Bomb" for e in history):
            raise ZeroDivisionError
        return super().rows(history)


@pytest.fixture
def fragile(dsn):
    view = Fragile()
    views = Views(engine(dsn), [view])
    yield views, view
    views.engine.dispose()


async def fed(views, store, region: str) -> Delivery:
    delivery = Delivery([ViewsSink(views, region, "inn")], Source(store).pages)
    await delivery.heal()
    return delivery


async def test_a_poison_event_parks_its_aggregate_and_the_rest_flows(store, fragile, region):
    views, view = fragile
    bad, good = new_id(), new_id()
    store.build(bad)
    store.rename(bad, "Bomb")
    store.build(good)
    store.rename(bad, "Later")
    store.rename(good, "Fine")
    delivery = await fed(views, store, region)
    assert delivery.parked == 1 and views.positions() == {(region, "inn"): 5}
    [entry] = parking.listed([views])
    assert (entry["stream"], entry["position"], entry["error"], entry["events"]) == (bad, 2, "ZeroDivisionError", 2)
    assert {r.label for r in rows(views)} == {"Inn", "Fine"}
    assert parking.retry_all(views) == 0 and len(parking.listed([views])) == 1
    view.broken = False
    store.rename(bad, "Last")
    await delivery.heal()
    assert parking.listed([views])[0]["events"] == 3
    assert parking.retry_all(views) == 1 and parking.listed([views]) == []
    assert {r.label for r in rows(views)} == {"Inn", "Fine", "Bomb", "Later", "Last"} and views.verify() == []


async def test_a_parked_event_can_be_given_up(store, fragile, region):
    views, _ = fragile
    bad = new_id()
    store.build(bad, "Bomb")
    store.rename(bad, "Later")
    await fed(views, store, region)
    views.retry(region, "inn", bad, skip_first=True)
    assert parking.listed([views]) == [] and views.verify() == []


async def test_an_unknown_fact_is_poison(store, views, region, monkeypatch):
    store.build(house := new_id())
    store.rename(house, "New")
    monkeypatch.delitem(Fact.registry, "inn.HouseRenamed")
    delivery = await fed(views, store, region)
    assert delivery.parked == 1 and "unknown fact inn.HouseRenamed" in parking.listed([views])[0]["error"]


async def test_a_copy_that_never_parks_stops_instead_and_goes_on_when_it_can(store, dsn, region):
    view = Fragile()
    views = Views(engine(dsn), [view], never_parks=True)
    store.build(new_id())
    store.build(new_id(), "Bomb")
    delivery = Delivery([ViewsSink(views, region, "inn")], Source(store).pages)
    with pytest.raises(Stopped):
        await delivery.heal()
    assert delivery.stopped and views.positions() == {(region, "inn"): 1}
    view.broken = False
    await delivery.heal()
    assert not delivery.stopped and views.positions() == {(region, "inn"): 2}
    views.engine.dispose()


def rows(views):
    with views.connect() as c:
        return c.execute(Houses.table.select()).all()


def test_a_view_must_say_what_it_folds():
    with pytest.raises(TypeError, match=r"abstract method '?rows"):
        type("Silent", (View,), {})()
