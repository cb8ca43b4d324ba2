"""The log of exports (导出留痕): one row a file, with who, which list, how many rows, what was shown in clear and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Uuid

from services.projection import events as own
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import SHANGHAI
from shared.es import Event
from shared.tables import Instant, Json
from shared.view import View, view_table

__all__ = ["Exports"]


class Exports(View):
    name = "exports"
    version = 2
    facts: ClassVar = frozenset({own.ListExported.NAME})
    table = view_table(
        "exports",
        metadata,
        *(Column(c, String) for c in ("actor", "on_behalf_of", "path", "title", "format", "why", "correlation")),
        *(Column(c, Json) for c in ("columns", "asked", "sealed")),
        Column("area", Uuid),
        Column("rows", Integer),
        Column("as_of", Date),
        Column("position", BigInteger),
        Column("recorded", Instant),
        Column("recorded_on", Date),
        bitemporal=False,
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        e = history[-1]
        said = {"actor": e.meta.actor, "on_behalf_of": e.meta.on_behalf_of, "correlation": e.meta.correlation}
        return [{**e.fact.model_dump(), **said, "position": e.position, "recorded": e.at, "recorded_on": e.at.astimezone(SHANGHAI).date()}]


exports = Exports.table.c
Index(None, exports.recorded)
Index(None, exports.actor)
