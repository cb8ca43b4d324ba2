"""The stream is a copy of the log, whatever happens to server, rivals or stream."""
import asyncio
from uuid import uuid4

import pytest

from deploy.servers import Nats
from shared.fact import new_id
from shared.relay import Relay, configuration, start_of_empty, stream_name
from tests.wire.inn import KEYS, inn_of, jetstream, published, running, until


@pytest.fixture
def region() -> str:
    return uuid4().hex[:8]


async def test_a_relay_publishes_what_is_saved_at_once_and_what_was_saved_before_in_blocks(dsn, nats, region):
    store = inn_of(dsn)
    await asyncio.to_thread(store.fill, 450)
    relay = Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay), jetstream(nats.url) as js:
        await until(lambda: relay.position == 450)
        assert relay.blocks == 3
        store.build(new_id())
        await until(lambda: relay.position == 451, 2)
        assert await published(js, region) == store.lines()
        assert (await js.stream_info(stream_name(region, "inn"))).config.max_age in (0, None)
        message = await js.get_msg(stream_name(region, "inn"), 4)
        assert message.headers["Es-Last"].startswith("451/") and message.headers["Es-Prev"].startswith("450/")
    store.close()


async def test_two_rival_relays_and_kill_9_of_the_server_leave_a_stream_identical_to_the_log(home, tmp_path, region):
    store = inn_of(f"sqlite:///{home}/inn.db")
    with Nats(tmp_path / "own-nats") as server:
        rivals = [Relay(store, server.url, region, "inn", KEYS) for _ in range(2)]
        async with running(*rivals), jetstream(server.url) as js:
            for _ in range(3):
                for _ in range(40):
                    await asyncio.to_thread(store.build, new_id())
                await asyncio.to_thread(server.kill)
                for _ in range(10):
                    await asyncio.to_thread(store.build, new_id())
                await asyncio.to_thread(server.start)
            await until(lambda: max(r.position for r in rivals) == 150)
            assert await published(js, region) == store.lines()
            assert all(r.blocks for r in rivals) or sum(r.races for r in rivals) >= 0
    store.close()


async def test_a_vanished_stream_is_made_again_from_the_committed_configuration_and_refilled(home, nats, region):
    store = inn_of(f"sqlite:///{home}/inn.db")
    store.fill(250)
    relay = Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay), jetstream(nats.url) as js:
        await until(lambda: relay.position == 250)
        await js.delete_stream(stream_name(region, "inn"))
        await until(lambda: relay.events == 500, 5)
        assert await published(js, region) == store.lines()
    store.close()


async def test_a_purged_stream_is_refilled_too(home, nats, region):
    store = inn_of(f"sqlite:///{home}/inn.db")
    store.fill(30)
    async with jetstream(nats.url) as js:
        relay = Relay(store, nats.url, region, "inn", KEYS)
        async with running(relay):
            await until(lambda: relay.events == 30)
        await js.purge_stream(stream_name(region, "inn"))
        again = Relay(store, nats.url, region, "inn", KEYS)
        async with running(again):
            await until(lambda: again.events == 30)
        assert await published(js, region) == store.lines()
    store.close()


async def test_a_relay_stops_when_the_log_was_put_back_to_an_older_state(home, nats, region):
    store, older = inn_of(f"sqlite:///{home}/inn.db"), inn_of(f"sqlite:///{home}/older.db")
    store.fill(20)
    older.recorder.restore(list(store.recorder.pages())[:15])
    async with running(relay := Relay(store, nats.url, region, "inn", KEYS)):
        await until(lambda: relay.position == 20)
    async with running(relay := Relay(older, nats.url, region, "inn", KEYS)), jetstream(nats.url) as js:
        await until(lambda: relay.forked)
        older.fill(10)
        await asyncio.sleep(0.3)
        assert relay.blocks == 0 and dict((n, read()) for n, _, read in relay.gauges())["halfsky_relay_forked"]
        assert await published(js, region) == store.lines()
    store.close()
    older.close()


async def test_a_log_that_is_put_back_under_a_running_relay_is_noticed_before_the_next_block(home, nats, region):
    store, older = inn_of(f"sqlite:///{home}/inn.db"), inn_of(f"sqlite:///{home}/older.db")
    store.fill(20)
    older.recorder.restore(list(store.recorder.pages())[:15])
    relay = Relay(store, nats.url, region, "inn", KEYS)
    async with running(relay):
        await until(lambda: relay.position == 20)
        relay.store = older
        older.fill(10)
        await until(lambda: relay.forked)
        assert relay.position == 20
    store.close()
    older.close()


def test_an_empty_stream_starts_where_its_limit_would_be_filled(home):
    store = inn_of(f"sqlite:///{home}/inn.db")
    store.fill(3000)
    size = sum(map(len, store.lines())) + 3000 * 10
    assert start_of_empty(store, -1) == "0/"
    assert start_of_empty(store, size * 2) == "0/"
    assert 1300 < int(start_of_empty(store, size // 2).split("/")[0]) < 1900
    assert configuration("36", "inn", "province").max_bytes
    store.close()
