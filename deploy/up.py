"""Starts everything on this machine (`make run`): NATS, the issuer, the keys and all services, with a county loaded; Ctrl-C ends it all."""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import IO

from rich.console import Console

from deploy.servers import LOOPBACK, Nats, is_free
from shared.settings import Settings, settings

# name -> ASGI application; the order of the list at the end
APPS = {
    "issuer": "deploy.issuer:app",
    "keys": "shared.keyd.app:app",
    "org": "services.org.main:app",
    "cadre": "services.cadre.main:app",
    "lecture": "services.lecture.main:app",
    "hotline": "services.hotline.main:app",
    "projection": "services.projection.main:app",
    "console": "services.console.main:app",
}
FIRST = ("issuer", "keys")  # what loading needs
# imported once and shared by all the forks below: a process of its own for each would spend ten seconds of two slow cores on imports
COMMON = ("uvicorn", "fastapi", "sqlalchemy", "eventsourcing.application", "faststream.nats", "joserfc.jwt", "psycopg",
          "prometheus_client", "httpx", "jinja2", "shared.es", "shared.view", "shared.http")  # fmt: skip
PR_SET_PDEATHSIG = 1
READY_SECONDS = 900.0  # the first start after loading a province: org reads all of its log before it answers; who ends is noticed at once
STOP_SECONDS = 15.0
terminal = Console(highlight=False)


@dataclass
class Child:
    """A forked process that dies with this one. Its output goes to `log`."""

    name: str
    work: Callable[[], None]
    log: Path | None
    pid: int = 0
    status: int | None = None

    def start(self) -> None:
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid:
            return
        code = 1
        try:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM) if sys.platform == "linux" else None
            if os.getppid() != parent:
                os._exit(1)  # the parent ended before the line above
            os.setpgid(0, 0)  # Ctrl-C is for the launcher, which stops its children in order
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if self.log:
                self._redirect(self.log)
            self.work()
            code = 0
        except SystemExit as e:
            code = e.code if isinstance(e.code, int) else 1
        except Exception:  # said here, for the end below says nothing
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    @staticmethod
    def _redirect(log: Path) -> None:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(out, 1)
        os.dup2(out, 2)

    @property
    def running(self) -> bool:
        if self.pid and self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return bool(self.pid) and self.status is None

    def wait(self) -> int:
        while self.running:
            time.sleep(0.02)
        return self.status or 0

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> None:
        if self.running:
            os.kill(self.pid, sign)


def serve(name: str, app: str, port: int) -> Callable[[], None]:
    def work() -> None:
        os.environ["HALFSKY_SERVICE"] = name
        settings.cache_clear()
        import uvicorn

        uvicorn.run(app, host=LOOPBACK, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=5, timeout_keep_alive=30)

    return work


