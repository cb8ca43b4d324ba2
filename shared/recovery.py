"""When the log and its stream disagree: puts a restored log's missing tail back, and proves that stream, log and views are one."""
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

import orjson
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RawStreamMsg
from nats.js.errors import NotFoundError

from shared.es import Notification, Store, line, reference
from shared.fact import Refused, new_id
from shared.marks import LogForked, record
from shared.relay import stream_name, subject_name
from shared.signing import SIGNATURE, SigningKeys, is_signed
from shared.tracking import ORIGIN, place
from shared.view import Views

__all__ = ["Recovered", "recover", "verify"]

PAGE = 200


@dataclass(frozen=True)
class Recovered:
    """`restored` events were put back; or, acknowledged, `lost` lines stay out of the log and consumers must rewind to `common`."""

    restored: int
    common: str
    lost: tuple[bytes, ...] = ()


async def recover(store: Store, js: JetStreamContext, region: str, service: str, keys: SigningKeys, acknowledge: str = "") -> Recovered:
    """Copy what the stream has beyond the log, signed by the service, back into the log at its positions. When it has gone on differently:
    Refused, or with `acknowledge` (why) an `es.LogForked` is recorded and the stream removed, for the relay to fill anew from the log."""
    stream = stream_name(region, service)
    lost: list[bytes] = []  # newest first
    common, first = ORIGIN, ORIGIN
    async for message in _backwards(js, stream):
        for text in reversed(_lines(message)):
            if _in_log(store, text):
                common = _reference(text)
                break
            if not _signed(message, keys, f"{region}/{service}"):
                raise Refused("stream_foreign", "流中第 {sequence} 条消息不是本服务写入的：不能恢复到日志，请先启动该服务清除，再重试",
                              "message {sequence} of the stream was not written by this service and is not put into its log: start the service, "
                              "which takes it out, then try again", field="stream", sequence=message.seq)
            lost.append(text)
        first = _header(message, "Es-Prev")
        if common != ORIGIN:
            break
    if common == ORIGIN and first != ORIGIN:
        common = first if _has(store, first) else _refuse_unreachable(first)
    lost.reverse()
    if not lost:
        return Recovered(0, common)
    if (store.recorder.max_notification_id() or 0) <= place(common)[0]:
        store.recorder.restore([_notification(text) for text in lost])
        return Recovered(len(lost), common)
    if not acknowledge:
        raise Refused("log_forked", "日志在 {at} 之后与已发布的事件不同：{lost} 个已发布的事件不在日志中。请核对，然后说明原因予以确认",
                      "after {at} the log differs from what was published, {lost} published events are missing: check, and acknowledge it",
                      field="log", at=common, lost=len(lost))
    await js.delete_stream(stream)
    first_lost, last_lost = _reference(lost[0]), _reference(lost[-1])
    record(store, new_id(), LogForked(common=common, lost=len(lost), first_lost=first_lost, last_lost=last_lost, why=acknowledge))
    return Recovered(0, common, tuple(lost))


async def _backwards(js: JetStreamContext, stream: str) -> AsyncIterator[RawStreamMsg]:
    """Its messages, newest first; none where there is no stream."""
    try:
        state = (await js.stream_info(stream)).state
    except NotFoundError:
        return
    for sequence in range(state.last_seq, state.first_seq - 1, -1):
        try:
            yield await js.get_msg(stream, sequence)
        except NotFoundError:  # taken out: it was not this service's
            continue


def _refuse_unreachable(first: str) -> str:
    raise Refused("stream_too_short", "流从 {first} 之后开始，日志中没有该事件：缺失部分无法从流中恢复，请改用备份",
                  "the stream begins after {first}, which the log has not got: not all that is missing is there, use a newer backup",
                  field="log", first=first)


def _lines(message: RawStreamMsg) -> list[bytes]:
    return (message.data or b"").split(b"\n")


def _signed(message: RawStreamMsg, keys: SigningKeys, source: str) -> bool:
    prev, last = _header(message, "Es-Prev"), _header(message, "Es-Last")
    return is_signed(keys.public, source, prev, last, message.data or b"", (message.headers or {}).get(SIGNATURE))


def _header(message: RawStreamMsg, name: str) -> str:
    return str((message.headers or {})[name])


def _reference(text: bytes) -> str:
    d = orjson.loads(text)
    return f"{d['position']}/{d['state']['body']['id']}"


def _notification(text: bytes) -> Notification:
    """The event as it was stored, byte for byte."""
    d = orjson.loads(text)
    state = text[text.index(b'"state":') + 8:-1]
    return Notification(id=d["position"], originator_id=UUID(d["stream"]), originator_version=d["version"], topic=d["fact"], state=state)


def _has(store: Store, at: str) -> bool:
    found = store.recorder.select_notifications(place(at)[0], 1)
    return bool(found) and reference(found[0]) == at


def _in_log(store: Store, text: bytes) -> bool:
    found = store.recorder.select_notifications(orjson.loads(text)["position"], 1)
    return bool(found) and line(found[0]) == text


async def verify(store: Store, js: JetStreamContext, region: str, service: str, views: Views | None = None) -> list[str]:
    """What is wrong: the stream must be a contiguous suffix of the log, byte for byte, and views must be what their events say."""
    wrong = await _verify_stream(store, js, region, service)
    return wrong + (views.verify() if views else [])


async def _verify_stream(store: Store, js: JetStreamContext, region: str, service: str) -> list[str]:
    name, last = stream_name(region, service), ""
    stored: Iterator[Notification] = iter(())
    async for message in _messages(js, region, service):
        prev = _header(message, "Es-Prev")
        if not last:
            stored = store.recorder.pages(place(prev)[0])
            if prev != ORIGIN and not _has(store, prev):
                return [f"{name}: begins after {prev}, which the log has not got"]
        elif prev != last:
            return [f"{name}: after {last} comes a block that follows {prev}"]
        for text in _lines(message):
            n = next(stored, None)
            if n is None or line(n) != text:
                return [f"{name}: {_reference(text)} is not what the log has at {n.id if n else 'its end'}"]
        last = _header(message, "Es-Last")
        if last != _reference(text):
            return [f"{name}: a block said to end with {last} ends with {_reference(text)}"]
    head = store.recorder.max_notification_id() or 0
    at = place(last)[0]
    return [f"{name}: ends at {at}, the log at {head}"] if at != head else []


async def _messages(js: JetStreamContext, region: str, service: str) -> AsyncIterator[RawStreamMsg]:
    """All messages of the stream, oldest first, as far as it went at the start."""
    name = stream_name(region, service)
    try:
        state = (await js.stream_info(name)).state
    except NotFoundError:
        return
    if not state.messages:
        return
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, inactive_threshold=30)
    subscription = await js.pull_subscribe(subject_name(region, service), stream=name, config=config)
    try:
        left = state.messages
        while left > 0:
            for message in await subscription.fetch(min(PAGE, left), timeout=5):
                left -= 1
                yield RawStreamMsg(data=message.data, headers=message.headers)
    finally:
        await subscription.unsubscribe()
