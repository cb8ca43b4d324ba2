"""The org service as a test sees it: a small real tree, loaded as the loaders do, and four people at its door."""
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from httpx import Response

from services.org import policies
from services.org.application import Opening, OpeningTerm, Org, Proposal
from services.org.events import GrantGiven, Level, Seat
from services.org.main import routers
from shared.calendar import add_months, today
from shared.fact import new_id
from shared.http import service
from tests.api.caller import Caller, Copying, Names, account, config, served

LONG_AGO = date(2015, 1, 1)


def seats_of(chairs: int = 1, vices: int = 2, executives: int = 15) -> tuple[Seat, ...]:
    return (Seat(seat=uuid4(), role="chair", capacity=chairs), Seat(seat=uuid4(), role="vice_chair", capacity=vices),
            Seat(seat=uuid4(), role="executive_member", capacity=executives))


class World:
    """Province, county, township, two villages with seats and a term that ends in four months; an officer and a reviewer of the county."""

    @staticmethod
    def ok(answer: Response) -> Response:
        assert answer.status_code < 300, answer.text
        return answer

    def __init__(self, app: FastAPI) -> None:
        self.app, self.org = app, app.state.store
        self.province, self.county, self.township, self.village, self.other = (new_id() for _ in range(5))
        self.seats = {self.village: seats_of(), self.other: seats_of()}
        self.terms = {self.village: new_id(), self.other: new_id()}
        self.term_start = add_months(today(), -56)
        self.cadre: Any = None  # cadre's log, where a test has made one
        self.load()
        for name, role in (("officer", "officer"), ("reviewer", "reviewer"), ("auditor", "auditor"), ("secadmin", "security_admin")):
            self.grant(name, role, self.province)
        self.grant("clerk", "recorder", self.village)
        self.officer, self.reviewer, self.clerk, self.secadmin = (self.caller(n) for n in ("officer", "reviewer", "clerk", "secadmin"))
        self.pull()

    def load(self) -> None:
        def opening(id: UUID, name: str, level: Level, parent: UUID | None, code: str) -> Any:
            p = Proposal(f"{name}妇女联合会", f"{name}妇联", "federation", level, parent, LONG_AGO, opening=True)
            terms = (OpeningTerm(self.terms[id], self.term_start, 60),) if id in self.terms else ()
            o = Opening(p, LONG_AGO, code, name, self.seats.get(id, ()), terms)
            return lambda: self.org.open_organisation(id, o, key=f"open/{code}")
        outcomes = self.org.batch([
            opening(self.province, "江西省", "province", None, "360000000000"), opening(self.county, "南昌县", "county", self.province,
                                                                                        "360121000000"),
            opening(self.township, "莲塘镇", "township", self.county, "360121100000"),
            opening(self.village, "莲西村", "village", self.township, "360121100201"),
            opening(self.other, "莲东村", "village", self.township, "360121100202")])
        assert not [o for o in outcomes if isinstance(o, Exception)], outcomes

    def grant(self, name: str, role: Any, organisation: UUID | None, **more: Any) -> UUID:
        id = new_id()
        given = GrantGiven(account=account(name), account_name=name, role=role, organisation=organisation, starts_on=LONG_AGO, **more)
        self.org.give_grant(id, given, key=f"grant/{id}")
        return id

    def caller(self, name: str) -> Caller:
        return Caller(self.app, name)

    def pull(self) -> None:
        """What the wire would bring: org's own log into its copies."""
        self.app.state.access.refresh()
        Copying(self.app, self.app).pull()

    def seat(self, role: str, organisation: UUID | None = None) -> str:
        return next(str(s.seat) for s in self.seats[organisation or self.village] if s.role == role)

    def paper(self, kind: str = "approval") -> list[str]:
        body = {"kind": kind, "number": "县妇字〔2026〕3号", "title": "批复", "issuer": "县妇联", "dated": str(today()),
                "organisation": str(self.county)}
        return [str(ok(self.officer.post("/documents", body), 201)["id"])]

    def due(self, day: date) -> None:
        """The clock, on a day."""
        self.pull()
        policies.due(self.org, self.app.state.views, day)
        self.pull()

    def facts(self, name: str) -> list[Any]:
        return [e for n in self.org.recorder.select_notifications(0, 10_000, inclusive_of_start=False)
                for e in [self.org.mapper.to_domain_event(n)] if e.name == name]


def ok(answer: Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def no(answer: Response, code: str, status: int = 422, pointer: str | None = None) -> dict[str, Any]:
    """A problem+json that names field and rule in both languages."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    error: dict[str, Any] = answer.json()["errors"][0]
    assert error["code"] == code and error["message"]["zh-CN"] and error["message"]["en"], answer.text
    assert pointer is None or error["pointer"] == pointer, error
    return error


@contextmanager
def org_world(home: Path, **more: Any) -> Iterator[World]:
    app = service("org", Org, routers, policies, config=config(home, **more), identity=Names(), nats=False)
    with served(app):
        yield World(app)
