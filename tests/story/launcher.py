"""Runs the whole system for the tests as `make run` does, in a process of its own that obeys lines: `kill org`, `start nats`, `stop cadre`."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module

from deploy import issuer, up
from tests.story.county import MORE_ACCOUNTS

FED = ("org", "cadre", "lecture", "hotline", "projection")


def launch(area: str, *more: str) -> up.House:
    """NATS, issuer, keys, an area of the seed, the services, and `more` of them (the console)."""
    issuer.ACCOUNTS.update(MORE_ACCOUNTS)
    house = up.House(up.configure())
    house.claim()
    house.start_nats()
    for module in up.COMMON:
        import_module(module)
    house.start(*up.FIRST)
    up.load(house, area)
    house.start(*FED, *more)
    house.await_ready(*FED, *more)
    return house


def obey(house: up.House, act: str, name: str) -> str:
    if name == "nats":
        assert house.nats
        {"kill": house.nats.kill, "stop": house.nats.stop, "start": house.nats.start}[act]()
        return "ok"
    if act == "start":
        house.start(name)
        house.await_ready(name)
        return "ok"
    child = next(c for c in house.children if c.name == name)
    child.stop(signal.SIGKILL if act == "kill" else signal.SIGTERM)
    status = child.wait()
    house.children.remove(child)
    return f"ok {status}"


def main() -> None:
    said = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever else is printed is no answer
    try:
        house = launch(*sys.argv[1:])
    except SystemExit as e:
        said.write(f"failed: {e.code!r}\n")
        raise
    said.write("ok\n")
    try:
        for line in sys.stdin:  # ends with the test process, however that ends
            try:
                said.write(obey(house, *line.split()) + "\n")
            except (SystemExit, RuntimeError, StopIteration) as e:
                said.write(f"failed: {e!r}\n".replace("\\n", " "))
    finally:
        house.stop()


if __name__ == "__main__":
    main()
