"""A workbook of eligible units taken into org, brought up to date, and taken back."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from services.org.domain.unit import EligibleUnit
from services.projection.api import columns
from tests.api.import_given import Import
from tests.api.org_world import World, ok, org_world
from tests.files.making import book

HEADER = ("单位名称", "所属地区", "领域", "列入日期", "应建情况", "覆盖组织", "建立日期", "撤并日期", "并入单位")
COMMITTEES = ("组织全称", "上级组织", "类别", "层级", "成立时间")


@pytest.fixture
def here(home) -> Iterator[Any]:
    with org_world(home) as w:
        yield w


def load(here: World, *rows: Any, header: Any = HEADER, kind: str = "units") -> Import:
    return Import(here, book(rows, header, "名单"), kind, by="officer", area=here.county)


def row(name: str = "县教育局", field: str = "机关", **more: Any) -> list[Any]:
    by: dict[str, Any] = {"单位名称": name, "领域": field, "列入日期": "2016-03-01", **more}
    return [by.get(h) for h in HEADER]


def committee(here: World, *names: str, on: str = "2016-09-01") -> None:
    rows = [[f"{n}妇女委员会", "南昌县妇女联合会", "机关妇委会", "县", on] for n in names]
    assert load(here, *rows, header=COMMITTEES, kind="organisations").commit()["state"] == "committed"
    here.pull()


def units(here: World) -> dict[str, EligibleUnit]:
    found = here.org.copy.units_in([here.county, here.township])
    return {u.unit_name: here.org.state(EligibleUnit, u.id) for u in found}


def test_a_list_of_units_comes_in_with_who_covers_them_and_goes_again_without_a_trace(here: World) -> None:
    committee(here, "县教育局")
    batch = load(here, row(覆盖组织="县教育局妇女委员会", 建立日期="2016-09-01"), row("莲西", "区划", 所属地区="莲塘镇妇联"),
                 row("朱港虚拟社区", 应建情况="不设妇联"))
    assert batch.state["counts"] | {"warn": 0} == {"rows": 3, "add": 3, "change": 0, "same": 0, "warn": 0, "error": 0}, batch.rows()
    assert batch.commit()["state"] == "committed"
    here.pull()
    there = units(here)
    assert {n: (u.state, u.level) for n, u in there.items()} == {
        "县教育局": ("organised", "county"), "莲西": ("qualified", "village"), "朱港虚拟社区": ("exempt", "county")}
    again = load(here, row(覆盖组织="县教育局妇女委员会", 建立日期="2016-09-01"), row("莲西", "区划"))
    assert again.state["counts"]["same"] == 2, again.rows()
    its = there["县教育局"].organisation
    assert batch.revoke()["state"] == "revoked", batch.state
    here.pull()
    assert units(here) == {} and ok(here.officer.get(f"/organisations/{its}"))["units"] == []
    assert load(here, row()).state["counts"]["add"] == 1


def test_a_later_list_covers_closes_and_merges_what_is_on_record_and_says_what_it_leaves(here: World) -> None:
    load(here, row("甲局"), row("乙局"), row("丙局")).commit()
    committee(here, "甲局")
    later = load(here, row("甲局", "事业单位", 覆盖组织="甲局妇女委员会", 建立日期="2020-06-01"), row("乙局", 撤并日期="2020-07-01", 并入单位="甲局"),
                 row("丙局", 应建情况="已撤并"))
    assert later.state["counts"]["change"] == 2 and later.codes() == {"import_unit_differs", "words_missing"}, later.rows()
    later.commit(only="good")
    here.pull()
    there = units(here)
    assert [there[n].state for n in ("甲局", "乙局", "丙局")] == ["organised", "merged", "qualified"] and there["甲局"].field == "organ"
    gone = load(here, row("甲局", 撤并日期="2021-01-01"))
    gone.commit()
    here.pull()
    assert units(here)["甲局"].state == "closed"
    assert gone.revoke()["state"] == "revoked"
    here.pull()
    back = units(here)["甲局"]
    assert back.state == "organised" and ok(here.officer.get(f"/organisations/{back.organisation}"))["units"] == [str(back_id(here, "甲局"))]


def back_id(here: World, name: str) -> UUID:
    return next(UUID(str(u.id)) for u in here.org.copy.units_in([here.county]) if u.unit_name == name)


def test_what_is_wrong_is_named_at_its_cell(here: World) -> None:
    committee(here, "县教育局")
    wrong = load(here, row("甲局", "火星"), row("乙局", 列入日期=None), row("丙局", 覆盖组织="不存在妇女委员会"),
                 row("丁局", 列入日期="2036-01-01"),
                 row("戊局", 覆盖组织="县教育局妇女委员会", 建立日期="2010-01-01"), row("己局"), row("己局"),
                 row("庚局", 覆盖组织="县教育局妇女委员会"),
                 row("辛局", 撤并日期="2020-01-01", 并入单位="没有局"))
    said = {(r["title"], c["code"], c["field"]) for r in wrong.rows() for c in r["cells"]}
    assert said >= {("甲局", "field_unknown", "field"), ("乙局", "words_missing", "listed_on"), ("丙局", "import_parent_unknown", "organisation"),
                    ("丁局", "in_future", "listed_on"), ("己局", "import_unit_twice", "unit_name"), ("庚局", "import_unit_day", "organised_on"),
                    ("辛局", "unit_target_gone", "into")}, said
    assert {t for t, c, _ in said if c in ("before_establishment", "before_previous_step")} == {"戊局"}, said


def test_a_unit_that_somebody_dealt_with_since_keeps_its_batch(here: World) -> None:
    batch = load(here, row("甲局"))
    batch.commit()
    here.pull()
    ok(here.officer.post(f"/units/{back_id(here, '甲局')}/closure", {"closed_on": "2020-01-01", "why": "撤销"}))
    refused = batch.revoke()
    assert refused["state"] == "committed"
    assert [e["code"] for e in refused["fault"]["errors"]] == ["import_unit_used"]


def test_the_list_as_it_was_exported_goes_in_unchanged(here: World) -> None:
    committee(here, "县教育局")
    load(here, row(覆盖组织="县教育局妇女委员会", 建立日期="2016-09-01"), row("乙局"), row("丙局", 应建情况="不设妇联"),
         row("丁局", 撤并日期="2020-01-01")).commit()
    here.pull()
    titles = [c.zh for c in columns.UNITS.columns]

    def exported(name: str, state: str, **more: Any) -> list[Any]:
        by = {"单位名称": name, "所属地区": "南昌县妇女联合会", "领域": "机关", "层级": "县（市、区）", "隶属": "属地",
              "列入日期": "2016-03-01", "状态": state, **more}
        assert set(by) <= set(titles)
        return [by.get(t) for t in titles]
    same = load(here, exported("县教育局", "已建", 建立日期="2016-09-01", 覆盖组织="县教育局妇女委员会"), exported("乙局", "未建"),
                exported("丙局", "不设妇联"), exported("丁局", "已撤并", 撤并日期="2020-01-01"), header=titles)
    assert same.state["counts"] == {"rows": 4, "add": 0, "change": 0, "same": 4, "warn": 0, "error": 0}, same.rows()
