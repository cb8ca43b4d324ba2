"""Each kind of file gets what it deserves, and a dry run writes nothing, whatever it is fed."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre.api.columns import KINDS as ROSTERS
from services.org import events as org
from shared.apart.bounds import MOST_ROWS
from shared.fact import Refused
from shared.workbook import read
from shared.workbook.cells import name as called
from shared.workbook.cells import text
from shared.workbook.reading import MAX_LINES, Column
from tests.api.cadre_given import COUNTY, World, world
from tests.api.import_given import Import, everything
from tests.api.test_cadre_appointments import code
from tests.files.kinds import KINDS, Kind, add_sheets, edited, far, many
from tests.files.making import HEADER, book, person
from tests.files.odd import ODD

KIND = ROSTERS["opening"]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Beside the one village: two townships with a village of the same name each, and a village that was dissolved."""
    folder: Path = tmp_path_factory.mktemp("files")
    with world(folder) as w:
        for town in ("莲塘镇", "向塘镇"):
            above = organisation(w, town, town, "township", COUNTY)
            organisation(w, f"{town}新村", "新村", "village", above)
        gone = organisation(w, "撤销村", "撤销村", "village", COUNTY)
        w.org.say(gone, org.OrganisationDissolved(effective=date(2025, 1, 1), why="撤并"))
        w.pull()
        yield w


def organisation(w: World, full: str, short: str, level: org.Level, parent: UUID) -> UUID:
    id = uuid4()
    w.org.say(id, org.OrganisationProposed(full_name=f"{full}妇女联合会", short_name=f"{short}妇联", org_type="federation", level=level,
                                           parent=parent, proposed_on=date(2019, 1, 1)),
              org.OrganisationEstablished(established_on=date(2020, 1, 1)),
              org.SeatsDefined(effective=date(2020, 1, 1), seats=(org.Seat(seat=uuid4(), role="executive_member", capacity=15),)))
    w.org.say(uuid4(), org.TermStarted(organisation=id, term_no=1, starts_on=date(2024, 1, 1), term_months=60, ends_on=date(2029, 1, 1)))
    return id


@pytest.mark.parametrize("kind", (KINDS | ODD).values(), ids=KINDS | ODD)
def test_it_gets_what_it_deserves_and_nothing_is_written(here: World, kind: Kind) -> None:
    before, head = everything(here), here.store.recorder.max_notification_id()
    made = Import(here, kind.make(), name=kind.name)
    if kind.refused:
        assert code(made.answer) == kind.refused
        assert made.answer.json()["errors"][0]["message"]["zh-CN"][-1] in "。）"
    elif kind.failed:
        assert (made.state["state"], made.state["fault"]["code"]) == ("failed", kind.failed)
    else:
        assert made.state["state"] == "checked", made.state["fault"]
        assert made.codes() == kind.codes, made.rows()
        assert tuple(r["verdict"] for r in made.rows()) == kind.verdicts, made.rows()
        assert not kind.born or str(read(kind.make(), KIND.columns)[0].lines[0].values["born"]) == kind.born
        assert not kind.who or tuple(r["title"].partition(" · ")[0] for r in made.rows()) == kind.who
        assert {left["why"]: left["places"] for sheet in made.state["sheets"] for left in sheet["left_out"]} == kind.left
        assert here.caller("county").get(f"/imports/{made.id}/workbook").status_code == 200
    assert (everything(here), here.store.recorder.max_notification_id()) == (before, head)


@pytest.mark.parametrize("kind", ("two villages below each other", "their titles not merged"))
def test_each_village_gets_the_rows_below_its_own_title(here: World, kind: str) -> None:
    rows = Import(here, KINDS[kind].make()).rows()
    assert [r["title"] for r in rows] == ["王甲 · 莲塘镇新村妇女联合会 · 执委", "王乙 · 向塘镇新村妇女联合会 · 执委"]


def test_a_row_that_names_little_right_above_a_header_is_not_taken_for_a_title(here: World) -> None:
    data = book([person("王甲"), ["", "王乙", "", "", "", "", "", "", "执委"], list(HEADER), person("王丙")])
    assert [r["verdict"] for r in Import(here, data).rows()] == ["add", "error", "add"]


def test_what_is_far_away_is_named_and_so_is_the_way_to_clear_it(here: World) -> None:
    fault = Import(here, far("x", "XFD1", "A1048576")).state["fault"]
    assert "“花名册”的 A1048576、XFD1 离" in fault["message"]["zh-CN"] and "A1048576" in fault["message"]["en"]


def test_more_rows_than_can_be_read_are_not_taken_for_something_far_away() -> None:
    columns = [Column("person_name", "姓名", called, required=True), Column("role", "妇联职务", text, required=True)]
    for data in (many(MOST_ROWS + 10), "姓名,妇联职务\n".encode() + "王芳,执委\n".encode() * (MOST_ROWS + 1)):
        with pytest.raises(Refused) as no:
            read(data, columns)
        assert no.value.code == "file_too_long"


def test_fifty_thousand_rows_are_read_and_more_than_that_asked_to_be_split():
    columns = [Column("person_name", "姓名", called, required=True), Column("role", "妇联职务", text, required=True)]
    assert len(read(many(50_000), columns)[0].lines) == 50_000
    with pytest.raises(Refused) as no:
        read(many(MAX_LINES + 1), columns)
    assert no.value.code == "file_too_long"


def test_sheets_that_are_not_read_are_told_and_why(here: World) -> None:
    def more(made: Any) -> None:
        add_sheets(made)
        other = made.create_sheet("莲塘镇")
        other.append(["姓名", "性别", "民族", "出生年月"])
        other.append(["李敏", "女", "汉族", "1980-05"])

    unread = Import(here, edited(more)).state["unread"]
    assert [(u["sheet"], u["why"], u["rows"]) for u in unread] == [("旧数据", "hidden", 0), ("填表说明", "other", 1), ("莲塘镇", "lacking", 2)]
    assert "缺少“妇联职务”" in unread[2]["message"]["zh-CN"]


def test_hidden_columns_are_told_and_read(here: World) -> None:
    found = Import(here, edited(lambda made: made["花名册"].column_dimensions.__getitem__("E").__setattr__("hidden", True)))
    assert [(left["why"], left["places"]) for left in found.state["sheets"][0]["left_out"]] == [("hidden_columns", ["E"])]
    assert found.rows()[0]["verdict"] == "add"


def test_a_column_that_stands_there_twice_is_told_and_the_first_is_read(here: World) -> None:
    data = book([[*person(), "13900139000"]], (*HEADER, "联系电话"))
    assert Import(here, data).state["sheets"][0]["ignored"] == ["联系电话（P 列，重复）"]


def test_there_are_at_least_twenty_five_kinds_and_as_many_odd_ones():
    assert len(KINDS) >= 25 and len(ODD) >= 25
