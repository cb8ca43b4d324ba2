"""What hangs on an organisation: children, terms, running re-elections, open vacancies. The claim that keeps them consistent."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from services.org.events import DependantAdded, DependantKind, DependantReleased, DependantVoided
from shared.fact import Fact, derive

__all__ = ["Dependants", "Held", "evolve", "of", "released", "stream"]


@dataclass(frozen=True)
class Held:
    kind: DependantKind
    since: date
    until: date | None = None
    seat: UUID | None = None
    term_no: int | None = None


@dataclass(frozen=True)
class Dependants:
    """Every dependant that ever was; one without `until` is there now."""

    all: Mapping[UUID, Held] = field(default_factory=lambda: MappingProxyType({}))

    def now(self, kind: DependantKind) -> dict[UUID, Held]:
        return {id: h for id, h in self.all.items() if h.kind == kind and h.until is None}

    def ever(self, kind: DependantKind) -> dict[UUID, Held]:
        return {id: h for id, h in self.all.items() if h.kind == kind}


NONE = Dependants()


def stream(organisation: UUID) -> UUID:
    """The claim stream of an organisation."""
    return derive(organisation, "dependants")


def of(was: Dependants | None) -> Dependants:
    return was or NONE


def released(was: Dependants, some: Iterable[UUID], day: date) -> tuple[Dependants, list[Fact]]:
    """What is left when some are gone, and the facts that say so."""
    facts: list[Fact] = [DependantReleased(dependant=id, effective=day) for id in some]
    after: Dependants | None = was
    for fact in facts:
        after = evolve(after, fact)
    return of(after), facts


def evolve(was: Dependants | None, fact: Fact) -> Dependants | None:
    held = of(was).all
    match fact:
        case DependantAdded():
            return Dependants({**held, fact.dependant: Held(fact.kind, fact.since, None, fact.seat, fact.term_no)})
        case DependantReleased() if fact.dependant in held:
            return Dependants({**held, fact.dependant: replace(held[fact.dependant], until=fact.effective)})
        case DependantVoided():
            return Dependants({id: h for id, h in held.items() if id != fact.dependant})
    return was
