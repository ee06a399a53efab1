"""The metrics of one process, as Prometheus reads them."""

import pytest
from prometheus_client import generate_latest

from hooks.server.metrics import Metrics


@pytest.fixture
def shown():
    """Return the lines of the metrics after three calls."""
    metrics = Metrics()
    metrics.observe("/a", 200, 0.004, 10)
    metrics.observe("/a", 400, 0.2, 30)
    metrics.observe("/b", 200, 0.004, 20)
    return generate_latest(vars(metrics)["_registry"]).decode().splitlines()


@pytest.mark.parametrize(
    "line",
    [
        'substratus_hook_requests_total{code="200",hook="/a"} 1.0',
        'substratus_hook_requests_total{code="400",hook="/a"} 1.0',
        'substratus_hook_requests_total{code="200",hook="/b"} 1.0',
        'substratus_hook_errors_total{hook="/a"} 1.0',
        'substratus_hook_duration_seconds_bucket{hook="/a",le="0.005"} 1.0',
        'substratus_hook_duration_seconds_bucket{hook="/a",le="10.0"} 2.0',
        'substratus_hook_duration_seconds_count{hook="/b"} 1.0',
        'substratus_hook_largest_body_bytes{hook="/a"} 30.0',
        'substratus_hook_largest_body_bytes{hook="/b"} 20.0',
    ],
)
def test_each_call_is_counted_by_hook(shown, line):
    assert line in shown


def test_a_hook_without_errors_has_none(shown):
    assert not [line for line in shown if line.startswith('substratus_hook_errors_total{hook="/b"')]


def test_each_says_what_it_is(shown):
    helps = [line.split(" ", 3)[2:] for line in shown if line.startswith("# HELP substratus_")]
    said = [each for each in helps if not each[0].endswith("_created")]
    assert said == [
        [
            "substratus_hook_requests_total",
            "Hook calls that were answered, by hook and HTTP status.",
        ],
        [
            "substratus_hook_errors_total",
            "Hook calls that were answered with anything but 200, by hook.",
        ],
        [
            "substratus_hook_duration_seconds",
            "Seconds from a hook call's body to its answer, by hook.",
        ],
        [
            "substratus_hook_largest_body_bytes",
            "Bytes of the largest body that a hook was called with, refused ones among them.",
        ],
    ]
