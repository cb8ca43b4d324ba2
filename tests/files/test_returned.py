"""What goes back to her: the marked workbook, again and again, and the template that is filled in."""
from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from services.cadre.api.columns import KINDS
from shared.workbook import Fault, marked, read, template
from shared.workbook.reading import VERSION, Sheet
from tests.files.kinds import edited, far
from tests.files.making import HEADER, book, person

ROSTER = KINDS["roster"].columns
BAD = Fault("date_ambiguous", "可能是 1 月，也可能是 10 月", "?", "born")
ODD = Fault("born_missing", "没有出生年月", "?", "born", "warn")


def returned(data: bytes, **faults: list[Fault]) -> tuple[bytes, Any]:
    """`faults` by line: line3=[…]. The workbook that goes back, and its sheet as a spreadsheet program opens it."""
    made = marked(data, sheets(data), {f"花名册!{line.removeprefix('line')}": some for line, some in faults.items()})
    return made, openpyxl.load_workbook(io.BytesIO(made))["花名册"]


def sheets(data: bytes) -> list[Sheet]:
    return read(data, ROSTER)


def mended(data: bytes, change: Callable[[Any], None]) -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(data))
    change(made["花名册"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[-6:] if cell.fill.fill_type else ""


def test_what_was_put_right_is_no_longer_red_and_notes_do_not_pile_up():
    first, page = returned(book([person(), person("李敏")]), line3=[BAD], line4=[BAD])
    assert (colour(page["E3"]), page["P3"].value) == ("FFC7CE", "【出生年月】可能是 1 月，也可能是 10 月")
    second, page = returned(mended(first, lambda p: p.__setitem__("E3", "1980-10")), line4=[BAD, BAD])
    assert (colour(page["E3"]), page["E3"].comment, page["P3"].value) == ("", None, None)
    assert colour(page["E4"]) == "FFC7CE" and page["E4"].comment.text.count("【系统提示】") == 1
    assert [c.value for c in page[2]].count("错误") == 1
    third, page = returned(second, line4=[ODD])
    assert colour(page["E4"]) == "FFEB9C" and "10 月" not in page["E4"].comment.text
    assert [line.line for line in sheets(third)[0].lines] == [3, 4]


def test_her_own_notes_and_colours_stay():
    def hers(made: Any) -> None:
        page = made["花名册"]
        page["E3"].comment = Comment("组织部核过", "县妇联")
        page["D3"].fill = PatternFill("solid", fgColor="FFC7CE")

    first, page = returned(edited(hers), line3=[BAD])
    assert page["E3"].comment.text.startswith("组织部核过\n【系统提示】可能是")
    _, page = returned(first)
    assert (page["E3"].comment.text, page["E3"].comment.author) == ("组织部核过", "县妇联") and colour(page["D3"]) == "FFC7CE"


def test_a_row_that_was_emptied_is_no_row_though_its_error_still_stands():
    first, _ = returned(book([person(), person("李敏")]), line4=[BAD])

    def emptied(page: Any) -> None:
        for cell in page[4][:15]:
            cell.value = None

    assert [line.line for line in sheets(mended(first, emptied))[0].lines] == [3]


def test_the_column_of_errors_stands_beside_the_data_whatever_lies_far_away():
    _, page = returned(far(" ", "XFD1", "A1048576"), line3=[BAD])
    assert page["P2"].value == "错误" and page.max_row < 10


def test_pictures_that_do_not_come_back_are_spoken_of():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet("花名册")
        for i, row in enumerate((HEADER, person())):
            page.write_row(i, 0, row)
        page.insert_textbox("R2", "公章")
    _, back = returned(out.getvalue())
    assert back["P1"].value == "错误（图片、图形未保留，请在原表中改）"
    assert returned(book([person()]))[1]["P2"].value == "错误"
    _, again = returned(mended(out.getvalue(), lambda p: p.__setitem__("P1", "错误（图片、图形未保留，请在原表中改）")))
    assert again["P1"].value == "错误"


def filled(**cells: str) -> bytes:
    """The template for rosters with one person."""
    made = template("换届花名册", ROSTER, ["莲塘镇新村妇女联合会"], "organisation", "县妇联 2026-10-01")
    book_ = openpyxl.load_workbook(io.BytesIO(made))
    page = book_.worksheets[0]
    by = dict(zip(HEADER, person(), strict=True)) | {"妇联组织": "莲塘镇新村妇女联合会"} | cells
    for c in page[2]:
        page.cell(3, c.column, by.get(c.value.strip("*")))
    page["A1"] = cells.get("A1", page["A1"].value)
    out = io.BytesIO()
    book_.save(out)
    return out.getvalue()


def test_the_template_puts_the_place_first_marks_what_is_needed_and_explains_each_column():
    made = openpyxl.load_workbook(io.BytesIO(filled()))
    page, how = made.worksheets[0], made["填表说明"]
    titles = [c.value for c in page[2]]
    assert titles[:2] == ["*妇联组织", "*姓名"] and {"*妇联职务", "*任职时间", "备注"} <= set(titles)
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight) == ("landscape", 9, 0)
    assert page.print_title_rows == "$1:$2"
    lines = {row[0]: row[1:] for row in how.iter_rows(min_row=2, values_only=True)}
    assert set(lines) == {t.strip("*") for t in titles} - {"系统编号"}
    assert lines["妇联组织"][0::2] == ("必填", "莲塘镇新村妇女联合会") and lines["联系电话"][0] == "选填"
    assert all(how_ and example for must, how_, example in lines.values() if must == "必填")


def test_what_is_filled_into_the_template_is_read_without_its_instructions():
    [sheet] = sheets(filled())
    assert [(line.line, line.values["organisation"], line.faults) for line in sheet.lines] == [(3, "莲塘镇新村妇女联合会", [])]
    assert sheet.found["person_name"] == "姓名" and sheet.ignored == []


def test_a_template_of_another_version_is_spoken_of():
    [sheet] = sheets(filled(A1="换届花名册（县妇联，模板版本 2019.3）"))
    [fault] = sheet.lines[0].faults
    assert (fault.code, fault.level) == ("template_version", "warn") and "2019.3" in fault.zh and VERSION in fault.en


def test_a_name_for_the_office_that_may_mean_another_counts_only_alone():
    names = ("姓名", "职务名称", "任职时间")
    [sheet] = read(book([["王芳", "执委", "2026-01"]], names), ROSTER)
    assert sheet.columns["role"] == 1
    [sheet] = read(book([["王芳", "教师", "2026-01", "执委"]], (*names, "拟任妇联职务")), ROSTER)
    assert sheet.columns["role"] == 3 and sheet.ignored == ["职务名称"]
