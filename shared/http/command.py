"""What a route gets of its request: `Cmd` for changes, `Query` for reads, `Body` for what was sent."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared import calendar, es
from shared.http.problems import Forbidden, NotFound, Problem
from shared.http.who import Actor, Who
from shared.permissions import TABLE, Scope, scope

__all__ = ["Body", "Cmd", "Command", "Query", "Reading", "Uploader", "found", "position", "the_store"]

T = TypeVar("T")
GRANTS_FRESH_SECONDS = 30.0
KEY = re.compile(r"[!-~]{1,200}\Z")
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")


class Body(BaseModel):
    """A command's JSON body. `reason` and `documents` go into the envelope of every fact it makes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    documents: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()

    def said(self, *but: str) -> dict[str, Any]:
        """The fields of the command itself, except `but`."""
        return self.model_dump(exclude={*Body.model_fields, *but})


@dataclass
class Caller:
    """What reads and changes have in common."""

    request: Request
    actor: Actor
    today: date = field(default_factory=calendar.today)

    @property
    def _state(self) -> Any:
        return self.request.app.state

    def scope(self, permission: str) -> Scope:
        """Where the caller has the permission today: the filter of a list."""
        if TABLE[permission].fresh and self._state.access.age() > GRANTS_FRESH_SECONDS:
            raise Problem(
                503,
                "grants_stale",
                "权限数据超过30秒未更新，暂不能办理审批或查看密封内容，请稍后再试。",
                "The grants are more than 30 s old; approvals and sealed content must wait. Try again shortly.",
                headers={"Retry-After": "5"},
            )
        return scope(self.actor.grants, permission, self.today)

    def may(self, permission: str, organisation: UUID | None = None) -> None:
        """Raises Forbidden unless the caller may do this to the organisation (None: the province as such). NotFound: there is none."""
        where = self.scope(permission)
        if where.all:
            return
        if not where:
            raise Forbidden(permission)
        path = self._state.access.path(organisation, self.today) if organisation else ()
        if organisation and not path:
            raise NotFound("organisation")
        if not where.covers(path):
            raise Forbidden(permission)

    def allows(self, permission: str, organisation: UUID) -> bool:
        """Whether `may` raises nothing."""
        try:
            self.may(permission, organisation)
        except (Forbidden, NotFound):
            return False
        return True

    @property
    def province(self) -> UUID | None:
        """The organisation above all others, once it is there."""
        found: UUID | None = self._state.access.province()
        return found

    def client(self, scope: str) -> None:
        """Raises Forbidden unless the caller is a service whose token has this scope."""
        if not (self.actor.service and scope in self.actor.scopes):
            raise Forbidden(scope)


@dataclass
class Command(Caller):
    """A change. `expect` is the version of If-Match, None without one."""

    key: str = ""
    expect: int | None = None

    @property
    def required_expect(self) -> int:
        """For edits that may not be made blind: 428 without If-Match."""
        if self.expect is None:
            raise Problem(
                428,
                "if_match_required",
                '修改前须先读取：请带上 If-Match（读取时返回的 ETag，如 "3"）。',
                'Read it before you change it: send If-Match with the ETag of your read, such as "3".',
                "header/If-Match",
            )
        return self.expect

    def answer(self, done: es.Done, status: int = 200, **more: object) -> Response:
        """Id and version of what was changed, and `more` that the route has to say (JSON values)."""
        headers = {"ETag": f'"{done.version}"'}
        if done.position:
            headers["Es-Position"] = position(self.request, done.position)
        return Response(orjson.dumps({"id": str(done.subject), "version": done.version, **more}), status, headers, "application/json")


@dataclass
class Reading(Caller):
    """A read."""

    def answer(self, content: object, version: int | None = None) -> Response:
        """JSON of a model, dataclass or plain data, with the version as ETag."""
        headers = {"Cache-Control": "no-store"} | ({"ETag": f'"{version}"'} if version is not None else {})
        data = orjson.dumps(content, jsonable_encoder, orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS)
        return Response(data, 200, headers, "application/json")


async def the_store(request: Request) -> Any:
    """The service's store, for `Depends`."""
    return request.app.state.store


