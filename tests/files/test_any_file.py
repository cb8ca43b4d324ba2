"""Whatever the rows say: commit does what the dry run said, revocation leaves no trace, and the same file counts once."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.org import events as org
from tests.api.cadre_given import TERM, World, world
from tests.api.import_given import Answering, Import, Shown, everything, org_answering, shown
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
DECISION: dict[str, Any] = {"authority": "中共县委", "decided_on": "2025-11-01"}
PAPER: dict[str, Any] = {"documents": ["0190a3c6-0000-7000-8000-000000000001"]}
# ends of the term: rosters fill seats, or are the village's re-election, or are that when they have a new head
WITHIN, OVER, NEAR = date(2029, 1, 1), date(2025, 6, 1), date(2026, 4, 1)
numbers = iter(range(1_000_000))


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


@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(RIGHT, min_size=1, max_size=8) | st.lists(ROW | RIGHT, min_size=1, max_size=10),
       kind=st.sampled_from(["opening", "roster", "roster"]), end=st.sampled_from([WITHIN, OVER, NEAR]), soon=st.booleans())
def test_commit_does_what_the_dry_run_said_and_revocation_leaves_no_trace(here: World, reports: Shown, answering: Answering, rows: list[list[Any]],
                                                                          kind: str, end: date, soon: bool) -> None:
    """`soon`: org has answered before the file comes a second time."""
    here.say(TERM, org.TermExtended(new_ends_on=end))
    more: dict[str, Any] = DECISION if kind == "roster" else {}
    before, reported, title = everything(here), reports.known(), f"第{next(numbers)}次"
    data = book(rows, MORE, title)
    load = Import(here, data, kind, **more)
    if load.state["state"] == "failed":
        assert load.state["fault"]["code"] == "file_no_rows"
        return
    said = load.state["counts"]
    assert everything(here) == before

    notes = load.state["notes"]
    load.commit("good", by="leader", **PAPER)
    if soon:
        answering.answer()
    assert load.state["state"] == "committed" and load.state["counts"]["refused"] == 0, load.state
    assert load.state["counts"]["applied"] == said["add"] + said["change"]
    written = everything(here)
    assert (reports.known() == reported) is not bool(said["add"] + said["change"])

    twice = Import(here, data, kind, **more)
    assert twice.id == load.id and everything(here) == written
    again = Import(here, book(rows, MORE, f"{title}再来"), kind, **more)
    assert (again.state["counts"]["add"], again.state["counts"]["change"], again.state["notes"]) == (0, 0, []), again.rows()
    assert len(notes) <= (kind == "roster" and end != WITHIN)

    answering.answer()
    assert load.revoke()["state"] == "revoked", load.state
    answering.answer()
    assert (everything(here), reports.known()) == (before, reported)
