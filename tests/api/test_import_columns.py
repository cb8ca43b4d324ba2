"""The columns of a roster: each is read, kept and shown again; the exported workbook changes nothing when it comes back."""
from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from services.cadre.api.columns import roles
from services.cadre.domain import person as people
from services.cadre.domain.person import Cadre
from services.cadre.domain.refusals import refused
from services.cadre.events import Profile
from services.console.people.words import WORDS as CONSOLE
from services.org import events as org
from services.projection.api import words
from shared.words import DEGREES
from shared.workbook import Bad
from shared.workbook.cells import degree
from tests.api.cadre_given import COUNTY, TODAY, TOWN, VILLAGE, on
from tests.api.import_given import Import
from tests.files.making import HEADER, book, person

TWO = "是否进村（社区）“两委”"
MORE = (*HEADER, "是否一肩挑", "是否新任")


def row(both: str = "", newly: str = "", **more: Any) -> list[Any]:
    return [*person(**more), both, newly]


def edited(data: bytes, **cells: Any) -> bytes:
    """The workbook with these cells of its fourth row changed, by the titles of the third."""
    made = openpyxl.load_workbook(io.BytesIO(data))
    page = made.worksheets[0]
    columns = {c.value: c.column for c in page[3]}
    for title, value in cells.items():
        page.cell(4, columns[title]).value = value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_every_column_of_the_form_is_kept_and_shown(here, reports):
    load = Import(here, book([row("是", "否", role="主席、执委", 备注="2021年换届留任", **{TWO: "是"})], MORE))
    assert load.state["counts"]["add"] == 1, load.rows()
    load.commit()
    [shown_] = reports.roster()
    assert (shown_["in_two_committees"], shown_["holds_both_posts"], shown_["newly_appointed"]) == (True, True, False)
    assert (shown_["note"], shown_["in_party_branch_committee"], shown_["roles"]) == ("2021年换届留任", None, ["chair", "executive_member"])
    hers = reports.person(shown_["person"])
    assert sorted(a["note"] or "" for a in hers["appointments"]) == ["", "2021年换届留任"] and hers["now"]["holds_both_posts"] is True


@pytest.mark.parametrize("path", ("/reports/roster", "/roster"))
def test_the_exported_roster_comes_back_and_there_is_nothing_to_change(here, reports, path):
    rows = [row("是", "否", role="主席、执委", 备注="2021年换届留任", 联系电话="13800138000", **{TWO: "支委"}),
            row(name="李敏", born="1985", since="2025", **{TWO: "否"}), row("否", "是", name="张丽", role="副主席", born="1990.10", since=on(-3)),
            row(name="赵丽", born="1975.3.8", how="专职", 文化程度="中专")]  # fmt: skip
    Import(here, book(rows, MORE)).commit()
    exported = reports.workbook(path)
    back = Import(here, exported, name="妇联干部花名册.xlsx")
    assert [r["verdict"] for r in back.rows()] == ["same"] * 4, back.rows()
    roster = Import(here, exported, "roster", authority="县委", decided_on="2026-01-01")
    assert [r["verdict"] for r in roster.rows()] == ["same"] * 4, roster.rows()


def test_what_is_kept_as_text_keeps_its_punctuation_and_either_kind_of_it_is_the_same_name(here, reports):
    unit = uuid4()
    here.org.say(unit, org.OrganisationProposed(full_name="莲塘镇（东）社区妇女联合会", short_name="（东）社区妇联", org_type="federation",
                                                level="village", parent=TOWN, proposed_on=date(2019, 1, 1)),
                 org.OrganisationEstablished(established_on=date(2020, 1, 1)),
                 org.SeatsDefined(effective=date(2020, 1, 1), seats=(org.Seat(seat=uuid4(), role="executive_member", capacity=15),)))  # fmt: skip
    here.org.say(uuid4(), org.TermStarted(organisation=unit, term_no=1, starts_on=date(2024, 1, 1), term_months=60, ends_on=date(2029, 1, 1)))
    here.pull()
    for name in ("莲塘镇（东）社区妇女联合会", "莲塘镇(东)社区妇女联合会", "(东)社区妇联"):
        load = Import(here, book([row(unit=name, 工作单位及职务="村（社区）干部，“两委”成员", 备注="留任（二次）")], MORE))
        assert [r["verdict"] for r in load.rows()] in (["add"], ["same"]), load.rows()
        load.commit()
    [shown_] = reports.roster()
    assert (shown_["employer_and_post"], shown_["note"]) == ("村（社区）干部，“两委”成员", "留任（二次）")
    assert [r["verdict"] for r in Import(here, reports.workbook(), name="妇联干部花名册.xlsx").rows()] == ["same"]


