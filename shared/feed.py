"""JetStream blocks or pages of the log -> the sinks of one consuming process; watches progress, not the connection."""
from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import nats.errors
import nats.js.errors
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.js.api import ConsumerConfig, ConsumerInfo, DeliverPolicy

from shared.delivery import Delivery, Forked, Sink, Stopped
from shared.relay import stream_name, subject_name
from shared.signing import SIGNATURE, PublishedKeys
from shared.single import Single
from shared.tracking import place

__all__ = ["Feed", "Forked", "Head", "Pages", "Sink", "Stopped"]

log = logging.getLogger("halfsky.feed")
ACK_SECONDS = 3
BACKLOG = 50  # messages: with more waiting, the log's pages are the shorter way
BEHIND = 10  # messages: with more waiting while the feed runs, one page is applied at once instead of many blocks
STALL_SECONDS = 10.0
KEEP_SECONDS = 0.5  # after that another process, too, knows how far this one has passed over what concerns nobody
Pages = Callable[[int, int], Awaitable[Sequence[bytes]]]
Head = Callable[[], Awaitable[int]]


async def _raw(message: NatsMessage) -> bytes:
    return message.body


class Feed:
    """One source's events to the sinks of one consuming process. `lock` keeps other processes of the same consumer waiting.

    `pages(after, limit)` gives lines of the source's log after a position, `head()` the position of its last event; `keys` are those that the
    source signs its blocks with: others are passed over.
    """

    def __init__(self, region: str, service: str, consumer: str, sinks: Sink | Sequence[Sink], pages: Pages, head: Head, keys: PublishedKeys,
                 nats_url: str, lock: Single | None = None, watch_seconds: float = 1.0, ask_seconds: float = 5.0) -> None:
        self.region, self.service, self.consumer = region, service, consumer.replace(".", "-")
        self.delivery = Delivery(list(sinks) if isinstance(sinks, Sequence) else [sinks], pages)
        self.head, self.keys, self.url, self.lock = head, keys, nats_url, lock
        self.watch_seconds, self.ask_seconds = watch_seconds, ask_seconds
        self.stream, self.subject = stream_name(region, service), subject_name(region, service)
        self.source_head = 0
        self.errors = self.restarts = self.foreign = 0
        self._broker: NatsBroker | None = None
        self._subscriber: Any = None
        self._mine = False  # no other process applies
        self._look = asyncio.Event()
        self._level_at = float("-inf")
        self._asked: tuple[int, float] | None = None  # a head not reached yet, and when it was the head
        self._progress = (-1, 0.0)

    # -- what others see ---------------------------------------------------------------------------------------------
    @property
    def forked(self) -> bool:
        return self.delivery.forked is not None

    @property
    def ready(self) -> bool:
        """False on a fork, or when a sink that never parks was stopped by an event."""
        return self.delivery.forked is None and self.delivery.stopped is None

    @property
    def lag(self) -> int:
        """Positions behind the source's head, as last asked."""
        return max(0, self.source_head - self.delivery.position)

    @property
    def age(self) -> float:
        """Seconds since this was last known to be level with the source's head."""
        self._reached()
        return time.monotonic() - self._level_at

    def gauges(self) -> Iterator[tuple[str, str, Callable[[], float]]]:
        """Name, meaning and reading of what Prometheus should see; to be labelled with source and consumer."""
        yield "halfsky_feed_position", "Log position applied last", lambda: self.delivery.position
        yield "halfsky_feed_lag", "Positions behind the source's head", lambda: self.lag
        yield "halfsky_feed_age_seconds", "Seconds since known to be level with the source", lambda: self.age
        yield "halfsky_feed_blocks", "Blocks received since start", lambda: self.delivery.blocks
        yield "halfsky_feed_gaps", "Gaps healed from pages since start", lambda: self.delivery.gaps
        yield "halfsky_feed_parked", "Events set aside since start", lambda: self.delivery.parked
        yield "halfsky_feed_errors", "Failed deliveries since start", lambda: self.errors
        yield "halfsky_feed_restarts", "Subscriptions made anew since start", lambda: self.restarts
        yield "halfsky_feed_foreign", "Blocks passed over that the source did not sign, since start", lambda: self.foreign
        yield "halfsky_feed_forked", "1 when what was applied is not in the source's log", lambda: self.forked

    # -- running -----------------------------------------------------------------------------------------------------
    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`."""
        rounds = ((self._follow, self.watch_seconds), (self._ask, self.ask_seconds), (self._keep, KEEP_SECONDS))
        work = [asyncio.create_task(self._forever(step, seconds, stop)) for step, seconds in rounds]
        try:
            await stop.wait()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._unsubscribe()
            await asyncio.gather(self._keep(), return_exceptions=True)  # what could not be written is passed over again
            if self.lock:
                await self.lock.give()

    async def _forever(self, step: Callable[[], Awaitable[None]], seconds: float, stop: asyncio.Event) -> None:
        while not stop.is_set():  # a cancellation alone may be lost: wait_for of Python 3.11 swallows it when its future is done
            again = seconds
            try:
                await step()
            except Exception as error:  # the next round tries again; the kind only: a text may hold personal values
                self.errors += 1
                log.warning("feed %s of %s: %s", self.consumer, self.service, type(error).__name__)
                again = self.watch_seconds  # soon: until the head is known, nobody may approve
            if stop.is_set():
                return
            if step == self._follow:
                self._look.clear()
                try:
                    await asyncio.wait_for(self._look.wait(), seconds)
                except TimeoutError:
                    continue
            else:
                await asyncio.sleep(again)

    async def _follow(self) -> None:
        """One round of the keeper: hold the lock, be subscribed, and see that the subscription moves."""
        if self.lock and not await self.lock.held() and not await self.lock.take():
            self._mine = False
            await self._unsubscribe()
            return
        self._mine = True
        if not self.ready:
            await self._unsubscribe()
            await self._heal()  # succeeds once the log was put right, or the event can be applied
        if self._subscriber is None:
            if self.delivery.started:
                self.restarts += 1
            await self._heal_if_possible()
            await self._subscribe()
        elif not await self._moves():
            log.warning("feed %s of %s: subscription or durable gone or stuck, made anew", self.consumer, self.service)
            await self._unsubscribe()
            self._look.set()

    async def _heal(self) -> None:
        try:
            await self.delivery.heal()
        except (Forked, Stopped) as error:
            self._alarm(error)
            raise

    async def _heal_if_possible(self) -> None:
        """The source may be down; then what the stream has is what there is."""
        try:
            await self._heal()
        except (Forked, Stopped):
            raise
        except Exception as error:
            log.warning("feed %s: pages of %s: %s", self.consumer, self.service, type(error).__name__)

    def _alarm(self, error: Exception) -> None:
        what = "forked: run `halfsky recover`" if isinstance(error, Forked) else "stopped by an event it may not set aside"
        log.error("feed %s of %s %s (%s)", self.consumer, self.service, what, error)

    # -- the subscription ----------------------------------------------------------------------------------------------
    async def _subscribe(self) -> None:
        broker = NatsBroker(self.url, error_cb=self._trouble, logger=None, connect_timeout=1, max_reconnect_attempts=-1,
                            name=f"feed-{self.consumer}-{self.service}")
        # LAST: what came before was read from pages, and what is missing all the same shows as a gap
        config = ConsumerConfig(max_ack_pending=1, ack_wait=ACK_SECONDS, deliver_policy=DeliverPolicy.LAST)
        subscriber = broker.subscriber(
            self.subject, stream=JStream(self.stream, declare=False), durable=self.consumer, config=config,  # declare=True rewrites streams
            pull_sub=PullSub(batch_size=1, timeout=ACK_SECONDS), ack_policy=AckPolicy.NACK_ON_ERROR, decoder=_raw)
        subscriber(self._handle)
        self._broker, self._subscriber = broker, subscriber
        async with AsyncExitStack() as half_done:
            half_done.push_async_callback(self._unsubscribe)
            async with asyncio.timeout(3):
                await broker.connect()
            info = await self._info(broker)
            if info and (info.num_pending or 0) > BACKLOG:
                await self._js(broker).delete_consumer(self.stream, self.consumer)
            async with asyncio.timeout(3):  # not wait_for: when the feed is stopped meanwhile, nobody would hear how its task ended
                await broker.start()
            half_done.pop_all()
        self._progress = (-1, 0.0)

    async def _unsubscribe(self) -> None:
        broker, self._broker, self._subscriber = self._broker, None, None
        if broker:
            try:
                async with asyncio.timeout(2):
                    await broker.stop()
            except (TimeoutError, nats.errors.Error) as error:
                log.info("feed %s: %s while leaving", self.consumer, type(error).__name__)

    @staticmethod
    def _js(broker: NatsBroker) -> Any:
        return broker.config.connection_state.stream

    async def _info(self, broker: NatsBroker) -> ConsumerInfo | None:
        try:
            info: ConsumerInfo = await self._js(broker).consumer_info(self.stream, self.consumer, timeout=1)
        except nats.js.errors.NotFoundError:
            return None
        return info

    async def _moves(self) -> bool:
        """Whether stream and durable are there and what waits is being handled."""
        assert self._broker
        try:
            info = await self._info(self._broker)
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError):
            return True  # the server is away: the client reconnects by itself
        if info is None:
            return False
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        if not waiting or self._progress[0] != self.delivery.blocks:
            self._progress = self.delivery.blocks, time.monotonic()
        return time.monotonic() - self._progress[1] < STALL_SECONDS

    async def _trouble(self, error: Exception) -> None:
        log.info("feed %s of %s: %s", self.consumer, self.service, type(error).__name__)

    async def _handle(self, message: NatsMessage) -> None:
        try:
            prev, last = message.headers.get("Es-Prev", ""), message.headers.get("Es-Last", "")
            if not await self.keys.signed(prev, last, message.body, message.headers.get(SIGNATURE)):
                self.foreign += 1  # acknowledged: what is missing then shows as a gap, and is read from the log
                log.error("feed %s of %s: a block that the source did not sign was passed over", self.consumer, self.service)
                return
            new = place(last)[0] > self.delivery.position
            await self.delivery.block(prev, last, message.body)
            if new and message.raw_message.metadata.num_pending > BEHIND:
                await self._heal_if_possible()
        except (Forked, Stopped) as error:
            self._alarm(error)
            self._look.set()
            await asyncio.sleep(1)
            raise
        except Exception as error:
            self.errors += 1
            log.warning("feed %s of %s: %s", self.consumer, self.service, type(error).__name__)
            await asyncio.sleep(0.3)  # or the redelivery comes at once, again and again
            raise

    async def _keep(self) -> None:
        if self._mine:
            await self.delivery.keep()

    # -- the head ------------------------------------------------------------------------------------------------------
    async def _ask(self) -> None:
        """Ask the source's head: it tells lag and age, and finds what the stream does not bring (or a log that went back)."""
        asked = time.monotonic()
        self.source_head = await self.head()
        position = await self.delivery.refresh()
        self._reached()
        overdue = self._asked is not None
        self._asked = self._asked or (self.source_head, asked)
        self._reached()
        if self._mine and (self.source_head < position or (overdue and self._asked is not None)):
            await self._heal()

    def _reached(self) -> None:
        if self._asked and self.delivery.position >= self._asked[0]:
            self._level_at, self._asked = self._asked[1], None
