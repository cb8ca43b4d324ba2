"""A policy turns each event into its commands once; what a rule refuses becomes work for a person."""
import pytest

from shared import parking
from shared.delivery import Delivery
from shared.es import Event
from shared.fact import Refused, derive, new_id
from shared.marks import ReactionRefused
from shared.sinks import Reactions, ViewsSink, attempt
from shared.view import Views, engine
from tests.views.example import HouseBuilt, Houses
from tests.wire.inn import Inn, Source, inn_of


@pytest.fixture
def branch(home):
    """Another inn, which copies whatever is built."""
    made = inn_of(f"sqlite:///{home}/branch.db")
    yield made
    made.close()


def on(branch: Inn, views: Views, event: Event) -> None:
    match event.fact:
        case HouseBuilt(label="Forbidden"):
            raise Refused("forbidden", "不可以", "this may not be built", field="label")
        case HouseBuilt(label="Twice"):
            attempt(branch, event, "first", lambda: on(branch, views, event_of("Forbidden", event)))
            attempt(branch, event, "second", lambda: copy(branch, event))
        case HouseBuilt():
            assert views.tracked("36", "inn"), "the copies come first"
            copy(branch, event)


def event_of(label: str, e: Event) -> Event:
    return Event(e.stream, e.version, e.name, {**e.data, "label": label}, e.at, e.id, e.meta, e.position)


def copy(branch: Inn, event: Event) -> None:
    branch.build(derive(event.id, "copy"), event.data["label"])


@pytest.fixture
def views(dsn):
    made = Views(engine(dsn), [Houses()])
    yield made
    made.engine.dispose()


def delivery_to(branch: Inn, views: Views, store: Inn) -> Delivery:
    return Delivery([ViewsSink(views, "36", "inn"), Reactions(branch, views, on, "36", "inn")], Source(store).pages)


async def test_each_event_is_reacted_to_once_whatever_is_repeated(store, branch, views):
    store.fill(3)
    await delivery_to(branch, views, store).heal()
    assert len(branch.lines()) == 3
    reactions = Reactions(branch, views, on, "36", "inn")
    with views.engine.connect().execution_options(writes=True) as c, c.begin():  # as after a crash before the place was written
        reactions.tracking.rewind(c, "36", "inn", "0/")
        c.execute(reactions_table().update().where(reactions_table().c.consumer != "inn.policies").values(position=3, event_id=last_id(store)))
    await delivery_to(branch, views, store).heal()
    assert len(branch.lines()) == 3
    caused = [Event.from_line(x).meta for x in branch.lines()]
    assert [m.causation for m in caused] == [str(Event.from_line(x).id) for x in store.lines()] and caused[0].actor == "inn.policies"


def reactions_table():
    from shared.tables import tracking
    return tracking


def last_id(store: Inn) -> str:
    return str(Event.from_line(store.lines()[-1]).id)


async def test_a_refused_reaction_is_a_fact_on_the_work_list_and_never_parked(store, branch, views):
    for label in ("Forbidden", "Twice", "Allowed"):
        store.build(new_id(), label)
    delivery = delivery_to(branch, views, store)
    await delivery.heal()
    facts = [Event.from_line(x).fact for x in branch.lines()]
    refused = [f for f in facts if isinstance(f, ReactionRefused)]
    assert [(f.code, f.policy, f.fact) for f in refused] == [("forbidden", "inn", "inn.HouseBuilt"), ("forbidden", "first", "inn.HouseBuilt")]
    assert [f.label for f in facts if isinstance(f, HouseBuilt)] == ["Twice", "Allowed"]
    assert delivery.parked == 0


async def test_an_event_a_policy_cannot_digest_is_parked_and_can_be_retried(store, branch, views):
    fail = [True]

    def fragile(branch: Inn, views: Views, event: Event) -> None:
        if event.data["label"] == "Bomb" and fail:
            raise ZeroDivisionError
        copy(branch, event)

    store.build(new_id(), "Bomb")
    store.build(new_id(), "Fine")
    reactions = Reactions(branch, views, fragile, "36", "inn")
    await Delivery([reactions], Source(store).pages).heal()
    assert len(branch.lines()) == 1 and parking.listed([reactions])[0]["error"] == "ZeroDivisionError"
    assert parking.retry_all(reactions) == 0
    fail.clear()
    assert parking.retry_all(reactions) == 1 and len(branch.lines()) == 2 and parking.listed([reactions]) == []
