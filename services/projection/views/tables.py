"""The one collection of tables that all read models share, and what their indexes have in common."""

from typing import Any

from sqlalchemy import MetaData, text

from shared.calendar import FOREVER_AT

__all__ = ["STILL_KNOWN", "metadata", "only"]

metadata = MetaData()
STILL_KNOWN = f"known_to = {int(FOREVER_AT.timestamp()) * 1_000_000}"  # for partial indexes: rows that are what we know today


def only(condition: str) -> dict[str, Any]:
    """For an index over the few rows of which this is true, in both databases."""
    return {f"{dialect}_where": text(condition) for dialect in ("postgresql", "sqlite")}
