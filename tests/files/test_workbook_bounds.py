"""What a workbook may be: how much it unpacks to, what it may hold when it goes back, what a template allows, which dates are asked about."""
from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from services.projection.api.sheet import Column as Shown
from services.projection.api.sheet import Head, written
from shared.fact import Refused
from shared.formulas import guard
from shared.workbook import Bad, Column, cells, dates, marked, read, template
from shared.workbook.reading import read_grids
from shared.workbook.safety import kind_of
from tests.files.making import book, person

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", "  =1+1"]
COLUMNS = (Column("person_name", "姓名", cells.text, required=True), Column("note", "备注", cells.text))


def stuffed(count: int, size: int) -> bytes:
    """A good workbook with so many more parts of so many bytes, none of which alone looks like a bomb."""
    out = io.BytesIO(book([person()]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for n in range(count):
            archive.writestr(f"xl/media/{n}.bin", bytes(size))
    return out.getvalue()


def refused(data: bytes) -> str | None:
    try:
        kind_of(data)
    except Refused as no:
        return no.code
    return None


def test_many_parts_that_are_each_small_enough_are_too_much_together():
    eight = 8 * 1024 * 1024
    assert refused(stuffed(39, eight)) == "file_bomb"
    assert refused(stuffed(3, eight)) is None


def test_a_workbook_of_thousands_of_parts_is_not_opened():
    assert refused(stuffed(2000, 1)) == "file_bomb"
    assert refused(stuffed(1900, 1)) is None


@pytest.mark.parametrize("said", FORMULAS)
def test_what_would_be_a_formula_goes_out_as_text(said: str):
    assert guard(said) == f"'{said}"


@pytest.mark.parametrize("said", ["王芳", "", "a=b", "1-2", 5, None, 1.5])
def test_what_is_none_stays_as_it_is(said: Any):
    assert guard(said) == said


def old_book(rows: list[list[str]]) -> bytes:
    made, out = xlwt.Workbook(), io.BytesIO()
    page = made.add_sheet("花名册")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            page.write(i, j, value)
    made.save(out)
    return out.getvalue()


def test_an_old_book_is_cut_to_what_is_written_and_keeps_every_text_of_it():
    """Texts that go on in another record, wide and narrow ones, some of them blank; and the same with a piece missing, which is no crash."""
    said = [[f"{'王' * (n % 40)}{n}{'x' * (n % 60)}", " " * (n % 3)] for n in range(2000)]
    [(_, plain, _)] = read_grids(old_book(said))
    far = old_book([*said, *[[]] * 60_000, [*[""] * 250, " "]])
    [(_, cut, merged)] = read_grids(far)
    assert cut == plain == [[name] for name, _ in said] and merged == []
    for end in (len(far) // 3, len(far) - 700):
        with pytest.raises(Refused) as no:
            list(read_grids(far[:end]))
        assert no.value.code in ("file_damaged", "file_not_a_workbook")


def test_a_small_old_book_as_another_program_writes_it_is_cut_too():
    """LibreOffice keeps a short workbook among the small streams; this one has blanks in A60000 and IV65536."""
    data = Path(__file__).with_name("libreoffice.xls").read_bytes()
    assert [(name, len(rows), rows[-1][1]) for name, rows, _ in read_grids(data)] == [("花名册", 3, "王芳")]


def old_sheet(fill: Callable[[Any], object], **more: Any) -> bytes:
    """An .xls whose sheet is filled so; more: what is said of the whole book."""
    made, out = xlwt.Workbook(), io.BytesIO()
    for name, value in more.items():
        setattr(made, name, value)
    fill(made.add_sheet("花名册"))
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("since_1904", "first"), [(False, "1980-05-02"), (True, "1984-05-03")])
def test_a_date_of_an_old_book_is_counted_from_where_its_book_counts(since_1904: bool, first: str):
    def fill(page: Any) -> None:
        day, time = "yyyy-mm-dd", "hh:mm"
        for row, (value, how) in enumerate([(29343, day), (0.25, time), (29343.5, f"{day} {time}"), (1e300, day), (29343, "0")]):
            page.write(row, 0, value, xlwt.easyxf(num_format_str=how))

    [(_, rows, _)] = read_grids(old_sheet(fill, dates_1904=since_1904))
    day = date.fromisoformat(first)
    assert rows == [[day], ["06:00:00"], [datetime(day.year, day.month, day.day, 12)], [1e300], [29343]]


def test_an_old_book_tells_what_failed_and_not_what_failed_in_rows_of_nobody():
    def fill(page: Any) -> None:
        for row, values in {0: ("姓名", "备注"), 1: ("王芳",), 2: ("",), 3: ("李敏", "好", True)}.items():
            for column, value in enumerate(values):
                page.write(row, column, value)
        for row in (1, 2, 9):
            page.row(row).set_cell_error(1, 0x2A)  # #N/A

    data = old_sheet(fill)
    [(_, rows, _)] = read_grids(data)
    failed = cells.Unspoken("error")
    assert rows == [["姓名", "备注"], ["王芳", failed], ["", failed], ["李敏", "好", True], *[[]] * 5, ["", failed]]
    [sheet] = read(data, COLUMNS)
    assert [(line.line, [f.code for f in line.faults]) for line in sheet.lines] == [(2, ["formula_error"]), (4, [])]
    assert sheet.left["failed"] == ["3", "10"]


@pytest.mark.parametrize("times", [1, 51])
def test_a_merged_cell_of_an_old_book_counts_for_its_rows_but_not_over_and_over(times: int):
    def fill(page: Any) -> None:
        page.write(0, 0, "姓名")
        page.write(60_000, 1, "好")
        page.merged_ranges.extend([(1, 65_535, 0, 0)] * times)

    data = old_sheet(fill)
    if times == 1:
        [(_, _, [[first, last]])] = read_grids(data)
        assert [*first, *last] == [1, 0, 65_535, 0]
        return
    with pytest.raises(Refused) as no:
        list(read_grids(data))
    assert no.value.code == "file_bomb"


@pytest.mark.parametrize("sheets", [1, 3])
def test_many_sheets_that_each_say_little_enough_are_too_much_together(sheets: int):
    made, out = xlwt.Workbook(), io.BytesIO()
    for n in range(sheets):
        page = made.add_sheet(f"{n}")
        for row in range(1500):
            page.write(row, 0, "x" * 32_767)
    made.save(out)
    if sheets == 1:
        assert [len(rows) for _, rows, _ in read_grids(out.getvalue())] == [1500]
        return
    with pytest.raises(Refused) as no:
        list(read_grids(out.getvalue()))
    assert no.value.code == "file_bomb"


def record(kind: int, body: bytes) -> dict[str, Any]:
    """Among what is said of the whole book."""
    return {"_Workbook__all_links_rec": lambda: struct.pack("<HH", kind, len(body)) + body}


def test_a_name_that_nobody_can_work_out_keeps_no_old_book_from_being_read():
    """Ten to the power of four hundred."""
    power = b"\x1e\x0a\x00\x1e\x90\x01\x07"
    name = struct.pack("<HBBHHH4B", 0, 0, 1, len(power), 0, 0, 0, 0, 0, 0) + b"\0N" + power
    [(_, rows, _)] = read_grids(old_sheet(lambda page: page.write(0, 0, "王芳"), **record(0x18, name)))
    assert rows == [["王芳"]]


def test_an_old_book_is_known_as_locked_wherever_it_says_so():
    with pytest.raises(Refused) as no:
        list(read_grids(old_sheet(lambda page: page.write(0, 0, "王芳"), **record(0x2F, bytes(54)))))
    assert no.value.code == "file_locked"


def comma(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("made", [old_book, comma], ids=["xls", "csv"])
@pytest.mark.parametrize("said", ["=HYPERLINK(1)", "＝1+1", "－1", "  @SUM(A1)"])
def test_her_own_file_comes_back_without_live_formulas(made: Any, said: str):
    data = made([["姓名", "备注"], ["王芳", said], ["李敏", "好"]])
    page = openpyxl.load_workbook(io.BytesIO(marked(data, read(data, COLUMNS), {}))).worksheets[0]
    values = [cell.value for row in page.iter_rows() for cell in row]
    assert f"'{said}" in values and "好" in values and all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


@pytest.mark.parametrize("said", FORMULAS)
def test_an_export_as_csv_holds_no_live_formulas(said: str):
    made = written("csv", Head("名", ""), [Shown("a", "列")], [{"a": said}])
    made.file.seek(0)
    rows = list(csv.reader(io.TextIOWrapper(made.file, "utf-8-sig", newline="")))
    assert rows[1][0].startswith("'")


def filled_in() -> Any:
    columns = (Column("person_name", "姓名", cells.text, required=True), Column("sex", "性别", cells.text, choices=("女", "男")),
               Column("organisation", "妇联组织", cells.text), Column("person", "系统编号", cells.text, width=0))
    return openpyxl.load_workbook(io.BytesIO(template("花名册", columns, ["甲村妇联", "乙村妇联"], "organisation", "南昌县妇联 2026-11-22")))


def test_a_template_locks_its_headers_and_leaves_the_rows_free():
    book = filled_in()
    page, names = book["花名册"], book["单位名录"]
    assert page.protection.sheet and names.protection.sheet
    assert all(page.cell(2, c).protection.locked for c in range(1, 5)) and page["A1"].protection.locked
    assert not any(d.protection.locked for d in page.column_dimensions.values())
    assert page.freeze_panes == "C3" and page.column_dimensions["D"].hidden
    assert "2026-11-22" in page["A1"].value and "模板版本" in page["A1"].value and "2026-11-22" in book.properties.description


def test_a_template_offers_its_words_and_the_units_of_the_area():
    book = filled_in()
    offered = {str(v.sqref).split(":")[0]: (v.type, v.formula1) for v in book["花名册"].data_validations.dataValidation}
    assert offered == {"A3": ("list", "单位名录!$A$2:$A$3"), "C3": ("list", '"女,男"')}
    assert [c.value for c in book["单位名录"]["A"]] == ["单位全称", "甲村妇联", "乙村妇联"]


@pytest.mark.parametrize("said", ["1980.1", 1980.1, "2010.1", 2010.1, "2000.1", "1999.1"])
def test_a_month_that_may_be_january_or_october_is_asked_about(said: object):
    with pytest.raises(Bad) as no:
        dates.day(said)
    assert no.value.code == "date_ambiguous" and str(said)[:4] in no.value.zh


@pytest.mark.parametrize(("said", "meant"), [("2010.10", "2010-10"), ("2010.01", "2010-01"), ("2010.2", "2010-02"), ("2010.12", "2010-12")])
def test_a_month_that_is_one_is_taken(said: str, meant: str):
    assert str(dates.day(said)) == meant
