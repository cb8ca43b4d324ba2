"""A small world for the sentences: ids, days, and states folded from facts."""
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.org.domain import code, dependants, document, grant, organisation, reelection, term, unit, vacancy
from services.org.events import (
    Ballot,
    Candidate,
    CongressHeld,
    DependantAdded,
    ElectionResultReported,
    OrganisationEstablished,
    OrganisationProposed,
    ReelectionPermitted,
    ReelectionPlanned,
    ReelectionRequested,
    Role,
    Seat,
    SeatsDefined,
    TermStarted,
)
from shared.fact import Fact, Refused

TODAY = date(2026, 11, 21)
MON = ("iss|mon",)
TUE = ("iss|tue",)
PAPER = ("approval",)
NO_RULES: dict[str, Any] = {}
EVOLVE: dict[str, Callable[[Any, Fact], Any]] = {
    "EligibleUnit": unit.evolve, "Organisation": organisation.evolve, "Dependants": dependants.evolve, "Code": code.evolve, "Term": term.evolve,
    "Reelection": reelection.evolve, "Vacancy": vacancy.evolve, "Document": document.evolve, "Grant": grant.evolve,
    "Delegation": grant.evolve_delegation, "Account": grant.evolve_account}


def id_(n: int) -> UUID:
    return UUID(int=n)


PROVINCE, COUNTY, TOWNSHIP, VILLAGE, OTHER = map(id_, range(1, 6))
CHAIR, VICE, EXEC, STANDING = map(id_, range(11, 15))
WANG, LI, ZHAO, QIAN = map(id_, range(21, 25))
TERM, OLD_TERM, CASE, GAP, POST, DOC = map(id_, range(31, 37))


def given(*facts: Fact) -> Any:
    """The state these facts make."""
    state = None
    for fact in facts:
        state = EVOLVE[fact.OF](state, fact)
    return state


@contextmanager
def refused(rule: str, field: str | None = None) -> Any:
    """The command is refused by this rule, in both languages, without a blank left open."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == rule
    assert caught.value.zh and caught.value.en and "{" not in caught.value.zh + caught.value.en
    assert field is None or caught.value.field == field


def proposed(level: Any = "village", org_type: Any = "federation", parent: UUID | None = TOWNSHIP, **more: Any) -> OrganisationProposed:
    return OrganisationProposed(full_name="莲塘镇莲西村妇女联合会", short_name="村妇联", org_type=org_type, level=level, parent=parent,
                                proposed_on=date(2020, 1, 1), proposed_by=MON, **more)


def established(day: date = date(2020, 6, 1)) -> OrganisationEstablished:
    return OrganisationEstablished(established_on=day)


def seat(id: UUID, role: Role, capacity: int = 1, engagement: Any = None) -> Seat:
    return Seat(seat=id, role=role, capacity=capacity, engagement=engagement)


VILLAGE_SEATS = (seat(CHAIR, "chair"), seat(VICE, "vice_chair", 2), seat(EXEC, "executive_member", 15))


def village(*facts: Fact, seats: tuple[Seat, ...] = VILLAGE_SEATS) -> Any:
    return given(proposed(), established(), SeatsDefined(seats=seats, effective=date(2020, 6, 1)), *facts)


def township(*facts: Fact) -> Any:
    return given(proposed("township", parent=COUNTY), established(date(2019, 1, 1)), *facts)


def hanging(*facts: Fact) -> Any:
    return dependants.of(given(*facts))


def added(kind: Any, id: UUID, since: date = date(2020, 6, 1), **more: Any) -> DependantAdded:
    return DependantAdded(kind=kind, dependant=id, since=since, **more)


def started(months: int = 60, starts_on: date = date(2021, 1, 1), ends_on: date = date(2026, 1, 1)) -> TermStarted:
    return TermStarted(organisation=VILLAGE, term_no=1, starts_on=starts_on, term_months=months, ends_on=ends_on)


BALLOT = Ballot(entitled=100, present=90, issued=90, returned=88, valid=87)


def case(*facts: Fact) -> Any:
    return given(ReelectionPlanned(organisation=VILLAGE, term=OLD_TERM, planned_on=date(2026, 1, 5)), *facts)


PERMITTED = (ReelectionRequested(requested_on=date(2026, 1, 6), requested_by=MON), ReelectionPermitted(permitted_on=date(2026, 1, 7)))
HELD = CongressHeld(form="congress", held_on=date(2026, 2, 1), **BALLOT.model_dump())


def candidate(person: UUID, seat: UUID, role: Role, favour: int = 80, elected: bool = True, **more: Any) -> Candidate:
    return Candidate(person=person, seat=seat, role=role, engagement=more.pop("engagement", "part_time"), favour=favour, elected=elected, **more)


TEAM = (candidate(WANG, EXEC, "executive_member"), candidate(WANG, CHAIR, "chair"), candidate(LI, EXEC, "executive_member"))


def reported(candidates: Iterable[Candidate] = TEAM) -> Any:
    return case(*PERMITTED, HELD, ElectionResultReported(candidates=tuple(candidates), reported_on=date(2026, 2, 2), reported_by=MON))
