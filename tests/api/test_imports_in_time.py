"""Imports and the clock: revoked within a day or never whole, old files swept away, a check that waits for org, two at once."""
from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Timer
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre import policies
from services.org import events as org
from shared.calendar import now, today
from shared.feed import Feed
from shared.imports.drafts import Draft, Drafts, State
from shared.signing import PublishedKeys
from tests.api.cadre_given import COUNTY, TOWN, World
from tests.api.caller import Caller
from tests.api.import_given import Import, everything
from tests.api.org_world import org_world
from tests.api.test_cadre_appointments import code
from tests.files.making import book, person


def draft_of(here: World, load: Import) -> Draft:
    found: Draft = here.app.state.imports.drafts.load(UUID(load.id))
    return found


def set_back(here: World, load: Import, hours: float, *names: str) -> None:
    """As if all this had been so many hours ago."""
    draft = draft_of(here, load)
    for name in names:
        setattr(draft, name, (now() - timedelta(hours=hours)).isoformat())
    here.app.state.imports.drafts.save(draft)


def test_a_batch_says_until_when_it_can_be_taken_back_and_within_that_it_can(here):
    load = Import(here, book([person()]))
    assert (load.state["committed_at"], load.state["revocable_until"]) == (None, None)
    load.commit()
    assert load.state["revocable_until"] > load.state["committed_at"] > load.state["uploaded_at"]
    set_back(here, load, 23.9, "committed_at")
    assert load.revoke()["state"] == "revoked" and load.state["revocable_until"] is None


def test_after_a_day_nobody_takes_a_batch_back_whole_and_it_says_who_can_do_what(here):
    load = Import(here, book([person()]))
    load.commit()
    set_back(here, load, 24.1, "committed_at")
    before = everything(here)
    for who in ("county", "leader"):
        answer = here.caller(who).post(f"/imports/{load.id}/revocation", {"why": "传错了"})
        assert code(answer) == "import_too_late"
        assert "更正" in answer.json()["errors"][0]["message"]["zh-CN"] and "page of the person" in answer.json()["errors"][0]["message"]["en"]
    assert everything(here) == before and load.wait()["state"] == "committed"


def test_what_was_written_by_halves_may_be_taken_back_whenever(here, monkeypatch):
    load = Import(here, book([person(f"王{c}") for c in "甲乙丙"]))
    load.commit_by_halves(monkeypatch)
    set_back(here, load, 300, "uploaded_at", "expires_at")
    here.app.state.imports.drafts.all()
    assert load.revoke()["state"] == "revoked" and everything(here) == [[], []]


def kept(drafts: Drafts, state: State, hours: float, **more: Any) -> Path:
    """A draft with its file, uploaded so many hours ago."""
    draft = Draft.new(id=uuid4(), kind="opening", organisation=TOWN, filename="花名册.xlsx", sha256="0", only="all", uploaded_by="county",
                      uploaded_person=None, state=state, **more)
    draft.expires_at = (now() + timedelta(hours=24 - hours)).isoformat()
    drafts.save(draft)
    drafts.put(draft.id, "file.box", b"PK")
    return drafts.folder / str(draft.id)


def there(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()} if folder.exists() else set()


def test_the_clock_throws_away_what_nobody_committed_and_only_the_files_of_what_was(here, home):
    drafts = Drafts(home / "elsewhere", here.store.vault, "cadre")
    old, fresh, broken = kept(drafts, "checked", 25), kept(drafts, "checked", 23), kept(drafts, "failed", 25, begun=True)
    done, back, running = (kept(drafts, state, 25) for state in ("committed", "revoked", "committing"))
    torn = drafts.folder / str(uuid4())  # an upload that was interrupted before it had a state
    torn.mkdir()
    (torn / "file.box").write_bytes(b"sealed")
    os.utime(torn, (time.time() - 90_000,) * 2)

    drafts.sweep()
    assert there(old) == there(torn) == set()
    assert there(fresh) == there(running) == {"status.json", "file.box"}
    assert there(done) == there(back) == there(broken) == {"status.json"}


def test_the_clock_looks_through_the_folder_once_an_hour(here, home):
    drafts = Drafts(home / "elsewhere", here.store.vault, "cadre")
    drafts.sweep()  # nothing was ever uploaded
    kept(drafts, "checked", 1)
    drafts.sweep()
    old = kept(drafts, "checked", 25)
    drafts.sweep()
    assert there(old)
    os.utime(drafts.folder / ".swept", (time.time() - 3700,) * 2)
    drafts.sweep()
    assert not there(old)


