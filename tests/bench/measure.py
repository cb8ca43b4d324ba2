"""Counts what many threads get done in a while, and how long each act takes."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

__all__ = ["Rate", "percentile", "rate", "side_by_side"]

Act = Callable[[int], object]  # by the number of the thread


@dataclass
class Rate:
    """`per_second` over the wall clock; `seconds` of each act that succeeded; how many `failed`."""

    per_second: float = 0.0
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    why: str = ""


def percentile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


def rate(act: Act, threads: int, seconds: float) -> Rate:
    """Every thread acts again and again; all start together and stop at the same time, what is under way then is awaited and counted."""
    found, guard, gate = Rate(), threading.Lock(), threading.Barrier(threads + 1)
    until = [0.0]

    def work(n: int) -> None:
        took: list[float] = []
        failed, why = 0, ""
        gate.wait()
        while (started := time.perf_counter()) < until[0]:
            try:
                act(n)
            except Exception as e:  # a contender's refusal is part of the result
                failed, why = failed + 1, f"{type(e).__name__}: {e}"
                continue
            took.append(time.perf_counter() - started)
        with guard:
            found.seconds += took
            found.failed += failed
            found.why = why or found.why

    workers = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(threads)]
    for w in workers:
        w.start()
    until[0] = time.perf_counter() + seconds + 0.001
    gate.wait()
    started = time.perf_counter()
    until[0] = started + seconds
    for w in workers:
        w.join()
    found.per_second = len(found.seconds) / (time.perf_counter() - started)
    return found


def side_by_side(contenders: dict[str, Act], threads: int, seconds: float, rounds: int) -> dict[str, Rate]:
    """Takes turns, so that what else the machine does hits all alike; the median of the rounds, all latencies."""
    rates: dict[str, list[Rate]] = {name: [] for name in contenders}
    for r in range(rounds):
        for name in (list(contenders) if r % 2 == 0 else reversed(contenders)):
            rates[name].append(rate(contenders[name], threads, seconds))
    return {name: Rate(median(r.per_second for r in some), [s for r in some for s in r.seconds], sum(r.failed for r in some),
                       next((r.why for r in some if r.why), "")) for name, some in rates.items()}
