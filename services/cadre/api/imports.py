"""Imports of rosters, first loads and profiles: what cadre brings to the desk."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from services.cadre.api.columns import KINDS, bare_note, cell_of, rows_of, warn
from services.cadre.api.renewals import notes
from services.cadre.application import Cadre
from services.cadre.application.imports import Batch
from services.cadre.domain import seat
from services.cadre.domain.appointment import By
from services.cadre.domain.directory import Unit
from services.cadre.domain.imports import Approval, Entry, Wanted
from services.cadre.domain.known import Known, Row, same_as_far
from services.cadre.domain.matching import Matched
from services.cadre.domain.objections import crowded, objections
from services.cadre.domain.seat import SeatClaim
from services.cadre.events import AppointmentProposed, AppointmentStarted, CadreProfileChanged, CadreRegistered, ImportKind, ImportStarted
from shared.calendar import today
from shared.es import Done
from shared.fact import Refused
from shared.imports.desk import Examined
from shared.imports.drafts import Draft
from shared.imports.routes import import_routes
from shared.imports.verdict import Verdict, faulted
from shared.rehearsal import Rehearsed, rehearse
from shared.words import DEGREES, POLITICAL, POPULATIONS, ROLES, SEXES, STAFFING, plain
from shared.workbook import Column, Fault, Sheet
from shared.workbook.fault import nearest_of

__all__ = ["router"]

WORDS = {"sex": SEXES, "political": POLITICAL, "degree": DEGREES, "staffing": STAFFING, "population": POPULATIONS}
TITLES = {"person_name": "姓名", "sex": "性别", "ethnicity": "民族", "born_on": "出生年月", "political": "政治面貌", "degree": "文化程度",
          "staffing": "编制", "population": "人员类别",
          "employer_and_post": "工作单位及职务", "in_two_committees": "进“两委”", "in_party_branch_committee": "进支委",
          "in_villagers_committee": "进村（居）委", "holds_both_posts": "一肩挑",
          "phone": "联系电话", "id_number": "身份证号"}
UNSAID = ("id_number_missing", "same_name_and_birth", "age_unusual")  # a roster has no such column; the matching asks; its cells said so
WARNING = (CadreRegistered, AppointmentProposed, AppointmentStarted)
NOT_ON_PAPER = ("born_precision",)


class CadreImports:
    """Rosters, first loads and profiles."""

    kinds = KINDS

    def batch(self, store: Cadre, organisation: UUID, kind: str, sha256: str) -> UUID:
        return store.batch_of(organisation, kind, sha256)

    def examine(self, store: Cadre, draft: Draft, sheets: Sequence[Sheet]) -> Examined:
        """By the code that writes: the rows are matched, then the commands themselves are rehearsed."""
        day, kind = today(), cast(ImportKind, draft.kind)
        read = rows_of(sheets, draft.kind, day)
        approval = _approval(draft)
        matched, units, places, teams = store.matched(draft.id, kind, draft.organisation, [row for *_, row in read], draft.choices, nearest_of, day,
                                                      approval.decided_on)
        columns = {c.field: c for c in KINDS[kind].columns}
        names = {u.id: u for u in units}
        verdicts = [Verdict(line, title=_title(m), faults=_faults(line.faults, m, sheet), candidates=[_candidate(k, names) for k in m.candidates])
                    for (line, sheet, _), m in zip(read, matched, strict=True)]
        batch = Batch(draft.id, kind, draft.organisation, draft.filename, approval, day, places, teams)
        entered = [(v, m, sheet, m.entry) for v, m, (_, sheet, _) in zip(verdicts, matched, read, strict=True) if m.entry]
        entered.sort(key=lambda e: e[0].wrong)  # what is wrong already is tried last: it takes no seat from a row that will be written
        first = batch.writing([entry for *_, entry in entered])
        sitting = store.claims_of(places[o] for o in first.teams)
        tried = rehearse(store, [*(partial(store.renew, draft.id, t, places[o], sitting, day) for o, t in first.teams.items()),
                                 *(partial(store.enter, first, entry) for *_, entry in entered)])
        outcomes = tried[len(first.teams):]
        for (v, m, sheet, _), outcome in zip(entered, outcomes, strict=True):
            _judge(v, m, sheet, outcome, columns)
        for v, m, (_, sheet, _) in zip(verdicts, matched, read, strict=True):
            if v.wrong and m.fresh:
                _add(v, objections(kind, m.fresh, places, approval, day), sheet)
        if kind == "roster":  # a first load only warns of it
            for at, full in _crowded(store, first, [m for _, m, *_ in entered], tried):
                v, _, sheet, _ = entered[at]
                _add(v, full, sheet)
        written = [(v, entry) for v, _, _, entry in entered if v.action in ("add", "change") and not v.wrong]
        entries = [entry for _, entry in written]
        batch = batch.writing(entries)
        by_unit = {w.organisation: v for v, entry in reversed(written) for w in entry.posts}
        told = [*tried[:len(first.teams)], *(o for (v, *_), o in zip(entered, outcomes, strict=True) if not v.wrong)]
        own = {o: store.own_periods(t, places[o], sitting) for o, t in batch.teams.items()}
        facts = [fact for outcome in told if isinstance(outcome, list) for _, fact in outcome]
        return Examined(verdicts, entries, batch, list(notes(batch, sitting, facts, by_unit, names, own)),
                        _titled((m, sheet) for m, (_, sheet, _) in zip(matched, read, strict=True)))

    def begin(self, store: Cadre, draft: Draft, rows: int) -> None:
        store.begin_import(draft.id, ImportStarted(
            kind=cast(ImportKind, draft.kind), organisation=draft.organisation, filename=draft.filename, sha256=draft.sha256,
            rows=draft.counts["rows"], only=draft.only, uploaded_by=draft.uploaded_by, digest=draft.digest or "",
            authority=draft.authority, decided_on=draft.decided_on), f"{draft.id}/started")

    def enter(self, store: Cadre, draft: Draft, examined: Examined, entries: Sequence[Entry]) -> list[Done | Exception]:
        if any(e.phone or e.id_number for e in entries):
            store.vault.warm(e.person for e in entries if e.phone or e.id_number)
        return store.enter_rows(examined.shared, entries)

    def finish(self, store: Cadre, draft: Draft, applied: int, left_out: int) -> None:
        store.finish_import(draft.id, applied, left_out)

    def take_back(self, store: Cadre, draft: Draft) -> list[tuple[str, Callable[[], object]]]:
        return list(store.taken_back(draft.id, By(draft.acting["actor"]), today()))

    def revoked(self, store: Cadre, draft: Draft, why: str) -> None:
        store.end_revocation(draft.id, why)

    def units(self, store: Cadre, organisation: UUID) -> list[str]:
        return [u.full_name for u in store.copy.units(organisation, today()) if u.closed_on is None]


router = import_routes(CadreImports())


def _approval(draft: Draft) -> Approval:
    """Until somebody commits, whoever it will be is not the uploader."""
    approver = By(draft.committed_by, draft.committed_person) if draft.committed_by else By("")
    decided = date.fromisoformat(draft.decided_on) if draft.decided_on else None
    return Approval(By(draft.uploaded_by, draft.uploaded_person), approver, draft.authority or "", decided)


def _faults(cells_: Sequence[Fault], m: Matched, sheet: Sheet) -> list[Fault]:
    """A rule that misses what its cell could not say repeats the cell's fault, so it is left out."""
    there = {f.field for f in cells_ if f.level == "error"}
    return [*cells_, *(f for no in m.refusals if (f := faulted(no, field=cell_of(no.field, sheet))).field not in there),
            *(faulted(no, "warn", cell_of(no.field, sheet)) for no in m.warnings)]


