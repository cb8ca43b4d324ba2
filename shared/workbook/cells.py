"""What a cell says: blanks of every width, words for yes and no, sexes, peoples, parties, schooling, offices. Understood or refused."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from shared.words import DOTS, POPULATIONS, RADICALS, WIDE
from shared.words import ROLES as OFFICES
from shared.workbook.fault import Bad, nearest_of

__all__ = ["DEGREES", "ENGAGEMENTS", "ETHNICITIES", "NOTHING", "PARTIES", "ROLES", "SEXES", "Unspoken", "clean", "degree", "engagement",
           "ethnicity", "name", "one_of", "political", "population", "sex", "text", "written", "yes_no"]

BLANKS = dict.fromkeys((0x3000, 0xA0, 0x0A, 0x0D, 0x09), 0x20)
INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFE0E, 0xFE0F, 0xFEFF, 0xAD])
PLAIN = WIDE | RADICALS | BLANKS | INVISIBLE  # for what is matched
WRITTEN = {c: p for c, p in WIDE.items() if chr(p).isalnum()} | RADICALS | BLANKS | INVISIBLE  # for what is kept: Chinese punctuation stays
PEOPLES = (
    "汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼", "哈萨克", "傣", "黎",
    "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南",
    "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克", "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙",
    "鄂伦春", "赫哲", "门巴", "珞巴", "基诺",
)
ETHNICITIES = {n: f"{p}族" for p in PEOPLES for n in (p, f"{p}族")} | {"穿青人": "穿青人", "未识别民族": "未识别民族"}
SEXES = {"女": "female", "女性": "female", "男": "male", "男性": "male"}
PARTIES = {
    **dict.fromkeys(("中共党员", "党员", "共产党员", "中国共产党党员", "中共预备党员", "预备党员", "中共"), "cpc"),
    **dict.fromkeys(("共青团员", "团员"), "cyl"),
    **dict.fromkeys(("民主党派", "民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员", "致公党党员", "九三学社社员", "台盟盟员",
                     "民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟"), "democratic_party"),
    **dict.fromkeys(("群众", "无党派", "无党派人士", "普通群众"), "masses"),
}
DEGREES = {
    **dict.fromkeys(("研究生", "硕士", "博士", "硕士研究生", "博士研究生", "研究生及以上"), "postgraduate"),
    **dict.fromkeys(("本科", "大学", "大学本科", "学士", "大学学历"), "bachelor"),
    **dict.fromkeys(("大专", "专科", "大学专科", "高职", "高专", "高职高专"), "associate"),
    **dict.fromkeys(("高中", "中专", "中技", "职高", "技校", "中师", "高中及中专", "高中(中专)"), "secondary"),
    **dict.fromkeys(("初中", "小学", "初中及以下", "小学及以下", "文盲"), "junior_or_below"),
}
ENGAGEMENTS = {"专": "full_time", "专职": "full_time", "挂": "seconded", "挂职": "seconded", "兼": "part_time", "兼职": "part_time"}
ROLES = {**{zh: role for role, (zh, _) in OFFICES.items()}, "常务委员": "standing_member", "执行委员": "executive_member", "干事": "staff",
         "专干": "staff"}
YES_NO = {**dict.fromkeys(("是", "有", "√", "✓", "✔", "对", "Y", "y", "1"), True),
          **dict.fromkeys(("否", "无", "×", "✗", "不是", "没有", "N", "n", "0"), False)}
WAYS = re.compile(r"在职|全日制|函授|自考|成人|(?:中央|省委|市委)?党校")
STUDIED = re.compile(r"^(在职|全日制|函授|自考|成人|(?:中央|省委|市委)?党校)+(?=.)|(学历|毕业|及以上|肄业)$")
NOTHING = frozenset(("无", "暂无", "/", "-", "—", "——"))  # said in a cell that may stay blank
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200d\u20e3\u2028\u2029\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U000e007f"
                 "\u2600-\u26ff\u2728-\u27bf\ud800-\udfff]")  # control characters, faces and signs; √ × ✓ ✗ stay
FORMULA = re.compile(r"[=@]|[+-][\d(A-Za-z]")
NAME = re.compile(r"[^\W\d_]+(?:[·' -][^\W\d_]+)*\Z")  # one way to match each name: another would take for ever to refuse a long one
DOT = re.compile(f" ?[{DOTS}]+ ?")
RARE = re.compile("[\U00020000-\U0002FFFD\U00030000-\U0003FFFD]")  # characters of names, whether or not this Python's tables know them yet


class Unspoken(NamedTuple):
    """A cell that says nothing that can be relied upon: a formula that failed or was never worked out, a value that is none."""

    why: str

    def __str__(self) -> str:
        return ""


def clean(raw: object) -> str:
    """A cell as what is matched: no blanks around, no invisible characters, everything of full width made plain; 12.0 is 12."""
    return _text(raw, PLAIN)


def written(raw: object) -> str:
    """A cell as what is kept: letters and digits of full width made plain, （）and ， left as they are."""
    return _text(raw, WRITTEN)


def _text(raw: object, table: Mapping[int, int | None]) -> str:
    if raw is None or isinstance(raw, bool):
        return "" if raw is None else "是" if raw else "否"
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    found = str(raw)
    if not found.isascii() or not found.isprintable():
        found = found.translate(table)
    found = found.strip()
    return found[1:].strip() if found.startswith("'") else found


def text(raw: object, longest: int = 200) -> str | None:
    """Any words; None when there are none."""
    found = written(raw)
    if odd := ODD.search(found):
        raise Bad("text_characters", f"第 {odd.start() + 1} 个字符是表情或控制字符，请删去",
                  f"Character {odd.start() + 1} is an emoji or a control character; delete it")
    if FORMULA.match(found):
        raise Bad("text_formula", "内容像公式（以 =、@ 或 + 开头），请写成普通文字",
                  "This looks like a formula (it begins with =, @ or +); write plain words")
    if len(found) > longest:
        raise Bad("text_too_long", f"有 {len(found)} 个字，最多 {longest} 个，请缩短", f"{len(found)} characters; at most {longest}")
    return found or None


def name(raw: object) -> str | None:
    """姓名: blanks inside are taken out unless it is in Latin letters; the dot of minorities' names is ·; rare characters stay as they are."""
    found = unicodedata.normalize("NFKC", DOT.sub("·", clean(raw)))  # the dots first: it would make a blank and a mark of ˙
    if not found:
        return None
    if not found.replace("·", "").isascii():
        found = re.sub(r"\s+", "", found)
    if len(found) > 100:
        raise Bad("name_too_long", f"姓名有 {len(found)} 个字，最多 100 个", f"The name has {len(found)} characters; at most 100")
    shape = RARE.sub("字", found)
    if not NAME.match(shape) or any(unicodedata.category(c) in ("Co", "Cn") for c in shape):
        raise Bad("name_characters", "姓名里有数字、符号或无法识别的字（可能是造字），请按身份证改正",
                  "The name holds digits, signs or private characters; write it as on the ID card")
    return found


