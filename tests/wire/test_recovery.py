"""A log that was put back to an older state is found out, made whole from the stream, or its loss acknowledged; nothing is skipped silently."""
import asyncio

import pytest
import sqlalchemy as sa

from shared.delivery import Delivery, Forked
from shared.fact import Refused, new_id
from shared.marks import LogForked
from shared.recovery import recover, verify
from shared.relay import Relay, stream_name, subject_name
from shared.sinks import ViewsSink
from shared.view import Views
from tests.views.example import Houses
from tests.wire.inn import KEYS, Inn, Source, feed_of, forged, inn_of, jetstream, parsed, published, running, until


@pytest.fixture
def older(home):
    """The same service's log, as it will be put back."""
    made = inn_of(f"sqlite:///{home}/older.db")
    yield made
    made.close()


async def live(store: Inn, views: Views, url: str, region: str, position: int) -> None:
    """Publish and apply the whole log."""
    feed, relay = feed_of(region, views, Source(store), url), Relay(store, url, region, "inn", KEYS)
    async with running(relay, feed):
        await until(lambda: relay.position == position and views.positions().get((region, "inn")) == position)


async def test_a_log_without_its_tail_is_a_fork_for_the_feed_until_the_tail_is_copied_back(store, older, views, nats, region):
    store.fill(30)
    older.recorder.restore(list(store.recorder.pages())[:20])
    await live(store, views, nats.url, region, 30)
    feed, relay = feed_of(region, views, Source(older), nats.url), Relay(older, nats.url, region, "inn", KEYS)
    async with running(relay, feed), jetstream(nats.url) as js:
        await until(lambda: feed.forked and relay.forked)
        assert not feed.ready
        assert "is not what the log has at its end" in (await verify(older, js, region, "inn"))[0]
        assert (await recover(older, js, region, "inn", KEYS)).restored == 10
        assert older.lines() == store.lines()
        older.fill(1)
        await until(lambda: relay.position == 31, 8)
        await until(lambda: feed.ready and views.positions()[(region, "inn")] == 31)
        assert await verify(older, js, region, "inn", views) == []
        assert (await recover(older, js, region, "inn", KEYS)).restored == 0


async def test_a_log_that_went_on_differently_is_refused_until_the_loss_is_acknowledged(store, older, views, nats, region):
    ids = store.fill(30)
    older.recorder.restore(list(store.recorder.pages())[:20])
    store.rename(ids[0], "Lost")
    await live(store, views, nats.url, region, 31)
    older.fill(5)
    feed, relay = feed_of(region, views, Source(older), nats.url), Relay(older, nats.url, region, "inn", KEYS)
    async with running(relay, feed), jetstream(nats.url) as js:
        await until(lambda: feed.forked and relay.forked)
        with pytest.raises(Refused, match="log_forked"):
            await recover(older, js, region, "inn", KEYS)
        assert await published(js, region) == store.lines() and len(older.lines()) == 25
        done = await recover(older, js, region, "inn", KEYS, acknowledge="the standby was promoted without its last events")
        assert len(done.lost) == 11 and done.common.startswith("20/")
        assert views.rewind(region, "inn", 20) == 11
        await until(lambda: relay.position == 26 and views.positions()[(region, "inn")] == 26, 8)
        await until(lambda: feed.ready)
        assert await verify(older, js, region, "inn", views) == []
        assert older.lines()[-1].find(LogForked.NAME.encode()) > 0
        with views.connect() as c:
            assert c.scalar(sa.select(sa.func.count()).select_from(Houses.table).where(Houses.table.c.label == "Lost")) == 0


async def test_a_block_of_another_log_is_a_fork_wherever_it_meets_what_was_applied(store, older, views, region):
    ids = store.fill(10)
    older.recorder.restore(list(store.recorder.pages())[:6])
    older.fill(6)
    lines, others = store.lines(), older.lines()
    refs, strange = (["0/", *(e.reference for e in parsed(some))] for some in (lines, others))
    delivery = Delivery([ViewsSink(views, region, "inn")], Source(store).pages)
    await delivery.block(refs[0], refs[10], b"\n".join(lines))
    for start, end in ((10, 12), (8, 12), (8, 9)):  # after it, across it, long before it
        with pytest.raises(Forked):
            await delivery.block(strange[start], strange[end], b"\n".join(others[start:end]))
    store.rename(ids[0], "Own")
    await delivery.heal()
    assert views.positions() == {(region, "inn"): 11} and views.verify() == [] and delivery.forked is None


async def test_a_stream_that_does_not_reach_back_to_the_log_cannot_restore_it(store, older, nats, region):
    store.fill(450)
    async with running(relay := Relay(store, nats.url, region, "inn", KEYS)), jetstream(nats.url) as js:
        await until(lambda: relay.position == 450)
        await js.purge_stream(stream_name(region, "inn"), seq=3)
        with pytest.raises(Refused, match="stream_too_short"):
            await recover(older, js, region, "inn", KEYS)
    assert older.lines() == []


async def test_verify_finds_a_changed_event_a_missing_block_and_a_changed_row(store, views, home, nats, region):
    store.fill(250)
    await live(store, views, nats.url, region, 250)
    async with jetstream(nats.url) as js:
        assert await verify(store, js, region, "inn", views) == []
        with views.engine.connect().execution_options(writes=True) as c, c.begin():
            stream = c.scalar(sa.select(Houses.table.c.stream).limit(1))
            c.execute(sa.update(Houses.table).where(Houses.table.c.stream == stream).values(label="Forged"))
        [found] = await verify(store, js, region, "inn", views)
        assert found.startswith("houses_v1: rows of ")
        views.rebuild(views.views[0])
        assert await verify(store, js, region, "inn", views) == []
        other = inn_of(f"sqlite:///{home}/other.db")
        pages = list(store.recorder.pages())
        changed = pages[99].__class__(id=100, originator_id=pages[99].originator_id, originator_version=1, topic=pages[99].topic,
                                      state=pages[99].state.replace(b"Inn", b"Out"))
        other.recorder.restore([*pages[:99], changed, *pages[100:]])
        [found] = await verify(other, js, region, "inn")
        assert "is not what the log has at 100" in found
        other.close()
        store.build(new_id())
        assert await verify(store, js, region, "inn") == [f"{stream_name(region, 'inn')}: ends at 250, the log at 251"]
        await js.delete_msg(stream_name(region, "inn"), 1)
        await asyncio.sleep(0)
        assert len(await verify(store, js, region, "inn")) == 1


async def test_what_somebody_else_put_into_the_stream_is_never_put_into_the_log(store, older, views, nats, region):
    store.fill(30)
    older.recorder.restore(list(store.recorder.pages())[:20])
    await live(store, views, nats.url, region, 30)
    headers, body = forged(region, store, "Intruder's Arms")
    async with jetstream(nats.url) as js:
        await js.publish(subject_name(region, "inn"), body, headers=headers)
        with pytest.raises(Refused, match="stream_foreign"):
            await recover(older, js, region, "inn", KEYS)
        assert older.lines() == store.lines()[:20]
        async with running(relay := Relay(older, nats.url, region, "inn", KEYS)):
            await until(lambda: relay.foreign == 1 and relay.forked)
        assert (await recover(older, js, region, "inn", KEYS)).restored == 10 and older.lines() == store.lines()
        [kept] = (KEYS.folder.parent / "foreign").glob(f"*{region}*.json")
        assert "Intruder's Arms" in kept.read_text()
