"""The one collection of tables that all read models share, and what their indexes have in common."""

from sqlalchemy import MetaData

from shared.calendar import FOREVER_AT

__all__ = ["STILL_KNOWN", "metadata"]

metadata = MetaData()
STILL_KNOWN = f"known_to = {int(FOREVER_AT.timestamp()) * 1_000_000}"  # for partial indexes: rows that are what we know today
