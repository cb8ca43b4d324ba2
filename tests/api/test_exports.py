"""What is shown is what is exported: every list and report as Excel and CSV, with the columns picked, the official footer, and no formula."""

from io import BytesIO
from uuid import UUID

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from services.org import events as org
from services.projection.api import sheet as sheets
from tests.api.caller import Caller
from tests.views.asking import get
from tests.views.story import Story, day

LISTS = (
    "/organisations",
    "/units",
    "/seats",
    "/terms",
    "/vacancies",
    "/reelections",
    "/cadres",
    "/appointments",
    "/reports/roster",
    "/reports/R01/items",
)


@pytest.fixture
def county(story: Story, county: UUID) -> UUID:
    story.tell(county, org.SeatsDefined(seats=(org.Seat(seat=UUID(int=1), role="chair", capacity=1),), effective=day("2001-01-01")))
    story.reelect(county, story.term(county, "2019-01-01", 60, "2024-01-01"), "2024-01-01", "2024-01-05", filed="2024-01-09")
    story.vacancy(county, "2024-01-20")
    story.unit("县医院", county, "2020-01-01")
    story.start(story.post(story.person("王芳", county, born_on="1980-05-01", degree="bachelor"), county), "2024-01-10")
    story.start(story.post(story.person("𠮷田" + "长" * 98, county), county, "vice_chair"), "2024-01-10")
    return county


def opened(caller: Caller, path: str, **asked: object) -> Worksheet:
    answer = get(caller, path, area="360121", as_of="2024-02-01", format="xlsx", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == sheets.MEDIA["xlsx"] and int(answer.headers["content-length"]) == len(answer.content)
    found = load_workbook(BytesIO(answer.content)).active
    assert isinstance(found, Worksheet)
    return found


def lines(page: Worksheet) -> list[list[object]]:
    """From the header to the last row, without the footer."""
    return [[c.value for c in row] for row in page.iter_rows(min_row=3, max_row=page.max_row - 2)]


def test_the_workbook_prints_on_a4_with_title_header_and_official_footer(statistician: Caller, county: UUID) -> None:
    page = opened(statistician, "/reports/roster")
    assert (page.page_setup.paperSize, page.page_setup.orientation, page.print_title_rows, page.freeze_panes) == (9, "landscape", "$1:$3", "A4")
    assert page["A1"].value == "南昌县妇女联合会干部花名册" and page["A2"].value == "截至2024-02-01"
    last = str(page.cell(page.max_row, 1).value)
    assert all(word in last for word in ("填报单位（盖章）", "负责人", "填表人", "联系电话", "日期"))
    assert lines(page)[0][:6] == ["序号", "所在组织", "姓名", "性别", "民族", "出生年月"] and lines(page)[0][-3:] == ["联系电话", "备注", "系统编号"]
    assert lines(page)[1][:8] == [1, "南昌县妇女联合会", "王芳", "女", "汉族", "1980.05", None, "本科"]
    assert lines(page)[2][2] == "𠮷田" + "长" * 98


def test_what_was_asked_for_stands_under_the_title_and_what_is_hidden_is_not_printed(statistician: Caller, county: UUID) -> None:
    asked = {"role": ["chair", "vice_chair"], "level": "county", "age": "age_36_45", "status": "active", "search": "王"}
    page = opened(statistician, "/roster", organisation=county, **asked)
    assert page["A1"].value == "南昌县妇女联合会干部花名册"
    words = ("妇联职务：主席、副主席", "层级：县（市、区）", "年龄：36–45岁", "在任状态：在任", "查找：王")
    assert str(page["A2"].value).startswith("截至2024-02-01　筛选条件：") and all(w in str(page["A2"].value) for w in words)
    assert page.column_dimensions["R"].hidden and page["R3"].value == "系统编号"
    assert page.print_area == f"'{page.title}'!$A$1:$Q${page.max_row}"
    assert all("R" not in str(joined) for joined in page.merged_cells.ranges)


def test_a_narrow_table_shows_its_whole_footer_and_a_long_header_wraps(statistician: Caller, county: UUID) -> None:
    page = opened(statistician, "/roster", columns="person_name,two_committees,both")
    foot = page.cell(page.max_row, 1)
    assert str(foot.value).count("\n") == 2 and foot.alignment.wrap_text and (page.row_dimensions[page.max_row].height or 0) >= 45
    assert (page.row_dimensions[3].height or 0) >= 30 and page["B3"].alignment.wrap_text and (page.row_dimensions[1].height or 0) >= 48
    wide = opened(statistician, "/roster")
    assert "\n" not in str(wide.cell(wide.max_row, 1).value)


@pytest.mark.parametrize("path", LISTS)
def test_every_list_gives_the_same_rows_as_json_csv_and_excel(statistician: Caller, county: UUID, path: str) -> None:
    rows = get(statistician, path, area="360121", as_of="2024-02-01").json()["rows"]
    excel = lines(opened(statistician, path))
    csv = get(statistician, path, area="360121", as_of="2024-02-01", format="csv").content.decode("utf-8-sig").splitlines()
    assert rows and len(excel) == len(csv) == len(rows) + 1
    assert [",".join("" if v is None else str(v) for v in line) for line in excel] == csv


def test_an_export_holds_all_rows_of_the_filter_not_one_page(statistician: Caller, story: Story, county: UUID) -> None:
    for i in range(250):
        story.organisation(f"第{i:03}村妇女联合会", "village", county, f"3601211{i:05}")
    page = lines(opened(statistician, "/organisations", level="village", limit=10))
    assert len(page) == 251 and page[-1][1] == "第249村妇女联合会"
    assert len(lines(opened(statistician, "/organisations", search="第24"))) == 11


def test_the_columns_asked_for_come_in_that_order(statistician: Caller, county: UUID) -> None:
    assert lines(opened(statistician, "/reports/roster", columns="roles,person_name"))[:2] == [["妇联职务", "姓名"], ["主席", "王芳"]]
    assert lines(opened(statistician, "/organisations", columns="code")) == [["区划代码"], ["360121000000"]]


def test_the_file_of_organisations_has_their_credit_codes(statistician: Caller, story: Story, county: UUID) -> None:
    story.tell(county, org.CreditCodeAssigned(code="911100006000373411", effective=day("2020-03-01")))
    head, first, *_ = lines(opened(statistician, "/organisations"))
    assert dict(zip(head, first, strict=True))["统一社会信用代码"] == "911100006000373411", "eighteen digits, not a rounded number"


@pytest.mark.parametrize("columns", ("person_name,phone_number", "person_name,person_name", ","))
def test_an_unknown_or_repeated_column_is_refused_with_those_there_are(statistician: Caller, county: UUID, columns: str) -> None:
    answer = get(statistician, "/reports/roster", format="xlsx", columns=columns)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 422 and error["code"] == "unknown_columns" and "person_name（姓名）" in error["message"]["zh-CN"]


def test_no_cell_is_a_formula_a_link_or_a_rounded_number(statistician: Caller, story: Story, county: UUID) -> None:
    bad = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.test", "360121198005010021", "<b>&\"'"]
    for text in bad:
        story.start(story.post(story.person(text, county), county, "executive_member"), "2024-01-15")
    page = opened(statistician, "/reports/roster", columns="person_name")
    cells = [page.cell(row, 1) for row in range(4, page.max_row - 1)]
    assert {c.value for c in cells} >= set(bad) and {c.data_type for c in cells} == {"s"} and not any(c.hyperlink for c in cells)
    assert {c.number_format for c in cells} == {"@"}


