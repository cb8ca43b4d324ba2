"""A bounded load on all services that never gives up: what fails is sent again with its key, until it is answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.story.county import PLACES, Account, County, ago

PAUSE = 0.15  # between two commands of one sender: about 20 a second in all
AGAIN = 0.3
HERE = str(PLACES["village"])
COMMANDS: dict[str, tuple[str, str, dict[str, Any], int]] = {  # service -> account, path, body, facts it makes
    "org": ("township", "/units", {"unit_name": "风中单位", "level": "village", "field": "other", "area": HERE, "listed_on": ago(30)}, 2),
    "cadre": ("township", "/cadres", {"profile": {"person_name": "风中人"}, "home": HERE}, 1),
    "lecture": ("village", "/topics", {"title": "风中课题", "category": "other", "outline": "略", "minutes": 60, "audience_level": "village",
                                       "organisation": HERE}, 1),
    "hotline": ("operator", "/shifts", {"organisation": HERE, "starts_at": f"{ago(3)}T08:00:00+08:00", "ends_at": f"{ago(3)}T11:00:00+08:00"}, 1),
}  # fmt: skip


@dataclass
class Load:
    """`answered`: service -> key -> id of the aggregate, as the answer said. `wrong`: answers that no restart explains."""

    county: County
    answered: dict[str, dict[str, str]] = field(default_factory=lambda: {s: {} for s in COMMANDS})
    wrong: list[str] = field(default_factory=list)
    failures: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def send(self, service: str) -> None:
        account, path, body, _ = COMMANDS[service]
        her: Account = getattr(self.county, account)
        while not self.stopped.is_set():
            key = str(uuid4())
            while (answer := self.attempt(her, service, path, body, key)) is None and not self.stopped.is_set():
                time.sleep(AGAIN)
            if answer:
                self.answered[service][key] = answer
            time.sleep(PAUSE)

    def attempt(self, her: Account, service: str, path: str, body: dict[str, Any], key: str) -> str | None:
        """The id, or None when it has to be sent again."""
        headers = {"Authorization": f"Bearer {her.token}", "Idempotency-Key": key}
        try:
            answer = self.county.http.post(self.county.config.url(service) + path, json=body, headers=headers, timeout=10)
        except httpx.HTTPError:
            self.failures += 1
            return None
        if answer.is_success:
            return str(answer.json()["id"])
        self.failures += 1
        if answer.status_code not in (500, 503):
            self.wrong.append(f"{service}: {answer.status_code} {answer.text}")
        if answer.status_code == 500:
            self.wrong.append(f"{service}: 500, an outage has a name")
        return None

    def progress(self) -> int:
        return min(len(keys) for keys in self.answered.values())


@contextmanager
def load_on(county: County) -> Iterator[Load]:
    load = Load(county)
    for account, *_ in COMMANDS.values():
        getattr(county, account)  # signed in before the storm
    senders = [threading.Thread(target=load.send, args=(service,)) for service in COMMANDS]
    for sender in senders:
        sender.start()
    try:
        yield load
    finally:
        load.stopped.set()
        for sender in senders:
            sender.join(30)
