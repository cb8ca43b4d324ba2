"""Who asks: `Bearer`, the holder of a checked token; `Who`, a person with her grants, or a service with its scopes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import anyio.to_thread
from fastapi import Depends, Request

from shared.calendar import today
from shared.http.problems import Problem
from shared.identity import KeysUnavailable, Principal, Rejected
from shared.permissions import Grant

__all__ = ["Actor", "Bearer", "Who"]

WAIT_SECONDS = 2.0
POSITION = re.compile(r"(?P<region>[0-9A-Za-z]{1,12})/(?P<service>[a-z]{1,20}):(?P<position>[0-9]{1,18})\Z")
Positions = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Actor:
    """`grants` are what she acts by: her own, or those lent by `on_behalf_of`. A service has none, only scopes.

    `person`: whom in cadre's register the account belongs to, if her own grants say so.
    """

    account: str
    grants: tuple[Grant, ...] = ()
    on_behalf_of: str | None = None
    person: UUID | None = None
    client: str | None = None
    scopes: frozenset[str] = frozenset()
    service: bool = False


async def bearer(request: Request) -> Principal:
    """Whoever the token says, checked."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated("missing_token", "Bearer")
    try:
        found: Principal = await request.app.state.identity.check(token.strip())
    except Rejected as e:
        request.app.state.metrics.refused(f"token_{e.why}", 401)
        raise unauthenticated("invalid_token", 'Bearer error="invalid_token"') from None
    except KeysUnavailable:
        zh, en = "统一身份认证暂时不可用，请稍后再试。", "The identity provider is not available; try again shortly."
        raise Problem(503, "issuer_unavailable", zh, en, headers={"Retry-After": "5"}) from None
    return found


Bearer = Annotated[Principal, Depends(bearer)]


async def who(request: Request, holder: Bearer) -> Actor:
    """The holder of the token, with the grants as this service knows them, once it knows what `Es-Position` names."""
    request.state.missing = await arrived(request)
    if holder.service:
        return Actor(holder.account, client=holder.client, scopes=holder.scopes, service=True)
    access, lender = request.app.state.access, request.headers.get("on-behalf-of")
    own = access.grants(holder.account)
    person = next((g.person for g in own if g.person), None)
    if lender is None:
        return Actor(holder.account, own, None, person, holder.client, holder.scopes)
    lent = access.lent(lender, holder.account, today())
    if not lent:
        zh, en = "没有该账号对您的有效委托，请先登记委托。", "That account has not delegated to you; have the delegation registered first."
        raise Problem(403, "no_delegation", zh, en, "header/On-Behalf-Of")
    return Actor(holder.account, lent, lender, person, holder.client, holder.scopes)


Who = Annotated[Actor, Depends(who)]


async def arrived(request: Request) -> Positions:
    """Waits up to 2 s until this service has what `Es-Position` names; gives what is still missing."""
    header = request.headers.get("es-position")
    if not header:
        return {}
    found = [POSITION.match(p.strip()) for p in header.split(",")[:20]]
    if not all(found):
        raise Problem(
            400,
            "position_invalid",
            "Es-Position 格式不符，应如 36/org:17,36/cadre:42。",
            "Es-Position must look like 36/org:17,36/cadre:42.",
            "header/Es-Position",
        )
    wanted = {(m["region"], m["service"]): int(m["position"]) for m in found if m}
    return await anyio.to_thread.run_sync(request.app.state.arrived, wanted, WAIT_SECONDS)


def unauthenticated(code: str, challenge: str) -> Problem:
    zh, en = "登录无效或已过期，请重新登录。", "Your sign-in is not valid or has ended; sign in again."
    return Problem(401, code, zh, en, "header/Authorization", {"WWW-Authenticate": challenge})
