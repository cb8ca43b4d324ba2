"""Imports of organisations: columns, names of parents, seats; what org brings to the desk."""
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from services.org.api.unit_imports import UNITS, examine_units
from services.org.application import Opening, OpeningTerm, Org, Proposal
from services.org.application.imports import Entry
from services.org.domain.imports import term_of
from services.org.domain.names import NamedOrganisation, NamesIn, Said
from services.org.domain.objections import Told
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.events import AreaKind, Field, FormationMode, ImportStarted, Level, OrgType, Role, Seat
from shared.calendar import add_months, today
from shared.es import Done
from shared.fact import Fact, Refused, derive
from shared.imports.desk import Examined, Kind
from shared.imports.drafts import Draft
from shared.imports.names import Called
from shared.imports.routes import import_routes
from shared.imports.verdict import Verdict, faulted
from shared.pinyin import sounds
from shared.rehearsal import rehearse
from shared.words import plain
from shared.workbook import Bad, Column, Line, Sheet, cells, dates, numbers
from shared.workbook.fault import nearest_of

__all__ = ["router"]

TYPES: dict[str, OrgType] = {"妇联": "federation", "妇女联合会": "federation", "妇工委": "working_committee", "妇女工作委员会": "working_committee",
                             "机关妇委会": "organ_committee", "妇委会": "organ_committee", "妇女小组": "women_group", "妇女微家": "micro_home",
                             "妇代会": "women_congress_org", "妇女代表会": "women_congress_org", "团体会员": "group_member"}
LEVELS: dict[str, Level] = {"省": "province", "市": "city", "县": "county", "区": "county", "乡镇": "township", "街道": "township", "镇": "township",
                            "乡": "township", "村": "village", "社区": "village", "村（社区）": "village", "村社区": "village"}
KINDS_OF_AREA: dict[str, AreaKind] = {"城市": "urban", "城镇": "urban", "农村": "rural"}
FIELDS: dict[str, Field] = {"区域": "area", "乡镇": "area", "村": "area", "社区": "area", "村（社区）": "area", "机关": "organ",
                            "事业单位": "institution", "企业": "enterprise", "学校": "school", "新经济组织": "new_economic",
                            "新社会组织": "new_social", "新就业群体": "new_employment_group", "其他": "other"}
FORMATIONS: dict[str, FormationMode] = {"单独建": "standalone", "单独": "standalone", "联合建": "joint", "联合": "joint", "行业统建": "industry",
                                        "区域联建": "area", "村社兜底": "village_fallback", "网上建": "online"}
SEATS: dict[str, tuple[str, Role]] = {
    "chairs": ("主席职数", "chair"), "vices": ("副主席职数", "vice_chair"), "standing": ("常委职数", "standing_member"),
    "executives": ("执委职数", "executive_member"), "directors": ("主任职数", "director"), "deputies": ("副主任职数", "deputy_director"),
    "members": ("委员职数", "member")}


EXAMPLES = {"chairs": "1", "vices": "2", "executives": "15"}
DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, **{str(n): n for n in range(10)}}


def term_number(raw: object) -> int | None:
    """届次: 3, 三 or 第十三届; None for a blank cell."""
    found = re.sub(r"^第|届$", "", cells.clean(raw).replace(" ", ""))
    if not found:
        return None
    tens, ten, ones = found.rpartition("十")
    if found.isascii() and found.isdigit() and 1 <= int(found) <= 99:
        return int(found)
    if len(tens) > 1 or len(ones) > 1 or not {*tens, *ones} <= DIGITS.keys() or found == "零":
        raise Bad("term_no_form", f"“{found[:20]}”应为届次，如 3 或 第三届",
                  f"“{found[:20]}” should be the number of the term, such as 3 or 第三届")
    return (DIGITS[tens or "一"] * 10 if ten else 0) + (DIGITS[ones] if ones else 0)


def number(raw: object) -> int | None:
    """A small whole number; None for a blank cell."""
    found = cells.clean(raw)
    if not found:
        return None
    if not found.isascii() or not found.isdigit() or int(found) > 500:
        raise Bad("number_invalid", f"“{found[:20]}”应为 0–500 的整数", f"“{found[:20]}” should be a whole number up to 500")
    return int(found)


