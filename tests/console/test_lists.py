"""The list machinery: everything a list shows is in its address, and what is shown is what is exported."""

from __future__ import annotations

import re

import httpx
import pytest

from services.console.backend import Answer
from services.console.listing import Shown
from tests.console.conftest import OFFICER, refusal
from tests.console.sample import added

ROWS = [
    {"id": "p1", "person_name": "欧阳<i>娜</i>", "role": "chair", "starts_on": "2024-03-08", "ethnicity": "汉族"},
    {"id": "p2", "person_name": "𠮷田花", "role": "vice_chair", "starts_on": "2021-01-01", "precision": "year", "ethnicity": "畲族"},
]


@pytest.fixture
def lists(officer):
    added(officer.client.app)
    officer.services.give("GET projection /cadres", {"rows": ROWS, "cursor": "NEXT", "previous": "BEFORE", "total": 1234})
    return officer


def asked(lists):
    return dict(lists.services.last("/cadres").url.params.multi_items())


def test_the_address_alone_says_what_the_service_is_asked(lists):
    lists.get("/sample?search=oyn&role=chair&sort=-role&cursor=C&area=360121000000&columns=role&nonsense=1&starts=")
    assert asked(lists) == {"search": "oyn", "role": "chair", "sort": "-role", "cursor": "C", "area": "360121000000", "limit": "50"}


def test_values_are_shown_in_words_and_escaped(lists):
    page = lists.get("/sample").text
    assert "欧阳&lt;i&gt;娜" in page and "<i>娜" not in page and "𠮷田花" in page
    assert "副主席" in page and "2024-03-08" in page and ">2021<" in page and 'href="/people/p1"' in page and "共 1,234 条" in page


def test_each_filter_is_a_token_that_can_be_taken_away(lists):
    page = lists.get("/sample?search=oyn&role=chair&area=36").text
    tokens = re.findall(r'<a class="token" href="([^"]+)"', page)
    assert tokens == ["/sample?role=chair&amp;area=36", "/sample?search=oyn&amp;area=36"] and "妇联职务：主席" in page


def test_columns_are_chosen_in_the_address_and_the_name_always_stays(lists):
    page = lists.get("/sample?columns=ethnicity&columns=starts_on").text
    head = re.search(r"<thead>.*?</thead>", page, re.S)
    assert head and re.findall(r'scope="col" class="(?:text|office|day)"[^>]*>(?:<a[^>]*>)?([^<]+)', head[0]) == ["姓名", "任职时间", "民族"]
    assert "民族</th>" not in lists.get("/sample").text


def test_a_column_sorts_up_then_down_then_not_at_all(lists):
    def link(address):
        found = re.search(r'aria-sort="(\w+)"><a href="([^"]+)"', lists.get(address).text)
        assert found
        return found[1], found[2]

    assert link("/sample") == ("none", "/sample?sort=role")
    assert link("/sample?sort=role") == ("ascending", "/sample?sort=-role")
    assert link("/sample?sort=-role") == ("descending", "/sample")


def test_paging_keeps_the_filters_and_leads_back_to_the_first_page(lists):
    page = lists.get("/sample?role=chair&cursor=C").text
    assert 'href="/sample?role=chair&amp;cursor=NEXT" rel="next"' in page and 'href="/sample?role=chair">第一页' in page
    assert 'href="/sample?role=chair&amp;cursor=BEFORE" rel="prev">上一页' in page


def test_an_empty_list_says_what_comes_next(lists):
    lists.services.give("GET projection /cadres", {"rows": [], "cursor": None})
    assert "先导入花名册" in lists.get("/sample").text
    filtered = lists.get("/sample?role=chair").text
    assert "清除筛选，查看全部" in filtered and "先导入花名册" not in filtered


def test_what_she_may_not_do_with_rows_is_not_offered(lists):
    lists.services.give("GET projection /me", {**OFFICER, "may": ["org.read", "cadre.read"]})
    lists.sign_in()
    page = lists.get("/sample").text
    assert 'name="picked"' not in page and "批量卸免" not in page


def test_a_list_sorts_under_the_name_the_service_knows(lists):
    from services.console.pages.organisations import LISTING
    from services.console.pages.roster import ROSTER

    for listing in (LISTING, ROSTER):
        shown = Shown(listing, {}, Answer(rows=[]), "/x", "zh-CN")
        assert shown.sort(shown.named) == "/x?sort=name"
        shown.said["sort"] = "name"
        assert shown.sorted(shown.named) == "ascending" and shown.sort(shown.named) == "/x", "upwards only"


