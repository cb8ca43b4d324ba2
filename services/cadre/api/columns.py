"""The columns of rosters, first loads and profiles [corrections §8], and how a line of them becomes a row the rules can read."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.cadre.api import values
from services.cadre.domain.known import Row
from services.cadre.domain.person import contradictions, of_age, unusual_age
from services.cadre.domain.refusals import WARNINGS
from services.cadre.events import Profile
from shared.fact import Refused
from shared.imports.desk import Kind
from shared.imports.verdict import faulted
from shared.words import DEGREES, POPULATIONS
from shared.workbook import Bad, Column, Fault, Line, Sheet, cells, dates, numbers
from shared.workbook.fault import nearest_of

__all__ = ["KINDS", "TWO_COMMITTEES", "bare_note", "cell_of", "rows_of", "warn"]

Seated = tuple[bool | None, bool | None, bool | None]  # in either, in the Party branch committee, in the villagers' committee
TWO_COMMITTEES: dict[str, Seated] = {
    **dict.fromkeys(("支委", "支部委员"), (True, True, None)), **dict.fromkeys(("村委", "居委", "村居委"), (True, None, True)),
    **dict.fromkeys(("支委和村居委", "两委", "均是"), (True, True, True)), **dict.fromkeys(("否", "无"), (False, False, False))}
OWN_NOTES = re.compile(r"^(?:期初数据|停职|主持工作)(?:[、；;，,]|$)")  # what the roster itself prints there
STAFFING = {"行政": "administrative", "行政编制": "administrative", "公务员": "administrative", "事业": "institution", "事业编制": "institution",
            "合同": "contract", "聘用": "contract", "合同聘用": "contract", "其他": "other"}
EACH = re.compile(f"(?:[专挂兼]职)?(?:{'|'.join(sorted(cells.ROLES, key=len, reverse=True))})")
BETWEEN = re.compile(r"[、，,；;/+及和()（）\[\]·.—-]|兼任|[专挂兼]职?")  # what may stand between offices
HELD = re.compile(r"^(专职|挂职|兼职)")
HELD_AFTER = re.compile(r"[（(]([专挂兼]职?)[)）]$")


def roles(raw: object) -> tuple[tuple[str, ...], str | None] | None:
    """妇联职务: one office or several, and the way of working where the word says it: 专职副主席."""
    found = re.sub(r"\s+", "", cells.clean(raw))
    if not found:
        return None
    named: list[str] = []
    how: set[str] = set()
    for part in re.split(r"[、，,；;/+及和]|(?<=[席委任])兼(?!职)", found):
        word = re.sub(r"^.*?(?:妇女联合会|妇联|妇工委|妇委会)", "", part)
        if held := HELD.match(word):
            how.add(cells.ENGAGEMENTS[held[1]])
            word = word[2:]
        if held := HELD_AFTER.search(word):
            how.add(cells.ENGAGEMENTS[held[1]])
            word = word[:held.start()]
        said, word = word, word.strip("()（）")
        if word not in cells.ROLES:
            raise _unknown(found, said)
        named.append(cells.ROLES[word])
    if len(how) > 1:
        raise Bad("role_engagements", "几个职务的专/挂/兼不同，请分两行填写", "The offices are held in different ways; use two rows")
    return tuple(dict.fromkeys(named)), next(iter(how), None)


def _unknown(cell: str, said: str) -> Bad:
    """Several offices written as one: how to write them. They are not taken apart for her."""
    for text in (cell, said):
        several = "、".join(dict.fromkeys(EACH.findall(text)))
        if "、" in several and not BETWEEN.sub("", EACH.sub("", text)):
            return Bad("role_unknown", f"“{text[:20]}”像是几个职务写在了一起：请用顿号隔开，写成“{several}”",
                       f"“{text[:20]}” seems to be several offices in one: write “{several}”", several)
    zh = f"不认识妇联职务“{said[:20]}”。可填：{'、'.join(cells.ROLES)}；几个职务用顿号隔开，如“主席、执委”"
    en = f"“{said[:20]}” is no office known here; write one of these, or several with 、 between them, such as “主席、执委”"
    return Bad("role_unknown", zh, en, nearest_of(said.strip("()（）"), cells.ROLES))


def two_committees(raw: object) -> Seated | None:
    """A bare 是 says that she is in, not in which."""
    found = re.sub(r"[\s()（）]+", "", cells.clean(raw)).replace("、", "和").replace("社区", "")
    if not found:
        return None
    if found in TWO_COMMITTEES:
        return TWO_COMMITTEES[found]
    if found in cells.YES_NO:
        return (True, None, None) if cells.YES_NO[found] else (False, False, False)
    zh = f"“{found[:20]}”应填“是”“否”，或写明“支委”“村（居）委”“支委和村（居）委”"
    raise Bad("two_committees_unknown", zh, "Say 是 or 否, or which committee", nearest_of(found, TWO_COMMITTEES))


def bare_note(note: str | None) -> str:
    """A remark without what the roster itself prints there."""
    found = note or ""
    while m := OWN_NOTES.match(found):
        found = found[m.end():].strip()
    return found


def note(raw: object) -> str | None:
    """备注: open data, so no number of a person may stand in it."""
    found = cells.text(raw)
    for digits in re.findall(r"\d{7,}", re.sub(r"[\s-]", "", cells.clean(found))):
        if not re.fullmatch(r"(19|20)\d{6}", digits):
            raise Bad("note_number", "备注里不要写电话、身份证号等号码：电话请填“联系电话”列",
                      "No telephone or ID number among the remarks; use its own column")
    return (found or "").removeprefix("期初数据").lstrip("、；;，,") or None


def person_id(raw: object) -> UUID | None:
    found = cells.clean(raw)
    try:
        return UUID(found) if found else None
    except ValueError:
        raise Bad("person_id_form", "这不是系统编号（可能被改动或截断）：请清空该格，按姓名核对，或从导出的花名册重新复制",
                  "This is no number given by the system; clear the cell, or copy it anew from an exported roster") from None


def staffing(raw: object) -> Any:
    return cells.one_of(STAFFING, "编制", "staffing_unknown", str, raw)


NAME = Column("person_name", "姓名", values.name, required=True, width=12)
PERSON = [
    Column("sex", "性别", cells.sex, ("性別",), choices=("女", "男"), width=6),
    Column("ethnicity", "民族", values.ethnicity, width=8),
    Column("born", "出生年月", values.birth, ("出生日期", "出生年月日", "生日"), note="如 1980-05", width=12, example="1980-05"),
    Column("political", "政治面貌", cells.political, ("党派",), choices=("中共党员", "共青团员", "民主党派", "群众")),
    Column("degree", "文化程度", cells.degree, ("学历", "学历文化程度", "最高学历"), choices=tuple(zh for zh, _ in DEGREES.values()),
           example="大专"),
    Column("employer_and_post", "工作单位及职务", values.post, ("工作单位", "单位及职务", "工作单位职务"), width=28,
           example="示范小学教师"),
    Column("two_committees", "是否进村（社区）“两委”", two_committees, ("是否进两委", "是否进村两委", "进两委", "两委任职"),
           choices=("是", "否", "支委", "村（居）委", "支委和村（居）委"), width=18, example="否"),
    Column("both", "是否一肩挑", cells.yes_no, ("一肩挑", "书记主任一肩挑"), choices=("是", "否"), width=9,
           note="村（社区）党组织书记、主任由同一人担任", example="否"),
    Column("staffing", "编制", staffing, ("编制性质", "身份")),
    Column("population", "人员类别", cells.population, ("人员性质", "队伍类别"), choices=tuple(zh for zh, _ in POPULATIONS.values()),
           example=POPULATIONS["lay"][0]),
    Column("phone", "联系电话", values.phone, ("电话", "手机", "手机号", "手机号码", "联系方式"), personal=True),
    Column("id_number", "身份证号", values.id_card, ("身份证号码", "公民身份号码", "身份证", "证件号码"), personal=True, width=22,
           example="110101198005030027"),
]
WHERE = [
    Column("organisation", "妇联组织", cells.text, ("组织", "组织名称", "所在组织", "所在妇联", "妇联组织名称", "所属妇联"), fill=True, width=36,
           needed=True, weak=("单位", "所在单位", "单位名称"), apart=("village",)),
    Column("township", "乡镇", cells.text, ("乡镇街道", "所在乡镇", "街道", "乡镇名称"), fill=True),
    Column("village", "村（社区）", cells.text, ("村", "村社区", "所在村", "社区", "村居", "行政村", "所在村社区"), fill=True),
    Column("code", "区划代码", numbers.division_code, ("组织代码", "统计用区划代码", "行政区划代码", "组织区划代码"), fill=True, offered=False),
    Column("credit_code", "统一社会信用代码", numbers.credit_code, ("社会信用代码", "信用代码"), fill=True, offered=False),
    Column("person", "系统编号", person_id, width=0),
]
POST = [
    Column("role", "妇联职务", roles, ("妇联任职", "妇联内职务", "拟任职务", "拟任妇联职务"), required=True,
           choices=("主席", "副主席", "常委", "执委"), example="执委", weak=("职务", "职务名称")),
    Column("engagement", "专/挂/兼", cells.engagement, ("专兼职", "专挂兼职", "任职方式"), choices=("专职", "挂职", "兼职"), width=8, example="兼职"),
    Column("newly", "是否新任", cells.yes_no, ("新任",), choices=("是", "否"), width=9),
    Column("starts_on", "任职时间", dates.day, ("任职日期", "任现职时间", "当选时间"), note="如 2026-03", needed=True, example="2026-03"),
    Column("until", "离任时间", dates.until, ("卸任时间", "任期止", "免职时间"), note="在任填“至今”或留空", example="至今"),
    Column("note", "备注", note, personal=True, width=20),
]
KNOWN = {c.field: c for c in (NAME, *PERSON, *POST)}
FORM = "person_name sex ethnicity born political degree employer_and_post role engagement two_committees both newly starts_on"  # corrections §8


def columns(fields: str) -> tuple[Column, ...]:
    return (*(KNOWN[f] for f in fields.split()), *WHERE)


PLACES = ("village", "organisation")
KINDS = {
    "roster": Kind("换届花名册", columns(f"{FORM} phone note id_number population"), "organisation", "cadre.import", "cadre.load", second=True),
    "opening": Kind("期初花名册", columns(f"{FORM} until phone note id_number staffing population"), "organisation", "cadre.import", "cadre.load"),
    "profiles": Kind("人员信息", (NAME, *PERSON, *WHERE), "organisation", "cadre.import", "cadre.load"),
}


def rows_of(sheets: Sequence[Sheet], kind: str, today: date) -> list[tuple[Line, Sheet, Row]]:
    """Every line with its sheet and as a row; what its cells contradict each other in is put among the line's faults."""
    found = []
    for sheet in sheets:
        place = next((f for f in (*PLACES, "township", "code", "credit_code") if any(line.values.get(f) for line in sheet.lines)), "")
        above: str | None = None
        for line in sheet.lines:
            there = {f.field for f in line.faults}
            line.faults += [f for f in _crossed(line.values, kind, today) if f.field not in there]
            if place and not there & {place} and not any(line.values.get(f) for f in (*PLACES, "code", "credit_code", place)):
                line.faults.append(_unplaced(place, above))
            above = line.values.get(place) or above
            found.append((line, sheet, _row(line, sheet)))
    return found


