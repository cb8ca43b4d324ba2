"""Whatever the rows say: commit does what the dry run said, revocation leaves no trace, and the same file counts once."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.org import events as org
from services.org import policies
from shared.calendar import today
from tests.api.cadre_given import TERM, World, world
from tests.api.import_given import Answering, Import, Shown, org_answering, shown
from tests.api.org_world import World as OrgWorld
from tests.api.org_world import org_world
from tests.api.test_cadre_appointments import code
from tests.files.making import HEADER, book, id_number, person

MORE = (*HEADER, "身份证号")
CARDS = st.sampled_from(["", "", "", id_number("36012119800503004"), id_number("36012119800503008"), id_number("36012119750308002")])
ROW = st.builds(
    lambda card, **more: [*person(**more), card],
    card=CARDS,
    name=st.sampled_from(["王芳", "李敏", "张　丽", "𠮷田", "", "=1+1"]),
    role=st.sampled_from(["主席", "副主席", "执委", "主席、执委", "委主席", ""]),
    born=st.sampled_from(["1980.05", 198005, 1980.1, "1980-05-03", "1975年3月", ""]),
    how=st.sampled_from(["兼职", "专职", "", "全"]),
    since=st.sampled_from(["2026-01", "2025.12", "2019", "", "2026-13"]),
    unit=st.sampled_from(["village", "township妇联", "南河村", ""]),
    联系电话=st.sampled_from(["", "13800138000", "13900139000", "1380"]),
    文化程度=st.sampled_from(["大专", "本科", "大本", ""]),
    备注=st.sampled_from(["", "留任", "期初数据、留任"]),
    **{"是否进村（社区）“两委”": st.sampled_from(["", "是", "否", "支委", "村居委"])},
)
RIGHT = st.builds(  # rows that are written, of people on record and of a new one
    lambda who, card, **more: [*person(*who, **more), card],
    card=CARDS,
    who=st.sampled_from([("王芳", "执委", "1980.05"), ("李敏", "主席", "1975年3月", "专职"), ("张丽", "副主席", "1990-01"),
                         ("张丽", "执委", "1990-01")]),
    联系电话=st.sampled_from(["", "13800138000", "13900139000"]),
    文化程度=st.sampled_from(["大专", "本科"]),
    **{"是否进村（社区）“两委”": st.sampled_from(["", "是", "否", "支委"])},
)
HEADS = st.tuples(st.permutations(range(len(MORE))), st.booleans())  # in which order, and whether by their other names
OTHERWISE = {"姓名": "姓 名", "出生年月": "出生日期", "妇联职务": "职务", "任职时间": "任职日期", "联系电话": "手机号", "文化程度": "学历",
             "妇联组织": "组织名称"}
ORGANISATIONS = ("组织全称", "简称", "上级组织", "类别", "层级", "成立时间", "区划代码", "主席职数", "副主席职数", "执委职数")
PLACE = st.builds(
    lambda *cells: list(cells),
    st.sampled_from(["莲塘镇莲南村妇女联合会", "莲塘镇莲北村妇女联合会", "莲塘镇莲西村妇女联合会", "新乡妇女联合会", ""]),
    st.sampled_from(["莲南村妇联", "", "莲西村妇联"]),
    st.sampled_from(["莲塘镇妇女联合会", "南昌县妇联", "新乡妇女联合会", "没有的妇联", ""]),
    st.sampled_from(["妇联", "", "妇会"]),
    st.sampled_from(["村", "乡镇", "社", ""]),
    st.sampled_from(["2020-03-08", "2020.03", "2020.1", "2099-01-01", ""]),
    st.sampled_from(["", "360121100203", "360121100204", "360121100201", "36"]),
    st.sampled_from(["", 1, 3]),
    st.sampled_from(["", 2, 600]),
    st.sampled_from(["", 15, "多"]),
)
FITTING = st.sampled_from([  # rows that are written
    ["莲塘镇莲南村妇女联合会", "莲南村妇联", "莲塘镇妇女联合会", "妇联", "村", "2020-03-08", "360121100203", 1, 2, 15],
    ["莲塘镇莲北村妇女联合会", "莲北村妇联", "莲塘镇妇联", "", "村", "2020.03", "360121100204", 1, "", ""],
    ["新乡妇女联合会", "新乡妇联", "南昌县妇联", "妇联", "乡镇", "2020-03-08", "", "", "", ""],
])
DECISION: dict[str, Any] = {"authority": "中共县委", "decided_on": "2025-11-01"}
PAPER: dict[str, Any] = {"documents": ["0190a3c6-0000-7000-8000-000000000001"]}
# ends of the term: rosters fill seats, or are the village's re-election, or are that when they have a new head
WITHIN, OVER, NEAR = date(2029, 1, 1), date(2025, 6, 1), date(2026, 4, 1)
numbers = iter(range(1_000_000))
# no shrinking: what a failed try left behind would be found again
FEW: dict[str, Any] = {"deadline": None, "phases": (Phase.explicit, Phase.reuse, Phase.generate), "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Some are on record already, so that rows change them as well as add."""
    folder: Path = tmp_path_factory.mktemp("any")
    with world(folder) as w:
        Import(w, book([person("王芳", "执委", "1980.05", since="2025-01"),
                        person("李敏", "主席", "1975年3月", how="专职", since="2025-01")])).commit()
        yield w


