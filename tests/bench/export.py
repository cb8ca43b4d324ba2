"""A roster of 100,000 rows as Excel, as a job: seconds until it is ready and fetched, the writer's peak memory, the service's own growth."""
from __future__ import annotations

import threading
import time
from itertools import chain
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from services.projection.views import every_view
from shared.fact import new_id
from shared.tables import begin, engine
from shared.view import Views
from tests.bench.bench import Bench
from tests.bench.province import REGION, part
from tests.bench.reports import NOW, projection

CITIES = ("3607", "3604", "3603")  # 赣州, 九江, 萍乡
ROWS, BAR_S, BAR_MB = 100_000, 40, 150


def run(bench: Bench) -> None:
    for kind in bench.databases:
        with bench.database(kind) as dsn:
            load(dsn, CITIES[2:] if bench.quick else CITIES)
            with projection(bench, dsn) as client:
                client.get("/reports/roster", params={"as_of": str(NOW), "area": "360300000000"}).raise_for_status()  # the tree, the caches
                seen = Peaks()
                started = time.perf_counter()
                answer = exported(client)
                took = time.perf_counter() - started
                writer, grown = seen.end()
            file = bench.new_folder() / "roster.xlsx"
            file.write_bytes(answer.content)
            rows = counted(file)
            what = f"{kind}: roster of {rows:,} rows as Excel"
            bench.add(f"{what}, {len(answer.content) // 1_000_000} MB", took, "s", bar=f"≤ {BAR_S} s for {ROWS:,}", met=took <= BAR_S * rows / ROWS)
            bench.add(f"{what}: processor time of the service", seen.spent, "s")
            bench.add(f"{what}: processor time of the process that writes", seen.wrote, "s")
            bench.add(f"{what}: peak of the process that writes", writer, "MB", bar=f"< {BAR_MB} MB", met=writer < BAR_MB)
            bench.add(f"{what}: growth of the service", grown, "MB", bar=f"< {BAR_MB} MB", met=grown < BAR_MB)


def exported(client: httpx.Client) -> httpx.Response:
    """The file of a job, as its owner gets it."""
    asked = {"path": "/reports/roster", "asked": {"as_of": [str(NOW)]}}
    id = client.post("/exports", json=asked, headers={"Idempotency-Key": str(uuid4())}).raise_for_status().json()["id"]
    while (job := client.get(f"/exports/{id}").raise_for_status().json())["state"] in ("waiting", "running"):
        time.sleep(0.1)
    if job["state"] != "ready":
        raise RuntimeError(job["faults"])
    return client.get(f"/exports/{id}/file").raise_for_status()


class Peaks:
    """Of the one child that serves the projection, and of its own child that writes."""

    def __init__(self) -> None:
        (self.server,) = (p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline()))
        self.before, self.writer, self.over = peak(self.server.pid), 0.0, threading.Event()
        self.spent, self.wrote = used(self.server), 0.0
        self.watch = threading.Thread(target=self.look, daemon=True)
        self.watch.start()

    def look(self) -> None:
        while not self.over.wait(0.2):
            children = self.server.children()
            self.writer = max([self.writer, *(peak(p.pid) for p in children)])
            self.wrote = max([self.wrote, *(used(p) for p in children)])

    def end(self) -> tuple[float, float]:
        """MB: the writer's peak, and how far the server's rose. `spent` and `wrote` are then the processor's seconds of each."""
        self.over.set()
        self.watch.join()
        self.spent = used(self.server) - self.spent
        return self.writer, peak(self.server.pid) - self.before


def used(process: psutil.Process) -> float:
    """Seconds of the processor; 0 when it is gone."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def peak(pid: int) -> float:
    """MB: the high-water mark of a process, 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0) / 1024


def load(dsn: str, cities: tuple[str, ...]) -> None:
    views = Views(engine(dsn), every_view())
    for n, city in enumerate(cities):
        part((dsn, city, n, None, False))
    with begin(views.engine) as c:
        for service in ("cadre", "org"):
            views.tracking.put(c, list(chain([views.consumer], (v.table.name for v in views.views))), REGION, service, f"1/{new_id()}")
    with views.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(sa.text("VACUUM ANALYZE" if c.dialect.name == "postgresql" else "ANALYZE"))
    views.engine.dispose()


def counted(file: Path) -> int:
    """Rows without title, line below it, header, blank line and footer."""
    return CalamineWorkbook.from_path(file).get_sheet_by_index(0).total_height - 5
