"""Vacancies (缺位) and how they are filled."""
from datetime import date
from uuid import UUID

from shared.fact import Fact

__all__ = ["VacancyApproved", "VacancyBecameLongTerm", "VacancyBecameOverdue", "VacancyCorrected", "VacancyFilled", "VacancyNominated",
           "VacancyOpened", "VacancyPartyReviewed", "VacancySeatAbolished"]


class VacancyOpened(Fact, name="org.VacancyOpened", of="Vacancy"):
    """`left_by` is the appointment that ended, if one did."""

    organisation: UUID
    seat: UUID
    since: date
    left_by: UUID | None = None


class VacancyNominated(Fact, name="org.VacancyNominated", of="Vacancy"):
    person: UUID
    nominated_on: date
    nominated_by: tuple[str, ...] = ()


class VacancyPartyReviewed(Fact, name="org.VacancyPartyReviewed", of="Vacancy"):
    agreed: bool
    reviewed_on: date


class VacancyApproved(Fact, name="org.VacancyApproved", of="Vacancy"):
    approved_on: date


class VacancyFilled(Fact, name="org.VacancyFilled", of="Vacancy"):
    appointment: UUID
    filled_on: date


class VacancySeatAbolished(Fact, name="org.VacancySeatAbolished", of="Vacancy"):
    abolished_on: date


class VacancyCorrected(Fact, name="org.VacancyCorrected", of="Vacancy"):
    """What is known of the posts of its seat now makes it this, in place of what was said of its days before; the envelope's causation is the
    fact that changed it. Neither filled nor abolished: open. `void`: it never was, for nobody left a place empty."""

    since: date
    appointment: UUID | None = None
    filled_on: date | None = None
    abolished_on: date | None = None
    void: bool = False


class VacancyBecameOverdue(Fact, name="org.VacancyBecameOverdue", of="Vacancy"):
    """The clock: open for over 90 days (or what the rules table says)."""

    since: date


class VacancyBecameLongTerm(Fact, name="org.VacancyBecameLongTerm", of="Vacancy"):
    """The clock: open for over 180 days."""

    since: date