@pytest.fixture(scope="module")
def reports(here: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Besides cadre's own copies: every view of the reports."""
    with shown(tmp_path_factory.mktemp("reports"), org=here.org, cadre=here.store) as found:
        yield found


@pytest.fixture(scope="module")
def answering(here: World) -> Iterator[Answering]:
    with org_answering(here, here.store.data.parent / "org.db") as found:
        yield found


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OrgWorld, Shown]]:
    with org_world(tmp_path_factory.mktemp("org")) as w, shown(tmp_path_factory.mktemp("org-reports"), org=w.org) as found:
        policies.due(w.org, w.app.state.views, today())  # the clock has said what it has to say of the terms
        yield w, found


def copies(app: FastAPI) -> dict[str, list[str]]:
    """Every row of every copy that a service keeps for itself."""
    with app.state.views.connect() as c:
        return {view.name: sorted(map(str, c.execute(view.table.select()).all())) for view in app.state.views.views}


def tried(w: Any, reports: Shown, kind: str, only: str, made: Any, answer: Callable[[], None] = lambda: None, soon: bool = False,
          **more: Any) -> int:
    """Checked, written, sent twice, sent under another title, and taken back; gives how many organisations it renewed. `made(title)`: the file;
    `answer`: the other service does, `soon`: before the file comes a second time."""
    who, area, paper = more.pop("by", "county"), more.pop("area", None), more.pop("paper", {})
    approver = more.pop("approver", who)
    options = {"by": who, **({"area": area} if area else {}), **more}
    w.pull()
    before, reported, title = copies(w.app), reports.known(), f"第{next(numbers)}次"
    data = made(title)  # a workbook says when it was made
    load = Import(w, data, kind, **options)
    if load.state["state"] == "failed":
        assert load.state["fault"]["code"] == "file_no_rows"
        return 0
    said = load.state["counts"]
    assert copies(w.app) == before
    if only == "all" and said["error"]:
        assert code(load.send("all", by=approver, **paper)) == "import_has_errors" and copies(w.app) == before
        only = "good"

    notes = load.state["notes"]
    load.commit(only, by=approver, **paper)
    if soon:
        answer()
    assert load.state["state"] == "committed" and load.state["counts"]["refused"] == 0, load.state
    assert load.state["counts"]["applied"] == said["add"] + said["change"]
    written = copies(w.app)
    assert (reports.known() == reported) is not bool(said["add"] + said["change"])

    twice = Import(w, data, kind, **options)
    assert twice.id == load.id and copies(w.app) == written
    again = Import(w, made(f"{title}再来"), kind, **options)
    assert (again.state["counts"]["add"], again.state["counts"]["change"], again.state["notes"]) == (0, 0, []), again.rows()
    answer()
    assert load.revoke()["state"] == "revoked", load.state
    answer()
    assert (copies(w.app), reports.known()) == (before, reported)
    return len(notes)


@settings(max_examples=24, **FEW)
@given(rows=st.lists(RIGHT, min_size=1, max_size=8) | st.lists(ROW | RIGHT, min_size=1, max_size=10),
       kind=st.sampled_from(["opening", "roster", "roster", "profiles"]), only=st.sampled_from(["all", "good"]), heads=HEADS,
       end=st.sampled_from([WITHIN, OVER, NEAR]), soon=st.booleans())
def test_commit_does_what_the_dry_run_said_and_revocation_leaves_no_trace(
    here: World, reports: Shown, answering: Answering, rows: list[list[Any]], kind: str, only: str, heads: tuple[list[int], bool], end: date,
    soon: bool,
) -> None:
    here.say(TERM, org.TermExtended(new_ends_on=end))
    order, otherwise = heads
    header = [OTHERWISE.get(MORE[n], MORE[n]) if otherwise else MORE[n] for n in order]
    more: dict[str, Any] = DECISION if kind == "roster" else {}
    some = [[row[n] for n in order] for row in rows]
    renewed = tried(here, reports, kind, only, lambda title: book(some, header, title), answering.answer, soon, approver="leader", paper=PAPER,
                    **more)
    assert renewed <= (kind == "roster" and end != WITHIN)


@settings(max_examples=8, **FEW)
@given(rows=st.lists(st.one_of(PLACE, FITTING, FITTING), min_size=1, max_size=8),
       only=st.sampled_from(["all", "good"]), order=st.permutations(range(len(ORGANISATIONS))))
def test_organisations_too(there: tuple[OrgWorld, Shown], rows: list[list[Any]], only: str, order: list[int]) -> None:
    w, reports = there
    header = [ORGANISATIONS[n] for n in order]
    some = [[row[n] for n in order] for row in rows]
    tried(w, reports, "organisations", only, lambda title: book(some, header, title), by="officer", area=w.county)
