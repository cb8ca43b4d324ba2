"""What an import may touch, and that what was shown is what is written: other areas, namesakes elsewhere, rows refused at the last moment."""
from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre import events as cadre
from services.org.domain.organisation import Organisation
from shared.calendar import today
from shared.es import Event, Meta
from shared.fact import Fact, new_id
from shared.imports.verdict import Verdict, digest_of
from shared.view import ORIGIN
from shared.workbook import Line
from tests.api.cadre_given import COUNTY, EXECUTIVES, TODAY, TOWN, World, on
from tests.api.caller import give, plant
from tests.api.import_given import Import, everything
from tests.api.org_world import World as OrgWorld
from tests.api.org_world import org_world
from tests.api.test_cadre_appointments import code
from tests.api.test_imports import DECISION, PAPER
from tests.api.test_org_imports import HEADER as ORGANISATIONS
from tests.api.test_org_imports import village
from tests.files.making import book, person

BORN = {"sex": "female", "born_on": "1980-05-01", "born_precision": "month"}
FAR = uuid4()  # another county


def known(here: World, name: str = "王芳", **more: Any) -> str:
    return here.person(name, profile={"person_name": name, **BORN, **more.pop("profile", {})}, **more)


def degree(here: World, id: str) -> str | None:
    found: str | None = here.caller("clerk").get(f"/cadres/{id}").json()["profile"].get("degree")
    return found


