"""Every event reaches the views once and in order, whatever the stream does to its messages."""
import asyncio

import pytest
import sqlalchemy as sa

from shared.fact import new_id
from shared.recovery import verify
from shared.relay import Relay, stream_name, subject_name
from shared.signing import SIGNATURE, PublishedKeys, SigningKeys
from shared.single import Single
from shared.view import Views
from tests.views.example import Houses
from tests.wire.inn import KEYS, Source, feed_of, forged, jetstream, running, until


def labels(views: Views) -> list[str]:
    with views.connect() as c:
        return sorted(c.scalars(sa.select(Houses.table.c.label)))


async def test_a_save_is_in_the_views_at_once(store, source, views, nats, region):
    store.fill(30)
    feed, relay = feed_of(region, views, source, nats.url), Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay, feed):
        await until(lambda: views.positions().get((region, "inn")) == 30)
        await until(lambda: feed.age < 5)
        asked = len(source.asked)
        for n in range(20):
            done = store.build(new_id(), f"house {n}")
            assert await asyncio.to_thread(views.wait, {(region, "inn"): done.position}, 2)
        assert len(source.asked) - asked <= 1, "the stream brings them, not the pages"
        assert len(labels(views)) == 50 and feed.lag == 0 and feed.ready
        assert views.verify() == []


async def test_a_feed_that_fell_behind_while_it_runs_takes_pages_instead_of_block_after_block(store, source, views, nats, region, monkeypatch):
    feed, relay = feed_of(region, views, source, nats.url, ask_seconds=60), Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay, feed):
        await until(lambda: feed._subscriber and feed.age < 60)
        applied, apply = list[int](), views.apply

        def counted(region, service, prev, some):
            applied.append(len(some))
            apply(region, service, prev, some)

        monkeypatch.setattr(views, "apply", counted)
        async with feed.delivery._lock:  # it is busy
            for n in range(60):
                store.build(new_id(), f"house {n}")
                await until(lambda: relay.position == store.recorder.max_notification_id())
        await until(lambda: views.positions().get((region, "inn")) == 60)
        assert sum(applied) == 60 and len(applied) < 20, "most of them by the page"
        assert len(labels(views)) == 60 and views.verify() == [] and feed.delivery.gaps == 0


async def test_a_gap_is_healed_from_the_log_and_duplicates_are_skipped(store, source, views, nats, region):
    store.fill(10)
    relay = Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay):
        await until(lambda: relay.position == 10)
        feed = feed_of(region, views, source, nats.url, ask_seconds=60)
        async with running(feed), jetstream(nats.url) as js:
            await until(lambda: views.positions().get((region, "inn")) == 10 and feed.delivery.blocks == 1)
            first = await js.get_msg(stream_name(region, "inn"), 1)
            for _ in range(3):  # the same block again, by hand
                await js.publish(subject_name(region, "inn"), first.data, headers={k: first.headers[k] for k in ("Es-Prev", "Es-Last", SIGNATURE)})
            await until(lambda: feed.delivery.blocks >= 4)
            gaps = feed.delivery.gaps
            store.fill(5)  # our publishing moved the stream: the relay asks it anew and goes on after its last block
            await until(lambda: views.positions()[(region, "inn")] == 15)
            lines = store.lines()
            prev, last, body = f"13/{_id(lines[12])}", f"15/{_id(lines[14])}", b"\n".join(lines[13:])
            message = {"Es-Prev": prev, "Es-Last": last, SIGNATURE: KEYS.sign(f"{region}/inn", prev, last, body)}
            await js.publish(subject_name(region, "inn"), body, headers=message)
            await until(lambda: feed.delivery.blocks >= 6)
            assert len(labels(views)) == 15 and views.verify() == [] and feed.delivery.gaps >= gaps and feed.ready


@pytest.mark.parametrize("signing", ["nobody", "another key", "another place"])
async def test_a_block_that_the_owner_did_not_sign_changes_nothing_and_stops_nothing(store, source, views, nats, region, home, signing):
    store.fill(3)
    relay, feed = Relay(store, nats.url, region, "inn", KEYS), feed_of(region, views, source, nats.url)
    async with running(relay, feed), jetstream(nats.url) as js:
        await until(lambda: views.positions().get((region, "inn")) == 3 and feed._subscriber and relay.position == 3)
        headers, body = forged(region, store, "Intruder's Arms")
        intruder = {"nobody": None, "another key": SigningKeys(home / "intruder"), "another place": KEYS}[signing]
        if intruder:
            source_name = f"{region}/inn" if signing == "another key" else f"{region}/org"
            headers[SIGNATURE] = intruder.sign(source_name, headers["Es-Prev"], headers["Es-Last"], body)
        await js.publish(subject_name(region, "inn"), body, headers=headers)
        await until(lambda: feed.foreign == 1)
        store.fill(2)
        await until(lambda: views.positions()[(region, "inn")] == 5)
        assert "Intruder's Arms" not in labels(views) and views.verify() == [] and feed.ready
        await until(lambda: relay.foreign == 1 and relay.position == 5)
        assert await verify(store, js, region, "inn") == []


