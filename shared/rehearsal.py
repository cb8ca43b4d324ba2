"""A dry run: what many calls would record, decided by the same code against the same states, with nothing written and nothing sealed."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from shared.es import Store
from shared.fact import Fact

__all__ = ["Rehearsed", "rehearse"]

Rehearsed = list[tuple[UUID, Fact]] | Exception


def rehearse(store: Store, calls: Sequence[Callable[[], object]]) -> list[Rehearsed]:
    """For each call its facts with their streams, or why not. Each sees what those before it would have recorded."""
    commands, places, outcomes = store.collect(calls)
    kinds: dict[UUID, type] = {id: kind for c in commands for id, kind in c.kinds.items()}
    states = store.states(kinds, store.log.read([], list(kinds))[1] if kinds else [])
    found: list[Any] = [outcome if isinstance(outcome, Exception) else [] for outcome in outcomes]
    for i, c in zip(places, commands, strict=True):
        if isinstance(found[i], Exception):
            continue
        try:
            placed, after = store.decided(c, states)
        except Exception as refusal:  # one row's; the others go on
            found[i] = refusal
            continue
        states.update(after)
        found[i] += [(stream, fact) for stream, _, fact in placed]
    return found
