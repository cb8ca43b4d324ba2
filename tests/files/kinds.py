"""Every kind of file that people send, with what it deserves: read right, or a reason a village cadre understands."""
from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from tests.files.making import HEADER, book, id_number, person

__all__ = ["KINDS", "Kind"]

CARD = id_number("36012119800503004")  # a woman born on 3 May 1980; ends with X or a digit
CARD_X = next(n for n in (id_number(f"36012119800503{i:03}") for i in range(0, 400, 2)) if n.endswith("X"))
CARD_MAN = id_number("36012119800503001")


@dataclass(frozen=True)
class Kind:
    """`refused`: 422 at the door; `failed`: no header or rows; else `codes` of what is found, and `verdicts` of the rows in order; `who` the rows
    are about, how the first was `born`, and what of the sheet is `left` out, by why."""

    make: Callable[[], bytes]
    refused: str = ""
    failed: str = ""
    codes: frozenset[str] = frozenset()
    verdicts: tuple[str, ...] = ()
    name: str = "花名册.xlsx"
    who: tuple[str, ...] = ()
    born: str = ""
    left: Mapping[str, list[str]] = field(default_factory=dict)


def told(*codes: str, make: Callable[[], bytes], **more: Any) -> Kind:
    return Kind(make, codes=frozenset(codes), **more)


def edited(change: Callable[[Any], None], *rows: Any) -> bytes:
    """A right workbook, opened and changed by openpyxl."""
    made = openpyxl.load_workbook(io.BytesIO(book(rows or [person()])))
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def two_header_rows() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet("花名册")
        page.merge_range("A1:F1", "某镇妇联执委花名册")
        page.write_row(1, 0, ["姓名", "基本情况", "", "妇联", "", "所在村"])
        page.merge_range("B2:C2", "基本情况")
        page.merge_range("D2:E2", "妇联")
        page.write_row(2, 0, ["", "性别", "出生年月", "职务", "任职时间", ""])
        page.write_row(3, 0, ["王芳", "女", "1980.05", "兼职执委", "2026-01", "village"])
    return out.getvalue()


def old_xls(protect: bool = False, far: object = "", hidden: bool = False, bare: bool = False) -> bytes:
    """`far`: what stands in its last cell, None for a format alone; `hidden`: another sheet, hidden and written to the end; `bare`: a day has no
    format."""
    made = xlwt.Workbook()
    page = made.add_sheet("花名册")
    for i, row in enumerate([HEADER, person("王芳", born=29343), person("李敏")]):
        for j, value in enumerate(row):
            page.write(i, j, value, xlwt.easyxf(num_format_str="GENERAL" if bare or value != 29343 else "yyyy-mm"))
    if far != "":
        page.write(65535, 255, far, xlwt.easyxf("font: bold on"))
    if hidden:
        other = made.add_sheet("旧表")
        other.visibility = 1
        other.write(0, 0, "旧")
        other.write(65535, 255, "旧")
    out = io.BytesIO()
    if protect:  # a record that says: what follows is encrypted
        stream = made.get_biff_data()
        first = 4 + struct.unpack_from("<H", stream, 2)[0]
        XlsDoc().save(out, stream[:first] + struct.pack("<HH", 0x2F, 54) + bytes(54) + stream[first:])
    else:
        made.save(out)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def bomb() -> bytes:
    return zipped(xl__workbook_xml=b"<workbook/>", xl__sheet1_xml=bytes(40 * 1024 * 1024))


def lying_zip() -> bytes:
    """A part that says it is smaller than it is."""
    data = bytearray(book([person()]))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    return bytes(data)


def spoilt_part() -> bytes:
    """A part whose compressed bytes begin with what no block begins with, as after a bad copy."""
    data = bytearray(book([person()]))
    name, more = struct.unpack_from("<HH", data, 26)
    data[30 + name + more] = 0b111
    return bytes(data)


def csv(encoding: str, mark: bytes = b"", tab: str = ",") -> bytes:
    lines = [tab.join(HEADER), tab.join(map(str, person("王芳")))]
    return mark + "\r\n".join(lines).encode(encoding)


def formulas(value: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet("花名册")
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, person())
        page.write_formula(1, 1, '="王"&"芳"', None, value)
    return out.getvalue()


