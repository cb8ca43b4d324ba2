"""Secondments (挂职): started with an end date, extended, ended."""
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.cadre.domain.refusals import refused
from services.cadre.events import SecondmentEnded, SecondmentEndWithdrawn, SecondmentExtended, SecondmentStarted
from shared.fact import Fact

__all__ = ["Secondment", "end", "evolve", "extend", "start"]


@dataclass(frozen=True)
class Secondment:
    """`until` is the first day not seconded any more."""

    person: UUID
    from_organisation: UUID
    to_organisation: UUID
    duty: str
    starts_on: date
    until: date
    ended_on: date | None = None


def start(was: Secondment | None, person: UUID, from_organisation: UUID, to_organisation: UUID, duty: str, starts_on: date,
          until: date) -> SecondmentStarted:
    if was:
        raise refused("secondment_exists")
    if from_organisation == to_organisation:
        raise refused("same_organisation")
    if until <= starts_on:
        raise refused("until_before_start")
    return SecondmentStarted(person=person, from_organisation=from_organisation, to_organisation=to_organisation, duty=duty,
                             starts_on=starts_on, until=until)


def extend(was: Secondment | None, until: date) -> SecondmentExtended:
    running = _running(was)
    if until <= running.until:
        raise refused("not_longer", until=running.until)
    return SecondmentExtended(until=until)


def end(was: Secondment | None, ended_on: date, today: date) -> SecondmentEnded:
    running = _running(was)
    if ended_on > today:
        raise refused("date_in_future", day=ended_on)
    if ended_on <= running.starts_on:
        raise refused("effective_before_start", effective=ended_on, starts_on=running.starts_on)
    return SecondmentEnded(ended_on=ended_on)


def _running(was: Secondment | None) -> Secondment:
    if was is None:
        raise refused("unknown_secondment")
    if was.ended_on:
        raise refused("secondment_over", ended_on=was.ended_on)
    return was


def evolve(was: Secondment | None, fact: Fact) -> Secondment | None:
    match fact:
        case SecondmentStarted():
            return Secondment(**dict(fact))
        case SecondmentExtended() if was:
            return replace(was, until=fact.until)
        case SecondmentEnded() if was:
            return replace(was, ended_on=fact.ended_on)
        case SecondmentEndWithdrawn() if was:
            return replace(was, ended_on=None)
    return was
