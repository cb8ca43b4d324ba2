"""An import as the console makes it: upload, wait, look, commit, revoke."""
from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from tests.api.cadre_given import COUNTY, World

__all__ = ["Import"]


class Import:
    """One workbook, by one account, in the county."""

    def __init__(self, here: Any, data: bytes, kind: str = "opening", by: str = "county", name: str = "花名册.xlsx", area: UUID = COUNTY,
                 **more: str) -> None:
        self.here, self.by = here, by
        here.pull()
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
                self.here.pull()
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

    def revoke(self) -> dict[str, Any]:
        self.here.pull()
        self.here.ok(self.here.caller(self.by).post(f"/imports/{self.id}/revocation", {"why": "传错了"}))
        return self.wait()


def everything(here: World) -> list[Any]:
    """All rows of cadre's own copies that speak of people and posts."""
    from services.cadre.policies.copy import People, Posts

    with here.app.state.views.connect() as c:
        return [sorted(map(str, c.execute(t.select()).all())) for t in (People.table, Posts.table)]
