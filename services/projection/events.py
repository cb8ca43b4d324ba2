"""The facts of projection's own log: which lists left the system as files, at whose wish and why."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.fact import Fact

__all__ = ["ListExported", "SealedField"]

SealedField = Literal["id_number", "phone"]


class ListExported(Fact, name="projection.ListExported", of="Export"):
    """A list was made into a file, before anybody got it. `sealed`: the values it shows in clear; who was opened stands in their own records
    under the same correlation. `asked`: the filters; `area`: whose subtree, None for several."""

    path: str  # of the list
    title: str
    format: Literal["csv", "xlsx"]
    columns: tuple[str, ...]
    rows: int
    as_of: date
    area: UUID | None = None
    asked: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    sealed: tuple[SealedField, ...] = ()
    why: str | None = None
