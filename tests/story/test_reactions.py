"""What follows by itself across services: vacancies open and fill, grants and seats take what hangs on them along, the clock speaks."""

from datetime import timedelta
from typing import Any

from shared.calendar import add_months, today
from tests.story.acts import Village, appoint, established, paper, relieve, roster
from tests.story.county import MORE_ACCOUNTS, PLACES, County, ago, eventually, no, ok


def vacancies(county: County, village: Village, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = county.provincial.get("projection", "/vacancies", organisation=village.id, **asked)["rows"]
    return rows


def test_an_early_relief_opens_a_vacancy_and_the_next_start_fills_it(county: County) -> None:
    village = Village.new(county, "缺位村")
    she = village.appoint("蒋梅")
    assert vacancies(county, village) == []
    known = county.known
    ok(relieve(county, she, 15))
    opened = eventually(lambda: vacancies(county, village, state="open"))
    assert [(v["since"], v["seat"], v["role"]) for v in opened] == [(ago(15), village.seat["chair"], "chair")]
    assert vacancies(county, village, known_at=known) == [], "as known before the relief nothing was vacant"
    assert county.township.get("org", f"/vacancies/{opened[0]['id']}")["left_by"] == she
    nominated = village.person("蒋兰")
    county.township.do("org", f"/vacancies/{opened[0]['id']}/nomination", person=nominated, nominated_on=ago(12))
    next_one = appoint(county, nominated, village.id, village.seat["chair"], 5)
    eventually(lambda: not vacancies(county, village, state="open"))
    filled = county.township.get("org", f"/vacancies/{opened[0]['id']}")
    assert filled["state"] == "filled" and filled["since"] == ago(5)
    assert vacancies(county, village, as_of=ago(10), state="open")[0]["id"] == opened[0]["id"]
    assert roster(county, village.id) == {"蒋兰": ["chair"]}
    cause = next(e for e in county.events("org") if e.name == "org.VacancyFilled" and str(e.stream) == opened[0]["id"])
    assert cause.data["appointment"] == next_one and cause.meta.causation


def test_an_expired_term_opens_no_vacancy(county: County) -> None:
    village = Village.new(county, "届满村")
    other, expired = village.appoint("沈琴", "executive_member"), village.appoint("沈琳")
    ok(relieve(county, expired, 15, "term_expired"))
    ok(relieve(county, other, 15, "resigned"))
    assert [v["role"] for v in eventually(lambda: vacancies(county, village))] == ["executive_member"]


def test_what_is_granted_for_a_post_ends_with_the_post(county: County) -> None:
    village = Village.new(county, "授权村")
    chair = village.appoint("韩雪")
    newcomer, she = county.newcomer, village.people["韩雪"]
    unit = {"unit_name": "村办企业", "level": "village", "field": "enterprise", "area": village.id, "listed_on": ago(2)}
    no(newcomer.post("org", "/units", unit), "forbidden", 403)
    grant = {"account": f"{county.config.issuer}|newcomer", "account_name": MORE_ACCOUNTS["newcomer"], "role": "officer", "person": she,
             "organisation": village.id, "starts_on": ago(100), "appointment": chair}  # fmt: skip
    granted = county.secadmin.do("org", "/grants", **grant)
    ok(newcomer.post("org", "/units", unit))
    own = {"person": she, "organisation": village.id, "seat": village.seat["executive_member"], "engagement": "part_time", "mode": "by_election",
           "starts_on": ago(1)}  # fmt: skip
    no(newcomer.post("cadre", "/appointments", own), "own_appointment", pointer="/person")
    no(newcomer.post("org", "/units", unit | {"area": str(PLACES["village"])}), "forbidden", 403)
    ok(relieve(county, chair, 1))
    eventually(lambda: newcomer.post("org", "/units", unit).status_code == 403)
    assert county.secadmin.get("org", f"/grants/{granted}")["ended_on"] == ago(1)
    eventually(lambda: newcomer.post("cadre", "/appointments", own).status_code == 403)


def test_when_a_seat_is_abolished_its_holder_leaves_office(county: County) -> None:
    village = Village.new(county, "撤职村")
    village.appoint("唐颖", "vice_chair")
    county.township.do("org", f"/organisations/{village.id}/seats/{village.seat['vice_chair']}/abolition", effective=ago(4))
    eventually(lambda: roster(county, village.id) == {})
    assert roster(county, village.id, as_of=ago(5)) == {"唐颖": ["vice_chair"]}
    rows = county.auditor.get("projection", "/audit/appointments", area=village.id)["rows"]
    assert rows[0]["kind"] == "ended" and rows[0]["after"]["end_reason"] == "seat_abolished"


def test_an_organisation_is_dissolved_once_nothing_is_left_in_it(county: County) -> None:
    village = Village.new(county, "终结村")
    she = village.appoint("冯雨", "executive_member")
    term = county.provincial.get("projection", "/terms", organisation=village.id)["rows"][0]["id"]
    body = {"effective": ago(1), "why": "并村", "documents": [paper(county.county, PLACES["county"])]}
    remains = no(county.county.post("org", f"/organisations/{village.id}/dissolution", body), "something_remains")
    assert she in remains["message"]["zh-CN"] and term in remains["message"]["en"]
    ok(relieve(county, she, 3, "seat_abolished"))
    county.township.do("org", f"/terms/{term}/end", ended_on=ago(2), documents=body["documents"])
    eventually(lambda: county.county.post("org", f"/organisations/{village.id}/dissolution", body).status_code == 200)
    for as_of, status in ((None, "dissolved"), (ago(2), "active")):
        asked = {"area": str(PLACES["township"]), "search": "终结村", "as_of": as_of}
        assert [row["status"] for row in county.provincial.get("projection", "/organisations", **asked)["rows"]] == [status]


def test_the_clock_says_that_a_term_is_overdue(county: County) -> None:
    village = established(county, "超期村", by=county.township, approved_by=county.county)
    starts = add_months(today() - timedelta(40), -36)
    late = county.township.do("org", "/terms", organisation=village, starts_on=str(starts), term_months=36)
    ends = str(add_months(starts, 36))
    rows = eventually(lambda: [r for r in county.provincial.get("projection", "/terms", organisation=village)["rows"] if r["overdue_since"]])
    assert [(r["id"], r["overdue_since"], r["state"]) for r in rows] == [(late, ends, "overdue")]
    said = [e for e in county.events("org") if str(e.stream) == late and e.name != "org.TermStarted"]
    assert [(e.name, e.meta.actor) for e in said] == [("org.TermBecameOverdue", "org.clock")], "the breach alone, and no stale reminder"


def test_a_topic_and_a_shift_reach_the_lists(county: County) -> None:
    place = str(PLACES["county"])
    draft = {"title": "反家庭暴力法要点", "category": "marriage_family_law", "outline": "案例与求助途径。", "minutes": 90,
             "audience_level": "village", "organisation": place}  # fmt: skip
    topic = county.lecturer.do("lecture", "/topics", **draft)
    listed = {t["id"]: t["status"] for t in county.provincial.get("projection", "/topics", area=place, limit=200)["rows"]}
    assert listed[topic] == "drafted"
    drafted = county.known
    county.lecturer.do("lecture", f"/topics/{topic}/submission")
    county.lecturer.do("lecture", f"/topics/{topic}/trial", given_on=ago(1), ratings=12, mean_rating=4.8)
    no(county.lecturer.post("lecture", f"/topics/{topic}/acceptance"), "forbidden", 403)
    county.county.do("lecture", f"/topics/{topic}/acceptance")
    for known, status in ((None, "accepted"), (drafted, "drafted")):
        rows = county.provincial.get("projection", "/topics", area=place, limit=200, known_at=known)["rows"]
        assert next(t["status"] for t in rows if t["id"] == topic) == status
    hours = {"starts_at": f"{ago(3)}T08:30:00+08:00", "ends_at": f"{ago(3)}T11:30:00+08:00"}
    shift = county.operator.do("hotline", "/shifts", organisation=place, **hours)
    county.operator.do("hotline", f"/shifts/{shift}/completion", calls=7, visits=2)
    rows = county.supervisor.get("projection", "/shifts", area=place, limit=200)["rows"]
    assert [(s["status"], s["calls"], s["visits"]) for s in rows if s["id"] == shift] == [("completed", 7, 2)]
    assert county.provincial.send("GET", "projection", "/shifts").status_code == 403, "the hotline is not the organisation department's"
