"""Projection's own log: what was exported. Report tasks and filings join it here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from services.projection.events import ListExported
from shared.es import Done, Store
from shared.fact import Fact

__all__ = ["Export", "Reports"]


@dataclass(frozen=True)
class Export:
    """One file that was made."""

    made: ListExported


def evolve(was: Export | None, fact: Fact) -> Export:
    assert isinstance(fact, ListExported)
    return Export(fact)


class Reports(Store):
    """报表与导出. `data`: the folder of files that wait to be fetched."""

    name = "projection"
    evolve: ClassVar = {Export: evolve}
    data: Path

    def exported(self, id: UUID, made: ListExported, key: str) -> Done:
        """导出留痕."""
        return self.do(key, {Export: id}, lambda was: made)
