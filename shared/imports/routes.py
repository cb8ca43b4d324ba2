"""Imports over HTTP, the same for every service: `/imports`: upload, look, check again, commit, discard, revoke, template, marked workbook."""
import hashlib
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any, Literal, cast
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from shared.calendar import now
from shared.es import Rehearsal, meta, rehearsing
from shared.fact import Refused
from shared.http import Body, Cmd, Command, NotFound, Query
from shared.http.problems import Forbidden
from shared.http.upload import filename
from shared.http.who import Who
from shared.imports.desk import Desk, Importer, Kind
from shared.imports.drafts import Draft, Drafts, Only, State
from shared.imports.level import leveller
from shared.workbook import Fault, kind_of, marked, read, template
from shared.workbook.safety import MAX_BYTES

__all__ = ["import_routes"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Check(Body):
    """`choices`: row -> a person's id, or `new`; an appointment whose own period runs on at a re-election -> whether it `stays` or `leaves`."""

    choices: Annotated[dict[str, UUID | Literal["new", "stays", "leaves"]], Field(max_length=5000, default_factory=dict)]


class Commitment(Body):
    digest: str
    only: Only
    acknowledged: tuple[str, ...] = ()


class Revocation(Body):
    why: Annotated[str, Field(min_length=1, max_length=500)]


async def workbook(request: Request, actor: Who) -> tuple[bytes, str]:
    """The bytes and their name. Put before `cmd: Cmd`: the command's fingerprint then covers the file."""
    name = filename(request)
    request.state.body_limit = MAX_BYTES + 1024
    data = await request.body()
    request.state.body_digest = hashlib.sha256(data).hexdigest()
    return data, name[:120]


Workbook = Annotated[tuple[bytes, str], Depends(workbook)]


async def the_desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.imports)


TheDesk = Annotated[Desk, Depends(the_desk)]


def blank(kind: str, organisation: UUID, query: Query, desk: TheDesk) -> Response:
    """模板: made for the caller's own area."""
    k = kind_named(desk.importer, kind)
    query.may(k.upload, organisation)
    units = desk.importer.units(desk.store, organisation)
    stamp = f"{units[0] if units else ''} {query.today.isoformat()}"
    return sheet_answer(f"{k.title}模板", template(k.title, k.columns, units, k.unit_field, stamp))


def upload(kind: str, organisation: UUID, book: Workbook, cmd: Cmd, desk: TheDesk, only: Only = "all",
           authority: str | None = None, decided_on: date | None = None) -> Response:
    """上传并试运行: nothing is written. The same file in the same area is the same import."""
    k = kind_named(desk.importer, kind)
    cmd.may(k.upload, organisation)
    needed = [name for name, value in (("authority", authority), ("decided_on", decided_on)) if not value]
    if k.second and needed:
        raise Refused("decision_missing", "花名册按一次换届整批审批：请填写审定的党组织和日期。",
                      "A roster is approved as one: name the Party organisation and the day of its decision.", needed[0])
    if k.second and decided_on and decided_on > cmd.today:
        raise Refused("decision_in_future", "审定日期 {day} 还没有到，请填今天或以前的日期。",
                      "The decision of {day} lies in the future; give today or an earlier day.", "decided_on", day=decided_on)
    data, name = book
    kind_of(data)
    with desk.deciding:
        draft = drafted(desk, cmd, kind, organisation, data, name)
        if draft.state in ("checking", "checked", "failed") and not draft.begun and draft.id not in desk.live:
            draft.only, draft.authority, draft.decided_on = only, authority, decided_on.isoformat() if decided_on else None
            run(desk, draft, cmd, "checking")
    return accepted(draft)


def listed(query: Query, desk: TheDesk, limit: Annotated[int, Field(ge=1, le=200)] = 50, state: State | None = None) -> Response:
    """导入记录, of the caller's area, for who may upload there or decide; `state`: only those."""
    kinds = desk.importer.kinds.values()
    if not any(map(query.scope, {p for k in kinds for p in (k.upload, k.commit)})):
        raise Forbidden(min(k.upload for k in kinds))
    mine = (d for d in desk.drafts.all() if (state is None or d.state == state) and within(query, desk.importer.kinds[d.kind], d))
    return query.answer({"imports": [d.shown(long=False) for d, _ in zip(mine, range(limit), strict=False)]})


def one(id: UUID, query: Query, desk: TheDesk) -> Response:
    """进度与结果. What a restart interrupted is taken up again."""
    draft = known(desk, query, id)
    desk.take_up(draft)
    return query.answer(draft.shown())


