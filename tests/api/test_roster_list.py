"""The roster as a paged list: filters, orders, pages, the count, one row a person and organisation (K2)."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.cadre import events as cadre
from services.projection.api import holders
from services.projection.api.asking import FEW
from shared.fact import new_id
from tests.api.caller import Caller
from tests.views.asking import EITHER, get
from tests.views.story import Story, day

pytestmark = EITHER


@pytest.fixture
def town(story: Story, county: UUID) -> UUID:
    return story.organisation("莲塘镇妇女联合会", "township", county, "360121100000")


def roster(caller: Caller, **asked: Any) -> dict[str, Any]:
    answer = get(caller, "/roster", as_of="2026-11-01", **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(caller: Caller, **asked: Any) -> list[str]:
    return [row["person_name"] for row in roster(caller, **asked)["rows"]]


@pytest.fixture
def people(story: Story, county: UUID, town: UUID) -> dict[str, UUID]:
    profiles: dict[str, dict[str, Any]] = {
        "李梅": {"born_on": "1970-05-01", "degree": "bachelor", "political": "cpc", "population": "federation_cadre"},
        "单芳": {"born_on": "1995-05-01", "degree": "associate", "political": "masses", "population": "lay"},
        "丁香": {"born_on": "1985-12-31", "degree": "bachelor", "political": "cpc", "population": "lay"},
        "魏红": {"population": "lay", "sex": "male"},
    }
    made = {name: story.person(name, county, **profile) for name, profile in profiles.items()}
    story.start(story.post(made["李梅"], county, "chair"), "2020-01-01")
    story.start(story.post(made["李梅"], county, "executive_member"), "2020-01-01")
    story.start(story.post(made["单芳"], town, "chair", engagement="part_time"), "2024-03-01")
    story.start(story.post(made["魏红"], town, "executive_member", engagement="part_time"), "2021-03-01")
    story.start(story.post(made["丁香"], town, "executive_member", engagement="part_time"), "2022-03-01")
    story.term(county, "2022-01-01", 60, "2027-01-01")
    story.term(town, "2021-06-01", 60, "2026-06-01")
    return made


def test_a_person_is_one_row_an_organisation_with_her_highest_office_first(officer: Caller, people: dict[str, UUID], county: UUID) -> None:
    found = roster(officer)
    assert found["total"] == 4 and found["cursor"] is None
    assert [(r["organisation_name"], r["person_name"], r["roles"]) for r in found["rows"]] == [
        ("南昌县妇女联合会", "李梅", ["chair", "executive_member"]),
        ("莲塘镇妇女联合会", "单芳", ["chair"]),
        ("莲塘镇妇女联合会", "丁香", ["executive_member"]),
        ("莲塘镇妇女联合会", "魏红", ["executive_member"]),
    ]
    first = found["rows"][0]
    assert (first["age"], first["newly_appointed"], first["has_phone"], len(first["appointments"])) == (56, True, False, 2)
    assert {k: first["term"][k] for k in ("term_no", "due_on", "state")} == {"term_no": 1, "due_on": "2027-01-01", "state": "due"}


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"search": "梅"}, ["李梅"]),
    ({"search": "shan"}, ["单芳"]),
    ({"search": "df"}, ["单芳"]),
    ({"role": "chair"}, ["李梅", "单芳"]),
    ({"role": ["chair", "executive_member"], "engagement": "part_time"}, ["单芳", "丁香", "魏红"]),
    ({"role": "chair", "engagement": "part_time"}, ["单芳"]),
    ({"sex": "male"}, ["魏红"]),
    ({"degree": "bachelor"}, ["李梅", "丁香"]),
    ({"political": "cpc", "population": "lay"}, ["丁香"]),
    ({"age": "age_le_35"}, ["单芳"]),
    ({"age": "age_36_45"}, ["丁香"]),
    ({"age": "age_51_60"}, ["李梅"]),
    ({"age": "age_unknown"}, ["魏红"]),
    ({"missing": "degree"}, ["魏红"]),
    ({"missing": "phone"}, ["李梅", "单芳", "丁香", "魏红"]),
    ({"term": "due"}, ["李梅"]),
    ({"term": "overdue"}, ["单芳", "丁香", "魏红"]),
    ({"term": "none"}, []),
    ({"level": "township"}, ["单芳", "丁香", "魏红"]),
    ({"org_type": "organ_committee"}, []),
    ({"area": "360121100000", "sex": "female"}, ["单芳", "丁香"]),
    ({"sort": "name"}, ["丁香", "李梅", "单芳", "魏红"]),
    ({"sort": "age"}, ["单芳", "丁香", "李梅", "魏红"]),
    ({"sort": "-age"}, ["李梅", "丁香", "单芳", "魏红"]),
    ({"sort": "starts_on"}, ["李梅", "魏红", "丁香", "单芳"]),
    ({"sort": "-starts_on"}, ["单芳", "丁香", "魏红", "李梅"]),
]


@pytest.mark.parametrize(("few", "short"), [(FEW, holders.SHORT), (FEW, 0), (0, 0)])
def test_it_is_filtered_and_sorted(
    officer: Caller, people: dict[str, UUID], monkeypatch: pytest.MonkeyPatch, few: int, short: int
) -> None:
    """The same for a county, sorted at once, and for a province, read part by part."""
    monkeypatch.setattr(holders, "FEW", few)
    monkeypatch.setattr(holders, "SHORT", short)
    monkeypatch.setattr(holders, "FIRST", 1)
    for asked, expected in CASES:
        assert names(officer, **asked) == expected, asked
        total = get(officer, "/roster/total", as_of="2026-11-01", **{k: v for k, v in asked.items() if k != "sort"})
        assert total.json()["total"] == len(expected), asked


@pytest.mark.parametrize(("few", "short"), [(FEW, holders.SHORT), (FEW, 0), (0, 0)])
def test_pages_follow_each_other_without_gap_or_repetition(
    officer: Caller, people: dict[str, UUID], monkeypatch: pytest.MonkeyPatch, few: int, short: int
) -> None:
    monkeypatch.setattr(holders, "FEW", few)
    monkeypatch.setattr(holders, "SHORT", short)
    monkeypatch.setattr(holders, "FIRST", 1)
    for sort, limit in product(("default", "name", "-age"), (1, 2, 3)):
        whole = names(officer, sort=sort)
        found, cursor, pages = [], None, list[list[object]]()
        while True:
            page = roster(officer, sort=sort, limit=limit, **({"cursor": cursor} if cursor else {}))
            found += [r["person_name"] for r in page["rows"]]
            pages.append(page["rows"])
            cursor = page["cursor"]
            if not cursor:
                break
        assert found == whole, (sort, limit)
        for expected in reversed(pages[:-1]):  # and back again, page by page, numbers and all
            page = roster(officer, sort=sort, limit=limit, cursor=page["previous"])
            assert page["rows"] == expected, (sort, limit)
        assert page["previous"] is None


def test_sealed_values_are_only_said_to_be_there(story: Story, officer: Caller, county: UUID) -> None:
    id = new_id()
    event = story.tell(id, cadre.CadreRegistered(profile=cadre.Profile(person_name="王芳", sex="female"), home=county))
    event.data["phone"] = {"subject": str(id), "box": "ciphertext", "bound": "cadre"}
    story.start(story.post(id, county), "2024-01-01")
    row = roster(officer)["rows"][0]
    assert (row["has_phone"], row["has_id_number"]) == (True, False)
    assert "ciphertext" not in get(officer, "/roster").text
    assert names(officer, missing="phone") == [] and names(officer, missing="id_number") == ["王芳"]


def test_another_office_and_a_stranger_see_nothing_of_it(app: FastAPI, story: Story, officer: Caller, people: dict[str, UUID], county: UUID) -> None:
    other = story.organisation("进贤县妇女联合会", "county", None, "360124000000")
    story.start(story.post(story.person("外人", other), other), "2024-01-01")
    assert "外人" not in names(officer) and names(officer, organisation=str(other)) == []
    assert get(officer, "/roster", area="360124").status_code == 403 == get(officer, "/roster/total", area="360124").status_code
    assert get(Caller(app, "stranger"), "/roster").status_code == 403


def test_a_wrong_filter_is_refused_by_name(officer: Caller, county: UUID) -> None:
    for name, value in (("role", "queen"), ("age", "young"), ("sort", "salary"), ("term", "maybe"), ("limit", 201)):
        answer = get(officer, "/roster", **{name: value})
        assert answer.status_code == 422 and name in answer.json()["errors"][0]["pointer"], answer.text


def test_the_file_holds_the_rows_that_are_shown(officer: Caller, people: dict[str, UUID]) -> None:
    text = get(officer, "/roster", as_of="2026-11-01", degree="bachelor", format="csv").content.decode("utf-8-sig")
    assert [name in text for name in ("李梅", "丁香", "单芳", "魏红")] == [True, True, False, False]


def test_as_of_an_earlier_date_the_holders_of_that_date_are_shown(story: Story, officer: Caller, people: dict[str, UUID]) -> None:
    answer = get(officer, "/roster", as_of="2021-06-30")
    assert [r["person_name"] for r in answer.json()["rows"]] == ["李梅", "魏红"]
    assert answer.json()["rows"][0]["age"] == 51 and day("2021-06-30").isoformat() == answer.json()["as_of"]
