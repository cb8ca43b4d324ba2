"""Whom and what the rows of a roster mean: nobody goes unsaid to another federation, no woman becomes two, and every fault is told at once."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.org import events as org
from tests.api.cadre_given import COUNTY, TODAY, World, on, world
from tests.api.import_given import Import, everything
from tests.api.test_cadre_appointments import code
from tests.files.making import book, id_number, person
from tests.files.test_files import organisation

CARD, OTHER = id_number("36012119800503004"), id_number("36012119800503008")
LATELY: dict[str, Any] = {"authority": "中共南昌县委", "decided_on": on(-20)}
PAPER: dict[str, Any] = {"documents": [str(uuid4())]}
titles = iter(range(1_000_000))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two townships: one with two villages, one of which was renamed and one merged into it; the other with one."""
    with world(tmp_path_factory.mktemp("matching")) as w:
        lake, town = (organisation(w, name, name, "township", COUNTY) for name in ("八月湖街道", "莲塘镇"))
        south = organisation(w, "八月湖街道象南社区", "象南社区", "village", lake)
        organisation(w, "八月湖街道象北社区", "象北社区", "village", lake)
        gone = organisation(w, "八月湖街道老街社区", "老街社区", "village", lake)
        organisation(w, "莲塘镇新村", "新村", "village", town)
        w.org.say(south, org.OrganisationDetailsChanged(effective=date(2024, 1, 1), full_name="八月湖街道向阳社区妇女联合会",
                                                        short_name="向阳社区妇联"))
        w.org.say(gone, org.OrganisationsMerged(into=south, effective=date(2025, 1, 1)))
        w.pull()
        yield w


HEAD = ("村（社区）", "姓名", "性别", "妇联职务", "专/挂/兼", "出生年月", "任职时间", "身份证号", "联系电话", "乡镇")


def sheet(*rows: Any, header: tuple[str, ...] = HEAD, title: str = "") -> bytes:
    return book(rows, header, f"{title}{next(titles)}")


def row(village: str = "新村", name: str = "王芳", **more: Any) -> list[Any]:
    by = dict(zip(HEAD, [village, name, "女", "执委", "兼职", "1980-05", "2025-06", "", "", ""], strict=True)) | more
    return [by[h] for h in HEAD]


def told(load: Import, line: int) -> dict[str, str]:
    """Of that row of the sheet: code -> the column it stands at."""
    return {c["code"]: c["title"] for r in load.rows() if r["line"] == line for c in r["cells"]}


def text(load: Import, called: str) -> str:
    found: str = next(c["message"]["zh-CN"] for r in load.rows() for c in r["cells"] if c["code"] == called)
    return found


# -- where -----------------------------------------------------------------------------------------------------------
def test_a_blank_village_is_asked_for_and_nobody_goes_to_the_township_unsaid(here):
    load = Import(here, sheet(row("象北社区"), row("", "李敏"), row("本级", "张丽"), title="八月湖街道妇联执委名册"))
    assert [r["verdict"] for r in load.rows()] == ["add", "error", "add"], load.rows()
    assert told(load, 4) == {"place_missing": "村（社区）"} and "象北社区" in text(load, "place_missing")
    assert [r["title"].split(" · ")[1] for r in load.rows()][::2] == ["八月湖街道象北社区妇女联合会", "八月湖街道妇女联合会"]


def test_a_sheet_that_says_nowhere_where_goes_by_its_title(here):
    load = Import(here, sheet(row(""), title="莲塘镇妇联执委名册"))
    assert [r["title"].split(" · ")[1] for r in load.rows("add")] == ["莲塘镇妇女联合会"]


def test_a_column_called_unit_is_the_place_where_no_other_says_it(here):
    load = Import(here, sheet(row("象北社区"), header=("单位", *HEAD[1:]), title="八月湖街道妇联执委名册"))
    assert "八月湖街道象北社区妇女联合会" in load.rows("add")[0]["title"]
    assert "单位" not in str(load.state["sheets"][0]["ignored"])
    both = Import(here, sheet([*row("象北社区"), "街道小学"], header=(*HEAD, "单位")))
    assert both.state["sheets"][0]["ignored"] == ["单位"] and both.state["counts"]["add"] == 1