def one_of(words: Mapping[str, Any], what: str, code: str, shorten: Callable[[str], str], raw: object) -> Any:
    """The value of a known word; None for a blank cell."""
    found = re.sub(r"\s+", "", clean(raw))
    if not found or found in NOTHING:
        return None
    known = _compared(tuple(words))
    for word in (found, shorten(found)):
        if word in known:
            return words[known[word]]
    offered = "、".join({v: k for k, v in list(words.items())[::-1]}.values()) if len(words) < 60 else ""
    likely = nearest_of(found, words)
    zh = f"不认识{what}“{found[:20]}”" + (f"，是否为“{likely}”？" if likely else "。") + (f"可填：{offered}" if offered else "")
    raise Bad(code, zh, f"“{found[:20]}” is not known here" + (f"; perhaps “{likely}”" if likely else ""), likely)


@lru_cache(200)
def _compared(words: tuple[str, ...]) -> dict[str, str]:
    """Known words by how they are compared: 村(社区) for 村（社区）."""
    return {re.sub(r"\s+", "", clean(word)): word for word in words}


def _same(word: str) -> str:
    return word


def _studied(word: str) -> str:
    """Without how it was studied; 研究生(硕士) says one thing twice."""
    if m := re.fullmatch(r"([^()]+)\(([^()]+)\)", word):
        outer, inner = _studied(m[1]), m[2]
        if WAYS.fullmatch(inner) or (inner in DEGREES and DEGREES[inner] == DEGREES.get(outer)):
            return outer
    return STUDIED.sub("", STUDIED.sub("", word))


sex = partial(one_of, SEXES, "性别", "sex_unknown", _same)
ethnicity = partial(one_of, ETHNICITIES, "民族", "ethnicity_unknown", _same)
political = partial(one_of, PARTIES, "政治面貌", "political_unknown", _same)
degree = partial(one_of, DEGREES, "文化程度", "degree_unknown", _studied)
population = partial(one_of, {zh: code for code, (zh, _) in POPULATIONS.items()}, "人员类别", "population_unknown", _same)
engagement = partial(one_of, ENGAGEMENTS, "专/挂/兼", "engagement_unknown", _same)


def yes_no(raw: object) -> bool | None:
    found = clean(raw)
    if not found:
        return None
    if found not in YES_NO:
        raise Bad("yes_no_unknown", f"“{found[:20]}”应填“是”或“否”", f"“{found[:20]}” should be 是 or 否")
    return YES_NO[found]
