"""`halfsky import`: sends a workbook through the same routes as the console, shows the verdicts, and commits when told."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from shared.settings import Settings

__all__ = ["ImportFailed", "send"]

SERVICE = {"organisations": "org", "units": "org"}
PATIENCE_SECONDS = 600.0


class ImportFailed(Exception):
    """What the service said, in both languages."""


def send(s: Settings, tokens: tuple[str, str], kind: str, file: Path, area: str, commit: bool, only: str,
         progress: Callable[[dict[str, Any]], None], documents: Sequence[str] = (), **more: str) -> dict[str, Any]:
    """The import as it stands in the end: still `checked` where rows are wrong and all were to be written. `tokens`: who sends it and who
    commits it. `area`: an organisation's id, or its division code as projection knows it."""
    http, approver = (httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) for token in tokens)
    at = f"{s.url(SERVICE.get(kind, 'cadre'))}/imports"
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}", "Idempotency-Key": str(uuid4())}
    params = {"kind": kind, "organisation": _id(http, s, area), "only": only, **{k: v for k, v in more.items() if v}}
    draft = _ok(http.post(at, params=params, content=file.read_bytes(), headers=named))
    found = _wait(http, f"{at}/{draft['id']}", progress)
    if commit and found["state"] == "checked" and (only == "good" or not found["counts"]["error"]):
        codes = [p["code"] for p in found["problems"] if p["level"] == "warn"]
        body = {"digest": found["digest"], "only": only, "acknowledged": codes, "documents": list(documents)}
        _ok(approver.post(f"{at}/{draft['id']}/commit", json=body, headers={"Idempotency-Key": str(uuid4())}))
        found = _wait(http, f"{at}/{draft['id']}", progress)
    return found


def _id(http: httpx.Client, s: Settings, area: str) -> str:
    try:
        return str(UUID(area))
    except ValueError:
        rows = _ok(http.get(f"{s.url('projection')}/organisations", params={"area": area, "limit": 1}))["rows"]
        if not rows:
            raise ImportFailed(f"没有区划代码 {area} 的组织。No organisation has the code {area}.") from None
        return str(rows[0]["id"])


def _wait(http: httpx.Client, at: str, progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = _ok(http.get(at))
        progress(found)
        if found["state"] not in ("checking", "committing", "revoking"):
            return found
        if time.monotonic() > deadline:
            raise ImportFailed("处理时间过长，可稍后在导入页面查看。It takes too long; look at the import page later.")
        time.sleep(0.3)


def _ok(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    if answer.is_success:
        return body
    raise ImportFailed("\n".join(f"{e['message']['zh-CN']} {e['message']['en']}" for e in body["errors"]))