def test_a_village_under_the_wrong_township_is_said_to_lie_elsewhere(here):
    load = Import(here, sheet(row("象北社区", 乡镇="莲塘镇")))
    assert told(load, 3) == {"organisation_elsewhere": "村（社区）"} and "八月湖街道" in text(load, "organisation_elsewhere")
    assert Import(here, sheet(row("象北社区", 乡镇="八月湖街道"))).state["counts"]["add"] == 1


@pytest.mark.parametrize("name", ("象南社区", "八月湖街道象南社区妇女联合会"))
def test_a_former_name_is_recognised_and_the_present_one_told(here, name):
    load = Import(here, sheet(row(name), header=("妇联组织", *HEAD[1:])))
    assert [r["verdict"] for r in load.rows()] == ["warn"] and "八月湖街道向阳社区妇女联合会" in text(load, "organisation_renamed")
    assert Import(here, sheet(row("向阳社区"))).codes() == set()


def test_what_a_merged_organisation_went_into_is_told(here):
    load = Import(here, sheet(row("老街社区")))
    assert told(load, 3) == {"organisation_merged": "村（社区）"} and "向阳社区" in text(load, "organisation_merged")
    assert Import(here, sheet(row("老街社区", 任职时间="2022-03"))).state["counts"]["add"] == 1  # it was there then


# -- who -------------------------------------------------------------------------------------------------------------
def test_one_id_number_under_two_names_is_an_error_in_both_rows(here):
    load = Import(here, sheet(row(身份证号=CARD), row(name="李敏", 身份证号=CARD), row(name="张丽", 身份证号=OTHER)))
    assert [told(load, n) for n in (3, 4, 5)] == [{"id_number_twice": "身份证号"}] * 2 + [{}]
    assert CARD not in str(load.rows())


def test_an_id_number_on_record_is_hers_wherever_she_is_and_nobody_elses(here):
    first = Import(here, sheet(row(身份证号=CARD)))
    first.commit()
    before = len(everything(here)[0])
    other = Import(here, sheet(row(name="李敏", 身份证号=CARD)))
    assert told(other, 3) == {"id_number_registered": "身份证号"} and "王芳" not in str(other.rows())
    nowhere = Import(here, sheet(row("无此村", "李敏", 身份证号=CARD)))
    assert told(nowhere, 3) == {"organisation_unknown": "村（社区）", "id_number_registered": "身份证号"}
    moved = Import(here, sheet(row("象北社区", 身份证号=CARD), row("象北社区", 任职时间="2025-07", 身份证号=OTHER)))
    assert [r["action"] for r in moved.rows()] == ["add", "none"], moved.rows()  # she is recognised; the second is asked about
    moved.commit("good")
    assert len(everything(here)[0]) == before
    moved.revoke()
    first.revoke()
    assert Import(here, sheet(row(name="李敏", 身份证号=CARD))).state["counts"]["add"] == 1  # whose record never was holds no number


def test_a_number_whose_key_was_destroyed_is_nobodys(here):
    load = Import(here, sheet(row(name="孙丽", 身份证号=CARD)))
    load.commit()
    assert Import(here, sheet(row(name="李敏", 身份证号=CARD))).codes() == {"id_number_registered"}
    [hers] = here.store.copy.named(["孙丽"])
    here.store.vault.keys.destroy("cadre", hers.person)
    here.store.vault.forget()
    for _ in range(2):
        assert Import(here, sheet(row(name="李敏", 身份证号=CARD))).state["counts"]["add"] == 1
    load.revoke()