async def test_a_new_key_signs_and_the_old_one_is_believed_until_its_file_is_gone(home):
    block = ("36/inn", "1/a", "2/b", b"body")
    old = SigningKeys(home / "signing")
    old.rotate()
    new = SigningKeys(home / "signing")

    async def published() -> dict[str, str]:
        return SigningKeys(home / "signing").published()

    both = PublishedKeys("36/inn", published)
    assert old.sign(*block) != new.sign(*block)
    assert await both.signed(*block[1:], old.sign(*block)) and await both.signed(*block[1:], new.sign(*block))
    (home / "signing" / "1.pem").unlink()
    after = PublishedKeys("36/inn", published)
    assert not await after.signed(*block[1:], old.sign(*block)) and await after.signed(*block[1:], new.sign(*block))
    assert all((home / "signing" / name).stat().st_mode & 0o077 == 0 for name in ("2.pem", "."))


def _id(line: bytes) -> str:
    from shared.es import Event
    return str(Event.from_line(line).id)


async def test_blocks_in_any_order_or_twice_give_the_log(store, source, views, region):
    ids = store.fill(40)
    for id in ids[:20]:
        store.rename(id, "New")
    lines = store.lines()
    from shared.delivery import Delivery
    from shared.es import Event
    from shared.sinks import ViewsSink
    delivery = Delivery([ViewsSink(views, region, "inn")], source.pages)
    refs = ["0/", *(Event.from_line(x).reference for x in lines)]
    for start, end in [(10, 20), (0, 10), (0, 60), (30, 41), (50, 60), (25, 45)]:
        await delivery.block(refs[start], refs[end], b"\n".join(lines[start:end]))
    assert delivery.gaps == 1 and views.positions() == {(region, "inn"): 60}
    assert views.verify() == [] and len(labels(views)) == 80


async def test_a_vanished_stream_and_a_vanished_durable_are_noticed_and_nothing_is_lost(store, source, views, nats, region):
    store.fill(20)
    feed, relay = feed_of(region, views, source, nats.url, ask_seconds=60), Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay, feed), jetstream(nats.url) as js:
        await until(lambda: views.positions().get((region, "inn")) == 20 and feed._subscriber)
        await until(lambda: feed.delivery.blocks > 0)
        await js.delete_consumer(stream_name(region, "inn"), "reader")
        store.fill(1)
        await until(lambda: views.positions()[(region, "inn")] == 21)
        before = labels(views)
        await js.delete_stream(stream_name(region, "inn"))
        await until(lambda: relay.events >= 41)
        await until(lambda: feed.restarts >= 2 and feed._subscriber)
        assert labels(views) == before
        store.fill(1)
        await until(lambda: views.positions()[(region, "inn")] == 22)
        assert views.verify() == []


async def test_without_nats_the_pages_keep_the_views_moving(store, source, views, nats, region):
    feed = feed_of(region, views, source, "nats://127.0.0.1:9", ask_seconds=0.2)
    async with running(feed):
        store.fill(3)
        await until(lambda: views.positions().get((region, "inn")) == 3 and feed.age < 5)


async def test_a_source_that_is_down_makes_the_copy_grow_old(store, source, views, nats, region):
    source.down = True
    feed = feed_of(region, views, source, nats.url)
    async with running(feed):
        await asyncio.sleep(0.5)
        assert feed.age == float("inf")
        source.down = False
        await until(lambda: feed.age < 1)


async def test_only_the_process_that_holds_the_lock_applies_and_the_next_takes_over(store, views, dsn, nats, region):
    store.fill(5)
    feeds = [feed_of(region, views, Source(store), nats.url, lock=Single(dsn, f"reader-{region}-inn")) for _ in range(2)]
    async with running(feeds[1]):
        await until(lambda: feeds[1]._subscriber or views.positions())
        async with running(feeds[0]):
            await asyncio.sleep(0.6)
            assert feeds[0].delivery.blocks == 0 and not feeds[0].delivery.started
    async with running(feeds[0]):
        store.fill(1)
        await until(lambda: views.positions().get((region, "inn")) == 6)
