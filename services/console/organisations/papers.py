"""The papers of an official act: chosen from the library, or registered and uploaded with the form."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import anyio.to_thread
from starlette.datastructures import UploadFile

from services.console.backend import Answer, Backend, Trouble
from services.console.forms import Form
from services.console.organisations.acts import Ask
from services.console.words import N_
from shared.fact import Refused
from shared.files import fitting

__all__ = ["ASKS", "ENDINGS", "POINTERS", "attach", "library", "look_at", "register", "said", "upload_faults"]

ENDINGS = ".pdf,.ofd,.jpg,.jpeg,.png,.docx"
LATEST = 50
ASKS = (
    Ask("paper.kind", "choice", N_("公文种类"), choices="document"),
    Ask("paper.title", "line", N_("标题")),
    Ask("paper.number", "line", N_("文号"), N_("如 洪妇〔2026〕12号，没有可不填"), required=False),
    Ask("paper.issuer", "line", N_("发文单位")),
    Ask("paper.dated", "date", N_("成文日期")),
)

POINTERS = {f"/{a.name.removeprefix('paper.')}": a.name for a in ASKS} | {"file": "paper.file", "/file": "paper.file"}


async def library(api: Backend, kinds: Sequence[str], chosen: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The latest papers she may cite, those of the suited kinds first, and whatever is chosen already."""
    rows: list[dict[str, Any]] = (await api.get("projection", "/documents", limit=LATEST))["rows"]
    known = {r["id"] for r in rows}
    for id in chosen:
        if id not in known:
            rows.append({"id": id, **await api.get("org", f"/documents/{id}")})
    return sorted(rows, key=lambda r: (r["id"] not in chosen, kinds.index(r["kind"]) if r["kind"] in kinds else len(kinds)))


def upload_faults(form: Form, always: bool = False) -> dict[str, tuple[str, str]]:
    """Field -> (what is wrong, label) of a new paper; none when nothing of it was entered, unless `always`."""
    named = "paper.file" in form.files
    if not (always or named or any(form[a.name] for a in ASKS if a.kind == "line")):
        return {}
    faults = {a.name: (a.fault(form[a.name]), a.label) for a in ASKS}
    found = {name: (fault, label) for name, (fault, label) in faults.items() if fault}
    return found if named else {**found, "paper.file": (N_("请选择要上传的文件（{label}）。"), N_("扫描件"))}


async def register(api: Backend, form: Form, organisation: str) -> str | None:
    """Registers and uploads the new paper of a form; its id. None when there is none. Trouble, and nothing registered, for an unfit file."""
    file = form.files.get("paper.file")
    if file is None:
        return None
    await look_at(file)
    body = said(form, organisation)
    made = await api.post("org", "/documents", body, key=f"{form.key}:{mark(repr(body).encode())}")
    await attach(api, made["id"], file, form.key)
    return str(made["id"])


def said(form: Form, organisation: str) -> dict[str, Any]:
    """A paper as the service takes it."""
    return {**{a.name.removeprefix("paper."): a.read(form[a.name]) for a in ASKS}, "organisation": organisation}


async def look_at(file: UploadFile) -> None:
    """What the store would refuse of a file, said before its paper is registered: else the library would keep a paper without a file."""
    try:
        await anyio.to_thread.run_sync(fitting, file.file, file.filename or "", file.size or 0)
    except Refused as no:
        raise Trouble(422, [{"pointer": "file", "code": no.code, "message": {"zh-CN": no.zh, "en": no.en}}]) from None
    finally:
        await file.seek(0)


async def attach(api: Backend, id: str, file: UploadFile, key: str) -> Answer:
    await look_at(file)
    content = await file.read()
    return await api.upload("org", f"/documents/{id}/files", file.filename or "file", content, key=f"{key}:{mark(content)}")


def mark(said: bytes) -> str:
    """What was corrected in a form needs a key of its own; what is sent twice keeps it."""
    return hashlib.sha256(said).hexdigest()[:16]
