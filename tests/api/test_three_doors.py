"""Three doors, one verdict: what a form, the API and a workbook say of a person is refused for the same reasons and kept as the same values."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.cadre.domain.person import Cadre
from services.console.people.profile import ACTS, read_birth
from tests.api.cadre_given import VILLAGE, World, world
from tests.api.import_given import Import
from tests.files.making import book, id_number

HEADER = ("姓名", "性别", "民族", "出生年月", "工作单位及职务", "身份证号", "联系电话", "妇联组织")
ASKED = ("姓名", "性别", "民族", "出生年月", "工作单位及职务", "身份证号", "联系电话")
SEXES = {"女": "female", "男": "male", "": ""}
FORM = {"person_name": "name_missing", "born": "date_unknown"}  # what the form says itself, before it asks the service
SAME = {"required": "name_missing",  # a workbook says of every column that has to be filled in that it is
        **dict.fromkeys(("date_short_year", "date_ambiguous", "date_impossible", "date_far_off", "date_type", "date_from_datetime_parsing",
                         "date_from_datetime_inexact"),
                        "date_unknown")}  # a workbook says what is odd about a date
WOMAN, MAN = id_number("36012119800501002"), id_number("36012119800501001")
Said = dict[str, str]
Verdict = tuple[set[str], dict[str, Any]]


def said(name: str = "王芳", **more: str) -> Said:
    return dict.fromkeys(ASKED, "") | {"姓名": name, "性别": "女"} | more


def kept(here: World, id: str) -> dict[str, Any]:
    """What is recorded of her, sealed values opened."""
    record = here.store.load(Cadre, UUID(id))[0]
    opened = {name: here.store.vault.open(sealed, UUID(id)) for name, sealed in record.sealed.items()}
    return {k: v for k, v in record.profile.model_dump().items() if v is not None} | opened


def registered(here: World, body: dict[str, Any]) -> Verdict:
    answer = here.caller("clerk").post("/cadres", body)
    if answer.status_code == 201:
        return set(), kept(here, answer.json()["id"])
    assert answer.status_code == 422, answer.json()
    return {SAME.get(e["code"], e["code"]) for e in answer.json()["errors"]}, {}


def by_api(here: World, some: list[Said]) -> list[Verdict]:
    """A birth goes as a day and how much of it is known."""
    found = []
    for s in some:
        profile: dict[str, Any] = {"person_name": s["姓名"], "sex": SEXES[s["性别"]] or None, "ethnicity": s["民族"] or None,
                                   "employer_and_post": s["工作单位及职务"] or None}
        if s["出生年月"]:
            profile |= dict(zip(("born_on", "born_precision"), read_birth(s["出生年月"]) or (s["出生年月"], "day"), strict=True))
        body = {"profile": profile, "home": str(VILLAGE), "id_number": s["身份证号"] or None, "phone": s["联系电话"] or None}
        found.append(registered(here, body))
    return found


def by_form(here: World, some: list[Said]) -> list[Verdict]:
    """The console's own form, as far as it judges, and what it sends."""
    act, found = ACTS["registration"], []
    for s in some:
        values = {"person_name": s["姓名"], "sex": SEXES[s["性别"]], "ethnicity": s["民族"], "born": s["出生年月"],
                  "employer_and_post": s["工作单位及职务"], "id_number": s["身份证号"], "phone": s["联系电话"], "home": str(VILLAGE)}
        values = {k: v.strip() for k, v in values.items()}
        lacking = {FORM[name] for name in act.check(values)}
        found.append((lacking, {}) if lacking else registered(here, act.said(values, {})))
    return found


def by_workbook(here: World, some: list[Said]) -> list[Verdict]:
    rows = [[*(s[h] for h in ASKED), "village妇联", "执委", "兼职", "2026-01"] for s in some]
    load = Import(here, book(rows, (*HEADER, "妇联职务", "专/挂/兼", "任职时间")))
    assert "fault" not in load.state or not load.state["fault"], load.state
    wrong = [{SAME.get(f["code"], f["code"]) for f in r["cells"] if f["level"] == "error"} for r in load.rows()]
    load.commit("good")
    entered = {r.row: r.person for e in here.store.history(UUID(load.id)) if e.name.endswith("RowsApplied") for r in e.fact.rows}
    return [(no, {} if no else kept(here, str(entered[r["row"]]))) for no, r in zip(wrong, load.rows(), strict=True)]


@contextmanager
def three(home: Path) -> Iterator[list[World]]:
    """Each door has a register of its own."""
    for door in ("api", "form", "file"):
        (home / door).mkdir()
    with world(home / "api") as a, world(home / "form") as b, world(home / "file") as c:
        yield [a, b, c]


def through(home: Path, *some: Said) -> list[list[Verdict]]:
    with three(home) as (a, b, c):
        return [by_api(a, list(some)), by_form(b, list(some)), by_workbook(c, list(some))]


REFUSED = {
    "emoji": said("王芳😀"), "digits": said("王芳1"), "formula": said("=1+1"), "a control character": said("王\x07芳"),
    "private": said("王\ue000"), "telephone in words": said(联系电话="一三八零零"), "several telephones": said(联系电话="13800138000、13900139000"),
    "check digit": said(身份证号=WOMAN[:-1] + ("0" if WOMAN[-1] != "0" else "1")), "short": said(身份证号=WOMAN[:-1]),
    "sex against the card": said(身份证号=MAN), "birth against the card": said(身份证号=WOMAN, 出生年月="1980-06"),
    "birth to come": said(出生年月="2099-01-01"), "people": said(民族="火星族"), "long": said(工作单位及职务="长" * 201), "nobody": said(""),
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Verdict]]:
    """Of all at once, for a register takes longer to make than to ask. Names apart, so that nobody is taken for another."""
    home = tmp_path_factory.mktemp("doors")
    some = [s | {"姓名": s["姓名"] and f"{s['姓名'][:1]}{chr(0x4e10 + n)}{s['姓名'][1:]}"} for n, s in enumerate(REFUSED.values())]
    found = list(zip(*through(home, *some, said("李好")), strict=True))
    assert found[-1][0][0] == set()
    return dict(zip(REFUSED, map(list, found), strict=False))


