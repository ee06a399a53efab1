"""Virtual time: it does not move until the simulation moves it."""

from datetime import UTC, datetime, timedelta

from metacontroller_offline.saving import Saving

START = datetime(2025, 1, 1, tzinfo=UTC)
"""Where a clock begins unless another time is given."""


class Clock(Saving):
    """A clock that only moves when it is moved, and never backwards."""

    remembered = ("_now",)

    def __init__(self, start: datetime = START) -> None:
        if start.tzinfo is None:
            message = "The start of a clock needs a time zone, for example tzinfo=UTC."
            raise ValueError(message)
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the virtual time, in UTC."""
        return self._now

    def advance_to(self, time: datetime) -> None:
        """Move to a time; one that is past changes nothing."""
        self._now = max(self._now, time)

    def advance(self, duration: timedelta) -> None:
        """Move forward."""
        self.advance_to(self._now + duration)

    def stamp(self) -> str:
        """Return the time as Kubernetes writes it, in whole seconds."""
        return stamp(self._now)


def stamp(time: datetime) -> str:
    """Write a time in UTC as Kubernetes does."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
