"""Notification log -> JetStream, in blocks: a message is a slice of the log, one event when live, up to 200 when behind.

The stream's own last message is the checkpoint and its sequence is the fence: no outbox table, no position table, no leader.
"""
from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg, StreamConfig
from nats.js.errors import APIError, NotFoundError
from nats.js.errors import Error as JetStreamError

from shared.es import Notification, Store, line, reference
from shared.signing import SIGNATURE, SigningKeys, is_signed
from shared.tracking import ORIGIN, place

__all__ = ["Forked", "Profile", "Relay", "block", "configuration", "start_of_empty", "stream_name", "subject_name"]

log = logging.getLogger("halfsky.relay")
BLOCK, BLOCK_BYTES = 200, 512 * 1024
POLL_SECONDS = 0.5
PUBLISH_SECONDS = 1.0
FORK_SECONDS = 1.0
WRONG_SEQUENCE = 10071
FILL = 0.9  # of a limited stream, when it starts empty: the rest leaves room for headers
Profile = Literal["embedded", "province"]
TROUBLE = (APIError, JetStreamError, nats.errors.Error, OSError, asyncio.TimeoutError)


class Forked(Exception):
    """The log has not the event that was published or applied last: it was restored to an older state, or another one took its place."""


def stream_name(region: str, service: str) -> str:
    return f"es-{region}-{service}"


def subject_name(region: str, service: str) -> str:
    return f"es.{region}.{service}"


def configuration(region: str, service: str, profile: Profile = "embedded") -> StreamConfig:
    """The stream as committed in deploy/nats/stream.json."""
    committed = json.loads((Path(__file__).parent.parent / "deploy" / "nats" / "stream.json").read_text())[profile]
    named = {"name": stream_name(region, service), "subjects": [subject_name(region, service)]}
    made: StreamConfig = StreamConfig.from_response({**committed, **named})
    return made


def block(store: Store, last: str) -> list[Notification]:
    """What follows `last` in the log, up to one block. Forked when the log has not got `last`."""
    position, _ = place(last)
    found = list(store.recorder.select_notifications(position, BLOCK + 1, inclusive_of_start=position > 0))
    if position:
        if not found or reference(found[0]) != last:
            raise Forked(last)
        del found[0]
    size = 0
    for n, notification in enumerate(found[:BLOCK]):
        size += len(notification.state) + 200
        if n and size > BLOCK_BYTES:
            return found[:n]
    return found[:BLOCK]


def start_of_empty(store: Store, max_bytes: int | None) -> str:
    """The reference after which an empty stream starts: where its limit would be filled, else the log's beginning."""
    head = store.recorder.max_notification_id() or 0
    if not max_bytes or max_bytes < 0 or not head:
        return ORIGIN
    size, upper = 0, head
    while upper > 0:
        lower = max(0, upper - 1000)
        page = [n for n in store.recorder.select_notifications(lower, upper - lower, inclusive_of_start=False) if n.id <= upper]
        for n in reversed(page):
            size += len(n.state) + 200
            if size > max_bytes * FILL:
                return reference(n)
        upper = lower
    return ORIGIN