ORGANISATIONS = Kind("组织名录", (
    Column("full_name", "组织全称", cells.text, ("组织名称", "妇联组织", "全称", "妇联全称"), required=True, width=36,
           example="某某镇示例村妇女联合会"),
    Column("short_name", "简称", cells.text, ("组织简称",), example="示例村妇联"),
    Column("parent", "上级组织", cells.text, ("上级妇联", "隶属", "上级组织名称"), required=True, fill=True, width=36),
    Column("org_type", "类别", partial(cells.one_of, TYPES, "类别", "type_unknown", str), ("组织类别", "组织类型"),
           choices=("妇联", "妇工委", "机关妇委会", "妇女小组", "妇女微家", "妇代会", "团体会员")),
    Column("level", "层级", partial(cells.one_of, LEVELS, "层级", "level_unknown", str), ("级别",), required=True,
           choices=("县", "乡镇", "村（社区）"), example="村（社区）"),
    Column("established", "成立时间", dates.day, ("成立日期", "建会时间"), required=True, example="2021-03-08"),
    Column("code", "区划代码", numbers.division_code, ("统计用区划代码", "行政区划代码"), width=16, example="360121199299"),
    Column("credit_code", "统一社会信用代码", numbers.credit_code, ("社会信用代码", "信用代码", "机构代码"), width=22, note="县级以上妇联有"),
    Column("area_kind", "城乡", partial(cells.one_of, KINDS_OF_AREA, "城乡", "area_kind_unknown", str), ("城乡类别",), choices=("城市", "农村"),
           example="农村"),
    Column("field", "领域", partial(cells.one_of, FIELDS, "领域", "field_unknown", str), ("所属领域",),
           choices=("区域", "机关", "事业单位", "企业", "学校", "新经济组织", "新社会组织", "新就业群体", "其他"), note="不填按“区域”"),
    Column("formation", "组建方式", partial(cells.one_of, FORMATIONS, "组建方式", "formation_unknown", str), ("组建形式", "建会方式"),
           choices=("单独建", "联合建", "行业统建", "区域联建", "村社兜底", "网上建"), note="不填按“单独建”"),
    Column("term_no", "届次", term_number, ("现任届次", "本届届次"), width=9, example="第三届"),
    Column("term_starts", "本届开始", dates.day, ("本届开始时间", "届期开始", "任期开始", "本届起"), note="如 2024-03-08", example="2024-03-08"),
    Column("term_ends", "本届届满", dates.day, ("本届届满时间", "届期结束", "任期届满", "本届止"), note="最后一天或次日均可，如 2029-03-07",
           example="2029-03-07"),
    *(Column(f, title, number, (title.removesuffix("职数"),), width=9, example=EXAMPLES.get(f, "")) for f, (title, _) in SEATS.items()),
), "parent", "org.import", "org.load")


KINDS = {"organisations": ORGANISATIONS, "units": UNITS}
PASSES = 6


class OrganisationImports:
    """Organisations of an area, parents before their children."""

    kinds = KINDS

    def batch(self, store: Org, organisation: UUID, kind: str, sha256: str) -> UUID:
        return store.batch_of(organisation, kind, sha256)

    def examine(self, store: Org, draft: Draft, sheets: Sequence[Sheet]) -> Examined:
        """A row that the rules refuse adds nothing, so what builds on it, or says the same, is judged again without it."""
        lines, called = [line for sheet in sheets for line in sheet.lines], store.copy.called(draft.organisation, today())
        if draft.kind == "units":
            return examine_units(store, draft.id, draft.organisation, lines, NamesIn(called, nearest_of, sound))
        spoilt: dict[str, None] = {}
        for _ in range(PASSES):
            found, entries, fell = _examined(store, draft.id, lines, called, spoilt)
            if not fell:
                break
            spoilt |= dict.fromkeys(fell)
        for v in found:  # rows that turn wrong and right with each other for ever are all left out
            if not v.wrong and (v.line.row in spoilt or (fell and any(f.code == "import_row_twice" for f in v.faults))):
                v.faults.append(faulted(refused("import_row_entangled", "full_name", row=next(iter(spoilt)))))
        left = {v.line.row for v in found if v.wrong}
        return Examined(found, [e for e in entries if e[0] not in left])

    def begin(self, store: Org, draft: Draft, rows: int) -> None:
        store.begin_import(draft.id, ImportStarted(
            organisation=draft.organisation, filename=draft.filename, sha256=draft.sha256, rows=draft.counts["rows"], only=draft.only,
            uploaded_by=draft.uploaded_by, digest=draft.digest or ""), f"{draft.id}/started")

    def enter(self, store: Org, draft: Draft, examined: Examined, entries: Sequence[Any]) -> list[Done | Exception]:
        return store.enter_unit_rows(draft.id, entries) if draft.kind == "units" else store.enter_rows(draft.id, entries)

    def finish(self, store: Org, draft: Draft, applied: int, left_out: int) -> None:
        store.finish_import(draft.id, applied, left_out)

    def take_back(self, store: Org, draft: Draft) -> list[tuple[str, Callable[[], object]]]:
        return store.taken_back(draft.id)

    def revoked(self, store: Org, draft: Draft, why: str) -> None:
        store.end_revocation(draft.id, why)

    def units(self, store: Org, organisation: UUID) -> list[str]:
        return [c.full_name for c in store.copy.called(organisation, today()) if c.closed_on is None]