def merged_villages() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet("花名册")
        page.write_row(0, 0, ["所在村", "姓名", "妇联职务", "专/挂/兼", "出生年月", "任职时间"])
        for i, name in enumerate(("王芳", "李敏", "张丽"), 1):
            page.write_row(i, 1, [name, "执委", "兼职", f"198{i}-05", "2026-01"])
        page.merge_range("A2:A4", "village")
    return out.getvalue()


def hide_rows(made: Any) -> None:
    made["花名册"].row_dimensions[4].hidden = True


def add_sheets(made: Any) -> None:
    made.create_sheet("填表说明", 0)["A1"] = "请按县妇联要求填写"
    hidden = made.create_sheet("旧数据")
    hidden.append(HEADER)
    hidden.append(person("旧人"))
    hidden.sheet_state = "hidden"


def by_township() -> bytes:
    """No column says where: the sheet's name does."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for sheet, name in (("莲塘镇", "王芳"), ("向塘镇", "李敏")):
            page = made.add_worksheet(sheet)
            page.write_row(0, 0, ["姓名", "村", "妇联职务", "专挂兼", "出生年月", "任职时间"])
            page.write_row(1, 0, [name, "新村", "执委", "兼职", "1980-05", "2026-01"])
    return out.getvalue()


def many(n: int) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as made:
        page = made.add_worksheet("花名册")
        page.write_row(0, 0, ["姓名", "妇联职务"])
        for i in range(1, n + 1):
            page.write_row(i, 0, ["王芳", "执委"])
    return out.getvalue()


def redone(change: Callable[[bytes], bytes], path: str = "xl/worksheets/sheet1.xml", data: bytes = b"") -> bytes:
    """A right workbook with one part of its archive changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data or book([person()]))) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in was.namelist():
            made.writestr(name, change(was.read(name)) if name == path else was.read(name))
    return out.getvalue()


def far(value: str, *places: str) -> bytes:
    def put(made: Any) -> None:
        for place in places:
            made["花名册"][place] = value

    return edited(put)


