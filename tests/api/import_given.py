"""An import as the console makes it: upload, wait, look, commit, revoke."""
from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from services.cadre.events import TeamRenewed, TeamRestored
from services.org import events as org
from services.org import policies as org_policies
from services.org.application import Org
from services.org.domain import dependants
from services.org.domain.dependants import Dependants
from shared.es import Meta, Store, meta, open_store
from shared.http.follow import Follower, pages_of
from shared.http.wire import sinks_of
from shared.view import STILL
from tests.api.cadre_given import COUNTY, TERM, TODAY, VILLAGE, World
from tests.api.caller import Caller
from tests.views.asking import projection

__all__ = ["Answering", "Import", "Shown", "everything", "org_answering", "shown"]


class Import:
    """One workbook, by one account, in the county."""

    def __init__(self, here: Any, data: bytes, kind: str = "opening", by: str = "county", name: str = "花名册.xlsx", area: UUID = COUNTY,
                 pull: bool = True, **more: str) -> None:
        self.here, self.by, self.pull = here, by, here.pull if pull else lambda: None
        self.pull()
        headers = {"Authorization": f"Bearer {by}", "Idempotency-Key": str(uuid4()),
                   "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        params = {"kind": kind, "organisation": str(area), **more}
        self.answer = here.app.state.test_client.post("/imports", params=params, content=data, headers=headers)
        self.id = self.answer.json().get("id")
        if self.id:
            self.state = self.wait()

    def wait(self) -> dict[str, Any]:
        for _ in range(3000):
            found: dict[str, Any] = self.here.caller(self.by).get(f"/imports/{self.id}").json()
            if found["state"] not in ("checking", "committing", "revoking"):
                self.pull()
                self.state = found
                return found
            time.sleep(0.01)
        raise AssertionError("the import does not end")

    def rows(self, verdict: str | None = None) -> list[dict[str, Any]]:
        more = {"verdict": verdict} if verdict else {}
        found: list[dict[str, Any]] = self.here.caller(self.by).get(f"/imports/{self.id}/rows", limit=200, **more).json()["rows"]
        return found

    def codes(self) -> set[str]:
        return {p["code"] for p in self.state["problems"]}

    def again(self, **choices: str) -> dict[str, Any]:
        self.here.pull()
        self.here.ok(self.here.caller(self.by).post(f"/imports/{self.id}/check", {"choices": choices}))
        return self.wait()

    def send(self, only: str = "all", by: str | None = None, **more: Any) -> Any:
        body = {"digest": self.state["digest"], "only": only, "acknowledged": sorted(self.codes()), **more}
        return self.here.caller(by or self.by).post(f"/imports/{self.id}/commit", body)

    def commit(self, only: str = "all", by: str | None = None, **more: Any) -> dict[str, Any]:
        self.here.ok(self.send(only, by, **more))
        return self.wait()

    def commit_by_halves(self, monkeypatch: pytest.MonkeyPatch, rows: int = 2, **more: Any) -> None:
        """So many rows are in when the process is killed."""
        desk, calls = self.here.app.state.imports, []
        enter = desk.importer.enter

        def once(*args: Any) -> Any:
            calls.append(args)
            if len(calls) == 2:
                raise RuntimeError("the process is killed here")
            return enter(*args)

        with monkeypatch.context() as m:
            m.setattr("shared.imports.desk.CHUNK", rows)
            m.setattr(desk.importer, "enter", once, raising=False)
            assert self.commit(**more)["state"] == "failed"

    def revoke(self) -> dict[str, Any]:
        self.here.pull()
        self.here.ok(self.here.caller(self.by).post(f"/imports/{self.id}/revocation", {"why": "传错了"}))
        return self.wait()


def everything(here: World) -> list[Any]:
    """All rows of cadre's own copies that speak of people and posts."""
    from services.cadre.policies.hers import People, Posts

    with here.app.state.views.connect() as c:
        return [sorted(map(str, c.execute(t.select()).all())) for t in (People.table, Posts.table)]


class Answering:
    """The org service over the log that cadre's world reads, answering what cadre says of teams when asked."""

    def __init__(self, here: World, store: Org) -> None:
        self.here, self.store, self.seen = here, store, 0

    def answer(self) -> None:
        for n in self.here.store.recorder.select_notifications(self.seen, 100_000, inclusive_of_start=False):
            event, self.seen = self.here.store.mapper.to_domain_event(n), n.id
            if event.name in (TeamRenewed.NAME, TeamRestored.NAME):
                token = meta.set(Meta(actor="org.policies"))
                org_policies.on(self.store, self.here.app.state.views, event)
                meta.reset(token)
        self.here.pull()


@contextmanager
def org_answering(here: World, log: Path) -> Iterator[Answering]:
    """With the village's claim, which knows of its term."""
    store, claim = open_store(Org, f"sqlite:///{log}"), dependants.stream(VILLAGE)
    store.do("claim", {Dependants: claim}, lambda _: org.DependantAdded(kind="term", dependant=TERM, since=TODAY - timedelta(700), term_no=1))
    yield Answering(here, store)
    store.close()


@contextmanager
def shown(folder: Path, **logs: Store) -> Iterator[Shown]:
    """What the reports make of the facts of these logs, by service."""
    with projection(folder) as app:
        yield Shown(app, logs)


class Shown:
    """The projection, fed from the logs when asked."""

    def __init__(self, app: FastAPI, logs: Mapping[str, Store]) -> None:
        self.app = app
        self.followers = [Follower(sink, pages_of(log)) for name, log in logs.items() for sink in sinks_of(app, app.state.policies, name)]

    def pull(self) -> None:
        for follower in self.followers:
            follower.pull()

    def roster(self, **asked: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._get(**asked).json()["rows"]
        return rows

    def workbook(self, path: str = "/reports/roster") -> bytes:
        content: bytes = self._get(path, format="xlsx").content
        return content

    def person(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self._get(f"/cadres/{id}").json()
        return found

    def _get(self, path: str = "/reports/roster", **asked: str) -> Any:
        self.pull()
        return Caller(self.app, "statistician").get(path, area=str(COUNTY), **asked)

    def known(self) -> dict[str, list[str]]:
        """Every row of every view that holds as known now, without when that became known; who looked and who did what aside."""
        self.pull()
        found = {}
        with self.app.state.views.connect() as c:
            for view in self.app.state.views.views:
                t = view.table
                if "known_to" in t.c and view.name != "audit":
                    kept = [column for column in t.c if column.name not in ("known_from", "known_to")]
                    rows = c.execute(sa.select(*kept).where(t.c.known_to == STILL, t.c.valid_from < t.c.valid_to)).all()
                    found[view.name] = sorted(map(str, rows))
        return found