def test_rows_are_picked_for_what_can_be_done_with_many(lists):
    page = lists.get("/sample").text
    assert page.count('name="picked"') == 2 and 'formaction="/sample/relief"' in page and "选择 欧阳" in page


def test_a_saved_view_stands_over_the_list_with_its_count_until_it_is_removed(lists):
    to = lists.post("/views", {"name": "主席", "list": "sample", "path": "/sample", "query": "role=chair"})
    assert to.headers["location"] == "/sample?role=chair"
    tabs = lists.get("/sample?role=chair").text
    assert ">主席</a>" in tabs and 'aria-current="true"><a href="/sample?role=chair"' in tabs and "保存当前筛选" not in tabs
    count = re.search(r"/views/[0-9a-f-]+/count", tabs)
    assert count and lists.get(count[0]).text == "1234" and asked(lists)["role"] == "chair"
    lists.services.give("GET projection /cadres", refusal(503, "x", "忙"))
    assert lists.get(count[0]).text == "–"
    lists.post(count[0].replace("count", "removal"), {"path": "/sample"})
    assert "主席</a>" not in lists.get("/sample").text


def test_a_list_without_views_and_filters_has_no_row_for_them_and_a_filtered_one_can_be_saved(lists):
    assert '<div class="views" id="sample-views"></div>' in lists.get("/sample").text
    assert "保存当前筛选" in lists.get("/sample?role=chair").text and "保存当前筛选" in lists.get("/sample?columns=ethnicity").text


def test_a_phone_shows_the_name_and_two_facts_before_more_is_asked_for(lists):
    page = lists.get("/sample?columns=role&columns=starts_on&columns=ethnicity").text
    row = page.split("<tbody>")[1].split("</tr>")[0]
    assert re.findall(r"card-(\w+)", row) == ["name", "fact", "fact", "more"] and 'data-unfold="tr"' in row
    assert "/static/noscript." in page.split("</head>")[0]


def test_a_saved_view_is_its_owners_alone(lists):
    lists.post("/views", {"name": "主席", "list": "sample", "path": "/sample", "query": "role=chair"})
    id = re.search(r"/views/([0-9a-f-]+)/count", lists.get("/sample").text)
    assert id
    lists.post("/logout")
    lists.sign_in("township")
    assert "主席</a>" not in lists.get("/sample").text and lists.get(f"/views/{id[1]}/count").text == ""
    lists.post(f"/views/{id[1]}/removal")
    lists.post("/logout")
    lists.sign_in("county")
    assert "主席</a>" in lists.get("/sample").text


def test_a_saved_view_leads_nowhere_else(lists):
    to = lists.post("/views", {"name": "x", "list": "sample", "path": "https://evil.example", "query": "a=1"})
    assert to.headers["location"] == "/?a=1"


def test_the_export_asks_for_the_same_rows_and_columns_and_passes_the_file_on(lists):
    def file(request):
        headers = {"content-type": "application/x-xlsx", "content-disposition": "attachment; filename=a.xlsx"}
        return httpx.Response(200, content=b"PK-workbook", headers=headers)

    lists.services.give("GET projection /cadres", file)
    answer = lists.get("/export/sample?role=chair&columns=ethnicity&sort=role&cursor=C&format=xlsx")
    assert answer.content == b"PK-workbook" and answer.headers["content-disposition"] == "attachment; filename=a.xlsx"
    assert asked(lists) == {"role": "chair", "columns": "no,person_name,ethnicity", "sort": "role", "format": "xlsx"}
    assert lists.get("/export/sample?format=exe").status_code == 404 and lists.get("/export/nothing").status_code == 404


def test_an_export_that_is_refused_is_a_page_in_words(lists):
    lists.services.give("GET projection /cadres", refusal(403, "forbidden", "您没有此项权限（report.read）。"))
    answer = lists.get("/export/sample?format=xlsx")
    assert answer.status_code == 403 and "report.read" in answer.text


def test_an_address_with_an_answer_there_is_not_shows_the_list_and_says_so(lists):
    page = lists.get("/sample?role=executive&search=oyn")
    assert page.status_code == 200 and "地址里的“妇联职务”不是可选的值" in page.text and "role" not in asked(lists)
    assert asked(lists)["search"] == "oyn" and "妇联职务：" not in page.text
    page = lists.get("/sample?role=executive&role=chair").text
    assert asked(lists)["role"] == "chair" and "妇联职务：主席" in page
    assert "不是可选的值" not in lists.get("/sample?role=chair").text
