"""Every route of every service, as its OpenAPI names it, for every demo account: refused or not as the permission table says."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.seed.examples import ACCOUNTS
from shared.calendar import today
from shared.permissions import ADMIN_ROLES, Grant, allowed
from tests.files.making import book
from tests.story.acts import PDF, paper
from tests.story.county import PLACES, Account, County, ago

SERVICES = ("org", "cadre", "lecture", "hotline", "projection")
OPEN = ("/health", "/ready", "/metrics")  # without a token
SERVICES_ONLY = ("/notifications", "/signing-keys")
# service, method, path, permission; `x|account`: that account as well, because it is hers; `x*`: no place is asked
ROUTES = """
org POST /organisations                               org.propose
org GET  /organisations/{id}                          org.read
org POST /organisations/{id}/establishment            org.establish
org POST /organisations/{id}/withdrawal               org.propose
org POST /organisations/{id}/details                  org.change
org POST /organisations/{id}/correction               org.change
org POST /organisations/{id}/move                     org.change
org POST /organisations/{id}/division                 org.change
org POST /organisations/{id}/credit-code              org.change
org POST /organisations/{id}/seats                    org.seats
org POST /organisations/{id}/seats/{seat}/abolition   org.seats
org POST /organisations/{id}/split                    org.propose
org POST /organisations/{id}/merger                   org.establish
org POST /organisations/{id}/conversion               org.import
org POST /organisations/{id}/dissolution              org.establish
org POST /units                                       org.unit
org GET  /units/{id}                                  org.read
org POST /units/{id}/qualification                    org.unit
org POST /units/{id}/details                          org.unit
org POST /units/{id}/exemption                        org.unit
org POST /units/{id}/organisation                     org.unit
org POST /units/{id}/release                          org.unit
org POST /units/{id}/transfer                         org.unit
org POST /units/{id}/closure                          org.unit
org POST /units/{id}/merger                           org.unit
org POST /units/{id}/correction                       org.unit
org POST /terms                                       org.term
org GET  /terms/{id}                                  org.read
org POST /terms/{id}/extension-request                org.reelection
org POST /terms/{id}/extension                        org.permit
org POST /terms/{id}/extension-refusal                org.permit
org POST /terms/{id}/filing                           org.file
org POST /terms/{id}/end                              org.term
org POST /terms/{id}/correction                       org.term
org POST /reelections                                 org.reelection
org POST /reelections/batches                         org.reelection
org GET  /reelections/{id}                            org.read
org POST /reelections/{id}/request                    org.reelection
org POST /reelections/{id}/permit                     org.permit
org POST /reelections/{id}/refusal                    org.permit
org POST /reelections/{id}/congress                   org.reelection
org POST /reelections/{id}/result                     org.reelection
org POST /reelections/{id}/return                     org.approve
org POST /reelections/{id}/approval                   org.approve
org POST /reelections/{id}/filing                     org.file
org POST /reelections/{id}/close                      org.reelection
org POST /reelections/{id}/cancellation               org.reelection
org POST /vacancies                                   org.vacancy
org GET  /vacancies/{id}                              org.read
org POST /vacancies/{id}/nomination                   org.vacancy
org POST /vacancies/{id}/party-decision               org.vacancy
org POST /vacancies/{id}/approval                     org.approve
org POST /vacancies/{id}/filling                      org.vacancy
org POST /vacancies/{id}/abolition                    org.seats
org POST /documents                                   org.document
org GET  /documents/{id}                              document.read
org POST /documents/{id}/files                        org.document
org GET  /documents/{id}/files/{sha256}               document.read
org POST /grants                                      org.grant
org GET  /grants/{id}                                 org.grant
org POST /grants/{id}/end                             org.grant
org POST /delegations                                 org.grant
org GET  /delegations/{id}                            org.grant|provincial
org POST /delegations/{id}/end                        org.grant|provincial
org POST /rules                                       org.rule
org GET  /rules                                       org.read
org GET  /imports/template                           org.import
org POST /imports                                    org.import
org GET  /imports                                    org.import*
org GET  /imports/{id}                               org.import
org GET  /imports/{id}/rows                          org.import
org GET  /imports/{id}/workbook                      org.import
org POST /imports/{id}/check                         org.import
org POST /imports/{id}/commit                        org.load
org POST /imports/{id}/revocation                    org.load
org POST /imports/{id}/discard                       org.import
cadre POST /cadres                                    cadre.register
cadre GET  /cadres/{id}                               cadre.read
cadre POST /cadres/{id}/profile-change                cadre.profile
cadre POST /cadres/{id}/profile-correction            cadre.correct
cadre POST /cadres/{id}/merge                         cadre.correct
cadre GET  /cadres/{id}/departure                     cadre.relieve
cadre POST /cadres/{id}/departure                     cadre.relieve
cadre POST /cadres/{id}/departure-withdrawal          cadre.correct
cadre POST /cadres/{id}/return                        cadre.relieve
cadre POST /cadres/{id}/unsealing                     cadre.unseal
cadre POST /cadres/unsealing                          cadre.export*
cadre POST /cadres/{id}/certificates                  cadre.certificate
cadre POST /appointments                              cadre.propose
cadre GET  /appointments/ways                         cadre.read
cadre GET  /appointments/{id}                         cadre.read
cadre POST /appointments/{id}/party-decision          cadre.review
cadre POST /appointments/{id}/publicity               cadre.review
cadre POST /appointments/{id}/publicity-end           cadre.review
cadre POST /appointments/{id}/election                cadre.approve
cadre POST /appointments/{id}/approval                cadre.approve
cadre POST /appointments/{id}/rejection               cadre.approve
cadre POST /appointments/{id}/withdrawal              cadre.propose
cadre POST /appointments/{id}/start                   cadre.start
cadre POST /appointments/{id}/cancellation            cadre.start
cadre POST /appointments/{id}/suspension              cadre.relieve
cadre POST /appointments/{id}/resumption              cadre.relieve
cadre POST /appointments/{id}/relief                  cadre.relieve
cadre POST /appointments/{id}/correction              cadre.correct
cadre POST /secondments                               cadre.start
cadre GET  /secondments/{id}                          cadre.read
cadre POST /secondments/{id}/extension                cadre.start
cadre POST /secondments/{id}/end                      cadre.start
cadre GET  /imports/template                         cadre.import
cadre POST /imports                                  cadre.import
cadre GET  /imports                                  cadre.import*
cadre GET  /imports/{id}                             cadre.import
cadre GET  /imports/{id}/rows                        cadre.import
cadre GET  /imports/{id}/workbook                    cadre.import
cadre POST /imports/{id}/check                       cadre.import
cadre POST /imports/{id}/commit                      cadre.load
cadre POST /imports/{id}/revocation                  cadre.load
cadre POST /imports/{id}/discard                     cadre.import
lecture POST /topics                                  lecture.topic
lecture GET  /topics/{id}                             lecture.read
lecture POST /topics/{id}/submission                  lecture.topic
lecture POST /topics/{id}/trial                       lecture.topic
lecture POST /topics/{id}/acceptance                  lecture.review
lecture POST /topics/{id}/return                      lecture.review
lecture POST /topics/{id}/revision                    lecture.topic
lecture POST /topics/{id}/retirement                  lecture.review
hotline POST /shifts                                  hotline.shift
hotline GET  /shifts/{id}                             hotline.read
hotline POST /shifts/{id}/completion                  hotline.shift
hotline POST /shifts/{id}/cancellation                hotline.shift
projection GET /reports                               report.read*
projection GET /reports/roster                        report.read
projection GET /reports/{id}                          report.read
projection GET /reports/{id}/items                    report.read
projection GET /audit/appointments                    audit.read
projection GET /audit/appointments/{id}               audit.read
projection GET /organisations                         org.read
projection GET /organisations/tree                    org.read
projection GET /units                                 org.read
projection GET /seats                                 org.read
projection GET /terms                                 org.read
projection GET /reelections                           org.read
projection GET /vacancies                             org.read
projection GET /documents                             document.read
projection GET /cadres                                cadre.read
projection GET /appointments                          cadre.read
projection GET /appointments/counts                   cadre.read
projection GET /secondments                           cadre.read
projection GET /topics                                lecture.read
projection GET /shifts                                hotline.read
projection GET /me                                    *
projection GET /search                                org.read
projection GET /overview                              report.read
projection GET /organisations/{id}                    org.read
projection GET /organisations/{id}/children           org.read
projection GET /cadres/{id}                           cadre.read
projection GET /worklist                              org.read*
projection GET /reelections/batches                   org.reelection
projection GET /refusals                              cadre.read
projection GET /roster                                report.read
projection GET /roster/total                          report.read
projection GET /audit/appointments/total              audit.read
projection GET /audit/trail/{correlation}             audit.read
projection GET /audit/exports                         audit.read
projection GET /audit/records                         audit.read
projection GET /audit/records/total                   audit.read
projection GET /audit/chain                           audit.read*
projection POST /exports                              report.read*
projection GET /exports                               report.read*
projection GET /exports/{id}                          report.read*
projection GET /exports/{id}/file                     report.read*
projection POST /exports/{id}/removal                 report.read*
"""
TABLE = [(service, method, path, permission) for service, method, path, permission in map(str.split, ROUTES.split("\n")[1:-1])]
PEOPLE = [*(a.name for a in ACCOUNTS), "secadmin"]
PATH = [PLACES[level] for level in ("village", "township", "county", "city", "province")]


def may(account: str, permission: str, place: str) -> bool:
    """What the table says of an account and a permission at a place."""
    name, _, owner = permission.partition("|")
    if account == owner or name == "*":
        return True
    held = next((a for a in ACCOUNTS if a.name == account), None)
    role, level = (held.role, held.level) if held else ("security_admin", None)
    grant = Grant(account, role, PLACES[level] if level else None, today(), today().replace(year=today().year + 1))
    path = [grant.organisation or PLACES["province"]] if name.endswith("*") else PATH[PATH.index(PLACES[place]) :]
    return allowed([grant], name.rstrip("*"), path, today())


IMPORTS = {"org": "organisations", "cadre": "opening"}


def uploaded(her: Account, service: str, here: str) -> httpx.Response:
    """A workbook without rows: read, and found empty."""
    named = {"Content-Disposition": 'attachment; filename="a.xlsx"'}
    where = {"kind": IMPORTS[service], "organisation": here}
    return her.send("POST", service, "/imports", params=where, content=book([]), headers={**named, "Idempotency-Key": str(uuid4())})


def started(her: Account, service: str, here: str) -> str:
    return str(uploaded(her, service, here).json()["id"])


def exported(her: Account) -> str:
    """One of her own, made; nobody else may look at it."""
    asked = {"path": "/organisations", "asked": {"area": [str(PLACES["village"])]}}
    while (made := her.post("projection", "/exports", asked)).status_code == 409:  # three of hers are not finished
        sleep(0.05)
    if made.status_code != 202:
        return str(uuid4())
    while her.send("GET", "projection", f"/exports/{made.json()['id']}").json()["state"] in ("waiting", "running"):
        sleep(0.05)
    return str(made.json()["id"])


class Nouns:
    """One of everything at a place, to be named in paths and bodies."""

    def __init__(self, county: County, place: str) -> None:
        self.county, officer = county, county.provincial
        here = self.here = str(PLACES[place])
        self.document = paper(officer, here, scan=True)
        self.sha256 = officer.get("org", f"/documents/{self.document}")["files"][0]["sha256"]
        seat = next(s for s in officer.get("projection", "/seats", organisation=here)["rows"] if s["role"] != "staff")
        self.seat, engagement = seat["seat"], seat["engagement"] or "part_time"
        self.cadre = officer.do("cadre", "/cadres", profile={"person_name": "权限甲"}, home=here)
        self.appointment = officer.get("projection", "/appointments", organisation=here, limit=1)["rows"][0]["id"]
        wish = {"person": self.cadre, "organisation": here, "seat": self.seat, "engagement": engagement, "mode": "by_election", "starts_on": ago(0)}
        proposed = officer.do("cadre", "/appointments", **wish)
        self.correlation = str(officer.get("projection", f"/audit/appointments/{proposed}")["rows"][0]["correlation"])
        hours = {"starts_at": f"{ago(-1)}T08:00:00+08:00", "ends_at": f"{ago(-1)}T11:00:00+08:00"}
        grant = {"account": f"{county.config.issuer}|somebody-{place}", "account_name": "某人", "role": "recorder", "organisation": here}
        lent = {"from_account": f"{county.config.issuer}|provincial", "to_account": f"{county.config.issuer}|somebody", "roles": ["officer"],
                "organisation": here, "starts_on": ago(0), "until": ago(-9), "why": "休假"}  # fmt: skip
        away = {"person": self.cadre, "from_organisation": here, "to_organisation": str(PLACES["city"]), "duty": "挂职", "starts_on": ago(9)}
        self.ids = {
            "organisations": here,
            "units": officer.do("org", "/units", unit_name="权限单位", level="village", field="other", area=here, listed_on=ago(9)),
            "terms": officer.get("projection", "/terms", organisation=here)["rows"][0]["id"],
            "reelections": officer.do("org", "/reelections", organisation=here, planned_on=ago(0)),
            "vacancies": officer.do("org", "/vacancies", organisation=here, seat=self.seat, since=ago(0)),
            "documents": self.document,
            "grants": county.secadmin.do("org", "/grants", **grant, starts_on=ago(0)),
            "delegations": officer.do("org", "/delegations", **lent),
            "cadres": self.cadre,
            "appointments": self.appointment,
            "secondments": officer.do("cadre", "/secondments", **away, until=ago(-90)),
            "topics": officer.do("lecture", "/topics", title="权限课题", category="other", outline="略", minutes=60, audience_level="village",
                                 organisation=here),
            "shifts": county.operator.do("hotline", "/shifts", organisation=here, **hours),
            "imports": {"org": started(officer, "org", here), "cadre": started(officer, "cadre", here)},
            "reports": "R01",
            "audit": self.appointment,
        }  # fmt: skip

    def path(self, path: str, service: str = "", mine: str = "") -> str:
        id = mine or self.ids.get(path.split("/")[1], "")
        path = path.replace("{id}", id if isinstance(id, str) else id[service]).replace("{seat}", self.seat)
        return path.replace("{sha256}", self.sha256).replace("{correlation}", self.correlation)

    def value(self, name: str, schema: dict[str, Any], known: dict[str, Any], noun: str) -> Any:
        """Something of that schema that is understood; with dates so long ago that no rule lets a command pass."""
        schema = schema if "anyOf" not in schema else schema["anyOf"][0]
        if "$ref" in schema:
            schema = known[schema["$ref"].rpartition("/")[2]]
        if "properties" in schema:
            return {n: self.value(n, schema["properties"][n], known, noun) for n in schema.get("required", ())}
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if schema.get("type") == "array":
            return [self.value(name, schema["items"], known, noun)] * schema.get("minItems", 0)
        if schema.get("format") == "uuid":
            mine = {"person": self.cadre, "appointment": self.appointment, "seat": self.seat, "into": self.ids.get(noun)}
            places = ("organisation", "area", "parent", "home", "from_organisation", "issuer")
            return self.here if name in places else mine.get(name) or str(uuid4())
        dates = {"date": "1950-01-01", "date-time": "1950-01-01T08:00:00+08:00"}
        kinds = {"integer": 1, "number": 1.0, "boolean": False, "string": "x" * schema.get("minLength", 1)}
        return dates.get(schema.get("format", ""), kinds.get(schema.get("type", ""), "x"))


@pytest.fixture(scope="module")
def described(county: County) -> dict[str, Any]:
    """The OpenAPI of each service as it runs."""
    return {s: county.http.get(f"{county.config.url(s)}/openapi.json").json() for s in SERVICES}


@pytest.fixture(scope="module")
def nouns(county: County) -> dict[str, Nouns]:
    return {place: Nouns(county, place) for place in ("village", "county")}


def ask(her: Account, nouns: Nouns, described: dict[str, Any], service: str, method: str, path: str) -> int:
    """The status of a request that is well-formed but would do nothing: its If-Match names a version that never was."""
    mine = exported(her) if path.startswith("/exports/") else ""
    if method == "GET":
        area = {"area": nouns.here} if service == "projection" else {}
        template = {"kind": IMPORTS[service], "organisation": nouns.here} if path.endswith("/template") else {}
        template |= {"q": "n"} if path == "/search" else {}
        template |= {"organisation": nouns.here, "seat": nouns.seat, "starts_on": ago(0)} if path.endswith("/ways") else {}
        template |= {"effective": ago(0), "why": "died"} if path.endswith("/departure") else {}
        return her.send(method, service, nouns.path(path, service, mine), params=area | template).status_code
    if path == "/imports":
        return uploaded(her, service, nouns.here).status_code
    if path.endswith("/files"):
        named = {"Content-Disposition": 'attachment; filename="a.pdf"'}
        return her.post(service, nouns.path(path), json=None, content=PDF, headers=named, expect=999_999).status_code
    spec = described[service]
    body = spec["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    content = nouns.value("", body, spec["components"]["schemas"], path.split("/")[1])
    content |= {"area": nouns.here} if path == "/rules" else {}
    kept = {"headers": {"Dry-Run": "true"}} if path.endswith("/discard") else {}  # it has no version, and the import is asked about by others
    return her.post(service, nouns.path(path, service, mine), content, expect=999_999, **kept).status_code


def asked(county: County, who: dict[str, Account], nouns: Nouns, described: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Account, service, method, path, permission, status; for each account and route."""
    work = [(name, *route) for name in who for route in TABLE]
    with ThreadPoolExecutor(6) as pool:
        statuses = pool.map(lambda w: ask(who[w[0]], nouns, described, *w[1:4]), work)
        yield from ((*w, status) for w, status in zip(work, statuses, strict=True))


