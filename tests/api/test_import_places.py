"""Where a row is from: whole names, former names and codes alone choose, however many superiors stand before them; the rest is asked."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.org import events as org
from tests.api.cadre_given import World, world
from tests.api.caller import give, plant
from tests.api.import_given import Import
from tests.files.making import book
from tests.files.test_files import organisation

CODE = "360121204205"
CREDIT = "91110000600037341L"
names = iter(f"{a}{b}" for a in "李张刘陈杨赵黄周吴徐孙" for b in "甲乙丙丁戊己庚辛壬癸")


Place = dict[str, UUID]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Place]]:
    """Province, city, county; two townships with a village of the same name each, and one more; a county's organ committee."""
    with world(tmp_path_factory.mktemp("places")) as w:
        province, at = uuid4(), dict[str, UUID]()
        w.org.say(province, org.OrganisationProposed(full_name="江西省妇女联合会", short_name="江西省妇联", org_type="federation", level="province",
                                                     parent=None, proposed_on=date(1949, 1, 1)),
                  org.OrganisationEstablished(established_on=date(1950, 1, 1)))  # fmt: skip
        at["city"] = organisation(w, "南昌市", "南昌市", "city", province)
        at["county"] = organisation(w, "南昌县", "南昌县", "county", at["city"])
        for town in ("莲塘镇", "黄马乡"):
            at[town] = organisation(w, town, town, "township", at["county"])
        for town, village in (("莲塘镇", "新村"), ("黄马乡", "新村"), ("黄马乡", "丰林村")):
            at[f"{town}{village}"] = organisation(w, f"{town}{village}", village, "village", at[town])
        w.org.say(at["黄马乡丰林村"], org.DivisionAssigned(code=CODE, division_name="丰林村", effective=date(2020, 1, 1)))
        w.org.say(at["莲塘镇"], org.CreditCodeAssigned(code=CREDIT, effective=date(2020, 1, 1)))
        plant(w.app, {at["county"]: None, **{id: at["county"] for id in at.values() if id != at["county"]}})
        give(w.app, "officer", "officer", at["county"])
        w.pull()
        yield w, at


def load(made: tuple[World, Place], area: str = "county", title: str = "执委花名册", sheet: str = "花名册", **where: str) -> Import:
    here, at = made
    row = {"姓名": f"王{next(names)}", "妇联职务": "执委", "专/挂/兼": "兼职", "出生年月": "1980-05", "任职时间": "2025-06"} | where
    return Import(here, book([[*row.values()]], [*row], title, sheet), by="officer", area=at[area])


def found(made: tuple[World, Place], area: str = "county", **said: str) -> str:
    """The organisation that is meant, or why none is."""
    [row] = (made_ := load(made, area, **said)).rows()
    wrong = [c["code"] for c in row["cells"] if c["level"] == "error"]
    assert bool(wrong) == (row["verdict"] == "error"), row
    return wrong[0] if wrong else str(row["title"].split(" · ")[1].removesuffix("妇女联合会")) if made_ else ""


@pytest.mark.parametrize(("title", "meant"), (
    ("莲塘镇妇联执委花名册", "莲塘镇"), ("2026年莲塘镇妇女联合会换届花名册（2026年3月）", "莲塘镇"),
    ("江西省南昌市南昌县莲塘镇新村妇联执委花名册", "莲塘镇新村"),
    ("南昌县黄马乡各村妇联执委花名册", "黄马乡"), ("填报单位：黄马乡丰林村妇联（盖章） 填报日期：2026年3月", "黄马乡丰林村"),
    (CODE, "organisation_missing"),
    ("莲塘镇 新村妇联", "organisation_title_several"),
    # a place that is not in the system, and an organ's committee, are nobody else's
    ("莲塘镇无此村妇联执委花名册", "organisation_title_unknown"), ("新莲塘镇妇联执委花名册", "organisation_title_unknown"),
    ("莲塘镇新村前妇联执委花名册", "organisation_title_unknown"), ("小新村妇联执委花名册", "organisation_title_unknown"),
    ("南昌县教育局妇委会执委花名册", "organisation_title_unknown"), ("南昌县妇委会执委花名册", "organisation_title_unknown"),
    ("南昌县莲塘镇（东）社区妇联执委花名册", "organisation_title_unknown"), ("湖南省南昌县莲塘镇妇联执委花名册", "organisation_title_unknown"),
    ("黄马乡妇联 莲塘镇妇联", "organisation_title_several"), ("经南昌县委组织部审定", "organisation_missing"),
    ("各村（社区）妇联", "organisation_missing"),
))  # fmt: skip
def test_only_a_whole_name_in_a_title_says_where(made, title, meant):
    assert found(made, title=title) == meant