router = import_routes(OrganisationImports())


def _examined(store: Org, batch: UUID, lines: Sequence[Line], called: Sequence[NamedOrganisation],
              spoilt: Collection[str]) -> tuple[list[Verdict], list[Entry], list[str]]:
    """Each row's verdict, what is to be written, and the rows that were built upon and then refused. `spoilt`: those known to be."""
    names = NamesIn(called, nearest_of, sound)
    found = [Verdict(line, title=str(line.values.get("full_name") or ""), faults=list(line.faults)) for line in lines]
    coded: list[tuple[Verdict, UUID]] = []
    read = [(v, *known) for v in found if (known := _entry(batch, v.line, names, v, spoilt, coded))]
    bearers = store.load_all(Organisation, [id for _, id in coded])
    for v, id in coded:
        if (bearer := bearers.get(id)) and bearer.credit_code != v.line.values["credit_code"]:
            v.faults.append(faulted(refused("import_credit_code_kept", "credit_code", there=bearer.credit_code or "—"), "warn"))
    tried = [(v, entry, told) for v, told, entry in read if entry]
    tried.sort(key=lambda t: t[0].wrong)  # what is wrong already is tried last: it takes no code from a row that will be written
    doubtful, facts = [(v, told) for v, told, entry in read if v.wrong and not entry], list[tuple[UUID, Fact]]()
    for (v, _, told), outcome in zip(tried, rehearse(store, [partial(store.enter, batch, e) for _, e, _ in tried]), strict=True):
        if isinstance(outcome, Refused):
            _add(v, [store.named(outcome)])
            doubtful.append((v, told))
        elif isinstance(outcome, Exception):
            raise outcome
        elif not v.wrong:
            v.action = "add"
            facts += outcome
    for (v, _), against in zip(doubtful, store.objections([told for _, told in doubtful], facts), strict=True):
        _add(v, against)
    added = {said.row for said in names.added.values()}
    return found, [entry for v, entry, _ in tried if v.action == "add"], [v.line.row for v, *_ in tried if v.wrong and v.line.row in added]


def _add(v: Verdict, some: Sequence[Refused]) -> None:
    """Each rule once a cell; not of cells that could not be understood."""
    for no in some:
        f, unclear = faulted(no, field=_cell(no)), {known.field for known in v.line.faults}
        if f.field not in unclear and (f.code, f.field) not in {(told.code, told.field) for told in v.faults}:
            v.faults.append(f)


def _cell(no: Refused) -> str:
    """The column where it is to be put right."""
    if no.field == "seats":
        return next((f for f, (_, role) in SEATS.items() if role == no.params.get("role")), "chairs")
    return {"established_on": "established", "proposed_on": "established", "number": "code", "starts_on": "term_starts",
            "term_months": "term_ends"}.get(no.field, no.field)