def test_the_table_names_every_route_there_is(described: dict[str, Any]) -> None:
    there = {(s, method.upper(), path) for s in SERVICES for path, methods in described[s]["paths"].items() for method in methods}
    named = {route[:3] for route in TABLE}
    assert there - named == {(s, "GET", path) for s in SERVICES for path in (*OPEN, *SERVICES_ONLY)}
    assert not named - there


@pytest.mark.parametrize("place", ["village", "county"])
def test_every_account_gets_on_every_route_what_the_table_says(county: County, described: Any, nouns: dict[str, Nouns], place: str) -> None:
    people = {name: getattr(county, name) for name in (PEOPLE if place == "village" else ("township", "village", "lecturer", "operator"))}
    wrong, refused, let = [], 0, 0
    for account, service, method, path, permission, status in asked(county, people, nouns[place], described):
        if may(account, permission, place):
            let += 1
            right = status < 500 and status not in (401, 403, 404)
        else:
            refused += 1
            right = status == 403
        if not right:
            wrong.append(f"{account} {service} {method} {path} ({permission}): {status}")
    assert not wrong, "\n".join(wrong)
    assert refused > 100 and let > 50


def test_without_a_token_no_route_answers_and_a_service_is_nobody(county: County, described: Any, nouns: dict[str, Nouns]) -> None:
    strangers = {"nobody": Account(county, "nobody", None), "service": Account(county, "service", county.service)}
    wrong = [
        f"{name} {service} {method} {path}: {status}"
        for name, service, method, path, permission, status in asked(county, strangers, nouns["village"], described)
        if status != (401 if name == "nobody" else 200 if permission == "*" else 403)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_log_is_for_services_and_the_health_for_everybody(county: County) -> None:
    for service in SERVICES:
        for path in OPEN:
            assert county.http.get(county.config.url(service) + path).status_code == 200
    for service in SERVICES:
        assert county.page(service, 0).status_code == 200
        for path in SERVICES_ONLY:
            assert Account(county, "nobody", None).send("GET", service, path).status_code == 401
            assert {getattr(county, who).send("GET", service, path).status_code for who in PEOPLE} == {403}


def test_the_three_admin_like_roles_hold_no_business_permission() -> None:
    admins = [a.name for a in ACCOUNTS if a.role in ADMIN_ROLES] + ["secadmin"]
    commands = {permission for _, method, path, permission in TABLE
                if method == "POST" and not permission.startswith("org.grant") and not path.startswith("/exports")}  # these only read
    assert not [(a, p) for a in admins for p in commands if may(a, p, "village")]
