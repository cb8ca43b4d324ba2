"""Uploaded workbooks and their verdicts, sealed in a private folder: what is not committed is gone after a day, and so is every file."""
from __future__ import annotations

import base64
import os
import shutil
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import orjson

from shared.calendar import now
from shared.fact import Personal
from shared.vault import Vault

__all__ = ["Draft", "Drafts", "Only", "State"]

State = Literal["checking", "checked", "committing", "committed", "failed", "revoking", "revoked"]
Only = Literal["all", "good"]  # which rows: none while any is wrong, or the good ones
KEPT = REVOCABLE = timedelta(hours=24)
SWEPT_EVERY = timedelta(hours=1)


@dataclass
class Draft:
    """One workbook on its way. `acting`: who set off what runs now, so that it can go on after a restart."""

    id: UUID
    kind: str
    organisation: UUID
    filename: str
    sha256: str
    only: Only
    uploaded_by: str
    uploaded_person: UUID | None
    uploaded_at: str
    expires_at: str
    authority: str | None = None
    decided_on: str | None = None
    state: State = "checking"
    done: int = 0
    total: int = 0
    choices: dict[str, str] = field(default_factory=dict)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    digest: str | None = None
    fault: dict[str, Any] | None = None
    committed_by: str | None = None
    committed_person: UUID | None = None
    committed_at: str | None = None
    documents: list[str] = field(default_factory=list)  # what the commit rests on
    begun: bool = False  # rows may be written already
    acting: dict[str, Any] = field(default_factory=dict)
    resumed: int = 0  # how often a restart took it up since somebody set it off

    @classmethod
    def new(cls, **known: Any) -> Draft:
        at = now()
        return cls(**known, uploaded_at=at.isoformat(), expires_at=(at + KEPT).isoformat())

    @property
    def revocable_until(self) -> datetime | None:
        """None: not committed whole; what is of it may always go."""
        whole = self.state in ("committed", "revoking")
        return datetime.fromisoformat(self.committed_at or self.uploaded_at) + REVOCABLE if whole else None

    def shown(self, long: bool = True) -> dict[str, Any]:
        """As the API gives it."""
        short = () if long else ("sheets", "unread", "problems", "notes", "choices")
        hidden = {"acting", "begun", "resumed", "uploaded_person", "committed_person", *short}
        until = self.revocable_until
        return {k: v for k, v in vars(self).items() if k not in hidden} | {"revocable_until": until and until.isoformat()}


class Drafts:
    """A folder with one folder a draft: `status.json` in clear (nothing personal in it), the file and the verdicts sealed."""

    def __init__(self, folder: Path, vault: Vault, service: str) -> None:
        self.folder, self.vault, self.service = folder / "imports" / service, vault, service

    def save(self, draft: Draft) -> None:
        self._write(draft.id, "status.json", orjson.dumps(vars(draft)))

    def load(self, id: UUID) -> Draft | None:
        try:
            known = orjson.loads((self.folder / str(id) / "status.json").read_bytes())
        except FileNotFoundError:
            return None
        ids = {k: UUID(known[k]) if known[k] else None for k in ("organisation", "uploaded_person", "committed_person")}
        return Draft(**{**known, **ids, "id": id})

    def put(self, id: UUID, name: str, data: bytes) -> None:
        """Sealed with a key of the draft's own."""
        value = Personal[str](subject=id, value=base64.b64encode(zlib.compress(data, 1)).decode())
        self._write(id, name, (self.vault.seal(value, self._bound(id, name)).box or "").encode())

    def get(self, id: UUID, name: str) -> bytes | None:
        """None when it is gone."""
        try:
            box = (self.folder / str(id) / name).read_text()
        except FileNotFoundError:
            return None
        opened = self.vault.open(Personal[str](subject=id, box=box, bound=self._bound(id, name)))
        return zlib.decompress(base64.b64decode(opened))

    def all(self) -> list[Draft]:
        """Newest first, after what has expired was thrown away."""
        found = [d for folder in self._folders() if (d := self.load(UUID(folder.name))) and not self._expired(folder, d)]
        return sorted(found, key=lambda d: d.uploaded_at, reverse=True)

    def drop(self, id: UUID) -> None:
        """With all that belongs to it."""
        shutil.rmtree(self.folder / str(id), ignore_errors=True)

    def sweep(self) -> None:
        """For the clock, which asks every few seconds: at most once an hour, whether anybody looks at imports or not."""
        mark = self.folder / ".swept"
        if not self.folder.exists() or (mark.exists() and now().timestamp() - mark.stat().st_mtime < SWEPT_EVERY.total_seconds()):
            return
        for folder in self._folders():
            self._expired(folder, self.load(UUID(folder.name)))
        mark.touch()
        os.utime(mark, (now().timestamp(),) * 2)

    def _folders(self) -> list[Path]:
        return [p for p in self.folder.iterdir() if p.is_dir()] if self.folder.exists() else []

    def _expired(self, folder: Path, draft: Draft | None) -> bool:
        """Files go after a day; what was never committed goes whole, and so does what an interrupted upload left."""
        ends = datetime.fromisoformat(draft.expires_at) if draft else datetime.fromtimestamp(folder.stat().st_mtime, UTC) + KEPT
        if ends > now() or (draft and draft.state in ("committing", "revoking")):
            return False
        if draft and (draft.begun or draft.state in ("committed", "revoked")):
            for sealed in folder.glob("*.box"):
                sealed.unlink(missing_ok=True)
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True

    def _bound(self, id: UUID, name: str) -> str:
        return f"{self.service}|Import|{id}|{name}"

    def _write(self, id: UUID, name: str, data: bytes) -> None:
        folder = self.folder / str(id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = folder / f".{uuid4().hex}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        new.replace(folder / name)