@pytest.mark.parametrize("service", ("cadre", "org"))
def test_the_clock_of_each_service_sweeps(here, home, service):
    if service == "cadre":
        old = kept(Drafts(home, here.store.vault, "cadre"), "checked", 25)
        policies.due(here.store, here.app.state.views, today())
        assert not there(old)
        return
    (home / "two").mkdir()
    with org_world(home / "two") as w:
        old = kept(Drafts(home / "two", w.org.vault, "org"), "checked", 25)
        w.due(today())
        assert not there(old)


def test_a_check_right_after_an_import_of_organisations_sees_them(here):
    """As it is while feeds run: org's head is known, its newest facts come a moment later."""
    async def head() -> int:
        return here.org.recorder.max_notification_id() or 0

    async def pages(after: int, limit: int) -> list[bytes]:
        return []

    async def keys() -> dict[str, str]:
        return {}

    here.app.state.feeds.append(Feed(here.app.state.region, "org", "cadre", [], pages, head, PublishedKeys("36/org", keys), "nats://127.0.0.1:1"))
    here.pull()
    new = uuid4()
    here.org.say(new, org.OrganisationProposed(full_name="新建村妇女联合会", short_name="新建村妇联", org_type="federation", level="village",
                                               parent=TOWN, proposed_on=date(2019, 1, 1)),
                 org.OrganisationEstablished(established_on=date(2020, 1, 1)),
                 org.SeatsDefined(effective=date(2020, 1, 1), seats=(org.Seat(seat=uuid4(), role="executive_member", capacity=15),)))  # fmt: skip
    later = Timer(0.4, here.pull)
    later.start()
    load = Import(here, book([person(unit="新建村妇联")]), pull=False)
    later.join()
    assert not load.codes() - {"no_term"} and load.state["counts"]["add"] == 1, load.rows()


def test_two_browsers_that_send_the_same_file_and_commit_at_once_write_it_once(here):
    data = book([person(f"王{c}", born=f"198{i}-05") for i, c in enumerate("甲乙丙丁戊")])
    with ThreadPoolExecutor(2) as pool:
        loads = list(pool.map(lambda who: Import(here, data, by=who, pull=False), ("county", "secretary")))
        assert loads[0].id == loads[1].id and {load.state["state"] for load in loads} == {"checked"}
        answers = list(pool.map(lambda load: load.send(by="leader").status_code, loads))
    loads[0].wait()
    here.pull()
    assert sorted(answers) == [202, 422] and len(everything(here)[0]) == len(everything(here)[1]) == 5


def test_two_files_of_the_same_rows_at_once_write_them_once(here):
    """Another title, another file: both are checked before either is written."""
    rows = [person(f"王{c}", born=f"198{i}-05") for i, c in enumerate("甲乙丙丁戊")]
    loads = [Import(here, book(rows, title=title), by=who) for title, who in (("一", "county"), ("二", "secretary"))]
    assert [load.state["counts"]["add"] for load in loads] == [5, 5]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda load: load.send(by="leader"), loads))
        states = sorted(state["state"] for state in pool.map(Import.wait, loads))
    assert len(everything(here)[0]) == 5, everything(here)[0]
    assert states == ["checked", "committed"]


def test_after_a_revocation_every_view_of_the_reports_shows_what_it_showed_before(here, reports):
    Import(here, book([person("王芳", "主席", 文化程度="大专"), person("李敏", born="1985.03")])).commit()
    before = reports.known()
    assert before["people"] and before["appointments"]
    load = Import(here, book([person("王芳", "主席", 文化程度="本科", 联系电话="13800138000"), person("张丽", "副主席", "1990-01")], title="二"))
    load.commit()
    assert reports.known() != before
    load.revoke()
    assert reports.known() == before


def test_a_batch_that_adds_and_changes_the_same_person_is_taken_back_whole(here, reports):
    before = reports.known()
    rows = [person("张丽", "副主席", "1990-01"), person("张丽", "执委", "1990-01", 联系电话="13800138000", 工作单位及职务="")]
    load = Import(here, book(rows))
    assert [r["verdict"] for r in load.rows()] == ["add", "add"]
    load.commit()
    assert load.revoke()["state"] == "revoked", load.state["fault"]
    assert (everything(here), reports.known()) == ([[], []], before)


def test_a_roster_taken_back_leaves_no_change_without_a_paper(here, reports):
    load = Import(here, book([person("王芳", "主席"), person("李敏")]), "roster", authority="中共南昌县委", decided_on="2026-01-01")
    load.commit(by="leader", documents=[str(uuid4())])
    assert load.revoke()["state"] == "revoked", load.state["fault"]
    reports.pull()
    asked = Caller(reports.app, "auditor")
    assert asked.get("/audit/appointments", area=str(COUNTY), flag="missing_document").json()["rows"] == []
    told = asked.get("/audit/appointments", area=str(COUNTY)).json()["rows"]
    assert [r["kind"] for r in told].count("corrected") == 2