def test_the_sheets_name_says_it_too_and_what_was_taken_from_it_is_told(made):
    assert found(made, sheet="莲塘镇") == "莲塘镇" and found(made, sheet="莲塘镇", title="新村妇联执委花名册") == "organisation_title_several"
    told = load(made, title="莲塘镇妇联执委花名册")
    assert told.state["sheets"][0]["titled"] == ["莲塘镇妇女联合会"]
    assert load(made, title="莲塘镇妇联执委花名册", 妇联组织="黄马乡").state["sheets"][0]["titled"] == []
    hint = next(c for c in load(made, title="莲塘镇丰林村妇联执委花名册").rows()[0]["cells"] if c["level"] == "error")
    assert "莲塘镇丰林村妇联" in hint["message"]["zh-CN"] and "黄马乡丰林村" in hint["message"]["zh-CN"]


@pytest.mark.parametrize(("where", "meant"), (
    ({"妇联组织": "江西省南昌市南昌县莲塘镇新村妇联"}, "莲塘镇新村"), ({"妇联组织": "南昌县莲塘镇"}, "莲塘镇"),
    ({"乡镇": "南昌县莲塘镇", "村（社区）": "新村"}, "莲塘镇新村"),
    ({"妇联组织": "南昌市莲塘镇新村"}, "莲塘镇新村"), ({"妇联组织": "进贤县莲塘镇新村"}, "organisation_unknown"),
    ({"妇联组织": "莲塘镇丰林村"}, "organisation_unknown"),
    ({"妇联组织": "新村"}, "organisation_ambiguous"), ({"妇联组织": "莲塘镇妇委会"}, "organisation_unknown"),
    ({"区划代码": CODE}, "黄马乡丰林村"), ({"统一社会信用代码": CREDIT}, "莲塘镇"), ({"妇联组织": CODE}, "黄马乡丰林村"),
    ({"区划代码": CODE, "妇联组织": "黄马乡丰林村妇联"}, "黄马乡丰林村"), ({"区划代码": CODE, "妇联组织": "莲塘镇新村"}, "organisation_code_differs"),
    ({"区划代码": "360121999999"}, "organisation_code_unknown"),
))  # fmt: skip
def test_superiors_may_stand_before_a_name_and_codes_are_names(made, where, meant):
    assert found(made, **where) == meant


def test_a_whole_name_in_a_row_wins_over_the_title_and_is_never_pushed_aside(made):
    assert found(made, title="莲塘镇妇联执委花名册", **{"村（社区）": "黄马乡丰林村"}) == "黄马乡丰林村"
    assert found(made, title="莲塘镇妇联执委花名册", **{"村（社区）": "丰林村"}) == "organisation_elsewhere"
    assert found(made, title="莲塘镇妇联执委花名册", **{"村（社区）": "新村"}) == "莲塘镇新村"


def test_a_file_for_one_village_may_name_its_superiors_and_nobody_elses_place(made):
    """The unit that was chosen for the file is written in its rows in full, or in part, or not at all; another one is not taken for it."""
    alone = "黄马乡丰林村"
    for where in ({"乡镇": "黄马乡", "村（社区）": "丰林村"}, {"妇联组织": "黄马乡丰林村"}, {"村（社区）": "南昌县黄马乡丰林村"}, {}):
        assert found(made, alone, **where) == alone, where
    for where, why in (({"妇联组织": "莲塘镇新村"}, "organisation_unknown"), ({"乡镇": "黄马乡"}, "organisation_outside"),
                       ({"title": "莲塘镇新村妇联执委花名册"}, "organisation_title_unknown")):  # fmt: skip
        assert found(made, alone, **where) == why, where
