"""A workbook taken in: tried first, then written by the same code, once, and taken back whole."""
from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest

from shared.imports.drafts import Draft, Drafts
from tests.api.cadre_given import CHAIR, COUNTY, World, on
from tests.api.caller import give
from tests.api.import_given import Import, everything
from tests.api.test_cadre_appointments import code
from tests.files.making import book, id_number, person

DECISION: dict[str, Any] = {"authority": "中共南昌县委", "decided_on": "2026-01-01"}
PAPER: dict[str, Any] = {"documents": [str(uuid4())]}


def test_a_first_load_is_tried_then_written_then_taken_back_without_a_trace(here):
    before = everything(here)
    load = Import(here, book([person("王芳", "主席"), person("李敏", "执委", "1985.03")]))
    assert load.state["state"] == "checked"
    assert load.state["counts"] == {"rows": 2, "add": 2, "change": 0, "same": 0, "warn": 0, "error": 0}
    assert everything(here) == before

    assert load.commit()["state"] == "committed"
    assert load.state["counts"]["applied"] == 2
    assert len(everything(here)[0]) == 2

    assert load.revoke()["state"] == "revoked"
    assert everything(here) == before


def test_the_same_file_twice_is_one_import(here):
    data = book([person()])
    load = Import(here, data)
    load.commit()
    after = everything(here)

    twice = Import(here, data)
    assert (twice.id, twice.state["state"]) == (load.id, "committed")
    assert code(twice.send()) == "import_done"
    assert everything(here) == after


def test_after_it_was_revoked_the_same_file_may_come_again(here):
    data = book([person()])
    first = Import(here, data)
    first.commit()
    first.revoke()

    again = Import(here, data)
    assert again.id != first.id and again.commit()["state"] == "committed"
    assert len(everything(here)[0]) == 1


def test_another_file_with_the_same_rows_changes_nothing(here):
    Import(here, book([person("王芳", "主席")])).commit()
    again = Import(here, book([person("王芳", "主席")], title="又一份"))
    assert again.state["counts"] | {"warn": 0} == {"rows": 1, "add": 0, "change": 0, "same": 1, "warn": 0, "error": 0}


def test_a_later_file_changes_what_it_says_otherwise_and_shows_old_and_new(here):
    Import(here, book([person("王芳", "主席")])).commit()
    before = everything(here)
    later = Import(here, book([person("王芳", "主席", 文化程度="本科", 联系电话="13800138000")]))
    assert [r["verdict"] for r in later.rows()] == ["change"]
    assert {(c["title"], c["old"], c["new"]) for c in later.rows()[0]["changes"]} == {("文化程度", "大专", "本科"), ("联系电话", "", "有变化")}

    later.commit()
    assert Import(here, book([person("王芳", "主席", 文化程度="本科", 联系电话="13800138000")], title="三")).state["counts"]["same"] == 1
    later.revoke()
    assert everything(here) == before
    assert Import(here, book([person("王芳", "主席", 联系电话="13800138000")], title="四")).state["counts"]["change"] == 1


def test_what_a_void_change_said_of_a_telephone_is_not_hers_any_more(here):
    Import(here, book([person("王芳", 联系电话="13800138000")])).commit()
    wrong = Import(here, book([person("王芳", 联系电话="13900139000")]))
    wrong.commit()
    wrong.revoke()
    assert Import(here, book([person("王芳", 联系电话="13800138000")], title="二")).state["counts"]["same"] == 1


def test_every_error_of_every_cell_is_told_at_once_and_nothing_is_written(here):
    bad = person("王芳", "主席", 1980.1, 性别="妇", 文化程度="大本", 联系电话="1380013800", 妇联组织="南河村妇联")
    load = Import(here, book([bad, person("李敏")]))
    assert load.codes() == {"date_ambiguous", "sex_unknown", "degree_unknown", "phone_invalid", "organisation_unknown"}
    [row] = load.rows("error")
    assert {c["cell"] for c in row["cells"]} == {"C3", "E3", "G3", "M3", "O3"}
    assert next(c for c in row["cells"] if c["field"] == "degree")["nearest"]
    assert code(load.send("all")) == "import_has_errors"

    load.commit("good")
    assert [p for p in everything(here)[0] if "王芳" in p] == [] and len(everything(here)[0]) == 1


