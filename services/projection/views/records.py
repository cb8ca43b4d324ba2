"""What else was recorded (其他记录) for the audit: one row a fact about people, organisations, re-elections, papers, imports and grants; whose doing,
where and when. What it said stays in the facts themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, Index, String, Uuid

from services.projection.views.dated import Row
from services.projection.views.tables import by_papers, metadata, only
from shared.es import Event
from shared.tables import Instant, Json
from shared.view import View, view_table

__all__ = ["ABOUT", "Records"]

# what a fact is about -> its names. Not here: appointments (audit), exports, claims, single rows of an import, what the clock alone says, and
# lectures and shifts, which are nobody's office
ABOUT: dict[str, str] = {
    f"{service}.{name}": about
    for about, service, names in (
        ("person", "cadre", (
            "CadreRegistered CadreProfileChanged CadreProfileCorrected CadresMerged CertificateIssued CadreDeparted CadreDepartureWithdrawn "
            "CadreReturned"
        )),
        ("sealed", "cadre", "SealedRecordOpened"),
        ("secondment", "cadre", "SecondmentStarted SecondmentExtended SecondmentEnded SecondmentEndWithdrawn"),
        (
            "organisation",
            "org",
            "OrganisationProposed OrganisationProposalWithdrawn OrganisationEstablished OrganisationDetailsChanged OrganisationMoved "
            "DivisionAssigned DivisionReleased OrganisationsMerged OrganisationUnitAdded OrganisationUnitReleased OrganisationAbsorbed "
            "OrganisationSplitOff OrganisationConverted OrganisationDissolved OrganisationVoided CreditCodeAssigned SeatsDefined SeatAbolished "
            "OrganisationCorrected",
        ),
        (
            "unit",
            "org",
            "EligibleUnitListed EligibleUnitQualified EligibleUnitDetailsChanged EligibleUnitExempted EligibleUnitOrganised EligibleUnitUncovered "
            "EligibleUnitClosed EligibleUnitsMerged EligibleUnitCorrected",
        ),
        (
            "term",
            "org",
            "TermStarted TermExtensionRequested TermExtended TermExtensionRefused TermFiled TermEnded TermResumed TermVoided TermCorrected",
        ),
        (
            "reelection",
            "org",
            "ReelectionPlanned ReelectionRequested ReelectionPermitted ReelectionRefused CongressHeld ElectionResultReported "
            "ElectionResultReturned ElectionResultApproved ResultFiled ReelectionClosed ReelectionCancelled",
        ),
        ("vacancy", "org", "VacancyOpened VacancyNominated VacancyPartyReviewed VacancyApproved VacancyFilled VacancySeatAbolished VacancyCorrected"),
        ("document", "org", "DocumentRegistered DocumentFileAttached"),
        ("import", "org", "ImportStarted ImportCommitted ImportRevoked"),
        ("import", "cadre", "ImportStarted ImportCommitted ImportRevoked"),
        ("grant", "org", "GrantGiven GrantEnded GrantEndCorrected DelegationGranted DelegationEnded"),
        ("rule", "org", "RuleSet"),
    )
    for name in names.split()
}
PLACE = {"person": "home", "sealed": "home", "secondment": "from_organisation", "unit": "area", "rule": "area"}  # else "organisation"
DAYS = (
    *("effective", "established_on", "withdrawn_on", "proposed_on", "dated", "approved_on", "starts_on", "ended_on", "planned_on", "requested_on"),
    *("permitted_on", "refused_on", "held_on", "reported_on", "filed_on", "closed_on", "cancelled_on", "returned_on", "nominated_on", "reviewed_on"),
    *("filled_on", "since", "abolished_on", "listed_on", "qualified_on", "exempt_from", "organised_on", "merged_on", "issued_on", "on"),
)


class Records(View):
    name = "records"
    version = 3
    facts: ClassVar = frozenset(ABOUT)
    table = view_table(
        "records",
        metadata,
        Column("number", BigInteger, primary_key=True),
        Column("position", BigInteger),
        Column("event", Uuid),
        *(Column(c, String) for c in ("service", "about", "fact", "actor", "on_behalf_of", "correlation")),
        *(Column(c, Uuid) for c in ("organisation", "person")),
        Column("documents", Json),
        Column("effective", Date),
        Column("recorded", Instant),
        bitemporal=False,
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        place: str | None = None
        for e in history:
            about = ABOUT[e.name]
            place = str(e.stream) if about == "organisation" else e.data.get(PLACE.get(about, "organisation")) or place
            yield _row(e, about, place)


def _row(e: Event, about: str, place: str | None) -> Row:
    """`place`: whose business it is; None: the province's."""
    said, m = e.data, e.meta
    who: Any = e.stream if about in ("person", "sealed") else said.get("person")
    day = next((d for name in DAYS if (d := said.get(name))), None)
    return {
        "number": e.version,
        "position": e.position,
        "event": e.id,
        "service": e.name.partition(".")[0],
        "about": about,
        "fact": e.name,
        "actor": m.actor,
        "on_behalf_of": m.on_behalf_of,
        "correlation": m.correlation,
        "organisation": place and UUID(place),
        "person": UUID(str(who)) if who else None,
        "documents": [str(e.stream)] if about == "document" else [str(d) for d in m.documents],
        "effective": date.fromisoformat(day) if day else None,
        "recorded": e.at,
    }


records = Records.table.c
Index(None, records.recorded)
Index(None, records.organisation, records.recorded)
Index(None, records.about, records.recorded)
Index(None, records.actor, records.recorded)
Index(None, records.on_behalf_of, **only("on_behalf_of IS NOT NULL"))
Index(None, records.person, **only("person IS NOT NULL"))
Index(None, records.correlation)
by_papers("ix_records_v3_papers", records.documents)
