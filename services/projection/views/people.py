"""People (干部, 执委): the open part of their profiles, as of any date, as known at any time. Sealed values stay with cadre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Uuid

from services.cadre import events as cadre
from services.cadre.events.timeline import profile_timeline
from services.projection.views.dated import Row
from services.projection.views.tables import metadata, only
from shared.calendar import FOREVER
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["PROFILE", "People", "people"]

PROFILE = tuple(cadre.Profile.model_fields)


def timeline(history: Sequence[Event]) -> list[Row]:
    """`born` is the birthday as a day number, so that both databases can take a mean."""
    return [
        {
            **i.profile.__dict__,
            "in_two_committees": i.profile.in_either,
            "born": i.profile.born_on and i.profile.born_on.toordinal(),
            "home": i.home,
            "merged_into": i.into,
            "valid_from": i.valid_from,
            "valid_to": i.valid_to or FOREVER,
        }
        for i in profile_timeline((e.id, e.fact) for e in history)
    ]


class People(View):
    name = "people"
    version = 4
    facts: ClassVar = frozenset(f"cadre.{n}" for n in ("CadreRegistered", "CadreProfileChanged", "CadreProfileCorrected", "CadresMerged"))
    table = view_table(
        "people",
        metadata,
        *(
            Column(c, String)
            for c in ("person_name", "sex", "ethnicity", "born_precision", "political", "degree", "staffing", "employer_and_post", "population")
        ),
        Column("born_on", Date),
        Column("born", Integer),
        *(Column(c, Boolean) for c in ("in_two_committees", "in_party_branch_committee", "in_villagers_committee", "holds_both_posts")),
        Column("home", Uuid),
        Column("merged_into", Uuid),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


people = People.table.c
Index(None, people.home)
Index("ix_people_v4_merged", people.stream, people.merged_into, **only("merged_into IS NOT NULL"))
Index(None, people.person_name)
