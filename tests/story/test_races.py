"""Many at once: a change is in every report at once, the same key makes one fact, and of many who want one seat one gets it."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from shared.es import Event
from tests.story.acts import Village, appoint, passed, relieve
from tests.story.county import PLACES, County, ago, eventually, no, ok


def facts(county: County, name: str, since: int, **data: Any) -> list[Event]:
    """Events of cadre after a position that say this."""
    said = [e for e in county.events("cadre", since) if e.name == name]
    return [e for e in said if all(e.data.get(k) == v for k, v in data.items())]


def test_a_relief_is_in_roster_audit_and_structure_soon(county: County) -> None:
    village = Village.new(county, "即时村")
    people = county.provincial.get("projection", "/cadres", area=str(PLACES["county"]), limit=10)["rows"]
    posts = [appoint(county, p["id"], village.id, village.seat["executive_member"], 20) for p in people]
    eventually(lambda: seen(county, village, len(posts), 0))
    for n, post in enumerate(posts, 1):
        ok(relieve(county, post, 0))
        eventually(partial(seen, county, village, len(posts) - n, n))


def seen(county: County, village: Village, holders: int, ended: int) -> bool:
    """Whether everybody sees so many holders and reliefs; nothing is waited for on behalf of who wrote."""

    def get(path: str, **params: str) -> Any:
        headers = {"Authorization": f"Bearer {county.provincial.token}"}
        return ok(county.http.get(county.config.url("projection") + path, params={"area": village.id, **params}, headers=headers))

    structure = {get(f"/reports/{r}")["rows"][0]["denominator"] for r in ("R10", "R11", "R12", "R13")}
    audit = [r for r in get("/audit/appointments", limit="200")["rows"] if r["kind"] == "ended"]
    return len(get("/reports/roster")["rows"]) == holders and structure == {holders} and len(audit) == ended


def test_the_same_key_posted_a_hundred_times_at_once_makes_one_fact(county: County) -> None:
    village = Village.new(county, "百次村")
    appointment, key, since = village.appoint("何洁"), str(uuid4()), county.head("cadre")
    body = {"effective": ago(3), "end_reason": "transferred", "reason": "补录"}

    def post(_: int) -> httpx.Response:
        return county.county.post("cadre", f"/appointments/{appointment}/relief", body, key=key)

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(post, range(100)))
    assert {a.status_code for a in answers} == {200}
    assert len({(a.text, a.headers["etag"], a.headers["es-position"]) for a in answers}) == 1
    assert len(facts(county, "cadre.AppointmentEnded", since, person=village.people["何洁"])) == 1


def test_of_sixty_four_who_want_one_chair_one_gets_it(county: County) -> None:
    village = Village.new(county, "争位村")
    people = county.provincial.get("projection", "/cadres", area=str(PLACES["county"]), limit=64)["rows"]
    assert len(people) == 64
    with ThreadPoolExecutor(8) as pool:
        waiting = list(pool.map(lambda p: passed(county, p["id"], village.id, village.seat["chair"], 20), people))
    since = county.head("cadre")
    with ThreadPoolExecutor(64) as pool:
        body = {"starts_on": ago(20), "reason": "补录"}
        answers = list(pool.map(lambda id: county.county.post("cadre", f"/appointments/{id}/start", body), waiting))
    won = [a for a in answers if a.status_code == 200]
    assert len(won) == 1
    for lost in (a for a in answers if a is not won[0]):
        no(lost, "two_chairs", pointer="/seat")
    started = facts(county, "cadre.AppointmentStarted", since)
    assert [(str(s.stream), s.data["post"]["seat"]) for s in started] == [(won[0].json()["id"], village.seat["chair"])]
    assert len(county.provincial.get("projection", "/reports/roster", area=village.id, role="chair")["rows"]) == 1


def test_sixty_four_proposals_under_one_township_all_succeed(county: County) -> None:
    body = {"org_type": "women_group", "level": "village", "parent": str(PLACES["township"]), "proposed_on": ago(1)}

    def propose(n: int) -> httpx.Response:
        return county.township.post("org", "/organisations", body | {"full_name": f"第{n}妇女小组", "short_name": f"第{n}小组"})

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(propose, range(64)))
    assert {a.status_code for a in answers} == {201} and len({a.json()["id"] for a in answers}) == 64
    listed = county.township.get("projection", "/organisations", area=str(PLACES["township"]), org_type="women_group", limit=200)["rows"]
    assert {a.json()["id"] for a in answers} <= {row["id"] for row in listed}
