"""Runs imports one after another in the background: dry run, commit in chunks, revocation; each can be taken up again after a restart."""
from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

import orjson

from shared.calendar import now
from shared.es import Conflict, Done, Meta, Store, Unavailable, meta
from shared.fact import Refused
from shared.garbage import uncollected
from shared.imports.drafts import Draft, Drafts, State
from shared.imports.verdict import Verdict, counted, digest_of, problems_of, sheet_told, shown, unread_told
from shared.rehearsal import rehearse, remembering
from shared.workbook import Column, Sheet
from shared.workbook.blocks import bare
from shared.workbook.cells import clean
from shared.workbook.reading import HEADER_WITHIN, Read, read_grids, whole

__all__ = ["Desk", "Examined", "Importer", "Kind"]

log = logging.getLogger("halfsky.imports")
CHUNK, PATIENCE = 480, 5
SIGNS = {"组织名录": {"组织全称", "上级组织"}, "应建单位名单": {"单位名称", "领域"}, "换届花名册”或“期初花名册": {"姓名", "妇联职务"}}


@dataclass(frozen=True)
class Kind:
    """One kind of workbook. `second`: somebody else than the uploader commits, citing the paper."""

    title: str
    columns: tuple[Column, ...]
    unit_field: str
    upload: str
    commit: str
    second: bool = False

    @property
    def titles(self) -> dict[str, str]:
        return {c.field: c.title for c in self.columns}


@dataclass
class Examined:
    """Verdicts in the order of the rows, and for each row that is to be written what the importer needs to write it. `notes`: what else the
    batch will do: code, title, message in both languages; `titled`: by sheet, the organisations that its name or titles were taken to mean."""

    verdicts: list[Verdict]
    entries: list[Any] = field(default_factory=list)
    shared: Any = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    titled: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Importer(Protocol):
    """What a service brings to the desk."""

    @property
    def kinds(self) -> Mapping[str, Kind]: ...

    def batch(self, store: Any, organisation: UUID, kind: str, sha256: str) -> UUID: ...

    def examine(self, store: Any, draft: Draft, sheets: Sequence[Sheet]) -> Examined: ...

    def begin(self, store: Any, draft: Draft, rows: int) -> None: ...

    def enter(self, store: Any, draft: Draft, examined: Examined, entries: Sequence[Any]) -> list[Done | Exception]: ...

    def finish(self, store: Any, draft: Draft, applied: int, left_out: int) -> None: ...

    def take_back(self, store: Any, draft: Draft) -> list[tuple[str, Callable[[], object]]]: ...

    def revoked(self, store: Any, draft: Draft, why: str) -> None: ...

    def units(self, store: Any, organisation: UUID) -> list[str]: ...


