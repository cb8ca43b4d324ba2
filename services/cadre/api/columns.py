"""The columns of rosters, first loads and profiles [corrections §8], and how a line of them becomes a row the rules can read."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from services.cadre.domain.matching import Row
from services.cadre.domain.refusals import WARNINGS
from services.cadre.events import Profile
from shared.imports.desk import Kind
from shared.workbook import Bad, Column, Fault, Line, Sheet, cells, dates, numbers
from shared.workbook.fault import nearest_of

__all__ = ["KINDS", "TWO_COMMITTEES", "row_of", "warn"]

TWO_COMMITTEES = {"支委": (True, None), "支部委员": (True, None), "村委": (None, True), "居委": (None, True), "村居委": (None, True),
                  "支委和村居委": (True, True), "两委": (True, True), "均是": (True, True), "否": (False, False), "无": (False, False)}
STAFFING = {"行政": "administrative", "行政编制": "administrative", "公务员": "administrative", "事业": "institution", "事业编制": "institution",
            "合同": "contract", "聘用": "contract", "其他": "other"}
HELD = re.compile(r"^(专职|挂职|兼职)")


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
        word = word.strip("()（）")
        if word not in cells.ROLES:
            likely = nearest_of(word, cells.ROLES)
            offered = "、".join(dict.fromkeys(cells.ROLES))
            zh = f"不认识妇联职务“{word[:20]}”。可填：{offered}；几个职务用顿号隔开"
            raise Bad("role_unknown", zh, f"“{word[:20]}” is no office known here", likely)
        named.append(cells.ROLES[word])
    if len(how) > 1:
        raise Bad("role_engagements", "几个职务的专/挂/兼不同，请分两行填写", "The offices are held in different ways; use two rows")
    return tuple(dict.fromkeys(named)), next(iter(how), None)


def two_committees(raw: object) -> tuple[bool | None, bool | None] | str | None:
    """`unsaid` for a bare 是: which committee is not said, and not guessed."""
    found = re.sub(r"[\s()（）]+", "", cells.clean(raw)).replace("、", "和").replace("社区", "")
    if not found:
        return None
    if found in TWO_COMMITTEES:
        return TWO_COMMITTEES[found]
    if cells.YES_NO.get(found) is True:
        return "unsaid"
    if cells.YES_NO.get(found) is False:
        return False, False
    zh = f"“{found[:20]}”应填“支委”“村（居）委”“支委和村（居）委”或“否”"
    raise Bad("two_committees_unknown", zh, "Say which committee, or 否", nearest_of(found, TWO_COMMITTEES))


def staffing(raw: object) -> Any:
    return cells.one_of(STAFFING, "编制", "staffing_unknown", str, raw)


NAME = Column("person_name", "姓名", cells.name, required=True, width=12)
PERSON = (
    Column("sex", "性别", cells.sex, choices=("女", "男"), width=6),
    Column("ethnicity", "民族", cells.ethnicity, width=8),
    Column("born", "出生年月", dates.day, ("出生日期", "出生年月日", "生日"), note="如 1980-05", width=12),
    Column("political", "政治面貌", cells.political, ("党派",), choices=("中共党员", "共青团员", "民主党派", "群众")),
    Column("degree", "文化程度", cells.degree, ("学历", "学历文化程度", "最高学历"), choices=("研究生", "本科", "大专", "高中", "初中及以下")),
    Column("employer_and_post", "工作单位及职务", cells.text, ("工作单位", "单位及职务", "工作单位职务"), width=28),
    Column("two_committees", "是否进村（社区）“两委”", two_committees, ("是否进两委", "是否进村两委", "进两委", "两委任职"),
           choices=("支委", "村（居）委", "支委和村（居）委", "否"), width=18),
    Column("staffing", "编制", staffing, ("编制性质", "身份")),
    Column("phone", "联系电话", numbers.phone, ("电话", "手机", "手机号", "手机号码", "联系方式"), personal=True),
    Column("id_number", "身份证号", numbers.id_card, ("身份证号码", "公民身份号码", "身份证", "证件号码"), personal=True, width=22),
)
WHERE = (
    Column("organisation", "妇联组织", cells.text, ("组织名称", "所在妇联", "妇联组织名称", "所属妇联"), fill=True, width=36),
    Column("township", "乡镇", cells.text, ("乡镇街道", "所在乡镇", "街道", "乡镇名称"), fill=True),
    Column("village", "村（社区）", cells.text, ("村", "村社区", "所在村", "社区", "村居", "行政村", "所在村社区"), fill=True),
)
POST = (
    Column("role", "妇联职务", roles, ("职务", "妇联任职", "妇联内职务", "拟任职务"), required=True, choices=("主席", "副主席", "常委", "执委")),
    Column("engagement", "专/挂/兼", cells.engagement, ("专兼职", "专挂兼职", "任职方式"), choices=("专职", "挂职", "兼职"), width=8),
    Column("starts_on", "任职时间", dates.day, ("任职日期", "任现职时间", "当选时间"), note="如 2026-03"),
)
UNTIL = Column("until", "离任时间", dates.until, ("卸任时间", "任期止", "免职时间"), note="在任填“至今”或留空")
KINDS = {
    "roster": Kind("换届花名册", (NAME, *PERSON[:6], *POST[:2], PERSON[6], POST[2], *PERSON[8:], *WHERE), "organisation", "cadre.import",
                   "cadre.load", second=True),
    "opening": Kind("期初花名册", (NAME, *PERSON[:6], *POST[:2], PERSON[6], POST[2], UNTIL, *PERSON[7:], *WHERE), "organisation",
                    "cadre.import", "cadre.load"),
    "profiles": Kind("人员信息", (NAME, *PERSON, *WHERE), "organisation", "cadre.import", "cadre.load"),
}


def row_of(line: Line, sheet: Sheet, kind: str, today: date) -> Row:
    """The row, with what its cells contradict each other in put among the line's faults."""
    v = line.values
    line.faults += [f for f in _crossed(v, kind, today) if f.field not in {known.field for known in line.faults}]
    born, card = v.get("born"), v.get("id_number")
    if card and (born is None or born.precision != "day"):
        born = dates.Day(card.born_on, "day")
    said = v.get("two_committees")
    committees = said if isinstance(said, tuple) else (None, None)
    offices, how = v.get("role") or ((), None)
    starts, ends = v.get("starts_on"), v.get("until")
    profile = Profile(
        person_name=v.get("person_name"), sex=v.get("sex") or (card.sex if card else None), ethnicity=v.get("ethnicity"),
        born_on=born.on if born else None, born_precision=born.precision if born else None, political=v.get("political"), degree=v.get("degree"),
        staffing=v.get("staffing"), employer_and_post=v.get("employer_and_post"), in_party_branch_committee=committees[0],
        in_villagers_committee=committees[1])
    return Row(line.row, profile, offices, v.get("engagement") or how, starts.on if starts else None, starts.precision if starts else "day",
               ends.on if ends else None, v.get("organisation"), v.get("township"), v.get("village"), f"{sheet.name} {sheet.title}",
               card.number if card else None, v.get("phone"))


