"""Figures lately asked for, kept in process for as long as nothing has been applied to the views since."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from services.projection.indicators.definition import Ask, Figure, Indicator
from services.projection.views.moment import standing
from services.projection.views.posts import Posts
from services.projection.views.tree import Groups
from shared.view import Views

__all__ = ["Kept"]

MOST = 50_000  # figures in all, about 10 MB


class Kept:
    """Asked of one snapshot twice, an indicator is counted once."""

    def __init__(self, views: Views) -> None:
        self._views, self._posts = views, Posts(views.consumer)
        self._kept: OrderedDict[Hashable, tuple[Groups, Sequence[Figure]]] = OrderedDict()  # with its groups, so that their id stays theirs
        self._size = 0
        self._lock = threading.Lock()

    def figures(self, indicator: Indicator, ask: Ask) -> Sequence[Figure]:
        known = frozenset(ask.at.known.items())
        asked = (ask.at.as_of, known, ask.period, ask.field, ask.level, ask.population, ask.bands, id(ask.groups))
        key = (indicator.id, indicator.version, asked, standing(ask.c, self._views.consumer))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        found = tuple(indicator.figures(replace(ask, posts=self._posts)))
        with self._lock:
            self._keep(key, ask.groups, found)
        return found

    def _keep(self, key: Hashable, groups: Groups, found: Sequence[Figure]) -> None:
        if key in self._kept or len(found) > MOST:
            return
        self._kept[key] = (groups, found)
        self._size += len(found) + 1
        while self._size > MOST:
            _, (_, gone) = self._kept.popitem(last=False)
            self._size -= len(gone) + 1