def test_her_own_workbook_comes_back_with_red_cells_notes_and_a_column_of_errors(here):
    load = Import(here, book([person("王芳", "主席", 1980.1), person("李敏")]))
    answer = here.caller("county").get(f"/imports/{load.id}/workbook")
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["花名册"]
    assert page["E3"].fill.fgColor.rgb.endswith("FFC7CE") and "10 月" in page["E3"].comment.text
    assert page.cell(2, 16).value == "错误" and "10 月" in page.cell(3, 16).value and page.cell(4, 16).value is None
    assert page["A1"].value == "执委花名册"


def test_no_id_number_or_telephone_is_ever_given_back_whole(here):
    number = id_number("36012119800503004")
    load = Import(here, book([person(身份证号=number, 联系电话="1380013800012")]))
    answer = here.caller("county").get(f"/imports/{load.id}/rows").text
    assert "1380013800012" not in answer and number not in answer


def test_a_seat_too_many_is_a_warning_in_a_first_load_and_an_error_in_a_roster(here):
    rows = [person("王芳", "主席"), person("李敏", "主席", "1981-02")]
    assert [r["verdict"] for r in Import(here, book(rows)).rows()] == ["add", "warn"]
    roster = Import(here, book(rows), "roster", **DECISION)
    assert [r["verdict"] for r in roster.rows()][1] == "error" and "two_chairs" in roster.codes()


def test_a_roster_needs_the_party_decision_a_second_person_and_the_paper(here):
    assert code(Import(here, book([person()]), "roster").answer) == "decision_missing"
    roster = Import(here, book([person("王芳", "执委"), person("王芳", "主席")]), "roster", by="secretary", **DECISION)
    assert roster.state["counts"]["add"] == 2, roster.rows()
    assert code(roster.send(by="secretary", **PAPER)) == "approved_by_proposer"
    assert code(roster.send(by="leader")) == "document_missing"
    body = {"digest": roster.state["digest"], "only": "all", "acknowledged": sorted(roster.codes())}
    rehearse = partial(here.caller("leader").post, f"/imports/{roster.id}/commit", dry_run="true")
    assert code(rehearse(body)) == "document_missing" and rehearse({**body, **PAPER}).json()["rehearsed"]
    assert roster.wait()["state"] == "checked", "nothing was set off"
    assert roster.commit(by="leader", **PAPER)["state"] == "committed"

    steps = [e["fact"] for e in here.caller("leader").get(f"/appointments/{held(here)}").json()["events"]]
    assert steps == [f"cadre.Appointment{s}" for s in ("Proposed", "PartyReviewed", "Elected", "Started")]


def held(here: World) -> str:
    from services.cadre.domain.seat import SeatClaim

    return str(next(iter(here.store.load(SeatClaim, CHAIR)[0].holds)))


def test_somebody_without_the_right_neither_uploads_nor_commits_nor_looks(here):
    assert Import(here, book([person()]), by="stranger").answer.status_code == 403
    load = Import(here, book([person()]), by="clerk")
    assert load.send(by="clerk").status_code == 403
    assert here.caller("stranger").get(f"/imports/{load.id}").status_code == 403


def test_warnings_must_be_read_kind_by_kind(here):
    load = Import(here, book([person(born="1910-05")]))
    assert load.codes() == {"age_unusual"}
    body = {"digest": load.state["digest"], "only": "all", "acknowledged": []}
    assert code(here.caller("county").post(f"/imports/{load.id}/commit", body)) == "import_warnings_unread"