def rows(id: UUID, query: Query, desk: TheDesk, verdict: str | None = None, limit: Annotated[int, Field(ge=1, le=200)] = 100,
         cursor: int = 0) -> Response:
    """逐行结果."""
    known(desk, query, id)
    some = [r for r in verdicts(desk, id) if verdict is None or r["verdict"] == verdict]
    page = [{k: v for k, v in r.items() if k != "faults"} for r in some[cursor:cursor + limit]]
    return query.answer({"rows": page, "next": cursor + limit if cursor + limit < len(some) else None})


def corrected(id: UUID, query: Query, desk: TheDesk) -> Response:
    """标红的原表."""
    draft = known(desk, query, id)
    data = desk.drafts.get(id, "file.box")
    if data is None:
        raise NotFound("id")
    faults: dict[str, list[Fault]] = defaultdict(list)
    for row in verdicts(desk, id):
        faults[row["row"]] += [Fault(**f) for f in row["faults"]]
    name = draft.filename.rpartition(".")[0] or draft.filename
    return sheet_answer(f"{name}-标红", marked(data, read(data, desk.importer.kinds[draft.kind].columns), faults))


def again(id: UUID, body: Check, cmd: Cmd, desk: TheDesk) -> Response:
    """重新试运行, with what was chosen among namesakes."""
    with desk.deciding:
        draft = known(desk, cmd, id)
        if draft.begun or draft.state not in ("checked", "failed"):
            raise wrong_state(draft)
        draft.choices |= {row: str(choice) for row, choice in body.choices.items()}
        run(desk, draft, cmd, "checking")
    return accepted(draft)


def commit(id: UUID, body: Commitment, cmd: Cmd, desk: TheDesk) -> Response:
    """导入."""
    with desk.deciding:
        draft = known(desk, cmd, id, commit=True)
        if draft.state != "checked" and not (draft.state == "failed" and draft.begun):
            raise wrong_state(draft)
        may_commit(draft, body, cmd, desk.importer.kinds[draft.kind])
        unless_rehearsed()
        draft.only, draft.committed_by, draft.committed_person = body.only, cmd.actor.account, cmd.actor.person
        draft.documents = [str(d) for d in body.documents]
        run(desk, draft, cmd, "committing")
    return accepted(draft)


def revoke(id: UUID, body: Revocation, cmd: Cmd, desk: TheDesk) -> Response:
    """整批撤销."""
    with desk.deciding:
        draft = known(desk, cmd, id, commit=True)
        if draft.state != "committed" and not (draft.state == "failed" and draft.begun):
            raise wrong_state(draft)
        if (until := draft.revocable_until) and now() > until:
            raise Refused("import_too_late", "导入已超过 24 小时，任何人都不能再整批撤销。有误的行请由有权办理的干部逐条更正："
                          "人员资料在人员页面“更正”，任职在任职页面“更正”或“作废”，组织在组织页面办理；都会留痕。",
                          "More than 24 hours have passed since the import, so nobody can revoke it whole any more. Whoever may handle them corrects "
                          "the wrong rows one by one, on the page of the person, the appointment or the organisation.", "id")
        unless_rehearsed()
        meta.set(replace(meta.get(), documents=tuple(map(UUID, draft.documents))))  # what takes it back rests on the papers it rested on
        run(desk, draft, cmd, "revoking", reason=body.why)
    return accepted(draft)


def discard(id: UUID, body: Body, cmd: Cmd, desk: TheDesk) -> Response:
    """放弃: an upload of which nothing was written goes, with its file. Her own; of others, for who decides on them."""
    with desk.deciding:
        draft = known(desk, cmd, id)
        if draft.begun or draft.state not in ("checked", "failed") or draft.id in desk.live:
            raise wrong_state(draft)
        kind = desk.importer.kinds[draft.kind]
        if cmd.actor.account != draft.uploaded_by:
            cmd.may(kind.commit, draft.organisation)
        unless_rehearsed()
        desk.drafts.drop(draft.id)
    return Response(orjson.dumps({"id": str(id), "state": "discarded"}), 200, {"Cache-Control": "no-store"}, "application/json")


ROUTES = (
    ("GET", "/template", blank, 200),
    ("POST", "", upload, 202),
    ("GET", "", listed, 200),
    ("GET", "/{id}", one, 200),
    ("GET", "/{id}/rows", rows, 200),
    ("GET", "/{id}/workbook", corrected, 200),
    ("POST", "/{id}/check", again, 202),
    ("POST", "/{id}/commit", commit, 202),
    ("POST", "/{id}/revocation", revoke, 202),
    ("POST", "/{id}/discard", discard, 200),
)


def import_routes(importer: Importer) -> APIRouter:
    """The routes of one service's imports."""
    async def opened(request: Request) -> None:
        state = request.app.state
        if not hasattr(state, "imports"):
            state.imports = Desk(state.store, importer, Drafts(state.settings.data, state.vault, state.name), leveller(state))

    router = APIRouter(prefix="/imports", tags=["imports"], dependencies=[Depends(opened)])
    for method, path, route, status in ROUTES:
        router.add_api_route(path, route, methods=[method], status_code=status)
    return router


