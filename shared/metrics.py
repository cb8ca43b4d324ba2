"""What Prometheus reads of a service; one registry an app, labels without ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["Metrics"]

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5)


class Gauged(Protocol):
    def gauges(self) -> Iterator[tuple[str, str, Callable[[], float]]]:
        """Name, meaning and reading."""


class Metrics:
    """Requests by route template, refusals by code, and whatever gauges the parts of the service add."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "halfsky_request_seconds",
            "Time to answer a request",
            ["service", "method", "route", "status"],
            registry=self.registry,
            buckets=SECONDS,
        )
        self.refusals = Counter("halfsky_refusals", "Requests refused", ["service", "code", "status"], registry=self.registry)
        self.gauges: dict[str, Gauge] = {}
        self.service = service

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(self.service, method, route, str(status)).observe(seconds)

    def refused(self, code: str, status: int) -> None:
        self.refusals.labels(self.service, code, str(status)).inc()

    def gauge(self, name: str, what: str, read: Callable[[], float], **labels: str) -> None:
        """A number read when Prometheus asks."""
        if name not in self.gauges:
            self.gauges[name] = Gauge(name, what, ["service", *labels], registry=self.registry)
        self.gauges[name].labels(self.service, *labels.values()).set_function(read)

    def gauges_of(self, part: Gauged, **labels: str) -> None:
        """All that a part of the service can tell."""
        for name, what, read in part.gauges():
            self.gauge(name, what, read, **labels)
