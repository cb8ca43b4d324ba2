"""The audit of everything but appointments: what was recorded, by whom, on what paper; and whether the logs are what was applied."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from deploy.contracts import facts
from services.cadre import events as cadre
from services.org import events as org
from services.projection.views.appointments import CHANGES
from services.projection.views.records import ABOUT
from shared.es import Event
from shared.fact import new_id
from shared.tables import begin, events
from tests.api.caller import Caller, give
from tests.views.asking import EITHER, get
from tests.views.story import OFFICER, Story, day

RECORDS = "/audit/records"
OTHER = "https://id.test|other"
UNTOLD = {
    "projection.ListExported": "exports have a list of their own",
    "org.AccountGranted": "a claim; the grant is told", "org.AccountReleased": "likewise",
    "org.CodeClaimed": "a claim; DivisionAssigned is told", "org.CodeReleased": "likewise",
    "cadre.SeatOpened": "a claim; the appointment and SeatsDefined are told", "cadre.SeatHeld": "likewise", "cadre.SeatFreed": "likewise",
    "org.DependantAdded": "a claim; what depends on the organisation is told", "org.DependantReleased": "likewise", "org.DependantVoided": "likewise",
    "org.ImportRowsApplied": "the import is told", "cadre.ImportRowsApplied": "likewise",
    "cadre.TeamRenewed": "each appointment it starts or ends is told", "cadre.TeamRestored": "likewise",
    "cadre.AppointmentDueSoon": "the clock", "org.TermBecameOverdue": "the clock", "org.TermDueSoon": "the clock",
    "org.VacancyBecameLongTerm": "the clock", "org.VacancyBecameOverdue": "the clock",
    "cadre.ReactionRefused": "nothing was done; it waits on the work list",
    **{f"hotline.Shift{n}": "the shifts' own pages" for n in ("Scheduled", "Completed", "Cancelled")},
    **{f"lecture.Topic{n}": "the library's own pages" for n in ("Drafted", "Revised", "Submitted", "TrialGiven", "Accepted", "Returned", "Retired")},
}  # fmt: skip


@pytest.fixture
def story(story: Story) -> Story:
    story.officer_called("周主任")
    return story


def said(caller: Caller, **asked: object) -> list[str]:
    return [r["sentence"]["zh-CN"].partition("，")[2] for r in get(caller, RECORDS, **asked).json()["rows"]]


@EITHER
def test_what_is_done_to_a_person_is_found_with_what_changed_and_never_what_is_sealed(story: Story, auditor: Caller, county: UUID) -> None:
    her = story.person("林玉", county, political="masses")
    story.tell(her, cadre.CadreProfileChanged(profile=cadre.Profile(political="cpc"), effective=day("2024-02-01")), on="2024-02-03")
    story.tell(her, cadre.SealedRecordOpened(fields=("phone",), opened_by=OFFICER, why="联系换届事宜"), on="2024-03-01")
    assert said(auditor, person=her) == [
        "周主任查看林玉的身份证号、电话等密封内容，理由：联系换届事宜。",
        "周主任变更林玉的档案：政治面貌，自2024年2月1日起。",
        "周主任登记林玉的档案。",
    ]
    opened, change, _ = get(auditor, RECORDS, search="林玉").json()["rows"]
    assert change["changed"] == {"political": ["masses", "cpc"]} and opened["changed"] == {}
    assert (change["person_name"], change["organisation_name"], change["effective"]) == ("林玉", "南昌县妇女联合会", "2024-02-01")
    assert said(auditor, about="sealed") == ["周主任查看林玉的身份证号、电话等密封内容，理由：联系换届事宜。"]


@EITHER
def test_who_died_is_told_as_that_and_a_wrong_entry_as_withdrawn(story: Story, auditor: Caller, county: UUID) -> None:
    her = story.person("林玉", county)
    story.tell(her, cadre.CadreDeparted(effective=day("2024-02-01"), why="died"), on="2024-02-03")
    assert get(auditor, f"/cadres/{her}", as_of="2024-03-01").json()["departed"] == {"effective": "2024-02-01", "why": "died"}
    story.tell(her, cadre.CadreDepartureWithdrawn(effective=day("2024-02-01")), on="2024-03-01", reason="同名的另一人")
    assert get(auditor, f"/cadres/{her}", as_of="2024-03-01").json()["departed"] is None
    assert get(auditor, f"/cadres/{her}", as_of="2024-03-01", known_at="2024-02-20T00:00:00+08:00").json()["departed"]["why"] == "died"
    assert said(auditor, person=her) == [
        "周主任撤销林玉去世、调离本省或开除的登记，恢复其职务，自2024年2月1日起，理由：同名的另一人。",
        "周主任登记林玉去世，其各处职务同时终止，自2024年2月1日起。",
        "周主任登记林玉的档案。",
    ]


def test_every_fact_is_told_in_the_audit_or_known_to_need_no_telling() -> None:
    assert {f.NAME for f in facts()} == set(ABOUT) | CHANGES | set(UNTOLD) and not UNTOLD.keys() & (set(ABOUT) | CHANGES)


def test_every_fact_the_list_tells_has_its_sentence(story: Story, auditor: Caller, county: UUID, province: UUID) -> None:
    term = story.term(county, "2019-01-01", 60, "2024-01-01")
    story.reelect(county, term, "2024-01-01", "2024-01-20", 60, filed="2024-02-01")
    seats = (org.Seat(seat=new_id(), role="chair", capacity=1), org.Seat(seat=new_id(), role="executive_member", capacity=15))
    batch, lent = new_id(), new_id()
    story.tell(county, org.SeatsDefined(seats=seats, effective=day("2024-02-01")), on="2024-03-01")
    story.tell(county, org.OrganisationDetailsChanged(effective=day("2024-03-01"), full_name="南昌县妇联"), reason="规范名称")
    story.tell(term, org.TermEnded(ended_on=day("2024-01-20")), org.TermResumed(roster=batch), org.TermVoided(roster=batch))
    story.tell(county, org.OrganisationDissolved(effective=day("2024-04-01"), why="撤县设区"))
    start: dict[str, Any] = {"kind": "roster", "organisation": county, "filename": "名册.xlsx", "sha256": "0" * 64, "rows": 3, "only": "good",
                             "digest": "x"}  # fmt: skip
    story.tell(batch, cadre.ImportStarted(**start, uploaded_by=OFFICER))
    row = cadre.ImportedRow(row="1", person=new_id())
    story.tell(batch, cadre.ImportRowsApplied(rows=(row,)), cadre.ImportCommitted(applied=2, refused=1), cadre.ImportRevoked(why="传错", rows=2))
    story.tell(
        lent,
        org.DelegationGranted(from_account="x", to_account=OFFICER, roles=("officer",), organisation=county, starts_on=day("2024-01-01"),
                              until=day("2024-05-01"), why="休假"),
    )  # fmt: skip
    told = said(auditor, limit=200)
    for sentence in (
        "周主任登记南昌县妇女联合会的换届计划。",
        "周主任批复同意南昌县妇女联合会换届。",
        "周主任登记南昌县妇女联合会的换届选举会议：应到30、实到28、收回28票、有效27票。",
        "周主任将南昌县妇女联合会的选举结果报党委组织部备案。",
        "周主任核定南昌县妇女联合会的职数：主席1、执委15。",
        "周主任变更南昌县妇女联合会的名称，理由：规范名称。",
        "周主任恢复南昌县妇女联合会第1届任期。",
        "周主任作废南昌县妇女联合会第1届任期。",
        "周主任撤销南昌县妇女联合会，理由：撤县设区。",
        "周主任提交南昌县妇女联合会的导入文件“名册.xlsx”（3行）。",
        "周主任完成导入“名册.xlsx”：写入2行，未写入1行。",
        "周主任撤销导入“名册.xlsx”（2行），理由：传错。",
        "周主任委托周主任代行南昌县妇女联合会的组织部干部权限至2024-05-01，理由：休假。",
        "周主任授予周主任全省的组织部干部角色。",
    ):
        assert sentence.replace("南昌县妇女联合会", "南昌县妇联") in told, sentence
    assert not [s for s in told if "{" in s] and len(told) == len(get(auditor, RECORDS, limit=200).json()["rows"])
    english = [r["sentence"]["en"] for r in get(auditor, RECORDS, limit=200).json()["rows"]]
    assert any(e.endswith("周主任 filed the result of 南昌县妇联 with party org department.") for e in english)


def test_what_was_corrected_along_with_a_post_says_what_became_of_it(story: Story, auditor: Caller, county: UUID) -> None:
    gap = story.vacancy(county, "2024-01-10", "2024-02-01")
    story.tell(gap, org.VacancyCorrected(since=day("2024-01-05")), org.VacancyCorrected(since=day("2024-01-05"), void=True),
               org.VacancyCorrected(since=day("2024-01-05"), appointment=new_id(), filled_on=day("2024-03-01")), actor="org.policies")  # fmt: skip
    grant = org.GrantGiven(account="x|y", account_name="李", role="recorder", organisation=county, starts_on=day("2024-01-01"), appointment=new_id())
    ends = (org.GrantEnded(effective=day("2024-02-01"), why="appointment ended", with_post=True),
            org.GrantEndCorrected(effective=day("2024-03-01")), org.GrantEndCorrected(effective=None))  # fmt: skip
    story.tell(new_id(), grant, *ends, actor="org.policies")
    told = said(auditor, limit=200)
    for sentence in (
        "系统随任免的更正订正南昌县妇女联合会的空缺：自2024-01-05，未补。",
        "系统随任免的更正订正南昌县妇女联合会的空缺：没有空缺。",
        "系统随任免的更正订正南昌县妇女联合会的空缺：自2024-01-05，2024-03-01补齐。",
        "系统随任职的更正订正李在南昌县妇女联合会的填报员角色的终止：自2024-03-01。",
        "系统随任职的更正订正李在南昌县妇女联合会的填报员角色的终止：未终止。",
    ):
        assert sentence in told, (sentence, told)


def test_it_is_found_by_who_did_it_and_what_it_is_about_in_pages(story: Story, auditor: Caller, county: UUID) -> None:
    given = org.GrantGiven(account=OTHER, account_name="王干事", role="recorder", organisation=county, starts_on=day("2000-01-01"))
    story.tell(new_id(), given)
    paper = story.paper(county)
    story.tell(county, org.OrganisationDetailsChanged(effective=day("2024-03-01"), short_name="县妇联"), actor=OTHER, documents=(paper,))
    story.tell(new_id(), org.GrantGiven(account="x|y", account_name="李", role="recorder", organisation=county, starts_on=day("2000-01-01")),
               actor="cadre.policies", on_behalf_of=OTHER)  # fmt: skip
    hers = ["系统随王干事的办理授予李南昌县妇女联合会的填报员角色。", "王干事凭南妇〔2024〕5号变更南昌县妇女联合会的简称。"]
    assert said(auditor, who="王干事") == hers == said(auditor, who="other") == said(auditor, actor=OTHER)
    assert said(auditor, who="系统") == hers[:1] and said(auditor, who="没有此人") == []
    assert said(auditor, document=paper) == [hers[1], "周主任登记公文《任职批复》。"]
    assert said(auditor, who="王干事", about="organisation") == hers[1:]
    page = get(auditor, RECORDS, limit=1).json()
    assert get(auditor, RECORDS, limit=1, cursor=page["cursor"]).json()["rows"][0]["event"] != page["rows"][0]["event"]
    assert get(auditor, f"{RECORDS}/total").json()["total"] == len(said(auditor, limit=200))
    appointed = story.start(story.post(story.person("王芳", county), county), "2024-01-10", meta={"actor": OTHER})
    assert [r["appointment"] for r in get(auditor, "/audit/appointments", who="王干").json()["rows"]] == [str(appointed)]
    assert get(auditor, "/audit/appointments", who="周主任").json()["rows"] == []
    renamed = story.tell(county, org.OrganisationDetailsChanged(effective=day("2024-05-05"), short_name="县妇联"), on="2024-05-05")
    assert [r["event"] for r in get(auditor, RECORDS, **{"from": "2024-05-05", "to": "2024-05-05"}).json()["rows"]] == [str(renamed.id)]
    assert get(auditor, RECORDS, **{"from": "2090-01-01"}).json()["rows"] == [] == get(auditor, RECORDS, to="1990-01-01").json()["rows"]


def test_a_county_reads_its_own_records_and_a_file_has_what_the_page_has(story: Story, app: FastAPI, province: UUID, county: UUID) -> None:
    other = story.organisation("进贤县妇女联合会", "county", province, "360124000000")
    story.person("李梅", other)
    story.person("王芳", county)
    give(app, "county", "officer", county)
    own = Caller(app, "county")
    assert [r["person_name"] for r in get(own, RECORDS, about="person").json()["rows"]] == ["王芳"]
    assert get(own, RECORDS, about="grant").json()["rows"] == []  # of the whole province
    assert get(own, RECORDS, area="360124").status_code == 403 == get(Caller(app, "stranger"), RECORDS).status_code
    lines = get(own, RECORDS, about="person", format="csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "序号,登记时间,生效日期,事项,记录,组织,经办人,代,公文" and "登记王芳的档案" in lines[1] and len(lines) == 2


def log_of(story: Story, service: str) -> Any:
    """A feed, as far as the check needs it."""

    async def pages(after: int, limit: int) -> list[bytes]:
        return [as_line(e) for e in story.logs[service] if after < e.position <= after + limit]

    return SimpleNamespace(region="36", service=service, delivery=SimpleNamespace(pages=pages))


def as_line(e: Event) -> bytes:
    body = {"at": e.at.isoformat(timespec="microseconds"), "id": str(e.id), "version": e.fact_version, "fact": e.data,
            "meta": {k: v for k, v in e.meta.__dict__.items() if v}}  # fmt: skip
    return orjson.dumps({"position": e.position, "stream": str(e.stream), "version": e.version, "fact": e.name,
                         "state": {"format": 1, "body": body, "sealed": {}}})  # fmt: skip


@EITHER
def test_the_chain_check_says_what_it_compared_and_where_a_fact_was_altered(story: Story, app: FastAPI, auditor: Caller, county: UUID) -> None:
    story.person("王芳", county)

    async def down(after: int, limit: int) -> list[bytes]:
        raise httpx.ConnectError("down")

    gone = SimpleNamespace(region="36", service="hotline", delivery=SimpleNamespace(pages=down))
    app.state.feeds[:] = [log_of(story, "org"), log_of(story, "cadre"), gone]
    found = {r["service"]: r for r in get(auditor, "/audit/chain").json()["rows"]}
    head = len(story.logs["org"])
    assert (found["org"]["state"], found["org"]["first"], found["org"]["last"], found["org"]["checked"]) == ("same", 1, head, head)
    assert found["cadre"]["state"] == "same" and found["hotline"]["state"] == "empty"
    with begin(app.state.views.engine) as c:
        c.execute(sa.update(events).where(events.c.service == "org", events.c.position == 2).values(data={"established_on": "1999-01-01"}))
    altered = {r["service"]: r for r in get(auditor, "/audit/chain").json()["rows"]}
    assert (altered["org"]["state"], altered["org"]["at"]) == ("differs", 2) and altered["cadre"]["state"] == "same"
    app.state.feeds[:] = [SimpleNamespace(region="36", service="org", delivery=SimpleNamespace(pages=down))]
    assert [r["state"] for r in get(auditor, "/audit/chain").json()["rows"]] == ["unreachable"]
    assert get(Caller(app, "stranger"), "/audit/chain").status_code == 403
    app.state.feeds.clear()