def _crossed(v: dict[str, Any], kind: str, today: date) -> Iterator[Fault]:
    card, born, how = v.get("id_number"), v.get("born"), (v.get("role") or ((), None))[1]
    if card and v.get("sex") and card.sex != v["sex"]:
        yield Fault("id_number_sex", "性别与身份证号第 17 位不一致，请核对", "The sex and the ID number disagree; compare the card", "sex")
    if card and born and not born.same(card.born_on, "day"):
        yield Fault("id_number_mismatch", f"出生年月与身份证号（{card.born_on:%Y-%m}）不一致，请核对", "The birth and the ID number disagree", "born")
    if card and card.odd_region:
        yield warn("region_unknown", "id_number")
    on = card.born_on if card else born.on if born else None
    if on and on > today:
        yield Fault("born_in_future", "出生日期晚于今天", "The birth lies in the future", "born")
    elif on and not 18 <= (today - on).days / 365.25 <= 80:
        yield warn("age_unusual", "born")
    if on is None and kind != "profiles":
        yield warn("born_missing", "born")
    if v.get("two_committees") == "unsaid":
        yield warn("two_committees_unsaid", "two_committees")
    if how and v.get("engagement") and v["engagement"] != how:
        yield Fault("engagement_differs", "“专/挂/兼”与妇联职务里写的不一致", "The two columns disagree about the way of working", "engagement")
    if v.get("starts_on") and v.get("until") and v["until"].on <= v["starts_on"].on:
        yield Fault("until_before_start", "离任时间应晚于任职时间", "The end must be after the start", "until")


def warn(code: str, field: str) -> Fault:
    zh, en = WARNINGS[code]
    return Fault(code, zh, en, field, "warn")
