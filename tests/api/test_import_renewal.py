"""A roster whose organisation's term is over is its re-election: the old team leaves, the new one comes, org's term follows; and all the way back."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cadre.domain.appointment import Appointment
from services.cadre.domain.seat import SeatClaim
from services.cadre.events import Post, TeamRenewed
from services.org import events as org
from services.org.domain import dependants
from services.org.domain.dependants import Dependants
from shared.fact import new_id
from shared.view import STILL
from tests.api.cadre_given import CHAIR, EXECUTIVES, TERM, TODAY, TOWN, VICE, VILLAGE, World, on
from tests.api.caller import Caller, plant
from tests.api.import_given import Answering, Import, Shown, everything, org_answering
from tests.api.test_cadre_appointments import code
from tests.files.making import book, person

OVER, CONGRESS = TODAY - timedelta(300), TODAY - timedelta(30)
DECISION: dict[str, Any] = {"authority": "中共南昌县委", "decided_on": (CONGRESS - timedelta(10)).isoformat()}
PAPER: dict[str, Any] = {"documents": [str(uuid4())]}
NAMES = [f"王{c}" for c in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"]


@pytest.fixture
def answering(here: World, home: Path) -> Iterator[Answering]:
    """The village's term is over since 300 days."""
    with org_answering(here, home / "org.db") as found:
        here.say(TERM, org.TermExtended(new_ends_on=OVER))
        yield found


def row(name: str, role: str, since: str, **more: Any) -> list[Any]:
    n = NAMES.index(name) if name in NAMES else 7
    return person(name, role, f"198{n % 10}-0{1 + n // 10}", since=since, **more)


def team(since: str, chair: str, vices: list[str], executives: list[str]) -> list[list[Any]]:
    return [*(row(n, "执委", since) for n in executives), row(chair, "主席", since), *(row(n, "副主席", since) for n in vices)]


def the_old_team(here: World) -> None:
    """Fifteen executives, of whom three are chair and vice-chairs."""
    load = Import(here, book(team(on(-690), NAMES[0], NAMES[1:3], NAMES)))
    assert load.commit()["counts"]["applied"] == 18


NEW = [*NAMES[1:9], "李甲", "李乙", "李丙", "李丁", "李戊", "李己", "李庚"]  # eight of fifteen are re-elected


def the_new_team(here: World, *more: list[Any], title: str = "换届花名册", since: date = CONGRESS) -> Import:
    """The former vice-chair takes the chair, the other stays one, a new one comes."""
    return Import(here, book([*team(since.isoformat(), NAMES[1], [NAMES[2], "李甲"], NEW), *more], title=title), "roster", by="secretary", **DECISION)


def chaired(reports: Shown, day: date) -> list[str]:
    return [r["person_name"] for r in reports.roster(as_of=day.isoformat(), organisation=str(VILLAGE)) if r["role"] == "chair"]


def sitting(reports: Shown, day: date) -> set[str]:
    return {r["person_name"] for r in reports.roster(as_of=day.isoformat())}


def terms(reports: Shown) -> list[tuple[Any, ...]]:
    from sqlalchemy import select

    from services.projection.views.terms import Terms

    reports.pull()
    t = Terms.table.c
    with reports.app.state.views.connect() as c:
        rows = c.execute(select(t.term_no, t.starts_on, t.ended_on, t.term_months, t.known_to).where(t.organisation == VILLAGE)).all()
    return sorted(tuple(r[:4]) for r in rows if r.known_to == STILL)


