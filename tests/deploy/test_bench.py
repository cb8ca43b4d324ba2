"""The bench ends with 1 when a bar was missed: a bar that nobody reads holds nothing."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import verdict
from tests.bench.bench import Bench


@pytest.mark.parametrize(("quick", "met", "status"), [(False, [True, None], 0), (False, [True, False, None], 1), (False, [], 0), (True, [False], 0)])
def test_a_missed_bar_is_a_failure_but_not_with_sizes_too_small_to_judge_by(quick: bool, met: list[bool | None], status: int) -> None:
    with Bench(quick) as bench:
        for n, yes in enumerate(met):
            bench.add(f"figure {n}", 1.0, "s", bar="≤ 1 s" if yes is not None else "", met=yes)
        assert verdict(bench) == status
