"""Records that turned out to be of one person (并档, `CadresMerged`): which of them stands for her, as known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.engine import Connection

from services.projection.views.moment import Moment
from services.projection.views.people import People

__all__ = ["Same", "same"]

m = People.table.alias("merged")


@dataclass(frozen=True)
class Same:
    """`into`: each merged record with that it was merged into. True of any date: two records of one person never were two persons."""

    at: Moment
    into: Mapping[UUID, UUID] = field(default_factory=dict)

    def one(self, record: UUID) -> UUID:
        """The record that stands for her."""
        while record in self.into:
            record = self.into[record]
        return record

    def records(self, people: Iterable[UUID]) -> list[UUID]:
        """All records of these people, whichever of hers is named."""
        wanted = {self.one(id) for id in people}
        return [*wanted, *(record for record in self.into if self.one(record) in wanted)]

    def of(self, person: Any) -> ColumnElement[Any]:
        """A column of records, each as the one that stands for her. Where something was merged it is an expression: what groups by it labels it."""
        if not self.into:
            found: ColumnElement[Any] = person
            return found
        hers = (m.c.stream == person, m.c.merged_into.is_not(None), self.at.is_known(m.c, "cadre"))
        direct = func.coalesce(select(m.c.merged_into).where(*hers).limit(1).scalar_subquery(), person)
        chained = {record: self.one(record) for record, into in self.into.items() if into in self.into}
        return case(chained, value=person, else_=direct) if chained else direct


def same(c: Connection, at: Moment) -> Same:
    """As known at the moment."""
    return Same(at, {record: into for record, into in c.execute(select(m.c.stream, m.c.merged_into).where(
        m.c.merged_into.is_not(None), at.is_known(m.c, "cadre")))})  # fmt: skip
