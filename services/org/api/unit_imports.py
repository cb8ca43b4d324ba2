"""Imports of lists of eligible units (应建单位名单): columns, names of areas and organisations, and what each row would do."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from services.org.application import Org
from services.org.application.copy import NamedUnit
from services.org.domain.names import NamedOrganisation, NamesIn
from services.org.domain.refusals import refused
from services.org.domain.unit_entry import UnitEntry
from services.org.events import Affiliation, Field, Level
from shared.fact import Refused, derive
from shared.imports.desk import Examined, Kind
from shared.imports.verdict import Verdict, faulted
from shared.rehearsal import rehearse
from shared.words import plain
from shared.workbook import Bad, Column, Line, cells, dates

__all__ = ["UNITS", "examine_units"]

FIELDS: dict[str, Field] = {
    "区划": "area", "行政区划": "area", "乡镇街道": "area", "村社区": "area", "机关": "organ", "党政机关": "organ", "机关单位": "organ",
    "事业单位": "institution", "事业": "institution", "企业": "enterprise", "国有企业": "enterprise", "学校": "school", "新经济组织": "new_economic",
    "非公企业": "new_economic", "非公有制企业": "new_economic", "非公有制经济组织": "new_economic", "新社会组织": "new_social",
    "社会组织": "new_social", "新就业群体": "new_employment_group", "其他": "other"}
LEVELS: dict[str, Level] = {"省": "province", "省级": "province", "市": "city", "市级": "city", "县": "county", "区": "county", "县（区）": "county",
                            "县级": "county", "县(区)": "county", "县(市、区)": "county",
                            "县（市、区）": "county", "乡镇": "township", "街道": "township", "乡镇（街道）": "township",
                            "乡镇(街道)": "township", "乡级": "township", "村": "village", "社区": "village", "村（社区）": "village",
                            "村(社区)": "village", "村级": "village"}
ABOVE: tuple[Level, ...] = ("province", "city", "county", "township", "village")
AFFILIATIONS: dict[str, Affiliation] = {"属地": "local", "驻地": "stationed", "驻区": "stationed", "驻区单位": "stationed", "垂管": "vertical",
                                        "垂直管理": "vertical"}
STATES = {"应建": "qualified", "是": "qualified", "已建": "qualified", "未建": "qualified", "暂缓": "listed", "未确认": "listed",
          "不设妇联": "exempt", "免建": "exempt",
          "否": "exempt", "已撤并": "closed", "已撤销": "closed"}
# what a row does not change of a unit on record, with its words
KEPT: dict[str, Mapping[str, Any]] = {"field": FIELDS, "level": LEVELS, "affiliation": AFFILIATIONS, "rank": {}, "women": {}}


def women(raw: object) -> int | None:
    """女职工数; None for a blank cell."""
    found = cells.clean(raw)
    if not found:
        return None
    if not found.isascii() or not found.isdigit() or int(found) > 10_000_000:
        raise Bad("number_invalid", f"“{found[:20]}”应为整数", f"“{found[:20]}” should be a whole number")
    return int(found)


UNITS = Kind("应建单位名单", (
    Column("unit_name", "单位名称", cells.text, ("应建单位", "单位全称", "企业名称", "单位"), required=True, width=30),
    Column("area", "所属地区", cells.text, ("所在地区", "所属妇联", "所在地妇联", "所在地"), fill=True, width=28, note="妇联全称；不填为本次所选"),
    Column("field", "领域", partial(cells.one_of, FIELDS, "领域", "field_unknown", str), ("单位性质", "单位类型", "所属领域"), required=True,
           choices=("区划", "机关", "事业单位", "企业", "学校", "新经济组织", "新社会组织", "新就业群体", "其他")),
    Column("level", "层级", partial(cells.one_of, LEVELS, "层级", "level_unknown", str), ("单位层级",), choices=("县", "乡镇", "村")),
    Column("affiliation", "隶属", partial(cells.one_of, AFFILIATIONS, "隶属", "affiliation_unknown", str), ("隶属关系",),
           choices=("属地", "驻地", "垂管")),
    Column("rank", "级别", cells.text, ("行政级别", "单位级别")),
    Column("women", "女职工数", women, ("女职工人数", "女职工", "妇女人数")),
    Column("listed_on", "列入日期", dates.day, ("列入时间", "登记日期")),
    Column("state", "应建情况", partial(cells.one_of, STATES, "应建情况", "state_unknown", str), ("是否应建", "状态"),
           choices=("应建", "暂缓", "不设妇联")),
    Column("organisation", "覆盖组织", cells.text, ("妇联组织", "已建组织", "所建组织", "组织"), width=30, note="已在系统中的组织的全称"),
    Column("organised_on", "建立日期", dates.day, ("建会日期", "建会时间", "组建时间", "覆盖日期")),
    Column("closed_on", "撤并日期", dates.day, ("撤销日期", "注销日期", "撤并时间")),
    Column("why", "撤并原因", cells.text, ("撤销原因",), width=20),
    Column("into", "并入单位", cells.text, ("并入",), width=24),
), "area", "org.import", "org.load")


@dataclass
class _Known:
    """What names in the file may mean. `rows`: of the file itself, by area and name."""

    names: NamesIn
    area: NamedOrganisation
    units: Mapping[str, list[NamedUnit]]
    rows: dict[tuple[UUID, str], tuple[str, UUID]]

    def find(self, v: Verdict, field: str) -> NamedOrganisation | None:
        said = v.line.values.get(field)
        try:
            return self.names.find(said) if said else None
        except Refused as no:
            v.faults.append(faulted(no, field=field))
            return None

    def unit(self, name: str, area: UUID, said: bool) -> NamedUnit | None:
        """The one of that name in the area; when no area is said, the only one anywhere below."""
        some = self.units.get(plain(name), [])
        here = [u for u in some if u.area == area] or ([] if said else some)
        if len(here) > 1:
            raise refused("import_several", "unit_name", name=name[:40], names="、".join(self.names.by_id[u.area].full_name for u in here[:4]))
        return here[0] if here else None


def examine_units(store: Org, batch: UUID, organisation: UUID, lines: Sequence[Line], names: NamesIn) -> Examined:
    """Each row's verdict and what is to be written. Rows that name another of the file to go into come last."""
    area = names.by_id[organisation]
    units: dict[str, list[NamedUnit]] = defaultdict(list)
    for u in store.copy.units_in(list(names.by_id)):
        units[plain(u.unit_name)].append(u)
    known = _Known(names, area, units, {})
    verdicts = [Verdict(line, title=str(line.values.get("unit_name") or ""), faults=list(line.faults)) for line in lines]
    read = [(v, e) for v in verdicts if (e := _entry(batch, v, known))]
    tried = sorted(((v, _into(v, e, known)) for v, e in read), key=lambda t: (t[0].wrong, bool(t[1].into)))
    entries: list[UnitEntry] = []
    for (v, e), outcome in zip(tried, rehearse(store, [partial(store.enter_unit, batch, e) for _, e in tried]), strict=True):
        if isinstance(outcome, Refused):
            v.faults.append(faulted(outcome, field=_cell(outcome)))
        elif isinstance(outcome, Exception):
            raise outcome
        elif not v.wrong:
            v.action = "add" if e.listed_on else "change"
            entries.append(e)
    return Examined(verdicts, entries)