def test_commit_writes_nothing_when_the_data_changed_so_that_the_verdicts_do(here):
    here.person("王芳", profile={"person_name": "王芳", "sex": "female", "born_on": "1980-05-03"})
    load = Import(here, book([person("王芳", "主席")]), "roster", **DECISION)
    here.started(here.person("赵丽", profile={"person_name": "赵丽", "born_on": "1979-01-01"}))
    here.pull()
    before = everything(here)
    assert load.commit(by="leader", **PAPER)["fault"]["code"] == "import_digest_stale"
    assert load.state["state"] == "checked" and load.rows()[0]["verdict"] == "error"
    assert everything(here) == before


def test_a_batch_that_later_facts_build_upon_stays_whole(here):
    load = Import(here, book([person("王芳", "主席", since=on(-40)), person("李敏")]))
    load.commit()
    here.ok(here.caller("leader").post(f"/appointments/{held(here)}/relief", {"effective": on(0), "end_reason": "resigned"}))
    here.pull()
    before = everything(here)
    state = load.revoke()
    assert (state["state"], state["fault"]["code"]) == ("committed", "import_built_upon")
    assert [e["row"] for e in state["fault"]["errors"]] == ["花名册!3"] and everything(here) == before


def test_namesakes_are_asked_about_and_the_choice_is_kept(here):
    hers = {"person_name": "王芳", "sex": "female", "born_on": "1980-05-01", "born_precision": "month"}
    one, _ = here.person("王芳", profile=hers), here.person("王芳", profile=hers)
    load = Import(here, book([person("王芳", "主席")]))
    [row] = load.rows("error")
    assert row["cells"][0]["code"] == "namesakes" and len(row["candidates"]) == 2
    load.again(**{"花名册!3": one})
    load.commit()
    assert f"{one.replace('-', '')}" in str(everything(here)[1]).replace("-", "")
    assert len(everything(here)[0]) == 2


def test_the_template_is_for_the_callers_area_and_reads_back_as_empty(here):
    answer = here.caller("county").get("/imports/template", kind="roster", organisation=str(next(iter(here.app.state.access.index.tree))))
    names = openpyxl.load_workbook(io.BytesIO(answer.content))["单位名录"]
    assert {c.value for c in names["A"]} >= {"village妇联", "township妇联"}
    empty = Import(here, answer.content)
    assert (empty.state["state"], empty.state["fault"]["code"]) == ("failed", "file_no_rows")


def test_only_somebody_of_that_name_in_the_area_can_be_chosen(here):
    other = here.person("赵丽", profile={"person_name": "赵丽", "born_on": "1979-01-01"})
    load = Import(here, book([person("王芳", "主席")]))
    load.again(**{"花名册!3": other})
    assert load.codes() == {"unknown_cadre"}


def test_when_two_press_commit_at_once_the_rows_are_written_once(here):
    load = Import(here, book([person(f"王{c}") for c in "甲乙丙丁戊"]))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: load.send(by=who).status_code, ("county", "leader")))
    load.wait()
    assert sorted(answers) == [202, 422] and len(everything(here)[0]) == 5


def test_a_commit_that_was_cut_off_goes_on_where_it_was(here, monkeypatch):
    load = Import(here, book([person(f"王{c}") for c in "甲乙丙丁戊己"]))
    load.commit_by_halves(monkeypatch)
    assert len(everything(here)[0]) == 2
    assert load.commit()["state"] == "committed"
    assert len(everything(here)[0]) == len(everything(here)[1]) == 6
    load.revoke()
    assert everything(here) == [[], []]


def test_what_a_restart_interrupted_is_taken_up_by_whoever_looks(here):
    load = Import(here, book([person("王芳")]))
    desk = here.app.state.imports
    draft = desk.drafts.load(UUID(load.id))
    draft.state, draft.committed_by = "committing", load.state["uploaded_by"]
    draft.acting = {"actor": load.state["uploaded_by"], "documents": []}
    desk.drafts.save(draft)
    assert load.wait()["state"] == "committed" and len(everything(here)[0]) == 1


