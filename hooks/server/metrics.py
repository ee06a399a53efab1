"""The metrics of the hook server: requests, durations, errors and sizes, by hook."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10)
"""Seconds. Metacontroller gives up after 10."""


class Metrics:
    """The metrics of one process.

    `hooks.server.probes` adds those of all workers, which share the directory that
    `PROMETHEUS_MULTIPROC_DIR` named when the library was imported.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "substratus_hook_requests_total",
            "Hook calls that were answered, by hook and HTTP status.",
            ["hook", "code"],
            registry=self._registry,
        )
        self._errors = Counter(
            "substratus_hook_errors_total",
            "Hook calls that were answered with anything but 200, by hook.",
            ["hook"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "substratus_hook_duration_seconds",
            "Seconds from a hook call's body to its answer, by hook.",
            ["hook"],
            buckets=_BUCKETS,
            registry=self._registry,
        )

        self._largest = Gauge(
            "substratus_hook_largest_body_bytes",
            "Bytes of the largest body that a hook was called with, refused ones among them.",
            ["hook"],
            registry=self._registry,
            multiprocess_mode="max",
        )
        self._longest: dict[str, int] = {}

    def observe(self, hook: str, code: int, seconds: float, length: int) -> None:
        """Count one call, whose body has so many bytes."""
        if length > self._longest.get(hook, 0):
            self._longest[hook] = length
            self._largest.labels(hook).set(length)
        self._requests.labels(hook, str(code)).inc()
        self._seconds.labels(hook).observe(seconds)
        if code != 200:  # noqa: PLR2004 - the only code that Metacontroller takes for an answer
            self._errors.labels(hook).inc()
