"""A dry run: what many calls would record, decided by the same code against the same states, with nothing written and nothing sealed."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from shared.command import remembered
from shared.es import Store
from shared.fact import Fact

__all__ = ["Rehearsed", "rehearse", "remembering"]

Rehearsed = list[tuple[UUID, Fact]] | Exception


def rehearse(store: Store, calls: Sequence[Callable[[], object]]) -> list[Rehearsed]:
    """For each call its facts with their streams, or why not. Each sees what those before it would have recorded."""
    commands, places, outcomes = store.collect(calls)
    found: list[Any] = [outcome if isinstance(outcome, Exception) else [] for outcome in outcomes]
    for i, outcome in zip(places, store.foreseen(commands) if commands else (), strict=True):
        if not isinstance(found[i], Exception):
            found[i] = outcome if isinstance(outcome, Exception) else found[i] + outcome
    return found


@contextmanager
def remembering() -> Iterator[None]:
    """What is rehearsed here and then done is decided once, but for commands whose streams moved in between."""
    token = remembered.set({})
    try:
        yield
    finally:
        remembered.reset(token)
