"""The establishment rates of the source documents, entered as a county enters them: workbooks of organisations and of units."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.calendar import today
from tests.api.caller import Caller, Copying
from tests.api.import_given import Import
from tests.api.org_world import ok, org_world
from tests.files.making import book
from tests.views.asking import projection, total

HEADER = ("单位名称", "所属地区", "领域", "列入日期", "覆盖组织", "建立日期", "撤并日期", "并入单位")
COMMITTEES = ("组织全称", "上级组织", "类别", "层级", "成立时间")


@pytest.fixture
def here(home, tmp_path) -> Iterator[Any]:
    with org_world(home) as w, projection(tmp_path) as reports:
        here: Any = w
        here.reports, here.feed = Caller(reports, "statistician"), Copying(w.app, reports)
        yield here


def load(here: Any, kind: str, header: Any, rows: list[Any]) -> None:
    batch = Import(here, book(rows, header, "名单"), kind, by="officer", area=here.county)
    assert batch.state["counts"]["add"] + batch.state["counts"]["change"] == len(rows), (batch.state["counts"], batch.rows("error")[:3])
    assert batch.commit()["state"] == "committed"
    here.pull()


def organised(here: Any, names: list[str], on: str, kind: str = "机关妇委会", level: str = "县") -> None:
    ending = "妇女联合会" if kind == "妇联" else "妇女委员会"
    load(here, "organisations", COMMITTEES, [[f"{n}{ending}", "南昌县妇女联合会", kind, level, on] for n in names])


def listed(here: Any, field: str, names: list[str], on: str, covered: int = 0, day: str = "", ending: str = "妇女委员会") -> None:
    by = [(f"{n}{ending}", day) if i < covered else (None, None) for i, n in enumerate(names)]
    load(here, "units", HEADER, [[n, None, field, on, org, since, None, None] for n, (org, since) in zip(names, by, strict=True)])


def rate(here: Any, report: str = "R01", measure: str = "establishment_rate", **asked: Any) -> Any:
    here.feed.pull()
    return total(here.reports, report, measure, area="360121", **asked)


def test_source_002_had_37_of_57_and_a_year_later_44_of_49(here: Any) -> None:
    names = [f"区直单位{i:02}" for i in range(57)]
    organised(here, names[:37], "2016-09-01")
    listed(here, "机关", names, "2016-03-01", 37, "2016-09-01")
    organised(here, names[37:47], "2020-06-01")
    later = [[n, None, "机关", None, f"{n}妇女委员会", "2020-06-01", None, None] for n in names[37:47]]
    later += [[n, None, "机关", None, None, None, "2020-07-01", names[0] if n == names[36] else None] for n in (*names[34:37], *names[47:52])]
    load(here, "units", HEADER, later)
    assert rate(here, as_of="2019-12-31") == (37, 57, 64.9)
    assert rate(here, as_of="2020-06-30") == (47, 57, 82.5)
    assert rate(here, as_of="2020-12-31", field="organ") == (44, 49, 89.8)


def test_the_first_county_of_source_003_by_field(here: Any) -> None:
    towns, villages = [f"{i:02}镇" for i in range(36)], [f"第{i:03}村" for i in range(457)]
    organs, firms = [f"机关{i:03}" for i in range(112)], [f"企业{i:02}" for i in range(36)]
    organised(here, towns[:34], "2016-01-01", "妇联", "乡镇")
    organised(here, villages[:420], "2016-01-01", "妇联", "村")
    organised(here, [*organs[:78], *firms[:5]], "2016-01-01")
    load(here, "units", (*HEADER, "层级"), [
        [n, None, field, "2016-01-01", f"{n}{ending}" if i < covered else None, "2016-01-01" if i < covered else None, None, None, level]
        for field, level, names, covered, ending in (
            ("区划", "乡镇", towns, 34, "妇女联合会"), ("区划", "村", villages, 420, "妇女联合会"), ("机关", "县", organs, 78, "妇女委员会"),
            ("企业", "县", firms, 5, "妇女委员会")) for i, n in enumerate(names)])
    rates = [rate(here, as_of="2016-12-31", field=f, unit_level=level) for f, level in (
        ("area", "township"), ("area", "village"), ("organ", "county"), ("enterprise", "county"))]
    assert rates == [(34, 36, 94.4), (420, 457, 91.9), (78, 112, 69.6), (5, 36, 13.9)]


def test_source_004_covers_843_of_1613_new_organisations(here: Any) -> None:
    names = [f"非公企业{i:04}" for i in range(1613)]
    organised(here, names[:13], "2017-06-01")
    organised(here, names[13:843], "2018-06-01")
    listed(here, "新经济组织", names, "2017-01-01", 843)
    new = {"report": "R04", "measure": "new_field_coverage"}
    assert rate(here, as_of="2018-12-31", **new) == rate(here, as_of="2018-12-31", field="new_economic") == (843, 1613, 52.3)
    assert rate(here, as_of="2017-12-31", **new) == (13, 1613, 0.8)


def test_before_the_conversion_the_womens_congress_covers_49_of_49(here: Any) -> None:
    villages = [f"第{i:02}村" for i in range(49)]
    organised(here, villages[:48], "2010-01-01", "妇联", "村")
    organised(here, villages[48:], "2017-05-01", "妇联", "村")
    load(here, "units", (*HEADER, "层级"), [[n, None, "区划", "2010-01-01", f"{n}妇女联合会", None, None, None, "村"] for n in villages])
    assert rate(here, as_of="2016-12-31") == (48, 49, 98.0)
    into = next(c.id for c in here.org.copy.called(here.county, today()) if c.full_name == f"{villages[48]}妇女联合会")
    body = {"congress_name": "妇女代表大会", "established_on": "2005-01-01", "effective": "2017-05-01"}
    ok(here.officer.post(f"/organisations/{into}/conversion", body), 201)
    assert rate(here, as_of="2016-12-31") == rate(here, as_of="2018-12-31") == (49, 49, 100.0)
