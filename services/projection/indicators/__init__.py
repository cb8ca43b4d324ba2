"""The catalogue of indicators: definitions as data, each with its query."""

from services.projection.indicators.changes import R06, R32
from services.projection.indicators.committees import R08
from services.projection.indicators.definition import Indicator
from services.projection.indicators.holders import R10, R11, R12, R13
from services.projection.indicators.terms import R02, R02U, R03, R03U, R05
from services.projection.indicators.units import R01, R04, R34

__all__ = ["CATALOGUE"]

CATALOGUE: dict[str, Indicator] = {i.id: i for i in (R01, R02, R02U, R03, R03U, R04, R05, R06, R08, R10, R11, R12, R13, R32, R34)}
