"""Durations as Go writes them: 10s, 1m30s, 500ms."""

import durationpy

from metacontroller_offline.errors import UnsupportedError


def parse_duration(text: str) -> float:
    """Return a duration in seconds.

    Raises:
        UnsupportedError: it is not a positive duration.
    """
    try:
        seconds = float(durationpy.from_str(str(text)).total_seconds())
    except durationpy.DurationError:
        seconds = 0.0
    if seconds <= 0:
        raise UnsupportedError(f"{text!r} is not a duration; write, for example, 10s or 1m30s.")
    return seconds
