"""How divisions are read and what organisation each is offered (K17)."""

import sqlite3
from contextlib import closing

import pytest

from deploy.divisions import JIANGXI, Division, offer, read

TOWN = Division("360121100000", "莲塘镇", "township", "360121000000")


@pytest.mark.parametrize(
    "code, name, full, short, kind",
    [
        ("360121100201", "西瓜村委会", "莲塘镇西瓜村妇女联合会", "西瓜村妇联", "rural"),
        ("360121100202", "东莲村民委员会", "莲塘镇东莲村妇女联合会", "东莲村妇联", "rural"),
        ("360121100203", "新村村委会", "莲塘镇新村妇女联合会", "新村妇联", "rural"),
        ("360121100001", "府前路社区居委会", "莲塘镇府前路社区妇女联合会", "府前路社区妇联", "urban"),
        ("360121100003", "阳光社区管理委员会", "莲塘镇阳光社区妇女联合会", "阳光社区妇联", "urban"),
        ("360121100004", "城北社区管委会", "莲塘镇城北社区妇女联合会", "城北社区妇联", "urban"),
        ("360121100005", "站前路管理委员会", "莲塘镇站前路社区妇女联合会", "站前路社区妇联", "urban"),
        ("360121100002", "斗柏路居民委员会", "莲塘镇斗柏路社区妇女联合会", "斗柏路社区妇联", "urban"),
    ],
)
def test_a_village_or_community_is_named_after_its_township_and_itself(code, name, full, short, kind):
    offered = offer(Division(code, name, "village", TOWN.code), TOWN)
    assert (offered.full_name, offered.short_name, offered.org_type, offered.area_kind) == (full, short, "federation", kind)


@pytest.mark.parametrize("name", ["小蓝经济开发区", "南昌县银三角管理委员会", "恒湖垦殖场", "白水湖管理处", "成新实业有限公司", "饶州监狱"])
def test_a_zone_farm_or_company_is_offered_a_working_committee_and_never_a_federation(name):
    county = Division("360121000000", "南昌县", "county", "360100000000")
    offered = offer(Division("360121400000", name, "township", county.code), county)
    assert offered.org_type == "working_committee" and "妇女联合会" not in offered.full_name and offered.short_name.endswith("妇工委")


@pytest.mark.parametrize("name", ["高新开发区管理委员会", "工业园区管委会", "旅游度假区管理委员会", "红星农场"])
def test_a_zone_with_a_communitys_code_is_no_community(name):
    assert offer(Division("360121100006", name, "village", TOWN.code), TOWN).org_type == "working_committee"


def test_the_name_of_the_county_is_not_said_twice():
    county = Division("360121000000", "南昌县", "county", "360100000000")
    offered = offer(Division("360121401000", "南昌县银三角管理委员会", "township", county.code), county)
    assert offered.full_name == "南昌县银三角妇女工作委员会"


def test_a_virtual_unit_is_offered_no_organisation():
    assert offer(Division("360121100498", "朱港虚拟社区", "village", TOWN.code), TOWN).org_type is None


def test_streets_are_urban_and_towns_rural():
    county = Division("360121000000", "南昌县", "county", "360100000000")
    assert offer(Division("360121001000", "八月湖街道", "township", county.code), county).area_kind == "urban"
    assert offer(TOWN, county).area_kind == "rural"


def test_the_file_of_jiangxi_has_every_division_and_a_county_brings_its_ancestors():
    assert len(read(JIANGXI)) == 23_959
    county = read(JIANGXI, "360121")
    assert [d.name for d in county[:3]] == ["江西省", "南昌市", "南昌县"] and len(county) == 498


def test_china_divisions_database_is_read_and_placeholder_levels_are_skipped(tmp_path):
    file = tmp_path / "data.sqlite"
    with closing(sqlite3.connect(file)) as database:
        for table, parent in [
            ("province", ""),
            ("city", "provinceCode"),
            ("area", "cityCode"),
            ("street", "areaCode"),
            ("village", "streetCode"),
        ]:
            database.execute(f"CREATE TABLE {table} (code TEXT, name TEXT{f', {parent} TEXT' if parent else ''})")
        database.execute("INSERT INTO province VALUES ('42', '湖北省')")
        database.execute("INSERT INTO city VALUES ('4290', '省直辖县级行政区划', '42')")
        database.execute("INSERT INTO area VALUES ('429004', '仙桃市', '4290')")
        database.execute("INSERT INTO street VALUES ('429004001', '沙嘴街道', '429004')")
        database.execute("INSERT INTO village VALUES ('429004001001', '仙桃社区居委会', '429004001')")
        database.commit()
    found = {d.name: d.parent for d in read(file, "42")}
    assert found == {"湖北省": "", "仙桃市": "420000000000", "沙嘴街道": "429004000000", "仙桃社区居委会": "429004001000"}


def test_a_file_with_a_missing_column_an_unknown_level_or_no_parent_says_so(tmp_path):
    file = tmp_path / "divisions.csv"
    file.write_text("code,name,level\n360000000000,江西省,province\n", encoding="utf-8")
    with pytest.raises(ValueError, match="parent_code"):
        read(file)
    file.write_text("code,name,level,parent_code\n360100000000,南昌市,prefecture,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="360100000000 has level 'prefecture'; the levels are province, city"):
        read(file)
    file.write_text("code,name,level,parent_code\n360100000000,南昌市,city,360000000000\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lies in 360000000000"):
        read(file)


def test_a_duplicated_code_is_refused_with_both_lines(tmp_path):
    file = tmp_path / "divisions.csv"
    file.write_text("code,name,level,parent_code\n360000000000,江西省,province,\n360100000000,南昌市,city,360000000000\n"
                    "360100000000,南昌,city,360000000000\n", encoding="utf-8")
    with pytest.raises(ValueError, match="360100000000 stands on line 3 as 南昌市 and on line 4 as 南昌"):
        read(file)
