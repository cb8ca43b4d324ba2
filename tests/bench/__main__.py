"""`python -m tests.bench [SECTION …] [--quick] [--json FILE]`: runs the sections, prints one table, writes the figures as JSON.

Ends with 1 when a bar was missed, unless the sizes were too small to judge by.
"""
from __future__ import annotations

import argparse
import json
import os
import sys
from importlib import import_module
from pathlib import Path

from tests.bench.bench import DATABASES, Bench, table

SECTIONS = {
    "store": "saves/s: our recorder, the library's, a raw INSERT per commit",
    "http": "commands/s through HTTP with 1, 8 and 64 clients",
    "pipe": "from the command to the report, at 20 and 100 commands/s",
    "feed": "live events/s from the log to the views",
    "rebuild": "a view folded anew against COPY of the same rows",
    "reports": "reports and as-of queries at the size of a province",
    "export": "a roster of 100,000 rows as Excel",
    "imports": "a roster of 10,000 rows checked and committed",
    "pages": "the pages of the console with a province behind them",
}


def main() -> int:
    listed = "\n".join(f"  {name:<8} {what}" for name, what in SECTIONS.items())
    parser = argparse.ArgumentParser(prog="bench", description=f"sections (all of them by default):\n{listed}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", choices=[*SECTIONS, []])
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run, not how fast")
    parser.add_argument("--database", choices=DATABASES, help="only this one")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), metavar="FILE")
    asked = parser.parse_args()
    with Bench(asked.quick, (asked.database,) if asked.database else DATABASES) as bench:
        for name in asked.sections or SECTIONS:
            bench.section = name
            bench.say(SECTIONS[name])
            import_module(f"tests.bench.{name}").run(bench)
        print(f"{os.cpu_count()} cores, load {' '.join(f'{x:.1f}' for x in os.getloadavg())} (1, 5, 15 min)"
              f"{'; QUICK: sizes too small to judge by' if asked.quick else ''}\n")
        print(table(bench.figures))
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(bench.report(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return verdict(bench)


def verdict(bench: Bench) -> int:
    """The status to end with."""
    return int(not bench.quick and any(f.met is False for f in bench.figures))


if __name__ == "__main__":  # a rebuild starts processes that import this module
    sys.exit(main())
