"""The pages there are, by what is needed to open them; and what of the console is no page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from tests.files.making import book
from tests.files.making import person as line
from tests.story.acts import Village, appoint, candidate, congress, paper, passed
from tests.story.county import PLACES, County, ago, eventually, ok

__all__ = ["BY", "EMPTY", "FORMS", "NOT_NOW", "NO_PAGES", "ODD", "PAGES", "PERSON", "VILLAGE", "Opened", "opened"]

# what names may look like: a hundred characters, rare ones, quotes, and what would be a script
ODD = "𠮷𡈽“引'号\"<script>document.title='坏'</script>&amp;{{1}}"
VILLAGE = f"{ODD}{'名字很长的村' * 20}"[:90]
PERSON = ("𠮷依古丽·买买提·" * 20)[:98]

# acts on appointments, and which of them they are open to
CASES = (("party-decision", "proposed"), ("publicity", "reviewed_leader"), ("publicity-end", "publicised"), ("election", "reviewed"),
         ("approval", "reviewed_appointee"), ("rejection", "reviewed"), ("withdrawal", "proposed"), ("start", "passed"), ("cancellation", "ahead"),
         ("relief", "appointment"), ("suspension", "appointment"), ("resumption", "suspended"))  # fmt: skip
ACTS = ("details", "seats", "division", "credit-code", "proposal", "move", "merger", "dissolution", "extension-request", "filing", "end")
STEPS = {"request": "planned", "permit": "requested", "refusal": "requested", "candidates": "permitted", "congress": "permitted", "result": "case",
         "approval": "case", "return": "case", "filing": "approved", "close": "filed", "cancellation": "case"}  # on the case whose state allows it
# what says that it cannot be done now
NOT_NOW = ("/reelections/{planned}/result", "/reelections/{planned}/papers/ballot.pdf", "/organisations/{county}/establishment",
           "/appointments/{appointment}/approval", "/people/{person}/departure-withdrawal", "/people/{person}/return")
PAGES = {
    "work list": "/",
    "help": "/help",
    "palette": "/palette?q=nc",
    "place": "/place",
    "services": "/services",
    "overview": "/organisations",
    "organisation": "/organisations/{county}",
    "organisation of a village": "/organisations/{village}",
    "organisation on a date": "/organisations/{village}?as_of=2024-06-30",
    "overview of the province": "/organisations",
    "map": "/organisations/map?area={city}",
    **{f"organisation, {act}": f"/organisations/{{renewed}}/{act}" for act in ACTS},
    "what of an organisation can be corrected": "/organisations/{renewed}/correction",
    "organisation, correction": "/organisations/{renewed}/correction?of={record}",
    "term, correction": "/terms/{term}/correction?of={started}",
    "organisation, extension": "/organisations/{extending}/extension",
    "organisation, extension-refusal": "/organisations/{extending}/extension-refusal",
    **{f"organisation, {act}": f"/organisations/{{asked}}/{act}" for act in ("establishment", "withdrawal")},
    "roster": "/roster",
    "roster of a village": "/roster?area={village}",
    "roster, relief of several": "/roster/relief?picked={appointment}&picked={odd_appointment}",
    "vacancies": "/vacancies",
    "refusals": "/refusals",
    "person": "/people/{person}",
    "new person": "/people/new",
    "person, change": "/people/{person}/change",
    "person, correction": "/people/{person}/correction",
    "person, certificate": "/people/{person}/certificate",
    "person, merge": "/people/{person}/merge",
    "person, departure": "/people/{person}/departure",
    "person who left": "/people/{gone}",
    "person, departure-withdrawal": "/people/{gone}/departure-withdrawal",
    "person, return": "/people/{gone}/return",
    "person, unsealing": "/people/{person}/unsealing",
    "appointments": "/appointments",
    "new appointment": "/appointments/new",
    "appointment": "/appointments/{appointment}",
    **{f"appointment, {act}": f"/appointments/{{{place}}}/{act}" for act, place in CASES},
    "appointment, correction": "/appointments/{appointment}/correction",
    "names of a hundred characters: organisation": "/organisations/{odd}",
    "names of a hundred characters: roster": "/roster?area={odd}",
    "names of a hundred characters: person": "/people/{odd_person}",
    "names of a hundred characters: person, change": "/people/{odd_person}/change",
    "names of a hundred characters: appointment": "/appointments/{odd_appointment}",
    "names of a hundred characters: appointment, relief": "/appointments/{odd_appointment}/relief",
    "names of a hundred characters: appointments": "/appointments?area={odd}&state=active",
    "names of a hundred characters: changes": "/audit?organisation={odd}",
    "re-elections": "/reelections",
    "re-elections due": "/reelections/due",
    "new re-election": "/reelections/new?organisation={village}",
    "re-election": "/reelections/{case}",
    "re-election planned": "/reelections/{planned}",
    **{f"re-election, {step}": f"/reelections/{{{case}}}/{step}" for step, case in STEPS.items()},
    "units": "/units",
    "new unit": "/units/new",
    "unit": "/units/{unit}",
    **{f"unit, {act}": f"/units/{{unit}}/{act}" for act in ("organisation", "details", "closure", "merger", "exemption", "correction")},
    "documents": "/documents",
    "new document": "/documents/new",
    "document": "/documents/{document}",
    "audit": "/audit",
    "other records of the audit": "/audit/records",
    "audit of exports": "/audit/exports",
    "audit of one request": "/audit/trail/{correlation}",
    "exports": "/exports",
    "new export": "/exports/new?list=roster",
    "imports": "/imports",
    "new import": "/imports/new",
    "import with errors": "/imports/cadre/{batch}",
    "import, revocation": "/imports/cadre/{batch}/revocation",
}
# whose pages they are, where not the county officer's
BY = {"overview of the province": "provincial", "map": "provincial"}
# what a list finds nothing for
NOBODY = "search=zzzzqqq"
EMPTY = {name: NOBODY for name in ("overview", "roster", "re-elections", "documents", "audit")} | {"appointments": "role=member&state=suspended"}
# pages whose form may not be sent empty
FORMS = {n for n in PAGES if n.startswith("new ") or ", " in n} - {"organisation, extension", "appointment, start"}  # which need not ask anything
# parts of pages, files, and what machines ask; the login page is looked at signed out
NO_PAGES = {
    "/login", "/login/start", "/login/back", "/static/{name}", "/favicon.ico", "/metrics", "/health", "/ready",
    "/appointments/seats", "/appointments/modes", "/appointments/counts", "/desk/figures", "/exports/{id}/file", "/organisations/branch",
    "/find/organisations", "/find/people", "/roster/total", "/views/{id}/count", "/audit/chain",
    "/imports/{service}/{id:uuid}/progress", "/imports/{service}/{id:uuid}/workbook", "/imports/template", "/export/{list}", "/organisations/export",
    "/organisations/{id}/roster.{format}", "/people/{id}/approval-form.{format}", "/certificates/{id}.{format}",
    "/reelections/{id}/papers/{kind}.{format}", "/documents/{id}/files/{sha256}",
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """Ids to put into addresses: places, somebody in office, a re-election whose result is reported, an import with errors, and so on."""

    city: str
    county: str
    village: str
    renewed: str
    asked: str
    person: str
    gone: str
    appointment: str
    case: str
    document: str
    correlation: str
    batch: str
    odd: str
    odd_person: str
    odd_appointment: str
    proposed: str
    reviewed: str
    passed: str
    ahead: str
    suspended: str
    reviewed_appointee: str
    reviewed_leader: str
    publicised: str
    extending: str
    planned: str
    requested: str
    permitted: str
    approved: str
    filed: str
    unit: str
    record: str
    term: str
    started: str

    def path(self, page: str) -> str:
        return PAGES[page].format(**vars(self))


def opened(county: County) -> Opened:
    renewed = Village.new(county, "榜样村")
    named = {"full_name": "新设村妇女联合会", "short_name": "新设村妇联", "org_type": "federation", "level": "village"}
    asked = county.township.do("org", "/organisations", **named, parent=str(PLACES["township"]), proposed_on=ago(10))
    person = renewed.people["陈秋月"] = sealed(county, renewed.id)
    appointment = renewed.appoint("陈秋月", "executive_member")
    gone = renewed.person("谢春兰")
    county.county.do("cadre", f"/cadres/{gone}/departure", effective=ago(2), why="left_province")
    told = county.auditor.get("projection", f"/audit/appointments/{appointment}")["rows"][-1]
    city, area, village = (str(PLACES[place]) for place in ("city", "county", "village"))
    document = paper(county.county, area, scan=True)
    case = reported(county, renewed)
    return Opened(city, area, village, renewed.id, asked, person, gone, appointment, case, document, told["correlation"], dirty(county), *odd(county),
                  *waiting(county, renewed), **staged(county) | {"unit": unit(county)} | recorded(county, renewed.id))  # fmt: skip


def recorded(county: County, id: str) -> dict[str, str]:
    """What of an organisation, and of its first term, can be corrected."""
    eventually(lambda: county.county.get("projection", "/terms", organisation=id)["rows"])
    term = county.county.get("projection", "/terms", organisation=id)["rows"][-1]["id"]
    record, started = (county.county.get("org", path)["facts"][0]["id"] for path in (f"/organisations/{id}", f"/terms/{term}"))
    return {"record": record, "term": term, "started": started}


def unit(county: County) -> str:
    """An eligible unit that nobody covers yet."""
    return county.county.do("org", "/units", unit_name="县教育体育局", level="county", field="organ", area=str(PLACES["county"]), listed_on=ago(400))


def odd(county: County) -> tuple[str, str, str]:
    """A village, and its chair, whose names have a hundred characters, rare ones, quotes and what would be a script."""
    village = Village.new(county, VILLAGE)
    village.person(PERSON, employer_and_post=f"{ODD}会计")
    return village.id, village.people[PERSON], village.appoint(PERSON)


def waiting(county: County, village: Village) -> tuple[str, ...]:
    """Appointments proposed, decided by the Party organisation, passed, to begin in a week, and suspended; then some without an election: decided,
    a county's leader's decided, and one that is publicised."""
    officer, seat, post = county.county, village.seat["executive_member"], {"engagement": "part_time", "mode": "by_election", "starts_on": ago(0)}

    def proposed(name: str, **more: Any) -> str:
        by = officer if "organisation" in more else county.township
        body = {"organisation": village.id, "seat": seat, "person": village.person(name), **post, **more}
        return by.do("cadre", "/appointments", **body)

    def reviewed(name: str, **more: Any) -> str:
        id = proposed(name, **more)
        by = county.provincial if "organisation" in more else officer
        by.do("cadre", f"/appointments/{id}/party-decision", agreed=True, decided_on=ago(0), authority="镇党委")
        return id

    third, fourth = passed(county, village.person("纪晓兰"), village.id, seat, 0), appoint(county, village.person("舒晓燕"), village.id, seat, -7)
    fifth = village.appoint("石榴花", "executive_member")
    document = paper(officer, PLACES["county"])
    officer.do("cadre", f"/appointments/{fifth}/suspension", effective=ago(0), why="接受调查", documents=[document])
    seats = officer.get("projection", "/seats", organisation=str(PLACES["county"]))["rows"]
    leader = next(s for s in seats if s["role"] == "vice_chair")
    acting = {"seat": village.seat["chair"], "mode": "acting", "until": ago(-90)}
    led = {"organisation": str(PLACES["county"]), "seat": leader["seat"], "engagement": leader["engagement"] or "part_time", "mode": "appointed"}
    last = reviewed("尹秀珍", **led)
    officer.do("cadre", f"/appointments/{last}/publicity", from_on=ago(0), until=ago(-14))
    return proposed("甘露"), reviewed("柏月英"), third, fourth, fifth, reviewed("殷红梅", **acting), reviewed("武爱华", **led), last


def sealed(county: County, home: str) -> str:
    """Somebody with a telephone number, which only a reason opens."""
    profile = {"person_name": "陈秋月", "sex": "female", "ethnicity": "汉族", "born_on": "1985-06-01", "degree": "bachelor", "staffing": "other",
               "population": "federation_cadre"}  # fmt: skip
    return county.township.do("cadre", "/cadres", profile=profile, home=home, phone="13800000000")


def reported(county: County, village: Village) -> str:
    """A re-election up to its result."""
    chair, other = village.people["陈秋月"], village.person("梁晓燕")
    case = congress(county, village.id, 20, county.township, county.county)
    team = [candidate(who, village.seat["executive_member"], "executive_member") for who in (chair, other)]
    team.append(candidate(chair, village.seat["chair"], "chair"))
    county.township.do("org", f"/reelections/{case}/result", reported_on=ago(19), candidates=team)
    return case


def staged(county: County) -> dict[str, str]:
    """A re-election in every state that has a form of its own; and an organisation whose extension was asked for."""
    town, superior, cases = county.township, county.county, dict[str, str]()
    for name, state in (("春晖村", "planned"), ("夏荷村", "requested"), ("秋实村", "permitted"), ("冬青村", "approved"), ("岁寒村", "filed")):
        village = Village.new(county, name)
        if state in ("approved", "filed"):
            cases[state] = case = congress(county, village.id, 20, town, superior)
            team = [candidate(village.person("邓秋菊"), village.seat["executive_member"], "executive_member")]
            town.do("org", f"/reelections/{case}/result", reported_on=ago(19), candidates=team)
            paper_of = [paper(superior, PLACES["county"], scan=True)]
            superior.do("org", f"/reelections/{case}/approval", approved_on=ago(15), term_months=60, documents=paper_of)
            if state == "filed":
                superior.do("org", f"/reelections/{case}/filing", filed_with="superior_federation", filed_on=ago(10))
            continue
        cases[state] = case = town.do("org", "/reelections", organisation=village.id, planned_on=ago(30), congress_on=ago(-60))
        if state != "planned":
            town.do("org", f"/reelections/{case}/request", requested_on=ago(20))
        else:
            cases["extending"] = village.id
        if state == "permitted":
            superior.do("org", f"/reelections/{case}/permit", permitted_on=ago(10), documents=[paper(superior, PLACES["county"])])
    eventually(lambda: county.township.get("projection", "/terms", organisation=cases["extending"])["rows"])
    term = county.township.get("projection", "/terms", organisation=cases["extending"])["rows"][0]
    later = str(date.fromisoformat(term["ends_on"]) + timedelta(90))
    town.do("org", f"/terms/{term['id']}/extension-request", new_ends_on=later, why="与两委换届同步")
    return cases


def dirty(county: County) -> str:
    """A workbook with errors, checked."""
    lines = [line("何春花", "执委", "1980.1", unit="榜样村妇女联合会"), line("蔡 琴", "执委", "1979.05", unit="没有的村妇联")]
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('花名册.xlsx')}"}
    asked = {"kind": "opening", "organisation": str(PLACES["county"]), "only": "all"}
    batch = str(ok(county.county.send("POST", "cadre", "/imports", params=asked, content=book(lines), headers=headers))["id"])
    eventually(lambda: county.county.get("cadre", f"/imports/{batch}")["state"] == "checked", 60)
    return batch
