"""Long exports as jobs: made in the background with the asker's own rights, kept shut away for a day, fetched by her alone."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal
from uuid import UUID, uuid4

import orjson

from services.projection.events import SealedField
from services.projection.reports import box
from shared.calendar import now

__all__ = ["AT_ONCE", "Answered", "Job", "Jobs", "Spoilt", "State"]

State = Literal["waiting", "running", "ready", "failed"]
KEPT = timedelta(hours=24)
AT_ONCE = 2  # written side by side
FILE, STATUS = "file.box", "status.json"
Answered = Callable[["Job"], Awaitable[tuple[int, bytes]]]


def _fault(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"pointer": "", "code": code, "message": {"zh-CN": zh, "en": en}}


INTERRUPTED = _fault("export_interrupted", "服务重启，导出中断，请重新导出。", "The service was restarted; export again.")
SPOILT = _fault("export_failed", "导出没有完成，请重新导出；仍不行请联系系统管理员。", "It failed; export again, or ask a system administrator.")


class Spoilt(Exception):
    """The file is not there, or not as it was made."""


@dataclass
class Job:
    """`path`: of the list; `asked`: the query; `sealed`: values to show in clear. A search in `asked` may be a name: the folder is for this service
    alone, and for a day."""

    id: UUID
    account: str
    path: str
    title: str
    format: str
    asked: dict[str, list[str]]
    columns: list[str]
    sealed: list[SealedField]
    why: str | None
    correlation: str
    asked_at: str
    state: State = "waiting"
    rows: int = 0
    name: str = ""
    size: int = 0
    made_at: str | None = None
    expires_at: str | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def new(cls, **known: Any) -> Job:
        return cls(**known, asked_at=now().isoformat())

    @property
    def over(self) -> bool:
        return datetime.fromisoformat(self.expires_at or self.asked_at) + (timedelta() if self.expires_at else KEPT) < now()


class Jobs:
    """The exports of one process: a folder with one folder a job, its state in clear, the file shut away."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.folder, self.secret = folder / "exports", secret
        self.live: dict[UUID, Job] = {}
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.tasks: set[asyncio.Task[None]] = set()

    # -- reading ---------------------------------------------------------------------------------------------------
    def get(self, id: UUID) -> Job | None:
        """One that a restart interrupted is failed: it ran with the rights of whoever was signed in then."""
        if id in self.live:
            return self.live[id]
        try:
            job = Job(**{**orjson.loads((self.folder / str(id) / STATUS).read_bytes()), "id": id})
        except FileNotFoundError:
            return None
        if job.over:
            return None
        return replace(job, state="failed", faults=[INTERRUPTED]) if job.state in ("waiting", "running") else job

    def of(self, account: str) -> list[Job]:
        """Newest first."""
        found = [job for id in self._ids() if (job := self.get(id)) and job.account == account]
        return sorted(found, key=lambda j: j.asked_at, reverse=True)

    def content(self, job: Job) -> Iterator[bytes]:
        """The file in clear. Spoilt when it is gone."""
        try:
            return box.opened((self.folder / str(job.id) / FILE).open("rb"), box.key_of(self.secret, job.id))
        except FileNotFoundError:
            raise Spoilt from None

    # -- working ---------------------------------------------------------------------------------------------------
    async def set_off(self, job: Job, ask: Answered) -> None:
        """In the background; `ask` has the list itself make the file and gives its answer."""
        self.live[job.id] = job
        await asyncio.to_thread(self._save, job)
        task = asyncio.create_task(self._run(job, ask))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _run(self, job: Job, ask: Answered) -> None:
        faults: Sequence[dict[str, Any]] = [INTERRUPTED]
        try:
            async with self.turns:
                job.state = "running"
                status, body = await ask(job)
                faults = [] if status < 400 and job.size else orjson.loads(body)["errors"] if body else [SPOILT]
        except (RuntimeError, ValueError, KeyError):  # the list failed after it had begun: said at the edge
            faults = [SPOILT]
        finally:
            job.faults = list(faults)
            job.made_at, job.expires_at = now().isoformat(), (now() + KEPT).isoformat()
            job.state = "failed" if faults else "ready"
            self._save(job)
            self.live.pop(job.id, None)

    def keep(self, job: Job, file: IO[bytes]) -> None:
        """Shuts the made file away."""
        place = self.room(job)
        job.size = box.shut(file, place / FILE, box.key_of(self.secret, job.id))

    def room(self, job: Job) -> Path:
        """The job's own folder; whatever its writer leaves there goes with it."""
        place = self.folder / str(job.id)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place

    def drop(self, job: Job) -> None:
        """Before its time: nobody needs it any more."""
        shutil.rmtree(self.folder / str(job.id), ignore_errors=True)

    def _save(self, job: Job) -> None:
        place = self.room(job)
        new = place / f".{uuid4().hex}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(orjson.dumps(asdict(job)))
        new.replace(place / STATUS)

    def _ids(self) -> list[UUID]:
        return [UUID(p.name) for p in self.folder.iterdir()] if self.folder.exists() else []


def sweep(folder: Path) -> int:
    """Throws away what is over a day old; how many. By the files alone, so that it works whoever made them."""
    gone = 0
    for place in (folder / "exports").iterdir() if (folder / "exports").exists() else ():
        try:
            job = Job(**{**orjson.loads((place / STATUS).read_bytes()), "id": UUID(place.name)})
        except FileNotFoundError:
            continue
        if job.over:
            shutil.rmtree(place, ignore_errors=True)
            gone += 1
    return gone