def test_a_roster_over_a_full_old_team_is_shown_as_the_re_election_it_is_and_renews_it(here, answering, reports):
    the_old_team(here)
    load = the_new_team(here)
    assert load.state["counts"] == {"rows": 18, "add": 18, "change": 0, "same": 0, "warn": 0, "error": 0}, load.state["problems"]
    [note] = load.state["notes"]
    assert note["title"] == "village妇联" and note["message"]["zh-CN"] == (
        f"本届至 {OVER} 已届满：原班子 15 人自 {CONGRESS} 起离任，其中 8 人连任；新班子 15 人")

    load.commit(by="leader", **PAPER)
    answering.answer()
    assert (load.state["counts"]["applied"], load.state["notes"]) == (18, [note])
    assert sitting(reports, CONGRESS - timedelta(1)) == set(NAMES) and sitting(reports, CONGRESS) == set(NEW)
    assert (chaired(reports, CONGRESS - timedelta(1)), chaired(reports, CONGRESS)) == ([NAMES[0]], [NAMES[1]])
    old, new = terms(reports)
    assert old[:1] + old[2:] == (1, CONGRESS, 60) and new == (2, CONGRESS, None, 60)
    place = here.store.copy.place(VILLAGE, CONGRESS)
    assert {t.ended_on for t in place.terms} == {CONGRESS, None}


def test_the_new_posts_belong_to_the_new_term_and_the_ends_say_why(here, answering):
    the_old_team(here)
    the_new_team(here).commit(by="leader", **PAPER)
    answering.answer()
    [new] = [t for t in here.store.copy.place(VILLAGE, CONGRESS).terms if t.id != TERM]
    why: dict[str, int] = {}
    for seat in (CHAIR, VICE, EXECUTIVES):
        for id in here.store.load(SeatClaim, seat)[0].holds:
            whole = here.store.load(Appointment, id)[0].life[0]
            if whole.starts_on < CONGRESS:
                assert whole.ends_on == CONGRESS
                why[whole.end_reason] = why.get(whole.end_reason, 0) + 1
            else:
                assert (whole.post.term, whole.ends_on) == (new.id, None)
    assert why == {"term_expired": 17, "reelected_elsewhere": 1}  # the vice-chair who takes the chair


def test_taking_it_back_leaves_every_view_as_it_was(here, answering, reports):
    the_old_team(here)
    before = everything(here), reports.known(), terms(reports), here.store.copy.place(VILLAGE, TODAY)
    load = the_new_team(here)
    load.commit(by="leader", **PAPER)
    answering.answer()
    assert reports.known() != before[1]

    assert load.revoke()["state"] == "revoked", load.state["fault"]
    answering.answer()
    assert (everything(here), reports.known(), terms(reports), here.store.copy.place(VILLAGE, TODAY)) == before
    held = answering.store.load(Dependants, dependants.stream(VILLAGE))[0]
    assert held.now("term").keys() == {TERM} == held.ever("term").keys()


def test_the_same_rows_again_renew_nothing_before_or_after_org_has_answered(here, answering):
    the_old_team(here)
    the_new_team(here).commit(by="leader", **PAPER)
    for _ in range(2):
        again = the_new_team(here, title=f"又一份{_}")
        assert again.state["notes"] == [] and again.state["counts"] == {"rows": 18, "add": 0, "change": 0, "same": 18, "warn": 0, "error": 0}
        answering.answer()
    more = Import(here, book([row("李辛", "执委", CONGRESS.isoformat())], title="补一人"), "roster", by="secretary", **DECISION)
    assert more.codes() == {"seat_over_plan"}, more.state["problems"]


def test_the_same_file_is_the_same_import_and_after_revocation_it_may_come_again(here, answering, reports):
    the_old_team(here)
    data = book(team(CONGRESS.isoformat(), NAMES[1], [NAMES[2], "李甲"], NEW))  # a workbook has the second in it when it was made

    def sent() -> Import:
        return Import(here, data, "roster", by="secretary", **DECISION)

    first = sent()
    first.commit(by="leader", **PAPER)
    answering.answer()
    assert (same := sent()).id == first.id and code(same.send(by="leader", **PAPER)) == "import_done"
    first.revoke()
    answering.answer()
    anew = sent()
    assert anew.id != first.id and anew.commit(by="leader", **PAPER)["state"] == "committed"
    answering.answer()
    assert sitting(reports, CONGRESS) == set(NEW) and [t[0] for t in terms(reports)] == [1, 2]