@dataclass
class House:
    """All the processes of one `make run`."""

    config: Settings
    children: list[Child] = field(default_factory=list)
    nats: Nats | None = None
    lock: IO[str] | None = None

    @property
    def logs(self) -> Path:
        return self.config.data / "log"

    def claim(self) -> None:
        """One run a data folder, and all its ports free; SystemExit says what is in the way."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.lock = (self.config.data / "running.lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"已有一个 halfsky 正在使用 {self.config.data}。Another halfsky is running on this data folder.") from None
        os.set_inheritable(self.lock.fileno(), False)
        for name in (*APPS, "nats", "nats_monitor"):
            if not is_free(port := self.config.port(name)):
                hint = f"HALFSKY_{name.upper()}_PORT"
                raise SystemExit(f"端口 {port} 已被占用，请设置 {hint}。Port {port} ({name}) is taken: set {hint} to another.")

    def start(self, *names: str) -> None:
        for name in names:
            child = Child(name, serve(name, APPS[name], self.config.port(name)), self.logs / f"{name}.log")
            self.children.append(child)
            child.start()

    def start_nats(self) -> None:
        self.nats = Nats(self.config.data / "nats", self.config.nats_port, self.config.nats_monitor_port)
        self.nats.start()

    def await_ready(self, *names: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = [c for c in self.children if c.name in names]
        while waiting := [c for c in waiting if not answers(self.config.port(c.name), "/ready")]:
            for child in waiting:
                if not child.running or time.monotonic() > deadline:
                    raise SystemExit(f"{child.name} 没有启动。{child.name} did not start; {child.log} ends:\n{tail(child.log)}")
            time.sleep(0.05)

    def fallen(self) -> Child | None:
        return next((c for c in self.children if not c.running), None)

    def stop(self) -> None:
        """Services first, NATS last; whoever does not end in time is killed."""
        for child in self.children:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        while any(c.running for c in self.children) and time.monotonic() < deadline:
            time.sleep(0.02)
        for child in self.children:
            child.stop(signal.SIGKILL)
            child.wait()
        if self.nats:
            self.nats.stop()


def create_databases(pattern: str) -> None:
    """Those of all services that PostgreSQL does not have yet; `pattern` is HALFSKY_DATABASE."""
    import psycopg
    from psycopg import conninfo, sql

    with psycopg.connect(pattern.format(name="postgres"), dbname="postgres", autocommit=True, connect_timeout=5) as connection:
        there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for service in (f"{app}{part}" for app in APPS for part in ("", "-views", "-access")):
            name = conninfo.conninfo_to_dict(pattern.format(name=service))["dbname"]
            if name not in there:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(str(name))))


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tail(log: Path | None) -> str:
    return log.read_text(errors="replace")[-3000:] if log and log.exists() else ""


def configure() -> Settings:
    """The environment that all children inherit."""
    given = Settings()
    os.environ["HALFSKY_MODE"] = "dev"
    os.environ["HALFSKY_DATA"] = str(given.data.absolute())
    os.environ.setdefault("HALFSKY_OIDC_ISSUER", given.url("issuer"))
    os.environ.setdefault("HALFSKY_FIRST_ADMIN", f"{given.issuer}|secadmin")
    settings.cache_clear()
    return settings()


def up(province: bool = False, county: str = "360121") -> None:
    """Runs until Ctrl-C, SIGTERM or the end of a service; exit status 1 in the last case."""
    started = time.monotonic()
    house = House(configure())
    house.claim()
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: a shell may have started us with it ignored
        signal.signal(signal_number, interrupted)
    status = 0
    try:
        house.start_nats()
        if house.config.database:
            create_databases(house.config.database)
        for module in COMMON:
            import_module(module)
        house.start(*FIRST)
        load(house, "36" if province else county)
        house.start(*(name for name in APPS if name not in FIRST))
        house.await_ready(*APPS)
        await_level(house)
        welcome(house.config, time.monotonic() - started)
        while not (fallen := house.fallen()) and house.nats and house.nats.running:
            time.sleep(0.5)
        terminal.print(f"[red]{fallen.name if fallen else 'nats'} 已停止 has stopped[/red]\n{tail(fallen.log if fallen else None)}")
        status = 1
    except KeyboardInterrupt:
        terminal.print("\n正在停止…… stopping")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        house.stop()
    raise SystemExit(status)


def interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def load(house: House, area: str) -> None:
    """The example data, if the logs do not have all of it: in a process of its own, so that no thread of it lives when services are forked.

    It writes to the stores before the services open them. It is their own application code, and alone it needs no turns on the
    databases' write locks; the relays then publish what they find, in full blocks.
    """

    def work() -> None:
        from deploy.seed.load import load_if_missing

        load_if_missing(area)

    house.await_ready(*FIRST)
    child = Child("seed", work, None)
    house.children.append(child)
    child.start()
    if child.wait():
        raise SystemExit(
            "示例数据没有载入，再次运行会接着载入。The example data did not load; another run continues where this one stopped."
        )
    house.children.remove(child)


def await_level(house: House) -> None:
    """Until copies and views have been level with the logs, so that the first figure asked for is whole. After a province that takes minutes."""
    from shared.operate import behind

    with terminal.status("报表跟进中 views are catching up") as status:
        while (left := behind()) is not None and not house.fallen():
            status.update(f"报表跟进中，还有 {left:,} 条 · views are catching up, {left:,} facts to go")
            time.sleep(0.2 if left < 10_000 else 2)  # asking costs the services time


def welcome(config: Settings, seconds: float) -> None:
    terminal.print(f"\n[bold]半边天 HalfSky[/bold] 已就绪，用时 {seconds:.1f} 秒 · ready after {seconds:.1f} s · Ctrl-C 停止 to stop\n")
    terminal.print(f"  控制台 console     {config.url('console')}")
    for name in ("org", "cadre", "lecture", "hotline", "projection"):
        terminal.print(f"  {name:<18} {config.url(name)}/openapi.json")
    terminal.print(f"  数据 data          {config.data}\n")
    print('试一试 try:  curl -H "Authorization: Bearer $(.venv/bin/halfsky token statistician)" \\')
    print(f"                 '{config.url('projection')}/reports/R01?area=360121000000'\n")