class Desk:
    """The imports of one process. `level()` waits until the service's copies have what it recorded itself."""

    def __init__(self, store: Store, importer: Importer, drafts: Drafts, level: Callable[[], bool]) -> None:
        self.store, self.importer, self.drafts, self.level = store, importer, drafts, level
        self.live: dict[UUID, Draft] = {}
        self.deciding = threading.Lock()  # held while a request looks at a draft and sets it off
        self._turn, self._lock = threading.Lock(), threading.Lock()

    def draft(self, id: UUID) -> Draft | None:
        return self.live.get(id) or self.drafts.load(id)

    def set_off(self, draft: Draft, act: Callable[[Draft], State]) -> None:
        """In the background; nothing happens when the draft is being worked on already."""
        with self._lock:
            if draft.id in self.live:
                return
            self.live[draft.id] = draft
        self.drafts.save(draft)
        said = meta.get()
        threading.Thread(target=self._run, args=(draft, act, said), name=f"import-{draft.id}", daemon=True).start()

    def take_up(self, draft: Draft) -> None:
        """What a restart interrupted goes on, as whoever set it off. A check only once: what ended the process may be the file itself."""
        act = {"checking": self.check, "committing": self.commit, "revoking": self.revoke}.get(draft.state)
        if act is None or draft.id in self.live:
            return
        if draft.state == "checking" and draft.resumed:
            draft.state, draft.fault = "failed", fault(Refused(
                "import_check_died", "核对这个文件时服务两次中断，已停止。请把数据复制到一个新建的工作簿再上传；仍不行的，请联系管理员。",
                "The service broke off twice while it read this file and has stopped. Copy the data into a new workbook and upload that; if that "
                "fails too, tell the administrator.", "file"))
            self.drafts.save(draft)
            return
        draft.resumed += 1
        token = meta.set(Meta(**{**draft.acting, "documents": tuple(map(UUID, draft.acting["documents"]))}))
        try:
            self.set_off(draft, act)
        finally:
            meta.reset(token)

    def _run(self, draft: Draft, act: Callable[[Draft], State], said: Meta) -> None:
        meta.set(replace(said, fingerprint=f"import:{draft.id}"))
        before = draft.state
        after: State = "failed"
        try:
            with self._turn, uncollected():
                if not self.level():
                    raise Refused("import_busy", "本服务的数据副本尚未跟上，请稍后再试。", "The copies here are behind; try again shortly.")
                after = act(draft)
        except Refused as no:
            draft.fault = fault(no)
            after = "checked" if before == "committing" and not draft.begun else "committed" if before == "revoking" else "failed"
        except Exception as e:  # whatever it is, the draft must not stay "running" for ever; no cell's content may reach the log
            log.error("import %s: %s", draft.id, type(e).__name__)
            draft.fault = {"code": "import_interrupted", "message": {"zh-CN": "处理中断，请重试；已写入的行不会重复。",
                                                                     "en": "It was interrupted; try again, no row is written twice."}}
        finally:
            with self._lock:  # whoever sees that it has ended may set it off again at once, and finds it written
                self.drafts.save(replace(draft, state=after))
                draft.state = after
                self.live.pop(draft.id, None)

    # -- the three acts ----------------------------------------------------------------------------------------------
    def check(self, draft: Draft) -> State:
        """试运行."""
        found = self._read(draft)
        draft.total = sum(len(s.lines) for s in found.sheets)
        self._tell(draft, self.importer.examine(self.store, draft, found.sheets), found)
        return "checked"

    @remembering()
    def commit(self, draft: Draft) -> State:
        """By the same code as the dry run; nothing is written when that now says otherwise."""
        found = self._read(draft)
        examined = self.importer.examine(self.store, draft, found.sheets)
        entries = examined.entries
        if not draft.begun and digest_of(draft.sha256, examined.verdicts, examined.notes) != draft.digest:
            self._tell(draft, examined, found)
            raise Refused("import_digest_stale", "校验之后数据有变化，结果与您看到的不同，请重新查看后再提交；没有写入任何内容。",
                          "The data changed since the dry run and so did its verdicts; look again. Nothing was written.", "digest")
        self.importer.begin(self.store, draft, len(entries))
        draft.begun, draft.done, draft.total = True, 0, len(entries)
        self.drafts.save(draft)
        left_out = 0
        for i in range(0, len(entries), CHUNK):
            wrong = self._entered(draft, examined, entries[i:i + CHUNK])
            left_out += len(wrong)
            draft.done = min(i + CHUNK, len(entries))
            if wrong and draft.only == "all":
                return self._undo(draft, wrong[0])
        self.importer.finish(self.store, draft, len(entries) - left_out, left_out)
        draft.counts |= {"applied": len(entries) - left_out, "refused": left_out}
        draft.committed_at = now().isoformat()
        return "committed"

    def revoke(self, draft: Draft) -> State:
        """整批撤销: first all is tried, then all is done."""
        calls = self.importer.take_back(self.store, draft)
        draft.total = len(calls)
        wrong = [(row, no) for (row, _), no in zip(calls, rehearse(self.store, [call for _, call in calls]), strict=True) if isinstance(no, Refused)]
        if wrong:
            draft.fault = {**fault(Refused("import_built_upon", "有 {count} 行之后又办理了业务，不能整批撤销；没有改动任何内容。",
                                           "Later facts build on {count} rows, so the batch cannot be revoked; nothing was changed.",
                                           count=len(wrong))), "errors": [{"row": row, **fault(no)} for row, no in wrong[:200]]}
            return "committed"
        self._take_back(draft, calls)
        self.importer.revoked(self.store, draft, draft.acting.get("reason") or "")
        return "revoked"

    def _entered(self, draft: Draft, examined: Examined, some: Sequence[Any]) -> list[Refused]:
        """Writes a chunk; what a rule refused. A busy store is asked again: what it has written already answers as written."""
        for attempt in range(PATIENCE):
            outcomes = self.importer.enter(self.store, draft, examined, some)
            other = next((o for o in outcomes if isinstance(o, Exception) and not isinstance(o, Refused)), None)
            if other is None:
                return [o for o in outcomes if isinstance(o, Refused)]
            if not isinstance(other, Conflict | Unavailable) or attempt == PATIENCE - 1:
                raise other
            time.sleep(attempt + 1)
        return []

    # -- what they share ---------------------------------------------------------------------------------------------
    def _read(self, draft: Draft) -> Read:
        data = self.drafts.get(draft.id, "file.box")
        if data is None:
            raise Refused("import_expired", "上传的文件已过 24 小时，请重新上传。", "The file was kept 24 hours only; upload it again.", "file")
        kind = self.importer.kinds[draft.kind]
        try:
            return whole(data, kind.columns)
        except Refused as no:
            likely = looks_like(data) if no.code in ("column_missing", "header_missing") else None
            if likely is None or kind.title in likely:
                raise
            raise Refused(no.code, "这个文件像是“{likely}”，不是“{kind}”：请改选类型再上传。{said}",
                          "This looks like {likely}, not {kind}: choose that kind and upload it again. {said_en}", "file",
                          likely=likely, kind=kind.title, said=no.zh, said_en=no.en) from None

    def _tell(self, draft: Draft, examined: Examined, found: Read) -> None:
        kind = self.importer.kinds[draft.kind]
        by_name, columns = {s.name: s for s in found.sheets}, {c.field: c for c in kind.columns}
        draft.counts = counted(examined.verdicts)
        draft.problems = problems_of(examined.verdicts, kind.titles)
        draft.notes = examined.notes
        draft.digest = digest_of(draft.sha256, examined.verdicts, examined.notes)
        draft.done = draft.total = len(examined.verdicts)
        draft.sheets = [sheet_told(s, kind.titles) | {"titled": list(examined.titled.get(s.name, ()))} for s in found.sheets]
        draft.unread = [unread_told(u) for u in found.unread]
        rows = [shown(v, by_name[v.line.sheet], columns) for v in examined.verdicts]
        self.drafts.put(draft.id, "rows.box", orjson.dumps(rows))

    def _undo(self, draft: Draft, why: Exception) -> State:
        """All or nothing: somebody else's change came between, so what was written is taken back."""
        self._take_back(draft, self.importer.take_back(self.store, draft))
        self.importer.revoked(self.store, draft, "all_or_nothing")
        draft.fault = fault(why) if isinstance(why, Refused) else None
        return "failed"

    def _take_back(self, draft: Draft, calls: Sequence[tuple[str, Callable[[], object]]]) -> None:
        for i in range(0, len(calls), CHUNK):
            for outcome in self.store.batch([call for _, call in calls[i:i + CHUNK]]):
                if isinstance(outcome, Exception):
                    raise outcome
            draft.done = min(i + CHUNK, len(calls))


def looks_like(data: bytes) -> str | None:
    """The kind whose own columns stand together in some row."""
    rows = [{bare(clean(c)) for c in row} for _, grid, _ in read_grids(data) for row in grid[:HEADER_WITHIN]]
    return next((title for title, signs in SIGNS.items() if any(signs <= row for row in rows)), None)


def fault(no: Refused) -> dict[str, Any]:
    return {"code": no.code, "field": no.field, "message": {"zh-CN": no.zh, "en": no.en}}