def test_days_that_differ_are_refused_row_by_row_naming_the_other(here, answering):
    the_old_team(here)
    for day in (CONGRESS + timedelta(1), OVER - timedelta(100)):
        load = the_new_team(here, row("李辛", "执委", day.isoformat()), title=day.isoformat())
        assert load.codes() - {"before_party_decision"} == {"congress_dates_differ"}
        assert load.state["counts"]["error"] == 19 and load.state["notes"] == []
        said = load.rows()[-1]["cells"][0]["message"]
        assert str(day) in said["zh-CN"] and str(CONGRESS) in said["en"] and "花名册!3" in said["zh-CN"]


def test_a_team_that_leaves_seats_empty_warns_of_them_and_must_be_read(here, answering):
    the_old_team(here)
    some = Import(here, book(team(CONGRESS.isoformat(), NAMES[1], [], NEW[:5])), "roster", by="secretary", **DECISION)
    assert some.codes() == {"team_incomplete"} and some.state["counts"]["warn"] == 1
    assert some.state["notes"][0]["message"]["zh-CN"].endswith("换届后空缺：副主席 2 个、执委 10 个")
    body = {"digest": some.state["digest"], "only": "all", "acknowledged": [], **PAPER}
    assert code(Caller(here.app, "leader").post(f"/imports/{some.id}/commit", body)) == "import_warnings_unread"


def test_two_chairs_and_a_seat_too_many_are_refused_in_the_new_team_too(here, answering):
    the_old_team(here)
    load = the_new_team(here, row("李辛", "主席", CONGRESS.isoformat()), row("李壬", "执委", CONGRESS.isoformat()))
    assert load.codes() == {"two_chairs", "seat_over_plan"} and load.state["counts"]["error"] == 2
    alone = Import(here, book([row(NAMES[0], "主席", CONGRESS.isoformat())], title="只有主席"), "roster", by="secretary", **DECISION)
    assert "not_an_executive" in alone.codes()  # that she was one in the old team does not count


def test_a_first_load_and_a_roster_within_the_term_renew_nothing(here, answering):
    the_old_team(here)
    opening = Import(here, book([row("李辛", "执委", CONGRESS.isoformat())], title="期初"))
    inside = Import(here, book([row("李辛", "执委", (OVER - timedelta(5)).isoformat())], title="届内"), "roster", by="secretary",
                    **DECISION | {"decided_on": on(-600)})
    assert opening.state["notes"] == inside.state["notes"] == [] and inside.codes() >= {"seat_over_plan"}


def test_a_term_ended_by_hand_whose_team_still_sits_is_renewed_and_stays_ended_when_taken_back(here, answering, reports):
    the_old_team(here)
    answering.store.end_term(TERM, OVER, "by hand")
    here.pull()
    before = reports.known(), terms(reports)
    load = the_new_team(here)
    assert len(load.state["notes"]) == 1
    load.commit(by="leader", **PAPER)
    answering.answer()
    assert sitting(reports, CONGRESS) == set(NEW) and [t[:3] for t in terms(reports)][1] == (2, CONGRESS, None)
    load.revoke()
    answering.answer()
    assert (reports.known(), terms(reports)) == before


def test_what_later_facts_build_upon_stays(here, answering):
    the_old_team(here)
    load = the_new_team(here)
    load.commit(by="leader", **PAPER)
    answering.answer()
    chair = next(i for i, h in here.store.load(SeatClaim, CHAIR)[0].holds.items() if h.starts_on == CONGRESS)
    here.ok(here.caller("leader").post(f"/appointments/{chair}/relief", {"effective": on(0), "end_reason": "resigned"}))
    here.pull()
    before = everything(here)
    assert load.revoke()["fault"]["code"] == "import_built_upon" and everything(here) == before


