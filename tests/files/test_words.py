"""How cells are understood however they are written: one value for each meaning, and Chinese text kept as it stands."""
from __future__ import annotations

from typing import Any

import pytest

from services.cadre.api.columns import note, roles
from services.cadre.domain.refusals import refused as cadre
from services.console.labels import label
from services.console.papers.gather import OFFICES
from services.org.domain.refusals import refused as org
from shared.words import ROLES
from shared.workbook import Bad, cells, dates, numbers


@pytest.mark.parametrize(("said", "meant"), (
    ("+86 138 0013 8000", "13800138000"), ("8613800138000", "13800138000"), ("008613800138000", "13800138000"), ("86 13800138000", "13800138000"),
    ("＋86－13800138000", "13800138000"), ("013800138000", "13800138000"), (13800138000.0, "13800138000"), ("138-0013-8000", "13800138000"),
    ("861062345678", "01062345678"), ("+86 791 8888 8888", "079188888888"), ("0086 0791 88888888", "079188888888"), ("8679188888888", "079188888888"),
    ("(0791)88888888", "079188888888"),
    ("010-62345678", "01062345678"), ("+86-400-800-1234", "4008001234"), ("12338", "12338"), ("+852 2345 6789", "+85223456789"),
    ("无", None), ("—", None), ("/", None), ("", None),
))  # fmt: skip
def test_a_telephone_is_one_number_however_it_is_dialled(said, meant):
    assert numbers.phone(said) == meant


@pytest.mark.parametrize("said", ("86123456", "+86 1380013800", "无电话", "008613800138000138"))
def test_what_is_no_telephone_is_refused_with_or_without_the_country(said):
    with pytest.raises(Bad):
        numbers.phone(said)


@pytest.mark.parametrize("said", ("无", "—", "暂无", "", "＊＊＊"))
def test_no_id_number_may_be_said_in_words(said):
    assert numbers.id_card(said) is None


@pytest.mark.parametrize(("parse", "said", "meant"), (
    (cells.degree, "大学本科（在职）", "bachelor"), (cells.degree, "研究生（硕士）", "postgraduate"), (cells.degree, "高职高专", "associate"),
    (cells.degree, "高中（中专）", "secondary"), (roles, "主席（兼）", (("chair",), "part_time")),
    (roles, "（主席、执委）", (("chair", "executive_member"), None)),
    (roles, "副主席兼执委", (("vice_chair", "executive_member"), None)), (cells.yes_no, "✔️", True),
    (lambda v: str(dates.day(v)), "1980.5.", "1980-05"), (lambda v: str(dates.day(v)), "1980/05/03 00:00:00", "1980-05-03"),
    (lambda v: str(dates.day(v)), "1980/5/3 0:00:00", "1980-05-03"), (lambda v: str(dates.day(v)), "1980-05-03T00:00:00", "1980-05-03"),
))  # fmt: skip
def test_forms_that_mean_one_thing(parse: Any, said: str, meant: Any):
    assert parse(said) == meant


@pytest.mark.parametrize(("parse", "said", "echoed"), (
    (cells.degree, "研究生（在读）", "研究生(在读)"), (cells.degree, "大专（本科）", "大专(本科)"), (roles, "主席（女）", "主席(女)"),
    (dates.day, "1980.1.", "1980.1"),
))
def test_forms_that_may_mean_two_are_asked_about_whole(parse, said, echoed):
    with pytest.raises(Bad) as no:
        parse(said)
    assert echoed in no.value.zh


def test_chinese_punctuation_stays_and_letters_and_digits_are_made_plain():
    assert cells.text("　村（社区）干部，“两委”：ＡＢ１２\u200b；\n") == "村（社区）干部，“两委”：AB12；"
    assert cells.clean("村（社区）") == "村(社区)" and note("留任，另有说明（一）") == "留任，另有说明（一）"
    with pytest.raises(Bad):
        note("电话１３８－００１３－８０００")


@pytest.mark.parametrize("role", ROLES)
def test_an_office_is_called_the_same_in_a_cell_on_a_page_and_in_a_refusal(role):
    zh = ROLES[role][0]
    assert roles(zh) == ((role,), None) and label("office", role) == zh
    assert f"“{zh}”" in org("votes_tied", "candidates", role=role).zh and zh in cadre("mode_unfit", office=role, mode="elected", ways="acting").zh
    assert role == "staff" or OFFICES[role].endswith("委员" if role in ("executive_member", "member", "standing_member") else zh)


def test_a_long_name_that_is_none_is_refused_at_once():
    for long in (("阿依古丽·买买提·" * 20)[:99], "字" * 99 + "1", "a" * 99 + "!"):
        with pytest.raises(Bad) as no:
            cells.name(long)
        assert no.value.code == "name_characters"
    assert cells.name("𠮷依古丽·买买提") == "𠮷依古丽·买买提"
