"""Whose number it is and how a name is compared: asked at the form's door as at the workbook's, without telling who lives elsewhere."""
from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.cadre_given import COUNTY, TOWN, VILLAGE, on
from tests.api.caller import give
from tests.api.import_given import Import
from tests.api.test_cadre_appointments import code
from tests.files.making import HEADER, book, id_number, person

CARD = id_number("36012119800503002")
OTHER = id_number("36012119800503004")


def body(name: str = "李敏", card: str = CARD, **more: Any) -> dict[str, Any]:
    return {"profile": {"person_name": name, "sex": "female"}, "home": str(VILLAGE), "id_number": card} | more


def test_a_number_on_two_records_is_asked_about_and_the_first_answer_stays(here):
    clerk = here.caller("clerk")
    first = clerk.post("/cadres", body("王芳"), key="k")
    here.pull()
    again = clerk.post("/cadres", body())
    assert code(again) == "id_number_registered" and again.json()["errors"][0]["pointer"] == "/id_number"
    assert clerk.post("/cadres", body("王芳"), key="k").json() == first.json(), "what was answered once is answered so for ever"
    assert "王芳" not in again.text and first.json()["id"] not in again.text


def test_a_number_is_asked_about_when_it_is_changed_or_corrected_too_but_not_her_own(here):
    clerk, leader = here.caller("clerk"), here.caller("leader")
    first, second = (here.ok(clerk.post("/cadres", body(*who)))["id"] for who in (("王芳",), ("李敏", OTHER)))
    here.pull()
    change = {"effective": on(0), "id_number": CARD}
    assert code(clerk.post(f"/cadres/{second}/profile-change", change, expect=1)) == "id_number_registered"
    registered = here.event(f"/cadres/{second}", "CadreRegistered")
    correction = {"corrects": registered, "id_number": CARD}
    assert code(leader.post(f"/cadres/{second}/profile-correction", correction, expect=1)) == "id_number_registered"
    assert clerk.post(f"/cadres/{first}/profile-change", change, expect=1).status_code == 200


def test_a_number_of_another_area_is_refused_in_the_same_words_as_one_of_hers(here):
    give(here.app, "town", "recorder", TOWN)
    here.ok(here.caller("clerk").post("/cadres", body("赵红", home=str(COUNTY))))
    here.ok(here.caller("clerk").post("/cadres", body("王芳", OTHER)))
    here.pull()
    told = [here.caller("town").post("/cadres", body("李敏", card)).json() for card in (CARD, OTHER)]
    assert told[0]["errors"] == told[1]["errors"] and "请联系上级妇联" in told[0]["detail"]
    rows = [[*person("李敏", unit="village妇联"), CARD]]
    load = Import(here, book(rows, (*HEADER, "身份证号")), by="county", area=TOWN)
    assert [c["message"] for c in load.rows()[0]["cells"] if c["level"] == "error"] == [told[0]["errors"][0]["message"]]


@pytest.mark.parametrize("dot", "·•⋅･˙.")
def test_a_name_of_a_minority_is_hers_with_every_dot_and_none(here, dot):
    hers = here.person("古丽·买买提", profile={"person_name": f"古丽{dot}买买提", "sex": "female", "born_on": "1980-05-03"})
    here.pull()
    told = here.caller("clerk").post("/cadres", body("古丽买买提", "", profile={"person_name": "古丽买买提", "born_on": "1980-05-03"}))
    assert "same_name_and_birth" in [w["code"] for w in told.json()["warnings"]]
    load = Import(here, book([person("古丽买买提", unit="village妇联", born="1980-05", role=r) for r in ("执委",)]), area=VILLAGE)
    assert {r["verdict"] for r in load.rows()} == {"error"} and "namesakes" in load.codes(), "two of that name are there now"
    chosen = load.again(**{load.rows()[0]["row"]: hers})
    assert chosen["counts"]["error"] == 0
    load.commit()
    assert here.caller("leader").get(f"/cadres/{hers}").json()["profile"]["person_name"] == "古丽·买买提"


def test_two_rows_with_other_dots_are_about_one_woman(here):
    rows = [person(f"古丽{dot}买买提", unit="village妇联", role=role) for dot, role in (("•", "主席"), ("", "执委"))]
    load = Import(here, book(rows))
    load.commit()
    assert len({r.person for e in here.store.history(UUID(load.id)) if e.name.endswith("RowsApplied") for r in e.fact.rows}) == 1


def test_an_odd_age_is_asked_about_at_each_door_and_a_childs_post_is_refused(here):
    born = {"person_name": "王小", "sex": "female", "born_on": on(-15 * 365)}
    answer = here.caller("clerk").post("/cadres", {"profile": born, "home": str(VILLAGE)})
    assert "age_unusual" in [w["code"] for w in answer.json()["warnings"]]
    her = answer.json()["id"]
    asked = here.caller("clerk").post(f"/cadres/{her}/profile-change", {"effective": on(0), "profile": {"born_on": "1905-01-01"}}, expect=1)
    assert [w["code"] for w in asked.json()["warnings"]] == ["age_unusual"]
    young = here.person("王丙", profile=born | {"person_name": "王丙"})
    post = {"person": young, "organisation": str(VILLAGE), "seat": str(uuid4()), "engagement": "part_time", "mode": "elected", "starts_on": on(0)}
    assert code(here.caller("clerk").post("/appointments", post)) == "age_impossible"
    load = Import(here, book([person("王甲", unit="village妇联", born="1912-05"), person("王乙", unit="village妇联", born="1920-05")]))
    assert [[c["code"] for c in r["cells"]] for r in load.rows()] == [["age_unusual"], []]
