"""A workbook of organisations taken into org, and taken back."""
from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.calendar import now, today
from shared.fact import Refused, new_id
from tests.api.import_given import Import, shown
from tests.api.org_world import World, org_world
from tests.api.test_cadre_appointments import code
from tests.files.making import book

HEADER = ("组织全称", "简称", "上级组织", "类别", "层级", "成立时间", "区划代码", "主席职数", "副主席职数", "执委职数")


@pytest.fixture
def here(home) -> Iterator[Any]:
    with org_world(home) as w:
        yield w


def load(here: World, *rows: Any, **more: Any) -> Import:
    return Import(here, book(rows, HEADER, "组织名录"), "organisations", by="officer", area=here.county, **more)


def village(name: str = "莲南村", parent: str = "莲塘镇妇女联合会", **more: Any) -> list[Any]:
    known = [f"莲塘镇{name}妇女联合会", f"{name}妇联", parent, "妇联", "村", "2020-03-08", "360121100203", 1, 2, 15]
    by = dict(zip(HEADER, known, strict=True)) | more
    return [by[h] for h in HEADER]


def names(here: World) -> set[str]:
    return {c.full_name for c in here.org.copy.called(here.county, today())}


def test_organisations_come_in_and_go_again_without_a_trace(here):
    before = names(here)
    batch = load(here, village())
    assert batch.state["counts"]["add"] == 1, batch.rows()
    batch.commit()
    assert names(here) - before == {"莲塘镇莲南村妇女联合会"}
    assert load(here, village(), village("莲北村", 区划代码="360121100204")).state["counts"] | {"warn": 0} == {
        "rows": 2, "add": 1, "change": 0, "same": 1, "warn": 0, "error": 0}

    assert batch.revoke()["state"] == "revoked", batch.state
    assert names(here) == before
    assert load(here, village()).commit()["state"] == "committed"  # its code is free again


def test_a_name_keeps_its_brackets_and_is_known_by_either_kind(here):
    named = {"组织全称": "（测试）镇妇女联合会", "简称": "（测试）镇妇联", "上级组织": "南昌县妇女联合会", "层级": "乡镇", "区划代码": "360121200"}
    load(here, village(**named)).commit()
    assert "（测试）镇妇女联合会" in names(here)
    again = load(here, village(**{k: v.replace("（", "(").replace("）", ")") for k, v in named.items()}),
                 village("新村", "(测试)镇妇联", 组织全称="（测试）镇新村妇女联合会", 区划代码=""),
                 village("老村", "（测试）镇妇联", 组织全称="（测试）镇老村妇女联合会", 区划代码=""))
    assert [r["verdict"] for r in again.rows()] == ["same", "add", "add"], again.rows()


def test_a_parent_may_come_earlier_in_the_same_file_and_an_unknown_one_is_an_error(here):
    town = village("八一乡", "南昌县妇女联合会", 组织全称="八一乡妇女联合会", 简称="八一乡妇联", 层级="乡镇", 区划代码="360121200")
    batch = load(here, town, village("新村", "八一乡妇联", 组织全称="八一乡新村妇女联合会", 区划代码=""), village("老村", "莲塘真妇联", 区划代码=""))
    assert [r["verdict"] for r in batch.rows()] == ["add", "add", "error"]
    assert batch.codes() == {"import_parent_unknown"}


def test_a_code_that_another_organisation_bears_is_an_error(here):
    assert load(here, village(区划代码="360121100202")).codes() == {"code_taken"}


def test_a_parent_of_whose_name_there_are_two_must_be_written_in_full(here):
    towns = [village(name, "南昌县妇女联合会", 组织全称=f"{name}妇女联合会", 简称="城关妇联", 层级="乡镇", 区划代码=code)
             for name, code in (("东城镇", "360121200"), ("西城镇", "360121201"))]  # fmt: skip
    load(here, *towns).commit()
    assert load(here, village("新村", "城关妇联", 区划代码="")).codes() == {"import_parent_ambiguous"}


def test_what_is_on_record_otherwise_is_told_and_left_as_it_is(here):
    load(here, village()).commit()
    found = load(here, village("莲南村", "南昌县妇女联合会", 简称="南村妇联"))
    assert found.codes() >= {"import_other_parent", "import_other_short_name"}
    assert [r["action"] for r in found.rows()] == ["same"]


def test_a_batch_that_never_was_cannot_be_taken_back(here):
    with pytest.raises(Refused) as no:
        here.org.taken_back(new_id())
    assert no.value.code == "import_unknown"


def test_an_organisation_that_has_children_by_now_is_not_taken_back(here):
    batch = load(here, village("八一乡", "南昌县妇女联合会", 组织全称="八一乡妇女联合会", 层级="乡镇", 区划代码="360121200"))
    batch.commit()
    load(here, village("新村", "八一乡妇女联合会", 组织全称="八一乡新村妇女联合会", 区划代码="")).commit()
    state = batch.revoke()
    assert (state["state"], state["fault"]["errors"][0]["code"]) == ("committed", "import_organisation_used")