def unless_rehearsed() -> None:
    if rehearsing.get():
        raise Rehearsal(())


def run(desk: Desk, draft: Draft, cmd: Command, state: Literal["checking", "committing", "revoking"], **more: str) -> None:
    act = {"checking": desk.check, "committing": desk.commit, "revoking": desk.revoke}[state]
    draft.state, draft.fault, draft.done, draft.resumed = state, None, 0, 0
    said = {k: v for k, v in asdict(meta.get()).items() if k in ("actor", "on_behalf_of", "reason", "documents", "correlation", "region")}
    draft.acting = {**said, "documents": [str(d) for d in said.get("documents", ())], **more}
    desk.set_off(draft, act)


def drafted(desk: Desk, cmd: Command, kind: str, organisation: UUID, data: bytes, name: str) -> Draft:
    """The draft of this file in this area, kept anew when its time was over."""
    sha256 = hashlib.sha256(data).hexdigest()
    id = desk.importer.batch(desk.store, organisation, kind, sha256)
    draft = desk.draft(id)
    if draft is None:
        draft = Draft.new(id=id, kind=kind, organisation=organisation, filename=name, sha256=sha256, only="all", uploaded_by=cmd.actor.account,
                          uploaded_person=cmd.actor.person)
    desk.drafts.put(id, "file.box", data)
    return draft


def may_commit(draft: Draft, body: Commitment, cmd: Command, kind: Kind) -> None:
    if body.digest != draft.digest:
        raise Refused("import_digest_stale", "您看到的校验结果已不是最新，请重新查看。",
                      "The verdicts you saw are no longer the newest; look again.", "digest")
    if body.only == "all" and draft.counts.get("error"):
        raise Refused("import_has_errors", "还有 {count} 行有错。请改正后重新上传，或选择只导入无错的行。",
                      "{count} rows are wrong; correct them, or import the good rows only.", "only", count=draft.counts["error"])
    unread = sorted({p["code"] for p in draft.problems if p["level"] == "warn"} - set(body.acknowledged))
    if unread:
        raise Refused("import_warnings_unread", "请逐类确认提醒：{codes}", "Acknowledge the warnings, kind by kind: {codes}", "acknowledged",
                      codes="、".join(unread))
    if kind.second and cmd.actor.account == draft.uploaded_by:
        raise Refused("approved_by_proposer", "上传人不能审批自己上传的花名册，请由另一人办理（人少的单位可由上级妇联办理）。",
                      "Who uploaded the roster cannot approve it; another person must (in a small office, one of the superior federation).", "actor")
    if kind.second and not body.documents:
        raise Refused("document_missing", "请附上批复文件。", "Cite the approval document.", "documents")


def kind_named(importer: Importer, kind: str) -> Kind:
    if kind not in importer.kinds:
        raise Refused("import_kind_unknown", "导入类型应为：{kinds}", "The kinds are: {kinds_en}", "kind",
                      kinds="、".join(importer.kinds), kinds_en=", ".join(importer.kinds))
    return importer.kinds[kind]


def known(desk: Desk, caller: Any, id: UUID, commit: bool = False) -> Draft:
    """404 when there is none; Forbidden outside the caller's area. Who decides on a file may look at it like who may upload it."""
    draft = desk.draft(id)
    if draft is None:
        raise NotFound("id")
    kind = desk.importer.kinds[draft.kind]
    if commit or not within(caller, kind, draft):
        caller.may(kind.commit if commit else kind.upload, draft.organisation)
    return draft


def within(query: Any, kind: Kind, draft: Draft) -> bool:
    return any(query.allows(permission, draft.organisation) for permission in (kind.upload, kind.commit))


def verdicts(desk: Desk, id: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(desk.drafts.get(id, "rows.box") or b"[]")
    return found


def wrong_state(draft: Draft) -> Refused:
    if draft.state in ("committed", "revoked"):
        return Refused("import_done", "该文件已导入（{state}），不会重复写入。",
                       "This file was imported already ({state}); nothing is written twice.", "id", state=draft.state)
    return Refused("import_running", "该导入正在处理（{state}），请稍候。",
                   "This import is at work ({state}); wait a moment.", "id", state=draft.state)


def accepted(draft: Draft) -> Response:
    return Response(orjson.dumps({"id": str(draft.id), "state": draft.state}), 202, {"Cache-Control": "no-store"}, "application/json")


def sheet_answer(name: str, data: bytes) -> Response:
    return Response(data, 200, {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx", "Cache-Control": "no-store"}, XLSX)
