"""Names in the order of lists: by the strokes of the surname, or by its sound."""

import pytest

from shared.pinyin import filed
from shared.strokes import strokes


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ("丁香 王芳 李梅 张丽 陈红 林玉 魏红", "strokes of the surname, then 横 before 折"),
        ("王秀云 王桂花 王桂荣", "the second character, then the third"),
        ("王英 王一英 王秀云", "a given name of one character first"),
        ("欧丽 欧阳娜 欧阳一鸣 欧阳少东 洪少东", "compound surnames by their first character"),
        ("刘芳 孙芳 陈芳 罗芳 廖芳 㚤芳", "what the table has not got comes last"),
    ],
)
def test_names_stand_by_the_strokes_of_the_surname_then_of_each_further_character(names: str, why: str) -> None:
    assert sorted(reversed(names.split()), key=strokes) == names.split(), why


def test_a_person_without_a_name_comes_after_all_and_every_ordinary_character_is_known() -> None:
    assert sorted(["", "㚤", "龘", "一"], key=strokes)[-1] == "" and strokes(None) == strokes("")
    ordinary = [bytes([row, place]).decode("gb2312") for row in range(0xB0, 0xF8) for place in range(0xA1, 0xFF - 5 * (row == 0xD7))]
    assert len(ordinary) == 6763 and not [c for c in ordinary if strokes(c) > strokes("㚤")]


def test_by_sound_each_surname_stands_together() -> None:
    names = ["晨明", "陈桂荣", "陈海燕", "程秀英", "单红", "欧丽", "欧阳娜"]
    assert sorted(reversed(names), key=filed) == sorted(names, key=filed)
    assert [n for n in sorted(names, key=filed) if n[0] in "陈程"] == ["陈桂荣", "陈海燕", "程秀英"]
    assert filed("单红") == "shan 单 hong" and filed("欧阳娜") == "ou yang 欧阳 na"