def test_what_xml_cannot_hold_is_written_as_the_standard_says(statistician: Caller, story: Story, county: UUID) -> None:
    bad = "甲\x0b乙\r丙_x0041_<&>"
    story.start(story.post(story.person(bad, county), county, "executive_member"), "2024-01-15")
    page = opened(statistician, "/reports/roster", columns="person_name,no")
    raw = str(page.cell(page.max_row - 2, 1).value)
    assert raw == "甲_x000B_乙_x000D_丙_x005F_x0041_<&>" and unescape(raw) == bad
    empty = opened(statistician, "/reports/roster", search="没有这个人", columns="person_name")
    assert [c.value for c in empty["A"]][2:] == ["姓名", None, empty.cell(5, 1).value] and "填报单位" in str(empty.cell(5, 1).value)


def test_the_audit_exports_its_sentences_and_only_to_those_who_may_read_it(app: FastAPI, story: Story, county: UUID) -> None:
    story.officer_called("周主任")
    page = lines(opened(Caller(app, "auditor"), "/audit/appointments"))
    assert page[0][1:7] == ["登记时间", "生效日期", "组织", "姓名", "妇联职务", "谁在何时凭何文件改的"]
    assert page[2][6] == "2024年1月20日，周主任登记：王芳当选南昌县妇女联合会主席并任职，自2024年1月10日起。［缺批复］" and page[2][8] is None
    refused = get(Caller(app, "nobody"), "/audit/appointments", format="xlsx")
    assert refused.status_code == 403 and refused.json()["errors"][0]["code"] == "forbidden"


def test_a_report_exports_its_figures_as_numbers(statistician: Caller, county: UUID) -> None:
    page = lines(opened(statistician, "/reports/R01"))
    assert page[0] == ["地区", "指标", "分子", "分母", "数值", "单位"] and page[1][2:] == [0, 1, 0, "%"]


def test_more_rows_than_a_sheet_holds_are_refused_with_a_way_out(statistician: Caller, county: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST", 1)
    answer = get(statistician, "/reports/roster", format="xlsx")
    assert answer.status_code == 422 and "CSV" in answer.json()["errors"][0]["message"]["zh-CN"]
    assert get(statistician, "/reports/roster", format="csv").status_code == 200


def test_the_page_of_the_roster_is_exported_with_what_is_sealed_only_marked(statistician: Caller, county: UUID) -> None:
    page = opened(statistician, "/roster", columns="no,person_name,role,age,term,has_phone,has_id_number")
    assert lines(page)[0] == ["序号", "姓名", "妇联职务", "年龄", "届次", "联系电话", "身份证号"]
    assert [line[:4] for line in lines(page)[1:2]] == [[1, "王芳", "主席", 43]]
    assert not {v for line in lines(page)[1:] for v in line[5:]} - {None, "＊＊＊＊"}
