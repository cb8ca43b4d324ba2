"""A roster of 10,000 rows over HTTP: seconds until it is checked, until it is committed, until it is taken back; into empty seats, and as a
county's re-election, whose old teams leave."""
from __future__ import annotations

import time
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from deploy.seed.plan import organisation_id
from deploy.servers import LOOPBACK
from shared.fact import derive
from tests.bench.bench import Bench
from tests.bench.stack import Stack, stack
from tests.files.making import book, person

TOWNSHIP = "360121100"
COUNTY, TOWN = str(organisation_id("360121000000")), str(organisation_id("360121100000"))
TEAM = 18  # a chair, two vice-chairs and fifteen executives
CHECKED_S, COMMITTED_S = 10, 30
HEADER = ("组织全称", "简称", "上级组织", "层级", "成立时间", "主席职数", "副主席职数", "执委职数")
SURNAMES, NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "芳敏静丽艳娟霞秀燕玲桂英华玉兰红梅雪琴云凤洁琳素"


def run(bench: Bench) -> None:
    for kind in bench.databases:
        for renewed in (False, True):
            with stack(bench, kind, TOWNSHIP, ("org", "cadre")) as services:
                measure(bench, services, f"{kind}: {'re-election by ' if renewed else ''}roster", renewed)


def measure(bench: Bench, services: Stack, what: str, renewed: bool) -> None:
    """`renewed`: the terms are over and their teams still sit."""
    rows = bench.size(10_000, 180)
    names = villages(services, -(-rows // TEAM), "2020-04-01" if renewed else "2025-01-01")
    services.await_level(("org", "cadre"))
    desk, approver = Desk(services, "cadre", "county"), Desk(services, "cadre", "provincial")
    if renewed:
        old, _ = desk.upload(book(team(rows, names, "2020-04"), title="老班子"), "opening")
        desk.commit(old)
        services.await_level(("org", "cadre"))
    id, checked = desk.upload(book(team(rows, names, newly=3 if renewed else 0)), "roster", authority="中共南昌县委", decided_on="2026-01-01")
    found, what = desk.look(id), f"{what} of {rows:,} rows"
    if found["counts"]["add"] != rows or len(found["notes"]) != (len(names) if renewed else 0):
        raise RuntimeError(f"not all rows are right: {found['counts']}, {found['problems']}, {len(found['notes'])} teams")
    bench.add(f"{what} checked", checked, "s", bar=f"≤ {CHECKED_S} s", met=checked <= CHECKED_S)
    committed = approver.commit(id, documents=[str(uuid4())])
    bench.add(f"{what} committed", committed, "s", bar=f"≤ {COMMITTED_S} s", met=committed <= COMMITTED_S)
    services.await_level(("org", "cadre"))
    bench.add(f"{what} taken back", approver.revoke(id), "s")


class Desk:
    """Somebody at the imports of one service."""

    def __init__(self, services: Stack, service: str, account: str) -> None:
        headers = {"Authorization": f"Bearer {services.token(account)}"}
        self.http = httpx.Client(base_url=f"http://{LOOPBACK}:{services.ports[service]}", headers=headers, timeout=120)

    def upload(self, data: bytes, kind: str, **more: str) -> tuple[str, float]:
        """The import and the seconds until it was checked."""
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('花名册.xlsx')}", "Idempotency-Key": str(uuid4())}
        started = time.perf_counter()
        answer = self.http.post("/imports", params={"kind": kind, "organisation": COUNTY, **more}, content=data, headers=headers)
        id = str(answered(answer)["id"])
        self.until(id, "checked")
        return id, time.perf_counter() - started

    def commit(self, id: str, **more: Any) -> float:
        found = self.look(id)
        body = {"digest": found["digest"], "only": "all", "acknowledged": sorted({p["code"] for p in found["problems"]}), **more}
        return self.acted(id, "commit", body, "committed")

    def revoke(self, id: str) -> float:
        return self.acted(id, "revocation", {"why": "测速"}, "revoked")

    def acted(self, id: str, act: str, body: Any, state: str) -> float:
        started = time.perf_counter()
        answered(self.http.post(f"/imports/{id}/{act}", json=body, headers={"Idempotency-Key": str(uuid4())}))
        self.until(id, state)
        return time.perf_counter() - started

    def look(self, id: str) -> dict[str, Any]:
        return answered(self.http.get(f"/imports/{id}"))

    def until(self, id: str, state: str) -> None:
        while (found := self.look(id))["state"] in ("checking", "committing", "revoking"):
            time.sleep(0.5)  # the page asks every second
        if found["state"] != state:
            raise RuntimeError(f"{found['state']}: {found['fault']}")


def answered(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url.path} {answer.status_code}: {answer.text[:500]}")
    found: dict[str, Any] = answer.json()
    return found


def villages(services: Stack, count: int, since: str) -> list[str]:
    """So many village federations with empty seats and a term of five years; their names."""
    desk, terms = Desk(services, "org", "county"), Desk(services, "org", "township")
    town = answered(desk.http.get(f"/organisations/{TOWN}"))["full_name"]
    names = [f"测速第{n}村妇女联合会" for n in range(count)]
    rows = [(name, name.replace("妇女联合会", "妇联"), town, "村", "2020-03-08", 1, 2, 15) for name in names]
    id, _ = desk.upload(book(rows, HEADER, "组织名录"), "organisations")
    desk.commit(id)
    for n in range(count):
        made = derive(UUID(id), f"花名册!{n + 3}", "organisation")  # as the import calls them
        body = {"organisation": str(made), "starts_on": since, "term_months": 60}
        answered(terms.http.post("/terms", json=body, headers={"Idempotency-Key": str(uuid4())}))
    return names


def team(rows: int, names: list[str], since: str = "2026-01", newly: int = 0) -> list[list[Any]]:
    """`newly`: of so many one is new, the others are those whom it names without."""
    found = []
    for n in range(rows):
        dice, fresh = Random(n), newly and n % newly == 0
        village, place = divmod(n, TEAM)
        role = "主席" if place == 0 else "副主席" if place < 3 else "执委"
        name = dice.choice(SURNAMES) + dice.choice(NAMES) + dice.choice(NAMES)
        month = dice.randint(1, 9) if fresh else dice.randint(10, 12)  # so that nobody new has a namesake born with her
        found.append(person(name, role, f"{dice.randint(1960, 2000)}-{month:02}", since=since, unit=names[village],
                            联系电话=f"{139 if fresh else 138}{n:08d}"))
    return found
