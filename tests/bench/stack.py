"""The real services as processes of their own on free ports, with a piece of the made-up province loaded, on either database."""
from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.servers import LOOPBACK, Nats, Server, free_port
from deploy.up import APPS
from tests.bench.bench import Bench, Database

__all__ = ["Stack", "stack"]

FIRST = ("issuer", "keys")
AGE = 12.0  # seconds: a feed asks its source every five
DATABASES = ("{0}", "{0}-views", "{0}-access")
LOAD = "import sys; from deploy.seed.load import load_if_missing; load_if_missing(sys.argv[1])"


class Service(Server):
    """One of our services under uvicorn."""

    def __init__(self, name: str, port: int, environment: Sequence[str], folder: Path) -> None:
        self.name, self.environment = name, environment
        super().__init__(folder, port)

    def command(self) -> list[str | Path]:
        line = [sys.executable, "-m", "uvicorn", APPS[self.name], "--host", LOOPBACK, "--port", str(self.port), "--log-level", "warning"]
        return ["/usr/bin/env", *self.environment, f"HALFSKY_SERVICE={self.name}", *line, "--no-access-log"]

    def ready(self) -> bool:
        try:
            connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


@dataclass
class Stack:
    ports: dict[str, int]

    def await_level(self, names: Sequence[str], seconds: float = 300) -> None:
        """Until every feed of these services has been level with its source: what they still had to catch up would be measured too."""
        until = time.monotonic() + seconds
        for name in names:
            while not self._level(name):
                if time.monotonic() > until:
                    raise RuntimeError(f"the feeds of {name} are behind")
                time.sleep(0.3)

    def _level(self, name: str) -> bool:
        told = httpx.get(f"http://{LOOPBACK}:{self.ports[name]}/metrics", timeout=10).text
        ages = [float(line.rpartition(" ")[2]) for line in told.splitlines() if line.startswith("halfsky_feed_age_seconds{")]
        return bool(ages) and max(ages) < AGE

    def token(self, account: str) -> str:
        """Of one of the development issuer's demo accounts."""
        answer = httpx.post(f"http://{LOOPBACK}:{self.ports['issuer']}/demo/{account}", timeout=10)
        found: str = answer.raise_for_status().json()["access_token"]
        return found


@contextmanager
def stack(bench: Bench, kind: Database, area: str, names: Sequence[str]) -> Iterator[Stack]:
    """Issuer and keys, then `area` (the beginning of a division code) loaded, then the services named."""
    ports = {name: free_port() for name in APPS}
    with ExitStack() as running:
        ports["nats"] = running.enter_context(Nats()).port  # of its own: the streams have their real names
        folder = bench.new_folder()
        environment = ["HALFSKY_MODE=dev", f"HALFSKY_DATA={folder}", f"HALFSKY_FIRST_ADMIN=http://{LOOPBACK}:{ports['issuer']}|secadmin",
                       *(f"HALFSKY_{name.upper()}_PORT={port}" for name, port in ports.items())]
        if kind == "postgresql":
            for name in (pattern.format(service) for service in APPS for pattern in DATABASES):
                bench.postgres.create_database(name)
                running.callback(bench.postgres.drop_database, name)
            environment.append(f"HALFSKY_DATABASE={bench.postgres.url_of('{name}')}")
        for name in FIRST:
            running.enter_context(Service(name, ports[name], environment, folder / name))
        subprocess.run(["/usr/bin/env", *environment, sys.executable, "-c", LOAD, area], check=True, stdout=subprocess.DEVNULL)
        for name in names:
            running.enter_context(Service(name, ports[name], environment, folder / name))
        yield Stack(ports)