def _unplaced(place: str, above: str | None) -> Fault:
    """Blank where other rows say it: it is asked for, whatever the sheet's title says."""
    title = {c.field: c.title for c in WHERE}[place]
    like = f"。上面一行是“{above[:20]}”，如果相同请照填（合并单元格也可以）" if above else ""
    own = "；在乡镇妇联任职的请填“本级”" if place == "village" else ""
    return Fault("place_missing", f"本表其他行填了“{title}”，本行为空，不能猜测{like}{own}",
                 "Other rows of this sheet say where and this one does not; write it, the same as above if it is the same"
                 + (" (本级: the township's own federation)" if own else ""), place, "error", above)


def _row(line: Line, sheet: Sheet) -> Row:
    v = line.values
    born, card = v.get("born"), v.get("id_number")
    if card and (born is None or born.precision != "day"):
        born = dates.Day(card.born_on, "day")
    seated = v.get("two_committees") or (None, None, None)
    offices, how = v.get("role") or ((), None)
    starts, ends = v.get("starts_on"), v.get("until")
    profile = Profile(
        person_name=v.get("person_name"), sex=v.get("sex") or (card.sex if card else None), ethnicity=v.get("ethnicity"),
        born_on=born.on if born else None, born_precision=born.precision if born else None, political=v.get("political"), degree=v.get("degree"),
        staffing=v.get("staffing"), population=v.get("population"), employer_and_post=v.get("employer_and_post"), in_two_committees=seated[0],
        in_party_branch_committee=seated[1], in_villagers_committee=seated[2], holds_both_posts=v.get("both"))
    return Row(line.row, profile, offices, v.get("engagement") or how, starts.on if starts else None, starts.precision if starts else "day",
               ends.on if ends else None, v.get("organisation"), v.get("township"), v.get("village"), f"{sheet.name} {line.title}",
               v.get("code") or v.get("credit_code"),
               card.number if card else None, v.get("phone"), v.get("newly"), v.get("note"), v.get("person"),
               frozenset(f.field for f in line.faults if f.level == "error"))


