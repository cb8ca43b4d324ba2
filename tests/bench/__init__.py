"""Measures the hot paths: `python -m tests.bench [SECTION …]`. Ratios within one run count; a figure alone says more about the machine."""
