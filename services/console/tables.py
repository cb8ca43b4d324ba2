"""The console's own small tables: sessions, drafts, files held for a check page, saved views, preferences. The first three are sealed; nothing else
is personal."""

from __future__ import annotations

import sqlalchemy as sa

from shared.settings import Settings
from shared.tables import Instant, engine

__all__ = ["drafts", "held", "opened", "preferences", "sessions", "views"]

CONSOLE = sa.MetaData()
sessions = sa.Table(
    "sessions",
    CONSOLE,
    sa.Column("id", sa.Text, primary_key=True),  # a hash of what the cookie holds
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # by a key that only the cookie gives
    sa.Column("ends", Instant, nullable=False, index=True),
)
drafts = sa.Table(
    "drafts",
    CONSOLE,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("form", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("saved", Instant, nullable=False),
)
held = sa.Table(
    "held_files",
    CONSOLE,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("form", sa.Text, primary_key=True),  # one a form: as much as a request may bring
    sa.Column("mark", sa.Text, nullable=False),  # which file a form means: two windows may each have chosen one
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("since", Instant, nullable=False, index=True),
)
views = sa.Table(
    "saved_views",
    CONSOLE,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, nullable=False, index=True),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
)
preferences = sa.Table(
    "preferences",
    CONSOLE,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


def opened(s: Settings) -> sa.Engine:
    """The database `console` of this deployment, with its tables."""
    if not s.database:
        s.data.mkdir(parents=True, exist_ok=True)
    made = engine(s.dsn("console"))
    CONSOLE.create_all(made)
    return made
