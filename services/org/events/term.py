"""Terms (届) of an organisation's committee."""
from datetime import date
from uuid import UUID

from shared.fact import Fact

__all__ = ["TermBecameOverdue", "TermDueSoon", "TermEnded", "TermExtended", "TermExtensionRequested", "TermStarted"]


class TermStarted(Fact, name="org.TermStarted", of="Term"):
    """`ends_on` is the first day after the term: starts_on + term_months. `opening`: first load."""

    organisation: UUID
    term_no: int
    starts_on: date
    term_months: int
    ends_on: date
    reelection: UUID | None = None
    opening: bool = False


class TermDueSoon(Fact, name="org.TermDueSoon", of="Term"):
    """The clock: so many days before the end (180, 90, 60, 30, 0)."""

    days: int
    due: date


class TermBecameOverdue(Fact, name="org.TermBecameOverdue", of="Term"):
    """The clock: the end has passed without a new term."""

    since: date


class TermExtensionRequested(Fact, name="org.TermExtensionRequested", of="Term"):
    new_ends_on: date
    why: str
    requested_by: tuple[str, ...] = ()


class TermExtended(Fact, name="org.TermExtended", of="Term"):
    """Stops the alarms; R02 still counts against the original end."""

    new_ends_on: date


class TermEnded(Fact, name="org.TermEnded", of="Term"):
    ended_on: date
