"""The county map: hidden without an approval number, drawn with it, and never the only way to a figure."""

from __future__ import annotations

import gzip

import pytest

from services.console.organisations.counties import BANDS, NONE, band, drawn
from shared.settings import settings
from tests.console.conftest import COUNTY
from tests.console.test_organisations import FIGURES, PLACE

HERE = f"/organisations/map?area={COUNTY}"
COUNTED = (("360000000000", "江西省", 1, 1, 100.0), ("360121000000", "南昌县", 96, 100, 96.0), ("360199000000", "新设区", 0, 0, None))
ROWS = [{"area": COUNTY, "code": code, "name": f"{name}妇女联合会", "measure": "chair_posts_filled", "numerator": n, "denominator": of,
         "value": value} for code, name, n, of, value in COUNTED]  # fmt: skip


@pytest.fixture
def province(officer):
    give = officer.services.give
    place = {**PLACE, "name": "江西省妇女联合会", "level": "province", "code": "360000000000"}
    give("GET projection /organisations/tree", {"rows": [place]})
    give("GET projection /reports/R34", {"rows": ROWS})
    give("GET projection /overview", {"area": {**place, "path": []}, "tiles": FIGURES, "children": {"total": 0, "rows": [], "cursor": None}})
    give(f"GET projection /organisations/{COUNTY}/children", {"total": 0, "rows": [], "cursor": None})
    return officer


@pytest.fixture
def approved(province, monkeypatch):
    monkeypatch.setenv("HALFSKY_MAP", "赣S(2026)000号")
    settings.cache_clear()
    return province


def test_without_an_approval_number_there_is_no_map(province):
    assert province.get(HERE).status_code == 404 and "/organisations/map" not in province.get("/organisations").text


def test_with_one_it_is_offered_and_the_number_stands_beside_it(approved):
    assert "/organisations/map" in approved.get("/organisations").text
    page = approved.get(HERE).text
    assert "审图号：赣S(2026)000号" in page and page.count("<path class=") >= 100
    assert "<title>南昌县妇女联合会：96.0%（96/100）</title>" in page


def test_every_figure_of_the_map_stands_in_its_table_and_what_has_no_border_beside_it(approved):
    page = approved.get(HERE).text
    assert '<td class="number">96.0%（96/100）</td>' in page and "没有边界图的：新设区妇女联合会" in page
    assert page.count("江西省妇女联合会") < 5, "the province itself is no county"


def test_the_map_asked_for_by_the_page_is_the_part_alone_and_light(approved):
    part = approved.get(HERE, headers={"HX-Request": "true", "HX-Target": "map"}).text
    assert "<html" not in part and len(gzip.compress(part.encode(), 6)) <= 25_000


def test_a_citys_map_holds_its_own_counties():
    whole, city = drawn("360000000000", ROWS), drawn("360100000000", ROWS)
    assert whole and city and len(whole.counties) == 100 and len(city.counties) == 9 and city.box[2] < whole.box[2] / 2
    assert drawn("430000000000", ROWS) is None and drawn("", ROWS) is None


def test_shades_follow_the_legend():
    assert [band(v) for v in (100.0, 99.9, 90.0, 80.0, 12.0, 0.0, None)] == [0, 1, 2, 3, 4, 4, NONE] and len(BANDS) == NONE