def _entry(batch: UUID, line: Line, names: NamesIn, v: Verdict, spoilt: Collection[str],
           coded: list[tuple[Verdict, UUID]]) -> tuple[Told, Entry | None] | None:
    """The row as far as it can be understood, and as an opening when that is whole; `v` gets what is wrong or differs. None: it is there, and
    when the row says its credit code, `coded` has it."""
    r = line.values
    name, level = r.get("full_name"), r.get("level")
    kind: OrgType = r.get("org_type") or "federation"
    parent: NamedOrganisation | None = None
    there: NamedOrganisation | None = None
    try:
        parent = names.find(r["parent"]) if r.get("parent") else None
        if parent and plain(r["parent"]) in names.by_former and plain(r["parent"]) not in names.by_name:
            v.faults.append(faulted(refused("import_parent_renamed", "parent", name=r["parent"][:40], now=parent.full_name), "warn"))
        there = names.there(name, kind, parent.id) if name and parent else None
    except Refused as no:
        v.faults.append(faulted(no))
    if name and parent and there:
        _same(there, parent, r, names.added.get(there.id), v)
        coded += [(v, there.id)] * bool(r.get("credit_code"))
        return None
    if v.wrong or line.row in spoilt:
        names.spoil((name, r.get("short_name")), line.row)
    id = derive(batch, line.row, "organisation")
    seats = tuple(Seat(seat=derive(id, "seat", role), role=role, capacity=r[f]) for f, (_, role) in SEATS.items() if r.get(f))
    day: date | None = r["established"].on if r.get("established") else None
    clear = not any(f.field == "org_type" for f in line.faults)  # nothing is concluded from a kind that could not be understood
    terms = _terms(id, r, v)
    told = Told(id, kind, level if clear else None, parent.id if parent else None, day, r.get("code"), r.get("credit_code"), seats if clear else ())
    if not name or not level or not parent or not day:
        return told, None
    if far := names.elsewhere(name, parent.id):
        v.faults.append(faulted(refused("import_same_name_elsewhere", "full_name", where=far), "warn"))
    elif near := names.likely(name, kind, parent.id):
        v.faults.append(faulted(refused("import_near", "full_name", there=near.full_name), "warn"))
    short = r.get("short_name") or name
    proposal = Proposal(name, short, kind, level, parent.id, day, area_kind=r.get("area_kind"), field=r.get("field") or "area",
                        formation_mode=r.get("formation") or "standalone", opening=True)
    if not v.wrong and line.row not in spoilt:
        names.add(Called(id, name, short, None, level, parent.id, None), Said(line.row, r))
    return told, (line.row, id, Opening(proposal, day, r.get("code"), name if r.get("code") else None, seats, terms, r.get("credit_code")))


def _terms(id: UUID, r: dict[str, Any], v: Verdict) -> tuple[OpeningTerm, ...]:
    """The running term, when the row says from when to when; `v` gets what is missing."""
    starts, ends = r.get("term_starts"), r.get("term_ends")
    if not starts and not ends and not r.get("term_no"):
        return ()
    if not starts or not ends:
        v.faults.append(faulted(refused("import_term_incomplete", "term_ends" if starts else "term_starts")))
        return ()
    last = ends.on if ends.precision != "day" or ends.on.day == starts.on.day else ends.on + timedelta(1)
    months = (last.year - starts.on.year) * 12 + last.month - starts.on.month
    if months < 1 or add_months(starts.on, months) != last:
        v.faults.append(faulted(refused("import_term_months", "term_ends", starts=starts, ends=ends)))
        return ()
    return (OpeningTerm(term_of(id), starts.on, months, r.get("term_no")),)


def _same(there: NamedOrganisation, parent: NamedOrganisation, r: dict[str, Any], earlier: Said | None, v: Verdict) -> None:
    """It is on record, or an earlier row of the file adds it."""
    v.action = "same"
    if earlier:
        differ = [f for f, value in r.items() if f not in ("full_name", "parent") and value is not None
                  and (was := earlier.values.get(f)) is not None and not _alike(value, was)]
        differ += ["parent"] * (there.parent != parent.id)
        v.faults += [faulted(refused("import_row_contradicts", f, row=earlier.row)) for f in differ]
        v.faults.append(faulted(refused("import_row_twice", "full_name", row=earlier.row), "warn"))
        return
    if any(r.get(f) for f in ("term_no", "term_starts", "term_ends", "field", "formation")):
        v.faults.append(faulted(refused("import_details_kept", "full_name"), "warn"))
    if plain(r["full_name"]) != plain(there.full_name):
        v.faults.append(faulted(refused("import_official_name", "full_name", there=there.full_name), "warn"))
    if there.parent != parent.id:
        v.faults.append(faulted(refused("import_other_parent", "parent"), "warn"))
    if r.get("level") and r["level"] != there.level:
        v.faults.append(faulted(refused("import_other_level", "level"), "warn"))
    if r.get("short_name") and plain(r["short_name"]) != plain(there.short_name):
        v.faults.append(faulted(refused("import_other_short_name", "short_name", there=there.short_name), "warn"))


def _alike(a: object, b: object) -> bool:
    return plain(a) == plain(b) if isinstance(a, str) and isinstance(b, str) else a == b


@lru_cache(50_000)
def sound(name: str) -> str:
    """How it is read, as far as one reading tells."""
    return "".join(sounds(c)[0] for c in name)
