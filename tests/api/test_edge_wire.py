"""Services on the wire: a grant given in one counts in another at once, with NATS or without it, and waits when org is gone."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import APIRouter, FastAPI

from deploy.issuer import issuer
from deploy.servers import Nats, free_port
from services.org.events import GrantEnded, GrantGiven, OrganisationProposed
from shared.calendar import today
from shared.es import Done, Store
from shared.fact import Fact, new_id
from shared.http import command, service
from shared.settings import Settings
from tests.api import example

TOWN = new_id()


class Grant:
    """Whatever the aggregate, its state does not matter here."""


class Organisation:
    """Likewise."""


class OrgLog(Store):
    name = "org"
    evolve: ClassVar = {Grant: lambda was, fact: fact, Organisation: lambda was, fact: fact}

    def write(self, kind: type, id: UUID, fact: Fact) -> Done:
        return self.do(str(new_id()), {kind: id}, lambda was: fact)


@contextmanager
def running(app: FastAPI, port: int) -> Iterator[FastAPI]:
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield app
    finally:
        server.should_exit = True
        thread.join(15)


def within(seconds: float, happened: Callable[[], bool]) -> None:
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        time.sleep(0.02)


class House:
    """An issuer, org and cadre, each a real HTTP server, over one NATS that can be stopped."""

    def __init__(self, home: Path) -> None:
        self.nats = Nats()
        ports: dict[str, Any] = {f"{n}_port": free_port() for n in ("issuer", "org", "cadre")}
        self.settings = Settings(mode="dev", data=home, nats_port=self.nats.port, **ports)
        self.client = httpx.Client(base_url=self.settings.url("cadre"), timeout=10)

    def post(self, path: str, body: dict[str, Any], name: str = "county", **headers: str) -> httpx.Response:
        token = httpx.post(f"{self.settings.issuer}/demo/{name}").json()["access_token"]
        sent = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": str(new_id()),
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return self.client.post(path, json=body, headers=sent)

    def write(self, **headers: str) -> int:
        return self.post("/notes", {"organisation": str(TOWN), "text": "x"}, **headers).status_code


def given(house: House) -> GrantGiven:
    return GrantGiven(account=f"{house.settings.issuer}|county", account_name="x", role="officer", organisation=TOWN, starts_on=today())


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    house = House(home)
    s = house.settings
    with house.nats, running(issuer(s), s.issuer_port):
        yield house


def org_of(house: House) -> FastAPI:
    return service("org", OrgLog, [APIRouter()], config=house.settings)


def cadre_of(house: House) -> FastAPI:
    return service("cadre", example.Notes, [example.router], config=house.settings)


def test_a_grant_counts_in_another_service_within_a_second_of_being_given_or_ended(house: House) -> None:
    s = house.settings
    with running(org_of(house), s.org_port) as org, running(cadre_of(house), s.cadre_port):
        store: OrgLog = org.state.store
        place = OrganisationProposed(
            full_name="妇联", short_name="妇联", org_type="federation", level="township", parent=None, proposed_on=today()
        )
        store.write(Organisation, TOWN, place)
        id = new_id()
        assert house.write(Es_Position="36/org:1") == 403
        done = store.write(Grant, id, given(house))
        assert house.write(Es_Position=f"36/org:{done.position}") == 201
        within(15, lambda: cadre_ages(house) < 10)
        store.write(Grant, id, GrantEnded(effective=today(), why="left"))
        within(15, lambda: house.write() == 403)
        house.nats.kill()
        store.write(Grant, new_id(), given(house))
        within(15, lambda: house.write() == 201)


def cadre_ages(house: House) -> float:
    lines = house.client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("halfsky_feed_age_seconds{")).rpartition(" ")[2])


def test_without_org_approvals_wait_and_other_work_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    s = house.settings
    with running(cadre_of(house), s.cadre_port):
        with running(org_of(house), s.org_port) as org:
            store: OrgLog = org.state.store
            place = OrganisationProposed(
                full_name="妇联", short_name="妇联", org_type="federation", level="township", parent=None, proposed_on=today()
            )
            store.write(Organisation, TOWN, place)
            done = store.write(Grant, new_id(), given(house))
            assert house.write(Es_Position=f"36/org:{done.position}") == 201
            within(10, lambda: cadre_ages(house) < 6)
            assert house.post(f"/notes/{TOWN}/approval", {}).status_code == 403  # her own office: the superior decides
        monkeypatch.setattr(command, "GRANTS_FRESH_SECONDS", 3.0)
        within(15, lambda: house.post(f"/notes/{TOWN}/approval", {}).status_code == 503)
        assert house.write() == 201
        assert httpx.get(f"{s.url('cadre')}/ready").json()["ready"]


def test_a_service_that_is_asked_for_its_log_wants_a_services_token(house: House) -> None:
    with running(org_of(house), house.settings.org_port):
        token = httpx.post(f"{house.settings.issuer}/demo/sysadmin").json()["access_token"]
        answer = httpx.get(f"{house.settings.url('org')}/notifications", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403