@pytest.mark.parametrize("choice", ["stays", "leaves"])
def test_a_seconded_vice_chair_stays_beyond_the_congress_unless_it_is_chosen_that_she_leaves(here, answering, choice):
    the_old_team(here)
    id, guest = new_id(), here.person("周挂")
    post = Post(person=UUID(guest), organisation=VILLAGE, seat=VICE, role="vice_chair", engagement="seconded", mode="seconded", term=TERM)
    here.store.open_post(id, post, TODAY - timedelta(200), "guest", until=TODAY + timedelta(200))
    load = Import(here, book(team(CONGRESS.isoformat(), NAMES[1], [NAMES[2]], NEW)), "roster", by="secretary", **DECISION)
    [note] = load.state["notes"]
    hers = {"appointment": str(id), "person_name": "周挂", "role": "vice_chair", "engagement": "seconded", "until": on(200), "leaves": False}
    assert note["stays"] == [hers] and "周挂" in note["message"]["zh-CN"] and "副主席 1 个" not in note["message"]["zh-CN"]
    load.again(**{str(id): choice})
    [note] = load.state["notes"]
    assert note["stays"] == [{**hers, "leaves": choice == "leaves"}] and ("副主席 1 个" in note["message"]["zh-CN"]) == (choice == "leaves")
    load.commit(by="leader", **PAPER)
    [whole] = here.store.load(Appointment, id)[0].life
    renewed = next(e.fact for e in here.store.history(UUID(load.id)) if isinstance(e.fact, TeamRenewed))
    assert (whole.ends_on, renewed.stays) == ((TODAY + timedelta(200), (id,)) if choice == "stays" else (CONGRESS, ()))


def test_who_died_since_does_not_come_back_into_office_with_her_team(here, answering):
    the_old_team(here)
    load = the_new_team(here)
    load.commit(by="leader", **PAPER)
    answering.answer()
    former = next(h for h in here.store.load(SeatClaim, CHAIR)[0].holds.values() if h.starts_on < CONGRESS)
    here.ok(here.caller("leader").post(f"/cadres/{former.person}/departure", {"effective": on(-5), "why": "died"}))
    here.pull()
    assert load.revoke()["state"] == "revoked", load.state["fault"]
    [whole] = here.store.load(Appointment, former.appointment)[0].life
    assert (whole.ends_on.isoformat(), whole.end_reason) == (on(-5), "died")


def test_somebody_who_joined_the_new_team_since_keeps_it_from_being_taken_back(here, answering):
    the_old_team(here)
    load = Import(here, book(team(CONGRESS.isoformat(), NAMES[1], NAMES[2:4], NEW[:5])), "roster", by="secretary", **DECISION)
    load.commit(by="leader", **PAPER)
    answering.answer()
    here.started(here.person("李辛"), EXECUTIVES, on(-3), mode="co_option")
    here.pull()
    state = load.revoke()
    assert (state["state"], [(e["row"], e["code"]) for e in state["fault"]["errors"]]) == ("committed", [("village妇联", "import_term_built_upon")])


def test_an_open_case_is_left_to_be_cancelled_and_said(here, answering):
    the_old_team(here)
    case = uuid4()
    here.say(case, org.ReelectionPlanned(organisation=VILLAGE, term=TERM, planned_on=OVER))
    load = the_new_team(here)
    assert load.codes() == {"reelection_open"} and "换届办理" in load.state["notes"][0]["message"]["zh-CN"]
    here.say(case, org.ReelectionCancelled(cancelled_on=TODAY, why="由名册办理"))
    assert the_new_team(here, title="二").codes() == set()


def test_an_import_cut_off_after_its_first_rows_goes_on_as_the_same_re_election(here, answering, monkeypatch, reports):
    the_old_team(here)
    load = the_new_team(here)
    load.commit_by_halves(monkeypatch, 5, by="leader", **PAPER)
    answering.answer()
    assert load.commit(by="leader", **PAPER)["state"] == "committed", load.state
    answering.answer()
    assert sitting(reports, CONGRESS) == set(NEW) and [t[0] for t in terms(reports)] == [1, 2]
    began = [n for n in here.store.recorder.select_notifications(None, 100_000) if here.store.mapper.to_domain_event(n).name == TeamRenewed.NAME]
    assert len(began) == 1


