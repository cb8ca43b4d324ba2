"""Files that another program wrote, or a hand spoilt: each is read right, or named at its cell, or refused by what it is."""
from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from tests.files.kinds import Kind, told
from tests.files.making import HEADER, book, person

__all__ = ["ODD", "raw"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT, STRICT_LINKS = "http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships"
STYLES = '<{p}styleSheet {ns}><{p}numFmts><{p}numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></{p}numFmts><{p}cellXfs>' \
         '<{p}xf numFmtId="0"/><{p}xf numFmtId="165"/></{p}cellXfs></{p}styleSheet>'
BORN, NAME, WORK = HEADER.index("出生年月"), 1, HEADER.index("工作单位及职务")


def column(j: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[j]


def usual(row: int, j: int, value: Any) -> str:
    """A cell with its text in it; the tags get their prefix later."""
    return f'<c r="{column(j)}{row}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def raw(*rows: Sequence[Any], cell: Callable[[int, int, Any], str] = usual, change: Callable[[str], str] = str, prefix: str = "", slash: str = "/",
        named: str = "xl/workbook.xml", sheet: str = "xl/worksheets/sheet1.xml", since_1904: bool = False, state: str = "", texts: str = "",
        main: str = MAIN, links: str = LINKS, begin: str = "") -> bytes:
    """An .xlsx written out by hand. `change`: of the sheet's XML; `begin`: what stands before its root; `texts`: of its shared strings."""
    p = f"{prefix}:" if prefix else ""
    ns = f'xmlns{":" + prefix if prefix else ""}="{main}"'
    lines = "".join(f'<row r="{i}">{"".join(cell(i, j, v) for j, v in enumerate(row) if v != "")}</row>'
                    for i, row in enumerate([HEADER, *rows], 1))
    xml = change(f"<worksheet {ns}><sheetData>{lines}</sheetData></worksheet>")
    if prefix:
        for tag in ("worksheet", "sheetData", "row", "c", "is", "t", "v", "f"):
            for end in ("<", "</"):
                xml = xml.replace(f"{end}{tag}>", f"{end}{p}{tag}>").replace(f"{end}{tag} ", f"{end}{p}{tag} ")
    folder, _, name = named.rpartition("/")
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{named}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f'<Override PartName="/{sheet}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": related(("rId1", f"{links}/officeDocument", named)),
        f"{folder}/_rels/{name}.rels": related(("rId7", f"{links}/worksheet", f"/{sheet}"), ("rId8", f"{links}/styles", "styles.xml"),
                                               *[("rId9", f"{links}/sharedStrings", "strings.xml")] * bool(texts)),
        named: f'<{p}workbook {ns} xmlns:r="{links}"><{p}workbookPr date1904="{int(since_1904)}"/><{p}sheets>'
               f'<{p}sheet {state} sheetId="1" r:id="rId7" name="花名册"/></{p}sheets></{p}workbook>',
        f"{folder}/styles.xml": STYLES.format(p=p, ns=ns),
        sheet: begin + xml,
    } | ({f"{folder}/strings.xml": f"<{p}sst {ns}>{texts}</{p}sst>"} if texts else {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, text in parts.items():
            made.writestr(path.replace("/", slash), text)
    return out.getvalue()


def related(*some: tuple[str, str, str]) -> str:
    inner = "".join(f'<Relationship Target="{target}" Type="{kind}" Id="{id}"/>' for id, kind, target in some)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def at(j: int, xml: str) -> Callable[[int, int, Any], str]:
    """The cell in this column of the first row of people, written so; {r}: its place."""
    return lambda row, k, value: xml.replace("{r}", f"{column(k)}{row}") if (row, k) == (2, j) else usual(row, k, value)


def turned(row: int, j: int, value: Any) -> str:
    return f"<c t='inlineStr' s = '0' r='{column(j)}{row}' ><is ><t xml:space='preserve'>{escape(str(value))}</t></is></c >"


def nowhere(row: int, j: int, value: Any) -> str:
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def full(**more: Any) -> list[Any]:
    """A row without blanks, so that nothing need say where its cells stand."""
    return person(**{"联系电话": "13800138000", "备注": "留任", **more})


def table(mark: str = ",", encoding: str = "utf-8", end: str = "\r\n", first: str = "", **more: Any) -> bytes:
    rows = [HEADER, full(**more)]
    return (first + end.join(mark.join(map(str, row)) for row in rows) + end).encode(encoding)


def page(text: str, encoding: str = "utf-8") -> bytes:
    return f"{text}<table><tr><td>姓名</td><td>妇联职务</td></tr><tr><td>王芳</td><td>执委</td></tr></table></html>".encode(encoding)


def listed(header: Sequence[str], *rows: Sequence[Any]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("花名册")
        for i, row in enumerate([header, *rows]):
            sheet.write_row(i, 0, row)
    return out.getvalue()


SHORT = ("备注", "姓名", "妇联职务", "专/挂/兼", "出生年月", "任职时间", "妇联组织")
RADICAL = ("姓名", "出⽣年⽉", "性别", "民族", "⽂化程度", *SHORT[2:4], *SHORT[5:])
NAMED = ("姓名", *SHORT[2:], "备注")


def short(first: str, name: str = "王芳") -> list[str]:
    return [first, name, "执委", "兼职", "1980-05", "2026-01", "village"]


def side_by_side() -> bytes:
    head = ("姓名", "妇联职务", "专/挂/兼", "出生年月", "任职时间", "妇联组织")
    return listed((*head, "", *head), [*short("")[1:], "", *short("", "李敏")[1:]])


PEOPLE = ("王芳", "李敏", "张丽")
MAIL = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<html>"
OLD_XML = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
ODD: dict[str, Kind] = {
    "tags with a prefix": told(make=lambda: raw(person(), prefix="x"), verdicts=("add",), who=PEOPLE[:1]),
    "attributes in another order and quotes": told(make=lambda: raw(person(), cell=turned), verdicts=("add",), who=PEOPLE[:1]),
    "cells that do not say where they stand": told(make=lambda: raw(full(), cell=nowhere), verdicts=("add",), who=PEOPLE[:1]),
    "an inline text in v": told(make=lambda: raw(person(), cell=at(NAME, '<c r="{r}" t="inlineStr"><v>李敏</v></c>')), verdicts=("add",),
                                who=("李敏",)),
    "a text as CDATA": told(make=lambda: raw(person(), cell=at(NAME, '<c r="{r}" t="inlineStr"><is><t><![CDATA[李敏]]></t></is></c>')),
                            verdicts=("add",), who=("李敏",)),
    "a text in pieces, with its sounds": told(
        make=lambda: raw(person(), cell=at(NAME, '<c r="{r}" t="s"><v>0</v></c>'),
                         texts="<si><r><t>李</t></r><r><t>敏</t></r><rPh sb=\"0\" eb=\"1\"><t>LI</t></rPh></si>"), verdicts=("add",), who=("李敏",)),
    "a comment between the digits": told(make=lambda: raw(person(), cell=at(NAME, '<c r="{r}" t="str"><v>李<!-- -->敏</v></c>')),
                                         verdicts=("add",), who=("李敏",)),
    "a comment that would keep a pattern busy": told(
        make=lambda: raw(person(), change=lambda xml: xml.replace("<sheetData>", "<!--" + '<c r="A1" t="' * 200_000 + "--><sheetData>")),
        verdicts=("add",)),
    "a formula nobody worked out, t=str": told(
        make=lambda: raw(person(), cell=at(WORK, '<c r="{r}" t="str"><f>A1</f><v></v></c>')), verdicts=("add",)),
    "a formula nobody worked out, attributes turned": told(
        "formula_unsaid", make=lambda: raw(person(), cell=at(NAME, "<c s='0' r='{r}'><f t='shared' si='0'/></c>")), verdicts=("error",)),
    "an error, attributes turned": told("formula_error", make=lambda: raw(person(), cell=at(NAME, "<c t='e' r='{r}'><v>#N/A</v></c>")),
                                        verdicts=("error",)),
    "an error of a newer program": told("formula_error", make=lambda: raw(person(), cell=at(WORK, '<c r="{r}" t="e"><v>#FIELD!</v></c>')),
                                        verdicts=("error",)),
    "an error as text in a csv": told("formula_error", make=lambda: table(name="#N/A"), verdicts=("error",), name="花名册.csv"),
    "a number that is none": told("cell_unreadable", make=lambda: raw(person(), cell=at(NAME, '<c r="{r}"><v>李敏</v></c>')), verdicts=("error",)),
    "a text that is not there": told("cell_unreadable", make=lambda: raw(person(), cell=at(NAME, '<c r="{r}" t="s"><v>9</v></c>')),
                                     verdicts=("error",)),
    "one cell twice": told("cell_twice", make=lambda: raw(person(), cell=at(NAME, usual(2, NAME, "王芳") + usual(2, NAME, "李敏"))),
                           verdicts=("error",)),
    "a day in ISO": told(make=lambda: raw(person(), cell=at(BORN, '<c r="{r}" t="d"><v>1980-05-03T00:00:00</v></c>')), verdicts=("add",),
                         born="1980-05-03"),
    "a day by its format": told(make=lambda: raw(person(), cell=at(BORN, '<c r="{r}" s="1"><v>29344</v></c>')), verdicts=("add",), born="1980-05-03"),
    "a day of a book that counts from 1904": told(
        make=lambda: raw(person(), cell=at(BORN, '<c r="{r}" s="1"><v>27882</v></c>'), since_1904=True), verdicts=("add",), born="1980-05-03"),
    "a bare number as a day": told("date_number", make=lambda: raw(person(), cell=at(BORN, '<c r="{r}"><v>29344</v></c>')), verdicts=("error",)),
    "a bare number that may be a month": told("date_number", make=lambda: raw(person(), cell=at(BORN, '<c r="{r}"><v>19805</v></c>')),
                                              verdicts=("error",)),
    "a bare number of a book that counts from 1904": told(
        "date_number", make=lambda: raw(person(), cell=at(BORN, '<c r="{r}"><v>27882</v></c>'), since_1904=True), verdicts=("error",)),
    "a bare number as text": told("date_number", make=lambda: table(born="19805"), verdicts=("error",), name="花名册.csv"),
    "a zip with backslashes": told(make=lambda: raw(person(), slash="\\"), verdicts=("add",)),
    "a workbook by another name": told(make=lambda: raw(person(), named="xl/workbook2.xml"), verdicts=("add",)),
    "a workbook in another folder": told(make=lambda: raw(person(), named="xl/a/book.xml", sheet="xl/pages/p.xml"), verdicts=("add",)),
    "the strict kind": told(make=lambda: raw(person(), main=STRICT, links=STRICT_LINKS), verdicts=("add",)),
    "entities of its own": Kind(lambda: raw(person(), begin=BOMB), failed="file_damaged"),
    "a web page in one file": Kind(lambda: page(MAIL), refused="file_is_a_page", name="花名册.xls"),
    "a web page in one file, from somebody": Kind(lambda: page("From: <Saved by>\r\nSubject: \r\n" + MAIL), refused="file_is_a_page",
                                                  name="花名册.xls"),
    "a web page in UTF-16": Kind(lambda: page("<html>", "utf-16"), refused="file_is_a_page", name="花名册.xls"),
    "a web page in UTF-16 without its mark": Kind(lambda: page("<html>\r\n", "utf-16-le"), refused="file_is_a_page", name="花名册.xls"),
    "a web page that begins with its style": Kind(lambda: page("<style>td{}</style>"), refused="file_is_a_page", name="花名册.xls"),
    "a web page that begins with a comment": Kind(lambda: page("\r\n<!-- 花名册 -->"), refused="file_is_a_page", name="花名册.xls"),
    "a web page in GB18030": Kind(lambda: page("<div>花名册", "gb18030"), refused="file_is_a_page", name="花名册.xls"),
    "a workbook as XML of 2003": Kind(OLD_XML.encode, refused="file_is_a_page", name="花名册.xls"),
    "csv with semicolons": told(make=lambda: table(";"), verdicts=("add",), name="花名册.csv"),
    "csv with semicolons and commas within": told(make=lambda: table(";", 备注="留任,连任"), verdicts=("add",), name="花名册.csv"),
    "csv with blanks": told(make=lambda: table("  "), verdicts=("add",), name="花名册.txt"),
    "csv with blanks, and one in a name": Kind(lambda: table(" ", name="王 芳"), failed="csv_blanks", name="花名册.txt"),
    "csv that says its divider": told(make=lambda: table(";", first="sep=;\r\n"), verdicts=("add",), name="花名册.csv"),
    "csv with numbers as ={}": told(make=lambda: table(联系电话='="13800138000"'), verdicts=("add",), name="花名册.csv"),
    "csv with carriage returns alone": told(make=lambda: table(end="\r"), verdicts=("add",), name="花名册.csv"),
    "csv in UTF-16, the other way round": told(make=lambda: table("\t", "utf-16-be", first="\ufeff"), verdicts=("add",), name="花名册.csv"),
    "csv in UTF-16 without its mark": told(make=lambda: table("\t", "utf-16-le"), verdicts=("add",), name="花名册.csv"),
    "csv with a comma too many": told("row_too_wide", "engagement_unknown", "two_committees_unknown", "date_unknown", "phone_invalid",
                                      "organisation_unknown", "note_number", "role_unknown",
                                      make=lambda: table(工作单位及职务="农民,村干部", 备注="留任"), verdicts=("error",), name="花名册.csv",
                                      left={"untitled": ["P2"]}),
    "people whose rows begin like a footer": told(
        "born_missing", "starts_on_missing", make=lambda: listed(SHORT, *([first, name, "专职执委", "", "", "", "village"] for first, name in
                                                                          zip(("负责人", "联系电话不变", "说明：连任"), PEOPLE, strict=True))),
        verdicts=("error",) * 3, who=PEOPLE),
    "a person whose name begins like a footer": told(
        "born_missing", "starts_on_missing",
        make=lambda: listed(NAMED, ["注小丽", "专职执委", "", "", "", "village"], ["负责人：王芳", "填表人：李敏"]),
        verdicts=("error",), who=("注小丽",), left={"foot": ["3"]}),
    "a footer is told": told(make=lambda: book([person(), ["填报单位（盖章）：", "", "负责人："], ["合计", "1人"]]), verdicts=("add",),
                             left={"foot": ["4"], "total": ["5"]}),
    "cells beside the table are told": told(make=lambda: listed((*SHORT, ""), [*short(""), "已调走"]), verdicts=("add",), left={"untitled": ["H2"]}),
    "two lists side by side": Kind(side_by_side, failed="column_twice"),
    "radicals for characters": told(make=lambda: listed(RADICAL, ["⻢丽", "1980-05", "⼥", "汉族", "⼤专", *short("")[2:4], *short("")[5:]]),
                                    verdicts=("add",), who=("马丽",), born="1980-05"),
    "a control character in a name": told("name_characters", make=lambda: raw(person(), cell=at(NAME, '<c r="{r}" t="str"><v>王_x0007_芳</v></c>')),
                                          verdicts=("error",)),
    "a control character among words": told("text_characters", make=lambda: raw(person(), cell=at(WORK, '<c r="{r}" t="str"><v>村_x0007_</v></c>')),
                                            verdicts=("error",)),
    "a face among words": told("text_characters", make=lambda: book([person(工作单位及职务="农民😀")]), verdicts=("error",)),
    "a formula among words": told("text_formula", make=lambda: book([person(工作单位及职务="=1+1")]), verdicts=("error",)),
}