def _cell(no: Refused) -> str:
    """The column where it is to be put right."""
    return {"unit": "unit_name", "effective": "organised_on", "merged_on": "closed_on", "qualified_on": "listed_on"}.get(no.field, no.field)


def _day(v: Verdict, field: str) -> date | None:
    said = v.line.values.get(field)
    return said.on if said else None


def _entry(batch: UUID, v: Verdict, known: _Known) -> UnitEntry | None:
    """The row, when it lists a unit or says something new of one; `v` gets what is wrong or differs."""
    r, name = v.line.values, v.line.values.get("unit_name")
    area = known.find(v, "area") or (None if r.get("area") else known.area)
    org = known.find(v, "organisation")
    if not name or not area:
        return None
    try:
        there = known.unit(name, area.id, bool(r.get("area")))
    except Refused as no:
        v.faults.append(faulted(no))
        return None
    key = (there.area if there else area.id, plain(name))
    if earlier := known.rows.get(key):
        v.action = "same"
        v.faults.append(faulted(refused("import_unit_twice", "unit_name", row=earlier[0]), "warn"))
        return None
    id = there.id if there else derive(batch, v.line.row, "unit")
    known.rows[key] = v.line.row, id
    if r.get("state") == "closed" and not r.get("closed_on"):
        v.faults.append(faulted(refused("words_missing", "closed_on")))
    return _brought(v, there, org) if there else _new(v, id, area, org)


