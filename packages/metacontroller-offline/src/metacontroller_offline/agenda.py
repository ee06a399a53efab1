"""What is due when: actions at virtual times, in a fixed order."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import count
from typing import TypeAlias

from metacontroller_offline.saving import Saving

Action: TypeAlias = Callable[[], None]
"""What is to be done: a bound method, with or without arguments."""


class Agenda(Saving):
    """Actions to run at virtual times; those of one time run in the order they were added."""

    remembered = ("_heap",)

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Action]] = []
        self._sequence = count()

    def at(self, time: datetime, action: Action) -> None:
        """Run `action` at `time`."""
        heapq.heappush(self._heap, (time, next(self._sequence), action))

    def next_due(self) -> datetime | None:
        """Return the time of the next action, if there is one."""
        return self._heap[0][0] if self._heap else None

    def entries(self) -> Iterator[tuple[datetime, Action]]:
        """Yield all actions with their times, in order."""
        for due, _, action in sorted(self._heap, key=_order):
            yield due, action

    def take(self, name: str) -> None:
        """Run the first action of a name, and forget the others that would do the same.

        Raises:
            LookupError: there is none.
        """
        order = sorted(self._heap, key=_order)
        same = [each for each in order if action_name(each[2]) == name]
        if not same:
            raise LookupError(name)
        self._heap = [each for each in self._heap if each not in same]
        heapq.heapify(self._heap)
        same[0][2]()

    def run_next(self, now: datetime) -> bool:
        """Run the first action that is due by `now`; say whether there was one."""
        if not self._heap or self._heap[0][0] > now:
            return False
        heapq.heappop(self._heap)[2]()
        return True


def _order(entry: tuple[datetime, int, Action]) -> tuple[datetime, int]:
    return entry[:2]


def action_name(action: Action) -> str:
    """Return a text that two actions share if they do the same."""
    if isinstance(action, partial):
        arguments = ", ".join(
            action_name(each) if callable(each) else str(each) for each in action.args
        )
        return f"{action_name(action.func)}({arguments})"
    return str(getattr(action, "__qualname__", action))