@pytest.mark.parametrize("chunk", [2, 480])
def test_when_a_row_is_refused_at_the_last_moment_the_whole_batch_is_taken_back(here, monkeypatch, chunk):
    """Between the last look and her row somebody else becomes chair."""
    rows = [person("赵甲"), person("赵乙"), person("赵丙"), person("王芳", "主席")]
    load = Import(here, book(rows), "roster", by="secretary", **DECISION)
    desk = here.app.state.imports
    rival = known(here, "李敏")
    here.pull()
    enter, calls = desk.importer.enter, []

    def late(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == (2 if chunk == 2 else 1):
            here.started(rival)
        return enter(*args)

    with monkeypatch.context() as m:
        m.setattr("shared.imports.desk.CHUNK", chunk)
        m.setattr(desk.importer, "enter", late, raising=False)
        state = load.commit(by="leader", **PAPER)
    assert (state["state"], state["fault"]["code"]) == ("failed", "two_chairs"), state
    people, posts = everything(here)
    assert len(people) == len(posts) == 1 and "李敏" in people[0]
    again = Import(here, book(rows), "roster", by="secretary", **DECISION)
    assert again.id != load.id and [r["verdict"] for r in again.rows()] == ["add", "add", "add", "error"]


def test_with_good_rows_only_the_refused_one_is_left_out_and_counted(here, monkeypatch):
    load = Import(here, book([person("赵甲"), person("王芳", "主席")]), "roster", by="secretary", **DECISION)
    desk, rival = here.app.state.imports, known(here, "李敏")
    here.pull()
    enter = desk.importer.enter

    def late(*args: Any) -> Any:
        here.started(rival)
        return enter(*args)

    with monkeypatch.context() as m:
        m.setattr(desk.importer, "enter", late, raising=False)
        state = load.commit("good", by="leader", **PAPER)
    assert state["state"] == "committed" and state["counts"] | {"applied": 1, "refused": 1} == state["counts"]


def test_imports_of_other_areas_are_not_listed(here):
    plant(here.app, {FAR: None})
    give(here.app, "far", "officer", FAR)
    give(here.app, "town", "officer", TOWN)
    mine = Import(here, book([person()]))
    inside = Import(here, book([person("李敏")]), by="town", area=TOWN)

    def listed(who: str) -> set[str]:
        return {i["id"] for i in here.caller(who).get("/imports").json()["imports"]}

    assert listed("county") == {mine.id, inside.id}
    assert listed("town") == {inside.id}, "the county's own is not the township's to see"
    assert listed("far") == set()
    for path in ("", "/rows", "/workbook"):
        assert here.caller("far").get(f"/imports/{mine.id}{path}").status_code == 403


@pytest.mark.parametrize("digest", ["0" * 64, "", None])
def test_a_commit_of_verdicts_nobody_was_shown_is_refused(here, digest):
    load = Import(here, book([person()]))
    before = everything(here)
    answer = here.caller("county").post(f"/imports/{load.id}/commit", {"digest": digest, "only": "all"})
    assert answer.status_code == 422
    if digest is not None:
        assert code(answer) == "import_digest_stale"
    assert load.wait()["state"] == "checked" and everything(here) == before


def test_a_digest_of_before_a_choice_is_stale_after_it(here):
    one, _ = known(here), known(here)
    load = Import(here, book([person("王芳", "主席")]))
    old = load.state["digest"]
    load.again(**{"花名册!3": one})
    assert code(load.send(digest=old)) == "import_digest_stale"


def test_a_digest_stands_for_what_each_row_would_change():
    row = Verdict(Line("花名册", 3), "change", changes=[{"field": "degree", "title": "文化程度", "old": "大专", "new": "本科"}])
    seen = {digest_of("a", [row]), digest_of("b", [row])}
    for key, value in (("old", "高中"), ("new", "研究生"), ("field", "political")):
        other = deepcopy(row)
        other.changes[0][key] = value
        seen.add(digest_of("a", [other]))
    assert len(seen) == 5
    assert digest_of("a", [deepcopy(row)]) == digest_of("a", [row])


def test_a_row_that_would_now_change_something_else_is_shown_again_before_it_is_written(here):
    hers = known(here, profile={"degree": "associate"})
    here.started(hers, EXECUTIVES, starts_on=on(-100))
    load = Import(here, book([person("王芳", 文化程度="本科")]))
    assert {(c["title"], c["old"], c["new"]) for r in load.rows() for c in r["changes"]} >= {("文化程度", "大专", "本科")}, load.rows()
    said = {"profile": {"degree": "secondary"}, "effective": on(0), "reason": "核实"}
    version = int(here.caller("clerk").get(f"/cadres/{hers}").headers["ETag"].strip('"'))
    here.ok(here.caller("clerk").post(f"/cadres/{hers}/profile-change", said, expect=version))
    here.pull()
    assert load.commit()["fault"]["code"] == "import_digest_stale"
    assert load.state["state"] == "checked" and degree(here, hers) == "secondary"


def test_somebody_of_that_name_and_birth_in_another_unit_is_asked_about_and_not_made_anew(here):
    there = known(here)
    load = Import(here, book([person("王芳", unit="township妇联")]))
    [row] = load.rows("error")
    assert row["cells"][0]["code"] == "namesake_elsewhere" and [c["person"] for c in row["candidates"]] == [there]
    before = everything(here)
    assert code(load.send("all")) == "import_has_errors"
    assert load.commit("good")["counts"]["applied"] == 0 and everything(here) == before


def test_whose_record_another_area_keeps_is_not_changed_from_here(here):
    """Her record is the county's, her post the village's: the township's workbook changes nothing of the one and finds the other."""
    hers = known(here, home=str(COUNTY), profile={"degree": "associate"})
    here.started(hers, EXECUTIVES, starts_on=on(-100))
    here.pull()
    before = everything(here)
    rows = [person("王芳", 文化程度="本科", 联系电话="13800138000", since=on(-100)[:7])]
    load = Import(here, book(rows), area=TOWN)
    assert [(r["verdict"], r["changes"]) for r in load.rows()] == [("same", [])], load.rows()
    load.commit()
    assert everything(here) == before and degree(here, hers) == "associate"

    same = Import(here, book(rows), area=COUNTY)  # who keeps it may
    assert {c["title"] for c in same.rows()[0]["changes"]} >= {"文化程度", "联系电话"}
    same.commit()
    assert degree(here, hers) == "bachelor"


class Posts:
    """Cadre's facts in org's copies."""

    def __init__(self, world: OrgWorld) -> None:
        self.world, self.last = world, ORIGIN

    def say(self, stream: UUID, version: int, fact: Fact) -> None:
        event = Event(stream, version, fact.NAME, fact.model_dump(mode="json"), datetime(2026, 1, 1, tzinfo=UTC), new_id(), Meta(actor="iss|li"),
                      version)
        self.world.app.state.views.apply(self.world.app.state.region, "cadre", self.last, [event])
        self.last = event.reference


@pytest.mark.parametrize("what", ["holds", "held", "never held"])
def test_an_organisation_where_somebody_holds_or_held_a_post_is_not_taken_back(home, what):
    with org_world(home) as w:
        batch = Import(w, book([village()], ORGANISATIONS, "组织名录"), "organisations", by="officer", area=w.county)
        batch.commit()
        made = next(c for c in w.org.copy.called(w.county, today()) if c.full_name == "莲塘镇莲南村妇女联合会")
        posts, id = Posts(w), uuid4()
        post = cadre.Post(person=uuid4(), organisation=made.id, seat=uuid4(), role="chair", engagement="part_time", mode="elected", term=None)
        posts.say(id, 1, cadre.AppointmentStarted(post=post, starts_on=TODAY - timedelta(30)))
        if what == "held":
            posts.say(id, 2, cadre.AppointmentEnded(effective=TODAY, end_reason="resigned", organisation=made.id, seat=post.seat, person=post.person))
        if what == "never held":
            posts.say(id, 2, cadre.AppointmentCancelled(cancelled_on=TODAY, why="报错了"))
            assert batch.revoke()["state"] == "revoked"
            return
        state = batch.revoke()
        assert (state["state"], state["fault"]["code"]) == ("committed", "import_built_upon"), state
        assert [e["code"] for e in state["fault"]["errors"]] == ["import_organisation_used"]
        assert w.org.state(Organisation, made.id).state == "active"