def _add(v: Verdict, some: Sequence[Refused], sheet: Sheet) -> None:
    """What else speaks against the row, said once; not of cells that say nothing that can be judged."""
    told, unclear = {f.code for f in v.faults}, {f.field for f in v.line.faults if f.level == "error"}
    v.faults += [f for no in some if no.code not in told and (f := faulted(no, field=cell_of(no.field, sheet))).field not in unclear]


def _crowded(store: Cadre, batch: Batch, rows: Sequence[Matched], tried: Sequence[Rehearsed]) -> Iterator[tuple[int, list[Refused]]]:
    """Of the rows that some rule refuses, by their place: the seats that have no room for them either when it is their turn. `tried`: of the
    teams that leave, then of the rows."""
    teams = len(tried) - len(rows)
    seats = {w.seat for m, o in zip(rows, tried[teams:], strict=True) if isinstance(o, Exception) for w in m.fresh}
    claims: dict[UUID, Any] = store.load_all(SeatClaim, seats)
    for n, outcome in enumerate(tried, -teams):
        if not isinstance(outcome, Exception):
            for stream, fact in outcome:
                if stream in seats:
                    claims[stream] = seat.evolve(claims.get(stream), fact)
        elif n >= 0 and (entry := rows[n].entry):
            yield n, crowded(entry.person, rows[n].fresh, batch.places, claims)


