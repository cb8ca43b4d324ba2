"""One run: its servers, its time budget and its figures, each kept with the load the machine had at that moment."""
from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from deploy.servers import Nats, Postgres

__all__ = ["Bench", "Database", "Figure"]

Database = Literal["postgresql", "sqlite"]
DATABASES: tuple[Database, ...] = ("postgresql", "sqlite")


@dataclass(frozen=True)
class Figure:
    """`ratio` = value / `against`, measured in the same run; `bar` is what the ratio (or, in ms, the value) is held to, `met` whether it does."""

    section: str
    what: str
    value: float
    unit: str
    against: str
    ratio: float | None
    bar: str
    met: bool | None
    load: float


class Bench:
    """Servers start when a section first asks for them and end with the run."""

    def __init__(self, quick: bool, databases: tuple[Database, ...] = DATABASES) -> None:
        self.quick, self.databases = quick, databases
        self.figures: list[Figure] = []
        self.section = ""
        self._stack = ExitStack()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    # -- what a section works with -------------------------------------------------------------------------------------
    @cached_property
    def postgres(self) -> Postgres:
        """fsync on, as in production."""
        return self._stack.enter_context(Postgres(shared_buffers="256MB", max_wal_size="4GB"))

    @cached_property
    def nats(self) -> Nats:
        """JetStream syncs every write."""
        return self._stack.enter_context(Nats())

    @cached_property
    def folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="halfsky-bench-")))

    def new_folder(self) -> Path:
        made = self.folder / uuid4().hex
        made.mkdir()
        return made

    @contextmanager
    def database(self, kind: Database) -> Iterator[str]:
        """The URL of a new, empty database."""
        name = f"bench_{uuid4().hex}"
        if kind == "sqlite":
            yield f"sqlite:///{self.folder / name}.db"
            return
        yield self.postgres.create_database(name)
        self.postgres.drop_database(name)

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    # -- what it finds -------------------------------------------------------------------------------------------------
    def say(self, text: str) -> None:
        print(f"  {self.section}: {text}", file=sys.stderr, flush=True)

    def add(self, what: str, value: float, unit: str, *, against: str = "", ratio: float | None = None, bar: str = "",
            met: bool | None = None) -> None:
        found = Figure(self.section, what, value, unit, against, ratio, bar, met, os.getloadavg()[0])
        self.figures.append(found)
        self.say(" ".join(cells(found)[1:]))

    def machine(self) -> dict[str, Any]:
        return {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version(), "system": platform.platform()}

    def report(self) -> dict[str, Any]:
        return {"quick": self.quick, "machine": self.machine(), "figures": [asdict(f) for f in self.figures]}


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cells(f: Figure) -> list[str]:
    ratio = "" if f.ratio is None else f"{f.ratio:.2f} × {f.against}"
    verdict = "" if f.met is None else "met" if f.met else "MISSED"
    return [f.section, f.what, number(f.value), f.unit, ratio, f.bar, verdict, f"{f.load:.1f}"]


def table(figures: list[Figure]) -> str:
    """Markdown, aligned for a terminal."""
    head = ["section", "what", "value", "unit", "ratio in this run", "bar", "", "load"]
    rows = [head, *map(cells, figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    rows.insert(1, ["-" * w for w in widths])
    right = {2, 7}
    return "\n".join("| " + " | ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))) + " |"
                     for row in rows)