def test_two_rows_of_one_woman_one_without_her_number_make_no_second_woman(here):
    load = Import(here, sheet(row(身份证号=CARD, 联系电话="13800138000", 妇联职务="主席"), row()))
    load.commit("good")
    assert load.state["counts"]["add"] == 1, load.rows()  # this village has executives only
    load.revoke()
    load = Import(here, sheet(row(身份证号=CARD), row(), row(出生年月="1980")))
    assert [told(load, n) for n in (4, 5)] == [{"duplicate_row": "姓名"}] * 2


def test_the_same_name_and_place_with_another_telephone_is_asked_about(here):
    load = Import(here, sheet(row(联系电话="13800138000"), row(联系电话="13900139000")))
    assert told(load, 4) == {"namesake_telephone": "联系电话"}
    cards = Import(here, sheet(row(联系电话="13800138000", 身份证号=CARD), row(联系电话="13900139000", 身份证号=OTHER)))
    assert cards.state["counts"]["add"] == 2
    born = Import(here, sheet(row(), row(出生年月="1981-05"), row(出生年月="")))
    assert told(born, 5) | {"born_missing": ""} == {"namesakes_in_file": "姓名", "born_missing": ""}


def test_a_namesake_with_another_birth_is_told_and_in_profiles_offered(here):
    made = Import(here, sheet(row(name="赵丽")))
    made.commit()
    again = Import(here, sheet(row(name="赵丽", 出生年月="1980-06")))
    assert told(again, 3) == {"namesake_here": "姓名"} and again.state["counts"]["add"] == 1
    profile = Import(here, sheet(row(name="赵丽", 出生年月="1980-06")), "profiles")
    [wrong] = profile.rows("error")
    assert told(profile, 3) == {"person_other_birth": "出生年月"} and [c["born"] for c in wrong["candidates"]] == ["1980-05"]
    profile.again(**{wrong["row"]: wrong["candidates"][0]["person"]})
    assert [c["title"] for r in profile.rows("change") for c in r["changes"]] == ["出生年月"]
    made.revoke()


# -- since when ------------------------------------------------------------------------------------------------------
def test_a_month_is_not_before_the_decision_within_it(here):
    decided = TODAY.replace(day=1) - timedelta(10)
    more: dict[str, Any] = {"authority": "中共南昌县委", "decided_on": decided.isoformat()}
    load = Import(here, sheet(row(任职时间=f"{decided:%Y-%m}")), "roster", **more)
    assert [r["verdict"] for r in load.rows()] == ["warn"] and decided.isoformat() in text(load, "start_assumed"), load.rows()
    load.commit(by="leader", **PAPER)
    assert any(repr(decided) in post for post in everything(here)[1])
    again = Import(here, sheet(row(任职时间=f"{decided:%Y-%m}")))
    assert [r["verdict"] for r in again.rows()] == ["same"], again.rows()
    load.revoke()

    early = Import(here, sheet(row(任职时间=f"{decided - timedelta(40):%Y-%m}")), "roster", **more)
    assert told(early, 3) == {"before_party_decision": "任职时间"} and f"请填 {decided}" in text(early, "before_party_decision")
    assert early.rows()[0]["cells"][0]["cell"] == "G3"


def test_a_month_means_the_post_that_began_in_it(here):
    past = row(任职时间="2021-07-30")
    load = Import(here, sheet([*past, "2025-07-30"], [*row(任职时间="2025-07-30"), ""], header=(*HEAD, "离任时间")))
    assert load.state["counts"]["add"] == 2, load.rows()
    load.commit()
    newly = Import(here, sheet([*row(任职时间="2025.07"), "否"], header=(*HEAD, "是否新任")))
    assert [(r["verdict"], r["cells"]) for r in newly.rows()] == [("same", [])]
    first = Import(here, sheet([*row(任职时间="2021.07"), "是"], header=(*HEAD, "是否新任")))
    assert [(r["verdict"], r["cells"]) for r in first.rows()] == [("same", [])]
    load.revoke()