def test_a_check_that_died_is_taken_up_once_and_then_has_failed(here):
    load = Import(here, book([person("王芳")]))
    desk = here.app.state.imports

    def died() -> Draft:
        draft: Draft = desk.drafts.load(UUID(load.id))
        draft.state, draft.acting = "checking", {"actor": load.state["uploaded_by"], "documents": []}
        desk.drafts.save(draft)
        return draft

    died()
    assert load.wait()["state"] == "checked"
    assert died().resumed == 1  # as if that attempt had ended the process too
    assert load.wait()["state"] == "failed" and load.state["fault"]["code"] == "import_check_died"
    assert load.again()["state"] == "checked" and desk.drafts.load(UUID(load.id)).resumed == 0


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    save = Drafts.save

    def slowly(drafts: Drafts, draft: Draft) -> None:
        sleep(0.3)
        save(drafts, draft)

    monkeypatch.setattr(Drafts, "save", slowly)


def test_who_sees_that_a_check_has_ended_finds_it_written(here, slow_disk):
    load = Import(here, book([person("王芳")]))
    assert here.app.state.imports.drafts.load(UUID(load.id)).state == load.state["state"] == "checked"


def test_the_uploaded_file_lies_sealed_and_goes_after_a_day(here, home):
    load = Import(here, book([person("王芳")]))
    folder = home / "imports" / "cadre" / load.id
    assert {p.name for p in folder.iterdir()} == {"status.json", "file.box", "rows.box"}
    assert not any("王芳".encode() in p.read_bytes() for p in folder.iterdir()) and b"PK\x03\x04" not in (folder / "file.box").read_bytes()
    desk = here.app.state.imports
    draft = desk.drafts.load(UUID(load.id))
    draft.expires_at = "2020-01-01T00:00:00+00:00"
    desk.drafts.save(draft)
    assert here.caller("county").get("/imports").json()["imports"] == [] and not folder.exists()


def test_how_she_works_need_not_be_said_again_of_a_post_she_holds(here):
    Import(here, book([person("王芳", "主席")])).commit()
    again = Import(here, book([person("王芳", "主席", how=""), person("李敏", how="")], title="二"))
    assert [r["verdict"] for r in again.rows()] == ["same", "error"] and again.codes() == {"engagement_missing"}


def test_a_commit_sent_the_moment_the_check_has_ended_is_carried_out(here, slow_disk):
    assert Import(here, book([person()])).commit()["state"] == "committed"


def test_who_decides_on_a_file_sees_it_and_who_has_no_part_in_it_does_not(here):
    roster = Import(here, book([person("王芳", "主席")]), kind="roster", by="clerk", **DECISION)
    reviewer = here.caller("leader")
    assert [i["id"] for i in reviewer.get("/imports", state="checked").json()["imports"]] == [roster.id]
    assert reviewer.get("/imports", state="committed").json()["imports"] == []
    assert reviewer.get(f"/imports/{roster.id}").status_code == reviewer.get(f"/imports/{roster.id}/rows").status_code == 200
    give(here.app, "reader", "statistician", COUNTY)
    give(here.app, "elsewhere", "reviewer", uuid4())
    assert {here.caller("reader").get(p).status_code for p in ("/imports", f"/imports/{roster.id}")} == {403}
    assert here.caller("elsewhere").get("/imports").json()["imports"] == []
    assert here.caller("elsewhere").get(f"/imports/{roster.id}").status_code == 403


def test_an_upload_of_which_nothing_was_written_can_be_discarded_and_is_gone(here):
    failed, wrong = Import(here, book([["王芳", "女"]], None)), Import(here, book([person(born="80.5")]))
    assert (failed.state["state"], wrong.state["state"]) == ("failed", "checked")
    for load in (failed, wrong):
        assert here.caller("clerk").post(f"/imports/{load.id}/discard", {}).status_code == 403
        here.ok(here.caller("county").post(f"/imports/{load.id}/discard", {}))
        assert here.caller("county").get(f"/imports/{load.id}").status_code == 404
    assert here.caller("county").get("/imports").json()["imports"] == []


def test_what_was_written_is_not_discarded(here):
    load = Import(here, book([person()]))
    load.commit()
    assert code(here.caller("county").post(f"/imports/{load.id}/discard", {})) == "import_done"
    assert here.caller("county").get(f"/imports/{load.id}").json()["state"] == "committed"
