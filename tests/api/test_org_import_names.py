"""What organisations are called in a workbook: the same one is not made twice, a likeness is asked about, a faulty row spoils no other."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.org import events as org
from shared.calendar import today
from tests.api.import_given import Import
from tests.api.org_world import World, org_world
from tests.api.test_org_imports import load, names, village


@pytest.fixture
def here(home) -> Iterator[Any]:
    with org_world(home) as w:
        load(w, village("象南社区", 简称="象南社区妇联")).commit()
        yield w


def told(batch: Import) -> list[set[str]]:
    return [{c["code"] for c in r["cells"]} for r in batch.rows()]


@pytest.mark.parametrize("name", ("莲塘镇象南社区妇联", "象南社区妇联", "莲塘镇象南社区妇女联合会", "莲塘镇 象南社区居委会妇联", "象南社区"))
def test_the_same_organisation_under_another_ending_is_not_made_again(here: World, name: str) -> None:
    before = names(here)
    again = load(here, village("象南社区", 组织全称=name, 简称=""))
    assert [r["action"] for r in again.rows()] == ["same"], again.rows()
    assert told(again) == [set() if name == "莲塘镇象南社区妇女联合会" else {"import_official_name"}]
    again.commit()
    assert names(here) == before


@pytest.mark.parametrize(("name", "near"), (("象南村", True), ("像南社区", True), ("象北社区", False), ("向阳路社区", False)))
def test_a_likeness_under_the_same_superior_is_asked_about(here: World, name: str, near: bool) -> None:
    batch = load(here, village(name, 区划代码=""))
    assert ([r["action"] for r in batch.rows()], told(batch)) == (["add"], [{"import_near"} if near else set()])


def test_of_another_kind_or_under_another_superior_it_is_another(here: World) -> None:
    other = village("象南社区", "南昌县妇女联合会", 组织全称="象南社区妇联", 区划代码="")
    committee = village("象南社区", 组织全称="莲塘镇象南社区妇工委", 类别="妇工委", 区划代码="", 主席职数="", 副主席职数="", 执委职数="")
    batch = load(here, other, committee)
    assert [r["action"] for r in batch.rows()] == ["add", "add"], batch.rows()


def test_a_former_name_is_the_same_organisation(here: World) -> None:
    id = next(c.id for c in here.org.copy.called(here.county, today()) if c.full_name == "莲塘镇象南社区妇女联合会")
    renamed(here, id, "莲塘镇向阳社区妇女联合会")
    batch = load(here, village("象南社区", 简称=""))
    assert ([r["action"] for r in batch.rows()], told(batch)) == (["same"], [{"import_official_name"}])


def test_another_level_is_said_and_left_as_it_is(here: World) -> None:
    batch = load(here, village("象南社区", 简称="", 层级="乡镇"))
    assert ([r["action"] for r in batch.rows()], told(batch)) == (["same"], [{"import_other_level"}])


def test_where_several_may_be_meant_the_full_name_is_asked_for(here: World) -> None:
    load(here, village("丁家村", 区划代码="")).commit()
    renamed(here, next(c.id for c in here.org.copy.called(here.county, today()) if c.full_name == "莲塘镇丁家村妇女联合会"), "象南社区妇女联合会")
    batch = load(here, village("象南社区", 组织全称="象南社区妇联", 简称="", 区划代码=""))
    assert [r["action"] for r in batch.rows()] == ["none"] and told(batch)[0] >= {"import_several"}


def test_a_superior_may_be_called_by_its_former_name(here: World) -> None:
    renamed(here, next(c.id for c in here.org.copy.called(here.county, today()) if c.full_name == "莲塘镇妇女联合会"), "新塘镇妇女联合会")
    batch = load(here, village("新村", 区划代码=""))
    assert ([r["action"] for r in batch.rows()], told(batch)) == (["add"], [{"import_parent_renamed"}])
    assert load(here, village("新村", "新塘镇妇联", 区划代码="")).codes() == set()


def renamed(here: World, id: Any, name: str) -> None:
    from services.org.domain.organisation import Organisation

    said = org.OrganisationDetailsChanged(effective=date(2024, 1, 1), full_name=name, short_name=name)
    here.org.do(f"renamed {name}", {Organisation: id}, lambda was: [said])
    here.pull()


def test_a_faulty_row_spoils_no_right_one_of_the_same_name(here: World) -> None:
    wrong, right = village("新村", 区划代码="", 成立时间="2020-13"), village("新村", 区划代码="")
    batch = load(here, wrong, right)
    assert [r["action"] for r in batch.rows()] == ["none", "add"], batch.rows()
    refused = village("老村", 区划代码="360121100202")  # another's code: the rules say so, not the cell
    batch = load(here, refused, village("老村", 区划代码=""), village("老村", 区划代码="", 组织全称="老村妇联"))
    assert [r["action"] for r in batch.rows()] == ["none", "add", "same"] and told(batch)[0] == {"code_taken"}
    batch.commit("good")
    assert "莲塘镇老村妇女联合会" in names(here)


def test_what_hangs_on_a_faulty_row_is_told_where_the_fault_is(here: World) -> None:
    town = village("八一乡", "南昌县妇女联合会", 组织全称="八一乡妇女联合会", 简称="八一乡妇联", 层级="乡镇", 区划代码="360121100202")
    batch = load(here, town, village("新村", "八一乡妇联", 区划代码=""))
    assert told(batch) == [{"code_taken"}, {"import_parent_faulty"}]
    assert "!3" in batch.rows()[1]["cells"][0]["message"]["zh-CN"]


def test_two_rows_of_one_organisation_agree_or_are_asked_about(here: World) -> None:
    batch = load(here, village("新村", 区划代码=""), village("新村", 区划代码=""), village("新村", 区划代码="", 成立时间="2021-03-08"))
    assert [r["verdict"] for r in batch.rows()] == ["add", "warn", "error"] and told(batch)[1] == {"import_row_twice"}
    assert {(c["code"], c["title"]) for c in batch.rows("error")[0]["cells"]} >= {("import_row_contradicts", "成立时间")}


def test_rows_that_spoil_each_other_for_ever_are_left_out(here: World) -> None:
    rows = [village("新村", 区划代码="360121100202", 主席职数=1, 执委职数=n) for n in range(3, 15)]
    batch = load(here, *rows)
    assert {r["verdict"] for r in batch.rows()} == {"error"}


def test_a_row_that_was_not_judged_to_its_end_is_left_out(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.org.api.imports.PASSES", 1)
    batch = load(here, village("老村", 区划代码="360121100202"), village("老村", 区划代码=""))
    assert [r["verdict"] for r in batch.rows()] == ["error", "error"] and told(batch)[1] >= {"import_row_entangled"}
