"""The whole system as real processes, and the people who use it over HTTP: what the stories are told with."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from deploy.seed.plan import organisation_id
from deploy.servers import free_port
from shared.calendar import today
from shared.es import Event
from shared.identity import development_secret
from shared.settings import Settings

__all__ = ["AREA", "MORE_ACCOUNTS", "PLACES", "Account", "County", "ago", "eventually", "no", "ok", "running"]

AREA = "360121001001"  # one community with everything above it
MORE_ACCOUNTS = {"reviewer": "省妇联审核员", "newcomer": "新任干部"}  # without grants until a story gives them some
PLACES = {
    name: organisation_id(code)
    for name, code in (
        ("province", "360000000000"), ("city", "360100000000"), ("county", "360121000000"), ("township", "360121001000"), ("village", AREA),
    )
}  # fmt: skip
PORTS = ("console", "org", "cadre", "lecture", "hotline", "projection", "issuer", "keys", "nats", "nats_monitor")
LOGS = ("org", "cadre", "lecture", "hotline")
START_SECONDS = 120.0
T = TypeVar("T")


def ago(days: int) -> str:
    """The date so many days ago (ahead when negative), in Shanghai."""
    return str(today() - timedelta(days))


def eventually(look: Callable[[], T], seconds: float = 15.0) -> T:
    """The first true thing that `look` gives; AssertionError with the last one after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {found!r}"
        time.sleep(0.05)
    return found


def ok(answer: httpx.Response, status: int | None = None) -> Any:
    assert answer.is_success if status is None else answer.status_code == status, f"{answer.request.url} {answer.status_code} {answer.text}"
    return answer.json()


def no(answer: httpx.Response, code: str, status: int = 422, pointer: str | None = None) -> dict[str, Any]:
    """A problem+json that names field and rule in both languages, and says what to do."""
    assert answer.status_code == status, f"{answer.request.url} {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    error: dict[str, Any] = body["errors"][0]
    assert error["code"] == code, answer.text
    assert body["type"] and body["title"] and body["detail"] and body["correlation"]
    zh, en = error["message"]["zh-CN"], error["message"]["en"]
    assert any("\u4e00" <= c <= "\u9fff" for c in zh) and en and not any("\u4e00" <= c <= "\u9fff" for c in en), error
    assert pointer is None or error["pointer"] == pointer, error
    return error


