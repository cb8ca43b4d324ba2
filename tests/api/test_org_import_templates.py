"""The template of organisations: its own example goes in and out, with term, field, kind and formation; names in two counties are two."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.org.api.imports import term_number
from tests.api.import_given import Import
from tests.api.org_world import World as OrgWorld
from tests.api.org_world import org_world
from tests.api.test_templates import example
from tests.files.making import book


@pytest.fixture
def county(home: Path) -> Iterator[OrgWorld]:
    with org_world(home) as w:
        yield w


def load(w: OrgWorld, row: dict[str, str], title: str = "组织名录", area: Any = None) -> Import:
    return Import(w, book([[*row.values()]], [*row], title), "organisations", by="officer", area=area or w.county)


def test_the_example_of_the_organisations_template_goes_in_as_it_stands_and_out_again(county: OrgWorld):
    row = example(county, "officer", "organisations", county.county) | {"上级组织": "莲塘镇妇女联合会"}
    made = load(county, row)
    assert (made.state["counts"]["add"], made.codes(), made.state["sheets"][0]["ignored"]) == (1, set(), []), made.rows()
    made.commit()
    [term] = [f for e in county.facts("org.TermStarted") if (f := e.fact).organisation not in (county.village, county.other)]
    assert (term.term_no, str(term.starts_on), term.term_months, str(term.ends_on)) == (3, "2024-03-08", 60, "2029-03-08")
    assert load(county, row, "同").codes() == {"import_details_kept"}, "what is on record stays, and that is said"
    assert made.revoke()["state"] == "revoked", made.state
    assert load(county, row, "再来").state["counts"]["add"] == 1, "its code and its term are free again"


@pytest.mark.parametrize(("said", "kept"), (
    ({"类别": "妇代会", "组织全称": "莲塘镇示例村妇女代表会"}, ("women_congress_org", "area", "standalone")),
    ({"类别": "团体会员", "领域": "新社会组织", "组建方式": "行业统建"}, ("group_member", "new_social", "industry"))))  # fmt: skip
def test_kind_field_and_formation_are_kept(county: OrgWorld, said: dict[str, str], kept: tuple[str, ...]):
    seats = {k: "" for k in ("主席职数", "副主席职数", "执委职数")}
    row = example(county, "officer", "organisations", county.county) | {"上级组织": "莲塘镇妇女联合会"} | seats | said
    row |= dict.fromkeys(("届次", "本届开始", "本届届满"), "")
    made = load(county, row)
    assert made.state["counts"]["error"] == 0, made.rows()
    made.commit()
    proposed = county.facts("org.OrganisationProposed")[-1].fact
    assert (proposed.org_type, proposed.field, proposed.formation_mode) == kept


@pytest.mark.parametrize(("said", "code"), (
    ({"本届届满": ""}, "import_term_incomplete"), ({"本届开始": ""}, "import_term_incomplete"), ({"本届届满": "2029-05-20"}, "import_term_months"),
    ({"届次": "三生"}, "term_no_form"), ({"本届开始": "2019-03-08", "本届届满": "2024-03-07"}, "before_establishment")))  # fmt: skip
def test_a_term_that_cannot_be_is_named_at_its_cell(county: OrgWorld, said: dict[str, str], code: str):
    row = example(county, "officer", "organisations", county.county) | {"上级组织": "莲塘镇妇女联合会"} | said
    [found] = load(county, row).rows()
    assert [(c["code"], bool(c["cell"])) for c in found["cells"] if c["level"] == "error"] == [(code, True)], found


@pytest.mark.parametrize(("said", "no"), (("3", 3), ("第三届", 3), ("十", 10), ("第十二届", 12), ("二十", 20), ("", None)))
def test_the_number_of_a_term_is_read_however_it_is_written(said, no):
    assert term_number(said) == no


def test_one_full_name_in_two_counties_is_asked_about_and_never_the_same(county: OrgWorld):
    area = county.province
    other = {"组织全称": "进贤县妇女联合会", "简称": "进贤县妇联", "上级组织": "江西省妇女联合会", "类别": "妇联", "层级": "县",
             "成立时间": "2000-03"}
    load(county, other, area=area).commit()
    same = {**other, "组织全称": "莲塘镇妇女联合会", "简称": "莲塘镇妇联", "上级组织": "进贤县妇女联合会", "层级": "乡镇"}
    made = load(county, same, "二", area)
    assert (made.rows()[0]["action"], made.codes()) == ("add", {"import_same_name_elsewhere"}), made.rows()
    made.commit()
    twice = load(county, same, "三", area)
    assert twice.rows()[0]["action"] == "same" and "import_same_name_elsewhere" not in twice.codes()
    below = {**same, "组织全称": "莲塘镇示例村妇女联合会", "简称": "示例村妇联", "上级组织": "莲塘镇妇女联合会", "层级": "村"}
    assert load(county, below, "四", area).codes() == {"import_parent_ambiguous"}
    assert load(county, {**below, "上级组织": "进贤县莲塘镇妇女联合会"}, "五", area).rows()[0]["action"] == "add"