def styled_rows(last: int) -> bytes:
    rows = b"".join(b'<row r="%d" ht="20" customHeight="1"><c r="A%d" s="0"/><c r="O%d" s="0"/></row>' % (i, i, i) for i in range(4, last))
    return redone(lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


def merged_far() -> bytes:
    return redone(lambda xml: re.sub(rb"<mergeCells.*</mergeCells>", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>', xml))


def one_text_in_many_cells() -> bytes:
    """Seven megabytes that a reader writes out three thousand times."""
    text = b"<si><t>" + b"a" * 7_000_000 + b"</t></si>"
    shared = redone(lambda xml: re.sub(rb"<sst[^>]*>", lambda m: m[0] + text, xml), "xl/sharedStrings.xml")
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(4, 3000))
    return redone(lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"), data=shared)


VILLAGES: dict[str, list[str]] = {"foot": ["5", "11"], "again": ["7", "8"]}  # what is no row in them


def villages(*titles: str, merged: bool = True, again: bool = True) -> bytes:
    """Below each other on one sheet, each with its title line and its own header."""
    names = iter("甲乙丙丁戊己")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page, i = made.add_worksheet("花名册"), 0
        for title in titles:
            page.merge_range(i, 0, i, 4, title) if merged else page.write(i, 0, title)
            if again or not i:
                page.write_row(i + 1, 0, ["姓名", "妇联职务", "专/挂/兼", "出生年月", "任职时间"])
            page.write_row(i + 2, 0, [f"王{next(names)}", "执委", "兼职", "1980-05", "2026-01"])
            page.write_row(i + 4, 0, ["填报单位（盖章）：", "", "负责人："])
            i += 6
    return out.getvalue()


FOOT = ["填报单位（盖章）：", "", "负责人：", "", "填表人：", "", "联系电话：", "", "日期：2026年10月8日"]


def one(**more: Any) -> Callable[[], bytes]:
    return lambda: book([person(**more)])


KINDS: dict[str, Kind] = {
    "right": told(make=one(), verdicts=("add",)),
    "two header rows, one merged": told(make=two_header_rows, verdicts=("add",)),
    "old xls": told(make=old_xls, verdicts=("add", "add"), name="花名册.xls", born="1980-05-02"),
    "old xls with a bare date number": told("date_number", make=lambda: old_xls(bare=True), verdicts=("error", "add"), name="花名册.xls"),
    "old xls with a blank in its last cell": told(make=lambda: old_xls(far="\u3000"), verdicts=("add", "add"), name="花名册.xls"),
    "old xls with a format in its last cell": told(make=lambda: old_xls(far=None), verdicts=("add", "add"), name="花名册.xls"),
    "old xls with an empty formula in its last cell": told(make=lambda: old_xls(far=xlwt.Formula('""')), verdicts=("add", "add"), name="花名册.xls"),
    "old xls with a hidden sheet up to its last cell": told(make=lambda: old_xls(hidden=True), verdicts=("add", "add"), name="花名册.xls"),
    "WPS et": told(make=old_xls, verdicts=("add", "add"), name="花名册.et"),
    "csv in GB18030": told(make=lambda: csv("gb18030"), verdicts=("add",), name="花名册.csv"),
    "csv in UTF-8 with its mark": told(make=lambda: csv("utf-8-sig"), verdicts=("add",), name="花名册.csv"),
    "csv in UTF-16 with tabs": told(make=lambda: csv("utf-16", tab="\t"), verdicts=("add",), name="花名册.csv"),
    "another sheet first, an old one hidden": told(make=lambda: edited(add_sheets), verdicts=("add",)),
    "hidden rows": told("row_hidden", make=lambda: edited(hide_rows, person(), person("李敏")), verdicts=("add", "warn")),
    "merged villages": told(make=merged_villages, verdicts=("add",) * 3),
    "a sheet a township": told(make=by_township, verdicts=("add", "add")),
    "formulas with results": told(make=lambda: formulas("王芳"), verdicts=("add",)),
    "formulas without results": told("formula_unsaid", make=lambda: edited(lambda made: made["花名册"].__setitem__("B3", "=A1")),
                                     verdicts=("error",)),
    "a formula that failed": told("formula_error", make=lambda: formulas("#N/A"), verdicts=("error",)),
    "blank rows and a footer": told(make=lambda: book([person(), [""] * 15, ["填报单位（盖章）：某镇妇联", "", "", "负责人："]]), verdicts=("add",),
                                      left={"foot": ["5"]}),
    "an official footer in five cells": told(make=lambda: book([person(), FOOT]), verdicts=("add",), left={"foot": ["4"]}),
    "a total below": told(make=lambda: book([person(), ["合计", 1, 1, 0, 0, 1, 0]]), verdicts=("add",), left={"total": ["4"]}),
    "two villages below each other": told(make=lambda: villages("莲塘镇新村妇联执委名册", "向塘镇新村妇联执委名册"), verdicts=("add", "add"),
                                          left=VILLAGES),
    "their titles not merged": told(make=lambda: villages("莲塘镇新村妇联执委名册", "向塘镇新村妇联执委名册", merged=False), verdicts=("add", "add"),
                                    left=VILLAGES),
    "the second of them not known": told(
        "organisation_missing", make=lambda: villages("莲塘镇新村妇联执委名册", "某某村妇联执委名册"), verdicts=("add", "error"), left=VILLAGES),
    "a title of its own without a header": told(
        "organisation_missing", make=lambda: villages("莲塘镇新村妇联执委名册", "某某村妇联", again=False), verdicts=("add", "error"),
        left={"foot": ["5", "11"], "title": ["7"]}),
    "a list that goes on on the next page": told(make=lambda: villages("莲塘镇新村妇联执委名册", "（续表）"), verdicts=("add", "add"), left=VILLAGES),
    "blanks in the last row and the last column": told(make=lambda: far(" ", "A1048576", "XFD1"), verdicts=("add",)),
    "a blank in the last row": told(make=lambda: far("\u3000", "A1048576"), verdicts=("add",)),
    "a sheet that says it is as large as can be": told(
        make=lambda: redone(lambda xml: re.sub(rb"<dimension[^>]*>", b'<dimension ref="A1:XFD1048576"/>', xml)), verdicts=("add",)),
    "thousands of empty rows with borders": told(make=lambda: styled_rows(8000), verdicts=("add",)),
    "a hundred thousand empty rows with borders": told(make=lambda: styled_rows(100_500), verdicts=("add",)),
    "the whole sheet merged": told(make=merged_far, verdicts=("add",)),
    "mixed spellings of dates": told(
        make=lambda: book([person(f"王{c}", born=b) for c, b in zip("甲乙丙丁戊己庚辛", (
            "1980.05", 198005, "1980年5月", "1980-05-03", "1980年05月3日", "1980/5", 1980.05, "1980.5.3"), strict=True)]),
        verdicts=("add",) * 8),
    "January or October": told("date_ambiguous", make=one(born=1980.1), verdicts=("error",)),
    "a year of two digits": told("date_short_year", make=one(born="80.5"), verdicts=("error",)),
    "a day that is none": told("date_impossible", make=one(born="1980-13"), verdicts=("error",)),
    "full-width digits": told(make=one(born="１９８０．０５", 联系电话="１３８００１３８０００"), verdicts=("add",)),
    "zero-width and wide blanks": told(make=one(name="王　芳\u200b", 联系电话="138 0013\u200b8000"), verdicts=("add",)),
    "rare characters": told(make=one(name="𠮷䶮"), verdicts=("add",)),
    "a minority's name": told(make=one(name="阿依古丽•买买提"), verdicts=("add",)),
    "a name of a hundred characters": told(make=one(name="王" * 100), verdicts=("add",)),
    "a name of a hundred and one": told("name_too_long", make=one(name="王" * 101), verdicts=("error",)),
    "a formula as a name": told("name_characters", make=one(name='=HYPERLINK("x")'), verdicts=("error",)),
    "a script as a workplace": told(make=one(工作单位及职务="<script>alert(1)</script>"), verdicts=("add",)),
    "an ID number ruined by Excel": told("id_number_ruined", make=lambda: with_card(360121198005030040.0), verdicts=("error",)),
    "an ID number as text in figures": told("id_number_ruined", make=lambda: with_card("3.60121E+17"), verdicts=("error",)),
    "a right ID number": told(make=lambda: with_card(CARD), verdicts=("add",)),
    "a lower-case x": told(make=lambda: with_card(CARD_X.lower()), verdicts=("add",)),
    "an old ID number": told("id_number_old", make=lambda: with_card("360121800503004"), verdicts=("error",)),
    "a wrong check digit": told("id_number_checksum", make=lambda: with_card(CARD[:17] + ("0" if CARD[17] != "0" else "1")), verdicts=("error",)),
    "a man's ID number": told("id_number_sex", make=lambda: with_card(CARD_MAN), verdicts=("error",)),
    "another birth than the ID number's": told("id_number_mismatch", make=lambda: with_card(CARD, born="1981-05"), verdicts=("error",)),
    "an unknown region": told("region_unknown", make=lambda: with_card(id_number("99012119800503004")), verdicts=("warn",)),
    "several telephones": told("phone_several", make=one(联系电话="13800138000/13900139000"), verdicts=("error",)),
    "the hotline's number": told(make=one(联系电话="12338"), verdicts=("add",)),
    "words not known": told("sex_unknown", "ethnicity_unknown", "political_unknown", "degree_unknown", "role_unknown", "engagement_unknown",
                            make=one(性别="妇", 民族="汗", 政治面貌="党圆", 文化程度="大本", role="委主席", how="全"), verdicts=("error",)),
    "a bare yes for the two committees": told(make=one(**{"是否进村（社区）“两委”": "是"}), verdicts=("add",)),
    "a committee nobody knows": told("two_committees_unknown", make=one(**{"是否进村（社区）“两委”": "理事会"}), verdicts=("error",)),
    "a remark": told(make=one(备注="2026年换届留任"), verdicts=("add",)),
    "a telephone among the remarks": told("note_number", make=one(备注="家里0791-88888888"), verdicts=("error",)),
    "a number behind stars": told(make=one(联系电话="＊＊＊＊"), verdicts=("add",)),
    "another yes for new": told("yes_no_unknown", make=lambda: with_column("是否新任", "大概"), verdicts=("error",)),
    "a number of ours that was cut": told("person_id_form", make=lambda: with_column("系统编号", "0190a3c6-0000"), verdicts=("error",)),
    "a number of ours that is nobody's": told(
        "person_id_unknown", make=lambda: with_column("系统编号", "0190a3c6-0000-7000-8000-000000000001"), verdicts=("error",)),
    "several offices in a cell": told(make=one(role="主席、执委"), verdicts=("add",)),
    "an unknown village": told("organisation_unknown", make=one(unit="vilage妇联"), verdicts=("error",)),
    "two villages of one name": told("organisation_ambiguous", make=one(unit="新村妇联"), verdicts=("error",)),
    "a closed unit": told("organisation_closed", make=one(unit="撤销村妇联"), verdicts=("error",)),
    "no seat of that kind": told("seat_not_planned", make=one(role="主任"), verdicts=("error",)),
    "too many in a seat": told("seat_over_plan", make=lambda: book([
        person("王芳", "主席"), person("李敏", "主席", "1981-02"), person("张丽", "主席", "1982-02")]), verdicts=("add", "warn", "warn")),
    "the same row twice": told("duplicate_row", make=lambda: book([person(), person()]), verdicts=("add", "error")),
    "namesakes in two villages": told("namesake_in_file", make=lambda: book([person(), person(unit="莲塘镇新村妇联")]), verdicts=("add", "error")),
    "namesakes with telephones": told(make=lambda: book([person(联系电话="13800138000"), person(unit="莲塘镇新村妇联", 联系电话="13900139000")]),
                                      verdicts=("add", "add")),
    "two rows of one person that disagree": told("row_contradicts", make=lambda: book([
        person(role="主席"), person(文化程度="本科")]), verdicts=("add", "error")),
    "two rows of one person that agree": told(make=lambda: book([person(role="主席", 联系电话="13800138000"), person()]), verdicts=("add", "add")),
    "nobody's row": told("required", make=one(name=""), verdicts=("error",)),
    "macros": told(make=lambda: with_part("xl/vbaProject.bin"), verdicts=("add",), name="花名册.xlsm"),
    "something written in the last cell of an xls": Kind(lambda: old_xls(far="x"), failed="sheet_too_far", name="花名册.xls"),
    "something written in the last cell": Kind(lambda: far("x", "XFD1048576"), failed="sheet_too_far"),
    "a long text in thousands of cells": Kind(one_text_in_many_cells, failed="file_bomb"),
    "a missing column": Kind(lambda: book([["1", "王芳"]], ("序号", "姓名", "性别", "民族")), failed="column_missing"),
    "no header": Kind(lambda: book([["王芳", "女"]], None), failed="header_missing"),
    "a text that begins like a zip": Kind(lambda: "PK 名单\n王芳".encode(), failed="header_missing", name="花名册.csv"),
    "a header and nothing else": Kind(lambda: book([]), failed="file_no_rows"),
    "an empty file": Kind(lambda: b"", refused="file_empty"),
    "a picture under another name": Kind(lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64), refused="file_not_a_workbook"),
    "a web page under another name": Kind(lambda: "<html><table><tr><td>姓名</td></tr></table></html>".encode(), refused="file_is_a_page",
                                          name="花名册.xls"),
    "a letter under another name": Kind(lambda: zipped(word__document_xml=b"<w/>"), refused="file_not_a_workbook"),
    "half a file": Kind(lambda: book([person()])[:3000], refused="file_damaged"),
    "a password on an xlsx": Kind(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage\0".encode("utf-16-le"),
                                  refused="file_locked"),
    "a password on an xls": Kind(lambda: old_xls(protect=True), refused="file_locked"),
    "a zip bomb": Kind(bomb, refused="file_bomb"),
    "a part that came through spoilt": Kind(spoilt_part, refused="file_damaged"),
    "a zip that lies about sizes": Kind(lying_zip, refused="file_damaged"),
    "over twenty megabytes": Kind(lambda: b"PK\x03\x04" + bytes(20 * 1024 * 1024 + 1), refused="file_too_large"),
}


def with_card(number: Any, **more: Any) -> bytes:
    return with_column("身份证号码", number, **more)


def with_column(title: str, value: Any, **more: Any) -> bytes:
    return book([[*person(**more), value]], (*HEADER, title))


def with_part(name: str) -> bytes:
    data = io.BytesIO(book([person()]))
    with zipfile.ZipFile(data, "a") as made:
        made.writestr(name, b"x")
    return data.getvalue()
