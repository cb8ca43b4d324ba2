"""A list becomes a file: at once up to 5,000 rows, as a job above; marked where it shows what is sealed; recorded before anybody gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
from fastapi import Request, Response

from services.projection.api.accounts import accounts_of
from services.projection.api.asking import Asked
from services.projection.api.sheet import Column, Head, Kind, sent, written
from services.projection.api.words import SEALED
from services.projection.events import ListExported
from services.projection.reports.jobs import Job, Jobs
from services.projection.views.moment import once
from shared import es
from shared.calendar import SHANGHAI, now
from shared.fact import new_id
from shared.http import Problem, Reading

__all__ = ["HIDDEN", "OWN", "exported", "jobs_of", "passed_on"]

STREAMED = 5_000  # rows at once [console.md A4]
SEALED_MOST = 10_000  # people whose sealed values one file may show: a county
AT_ONCE = 200  # people opened by one request
OWN = ("format", "columns", "limit", "cursor")  # how a list is given, not what it is asked
WITHHELD = "＊"  # what was searched for may be a name: the log for ever keeps only that something was
HIDDEN = {"phone": "has_phone", "id_number": "has_id_number"}  # sealed value: the column that only says there is one
PASSED = ("authorization", "on-behalf-of", "accept-language", "es-position")


def exported(
    q: Reading, asked: Asked, format: Kind, said: tuple[str, str, str], columns: Sequence[Column], rows: Iterable[dict[str, Any]]
) -> Response:
    """The file; for a job, nothing: it is kept for its owner. `said`: what the list is called, what stands over it, and the line under that.
    Problem: more rows than go at once."""
    job: Job | None = getattr(q.request.state, "job", None)
    title, over, about = said
    name = f"{title}_{asked.at.as_of}"
    if job is None:
        rows = few(rows)
        made = written(format, Head(over, about), columns, rows)
        _record(q, asked, title, format, columns, made.rows)
        return sent(made.file, format, name)
    jobs = jobs_of(q.request)
    if job.sealed:
        rows = opened(q.request, job, rows)

    def seen(n: int) -> None:
        job.rows = n

    made = written(format, Head(over, about, marked(q, asked, job) if job.sealed else None), columns, rows, seen, jobs.room(job))
    with made.file:
        _record(q, asked, title, format, columns, made.rows, job)
        job.name, job.rows = name, made.rows
        jobs.keep(job, made.file)
    return Response(status_code=204)


def few(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """As many as go at once."""
    found = iter(rows)
    first = list(islice(found, STREAMED))
    over = next(found, None)
    if over is not None:
        raise Problem(
            422,
            "export_needs_job",
            f"超过 {STREAMED:,} 行，请改为后台导出（POST /exports），做好后下载；也可缩小地区或条件。",
            f"More than {STREAMED:,} rows: export as a job (POST /exports) and fetch the file, or narrow the area or the filter.",
            "query/format",
        )
    return iter(first)


def _record(q: Reading, asked: Asked, title: str, format: Kind, columns: Sequence[Column], rows: int, job: Job | None = None) -> None:
    """导出留痕."""
    request, id = q.request, job.id if job else new_id()
    said = {k: tuple(request.query_params.getlist(k)) for k in request.query_params if k not in OWN}
    said |= {"search": (WITHHELD,)} if "search" in said else {}
    fact = ListExported(
        path=request.url.path, title=title, format=format, columns=tuple(c.key for c in columns), rows=rows, as_of=asked.at.as_of,
        area=asked.area, asked=said, sealed=tuple(job.sealed) if job else (), why=job.why if job else None,
    )  # fmt: skip
    es.meta.set(
        es.Meta(
            actor=q.actor.account,
            on_behalf_of=q.actor.on_behalf_of,
            reason=fact.why,
            correlation=request.state.correlation,
            region=request.app.state.region,
        )
    )
    request.app.state.store.exported(id, fact, str(id))


def marked(q: Reading, asked: Asked, job: Job) -> str:
    """水印: what it holds, who took it, when and why."""
    account = q.actor.account
    name = accounts_of(asked, {account}).get(account, "")
    who = f"{name}（{account.rpartition('|')[2]}）"
    what = "、".join(SEALED[s] for s in job.sealed)
    return f"含{what}，不得外传　导出人：{who}　时间：{now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}　理由：{job.why}"


def opened(request: Request, job: Job, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows with sealed values in clear, as the owner opens them to this caller and records it; what she may not see stays masked."""
    found, count = iter(rows), 0
    with httpx.Client(base_url=request.app.state.settings.url("cadre"), headers=passed_on(request), timeout=30) as cadre:
        for n, part in enumerate(iter(lambda: list(islice(found, AT_ONCE)), [])):
            count += len(part)
            if count > SEALED_MOST:
                raise Problem(
                    422,
                    "too_many_sealed",
                    f"一次最多导出 {SEALED_MOST:,} 人的未脱敏信息，请缩小地区或条件。",
                    f"One file shows the sealed values of at most {SEALED_MOST:,} people: narrow the area or the filter.",
                    "sealed",
                )
            values = _ask(cadre, job, n, part)
            for row in part:
                hers = values.get(str(UUID(str(row["person"]))), {})
                yield row | {HIDDEN[s]: hers[s] for s in job.sealed if s in hers}


def _ask(cadre: httpx.Client, job: Job, n: int, part: Sequence[dict[str, Any]]) -> dict[str, dict[str, str]]:
    people = list(dict.fromkeys(str(UUID(str(r["person"]))) for r in part if any(r.get(HIDDEN[s]) for s in job.sealed)))
    if not people:
        return {}
    said = {"people": people, "fields": job.sealed, "reason": job.why}
    try:
        answer = cadre.post("/cadres/unsealing", json=said, headers={"Idempotency-Key": f"{job.id}-{n}"})
    except httpx.HTTPError:
        raise Problem(503, "cadre_unreachable", "人员服务暂时连不上，请稍后重新导出。", "cadre cannot be reached; export again shortly.") from None
    if answer.status_code >= 400:
        no = answer.json()["errors"][0]
        raise Problem(answer.status_code, no["code"], no["message"]["zh-CN"], no["message"]["en"], "sealed")
    values: dict[str, dict[str, str]] = answer.json()["opened"]
    return values


def passed_on(request: Request) -> dict[str, str]:
    """Headers by which another service sees the same caller, language and chain of causes."""
    return {k: v for k in PASSED if (v := request.headers.get(k))} | {"x-correlation-id": request.state.correlation}


def jobs_of(request: Request) -> Jobs:
    """The process's export jobs."""
    state = request.app.state
    return once(state, "exports", lambda: Jobs(state.store.data, state.fingerprint_key))