def test_a_congress_before_the_end_of_the_term_is_known_by_the_head_and_must_be_read(here, answering, reports):
    the_old_team(here)
    here.say(TERM, org.TermExtended(new_ends_on=TODAY + timedelta(60)))
    before = reports.known(), terms(reports)
    load = the_new_team(here)
    assert load.codes() == {"congress_early"} and "提前换届" in load.state["notes"][0]["message"]["zh-CN"], load.state["problems"]
    load.commit(by="leader", **PAPER)
    again = the_new_team(here, title="又一份")
    answering.answer()
    assert (again.state["notes"], again.state["counts"]["same"]) == ([], 18)
    assert sitting(reports, CONGRESS - timedelta(1)) == set(NAMES) and sitting(reports, CONGRESS) == set(NEW)
    assert [t[:3] for t in terms(reports)][1] == (2, CONGRESS, None)
    load.revoke()
    answering.answer()
    assert (reports.known(), terms(reports)) == before


def test_an_office_held_in_another_way_than_before_finds_its_own_seat(here, answering):
    """She was a part-time vice-chair; the new team has her as the full-time one, a seat of its own."""
    full = uuid4()
    here.say(VILLAGE, org.SeatsDefined(effective=date(2020, 1, 1), seats=(
        org.Seat(seat=CHAIR, role="chair", capacity=1), org.Seat(seat=VICE, role="vice_chair", capacity=2, engagement="part_time"),
        org.Seat(seat=full, role="vice_chair", capacity=1, engagement="full_time"), org.Seat(seat=EXECUTIVES, role="executive_member", capacity=15))))
    the_old_team(here)
    load = Import(here, book([row(NAMES[1], "执委", CONGRESS.isoformat()), row(NAMES[1], "专职副主席", CONGRESS.isoformat(), **{"专/挂/兼": ""})]),
                  "roster", by="secretary", **DECISION)
    assert load.state["counts"] | {"warn": 0} == {"rows": 2, "add": 2, "change": 0, "same": 0, "warn": 0, "error": 0}, load.state["problems"]
    load.commit(by="leader", **PAPER)
    assert len(here.store.load(SeatClaim, full)[0].holds) == 1


def test_somebody_who_left_since_the_check_makes_it_stale_though_no_row_says_otherwise(here, answering):
    the_old_team(here)
    load = the_new_team(here)
    left = next(i for i, h in here.store.load(SeatClaim, EXECUTIVES)[0].holds.items() if h.person == held_by(here, NAMES[12]))
    here.ok(here.caller("leader").post(f"/appointments/{left}/relief", {"effective": on(-60), "end_reason": "resigned", "reason": "补录"}))
    here.pull()
    before = everything(here)
    assert load.commit(by="leader", **PAPER)["fault"]["code"] == "import_digest_stale" and everything(here) == before
    assert "原班子 14 人" in load.state["notes"][0]["message"]["zh-CN"]


def held_by(here: World, name: str) -> Any:
    return next(k.person for k in here.store.copy.named([name]))


