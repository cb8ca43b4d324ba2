"""Secondments (挂职): a person works elsewhere for a time and keeps her post."""
from datetime import date
from uuid import UUID

from shared.fact import Fact

__all__ = ["SecondmentEndWithdrawn", "SecondmentEnded", "SecondmentExtended", "SecondmentStarted"]


class SecondmentStarted(Fact, name="cadre.SecondmentStarted", of="Secondment"):
    person: UUID
    from_organisation: UUID
    to_organisation: UUID
    duty: str
    starts_on: date
    until: date


class SecondmentExtended(Fact, name="cadre.SecondmentExtended", of="Secondment"):
    until: date


class SecondmentEnded(Fact, name="cadre.SecondmentEnded", of="Secondment"):
    ended_on: date


class SecondmentEndWithdrawn(Fact, name="cadre.SecondmentEndWithdrawn", of="Secondment"):
    """The end never was so: it runs until its day again."""