@dataclass
class Account:
    """Somebody signed in. What anybody in the county wrote, her next request waits for (Es-Position)."""

    county: County
    name: str
    token: str | None

    def send(self, method: str, service: str, path: str, key: str | None = None, expect: int | None = None, **more: Any) -> httpx.Response:
        headers = {"Es-Position": self.county.position} if self.county.seen else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method != "GET" and key != "":  # "": without one
            headers["Idempotency-Key"] = key or str(uuid4())
        if expect is not None:
            headers["If-Match"] = f'"{expect}"'
        headers |= more.pop("headers", {})
        answer = self.county.http.request(method, self.county.config.url(service) + path, headers=headers, **more)
        self.county.note(answer)
        return answer

    def post(self, service: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        return self.send("POST", service, path, **({"json": body or {}} | more))

    def get(self, service: str, path: str, **params: Any) -> Any:
        """What is there now, everything written so far included."""
        answer = self.send("GET", service, path, params={k.rstrip("_"): v for k, v in params.items() if v is not None})
        assert "es-behind" not in answer.headers, answer.headers["es-behind"]
        return ok(answer)

    def do(self, service: str, path: str, **body: Any) -> str:
        """A command that succeeds; gives the id of what it changed."""
        return str(ok(self.post(service, path, body))["id"])


@dataclass
class County:
    """The running system: `act("kill", "org")` and the like, and who is signed in."""

    folder: Path
    config: Settings
    process: subprocess.Popen[str]
    http: httpx.Client
    environment: dict[str, str]
    seen: dict[str, int] = field(default_factory=dict)

    def act(self, act: str, name: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(f"{act} {name}\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        assert line.startswith("ok"), f"{line}\n{self.logs()}"
        return line

    def logs(self) -> str:
        return "\n".join(f"--- {f.name}\n{f.read_text(errors='replace')[-1500:]}" for f in sorted((self.folder / "log").glob("*.log")))

    def note(self, answer: httpx.Response) -> None:
        for part in filter(None, answer.headers.get("es-position", "").split(",")):
            name, _, at = part.rpartition(":")
            self.seen[name] = max(self.seen.get(name, 0), int(at))

    @property
    def position(self) -> str:
        return ",".join(f"{name}:{at}" for name, at in sorted(self.seen.items()))

    @property
    def known(self) -> str:
        """What is known by now, as a `known_at`: the heads of all logs, once the reports have them."""
        heads = {f"{self.config.region}/{s}": self.head(s) for s in LOGS}
        self.seen |= {name: max(at, self.seen.get(name, 0)) for name, at in heads.items() if at}
        return self.position

    def account(self, name: str) -> Account:
        issued = ok(httpx.post(f"{self.config.issuer}/demo/{name}", timeout=10))
        return Account(self, name, issued["access_token"])

    def __getattr__(self, name: str) -> Account:
        """`county.provincial`, `county.secadmin`: the demo accounts."""
        if name.startswith("_"):
            raise AttributeError(name)
        account = self.account(name)
        setattr(self, name, account)
        return account

    @cached_property
    def service(self) -> str:
        """A token of projection's, which may read all logs."""
        secret = development_secret(self.config, "projection")
        form = {"grant_type": "client_credentials", "client_id": "projection", "client_secret": secret, "scope": "log:read"}
        return str(ok(httpx.post(f"{self.config.issuer}/token", data=form, timeout=10))["access_token"])

    def page(self, service: str, after: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.service}"}
        return self.http.get(f"{self.config.url(service)}/notifications", params={"after": after, "limit": 1000}, headers=headers)

    def head(self, service: str) -> int:
        return int(self.page(service, 2**53).headers["es-head"])

    @property
    def heads(self) -> dict[str, int]:
        return {s: self.head(s) for s in LOGS}

    def events(self, service: str, after: int = 0) -> Iterator[Event]:
        """The stored events after a position."""
        while lines := self.page(service, after).content.splitlines():
            for line in lines:
                event = Event.from_line(line)
                yield event
            after = event.position

    def fresh(self) -> bool:
        """Whether every service knows the grants as they are: without that nobody may approve anything."""
        told = [self.http.get(f"{self.config.url(s)}/metrics").text.splitlines() for s in (*LOGS[1:], "projection")]
        ages = [float(line.rpartition(" ")[2]) for lines in told for line in lines
                if line.startswith("halfsky_feed_age_seconds{") and 'source="org"' in line]  # fmt: skip
        return len(ages) == len(told) and max(ages) < 10

    def fresh_again(self) -> bool:
        """The same, while services come and go."""
        try:
            return self.fresh()
        except httpx.HTTPError:
            return False

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nobody but the clock writes anything meanwhile."""
        before = self.heads
        yield
        assert self.people_wrote(before) == []

    def people_wrote(self, since: dict[str, int]) -> list[str]:
        """Facts since those heads that are not the clock's."""
        return [e.name for s, at in since.items() for e in self.events(s, at) if not e.meta.actor.endswith(".clock")]

    def command_line(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """`halfsky …` beside the running system."""
        line = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
        return subprocess.run(line, env=self.environment, capture_output=True, text=True, timeout=seconds)


@contextmanager
def running(folder: Path, database: str | None = None, area: str = AREA, more: Sequence[str] = (), **settings: str) -> Iterator[County]:
    """The system, and `more` (the console), on free ports with its data in `folder`; on PostgreSQL when `database` is given (`postgresql://…/{name}`).

    `settings`: further ones, as `map="…"` for HALFSKY_MAP.
    """
    ports = {f"HALFSKY_{name.upper()}_PORT": str(free_port()) for name in PORTS}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("HALFSKY_")}
    environment = inherited | ports | {"HALFSKY_DATA": str(folder), "HALFSKY_MODE": "dev"} | {f"HALFSKY_{k.upper()}": v for k, v in settings.items()}
    if database:
        environment["HALFSKY_DATABASE"] = database
    values: dict[str, Any] = {k.removeprefix("HALFSKY_").lower(): int(v) for k, v in ports.items()}
    config = Settings(mode="dev", data=folder, database=database, **values)
    with (folder / "launcher.log").open("ab") as log:
        line = [sys.executable, "-m", "tests.story.launcher", area, *more]
        process = subprocess.Popen(line, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=100, keepalive_expiry=10)
    with httpx.Client(timeout=30, limits=limits) as http:
        county = County(folder, config, process, http, environment)
        try:
            try:
                county.answer()
            except AssertionError as e:
                raise AssertionError(f"{e}\n{(folder / 'launcher.log').read_text(errors='replace')[-3000:]}") from None
            eventually(county.fresh, 30)
            assert county.known
            yield county
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(40)
