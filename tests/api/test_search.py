"""Search by name part, pinyin and initials: organisations, people, documents; ranked, and kept to what the caller may see."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import or_, select

from services.cadre import events as cadre
from services.org import events as org
from services.projection.api import search
from shared.fact import new_id
from tests.api.caller import Caller, give
from tests.views.asking import EITHER, get
from tests.views.story import Story, day

pytestmark = EITHER


def names(caller: Caller, q: str, **more: Any) -> list[str]:
    answer = get(caller, "/search", q=q, **more)
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json()["rows"]]


def test_an_organisation_is_found_by_initials_pinyin_name_and_code(story: Story, officer: Caller, county: UUID) -> None:
    story.organisation("南城县妇女联合会", "county", None, "361021000000")
    story.organisation("莲塘镇小蓝村妇女联合会", "village", county, "360121100201")
    assert names(officer, "ncx", kinds="organisations") == ["南昌县妇女联合会", "南城县妇女联合会"]
    assert names(officer, "NanCh", kinds="organisations") == ["南昌县妇女联合会", "南城县妇女联合会"]
    assert names(officer, "nanchangx") == ["南昌县妇女联合会"]
    assert names(officer, "南 昌") == ["南昌县妇女联合会"] == names(officer, "360121000000")
    assert names(officer, "xlc") == ["莲塘镇小蓝村妇女联合会"] == names(officer, "小蓝")
    row = get(officer, "/search", q="xlc").json()["rows"][0]
    assert (row["kind"], row["level"], row["path"]) == ("organisations", "village", ["江西省妇女联合会", "南昌县妇女联合会"])


def test_an_organisation_is_found_by_its_credit_code_as_of_the_date_in_any_case_and_only_by_the_whole_of_it(
    story: Story, officer: Caller, province: UUID, county: UUID
) -> None:
    code = "91110000600037341L"
    story.tell(county, org.CreditCodeAssigned(code=code, effective=day("2020-03-01")))
    story.organisation("莲塘镇妇女联合会", "township", county)

    def listed(q: str, **more: Any) -> list[str]:
        return [row["full_name"] for row in get(officer, "/organisations", search=q, **more).json()["rows"]]

    for typed in (code, code.lower(), f" {code[:8]} {code[8:]} ", "９１110000600037341ｌ"):
        assert names(officer, typed) == listed(typed) == ["南昌县妇女联合会"]
    assert names(officer, code[:-1]) == names(officer, f"{code[:-1]}A") == listed(code[1:]) == []
    assert names(officer, code, as_of="2020-02-29") == listed(code, as_of="2020-02-29") == [], "before it bore it"
    assert [row["id"] for row in get(officer, f"/organisations/{province}/children", search=code).json()["rows"]] == [str(county)]
    story.tell(county, org.CreditCodeAssigned(code=None, effective=day("2021-03-01")))
    assert names(officer, code) == [] and names(officer, code, as_of="2021-02-28") == ["南昌县妇女联合会"]


def test_an_organisation_is_found_by_a_former_name_and_shown_with_the_present_one(story: Story, officer: Caller, county: UUID) -> None:
    village = story.organisation("黄坊村妇女联合会", "village", county, "360121100201")
    story.organisation("黄坊桥村妇女联合会", "village", county, "360121100202")
    renamed = org.OrganisationDetailsChanged(full_name="黄纺村妇女联合会", short_name="黄纺村妇女联合会", effective=day("2022-01-01"))
    story.tell(village, renamed, on="2022-01-05")
    later = org.OrganisationDetailsChanged(full_name="新纺村妇女联合会", short_name="新纺村妇联", effective=day("2999-01-01"))
    story.tell(village, later, on="2022-01-06")

    def found(q: str, **more: Any) -> list[tuple[str, list[str] | None]]:
        return [(row["name"], row["former"]) for row in get(officer, "/search", q=q, kinds="organisations", **more).json()["rows"]]

    was = ["黄坊村妇女联合会"]
    assert found("黄坊") == [("黄坊桥村妇女联合会", None), ("黄纺村妇女联合会", was)], "what is called so today comes first"
    assert found("黄坊村") == [("黄纺村妇女联合会", was)] and found("黄纺") == [("黄纺村妇女联合会", None)]
    assert found("黄坊村", as_of="2021-12-31") == [("黄坊村妇女联合会", None)] and found("黄纺", as_of="2021-12-31") == []
    assert found("新纺") == [], "not its name yet"
    assert found("黄坊村", known_at="2022-01-01") == [("黄坊村妇女联合会", None)]
    for q in ("huangfangcun", "huangfang cun", "HUANGFANG"):
        assert ("黄纺村妇女联合会", None) in found(q)
    listed = get(officer, "/organisations", search="黄坊村").json()["rows"]
    assert [row["full_name"] for row in listed] == ["黄纺村妇女联合会"]


def test_letters_never_mean_what_every_name_ends_in(story: Story, officer: Caller, county: UUID) -> None:
    story.organisation("莲塘镇妇女联合会", "township", county)
    story.organisation("三江镇妇女联合会", "township", county)
    assert names(officer, "lian") == ["莲塘镇妇女联合会"] and names(officer, "fnl") == []
    assert names(officer, "sjzfn") == ["三江镇妇女联合会"], "a name may be typed to its end"
    assert len(names(officer, "妇女联合会")) == 4


def test_a_place_whose_character_has_two_sounds_is_found_by_both(story: Story, officer: Caller, county: UUID) -> None:
    story.organisation("长沟镇妇女联合会", "township", county)
    assert names(officer, "changgou") == names(officer, "zhanggou") == names(officer, "cgz") == ["长沟镇妇女联合会"]


SURNAMES = [
    ("单芳", ("shanfang", "danf", "sf", "df")),
    ("曾丽", ("zengli", "cengli", "zl")),
    ("仇英", ("qiuying", "chouying", "qy")),
    ("查敏", ("zhamin", "cha", "zm")),
    ("翟红", ("zhaihong", "dihong", "zh")),
    ("解静", ("xiejing", "jiejing", "xj")),
    ("欧阳娜", ("ouyangn", "oyn")),
    ("吕燕", ("lvyan", "lüyan")),
]


def test_a_surname_is_found_by_the_sound_it_has_as_a_surname_and_by_the_common_one(story: Story, officer: Caller, county: UUID) -> None:
    for name, _ in SURNAMES:
        story.person(name, county)
    for name, sounds in SURNAMES:
        for sound in sounds:
            assert name in names(officer, sound, kinds="people"), (name, sound)


def test_the_whole_name_comes_before_its_beginning_and_that_before_the_inside(story: Story, officer: Caller, county: UUID) -> None:
    for name in ("李小芳", "芳芳", "芳"):
        story.person(name, county)
    assert names(officer, "芳", kinds="people") == ["芳", "芳芳", "李小芳"]


def test_as_written_a_name_is_found_wherever_the_text_stands_in_it(story: Story, officer: Caller, county: UUID) -> None:
    for name in ("阿依古丽·买买提", "欧阳春兰", "王芳"):
        story.person(name, county)
    asked = ("阿", "买提", "提", "兰", "阳春", "芳", "依古丽", "梅")
    found = {q: [r["person_name"] for r in get(officer, "/cadres", search=q).json()["rows"]] for q in asked}
    everywhere = ["阿依古丽·买买提"]
    assert found == {"阿": everywhere, "买提": everywhere, "提": everywhere, "依古丽": everywhere,
                     "兰": ["欧阳春兰"], "阳春": ["欧阳春兰"], "芳": ["王芳"], "梅": []}  # fmt: skip


@pytest.mark.parametrize("on_record", ("阿卜杜古丽·买买提", "阿卜杜古丽•买买提", "阿卜杜古丽买买提"))
def test_a_name_of_a_minority_is_found_as_written_with_every_dot_and_none(story: Story, officer: Caller, county: UUID, on_record: str) -> None:
    story.person(on_record, county)
    for typed in ("阿卜杜古丽·买买提", "阿卜杜古丽•买买提", "阿卜杜古丽.买买提", "阿卜杜古丽˙买买提", "阿卜杜古丽买买提", "abdgl", "⋅"):
        listed = [r["person_name"] for r in get(officer, "/cadres", search=typed).json()["rows"]]
        assert listed == names(officer, typed, kinds="people") == [on_record] * (typed != "⋅"), typed


def test_either_part_of_a_name_finds_it_by_character_and_sound(story: Story, officer: Caller, county: UUID) -> None:
    for name in ("阿卜杜古丽·买买提", "Mary Smith", "王芳"):
        story.person(name, county)
    for typed in ("买买提", "maimaiti", "mmt", "·买买提", "阿卜杜古丽"):
        assert names(officer, typed, kinds="people") == ["阿卜杜古丽·买买提"], typed
        assert [r["person_name"] for r in get(officer, "/cadres", search=typed).json()["rows"]] == ["阿卜杜古丽·买买提"]
    assert names(officer, "smith", kinds="people") == names(officer, "Mary S", kinds="people") == ["Mary Smith"]
    rows = get(officer, "/search", q="maimaiti", kinds="people").json()["rows"]
    assert len(rows) == 1 and len(get(officer, "/cadres").json()["rows"]) == 3, "nobody stands there twice"


@pytest.mark.parametrize("many", [0, 2, 5000])
def test_the_changes_of_few_and_of_very_many_people_of_a_name_are_found_alike(
    story: Story, auditor: Caller, county: UUID, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MANY", many)
    township = story.organisation("莲塘镇妇女联合会", "township", county)
    for name, where in (("王芳", county), ("王菲", county), ("单冰", county), ("李莲", township), ("赵敏", county)):
        story.start(story.post(story.person(name, where), where, "executive_member"), "2024-01-10")

    def changed(q: str, path: str = "/audit/appointments", **more: str) -> set[str]:
        return {r["person_name"] for r in get(auditor, path, search=q, **more).json()["rows"]}

    for path in ("/audit/appointments", "/audit/records", "/appointments"):
        assert changed("wf", path) == changed("王", path) == {"王芳", "王菲"}, path
        assert changed("菲", path) == {"王菲"} and changed("sb", path) == changed("db", path) == changed("单", path) == {"单冰"}
        assert changed("梅", path) == set() == changed("xm", path) == changed("冰单", path)
    assert changed("莲") == {"李莲"} == changed("莲塘")
    assert changed("王", known_at="2024-01-10") == {"王芳", "王菲"} and changed("王", known_at="2024-01-09") == set()
    assert get(auditor, "/audit/appointments/total", search="王").json()["total"] == 2


def test_many_is_judged_by_each_way_a_name_is_found(story: Story, app: FastAPI, county: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MANY", 2)
    for name in ("王芳", "王菲", "王玉", "李芳", "阿依古丽·买买提"):
        story.person(name, county)
    story.load()
    with app.state.views.connect() as c:
        many = {q: c.scalar(select(or_(*map(search._many, search._ways(q))))) for q in ("王", "wang", "w", "芳", "wf", "依", "买买", "梅", "x")}
    assert [q for q, yes in many.items() if yes] == ["王", "wang", "w"]


def test_people_are_shown_with_their_posts_and_only_from_the_callers_area(
    story: Story, officer: Caller, province: UUID, county: UUID, app: FastAPI
) -> None:
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    here, there, guest = (story.person(name, place) for name, place in (("王芳", county), ("王芳", other), ("王菲", other)))
    story.start(story.post(here, county), "2024-01-10")
    story.start(story.post(guest, county, "executive_member"), "2024-01-10")
    rows = get(officer, "/search", q="wf").json()["rows"]
    assert [(r["id"], r["posts"][0]["organisation_name"], r["posts"][0]["role"]) for r in rows] == [
        (str(here), "南昌县妇女联合会", "chair"),
        (str(guest), "南昌县妇女联合会", "executive_member"),
    ]
    give(app, "lecturer", "lecturer", county)
    assert names(Caller(app, "lecturer"), "wf") == []
    assert str(there) in {r["id"] for r in get(Caller(app, "statistician"), "/search", q="wf").json()["rows"]}
    assert get(Caller(app, "stranger"), "/search", q="wf").status_code == 403


def test_a_new_name_is_found_from_its_date_on_and_a_merged_record_no_more(story: Story, officer: Caller, county: UUID) -> None:
    wang, double = story.person("王芳", county), story.person("王方", county)
    story.tell(wang, cadre.CadreProfileChanged(profile=cadre.Profile(person_name="汪方"), effective=day("2024-01-01")), on="2024-01-01")
    story.tell(double, cadre.CadresMerged(into=wang))
    assert names(officer, "汪方") == ["汪方"] and names(officer, "王方") == []
    assert names(officer, "王", as_of="2023-12-31") == ["王芳"]


def test_documents_are_found_by_title_and_number(story: Story, officer: Caller, county: UUID) -> None:
    dated = day("2024-01-05")
    paper = org.DocumentRegistered(kind="approval", number="南妇〔2024〕5号", title="任职批复", issuer="县委", dated=dated, organisation=county)
    story.tell(new_id(), paper)
    assert names(officer, "〔2024〕5", kinds="documents") == ["任职批复"] == names(officer, "批复", kinds="documents,people")
    for title, on in (("关于任职批复的说明", "2024-03-05"), ("任职批复附件ABC", "2024-02-05")):
        other = org.DocumentRegistered(kind="approval", number=None, title=title, issuer="县委", dated=day(on), organisation=county)
        story.tell(new_id(), other)
    assert names(officer, "任职批复", kinds="documents") == ["任职批复", "任职批复附件ABC", "关于任职批复的说明"], "the whole title first"
    assert names(officer, "任职批复", kinds="documents", limit=1) == ["任职批复"]
    assert names(officer, "abc", kinds="documents") == names(officer, "附件ABC", kinds="documents") == ["任职批复附件ABC"]


def test_signs_are_looked_for_and_not_obeyed(story: Story, officer: Caller, county: UUID) -> None:
    story.person("王芳", county)
    for q in ("%", "_", "[", "\\", "'; drop table x", "(", "*", "wang%", "王_"):
        assert names(officer, q, kinds="organisations,people,documents") == [], q
        assert get(officer, "/cadres", search=q).json()["rows"] == [], q


def test_a_question_that_is_blank_or_too_long_finds_nothing_or_is_refused(officer: Caller, county: UUID) -> None:
    assert names(officer, "  ") == []
    assert get(officer, "/search", q="a" * 51).status_code == 422
    assert get(officer, "/search", q="a" * 50).json()["rows"] == []


def test_lists_take_pinyin_too(story: Story, officer: Caller, county: UUID) -> None:
    town = story.organisation("三江镇妇女联合会", "township", county, "360121101000")
    story.start(story.post(story.person("单芳", town), town), "2024-01-10")
    story.start(story.post(story.person("王芳", town), town, "vice_chair"), "2024-01-10")
    assert [r["full_name"] for r in get(officer, "/organisations", search="sjz").json()["rows"]] == ["三江镇妇女联合会"]
    assert [r["person_name"] for r in get(officer, "/cadres", search="shan").json()["rows"]] == ["单芳"]
    assert [r["person_name"] for r in get(officer, "/reports/roster", search="wf").json()["rows"]] == ["王芳"]


def test_namesakes_are_told_apart_by_reading_organisation_and_place(story: Story, officer: Caller, county: UUID, province: UUID) -> None:
    town = story.organisation("东新乡妇女联合会", "township", county)
    village = story.organisation("东新乡大洲村妇女联合会", "village", town)
    other = story.organisation("进贤县妇女联合会", "county", province)
    first, hers, away = (story.person("王梅", home) for home in (county, county, other))
    story.person("匡梅", county)  # 匡 is read wang too, though hardly ever
    story.start(story.post(hers, village), "2024-01-01")

    def ids(q: str, **asked: Any) -> list[str]:
        return [r["id"] for r in get(officer, "/search", q=q, kinds="people", **asked).json()["rows"]]

    assert names(officer, "wangmei", kinds="people") == ["王梅", "王梅", "匡梅"]
    assert ids("wangmei", near=str(village))[0] == str(hers) == ids("王梅", near=str(village), limit=1)[0]
    assert ids("王梅 大洲") == ids("wangmei dazhou") == ids("王梅　东新乡") == [str(hers)] and ids("王梅 没有的地方") == []
    assert str(away) not in ids("王梅 进贤"), "outside her area"
    assert set(ids("wang mei")) >= {str(first), str(hers)}, "a blank between two syllables is none"