def _titled(rows: Iterable[tuple[Matched, Sheet]]) -> dict[str, list[str]]:
    """By sheet, the organisations that its name or titles were taken to mean."""
    found: dict[str, dict[str, None]] = {}
    for m, sheet in rows:
        if m.titled and m.unit:
            found.setdefault(sheet.name, {})[m.unit.full_name] = None
    return {name: [*some] for name, some in found.items()}


def _title(m: Matched) -> str:
    offices = "、".join(ROLES[r][0] for r in m.row.roles)
    return " · ".join(x for x in (m.row.profile.person_name, m.unit.full_name if m.unit else None, offices) if x)


def _candidate(k: Known, names: Mapping[UUID, Unit]) -> dict[str, Any]:
    born = k.born_on.isoformat()[:7] if k.born_on else None
    return {"person": str(k.person), "name": k.person_name, "born": born,
            "organisation": "、".join(sorted(names[o].full_name for o in k.organisations if o in names))}


def _judge(v: Verdict, m: Matched, sheet: Sheet, outcome: Rehearsed, columns: Mapping[str, Column]) -> None:
    """The verdict from the facts that the row's command would record."""
    if isinstance(outcome, Exception):
        if not isinstance(outcome, Refused):
            raise outcome
        _add(v, [outcome], sheet)
        return
    if v.wrong:
        return
    assert m.entry
    facts = [fact for _, fact in outcome]
    for code in dict.fromkeys(c for f in facts if isinstance(f, WARNING) for c in f.warnings if c not in UNSAID):
        v.faults.append(warn(code) if "role" in columns else warn(code, ""))
    started = [f for f in facts if isinstance(f, AppointmentStarted)]
    for f in facts:
        if isinstance(f, CadreProfileChanged):
            v.changes += _changes(f, m.record)
    if m.known and started:
        v.changes += [{"field": "role", "title": "妇联职务", "old": "", "new": ROLES[f.post.role][0]} for f in started]
    v.action = "add" if started or any(isinstance(f, CadreRegistered) for f in facts) else "change" if facts else "same"
    if started and m.assumed:
        v.faults.append(faulted(m.assumed, "warn"))
    if m.entry.posts and not started and m.known:
        v.faults += _unlike(m.row, m.known, m.entry.posts[0])


def _unlike(row: Row, known: Known, w: Wanted) -> Iterator[Fault]:
    """What the paper says otherwise of a post on record, which an import leaves as it is."""
    hers = [h for h in known.posts if h.organisation == w.organisation]
    if hers and not any(same_as_far(w.starts_on, h.since, w.precision) for h in hers):
        yield warn("start_differs", "starts_on")
    post = known.held(w.organisation, row.highest, w.starts_on, w.until, w.precision) if row.highest else None
    if post and row.engagement and row.engagement != post.engagement:
        yield warn("engagement_on_record", "engagement")
    if post and row.newly is not None and row.newly != known.newly(post):
        yield warn("newly_differs", "newly")
    if (said := plain(bare_note(row.note))) and said not in {plain(bare_note(h.note)) for h in hers}:
        yield warn("note_differs", "note")


def _changes(f: CadreProfileChanged, was: Any) -> list[dict[str, str]]:
    found = []
    for name, new in f.profile.__dict__.items():
        if new is not None and name not in NOT_ON_PAPER:
            found.append({"field": name, "title": TITLES[name], "old": _word(name, getattr(was, name, None)), "new": _word(name, new)})
    return found + [{"field": n, "title": TITLES[n], "old": "", "new": "有变化"} for n in ("phone", "id_number") if getattr(f, n)]


def _word(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return WORDS[name][value][0] if name in WORDS else str(value)