def test_a_whole_county_of_villages_is_renewed_and_taken_back_without_asking_anything_village_by_village(here, answering, reports, monkeypatch):
    """Twelve villages of fifteen: what it costs grows with the rows and nothing faster."""
    villages = [uuid4() for _ in range(12)]
    for n, id in enumerate(villages):
        here.org.say(id, org.OrganisationProposed(full_name=f"第{n}村妇女联合会", short_name=f"第{n}村妇联", org_type="federation", level="village",
                                                  parent=TOWN, proposed_on=date(2019, 1, 1)),
                     org.OrganisationEstablished(established_on=date(2020, 1, 1)),
                     org.SeatsDefined(effective=date(2020, 1, 1), seats=(
                         org.Seat(seat=uuid4(), role="chair", capacity=1), org.Seat(seat=uuid4(), role="vice_chair", capacity=2),
                         org.Seat(seat=uuid4(), role="executive_member", capacity=15))))
        here.org.say(uuid4(), org.TermStarted(organisation=id, term_no=1, starts_on=TODAY - timedelta(2000), term_months=60, ends_on=OVER))
    plant(here.app, dict.fromkeys(villages, TOWN))
    here.pull()

    signs = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"

    def rows(since: date, new: str) -> list[list[Any]]:
        offices = ("主席、执委", "副主席、执委", "副主席、执委")
        return [row(f"{new if k % 3 == 0 else '王'}{signs[n]}{signs[k]}", offices[k] if k < 3 else "执委", since.isoformat(),
                    **{"妇联组织": f"第{n}村妇女联合会", "出生年月": f"19{60 + n}-0{1 + k % 9}"}) for n in range(12) for k in range(15)]

    assert Import(here, book(rows(TODAY - timedelta(1990), "王"))).commit()["counts"]["applied"] == 180
    before = everything(here), reports.known()
    load = Import(here, book(rows(CONGRESS, "李")), "roster", by="secretary", **DECISION)
    assert load.state["counts"] == {"rows": 180, "add": 180, "change": 0, "same": 0, "warn": 0, "error": 0}, load.state["problems"]
    assert len(load.state["notes"]) == 12 and "原班子 15 人" in load.state["notes"][7]["message"]["zh-CN"]
    load.commit(by="leader", **PAPER)
    answering.answer()
    assert len(sitting(reports, CONGRESS)) == 180 and reports.known() != before[1]

    asked: list[Any] = []
    read: list[int] = []
    units, streams = here.store.copy.units, here.store.recorder.read

    def counted_units(_: Any, area: Any, day: date) -> Any:
        asked.append(area)
        return units(area, day)

    def counted_streams(keys: Any, ids: Any) -> Any:
        read.append(len(ids))
        return streams(keys, ids)

    monkeypatch.setattr(type(here.store.copy), "units", counted_units)
    monkeypatch.setattr(here.store.recorder, "read", counted_streams)
    assert load.revoke()["state"] == "revoked", load.state["fault"]
    assert len(asked) == 1 and sum(read) < 180 * 12, sum(read)  # the streams of a row: the person, her posts, their seats; asked thrice
    monkeypatch.undo()
    answering.answer()
    assert (everything(here), reports.known()) == before


def test_a_full_seat_is_told_beside_the_rule_that_speaks_first(here):
    """Both others begin before the decision; the chair that one of them takes is filled by the row before."""
    early = on(-60)
    load = Import(here, book([row(NAMES[0], "主席", on(-5)), row(NAMES[1], "主席", early), row(NAMES[2], "副主席", early)]), "roster",
                  by="secretary", **DECISION)
    first, second, third = ({c["code"]: c["title"] for c in r["cells"] if c["level"] == "error"} for r in load.rows())
    assert (first, third) == ({}, {"before_party_decision": "任职时间"})
    assert second == {"before_party_decision": "任职时间", "two_chairs": "妇联职务"}


def test_a_congress_long_before_the_end_of_the_term_says_where_to_end_it_and_is_taken_once_that_is_done(here, answering):
    the_old_team(here)
    here.say(TERM, org.TermExtended(new_ends_on=TODAY + timedelta(900)))
    load = the_new_team(here)
    told = {c["code"]: c["message"]["zh-CN"] for r in load.rows() if r["cells"] and "主席" in r["title"] and "副" not in r["title"]
            for c in r["cells"]}
    assert set(told) == {"congress_too_early", "two_chairs"} and "提前结束本届" in told["congress_too_early"] and load.state["notes"] == []
    assert sum(p["count"] for p in load.state["problems"] if p["code"] == "congress_too_early") == 1
    answering.store.end_term(TERM, CONGRESS, "by hand")
    load.again()
    assert load.codes() == set() and len(load.state["notes"]) == 1, load.state["problems"]


def test_the_head_who_sits_told_of_once_more_is_no_early_congress(here):
    the_old_team(here)
    again = Import(here, book([row(NAMES[0], "主席", CONGRESS.isoformat())], title="主席"), "roster", by="secretary", **DECISION)
    assert "congress_too_early" not in again.codes() and again.state["counts"]["error"] == 0, again.state["problems"]