@pytest.mark.parametrize("what", REFUSED)
def test_what_one_door_refuses_all_refuse_for_the_same_reasons(what, refusals):
    api, form, file = (codes for codes, _ in refusals[what])
    assert api and api == form == file


KEPT: dict[str, tuple[Said, dict[str, Any]]] = {
    "blanks": (said(" 王　芳 "), {"person_name": "王芳"}), "radicals": (said("⽣⽉⼥⻢"), {"person_name": "生月女马"}),
    **{f"dot {dot}": (said(f"古丽{n}{dot}买买提"), {"person_name": f"古丽{n}·买买提"})
       for n, dot in zip("甲乙丙丁戊己庚", ("·", "•", "⋅", "･", "˙", ".", " · "), strict=True)},
    "compatibility": (said("王\uf9dc"), {"person_name": "王隆"}),
    "newer Unicode": (said("王\U0002EBF0\U00031350"), {"person_name": "王\U0002EBF0\U00031350"}),
    "letters": (said("Ｍａｒｙ Smith"), {"person_name": "Mary Smith"}), "people": (said("李甲", 民族="汉"), {"ethnicity": "汉族"}),
    "telephone": (said("李乙", 联系电话="+86 138-0013-8000"), {"phone": "13800138000"}), "no telephone": (said("李丙", 联系电话="无"), {}),
    "card": (said("李丁", 身份证号=id_number("36012119800501002")),
             {"sex": "female", "born_on": date(1980, 5, 1), "born_precision": "day", "id_number": id_number("36012119800501002")}),
    "card and month": (said("李戊", 出生年月="1981-05", 身份证号=id_number("36012119810502002").lower()),
                       {"born_on": date(1981, 5, 2), "born_precision": "day", "id_number": id_number("36012119810502002")}),
    "month": (said("李己", 出生年月="1980.05"), {"born_on": date(1980, 5, 1), "born_precision": "month"}),
    "old": (said("李庚", 出生年月="1901-02-03"), {"born_on": date(1901, 2, 3), "born_precision": "day"}),
    "work": (said("李辛", 工作单位及职务="　村（社区）Ａ１ "), {"employer_and_post": "村（社区）A1"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Verdict]]:
    found = list(zip(*through(tmp_path_factory.mktemp("doors"), *(s for s, _ in KEPT.values())), strict=True))
    return dict(zip(KEPT, map(list, found), strict=True))


@pytest.mark.parametrize("what", KEPT)
def test_what_is_said_is_kept_as_the_same_value_whichever_door_it_came_by(what, values):
    api, form, file = values[what]
    assert api == form == file and not api[0], (api, form, file)
    plain = {"sex": "female"} | ({"person_name": KEPT[what][0]["姓名"]} if KEPT[what][0]["姓名"].startswith("李") else {})
    assert api[1] == plain | KEPT[what][1]


NAMES = ("古丽{}买买提", "王{}", "⽣⽉{}", "欧阳 {}", "{}", "Ｍary {}", "王{}😀", "=1+1", "王{}3", "\U0002EBF0{}", "  ", "王\u200b{}", "阿·{}")
PHONES = ("", "13800138000", "一三八零零", "0791-88888888", "+86 138 0013 8000", "138001380", "无", "12338", "８６１３８００１３８０００", "call me")
BIRTHS = ("", "1980", "1980-05", "1980.05.03", "1980年5月3日", "80.5", "1980.1", "1980-13", "2009-01-01", "1890-02", "2099-01-01", "不详", "19800503")
CARDS = ("", "", "{}", "{}", "{}1", "***", "36012119800503", "360121800503123")
WORK = ("", "农民", "ＡＢ（１）", "长" * 300, "=1+1")


def random_person(r: Random, n: int) -> Said:
    def one(some: tuple[str, ...]) -> str:
        return r.choice(some if r.random() < 0.4 else some[:2])

    given = f"{chr(0x4e10 + n)}{r.choice('芳丽静')}"
    born = one(("19800503", "19800501", "20090101", "19800231"))
    number = id_number(f"{r.choice(('360121', '990121'))}{born}{n:03}"[:17])
    return {"姓名": one(NAMES).format(given), "性别": r.choice(("女", "女", "男")), "民族": one(("", "汉", "畲族", "火星族", "汉 族")),
            "出生年月": one(BIRTHS), "工作单位及职务": one(WORK), "身份证号": one(CARDS).format(number), "联系电话": one(PHONES)}


def agree(api: Verdict, form: Verdict, file: Verdict) -> bool:
    """A form that lacks a name or a date is not sent, nor is a body read whose date is none: then the others faults are not told yet."""
    early = [codes for codes, _ in (api, form) if codes & {*FORM.values()}]
    return api[1] == form[1] == file[1] and all(codes <= file[0] for codes in early) and all(
        codes == file[0] for codes, _ in (api, form) if codes not in early)


@pytest.mark.parametrize("seed", range(2))
def test_random_people_get_one_verdict_and_one_value_at_three_doors(seed, tmp_path):
    r = Random(seed)
    some = [random_person(r, n) for n in range(90)]
    api, form, file = through(tmp_path, *some)
    wrong = [(s, *found) for s, *found in zip(some, api, form, file, strict=True) if not agree(*found)]
    assert not wrong, wrong[:3]
    assert 15 < sum(not codes for codes, _ in api) < 80
