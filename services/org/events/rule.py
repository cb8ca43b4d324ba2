"""Dated rules: the numbers that law, charter or the province sets. Province default, county override."""
from datetime import date
from uuid import UUID

from shared.fact import Fact

__all__ = ["RuleSet"]


class RuleSet(Fact, name="org.RuleSet", of="Rule"):
    """`rule` is a key of the rules table (`term_months.max`); `value` holds from `effective` on in `area` and below (None: province)."""

    rule: str
    value: int | float | str | bool | None
    area: UUID | None = None
    effective: date
    source: str  # the paper or law it comes from
