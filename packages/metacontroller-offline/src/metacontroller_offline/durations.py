"""Durations as Go writes them: 10s, 1m30s, 500ms."""

import re

from metacontroller_offline.errors import UnsupportedError

_PART = re.compile(r"([0-9.]+)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: str) -> float:
    """Return a duration in seconds.

    Raises:
        UnsupportedError: it is not a positive duration.
    """
    parts = _PART.findall(str(text))
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise UnsupportedError(f"{text!r} is not a duration; write, for example, 10s or 1m30s.")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
