"""The cadre service in process, with a log that stands for org's: one county, one village federation with its seats and term."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI

from services.cadre import policies
from services.cadre.application import Cadre
from services.cadre.main import routers
from services.org import events as org
from shared.calendar import today
from shared.es import Meta, Store, meta, open_store
from shared.fact import Fact, new_id
from shared.http import service
from shared.http.follow import Follower, pages_of
from shared.http.wire import sinks_of
from tests.api.caller import Caller, Names, config, give, plant, served

COUNTY, TOWN, VILLAGE, CHAIR, VICE, EXECUTIVES, TERM = (uuid4() for _ in range(7))
KINDS = {name: type(name, (), {}) for name in ("Organisation", "Term", "Reelection", "Rule")}
TODAY = today()


def on(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


class OrgLog(Store):
    """org's facts as they stand in its log; nothing here decides."""

    name = "org"
    evolve = dict.fromkeys(KINDS.values(), lambda was, fact: (was or 0) + 1)

    def say(self, stream: UUID, *facts: Fact, documents: tuple[UUID, ...] = ()) -> None:
        token = meta.set(Meta(actor="org", documents=documents))
        self.do(str(uuid4()), {KINDS[facts[0].OF]: stream}, lambda was: facts)
        meta.reset(token)


class World:
    """The app, org's log, and the feeds, pulled when told."""

    def __init__(self, app: FastAPI, log: OrgLog) -> None:
        self.app, self.org, self.store = app, log, app.state.store
        self.followers = [Follower(sink, pages_of(log)) for sink in sinks_of(app, policies, "org")[1:]]  # grants and tree are planted
        self.followers += [Follower(sink, pages_of(self.store)) for sink in sinks_of(app, policies, "cadre")]

    def pull(self) -> None:
        for _ in range(2):  # what a reaction did must reach the copies too
            for follower in self.followers:
                follower.pull()

    def caller(self, name: str) -> Caller:
        return Caller(self.app, name)

    def say(self, stream: UUID, *facts: Fact, documents: tuple[UUID, ...] = ()) -> None:
        self.pull()  # what cadre itself recorded before
        self.org.say(stream, *facts, documents=documents)
        self.pull()

    def person(self, called: str = "王芳", **more: Any) -> str:
        body = {"profile": {"person_name": called, "sex": "female", "born_on": "1980-01-01"}, "home": str(VILLAGE)} | more
        answer = self.caller("clerk").post("/cadres", body)
        assert answer.status_code == 201, answer.json()
        return str(answer.json()["id"])

    def passed(self, person: str, seat: UUID = CHAIR, mode: str = "by_election", since: str = on(0), **more: Any) -> str:
        """An appointment brought to the step before its start, decided before the day `since`."""
        body = {"person": person, "organisation": str(VILLAGE), "seat": str(seat), "engagement": "part_time", "mode": mode, "starts_on": on(0)}
        answer = self.caller("clerk").post("/appointments", body | more)
        assert answer.status_code == 201, answer.json()
        at = f"/appointments/{answer.json()['id']}"
        self.ok(self.caller("secretary").post(f"{at}/party-decision", {"agreed": True, "decided_on": min(on(-5), since), "authority": "镇党委"}))
        if mode in ("appointed", "acting"):
            self.ok(self.caller("leader").post(f"{at}/approval", {"approved_on": on(-3)}))
        else:
            self.ok(self.caller("leader").post(f"{at}/election", {"elected_on": min(on(-3), since)}))
        return at

    def started(self, person: str, seat: UUID = CHAIR, starts_on: str | None = None, **more: Any) -> str:
        at = self.passed(person, seat, since=starts_on or on(0), **more)
        self.ok(self.caller("leader").post(f"{at}/start", {"starts_on": starts_on or on(0), "reason": "补录"}))
        return at

    def timeline(self, at: str) -> list[tuple[str, str | None]]:
        answer = self.caller("leader").get(at)
        return [(i["valid_from"], i["valid_to"]) for i in answer.json()["timeline"]]

    def event(self, at: str, fact: str) -> str:
        """The id of the newest such event."""
        found: str = next(e["id"] for e in reversed(self.caller("leader").get(at).json()["events"]) if e["fact"] == f"cadre.{fact}")
        return found

    def ok(self, answer: Any) -> Any:
        assert answer.status_code < 300, answer.json()
        return answer.json()


@contextmanager
def world(folder: Path, **more: Any) -> Iterator[World]:
    app = service("cadre", Cadre, routers, policies, config=config(folder, **more), identity=Names(), nats=False)
    log = open_store(OrgLog, f"sqlite:///{folder}/org.db")
    with served(app):
        plant(app, {COUNTY: None, TOWN: COUNTY, VILLAGE: TOWN})
        for name, role in (("clerk", "recorder"), ("secretary", "officer"), ("leader", "reviewer")):
            give(app, name, role, COUNTY)
        give(app, "county", "officer", COUNTY)
        here = World(app, log)
        tree: Any = ((COUNTY, "county", None), (TOWN, "township", COUNTY), (VILLAGE, "village", TOWN))
        for id, level, parent in tree:
            log.say(id, org.OrganisationProposed(full_name=f"{level}妇联", short_name=level, org_type="federation", level=level, parent=parent,
                                                 proposed_on=date(2019, 1, 1)), org.OrganisationEstablished(established_on=date(2020, 1, 1)))
        log.say(VILLAGE, org.SeatsDefined(effective=date(2020, 1, 1), seats=(
            org.Seat(seat=CHAIR, role="chair", capacity=1), org.Seat(seat=VICE, role="vice_chair", capacity=2),
            org.Seat(seat=EXECUTIVES, role="executive_member", capacity=15))))
        log.say(TERM, org.TermStarted(organisation=VILLAGE, term_no=1, starts_on=TODAY - timedelta(700), term_months=60,
                                      ends_on=TODAY + timedelta(1000)))
        here.pull()
        yield here
    log.close()


def winner(person: str, seat: UUID, role: org.Role, case: UUID) -> org.Winner:
    return org.Winner(person=UUID(person), seat=seat, role=role, engagement="part_time", appointment=new_id())