def found(store: es.Store, kind: type[T], id: UUID, known_at: datetime | None = None) -> tuple[T, int]:
    """State and version of an aggregate, as known at an instant (now when None); NotFound when there is none."""
    state, version = store.load(kind, id, known_at)
    if state is None:
        raise NotFound("id")
    return state, version


def position(request: Request, at: int) -> str:
    return f"{request.app.state.region}/{request.app.state.name}:{at}"


async def command(request: Request, actor: Who) -> Command:
    key = idempotency_key(request)
    expect = if_match(request.headers.get("if-match"))
    level(request)
    reason, documents, digest = await reasoned(request)
    es.rehearsing.set(request.headers.get("dry-run") == "true")
    trace = request.headers.get("traceparent", "")
    es.meta.set(
        es.Meta(
            actor=actor.account,
            on_behalf_of=actor.on_behalf_of,
            reason=reason,
            documents=documents,
            correlation=request.state.correlation,
            fingerprint=fingerprint(request, digest),
            traceparent=trace if TRACEPARENT.match(trace) else None,
            region=request.app.state.region,
        )
    )
    return Command(request, actor, key=key, expect=expect)


def level(request: Request) -> None:
    """A change may not be decided before what its caller has seen is here."""
    if request.state.missing:
        zh, en = (
            "本服务尚未收到您刚才的修改，请用同一编号稍后重发。",
            "What you just changed has not arrived here yet; send it again with the same key.",
        )
        raise Problem(503, "behind", zh, en, "header/Es-Position", {"Retry-After": "1"})


def idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key")
    if key is None:
        zh = "缺少 Idempotency-Key：每次提交须带一个新的编号（如 UUID），重发时用同一编号。"
        en = "Idempotency-Key is missing: send a new one (such as a UUID) with every change, and the same one when you send it again."
        raise Problem(400, "key_missing", zh, en, "header/Idempotency-Key")
    if not KEY.match(key):
        zh, en = "Idempotency-Key 只能含 1–200 个可见英文字符。", "Idempotency-Key must be 1–200 visible ASCII characters."
        raise Problem(400, "key_invalid", zh, en, "header/Idempotency-Key")
    return key


def fingerprint(request: Request, digest: str) -> str:
    """What was asked, so that a key is not used for something else; keyed, so that nobody can guess a body from it."""
    asked = f"{request.method}\0{request.url.path}\0{request.url.query}\0{digest}"
    return hmac.new(request.app.state.fingerprint_key, asked.encode(), "sha256").hexdigest()[:32]


async def uploading(request: Request, actor: Who) -> Reading:
    """Who would send a file, before a byte of it is read."""
    level(request)
    return Reading(request, actor)


async def reading(request: Request, actor: Who) -> Reading:
    if request.state.missing:
        request.state.headers["Es-Behind"] = ",".join(f"{r}/{s}:{p}" for (r, s), p in request.state.missing.items())
    return Reading(request, actor)


Cmd = Annotated[Command, Depends(command)]
Query = Annotated[Reading, Depends(reading)]
Uploader = Annotated[Reading, Depends(uploading)]


def if_match(header: str | None) -> int | None:
    if header is None:
        return None
    found = re.fullmatch(r'"(\d{1,9})"', header.strip())
    if not found:
        raise Problem(
            400,
            "if_match_invalid",
            'If-Match 须为读取时返回的 ETag，如 "3"。',
            'If-Match must be the ETag of your read, such as "3".',
            "header/If-Match",
        )
    return int(found[1])


async def reasoned(request: Request) -> tuple[str | None, tuple[UUID, ...], str]:
    """Reason, documents and digest of the body. A body that is not as it should be is refused by the route's own model."""
    digest = getattr(request.state, "body_digest", None)  # an upload was streamed and hashed before
    if digest:
        return None, (), digest
    raw = await request.body()
    digest = hashlib.sha256(raw).hexdigest()
    try:
        sent = orjson.loads(raw) if raw else {}
        body = Body(reason=sent.get("reason"), documents=sent.get("documents") or ())
    except (ValueError, AttributeError):
        return None, (), digest
    return body.reason, body.documents, digest
