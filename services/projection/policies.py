"""What projection does by the clock: files of exports go when their day is over, and today's figures are there before anybody asks."""

from __future__ import annotations

from datetime import date

from services.projection.indicators.board import Boards
from services.projection.reports import Reports
from services.projection.reports.jobs import sweep
from services.projection.views.moment import moment, once, reading
from services.projection.views.tree import Trees
from shared.es import Store
from shared.view import Views

__all__ = ["due"]


def due(store: Store, views: Views, today: date) -> None:
    """The clock: looks every few seconds."""
    assert isinstance(store, Reports)
    sweep(store.data)
    boards = once(views, "boards", lambda: Boards(views.consumer))
    with reading(views) as c:
        if boards.calm(c):
            at = moment(views, c, today, None)
            boards.renew(c, at, once(views, "trees", Trees).tree(c, at))
