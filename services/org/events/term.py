"""Terms (届) of an organisation's committee."""
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from shared.fact import Fact

__all__ = ["TermBecameOverdue", "TermCorrected", "TermDueSoon", "TermEnded", "TermExtended", "TermExtensionRefused", "TermExtensionRequested",
           "TermFiled",
           "TermResumed", "TermStarted", "TermVoided", "standing"]


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


class TermExtensionRefused(Fact, name="org.TermExtensionRefused", of="Term"):
    """The term ends when it was to end; another extension may be asked for."""

    why: str


class TermEnded(Fact, name="org.TermEnded", of="Term"):
    """`roster`: the import batch whose new team ended it; None: an approved result, or by hand."""

    ended_on: date
    roster: UUID | None = None


class TermFiled(Fact, name="org.TermFiled", of="Term"):
    """备案 (K5) of the renewal this term came of, where no re-election case had its result filed: a roster, or entered by hand."""

    filed_with: Literal["party_org_department", "superior_federation"]
    filed_on: date


class TermResumed(Fact, name="org.TermResumed", of="Term"):
    """The roster that ended it was taken back: the end never was so."""

    roster: UUID


class TermVoided(Fact, name="org.TermVoided", of="Term"):
    """The roster that started it was taken back: it never was."""

    roster: UUID


class TermCorrected(Fact, name="org.TermCorrected", of="Term"):
    """`corrects` (an event id: the start, an extension or the end of this term, or an earlier correction) said it wrong. None: as it was. `void`:
    what `corrects` said never was so. `corrects_version`: that event's number in this stream."""

    corrects: UUID
    corrects_version: int
    starts_on: date | None = None
    term_months: int | None = None
    ends_on: date | None = None  # follows from the two before
    new_ends_on: date | None = None
    ended_on: date | None = None
    void: bool = False


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """What still holds of what was said of one term (corrected already): no end that was taken back, nothing once it never was, and of the clock
    only what it said of the end that holds."""
    left: list[Fact] = []
    ends_on: date | None = None
    for fact in facts:
        match fact:
            case TermVoided():
                left = []
            case TermResumed():
                left = [f for f in left if not isinstance(f, TermEnded)]
            case TermDueSoon() if fact.due + timedelta(fact.days) != ends_on:
                continue
            case TermBecameOverdue() if fact.since != ends_on:
                continue
            case _:
                if isinstance(fact, TermStarted | TermExtended):
                    ends_on = fact.ends_on if isinstance(fact, TermStarted) else fact.new_ends_on
                left.append(fact)
    return left
