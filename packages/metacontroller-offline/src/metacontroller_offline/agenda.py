"""What is due when: actions at virtual times, in a fixed order."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count


class Agenda:
    """Actions to run at virtual times; those of one time run in the order they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._sequence = count()

    def at(self, time: datetime, action: Callable[[], None]) -> None:
        """Run `action` at `time`."""
        heapq.heappush(self._heap, (time, next(self._sequence), action))

    def next_due(self) -> datetime | None:
        """Return the time of the next action, if there is one."""
        return self._heap[0][0] if self._heap else None

    def run_next(self, now: datetime) -> bool:
        """Run the first action that is due by `now`; say whether there was one."""
        if not self._heap or self._heap[0][0] > now:
            return False
        heapq.heappop(self._heap)[2]()
        return True
