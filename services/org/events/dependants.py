"""The claim of an organisation: what hangs on it at once, so that terms never overlap and nothing is left behind when it ends."""
from datetime import date
from typing import Literal
from uuid import UUID

from shared.fact import Fact

__all__ = ["DependantAdded", "DependantKind", "DependantReleased", "DependantVoided"]

DependantKind = Literal["child", "term", "reelection", "vacancy"]


class DependantAdded(Fact, name="org.DependantAdded", of="Dependants"):
    """`seat` for a vacancy, `term_no` for a term."""

    kind: DependantKind
    dependant: UUID
    since: date
    seat: UUID | None = None
    term_no: int | None = None


class DependantReleased(Fact, name="org.DependantReleased", of="Dependants"):
    dependant: UUID
    effective: date


class DependantVoided(Fact, name="org.DependantVoided", of="Dependants"):
    """It never hung there."""

    dependant: UUID
