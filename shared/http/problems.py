"""Everything that can go wrong with a request, as `application/problem+json`: field, rule and remedy in Chinese and English."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared import es
from shared.fact import Refused
from shared.http.words import STATUS, explain

__all__ = ["Forbidden", "NotFound", "Problem", "error", "handle", "problem", "unforeseen"]

log = logging.getLogger("halfsky.http")
RETRY_AFTER = "1"


class Problem(Exception):
    """A refusal of the edge itself. `pointer`: a JSON pointer into the body, or `header/<Name>`, `query/<name>`, `path/<name>`."""

    def __init__(self, status: int, code: str, zh: str, en: str, pointer: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.zh, self.en, self.pointer, self.headers = status, code, zh, en, pointer, dict(headers or {})


class Forbidden(Problem):
    def __init__(self, permission: str) -> None:
        super().__init__(
            403,
            "forbidden",
            f"您没有此项权限（{permission}），请联系上级妇联或安全管理员。",
            f"You do not have the permission {permission} here; ask the superior federation or a security administrator.",
        )


class NotFound(Problem):
    """Nothing with this id, or nothing the caller may know of."""

    def __init__(self, what: str = "id") -> None:
        super().__init__(
            404, "not_found", "没有找到该编号对应的内容，请核对编号。", "There is nothing with this id; check the id.", f"path/{what}"
        )


def problem(request: Request, status: int, errors: Sequence[dict[str, Any]], headers: Mapping[str, str] | None = None) -> Response:
    """`errors`: one entry a fault: pointer, code, message in both languages. `title` and `detail` speak the caller's language."""
    english = request.headers.get("accept-language", "zh").lower().startswith("en")
    language = "en" if english else "zh-CN"
    title = STATUS.get(status, STATUS[500])
    body = {
        "type": f"urn:halfsky:problem:{errors[0]['code']}",
        "title": title[1 if english else 0],
        "status": status,
        "detail": " ".join(e["message"][language] for e in errors[:5]),
        "errors": list(errors),
        "correlation": getattr(request.state, "correlation", None),
    }
    kinds = getattr(request.app.state, "metrics", None)
    if kinds:
        kinds.refused(errors[0]["code"], status)
    return Response(orjson.dumps(body), status, {"Content-Language": language, **(headers or {})}, "application/problem+json")


def error(code: str, zh: str, en: str, pointer: str = "", **params: object) -> dict[str, Any]:
    entry: dict[str, Any] = {"pointer": pointer, "code": code, "message": {"zh-CN": zh, "en": en}}
    return {**entry, "params": params} if params else entry


OF_THE_STORE: dict[type[Exception], tuple[int, str, str, str, str]] = {  # status, code, both languages, pointer
    es.Busy: (503, "busy", "同时修改的人太多，请用同一编号稍后重发。", "Too many changes at once; send it again with the same key.", ""),
    es.Unavailable: (503, "unavailable", "数据库暂时不可用，请用同一编号稍后重发。",
                     "The database is not available now; send it again with the same key.", ""),
    es.Conflict: (409, "conflict", "他人已先行修改，请刷新后重做。", "Somebody else changed it first; reload and do it again.", ""),
    es.KeyReused: (422, "key_reused", "该 Idempotency-Key 已用于另一个请求，请为新的请求换一个新编号。",
                   "This Idempotency-Key was used for another request; use a new key for a new request.", "header/Idempotency-Key"),
    es.TooLarge: (413, "event_too_large", "一次提交的内容超过 256 KB，请分几次提交。", "One change is over 256 KB; split it.", ""),
}  # fmt: skip


def handle(app: FastAPI) -> None:
    """Gives the app an answer for every kind of failure; none shows a stack trace or a value."""
    for kind in OF_THE_STORE:
        app.add_exception_handler(kind, of_the_store)
    for kind, answer in HANDLERS.items():
        app.add_exception_handler(kind, answer)


async def of_the_edge(request: Request, e: Exception) -> Response:
    assert isinstance(e, Problem)
    return problem(request, e.status, [error(e.code, e.zh, e.en, e.pointer)], e.headers)


async def of_the_store(request: Request, e: Exception) -> Response:
    status, code, zh, en, pointer = next(OF_THE_STORE[kind] for kind in type(e).__mro__ if kind in OF_THE_STORE)
    if isinstance(e, es.Unavailable):
        log.error("the database is unavailable: %s", type(e.__cause__ or e).__name__)
    return problem(request, status, [error(code, zh, en, pointer)], {"Retry-After": RETRY_AFTER} if status == 503 else None)


async def stale(request: Request, e: Exception) -> Response:
    assert isinstance(e, es.Stale)
    zh = f"内容已被他人修改：您看到的是第{e.expected}版，现在是第{e.found}版。请刷新后重做。"
    en = f"Somebody changed it: you saw version {e.expected}, it is now version {e.found}. Reload and do it again."
    return problem(request, 412, [error("stale", zh, en, "header/If-Match")], {"ETag": f'"{e.found}"'})


async def by_a_rule(request: Request, e: Exception) -> Response:
    assert isinstance(e, Refused)
    return problem(request, 422, [_refusal(no) for no in (e, *e.also)])


def _refusal(no: Refused) -> dict[str, Any]:
    pointer = "/" + no.field.replace(".", "/") if no.field else ""
    return error(no.code, no.zh, no.en, pointer, **{k: v if isinstance(v, int | float | bool) else str(v) for k, v in no.params.items()})


async def invalid(request: Request, e: Exception) -> Response:
    assert isinstance(e, RequestValidationError)
    return problem(request, 422, [error(code, zh, en, pointer) for pointer, code, zh, en in map(explain, e.errors()[:50])])


async def of_the_framework(request: Request, e: Exception) -> Response:
    assert isinstance(e, HTTPException)
    zh, en = STATUS.get(e.status_code, STATUS[500])
    return problem(request, e.status_code, [error(f"http_{e.status_code}", zh, en)], e.headers)


async def rehearsed(request: Request, e: Exception) -> Response:
    """`Dry-Run: true`: it would be done, and nothing was. `warnings`: the codes that its facts would carry; `told`: what else is unusual."""
    assert isinstance(e, es.Rehearsal)
    warnings = dict.fromkeys(code for _, fact in e.facts for code in getattr(fact, "warnings", ()))
    told = {"told": [{"code": no.code, "message": {"zh-CN": no.zh, "en": no.en}} for no in e.told]} if e.told else {}
    content = orjson.dumps({"rehearsed": True, "warnings": list(warnings), **told})
    return Response(content, 200, {"Cache-Control": "no-store"}, "application/json")


HANDLERS = {Problem: of_the_edge, Refused: by_a_rule, es.Stale: stale, es.Rehearsal: rehearsed, RequestValidationError: invalid,
            HTTPException: of_the_framework}  # fmt: skip


def unforeseen(request: Request, e: Exception) -> Response:
    """A fault of ours. The log gets where it happened, never what was handled: a message may hold a value."""
    frames = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(traceback.extract_tb(e.__traceback__)[-5:]))
    log.error("%s, correlation %s: %s", type(e).__name__, getattr(request.state, "correlation", None), frames)
    zh, en = STATUS[500]
    return problem(request, 500, [error("internal", zh, en)])
