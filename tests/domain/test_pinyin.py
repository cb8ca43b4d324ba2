"""Names by their sound: what letters may mean which text."""

import pytest

from shared.pinyin import asked, found, readings


@pytest.mark.parametrize(
    ("q", "text", "rank"),
    [
        ("nc", "南昌", 0),
        ("nc", "南昌县", 1),
        ("nanch", "南昌县", 1),
        ("xl", "莲塘镇小蓝村", 2),
        ("changgou", "长沟镇", 1),
        ("zhanggou", "长沟镇", 1),
        ("chongqing", "重庆市", 1),
        ("xian", "西安市", 1),
        ("xian", "县妇联", 1),
        ("nvjia", "女家", 0),
        ("南昌", "南昌县", 1),
        ("gzt", "工作台", 0),
        ("R10", "R10 年龄结构", 1),
        ("r10nl", "南昌", None),
        ("x", "abc", None),
        ("", "南昌", None),
        ("(", "南昌", None),
    ],
)
def test_letters_mean_initials_or_syllables_of_which_the_last_may_be_unfinished(q: str, text: str, rank: int | None) -> None:
    assert found(q, text) == rank


def test_blanks_width_case_and_umlaut_do_not_matter() -> None:
    assert asked(" Ｎan　Chàng ".replace("à", "a")) == "nanchang" and asked("lü") == "lv"


def test_all_readings_of_a_surname_are_kept_the_right_one_first() -> None:
    for name, first, other in (("单芳", "shanfang", "danfang"), ("曾芳", "zengfang", "cengfang"), ("仇芳", "qiufang", "choufang"),
                               ("查芳", "zhafang", "chafang"), ("翟芳", "zhaifang", "difang"), ("解芳", "xiefang", "jiefang")):  # fmt: skip
        said = [pinyin for pinyin, _ in readings(name, person=True)]
        assert said[0] == first and other in said, name


def test_a_long_name_of_many_sounds_has_few_rows() -> None:
    assert len(readings("重长单曾行乐" * 20)) <= 12


def test_a_rare_character_without_known_sound_stays_as_it_is() -> None:
    assert readings("𠮷") == [("𠮷", "𠮷")]


def test_a_long_question_that_cannot_be_cut_is_not_tried_in_every_way() -> None:
    from shared.pinyin import Alphabet

    alphabet = Alphabet("西安县下俺嗯")
    assert list(alphabet.cut("xian" * 12 + "vv")) == []
    assert ["xi", "an"] in list(alphabet.cut("xian")) and ["xian"] in list(alphabet.cut("xian"))