class Relay:
    """Publishes one store's log to its stream. Any number may run: the fence lets one through."""

    def __init__(self, store: Store, nats_url: str, region: str, service: str, keys: SigningKeys, profile: Profile = "embedded") -> None:
        self.store, self.url, self.region, self.service, self.keys, self.profile = store, nats_url, region, service, keys, profile
        self.stream, self.subject = stream_name(region, service), subject_name(region, service)
        self.source = f"{region}/{service}"
        self.forked = False
        self.position = self.blocks = self.events = self.errors = self.races = self.foreign = 0
        self._sequence: int | None = None  # None: ask the stream where it stands
        self._last = ORIGIN
        self._wake = asyncio.Event()

    def gauges(self) -> Iterator[tuple[str, str, Callable[[], float]]]:
        """Name, meaning and reading of what Prometheus should see."""
        yield "halfsky_relay_position", "Log position published last", lambda: self.position
        yield "halfsky_log_head", "Position of the log's last event", lambda: self.store.recorder.max_notification_id() or 0
        yield "halfsky_relay_blocks", "Blocks published since start", lambda: self.blocks
        yield "halfsky_relay_errors", "Failed attempts since start", lambda: self.errors
        yield "halfsky_relay_foreign", "Messages found at the stream's end that this service did not write, and removed", lambda: self.foreign
        yield "halfsky_relay_forked", "1 when the stream is ahead of a log that was put back", lambda: self.forked

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Survives the server's absence, rivals, and the loss of the stream."""
        loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(self._wake.set)

        listeners = self.store.listeners
        listeners.append(wake)
        work = asyncio.create_task(self._work(stop))
        try:
            await stop.wait()
        finally:
            listeners.remove(wake)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _work(self, stop: asyncio.Event) -> None:
        client: Client | None = None
        try:
            client = await nats.connect(self.url, error_cb=self._trouble, name=f"relay-{self.service}", connect_timeout=1,
                                        max_reconnect_attempts=-1, reconnect_time_wait=0.2)
            js = client.jetstream(timeout=PUBLISH_SECONDS)
            while not stop.is_set():  # a cancellation alone may be lost: wait_for of Python 3.11 swallows it when its future is done
                await self._tried(js)
        finally:
            if client:
                await client.close()

    async def _trouble(self, error: Exception) -> None:
        log.warning("relay of %s: %s", self.service, type(error).__name__)  # a refused permission shows up only here

    async def _tried(self, js: JetStreamContext) -> None:
        """One step, and what its failure means."""
        try:
            await self._step(js)
        except Forked:
            if not self.forked:
                log.error("relay of %s stopped: the log has not got %s, published last; run `halfsky recover`", self.service, self._last)
            self.forked, self._sequence = True, None
            await asyncio.sleep(FORK_SECONDS)
        except Exception as error:  # whatever it was, the stream is asked again before anything is published
            self._sequence = None
            if isinstance(error, APIError) and error.err_code == WRONG_SEQUENCE:
                self.races += 1
                await asyncio.sleep(random.uniform(0.05, 0.5))
                return
            self.errors += 1
            if not isinstance(error, TROUBLE):
                log.error("relay of %s: %s", self.service, type(error).__name__)
            await asyncio.sleep(0.2)

    async def _step(self, js: JetStreamContext) -> None:
        if self._sequence is None:
            await self._resume(js)
        self._wake.clear()
        some = await asyncio.to_thread(block, self.store, self._last)
        self.forked = False
        if not some:
            try:
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
            except TimeoutError:
                await js.stream_info(self.stream)  # a stream that vanished while nothing happens is noticed here
            return
        last = reference(some[-1])
        body = b"\n".join(map(line, some))
        signature = self.keys.sign(self.source, self._last, last, body)
        headers = {"Es-Prev": self._last, "Es-Last": last, SIGNATURE: signature, "Nats-Expected-Last-Sequence": str(self._sequence)}
        ack = await js.publish(self.subject, body, timeout=PUBLISH_SECONDS, headers=headers)
        self._sequence, self._last, self.position = ack.seq, last, some[-1].id
        self.blocks += 1
        self.events += len(some)

    async def _resume(self, js: JetStreamContext) -> None:
        """Where the stream stands; a stream that is not there is made from the committed configuration."""
        try:
            info = await js.stream_info(self.stream)
        except NotFoundError:
            info = await js.add_stream(configuration(self.region, self.service, self.profile))
        self._last = await self._own_last(js) or await asyncio.to_thread(start_of_empty, self.store, info.config.max_bytes)
        self._sequence, self.position = info.state.last_seq, place(self._last)[0]

    async def _own_last(self, js: JetStreamContext) -> str:
        """Where the last block ends that this service wrote. "": there is none. What somebody else put behind it is kept in a
        file and taken out of the stream."""
        while True:
            try:
                found = await js.get_last_msg(self.stream, self.subject)
            except NotFoundError:
                return ""
            if await asyncio.to_thread(self._is_own, found):
                return str((found.headers or {})["Es-Last"])
            self.foreign += 1
            log.error("relay of %s: message %s of its stream was not written by this service; removed", self.service, found.seq)
            await asyncio.to_thread(self._keep, found)
            await js.delete_msg(self.stream, found.seq or 0)

    def _is_own(self, found: RawStreamMsg) -> bool:
        """Signed by this service; or, as of before there were signatures, what its log says there."""
        headers, body = found.headers or {}, found.data or b""
        prev, last = headers.get("Es-Prev"), headers.get("Es-Last")
        if not prev or not last:
            return False
        if is_signed(self.keys.public, self.source, prev, last, body, headers.get(SIGNATURE)):
            return True
        lines = body.split(b"\n")
        return lines == [line(n) for n in self.store.recorder.select_notifications(place(prev)[0], len(lines), inclusive_of_start=False)]

    def _keep(self, found: RawStreamMsg) -> None:
        folder = self.keys.folder.parent / "foreign"
        folder.mkdir(mode=0o700, exist_ok=True)
        whole = {"headers": found.headers, "body": (found.data or b"").decode(errors="replace")}
        (folder / f"{self.stream}-{found.seq}.json").write_text(json.dumps(whole))
