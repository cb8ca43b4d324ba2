"""How people are found: their names in every reading, whose office keeps the record, and whether ID number and phone are on file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import ClassVar

from sqlalchemy import Boolean, Column, Index, Integer, String, Uuid, func, text

from services.cadre.events import CadreProfileCorrected
from services.cadre.events.timeline import profile_timeline
from services.projection.views.dated import Row
from services.projection.views.people import People
from services.projection.views.tables import STILL_KNOWN, metadata
from shared.calendar import FOREVER
from shared.es import Event
from shared.pinyin import filed, readings, sought
from shared.view import View, bitemporal, view_table
from shared.words import DOTS

__all__ = ["INSIDE", "LONG", "OF_A_PART", "Directory", "directory"]

SEALED = ("id_number", "phone")
PLAIN = String(collation="C").with_variant(String(), "sqlite")  # PostgreSQL: the beginning of a text by index, whatever the database's collation
INSIDE = (2, 3)  # where in a name a search may begin besides its beginning
LONG = text("reading = 0 AND length(called) > 3")  # names that go on after that: few
PARTS = re.compile(f"[{DOTS} ]+")
OF_A_PART = (100, 200, 300)  # readings from these on are of what stands behind a dot or a blank: 古丽·买买提 is found by either


def timeline(history: Sequence[Event]) -> list[Row]:
    """One row a reading of the name and of its parts, by the first of which it is sorted; none for a record that was merged into another."""
    intervals = [i for i in profile_timeline((e.id, e.fact) for e in history) if i.into is None and i.profile.person_name]
    void = {e.fact.corrects for e in history if isinstance(e.fact, CadreProfileCorrected) and e.fact.void}
    said = {f"has_{name}": any(getattr(e.fact, name, None) is not None for e in history if e.id not in void) for name in SEALED}
    rows: list[Row] = []
    for (name, home), same in groupby(intervals, lambda i: (i.profile.person_name or "", i.home)):
        held = list(same)
        days = {"valid_from": held[0].valid_from, "valid_to": held[-1].valid_to or FOREVER}
        read = [(n, name, *sound) for n, sound in enumerate(readings(name, person=True))]
        for first, part in zip(OF_A_PART, PARTS.split(name)[1:], strict=False):
            read += [(first + n, part, *sound) for n, sound in enumerate(readings(part))]
        for n, part, pinyin, initials in read:
            called, sorts = None if n % OF_A_PART[0] else sought(part), None if n else filed(name)
            rows.append({"reading": n, "person_name": name, "called": called, "pinyin": pinyin, "initials": initials, "sorts": sorts, "home": home,
                         **said, **days})  # fmt: skip
    return rows


class Directory(View):
    name = "directory"
    version = 6
    facts: ClassVar = People.facts
    table = view_table(
        "directory",
        metadata,
        Column("reading", Integer, primary_key=True),
        *(Column(c, PLAIN) for c in ("person_name", "called", "pinyin", "initials", "sorts")),
        Column("home", Uuid),
        *(Column(f"has_{c}", Boolean) for c in SEALED),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


directory = Directory.table.c
for column in (directory.called, directory.pinyin, directory.initials):
    Index(None, column, postgresql_where=text(STILL_KNOWN))
for n in INSIDE:
    Index(f"ix_directory_v6_from_{n}", func.substr(directory.called, n), postgresql_where=text(f"{STILL_KNOWN} AND reading = 0"))
Index("ix_directory_v6_long", directory.called, postgresql_where=text(f"{STILL_KNOWN} AND {LONG}"))
Index(None, directory.home)
