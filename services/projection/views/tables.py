"""The one collection of tables that all read models share, and what their indexes have in common."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Index, MetaData, Text, cast, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from shared.view import STILL

__all__ = ["STILL_KNOWN", "by_papers", "metadata", "on_paper", "only"]

metadata = MetaData()
STILL_KNOWN = f"known_to = {STILL}"  # for partial indexes: rows that are what we know today


def only(condition: str) -> dict[str, Any]:
    """For an index over the few rows of which this is true, in both databases."""
    return {f"{dialect}_where": text(condition) for dialect in ("postgresql", "sqlite")}


def by_papers(name: str, documents: Column[Any]) -> None:
    """PostgreSQL finds by it what `on_paper` asks for."""
    Index(name, cast(documents, JSONB), postgresql_using="gin", _table=documents.table).ddl_if(dialect="postgresql")


def on_paper(c: Connection, documents: Column[Any], paper: UUID) -> ColumnElement[bool]:
    """The paper is among the documents of a row."""
    if c.dialect.name == "postgresql":
        return cast(documents, JSONB).contains([str(paper)])
    return type_coerce(documents, Text).contains(str(paper))