CELLS = {"date": "starts_on", "seat": "role", "term": "starts_on", "born_on": "born", "in_two_committees": "two_committees"}
STANDS_AT = {"effective_before_established": "starts_on", "effective_before_term": "starts_on", "term_ended": "starts_on",
             "term_overdue": "starts_on", "no_term": "starts_on", "engagement_mismatch": "engagement", "township_chair_full_time": "engagement"}


def cell_of(name: str, sheet: Sheet) -> str:
    """The column of this sheet where a rule's field is to be put right; where it stands elsewhere, the nearest there is."""
    found = name.rpartition(".")[2]
    found = CELLS.get(found, found)
    if found in ("organisation", "township", "village"):
        found = next((f for f in (found, "organisation", "village", "township") if f in sheet.columns), found)
    return "person_name" if found == "person" and "person" not in sheet.columns else found


def _crossed(v: dict[str, Any], kind: str, today: date) -> Iterator[Fault]:
    card, born, how = v.get("id_number"), v.get("born"), (v.get("role") or ((), None))[1]
    profile = Profile(sex=v.get("sex"), born_on=born.on if born else None, born_precision=born.precision if born else None)
    wrong = contradictions(profile, card.number if card else None, today)
    yield from (faulted(no, field=CELLS.get(name := no.field.rpartition(".")[2], name)) for no in wrong)
    if card and card.odd_region:
        yield warn("region_unknown", "id_number")
    on = card.born_on if card else born.on if born else None
    starts = v["starts_on"].on if v.get("starts_on") else today
    try:
        of_age(None if wrong or kind == "profiles" or not v.get("starts_on") else on, starts)
        if on and not wrong and unusual_age(on, today):
            yield warn("age_unusual", "born")
    except Refused as no:
        yield faulted(no, field="born")
    if (v.get("sex") or (card and card.sex)) == "male" and kind != "profiles":
        yield warn("sex_male", "sex")
    if kind == "opening" and starts > today:
        yield warn("start_in_future", "starts_on")
    if on is None and kind != "profiles":
        yield warn("born_missing", "born")
    if how and v.get("engagement") and v["engagement"] != how:
        yield Fault("engagement_differs", "“专/挂/兼”与妇联职务里写的不一致", "The two columns disagree about the way of working", "engagement")
    if v.get("starts_on") and v.get("until") and v["until"].on <= v["starts_on"].on:
        yield Fault("until_before_start", "离任时间应晚于任职时间", "The end must be after the start", "until")


def warn(code: str, field: str = "role") -> Fault:
    zh, en = WARNINGS[code]
    return Fault(code, zh, en, STANDS_AT.get(code, field), "warn")
