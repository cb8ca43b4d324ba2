"""Whom the earlier rows of a file are about, so that a later one about the same woman makes no second of her."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from services.cadre.domain.known import Known, Row, alike_born
from services.cadre.domain.refusals import refused
from services.cadre.events import Profile
from shared.calendar import SAID

__all__ = ["Earlier"]


@dataclass
class Met:
    """What the rows so far say of one person. `born`: the birth, as exactly as any of them has it; `where`: her first row in each organisation."""

    person: UUID
    first: Row
    born: Profile | Known
    said_born: bool = False
    cards: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    where: dict[UUID, Row] = field(default_factory=dict)


class Earlier:
    """Remembers the rows in order."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, UUID], Met] = {}
        self.by: dict[tuple[str, object], dict[UUID, Met]] = defaultdict(dict)  # her name with what else tells of her

    def note(self, row: Row, person: UUID, organisation: UUID, record: Known | None) -> None:
        name, said = row.called, row.profile
        met = self.people.setdefault((name, person), Met(person, row, record if record and record.born_on else said))
        if said.born_on:
            met.said_born = True
            if not met.born.born_on or SAID[said.born_precision or "day"] > SAID[met.born.born_precision or "day"]:
                met.born = said
        met.cards.update(n for n in (row.id_number,) if n)
        met.phones.update(n for n in (row.phone,) if n)
        met.where.setdefault(organisation, row)
        for about in self._about(row, organisation):
            self.by[name, about][person] = met

    def _about(self, row: Row, organisation: UUID) -> Iterator[object]:
        yield organisation
        yield from (n for n in (row.id_number, row.phone) if n)
        if row.profile.born_on:
            yield row.profile.born_on.year

    def of(self, row: Row, organisation: UUID) -> UUID | None:
        """Whom an earlier row of the same name is about, when it is her: by the same number, or the same organisation and birth. Refused: it
        may be her, or may not."""
        fitting: dict[UUID, Met] = {}
        apart: Met | None = None
        likely = {p: met for about in self._about(row, organisation) for p, met in self.by.get((row.called, about), {}).items()}
        for person, met in likely.items():
            if not alike_born(row.profile, met.born) or (row.id_number and met.cards and row.id_number not in met.cards):
                continue
            if row.id_number in met.cards or row.phone in met.phones:
                return person
            differ = bool(row.phone and met.phones)
            if organisation in met.where and differ:
                raise refused("namesake_telephone", row=met.where[organisation].row)
            if organisation in met.where:
                fitting[person] = met
            elif not differ and row.profile.born_on and met.said_born:
                apart = apart or met
        if len(fitting) > 1:
            raise refused("namesakes_in_file", rows="、".join(met.where[organisation].row for met in list(fitting.values())[:4]))
        if apart and not fitting:
            raise refused("namesake_in_file", row=apart.first.row)
        return next(iter(fitting), None)