def test_after_a_revocation_every_view_of_the_reports_shows_what_it_showed_before(here, home):
    (home / "reports").mkdir()
    with shown(home / "reports", org=here.org) as reports:
        before = reports.known()
        town = village("八一乡", "南昌县妇女联合会", 组织全称="八一乡妇女联合会", 简称="八一乡妇联", 层级="乡镇", 区划代码="360121200")
        batch = load(here, town, village("新村", "八一乡妇联", 组织全称="八一乡新村妇女联合会", 区划代码="360121200201"))
        batch.commit()
        assert reports.known() != before
        assert batch.revoke()["state"] == "revoked", batch.state
        assert reports.known() == before


def test_two_that_send_and_commit_the_same_organisations_at_once_add_them_once(here):
    before = names(here)
    data = book([village(f"莲{c}村", 区划代码=f"36012110021{i}") for i, c in enumerate("甲乙丙丁")], HEADER, "组织名录")
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda n: Import(here, data, "organisations", by="officer", area=here.county, pull=False), range(2)))
        answers = list(pool.map(lambda batch: batch.send().status_code, both))
    both[0].wait()
    here.pull()
    assert both[0].id == both[1].id and sorted(answers) == [202, 422]
    assert len(names(here) - before) == 4


def test_after_a_day_organisations_are_not_taken_back_whole(here):
    batch = load(here, village())
    batch.commit()
    drafts = here.app.state.imports.drafts
    draft = drafts.load(UUID(batch.id))
    draft.committed_at = (now() - timedelta(hours=25)).isoformat()
    drafts.save(draft)
    assert code(here.caller("officer").post(f"/imports/{batch.id}/revocation", {"why": "传错了"})) == "import_too_late"


def test_every_rule_that_speaks_against_a_row_is_told_at_once_each_at_its_cell(here):
    tomorrow = (now() + timedelta(2)).date().isoformat()
    batch = load(here, village("莲南村", "莲西村妇联", 成立时间=tomorrow, 区划代码="360121100202", 主席职数=2),
                 village("莲北村", 区划代码="360121100205"),
                 village("莲东村", 层级="邨", 成立时间=tomorrow, 区划代码="360121100205", 类别="妇工委", 组织全称="莲塘镇莲东村妇女工作委员会"))
    first, last = batch.rows("error")
    assert {(c["title"], c["code"]) for c in first["cells"]} == {
        ("上级组织", "parent_not_above"), ("成立时间", "in_future"), ("区划代码", "code_taken"), ("主席职数", "two_chairs")}
    assert {(c["title"], c["code"]) for c in last["cells"]} == {
        ("层级", "level_unknown"), ("成立时间", "in_future"), ("区划代码", "code_taken"), ("主席职数", "role_unfit"), ("副主席职数", "role_unfit"),
        ("执委职数", "role_unfit")}  # the code is the row's above, which will be written
    assert batch.state["counts"]["add"] == 1
    unclear = load(here, village(类别="妇协", 主席职数="", 区划代码="", 成立时间=tomorrow))
    assert {c["code"] for c in unclear.rows()[0]["cells"]} == {"type_unknown", "in_future"}


def test_a_credit_code_is_checked_is_one_organisations_and_goes_with_the_batch(here, home):
    head, code = (*HEADER, "统一社会信用代码"), "91110000600037341L"

    def sent(*rows: Any) -> Import:
        return Import(here, book(rows, head, "组织名录"), "organisations", by="officer", area=here.county)

    town = [*village("八一乡", "南昌县妇女联合会", 组织全称="八一乡妇女联合会", 简称="八一乡妇联", 层级="乡镇", 区划代码="360121200"), code]
    other = [*village(), code]
    bad = sent([*town[:-1], "91110000600037341A"]).rows()[0]["cells"]
    assert [(c["cell"], c["title"], c["code"]) for c in bad] == [("K3", "统一社会信用代码", "credit_code_invalid")]
    batch = sent(town)
    batch.commit()
    made = here.org.copy.called(here.county, today())
    id = next(c.id for c in made if c.full_name == "八一乡妇女联合会")
    assert here.caller("officer").get(f"/organisations/{id}").json()["credit_code"] == code
    (home / "reports").mkdir()
    with shown(home / "reports", org=here.org) as reports:
        assert any(code in row for row in reports.known()["organisations"])
    [cell] = sent(other).rows()[0]["cells"]
    assert (cell["title"], cell["code"]) == ("统一社会信用代码", "code_taken") and "“八一乡妇女联合会”" in cell["message"]["zh-CN"]
    assert [r["cells"] for r in sent(town).rows()] == [[]]  # as on record
    [kept] = sent([*town[:-1], "91310000132672520C"]).rows()[0]["cells"]
    assert kept["code"] == "import_credit_code_kept" and code in kept["message"]["zh-CN"] and kept["level"] == "warn"
    batch.revoke()
    assert sent(other).commit()["state"] == "committed"  # free again