# -- all at once, where it stands ------------------------------------------------------------------------------------
def test_what_is_wrong_with_a_cell_hides_no_rule_and_one_rule_no_other(here):
    load = Import(here, sheet(row(性别="妇", 妇联职务="主任、执委", 任职时间=on(30)), row("无此村", 任职时间=""),
                              row(出生年月="80.5", 任职时间=on(30))), "roster", **LATELY)
    assert told(load, 3) == {"sex_unknown": "性别", "seat_not_planned": "妇联职务", "date_in_future": "任职时间"}, load.rows()
    assert told(load, 4) == {"organisation_unknown": "村（社区）", "starts_on_missing": "任职时间"}
    assert told(load, 5) == {"date_short_year": "出生年月", "date_in_future": "任职时间"}


def test_what_is_wrong_already_takes_no_seat_from_a_row_that_is_right(here):
    rows = [person(f"王{c}", "主席", f"198{i}-05", 文化程度=degree) for i, (c, degree) in enumerate((("甲", "大本"), ("乙", "大专")))]
    load = Import(here, book(rows), "roster", authority="中共南昌县委", decided_on="2026-01-01")
    assert [r["action"] for r in load.rows()] == ["none", "add"]
    assert {c["code"]: c["title"] for c in load.rows("error")[0]["cells"]} == {"degree_unknown": "文化程度", "two_chairs": "妇联职务"}
    load.commit("good", by="leader", **PAPER)
    assert load.state["counts"]["applied"] == 1
    load.revoke()


def test_a_decision_of_tomorrow_is_refused_at_its_own_field(here):
    answer = Import(here, sheet(row()), "roster", authority="中共南昌县委", decided_on=on(1)).answer
    assert code(answer) == "decision_in_future" and "decided_on" in str(answer.json()["errors"][0])


def test_the_summary_says_each_text_once_and_many_texts_with_an_example(here):
    two = Import(here, sheet(*(row(name=f"王{c}", 出生年月=b) for c, b in zip("甲乙丙", ("八〇年五月", "八〇年五月", "八一年"), strict=True))))
    said = [(p["count"], p["message"]["zh-CN"]) for p in two.state["problems"] if p["code"] == "date_unknown"]
    assert [n for n, _ in said] == [2, 1] and "八〇年五月" in said[0][1] and "八一年" in said[1][1]
    many = Import(here, sheet(*(row(name=f"王{c}", 出生年月=f"{c}年") for c in "甲乙丙丁戊己庚")))
    [one] = [p for p in many.state["problems"] if p["code"] == "date_unknown"]
    assert one["count"] == 7 and "例如" in one["message"]["zh-CN"] and "such as" in one["message"]["en"]


def test_a_first_load_warns_of_what_is_odd_and_refuses_what_cannot_be(here):
    load = Import(here, sheet(row(任职时间=on(300)), row(name="李强", 性别="男"), row(name="张丽", 出生年月="2020-01"), row(name="李敏")))
    assert [set(told(load, n)) for n in (3, 4, 5, 6)] == [{"start_in_future"}, {"sex_male"}, {"age_impossible"}, set()]
    assert [r["verdict"] for r in load.rows()] == ["warn", "warn", "error", "add"]


def test_an_office_with_its_way_of_working_in_brackets_is_understood(here):
    assert Import(here, sheet(row(妇联职务="执委（兼）", **{"专/挂/兼": ""}))).state["counts"]["add"] == 1
    wrong = Import(here, sheet(row(妇联职务="委主席（兼）", **{"专/挂/兼": ""})))
    assert "“委主席”" in text(wrong, "role_unknown")


def test_a_star_within_an_id_number_is_named(here):
    assert told(Import(here, sheet(row(身份证号=f"{CARD[:10]}*{CARD[11:]}"))), 3) == {"id_number_characters": "身份证号"}


def test_a_workbook_of_another_kind_is_told_what_it_looks_like(here):
    load = Import(here, book([["莲塘镇妇联", "南昌县妇联"]], ("组织全称", "上级组织")))
    assert load.state["fault"]["code"] == "header_missing" and "组织名录" in load.state["fault"]["message"]["zh-CN"]