def test_two_spellings_of_a_telephone_are_one_person(here):
    rows = [row(role="主席", 联系电话="+86 138 0013 8000"), row(联系电话="13800138000")]
    assert [r["verdict"] for r in Import(here, book(rows, MORE)).rows()] == ["add", "add"]
    Import(here, book(rows, MORE)).commit()
    assert [r["verdict"] for r in Import(here, book([row(联系电话="008613800138000")], MORE)).rows()] == ["same"]


def test_what_is_changed_in_an_exported_roster_changes_and_nothing_else(here, reports):
    Import(here, book([row("是", "是", role="主席", 备注="留任")], MORE)).commit()
    back = Import(here, edited(reports.workbook(), 文化程度="本科", 是否一肩挑="否"))
    assert {(c["title"], c["new"]) for r in back.rows() for c in r["changes"]} == {("文化程度", "本科"), ("一肩挑", "否")}


def test_what_a_post_on_record_does_not_take_from_a_workbook_is_said(here, reports):
    Import(here, book([row("", "是", role="主席", 备注="留任")], MORE)).commit()
    back = Import(here, edited(reports.workbook(), 备注="另有说明", 是否新任="否", **{"专/挂/兼": "挂职"}, 任职时间="2019.03"))
    assert back.codes() == {"note_differs", "newly_differs", "engagement_on_record", "start_differs"}
    assert back.state["counts"]["same"] == 1


def test_namesakes_are_no_question_when_the_workbook_has_their_numbers(here, reports):
    hers = {"person_name": "王芳", "sex": "female", "born_on": "1980-05-01", "born_precision": "month"}
    for seat in ("主席", "执委"):
        one = here.person("王芳", profile=hers)
        here.pull()
        load = Import(here, book([person("王芳", seat)], title=seat))
        load.again(**{"花名册!3": one})
        load.commit()
    back = Import(here, reports.workbook())
    assert [r["verdict"] for r in back.rows()] == ["same", "same"], back.rows()
    assert Import(here, edited(reports.workbook(), 系统编号=None)).codes() == {"namesakes"}


def test_a_number_pasted_into_another_row_is_refused_at_its_cell(here, reports):
    Import(here, book([person("王芳", "主席"), person("李敏", born="1985.03")])).commit()
    other = next(r["person"] for r in reports.roster() if r["person_name"] == "李敏")
    back = Import(here, edited(reports.workbook(), 系统编号=other))
    [wrong] = back.rows("error")
    assert [(c["code"], c["title"]) for c in wrong["cells"]] == [("person_id_unknown", "系统编号")]
    assert wrong["cells"][0]["cell"].endswith("4") and "王芳" in wrong["cells"][0]["message"]["zh-CN"]


def test_the_template_holds_the_column_of_numbers_out_of_sight(here):
    answer = here.caller("county").get("/imports/template", kind="roster", organisation=str(next(iter(here.app.state.access.index.tree))))
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    titles = [c.value for c in page[2]]
    assert titles[-1] == "系统编号" and page.column_dimensions[page.cell(2, len(titles)).column_letter].hidden
    assert titles[:4] == ["*妇联组织", "*姓名", "性别", "民族"] and {"是否一肩挑", "是否新任", "备注", "系统编号"} <= set(titles)


@pytest.mark.parametrize(("was", "said", "comes_to"), (
    ({}, {"in_party_branch_committee": True}, True),
    ({}, {"in_party_branch_committee": False, "in_villagers_committee": False}, False),
    ({"in_two_committees": True}, {"in_villagers_committee": False}, True),  # never said in which: it may be the other
    ({"in_two_committees": True, "in_villagers_committee": True}, {"in_villagers_committee": False}, False),
    ({"in_two_committees": True}, {"in_two_committees": False, "in_party_branch_committee": False, "in_villagers_committee": False}, False),
))
def test_what_is_said_of_each_committee_settles_whether_she_is_in(was, said, comes_to):
    record = people.open_record(None, Profile(person_name="王芳", **was), VILLAGE, None, None, None)
    changed = people.change(Cadre((record,)), Profile(**said), TODAY, None, None, None, TODAY)
    assert Cadre((record, changed)).profile.in_either is comes_to