def _new(v: Verdict, id: UUID, area: NamedOrganisation, org: NamedOrganisation | None) -> UnitEntry | None:
    r, listed, level = v.line.values, _day(v, "listed_on"), v.line.values.get("level")
    if level is None and r.get("field"):
        above = ABOVE.index(area.level)
        level = ABOVE[min(above + (r["field"] == "area"), len(ABOVE) - 1)]
    if not listed and not any(f.field == "listed_on" for f in v.line.faults):
        v.faults.append(faulted(refused("words_missing", "listed_on")))
    if org and not r.get("organised_on"):
        v.faults.append(faulted(refused("import_unit_day", "organised_on"), "warn"))
    if not listed or not level or not r.get("field"):
        return None
    state = "qualified" if r.get("state") in (None, "closed") else r["state"]
    return UnitEntry(v.line.row, id, r["unit_name"], level, r["field"], area.id, listed, r.get("affiliation") or "local", r.get("rank"),
                     r.get("women"), state, org.id if org else None, _day(v, "organised_on"), _day(v, "closed_on"), r.get("why"))


def _brought(v: Verdict, there: NamedUnit, org: NamedOrganisation | None) -> UnitEntry | None:
    """It is on record: what the row adds is that it is covered, or gone. The rest stays as it is, and is told."""
    r, gone = v.line.values, there.state in ("closed", "merged")
    for name, words in KEPT.items():
        if r.get(name) is not None and r[name] != (is_ := getattr(there, name)):
            zh = next((k for k, value in words.items() if value == is_), is_)
            v.faults.append(faulted(refused("import_unit_differs", name, there="—" if zh is None else zh), "warn"))
    covers = org is not None and there.organisation is None and not gone
    if org and there.organisation not in (None, org.id):
        v.faults.append(faulted(refused("import_unit_differs", "organisation", there="另一组织"), "warn"))
    closes = bool(r.get("closed_on")) and not gone
    if not covers and not closes:
        v.action = "same"
        return None
    v.changes += [{"field": f, "title": UNITS.titles[f], "old": "", "new": str(value)}
                  for f, value, so in (("organisation", org and org.full_name, covers), ("closed_on", _day(v, "closed_on"), closes)) if so]
    return UnitEntry(v.line.row, there.id, there.unit_name, there.level, there.field, there.area, organisation=org.id if org and covers else None,
                     organised_on=_day(v, "organised_on"), closed_on=_day(v, "closed_on") if closes else None, why=r.get("why"),
                     left=there.organisation)


def _into(v: Verdict, e: UnitEntry, known: _Known) -> UnitEntry:
    """With the unit that it goes into, on record or of the file."""
    said = v.line.values.get("into")
    if not said or not e.closed_on:
        return e
    row = known.rows.get((e.area, plain(said)))
    there = known.unit(said, e.area, True)
    if not row and not there:
        v.faults.append(faulted(refused("unit_target_gone", "into")))
        return e
    return UnitEntry(**{**vars(e), "into": there.id if there else row and row[1]})
