"""The templates we give out: what they offer is understood, and their own example goes in as it stands."""
from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from services.cadre.api import columns as cadre
from services.org.api import imports as org
from shared.workbook import Bad, cells
from tests.api.cadre_given import COUNTY, World
from tests.api.import_given import Import
from tests.files.making import book

KINDS = {**cadre.KINDS, **org.KINDS}
WHOLE: dict[str, dict[str, Any]] = {"roster": {"authority": "中共南昌县委", "decided_on": "2026-03-01"}}


def example(here: Any, by: str, kind: str, area: Any) -> dict[str, str]:
    """What the page 填表说明 gives as examples, by title."""
    answer = here.app.state.test_client.get("/imports/template", params={"kind": kind, "organisation": str(area)},
                                            headers={"Authorization": f"Bearer {by}"})  # fmt: skip
    assert answer.status_code == 200, answer.text
    made = openpyxl.load_workbook(io.BytesIO(answer.content))
    heads = [str(c.value).lstrip("*") for c in made.worksheets[0][2]]
    told = {str(row[0].value): str(row[3].value or "") for row in made["填表说明"].iter_rows(min_row=2)}
    assert not (needed := [row[0].value for row in made["填表说明"].iter_rows(min_row=2) if row[1].value == "必填" and not row[3].value]), needed
    return {title: told.get(title, "") for title in heads}


@pytest.mark.parametrize(("kind", "column"), [(k, c) for k, found in KINDS.items() for c in found.columns if c.choices],
                         ids=lambda x: x if isinstance(x, str) else x.field)  # fmt: skip
def test_whatever_a_template_offers_is_understood_in_brackets_of_either_width(kind, column):
    for choice in column.choices:
        assert column.parse(choice) is not None
        assert column.parse(choice.replace("（", "(").replace("）", ")")) == column.parse(choice)


@pytest.mark.parametrize("kind", cadre.KINDS)
def test_the_example_of_a_cadre_template_goes_in_as_it_stands(here: World, kind: str):
    row = example(here, "county", kind, COUNTY) | {"妇联组织": "village妇联"}
    if kind == "profiles":
        Import(here, book([[*example(here, "county", "opening", COUNTY).values()]], [*example(here, "county", "opening", COUNTY)]))
        here.person(row["姓名"], profile={"person_name": row["姓名"]})
        here.pull()
    made = Import(here, book([[*row.values()]], [*row], "示例"), kind, **WHOLE.get(kind, {}))
    assert made.state["counts"]["error"] == 0 and made.state["sheets"][0]["ignored"] == [], made.rows()
    made.commit(by="leader", documents=["018f0000-0000-7000-8000-000000000001"])
    assert made.state["state"] == "committed", made.state
    again = Import(here, book([[*row.values()]], [*row], "再来"), kind, **WHOLE.get(kind, {}))
    assert again.state["counts"]["same"] == 1, again.rows()


def test_what_kind_of_person_she_is_is_kept(here: World):
    row = example(here, "county", "opening", COUNTY) | {"妇联组织": "village妇联", "人员类别": "妇联系统工作者"}
    made = Import(here, book([[*row.values()]], [*row]))
    made.commit()
    [k] = here.store.copy.named([row["姓名"]])
    assert here.caller("leader").get(f"/cadres/{k.person}").json()["profile"]["population"] == "system_worker"
    changed = Import(here, book([[*(row | {"人员类别": "非专职人员"}).values()]], [*row], "变"))
    assert {(c["title"], c["old"], c["new"]) for c in changed.rows()[0]["changes"]} == {("人员类别", "妇联系统工作者", "非专职人员")}


def test_a_word_that_is_not_offered_is_refused_with_what_is():
    with pytest.raises(Bad) as no:
        cells.population("临时工")
    assert "妇联干部" in no.value.zh
