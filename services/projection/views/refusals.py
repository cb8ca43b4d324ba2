"""What a rule refused when one service answered another's fact: it stands on a work list, since nobody was there to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Column, Index, String, Uuid

from services.cadre import events as cadre
from services.projection.views.dated import Row
from services.projection.views.tables import metadata
from shared.calendar import FOREVER, SHANGHAI
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Refusals"]

SAID = ("policy", "target", "code", "message_zh", "message_en", "organisation", "person")


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row, from the day it happened on."""
    e = history[-1]
    if not isinstance(e.fact, cadre.ReactionRefused):
        return []
    return [{**{k: getattr(e.fact, k) for k in SAID}, "valid_from": e.at.astimezone(SHANGHAI).date(), "valid_to": FOREVER}]


class Refusals(View):
    name = "refusals"
    version = 2
    facts: ClassVar = frozenset({"cadre.ReactionRefused"})
    table = view_table(
        "refusals",
        metadata,
        *(Column(c, String) for c in ("policy", "code", "message_zh", "message_en")),
        *(Column(c, Uuid) for c in ("target", "organisation", "person")),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


Index(None, Refusals.table.c.organisation)
