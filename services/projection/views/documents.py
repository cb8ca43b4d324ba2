"""Documents (公文) with their files, so that every figure and change can name its paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Column, Date, Index, String, Uuid

from services.org import events as org
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.tables import Json
from shared.view import View, bitemporal, view_table

__all__ = ["Documents", "documents"]


def timeline(history: Sequence[Event]) -> list[Row]:
    row: Row = {}
    for fact in (e.fact for e in history):
        match fact:
            case org.DocumentRegistered():
                row = {**fact.__dict__, "files": [], "valid_from": fact.dated, "valid_to": FOREVER}
            case org.DocumentFileAttached():
                row = {**row, "files": [*row["files"], dict(fact.__dict__)]}
    return [row] if row else []


class Documents(View):
    name = "documents"
    version = 2
    facts: ClassVar = frozenset({"org.DocumentRegistered", "org.DocumentFileAttached"})
    table = view_table(
        "documents",
        metadata,
        *(Column(c, String) for c in ("kind", "number", "title", "issuer")),
        Column("dated", Date),
        Column("organisation", Uuid),
        Column("files", Json),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


documents = Documents.table.c
Index(None, documents.organisation)
