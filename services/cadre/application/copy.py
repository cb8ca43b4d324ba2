"""What the use cases of cadre ask of its copies."""
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from services.cadre.domain.directory import Unit
from services.cadre.domain.known import Known
from services.cadre.domain.seat import Place
from services.cadre.events import Profile
from shared.fact import Personal

__all__ = ["Copy", "Hers"]


class Hers(NamedTuple):
    """All that a person holds, held or is proposed for: appointments and secondments, by id."""

    appointments: list[UUID]
    secondments: list[UUID]


class Copy(Protocol):
    """What cadre knows from the facts of org, and at a glance from its own."""

    def place(self, organisation: UUID, day: date) -> Place | None: ...

    def places(self, organisations: Iterable[UUID], day: date) -> Mapping[UUID, Place]:
        """Many of them at once."""

    def candidates(self, case: UUID, until: date) -> list[UUID]:
        """Proposals for the election of a case, from when it was planned until a day or the congress as planned."""

    def proposed(self, seats: Sequence[UUID], day: date) -> list[UUID]:
        """Proposals for these seats from a day on."""

    def organisation_of_term(self, term: UUID) -> UUID | None:
        """Whose term it is."""

    def organisations_of(self, person: UUID, day: date) -> set[UUID]:
        """Where she holds a post on that day: a person counts once an organisation [K2]."""

    def holds_office(self, person: UUID, day: date) -> bool:
        """Has she a post on that day or later?"""

    def hers(self, person: UUID, position: int) -> Hers:
        """As of a position of cadre's own log; Busy when the copy does not reach it soon."""

    def alike(self, profile: Profile) -> bool:
        """Is there a record of the same name and date of birth?"""

    def units(self, area: UUID, day: date) -> list[Unit]:
        """The organisations of an area as of a day, itself first."""

    def above(self, area: UUID, day: date) -> list[Unit]:
        """The organisations over it."""

    def named(self, names: Sequence[str]) -> list[Known]:
        """People of these names, as names are compared, with their posts."""

    def appointments_of(self, people: Iterable[UUID]) -> dict[UUID, set[UUID]]:
        """All appointments of these people that stand."""

    def unmarked(self, most: int) -> list[Personal[str]]:
        """Sealed ID numbers of people that the index of marks has not yet."""

    def mark(self, some: Iterable[tuple[Personal[str], str | None]]) -> None:
        """Puts them under their marks; None: nobody can open it any more."""

    def marked(self, marks: Sequence[str]) -> Mapping[str, Sequence[Personal[str]]]:
        """What stands under these marks."""
