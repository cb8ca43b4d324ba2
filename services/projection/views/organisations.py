"""Organisations with their place in the tree, names, codes and lineage, as of any date, as known at any time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from sqlalchemy import Column, Index, String, Uuid

from services.org import events as org
from services.projection.views.dated import Change, Row, plain, segments
from services.projection.views.tables import metadata
from shared.corrections import corrected
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["AREAS", "Organisations", "organisations"]

AREAS = ("federation", "women_congress_org")  # these are the areas of the tree; others hang on one, unless they carry a division code
BLANK: Row = dict.fromkeys(
    (
        "full_name",
        "short_name",
        "org_type",
        "level",
        "area_kind",
        "field",
        "formation_mode",
        "parent",
        "status",
        "code",
        "division_name",
        "credit_code",
        "became",
        "out_of",
    )
)


FREED: Row = {"code": None, "division_name": None, "credit_code": None}  # for another to bear, from the day an organisation ends


def timeline(history: Sequence[Event]) -> list[Row]:
    changes: list[Change] = []
    start: list[date] = []
    for fact in (e.fact for e in corrected(history)):
        match fact:
            case org.OrganisationProposed():
                start.append(fact.proposed_on)
                changes.append((date.min, {**BLANK, **plain(fact, "units", "proposed_on"), "status": "proposed"}))
            case org.OrganisationEstablished():
                start.append(fact.established_on)
                changes.append((fact.established_on, {"status": "active"}))
            case org.OrganisationDetailsChanged():
                changes.append((fact.effective, plain(fact, "effective")))
            case org.OrganisationMoved():
                changes.append((fact.effective, {"parent": fact.parent}))
            case org.DivisionAssigned():
                changes.append((fact.effective, {"code": fact.code, "division_name": fact.division_name}))
            case org.DivisionReleased():
                changes.append((fact.effective, {"code": None, "division_name": None}))
            case org.CreditCodeAssigned():
                changes.append((fact.effective, {"credit_code": fact.code}))
            case org.OrganisationsMerged():
                changes.append((fact.effective, {"status": "merged", "became": fact.into, **FREED}))
            case org.OrganisationConverted():
                changes.append((fact.effective, {"status": "converted", "became": fact.into, **FREED}))
            case org.OrganisationSplitOff():
                changes.append((fact.effective, {"out_of": fact.out_of}))
            case org.OrganisationDissolved():
                changes.append((fact.effective, {"status": "dissolved", **FREED}))
            case org.OrganisationVoided():
                return []
    return segments(changes, min(start)) if start else []


class Organisations(View):
    name = "organisations"
    version = 4
    facts: ClassVar = frozenset(
        f"org.{n}"
        for n in (
            "OrganisationProposed",
            "OrganisationEstablished",
            "OrganisationCorrected",
            "OrganisationDetailsChanged",
            "OrganisationMoved",
            "DivisionAssigned",
            "DivisionReleased",
            "CreditCodeAssigned",
            "OrganisationsMerged",
            "OrganisationConverted",
            "OrganisationSplitOff",
            "OrganisationDissolved",
            "OrganisationVoided",
        )
    )
    table = view_table(
        "organisations",
        metadata,
        *(Column(c, String) for c in ("full_name", "short_name", "org_type", "level", "area_kind", "field", "formation_mode", "status")),
        Column("code", String(12)),
        Column("division_name", String),
        Column("credit_code", String(18)),
        Column("parent", Uuid),
        Column("became", Uuid),
        Column("out_of", Uuid),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


organisations = Organisations.table.c
for known in (organisations.known_from, organisations.known_to):
    Index(f"ix_{organisations.region.table.name}_{known.name}", organisations.region, known)