def test_a_bare_yes_is_refused_where_the_record_says_neither_committee(here):
    Import(here, book([person(**{TWO: "否"})])).commit()
    again = Import(here, book([person(**{TWO: "是"})], title="二"))
    assert again.codes() == {"two_committees_which"}
    assert again.rows()[0]["cells"][0]["title"] == TWO
    right = Import(here, book([person(**{TWO: "村（居）委"})], title="三"))
    assert right.state["counts"]["change"] == 1, right.rows()


def test_what_is_said_of_a_row_is_said_in_words_of_either_language(here):
    load = Import(here, book([person("王芳", "执委"), person("李敏", "执委", "1985.03", unit="全南村妇联"), person("张丽", born="1981.3")]))
    [unknown] = [c["message"] for r in load.rows() for c in r["cells"] if c["code"] == "organisation_unknown"]
    assert unknown["en"] == "there is no “全南村妇联” in this area; write it as in the list of units"
    near = Import(here, book([person(unit="vilage妇联")])).rows()[0]["cells"][0]["message"]
    assert near == {"zh-CN": "本地区没有“vilage妇联”，是否为“village妇联”？请按单位名录填写",
                    "en": "there is no “vilage妇联” in this area; perhaps “village妇联”; write it as in the list of units"}  # fmt: skip
    no = refused("engagement_mismatch", wanted="full_time", given="part_time")
    assert (no.zh, no.en) == ("该职位要求专职，不能以兼职任职", "this seat is full-time; part-time does not fit")
    assert refused("not_passed", step="party_agreed").zh.endswith("（现为：待审批，党组织已同意）")


def test_one_degree_has_one_name_on_every_page_and_is_understood_again(here):
    Import(here, book([person(文化程度="本科")])).commit()
    lower = Import(here, book([person(文化程度="中专")], title="二"))
    assert [(c["old"], c["new"]) for c in lower.rows()[0]["changes"]] == [("本科", DEGREES["secondary"][0])]
    assert {degree(zh) for zh, _ in DEGREES.values()} == set(DEGREES)
    assert CONSOLE["degree"] == DEGREES == words.DEGREES


def test_many_places_at_once_are_the_places_asked_for_one_by_one(here):
    copy, ids = here.store.copy, [COUNTY, TOWN, VILLAGE, uuid4()]
    for area, value in ((None, 3), (TOWN, 1)):
        here.say(uuid4(), org.RuleSet(rule="appointment.max_organisations", area=area, effective=TODAY, value=value, source="省妇联"))
    together = copy.places(ids, TODAY)
    assert together == {id: place for id in ids if (place := copy.place(id, TODAY))} and together[VILLAGE].parent == TOWN
    assert [together[id].rules["appointment.max_organisations"] for id in ids[:3]] == [3, 1, 1]

@pytest.mark.parametrize(("said", "write"), [
    ("主席执委", "主席、执委"), ("主席（执委）", "主席、执委"), ("副主席 执委", "副主席、执委"), ("主席兼任执委", "主席、执委"),
    ("县妇联主席（兼执委）", "主席、执委"), ("主席、副主席执委", "主席、副主席、执委"), ("专职副主席（执委）", "专职副主席、执委")])
def test_two_offices_written_as_one_are_refused_with_how_to_write_them(said, write):
    with pytest.raises(Bad) as no:
        roles(said)
    assert (no.value.code, no.value.nearest) == ("role_unknown", write) and f"写成“{write}”" in no.value.zh and f"“{write}”" in no.value.en
    assert roles(write)
    with pytest.raises(Bad) as other:
        roles("大队长")
    assert "如“主席、执委”" in other.value.zh and "几个职务写在了一起" not in other.value.zh


def test_an_officer_without_membership_is_told_to_write_both_offices_in_the_cell(here):
    for rule, level in (("warn", "warn"), ("block", "error")):
        here.say(uuid4(), org.RuleSet(rule="appointment.office_needs_executive", value=rule, effective=date(2020, 1, 1), source="县规定"))
        rows = [person("王芳", "主席", "1980-05"), person("李英", "副主席、执委", "1981-05")]
        load = Import(here, book(rows, title=rule), "roster", authority="中共南昌县委", decided_on="2026-01-01")
        alone, both = load.rows()
        [cell] = [c for c in alone["cells"] if c["code"] == "not_an_executive"]
        assert "“主席、执委”" in cell["message"]["zh-CN"] and cell["title"] == "妇联职务" and cell["level"] == level
        assert "not_an_executive" not in {c["code"] for c in both["cells"]}
