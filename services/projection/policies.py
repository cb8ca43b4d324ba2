"""What projection does by the clock: files of exports go when their day is over."""

from __future__ import annotations

from datetime import date

from services.projection.reports import Reports
from services.projection.reports.jobs import sweep
from shared.es import Store
from shared.view import Views

__all__ = ["due"]


def due(store: Store, views: Views, today: date) -> None:
    """The clock: looks every few seconds."""
    assert isinstance(store, Reports)
    sweep(store.data)
