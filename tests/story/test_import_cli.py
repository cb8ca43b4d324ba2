"""`halfsky import` against a running system: every kind of workbook, tried, written, and refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.files.making import book, person
from tests.story.county import PLACES, Account, County, ago, eventually, ok

ORGANISATION = ("组织全称", "简称", "上级组织", "层级", "成立时间", "主席职数", "副主席职数", "执委职数")
UNIT = "新建村妇联"


def bring(county: County, folder: Path, kind: str, data: bytes, *more: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, the import as it stands, and what was said."""
    file = folder / f"{kind}.xlsx"
    file.write_bytes(data)
    run = county.command_line("import", kind, str(file), "360121000000", "--json", *more)
    return run.returncode, json.loads(run.stdout) if run.stdout.startswith("{") else {}, run.stderr


def test_every_kind_of_workbook_comes_in_by_the_command_line(county: County, reviewer: Account, tmp_path: Path) -> None:
    town = ok(county.county.send("GET", "org", f"/organisations/{PLACES['township']}"))["full_name"]
    unit = book([[f"{town.removesuffix('妇女联合会')}新建村妇女联合会", UNIT, town, "村", "2020-03-08", 1, 2, 15]], ORGANISATION, "组织")
    status, tried, _ = bring(county, tmp_path, "organisations", unit, "--dry-run")
    assert (status, tried["state"], tried["counts"]["add"]) == (0, "checked", 1)
    status, made, _ = bring(county, tmp_path, "organisations", unit)
    assert (status, made["id"], made["counts"]["applied"]) == (0, tried["id"], 1)

    status, opened, _ = bring(county, tmp_path, "opening", book([person("测试甲", "主席", unit=UNIT), person("测试乙", unit=UNIT)]))
    assert (status, opened["counts"]["applied"]) == (0, 2), opened  # org's newest organisation was known at once
    status, told, _ = bring(county, tmp_path, "profiles", book([person("测试甲", unit=UNIT, 文化程度="本科")], title="资料"))
    assert (status, told["counts"]["change"]) == (0, 1)

    roster = book([person("测试丙", born="1990-05", unit=UNIT)], title="换届")
    assert "审定的党组织" in bring(county, tmp_path, "roster", roster)[2]
    decision = ("--authority", "中共县委", "--decided-on", "2025-12-01")
    assert "另一人" in bring(county, tmp_path, "roster", roster, *decision)[2]
    paper = {"kind": "approval", "number": "县妇字〔2026〕3号", "title": "批复", "issuer": "县妇联", "dated": "2026-01-02",
             "organisation": str(PLACES["county"])}  # fmt: skip
    document = str(ok(county.county.send("POST", "org", "/documents", json=paper))["id"])
    status, elected, _ = bring(county, tmp_path, "roster", roster, *decision, "--approver", "provincial", "--document", document)
    assert (status, elected["counts"]["applied"]) == (0, 1)
    rows = ok(county.county.send("GET", "projection", "/reports/roster", params={"area": str(PLACES["township"])}))["rows"]
    assert {(r["person_name"], r["degree"]) for r in rows if r["person_name"].startswith("测试")} >= {("测试甲", "bachelor"), ("测试丙", "associate")}


def test_a_roster_over_a_term_that_has_run_out_renews_it_in_every_service_and_takes_it_back(
    county: County, reviewer: Account, tmp_path: Path
) -> None:
    town, name = ok(county.county.send("GET", "org", f"/organisations/{PLACES['township']}"))["full_name"], "换届村妇联"
    unit = book([[f"{town.removesuffix('妇女联合会')}换届村妇女联合会", name, town, "村", "2020-03-08", 1, 2, 15]], ORGANISATION, "组织")
    bring(county, tmp_path, "organisations", unit)
    here = next(e.stream for e in county.events("org") if e.data.get("short_name") == name)
    former = county.township.do("org", "/terms", organisation=str(here), starts_on="2020-03-08", term_months=60)
    began, held = {"unit": name, "since": "2020-03-08"}, {"unit": name, "since": "2026-01-20"}
    old = book([person("换届甲", "主席", "1980-05", **began), person("换届乙", born="1981-05", **began)])
    assert bring(county, tmp_path, "opening", old)[1]["counts"]["applied"] == 2

    def seated(day: str) -> set[tuple[str, str]]:
        rows = county.provincial.get("projection", "/reports/roster", area=str(here), as_of=day)["rows"]
        return {(r["person_name"], r["role"]) for r in rows}

    def terms() -> list[tuple[Any, ...]]:
        rows = county.provincial.get("projection", "/terms", organisation=str(here))["rows"]
        return sorted((r["term_no"], r["starts_on"], r["ended_on"]) for r in rows)

    before = seated(ago(0)), terms()
    new = book([person("换届乙", "主席、执委", "1981-05", **held), person("换届丙", born="1990-05", **held)])
    paper = {"kind": "approval", "number": "县妇字〔2026〕4号", "title": "批复", "issuer": "县妇联", "dated": "2026-01-02",
             "organisation": str(PLACES["county"])}  # fmt: skip
    document = str(ok(county.county.send("POST", "org", "/documents", json=paper))["id"])
    decision = ("--authority", "中共县委", "--decided-on", "2026-01-01", "--approver", "provincial", "--document", document)
    status, made, _ = bring(county, tmp_path, "roster", new, *decision)
    assert (status, made["counts"]["applied"]) == (0, 2) and "原班子 2 人自 2026-01-20 起离任，其中 1 人连任" in made["notes"][0]["message"]["zh-CN"]
    eventually(lambda: terms() == [(1, "2020-03-08", "2026-01-20"), (2, "2026-01-20", None)])
    assert seated("2026-01-19") == before[0] == {("换届甲", "chair"), ("换届乙", "executive_member")}
    assert seated(ago(0)) == {("换届乙", "chair"), ("换届丙", "executive_member")}

    ok(county.provincial.post("cadre", f"/imports/{made['id']}/revocation", {"why": "传错了"}))
    eventually(lambda: (seated(ago(0)), terms()) == before)
    assert ok(county.township.send("GET", "org", f"/terms/{former}"))["ended_on"] is None


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    (("nonsense", b"", "导入类型应为"), ("opening", b"", "文件是空的"), ("opening", b"PK\x03\x04", "文件损坏")),
)
def test_what_cannot_be_taken_in_is_said_in_both_languages_and_ends_with_one(
    county: County, tmp_path: Path, kind: str, data: bytes, said: str
) -> None:
    status, _, told = bring(county, tmp_path, kind, data)
    assert status == 1 and said in told and any(word in told for word in ("kinds", "empty", "damaged"))


def test_a_workbook_with_errors_is_shown_and_not_written(county: County, tmp_path: Path) -> None:
    file = tmp_path / "opening.xlsx"
    file.write_bytes(book([person(unit="无此村妇联")]))
    run = county.command_line("import", "opening", str(file), "360121000000")
    assert run.returncode == 1 and "organisation_unknown" in run.stdout and "没有“无此村妇联”" in run.stdout + run.stderr
