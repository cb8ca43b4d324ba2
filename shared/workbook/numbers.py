"""Numbers of people and organisations: ID cards (GB 11643) by our own reading and stdnum's MOD 11-2, telephones by phonenumbers, credit codes by
stdnum."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import phonenumbers
from phonenumbers import shortnumberinfo
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from shared.workbook.cells import NOTHING, clean
from shared.workbook.fault import Bad

__all__ = ["IdCard", "credit_code", "division_code", "id_card", "masked", "phone"]

PROVINCES = frozenset(map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)))
MOBILE = re.compile(r"1\d{10}\Z")  # whether it is one shows in its first seven digits
ABROAD = re.compile(r"(?:\+|00)86(?=\d{7,})|86(?=[1-9]\d{9,10}\Z)|0(?=1[3-9]\d{9}\Z)")  # as it is dialled from elsewhere
WITHOUT_ZERO = re.compile(r"1\d{10}\Z|[48]00\d{7}\Z|0")


@dataclass(frozen=True)
class IdCard:
    """An ID number and what it says. `odd_region`: its first digits are no province known here, which proves nothing."""

    number: str
    born_on: date
    sex: str
    odd_region: bool


def id_card(raw: object) -> IdCard | None:
    """None for a blank cell, for a word that says there is none, and for one that only hides a number behind stars."""
    if isinstance(raw, float | int) and not isinstance(raw, bool) and raw >= 1e15:
        raise _ruined()
    found = re.sub(r"\s+", "", clean(raw)).upper()
    if not found.strip("*") or found in NOTHING:
        return None
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", found):
        raise _ruined()
    if re.fullmatch(r"\d{15}", found):
        raise Bad("id_number_old", "这是 15 位的旧号码，请填第二代身份证的 18 位号码",
                  "This is an old number of 15 digits; give the 18 of today's card")
    if len(found) == 18 and not re.fullmatch(r"[0-9]{17}[0-9X]", found):
        raise Bad("id_number_characters", "身份证号里有数字和末位 X 以外的字符（如 *），请按原件填写完整号码",
                  "An ID number has digits only, but for a last X; give the whole number as on the card")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", found):
        raise Bad("id_number_length", f"身份证号应为 18 位（最后一位可为 X），现为 {len(found)} 位，请核对原件",
                  f"An ID number has 18 characters (the last may be X); this has {len(found)}")
    try:
        born = date(int(found[6:10]), int(found[10:12]), int(found[12:14]))
    except ValueError:
        raise Bad("id_number_date", "身份证号第 7–14 位不是一个日期，请核对原件", "Digits 7 to 14 are no date; compare the card") from None
    if not mod_11_2.is_valid(found):
        raise Bad("id_number_checksum", "身份证号校验码不对，至少有一位录错，请核对原件",
                  "The check digit is wrong: at least one digit is; compare the card")
    return IdCard(found, born, "female" if int(found[16]) % 2 == 0 else "male", found[:2] not in PROVINCES)


def _ruined() -> Bad:
    return Bad("id_number_ruined", "号码已被 Excel 改成数值，后几位变成了 0，无法还原。请先把整列设为“文本”格式，再重新录入或从原件粘贴",
               "Excel has turned this number into a figure and lost its last digits. Set the column to Text and enter it again from the card")


@lru_cache(20_000)
def _called(found: str) -> bool:
    try:
        number = phonenumbers.parse(found, "CN")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) or shortnumberinfo.is_valid_short_number_for_region(number, "CN")


def phone(raw: object) -> str | None:
    """A mobile, a landline with its area code, or a service number such as 12338, as digits dialled within the country: two spellings of a
    number are the same. None for a blank cell, one of stars, or a word that says there is none."""
    found = clean(raw)
    if not found.strip("*") or found in NOTHING:
        return None
    if re.search(r"[、,，;；/或]", found):
        raise Bad("phone_several", "一格只填一个电话，请留最常用的", "One number a cell; keep the one she uses most")
    found = re.sub(r"[\s()（）—–-]+", "", found)
    if prefix := ABROAD.match(found):
        found = found[prefix.end():]
        found = found if WITHOUT_ZERO.match(found) else f"0{found}"
    if not re.fullmatch(r"\+?[0-9]{5,15}", found) or not _called(f"{found[:7]}0000" if MOBILE.match(found) else found):
        raise Bad("phone_invalid", f"电话不对（{len(found)} 位）。手机 11 位；座机请加区号，如 0791-88888888",
                  f"Not a telephone number ({len(found)} digits). Mobile: 11 digits; landline: with its area code")
    return found


def credit_code(raw: object) -> str | None:
    """统一社会信用代码; None for a blank cell."""
    found = re.sub(r"\s+", "", clean(raw)).upper()
    if found and not uscc.is_valid(found):
        raise Bad("credit_code_invalid", "统一社会信用代码应为 18 位且校验码正确，请核对证书",
                  "The credit code needs 18 characters and a right check digit")
    return found or None


def division_code(raw: object) -> str | None:
    """区划代码: 12 digits; 6 or 9 are filled up. None for a blank cell."""
    found = clean(raw).replace(" ", "")
    if not found:
        return None
    if not found.isascii() or not found.isdigit() or len(found) not in (6, 9, 12):
        raise Bad("code_form", "区划代码应为 12 位数字（县 6 位、乡镇 9 位也可），请设为文本格式",
                  "A division code has 12 digits (6 and 9 are filled up), as text")
    return found.ljust(12, "0")


def masked(value: str) -> str:
    """A personal number that can be recognised but not used."""
    return f"{value[:3]}{'*' * max(0, len(value) - 7)}{value[-4:]}" if len(value) > 7 else "*" * len(value)
